"""A table that no expression uses."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.policy.lint.usage import declared_here, uses


def check(context: Context) -> Iterator[Notice]:
    """Tables of the policy's own file that stand in no expression."""
    used = uses(context)
    for name, span in declared_here(context, "tables"):
        if name not in used:
            help = "use it in a condition, or delete it"
            yield Notice(name, span, f"no expression uses the table `{name}`", help)


RULE = Rule("unused-table", "W705", check)
