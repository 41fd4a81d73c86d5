"""Holding criteria against a case: what each is found to be, and between which outcomes it can still come to lie.

An outcome is one of deny < pend < approve. What a criterion leads to is known between two of them: `low`, the
worst that missing facts can still bring, and `high`, the best. A criterion that is met is approve; one that is
unmet is deny, or pend where it says so; one that is unknown lies between. Groups are then plain arithmetic: `all`
is the least of its parts, `any` the greatest, `at_least: 2` the second greatest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TypeAlias, assert_never

from besponsa_pa.case import Case
from besponsa_pa.determination.findings import Status
from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.facts import Grade
from besponsa_pa.policy.model import (
    CheckedCriterion,
    CheckedGroup,
    CheckedLeaf,
    Condition,
    GroupKind,
    Judgment,
    OnUnmet,
)
from besponsa_pa.values import NO_FACTS, Truth, facts_of


class Outcome(IntEnum):
    """What a criterion leads to; the least of several decides."""

    DENY = 0
    PEND = 1
    APPROVE = 2


@dataclass(frozen=True, slots=True)
class Held:
    """A criterion held against a case.

    `facts` are the missing ones that its own conditions depend on (those of a group are in its children);
    `is_open` says that a judgment is not answered.
    """

    criterion: CheckedCriterion
    status: Status
    low: Outcome
    high: Outcome
    facts: frozenset[str] = NO_FACTS
    is_open: bool = False
    error: Failure | None = None
    children: tuple[Held, ...] = ()


# The facts of a case, for each grade of evidence that a criterion may ask of them (None: what the facts ask for).
Frames: TypeAlias = Mapping[Grade | None, Frame]


def hold(
    criterion: CheckedCriterion, case: Case, frames: Frames, excludes: bool = False, grade: Grade | None = None
) -> Held:
    """A criterion held against a case.

    `excludes` is true where being met is to the patient's harm (under `exclude`, `review`, `none`): there a
    criterion whose `given` is false must not count as met. `grade` is the evidence that the group around it asks for.
    """
    grade = criterion.evidence or grade
    frame = frames[grade]
    given, facts, error = _truth(criterion.given, frame)
    if given is False:
        return Held(criterion, Status.NOT_APPLICABLE, Outcome.APPROVE, Outcome.APPROVE)
    match criterion.body:
        case CheckedLeaf(check):
            held = _leaf(criterion, check, frame)
        case Judgment():
            held = _judgment(criterion, case)
        case CheckedGroup():
            children = _children(criterion.body, case, frames, excludes, grade)
            held = _group(criterion, criterion.body, children, excludes)
        case _:
            assert_never(criterion.body)
    return held if given is True else _under_open_given(held, facts, error)


def _truth(condition: Condition | None, frame: Frame) -> tuple[Truth, frozenset[str], Failure | None]:
    if condition is None:
        return True, NO_FACTS, None
    try:
        truth = condition.evaluate(frame)
    except Failure as failure:
        return None, NO_FACTS, failure
    return truth, facts_of(truth), None  # type: ignore[return-value]


def _unmet(criterion: CheckedCriterion) -> Outcome:
    return Outcome.PEND if criterion.on_unmet is OnUnmet.PEND else Outcome.DENY


def _from_truth(criterion: CheckedCriterion, truth: Truth, facts: frozenset[str], error: Failure | None) -> Held:
    unmet = _unmet(criterion)
    if truth is True:
        return Held(criterion, Status.MET, Outcome.APPROVE, Outcome.APPROVE)
    if truth is False:
        return Held(criterion, Status.NOT_MET, unmet, unmet)
    return Held(criterion, Status.UNKNOWN, unmet, Outcome.APPROVE, facts, error=error)


def _leaf(criterion: CheckedCriterion, check: Condition, frame: Frame) -> Held:
    return _from_truth(criterion, *_truth(check, frame))


def _judgment(criterion: CheckedCriterion, case: Case) -> Held:
    answer = case.judgments.get(criterion.id)
    held = _from_truth(criterion, None if answer is None else answer.met, NO_FACTS, None)
    return replace(held, is_open=answer is None)


def _under_open_given(held: Held, facts: frozenset[str], error: Failure | None) -> Held:
    """`given` is not known: what is met is met either way, all else may still not apply."""
    if held.status in (Status.MET, Status.NOT_APPLICABLE):
        return held
    own = facts | held.facts if held.status is Status.UNKNOWN else facts
    return replace(held, status=Status.UNKNOWN, high=Outcome.APPROVE, facts=own, error=held.error or error)


# --- groups ---


def _children(
    group: CheckedGroup, case: Case, frames: Frames, excludes: bool, grade: Grade | None
) -> tuple[Held, ...]:
    """Under `none` being met is to the patient's harm, and under a `none` of an exclusion it is not."""
    excludes = excludes != (group.kind is GroupKind.NONE)
    return tuple(hold(child, case, frames, excludes, grade) for child in group.children)


def _group(criterion: CheckedCriterion, group: CheckedGroup, children: tuple[Held, ...], excludes: bool) -> Held:
    if all(child.status is Status.NOT_APPLICABLE for child in children):
        return Held(criterion, Status.NOT_APPLICABLE, Outcome.APPROVE, Outcome.APPROVE, children=children)
    ranges = [_range_in_group(child, group.kind, excludes) for child in children]
    low, high = (_combined(group, [each[end] for each in ranges]) for end in (0, 1))
    if criterion.on_unmet is not None or group.kind is GroupKind.NONE:
        low, high = (end if end is Outcome.APPROVE else _unmet(criterion) for end in (low, high))
    status = Status.MET if low is Outcome.APPROVE else Status.UNKNOWN if high is Outcome.APPROVE else Status.NOT_MET
    return Held(criterion, status, low, high, children=children)


def _range_in_group(child: Held, kind: GroupKind, excludes: bool) -> tuple[Outcome, Outcome]:
    """What a child brings to its group; one that does not apply is never the one that excludes."""
    if kind is GroupKind.NONE:
        return against(child)
    if child.status is Status.NOT_APPLICABLE and excludes and kind is not GroupKind.ALL:
        return Outcome.DENY, Outcome.DENY
    return child.low, child.high


def against(held: Held, met: Outcome = Outcome.DENY) -> tuple[Outcome, Outcome]:
    """The outcome of a criterion that speaks against approval: `met` when it is met, else approve."""
    match held.status:
        case Status.MET:
            return met, met
        case Status.UNKNOWN:
            return met, Outcome.APPROVE
        case _:
            return Outcome.APPROVE, Outcome.APPROVE


def _combined(group: CheckedGroup, outcomes: list[Outcome]) -> Outcome:
    match group.kind:
        case GroupKind.ALL | GroupKind.NONE:
            return min(outcomes, default=Outcome.APPROVE)
        case GroupKind.ANY:
            return max(outcomes, default=Outcome.DENY)
        case GroupKind.AT_LEAST:
            return sorted(outcomes, reverse=True)[group.count - 1]


# --- what matters ---


def leaves_that_matter(held: Held, excludes: bool = False) -> Iterator[Held]:
    """The criteria under this one whose missing facts can still change it.

    A part matters when it is open and lies across the whole's range: at its worst worse than the whole at
    its best, at its best better than the whole at its worst.
    """
    if held.low == held.high and held.status is not Status.UNKNOWN:
        return
    if held.facts or held.is_open or held.error or not held.children:
        yield held
    group = held.criterion.body
    if not isinstance(group, CheckedGroup):
        return
    whole_low, whole_high = _uncapped(held, group, excludes)
    for child in held.children:
        low, high = _range_in_group(child, group.kind, excludes)
        if low < high and low < whole_high and high > whole_low:
            yield from leaves_that_matter(child, excludes != (group.kind is GroupKind.NONE))


def _uncapped(held: Held, group: CheckedGroup, excludes: bool) -> tuple[Outcome, Outcome]:
    ranges = [_range_in_group(child, group.kind, excludes) for child in held.children]
    low, high = (_combined(group, [each[end] for each in ranges]) for end in (0, 1))
    return low, high


def leaves_that_decide(held: Held) -> Iterator[Held]:
    """The leaves by which a known criterion is what it is: for a met group the met ones, for an unmet one the unmet.

    Of an unmet `any` these are the ones that come closest: where one alternative asks a person, a person is asked.
    """
    body = held.criterion.body
    if not isinstance(body, CheckedGroup) or (body.kind is GroupKind.NONE and held.status is Status.MET):
        yield held
        return
    wanted = Status.MET if body.kind is GroupKind.NONE else held.status
    closest = max((child.high for child in held.children if child.status is Status.NOT_MET), default=Outcome.DENY)
    for child in held.children:
        if child.status is not wanted:
            continue
        if wanted is Status.NOT_MET and held.criterion.on_unmet is None and not _is_decisive(held, child, closest):
            continue
        yield from leaves_that_decide(child)


def _is_decisive(held: Held, child: Held, closest: Outcome) -> bool:
    """Whether an unmet child is as bad as its group: of `all` the worst ones are, of `any` the best ones."""
    body = held.criterion.body
    if isinstance(body, CheckedGroup) and body.kind is GroupKind.ANY:
        return child.high == closest
    return child.high <= held.high

