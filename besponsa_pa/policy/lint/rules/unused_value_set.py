"""A value set that no expression names."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.policy.lint.usage import declared_here, uses


def check(context: Context) -> Iterator[Notice]:
    """Value sets of the policy's own file that stand in no expression."""
    used = uses(context)
    for name, span in declared_here(context, "value_sets"):
        if name not in used:
            help = f'ask whether a code is in it, `... in "{name}"`, or delete it'
            yield Notice(name, span, f"no expression names the value set `{name}`", help)


RULE = Rule("unused-value-set", "W702", check)
