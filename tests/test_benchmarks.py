"""The benchmarks compare like with like, and their page says what was measured."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import islice

import pytest

from benchmarks import by_hand
from benchmarks.expressions import conditions, expressions
from benchmarks.generator import CaseData, generated_cases
from benchmarks.table import LOOP, ONE, page
from besponsa_pa import CompiledPolicy, Decision, Determination, determine, load_case, load_policy

SOME = 400


@cache
def besponsa() -> CompiledPolicy:
    return load_policy("besponsa")


def determined(case: CaseData) -> Determination:
    return determine(besponsa(), load_case(case, besponsa()))


# --- the same policy, written by hand ---


def test_on_complete_cases_the_function_by_hand_decides_what_the_engine_does() -> None:
    for case in generated_cases(SOME, complete=True):
        assert by_hand.decide(by_hand.with_dates(case)) == determined(case).decision.value, case


@pytest.mark.parametrize(
    ("born", "asked", "decision"),
    [
        ("2024-02-29", "2025-02-28", "deny"),  # the first birthday is not over before the month is
        ("2024-02-29", "2025-03-01", "approve"),
        ("2024-11-20", "2025-11-20", "approve"),
        ("2024-11-21", "2025-11-20", "deny"),
    ],
)
def test_both_count_the_first_year_of_age_alike(born: str, asked: str, decision: str) -> None:
    case = approvable()
    case["patient"]["birth_date"], case["request"]["date"] = born, asked
    assert by_hand.decide(by_hand.with_dates(case)) == determined(case).decision.value == decision


def test_without_an_answer_about_veno_occlusive_disease_only_the_function_by_hand_approves() -> None:
    case = approvable()
    assert determined(case).decision is Decision.APPROVE
    del case["liver"]["veno_occlusive_disease"]
    assert by_hand.decide(by_hand.with_dates(case)) == "approve"
    assert determined(case).decision is Decision.PEND


def approvable() -> CaseData:
    return next(
        case
        for case in generated_cases(SOME, complete=True)
        if case["request"]["pathway"] == "initial"
        and case["disease"]["philadelphia_chromosome"] == "negative"
        and determined(case).decision is Decision.APPROVE
    )


# --- the generated cases ---


def test_the_same_seed_gives_the_same_cases_and_another_seed_others() -> None:
    assert list(generated_cases(20)) == list(generated_cases(20))
    assert list(generated_cases(20)) != list(generated_cases(20, seed=1))


def test_the_first_of_the_cases_does_not_depend_on_how_many_there_are() -> None:
    assert list(islice(generated_cases(SOME), 20)) == list(generated_cases(20))


def test_the_cases_are_of_every_kind() -> None:
    found = Counter[object]()
    for case in generated_cases(SOME):
        determination = determined(case)
        found.update([determination.decision, determination.pend, bool(determination.missing)])
    rare = [kind for kind, count in found.items() if count < SOME / 20]
    assert set(found) >= {*Decision, True, False}
    assert not rare


# --- what is measured ---


def test_every_expression_of_the_policy_is_measured() -> None:
    policy = besponsa().policy
    texts = [excerpt.text for excerpt in expressions(policy)]
    assert texts.count("age_in_years >= 1") == 1
    assert "patient.birth_date same or before request.date" in texts
    assert "liver.tests = 'elevated'" in texts
    assert len(texts) == len(list(conditions(policy))) + len(policy.definitions)


def test_ratios_are_those_to_the_baseline_of_the_table_which_comes_first() -> None:
    run = {"benchmarks": [measured(ONE, "slow", 26e-6), measured(ONE, "quick", 2e-6, baseline=True)]}
    rows = [line for line in page(run).splitlines() if line.startswith("| ")]
    assert rows == ["| what | ratio | time |", "| quick | 1.0 | 2.0 µs |", "| slow | 13 | 26 µs |"]


def test_decisions_by_hand_that_the_engine_does_not_share_are_counted() -> None:
    many = measured(LOOP, "by hand", 0.0135, baseline=True)
    many["extra_info"]["agreement"] = [
        ["approve", "approve", 5], ["deny", "deny", 3], ["pend", "approve", 20], ["deny", "approve", 1],
        ["pend", "deny", 300], ["pend", "pend", 4],
    ]  # fmt: skip
    text = page({"benchmarks": [many]})
    assert "| by hand | 1.0 | 14 ms |" in text
    told = " ".join(text.split())
    assert "it approves 21 cases that the engine does not approve, and denies 300 that the engine does not deny" in told


def measured(table: str, row: str, seconds: float, *, baseline: bool = False) -> CaseData:
    return {"group": table, "extra_info": {"row": row, "baseline": baseline}, "stats": {"min": seconds}}
