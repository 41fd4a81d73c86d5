"""A measured number that is held against a limit of which nothing says the unit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.operand_help import COMPARISONS
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.types import DECIMAL, plain

HOLDING = frozenset((*COMPARISONS, "Between", "ProperBetween", "In", "ProperIn", "IncludedIn", "ProperIncludedIn"))


def check(context: Context) -> Iterator[Notice]:
    """Facts and elements of type Decimal that are compared with a number; whole numbers count, and 0 needs no unit."""
    for node in context.nodes():
        if isinstance(node, checked.Operation) and node.operator.name in HOLDING:
            limit = next((number for operand in node.operands for number in _limits(operand)), None)
            names = [context.fact_of(operand) for operand in node.operands if _is_measured(operand)]
            if limit is not None and names and (name := names[0]) is not None:
                yield _notice(name, limit, node)


def _notice(name: str, limit: Decimal, node: Checked) -> Notice:
    shown = f"{limit.normalize():f}"
    message = f"`{name}` is held against `{shown}`, and nothing says in which unit"
    help = f"declare `{name}` as a `Quantity` with its `unit`, and write the limit with it, as `{shown} 'mg/dL'`"
    return Notice(name, node.span, message, help)


def _is_measured(operand: Checked) -> bool:
    return plain(operand.type) == DECIMAL and not isinstance(operand, (checked.Conversion, checked.Constant))


def _limits(operand: Checked) -> Iterator[Decimal]:
    """The numbers that an operand is, or is made of."""
    match operand:
        case checked.Constant(value=Decimal() as number) if number:
            yield number
        case checked.NewInterval(low, high):
            yield from (*_limits(low), *_limits(high))
        case checked.NewList(elements):
            for element in elements:
                yield from _limits(element)
        case checked.Operation(operands=(inner,)) if operand.operator.name == "Negate":
            yield from (-number for number in _limits(inner))
        case _:
            return


RULE = Rule("number-without-unit", "W709", check)
