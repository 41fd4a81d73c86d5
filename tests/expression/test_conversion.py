"""Conversions between types, and whether they are possible."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import row

from besponsa_pa.expression.functions.conversion import OPERATORS
from besponsa_pa.values import (
    LONG_MAXIMUM,
    Code,
    Concept,
    Date,
    DateTime,
    Quantity,
    Ratio,
    Time,
    Value,
)

D = Decimal
LEUKEMIA, REMISSION = Code("C91.00", "ICD-10-CM", "ALL"), Code("C91.01", "ICD-10-CM")

RESULTS: list[tuple[str, str, Value, Value]] = [
    ("ToBoolean", "String", "falsetto", None),
    ("ToBoolean", "String", "", None),
    ("ToBoolean", "String", "NO", False),
    ("ToBoolean", "String", "Y", True),
    ("ToBoolean", "Integer", 2, None),
    ("ToBoolean", "Integer", 0, False),
    ("ToBoolean", "Decimal", D("1.0"), True),
    ("ToBoolean", "Decimal", D("1.00000001"), None),
    ("ToInteger", "String", "2147483648", None),
    ("ToInteger", "String", "1.0", None),
    ("ToInteger", "String", " 1", None),
    ("ToInteger", "String", "-25", -25),
    ("ToInteger", "Long", 2**31, None),
    ("ToInteger", "Boolean", True, 1),
    ("ToLong", "String", "9223372036854775808", None),
    ("ToLong", "String", "+9223372036854775807", LONG_MAXIMUM),
    ("ToLong", "Boolean", False, 0),
    ("ToLong", "Integer", 5, 5),
    ("ToDecimal", "String", "+-0.1", None),
    ("ToDecimal", "String", "1e5", None),
    ("ToDecimal", "String", "1" * 29, None),
    ("ToDecimal", "String", "0.123456785", D("0.12345679")),
    ("ToDecimal", "String", "+25.5", D("25.5")),
    ("ToDecimal", "Integer", 5, D(5)),
    ("ToDecimal", "Long", LONG_MAXIMUM, D(LONG_MAXIMUM)),
    ("ToDecimal", "Boolean", True, D(1)),
    ("ToString", "Boolean", False, "false"),
    ("ToString", "Integer", -5, "-5"),
    ("ToString", "Long", LONG_MAXIMUM, "9223372036854775807"),
    ("ToString", "Decimal", D("1E-8"), "0.00000001"),
    ("ToString", "Decimal", D(2), "2.0"),
    ("ToString", "Decimal", D("-0.00"), "0.00"),
    ("ToString", "Quantity", Quantity(D(125), "cm"), "125 'cm'"),
    ("ToString", "Quantity", Quantity(D(3), "month"), "3 'months'"),
    ("ToString", "Quantity", Quantity(D(1), "'"), r"1 '\''"),
    ("ToString", "Ratio", Ratio(Quantity(D(1), "mg"), Quantity(D(2), "mL")), "1 'mg':2 'mL'"),
    ("ToString", "Date", Date(2012, 1), "2012-01"),
    ("ToString", "DateTime", DateTime(2000, 1, 1), "2000-01-01"),
    ("ToString", "DateTime", DateTime(2000, 1, 1, 8, 25, 25, 300, -420), "2000-01-01T08:25:25.300-07:00"),
    ("ToString", "Time", Time(9, 30, 1, 3), "09:30:01.003"),
    ("ToDate", "String", "2014-02-30", None),
    ("ToDate", "String", "2014-01-01T25:00", None),
    ("ToDate", "String", "2014-01-01T12:30:00", Date(2014, 1, 1)),
    ("ToDate", "String", "2014-01", Date(2014, 1)),
    ("ToDate", "DateTime", DateTime(2014, 1), Date(2014, 1)),
    ("ToDateTime", "String", "2014/01/01T12:05:05.955Z", None),
    ("ToDateTime", "String", "2014-01-01", DateTime(2014, 1, 1)),
    ("ToDateTime", "String", "2014-01-01T12:05:05.955+01:30", DateTime(2014, 1, 1, 12, 5, 5, 955, 90)),
    ("ToDateTime", "Date", Date(2014), DateTime(2014)),
    ("ToTime", "String", "T14-30-00.0", None),
    ("ToTime", "String", "24:00", None),
    ("ToTime", "String", "14:30+25:00", None),
    ("ToTime", "String", "T14:30:00.0Z", Time(14, 30, 0, 0)),
    ("ToTime", "String", "14:30-07:00", Time(14, 30)),
    ("ToQuantity", "String", "444 'cm", None),
    ("ToQuantity", "String", "5 'furlongs'", None),
    ("ToQuantity", "String", "0.123456789 'mg'", None),
    ("ToQuantity", "String", "5.5 'cm'", Quantity(D("5.5"), "cm")),
    ("ToQuantity", "String", "3 'months'", Quantity(D(3), "month")),
    ("ToQuantity", "Integer", 13, Quantity(D(13))),
    ("ToQuantity", "Decimal", D("0.1"), Quantity(D("0.1"))),
    ("ToQuantity", "Ratio", Ratio(Quantity(D(1), "mg"), Quantity(D(0), "mL")), None),
    ("ToQuantity", "Ratio", Ratio(Quantity(D(1), "mg"), Quantity(D(2), "mL")), Quantity(D("0.5"), "mg/mL")),
    ("ToRatio", "String", "1.0 'mg';2.0 'mg'", None),
    ("ToRatio", "String", "1.0 'mg':2.0 'cows'", None),
    ("ToRatio", "String", "1:128", Ratio(Quantity(D(1)), Quantity(D(128)))),
    ("ToConcept", "Code", LEUKEMIA, Concept((LEUKEMIA,), "ALL")),
    ("ToConcept", "List<Code>", (LEUKEMIA, None, REMISSION), Concept((LEUKEMIA, REMISSION))),
    ("ConvertsToBoolean", "Any", 2, False),
    ("ConvertsToBoolean", "Any", "yes", True),
    ("ConvertsToInteger", "Any", 2**31, False),
    ("ConvertsToInteger", "Any", D(1), False),
    ("ConvertsToInteger", "Any", True, True),
    ("ConvertsToLong", "Any", 2**31, True),
    ("ConvertsToLong", "Any", "one", False),
    ("ConvertsToDecimal", "Any", D(1), True),
    ("ConvertsToDecimal", "Any", Date(2024), False),
    ("ConvertsToDate", "Any", "2014-02-30", False),
    ("ConvertsToDate", "Any", DateTime(2014), True),
    ("ConvertsToDateTime", "Any", Date(2014), True),
    ("ConvertsToTime", "Any", "14-30", False),
    ("ConvertsToQuantity", "Any", "5 mg", False),
    ("ConvertsToQuantity", "Any", 5, True),
    ("ConvertsToRatio", "Any", Quantity(D(1)), False),
    ("ConvertsToString", "Any", (), False),
    ("ConvertsToString", "Any", LEUKEMIA, False),
    ("ConvertsToString", "Any", Quantity(D(1)), True),
]


@pytest.mark.parametrize(("name", "parameters", "argument", "result"), RESULTS)
def test_a_conversion_gives(name: str, parameters: str, argument: Value, result: Value) -> None:
    found = row(OPERATORS, name, parameters)(argument)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("quantity", "unit", "result"),
    [
        (Quantity(D(5), "mg"), "mL", None),
        (Quantity(D(5), "mg"), "cows", None),
        (Quantity(D(1), "year"), "a", None),
        (Quantity(D(5), "mg"), "g", Quantity(D("0.005"), "g")),
        (Quantity(D(1), "year"), "months", Quantity(D(12), "month")),
    ],
)
def test_a_quantity_converts_to_units_of_its_own_kind(quantity: Quantity, unit: str, result: Value) -> None:
    assert row(OPERATORS, "ConvertQuantity", "Quantity, String")(quantity, unit) == result
    assert row(OPERATORS, "CanConvertQuantity", "Quantity, String")(quantity, unit) is (result is not None)


VALUES: dict[str, st.SearchStrategy[Value]] = {
    "Boolean": st.booleans(),
    "Integer": st.integers(-(2**31), 2**31 - 1),
    "Long": st.integers(-(2**63), 2**63 - 1),
    "Decimal": st.integers(-(10**36) + 1, 10**36 - 1).map(lambda steps: D(f"{steps}E-8")),
    "Quantity": st.builds(
        Quantity, st.integers(-(10**9), 10**9).map(lambda n: D(f"{n}E-3")), st.sampled_from(["mg", "1", "month", "'"])
    ),
    "Date": st.dates().map(lambda date: Date(date.year, date.month, date.day)),
    "DateTime": st.datetimes().map(lambda t: DateTime(t.year, t.month, t.day, t.hour, t.minute, t.second, 5, 90)),
    "Time": st.times().map(lambda time: Time(time.hour, time.minute, time.second)),
}


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
def test_every_text_of_a_value_converts_back_to_it(kind: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[kind])
    text = row(OPERATORS, "ToString", kind)(value)
    assert row(OPERATORS, f"To{kind}", "String")(text) == value


@given(st.text(max_size=6) | st.text(alphabet="0123456789-+.:TZ'mg ", max_size=12))
def test_a_text_converts_exactly_when_it_is_said_to(text: str) -> None:
    for kind in ("Boolean", "Integer", "Long", "Decimal", "Date", "DateTime", "Time", "Quantity", "Ratio"):
        converted = row(OPERATORS, f"To{kind}", "String")(text)
        assert row(OPERATORS, f"ConvertsTo{kind}", "Any")(text) is (converted is not None)
