"""A fact that is not asked for."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule


def check(context: Context) -> Iterator[Notice]:
    """Facts without `ask`, imported ones too: a prescriber would be asked for a name."""
    for name, fact in context.policy.facts.items():
        if fact.ask is None:
            help = f"add `ask:` with the question whose answer is `{name}`"
            yield Notice(name, fact.span, f"the fact `{name}` has no question that asks for it", help)


RULE = Rule("fact-without-question", "W351", check)
