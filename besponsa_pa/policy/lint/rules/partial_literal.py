"""A date or a time written without its last components, and compared as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.types import DATE, DATETIME, TIME, Type, plain
from besponsa_pa.values import Date, DateTime, Time

COMPARED = frozenset(
    (
        "Equal", "NotEqual", "Less", "LessOrEqual", "Greater", "GreaterOrEqual",
        "Before", "After", "SameAs", "SameOrBefore", "SameOrAfter",
    )
)  # fmt: skip
FINEST: Mapping[Type, str] = {DATE: "day", DATETIME: "millisecond", TIME: "millisecond"}


def check(context: Context) -> Iterator[Notice]:
    """Literals that name a longer time than the values that they are compared with, where no precision is named."""
    for node in context.nodes():
        if isinstance(node, checked.Operation) and node.operator.name in COMPARED and node.precision is None:
            yield from (_notice(context, literal) for literal in node.operands if _is_partial(literal))


def _is_partial(operand: Checked) -> bool:
    match operand:
        case checked.Constant(value=Date() | DateTime() | Time() as value):
            finest = FINEST.get(plain(operand.type))
            return finest is not None and value.precision != finest
        case _:
            return False


def _notice(context: Context, literal: Checked) -> Notice:
    assert isinstance(literal, checked.Constant)
    value = literal.value
    assert isinstance(value, (Date, DateTime, Time))
    message = f"`{text_of(value)}` is the whole {value.precision}: what falls into it is neither before nor after it"
    written_out = f"write it out to the {FINEST[plain(literal.type)]}"
    help = f"{written_out}, or name the precision: `before {value.precision} of ...`"
    return Notice(context.subject(literal.span), literal.span, message, help)


RULE = Rule("partial-literal", "W715", check)
