"""Expressions computed with binary floats, as many engines do: what would come out there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import add, mul, sub, truediv

from besponsa_pa import units
from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.compare import equal
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.values import EvaluationError, Quantity, Value

SUMS: Mapping[str, Callable[[float, float], float]] = {"Add": add, "Subtract": sub}
PRODUCTS: Mapping[str, Callable[[float, float], float]] = {"Multiply": mul, "Divide": truediv}
# what becomes of the units: that of one times one, or of one by one
UNITS = {"Multiply": units.multiply, "Divide": units.divide}
ONE = Decimal(1)
HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "Less": lambda left, right: left < right,
    "LessOrEqual": lambda left, right: left <= right,
    "Greater": lambda left, right: left > right,
    "GreaterOrEqual": lambda left, right: left >= right,
    "Equal": lambda left, right: left == right,
    "NotEqual": lambda left, right: left != right,
}
COMPARING = frozenset({*HOLDS, "Between", "ProperBetween"})


@dataclass(frozen=True, slots=True)
class Float:
    """A number as a binary float, and its unit if it has one."""

    value: float
    unit: str | None = None


def truth_in_floats(node: checked.Operation, frame: Frame) -> bool | None:
    """Whether a comparison of numbers or quantities holds with binary floats; None where that cannot be told."""
    sides = [in_floats(operand, frame) for operand in node.operands]
    match node.operator.name, sides:
        case "Between", [point, low, high]:
            return _both(_holds("LessOrEqual", low, point), _holds("LessOrEqual", point, high))
        case "ProperBetween", [point, low, high]:
            return _both(_holds("Less", low, point), _holds("Less", point, high))
        case name, [left, right] if name in HOLDS:
            return _holds(name, left, right)
        case _:
            return None


def _holds(name: str, left: Float | None, right: Float | None) -> bool | None:
    converted = None if left is None else _converted(right, left.unit)
    return None if left is None or converted is None else HOLDS[name](left.value, converted)


def _both(one: bool | None, other: bool | None) -> bool | None:
    return None if one is None or other is None else one and other


def in_floats(node: Checked, frame: Frame) -> Float | None:
    """The value of an expression, computed with binary floats as far as it is arithmetic; None where it has none."""
    match node:
        case checked.Definition(body=inner) | checked.Conversion(operand=inner):
            return in_floats(inner, frame)
        case checked.Operation(operands=(operand,)) if node.operator.name == "Negate":
            number = in_floats(operand, frame)
            return None if number is None else Float(-number.value, number.unit)
        case checked.Operation(operands=(left, right)) if node.operator.name in (*SUMS, *PRODUCTS):
            return _arithmetic(node.operator.name, in_floats(left, frame), in_floats(right, frame))
        case checked.Conditional():
            pairs = ((_exact(condition, frame), result) for condition, result in node.items)
            return in_floats(next((result for truth, result in pairs if truth is True), node.alternative), frame)
        case checked.Lookup():
            key = _exact(node.key, frame)
            found = (result for row, result in node.rows if _is_row(key, row))
            return in_floats(next(found, node.alternative), frame)
        case _:
            return _float(_exact(node, frame))


def _is_row(key: Value, row: Value) -> bool:
    try:
        return equal(key, row) is True
    except EvaluationError:  # of a unit that does not convert
        return False


def _arithmetic(name: str, left: Float | None, right: Float | None) -> Float | None:
    if left is None or right is None:
        return None
    if name in SUMS:
        converted = _converted(right, left.unit)
        return None if converted is None else Float(SUMS[name](left.value, converted), left.unit)
    if name == "Divide" and not right.value:
        return None
    value = PRODUCTS[name](left.value, right.value)
    if left.unit is None and right.unit is None:
        return Float(value)
    unit = UNITS[name](Quantity(ONE, left.unit or "1"), Quantity(ONE, right.unit or "1"))
    return None if unit is None else Float(value, unit.unit)


def _converted(number: Float | None, unit: str | None) -> float | None:
    """The number in another unit: times a factor that is a binary float itself."""
    if number is None or number.unit == unit:
        return None if number is None else number.value
    factor = units.conversion(number.unit or "1", unit or "1")
    return None if factor is None else number.value * float(factor)


def _float(value: Value) -> Float | None:
    match value:
        case bool():
            return None
        case int() | Decimal():
            return Float(float(value))
        case Quantity():
            return Float(float(value.value), value.unit)
        case _:
            return None


def _exact(node: Checked, frame: Frame) -> Value:
    try:
        return evaluator(node)(dict(frame))
    except Failure:
        return None
