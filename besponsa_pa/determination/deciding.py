"""What the pathways of a policy come to for a case, and what of it is open, decides and is told as the reason.

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

from collections.abc import Iterable, Iterator, Mapping, Sequence

from besponsa_pa.case import Case
from besponsa_pa.determination.findings import Decision, Part, Pend, Status, Verdict
from besponsa_pa.determination.holding import (
    EXCLUDING,
    Frames,
    Held,
    Outcome,
    Range,
    against,
    hold,
    is_across,
    leaves_that_decide,
    leaves_that_matter,
    truth_as_stated,
)
from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.facts import declared_name
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


# --- what both looks come to ---


@dataclass(frozen=True, slots=True)
class Settled:
    """What both looks come to: the decision, the pathway it is taken in, what is open, why."""

    stated: Decided
    documented: Decided
    decision: Decision
    pend: Pend | None
    chosen: PathwayHeld | None
    matters: tuple[Open, ...]
    unanswered: frozenset[str]
    reasons: tuple[str, ...]


def settled(stated: Decided, documented: Decided) -> Settled:
    """What a case comes to that was decided on what it states, and on what of that is documented."""
    decision = final(stated, documented)
    unanswered = tuple(_matters(stated)) if stated.decision is Decision.PEND else ()
    matters = unanswered if documented is stated else tuple(_matters(documented)) + unanswered
    matters = matters if decision is Decision.PEND else ()
    # what an approval stands on is documented; a denial needs no documents
    chosen = _chosen(stated if decision is Decision.DENY else documented, decision)
    pend = _pend(decision, stated, chosen, _places(matters), _places(unanswered))
    reasons = _reasons(decision, documented, chosen, matters)
    return Settled(stated, documented, decision, pend, chosen, matters, _places(unanswered), reasons)


def verdict_of(compiled: CompiledPolicy, found: Settled) -> Verdict:
    """The decision and what decides it."""
    names = {declared_name(place) for place in _places(found.matters)}
    return Verdict(
        found.decision,
        found.pend,
        None if found.chosen is None else found.chosen.pathway.name,
        found.reasons,
        tuple(name for name in compiled.policy.facts if name in names) if names else (),
    )


def final(stated: Decided, documented: Decided) -> Decision:
    """The decision of both looks: an approval that is not documented pends."""
    if stated.decision is Decision.APPROVE and documented.decision is not Decision.APPROVE:
        return Decision.PEND
    return stated.decision


def _chosen(decided: Decided, decision: Decision) -> PathwayHeld | None:
    """The pathway that the decision is taken in: the one that approves, else the one that comes closest."""
    if decision is Decision.APPROVE:
        return next(p for p in decided.pathways if p.applies is True and p.low is Outcome.APPROVE)
    if any(_waits_for_when(pathway, decided) for pathway in decided.pathways):
        return None
    applying = (pathway for pathway in decided.pathways if pathway.applies is True)
    return max(applying, key=lambda pathway: (pathway.high, pathway.low), default=None)


def _waits_for_when(pathway: PathwayHeld, decided: Decided) -> bool:
    """Whether it is not known if a pathway applies, and what the pathways come to together may depend on it."""
    return pathway.applies is not True and (pathway.high > decided.low or decided.low is Outcome.DENY)


# --- what is still open ---


@dataclass(frozen=True, slots=True)
class Open:
    """Missing facts that can still change the decision, and the criterion they serve: none for `when` and `grant`."""

    facts: frozenset[str]
    held: Held | None


def _matters(decided: Decided) -> Iterator[Open]:
    """What is open and can still change what the pathways come to together, the best of them."""
    for pathway in decided.pathways:
        if _waits_for_when(pathway, decided):
            yield Open(pathway.facts, None)
        window = max(pathway.low, decided.low), min(pathway.high, decided.high)
        yield from _matters_in(pathway, window)


def _matters_in(pathway: PathwayHeld, window: Range) -> Iterator[Open]:
    """What is open in a pathway that matters only in a window of outcomes."""
    for part in pathway.parts:
        if is_across((part.low, part.high), window):
            for held in leaves_that_matter(part.held, *window):
                yield Open(held.facts, held)
    grant = pathway.grant
    if grant.facts and is_across((grant.low, grant.high), window):
        yield Open(grant.facts, None)


def _pend(
    decision: Decision,
    stated: Decided,
    chosen: PathwayHeld | None,
    places: frozenset[str],
    unanswered: frozenset[str],
) -> Pend | None:
    """What a pend waits for. An unmet requirement that asks a person asks one, whatever else is open."""
    if decision is not Decision.PEND:
        return None
    if stated.decision is Decision.APPROVE:
        return Pend.DOCUMENTATION
    if chosen is not None and any(p.part is Part.REQUIRE and p.high is Outcome.PEND for p in chosen.parts):
        return Pend.CLINICAL_REVIEW
    if unanswered:
        return Pend.INFORMATION
    return Pend.DOCUMENTATION if places else Pend.CLINICAL_REVIEW


def _places(matters: Iterable[Open]) -> frozenset[str]:
    return frozenset(place for each in matters for place in each.facts)


# --- reasons ---


def _reasons(
    decision: Decision, decided: Decided, chosen: PathwayHeld | None, matters: Iterable[Open]
) -> tuple[str, ...]:
    """The ids of the criteria that decide: met ones approve, unmet and excluding ones deny, undecided ones pend."""
    leaves: list[Held] = []
    match decision:
        case Decision.APPROVE if chosen is not None:
            for part in chosen.parts:
                if part.part is Part.REQUIRE:
                    leaves += (leaf for leaf in leaves_that_decide(part.held) if leaf.status is Status.MET)
        case Decision.DENY:
            for pathway in decided.pathways:
                leaves += _against(pathway, Outcome.DENY)
        case _:
            for pathway in decided.pathways:
                if pathway.high is Outcome.PEND:
                    leaves += _against(pathway, Outcome.PEND)
            leaves += (each.held for each in matters if each.held is not None)
    return tuple(dict.fromkeys(leaf.criterion.id for leaf in leaves))


def _against(pathway: PathwayHeld, outcome: Outcome) -> Iterator[Held]:
    """The leaves by which the pathway cannot come to more than an outcome: requirements first, as they are written."""
    for part in requirements_first(pathway):
        if part.high is outcome:
            yield from leaves_that_decide(part.held)


def requirements_first(pathway: PathwayHeld) -> Sequence[PartHeld]:
    """The parts of a pathway as a person reads them."""
    return sorted(pathway.parts, key=lambda part: part.part is not Part.REQUIRE)
