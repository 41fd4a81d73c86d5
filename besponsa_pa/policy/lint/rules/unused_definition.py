"""A definition that no expression uses."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.policy.lint.usage import declared_here, uses


def check(context: Context) -> Iterator[Notice]:
    """Definitions of the policy's own file, with parameters or without, that stand in no expression."""
    used = uses(context)
    for name, span in declared_here(context, "definitions"):
        if name not in used:
            help = "use it in a condition, or delete it"
            yield Notice(name, span, f"no expression uses the definition `{name}`", help)


RULE = Rule("unused-definition", "W704", check)
