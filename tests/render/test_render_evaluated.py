"""What an expression came to, as text: values that are read back, and what is asked for."""

from __future__ import annotations

import pytest

from besponsa_pa.expression.environment import Environment
from besponsa_pa.expression.evaluation import evaluate_text
from besponsa_pa.render.evaluated import cql_text, structure_from_evaluated, text_from_evaluated, value_text
from besponsa_pa.source import Excerpt
from besponsa_pa.types import ANY, INTEGER, LONG, ListOf
from besponsa_pa.values import (
    Code,
    Concept,
    Date,
    Interval,
    Missing,
    TupleValue,
    Uncertain,
    UncertainList,
    Value,
)  # fmt: skip

FACT = frozenset({"therapies[0].outcome"})


@pytest.mark.parametrize(
    "text",
    [
        "null", "true", "-2147483648", "9223372036854775807L", "-0.5", "'a\\'b\\\"c\\\\'", "@2024", "@2024-02-29T10Z",
        "@T10:30:15.500", "1 month", "5 'mg/dL'", "1 : 8 'mL'", "{}", "{null}", "{{1}, {}}", "Interval[null, 5)",
        "Interval(@2024-01-01, null]", "Tuple { end: 1, \"a b\": Interval[1L, 2L] }", "{1L, 2L}",
        "Code { code: 'x', system: 'LOINC', version: '1', display: 'y' }",
        "Concept { codes: {Code { code: 'x' }}, display: 'y' }",
    ],
)  # fmt: skip
def test_a_value_is_read_back_as_the_same_value(text: str) -> None:
    first = evaluate_text(Excerpt.whole(text), Environment(), {})
    assert first.type is not None
    again = evaluate_text(Excerpt.whole(cql_text(first.value, first.type)), Environment(), {})
    assert again.error is None
    assert (again.value, again.type) == (first.value, first.type)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Uncertain(6, 18), "Interval[6, 18]"),
        ((1, Uncertain(6, 18)), "{1, Interval[6, 18]}"),
        (Uncertain(6, 18, FACT), "between 6 and 18"),
        (Uncertain(Date(2008, 1, 1), Date(2008, 12, 31), FACT), "@2008"),
        (Missing(FACT), "missing(therapies[0].outcome)"),
        ((1, TupleValue({"outcome": Missing(FACT)})), "{1, Tuple { outcome: missing(therapies[0].outcome) }}"),
        (UncertainList(((1, True), (2, False)), FACT), "{1, perhaps 2}"),
        (Interval(Missing(FACT), 5), "Interval[missing(therapies[0].outcome), 5]"),
        (Interval(Uncertain(1, 2), 5), "Interval[between 1 and 2, 5]"),
    ],
)
def test_what_is_not_wholly_known_is_never_taken_for_a_value(value: Value, text: str) -> None:
    assert cql_text(value, ANY) == text


def test_only_a_long_needs_its_type() -> None:
    assert cql_text(5, LONG) == "5L"
    assert cql_text(5, INTEGER) == "5"
    assert cql_text((5, None), ListOf(LONG)) == "{5L, null}"


def test_a_concept_names_its_codes() -> None:
    assert cql_text(Concept((Code("x"),)), ANY) == "Concept { codes: {Code { code: 'x' }} }"


def test_a_person_is_told_which_facts_are_missing() -> None:
    assert value_text(Missing(frozenset({"b", "a"}))) == "missing: a, b"
    assert value_text((Missing(FACT),)) == "{missing(therapies[0].outcome)}"


def test_after_an_error_nothing_stands_for_a_value() -> None:
    excerpt = Excerpt.whole("1 in Interval[5, 3]")
    found = evaluate_text(excerpt, Environment(), {})
    assert text_from_evaluated(found, {}, {}, 80, colour=False) == ""
    assert structure_from_evaluated(found, excerpt.source)["value"] is None


def test_a_text_cannot_steer_the_terminal() -> None:
    found = evaluate_text(Excerpt.whole("'\\u001b[2J\\u202e'"), Environment(), {})
    assert text_from_evaluated(found, {}, {}, 80, colour=False) == "'\\u001b[2J\\u202e'  (String)\n"
