"""What generated functions call: the way out, and dates compared and measured where they are wholly known.

A fast path is for values that are known and not null. What meets another value leaves it by one of `LEFT`, and the
evaluator's closures decide instead.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, DivisionByZero, InvalidOperation, Overflow
from typing import NoReturn

from besponsa_pa.expression.frames import Failure
from besponsa_pa.values import DECIMAL_STEP, EXACT, Date, EvaluationError, Undecided


class Unusual(Exception):  # noqa: N818 - no error: the closures know what to do
    """A value is null, not known, or of another class than its type says."""


# A fact that the frame does not have is a `KeyError`. What is null or not known has no order (`TypeError`) and no parts
# (`AttributeError`). What cannot be calculated is null, or fails with its place.
LEFT = (KeyError, TypeError, AttributeError, Unusual, Undecided, EvaluationError, ArithmeticError, Failure)

# Decimals, exactly; what has more than 28 digits before the point is out of range.
_TRAPS = [InvalidOperation, DivisionByZero, Overflow]
_IN_RANGE = Context(prec=EXACT.prec, rounding=ROUND_HALF_UP, Emax=27, traps=_TRAPS)
add, subtract, multiply, divide = _IN_RANGE.add, _IN_RANGE.subtract, _IN_RANGE.multiply, _IN_RANGE.divide
# As `values.decimal`, with zeros up to the eighth place, which a comparison does not see.
quantize, step = _IN_RANGE.quantize, DECIMAL_STEP
# Sums nearer to zero than these are in range; Python compares such numbers quickest.
SMALL = 2**30 - 1


def leave() -> NoReturn:
    """Leave the fast path."""
    raise Unusual


def day(date: Date) -> tuple[int, int | None, int]:
    """A full date as what Python orders."""
    if date.day is None:
        raise Unusual
    return date.year, date.month, date.day


def years_between(start: Date, end: Date) -> int:
    """How many whole years lie between two dates, where they tell exactly; see `calendar.duration_between`."""
    years = end.year - start.year
    if years < 0:
        return -years_between(end, start)
    if years == 0:
        return 0
    first, last = start.month, end.month
    if last > first:  # type: ignore[operator]
        return years
    return years - 1 if last < first or end.day < start.day else years  # type: ignore[operator]


def months_between(start: Date, end: Date) -> int:
    """How many whole months lie between two full dates."""
    (first_year, first_month, first_day), (last_year, last_month, last_day) = day(start), day(end)
    months = 12 * (last_year - first_year) + last_month - first_month  # type: ignore[operator]
    if months < 0:
        return -months_between(end, start)
    return months - 1 if months > 0 and last_day < first_day else months
