"""Dates against a model that counts on the calendar, day by day."""

from __future__ import annotations

import datetime
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from besponsa_pa.expression import calendar
from besponsa_pa.expression.functions.dates import OPERATORS
from besponsa_pa.values import (
    Date,
    DateTime,
    EvaluationError,
    Missing,
    Quantity,
    Time,
    Uncertain,
    Value,
    days_in_month,
    earliest,
    earliest_time,
    latest,
    latest_time,
    uncertain,
)

BIRTH = frozenset({"patient.birth_date"})
ROWS = {operator.name: operator for operator in OPERATORS}
ONE_DAY = datetime.timedelta(days=1)

# the days on which calendars break: ends of months and years, leap days had and not had (1900), the ends of time
HARD_DAYS = [
    *("1899-12-31", "1900-01-01", "1900-02-28", "1900-03-01", "1999-12-31", "2000-02-28", "2000-02-29", "2000-03-01"),
    *("2023-02-28", "2023-03-01", "2024-01-29", "2024-01-30", "2024-01-31", "2024-02-28", "2024-02-29", "2024-03-01"),
    *("2024-03-30", "2024-03-31", "2024-04-30", "2024-12-31", "2025-01-01", "2025-02-28", "2025-03-01", "2025-03-31"),
]


def date(text: str) -> Date:
    return Date(*(int(part) for part in text.split("-")))


def time(text: str) -> Time:
    hours, _, milliseconds = text.partition(".")
    parts = [int(part) for part in hours.split(":")]
    return Time(*parts, *([int(milliseconds)] if milliseconds else []))


def moment(text: str, offset: int | None = None) -> DateTime:
    day, _, clock = text.partition("T")
    parts = (*date(day).parts, *(time(clock).parts if clock else ()))
    return calendar.datetime_from(parts, None if offset is None else Decimal(offset))  # type: ignore[return-value]


def quantity(text: str) -> Quantity:
    number, unit = text.split()
    return Quantity(Decimal(number), unit)


def python(point: Date) -> datetime.date:
    return datetime.date(*point.parts)


def of_python(day: datetime.date) -> Date:
    return Date(day.year, day.month, day.day)


def run(name: str, *arguments: Value, **precision: str) -> object:
    fitting = [row for row in ROWS[name].overloads if len(row.parameters) == len(arguments)]
    return fitting[0].run(*arguments, **precision)


# narrow ranges of years, so that the same days of months meet often
near = st.one_of(
    st.sampled_from([python(date(text)) for text in HARD_DAYS]),
    st.dates(datetime.date(1898, 1, 1), datetime.date(1904, 12, 31)),
    st.dates(datetime.date(1999, 1, 1), datetime.date(2005, 12, 31)),
    st.dates(datetime.date(2023, 1, 1), datetime.date(2029, 12, 31)),
).map(of_python)


# --- the model ---


def anniversary(start: Date, months: int) -> datetime.date:
    """When so many months are complete: the same day, or the day after the month's last where it has no such day."""
    month = datetime.date(start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1, 1)
    last = (month + 31 * ONE_DAY).replace(day=1) - ONE_DAY
    return month.replace(day=start.day) if start.day <= last.day else last + ONE_DAY


def counted(start: Date, end: Date, step: int) -> int:
    """How many anniversaries, `step` months apart, have come by the end; backwards, as many less than none."""
    if python(end) < python(start):
        return -counted(end, start, step)
    count = 0
    while anniversary(start, step * (count + 1)) <= python(end):
        count += 1
    return count


def completions(point: Date) -> list[Date]:
    first, last = python(earliest(point)), python(latest(point))
    return [of_python(first + i * ONE_DAY) for i in range((last - first).days + 1)]


# --- moving ---


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        ("2024-08-31", "-6 month", "2024-02-29"),
        ("2024-02-29", "1 year", "2025-02-28"),
        ("2024-02-29", "4 year", "2028-02-29"),
        ("1896-02-29", "4 year", "1900-02-28"),
        ("2024-01-31", "1 month", "2024-02-29"),
        ("2023-12-31", "2 month", "2024-02-29"),
        ("2024-01-31", "-1 month", "2023-12-31"),
        ("2024-01-31", "-2 month", "2023-11-30"),
        ("2024-12-31", "1 d", "2025-01-01"),
        ("0001-01-02", "-1 day", "0001-01-01"),
        ("9999-12-24", "1 week", "9999-12-31"),
        ("2024-02-28", "52 wk", "2025-02-26"),
        ("2024-03-01", "1.9 week", "2024-03-08"),
        ("2024-03-01", "-1.9 day", "2024-02-29"),
        ("2024-03-31", "0.5 year", "2024-03-31"),
        ("2014", "24 month", "2016"),
        ("2014", "25 month", "2016"),
        ("2014", "-25 month", "2012"),
        ("2014", "730 day", "2016"),
        ("2014", "729 day", "2015"),
        ("2016", "365 day", "2017"),
        ("2014", "52 week", "2014"),
        ("2014", "53 week", "2015"),
        ("2014-06", "33 day", "2014-07"),
        ("2014-06", "-33 day", "2014-05"),
        ("2014-06", "29 day", "2014-06"),
        ("2014-06", "7 month", "2015-01"),
        ("2014-06", "1 year", "2015-06"),
        ("2014-06", "1.9 year", "2015-06"),
    ],
)
def test_a_date_moves_by_the_calendar(start: str, duration: str, expected: str) -> None:
    assert calendar.shift(date(start), quantity(duration)) == date(expected)
    back = Quantity(-quantity(duration).value, quantity(duration).unit)
    assert run("Subtract", date(start), back) == date(expected)


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        ("2014", "730 day", "2016"),
        ("2014", "17520 hour", "2016"),
        ("2005-05-10", "25 hour", "2005-05-11"),
        ("2005-05-10", "23 hour", "2005-05-10"),
        ("2005-05", "720 hour", "2005-06"),
        ("2016-06-10T05", "-6 hour", "2016-06-09T23"),
        ("2016-06-10T05:05", "-6 minute", "2016-06-10T04:59"),
        ("2016-06-10T05:05:05", "55 second", "2016-06-10T05:06:00"),
        ("2016-06-10T05:05:05", "1.5 second", "2016-06-10T05:05:06"),
        ("2016-06-10T05:05:05.900", "0.1 s", "2016-06-10T05:05:06.000"),
        ("2016-06-10T05:05:05.005", "-10 ms", "2016-06-10T05:05:04.995"),
        ("2016-06-10T05:05", "1.9 min", "2016-06-10T05:06"),
        ("2016-06-10T05:05", "1.9 h", "2016-06-10T06:05"),
        ("2024-12-31T23:59:59.999", "1 millisecond", "2025-01-01T00:00:00.000"),
        ("2024-08-31T10:20", "-6 month", "2024-02-29T10:20"),
    ],
)
def test_a_point_in_time_keeps_its_precision_when_moved(start: str, duration: str, expected: str) -> None:
    assert calendar.shift(moment(start), quantity(duration)) == moment(expected)


def test_a_point_in_time_keeps_its_time_zone_when_moved() -> None:
    assert calendar.shift(moment("2024-01-31T23:30", -5), quantity("1 hour")) == moment("2024-02-01T00:30", -5)


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        ("23:30", "1 hour", "00:30"),
        ("00:30", "-1 hour", "23:30"),
        ("15:59:59.999", "300 minute", "20:59:59.999"),
        ("15:59:59.999", "1 s", "16:00:00.999"),
        ("23", "119 minute", "00"),
        ("12", "0.9 hour", "12"),
        ("12", "50 hour", "14"),
    ],
)
def test_a_time_of_day_goes_round_the_clock(start: str, duration: str, expected: str) -> None:
    assert calendar.shift(time(start), quantity(duration)) == time(expected)


@pytest.mark.parametrize(
    ("start", "duration"),
    [
        (date("9999-12-31"), "1 day"),
        (date("9999-12-01"), "1 month"),
        (date("9999"), "1 year"),
        (date("0001-01-01"), "-1 day"),
        (date("0001-01-01"), "-2005 year"),
        (date("2024-01-01"), "9999999999999999999999999999 week"),
        (moment("9999-12-31T23:59:59.999"), "1 ms"),
    ],
)
def test_a_date_moved_beyond_the_calendar_is_null(start: Date | DateTime, duration: str) -> None:
    assert calendar.shift(start, quantity(duration)) is None


@pytest.mark.parametrize(
    ("point", "unit", "message"),
    [
        (date("2024-01-01"), "mo", "`'mo'` is a month of fixed length and cannot be added to a date: write `months`"),
        (
            moment("2024-01-01"),
            "a",
            "`'a'` is a year of fixed length and cannot be added to a date and time: write `years`",
        ),
        (date("2024-01-01"), "hour", "`hour` cannot be added to a date, wanted years, months, weeks or days"),
        (date("2024-01-01"), "h", "`h` cannot be added to a date, wanted years, months, weeks or days"),
        (date("2024-01-01"), "mg", "`mg` cannot be added to a date, wanted years, months, weeks or days"),
        (date("2024-01-01"), "1", "a bare number cannot be added to a date, wanted years, months, weeks or days"),
        (time("10"), "day", "`day` cannot be added to a time of day, wanted hours, minutes, seconds or milliseconds"),
        (time("10"), "a", "`a` cannot be added to a time of day, wanted hours, minutes, seconds or milliseconds"),
    ],
)
def test_a_unit_that_moves_no_such_value_is_an_error(point: calendar.Point, unit: str, message: str) -> None:
    with pytest.raises(EvaluationError, match="cannot be added") as caught:
        calendar.shift(point, Quantity(Decimal(1), unit))
    assert str(caught.value) == message == calendar.unit_problem(type(point).__name__, unit)


@given(near, st.integers(-60, 60))
def test_adding_months_reaches_that_month_and_the_same_day_or_its_last(start: Date, months: int) -> None:
    month = datetime.date(start.year, start.month, 15)
    for _ in range(abs(months)):
        month = (month.replace(day=1) + (31 * ONE_DAY if months > 0 else -ONE_DAY)).replace(day=15)
    expected = Date(month.year, month.month, min(start.day, days_in_month(month.year, month.month)))
    assert calendar.shift(start, Quantity(Decimal(months), "month")) == expected
    if months % 12 == 0:
        assert calendar.shift(start, Quantity(Decimal(months // 12), "year")) == expected


@given(near, st.integers(-5000, 5000))
def test_adding_days_is_what_the_calendar_counts_and_subtracting_takes_it_back(start: Date, days: int) -> None:
    duration = Quantity(Decimal(days), "day")
    moved = run("Add", start, duration)
    assert isinstance(moved, Date)
    assert python(moved) == python(start) + days * ONE_DAY
    assert run("Subtract", moved, duration) == start
    assert calendar.duration_between(start, moved, "day") == days
    assert calendar.shift(start, Quantity(Decimal(days), "week")) == calendar.shift(start, quantity(f"{7 * days} day"))


@given(near, st.integers(-60, 60))
def test_taking_months_back_returns_to_the_day_or_to_an_earlier_one_after_a_short_month(
    start: Date, months: int
) -> None:
    duration = Quantity(Decimal(months), "month")
    moved = calendar.shift(start, duration)
    assert isinstance(moved, Date)
    back = calendar.shift(moved, duration, -1)
    assert back == Date(start.year, start.month, moved.day)
    assert moved.day == start.day or moved.day == days_in_month(moved.year, moved.month) < start.day


# --- measuring ---


@pytest.mark.parametrize("text", HARD_DAYS)
def test_whole_months_and_years_are_completed_anniversaries(text: str) -> None:
    start = date(text)
    for end in map(date, HARD_DAYS):
        assert calendar.duration_between(start, end, "month") == counted(start, end, 1)
        assert calendar.duration_between(start, end, "year") == counted(start, end, 12)


@given(near, near)
def test_durations_and_differences_agree_with_counting(start: Date, end: Date) -> None:
    first, second = python(start), python(end)
    days = (second - first).days
    assert calendar.duration_between(start, end, "month") == counted(start, end, 1)
    assert calendar.duration_between(start, end, "year") == counted(start, end, 12)
    assert calendar.duration_between(start, end, "day") == days
    assert calendar.duration_between(start, end, "week") == (abs(days) // 7) * (1 if days > 0 else -1)
    assert calendar.difference_between(start, end, "day") == days
    assert calendar.difference_between(start, end, "month") == 12 * (end.year - start.year) + end.month - start.month
    assert calendar.difference_between(start, end, "year") == end.year - start.year


@given(near, st.integers(-400, 400))
def test_the_difference_in_weeks_counts_sundays(start: Date, days: int) -> None:
    end = python(start) + days * ONE_DAY
    low, high = sorted((python(start), end))
    sundays = sum((low + i * ONE_DAY).isoweekday() == 7 for i in range(1, (high - low).days + 1))
    assert calendar.difference_between(start, of_python(end), "week") == (sundays if days > 0 else -sundays)


@given(near, near, near, st.sampled_from(["year", "month", "week", "day"]))
def test_a_later_end_never_shortens_and_a_later_start_never_lengthens(
    a: Date, b: Date, c: Date, precision: str
) -> None:
    first, second = sorted((b, c), key=python)
    for measure in (calendar.duration_between, calendar.difference_between):
        assert measure(a, first, precision) <= measure(a, second, precision)  # type: ignore[operator]
        assert measure(first, a, precision) >= measure(second, a, precision)  # type: ignore[operator]
        assert measure(a, b, precision) == -measure(b, a, precision)  # type: ignore[operator]


@given(near, near, st.integers(-30, 30), st.integers(0, 40), st.sampled_from(["year", "month", "week", "day"]))
def test_moving_keeps_the_order_of_dates_and_grows_with_the_duration(
    a: Date, b: Date, count: int, more: int, unit: str
) -> None:
    first, second = sorted((a, b), key=python)
    less, longer = Quantity(Decimal(count), unit), Quantity(Decimal(count + more) / 1, unit)
    assert calendar.shift(first, less).parts <= calendar.shift(second, less).parts  # type: ignore[union-attr]
    assert calendar.shift(a, less).parts <= calendar.shift(a, longer).parts  # type: ignore[union-attr]


def test_who_is_born_on_a_leap_day_is_a_year_older_on_the_first_of_march() -> None:
    born = date("2024-02-29")
    ages = [
        run("CalculateAgeInYearsAt", born, date(day))
        for day in ("2025-02-28", "2025-03-01", "2028-02-28", "2028-02-29")
    ]
    assert ages == [0, 1, 3, 4]
    assert run("CalculateAgeInMonthsAt", born, date("2025-02-28")) == 11
    assert run("CalculateAgeInWeeksAt", born, date("2024-03-13")) == 1
    assert run("CalculateAgeInDaysAt", born, date("2025-02-28")) == 365


@pytest.mark.parametrize(
    ("start", "end", "precision", "expected"),
    [
        # the time of day counts
        ("2012-03-10T10:20:00.000", "2013-03-10T09:20:00.000", "year", 0),
        ("2012-03-10T10:20:00.000", "2013-03-10T10:20:00.000", "year", 1),
        ("2012-01-31T12:30:00.000", "2012-02-01T09:00:00.000", "day", 0),
        ("2011-12-05T05:00:00.000", "2011-12-04T08:45:00.000", "day", 0),
        ("2011-12-05T05:00:00.000", "2011-12-04T01:30:00.000", "day", -1),
        ("2012-03-10T22:05:09", "2012-03-24T07:19:33", "week", 1),
        ("2012-03-10T06:05:09", "2012-03-24T07:19:33", "week", 2),
        ("2013-10-10T12:30:00.000", "2013-10-10T08:40:00.000", "hour", -3),
        ("2012-12-30T00:20:00.000", "2012-12-29T22:00:00.000", "minute", -140),
        # seconds without milliseconds are whole
        ("2012-01-01T01:00:00", "2012-01-01T02:00:00.0", "hour", 1),
        ("2012-01-01T01:00:00", "2012-01-01T01:00:01", "millisecond", 1000),
        # a partial point leaves it open, even at its own precision
        ("2017-08-07T17:00", "2017-08-14", "day", Uncertain(6, 7)),
        ("2014-01-15", "2014-02", "day", Uncertain(16, 44)),
        ("2005", "2006-07", "month", Uncertain(6, 18)),
        ("2005", "2010", "year", Uncertain(4, 5)),
        ("2005-05", "2010-04", "year", 4),
        # a number of more than 32 bits
        ("2005-01-01T00:00:00", "2006-01-01T00:00:00", "millisecond", None),
    ],
)
def test_durations_between_points_in_time(start: str, end: str, precision: str, expected: Value) -> None:
    assert run("DurationBetween", moment(start), moment(end), precision=precision) == expected


@pytest.mark.parametrize(
    ("start", "end", "precision", "duration", "difference"),
    [
        ("2017-03-12T01:00", "2017-03-12T03:00", "hour", 1, 1),
        ("2017-03-12T01:00", "2017-03-12T02:30", "minute", 30, 30),
        # time passed for whole days, the calendar as written for midnights
        ("2017-03-12T00:00", "2017-03-13T00:00", "day", 0, 1),
        ("2017-03-12T00:00", "2017-03-19T00:00", "week", 0, 1),
        ("2017-03-12T00:00", "2017-04-12T00:00", "month", 1, 1),
        ("2017-03-12T00:00", "2018-03-12T00:00", "year", 1, 1),
    ],
)
def test_time_zones_are_reckoned_with_where_time_passes(
    start: str, end: str, precision: str, duration: int, difference: int
) -> None:
    first, second = moment(f"{start}:00.000", -7), moment(f"{end}:00.000", -6)
    assert calendar.duration_between(first, second, precision) == duration
    assert calendar.difference_between(first, second, precision) == difference


@pytest.mark.parametrize(
    ("start", "end", "precision", "duration", "difference"),
    [
        ("20:26:15.555", "23:25:15.555", "hour", 2, 3),
        ("23:20:16.555", "23:25:15.555", "minute", 4, 5),
        ("20:20:15.555", "20:20:15.550", "millisecond", -5, -5),
        ("20:20:15.555", "20:20:16.554", "second", 0, 1),
        ("23:00", "01:00", "hour", Uncertain(-22, -21), -22),
        ("06", "07:00:00", "hour", Uncertain(0, 1), 1),
        ("20", "23:25:15.555", "hour", Uncertain(2, 3), 3),
    ],
)
def test_times_of_day_are_measured_within_one_day(
    start: str, end: str, precision: str, duration: Value, difference: Value
) -> None:
    assert calendar.duration_between(time(start), time(end), precision) == duration
    assert calendar.difference_between(time(start), time(end), precision) == difference


@pytest.mark.parametrize(
    ("start", "end", "precision"),
    [
        ("2020", "2021-08-23", "day"),
        ("2021-08-23", "2020", "week"),
        ("2024-02", "2025-02-28", "year"),
        ("2024-02", "2025-03-01", "year"),
        ("2024-02-29", "2025", "year"),
        ("2024-01", "2024-02", "month"),
        ("2024", "2024-02", "month"),
        ("2024-05", "2024-05", "day"),
        ("2012-01-02", "2012", "month"),
    ],
)
def test_partial_dates_give_exactly_the_bounds_of_all_their_completions(start: str, end: str, precision: str) -> None:
    both = list(product(completions(date(start)), completions(date(end))))
    for measure in (calendar.duration_between, calendar.difference_between):
        counts = [measure(a, b, precision) for a, b in both]
        assert measure(date(start), date(end), precision) == uncertain(min(counts), max(counts))  # type: ignore[type-var]


@settings(max_examples=40, deadline=None)
@given(near, near, st.integers(1, 3), st.integers(2, 3), st.sampled_from(["year", "month", "week", "day"]))
def test_no_completion_of_partial_dates_lies_outside_of_the_bounds(
    a: Date, b: Date, first: int, second: int, precision: str
) -> None:
    start, end = Date(*a.parts[:first]), Date(*b.parts[:second])
    both = product(completions(start)[:: 1 if first > 1 else 7], completions(end))
    counts = {calendar.duration_between(c, d, precision) for c, d in both}
    answer = calendar.duration_between(start, end, precision)
    low, high = (answer.low, answer.high) if isinstance(answer, Uncertain) else (answer, answer)
    assert low <= min(counts)  # type: ignore[operator, type-var]
    assert high >= max(counts)  # type: ignore[operator, type-var]


@pytest.mark.parametrize("text", ["2024", "2024-02", "2024-02-29", "2024-02-29T23", "2024-02-29T23:59"])
def test_the_bounds_of_a_partial_point_in_time_are_its_first_and_last_millisecond(text: str) -> None:
    assert calendar.bounds(moment(text, -8)) == (earliest_time(moment(text, -8)), latest_time(moment(text, -8)))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("12", "12:00:00.000", "12:59:59.999"),
        ("12:30", "12:30:00.000", "12:30:59.999"),
        ("12:30:15", "12:30:15.000", "12:30:15.000"),
        ("12:30:15.250", "12:30:15.250", "12:30:15.250"),
    ],
)
def test_the_bounds_of_a_partial_time_of_day(text: str, first: str, last: str) -> None:
    assert calendar.bounds(time(text)) == (time(first), time(last))


@pytest.mark.parametrize(
    ("name", "arguments", "precision"),
    [
        ("DurationBetween", (date("2024-01-01"), date("2024-01-02")), "hour"),
        ("DifferenceBetween", (time("10"), time("11")), "day"),
        ("ComponentFrom", (date("2024-01-01"),), "week"),
        ("ComponentFrom", (date("2024-01-01"),), "hour"),
        ("ComponentFrom", (time("10"),), "year"),
    ],
)
def test_a_precision_that_a_value_never_has_is_an_error(
    name: str, arguments: tuple[Value, ...], precision: str
) -> None:
    with pytest.raises(EvaluationError, match=f"has no `{precision}`, wanted"):
        run(name, *arguments, precision=precision)


# --- taking apart and putting together ---


@pytest.mark.parametrize(
    ("point", "precision", "expected"),
    [
        (date("2024-02-29"), "day", 29),
        (date("2024-02"), "day", None),
        (moment("2015-02-10"), "hour", None),
        (moment("2024-02-29T23:59:01.007", -8), "day", 29),
        (moment("2024-02-29T23:59:01.007", -8), "hour", 23),
        (moment("2024-02-29T23:59:01"), "millisecond", None),
        (time("23:20:15.555"), "millisecond", 555),
        (time("23"), "minute", None),
        (None, "year", None),
        (Missing(BIRTH), "year", Missing(BIRTH)),
        (Uncertain(date("2025-01-01"), date("2025-12-31"), BIRTH), "year", 2025),
        (Uncertain(date("2025-01-01"), date("2025-12-31"), BIRTH), "month", Uncertain(1, 12, BIRTH)),
        (Uncertain(date("2025-03-01"), date("2025-03-31"), BIRTH), "month", 3),
        (Uncertain(date("2024-12-31"), date("2025-01-01"), BIRTH), "year", Uncertain(2024, 2025, BIRTH)),
        (Uncertain(date("2024-12-31"), date("2025-01-01"), BIRTH), "month", Missing(BIRTH)),
        (Uncertain(moment("2025-03-01T00:00", -5), moment("2025-03-01T23:59", -5), BIRTH), "day", 1),
        (Uncertain(moment("2025-03-01T00:00", -5), moment("2025-03-01T23:59"), BIRTH), "day", Missing(BIRTH)),
        (Uncertain(time("10:05"), time("10:40"), BIRTH), "hour", 10),
        (Uncertain(date("2025"), date("2025-06"), BIRTH), "month", Missing(BIRTH)),
    ],
)
def test_a_component_is_known_where_the_bounds_agree_on_all_that_is_coarser(
    point: Value, precision: str, expected: Value
) -> None:
    assert run("ComponentFrom", point, precision=precision) == expected


@settings(deadline=None)
@given(near, st.integers(0, 70), st.sampled_from(["year", "month", "day"]))
def test_no_date_between_two_bounds_has_a_component_outside_of_the_answer(low: Date, days: int, precision: str) -> None:
    dates = [of_python(python(low) + i * ONE_DAY) for i in range(days + 1)]
    answer = run("ComponentFrom", uncertain(dates[0], dates[-1], BIRTH), precision=precision)
    found = {calendar.component(point, precision) for point in dates}
    if isinstance(answer, Missing):
        assert len(found) > 1
    else:
        assert answer == uncertain(min(found), max(found), BIRTH)  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("point", "day", "clock", "offset"),
    [
        (moment("2003-10-29T20:50:33.955", 1), "2003-10-29", time("19:50:33.955"), "1"),
        (moment("2003-10-29T20:50", -8), "2003-10-29", time("04:50"), "-8"),
        (moment("2003-10-29T20:50"), "2003-10-29", time("20:50"), "0"),
        (moment("2003-10"), "2003-10", None, "0"),
    ],
)
def test_a_point_in_time_has_a_date_a_time_of_day_and_a_time_zone(
    point: DateTime, day: str, clock: Time | None, offset: str
) -> None:
    assert run("DateFrom", point) == date(day)
    assert run("TimeFrom", point) == clock
    assert run("TimezoneOffsetFrom", point) == Decimal(offset)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("Date", (2024, 2, 29), Date(2024, 2, 29)),
        ("Date", (2024, 2, None), Date(2024, 2)),
        ("Date", (2024, None, None), Date(2024)),
        ("Date", (None,), None),
        ("Date", (None, None, None), None),
        ("DateTime", (2003,), DateTime(2003)),
        ("DateTime", (9999, 12, 31, 23, 59, 59, 999), DateTime(9999, 12, 31, 23, 59, 59, 999)),
        ("DateTime", (2017, 3, 12, 1, 0, 0, 0, Decimal("-7.0")), DateTime(2017, 3, 12, 1, 0, 0, 0, -420)),
        ("DateTime", (2017, 3, 12, 1, 0, 0, 0, Decimal("5.75")), DateTime(2017, 3, 12, 1, 0, 0, 0, 345)),
        ("DateTime", (2017, 3, 12, 1, 0, 0, 0, None), DateTime(2017, 3, 12, 1, 0, 0, 0)),
        ("DateTime", (2017, 3, 12, 1, 0, None, None, Decimal(-7)), DateTime(2017, 3, 12, 1, 0, offset=-420)),
        ("DateTime", (2017, 3, 12, 1, 0, 0, 0, Decimal(-14)), DateTime(2017, 3, 12, 1, 0, 0, 0, -840)),
        ("DateTime", (None, None, None, None, None, None, None, Decimal(-7)), None),
        ("Time", (0, 0, 0, 0), Time(0, 0, 0, 0)),
        ("Time", (23, None), Time(23)),
    ],
)
def test_nulls_at_the_end_make_a_date_less_precise(name: str, arguments: tuple[Value, ...], expected: Value) -> None:
    assert run(name, *arguments) == expected


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("Date", (2012, None, 1), "`month` is null, so `day` cannot be given"),
        ("Date", (None, 5), "`year` is null, so `month` cannot be given"),
        ("DateTime", (2012, 1, 1, 12, None, 0, 0, Decimal(-7)), "`minute` is null, so `second` cannot be given"),
        ("Time", (None, 5), "`hour` is null, so `minute` cannot be given"),
        ("Date", (2023, 2, 29), "`day` is 29, wanted 1 to 28"),
        ("Date", (1900, 2, 29), "`day` is 29, wanted 1 to 28"),
        ("Date", (2024, 13), "`month` is 13, wanted 1 to 12"),
        ("DateTime", (10000, 12, 31, 23, 59, 59, 999), "`year` is 10000, wanted 1 to 9999"),
        ("DateTime", (0, 1, 1, 0, 0, 0, 0), "`year` is 0, wanted 1 to 9999"),
        ("Time", (24, 0), "`hour` is 24, wanted 0 to 23"),
        ("Time", (23, 60), "`minute` is 60, wanted 0 to 59"),
        ("Time", (23, 59, 59, 1000), "`millisecond` is 1000, wanted 0 to 999"),
        ("DateTime", (2024, 1, 1, 0, 0, 0, 0, Decimal(15)), "the time zone offset is 15, wanted -14 to 14 hours"),
        ("DateTime", (2024, 1, 1, 0, 0, 0, 0, Decimal(-15)), "the time zone offset is -15, wanted -14 to 14 hours"),
    ],
)
def test_a_date_that_no_calendar_has_is_an_error(name: str, arguments: tuple[Value, ...], message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        run(name, *arguments)
    assert str(caught.value) == message
