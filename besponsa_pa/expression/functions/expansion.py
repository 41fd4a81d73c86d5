"""Intervals cut into pieces of one size, and put together (CQL 1.5, Interval Operators: Expand, Collapse).

The first piece of an interval begins at its start, each other one a step later, and one that ends beyond the interval
is left out. Bounds more precise than the step are cut down to its precision; of dates less precise there are no pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_DOWN, Decimal
from functools import partial
from typing import TypeAlias

from besponsa_pa import units
from besponsa_pa.expression import calendar, numbers, points
from besponsa_pa.expression.calendar import UCUM_DURATIONS
from besponsa_pa.expression.compare import less_or_equal
from besponsa_pa.expression.functions.combinations import collapse
from besponsa_pa.expression.functions.table import Operator, Unknowns, overload
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.records import dataclass, replace
from besponsa_pa.values import (
    EXACT,
    PRECISIONS,
    UNKNOWN,
    Date,
    DateTime,
    EvaluationError,
    Interval,
    Quantity,
    Time,
    Undecided,
    Value,
    facts_of,
    missing,
)

SECTION = "CQL 1.5, Interval Operators: "

# more than any policy counts, and few enough to be made in a moment
MAXIMUM_PIECES = 10_000

Step: TypeAlias = int | Decimal | Quantity
Piece: TypeAlias = tuple[Value, Value]


def expand_interval(value: Value, per: Step | None = None) -> Value:
    """The starts of the pieces of one interval. Raises `Undecided` where it is not known."""
    return None if value is None else tuple(start for start, _ in _pieces((value,), per))


def expand_list(value: Value, per: Step | None = None) -> Value:
    """The pieces of every interval of a list, each once; nulls among the intervals have none."""
    if not isinstance(value, tuple):
        return None
    return tuple(dict.fromkeys(Interval(start, end) for start, end in _pieces(value, per)))


def collapse_per(value: Value, per: Quantity | None) -> Value:
    """The intervals of a list joined where they overlap or meet at the precision of a duration.

    Raises `EvaluationError` for more than one day, month ...: the specification leaves open from where on to count.
    """
    if per is None:
        return collapse(value)
    unit = UCUM_DURATIONS.get(per.unit, per.unit)
    if per.value != 1 or unit not in PRECISIONS:
        raise EvaluationError(f"`collapse` joins per one year, month, day ... and not per {text_of(per)}")
    return collapse(value, precision=unit)


# --- pieces ---


@dataclass(frozen=True, slots=True)
class _Ruler:
    """How bounds of one type are cut, and where the piece that begins at a point ends and the next one begins."""

    first: Callable[[Value], Value]
    final: Callable[[Value], Value]
    last: Callable[[Value], Value]
    following: Callable[[Value], Value]


def _pieces(intervals: Sequence[Value], per: Step | None) -> list[Piece]:
    """A bound that is an open null gives no pieces (CQL 1.5, Expand)."""
    known = [one for one in intervals if isinstance(one, Interval)]
    bounds = [(points.start(one), points.end(one)) for one in known]
    unknown = [v for v in (*intervals, *(bound for pair in bounds for bound in pair)) if isinstance(v, UNKNOWN)]
    if unknown:
        raise Undecided(missing(facts_of(*unknown)))
    step = _coarsest(known) if per is None else per
    pieces: list[Piece] = []
    for low, high in bounds:
        if low is None or high is None or step is None:
            continue
        for piece in _cut(low, high, _ruler(low, step)):
            pieces.append(piece)
            if len(pieces) > MAXIMUM_PIECES:
                raise EvaluationError(f"`expand` would make more than {MAXIMUM_PIECES} pieces of this")
    return pieces


def _cut(low: Value, high: Value, ruler: _Ruler) -> Iterator[Piece]:
    start, end = ruler.first(low), ruler.final(high)
    while start is not None and end is not None:
        last = ruler.last(start)
        if last is None or less_or_equal(last, end) is not True:
            return
        yield start, last
        start = ruler.following(start)


def _ruler(low: Value, step: Step) -> _Ruler:
    number = step.value if isinstance(step, Quantity) else Decimal(step)
    if number <= 0:
        raise EvaluationError(f"`expand` goes forwards, not per {text_of(step)}")
    match low, step:
        case ((Date() | DateTime() | Time()), Quantity()):
            return _dates(type(low).__name__, step)
        case Quantity(), Quantity():
            return _quantities(step)
        case _:
            return _numbers(number, int if isinstance(low, int) else Decimal)


def _coarsest(intervals: Sequence[Interval]) -> Step | None:
    """The step where none is given: one of the coarsest component, or place, of all the bounds."""
    bounds = [bound for one in intervals for bound in (one.low, one.high) if bound is not None]
    precisions = [bound.precision for bound in bounds if isinstance(bound, (Date, DateTime, Time))]
    if precisions:
        return Quantity(Decimal(1), min(precisions, key=PRECISIONS.index))
    if not bounds or isinstance(bounds[0], int):
        return 1
    decimals = [bound.value if isinstance(bound, Quantity) else bound for bound in bounds]
    place = _place(min(numbers.precision_of(one) for one in decimals if isinstance(one, Decimal)))
    return Quantity(place, bounds[0].unit) if isinstance(bounds[0], Quantity) else place


# --- numbers and quantities ---


def _numbers(per: Decimal, kind: Callable[[Decimal], Value]) -> _Ruler:
    """A number with fewer places than the step reaches to the next one: 10 per 0.1 is 10.0 to 10.9."""
    place = _place(numbers.precision_of(per))

    def first(number: Value) -> Value:
        return kind(Decimal(number).quantize(place, ROUND_DOWN, EXACT))  # type: ignore[arg-type]

    def final(number: Value) -> Value:
        own = _place(numbers.precision_of(Decimal(number)))  # type: ignore[arg-type]
        beyond = EXACT.subtract(own, place) if own > place else Decimal(0)
        return first(EXACT.add(Decimal(number), beyond))  # type: ignore[arg-type]

    def moved(number: Value, by: Decimal) -> Value:
        return kind(EXACT.add(Decimal(number), by))  # type: ignore[arg-type]

    return _Ruler(first, final, partial(moved, by=EXACT.subtract(per, place)), partial(moved, by=per))


def _place(places: int) -> Decimal:
    return Decimal((0, (1,), -places))


def _quantities(per: Quantity) -> _Ruler:
    """As for numbers, in the unit of the step."""
    inner = _numbers(per.value, Decimal)

    def outer(run: Callable[[Value], Value]) -> Callable[[Value], Value]:
        return lambda value: Quantity(run(_in_unit(value, per.unit)), per.unit)  # type: ignore[arg-type]

    return _Ruler(outer(inner.first), outer(inner.final), outer(inner.last), outer(inner.following))


def _in_unit(value: Value, unit: str) -> Decimal:
    assert isinstance(value, Quantity)
    converted = value if value.unit == unit else units.convert(value, unit)
    if converted is None:
        raise EvaluationError(f"`{value.unit}` and `{unit}` do not convert into one another")
    return converted.value


# --- dates ---


def _dates(kind: str, per: Quantity) -> _Ruler:
    problem = calendar.unit_problem(kind, per.unit)
    if problem or per.value != int(per.value):
        raise EvaluationError(problem or f"`expand` goes by whole units, not per {text_of(per)}")
    unit, count = UCUM_DURATIONS.get(per.unit, per.unit), int(per.value)
    precision = "day" if unit == "week" else unit
    count = 7 * count if unit == "week" else count
    cut = partial(_cut_date, precision=precision)
    moved = partial(_moved, unit=precision)
    return _Ruler(cut, cut, partial(moved, count=count - 1), partial(moved, count=count))


def _cut_date(point: Value, precision: str) -> Value:
    """A date or time down to a component, null where it does not have it."""
    assert isinstance(point, (Date, DateTime, Time))
    given = calendar.COMPONENTS[type(point).__name__].index(precision) + 1
    if len(point.parts) < given:
        return None
    cut = type(point)(*point.parts[:given])
    return replace(cut, offset=point.offset) if isinstance(cut, DateTime) and isinstance(point, DateTime) else cut


def _moved(point: Value, count: int, unit: str) -> Value:
    """A later point, null beyond the end of the calendar and of the day."""
    assert isinstance(point, (Date, DateTime, Time))
    moved = calendar.shift(point, Quantity(Decimal(count), unit))
    is_past_midnight = isinstance(moved, Time) and moved.parts <= point.parts and count > 0
    return None if is_past_midnight else moved


# --- the table ---

STEPS = (
    ("Integer", "Integer"), ("Long", "Long"), ("Decimal", "Decimal"), ("Quantity", "Quantity"),
    ("Date", "Quantity"), ("DateTime", "Quantity"), ("Time", "Quantity"),
)  # fmt: skip
LISTS = "List<Interval<{0}>>, {1} -> List<Interval<{0}>>"

OPERATORS: tuple[Operator, ...] = (
    Operator(
        name="Expand",
        syntax="expand {0}",
        doc="The points of an interval, or an interval for every point of a list of them; at the coarsest precision "
        "of their bounds.",
        section=f"{SECTION}Expand",
        overloads=(
            *(overload(f"List<Interval<{kind}>> -> List<Interval<{kind}>>", expand_list) for kind, _ in STEPS),
            *(overload(f"Interval<{kind}> -> List<{kind}>", expand_interval) for kind, _ in STEPS),
        ),
        examples=(
            ("expand Interval[1, 4]", "{1, 2, 3, 4}"),
            ("expand {Interval[@2024-02-28, @2024-03-01)}",
             "{Interval[@2024-02-28, @2024-02-28], Interval[@2024-02-29, @2024-02-29]}"),
            ("expand {null}", "{}"),
        ),
        unknowns=Unknowns.NULLS,
        precedence="prefix",
    ),
    Operator(
        name="Expand",
        syntax="expand {0} per {1}",
        doc="The intervals of a list cut into pieces of one size, or the first points of the pieces of one interval. "
        "A piece that ends beyond the interval is left out.",
        section=f"{SECTION}Expand",
        overloads=(
            *(overload(LISTS.format(kind, step), expand_list) for kind, step in STEPS),
            *(overload(f"Interval<{kind}>, {step} -> List<{kind}>", expand_interval) for kind, step in STEPS),
        ),
        examples=(
            ("expand Interval[@2026-01-01, @2026-01-04] per 2 days", "{@2026-01-01, @2026-01-03}"),
            ("expand {Interval[1, 10)} per 4", "{Interval[1, 4], Interval[5, 8]}"),
            ("expand Interval[@T10:00, @T12:30] per hour", "{@T10, @T11, @T12}"),
            ("expand Interval[@2026, @2026] per month", "{}"),
            ("expand Interval[10, 10] per 0.5", "{10.0, 10.5}"),
        ),
        unknowns=Unknowns.NULLS,
        precedence="prefix",
    ),
    Operator(
        name="Collapse",
        syntax="collapse {0}",
        doc="The intervals of a list in order, those that overlap or meet joined into one; nulls are left out.",
        section=f"{SECTION}Collapse",
        overloads=(overload("List<Interval<T>> -> List<Interval<T>>", collapse),),
        examples=(
            (
                "collapse {Interval[12, 19], Interval[1, 5], Interval[3, 7], Interval[8, 10]}",
                "{Interval[1, 10], Interval[12, 19]}",
            ),
            ("collapse {Interval[1, 4], null}", "{Interval[1, 4]}"),
        ),
        unknowns=Unknowns.OWN,
        precedence="prefix",
    ),
    Operator(
        name="Collapse",
        syntax="collapse {0} per {1}",
        doc="The intervals of a list in order, those that overlap or meet at the precision of a day, hour ... joined.",
        section=f"{SECTION}Collapse",
        overloads=tuple(overload(LISTS.format(kind, step), collapse_per) for kind, step in STEPS[-3:]),
        examples=(
            ("collapse {Interval[@T08:30, @T09:10], Interval[@T10:45, @T11:00]} per hour",
             "{Interval[@T08:30, @T11:00]}"),
            ("collapse {Interval[@T08:30, @T09:10], Interval[@T10:45, @T11:00]} per minute",
             "{Interval[@T08:30, @T09:10], Interval[@T10:45, @T11:00]}"),
        ),
        unknowns=Unknowns.NULLS,
        precedence="prefix",
    ),
)  # fmt: skip
