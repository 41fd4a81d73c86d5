"""The tests beside a policy: they fail when they should, and what would test nothing is a mistake."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from besponsa_pa import load_policy
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import parse_document
from besponsa_pa.policy.model import CheckedCriterion, CheckedGroup, CheckedPathway, CompiledPolicy
from besponsa_pa.policytest import (
    PolicyTestResult,
    differing_findings,
    passes,
    read_case_of,
    read_equivalent_mutants,
    read_tests,
    run_case,
    run_tests,
)
from besponsa_pa.source import Source

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "tests" / "cli" / "policies" / "sample"
BASE = """\
policy: sample
base:
  case: base
  request: {date: 2026-06-30}
  patient: {birth_date: 1984-03-02}
  disease: {code: L40.0, severity: moderate, pregnant: false, infection: false, other: false}
  dose: {daily: 40 'mg'}
  trials:
    - {drug: methotrexate, outcome: failure, start: 2025-01-01}
  evidence:
    disease.severity: {kind: documentation, source: a letter}
tests:
"""


@pytest.fixture(scope="module")
def policy() -> CompiledPolicy:
    return load_policy(SAMPLE)


def results(policy: CompiledPolicy, tests: str, begin: str = BASE) -> tuple[list[PolicyTestResult], list[str]]:
    """The results of some tests, and what is wrong with their file."""
    diagnostics = Diagnostics()
    node = parse_document(Source(begin + tests, "tests.yaml"), diagnostics)
    assert node is not None
    read = read_tests(node, policy, diagnostics)
    found = list(run_tests(read, policy))
    for each in found:
        assert passes(each.test, read_case_of(each.test, policy), policy) is each.passed, each.test.name
    return found, [f"{each.code} {each.message}" for each in diagnostics]


def result(policy: CompiledPolicy, test: str) -> PolicyTestResult:
    """The result of one test, given by what follows its name."""
    indented = "".join(f"    {line}\n" for line in test.splitlines())
    (found,), mistakes = results(policy, f"  - name: a test\n{indented}")
    assert mistakes == []
    return found


def differences(policy: CompiledPolicy, test: str) -> list[tuple[str, str, str]]:
    return [(each.what, each.expected, each.got) for each in result(policy, test).differences]


def mistakes(policy: CompiledPolicy, test: str) -> list[str]:
    return results(policy, f"  - name: a test\n    expect: approve\n{test}")[1]


# --- what a test says of a determination ---


def test_a_test_that_says_everything_right_passes(policy: CompiledPolicy) -> None:
    found = result(
        policy,
        "expect: approve\nbecause: [age, disease, harm, severity, tried]\nasks: []\nadvises: [vaccines]\n"
        "pathway: usual\ngrant: {quantity: {daily: 40 'mg', tablets: 30}, duration: 6 months}",
    )
    assert found.passed
    assert found.differences == ()


def test_a_granted_number_may_be_written_with_other_zeros(policy: CompiledPolicy) -> None:
    found = result(policy, "expect: approve\ngrant: {quantity: {daily: 40.0 'mg', tablets: 30.00}, duration: 6 months}")
    assert found.differences == ()


@pytest.mark.parametrize(
    ("test", "difference"),
    [
        ("expect: deny", ("decision", "deny", "approve")),
        ("expect: pend", ("decision", "pend", "approve")),
        ("expect: error", ("decision", "error", "approve")),
        ("expect: approve\nbecause: []", ("because", "none", "age, disease, harm, severity, tried")),
        ("expect: approve\nbecause: [age]", ("because", "age", "age, disease, harm, severity, tried")),
        ("expect: approve\nasks: [disease.code]", ("asks", "disease.code", "none")),
        ("expect: approve\nadvises: []", ("advises", "none", "vaccines")),
        ("expect: approve\npend: information", ("pend", "information", "none")),
        (
            "expect: approve\ngrant: {duration: 7 months, quantity: {daily: 40 'mg', tablets: 30}}",
            (
                "grant",
                "duration: 7 months, quantity.daily: 40 'mg', quantity.tablets: 30",
                "duration: 6 months, quantity.daily: 40 'mg', quantity.tablets: 30",
            ),
        ),
        (
            "expect: approve\ngrant: {duration: 6 months}",
            (
                "grant",
                "duration: 6 months",
                "duration: 6 months, quantity.daily: 40 'mg', quantity.tablets: 30",
            ),
        ),
    ],
)
def test_what_comes_out_otherwise_is_a_difference(
    policy: CompiledPolicy, test: str, difference: tuple[str, str, str]
) -> None:
    assert differences(policy, test) == [difference]


def test_each_difference_is_told(policy: CompiledPolicy) -> None:
    test = "with: {disease.pregnant: true}\nexpect: approve\nbecause: [age]\nadvises: []"
    assert [what for what, _, _ in differences(policy, test)] == ["decision", "because", "advises"]


def test_the_kind_of_a_pend_is_held_against_what_is_expected(policy: CompiledPolicy) -> None:
    assert differences(policy, "without: [evidence]\nexpect: pend\npend: information") == [
        ("pend", "information", "documentation")
    ]


# --- what is cited ---


@pytest.mark.parametrize(
    "cites",
    [
        "{disease: [label, {ref: guideline, at: Section 2}]}",
        "{disease: [{ref: guideline, at: Section 2}, label]}",
        "{age: [{ref: label, at: Indications}], tried: [plan], vaccines: [{ref: label, at: Warnings}]}",
        "{pregnancy: [{ref: label, at: Boxed warning}], infection: [plan]}",
    ],
)
def test_what_is_cited_is_expected_whole_and_in_any_order(policy: CompiledPolicy, cites: str) -> None:
    assert result(policy, f"expect: approve\ncites: {cites}").passed


@pytest.mark.parametrize(
    ("cites", "difference"),
    [
        ("{disease: [label]}", ("cites of disease", "label", "guideline at Section 2; label")),
        ("{disease: []}", ("cites of disease", "none", "guideline at Section 2; label")),
        ("{age: [label]}", ("cites of age", "label", "label at Indications")),
        ("{age: [{ref: label, at: indications}]}", ("cites of age", "label at indications", "label at Indications")),
        ("{tried: [plan, label]}", ("cites of tried", "label; plan", "plan")),
    ],
)
def test_another_citation_is_a_difference(policy: CompiledPolicy, cites: str, difference: tuple[str, str, str]) -> None:
    assert differences(policy, f"expect: approve\ncites: {cites}") == [difference]


@pytest.mark.parametrize("name", ["tried", "vaccines"])
def test_a_citation_that_is_taken_away_fails_the_test(policy: CompiledPolicy, name: str) -> None:
    found = result(policy, "expect: approve\ncites: {tried: [plan], vaccines: [{ref: label, at: Warnings}]}")
    (usual,) = policy.pathways
    changed = {
        "tried": replace(policy, pathways=(without_citations(usual, name),)),
        "vaccines": replace(policy, advisories=tuple(replace(each, cite=()) for each in policy.advisories)),
    }[name]
    read = read_case_of(found.test, policy)
    assert [each.what for each in run_case(found.test, read, changed).differences] == [f"cites of {name}"]
    assert not passes(found.test, read, changed)


def without_citations(pathway: CheckedPathway, name: str) -> CheckedPathway:
    def changed(criterion: CheckedCriterion) -> CheckedCriterion:
        if isinstance(criterion.body, CheckedGroup):
            body = replace(criterion.body, children=tuple(changed(each) for each in criterion.body.children))
            return replace(criterion, body=body)
        return replace(criterion, cite=() if criterion.id == name else criterion.cite)

    assert pathway.require is not None
    return replace(pathway, require=changed(pathway.require))


def test_what_is_not_told_cites_nothing_that_a_test_could_see(tmp_path: Path) -> None:
    text = (SAMPLE / "policy.yaml").read_text("utf-8")
    text = text.replace("    require:\n", "    when: disease.other\n    require:\n", 1)
    text += (
        "    when: disease.infection\notherwise: {decision: deny, title: No other, cite: [{ref: plan, at: Part 9}]}\n"
    )
    (tmp_path / "policy.yaml").write_text(text, "utf-8")
    policy = load_policy(tmp_path)
    cites = "cites: {otherwise: [{ref: plan, at: Part 9}]}"
    assert result(policy, f"expect: deny\n{cites}").passed
    assert differences(policy, "expect: deny\ncites: {age: [label], vaccines: [], otherwise: [plan]}") == [
        ("cites of age", "label", "not told"),
        ("cites of vaccines", "none", "not told"),
        ("cites of otherwise", "plan", "plan at Part 9"),
    ]
    assert differences(policy, f"with: {{disease.other: true}}\nexpect: deny\n{cites}") == [
        ("cites of otherwise", "plan at Part 9", "not told")
    ]


# --- the criteria that explain a failure ---


@pytest.mark.parametrize(
    ("test", "criteria"),
    [
        # another decision: those that decide, or those of which it is expected
        ("with: {disease.pregnant: true}\nexpect: approve", ["pregnancy"]),
        ("with: {disease.pregnant: true}\nexpect: approve\nbecause: [disease, age]", ["pregnancy"]),
        ("expect: deny\nbecause: [age]", ["age"]),
        ("expect: deny\nbecause: [pregnancy]", ["pregnancy"]),
        ("with: {disease.pregnant: true}\nexpect: deny\nbecause: [age]", ["age", "pregnancy"]),
        ("with: {disease.pregnant: true}\nexpect: pend\nbecause: [age]", ["age", "pregnancy"]),
        ("expect: deny", ["disease", "age", "severity", "earlier", "tried", "harm"]),
        # the same decision for other reasons: only those that make the difference, with the groups around them
        ("expect: approve\nbecause: [disease, age, severity, harm]", ["earlier", "tried"]),
        ("expect: approve\nbecause: [disease, age, severity, tried, harm, infection]", ["harm", "infection"]),
        # another question
        ("without: [disease.code]\nexpect: pend\nasks: []", ["disease"]),
        ("without: [disease.code]\nexpect: pend\nasks: [disease.code, patient.birth_date]", ["age"]),
        ("expect: approve\nasks: [disease.severity]", ["severity", "earlier", "tried"]),
        ("without: [evidence]\nexpect: pend\npend: information", ["severity", "earlier", "tried", "contraindicated"]),
        # what is no matter of criteria
        ("expect: approve\ngrant: {duration: 1 month}", []),
        ("expect: approve\nadvises: []", []),
        ("expect: approve\ncites: {age: []}", []),
        ("expect: error", []),
        ("with: {disease.severity: moderat}\nexpect: approve", []),
        ("expect: approve", []),
    ],
)
def test_a_failure_is_explained_by_the_criteria_that_differ(
    policy: CompiledPolicy, test: str, criteria: list[str]
) -> None:
    assert [each.criterion for each in differing_findings(result(policy, test), policy)] == criteria


# --- many variants of a policy ---


def test_what_holds_for_every_real_case_is_asked_of_each_variant(policy: CompiledPolicy) -> None:
    found = result(policy, "with: {patient.birth_date: 2026-07-01}\nexpect: error")
    read = read_case_of(found.test, policy)
    assert read.case is not None
    loose = replace(policy, musts={})
    assert [(each.expected, each.got) for each in run_case(found.test, read, loose).differences] == [("error", "deny")]
    assert passes(found.test, read, policy)
    assert not passes(found.test, read, loose)


def test_a_case_that_cannot_be_read_is_refused_by_each_variant(policy: CompiledPolicy) -> None:
    found = result(policy, "with: {disease.severity: moderat}\nexpect: error\nsays: no value")
    read = read_case_of(found.test, policy)
    assert read.case is None
    assert passes(found.test, read, replace(policy, musts={}))


# --- the case of a test ---


@pytest.mark.parametrize(
    "change",
    [
        "with: {disease.pregnant: true}",
        "with: {disease: {pregnant: true}}",
        "case: {request: {date: 2026-06-30}, disease: {pregnant: true}}",
        "case: {request: {date: 2026-06-30}}\nwith: {disease.pregnant: true}",
    ],
)
def test_a_fact_is_changed_nested_or_by_its_full_name(policy: CompiledPolicy, change: str) -> None:
    assert result(policy, f"{change}\nexpect: deny\nbecause: [pregnancy]").passed


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ("without: [disease.code]", ["disease.code"]),
        ("with: {disease.code: null}", ["disease.code"]),
        ("with: {disease: {code: ~}}", ["disease.code"]),
        ("without: [patient]", ["patient.birth_date"]),
        ("with: {patient: null}", ["patient.birth_date"]),
        ("without: [trials, disease.code]", ["disease.code", "trials"]),
        ("with: {trials: [{drug: a}]}", ["trials"]),
        ("without: [disease]\nwith: {disease.severity: severe}", ["disease"]),
    ],
)
def test_a_fact_is_made_unknown(policy: CompiledPolicy, change: str, asked: list[str]) -> None:
    got = result(policy, f"{change}\nexpect: pend").determination
    assert got is not None
    named = {each.fact for each in got.missing}
    if asked == ["disease"]:
        assert {"disease.code", "disease.severity", "disease.pregnant"} <= named
    else:
        assert named == set(asked)


def test_taking_out_a_fact_takes_out_no_other_that_begins_like_it(policy: CompiledPolicy) -> None:
    got = result(policy, "without: [disease.code]\nexpect: pend").determination
    assert got is not None
    assert got.pathway == "usual"
    assert [each.fact for each in got.missing] == ["disease.code"]


def test_evidence_and_judgments_are_changed_like_facts(policy: CompiledPolicy) -> None:
    assert result(policy, "without: [evidence.disease.severity]\nexpect: pend\npend: documentation").passed
    assert result(policy, "with: {evidence: {disease: {severity: {kind: attestation}}}}\nexpect: pend").passed
    test = "with: {trials: [], judgments: {contraindicated: {met: true}}}\nexpect: approve"
    assert result(policy, f"{test}\nbecause: [disease, age, severity, contraindicated, harm]").passed
    assert result(policy, "with: {trials: []}\nexpect: pend\npend: clinical_review").passed


def test_a_change_does_not_reach_the_next_test(policy: CompiledPolicy) -> None:
    tests = "  - {name: one, with: {disease.pregnant: true}, expect: deny}\n  - {name: two, expect: approve}\n"
    found, wrong = results(policy, tests)
    assert [each.passed for each in found] == [True, True]
    assert wrong == []


# --- cases that are refused ---


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("with: {disease.severity: moderat}", "no value `moderat`"),
        ("with: {patient.birth_date: 1984-02-30}", "there is no 30 February"),
        ("with: {patient.birth_date: 2026-07-01}", "patient.birth_date same or before request.date"),
        ("with: {patient.weight: 80}", "no fact is called `patient.weight`"),
        ("with: {dose.daily: 40}", "has no unit"),
    ],
)
def test_a_case_that_is_refused_is_an_error_and_no_denial(policy: CompiledPolicy, change: str, says: str) -> None:
    assert result(policy, f'{change}\nexpect: error\nsays: "{says}"').passed
    refused = result(policy, f"{change}\nexpect: deny")
    assert refused.determination is None
    assert [each.what for each in refused.differences] == ["decision"]
    assert refused.differences[0].got.startswith("error: ")
    assert refused.diagnostics[0].span is not None
    assert refused.diagnostics[0].span.source.name == "tests.yaml"


def test_a_case_that_is_refused_for_another_reason_fails(policy: CompiledPolicy) -> None:
    assert differences(policy, "with: {dose.daily: 40}\nexpect: error\nsays: pregnancy") == [
        ("says", "pregnancy", "`dose.daily`: `40` has no unit")
    ]


# --- mistakes in the file ---


@pytest.mark.parametrize(
    ("test", "mistake"),
    [
        ("    becuase: [age]\n", "E140 item 1 of `tests` has no key `becuase`"),
        ("    because: [agee]\n", "E601 the policy has no criterion `agee`"),
        ("    asks: [disease.kode]\n", "E601 the policy has no fact `disease.kode`"),
        ("    advises: [vaccine]\n", "E601 the policy has no advisory `vaccine`"),
        ("    pathway: unusual\n", "E601 the policy has no pathway `unusual`"),
        ("    cites: {agee: [label]}\n", "E601 the policy has no criterion or advisory `agee`"),
        ("    cites: {otherwise: [label]}\n", "E601 the policy has no criterion or advisory `otherwise`"),
        ("    cites: {age: [labl]}\n", "E601 the policy has no reference `labl`"),
        ("    cites: {age: [{ref: labl, at: Indications}]}\n", "E601 the policy has no reference `labl`"),
        ("    cites: {age: [{at: Indications}]}\n", "E141 item 1 of `age` lacks `ref`"),
        ("    cites: {}\n", "E145 `cites` is empty, wanted at least 1 key"),
        ("    cites: [age]\n", "E142 `cites` is a list, wanted keys with values"),
        ("    without: [disease.kode]\n", "E601 the policy has no fact `disease.kode`"),
        ("    without: ['trials[0].outcome']\n", "E601 the policy has no fact `trials[0].outcome`"),
        ("    says: nothing\n", "E604 `says` says nothing when `expect` is `approve`"),
        ("    with: {disease.code: L40.0, disease: {code: L40.1}}\n", "E403 `disease.code` is given twice"),
    ],
)
def test_a_test_that_would_test_nothing_is_a_mistake(policy: CompiledPolicy, test: str, mistake: str) -> None:
    assert mistakes(policy, test) == [mistake]


@pytest.mark.parametrize(
    ("tests", "mistake"),
    [
        ("  - {name: one}\n", "E141"),
        ("  - {expect: approve}\n", "E141"),
        ("  - {name: one, expect: approved}\n", "E143"),
        ("  - {name: one, expect: approve, pend: later}\n", "E143"),
        ("  - approve\n", "E142"),
        ("  []\n", "E145"),
        ("  - {name: one, expect: approve}\n  - {name: one, expect: approve}\n", "E603"),
        ("  - {name: one, expect: error, because: [age]}\n", "E604"),
        ("  - {name: one, expect: error, cites: {age: [{ref: label, at: Indications}]}}\n", "E604"),
    ],
)
def test_a_file_that_is_no_tests_is_told_so(policy: CompiledPolicy, tests: str, mistake: str) -> None:
    assert [each.split()[0] for each in results(policy, tests)[1]] == [mistake]


def test_a_mistake_stands_where_it_was_made(policy: CompiledPolicy) -> None:
    diagnostics = Diagnostics()
    text = f"{BASE}  - name: a test\n    expect: approve\n    because: [age, agee]\n"
    node = parse_document(Source(text, "tests.yaml"), diagnostics)
    assert node is not None
    read_tests(node, policy, diagnostics)
    (found,) = diagnostics
    assert found.span is not None
    assert (found.span.line, found.span.column) == (15, 20)
    assert found.help == "did you mean `age`?"


def test_tests_of_another_policy_are_a_mistake(policy: CompiledPolicy) -> None:
    begin = BASE.replace("policy: sample", "policy: simple")
    _, wrong = results(policy, "  - {name: one, expect: approve}\n", begin)
    assert wrong == ["E605 these are tests of `simple`, and the policy beside them is `sample`"]


def test_a_test_without_any_case_is_a_mistake_and_one_with_its_own_is_not(policy: CompiledPolicy) -> None:
    tests = "  - {name: one, expect: approve}\n  - {name: two, expect: deny, case: {disease.pregnant: true}}\n"
    found, wrong = results(policy, tests, "policy: sample\ntests:\n")
    assert wrong == ["E602 this test has no case to begin with"]
    assert [each.test.name for each in found] == ["two"]
    assert found[0].passed


def test_a_mistake_in_the_base_is_told_once_and_not_by_every_test(policy: CompiledPolicy) -> None:
    begin = BASE.replace("severity: moderate", "severity: moderat")
    found, wrong = results(policy, "  - {name: one, expect: approve}\n  - {name: two, expect: approve}\n", begin)
    assert found == []
    assert wrong == ["E406 `disease.severity` has no value `moderat`"]


@pytest.mark.parametrize("expected", ["grant: six", "asks: age", "pathway: [usual]", "because: {age: true}"])
def test_what_is_expected_has_its_own_shape(policy: CompiledPolicy, expected: str) -> None:
    _, wrong = results(policy, f"  - name: one\n    expect: approve\n    {expected}\n")
    assert [each.split()[0] for each in wrong] == ["E142"]


def test_a_file_that_is_a_list_is_no_tests(policy: CompiledPolicy) -> None:
    found, wrong = results(policy, "- one\n", "")
    assert found == []
    assert [each.split()[0] for each in wrong] == ["E142"]


# --- mutants that are equivalent ---


def equivalent_mutants(policy: CompiledPolicy, text: str) -> tuple[list[tuple[str, str]], list[str]]:
    diagnostics = Diagnostics()
    text = f"{BASE}  - {{name: one, expect: approve}}\nequivalent_mutants:{text}"
    node = parse_document(Source(text, "tests.yaml"), diagnostics)
    assert node is not None
    read_tests(node, policy, diagnostics)
    found = [(mutant.text, reason.text) for mutant, reason in read_equivalent_mutants(node)]
    return found, [each.code for each in diagnostics]


def test_mutants_that_are_equivalent_are_read_with_their_reasons(policy: CompiledPolicy) -> None:
    listed = "\n  - {mutant: 'age: 18 becomes 17', reason: no one is}\n  - mutant: other\n    reason: why\n"
    assert equivalent_mutants(policy, listed) == ([("age: 18 becomes 17", "no one is"), ("other", "why")], [])
    assert equivalent_mutants(policy, " []\n") == ([], [])


@pytest.mark.parametrize(
    ("listed", "code"),
    [(" [{mutant: one}]\n", "E141"), (" [one]\n", "E142"), (" {mutant: one, reason: why}\n", "E142")],
)
def test_a_mutant_without_a_reason_is_a_mistake(policy: CompiledPolicy, listed: str, code: str) -> None:
    assert equivalent_mutants(policy, listed) == ([], [code])


def test_tests_without_mutants_have_none_that_are_equivalent() -> None:
    for text in ("policy: sample\n", "- one\n"):
        node = parse_document(Source(text, "tests.yaml"), Diagnostics())
        assert node is not None
        assert read_equivalent_mutants(node) == ()


# --- the tests of the policies here ---


@pytest.mark.parametrize("path", sorted(ROOT.glob("policies/*/tests.yaml")), ids=lambda path: path.parent.name)
def test_the_tests_of_a_shipped_policy_pass(path: Path) -> None:
    found, wrong = results(load_policy(path.parent), path.read_text("utf-8"), "")
    assert wrong == []
    assert len(found) > 20
    assert [each.test.name for each in found if not each.passed] == []


def test_a_thousand_tests_take_less_than_two_seconds(policy: CompiledPolicy) -> None:
    tests = "".join(
        f"  - name: test {number}\n"
        f"    with: {{patient.birth_date: {1950 + number % 50}-03-02, dose.daily: {number} 'mg'}}\n"
        f"    expect: {'approve' if number <= 40 else 'pend'}\n"
        "    asks: []\n"
        "    cites: {age: [{ref: label, at: Indications}]}\n"
        for number in range(1000)
    )
    limit = 2 if sys.gettrace() is None else 20  # coverage slows every line down
    assert min(seconds_for_a_thousand(policy, BASE + tests) for _ in range(2)) < limit


def seconds_for_a_thousand(policy: CompiledPolicy, text: str) -> float:
    diagnostics = Diagnostics()
    start = time.process_time()
    node = parse_document(Source(text, "tests.yaml"), diagnostics)
    assert node is not None
    found = list(run_tests(read_tests(node, policy, diagnostics), policy))
    taken = time.process_time() - start
    assert (len(found), [each.test.name for each in found if not each.passed], list(diagnostics)) == (1000, [], [])
    return taken
