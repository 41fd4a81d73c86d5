"""Every way to decide a case gives the same answer: the interpreter, the functions written for a policy, DuckDB.

Each is held to the interpreter that works every case out for itself: on the bundled policies, with cases around those
of their own tests, and on random policies. These are short looks at all policies; `make soak` looks for long.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import known_refusals
import pytest
from case_making import maker_for
from comparing import (
    Answer,
    answers_of_decide,
    answers_of_determine,
    answers_of_interpreter,
    differences,
    read_cases,
    refused_share,
    report,
    without_grant,
)
from engines import answers_of_duckdb, statement_of
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from policy_making import Policy, PolicyMaker
from policy_search import Found, look, sayable, smallest

from besponsa_pa import Case, CompiledPolicy, find_policies, load_policy
from besponsa_pa.backends.sql import RefusedError

NAMES = sorted(find_policies())
CASES = 80
# what is found is made small by `smallest`, which knows what a policy is
FIXED = settings(
    derandomize=True, deadline=None, max_examples=12, database=None, phases=(Phase.explicit, Phase.generate)
)


def policies() -> st.SearchStrategy[Policy]:
    """Random policies of expressions that SQL can say."""
    return st.randoms(use_true_random=False).map(lambda chance: PolicyMaker(chance, sayable, 2).policy())


def in_python(compiled: CompiledPolicy, cases: Sequence[Case]) -> Sequence[Answer]:
    return answers_of_determine(compiled, cases)


def in_short(compiled: CompiledPolicy, cases: Sequence[Case]) -> Sequence[Answer]:
    """What `decide` says, with what it does not say filled in."""
    wanted = answers_of_interpreter(compiled, cases)
    found = answers_of_decide(compiled, cases)
    return [long if short == without_grant(long) else short for long, short in zip(wanted, found, strict=True)]


# --- the bundled policies ---


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_policy_is_decided_alike_by_interpreter_and_functions(name: str) -> None:
    compiled = load_policy(name)
    pairs = read_cases(compiled, maker_for(compiled, seed=2, hostile=True).cases(CASES))
    plains, cases = [plain for plain, _ in pairs], [case for _, case in pairs]
    wanted = answers_of_interpreter(compiled, cases)
    for answers in (in_python, in_short):
        found = list(differences(plains, wanted, answers(compiled, cases)))
        assert not found, report(compiled, found[:3])


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_policy_is_decided_alike_by_interpreter_and_duckdb(name: str) -> None:
    """Hostile cases are decided alike or handed on; of others few are handed on."""
    statement = said_or_skipped(name)
    compiled = load_policy(name)
    for hostile, count in ((False, CASES), (True, CASES // 2)):
        pairs = read_cases(compiled, maker_for(compiled, seed=3, hostile=hostile).cases(count))
        plains, cases = [plain for plain, _ in pairs], [case for _, case in pairs]
        answers = answers_of_duckdb(compiled, cases, statement)
        found = list(differences(plains, answers_of_interpreter(compiled, cases), answers))
        assert not found, report(compiled, found[:3])
        assert hostile or refused_share(answers) < 0.35, Counter(each.refused for each in answers)


def said_or_skipped(name: str) -> str:
    """The statement of a policy. Which are refused, and why, is held below."""
    try:
        return statement_of(name, "duckdb")
    except RefusedError as why:
        pytest.skip(f"{name} is not said in SQL: {why}")


def test_the_bundled_policies_that_sql_refuses_are_known() -> None:
    refused = {}
    for name in NAMES:
        try:
            statement_of(name, "duckdb")
        except RefusedError as why:
            refused[name] = str(why)
    known_refusals.hold("policies", refused)


# --- random policies ---


@FIXED
@given(policies(), st.integers(0, 2**32), st.booleans())
def test_a_random_policy_is_decided_alike_by_interpreter_and_duckdb(policy: Policy, seed: int, hostile: bool) -> None:
    found = look(policy, answers_of_duckdb, seed, 60, hostile=hostile)
    assert found.difference is None, str(smallest(found, answers_of_duckdb))


@pytest.mark.parametrize("engine", [in_python, in_short])
def test_random_policies_are_decided_alike_by_interpreter_and_functions(engine: object) -> None:
    tally = Counter[str]()
    for seed in range(30):
        policy = PolicyMaker(random.Random(seed)).policy()  # noqa: S311 - nothing here is secret
        found = look(policy, engine, seed, 40, hostile=True)  # type: ignore[arg-type]
        assert found.difference is None, str(smallest(found, engine))  # type: ignore[arg-type]
        tally.update(policies=found.compared > 0, cases=found.compared)
    assert tally["policies"] > 18
    assert tally["cases"] > 600


def test_a_search_finds_a_planted_mistake_and_makes_it_small() -> None:
    """An engine that takes a missing fact for false is found out, by a policy of one criterion and an empty case."""

    def rash(compiled: CompiledPolicy, cases: Sequence[Case]) -> Sequence[Answer]:
        right = answers_of_interpreter(compiled, cases)
        return [Answer("deny", human_review=True) if "b1" in each.missing else each for each in right]

    policy: Policy = {}
    found = None
    for seed in range(40):
        policy = PolicyMaker(random.Random(seed)).policy()  # noqa: S311
        found = look(policy, rash, seed, 60)
        if found.difference is not None:
            break
    assert isinstance(found, Found)
    least = smallest(found, rash)
    assert least.difference is not None
    assert set(least.policy) == {"pathways"}
    assert list(least.difference.case) == ["case"]  # type: ignore[call-overload]
    assert "b1" in str(least)
