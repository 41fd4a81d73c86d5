"""Mutation: tests that are thin let mutants survive, and the tests that are offered kill them."""

from __future__ import annotations

from pathlib import Path

import pytest

from besponsa_pa import load_policy
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Node, parse_document
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest import read_tests
from besponsa_pa.policytest.entries import text_from_entries
from besponsa_pa.policytest.mutants import Kind
from besponsa_pa.policytest.mutation import Fate, MutantResult, Mutation, score
from besponsa_pa.source import Source

ROOT = Path(__file__).parent.parent.parent
EVERY_KIND = Path(__file__).parent / "every_kind"

POLICY = """\
policy: small
title: A small policy
version: 1
references:
  book: {title: A book}
facts:
  age: {type: Integer, ask: "How old?", must: age >= 0}
  score: {type: Decimal, ask: "Which score?"}
  pregnant: {type: Boolean, ask: "Pregnant?"}
  status: {type: String, values: [early, late, never], ask: "Which status?"}
pathways:
  only:
    when: status in {'early', 'late'}
    require:
      - {id: adult, check: age >= 18, cite: [book]}
      - {id: score, check: score <= 2.5 or pregnant, cite: [book]}
otherwise: {decision: deny, cite: [book]}
"""
BASE = """\
policy: small
base: {case: base, age: 40, score: 1.5, pregnant: false, status: early}
tests:
"""
THIN = """\
  - {name: the base is approved, expect: approve}
"""
THOROUGH = """\
  - name: the base is approved
    expect: approve
    cites: {adult: [book], score: [book]}
  - {name: an adult of just eighteen years, with: {age: 18}, expect: approve}
  - {name: a minor of nearly eighteen years, with: {age: 17}, expect: deny, because: [adult]}
  - {name: a score at the limit, with: {score: 2.5}, expect: approve}
  - {name: a score above the limit, with: {score: 2.6}, expect: deny, because: [score]}
  - {name: a pregnant patient with any score, with: {score: 2.6, pregnant: true}, expect: approve}
  - {name: late disease, with: {status: late}, expect: approve}
  - {name: no disease, with: {status: never}, expect: deny, because: [], cites: {otherwise: [book]}}
  - {name: a newborn, with: {age: 0}, expect: deny}
  - {name: nobody is less than nothing years old, with: {age: -1}, expect: error}
"""


def small(tmp_path: Path, policy: str = POLICY) -> CompiledPolicy:
    path = tmp_path / "policy.yaml"
    path.write_text(policy, "utf-8")
    return load_policy(path)


def parsed(text: str) -> Node:
    node = parse_document(Source(text, "tests.yaml"), Diagnostics())
    assert node is not None
    return node


def mutation(policy: CompiledPolicy, text: str) -> Mutation:
    diagnostics = Diagnostics()
    node = parsed(text)
    tests = read_tests(node, policy, diagnostics)
    assert [each.message for each in diagnostics] == []
    found = Mutation(policy, tests, node)
    assert [test.name for test in found.failing()] == []
    return found


def survivors(results: list[MutantResult]) -> list[str]:
    return [result.mutant.id for result in results if result.fate is Fate.SURVIVED]


# --- what is caught ---


def test_thorough_tests_kill_every_mutant(tmp_path: Path) -> None:
    results = list(mutation(small(tmp_path), BASE + THOROUGH).run())
    assert survivors(results) == []
    assert score(results).percent == 100
    assert {result.fate for result in results} == {Fate.KILLED}


def test_loosening_any_threshold_is_caught(tmp_path: Path) -> None:
    results = list(mutation(small(tmp_path), BASE + THOROUGH).run())
    moved = [result for result in results if result.mutant.kind in (Kind.THRESHOLD, Kind.COMPARISON)]
    assert len(moved) == 12
    assert {result.fate for result in moved} == {Fate.KILLED}


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("just eighteen", ["`age >= 18` becomes `age > 18`", "`age >= 18` becomes `age >= 19`"]),
        ("nearly eighteen", ["`age >= 18` becomes `age >= 17`"]),
        ("at the limit", ["`score <= 2.5` becomes `score < 2.5`", "`score <= 2.5` becomes `score <= 2.4`"]),
        ("late disease", ["`status in {'early', 'late'}` becomes `status in {'early'}`"]),
    ],
)
def test_without_the_test_at_a_limit_the_limit_can_be_moved(tmp_path: Path, test: str, expected: list[str]) -> None:
    text = "".join(line for line in THOROUGH.splitlines(keepends=True) if test not in line)
    names = survivors(list(mutation(small(tmp_path), BASE + text).run()))
    assert [name for name in names if not any(each in name for each in expected)] == [
        name for name in names if "never" in name
    ]
    assert all(any(each in name for name in names) for each in expected)


def test_a_test_of_a_bundled_policy_that_is_taken_away_is_missed() -> None:
    policy = load_policy("besponsa")
    text = (ROOT / "policies" / "besponsa" / "tests.yaml").read_text("utf-8")
    start = text.index("  - name: a birth after the request")
    text = text[:start] + text[text.index("\n\n", start) :]
    names = survivors(list(mutation(policy, text).run("patient.birth_date")))
    assert names == ["facts.patient.birth_date: `must` left out"]


def test_thin_tests_let_the_right_mutants_survive(tmp_path: Path) -> None:
    results = list(mutation(small(tmp_path), BASE + THIN).run())
    assert survivors(results) == [
        "facts.age: `must` left out",
        "facts.age.must: `age >= 0` becomes `age > 0`",
        "facts.age.must: `age >= 0` becomes `age >= -1`",
        "facts.age.must: `age >= 0` becomes `age >= 1`",
        "pathways.only: `when` left out",
        "pathways.only.when: `status in {'early', 'late'}` becomes `status in {'early'}`",
        "pathways.only.when: `status in {'early', 'late'}` becomes `status in {'early', 'never'}`",
        "pathways.only.require: `all` becomes `any`",
        "pathways.only.require: `adult` left out",
        "pathways.only.require.adult: `on_unmet: pend` put in",
        "pathways.only.require.adult.check: `age >= 18` becomes `age > 18`",
        "pathways.only.require.adult.check: `age >= 18` becomes `age >= 17`",
        "pathways.only.require.adult.check: `age >= 18` becomes `age >= 19`",
        "pathways.only.require.adult.cite: `book` left out",
        "pathways.only.require: `score` left out",
        "pathways.only.require.score: `on_unmet: pend` put in",
        "pathways.only.require.score.check: `score <= 2.5 or pregnant` becomes `score <= 2.5`",
        "pathways.only.require.score.check: `score <= 2.5` becomes `score < 2.5`",
        "pathways.only.require.score.check: `score <= 2.5` becomes `score <= 2.4`",
        "pathways.only.require.score.check: `score <= 2.5` becomes `score <= 2.6`",
        "pathways.only.require.score.check: `pregnant` becomes `not pregnant`",
        "pathways.only.require.score.cite: `book` left out",
        "otherwise.decision: `deny` becomes `pend`",
        "otherwise.cite: `book` left out",
    ]


def test_a_test_without_expectations_of_citations_lets_every_citation_be_changed() -> None:
    policy = load_policy(EVERY_KIND)
    results = list(mutation(policy, (EVERY_KIND / "tests.yaml").read_text("utf-8")).run(".cite:"))
    assert {result.fate for result in results} == {Fate.SURVIVED, Fate.UNCHANGED}


def test_the_order_of_the_tests_has_no_part_in_what_survives(tmp_path: Path) -> None:
    policy = small(tmp_path)
    blocks = THOROUGH.replace("  - {name: an adult", "\x00  - {name: an adult").split("\x00")
    lines = blocks[1].splitlines(keepends=True)[:-3]
    one = list(mutation(policy, BASE + "".join(lines)).run())
    other = list(mutation(policy, BASE + "".join(reversed(lines))).run())
    assert survivors(one) == survivors(other) != []


# --- the tests that are offered ---


def offered(found: Mutation) -> tuple[str, list[int | None]]:
    """The tests that are offered, as text, and which of them each survivor is given."""
    results = [result for result in found.run() if result.fate is Fate.SURVIVED]
    killer = found.killer()
    numbers = [killer.look(result.compiled) for result in results if result.compiled is not None]
    return text_from_entries(killer.tests()), numbers


def test_adding_the_tests_that_are_offered_kills_every_survivor(tmp_path: Path) -> None:
    policy = small(tmp_path)
    text, numbers = offered(mutation(policy, BASE + THIN))
    assert None not in numbers
    results = list(mutation(policy, BASE + THIN + text).run())
    assert survivors(results) == []


@pytest.mark.slow
def test_adding_the_tests_that_are_offered_kills_every_survivor_of_every_kind() -> None:
    policy = load_policy(EVERY_KIND)
    tests = (EVERY_KIND / "tests.yaml").read_text("utf-8")
    text, numbers = offered(mutation(policy, tests))
    assert None not in numbers
    assert survivors(list(mutation(policy, tests + text).run())) == []


def test_no_more_tests_are_offered_than_are_needed(tmp_path: Path) -> None:
    text, numbers = offered(mutation(small(tmp_path), BASE + THIN))
    assert text.count("- name:") == len({number for number in numbers if number is not None}) < 16


def test_an_offered_test_says_the_limit_that_it_is_about(tmp_path: Path) -> None:
    text, _ = offered(mutation(small(tmp_path), BASE + THOROUGH.replace("{age: 17}", "{age: 3}")))
    assert text == (
        "  - name: with `age` just below `age >= 18`, the request is denied for `adult`\n"
        "    with: {age: 17}\n"
        "    expect: deny\n"
        "    because: [adult]\n"
        "    asks: []\n"
    )


def test_without_a_base_an_offered_test_carries_its_whole_case(tmp_path: Path) -> None:
    tests = (
        "policy: small\ntests:\n  - name: an adult\n"
        "    case: {age: 40, score: 1.5, pregnant: false, status: early}\n    expect: approve\n"
    )
    policy = small(tmp_path)
    text, numbers = offered(mutation(policy, tests))
    assert None not in numbers
    assert "    case: {age: 18, score: 1.5, pregnant: false, status: early}\n" in text
    assert survivors(list(mutation(policy, tests + text).run())) == []


def test_tests_that_only_refuse_cases_offer_nothing(tmp_path: Path) -> None:
    tests = "policy: small\ntests:\n  - {name: nobody, case: {age: -1}, expect: error}\n"
    text, numbers = offered(mutation(small(tmp_path), tests))
    assert numbers
    assert None not in numbers  # from a case that is refused to one that is not is one change
    assert survivors(list(mutation(small(tmp_path), tests + text).run())) == []


def test_a_mutant_that_decides_nothing_otherwise_is_told_to_have_no_test(tmp_path: Path) -> None:
    redundant = POLICY.replace("check: age >= 18", "check: age >= 18 and age >= 12")
    found = mutation(small(tmp_path, redundant), BASE + THOROUGH)
    results = [result for result in found.run("becomes `age >= 18`") if result.fate is Fate.SURVIVED]
    assert [result.mutant.id for result in results] == [
        "pathways.only.require.adult.check: `age >= 18 and age >= 12` becomes `age >= 18`"
    ]
    assert results[0].compiled is not None
    assert found.killer().look(results[0].compiled) is None


# --- mutants that are said to be equivalent ---

EQUIVALENT = """\
equivalent_mutants:
  - mutant: >-
      pathways.only.require.adult.check: `age >= 18 and age >= 12`
      becomes `age >= 18`
    reason: whoever is 18 is 12
"""


def test_a_mutant_that_is_said_to_be_equivalent_is_counted_apart_with_its_reason(tmp_path: Path) -> None:
    redundant = POLICY.replace("check: age >= 18", "check: age >= 18 and age >= 12")
    found = mutation(small(tmp_path, redundant), BASE + THOROUGH + EQUIVALENT)
    results = [result for result in found.run() if result.fate is Fate.EQUIVALENT]
    assert [result.reason for result in results] == ["whoever is 18 is 12"]
    diagnostics = Diagnostics()
    found.warn(found.run(), diagnostics)
    assert list(diagnostics) == []


def test_what_is_said_to_be_equivalent_and_is_killed_or_is_none_is_a_warning(tmp_path: Path) -> None:
    said = (
        "equivalent_mutants:\n"
        "  - {mutant: 'pathways.only.require: `all` becomes `any`', reason: I say so}\n"
        "  - {mutant: 'pathways.only.require: `all` becomes `some`', reason: I say so}\n"
    )
    found = mutation(small(tmp_path), BASE + THOROUGH + said)
    diagnostics = Diagnostics()
    found.warn(found.run(), diagnostics)
    line = (BASE + THOROUGH).count("\n") + 2
    assert [(each.code, each.message, each.span.line) for each in diagnostics if each.span is not None] == [
        ("W611", "a test kills this mutant", line),
        ("W610", "the policy has no such mutant", line + 1),
    ]


def test_a_mutant_that_is_said_to_be_equivalent_is_no_mistake_where_only_others_were_looked_at(tmp_path: Path) -> None:
    said = "equivalent_mutants:\n  - {mutant: 'pathways.only.require: `all` becomes `any`', reason: I say so}\n"
    found = mutation(small(tmp_path), BASE + THOROUGH + said)
    diagnostics = Diagnostics()
    found.warn(found.run("otherwise"), diagnostics)
    assert list(diagnostics) == []


def test_a_mutant_that_the_checker_refuses_is_counted_apart(tmp_path: Path) -> None:
    policy = POLICY.replace("check: score <= 2.5 or pregnant", "check: (score as Integer) = 2147483647")
    found = Mutation(small(tmp_path, policy), (), parsed(BASE + THIN))
    fates = {result.mutant.after: result.fate for result in found.run("2147483647")}
    assert fates["score as Integer = 2147483648"] is Fate.REFUSED


def test_the_tests_that_fail_anyway_are_told(tmp_path: Path) -> None:
    policy = small(tmp_path)
    node = parsed(BASE + THIN + "  - {name: nobody is denied, with: {age: 1}, expect: approve}\n")
    found = Mutation(policy, read_tests(node, policy, Diagnostics()), node)
    assert [test.name for test in found.failing()] == ["nobody is denied"]
