"""Texts: joined, taken apart, searched and matched with patterns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import row
from worlds import check

from besponsa_pa.expression.functions.strings import OPERATORS
from besponsa_pa.values import EvaluationError, Missing, Uncertain, UncertainList, Undecided, Value

THERAPIES = frozenset({"therapies"})
Result = Value | type[EvaluationError]

RESULTS: list[tuple[str, str, tuple[Value, ...], Value]] = [
    ("Concatenate", "String, String", (None, None), ""),
    ("Concatenate", "String, String", (None, "b"), "b"),
    ("Concatenate", "String, String", ("a", None), "a"),
    ("Add", "String, String", ("a", "b"), "ab"),
    ("Combine", "List<String>", (None,), None),
    ("Combine", "List<String>", ((),), None),
    ("Combine", "List<String>", ((None, None),), None),
    ("Combine", "List<String>", (("",),), ""),
    ("Combine", "List<String>", (("a", None, "c"),), "ac"),
    ("Combine", "List<String>, String", (("a", None, "c"), "-"), "a-c"),
    ("Combine", "List<String>, String", (("a", "b"), None), "ab"),
    ("Split", "String, String", (None, ","), None),
    ("Split", "String, String", ("a,b", None), ("a,b",)),
    ("Split", "String, String", ("ab", ""), ("ab",)),
    ("Split", "String, String", ("", ","), ("",)),
    ("Split", "String, String", ("a,b,,", ","), ("a", "b", "", "")),
    ("Split", "String, String", ("a,b", "-"), ("a,b",)),
    ("SplitOnMatches", "String, String", (None, ","), None),
    ("SplitOnMatches", "String, String", ("a,b", None), ("a,b",)),
    ("SplitOnMatches", "String, String", ("a1b22c", "([0-9])+"), ("a", "b", "c")),
    ("SplitOnMatches", "String, String", ("abc", "x*"), ("abc",)),
    ("SplitOnMatches", "String, String", ("abc", "-"), ("abc",)),
    ("Length", "String", ("",), 0),
    ("Length", "String", ("\U0001f600é",), 2),
    ("Length", "List<T>", (None,), 0),
    ("Length", "List<T>", ((),), 0),
    ("Length", "List<T>", ((None, 1),), 2),
    ("Upper", "String", ("aBß",), "ABSS"),
    ("Lower", "String", ("Ab",), "ab"),
    ("Substring", "String, Integer", ("ab", -1), None),
    ("Substring", "String, Integer", ("ab", 2), None),
    ("Substring", "String, Integer", ("", 0), ""),
    ("Substring", "String, Integer", ("", 1), None),
    ("Substring", "String, Integer", ("ab", 1), "b"),
    ("Substring", "String, Integer, Integer", ("ab", 0, 0), ""),
    ("Substring", "String, Integer, Integer", ("ab", 0, 3), "ab"),
    ("Substring", "String, Integer, Integer", ("ab", 0, -1), None),
    ("Substring", "String, Integer, Integer", ("ab", 2, 1), None),
    ("StartsWith", "String, String", ("C91.02", ""), True),
    ("StartsWith", "String, String", ("", "C91"), False),
    ("StartsWith", "String, String", ("C91.02", "c91"), False),
    ("EndsWith", "String, String", ("n!!", "n!!"), True),
    ("EndsWith", "String, String", ("n!!", "an!!"), False),
    ("PositionOf", "String, String", ("c", "ab"), -1),
    ("PositionOf", "String, String", ("", "ab"), 0),
    ("PositionOf", "String, String", ("b", "abab"), 1),
    ("LastPositionOf", "String, String", ("b", "abab"), 3),
    ("LastPositionOf", "String, String", ("hi", ""), -1),
    ("Matches", "String, String", ("Not all who wander are lost", ".*"), True),
    ("Matches", "String, String", ("Not all who wander are lost", r"^[\w|\s]+$"), True),
    ("Matches", "String, String", ("Not all who wander are lost", r"^[A-Za-z]+$"), False),
    ("Matches", "String, String", ("Library/ModelInfo|4.0.1", "ModelInfo"), True),
    ("Matches", "String, String", (" \n\t", r"^\s+$"), True),
    ("Matches", "String, String", ("one\ntwo", "^one.two$"), True),
    ("Matches", "String, String", ("CD22", "cd22"), False),
    ("Matches", "String, String", ("٣", r"\d"), False),
    ("Matches", "String, String", ("[x]", r"^[\[\]x]+$"), True),
    ("Matches", "String, String", ("a--b", "a--b"), True),
    ("ReplaceMatches", "String, String, String", ("a b", r"\s", r"\$"), "a$b"),
    ("ReplaceMatches", "String, String, String", ("C91.02", r"(\w+)\.(\d+)", "$2.$1"), "02.C91"),
    ("ReplaceMatches", "String, String, String", ("ab", "(a)(x)?", "$2"), "b"),
    ("ReplaceMatches", "String, String, String", ("ab", "(a)", "$12"), "a2b"),
    ("ReplaceMatches", "String, String, String", ("ab", "(?P<first>a)", "<${first}$0>"), "<aa>b"),
    ("ReplaceMatches", "String, String, String", ("ab", "a", r"\1\\"), "1\\b"),
    ("ReplaceMatches", "String, String, String", ("ABCDE", "XYZ", "123"), "ABCDE"),
]

ERRORS = [
    ("Matches", ("a", "("), "cannot be read"),
    ("Matches", ("a", r"\p{L}"), "cannot be read"),
    ("Matches", ("a", "a{99999999999}"), "cannot be read"),
    ("Matches", ("a", "(" * 5000), "cannot be read"),
    ("Matches", ("a", "[[:alpha:]]"), r"set inside of a set"),
    ("Matches", ("a", "[a-z&&[aeiou]]"), r"set inside of a set"),
    ("Matches", ("a", "[a-z--b]"), r"set inside of a set"),
    ("SplitOnMatches", ("a", "*"), "cannot be read"),
    ("ReplaceMatches", ("a", "a", "$1"), "no group 1"),
    ("ReplaceMatches", ("a", "a", "${x}"), "no group `x`"),
    ("ReplaceMatches", ("a", "a", "5$"), r"`\$` in a substitution is written"),
    ("ReplaceMatches", ("a", "a", "5\\"), "in a substitution is written"),
]


@pytest.mark.parametrize(("name", "parameters", "arguments", "result"), RESULTS)
def test_a_text_function_gives(name: str, parameters: str, arguments: tuple[Value, ...], result: Value) -> None:
    found = row(OPERATORS, name, parameters)(*arguments)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(("name", "arguments", "message"), ERRORS)
def test_a_pattern_that_cannot_be_followed_is_an_error(name: str, arguments: tuple[Value, ...], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        row(OPERATORS, name, ", ".join(["String"] * len(arguments)))(*arguments)


def test_the_length_of_a_missing_list_is_missing() -> None:
    with pytest.raises(Undecided) as undecided:
        row(OPERATORS, "Length", "List<T>")(Missing(THERAPIES))
    assert undecided.value.value == Missing(THERAPIES)


def test_the_length_of_an_uncertain_list_lies_between_the_sure_and_the_possible_elements() -> None:
    therapies = UncertainList(((1, True), (None, True), (3, False)), THERAPIES)
    assert row(OPERATORS, "Length", "List<T>")(therapies) == Uncertain(2, 3, THERAPIES)


def test_a_missing_element_counts_for_the_length() -> None:
    assert row(OPERATORS, "Length", "List<T>")(UncertainList(((Missing(THERAPIES), True),), THERAPIES)) == 1


def test_the_length_of_a_list_without_duplicates_keeps_to_the_number_of_different_elements() -> None:
    distinct = UncertainList(((1, True), (Missing(THERAPIES), False), (None, True)), THERAPIES, (1, 1))
    assert row(OPERATORS, "Length", "List<T>")(distinct) == 2


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=4))
def test_the_length_holds_for_every_list_it_may_be(elements: list[tuple[int, bool]]) -> None:
    doubtful = frozenset(f"list[{i}]?" for i, (_, sure) in enumerate(elements) if not sure)
    value: Value = UncertainList(tuple(elements), doubtful) if doubtful else tuple(e for e, _ in elements)
    check(row(OPERATORS, "Length", "List<T>"), (0, 1, 2), list=value)


@given(st.lists(st.text(alphabet="ab,", max_size=3), min_size=1, max_size=4))
def test_what_is_split_can_be_combined_again(parts: list[str]) -> None:
    text = ",".join(parts)
    split = row(OPERATORS, "Split", "String, String")(text, ",")
    assert row(OPERATORS, "Combine", "List<String>, String")(split, ",") == text


@given(st.text(alphabet="abc", max_size=8), st.text(alphabet="abc", max_size=2))
def test_a_position_is_where_the_substring_stands(text: str, part: str) -> None:
    position = row(OPERATORS, "PositionOf", "String, String")(part, text)
    found = row(OPERATORS, "Substring", "String, Integer, Integer")(text, position, len(part))
    assert found == (part if part in text and (part or not text or position == 0) else None)


@given(st.text(alphabet="a-z0-9[](){}*+?.^$\\|&~", max_size=8), st.text(alphabet="ab", max_size=4))
def test_any_pattern_is_followed_or_refused(pattern: str, text: str) -> None:
    try:
        outcome: object = row(OPERATORS, "Matches", "String, String")(text, pattern)
    except EvaluationError as error:
        outcome = str(error)
    assert outcome in (True, False) or "pattern" in str(outcome)
