"""A determination as data: it fits the published schema, and loses nothing to rounding."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from determinations import citation, determination, finding, missing

from besponsa_pa import determine, load_case, load_policy
from besponsa_pa.case import policy_named
from besponsa_pa.determination.findings import Decision, OpenJudgment, ToldAdvisory
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import parse_document, parse_yaml, yaml_text
from besponsa_pa.facts import Grade
from besponsa_pa.policy.model import GroupKind
from besponsa_pa.render.structure import json_text, structure_from_determination
from besponsa_pa.source import Source
from besponsa_pa.values import Code, Date, Missing, Quantity, TupleValue, Uncertain

ROOT = Path(__file__).parent.parent.parent
SCHEMA = json.loads((ROOT / "grammar" / "determination.schema.json").read_text("utf-8"))
FIRST_KEYS = [
    "case", "decision", "pend", "pathway", "as_of", "policy", "reasons", "explanation", "findings", "missing",
    "judgments", "grant", "advisories", "references", "human_review_required",
]  # fmt: skip


def mistakes(structure: object) -> list[str]:
    """What of the data does not fit the schema."""
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(structure)]


def of(*findings: object, **changes: object) -> dict:
    return structure_from_determination(determination(*findings, **changes))


# --- the schema ---


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_determination_with_everything_in_it_fits_the_schema() -> None:
    whole = of(
        finding(
            group=GroupKind.AT_LEAST,
            count=2,
            values={"list": (TupleValue({"a": 1, "b": Missing(frozenset({"list[0].b"}))}),), "flag": True},
            undocumented=("list[0]",),
            error="why",
        ),
        missing=(missing(evidence=Grade.CLAIMS, places=("list[0].b",), values=("x",)),),
        judgments=(OpenJudgment("fit", "Is the patient fit?"),),
        advisories=(ToldAdvisory("look", "Look", (citation(at="here"), citation("unknown")), "So."),),
    )
    assert mistakes(whole) == []


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*/*.yaml")), ids=lambda path: path.parent.name)
def test_each_example_fits_the_schema(path: Path) -> None:
    # the policies that an example brings stand in folders of their own
    own = [place.parents[1] for place in path.parent.glob("*/*/policy.yaml")]
    node = parse_document(Source(path.read_text("utf-8"), path.name), Diagnostics())
    named = None if node is None else policy_named(node)
    assert named is not None
    policy = load_policy(named, own)
    structure = structure_from_determination(determine(policy, load_case(path, policy)))
    assert mistakes(structure) == []
    assert list(structure) == FIRST_KEYS


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests" / "determination").glob("*/expected.json")), ids=lambda path: path.parent.name
)
def test_each_recorded_scenario_fits_the_schema(path: Path) -> None:
    assert mistakes(json.loads(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"decision": "maybe"},
        {"pend": None},
        {"pend": "patience"},
        {"surplus": 1},
        {"policy": {"id": "x"}},
        {"references": [{"ref": "label"}]},
        {"human_review_required": None},
        {"decision": "deny", "pend": None, "human_review_required": False},
        {"decision": "deny", "pend": "information", "human_review_required": True},
        {"grant": {"duration": "6 months"}},
    ],
    ids=str,
)
def test_the_schema_refuses_what_is_no_determination(change: dict) -> None:
    assert mistakes({**of(finding()), **change}) != []


@pytest.mark.parametrize("key", FIRST_KEYS)
def test_the_schema_misses_every_key_that_is_left_out(key: str) -> None:
    assert mistakes({name: value for name, value in of(finding()).items() if name != key}) != []


def test_the_schema_refuses_facts_that_are_asked_for_after_the_decision() -> None:
    structure = of(finding(), missing=(missing(),))
    assert mistakes({**structure, "decision": "approve", "pend": None}) != []


# --- values ---


def test_values_are_themselves_or_their_exact_text() -> None:
    values = {
        "flag": False,
        "count": 2**40,
        "text": "no",
        "nothing": None,
        "decimal": Decimal("0.10"),
        "date": Date(2026, 11, 20),
        "year": Uncertain(Date(2025, 1, 1), Date(2025, 12, 31), frozenset({"d"})),
        "bounds": Uncertain(1, 2, frozenset({"d"})),
        "code": Code("C91.02", "ICD-10-CM"),
        "bare": Code("C91.02"),
        "dose": Quantity(Decimal("28.50"), "ug"),
        "time": Quantity(Decimal(6), "month"),
        "empty": (),
        "list": (1, "a", Missing(frozenset({"list[2]"}))),
        "entries": (TupleValue({"drug": "a", "end": Missing(frozenset({"entries[0].end"}))}),),
    }
    assert of(finding(values=values))["findings"][0]["values"] == {
        "flag": False,
        "count": 2**40,
        "text": "no",
        "nothing": None,
        "decimal": "0.10",
        "date": "2026-11-20",
        "year": "2025",
        "bounds": "between 1 and 2",
        "code": "ICD-10-CM C91.02",
        "bare": "C91.02",
        "dose": "28.50 'ug'",
        "time": "6 months",
        "empty": [],
        "list": [1, "a", None],
        "entries": [{"drug": "a", "end": None}],
    }


def test_a_grant_keeps_its_nesting_and_no_grant_is_not_an_empty_one() -> None:
    assert of(decision=Decision.APPROVE, pend=None)["grant"] is None
    assert of(decision=Decision.APPROVE, pend=None, grant={})["grant"] == {}
    granted = of(grant={"quantity": {"cycles": 3, "note": None}})["grant"]
    assert granted == {"quantity": {"cycles": 3, "note": None}}


def test_what_is_known_of_a_missing_fact_is_text() -> None:
    year = Uncertain(Date(2025, 1, 1), Date(2025, 12, 31), frozenset({"d"}))
    found = of(missing=(missing(known=year), missing()))["missing"]
    assert [each["known"] for each in found] == ["2025", None]


def test_nothing_says_where_the_files_stand() -> None:
    assert "policy.yaml" not in json_text(of(finding()))


# --- text ---


def test_json_is_laid_out_for_one_case_and_on_one_line_for_many() -> None:
    structure = of(finding(title="Ph-positive \u2265 18, \u2028 and a line\nend"))
    assert json.loads(json_text(structure)) == structure == json.loads(json_text(structure, one_line=True))
    assert json_text(structure).startswith('{\n  "case": "A-1",\n  "decision": "pend",\n')
    assert json_text(structure).endswith("\n}\n")
    assert "\u2265" in json_text(structure)
    line = json_text(structure, one_line=True)
    assert (line.count("\n"), line[-1]) == (1, "\n")


def test_yaml_gives_back_the_same_texts() -> None:
    structure = of(version="2025.10", case="no", as_of=Date(2026, 11, 20))
    node = parse_yaml(Source(yaml_text(structure), "out.yaml"), __import__("besponsa_pa").diagnostic.Diagnostics())
    assert node is not None
    read = {key.text: value for key, value in node.entries}
    assert list(read) == FIRST_KEYS
    assert read["case"].text == "no"
    assert read["case"].quoted
    assert read["policy"].get("version").text == "2025.10"


def test_the_same_determination_gives_the_same_bytes() -> None:
    first, second = (json_text(of(finding(values={"b": 1, "a": 2}))) for _ in range(2))
    assert first == second
    assert first.index('"b": 1') < first.index('"a": 2')
