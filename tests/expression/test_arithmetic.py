"""Arithmetic against exact fractions and integers."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rows import row

from besponsa_pa.expression.functions.arithmetic import OPERATORS
from besponsa_pa.values import (
    DECIMAL_LIMIT,
    DECIMAL_MAXIMUM,
    DECIMAL_STEP,
    INTEGER_MAXIMUM,
    INTEGER_MINIMUM,
    LONG_MAXIMUM,
    LONG_MINIMUM,
    Date,
    DateTime,
    EvaluationError,
    Quantity,
    Time,
    Value,
)

D = Decimal
DECIMAL_MINIMUM = DECIMAL_MAXIMUM.copy_negate()  # a minus sign would round to 28 digits
STEPS = 10**8
LIMIT = 10**36  # the greatest result, in steps

integers = st.integers(INTEGER_MINIMUM, INTEGER_MAXIMUM)
longs = st.integers(LONG_MINIMUM, LONG_MAXIMUM)
# of every size, not only of the greatest
decimals = st.integers(0, 36).flatmap(lambda n: st.integers(-(10**n) + 1, 10**n - 1)).map(lambda n: D(f"{n}E-8"))


def nearest(number: Fraction) -> Decimal | None:
    """The decimal nearest to a fraction, half away from zero, or null out of range: rounding as one learns it."""
    steps = math.floor(abs(number) * STEPS + Fraction(1, 2)) * (-1 if number < 0 else 1)
    return D(f"{steps}E-8") if abs(steps) <= LIMIT else None


def within(number: int, low: int, high: int) -> int | None:
    return number if low <= number <= high else None


def call(name: str, parameters: str, *arguments: Value) -> object:
    return row(OPERATORS, name, parameters)(*arguments)


def mg(text: str) -> Quantity:
    return Quantity(D(text), "mg")


NULLS = [
    ("Add", "Integer, Integer", (INTEGER_MAXIMUM, 1)),
    ("Add", "Long, Long", (LONG_MAXIMUM, 1)),
    ("Add", "Decimal, Decimal", (DECIMAL_MAXIMUM, D(1))),
    ("Add", "Quantity, Quantity", (mg("1"), Quantity(D(1), "mL"))),
    ("Add", "Quantity, Quantity", (Quantity(DECIMAL_MAXIMUM, "mg"), mg("1"))),
    ("Subtract", "Integer, Integer", (INTEGER_MINIMUM, 1)),
    ("Subtract", "Long, Long", (LONG_MINIMUM, 1)),
    ("Subtract", "Decimal, Decimal", (DECIMAL_MINIMUM, D(1))),
    ("Multiply", "Integer, Integer", (INTEGER_MINIMUM, -1)),
    ("Multiply", "Long, Long", (LONG_MAXIMUM, 2)),
    ("Multiply", "Decimal, Decimal", (DECIMAL_MAXIMUM, D("1.00000001"))),
    ("Multiply", "Quantity, Decimal", (Quantity(DECIMAL_MAXIMUM, "mg"), D(2))),
    ("Multiply", "Decimal, Quantity", (D(2), Quantity(DECIMAL_MAXIMUM, "mg"))),
    ("Divide", "Decimal, Decimal", (D(1), D(0))),
    ("Divide", "Decimal, Decimal", (D(0), D("0.00"))),
    ("Divide", "Decimal, Decimal", (DECIMAL_MAXIMUM, DECIMAL_STEP)),
    ("Divide", "Quantity, Decimal", (mg("1"), D(0))),
    ("Divide", "Decimal, Quantity", (D(1), mg("0"))),
    ("TruncatedDivide", "Integer, Integer", (2, 0)),
    ("TruncatedDivide", "Integer, Integer", (INTEGER_MINIMUM, -1)),
    ("TruncatedDivide", "Long, Long", (LONG_MINIMUM, -1)),
    ("TruncatedDivide", "Decimal, Decimal", (D(2), D(0))),
    ("TruncatedDivide", "Decimal, Decimal", (DECIMAL_MAXIMUM, D("0.1"))),
    ("TruncatedDivide", "Quantity, Quantity", (mg("1"), mg("0"))),
    ("TruncatedDivide", "Quantity, Quantity", (mg("1"), Quantity(D(1), "mL"))),
    ("Modulo", "Integer, Integer", (2, 0)),
    ("Modulo", "Decimal, Decimal", (D(0), D(0))),
    ("Modulo", "Quantity, Quantity", (mg("10"), mg("0"))),
    ("Negate", "Integer", (INTEGER_MINIMUM,)),
    ("Negate", "Long", (LONG_MINIMUM,)),
    ("Abs", "Integer", (INTEGER_MINIMUM,)),
    ("Abs", "Long", (LONG_MINIMUM,)),
    ("Ceiling", "Decimal", (D("2147483647.00000001"),)),
    ("Floor", "Decimal", (D("-2147483648.2"),)),
    ("Truncate", "Decimal", (D("2147483648"),)),
    ("Round", "Decimal, Integer", (None, 2)),
    ("Log", "Decimal, Decimal", (D(1), D(1))),
    ("Log", "Decimal, Decimal", (D(0), D(2))),
    ("Log", "Decimal, Decimal", (D(16), D(0))),
    ("Log", "Decimal, Decimal", (D(16), D(-2))),
    ("Power", "Integer, Integer", (2, 31)),
    ("Power", "Integer, Integer", (INTEGER_MAXIMUM, INTEGER_MAXIMUM)),
    ("Power", "Integer, Integer", (0, -1)),
    ("Power", "Long, Long", (2, 63)),
    ("Power", "Decimal, Decimal", (D(-2), D("0.5"))),
    ("Power", "Decimal, Decimal", (D(0), D(-1))),
    ("Power", "Decimal, Decimal", (D(10), DECIMAL_MAXIMUM)),
    ("LowBoundary", "Decimal, Integer", (None, 8)),
    ("LowBoundary", "Decimal, Integer", (D("1.5"), 9)),
    ("LowBoundary", "Decimal, Integer", (D("1.5"), -1)),
    ("HighBoundary", "Date, Integer", (Date(2014), 5)),
    ("HighBoundary", "Time, Integer", (Time(10), 17)),
    ("HighBoundary", "DateTime, Integer", (None, None)),
]

VALUES = [
    ("Add", "Decimal, Decimal", (D("0.1"), D("0.2")), D("0.3")),
    ("Add", "Quantity, Quantity", (mg("0.1"), mg("0.2")), mg("0.3")),
    ("Add", "Quantity, Quantity", (Quantity(D(1), "g"), mg("1")), mg("1001")),
    ("Subtract", "Decimal, Decimal", (D("1.1"), D("1.0")), D("0.1")),
    ("Multiply", "Decimal, Decimal", (D("1.5"), D("1.2")), D("1.8")),
    ("Multiply", "Decimal, Decimal", (D("0.00001"), D("0.0005")), D("0.00000001")),
    ("Multiply", "Decimal, Decimal", (D("-0.00001"), D("0.0005")), D("-0.00000001")),
    ("Multiply", "Decimal, Quantity", (D(3), mg("40")), mg("120")),
    ("Multiply", "Quantity, Quantity", (mg("2"), Quantity(D(3))), mg("6")),
    ("Divide", "Decimal, Decimal", (D(10), D(3)), D("3.33333333")),
    ("Divide", "Decimal, Decimal", (D(2), D(-3)), D("-0.66666667")),
    ("Divide", "Quantity, Decimal", (mg("90"), D(4)), mg("22.5")),
    ("Divide", "Quantity, Quantity", (mg("90"), mg("4")), Quantity(D("22.5"))),
    ("Divide", "Decimal, Quantity", (D(90), Quantity(D(4))), Quantity(D("22.5"))),
    ("TruncatedDivide", "Integer, Integer", (-10, 3), -3),
    ("TruncatedDivide", "Integer, Integer", (-2, -1), 2),
    ("TruncatedDivide", "Decimal, Decimal", (D("-10.1"), D("-3.1")), D(3)),
    ("TruncatedDivide", "Quantity, Quantity", (mg("10.0"), mg("4.0")), mg("2")),
    ("Modulo", "Integer, Integer", (-10, 3), -1),
    ("Modulo", "Integer, Integer", (10, -3), 1),
    ("Modulo", "Decimal, Decimal", (D("3.5"), D(3)), D("0.5")),
    ("Modulo", "Quantity, Quantity", (mg("3.5"), mg("3")), mg("0.5")),
    ("Modulo", "Quantity, Quantity", (mg("3500"), Quantity(D(2), "g")), mg("1500")),
    ("Positive", "Decimal", (D("1.50"),), D("1.50")),
    ("Abs", "Quantity", (mg("-1.0"),), mg("1.0")),
    ("Ceiling", "Decimal", (D("-1.1"),), -1),
    ("Ceiling", "Decimal", (D("-2147483648.9"),), INTEGER_MINIMUM),
    ("Floor", "Decimal", (D("2147483647.9"),), INTEGER_MAXIMUM),
    ("Truncate", "Decimal", (D("-1.9"),), -1),
    ("Round", "Decimal", (D("0.5"),), D(1)),
    ("Round", "Decimal", (D("-0.5"),), D(-1)),
    ("Round", "Decimal", (D("2.5"),), D(3)),
    ("Round", "Decimal", (D("-0.49999999"),), D(0)),
    ("Round", "Decimal, Integer", (D("2.675"), 2), D("2.68")),
    ("Round", "Decimal, Integer", (D("-2.675"), None), D(-3)),
    ("Round", "Decimal, Integer", (D("150"), -2), D(200)),
    ("Round", "Decimal, Integer", (DECIMAL_MAXIMUM, INTEGER_MINIMUM), D(0)),
    ("Round", "Decimal, Integer", (D("1.23456789"), INTEGER_MAXIMUM), D("1.23456789")),
    ("Add", "Decimal, Decimal", (DECIMAL_MAXIMUM, D(0)), DECIMAL_MAXIMUM),
    ("Add", "Decimal, Decimal", (DECIMAL_MAXIMUM, DECIMAL_STEP), DECIMAL_LIMIT),
    ("Round", "Decimal, Integer", (DECIMAL_MAXIMUM, 0), DECIMAL_LIMIT),
    ("Negate", "Decimal", (DECIMAL_MAXIMUM,), DECIMAL_MINIMUM),
    ("Subtract", "Decimal, Decimal", (D("9999999999999999999999999999.99999999"), D("1E-8")),
     D("9999999999999999999999999999.99999998")),
    ("Exp", "Decimal", (D(1),), D("2.71828183")),
    ("Exp", "Decimal", (DECIMAL_MINIMUM,), D(0)),
    ("Ln", "Decimal", (D(1000),), D("6.90775528")),
    ("Log", "Decimal, Decimal", (D(16), D(2)), D(4)),
    ("Log", "Decimal, Decimal", (D("0.125"), D(2)), D(-3)),
    ("Power", "Integer, Integer", (0, 0), 1),
    ("Power", "Integer, Integer", (-2, 31), INTEGER_MINIMUM),
    ("Power", "Integer, Integer", (-1, INTEGER_MAXIMUM), -1),
    ("Power", "Integer, Integer", (2, -2), D("0.25")),
    ("Power", "Integer, Integer", (10, -8), DECIMAL_STEP),
    ("Power", "Integer, Integer", (10, INTEGER_MINIMUM), D(0)),
    ("Power", "Decimal, Decimal", (D("2.5"), D(2)), D("6.25")),
    ("Power", "Decimal, Decimal", (D(2), D("0.5")), D("1.41421356")),
    ("Power", "Decimal, Decimal", (D(0), D(0)), D(1)),
    ("Precision", "Decimal", (D("1.58700"),), 5),
    ("Precision", "Decimal", (D(100),), 0),
    ("Precision", "Date", (Date(2014, 2),), 6),
    ("Precision", "DateTime", (DateTime(2014, 1, 5, 10, 30, 0, 0),), 17),
    ("Precision", "Time", (Time(10, 30),), 4),
    ("LowBoundary", "Decimal, Integer", (D("1.587"), 8), D("1.587")),
    ("LowBoundary", "Decimal, Integer", (D("-1.587"), 8), D("-1.58799999")),
    ("LowBoundary", "Decimal, Integer", (D("-1.587"), 2), D("-1.59")),
    ("LowBoundary", "Date, Integer", (Date(2014), 6), Date(2014, 1)),
    ("LowBoundary", "DateTime, Integer", (DateTime(2014, 1, 1, 8), 17), DateTime(2014, 1, 1, 8, 0, 0, 0)),
    ("LowBoundary", "Time, Integer", (Time(10, 30), 9), Time(10, 30, 0, 0)),
    ("HighBoundary", "Decimal, Integer", (D("1.587"), 8), D("1.58799999")),
    ("HighBoundary", "Decimal, Integer", (D("1.587"), 4), D("1.5879")),
    ("HighBoundary", "Decimal, Integer", (D("1.587"), 3), D("1.587")),
    ("HighBoundary", "Decimal, Integer", (D("-1.587"), 8), D("-1.587")),
    ("HighBoundary", "Decimal, Integer", (DECIMAL_MAXIMUM, None), DECIMAL_MAXIMUM),
    ("HighBoundary", "Date, Integer", (Date(2024, 2), None), Date(2024, 2, 29)),
    ("HighBoundary", "DateTime, Integer", (DateTime(2014, 1, 1, 8, offset=60), 12),
     DateTime(2014, 1, 1, 8, 59, offset=60)),
    ("HighBoundary", "DateTime, Integer", (DateTime(2014, 1, 1, 8, offset=60), 6), DateTime(2014, 1)),
    ("HighBoundary", "Time, Integer", (Time(10), 2), Time(10)),
    ("Successor", "Integer", (INTEGER_MINIMUM,), INTEGER_MINIMUM + 1),
    ("Successor", "Long", (INTEGER_MAXIMUM,), INTEGER_MAXIMUM + 1),
    ("Successor", "Decimal", (D("1.0"),), D("1.00000001")),
    ("Predecessor", "Date", (Date(2024, 3, 1),), Date(2024, 2, 29)),
    ("Predecessor", "Time", (Time(12, 0, 0, 0),), Time(11, 59, 59, 999)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "parameters", "arguments"), NULLS)
def test_what_cannot_be_calculated_is_null(name: str, parameters: str, arguments: tuple[Value, ...]) -> None:
    assert call(name, parameters, *arguments) is None


@pytest.mark.parametrize(("name", "parameters", "arguments", "result"), VALUES)
def test_a_result_is_exact(name: str, parameters: str, arguments: tuple[Value, ...], result: Value) -> None:
    found = call(name, parameters, *arguments)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("Successor", "Integer", INTEGER_MAXIMUM),
        ("Successor", "Long", LONG_MAXIMUM),
        ("Successor", "Decimal", DECIMAL_MAXIMUM),
        ("Successor", "Date", Date(9999, 12, 31)),
        ("Successor", "Time", Time(23, 59, 59, 999)),
        ("Predecessor", "Integer", INTEGER_MINIMUM),
        ("Predecessor", "Decimal", DECIMAL_MINIMUM),
        ("Predecessor", "DateTime", DateTime(1, 1, 1, 0, 0, 0, 0)),
    ],
)
def test_nothing_comes_beyond_the_last_value_of_a_type(name: str, kind: str, value: Value) -> None:
    with pytest.raises(EvaluationError, match="there is no value "):
        call(name, kind, value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("Exp", D(1000), r"`Exp\(1000.0\)` is larger"),
        ("Exp", DECIMAL_MAXIMUM, "is larger than a decimal can be"),
        ("Ln", D(0), "there is no logarithm of 0.0"),
        ("Ln", D(-1), "there is no logarithm of -1.0"),
    ],
)
def test_a_power_out_of_range_and_a_logarithm_of_nothing_are_failures(name: str, value: Decimal, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        call(name, "Decimal", value)


@pytest.mark.parametrize("name", ["Negate", "Abs", "Round"])
def test_zero_never_has_a_minus(name: str) -> None:
    for zero in (D(0), D("-0.0")):
        assert str(call(name, "Decimal", zero)).strip("0.") == ""


def test_a_limit_is_met_exactly() -> None:
    limit = call("Multiply", "Decimal, Decimal", D("1.5"), D("1.2"))
    assert D("1.8") <= limit  # type: ignore[operator]


def test_a_tenth_ten_times_is_one() -> None:
    total: object = D(0)
    for _ in range(10):
        total = call("Add", "Decimal, Decimal", total, D("0.1"))  # type: ignore[arg-type]
    assert total == 1


@given(integers, integers)
@example(INTEGER_MINIMUM, -1)
def test_integers_are_calculated_as_whole_numbers_or_null(left: int, right: int) -> None:
    for name, number in (("Add", left + right), ("Subtract", left - right), ("Multiply", left * right)):
        assert call(name, "Integer, Integer", left, right) == within(number, INTEGER_MINIMUM, INTEGER_MAXIMUM)


@given(longs, longs)
@example(LONG_MINIMUM, -1)
def test_longs_are_calculated_as_whole_numbers_or_null(left: int, right: int) -> None:
    for name, number in (("Add", left + right), ("Subtract", left - right), ("Multiply", left * right)):
        assert call(name, "Long, Long", left, right) == within(number, LONG_MINIMUM, LONG_MAXIMUM)


@given(decimals, decimals)
def test_decimals_are_calculated_exactly_and_rounded_once(left: Decimal, right: Decimal) -> None:
    first, second = Fraction(left), Fraction(right)
    assert call("Add", "Decimal, Decimal", left, right) == nearest(first + second)
    assert call("Subtract", "Decimal, Decimal", left, right) == nearest(first - second)
    assert call("Multiply", "Decimal, Decimal", left, right) == nearest(first * second)
    assert call("Divide", "Decimal, Decimal", left, right) == (nearest(first / second) if second else None)


@given(decimals, decimals)
def test_a_bare_number_changes_the_number_of_a_quantity_as_it_would_a_decimal(left: Decimal, right: Decimal) -> None:
    for name in ("Multiply", "Divide"):
        number = call(name, "Decimal, Decimal", left, right)
        expected = None if number is None else Quantity(number, "mg")  # type: ignore[arg-type]
        assert call(name, "Quantity, Decimal", Quantity(left, "mg"), right) == expected


@given(integers, integers.filter(bool))
def test_div_and_mod_of_integers_make_up_the_dividend(left: int, right: int) -> None:
    quotient = call("TruncatedDivide", "Integer, Integer", left, right)
    remainder = call("Modulo", "Integer, Integer", left, right)
    assert quotient == within(math.trunc(Fraction(left, right)), INTEGER_MINIMUM, INTEGER_MAXIMUM)
    assert remainder == left - right * math.trunc(Fraction(left, right))


@given(decimals, decimals.filter(bool))
def test_div_and_mod_of_decimals_make_up_the_dividend(left: Decimal, right: Decimal) -> None:
    whole = math.trunc(Fraction(left) / Fraction(right))
    assert call("TruncatedDivide", "Decimal, Decimal", left, right) == nearest(Fraction(whole))
    assert call("Modulo", "Decimal, Decimal", left, right) == nearest(Fraction(left) - Fraction(right) * whole)


@given(decimals, st.integers(-40, 40))
def test_rounding_goes_to_the_nearest_and_a_half_away_from_zero(number: Decimal, places: int) -> None:
    scale = Fraction(10) ** places
    nearest_steps = math.floor(abs(Fraction(number)) * scale + Fraction(1, 2)) * (-1 if number < 0 else 1)
    expected = nearest(Fraction(nearest_steps) / scale) if places < 8 else number
    assert call("Round", "Decimal, Integer", number, places) == expected


@given(decimals)
def test_whole_parts_lie_next_to_the_number(number: Decimal) -> None:
    for name, part in (("Floor", math.floor), ("Ceiling", math.ceil), ("Truncate", math.trunc)):
        assert call(name, "Decimal", number) == within(part(Fraction(number)), INTEGER_MINIMUM, INTEGER_MAXIMUM)


@given(st.integers(-50, 50), st.integers(-5, 40))
def test_whole_powers_are_exact(base: int, exponent: int) -> None:
    if base == 0 and exponent < 0:
        expected: object = None
    elif exponent < 0:
        expected = nearest(Fraction(base) ** exponent)
    else:
        expected = within(base**exponent, INTEGER_MINIMUM, INTEGER_MAXIMUM)
    assert call("Power", "Integer, Integer", base, exponent) == expected


@given(st.integers(-100_000, 100_000).map(lambda n: D(f"{n}E-3")), st.integers(0, 12))
def test_decimal_powers_are_exact(base: Decimal, exponent: int) -> None:
    assert call("Power", "Decimal, Decimal", base, D(exponent)) == nearest(Fraction(base) ** exponent)


@given(decimals.filter(lambda number: number > 0))
def test_the_logarithm_undoes_the_exponential(number: Decimal) -> None:
    logarithm = call("Ln", "Decimal", number)
    assert abs(float(logarithm) - math.log(number)) < 1e-7  # type: ignore[arg-type]
    power = call("Exp", "Decimal", logarithm)  # type: ignore[arg-type]
    assert power is None or abs(power - number) <= number * D("1E-8") + DECIMAL_STEP  # type: ignore[operator]


@given(decimals, st.integers(0, 8))
def test_a_boundary_lies_on_its_side_of_the_number(number: Decimal, places: int) -> None:
    low = call("LowBoundary", "Decimal, Integer", number, places)
    high = call("HighBoundary", "Decimal, Integer", number, places)
    assert low is None or low <= number  # type: ignore[operator]
    assert high is None or high >= number  # type: ignore[operator]
