"""A code system that is not known. Loading tells of it, for there its name is brought to the one that values carry."""

from __future__ import annotations

from besponsa_pa.policy.lint.rule import Rule, told

RULE = Rule("unknown-code-system", "W352", told("W352"))
