"""What is made of intervals: their common part, their union, their size (CQL 1.5, Interval Operators).

An operator that cannot go on without a missing fact raises `Undecided` (in `compare.decided`) or gives an interval
with a bound that is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from besponsa_pa import units
from besponsa_pa.expression import points
from besponsa_pa.expression.compare import decided, disjunction, less, less_or_equal, same
from besponsa_pa.expression.functions.relations import before, first_point, last_point, meets, overlaps
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.records import replace
from besponsa_pa.values import (
    DECIMAL_STEP,
    EXACT,
    EvaluationError,
    Interval,
    Missing,
    Quantity,
    Truth,
    Uncertain,
    UncertainList,
    Value,
    decimal,
    facts_of,
    integer,
    long,
    missing,
    uncertain,
)

# --- intervals of intervals ---


def union(left: Value, right: Value) -> Value:
    """The interval from the first start to the last end; null when they neither overlap nor meet."""
    if not isinstance(left, Interval) or not isinstance(right, Interval):
        return missing(facts_of(left, right))
    if not decided(disjunction(overlaps(left, right), meets(left, right))):
        return None
    return _joined(left, right)


def _joined(left: Interval, right: Interval) -> Interval:
    low = _either(less_or_equal(first_point(left), first_point(right)), points.start(left), points.start(right))
    high = _either(less_or_equal(last_point(right), last_point(left)), points.end(left), points.end(right))
    return _between(low, high)


def intersect(left: Value, right: Value) -> Value:
    """The interval of the points that both have; null when there are none."""
    if not isinstance(left, Interval) or not isinstance(right, Interval):
        return missing(facts_of(left, right))
    if not decided(overlaps(left, right)):
        return None
    low = _either(less_or_equal(first_point(right), first_point(left)), points.start(left), points.start(right))
    high = _either(less_or_equal(last_point(left), last_point(right)), points.end(left), points.end(right))
    return _between(low, high)


def _either(truth: Truth, yes: Value, no: Value) -> Value:
    """One of two bounds; the unknown truth itself, null or missing, where it is not known which."""
    return (yes if truth else no) if isinstance(truth, bool) else truth


def _between(low: Value, high: Value) -> Interval:
    return Interval(low, high, low is not None, high is not None)


def except_(left: Value, right: Value) -> Value:
    """What the left has beyond the right; null when nothing is left, and when it falls into two parts."""
    if not isinstance(left, Interval) or not isinstance(right, Interval):
        return missing(facts_of(left, right))
    overlapping = decided(overlaps(left, right))
    if not overlapping:
        return None if overlapping is None else left
    starts_first = decided(less(first_point(left), first_point(right)))
    ends_last = decided(less(last_point(right), last_point(left)))
    if starts_first is True and ends_last is False:
        return _between(points.start(left), points.predecessor(first_point(right)))
    if starts_first is False and ends_last is True:
        return _between(points.successor(last_point(right)), points.end(left))
    return None


def collapse(intervals: Value, precision: str | None = None) -> Value:
    """The intervals of a list in order, those that overlap or meet joined into one; nulls are left out.

    `precision` is that at which dates are held against each other. Null where it is not known whether two touch.
    """
    if isinstance(intervals, (Missing, UncertainList)):
        return missing(intervals.facts)
    if not isinstance(intervals, tuple):
        return None
    merged: list[Interval] = []
    for one in intervals:
        if isinstance(one, Missing):
            return one
        if isinstance(one, Interval) and not _merge_into(merged, one, precision):
            return None
    return tuple(merged)


def _merge_into(merged: list[Interval], one: Interval, precision: str | None) -> bool:
    """Put an interval into a list of intervals in order that do not touch; False where its place is not known.

    Raises `Undecided` where a missing fact would have to tell.
    """
    place = 0
    for other in tuple(merged):
        overlapping = overlaps(other, one, precision=precision)
        touching = decided(disjunction(overlapping, meets(other, one, precision=precision)))
        if touching is None:
            return False
        if touching:
            merged.remove(other)
            one = _joined(other, one)
        elif decided(before(other, one, precision=precision)):
            place += 1
    merged.insert(place, one)
    return True


# --- a single point (CQL 1.5, Interval Operators: Point From) ---


def point_from(value: Interval) -> Value:
    """The only point of an interval. Raises `EvaluationError` when it surely has more than one."""
    single = decided(same(first_point(value), last_point(value)))
    if single is False:
        raise EvaluationError(f"`{text_of(value)}` has more than one point, so none can be taken from it")
    return points.start(value) if single else None


# --- size (CQL 1.5, Interval Operators: Width, Size) ---

Subtraction: TypeAlias = Callable[[Value, Value, int], Value]


def distance(subtract: Subtraction, extra: int = 0) -> Callable[[Interval], Value]:
    """The operator `width of` for one type of points, given how they are subtracted; with one `extra` point, `Size`."""

    def run(value: Interval) -> Value:
        first, last = points.start(value), points.end(value)
        if isinstance(first, Missing) or isinstance(last, Missing):
            return missing(facts_of(first, last))
        if not isinstance(first, Uncertain) and not isinstance(last, Uncertain):
            return subtract(last, first, extra)
        least, most = subtract(_low(last), _high(first), extra), subtract(_high(last), _low(first), extra)
        facts = facts_of(first, last)
        return missing(facts) if least is None or most is None else uncertain(least, most, facts)

    return run


def _low(value: Value) -> Value:
    return value.low if isinstance(value, Uncertain) else value


def _high(value: Value) -> Value:
    return value.high if isinstance(value, Uncertain) else value


def integers(last: Value, first: Value, extra: int) -> Value:
    """The difference of two Integers and so many points, null when it overflows."""
    return integer(last - first + extra) if isinstance(last, int) and isinstance(first, int) else None


def longs(last: Value, first: Value, extra: int) -> Value:
    """The difference of two Longs and so many points, null when it overflows."""
    return long(last - first + extra) if isinstance(last, int) and isinstance(first, int) else None


def decimals(last: Value, first: Value, extra: int) -> Value:
    """The difference of two Decimals and so many points, null when it overflows."""
    if not isinstance(last, Decimal) or not isinstance(first, Decimal):
        return None
    return decimal(EXACT.add(EXACT.subtract(last, first), extra * DECIMAL_STEP))


def quantities(last: Value, first: Value, extra: int) -> Value:
    """The difference of two quantities and so many points, null where their units do not convert."""
    if not isinstance(last, Quantity) or not isinstance(first, Quantity):
        return None
    difference = units.subtract(last, first)
    value = decimal(EXACT.add(difference.value, extra * DECIMAL_STEP)) if difference else None
    return None if difference is None or value is None else replace(difference, value=value)
