"""Tests written by the program: what they say is read back as it was meant."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from besponsa_pa import determine, load_case, load_policy
from besponsa_pa.case.model import Evidence, JudgmentAnswer
from besponsa_pa.case.reading import Reading
from besponsa_pa.case.typed_values import read_value
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Bare, Mapping, parse_document, yaml_by_hand
from besponsa_pa.facts import Grade
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest import read_tests, run_tests
from besponsa_pa.policytest.entries import entry, text_from_entries, written
from besponsa_pa.source import Source
from besponsa_pa.types import (
    BOOLEAN,
    CODE,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    QUANTITY,
    STRING,
    TIME,
    ListOf,
    Simple,
    TupleOf,
    Type,
)
from besponsa_pa.values import Code, Date, DateTime, Missing, Quantity, Time, TupleValue, Value, from_fact, list_of

SAMPLE = Path(__file__).parent.parent / "cli" / "policies" / "sample"
ICD = Simple("Code", system="ICD-10-CM")
THERAPY = TupleOf((("drug", STRING), ("start", DATE)))


def read_back(text: str, kind: Type) -> Value:
    diagnostics = Diagnostics()
    node = parse_document(Source(text, "case.yaml"), diagnostics)
    assert isinstance(node, Mapping)
    value = node.get("value")
    assert value is not None
    found = read_value(value, kind, "value", Reading(diagnostics))
    assert [each.message for each in diagnostics] == []
    return found


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (True, BOOLEAN, "true"),
        (False, BOOLEAN, "false"),
        (18, INTEGER, "18"),
        (-3, INTEGER, "-3"),
        (Decimal("2.50"), DECIMAL, "2.50"),
        (Decimal(100000000000000000000), DECIMAL, "100000000000000000000"),
        (Decimal("0.00000001"), DECIMAL, "0.00000001"),
        ("yes", STRING, "'yes'"),
        ("0123", STRING, "'0123'"),
        ("null", STRING, "'null'"),
        ("two: words", STRING, "'two: words'"),
        ("it's", STRING, "it's"),
        (Date(2024, 2, 29), DATE, "2024-02-29"),
        (DateTime(2024, 2, 29, 14, 30, 0, 0), DATETIME, "2024-02-29T14:30:00.000"),
        (Time(14, 30, 0, 0), TIME, "14:30:00.000"),
        (Quantity(Decimal(40), "mg"), QUANTITY, "40 'mg'"),
        (Quantity(Decimal("0.5"), "10*9/L"), QUANTITY, "0.5 '10*9/L'"),
        (Quantity(Decimal(3), "month"), QUANTITY, "3 months"),
        (Quantity(Decimal("1.5"), "1"), Simple("Quantity", unit="1"), "1.5"),
        (Code("C91.02", "ICD-10-CM"), ICD, "C91.02"),
        (Code("91857003", "SNOMED CT"), ICD, "{system: SNOMED CT, code: 91857003}"),
        (Code("0123", "CPT"), CODE, "{system: CPT, code: 0123}"),
        ((), ListOf(INTEGER), "[]"),
        ((1, 2), ListOf(INTEGER), "[1, 2]"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_people_write_it_and_read_back_as_it_is(value: Value, kind: Type, text: str) -> None:
    said = yaml_by_hand({"value": written(value, kind), "last": 1})
    assert text in said.replace("\n  ", " ")
    assert read_back(said, kind) == value


@pytest.mark.parametrize("point", [Date(2025), Date(2025, 10), DateTime(2025), DateTime(2025, 10)])
def test_a_partial_date_is_written_to_where_it_is_known(point: Date | DateTime) -> None:
    kind = DATE if isinstance(point, Date) else DATETIME
    value = from_fact(point, "value")
    said = yaml_by_hand({"value": written(value, kind)})
    assert said == f"{{value: {point}}}\n"
    assert read_back(said, kind) == value


def test_a_part_of_an_entry_that_is_not_known_is_left_out() -> None:
    start = Missing(frozenset({"value[0].start"}))
    value = list_of([(TupleValue({"drug": "imatinib", "start": start}), True)])
    said = yaml_by_hand({"value": written(value, ListOf(THERAPY))})
    assert said == "value:\n  - {drug: imatinib}\n"
    assert read_back(said, ListOf(THERAPY)) == value


def test_a_bare_text_that_yaml_takes_for_nothing_keeps_its_quotes() -> None:
    assert yaml_by_hand({"a": Bare("null"), "b": Bare("~"), "c": Bare("no")}) == "{a: 'null', b: '~', c: no}\n"


# --- whole tests ---


@pytest.fixture(scope="module")
def policy() -> CompiledPolicy:
    return load_policy(SAMPLE)


def test_what_is_left_out_and_what_is_changed_stand_apart(policy: CompiledPolicy) -> None:
    case = load_case({"request": {"date": "2026-06-30"}}, policy)
    changes = {
        "patient.birth_date": Missing(frozenset({"patient.birth_date"})),
        "evidence.disease.severity": Evidence(Grade.DOCUMENTATION, "a letter", Date(2026, 1, 2)),
        "judgments.contraindicated": JudgmentAnswer(True),
        "dose.daily": Quantity(Decimal(40), "mg"),
    }
    found = entry("some name", changes, determine(policy, case), policy, without=["trials"])
    text = text_from_entries([found])
    assert text.startswith(
        "  - name: some name\n"
        "    with:\n"
        "      evidence.disease.severity: {kind: documentation, source: a letter, date: 2026-01-02}\n"
        "      judgments.contraindicated: {met: true}\n"
        "      dose.daily: 40 'mg'\n"
        "    without: [patient.birth_date, trials]\n"
        "    expect: pend\n"
    )


def test_a_case_that_is_refused_is_expected_to_be(policy: CompiledPolicy) -> None:
    assert entry("some name", {}, None, policy) == {"name": "some name", "expect": "error"}


def test_a_test_that_is_written_of_what_is_decided_passes(policy: CompiledPolicy) -> None:
    diagnostics = Diagnostics()
    source = Source((SAMPLE / "tests.yaml").read_text("utf-8"), "tests.yaml")
    root = parse_document(source, diagnostics)
    assert isinstance(root, Mapping)
    tests = read_tests(root, policy, diagnostics)
    everything = ("because", "asks", "advises", "pend", "pathway", "grant")
    for result in run_tests(tests, policy):
        if result.determination is None:
            continue
        found = result.determination
        cites = [each.criterion for each in found.findings] + [each.id for each in found.advisories]
        test = entry("again", {}, found, policy, says=everything, cites=cites)
        text = source.text[: source.text.index("tests:")] + "tests:\n" + text_from_entries([test])
        again = parse_document(Source(text, "tests.yaml"), diagnostics)
        assert isinstance(again, Mapping)
        (read,) = read_tests(again, policy, diagnostics)
        assert [each.message for each in diagnostics] == []
        assert (read.decision, read.expected["because"]) == (found.decision.value, frozenset(found.reasons))
        assert set(read.cites) == set(cites)
