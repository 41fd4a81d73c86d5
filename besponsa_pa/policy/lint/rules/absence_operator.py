"""An operator that decides on what a case does not say.

The checker tells of it, for it knows the operators, and so `eval` tells of it too.
"""

from __future__ import annotations

from besponsa_pa.policy.lint.rule import Rule, told

RULE = Rule("absence-operator", "I215", told("I215"))
