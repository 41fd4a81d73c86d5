"""Why a test failed: the criteria for which something else came out than it expects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from besponsa_pa.determination.findings import Decision, Determination, Finding, Part
from besponsa_pa.policy.conditions import conditions_of_criterion, facts_read
from besponsa_pa.policy.model import CompiledPolicy, criteria_of
from besponsa_pa.policytest.reading import ERROR, PolicyTest
from besponsa_pa.policytest.running import PolicyTestResult


def differing_findings(result: PolicyTestResult, compiled: CompiledPolicy) -> tuple[Finding, ...]:
    """The findings that explain what came out otherwise, and the groups around them, in the order of the policy.

    They are those of criteria that decide and should not, or should and do not; of those that ask for a fact and
    should not, or should and do not; and of those that decide, where another decision is expected. Where what differs
    is no matter of criteria, such as what is granted, there are none.
    """
    determination, test = result.determination, result.test
    if determination is None or test.decision == ERROR:
        return ()
    differing = {each.what for each in result.differences}
    ids = {
        *(_of_decision(test, determination) if differing & {"decision", "because", "pend"} else ()),
        *(_of_questions(test, determination, compiled) if "asks" in differing else ()),
    }
    return _with_groups(determination.findings, ids)


def _of_decision(test: PolicyTest, determination: Determination) -> Iterable[str]:
    """The criteria that decide, or those for which the test expects it otherwise."""
    expected, reasons = test.expected.get("because", frozenset()), frozenset(determination.reasons)
    assert isinstance(expected, frozenset)
    if test.decision == determination.decision.value:
        return expected ^ reasons or reasons
    # what is met explains neither an approval that should be none, nor why there is none
    if determination.decision is Decision.APPROVE:
        return expected or reasons
    return reasons if test.decision == Decision.APPROVE.value else expected | reasons


def _of_questions(test: PolicyTest, determination: Determination, compiled: CompiledPolicy) -> Iterator[str]:
    """The criteria that ask for a fact and should not, and those that read one which is not asked for."""
    expected, asked = test.expected["asks"], {each.fact: each.criteria for each in determination.missing}
    assert isinstance(expected, frozenset)
    for fact, criteria in asked.items():
        yield from criteria if fact not in expected else ()
    unasked = expected - asked.keys()
    for pathway in compiled.pathways if unasked else ():
        reading = ((each.id, facts_read(conditions_of_criterion(each))) for each in criteria_of(pathway))
        yield from (criterion for criterion, read in reading if not unasked.isdisjoint(read))


def _with_groups(findings: Iterable[Finding], ids: Iterable[str]) -> tuple[Finding, ...]:
    """The findings of some criteria, each with the groups that it is in."""
    by_key = {(each.part, each.criterion): each for each in findings}
    wanted = [key for key in by_key if key[1] in set(ids)]
    kept: set[tuple[Part, str]] = set()
    while wanted:
        key = wanted.pop()
        if key in by_key and key not in kept:
            kept.add(key)
            wanted.append((key[0], by_key[key].within or ""))
    return tuple(finding for key, finding in by_key.items() if key in kept)
