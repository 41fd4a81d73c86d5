"""Calendar arithmetic on dates, points in time and times of day, partial ones too (CQL 1.5, Timing Calculations).

Everything here takes known values. What a partial date leaves open comes back as an `Uncertain` without facts; the
bounds of a date that a case gives in part are tried one by one by whoever calls.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from besponsa_pa.values import (
    CALENDAR_UNITS,
    EXACT,
    PRECISIONS,
    Date,
    DateTime,
    EvaluationError,
    Quantity,
    Time,
    Value,
    days_in_month,
    earliest,
    earliest_time,
    integer,
    latest,
    latest_time,
    uncertain,
)

Point: TypeAlias = Date | DateTime | Time

# What can be taken from a value of each type (`year from`), and what it can be moved and measured by.
COMPONENTS = {"Date": PRECISIONS[:3], "DateTime": PRECISIONS, "Time": PRECISIONS[3:]}
DURATIONS = {"Date": CALENDAR_UNITS[:4], "DateTime": CALENDAR_UNITS, "Time": CALENDAR_UNITS[4:]}

# UCUM's units that are the same as a calendar duration. Its month and year are not: they have a fixed length.
UCUM_DURATIONS = {"wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"}
UCUM_FIXED = {"mo": "month", "a": "year"}

DAY = 86_400_000
MILLISECONDS = {"week": 7 * DAY, "day": DAY, "hour": 3_600_000, "minute": 60_000, "second": 1_000, "millisecond": 1}
# CQL 1.5, Quantity: where no date says how long a year or month is, it has 365 or 30 days.
NOMINAL = {**MILLISECONDS, "year": 365 * DAY, "month": 30 * DAY}
LAST_ORDINAL = datetime.date.max.toordinal()
OFFSET_LIMIT = 14 * 60

NAMES = {"Date": "date", "DateTime": "date and time", "Time": "time of day"}


# --- comparing (CQL 1.5, Date and Time Operators: Comparing Dates and Times) ---


def utc_parts(point: DateTime) -> tuple[int, ...]:
    """The given components normalised to UTC, for comparison (CQL 1.5, Comparing Dates and Times).

    Without an hour, or at offset 0, they are the components as written.
    """
    if not point.offset or point.hour is None:
        return point.parts
    full = earliest_time(point)
    moment = datetime.datetime(full.year, full.month or 1, full.day or 1, full.hour or 0, full.minute or 0)
    try:
        moment -= datetime.timedelta(minutes=point.offset)
    except OverflowError:  # at either end of the calendar, CQL clamps nothing: leave it as written
        return point.parts
    shifted = (moment.year, moment.month, moment.day, moment.hour, moment.minute, full.second or 0, full.millisecond)
    return tuple(part for part in shifted[: len(point.parts)] if part is not None)


# --- moving (CQL 1.5, Date and Time Operators: Add, Subtract) ---


def shift(point: Point, duration: Quantity, sign: int = 1) -> Point | None:
    """The point moved by a duration, forwards or (`sign` -1) backwards.

    Years and months go by the calendar, and a day that the month reached does not have becomes its last day:
    `@2024-08-31 - 6 months` is `@2024-02-29`. A duration finer than a partial point is first cut down to whole units
    of the point: `@2014 + 18 months` is `@2015`. A time of day goes round the clock. Null outside of the years 1 to
    9999. Raises `EvaluationError` for a unit that `unit_problem` refuses.
    """
    kind = type(point).__name__
    problem = unit_problem(kind, duration.unit)
    if problem:
        raise EvaluationError(problem)
    unit = UCUM_DURATIONS.get(duration.unit, duration.unit)
    count, unit = _whole_units(EXACT.multiply(duration.value, sign), unit, point.precision)
    if isinstance(point, Time):
        return _time_at(_moment(point) + count * MILLISECONDS[unit], len(point.parts))
    if unit == "year":
        return _add_months(point, 12 * count)
    return _add_months(point, count) if unit == "month" else _add_milliseconds(point, count * MILLISECONDS[unit])


def shift_at_most(point: Point, duration: Quantity, sign: int = 1) -> Point:
    """As `shift`, but where that leaves the calendar, the first or last point of it: nothing lies beyond.

    For the limits of timing phrases: an end of 9999-12-31 means without end, and `within 30 days of` it is answered.
    """
    moved = shift(point, duration, sign)
    if moved is not None or isinstance(point, Time):
        return moved or point
    end = Date(9999, 12, 31) if (sign > 0) == (duration.value > 0) else Date(1, 1, 1)
    if isinstance(point, Date):
        return Date(*end.parts[: len(point.parts)])
    full = (latest_time if end.year > 1 else earliest_time)(DateTime(*end.parts))
    return replace(DateTime(*full.parts[: len(point.parts)]), offset=point.offset)


def unit_problem(kind: str, unit: str) -> str:
    """Why a quantity of that unit cannot be added to a value of that type (`Date`, `DateTime`, `Time`), or ""."""
    if UCUM_DURATIONS.get(unit, unit) in DURATIONS[kind]:
        return ""
    if unit in UCUM_FIXED and UCUM_FIXED[unit] in DURATIONS[kind]:
        word = UCUM_FIXED[unit]
        return f"`'{unit}'` is a {word} of fixed length and cannot be added to a {NAMES[kind]}: write `{word}s`"
    wanted = " or ".join((", ".join(f"{word}s" for word in DURATIONS[kind][:-1]), f"{DURATIONS[kind][-1]}s"))
    found = "a bare number" if unit == "1" else f"`{unit}`"
    return f"{found} cannot be added to a {NAMES[kind]}, wanted {wanted}"


def _whole_units(value: Decimal, unit: str, precision: str) -> tuple[int, str]:
    """The duration as a whole number of units that are not finer than the precision; fractions are cut off."""
    if unit == "second":  # only here does a fraction count
        value, unit = EXACT.multiply(value, 1000), "millisecond"
    count = int(value)
    if CALENDAR_UNITS.index(unit) <= CALENDAR_UNITS.index(precision):
        return count, unit
    if unit == "month":
        return _quotient(count, 12), precision
    return _quotient(count * NOMINAL[unit], NOMINAL[precision]), precision


def _quotient(number: int, divisor: int) -> int:
    """Division that cuts off towards zero."""
    return number // divisor if number >= 0 else -(-number // divisor)


def _add_months(point: Date | DateTime, months: int) -> Date | DateTime | None:
    year, month = divmod(12 * point.year + (point.month or 1) - 1 + months, 12)
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        return None
    if point.month is None:
        return replace(point, year=year)
    if point.day is None:
        return replace(point, year=year, month=month + 1)
    return replace(point, year=year, month=month + 1, day=min(point.day, days_in_month(year, month + 1)))


def _add_milliseconds(point: Date | DateTime, milliseconds: int) -> Date | DateTime | None:
    days, rest = divmod(_ordinal(point) * DAY + _time_of_day(point) + milliseconds, DAY)
    if not 1 <= days <= LAST_ORDINAL:
        return None
    day = datetime.date.fromordinal(days)
    moved = replace(point, year=day.year, month=day.month, day=day.day)
    if isinstance(moved, Date) or moved.hour is None:
        return moved
    time = _time_at(rest, len(point.parts) - 3)
    return replace(moved, hour=time.hour, minute=time.minute, second=time.second, millisecond=time.millisecond)


# --- measuring (CQL 1.5, Date and Time Operators: Duration, Difference; Time Interval Calculations) ---


def duration_between(start: Point, end: Point, precision: str) -> Value:
    """How many whole periods lie between two points, negative when the end lies before the start.

    Years and months are complete when the same day and time of day is reached or, where the month does not have that
    day, the day after its last: who is born on 29 February is 1 year old on 1 March. Weeks, days and
    finer are time passed. Partial points give an `Uncertain` from the least to the most that it can be.
    Null when the number has more than 32 bits.
    """
    _require(start, precision, DURATIONS)
    return _count(start, end, precision, _whole_periods)


def difference_between(start: Point, end: Point, precision: str) -> Value:
    """How many boundaries (New Year's, firsts of a month, Sundays, midnights, ...) lie between two points.

    Days and coarser are those on the calendar, as written; hours and finer those of UTC. Partial points
    give an `Uncertain`.
    """
    _require(start, precision, DURATIONS)
    return _count(start, end, precision, _boundaries)


def bounds(point: Point) -> tuple[Point, Point]:
    """The first and the last full point that a perhaps partial one can mean.

    Seconds and milliseconds count as one component: where seconds are given, the milliseconds are zero.
    """
    if isinstance(point, Date):
        return (point, point) if point.day is not None else (earliest(point), latest(point))
    if isinstance(point, DateTime):
        full = point if point.second is None else replace(point, millisecond=point.millisecond or 0)
        return earliest_time(full), latest_time(full)
    first = last = _moment(point)
    if point.second is None:
        last += MILLISECONDS[point.precision] - 1
    return _time_at(first, 4), _time_at(last, 4)


def _count(start: Point, end: Point, precision: str, count: Callable[[Point, Point, str], int]) -> Value:
    (first_start, last_start), (first_end, last_end) = bounds(start), bounds(end)
    low = integer(count(last_start, first_end, precision))
    if first_start is last_start and first_end is last_end:
        return low
    high = integer(count(first_start, last_end, precision))
    return None if low is None or high is None else uncertain(low, high)


def _whole_periods(start: Point, end: Point, precision: str) -> int:
    if precision in MILLISECONDS:
        return _quotient(_moment(end) - _moment(start), MILLISECONDS[precision])
    months = _months(end) - _months(start)
    rest_of_start, rest_of_end = start.parts[2:], end.parts[2:]
    if months > 0 and rest_of_end < rest_of_start:
        months -= 1
    elif months < 0 and rest_of_end > rest_of_start:
        months += 1
    return months if precision == "month" else _quotient(months, 12)


def _boundaries(start: Point, end: Point, precision: str) -> int:
    return _period(end, precision) - _period(start, precision)


def _period(point: Point, precision: str) -> int:
    """The number of the period that a full point lies in."""
    if precision in PRECISIONS[3:] or isinstance(point, Time):
        return _moment(point) // MILLISECONDS[precision]
    match precision:
        case "year":
            return point.year
        case "month":
            return _months(point)
        case "week":  # ordinals that 7 divides are Sundays
            return _ordinal(point) // 7
        case _:
            return _ordinal(point)


def _months(point: Point) -> int:
    return 12 * point.parts[0] + point.parts[1]


def _ordinal(point: Date | DateTime) -> int:
    return datetime.date(point.year, point.month or 1, point.day or 1).toordinal()


def _time_of_day(point: Point) -> int:
    """The milliseconds since midnight, as written."""
    parts = point.parts if isinstance(point, Time) else point.parts[3:]
    lengths = (MILLISECONDS[name] for name in PRECISIONS[3:])
    return sum(part * length for part, length in zip(parts, lengths, strict=False))


def _moment(point: Point) -> int:
    """The milliseconds since the calendar's first midnight in UTC, for a time of day since midnight."""
    if isinstance(point, Time):
        return _time_of_day(point)
    offset = point.offset if isinstance(point, DateTime) else None
    return _ordinal(point) * DAY + _time_of_day(point) - (offset or 0) * MILLISECONDS["minute"]


def _time_at(milliseconds: int, components: int) -> Time:
    """The time of day so long after midnight, cut to a number of components."""
    seconds, millisecond = divmod(milliseconds % DAY, 1000)
    parts = (seconds // 3600, seconds // 60 % 60, seconds % 60, millisecond)
    return Time(*parts[:components])


# --- taking apart and putting together (CQL 1.5, Date and Time Operators: Component From, Date, DateTime, Time) ---


def component(point: Point, precision: str) -> int | None:
    """One component of a point as written, null where a partial point does not have it."""
    _require(point, precision, COMPONENTS)
    names = COMPONENTS[type(point).__name__]
    return dict(zip(names, point.parts, strict=False)).get(precision)


def date_of(point: DateTime) -> Date:
    """The date of a point in time, as written, as precise as the point is."""
    return Date(point.year, point.month, point.day)


def date_from(parts: Sequence[int | None]) -> Date | None:
    """The date of those components, from the year down; see `_given` for nulls and errors."""
    given = _given(parts, "Date")
    return Date(*given) if given else None


def time_from(parts: Sequence[int | None]) -> Time | None:
    """The time of day of those components, from the hour down."""
    given = _given(parts, "Time")
    return Time(*given) if given else None


def datetime_from(parts: Sequence[int | None], offset: Decimal | None = None) -> DateTime | None:
    """The point in time of those components, from the year down, and its distance from UTC in hours."""
    given = _given(parts, "DateTime")
    if not given:
        return None
    minutes = None if offset is None else int((offset * 60).to_integral_value())
    if minutes is not None and abs(minutes) > OFFSET_LIMIT:
        raise EvaluationError(f"the time zone offset is {offset}, wanted -14 to 14 hours")
    return replace(DateTime(*given), offset=minutes)


def _given(parts: Sequence[int | None], kind: str) -> list[int]:
    """The components before the first null.

    Raises `EvaluationError` for one that stands after a null, and for one that no calendar or clock has.
    """
    given: list[int] = []
    for name, part in zip(COMPONENTS[kind], parts, strict=False):
        if part is None:
            continue
        if len(given) < COMPONENTS[kind].index(name):
            raise EvaluationError(f"`{COMPONENTS[kind][len(given)]}` is null, so `{name}` cannot be given")
        low, high = _range(name, given)
        if not low <= part <= high:
            raise EvaluationError(f"`{name}` is {part}, wanted {low} to {high}")
        given.append(part)
    return given


def _range(name: str, given: Sequence[int]) -> tuple[int, int]:
    if name == "day":
        return 1, days_in_month(given[0], given[1])
    ranges = {"year": (1, 9999), "month": (1, 12), "hour": (0, 23), "millisecond": (0, 999)}
    return ranges.get(name, (0, 59))


def _require(point: Point, precision: str, allowed: dict[str, tuple[str, ...]]) -> None:
    kind = type(point).__name__
    if precision not in allowed[kind]:
        raise EvaluationError(f"a {NAMES[kind]} has no `{precision}`, wanted {', '.join(allowed[kind])}")
