"""List operators: nulls, duplicates, and lists of which not every element is sure or known."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import FAILED, UNKNOWN, answer, check, covers, open_list

from besponsa_pa.expression.functions import aggregates, clinical, lists
from besponsa_pa.values import (
    Code,
    Concept,
    Date,
    Interval,
    Missing,
    Quantity,
    Time,
    TupleValue,
    Uncertain,
    UncertainList,
    Value,
    ValueSet,
    facts_of,
    list_of,
)

A, B = Missing(frozenset({"a"})), Missing(frozenset({"b"}))


def run(name: str, *arguments: Value, overload: int = 0) -> object:
    row = next(operator for operator in lists.OPERATORS if operator.name == name)
    return answer(row.overloads[overload].run, *arguments)


def perhaps(*elements: tuple[Value, bool]) -> Value:
    """A list as a query leaves it: elements, and whether they surely qualify."""
    return list_of(elements, frozenset({"therapies[0].outcome"}))


OUTCOME = Missing(frozenset({"therapies[0].outcome"}))

# --- known lists ---


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, False), ((), False), ((None,), False), ((None, 1), True), (((),), True)],
)
def test_only_an_element_that_is_not_null_exists(value: Value, expected: object) -> None:
    assert run("Exists", value) is expected


@pytest.mark.parametrize(
    ("element", "value", "expected"),
    [
        (None, (1, None), True),
        (None, (1,), False),
        (None, (), False),
        (1, None, False),
        (None, None, False),
        (3, (1, 2, None), False),
        ("a", (None, "b", "c"), False),
        (Time(15, 59, 59), (Time(15, 59, 59, 999), Time(20, 59, 59, 999)), None),
        (Time(15, 59, 59), (Time(15, 59, 59, 999), Time(15, 59, 59)), True),
        (Quantity(1000, "mg"), (Quantity(1, "g"),), True),  # type: ignore[arg-type]
    ],
)
def test_membership_takes_nulls_for_equal(element: Value, value: Value, expected: object) -> None:
    assert run("In", element, value) is expected
    assert run("Contains", value, element) is expected


@pytest.mark.parametrize(
    ("value", "element", "expected"),
    [
        (("a",), "a", False),
        (("a", "a"), "a", False),
        (("a", "b"), "a", True),
        (("a", "b"), "c", False),
        (("a", "b", None), "a", True),
        ((None,), None, False),
        ((None, None), None, False),
        (("s", None), None, True),
        ((), "a", False),
        (None, "a", False),
        ((Time(15, 59, 59, 999), Time(20, 59, 59, 999)), Time(15, 59, 59), None),
    ],
)
def test_proper_membership_asks_for_another_element(value: Value, element: Value, expected: object) -> None:
    assert run("ProperContains", value, element) is expected
    assert run("ProperIn", element, value) is expected
    assert run("ProperIncludes", value, element) is expected
    assert run("ProperIncludedIn", element, value) is expected


@pytest.mark.parametrize(
    ("left", "right", "included", "properly"),
    [
        ((1, 2, 3), (), True, True),
        ((), (), True, False),
        ((1, 2, 3), (3, 1), True, True),
        ((1, 2, 3), (4,), False, False),
        ((None,), (None,), True, False),
        ((1, 2), (2, 1), True, False),
        (None, (1,), None, None),
        ((1,), None, None, None),
        ((), (1,), False, False),
    ],
)
def test_inclusion_of_a_list_in_a_list(left: Value, right: Value, included: object, properly: object) -> None:
    assert run("Includes", left, right) is included
    assert run("IncludedIn", right, left) is included
    assert run("ProperIncludes", left, right, overload=1) is properly
    assert run("ProperIncludedIn", right, left, overload=1) is properly


def test_a_list_properly_included_in_null_is_null_and_an_element_is_not_in_it() -> None:
    assert run("ProperIncludedIn", ("s", "u"), None) is None
    assert run("ProperIncludedIn", "s", None) is False


@pytest.mark.parametrize(
    ("name", "left", "right", "expected"),
    [
        ("Union", (1, 2, 3), (2,), (1, 2, 3)),
        ("Union", (1, 1), (), (1,)),
        ("Union", None, (4, 5), (4, 5)),
        ("Union", None, None, ()),
        ("Union", (1, None), (None, 2), (1, None, 2)),
        ("Intersect", (1, 2, 3, 4), (3, 2), (2, 3)),
        ("Intersect", (2, 2), (2,), (2,)),
        ("Intersect", (None, 1), (None,), (None,)),
        ("Intersect", (1,), None, None),
        ("Intersect", (), (), ()),
        ("Except", (1, 2, 3, 4), (2, 3), (1, 4)),
        ("Except", (1, 1, 4), None, (1, 4)),
        ("Except", (1, None), (None,), (1,)),
        ("Except", None, (1,), None),
        ("Except", (), (), ()),
    ],
)
def test_sets_keep_each_element_once_in_order(name: str, left: Value, right: Value, expected: Value) -> None:
    assert run(name, left, right) == expected


def test_dates_that_may_be_the_same_are_neither_merged_nor_shared_nor_taken_away() -> None:
    year, day = Date(2012), Date(2012, 1, 1)
    assert run("Distinct", (year, day)) == (year, day)
    assert run("Intersect", (year,), (day,)) == ()
    assert run("Except", (year,), (day,)) == (year,)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ((), ()),
        ((None, None, None), (None,)),
        ((1, 2, 3, 1, 2, 3), (1, 2, 3)),
        ((Quantity(1, "g"), Quantity(1000, "mg")), (Quantity(1, "g"),)),  # type: ignore[arg-type]
        (((1,), (1,), (2,)), ((1,), (2,))),
    ],
)
def test_distinct_compares_by_value(value: Value, expected: Value) -> None:
    assert run("Distinct", value) == expected


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("First", ((),), None),
        ("First", (None,), None),
        ("First", ((None, 1),), None),
        ("First", ((1, None),), 1),
        ("Last", ((),), None),
        ("Last", ((1, None),), None),
        ("Last", ((1, 2),), 2),
        ("Indexer", ((1, 2), 1), 2),
        ("Indexer", ((1, 2), 2), None),
        ("Indexer", ((1, 2), -1), None),
        ("Indexer", ((1, 2), None), None),
        ("Indexer", (None, 0), None),
        ("IndexOf", ((), None), None),
        ("IndexOf", (None, ()), None),
        ("IndexOf", ((1, None), None), None),
        ("IndexOf", ((1, 2, 2), 2), 1),
        ("IndexOf", ((None, 1), 1), 1),
        ("IndexOf", ((), 1), -1),
        ("SingletonFrom", ((),), None),
        ("SingletonFrom", ((None,),), None),
        ("SingletonFrom", (None,), None),
        ("SingletonFrom", ((1,),), 1),
        ("SingletonFrom", ((1, 2),), FAILED),
        ("Skip", (None, 3), None),
        ("Skip", ((1, 2, 3), None), (1, 2, 3)),
        ("Skip", ((1, 2, 3), 3), ()),
        ("Skip", ((1, 2, 3), -1), ()),
        ("Skip", ((1, 2, 3), 0), (1, 2, 3)),
        ("Skip", ((1, 2, 3), 2), (3,)),
        ("Tail", (None,), None),
        ("Tail", ((),), ()),
        ("Tail", ((1,),), ()),
        ("Take", (None, 3), None),
        ("Take", ((1, 2, 3), None), ()),
        ("Take", ((1, 2, 3), 0), ()),
        ("Take", ((1, 2, 3), -1), ()),
        ("Take", ((1, 2), 3), (1, 2)),
        ("Take", ((1, 2, 3), 2), (1, 2)),
        ("Flatten", (None,), None),
        ("Flatten", (((), ()),), ()),
        ("Flatten", (((None,), (None,)),), (None, None)),
        ("Flatten", ((None, (1,)),), (1,)),
    ],
)
def test_picking_elements_out(name: str, arguments: tuple[Value, ...], expected: object) -> None:
    assert run(name, *arguments) == expected


@pytest.mark.parametrize(
    ("text", "index", "expected"), [("C91", 0, "C"), ("C91", 3, None), ("", 0, None), (None, 0, None)]
)
def test_a_text_has_characters_by_place(text: Value, index: Value, expected: object) -> None:
    assert run("Indexer", text, index, overload=1) == expected


def test_a_list_with_more_than_one_element_has_no_singleton_and_says_how_many_it_has() -> None:
    row = next(operator for operator in lists.OPERATORS if operator.name == "SingletonFrom")
    with pytest.raises(Exception, match="found 2"):
        row.overloads[0].run((1, 2))


# --- lists that are missing altogether ---


@pytest.mark.parametrize("name", ["Exists", "Distinct", "First", "Last", "Flatten", "SingletonFrom", "Tail"])
def test_a_missing_list_is_asked_for_where_a_null_one_would_decide(name: str) -> None:
    assert run(name, A) == A


@pytest.mark.parametrize(
    "name",
    [
        "Contains",
        "ProperContains",
        "Includes",
        "ProperIncludes",
        "Union",
        "Intersect",
        "IndexOf",
        "Indexer",
        "Skip",
        "Take",
    ],
)
def test_two_missing_arguments_are_both_asked_for(name: str) -> None:
    assert run(name, A, B) == Missing(frozenset({"a", "b"}))


def test_nothing_is_in_a_list_that_is_surely_empty() -> None:
    assert run("In", A, ()) is False
    assert run("ProperContains", (), A) is False


def test_a_missing_list_takes_away_what_it_may() -> None:
    assert run("Except", (), A) == ()
    assert run("Except", (1, 2), A) == UncertainList(((1, False), (2, False)), frozenset({"a"}))


def test_a_missing_element_is_asked_for_unless_no_list_has_it() -> None:
    assert run("In", A, (1, 2)) == A
    assert run("Indexer", "C91", A, overload=1) == A


# --- lists of which not every element is sure ---


def test_one_sure_element_is_enough_to_exist() -> None:
    assert run("Exists", perhaps((1, False), (2, True))) is True
    assert run("Exists", perhaps((1, False), (None, True))) == OUTCOME
    assert run("Exists", perhaps((None, False))) is False


def test_an_element_that_may_be_null_does_not_surely_exist() -> None:
    assert run("Exists", UncertainList(((A, True),), A.facts)) == A


def test_membership_is_decided_by_sure_elements_and_ruled_out_by_possible_ones() -> None:
    assert run("In", 1, perhaps((1, True), (2, False))) is True
    assert run("In", 1, perhaps((1, False), (2, True))) == OUTCOME
    assert run("In", 3, perhaps((1, False), (2, True))) is False


def test_membership_asks_only_for_what_can_decide_it() -> None:
    assert run("In", 3, UncertainList(((1, False), (A, True)), frozenset({"a", "b"}))) == A


def test_a_tuple_with_a_missing_part_is_perhaps_the_same_as_another() -> None:
    failed = TupleValue({"class": "tki", "outcome": "failure"})
    open_one = TupleValue({"class": "tki", "outcome": OUTCOME})
    assert run("In", failed, (open_one,)) == OUTCOME
    assert run("In", TupleValue({"class": "car_t", "outcome": "failure"}), (open_one,)) is False
    assert run("Distinct", (failed, open_one)) == UncertainList(
        ((failed, True), (open_one, False)), OUTCOME.facts, (1, 2), ((failed, True), (open_one, True))
    )


def test_distinct_counts_groups_of_which_one_surely_stays() -> None:
    classes = perhaps(("tki", False), ("chemotherapy", True), ("tki", True))
    once = run("Distinct", classes)
    assert isinstance(once, UncertainList)
    assert once.counts == (2, 2)
    assert run("Exists", run("Distinct", perhaps((1, False), (1, True)))) is True


def test_too_many_elements_that_may_be_the_same_ask_for_all_of_them_at_once() -> None:
    unknown = [Missing(frozenset([f"doses[{index}]"])) for index in range(100)]
    assert run("Distinct", list_of((one, True) for one in unknown)) == Missing(facts_of(*unknown))
    assert isinstance(run("Distinct", list_of((one, True) for one in unknown[:20])), UncertainList)


def test_what_qualifies_surely_once_is_in_the_distinct_list_whichever_of_the_same_stays() -> None:
    once = run("Distinct", perhaps(("tki", False), ("chemotherapy", True), ("tki", True)))
    assert run("In", "tki", once) is True  # type: ignore[arg-type]
    assert run("Includes", run("Union", once, ("transplant",)), ("tki", "transplant")) is True  # type: ignore[arg-type]
    assert run("Exists", run("Except", once, ("chemotherapy",))) is True  # type: ignore[arg-type]
    assert run("First", once) == OUTCOME  # type: ignore[arg-type]


def test_the_first_element_is_known_when_it_surely_belongs_or_is_like_the_next() -> None:
    assert run("First", perhaps((1, True), (2, False))) == 1
    assert run("First", perhaps((1, False), (1, True))) == 1
    assert run("First", perhaps((1, False), (2, True))) == OUTCOME
    assert run("First", perhaps((1, False))) == OUTCOME
    assert run("Last", perhaps((1, False), (2, True))) == 2
    assert run("Indexer", perhaps((1, True), (2, False)), 0) == 1
    assert run("Indexer", perhaps((1, True), (2, False)), 2) is None


def test_elements_that_only_look_alike_do_not_decide_the_first() -> None:
    open_one = TupleValue({"outcome": A})
    assert run("First", UncertainList(((open_one, False), (open_one, True)), B.facts)) == B


def test_a_place_after_an_element_that_may_not_belong_is_a_range() -> None:
    assert run("IndexOf", perhaps((1, False), (2, True)), 2) == Uncertain(0, 1, OUTCOME.facts)


def test_taking_and_skipping_keep_what_may_be_in_place() -> None:
    value = perhaps((1, True), (2, False), (3, True))
    assert run("Take", value, 1) == (1,)
    assert run("Take", value, 2) == perhaps((1, True), (2, False), (3, False))
    assert run("Take", value, 3) == value
    assert run("Skip", value, 1) == perhaps((2, False), (3, True))
    assert run("Skip", value, 2) == perhaps((3, False))
    assert run("Skip", value, 3) == ()
    assert run("Skip", value, Uncertain(0, 1, B.facts)) == Missing(OUTCOME.facts | B.facts)


def test_one_sure_element_may_not_be_the_only_one() -> None:
    assert run("SingletonFrom", perhaps((1, True), (2, False))) == OUTCOME
    assert run("SingletonFrom", perhaps((1, True), (2, True), (3, False))) == FAILED


def test_flattening_keeps_what_is_sure() -> None:
    inner = perhaps((1, True), (2, False))
    assert run("Flatten", UncertainList(((inner, True), ((3,), True)), OUTCOME.facts)) == perhaps(
        (1, True), (2, False), (3, True)
    )
    assert run("Flatten", UncertainList(((A, True), ((3,), True)), A.facts)) == A


# --- every list that an uncertain one may turn out to be ---

NUMBERS: tuple[Value, ...] = (0, 1, 2)
ELEMENTS: tuple[Value, ...] = (None, 0, 1, UNKNOWN, Uncertain(0, 1))
ENTRIES = [(value, sure) for value in ELEMENTS for sure in (True, False)]
SHORT = [entries for length in range(3) for entries in product(ENTRIES, repeat=length)]
OTHER: tuple[Value, ...] = (None, -1, 0, 1, 2, B, Uncertain(0, 1, frozenset({"b"})))
OF_ONE = ("Exists", "Distinct", "First", "Last", "SingletonFrom", "Tail")
WITH_ELEMENT = ("Contains", "ProperContains", "IndexOf", "Indexer", "Skip", "Take")
OF_TWO = (("Includes", 0), ("ProperIncludes", 1), ("Union", 0), ("Intersect", 0), ("Except", 0))


def code(name: str, overload: int = 0):
    return next(operator for operator in lists.OPERATORS if operator.name == name).overloads[overload].run


@pytest.mark.parametrize("name", OF_ONE)
def test_an_answer_about_a_list_holds_for_every_list_it_may_be(name: str) -> None:
    for entries in SHORT:
        check(code(name), NUMBERS, a=open_list("a", entries))


@pytest.mark.parametrize("name", WITH_ELEMENT)
def test_an_answer_about_a_list_and_a_value_holds_for_all_they_may_be(name: str) -> None:
    for entries, other in product(SHORT, OTHER):
        check(code(name), NUMBERS, a=open_list("a", entries), b=other)


@pytest.mark.parametrize(("name", "overload"), OF_TWO)
def test_an_answer_about_two_lists_holds_for_all_they_may_be(name: str, overload: int) -> None:
    for left, right in product(SHORT, [*SHORT[:11], ((0, False), (1, True)), ((1, True), (None, True))]):
        check(code(name, overload), NUMBERS, a=open_list("a", left), b=open_list("b", right))


@pytest.mark.parametrize(("name", "overload"), OF_TWO)
@pytest.mark.parametrize("known", [None, (), (0,), (1, None)])
def test_an_answer_about_a_missing_list_holds_for_every_list_there_is(name: str, overload: int, known: Value) -> None:
    every: tuple[Value, ...] = ((), (0,), (1, 2), (None,))
    check(code(name, overload), every, a=known, b=B)
    check(code(name, overload), every, a=A, b=known)


def test_what_is_asked_of_a_distinct_list_holds_for_every_list_it_may_be() -> None:
    distinct, contains, includes = code("Distinct"), code("Contains"), code("Includes")
    (count,) = next(operator for operator in aggregates.OPERATORS if operator.name == "Count").overloads
    for entries in product(ENTRIES, repeat=3):
        value = open_list("a", entries)
        check(lambda a: count.run(distinct(a)), NUMBERS, a=value)
        check(lambda a: contains(distinct(a), 1), NUMBERS, a=value)
        check(lambda a: includes((0, 1), distinct(a)), NUMBERS, a=value)


@pytest.mark.parametrize("name", ["Union", "Intersect", "Except"])
def test_sets_of_a_distinct_list_hold_for_every_list_it_may_be(name: str) -> None:
    distinct, run_twice = code("Distinct"), code(name)
    for entries in SHORT:
        check(lambda a: run_twice(distinct(a), (1, 2)), NUMBERS, a=open_list("a", entries))
        check(lambda a: run_twice((1, 2), distinct(a)), NUMBERS, a=open_list("a", entries))


TUPLES = st.builds(
    lambda first, second: TupleValue({"class": first, "outcome": second}),
    st.sampled_from((0, 1, UNKNOWN)),
    st.sampled_from((None, 0, UNKNOWN)),
)


@given(st.lists(st.tuples(st.sampled_from(ELEMENTS), st.booleans()), min_size=3, max_size=4))
@settings(max_examples=25, deadline=None)
def test_longer_lists_are_answered_as_safely(entries: list[tuple[Value, bool]]) -> None:
    for name in OF_ONE:
        check(code(name), NUMBERS, a=open_list("a", entries))
    for name in WITH_ELEMENT:
        check(code(name), NUMBERS, a=open_list("a", entries), b=1)


@given(st.lists(st.tuples(TUPLES, st.booleans()), max_size=3), TUPLES)
@settings(max_examples=60, deadline=None)
def test_tuples_with_missing_parts_are_answered_as_safely(entries: list[tuple[Value, bool]], one: TupleValue) -> None:
    value, (element,) = open_list("a", entries), open_list("b", [(one, True)])
    for name in OF_ONE:
        check(code(name), (0, 1), a=value)
    for name in ("Contains", "ProperContains"):
        check(code(name), (0, 1), a=value, b=element)
    for name in ("Union", "Except", "Intersect"):
        check(code(name), (0, 1), a=value, b=(element,))


def test_the_check_itself_notices_an_answer_that_does_not_hold() -> None:
    value = open_list("a", [(1, False)])
    with pytest.raises(AssertionError):
        check(lambda _: True if _ is value else bool(_), NUMBERS, a=value)
    with pytest.raises(AssertionError):
        check(lambda _: A if _ is value else bool(_), NUMBERS, a=open_list("a", [(1, False)]))
    assert not covers(UncertainList(((1, True),), frozenset()), ())


# --- codes and value sets ---

LEUKEMIA = ValueSet("B-cell precursor ALL", frozenset({("ICD-10-CM", "C91.00"), ("ICD-10-CM", "C91.01")}))
INSIDE, OUTSIDE = Code("C91.00", "ICD-10-CM", "ALL", "2026"), Code("C92.00", "ICD-10-CM")
CODES = open_list("a", [(INSIDE, False), (OUTSIDE, True)])


@pytest.mark.parametrize(
    ("overload", "value", "expected"),
    [
        (0, None, False),
        (0, INSIDE, True),
        (0, OUTSIDE, False),
        (0, Code("C91.00", "ICD-9-CM"), False),
        (0, A, A),
        (1, Concept((OUTSIDE, INSIDE)), True),
        (1, Concept(()), False),
        (2, None, False),
        (2, (), False),
        (2, (None, OUTSIDE), False),
        (2, (OUTSIDE, INSIDE), True),
        (2, A, A),
        (2, CODES, Missing(frozenset({"a[0]?"}))),
    ],
)
def test_codes_are_in_a_value_set_by_system_and_code(overload: int, value: Value, expected: object) -> None:
    assert answer(clinical.OPERATORS[0].overloads[overload].run, value, LEUKEMIA) == expected


def test_a_null_code_is_in_no_value_set_even_a_missing_one() -> None:
    assert answer(clinical.OPERATORS[0].overloads[0].run, None, A) is False


# --- what takes too long ---


def test_two_long_lists_that_python_cannot_compare_fail_at_once() -> None:
    points = tuple(Interval(number, number) for number in range(600))
    assert run("Distinct", points) is FAILED
    assert run("Intersect", points, points) is FAILED
    assert run("Except", points, points) is FAILED
    assert run("Includes", points, points) is FAILED
    assert run("Distinct", points[:100]) == points[:100]
