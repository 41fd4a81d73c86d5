"""Dates: moving, measuring, taking apart and putting together, and ages (CQL 1.5, Date and Time Operators)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from besponsa_pa.expression import calendar
from besponsa_pa.expression.calendar import Point
from besponsa_pa.expression.functions.table import Operator, Overload, Unknowns, overload
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.values import (
    Date,
    DateTime,
    EvaluationError,
    Quantity,
    Time,
    Uncertain,
    Value,
    decimal,
    facts_of,
    missing,
    uncertain,
)

SECTION = "CQL 1.5, Date and Time Operators: "
CLINICAL = "CQL 1.5, Clinical Operators: "


def _add(point: Point, duration: Quantity, sign: int = 1) -> Value:
    """Raises `EvaluationError` past either end of the calendar: a null there would drop a row of a search unseen."""
    moved = calendar.shift(point, duration, sign)
    if moved is None:
        moving = f"{text_of(point)} {'+' if sign > 0 else '-'} {text_of(duration)}"
        raise EvaluationError(f"`{moving}` is not in the years 1 to 9999")
    return moved


def _subtract(point: Point, duration: Quantity) -> Value:
    return _add(point, duration, -1)


def _date(*parts: int | None) -> Value:
    return calendar.date_from(parts)


def _datetime(*parts: int | None) -> Value:
    return calendar.datetime_from(parts)


def _datetime_at(  # noqa: PLR0917 - as many as the constructor takes
    year: int | None,
    month: int | None,
    day: int | None,
    hour: int | None,
    minute: int | None,
    second: int | None,
    millisecond: int | None,
    offset: Decimal | None,
) -> Value:
    return calendar.datetime_from((year, month, day, hour, minute, second, millisecond), offset)


def _time(*parts: int | None) -> Value:
    return calendar.time_from(parts)


def _time_of(point: DateTime) -> Value:
    """In UTC: the specification normalises to the time zone of the evaluation, which is UTC here."""
    return calendar.time_from(calendar.utc_parts(point)[3:])


def _offset_of(point: DateTime) -> Value:
    return decimal(Decimal(point.offset or 0) / 60)


def _component(point: Value, *, precision: str) -> Value:
    """A component of a date known only between two bounds is known where all coarser ones are the same in both."""
    match point:
        case Date() | DateTime() | Time():
            return calendar.component(point, precision)
        case Uncertain(Date() as low, Date() as high, facts):
            return _component_between(low, high, precision, facts)
        case Uncertain(DateTime() as low, DateTime() as high, facts) if low.offset == high.offset:
            return _component_between(low, high, precision, facts)
        case Uncertain(Time() as low, Time() as high, facts):
            return _component_between(low, high, precision, facts)
        case _:
            return missing(facts_of(point))


def _component_between(low: Point, high: Point, precision: str, facts: frozenset[str]) -> Value:
    least, most = calendar.component(low, precision), calendar.component(high, precision)
    coarser = calendar.COMPONENTS[type(low).__name__].index(precision)
    if least is None or most is None or low.parts[:coarser] != high.parts[:coarser]:
        return missing(facts)
    return uncertain(least, most, facts)


def _constructors(kind: str, least: int, most: int, run: Callable[..., Value]) -> tuple[Overload, ...]:
    """The overloads of a constructor that takes so many components, each an Integer."""
    signatures = (", ".join(["Integer"] * count) for count in range(least, most + 1))
    return tuple(overload(f"{signature} -> {kind}", run) for signature in signatures)


def _measures(run: Callable[..., Value]) -> tuple[Overload, ...]:
    """What lies between two points falls with the first and grows with the second."""
    return tuple(overload(f"{kind}, {kind} -> Integer", run, "-+") for kind in ("Date", "DateTime", "Time"))


def _age(precision: str, doc: str, *examples: tuple[str, str]) -> Operator:
    def run(birth_date: Date | DateTime, as_of: Date | DateTime) -> Value:
        return calendar.duration_between(birth_date, as_of, precision)

    name = f"CalculateAgeIn{precision.capitalize()}sAt"
    return Operator(
        name=name,
        syntax=f"{name}({{0}}, {{1}})",
        doc=doc,
        section=f"{CLINICAL}CalculateAgeAt",
        overloads=(overload("Date, Date -> Integer", run, "-+"), overload("DateTime, DateTime -> Integer", run, "-+")),
        examples=examples,
    )


OPERATORS: tuple[Operator, ...] = (
    Operator(
        name="Add",
        syntax="{0} + {1}",
        doc=(
            "A date, a date and time, or a time of day moved forwards by a duration. Years and months go by the "
            "calendar: where the month reached has no such day, it is the month's last day."
        ),
        section=f"{SECTION}Add",
        overloads=(
            overload("Date, Quantity -> Date", _add, "++"),
            overload("DateTime, Quantity -> DateTime", _add, "++"),
            overload("Time, Quantity -> Time", _add),  # goes round the clock, so it neither grows nor falls
        ),
        examples=(
            ("@2024-01-31 + 1 month", "@2024-02-29"),
            ("@2024-02-29 + 1 year", "@2025-02-28"),
            ("@2024-01-31 + 1 month + 1 month", "@2024-03-29"),
            ("@2024-12-31 + 1 'd'", "@2025-01-01"),
            ("@2024-03-01 + 1.9 weeks", "@2024-03-08"),
            ("@2014 + 18 months", "@2015"),
            ("@T23:30 + 1 hour", "@T00:30"),
            ("(null as Date) + 1 day", "null"),
        ),
        precedence="addition",
    ),
    Operator(
        name="Subtract",
        syntax="{0} - {1}",
        doc=(
            "A date, a date and time, or a time of day moved backwards by a duration. Years and months go by the "
            "calendar: where the month reached has no such day, it is the month's last day."
        ),
        section=f"{SECTION}Subtract",
        overloads=(
            overload("Date, Quantity -> Date", _subtract, "+-"),
            overload("DateTime, Quantity -> DateTime", _subtract, "+-"),
            overload("Time, Quantity -> Time", _subtract),
        ),
        examples=(
            ("@2024-08-31 - 6 months", "@2024-02-29"),
            ("@2025-03-01 - 1 day", "@2025-02-28"),
            ("@2014-06 - 33 days", "@2014-05"),
            ("@2024-03-01T05 - 6 hours", "@2024-02-29T23"),
            ("@2024-03-01 - (null as Quantity)", "null"),
        ),
        precedence="addition",
    ),
    Operator(
        name="DurationBetween",
        syntax="{precisions} between {0} and {1}",
        doc=(
            "How many whole years, months, weeks, days ... have passed from the first date to the second; negative "
            "when the second is the earlier one. A month or year is whole when its day comes round again, and where "
            "the month has no such day, on the first of the next month."
        ),
        section=f"{SECTION}Duration",
        overloads=_measures(calendar.duration_between),
        examples=(
            ("years between @2024-02-29 and @2025-02-28", "0"),
            ("years between @2024-02-29 and @2025-03-01", "1"),
            ("months between @2014-01-31 and @2014-02-01", "0"),
            ("weeks between @2025-06-17 and @2023-11-07", "-84"),
            ("days between @2025-03-01 and @2025-02-28", "-1"),
            ("days between @2020 and @2021-08-23 >= 15", "true"),
            ("years between @2019-09 and @2021-07-01 = 2", "false"),
            ("hours between @2017-03-12T01:00:00-07:00 and @2017-03-12T03:00:00-06:00", "1"),
        ),
        takes_precision=True,
        precedence="duration",
    ),
    Operator(
        name="DifferenceBetween",
        syntax="difference in {precisions} between {0} and {1}",
        doc=(
            "How many New Year's days, firsts of a month, Sundays, midnights ... lie between two dates, however "
            "little time has passed; negative when the second is the earlier one."
        ),
        section=f"{SECTION}Difference",
        overloads=_measures(calendar.difference_between),
        examples=(
            ("difference in years between @2024-12-31 and @2025-01-01", "1"),
            ("difference in weeks between @2012-03-10 and @2012-03-11", "1"),
            ("difference in weeks between @2012-03-11 and @2012-03-17", "0"),
            ("difference in days between @2018-06-02 and @2018-04-11", "-52"),
            ("difference in months between @2005 and @2006-07 > 5", "true"),
        ),
        takes_precision=True,
        precedence="duration",
    ),
    Operator(
        name="ComponentFrom",
        syntax="{precision} from {0}",
        doc=(
            "The year, month, day, hour, minute, second or millisecond of a date or time, as a number. "
            "Null when a date written in part does not have it."
        ),
        section=f"{SECTION}Component From",
        overloads=tuple(overload(f"{kind} -> Integer", _component) for kind in ("Date", "DateTime", "Time")),
        examples=(
            ("year from @2024-02-29", "2024"),
            ("month from @2024-02-29", "2"),
            ("month from @2024", "null"),
            ("minute from @T23:20:15.555", "20"),
        ),
        unknowns=Unknowns.OWN,
        takes_precision=True,
        precedence="prefix",
    ),
    Operator(
        name="DateFrom",
        syntax="date from {0}",
        doc="The date of a date and time.",
        section=f"{SECTION}Component From",
        overloads=(overload("DateTime -> Date", calendar.date_of, "+"),),
        examples=(
            ("date from @2024-02-29T23:59", "@2024-02-29"),
            ("date from @2024-02-29T23:59:00.000-08:00", "@2024-02-29"),
            ("date from @2024-02T", "@2024-02"),
        ),
        precedence="prefix",
    ),
    Operator(
        name="TimeFrom",
        syntax="time from {0}",
        doc="The time of day of a date and time, in coordinated universal time (UTC). Null when it has none.",
        section=f"{SECTION}Component From",
        overloads=(overload("DateTime -> Time", _time_of),),
        examples=(
            ("time from @2024-02-29T23:59", "@T23:59"),
            ("time from @2024-02-29T23:59-08:00", "@T07:59"),
            ("time from @2024-02-29T", "null"),
        ),
        precedence="prefix",
    ),
    Operator(
        name="TimezoneOffsetFrom",
        syntax="timezoneoffset from {0}",
        doc="How many hours the time zone of a date and time is ahead of UTC; 0 when none is written.",
        section=f"{SECTION}Component From",
        overloads=(overload("DateTime -> Decimal", _offset_of),),
        examples=(
            ("timezoneoffset from @2024-02-29T23:59-08:30", "-8.5"),
            ("timezoneoffset from @2024-02-29T23:59", "0.0"),
        ),
        precedence="prefix",
    ),
    Operator(
        name="Date",
        syntax="Date({0}, {1}, {2})",
        doc="The date of a year, month and day; without the day, or without both, a date known in part.",
        section=f"{SECTION}Date",
        overloads=_constructors("Date", 1, 3, _date),
        examples=(
            ("Date(2024, 2, 29)", "@2024-02-29"),
            ("Date(2024, 2)", "@2024-02"),
            ("Date(2024, 2, null)", "@2024-02"),
            ("Date(null)", "null"),
        ),
        unknowns=Unknowns.NULLS,
    ),
    Operator(
        name="DateTime",
        syntax="DateTime({0}, {1}, {2}, {3}, {4}, {5}, {6}, {7})",
        doc=(
            "The date and time of a year, month, day, hour, minute, second, millisecond and time zone (hours ahead "
            "of UTC); what is left out at the end is not known."
        ),
        section=f"{SECTION}DateTime",
        overloads=(
            *_constructors("DateTime", 1, 7, _datetime),
            overload(f"{'Integer, ' * 7}Decimal -> DateTime", _datetime_at),
        ),
        examples=(
            ("DateTime(2003, 10, 29)", "@2003-10-29T"),
            ("DateTime(2003, 10, 29, 20, null)", "@2003-10-29T20"),
            ("DateTime(2017, 3, 12, 1, 0, 0, 0, -7.0)", "@2017-03-12T01:00:00.000-07:00"),
        ),
        unknowns=Unknowns.NULLS,
    ),
    Operator(
        name="Time",
        syntax="Time({0}, {1}, {2}, {3})",
        doc="The time of day of an hour, minute, second and millisecond; what is left out at the end is not known.",
        section=f"{SECTION}Time",
        overloads=_constructors("Time", 1, 4, _time),
        examples=(
            ("Time(23, 59)", "@T23:59"),
            ("Time(0, 0, 0, 0)", "@T00:00:00.000"),
            ("Time(12, null)", "@T12"),
        ),
        unknowns=Unknowns.NULLS,
    ),
    _age(
        "year",
        "The age in whole years of a person born on the first date, as of the second. "
        "Who is born on 29 February becomes a year older on 1 March where there is no such day.",
        ("CalculateAgeInYearsAt(@2007-08-28, @2026-11-20)", "19"),
        ("CalculateAgeInYearsAt(@2024-02-29, @2025-02-28)", "0"),
        ("CalculateAgeInYearsAt(@2024-02-29, @2025-03-01)", "1"),
        ("CalculateAgeInYearsAt(@1984, @2026-11-20) >= 18", "true"),
        ("CalculateAgeInYearsAt(null as Date, @2026-11-20)", "null"),
    ),
    _age(
        "month",
        "The age in whole months of a person born on the first date, as of the second.",
        ("CalculateAgeInMonthsAt(@2025-02-27, @2026-11-20)", "20"),
        ("CalculateAgeInMonthsAt(@2025-12-31, @2026-02-28)", "1"),
    ),
    _age(
        "week",
        "The age in whole weeks of a person born on the first date, as of the second.",
        ("CalculateAgeInWeeksAt(@2026-11-01, @2026-11-15)", "2"),
        ("CalculateAgeInWeeksAt(@2026-11-01, @2026-11-14)", "1"),
    ),
    _age(
        "day",
        "The age in days of a person born on the first date, as of the second; negative before birth.",
        ("CalculateAgeInDaysAt(@2024-02-28, @2024-03-01)", "2"),
        ("CalculateAgeInDaysAt(@2026-11-21, @2026-11-20)", "-1"),
    ),
)
