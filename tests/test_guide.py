"""The pages for analysts: each policy, case and test in them is a file that loads, each expression gives what is said.

A block of YAML names the file that it stands in (```yaml docs/guide/policy.yaml); blocks of one file follow one
another. `UPDATE=1` writes the files from the pages.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import indent

import pytest
from pages import DOCS, PAGES, ROOT, Block, Row, blocks, rows

from besponsa_pa.api import lint_policy, load_case, load_policy
from besponsa_pa.case import Case
from besponsa_pa.determination import determine
from besponsa_pa.diagnostic import Diagnostics, FileError, Severity
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.evaluator import Failure, evaluator
from besponsa_pa.expression.parser import parse
from besponsa_pa.expression.syntax import Expression
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.policy.environment import environment_of
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.source import Excerpt
from besponsa_pa.values import Code, TupleValue, Uncertain, facts_of

GUIDE = DOCS / "guide"
# the examples of lint and of constructs are parts of policies: `test_lint_pages` and `test_constructs` hold them
PARTS = {*(DOCS / "lint").glob("*.md"), DOCS / "constructs.md"}
YAML = [block for page in PAGES if page not in PARTS for block in blocks(page, "yaml")]
EXPRESSIONS = [row for page in PAGES for row in rows(page, "expression", "value")]
UNKNOWNS = rows(DOCS / "cases.md", "condition", "known", "so it is")
TYPES = rows(DOCS / "language.md", "type", "fact", "case", "expression")


def by_file() -> dict[str, list[Block]]:
    files: dict[str, list[Block]] = {}
    for block in YAML:
        files.setdefault(block.words, []).append(block)
    return files


@cache
def guide() -> tuple[CompiledPolicy, Case]:
    policy = load_policy(GUIDE / "policy.yaml")
    return policy, load_case(GUIDE / "case.yaml", policy)


def test_the_tables_are_found() -> None:
    assert len(UNKNOWNS) > 10
    assert len(TYPES) == 10
    assert len(EXPRESSIONS) > 60


# --- files ---


@pytest.mark.parametrize("file", by_file())
def test_every_block_of_yaml_is_a_file(file: str) -> None:
    told = by_file()[file]
    assert file.startswith("docs/guide/"), f"{told[0]}: name the file behind ```yaml"
    # each section of a file has an empty line above it, which no page needs to show
    text = "".join(block.text if block.text.startswith(" ") else f"\n{block.text}" for block in told)[1:]
    if os.environ.get("UPDATE"):
        (ROOT / file).write_text(text, encoding="utf-8")
    assert (ROOT / file).read_text("utf-8") == text


def test_every_file_of_the_guide_is_shown() -> None:
    assert {path.relative_to(ROOT).as_posix() for path in GUIDE.iterdir()} == set(by_file())


@pytest.mark.parametrize("name", ["first.yaml", "policy.yaml"])
def test_the_policies_are_without_a_mistake_and_without_a_warning(name: str) -> None:
    policy, linted = lint_policy(GUIDE / name)
    assert policy is not None
    assert linted.diagnostics == ()


def test_the_first_case_asks_for_what_it_lacks() -> None:
    policy = load_policy(GUIDE / "first.yaml")
    determination = determine(policy, load_case(GUIDE / "first_case.yaml", policy))
    assert determination.decision.value == "pend"
    assert [fact.fact for fact in determination.missing] == ["disease.cd22"]
    infant = determine(policy, load_case({"patient.age": 17}, policy))
    assert (infant.decision.value, infant.missing) == ("deny", ())


def test_the_case_of_the_guide_is_approved() -> None:
    assert determine(*guide()).decision.value == "approve"


# --- expressions ---


def value_of(expression: str, policy: CompiledPolicy, case: Case) -> str:
    """What a page is to say of an expression: its value, that it fails, or the code of what is wrong with it."""
    diagnostics = Diagnostics()
    environment = environment_of(policy.policy, Diagnostics())
    tree = parse(Excerpt.whole(expression), diagnostics)
    checked = None if tree is None else Checker(environment, diagnostics).check(tree)
    if checked is None or diagnostics.has_errors:
        wrong = next(each for each in diagnostics if each.severity is Severity.ERROR)
        return f"refused, `{wrong.code}`"
    try:
        value = evaluator(checked)(dict(case.facts))
    except Failure:
        return "fails"
    return f"`{text_of(value)}`"


@pytest.mark.parametrize("row", EXPRESSIONS, ids=str)
def test_an_expression_gives_what_is_said(row: Row) -> None:
    assert value_of(row.code("expression"), *guide()) == row.cells["value"]


@pytest.mark.parametrize("row", UNKNOWNS, ids=str)
def test_an_unknown_condition_waits_for_what_is_said(row: Row, tmp_path: Path) -> None:
    policy, _ = guide()
    (tmp_path / "case.yaml").write_text(row.code("known"), encoding="utf-8")
    case = load_case(tmp_path / "case.yaml", policy)
    checked = Checker(environment_of(policy.policy, Diagnostics()), Diagnostics()).check(tree(row.code("condition")))
    truth = evaluator(checked)(dict(case.facts))
    facts = ", ".join(f"`{fact}`" for fact in sorted(facts_of(truth)))
    assert (f"unknown: {facts}" if facts else str(truth).lower()) == row.cells["so it is"]


def tree(expression: str) -> Expression:
    parsed = parse(Excerpt.whole(expression), Diagnostics())
    assert parsed is not None
    return parsed


@pytest.mark.parametrize("row", TYPES, ids=lambda row: row.code("type"))
def test_a_fact_of_each_type_is_read_and_compared(row: Row, tmp_path: Path) -> None:
    assert f"type: {row.code('type')}" in row.code("fact")
    require = f"require:\n  - id: x\n    check: >-\n      {row.code('expression')}\n"
    policy = small(tmp_path, f"only:\n{indent(require, '  ')}", facts=row.code("fact"))
    (tmp_path / "case.yaml").write_text(row.code("case"), encoding="utf-8")
    assert determine(policy, load_case(tmp_path / "case.yaml", policy)).decision.value == "approve"


def test_a_partial_date_of_a_case_is_known_only_between_two_days() -> None:
    policy, _ = guide()
    assert isinstance(load_case({"patient.birth_date": "1984"}, policy).facts["patient.birth_date"], Uncertain)


def test_a_quantity_and_a_code_are_the_same_however_they_are_written(tmp_path: Path) -> None:
    policy, _ = guide()
    written = ("31 U/L", "31 'U/L'", "{value: 31, unit: U/L}", "{value: 31.0, unit: U/L}")
    (tmp_path / "case.yaml").write_text("labs:" + "".join(f"\n- {{result: {each}}}" for each in written), "utf-8")
    (labs,) = load_case(tmp_path / "case.yaml", policy).facts.values()
    assert isinstance(labs, tuple)
    results = [lab.elements["result"] for lab in labs if isinstance(lab, TupleValue)]
    assert results == [results[0]] * len(written)
    codes = [load_case({"diagnosis": each}, policy).facts["diagnosis"] for each in ("G43.709", {"code": "G43.709"})]
    assert codes[0] == codes[1] == Code("G43.709", "ICD-10-CM")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"diagnosis": "G43709"}, "write `G43.709`"),
        ({"patient.birth_date": "2026-02-30"}, "30"),
        ({"labs": [{"result": "31"}]}, "31 'U/L'"),
        ({"prescriber.specialty": "neurologie"}, "did you mean `neurology`?"),
        ({"pregnent": True}, "did you mean `pregnant`?"),
    ],
)
def test_what_a_case_cannot_say_is_refused_with_help(facts: Mapping[str, object], told: str) -> None:
    with pytest.raises(FileError) as refused:
        load_case(facts, guide()[0])
    (mistake,) = refused.value.diagnostics
    assert told in f"{mistake.message} {mistake.help}"


def test_a_list_needs_evidence_as_a_whole_or_for_every_entry(tmp_path: Path) -> None:
    policy, _ = guide()
    text = (GUIDE / "case.yaml").read_text("utf-8")
    found = {}
    for places in (("therapies",), ("therapies[0]", "therapies[1]"), ("therapies[0]",)):
        proofs = "".join(f"  {place}: {{kind: claims}}\n" for place in places)
        (tmp_path / "case.yaml").write_text(text.partition("evidence:")[0] + "evidence:\n" + proofs, "utf-8")
        found[places] = determine(policy, load_case(tmp_path / "case.yaml", policy)).decision.value
    assert list(found.values()) == ["approve", "approve", "pend"]


# --- where a source is silent ---

FACTS = """\
a: {type: Boolean}
b: {type: Boolean}
n: {type: Integer}
shown: {type: Boolean, evidence: documentation}
begun: {type: Date, must: begun same or before request.date}
request.date: {type: Date}
"""


def small(folder: Path, pathways: str, *more: str, facts: str = FACTS) -> CompiledPolicy:
    """A policy of these pathways, over a few facts."""
    head = "policy: small\ntitle: A small policy\nversion: 1\neffective: {from: 2026-01-01}\n"
    parts = f"{head}facts:\n{indent(facts, '  ')}\npathways:\n{indent(pathways, '  ')}\n" + "\n".join(more)
    (folder / "policy.yaml").write_text(parts, encoding="utf-8")
    return load_policy(folder / "policy.yaml")


def said(policy: CompiledPolicy, facts: Mapping[str, object]) -> str:
    """The decision, what a pend waits for, and what is asked for, in a line."""
    determination = determine(policy, load_case(facts, policy))
    words = [determination.decision.value, determination.pend.value if determination.pend else ""]
    return " ".join([*words, *(fact.fact for fact in determination.missing)]).replace("  ", " ").strip()


@dataclass(frozen=True, slots=True)
class Silent:
    """Pathways, what else the policy has, and what is decided of the facts of several cases."""

    pathways: str
    decided: tuple[tuple[Mapping[str, object], str], ...]
    more: str = ""


def requiring(criteria: str) -> str:
    return f"only: {{require: [{criteria}]}}"


A_GIVEN_B = "{id: x, given: b, check: a}"
ASKS, DENIES = "{id: x, check: a, on_unmet: pend}", "{id: y, check: n > 3}"

# the question of each row of the table, and what holds its answer
SILENT: dict[str, tuple[Silent, ...]] = {
    "A criterion whose `given` is false": (
        Silent(requiring(A_GIVEN_B), (({"a": False, "b": False}, "approve"), ({"a": False, "b": True}, "deny"))),
        Silent(requiring(f"{{id: g, any: [{A_GIVEN_B}, {DENIES}]}}"), (({"b": False, "n": 1}, "approve"),)),
        Silent(
            requiring(f"{{id: g, at_least: {{count: 1, of: [{A_GIVEN_B}, {DENIES}]}}}}"),
            (({"b": False, "n": 1}, "approve"),),
        ),
    ),
    "The same under `exclude`, `review`, `none`": (
        Silent(
            f"only: {{exclude: [{A_GIVEN_B}]}}",
            (
                ({"a": True, "b": False}, "approve"),
                ({"a": True, "b": True}, "deny"),
                ({"a": True}, "pend information b"),
                ({"a": False}, "approve"),
            ),
        ),
        Silent(f"only: {{review: [{A_GIVEN_B}]}}", (({"a": True, "b": False}, "approve"),)),
        Silent(requiring(f"{{id: g, none: [{A_GIVEN_B}]}}"), (({"a": True, "b": False}, "approve"),)),
    ),
    "A group of which no criterion applies": (
        Silent(f"only: {{exclude: [{{id: g, any: [{A_GIVEN_B}]}}]}}", (({"a": True, "b": False}, "approve"),)),
        Silent(requiring(f"{{id: g, any: [{A_GIVEN_B}]}}"), (({"a": False, "b": False}, "approve"),)),
    ),
    "`any`, unmet, one alternative with `on_unmet: pend`": (
        Silent(
            requiring(f"{{id: g, any: [{ASKS}, {DENIES}]}}"),
            (({"a": False, "n": 1}, "pend clinical_review"), ({"a": False}, "pend information n")),
        ),
    ),
    "`all`, unmet, one criterion with `on_unmet: pend`, another without": (
        Silent(requiring(f"{ASKS}, {DENIES}"), (({"a": False, "n": 1}, "deny"), ({"n": 1}, "deny"))),
    ),
    "`on_unmet` beside a group": (
        Silent(
            requiring(f"{{id: g, on_unmet: pend, all: [{A_GIVEN_B}, {DENIES}]}}"),
            (({"a": False, "b": True, "n": 1}, "pend clinical_review"),),
        ),
        Silent(
            requiring(f"{{id: g, on_unmet: deny, any: [{ASKS}, {DENIES}]}}"),
            (({"a": False, "n": 1}, "deny"), ({"a": False}, "pend information n")),
        ),
    ),
    "A requirement that asks a clinician, while others are unknown": (
        Silent(
            requiring(f"{ASKS}, {DENIES}"),
            (({"a": False}, "pend clinical_review n"), ({"a": False, "n": 4}, "pend clinical_review")),
        ),
    ),
    "`when` is unknown": (
        Silent(
            f"one: {{when: a, require: [{DENIES}]}}\ntwo: {{when: b, require: [{{id: z, check: n > 5}}]}}",
            (({"n": 9}, "pend information a b"), ({"n": 9, "a": True}, "approve"), ({"n": 1}, "pend information a b")),
        ),
    ),
    "No pathway applies, and there is no `otherwise`": (
        Silent(f"one: {{when: a, require: [{DENIES}]}}", (({"a": False}, "pend clinical_review"),)),
    ),
    "A pathway without `require`": (
        Silent("one: {when: n <= 3, exclude: [{id: x, check: a}]}", (({"n": 1, "a": False}, "approve"),)),
    ),
    "An advisory whose `when` is unknown": (
        Silent(requiring("{id: x, check: a}"), (({"a": True}, "approve"),), "advisories: [{id: t, when: b, text: T}]"),
    ),
    "A granted value that is null": (
        Silent(
            "one: {when: a, grant: {doses: 10 / n}}",
            (({"a": True, "n": 0}, "pend clinical_review"), ({"a": True}, "pend information n")),
        ),
    ),
    "A condition that fails while it is computed": (
        Silent(
            requiring("{id: x, check: 'Interval[n, 3] contains 2'}, {id: z, check: a}"),
            (({"n": 5, "a": True}, "pend clinical_review"), ({"n": 5, "a": False}, "deny")),
        ),
    ),
    "A fact without the wanted evidence": (
        Silent(
            requiring("{id: x, check: shown}"),
            (
                ({"shown": False}, "deny"),
                ({"shown": True}, "pend documentation shown"),
                ({"shown": True, "evidence": {"shown": {"kind": "claims"}}}, "pend documentation shown"),
                ({"shown": True, "evidence": {"shown": {"kind": "documentation"}}}, "approve"),
            ),
        ),
    ),
    "`must` with a missing fact": (
        Silent(requiring("{id: x, check: a}"), (({"a": True, "begun": "2030-01-01"}, "approve"),)),
    ),
    "The request date lies outside of `effective`": (
        Silent(requiring("{id: x, check: a}"), (({"a": True, "request.date": "2020-01-01"}, "approve"),)),
    ),
    "One judgment in two pathways": (
        Silent(
            "one: {when: a, require: [asked]}\ntwo: {when: b, require: [asked]}",
            (
                ({"a": True, "b": True}, "pend clinical_review"),
                ({"a": True, "b": True, "judgments": {"asked": {"met": False}}}, "deny"),
            ),
            "criteria: {asked: {judgment: Is it so}}",
        ),
    ),
}  # fmt: skip


def test_every_silence_that_is_answered_is_held_by_a_policy() -> None:
    assert {row.cells["question"] for row in rows(DOCS / "language.md", "question", "answer")} == set(SILENT)


@pytest.mark.parametrize("question", SILENT)
def test_a_silence_is_answered_as_the_guide_says(question: str, tmp_path: Path) -> None:
    for silent in SILENT[question]:
        policy = small(tmp_path, silent.pathways, silent.more)
        for facts, decided in silent.decided:
            assert said(policy, facts) == decided, (silent.pathways, facts)


def test_an_advisory_whose_condition_is_unknown_is_not_told(tmp_path: Path) -> None:
    advisory = "advisories: [{id: one, when: b, text: One}, {id: two, text: Two}]"
    policy = small(tmp_path, requiring("{id: x, check: a}"), advisory)
    told = determine(policy, load_case({"a": True}, policy)).advisories
    assert [each.id for each in told] == ["two"]


def test_a_policy_out_of_force_decides_and_says_so(tmp_path: Path) -> None:
    policy = small(tmp_path, requiring("{id: x, check: a}"))
    dates = {"2025-12-31": False, "2026-01-01": True, "2025": False, "2026": True}
    for date, in_force in dates.items():
        assert determine(policy, load_case({"a": True, "request.date": date}, policy)).in_force is in_force
