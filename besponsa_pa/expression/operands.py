"""What operands must be beside having the types of a signature: listed values, units that exist and go together."""

from __future__ import annotations

from collections.abc import Sequence

from besponsa_pa import units
from besponsa_pa.expression import calendar, checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.complaints import Complaints
from besponsa_pa.expression.literals import calendar_unit
from besponsa_pa.expression.signatures import Fit
from besponsa_pa.source import Span
from besponsa_pa.types import QUANTITY, STRING, IntervalOf, ListOf, Simple, Type, plain


def check_values(operands: Sequence[Checked], complain: Complaints) -> None:
    """Texts held against a fact with a list of values must be among them."""
    for operand in operands:
        kind = operand.type.element if isinstance(operand.type, ListOf) else operand.type
        if isinstance(kind, Simple) and kind.values is not None:
            for other in operands:
                for constant in _texts(other):
                    if constant.value not in kind.values:
                        complain.no_value(operand, kind.values, constant)


def check_units(fit: Fit, operands: Sequence[Checked], span: Span, complain: Complaints) -> None:
    """Units must be known, and those of quantities that are held against each other of one kind."""
    if fit.operator.name == "QuantityValue" and not _is_converted(operands[0]):
        complain.number_of_any_unit(span)
    if fit.operator.name == "ConvertQuantity":
        for text in _texts(operands[1]):
            if not units.is_unit(str(text.value)) and calendar_unit(str(text.value)) is None:
                complain.no_unit(str(text.value), text.span)
    if fit.operator.name in ("Multiply", "Divide"):
        return
    goes_on = fit.operator.name in ("Add", "Subtract", "Expand", "Collapse") and len(operands) > 1
    if goes_on and (moved := str(plain(_inner(_inner(operands[0].type))))) in calendar.DURATIONS:
        unit = _unit(operands[1].type)
        if unit is not None and (problem := calendar.unit_problem(moved, unit)):
            complain.no_duration(problem, operands[1].span)
        return
    found = [_unit(operand.type) for operand in operands if plain(_inner(operand.type)) == QUANTITY]
    known = [unit for unit in found if unit is not None]
    for unit in known[1:]:
        if unit != known[0] and not units.commensurable(known[0], unit):
            complain.units_differ(known[0], unit, place_of_argument(operands, span) or span)


def place_of_argument(operands: Sequence[Checked], span: Span) -> Span | None:
    """The place of a literal that was given to a definition with parameters, and is used inside it.

    Of a fact that was given, the definition may want what it cannot have: there the definition is looked at.
    """
    places = (operand.span for operand in operands if isinstance(operand, checked.Constant))
    return next((p for p in places if p.source is not span.source or not span.start <= p.start <= span.end), None)


def _inner(kind: Type) -> Type:
    match kind:
        case ListOf(inner) | IntervalOf(inner):
            return inner
        case _:
            return kind


def _is_converted(node: Checked) -> bool:
    """Whether the unit of a quantity is settled by `convert`."""
    while isinstance(node, checked.Definition):
        node = node.body
    return isinstance(node, checked.Operation) and node.operator.name == "ConvertQuantity"


def _unit(kind: Type) -> str | None:
    inner = _inner(kind)
    return inner.unit if isinstance(inner, Simple) else None


def _texts(node: Checked) -> list[checked.Constant]:
    """The constant texts that an operand is, or is made of."""
    match node:
        case checked.Constant() if plain(node.type) == STRING and node.value is not None:
            return [node]
        case checked.NewList():
            return [text for element in node.elements for text in _texts(element)]
        case checked.Conditional():
            return [text for _, result in node.items for text in _texts(result)] + _texts(node.alternative)
        case _:
            return []
