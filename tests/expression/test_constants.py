"""Constants that are more than one word: the time of the request, ratios, structures with named elements, extents."""

from __future__ import annotations

import pytest

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.environment import Environment
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure
from besponsa_pa.expression.parser import parse
from besponsa_pa.expression.printer import text_from_expression
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.source import Excerpt
from besponsa_pa.terminology import system_names
from besponsa_pa.types import STRING
from besponsa_pa.values import DateTime, Value, ValueSet

AS_OF = Environment(as_of=DateTime(2026, 11, 20, 23, 30, 0, 0, -300))
POLICY = Environment(
    facts={"name": STRING},
    value_sets={"ALL": ValueSet("ALL", frozenset([("ICD-10-CM", "C91.00")]))},
    code_systems=system_names(),
)


def loaded(text: str, environment: Environment) -> tuple[object, Diagnostics]:
    diagnostics = Diagnostics()
    tree = parse(Excerpt.whole(text), diagnostics)
    return None if tree is None else Checker(environment, diagnostics).check(tree), diagnostics


def value_of(text: str, environment: Environment = AS_OF) -> Value:
    node, diagnostics = loaded(text, environment)
    assert not diagnostics.has_errors, [each.message for each in diagnostics]
    return evaluator(node)({})  # type: ignore[arg-type]


def codes_of(text: str, environment: Environment) -> list[str]:
    return [each.code for each in loaded(text, environment)[1]]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Now()", "@2026-11-20T23:30:00.000-05:00"),
        ("Today()", "@2026-11-20"),
        ("TimeOfDay()", "@T23:30:00.000"),
        ("Today() - 1 day = @2026-11-19 and Now() same day as Today()", "true"),
        ("1:8 = 2:16", "false"),
        ("1:8 ~ 2:16", "true"),
        ("1 'mg':10 'mL' ~ 1 'g':10 'L'", "true"),
        ("{ dose: 1 'mg' : 2 }", "Tuple { dose: 1 'mg' : 2 '1' }"),
        ("({2, 3}) X aggregate R starting 1: R * X", "6"),
        ("({2, 3}) X aggregate R starting 1.0 'mg': R * X", "6.0 'mg'"),
        ("Code { code: 'a', display: 'A' } ~ System.Code { code: 'a', version: '2' }", "true"),
        ("Concept { codes: {Code { code: 'a' }, Code { code: 'b' }} } ~ Code { code: 'b' }", "true"),
        ("ValueSet { id: 'x' } is Vocabulary", "true"),
        ("'x' is Vocabulary", "false"),
        ("maximum Decimal", "99999999999999999999.99999999"),
        ("minimum Quantity", "-99999999999999999999.99999999 '1'"),
        ("maximum Decimal + 1.0 > maximum Decimal", "true"),
        ("10000000000000000000000.0 in Interval[0.0, null]", "true"),
        ("3000000000.5 in Interval[1, null]", "true"),
        ("@9999-12-31T12:00 in Interval[@2020-01-01, null]", "true"),
    ],
)
def test_a_constant_has_its_value(text: str, result: str) -> None:
    assert text_of(value_of(text)) == result


@pytest.mark.parametrize("text", ["Now()", "Today()", "TimeOfDay()"])
def test_a_policy_has_no_clock(text: str) -> None:
    assert codes_of(text, POLICY) == ["E213"]


@pytest.mark.parametrize("text", ["Today(1)", "Now(null)"])
def test_the_time_of_the_request_takes_nothing(text: str) -> None:
    assert codes_of(text, AS_OF) == ["E213"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Code { cod: 'a' }", ["E206"]),
        ("Code { code: 'a', code: 'b' }", ["E206"]),
        ("Code { code: name }", ["E206"]),
        ("Code { code: 1 }", ["E206"]),
        ("Code { system: 'ICD-10-CM' }", ["E210"]),
        ("Code { code: null }", ["E210"]),
        ("Code { code: 'C91.00', system: 'ICD-10-MC' }", ["E206"]),
        ("Code { code: 'C91.00', system: 'ICD-10-CM' }", []),
        ("Concept { codes: {Code { code: 'x', system: 'ICD-10-MC' }} }", ["E206"]),
        ("Concept { codes: {} }", ["E206"]),
        ("Concept { codes: {'x'} }", ["E206"]),
        ("ValueSet { id: 'AL' }", ["E206"]),
        ("ValueSet { id: 'ALL' }", []),
        ("Quantity { value: 1, unit: 'mg' }", ["E213"]),
        ("Patient { id: 'x' }", ["E213"]),
        ("1:2:3", ["E201"]),
        ("-1:2", ["E207"]),
        ("1:2 < 3:4", ["E207"]),
        ("1 'mq' : 2", []),
    ],
)
def test_a_mistake_in_a_structure_is_told_when_it_is_loaded(text: str, codes: list[str]) -> None:
    assert codes_of(text, POLICY) == codes


@pytest.mark.parametrize(
    "text",
    [
        "Code { code: 'a' } in ValueSet { id: 'x' }",
        "exists ValueSet { id: 'x' }",
        "{Code { code: 'a' }} union ValueSet { id: 'x' }",
    ],
)
def test_a_value_set_that_is_declared_nowhere_has_no_codes_to_ask_for(text: str) -> None:
    with pytest.raises(Failure, match="the codes of the value set `x` are not known"):
        value_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "Code { code: 'it\\'s', system: 's', version: '1', display: 'd' }",
        "Concept { codes: {Code { code: 'a' }, Code { code: 'b' }}, display: 'x' }",
        "ValueSet { id: 'x' }",
        "1 'mg' : 10 'mL'",
    ],
)
def test_a_structure_is_printed_as_it_is_read(text: str) -> None:
    tree = parse(Excerpt.whole(text), Diagnostics())
    assert tree is not None
    assert text_from_expression(tree) == text
