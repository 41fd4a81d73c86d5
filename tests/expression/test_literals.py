"""Texts read as values and values written as texts."""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besponsa_pa.expression import literals, value_text
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.values import (
    DECIMAL_MAXIMUM,
    DECIMAL_STEP,
    LONG_MAXIMUM,
    LONG_MINIMUM,
    Code,
    Concept,
    Date,
    DateTime,
    Interval,
    Missing,
    Quantity,
    Ratio,
    Time,
    TupleValue,
    Uncertain,
    UncertainList,
    Value,
    ValueSet,
    from_fact,
)

CD22 = frozenset({"disease.cd22"})

REFUSED: list[tuple[Callable[[str], Value], str, str]] = [
    (literals.parse_date, "1985-02-29", "1985 has no 29 February"),
    (literals.parse_date, "1900-02-29", "1900 has no 29 February"),
    (literals.parse_date, "2024-02-30", "there is no 30 February"),
    (literals.parse_date, "2024-04-31", "there is no 31 April"),
    (literals.parse_date, "2024-12-32", "there is no day 32"),
    (literals.parse_date, "2024-01-00", "there is no day 0"),
    (literals.parse_date, "2024-13", "there is no month 13"),
    (literals.parse_date, "2024-00-10", "there is no month 0"),
    (literals.parse_date, "0000", "there is no year 0"),
    (literals.parse_date, "2024-3-2", "`2024-3-2` is not a date, wanted year, month and day such as `2024-02-29`"),
    (literals.parse_date, "03/02/1984", "`03/02/1984` is not a date, wanted year, month and day such as `2024-02-29`"),
    (literals.parse_date, "", "`` is not a date, wanted year, month and day such as `2024-02-29`"),
    (literals.parse_datetime, "2023-02-29T10:00", "2023 has no 29 February"),
    (literals.parse_datetime, "2024-02-29T24:00", "there is no hour 24"),
    (literals.parse_datetime, "2024-02-29T10:60", "there is no minute 60"),
    (literals.parse_datetime, "2024-02-29T10:00:60", "there is no second 60"),
    (literals.parse_datetime, "2024-02-29T10:00+14:01", "there is no time zone offset +14:01"),
    (literals.parse_datetime, "2024-02-29T10:00-05:60", "there is no time zone offset -05:60"),
    (literals.parse_datetime, "2024-02T10:00", "`2024-02T10:00` has a time of day without a day"),
    (
        literals.parse_datetime,
        "2024-02-29 10:00",
        "`2024-02-29 10:00` is not a date and time, wanted such as `2024-02-29T14:30:00` or `2024-02-29T14:30:00Z`",
    ),
    (literals.parse_time, "23:59:59.1001", "`1001` is finer than milliseconds, wanted at most 3 digits"),
    (literals.parse_time, "14-30", "`14-30` is not a time of day, wanted hours and minutes such as `14:30`"),
    (literals.parse_integer, "2147483648", "`2147483648` is out of range, wanted -2147483648 to 2147483647"),
    (literals.parse_integer, "1.0", "`1.0` is not a whole number"),
    (literals.parse_integer, "1_000", "`1_000` is not a whole number"),
    (literals.parse_integer, "٣", "`٣` is not a whole number"),
    (literals.parse_integer, "5\n", r"`5\u000a` is not a whole number"),
    (
        literals.parse_integer,
        "9" * 100_000,
        f"`{'9' * 40}...` is out of range, wanted -2147483648 to 2147483647",
    ),
    (literals.parse_decimal, "0.123456789", "`0.123456789` has 9 digits after the point, wanted at most 8"),
    (literals.parse_decimal, "1" * 29, f"`{'1' * 29}` has 29 digits before the point, wanted at most 28"),
    (literals.parse_decimal, "1e5", "`1e5` is not a number, wanted digits such as `5` or `0.25`"),
    (literals.parse_decimal, "NaN", "`NaN` is not a number, wanted digits such as `5` or `0.25`"),
    (literals.parse_decimal, ".5", "`.5` is not a number, wanted digits such as `5` or `0.25`"),
    (literals.parse_decimal, "5.", "`5.` is not a number, wanted digits such as `5` or `0.25`"),
    (literals.parse_quantity, "5 mg", "`mg` is not a calendar duration; a unit stands in quotes: `5 'mg'`"),
    (literals.parse_quantity, "5 mg/dL", "`5 mg/dL` is not a quantity, wanted such as `40 'mg'` or `3 months`"),
    (literals.parse_quantity, "5 'mg", "`5 'mg` is not a quantity, wanted such as `40 'mg'` or `3 months`"),
    (literals.parse_quantity, "5 ''", "`5 ''` has an empty unit"),
    (literals.parse_quantity, "'mg'", "`'mg'` is not a quantity, wanted such as `40 'mg'` or `3 months`"),
    (literals.parse_ratio, "1 'mg';2 'mL'", "`1 'mg';2 'mL'` is not a ratio, wanted such as `1 'mg' : 10 'mL'`"),
    (literals.unescape, r"\d", r"`\d` stands for nothing; a `\` itself is written `\\`"),
    (literals.unescape, "a\\", "`\\` stands for nothing; a `\\` itself is written `\\\\`"),
    (literals.unescape, r"\u00e", r"after `\u`, wanted four digits or letters a to f, such as `\u00e9`"),
    (literals.unescape, r"\ud83d", r"a `\u` stands for half a character only"),
]

READ: list[tuple[Callable[[str], Value], str, Value]] = [
    (literals.parse_date, "1984", Date(1984)),
    (literals.parse_date, "1984-03", Date(1984, 3)),
    (literals.parse_date, "2000-02-29", Date(2000, 2, 29)),
    (literals.parse_date, "9999-12-31", Date(9999, 12, 31)),
    (literals.parse_datetime, "2014T", DateTime(2014)),
    (literals.parse_datetime, "2014-01-01", DateTime(2014, 1, 1)),
    (literals.parse_datetime, "2014-01-01T", DateTime(2014, 1, 1)),
    (literals.parse_datetime, "2014-01-01T08Z", DateTime(2014, 1, 1, 8, offset=0)),
    (literals.parse_datetime, "2014-01-01T12:05:05.9", DateTime(2014, 1, 1, 12, 5, 5, 900)),
    (literals.parse_datetime, "2014-01-01T12:05:05.955-01:15", DateTime(2014, 1, 1, 12, 5, 5, 955, -75)),
    (literals.parse_time, "23:59:59.10000", Time(23, 59, 59, 100)),
    (literals.parse_time, "T00", Time(0)),
    (literals.parse_integer, "-2147483648", -(2**31)),
    (literals.parse_integer, "+0025", 25),
    (literals.parse_integer, "0" * 5000, 0),
    (literals.parse_long, "-9223372036854775808", LONG_MINIMUM),
    (literals.parse_decimal, "0009999999999999999999999999999.99999999", DECIMAL_MAXIMUM),
    (literals.parse_quantity, "40 'mg'", Quantity(Decimal(40), "mg")),
    (literals.parse_quantity, "5.5'mg/dL'", Quantity(Decimal("5.5"), "mg/dL")),
    (literals.parse_quantity, "1 month", Quantity(Decimal(1), "month")),
    (literals.parse_quantity, "3 months", Quantity(Decimal(3), "month")),
    (literals.parse_quantity, "3 'months'", Quantity(Decimal(3), "month")),
    (literals.parse_quantity, "-5", Quantity(Decimal(-5), "1")),
    (literals.parse_ratio, "1:128", Ratio(Quantity(Decimal(1)), Quantity(Decimal(128)))),
    (literals.unescape, r"\'a\" \\ \` \/", "'a\" \\ ` /"),
    (literals.unescape, r"\u0048\u0069", "Hi"),
    (literals.unescape, r"\ud83d\ude00", "\U0001f600"),
    (literals.unescape, r"\\n", r"\n"),
]

WRITTEN: list[tuple[Value, str]] = [
    (None, "null"),
    (Missing(frozenset({"therapies", "disease.cd22"})), "missing(disease.cd22, therapies)"),
    (UncertainList(((1, True), (2, False)), CD22), "{1, perhaps 2}"),
    (UncertainList(((Missing(CD22), True),), CD22), "{missing(disease.cd22)}"),
    (from_fact(Date(2025), "patient.birth_date"), "@2025"),
    (from_fact(Date(2024, 2), "patient.birth_date"), "@2024-02"),
    (from_fact(DateTime(2025, 1, 1, 8, offset=-300), "request.time"), "@2025-01-01T08-05:00"),
    (Uncertain(Date(2025, 1, 1), Date(2025, 12, 30)), "between @2025-01-01 and @2025-12-30"),
    (Uncertain(1, 3, CD22), "between 1 and 3"),
    (True, "true"),
    (-5, "-5"),
    (2**31, "2147483648L"),
    (Decimal(2), "2.0"),
    (Decimal("1.50"), "1.50"),
    (Decimal("1E+2"), "100.0"),
    (DECIMAL_STEP, "0.00000001"),
    (Decimal("-0.0"), "0.0"),
    ("it's \\ 5 µg\n\x00", r"'it\'s \\ 5 µg\n\u0000'"),
    ("\ud83d", r"'\ud83d'"),
    (Date(984, 3), "@0984-03"),
    (DateTime(2014), "@2014T"),
    (Time(10, 30), "@T10:30"),
    (Quantity(Decimal(5), "mg"), "5 'mg'"),
    (Quantity(Decimal(1), "month"), "1 month"),
    (Quantity(Decimal("1.0"), "month"), "1.0 month"),
    (Quantity(Decimal(0), "month"), "0 months"),
    (Quantity(Decimal(-1), "year"), "-1 years"),
    (Quantity(Decimal(90), "'"), r"90 '\''"),
    (Ratio(Quantity(Decimal(1), "mg"), Quantity(Decimal(10), "mL")), "1 'mg' : 10 'mL'"),
    (Code("C91.00", "ICD-10-CM"), "Code 'C91.00' from \"ICD-10-CM\""),
    (Code("C91.00", "ICD-10-CM", "ALL"), "Code 'C91.00' from \"ICD-10-CM\" display 'ALL'"),
    (Code("8480-6"), "Code { code: '8480-6' }"),
    (Code("1", "s", None, "2025"), "Code { code: '1', system: 's', version: '2025' }"),
    (
        Concept((Code("1", "s"), Code("2", "s")), "x"),
        "Concept { Code '1' from \"s\", Code '2' from \"s\" } display 'x'",
    ),
    (ValueSet('the "best"', frozenset()), r'"the \"best\""'),
    (Interval(1, None), "Interval[1, null]"),
    (Interval(Date(2024, 1, 1), Missing(CD22), False, False), "Interval(@2024-01-01, missing(disease.cd22))"),
    (TupleValue({"a": 1, "the end": None}), 'Tuple { a: 1, "the end": null }'),
    (TupleValue({}), "Tuple { : }"),
    ((), "{}"),
    ((1, ("a",), None), "{1, {'a'}, null}"),
]


@pytest.mark.parametrize(("parse", "text", "message"), REFUSED)
def test_what_cannot_be_read_is_said_in_plain_words(parse: Callable[[str], Value], text: str, message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole message is compared below
        parse(text)
    assert str(error.value) == message


@pytest.mark.parametrize(("parse", "text", "value"), READ)
def test_a_text_is_read_as_the_value_it_says(parse: Callable[[str], Value], text: str, value: Value) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(("value", "text"), WRITTEN)
def test_a_value_is_written_as_an_expression_would_say_it(value: Value, text: str) -> None:
    assert text_of(value) == text


def test_a_decimal_keeps_the_places_it_is_written_with() -> None:
    assert str(literals.parse_decimal("1.50")) == "1.50"


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (literals.parse_quantity, "5" + " " * 200_000 + "!"),
        (literals.parse_ratio, "5" + " " * 200_000 + "!"),
        (literals.parse_quantity, "5 '" + "\\'" * 200_000),
        (literals.parse_decimal, "5" * 200_000),
        (literals.parse_datetime, "2024-01-01T00:00:00." + "1" * 200_000),
        (literals.unescape, "\\u" * 200_000),
    ],
)
def test_a_text_made_to_keep_the_reader_busy_is_refused_at_once(parse: Callable[[str], Value], text: str) -> None:
    start = time.process_time()
    with pytest.raises(ValueError) as error:  # noqa: PT011 - any message, but a short one
        parse(text)
    assert time.process_time() - start < (2 if sys.gettrace() is None else 10)  # coverage slows every line down
    assert len(str(error.value)) < 200


@given(st.text())
def test_a_text_survives_its_escapes(text: str) -> None:
    assert literals.unescape(value_text.escape(text)) == text
    assert not set(value_text.escape(text)) & set("\n\r\t\x00")


@given(st.dates())
def test_every_date_is_read_as_it_is_written(date: datetime.date) -> None:
    assert str(literals.parse_date(date.isoformat())) == date.isoformat()


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99))
def test_a_date_is_read_when_the_calendar_has_it_and_refused_otherwise(year: int, month: int, day: int) -> None:
    text = f"{year:04d}-{month:02d}-{day:02d}"
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        with pytest.raises(ValueError, match="no "):
            literals.parse_date(text)
    else:
        assert literals.parse_date(text) == Date(year, month, day)


@given(st.integers(-(10**36) + 1, 10**36 - 1))
def test_every_decimal_is_read_back_from_its_text(steps: int) -> None:
    number = Decimal(f"{steps}E-8")
    assert literals.parse_decimal(value_text.decimal_text(number)) == number


def problem(parse: Callable[[str], Value], text: str) -> str | None:
    try:
        parse(text)
    except ValueError as error:
        return str(error)
    return None


@given(st.text(alphabet="0123456789.+-eE' mgonthsdL:TZ\\\n", max_size=12))
def test_a_text_is_read_or_refused_in_one_line_whatever_it_is(text: str) -> None:
    for parse in (
        literals.parse_integer, literals.parse_decimal, literals.parse_quantity, literals.parse_ratio,
        literals.parse_date, literals.parse_datetime, literals.parse_time, literals.unescape,
    ):  # fmt: skip
        assert (problem(parse, text) or "").isprintable()


@given(st.integers(-LONG_MAXIMUM, LONG_MAXIMUM))
def test_a_long_is_read_whatever_its_sign(number: int) -> None:
    assert literals.parse_long(str(number)) == number
