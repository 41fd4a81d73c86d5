"""How time grows: with the criteria of a policy, with the policies that a case is held against, and with the cases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.conftest import Measure
from benchmarks.generator import CaseData
from benchmarks.table import GROWTH
from besponsa_pa import Case, CompiledPolicy, decide, determine, load_case, load_policy

CRITERIA = (10, 100, 1_000)
POLICIES = (1, 10)
# all are met, and all of the first so many cases, which are decided before the functions of a policy are written
WARM_UP = 40


def policy_of(count: int, folder: Path, name: str = "growing") -> CompiledPolicy:
    """A policy that asks whether each of so many laboratory values is at most 1.5 times its limit."""
    facts = "".join(
        f"  labs.value_{number}: {{type: Decimal, ask: Value {number}}}\n"
        f"  labs.limit_{number}: {{type: Decimal, ask: Limit {number}}}\n"
        for number in range(count)
    )
    criteria = "".join(
        f"        - id: lab_{number}\n          title: Value {number}\n"
        f"          check: labs.value_{number} <= 1.5 * labs.limit_{number}\n"
        for number in range(count)
    )
    text = (
        f"policy: {name}\ntitle: A policy that grows\nversion: 1\n"
        f"facts:\n  request.date: {{type: Date, ask: Date}}\n{facts}"
        f"pathways:\n  every:\n    title: Every request\n    require:\n      all:\n{criteria}"
    )
    file = folder / f"{name}_{count}.yaml"
    file.write_text(text, encoding="utf-8")
    return load_policy(file)


def case_for(count: int, policy: CompiledPolicy) -> Case:
    """A case that meets all of them, some at the exact limit."""
    labs = {f"value_{number}": f"{number % 7 + 1}.5" for number in range(count)}
    labs |= {f"limit_{number}": f"{number % 7 + 1}" for number in range(count)}
    data: CaseData = {"case": "grown", "request": {"date": "2026-11-20"}, "labs": labs}
    return load_case(data, policy)


def _warm(run: Callable[[], object]) -> None:
    for _ in range(WARM_UP):
        run()


@pytest.mark.parametrize("count", CRITERIA)
def test_decide_with_so_many_criteria(measure: Measure, tmp_path: Path, count: int) -> None:
    policy = policy_of(count, tmp_path)
    case = case_for(count, policy)
    _warm(lambda: decide(policy, case))
    measure(GROWTH, f"`decide`, {count:,} criteria", lambda: decide(policy, case), baseline=count == CRITERIA[0])


@pytest.mark.parametrize("count", CRITERIA)
def test_determine_with_so_many_criteria(measure: Measure, tmp_path: Path, count: int) -> None:
    policy = policy_of(count, tmp_path)
    case = case_for(count, policy)
    _warm(lambda: determine(policy, case))
    measure(GROWTH, f"`determine`, {count:,} criteria", lambda: determine(policy, case))


@pytest.mark.parametrize("count", POLICIES)
def test_decide_by_so_many_policies(measure: Measure, tmp_path: Path, count: int) -> None:
    policies = [policy_of(10, tmp_path, f"growing_{number}") for number in range(count)]
    case = case_for(10, policies[0])

    def decide_all() -> None:
        for policy in policies:
            decide(policy, case)

    _warm(decide_all)
    measure(GROWTH, f"`decide`, 10 criteria, by {count} {'policy' if count == 1 else 'policies'}", decide_all)


@pytest.mark.parametrize("count", [1_000, 10_000])
def test_decide_so_many_cases(measure: Measure, tmp_path: Path, count: int) -> None:
    policy = policy_of(10, tmp_path)
    cases = [case_for(10, policy) for _ in range(count)]

    def decide_all() -> None:
        for case in cases:
            decide(policy, case)

    _warm(lambda: decide(policy, cases[0]))
    measure(GROWTH, f"`decide`, 10 criteria, {count:,} cases", decide_all, rounds=3)
