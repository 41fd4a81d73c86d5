"""A fact that no expression names."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.facts import REQUEST_DATE
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.policy.lint.usage import declared_here, names_in, uses

# a determination says as of when it is made, whether an expression names the date or not
READ_BESIDES = frozenset({REQUEST_DATE})


def check(context: Context) -> Iterator[Notice]:
    """Facts of the policy's own file that stand in no expression but their own `must`."""
    used = uses(context)
    for each in context.expressions:
        fact = context.policy.facts.get(each.of)
        if fact is not None and each.excerpt is fact.must:
            used.subtract(names_in(each.tree) & {fact.name})
    for name, span in declared_here(context, "facts"):
        if used[name] < 1 and name not in READ_BESIDES:
            yield Notice(name, span, f"no expression names the fact `{name}`", "name it in a condition, or delete it")


RULE = Rule("unused-fact", "W701", check)
