"""A criterion that nobody is held to."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.policy.lint.usage import declared_here
from besponsa_pa.policy.model import CriterionName
from besponsa_pa.policy.parts import written


def check(context: Context) -> Iterator[Notice]:
    """Criteria of the policy's own file that no pathway and no group names."""
    used = {child.name for child in written(context.policy) if isinstance(child, CriterionName)}
    for name, span in declared_here(context, "criteria"):
        if name not in used:
            help = f"put `{name}` into a pathway, or delete it: as it is, nobody is held to it"
            yield Notice(name, span, f"no pathway and no group uses the criterion `{name}`", help)


RULE = Rule("unused-criterion", "W706", check)
