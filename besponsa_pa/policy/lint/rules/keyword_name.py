"""A name that is a word of the language. It is an error, told on loading: expressions could not use the name."""

from __future__ import annotations

from besponsa_pa.policy.lint.rule import Rule, told

RULE = Rule("keyword-name", "E301", told("E301"))
