"""What the pathways of a policy come to for a case.

A pathway is decided by the worst of its parts, the case by the best of its pathways. Each part is known between
two outcomes (see `holding`), which makes the table of the language one rule:

    exclude     require     review      decision
    any true                            deny
                false                   deny; pend when every decisive unmet criterion says `on_unmet: pend`
                unknown, or exclude     pend
    none true   true        any true    pend
    none true   true        unknown     pend, also when the grant needs a missing fact
    none true   true        none true   approve

What is still open between two outcomes pends, and only what lies across that gap is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from besponsa_pa.case import Case
from besponsa_pa.determination.findings import Decision, Part
from besponsa_pa.determination.holding import EXCLUDING, Frames, Held, Outcome, against, hold, truth_as_stated
from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.policy.model import CheckedGrant, CheckedPathway, CompiledPolicy, Condition, GrantedValue
from besponsa_pa.records import dataclass
from besponsa_pa.values import NO_FACTS, UNKNOWN, Truth

DECISIONS = {Outcome.DENY: Decision.DENY, Outcome.PEND: Decision.PEND, Outcome.APPROVE: Decision.APPROVE}


def decide(compiled: CompiledPolicy, case: Case, frames: Frames) -> Decided:
    """The pathways of a policy held against a case, and the decision that they come to."""
    held = (_hold_pathway(pathway, case, frames) for pathway in compiled.pathways)
    pathways = tuple(pathway for pathway in held if pathway.applies is not False)
    if not pathways:
        return _otherwise(compiled)
    low = max(pathway.low if pathway.applies is True else Outcome.DENY for pathway in pathways)
    high = max(pathway.high for pathway in pathways)
    return Decided(pathways, _decision(pathways, low, high), low, high)


# --- pathways ---


@dataclass(frozen=True, slots=True)
class PartHeld:
    """A criterion in its part of the pathway, and the outcomes that it leaves open."""

    part: Part
    held: Held
    low: Outcome
    high: Outcome


@dataclass(frozen=True, slots=True)
class GrantHeld:
    """What a pathway grants; the facts missing for it; the outcomes that they leave open; a failure."""

    values: Mapping[str, GrantedValue]
    facts: frozenset[str]
    low: Outcome
    high: Outcome
    error: Failure | None


@dataclass(frozen=True, slots=True)
class PathwayHeld:
    """A pathway held against a case; `applies` is the truth of its `when`, `facts` are those it is missing.

    `low` and `high` are what it comes to if it applies.
    """

    pathway: CheckedPathway
    applies: Truth
    facts: frozenset[str]
    error: Failure | None
    parts: tuple[PartHeld, ...]
    grant: GrantHeld
    low: Outcome
    high: Outcome


@dataclass(frozen=True, slots=True)
class Decided:
    """The pathways that apply or may apply, and what they come to."""

    pathways: tuple[PathwayHeld, ...]
    decision: Decision
    low: Outcome
    high: Outcome


NOTHING_GRANTED = GrantHeld({}, NO_FACTS, Outcome.APPROVE, Outcome.APPROVE, None)


def _otherwise(compiled: CompiledPolicy) -> Decided:
    """No pathway applies: what the policy says then, and a person where it says nothing."""
    outcome = Outcome.PEND if compiled.otherwise is None else Outcome[compiled.otherwise.decision.upper()]
    return Decided((), DECISIONS[outcome], outcome, outcome)


def _decision(pathways: Sequence[PathwayHeld], low: Outcome, high: Outcome) -> Decision:
    """Approve if one surely approves; deny if all surely apply and surely deny; else pend."""
    if low is Outcome.APPROVE:
        return Decision.APPROVE
    if high is Outcome.DENY and all(pathway.applies is True for pathway in pathways):
        return Decision.DENY
    return Decision.PEND


def _hold_pathway(pathway: CheckedPathway, case: Case, frames: Frames) -> PathwayHeld:
    applies, facts, error = truth_as_stated(pathway.when, frames[None], False)
    if applies is False:
        return PathwayHeld(pathway, False, facts, None, (), NOTHING_GRANTED, Outcome.DENY, Outcome.DENY)
    parts = tuple(_parts(pathway, case, frames))
    grant = _grant(pathway.grant, frames[None][-1])
    low = min(grant.low, *(part.low for part in parts)) if parts else grant.low
    high = min(grant.high, *(part.high for part in parts)) if parts else grant.high
    return PathwayHeld(pathway, applies, facts, error, parts, grant, low, high)


def _parts(pathway: CheckedPathway, case: Case, frames: Frames) -> Iterator[PartHeld]:
    for criterion in pathway.exclude:
        held = hold(criterion, case, frames, EXCLUDING)
        yield PartHeld(Part.EXCLUDE, held, *against(held))
    if pathway.require is not None:
        held = hold(pathway.require, case, frames)
        yield PartHeld(Part.REQUIRE, held, held.low, held.high)
    for criterion in pathway.review:
        held = hold(criterion, case, frames, EXCLUDING)
        yield PartHeld(Part.REVIEW, held, *against(held, Outcome.PEND))


def _grant(grant: Mapping[str, CheckedGrant], frame: Frame) -> GrantHeld:
    """What is granted. A value that a missing fact would tell waits for it; one that is null asks a person."""
    values: dict[str, GrantedValue] = {}
    inner: list[GrantHeld] = []
    for name, wanted in grant.items():
        if isinstance(wanted, Mapping):
            inner.append(_grant(wanted, frame))
            values[name] = inner[-1].values
        else:
            inner.append(_granted(wanted, frame))
            values[name] = inner[-1].values["value"]
    facts = NO_FACTS.union(*(each.facts for each in inner))
    low = min((each.low for each in inner), default=Outcome.APPROVE)
    high = min((each.high for each in inner), default=Outcome.APPROVE)
    return GrantHeld(values, facts, low, high, next((each.error for each in inner if each.error), None))


def _granted(wanted: Condition, frame: Frame) -> GrantHeld:
    try:
        value = wanted.evaluate(frame)
    except Failure as failure:
        return GrantHeld({"value": None}, NO_FACTS, Outcome.PEND, Outcome.PEND, failure)
    if isinstance(value, UNKNOWN):
        return GrantHeld({"value": None}, value.facts, Outcome.PEND, Outcome.APPROVE, None)
    outcome = Outcome.PEND if value is None else Outcome.APPROVE
    return GrantHeld({"value": value}, NO_FACTS, outcome, outcome, None)
