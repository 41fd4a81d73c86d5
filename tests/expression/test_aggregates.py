"""Aggregates: nulls, exact decimals, overflow, units, and lists of which not every element is sure or known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import FAILED, UNKNOWN, answer, check, open_list

from besponsa_pa.expression.functions import aggregates, lists
from besponsa_pa.values import (
    DECIMAL_MAXIMUM,
    INTEGER_MAXIMUM,
    LONG_MAXIMUM,
    Date,
    DateTime,
    Missing,
    Quantity,
    Time,
    TupleValue,
    Uncertain,
    UncertainList,
    Value,
    list_of,
)

A = Missing(frozenset({"a"}))
SUPPLY = frozenset({"therapies[0].supply"})


def code(name: str, element: str = "") -> Callable[..., object]:
    row = next(operator for operator in aggregates.OPERATORS if operator.name == name)
    fitting = [overload for overload in row.overloads if element in str(overload.parameters[0])]
    return fitting[0].run


def run(name: str, value: Value, element: str = "") -> object:
    return answer(code(name, element), value)


def decimals(*texts: str | None) -> Value:
    return tuple(None if text is None else Decimal(text) for text in texts)


def quantities(*texts: str) -> Value:
    return tuple(Quantity(Decimal(text.split()[0]), text.split()[1]) for text in texts)


def perhaps(*elements: tuple[Value, bool]) -> Value:
    return list_of(elements, SUPPLY)


ALL = [operator.name for operator in aggregates.OPERATORS]
OF_NUMBERS = ["Sum", "Product", "Avg", "Median", "Variance", "PopulationVariance", "StdDev", "PopulationStdDev"]

# --- nothing to aggregate ---


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("value", [None, (), (None, None)])
def test_nothing_but_nulls_is_null_unless_it_is_counted_or_held_true(name: str, value: Value) -> None:
    assert run(name, value) == {"Count": 0, "AllTrue": True, "AnyTrue": False}.get(name)


@pytest.mark.parametrize("name", ALL)
def test_a_missing_list_is_asked_for(name: str) -> None:
    assert run(name, A) == A


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_no_quantities_are_null(name: str) -> None:
    assert run(name, (None, None), "Quantity") is None


# --- known lists ---


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("AllTrue", (None, True, True), True),
        ("AllTrue", (True, None, False), False),
        ("AnyTrue", (None, True), True),
        ("AnyTrue", (None, False), False),
        ("Count", (15, 5, 99, None, 1), 4),
        ("Sum", (None, 1, None), 1),
        ("Product", (2, None, 3), 6),
        ("Min", ("hi", "bye", "zebra"), "bye"),
        ("Min", ("a", "Z"), "Z"),
        ("Max", (5, 12, None, 90, 44), 90),
        ("Max", (Date(2012, 12, 31), Date(2013, 1, 1)), Date(2013, 1, 1)),
        ("Min", (Time(15, 59), Time(5, 59)), Time(5, 59)),
        ("Max", (Date(2012), Date(2012, 5), Date(2013)), Date(2013)),
        ("Max", (Date(2012), Date(2012, 5)), None),
        ("Max", (DateTime(2012), DateTime(2012, 5)), None),
        ("Mode", (2, 1, 8, 2, 9, 1, 9, 9), 9),
        ("Mode", (1, 1, 2, 2), None),
        ("Mode", (None, None, 3), 3),
        ("Mode", ((1,), (2,), (1,)), (1,)),
    ],
)
def test_nulls_are_left_out(name: str, value: Value, expected: object) -> None:
    assert run(name, value) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Sum", decimals("0.1", "0.2"), "0.3"),
        ("Sum", decimals("6.0", "2.0", "3.0", "4.0", "5.0"), "20.0"),
        ("Avg", decimals("1.0", "2.0", "3.0", "6.0"), "3.0"),
        ("Avg", decimals("1.0", "1.0", "2.0", None), "1.33333333"),
        ("Avg", decimals("0.00000001", "0.00000002"), "0.00000002"),
        ("Avg", (1, 2), "1.5"),
        ("Median", decimals("6.0", "5.0", "4.0", "3.0", "2.0", "1.0"), "3.5"),
        ("Median", decimals("10.0", "9.0", None, "2.0"), "9.0"),
        ("Median", decimals("7.5"), "7.5"),
        ("Variance", decimals("1.0", "2.0", "3.0", "4.0", "5.0"), "2.5"),
        ("Variance", decimals("1.0"), None),
        ("PopulationVariance", decimals("1.0", "2.0", "3.0", "4.0", "5.0"), "2.0"),
        ("PopulationVariance", decimals("1.0"), "0"),
        ("StdDev", decimals("1.0", "2.0", "3.0", "4.0", "5.0"), "1.58113883"),
        ("StdDev", decimals("1.0"), None),
        ("PopulationStdDev", decimals("1.0", "2.0", "3.0", "4.0", "5.0"), "1.41421356"),
        ("PopulationStdDev", decimals("0.1", "0.1", "0.1"), "0"),
        ("Product", decimals("1.0", "2.0", "3.0", "4.0"), "24.0"),
        ("Product", decimals("0.1", "0.1", "0.1"), "0.001"),
        ("GeometricMean", decimals("2.0", "8.0"), "4.0"),
        ("GeometricMean", decimals("3.0", "9.0", "1.0"), "3"),
        ("GeometricMean", decimals("5.0", "0.0"), "0"),
        ("GeometricMean", decimals("-2.0", "8.0"), None),
    ],
)
def test_decimals_are_exact(name: str, value: Value, expected: str | None) -> None:
    assert run(name, value, "Decimal") == (None if expected is None else Decimal(expected))


def test_a_result_has_no_more_zeros_at_its_end_than_what_it_comes_from() -> None:
    assert str(run("Variance", decimals("1.0", "2.0", "3.0", "4.0", "5.0"), "Decimal")) == "2.5"
    assert str(run("Product", decimals("1.0", "2.0", "3.0", "4.0"), "Decimal")) == "24.0"
    assert str(run("GeometricMean", decimals("2.00", "8.0"))) == "4.00"
    assert str(run("Avg", decimals("10", "30"), "Decimal")) == "20"


@pytest.mark.parametrize(
    ("name", "element", "value"),
    [
        ("Sum", "Integer", (INTEGER_MAXIMUM, 1)),
        ("Sum", "Long", (LONG_MAXIMUM, 1)),
        ("Sum", "Decimal", (DECIMAL_MAXIMUM, Decimal(1))),
        ("Product", "Integer", (2**16, 2**16)),
        ("Product", "Long", (2**32, 2**32)),
        ("Product", "Decimal", (DECIMAL_MAXIMUM, Decimal(2))),
    ],
)
def test_what_does_not_fit_is_null(name: str, element: str, value: Value) -> None:
    assert run(name, value, element) is None


def test_what_fits_in_the_end_may_go_beyond_on_its_way() -> None:
    assert run("Sum", (INTEGER_MAXIMUM, 1, -1), "Integer") == INTEGER_MAXIMUM
    assert run("Sum", (INTEGER_MAXIMUM, 1), "Long") == 2**31


# --- quantities ---


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Sum", quantities("1 mg", "2.5 mg"), "3.5 mg"),
        ("Sum", quantities("1 g", "900 mg"), "1900 mg"),
        ("Sum", quantities("3 month", "2 month"), "5 month"),
        ("Avg", quantities("5.5 cm", "4.7 cm", "4.8 cm"), "5.0 cm"),
        ("Avg", quantities("1 g", "500 mg"), "0.75 g"),
        ("Median", quantities("1.0 mg", "3.0 mg", "2.0 mg"), "2.0 mg"),
        ("Min", quantities("1 g", "900 mg"), "900 mg"),
        ("Max", quantities("1 g", "900 mg"), "1 g"),
        ("Mode", quantities("1 g", "2 g", "1000 mg"), "1 g"),
        ("Product", quantities("1.0 mg", "2.0 mg", "3.0 mg", "4.0 mg"), "24.0 mg"),
        ("Variance", quantities("1.0 mg", "2.0 mg", "3.0 mg", "4.0 mg", "5.0 mg"), "2.5 mg"),
        ("Sum", quantities("1 mg", "1 mL"), None),
        ("Avg", quantities("1 mg", "1 mL"), None),
        ("Sum", quantities("1 year", "1 d"), None),
    ],
)
def test_quantities_keep_their_unit_and_convert_or_are_null(name: str, value: Value, expected: str | None) -> None:
    wanted = None if expected is None else quantities(expected)[0]  # type: ignore[index]
    assert run(name, value, "Quantity" if name != "Mode" else "") == wanted


def test_the_greatest_of_what_does_not_convert_is_a_failure() -> None:
    assert run("Max", quantities("1 mg", "1 mL"), "Quantity") is FAILED


# --- lists of which not every element is sure or known ---


def test_one_false_is_enough_though_others_are_missing() -> None:
    assert run("AllTrue", UncertainList(((A, True), (False, True)), A.facts)) is False
    assert run("AllTrue", UncertainList(((A, True), (True, True)), A.facts)) == A
    assert run("AllTrue", perhaps((False, False), (True, True))) == Missing(SUPPLY)
    assert run("AllTrue", perhaps((True, False), (None, True))) is True


def test_one_true_is_enough_though_others_are_missing() -> None:
    assert run("AnyTrue", UncertainList(((A, True), (True, True)), A.facts)) is True
    assert run("AnyTrue", UncertainList(((A, True), (False, True)), A.facts)) == A
    assert run("AnyTrue", perhaps((True, False), (False, True))) == Missing(SUPPLY)
    assert run("AnyTrue", perhaps((False, False))) is False


def test_a_count_lies_between_the_sure_elements_and_the_possible_ones() -> None:
    assert run("Count", perhaps((1, True), (2, False), (None, False))) == Uncertain(1, 2, SUPPLY)
    assert run("Count", UncertainList(((A, True), (1, True)), A.facts)) == Uncertain(1, 2, A.facts)
    assert run("Count", UncertainList(((Uncertain(1, 2, A.facts), True),), A.facts)) == 1


def test_two_classes_are_two_whichever_of_the_duplicates_qualify() -> None:
    classes = perhaps(("tki", False), ("chemotherapy", True), ("tki", True))
    distinct = next(operator for operator in lists.OPERATORS if operator.name == "Distinct").overloads[0].run
    assert run("Count", distinct(classes)) == 2
    assert run("Count", distinct(perhaps(("tki", False), ("tki", False)))) == Uncertain(0, 1, SUPPLY)


def test_a_sum_has_bounds_where_what_may_be_added_is_known() -> None:
    assert run("Sum", perhaps((30, True), (28, False), (-2, False)), "Integer") == Uncertain(28, 58, SUPPLY)
    assert run("Sum", perhaps((Quantity(Decimal(1), "mg"), True), (Quantity(Decimal(2), "mg"), False)), "Quantity") == (
        Uncertain(Quantity(Decimal(1), "mg"), Quantity(Decimal(3), "mg"), SUPPLY)
    )
    assert run("Sum", perhaps((30, False)), "Integer") == Missing(SUPPLY)
    assert run("Sum", UncertainList(((A, True), (1, True)), A.facts), "Integer") == A
    assert run("Sum", perhaps((INTEGER_MAXIMUM, True), (1, False)), "Integer") == Missing(SUPPLY)
    assert run("Sum", perhaps((Quantity(Decimal(1), "g"), True), (Quantity(Decimal(2), "mg"), False)), "Quantity") == (
        Missing(SUPPLY)
    )


def test_a_missing_quantity_leaves_the_sum_missing() -> None:
    value = UncertainList(((A, True), (Quantity(Decimal(1), "mg"), True)), A.facts)
    assert run("Sum", value, "Quantity") == A
    assert run("Sum", UncertainList(((A, True),), A.facts), "Quantity") == A


def test_an_extreme_has_bounds_and_ignores_what_cannot_change_it() -> None:
    assert run("Max", perhaps((5, True), (9, False))) == Uncertain(5, 9, SUPPLY)
    assert run("Max", perhaps((5, True), (2, False))) == 5
    assert run("Min", perhaps((5, True), (2, False))) == Uncertain(2, 5, SUPPLY)
    assert run("Max", perhaps((5, False))) == Missing(SUPPLY)
    assert run("Max", UncertainList(((A, True), (5, True)), A.facts)) == A


def test_an_extreme_of_dates_asks_only_for_the_dates_that_matter() -> None:
    early = Uncertain(Date(2024, 1, 1), Date(2024, 12, 31), A.facts)
    late = Uncertain(Date(2025, 3, 1), Date(2025, 3, 31), SUPPLY)
    assert run("Max", list_of([(early, True), (late, True)])) == late
    assert run("Min", list_of([(early, True), (late, True)])) == early


def test_a_date_written_only_to_its_year_has_no_order_to_a_date_that_is_not_known() -> None:
    unknown = Uncertain(Date(2011, 1, 1), Date(2013, 12, 31), SUPPLY)
    assert run("Max", list_of([(Date(2012), True), (unknown, True)])) == Missing(SUPPLY)


def test_other_aggregates_wait_until_all_is_known() -> None:
    value = perhaps((Decimal(1), True), (Decimal(2), False))
    for name in ("Product", "Avg", "Median", "Variance", "PopulationVariance", "StdDev", "PopulationStdDev"):
        assert run(name, value, "Decimal") == Missing(SUPPLY)
    assert run("Mode", value) == Missing(SUPPLY)


def test_a_mode_of_tuples_asks_for_the_parts_that_tell_them_apart() -> None:
    known, open_one = TupleValue({"outcome": "failure"}), TupleValue({"outcome": A})
    assert run("Mode", (known, open_one)) == A


# --- every list that an uncertain one may turn out to be ---

NUMBERS: tuple[Value, ...] = (-1, 0, 2)
ENTRIES = [(value, sure) for value in (None, -1, 1, UNKNOWN, Uncertain(0, 2)) for sure in (True, False)]
TRUTHS = [(value, sure) for value in (None, True, False, UNKNOWN) for sure in (True, False)]
KINDS = [*(("Integer", name) for name in ("Count", "Sum", "Product", "Min", "Max")), ("Decimal", "Avg"), ("", "Mode")]


def up_to_two(entries: Iterable[tuple[Value, bool]]) -> list[tuple[tuple[Value, bool], ...]]:
    entries = tuple(entries)
    return [chosen for length in range(3) for chosen in product(entries, repeat=length)]


@pytest.mark.parametrize(("element", "name"), KINDS)
def test_an_aggregate_holds_for_every_list_it_may_be(element: str, name: str) -> None:
    for entries in up_to_two(ENTRIES):
        check(code(name, "" if name == "Count" else element), NUMBERS, a=open_list("a", entries))


@pytest.mark.parametrize("name", ["AllTrue", "AnyTrue", "Count"])
def test_a_truth_about_all_holds_for_every_list_it_may_be(name: str) -> None:
    for entries in up_to_two(TRUTHS):
        check(code(name), (False, True), a=open_list("a", entries))


@given(st.lists(st.sampled_from(ENTRIES), min_size=3, max_size=4))
@settings(max_examples=25, deadline=None)
def test_longer_lists_are_aggregated_as_safely(entries: list[tuple[Value, bool]]) -> None:
    for element, name in KINDS:
        check(code(name, "" if name == "Count" else element), NUMBERS, a=open_list("a", entries))


DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**12), max_value=10**12)


@given(st.lists(DECIMALS, min_size=2, max_size=8))
def test_means_and_variances_agree_with_exact_fractions(numbers: list[Decimal]) -> None:
    exact = [Fraction(number) for number in numbers]
    mean = sum(exact) / len(exact)
    variance = sum((number - mean) ** 2 for number in exact) / (len(exact) - 1)
    half = Fraction(1, 2 * 10**8)
    for name, expected in (("Avg", mean), ("Variance", variance)):
        found = run(name, tuple(numbers), "Decimal")
        assert isinstance(found, Decimal)
        assert abs(Fraction(found) - expected) <= half
