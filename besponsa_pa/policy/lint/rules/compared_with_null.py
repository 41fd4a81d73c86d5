"""A comparison with null, which never comes to true or false. The checker tells of it, in `eval` too."""

from __future__ import annotations

from besponsa_pa.policy.lint.rule import Rule, told

RULE = Rule("compared-with-null", "W216", told("W216"))
