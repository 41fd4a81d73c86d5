"""How intervals and points lie to each other (CQL 1.5, Interval Operators; for points, Date and Time Operators).

Everything decides by the three-valued comparisons of `compare`, from the points that `points` gives, so that a bound
that is null or not known makes the answer null or missing, unless the other bounds decide it already.

A closed null bound is the end of its type, which is put in its place when the interval is made (`interval`). An
open null bound is not known, but the interval still does not end before it starts.
"""

from __future__ import annotations

from besponsa_pa.expression import points
from besponsa_pa.expression.compare import conjunction, disjunction, less, less_or_equal, negation, same
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.types import ANY, QUANTITY, Simple, Type, with_unit
from besponsa_pa.values import (
    EvaluationError,
    Interval,
    Missing,
    Quantity,
    Truth,
    Uncertain,
    Value,
    facts_of,
    missing,
)

# --- making an interval (CQL 1.5, Author's Guide, Interval Values) ---


def interval(low: Value, high: Value, low_closed: bool, high_closed: bool, point_type: Type) -> Interval:
    """The interval between two bounds; a closed null bound becomes the least or greatest value of the point type.

    Values do not carry their type, so this is the one place where a null bound can learn what it stands for. It
    stays null where the type does not tell: `Interval[null, null]`, or a Quantity of which no unit is known.

    Raises `EvaluationError` for an interval without a point: `Interval[5, 3]`, `Interval[5, 5)`.
    """
    least = points.minimum(_type_beside(high, point_type)) if low is None and low_closed else low
    greatest = points.maximum(_type_beside(low, point_type)) if high is None and high_closed else high
    result = Interval(least, greatest, low_closed, high_closed)
    if less(points.possible_end(result), points.possible_start(result)) is True:
        written = text_of(Interval(low, high, low_closed, high_closed))
        raise EvaluationError(f"`{written}` has no point: it ends before it starts")
    return result


def _type_beside(bound: Value, point_type: Type) -> Type:
    """The point type with the unit of the other bound; Any for quantities of which no unit is known."""
    if not isinstance(point_type, Simple) or point_type.name != QUANTITY.name:
        return point_type
    known = bound.low if isinstance(bound, Uncertain) else bound
    if isinstance(known, Quantity):
        return with_unit(known.unit)
    return point_type if point_type.unit else ANY


# --- its bounds ---


def first_point(value: Value) -> Value:
    """The first point of an interval as far as it is known; a point is its own first."""
    return points.possible_start(value) if isinstance(value, Interval) else value


def last_point(value: Value) -> Value:
    """The last point of an interval as far as it is known; a point is its own last."""
    return points.possible_end(value) if isinstance(value, Interval) else value


# --- before, after, at the same time: any of the two may be a point ---


def before(left: Value, right: Value, *, precision: str | None = None) -> Truth:
    """Whether the left ends before the right starts."""
    return less(last_point(left), first_point(right), precision)


def after(left: Value, right: Value, *, precision: str | None = None) -> Truth:
    """Whether the left starts after the right ends."""
    return less(last_point(right), first_point(left), precision)


def same_or_before(left: Value, right: Value, *, precision: str | None = None) -> Truth:
    """Whether the left ends before or when the right starts."""
    return less_or_equal(last_point(left), first_point(right), precision)


def same_or_after(left: Value, right: Value, *, precision: str | None = None) -> Truth:
    """Whether the left starts after or when the right ends."""
    return less_or_equal(last_point(right), first_point(left), precision)


def same_as(left: Value, right: Value, *, precision: str | None = None) -> Truth:
    """Whether both start at the same point and end at the same point."""
    return conjunction(
        same(first_point(left), first_point(right), precision), same(last_point(left), last_point(right), precision)
    )


# --- inside ---


def contains(outer: Value, point: Value, *, precision: str | None = None) -> Truth:
    """Whether a point lies in an interval; not in a null one, and null for a null point (CQL 1.5, Contains, In).

    An open bound is compared exclusively, at the precision asked for: `in day of` an interval that ends open on 5 May
    leaves out the whole day.
    """
    if outer is None and not isinstance(point, Missing):
        return None if point is None else False
    if not isinstance(outer, Interval):
        return missing(facts_of(outer, point))
    outer = _adapted(outer, point)
    return conjunction(_is_above_low(outer, point, precision), _is_below_high(outer, point, precision))


def point_in(point: Value, outer: Value, *, precision: str | None = None) -> Truth:
    """`contains` from the point's side."""
    return contains(outer, point, precision=precision)


def _is_above_low(outer: Interval, point: Value, precision: str | None) -> Truth:
    if outer.low_closed or outer.low is None:
        return less_or_equal(points.possible_start(outer), point, precision)
    return less(outer.low, point, precision)


def _is_below_high(outer: Interval, point: Value, precision: str | None) -> Truth:
    if outer.high_closed or outer.high is None:
        return less_or_equal(point, points.possible_end(outer), precision)
    return less(point, outer.high, precision)


def includes(outer: Value, inner: Value, *, precision: str | None = None) -> Truth:
    """Whether an interval includes another one wholly, or a point (then it is `contains`)."""
    if isinstance(outer, Interval) and isinstance(inner, Interval):
        return _includes_interval(_adapted(outer, first_point(inner)), inner, precision)
    if outer is None and isinstance(inner, Interval):
        return None
    return contains(outer, inner, precision=precision)


def _includes_interval(outer: Interval, inner: Interval, precision: str | None) -> Truth:
    return conjunction(
        less_or_equal(first_point(outer), first_point(inner), precision),
        less_or_equal(last_point(inner), last_point(outer), precision),
    )


def included_in(inner: Value, outer: Value, *, precision: str | None = None) -> Truth:
    """`includes` from the other side."""
    return includes(outer, inner, precision=precision)


def properly_includes(outer: Value, inner: Value, *, precision: str | None = None) -> Truth:
    """Whether an interval includes another one and is larger, or has a point strictly between its bounds."""
    if isinstance(outer, Interval) and isinstance(inner, Interval):
        return _includes_smaller(_adapted(outer, first_point(inner)), inner, precision)
    if not isinstance(outer, Interval):
        return includes(outer, inner, precision=precision)
    outer = _adapted(outer, inner)
    return conjunction(less(first_point(outer), inner, precision), less(inner, last_point(outer), precision))


def _includes_smaller(outer: Interval, inner: Interval, precision: str | None) -> Truth:
    (start, end), (first, last) = _points(outer), _points(inner)
    return disjunction(
        conjunction(less(start, first, precision), less_or_equal(last, end, precision)),
        conjunction(less_or_equal(start, first, precision), less(last, end, precision)),
    )


def _points(value: Interval) -> tuple[Value, Value]:
    return first_point(value), last_point(value)


def properly_included_in(inner: Value, outer: Value, *, precision: str | None = None) -> Truth:
    """`properly_includes` from the other side."""
    return properly_includes(outer, inner, precision=precision)


def _adapted(outer: Interval, point: Value) -> Interval:
    """The interval with the ends of the point's type for closed null bounds that did not know theirs."""
    low = points.least_like(point) if outer.low is None and outer.low_closed else outer.low
    high = points.greatest_like(point) if outer.high is None and outer.high_closed else outer.high
    return Interval(low, high, outer.low_closed, outer.high_closed)


# --- touching and overlapping ---


def meets_before(left: Value, right: Value, *, precision: str | None = None) -> Truth:
    """Whether the right starts immediately after the left ends, at the precision asked for.

    That is: after it, but not after the next point. Said so, a bound of coarser precision leaves open what it has to.
    """
    last, first = last_point(left), first_point(right)
    following = points.successor(last, precision)
    return conjunction(less(last, first, precision), negation(less(following, first, precision)))


def meets_after(left: Value, right: Value, *, precision: str | None = None) -> Truth:
    """Whether the left starts immediately after the right ends."""
    return meets_before(right, left, precision=precision)


def meets(left: Value, right: Value, *, precision: str | None = None) -> Truth:
    """Whether either starts immediately after the other ends."""
    return disjunction(meets_before(left, right, precision=precision), meets_after(left, right, precision=precision))


def overlaps(left: Value, right: Value, *, precision: str | None = None) -> Truth:
    """Whether two intervals have a point in common."""
    return conjunction(
        less_or_equal(first_point(right), last_point(left), precision),
        less_or_equal(first_point(left), last_point(right), precision),
    )


def overlaps_before(left: Value, right: Value, *, precision: str | None = None) -> Truth:
    """Whether two intervals overlap and the left starts first."""
    if not _may_reach_beyond(left, right, precision):
        return False
    start = first_point(right)
    return conjunction(less(first_point(left), start, precision), less_or_equal(start, last_point(left), precision))


def overlaps_after(left: Value, right: Value, *, precision: str | None = None) -> Truth:
    """Whether two intervals overlap and the left ends last."""
    if not _may_reach_beyond(left, right, precision):
        return False
    end = last_point(right)
    return conjunction(less_or_equal(first_point(left), end, precision), less(end, last_point(left), precision))


def _may_reach_beyond(left: Value, right: Value, precision: str | None) -> bool:
    """Whether the left may overlap the right and have another point beside, which takes two points.

    Follows from what is asked after it; said first, it decides where a bound of the right is not known.
    """
    several = less(first_point(left), last_point(left), precision)
    return conjunction(overlaps(left, right, precision=precision), several) is not False


def starts(left: Value, right: Value, *, precision: str | None = None) -> Truth:
    """Whether two intervals start together and the left does not end later."""
    return conjunction(
        same(first_point(left), first_point(right), precision),
        less_or_equal(last_point(left), last_point(right), precision),
    )


def ends(left: Value, right: Value, *, precision: str | None = None) -> Truth:
    """Whether two intervals end together and the left does not start earlier."""
    return conjunction(
        less_or_equal(first_point(right), first_point(left), precision),
        same(last_point(left), last_point(right), precision),
    )
