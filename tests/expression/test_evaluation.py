"""One expression by itself: its value, or what is wrong with it, never an exception."""

from __future__ import annotations

import pytest

from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.expression.environment import DefinitionSource, Environment
from besponsa_pa.expression.evaluation import Evaluated, evaluate_text
from besponsa_pa.expression.parser import parse
from besponsa_pa.source import Excerpt
from besponsa_pa.types import BOOLEAN, INTEGER
from besponsa_pa.values import DateTime, Missing, Value

FACTS = {"count": INTEGER, "pregnant": BOOLEAN}


def definition(text: str) -> DefinitionSource:
    excerpt = Excerpt.whole(text, "policy.yaml")
    return DefinitionSource((), parse(excerpt, Diagnostics()), excerpt.span(0, len(text)))


def evaluated(text: str, environment: Environment | None = None, **facts: Value) -> Evaluated:
    return evaluate_text(Excerpt.whole(text), environment or Environment(facts=FACTS), facts)


def codes(found: Evaluated) -> list[str]:
    return [each.code for each in found.diagnostics]


def test_null_is_a_value_and_no_error() -> None:
    found = evaluated("1 / 0")
    assert (found.value, str(found.type), found.error, found.diagnostics) == (None, "Decimal", None, ())


def test_a_fact_that_is_not_given_is_missing() -> None:
    assert evaluated("count + 1").value == Missing(frozenset({"count"}))
    assert evaluated("count + 1", count=2).value == 3


@pytest.mark.parametrize(("text", "code"), [("1 +", "E201"), ("cuont", "E206"), ("count and pregnant", "E207")])
def test_what_is_refused_has_neither_value_nor_type(text: str, code: str) -> None:
    found = evaluated(text)
    assert (found.value, found.type, found.expression, codes(found)) == (None, None, None, [code])
    assert found.error is not None


def test_a_failure_has_a_type_a_place_and_its_own_code() -> None:
    found = evaluated("true and 1 in Interval[5, count]", count=3)
    assert (found.value, found.type, codes(found)) == (None, BOOLEAN, ["E220"])
    assert found.expression is not None
    assert found.error is not None
    assert found.error.span is not None
    assert found.error.span.column == 15


def test_a_warning_leaves_the_value_as_it_is() -> None:
    found = evaluated("count is null", count=3)
    assert (found.value, found.error, codes(found)) == (False, None, ["I215"])


def test_what_a_definition_is_warned_of_is_told_where_it_stands_and_not_here() -> None:
    environment = Environment(facts=FACTS, definitions={"absent": definition("count is null")})
    assert evaluated("absent", environment).diagnostics == ()
    assert codes(evaluated("absent or pregnant is null", environment)) == ["I215"]


def test_a_failure_in_a_definition_has_its_place_there() -> None:
    environment = Environment(facts=FACTS, definitions={"wrong": definition("1 in Interval[5, 3]")})
    error = evaluated("wrong", environment).error
    assert error is not None
    assert error.severity is Severity.ERROR
    assert error.span is not None
    assert (error.span.source.name, error.span.column) == ("policy.yaml", 6)


def test_the_facts_are_not_written_to() -> None:
    facts: dict[str, Value] = {"count": 3}
    environment = Environment(facts=FACTS, definitions={"twice": definition("2 * count")})
    text = Excerpt.whole("Sum(({1, 2}) X return all X * twice)")
    assert evaluate_text(text, environment, facts).value == 18
    assert facts == {"count": 3}


def test_the_clock_is_an_argument() -> None:
    assert codes(evaluated("Today()")) == ["E213"]
    environment = Environment(as_of=DateTime(2024, 2, 29, 12, 0, 0, 0))
    assert evaluated("Today() = @2024-02-29", environment).value is True
