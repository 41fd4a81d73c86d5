"""Exact numbers: held in range, rounded, raised to powers, and how precise a value is (CQL 1.5, Arithmetic Operators).

What cannot be calculated or does not fit (division by zero, an overflow) is null, never an error and never a guess.
Nothing here goes through binary floats or Python's default decimal context.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TypeAlias

from besponsa_pa import units
from besponsa_pa.records import replace
from besponsa_pa.values import (
    EXACT,
    Date,
    DateTime,
    Quantity,
    Time,
    Value,
    decimal,
    earliest,
    earliest_time,
    integer,
    latest,
    latest_time,
)

Point: TypeAlias = Date | DateTime | Time

DECIMAL_PLACES = 8
# The numbers of digits that name a precision: `LowBoundary(@2014, 6)` goes to the month.
DIGITS = {"Date": (4, 6, 8), "DateTime": (4, 6, 8, 10, 12, 14, 17), "Time": (2, 4, 6, 9)}
LAST_TIME = (23, 59, 59, 999)


# --- held in range ---


def whole(limit: Callable[[int], int | None], operate: Callable[..., int]) -> Callable[..., Value]:
    """An operation on whole numbers, null when its result is out of range or there is none.

    `2 ^ -2` is 0.25 though its type is Integer, so a decimal may come by.
    """

    def run(*operands: int) -> Value:
        try:
            result: int | Decimal = operate(*operands)
        except ArithmeticError:
            return None
        return limit(result) if isinstance(result, int) else decimal(result)

    return run


def exact(operate: Callable[..., Decimal]) -> Callable[..., Decimal | None]:
    """An operation on decimals, rounded once, to 8 places; null when its result is out of range or there is none."""

    def run(*operands: Decimal | int) -> Decimal | None:
        try:
            result = operate(*operands)
        except ArithmeticError:
            return None
        rounded = decimal(result) if result.is_finite() else None
        return None if rounded is None else EXACT.plus(rounded)  # no minus before zero

    return run


def short(operate: Callable[..., Decimal]) -> Callable[..., Decimal | None]:
    """As `exact`, without the zeros at the end that an approximation of 100 digits leaves."""

    def run(*operands: Decimal) -> Decimal | None:
        result = exact(operate)(*operands)
        return None if result is None else _plain(result.normalize(EXACT))

    return run


def on_quantity(operate: Callable[..., Decimal | None]) -> Callable[..., Quantity | None]:
    """An operation on the number of a quantity that leaves its unit alone; further operands are plain numbers."""

    def run(quantity: Quantity, *operands: Decimal) -> Quantity | None:
        value = operate(quantity.value, *operands)
        return None if value is None else replace(quantity, value=value)

    return run


def in_one_unit(operate: Callable[..., Decimal | None]) -> Callable[..., Quantity | None]:
    """An operation on the numbers of two quantities in the unit of the first one; null where they do not convert."""

    def run(left: Quantity, right: Quantity) -> Quantity | None:
        converted = units.convert(right, left.unit)
        value = None if converted is None else operate(left.value, converted.value)
        return None if value is None else replace(left, value=value)

    return run


def _plain(number: Decimal) -> Decimal:
    """The same number without an exponent above zero: 1E+2 as 100."""
    return number.quantize(Decimal(1), context=EXACT) if int(number.as_tuple().exponent) > 0 else number


# --- division and rounding ---


def quotient(left: int, right: int) -> int:
    """Division that cuts off towards zero: `-10 div 3` is -3."""
    number = abs(left) // abs(right)
    return number if (left < 0) == (right < 0) else -number


def remainder(left: int, right: int) -> int:
    """What `quotient` leaves, with the sign of the dividend."""
    return left - right * quotient(left, right)


def to_integer(rounding: str) -> Callable[[Decimal], int | None]:
    """Rounding to an Integer, null when it has more than 32 bits."""
    return lambda number: integer(int(Decimal(number).to_integral_value(rounding=rounding)))


def round_to(number: Decimal | None, places: int | None = None) -> Decimal | None:
    """The nearest number with so many places, half away from zero; places below 0 are tens, hundreds, thousands.

    Null places are 0 (CQL 1.5, Round). A number that has no more places stays as it is.
    """
    if number is None:
        return None
    wanted = max(-30, min(places or 0, DECIMAL_PLACES))  # beyond, nothing is left or nothing changes
    if 0 <= wanted >= precision_of(number):
        return number
    return exact(lambda argument: _plain(argument.quantize(_step(wanted), context=EXACT)))(number)


def _step(places: int) -> Decimal:
    return Decimal((0, (1,), -places))


# --- powers and logarithms ---


def integer_power(limit: Callable[[int], int | None]) -> Callable[[int, int], Value]:
    """A whole number raised to another; a negative exponent gives a decimal, `2 ^ -2` is 0.25."""

    def run(base: int, exponent: int) -> Value:
        if exponent < 0:
            return short(power)(Decimal(base), Decimal(exponent))
        if abs(base) > 1 and exponent > 64:  # out of range, however far
            return None
        return limit(base**exponent)

    return run


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """A decimal raised to another, to 100 digits; anything to the power of 0 is 1, 0 too."""
    return EXACT.power(base, exponent) if exponent else Decimal(1)


def logarithm(argument: Decimal, base: Decimal) -> Decimal:
    """The logarithm to a base, to 100 digits; raises `ArithmeticError` or is infinite where there is none."""
    if base <= 0:
        raise ArithmeticError(base)
    return EXACT.divide(EXACT.ln(argument), EXACT.ln(base))


# --- precision and boundaries (CQL 1.5, Arithmetic Operators: Precision, LowBoundary, HighBoundary) ---


def precision_of(value: Decimal | Point) -> int:
    """The digits after the point of a decimal, zeros too; the digits of a date or time."""
    if isinstance(value, Decimal):
        return max(0, -int(value.as_tuple().exponent))
    return DIGITS[type(value).__name__][len(value.parts) - 1]


def low_boundary(value: Decimal | Point | None, digits: int | None) -> Value:
    """The least value that an imprecise one can mean, to so many digits; null for digits that no precision has.

    The digits that a decimal lacks are thought on after those it has: 1.587 means 1.58700000 to 1.58799999.
    """
    match value:
        case None:
            return None
        case Decimal():
            return _decimal_boundary(value, digits, ROUND_FLOOR)
        case Date():
            return _cut(earliest(value), digits)
        case DateTime():
            return _cut(earliest_time(value), digits)
        case Time():
            return _cut(Time(*value.parts, *[0] * (4 - len(value.parts))), digits)


def high_boundary(value: Decimal | Point | None, digits: int | None) -> Value:
    """The greatest value that an imprecise one can mean, to so many digits; see `low_boundary`."""
    match value:
        case None:
            return None
        case Decimal():
            return _decimal_boundary(value, digits, ROUND_CEILING)
        case Date():
            return _cut(latest(value), digits)
        case DateTime():
            return _cut(latest_time(value), digits)
        case Time():
            return _cut(Time(*value.parts, *LAST_TIME[len(value.parts) :]), digits)


def _decimal_boundary(number: Decimal, digits: int | None, rounding: str) -> Decimal | None:
    places = DECIMAL_PLACES if digits is None else digits
    if not 0 <= places <= DECIMAL_PLACES:
        return None
    given = precision_of(number)
    lacking = EXACT.subtract(_step(given), _step(places)) if places > given else Decimal(0)
    if (rounding == ROUND_CEILING) != (number >= 0):  # the boundary on the side of zero is the number itself
        lacking = Decimal(0)
    full = EXACT.add(number, lacking.copy_sign(number))
    return exact(lambda bound: bound.quantize(_step(places), rounding, EXACT))(full)


def _cut(point: Point, digits: int | None) -> Point | None:
    """A full point to the precision with so many digits, the finest when none are given."""
    scale = DIGITS[type(point).__name__]
    if digits is not None and digits not in scale:
        return None
    parts = point.parts[: len(scale) if digits is None else scale.index(digits) + 1]
    match point:
        case Date():
            return Date(*parts)
        case DateTime():
            return replace(DateTime(*parts), offset=point.offset if len(parts) > 3 else None)
        case Time():
            return Time(*parts)
