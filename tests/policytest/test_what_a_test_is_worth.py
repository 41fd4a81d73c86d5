"""Taking a test away from Besponsa's, or moving any of its limits, is caught by coverage or by mutation.

A test is redundant when every item of coverage that it reaches is reached by another one, and every mutant that it
kills is killed by another one. All that are redundant are taken away, one after the other: of those that are left, none
can be spared, and that is what the real commands are asked to find out.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from besponsa_pa.api import load_policy
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, parse_document, read_source
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest import PolicyTest, passes, read_case_of, read_tests
from besponsa_pa.policytest.coverage import coverage_of
from besponsa_pa.policytest.mutants.kinds import Kind
from besponsa_pa.policytest.mutation import Fate, Mutation

TESTS = Path(__file__).parents[2] / "policies" / "besponsa" / "tests.yaml"
LIMITS = (Kind.THRESHOLD, Kind.COMPARISON, Kind.TIMING, Kind.BOUND)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("worth of tests")]


@cache
def besponsa() -> tuple[CompiledPolicy, tuple[PolicyTest, ...], Mapping]:
    policy, diagnostics = load_policy("besponsa"), Diagnostics()
    source = read_source(TESTS, diagnostics)
    assert source is not None
    node = parse_document(source, diagnostics)
    assert isinstance(node, Mapping)
    return policy, read_tests(node, policy, diagnostics), node


@cache
def worth() -> dict[str, frozenset[str]]:
    """What each test notices: the items that it reaches, the mutants that it kills."""
    policy, tests, node = besponsa()
    found: dict[str, set[str]] = {test.name: set() for test in tests}
    for item, names in coverage_of(policy, tests).reached.items():
        for name in names:
            found[name].add(f"item {item.text}")
    mutation = Mutation(policy, tests, node)
    cases = [(test, read_case_of(test, policy)) for test in tests]
    for mutant in mutation.mutants:
        compiled = mutation.variant(mutant)
        for test, read in cases if compiled is not None else ():
            if not passes(test, read, compiled):
                found[test.name].add(f"mutant {mutant.id}")
    return {name: frozenset(noticed) for name, noticed in found.items()}


@cache
def needed() -> tuple[PolicyTest, ...]:
    """Tests of which none can be spared, and that notice all that all of them do. Those that notice least go first."""
    kept = dict(worth())
    for name in sorted(kept, key=lambda name: (len(kept[name]), name)):
        others = frozenset().union(*(noticed for other, noticed in kept.items() if other != name))
        if kept[name] <= others:
            del kept[name]
    return tuple(test for test in besponsa()[1] if test.name in kept)


@cache
def unreachable() -> frozenset[str]:
    policy, tests, _ = besponsa()
    return frozenset(item.text for item in coverage_of(policy, tests).missing)


def is_complete(tests: tuple[PolicyTest, ...]) -> bool:
    """Whether these tests reach every item that can be reached, and kill every mutant."""
    policy, _, node = besponsa()
    if {item.text for item in coverage_of(policy, tests).missing} != unreachable():
        return False
    return all(result.fate is not Fate.SURVIVED for result in Mutation(policy, tests, node).run())


def test_the_tests_that_are_needed_are_complete() -> None:
    assert 20 < len(needed()) < len(besponsa()[1])
    assert is_complete(needed())


def test_taking_any_of_them_away_is_caught() -> None:
    caught = {test.name: not is_complete(tuple(each for each in needed() if each is not test)) for test in needed()}
    assert [name for name, is_caught in caught.items() if not is_caught] == []


def test_moving_any_limit_is_caught_by_the_tests() -> None:
    policy, tests, node = besponsa()
    results = [result for result in Mutation(policy, tests, node).run() if result.mutant.kind in LIMITS]
    assert len(results) == 18
    assert {result.mutant.id: result.fate for result in results if result.fate is not Fate.KILLED} == {}
