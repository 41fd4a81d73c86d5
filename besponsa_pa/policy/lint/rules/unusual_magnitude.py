"""A quantity far from what its unit usually carries: a unit mistaken, a zero too many."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.expression import checked
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.magnitudes import Usual, usual
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.source import Span
from besponsa_pa.values import Quantity


def check(context: Context) -> Iterator[Notice]:
    """Quantities written in expressions and tables that lie beyond the bounds of their units; 0 never does."""
    for node in context.nodes():
        if isinstance(node, checked.Constant) and isinstance(node.value, Quantity):
            known = usual(node.value.unit)
            if known is not None and node.value.value and not known.low <= abs(node.value.value) <= known.high:
                yield _notice(context.subject(node.span), node.value, known, node.span)


def _notice(subject: str, quantity: Quantity, known: Usual, span: Span) -> Notice:
    side = "little" if abs(quantity.value) < known.low else "much"
    help = f"`{quantity.unit}` usually carries {known.low:,f} to {known.high:,f}: {known.reason}"
    return Notice(subject, span, f"`{text_of(quantity)}` is unusually {side}", help, "is the unit the source's?")


RULE = Rule("unusual-magnitude", "W711", check)
