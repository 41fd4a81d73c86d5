"""The name of a fact between the quotes of a text. The checker tells of it, in `eval` too."""

from __future__ import annotations

from besponsa_pa.policy.lint.rule import Rule, told

RULE = Rule("fact-in-quotes", "W217", told("W217"))
