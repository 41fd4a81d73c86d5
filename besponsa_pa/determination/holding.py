"""Holding criteria against a case: what each is found to be, and between which outcomes it can still come to lie.

An outcome is one of deny < pend < approve. What a criterion leads to is known between two of them: `low`, the
worst that missing facts can still bring, and `high`, the best. A criterion that is met is approve; one that is
unmet is deny, or pend where it says so; one that is unknown lies between. Groups are then plain arithmetic: `all`
is the least of its parts, `any` the greatest, `at_least: 2` the second greatest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple, TypeAlias, assert_never

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
from besponsa_pa.records import dataclass, maker, replace
from besponsa_pa.values import NO_FACTS, Truth, facts_of


class Outcome(IntEnum):
    """What a criterion leads to; the least of several decides."""

    DENY = 0
    PEND = 1
    APPROVE = 2


Range: TypeAlias = tuple[Outcome, Outcome]


@dataclass(frozen=True, slots=True)
class Held:
    """A criterion held against a case.

    `facts` are the missing ones that its own conditions depend on (those of a group are in its children);
    `is_open` says that a judgment is not answered; `grade` is the evidence that it wants for what it asks.
    """

    criterion: CheckedCriterion
    status: Status
    low: Outcome
    high: Outcome
    facts: frozenset[str] = NO_FACTS
    is_open: bool = False
    error: Failure | None = None
    grade: Grade | None = None
    children: tuple[Held, ...] = ()


_held = maker(Held)

# The facts of a case for each grade of evidence that a criterion may ask of them (None: what the facts themselves ask
# for): as the case states them and, where documents are looked at, then those of them that are documented.
Frames: TypeAlias = Mapping[Grade | None, Sequence[Frame]]


class Around(NamedTuple):
    """What the place of a criterion says of it.

    `excludes`: being met is to the patient's harm (under `exclude` and `review`; `none` turns it round). `unmet`: what
    being unmet leads to, where a group around says so. `grade`: the evidence that a group around asks for.
    """

    excludes: bool = False
    unmet: Outcome | None = None
    grade: Grade | None = None


REQUIRED = Around()
EXCLUDING = Around(excludes=True, unmet=Outcome.DENY)


def hold(criterion: CheckedCriterion, case: Case, frames: Frames, around: Around = REQUIRED) -> Held:
    """A criterion held against a case.

    INVARIANT: what does not apply never speaks against approval. `given: g, check: c` is `g implies c` where it is
    required, and `g and c` where it excludes. What speaks against approval is taken as stated, without documents.
    """
    around = around_of(criterion, around)
    given, facts, error = truth_as_stated(criterion.given, frames[around.grade], True)
    if given is False:
        outcome = _not_applicable(around)
        return _held(criterion, Status.NOT_APPLICABLE, outcome, outcome)
    match criterion.body:
        case CheckedLeaf(check):
            held = _from_truth(criterion, around, *truth_as_stated(check, frames[around.grade], around.excludes))
        case Judgment():
            held = _judgment(criterion, case, around)
        case CheckedGroup():
            held = _group(criterion, criterion.body, case, frames, around)
        case _:
            assert_never(criterion.body)
    return held if given is True else _under_open_given(held, around, facts, error)


def around_of(criterion: CheckedCriterion, around: Around) -> Around:
    """What is said of a criterion by its place and by itself; the group around has the last word on `on_unmet`."""
    if criterion.evidence is not None:
        around = around._replace(grade=criterion.evidence)
    if criterion.on_unmet is not None and around.unmet is None:
        around = around._replace(unmet=Outcome.PEND if criterion.on_unmet is OnUnmet.PEND else Outcome.DENY)
    return around


def around_children(group: CheckedGroup, around: Around) -> Around:
    """What a group says of its children: `none` turns round what being met means."""
    is_turned = group.kind is GroupKind.NONE
    return Around(not around.excludes, Outcome.DENY, around.grade) if is_turned else around


def _not_applicable(around: Around) -> Outcome:
    return Outcome.DENY if around.excludes else Outcome.APPROVE


def truth_as_stated(
    condition: Condition | None, frames: Iterable[Frame], harm: bool
) -> tuple[Truth, frozenset[str], Failure | None]:
    """The truth of a condition, the facts that it is missing, and its failure; without condition it is true.

    `harm` is the truth that speaks against approval: that one is taken as stated, the other needs its documents.
    """
    if condition is None:
        return True, NO_FACTS, None
    truth: Truth = True
    error = None
    for frame in frames:
        truth, error = truth_of(condition, frame)
        if truth is harm:
            break
    return truth, facts_of(truth), error


def truth_of(condition: Condition, frame: Frame) -> tuple[Truth, Failure | None]:
    """The truth of a condition, or null and the failure for which it could not be computed."""
    try:
        return condition.evaluate(frame), None  # type: ignore[return-value]
    except Failure as failure:
        return None, failure


def _from_truth(
    criterion: CheckedCriterion, around: Around, truth: Truth, facts: frozenset[str], error: Failure | None
) -> Held:
    unmet = around.unmet or Outcome.DENY
    if truth is True:
        return _held(criterion, Status.MET, Outcome.APPROVE, Outcome.APPROVE)
    if truth is False:
        return _held(criterion, Status.NOT_MET, unmet, unmet)
    return _held(criterion, Status.UNKNOWN, unmet, Outcome.APPROVE, facts, error=error, grade=around.grade)


def _judgment(criterion: CheckedCriterion, case: Case, around: Around) -> Held:
    answer = case.judgments.get(criterion.id)
    held = _from_truth(criterion, around, None if answer is None else answer.met, NO_FACTS, None)
    return replace(held, is_open=answer is None)


def _under_open_given(held: Held, around: Around, facts: frozenset[str], error: Failure | None) -> Held:
    """`given` is not known: what is no worse for not applying is what it is, all else lies between both."""
    settled = Status.NOT_MET if around.excludes else Status.MET
    if held.status in (settled, Status.NOT_APPLICABLE):
        return held
    perhaps = _not_applicable(around)
    return replace(
        held,
        status=Status.UNKNOWN,
        low=min(held.low, perhaps),
        high=max(held.high, perhaps),
        facts=facts | held.facts,
        error=held.error or error,
        grade=around.grade,
    )


# --- groups ---


def _group(criterion: CheckedCriterion, group: CheckedGroup, case: Case, frames: Frames, around: Around) -> Held:
    within = around_children(group, around)
    children = tuple(hold(child, case, frames, within) for child in group.children)
    low, high = _combined(group, [_in_group(child, group.kind, around.unmet or Outcome.DENY) for child in children])
    status = Status.MET if low is Outcome.APPROVE else Status.UNKNOWN if high is Outcome.APPROVE else Status.NOT_MET
    if all(child.status is Status.NOT_APPLICABLE for child in children):
        status = Status.NOT_APPLICABLE
    return _held(criterion, status, low, high, children=children)


def _in_group(child: Held, kind: GroupKind, met: Outcome = Outcome.DENY) -> Range:
    """What a child brings to its group; to `none` the outcome `met` when it is met."""
    return against(child, met) if kind is GroupKind.NONE else (child.low, child.high)


def against(held: Held, met: Outcome = Outcome.DENY) -> Range:
    """The outcomes of a criterion that speaks against approval: `met` when it is met, else approve."""
    approve = Outcome.APPROVE
    return met if held.high is approve else approve, met if held.low is approve else approve


def _combined(group: CheckedGroup, ranges: Sequence[Range]) -> Range:
    return _decisive(group, [low for low, _ in ranges]), _decisive(group, [high for _, high in ranges])


def _decisive(group: CheckedGroup, outcomes: list[Outcome]) -> Outcome:
    match group.kind:
        case GroupKind.ALL | GroupKind.NONE:
            return min(outcomes, default=Outcome.APPROVE)
        case GroupKind.ANY:
            return max(outcomes, default=Outcome.DENY)
        case GroupKind.AT_LEAST:
            return sorted(outcomes, reverse=True)[group.count - 1]


# --- what matters ---


def leaves_that_matter(held: Held, worst: Outcome = Outcome.DENY, best: Outcome = Outcome.APPROVE) -> Iterator[Held]:
    """The criteria under an open one whose missing facts can still change the decision.

    All around it leaves the decision open between `worst` and `best` only. A part matters when it can still move in
    there: at its worst it is worse than the best, at its best better than the worst.
    """
    group = held.criterion.body
    if held.facts or held.is_open or held.error or not isinstance(group, CheckedGroup):
        yield held
    if not isinstance(group, CheckedGroup):
        return
    ranges = [_in_group(child, group.kind) for child in held.children]
    low, high = _combined(group, ranges)
    window = max(worst, low), min(best, high)
    for child, within in zip(held.children, ranges, strict=True):
        if is_across(within, window):
            yield from leaves_that_matter(child, *window)


def is_across(part: Range, window: Range) -> bool:
    """Whether a part that lies in one range can still make a difference in a window."""
    return max(part[0], window[0]) < min(part[1], window[1])


def leaves_that_decide(held: Held) -> Iterator[Held]:
    """The leaves by which a known criterion is what it is: for a met group the met ones, for an unmet one the unmet.

    Of the unmet ones these are those that lead to what the group leads to: the worst of `all`, the closest of `any`.
    """
    body = held.criterion.body
    if not isinstance(body, CheckedGroup) or (body.kind is GroupKind.NONE and held.status is Status.MET):
        yield held
        return
    wanted = Status.MET if body.kind is GroupKind.NONE else held.status
    for child in held.children:
        if child.status is wanted and (wanted is not Status.NOT_MET or child.high is held.high):
            yield from leaves_that_decide(child)
