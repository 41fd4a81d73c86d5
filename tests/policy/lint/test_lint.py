"""Each folder is a rule, each folder in it a policy and all that the rule says of it.

A folder of a rule that mends also holds `mended.yaml`, the policy as `--fix` leaves it. `UPDATE=1` writes what comes
out now; read the difference before you keep it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from few_codes import FewCodes

from besponsa_pa.diagnostic import CATALOGUE, Diagnostic, Diagnostics, Severity
from besponsa_pa.document import read_source
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.lint import RULES, Linted, lint, named
from besponsa_pa.policy.lint.fixing import meaning, mended
from besponsa_pa.policy.lint.magnitudes import USUAL, usual
from besponsa_pa.policy.loader import load
from besponsa_pa.policy.model import CompiledPolicy, Policy
from besponsa_pa.render.diagnostics import in_order, text_from_diagnostics
from besponsa_pa.source import Source
from besponsa_pa.units import is_calendar, is_unit

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CASES = sorted(case for rule in HERE.iterdir() if rule.is_dir() for case in rule.iterdir() if case.is_dir())
MENDING = [case for case in CASES if any(rule.mends and rule.name == case.parent.name for rule in RULES)]
PAGES = [page.stem for page in (ROOT / "docs" / "lint").glob("*.md") if page.stem != "README"]


def loaded(folder: Path) -> tuple[Policy | None, CompiledPolicy | None, Diagnostics]:
    """The policy of a folder as written and as checked, with what is told on the way."""
    diagnostics = Diagnostics()

    def resolve(path: str, _: Source) -> Source:
        found = read_source(folder / path, diagnostics)
        assert found is not None
        return Source(found.text, path)

    policy = load(resolve("policy.yaml", Source("", "")), resolve, diagnostics)
    return policy, None if policy is None else compile_policy(policy, diagnostics), diagnostics


def linted(folder: Path) -> Linted:
    _, compiled, diagnostics = loaded(folder)
    return named(diagnostics) if compiled is None else lint(compiled, diagnostics, FewCodes())


def of_rule(folder: Path) -> list[Diagnostic]:
    return in_order(each for each in linted(folder).diagnostics if each.rule == folder.parent.name)


# --- what each rule finds ---


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_rule_finds_what_is_expected_and_nothing_else(case: Path) -> None:
    found = text_from_diagnostics(of_rule(case))
    expected = case / "expected.txt"
    if os.environ.get("UPDATE"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_the_policies_of_the_cases_have_no_other_mistake(case: Path) -> None:
    errors = [each for each in linted(case).diagnostics if each.severity is Severity.ERROR]
    assert [each for each in errors if each.rule != case.parent.name] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_case_with_a_finding_one_without_and_a_page(rule: object) -> None:
    name = getattr(rule, "name", "")
    texts = [(case / "expected.txt").read_text("utf-8") for case in CASES if case.parent.name == name]
    assert any(texts), "a case in which it finds something"
    assert not all(texts), "a neighbour in which it finds nothing"
    assert name in PAGES


def test_there_is_no_page_and_no_case_without_a_rule() -> None:
    names = {rule.name for rule in RULES}
    assert set(PAGES) == names
    assert {case.parent.name for case in CASES} == names


# --- mending ---


@pytest.mark.parametrize("case", MENDING, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_mend_means_the_same_and_leaves_nothing_to_mend(case: Path, tmp_path: Path) -> None:
    policy, _, _ = loaded(case)
    assert policy is not None
    text = (case / "policy.yaml").read_text("utf-8")
    after = mended(text, [edit for each in of_rule(case) for edit in each.edits])
    if os.environ.get("UPDATE"):
        (case / "mended.yaml").write_text(after, encoding="utf-8")
    assert after == (case / "mended.yaml").read_text("utf-8")
    (tmp_path / case.parent.name / "case").mkdir(parents=True)
    (tmp_path / case.parent.name / "case" / "policy.yaml").write_text(after, encoding="utf-8")
    again, _, _ = loaded(tmp_path / case.parent.name / "case")
    assert again is not None
    assert meaning(again) == meaning(policy)
    assert of_rule(tmp_path / case.parent.name / "case") == []


def test_only_rules_that_say_so_mend() -> None:
    found = {each.rule for case in CASES for each in linted(case).diagnostics if each.edits}
    assert found == {rule.name for rule in RULES if rule.mends}


# --- the rules as a whole ---


def test_every_warning_and_remark_of_a_policy_belongs_to_a_rule_so_that_it_can_be_accepted() -> None:
    of_policies = {code for code in CATALOGUE if code[0] in "WI" and code[1] in "237"}
    assert {rule.code for rule in RULES if rule.severity is not Severity.ERROR} == of_policies


def test_names_and_codes_are_one_rules_each() -> None:
    assert len({rule.name for rule in RULES}) == len({rule.code for rule in RULES}) == len(RULES)


def test_the_schema_knows_every_rule_that_can_be_accepted() -> None:
    schema = json.loads((ROOT / "grammar" / "policy.schema.json").read_text("utf-8"))
    known = schema["$defs"]["acceptance"]["properties"]["rule"]["enum"]
    assert sorted(known) == known
    assert set(known) == {rule.name for rule in RULES if rule.can_be_accepted}


def test_without_a_list_of_codes_no_code_is_looked_up_and_no_acceptance_of_one_is_idle(tmp_path: Path) -> None:
    case = HERE / "unknown-code" / "in_every_place"
    for file in case.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    entries = "accept:\n- {rule: unknown-code, of: trial, reason: An old claim has it}\n"
    (tmp_path / "policy.yaml").write_text((case / "policy.yaml").read_text("utf-8") + entries, "utf-8")
    _, compiled, diagnostics = loaded(tmp_path)
    assert compiled is not None
    assert [
        each for each in lint(compiled, diagnostics).diagnostics if "code" in each.rule or "accept" in each.rule
    ] == []
    assert [each.rule for each in lint(compiled, diagnostics, FewCodes()).accepted] == ["unknown-code"]


# --- acceptances ---

POLICY = """\
policy: example
title: An example
version: 1
references: {label: {title: Package insert}}
facts:
  age: {type: Integer, ask: How old}
  weight: {type: Integer, ask: How heavy}
pathways:
  only: {require: [{id: adult, title: Adults, check: age > 1, cite: [label]}]}
otherwise: {decision: deny, cite: [label]}
"""


def said(tmp_path: Path, text: str, **shared: str) -> Linted:
    for name, content in {"policy": text, **shared}.items():
        (tmp_path / f"{name}.yaml").write_text(content, encoding="utf-8")
    return linted(tmp_path)


def rules_of(found: Sequence[Diagnostic]) -> list[str]:
    return [each.rule or each.code for each in found]


def test_what_is_accepted_is_not_said_but_counted(tmp_path: Path) -> None:
    assert rules_of(said(tmp_path, POLICY).diagnostics) == ["unused-fact"]
    accepted = said(tmp_path, POLICY + "accept: [{rule: unused-fact, of: weight, reason: For later}]\n")
    assert (accepted.diagnostics, rules_of(accepted.accepted)) == ((), ["unused-fact"])


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{rule: unused-fcat, of: weight, reason: For later}", "`unused-fact`"),
        ("{rule: keyword-name, of: weight, reason: For later}", "keyword-name"),
        ("{rule: unused-acceptance, of: weight, reason: For later}", "unused-acceptance"),
        ("{rule: unused-fact, of: weight}", "`reason`"),
        ("{rule: unused-fact, of: weight, reason: ''}", "`reason`"),
        ("{rule: unused-fact, of: weight, reason: '  '}", "the reason why it is meant"),
        ("{rule: unused-fact, reason: For later}", "`of`"),
        ("unused-fact", "wanted keys"),
    ],
)
def test_an_acceptance_that_says_too_little_or_names_no_rule_is_an_error(tmp_path: Path, entry: str, told: str) -> None:
    (found,) = said(tmp_path, f"{POLICY}accept: [{entry}]\n").diagnostics
    assert found.severity is Severity.ERROR
    assert told in f"{found.message} {found.label} {found.help}"


def test_a_policy_does_not_accept_what_is_found_in_a_file_that_it_imports(tmp_path: Path) -> None:
    text = POLICY.replace("facts:", "imports: [shared.yaml]\nfacts:").replace("age > 1", "age > 1 and weight > state")
    accept = "accept: [{rule: fact-without-question, of: state, reason: Never asked}]\n"
    shared = "facts: {state: {type: Integer}}\n"
    assert rules_of(said(tmp_path, text, shared=shared).diagnostics) == ["fact-without-question"]
    elsewhere = said(tmp_path, text + accept, shared=shared)
    assert rules_of(elsewhere.diagnostics) == ["fact-without-question", "unused-acceptance"]
    assert said(tmp_path, text, shared=shared + accept).diagnostics == ()


def test_a_finding_that_several_places_share_is_told_once(tmp_path: Path) -> None:
    text = POLICY.replace("age > 1", "f(age) or f(weight)") + "definitions: {f(x): x is null}\n"
    assert rules_of(said(tmp_path, text).diagnostics) == ["absence-operator"]


# --- data ---


@pytest.mark.parametrize("row", USUAL, ids=lambda row: row.unit)
def test_a_magnitude_is_of_a_unit_that_there_is_and_says_why(row: object) -> None:
    unit = getattr(row, "unit", "")
    known = usual(unit)
    assert known is row
    assert is_unit(unit) or is_calendar(unit)
    assert known is not None
    assert 0 < known.low < known.high
    assert known.reason
