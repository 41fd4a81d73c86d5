"""Suggested tests of random policies: all pass, reach what is not listed, and nothing that is listed can be reached.

What is called unreachable is held against every combination of the values that were tried, if they are few.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

from hypothesis import HealthCheck, given, settings
from random_policies import RandomPolicy, policies

from besponsa_pa import CompiledPolicy
from besponsa_pa.case import Case
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import parse_document
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.loader import load
from besponsa_pa.policytest import Recorder, coverage_of, read_tests, read_unreachable, run_tests
from besponsa_pa.policytest.attempts import with_changes
from besponsa_pa.policytest.bases import space_around
from besponsa_pa.policytest.positions import Positions
from besponsa_pa.policytest.suggesting import suggest
from besponsa_pa.policytest.tests_file import text_from_suggestions
from besponsa_pa.source import Source

FEW = settings(max_examples=6, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
MOST_CASES = 1_500


def compiled(text: str) -> CompiledPolicy:
    diagnostics = Diagnostics()
    policy = load(Source(text, "policy.yaml"), lambda _written, _importing: None, diagnostics)
    assert policy is not None
    found = compile_policy(policy, diagnostics)
    assert found is not None
    return found


def cases(policy: CompiledPolicy, base: Case) -> Iterator[Case]:
    """Every case made of the values that are tried around a base; none where there are too many."""
    space = space_around(policy, Positions(policy), base)
    options = [variable.options for variable in space.variables.values()]
    if prod(map(len, options)) <= MOST_CASES:
        for chosen in product(*options):
            values = (option.value for option in chosen)
            yield with_changes(base, dict(zip(space.variables, values, strict=True)))


def hold_to_account(policy: CompiledPolicy) -> None:
    suggestions = suggest(policy, (), None)
    assert suggestions.base is not None
    diagnostics = Diagnostics()
    root = parse_document(Source(text_from_suggestions(suggestions), "tests.yaml"), diagnostics)
    assert root is not None
    tests = read_tests(root, policy, diagnostics)
    listed = {each.item.text: each.reason for each in read_unreachable(root, policy, diagnostics)}
    assert [each.message for each in diagnostics] == []
    assert [result.test.name for result in run_tests(tests, policy) if not result.passed] == []
    coverage = coverage_of(policy, tests, listed)
    assert set(coverage.missing) == {each.item for each in suggestions.unreached if not each.is_sure}
    recorder = Recorder(policy)
    for case in cases(policy, suggestions.base.case):
        assert [item.text for item in recorder.record(case) if item.text in listed] == []


@FEW
@given(policies(once=False))
def test_of_a_policy_whose_conditions_share_facts(policy: RandomPolicy) -> None:
    hold_to_account(compiled(policy.text))


@FEW
@given(policies(once=False, graded=True))
def test_of_a_policy_that_asks_for_documents(policy: RandomPolicy) -> None:
    hold_to_account(compiled(policy.text))


@FEW
@given(policies(once=False, failing=True))
def test_of_a_policy_of_which_not_everything_can_be_computed(policy: RandomPolicy) -> None:
    hold_to_account(compiled(policy.text))
