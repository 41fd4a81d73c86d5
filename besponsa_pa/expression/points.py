"""Points of intervals: minimum, maximum, successor, predecessor, and the bounds of an interval (CQL 1.5, Interval).

Knows nothing of comparison, which is built on it. A point that is not known stays so: `Missing` in, `Missing` out, and
of an `Uncertain` both ends are moved.
"""

from __future__ import annotations

from decimal import Decimal

from besponsa_pa.expression import calendar
from besponsa_pa.records import replace
from besponsa_pa.types import DATE, DATETIME, DECIMAL, INTEGER, LONG, QUANTITY, TIME, Simple, Type
from besponsa_pa.values import (
    DECIMAL_MAXIMUM,
    DECIMAL_STEP,
    EXACT,
    INTEGER_MAXIMUM,
    INTEGER_MINIMUM,
    LONG_MAXIMUM,
    LONG_MINIMUM,
    PRECISIONS,
    Date,
    DateTime,
    Interval,
    Missing,
    Quantity,
    Time,
    Uncertain,
    Value,
    decimal,
    facts_of,
    missing,
)

_DECIMAL_MINIMUM = DECIMAL_MAXIMUM.copy_negate()  # Python's minus sign would round

# what CQL 1.5, Maximum, states for Decimal: 28 digits in all
_STATED_MAXIMUM = Decimal("99999999999999999999.99999999")

# CQL 1.5, Types; a Quantity has those of Decimal in its unit
_EXTREMES: dict[str, tuple[Value, Value]] = {
    INTEGER.name: (INTEGER_MINIMUM, INTEGER_MAXIMUM),
    LONG.name: (LONG_MINIMUM, LONG_MAXIMUM),
    DECIMAL.name: (_DECIMAL_MINIMUM, DECIMAL_MAXIMUM),
    DATE.name: (Date(1, 1, 1), Date(9999, 12, 31)),
    DATETIME.name: (DateTime(1, 1, 1, 0, 0, 0, 0, 0), DateTime(9999, 12, 31, 23, 59, 59, 999, 0)),
    TIME.name: (Time(0, 0, 0, 0), Time(23, 59, 59, 999)),
}


# --- the ends of a type (CQL 1.5, Arithmetic Operators: Minimum, Maximum) ---


def minimum(kind: Type) -> Value:
    """The least value of a type, or null for types without one; a Quantity has its type's unit, or `'1'`."""
    return _extreme(kind, 0)


def maximum(kind: Type) -> Value:
    """The greatest value of a type, or null for types without one; a Quantity has its type's unit, or `'1'`."""
    return _extreme(kind, 1)


def _extreme(kind: Type, end: int) -> Value:
    if not isinstance(kind, Simple):
        return None
    if kind.name == QUANTITY.name:
        return Quantity(DECIMAL_MAXIMUM if end else _DECIMAL_MINIMUM, kind.unit or "1")
    return _EXTREMES[kind.name][end] if kind.name in _EXTREMES else None


def extent(kind: Type, end: str) -> Value:
    """What the expressions `minimum` and `maximum` of a type give: the numbers that the specification states.

    It asks of an implementation for at least those 28 digits of a decimal; here decimals have 28 before the point, and
    an interval without end reaches as far.
    """
    value = maximum(kind) if end == "maximum" else minimum(kind)
    match value:
        case Decimal():
            return _STATED_MAXIMUM.copy_sign(value)
        case Quantity():
            return replace(value, value=_STATED_MAXIMUM.copy_sign(value.value))
        case _:
            return value


def least_like(point: Value) -> Value:
    """The least value of the type that a known point has, or null for types without one.

    A whole number does not say whether it is an Integer or a Long, so its least is an `Uncertain` between both.
    """
    return _extreme_like(point, 0)


def greatest_like(point: Value) -> Value:
    """The greatest value of the type that a known point has; see `least_like`."""
    return _extreme_like(point, 1)


def _extreme_like(point: Value, end: int) -> Value:
    match point:
        case Uncertain():
            return _extreme_like(point.low, end)
        case bool():
            return None
        case int():
            return Uncertain(INTEGER_MAXIMUM, LONG_MAXIMUM) if end else Uncertain(LONG_MINIMUM, INTEGER_MINIMUM)
        case Quantity():
            return _extreme(Simple(QUANTITY.name, unit=point.unit), end)
        case Decimal() | Date() | DateTime() | Time():
            return _EXTREMES[type(point).__name__][end]
        case _:
            return None


# --- the next point (CQL 1.5, Arithmetic Operators: Successor, Predecessor) ---


def successor(value: Value, precision: str | None = None) -> Value:
    """The next point after a value, or null past the end of the type, and for types that have no next one.

    One more for whole numbers, 10**-8 more for decimals and quantities; for dates and times one of their finest
    component, or of `precision` where that is coarser. As nothing tells a Long from an Integer, the
    greatest Integer has no successor.
    """
    return _step(value, 1, precision)


def predecessor(value: Value, precision: str | None = None) -> Value:
    """The last point before a value; see `successor`."""
    return _step(value, -1, precision)


def _step(value: Value, sign: int, precision: str | None = None) -> Value:
    match value:
        case Missing():
            return value
        case Uncertain():
            low, high = _step(value.low, sign, precision), _step(value.high, sign, precision)
            return missing(value.facts) if low is None or high is None else Uncertain(low, high, value.facts)
        case bool():
            return None
        case int():
            ends = (INTEGER_MAXIMUM, LONG_MAXIMUM) if sign > 0 else (INTEGER_MINIMUM, LONG_MINIMUM)
            return None if value in ends else value + sign
        case Decimal():
            return _next_decimal(value, sign)
        case Quantity():
            moved = _next_decimal(value.value, sign)
            return None if moved is None else replace(value, value=moved)
        case Date() | DateTime() | Time():
            return _step_date(value, sign, precision)
        case _:
            return None


def _next_decimal(number: Decimal, sign: int) -> Decimal | None:
    moved = decimal(EXACT.add(number, sign * DECIMAL_STEP))
    return moved if moved is not None and moved.copy_abs() <= DECIMAL_MAXIMUM else None


def _step_date(point: calendar.Point, sign: int, precision: str | None) -> Value:
    unit = min(point.precision, precision or point.precision, key=PRECISIONS.index)
    moved = calendar.shift(point, Quantity(Decimal(sign), unit))
    if isinstance(point, Time) and isinstance(moved, Time) and (moved.parts > point.parts) != (sign > 0):
        return None  # a time of day goes round the clock, its type does not
    return moved


# --- the bounds of an interval (CQL 1.5, Interval Operators: Start, End) ---


def start(interval: Interval) -> Value:
    """The first point of an interval, the next one after an open low bound; null where that bound is null.

    The least value of the type stands in for a closed null bound as soon as an interval is made, so a null
    bound that is still there is not known.
    """
    return interval.low if interval.low_closed else successor(interval.low)


def end(interval: Interval) -> Value:
    """The last point of an interval, the one before an open high bound; null where that bound is null."""
    return interval.high if interval.high_closed else predecessor(interval.high)


def possible_start(interval: Interval) -> Value:
    """The first point, and between which points it lies where its bound is an open null.

    The specification calls such a bound an uncertainty from the least value of the type to the end of the
    interval (CQL 1.5, Author's Guide, Operating on Intervals): `Interval(null, 5]` surely does not start after 5.
    """
    if interval.low is not None or interval.low_closed:
        return start(interval)
    last = end(interval)
    return last if isinstance(last, Missing) else _between(least_like(last), last)


def possible_end(interval: Interval) -> Value:
    """The last point, and between which points it lies where its bound is an open null; see `possible_start`."""
    if interval.high is not None or interval.high_closed:
        return end(interval)
    first = start(interval)
    return first if isinstance(first, Missing) else _between(first, greatest_like(first))


def _between(low: Value, high: Value) -> Value:
    if low is None or high is None:
        return None
    least, most = low.low if isinstance(low, Uncertain) else low, high.high if isinstance(high, Uncertain) else high
    return Uncertain(least, most, facts_of(low, high))
