"""From what was decided to the determination that a person reads: reasons, findings, missing facts, references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from besponsa_pa.case import Case
from besponsa_pa.determination.deciding import Decided, PartHeld, PathwayHeld
from besponsa_pa.determination.filling import Readings, readings_of
from besponsa_pa.determination.findings import (
    Decision,
    Determination,
    Finding,
    MissingFact,
    OpenJudgment,
    Part,
    Pend,
    Status,
    ToldAdvisory,
    Verdict,
)  # fmt: skip
from besponsa_pa.determination.holding import (
    Held,
    Outcome,
    Range,
    is_across,
    leaves_that_decide,
    leaves_that_matter,
    truth_of,
)
from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.facts import FactDeclaration, declared_name
from besponsa_pa.policy.model import (
    CheckedAdvisory,
    CheckedGrant,
    CheckedGroup,
    CheckedLeaf,
    Citation,
    CompiledPolicy,
    Condition,
    GroupKind,
    Judgment,
    Policy,
    Reference,
)  # fmt: skip
from besponsa_pa.records import dataclass, maker
from besponsa_pa.types import Simple

_finding_of = maker(Finding)


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A determination without what is a case's own, which `filling` puts in: values, dates, what is granted.

    `readings` are, for each finding, what its conditions read; `grant` is what is granted, as the policy writes it.
    """

    determination: Determination
    readings: tuple[Readings, ...]
    grant: Mapping[str, CheckedGrant] | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What both looks come to: the decision, the pathway it is taken in, what is open, why."""

    stated: Decided
    documented: Decided
    decision: Decision
    pend: Pend | None
    chosen: PathwayHeld | None
    matters: tuple[_Open, ...]
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


def skeleton_of(compiled: CompiledPolicy, case: Case, found: Settled, told: Sequence[bool]) -> Skeleton:
    """All that a determination says which is the same for every case with the same truths.

    `told` says of each advisory whether it holds. Of the case is asked only which of the facts that matter it has.
    """
    policy, chosen = compiled.policy, found.chosen
    shown = tuple(_findings(found.stated, found.documented, policy))
    findings = tuple(finding for finding, _ in shown)
    advisories = tuple(_told(each) for each, holds in zip(compiled.advisories, told, strict=True) if holds)
    otherwise = compiled.otherwise if not found.stated.pathways else None
    is_approved = found.decision is Decision.APPROVE and chosen is not None
    determination = Determination(
        case=None,
        decision=found.decision,
        pend=found.pend,
        pathway=None if chosen is None else chosen.pathway.name,
        pathway_title=None if chosen is None else chosen.pathway.title,
        as_of=None,
        policy=policy.id,
        title=policy.title,
        version=policy.version,
        digest=policy.digest,
        policy_name=policy.name,
        in_force=None,
        reasons=found.reasons,
        explanation=_unevaluated(found.documented) or (None if otherwise is None else otherwise.title),
        findings=findings,
        missing=_missing(compiled, case, found.matters, found.unanswered),
        judgments=tuple(dict.fromkeys(_judgments(found.matters))),
        grant=None,
        advisories=advisories,
        references=_references(policy, findings, advisories, () if otherwise is None else otherwise.cite),
        human_review_required=found.decision is Decision.DENY or found.pend is Pend.CLINICAL_REVIEW,
    )
    grant = chosen.pathway.grant if is_approved and chosen and chosen.pathway.grant else None
    return Skeleton(determination, tuple(readings for _, readings in shown), grant)


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
class _Open:
    """Missing facts that can still change the decision, and the criterion they serve: none for `when` and `grant`."""

    facts: frozenset[str]
    held: Held | None


def _matters(decided: Decided) -> Iterator[_Open]:
    """What is open and can still change what the pathways come to together, the best of them."""
    for pathway in decided.pathways:
        if _waits_for_when(pathway, decided):
            yield _Open(pathway.facts, None)
        window = max(pathway.low, decided.low), min(pathway.high, decided.high)
        yield from _matters_in(pathway, window)


def _matters_in(pathway: PathwayHeld, window: Range) -> Iterator[_Open]:
    """What is open in a pathway that matters only in a window of outcomes."""
    for part in pathway.parts:
        if is_across((part.low, part.high), window):
            for held in leaves_that_matter(part.held, *window):
                yield _Open(held.facts, held)
    grant = pathway.grant
    if grant.facts and is_across((grant.low, grant.high), window):
        yield _Open(grant.facts, None)


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


def _places(matters: Iterable[_Open]) -> frozenset[str]:
    return frozenset(place for each in matters for place in each.facts)


def _missing(
    compiled: CompiledPolicy, case: Case, matters: Sequence[_Open], unanswered: frozenset[str]
) -> tuple[MissingFact, ...]:
    """The facts to ask for, in the order in which the policy declares them."""
    served: dict[str, list[_Open]] = {}
    for each in matters:
        for name in {declared_name(place) for place in each.facts}:
            served.setdefault(name, []).append(each)
    return tuple(
        _missing_fact(fact, served[name], name in case.facts, unanswered)
        for name, fact in (compiled.policy.facts.items() if served else ())
        if name in served
    )


def _missing_fact(
    fact: FactDeclaration, matters: Sequence[_Open], is_there: bool, unanswered: frozenset[str]
) -> MissingFact:
    own = sorted({place for each in matters for place in each.facts if declared_name(place) == fact.name})
    held = [each.held for each in matters if each.held is not None]
    return MissingFact(
        fact=fact.name,
        ask=fact.ask,
        values=(fact.type.values or ()) if isinstance(fact.type, Simple) else (),
        known=None,
        places=tuple(place for place in own if place != fact.name),
        evidence=next((each.grade for each in held if each.grade is not None), fact.evidence),
        undocumented=is_there and unanswered.isdisjoint(own),
        criteria=tuple(dict.fromkeys(each.criterion.id for each in held)),
    )


def _judgments(matters: Iterable[_Open]) -> Iterator[OpenJudgment]:
    for each in matters:
        if each.held is not None and each.held.is_open and isinstance(each.held.criterion.body, Judgment):
            yield OpenJudgment(each.held.criterion.id, each.held.criterion.body.question)


# --- reasons ---


def _reasons(
    decision: Decision, decided: Decided, chosen: PathwayHeld | None, matters: Iterable[_Open]
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
    for part in _requirements_first(pathway):
        if part.high is outcome:
            yield from leaves_that_decide(part.held)


# --- findings ---


def _findings(stated: Decided, documented: Decided, policy: Policy) -> Iterator[tuple[Finding, Readings]]:
    """A finding for each criterion of each pathway that applies or may, in the order of the policy; each once."""
    known_facts = {
        (part.part, held.criterion.id): held.facts
        for pathway in (documented.pathways if documented is not stated else ())
        for part in pathway.parts
        for held, _ in _flat(part.held, None)
    }
    seen: set[tuple[Part, str]] = set()
    for pathway in stated.pathways:
        for part in _requirements_first(pathway):
            for held, within in _flat(part.held, None):
                key = (part.part, held.criterion.id)
                if key in seen:
                    continue
                seen.add(key)
                undocumented = known_facts.get(key, held.facts) - held.facts
                place = (pathway.pathway.name, part.part, within)
                yield _finding(held, place, undocumented), readings_of(_conditions(held), policy)


def _requirements_first(pathway: PathwayHeld) -> Sequence[PartHeld]:
    return sorted(pathway.parts, key=lambda part: part.part is not Part.REQUIRE)


def _flat(held: Held, within: str | None) -> Iterator[tuple[Held, str | None]]:
    """A criterion and what is in it; the group around all requirements has no finding of its own."""
    is_whole = within is None and held.criterion.id == "require" and bool(held.children)
    if not is_whole:
        yield held, within
    for child in held.children:
        yield from _flat(child, within if is_whole else held.criterion.id)


def _conditions(held: Held) -> list[Condition]:
    """The conditions of which a finding shows what they read: the check only where it applies."""
    body = held.criterion.body
    check = body.check if isinstance(body, CheckedLeaf) and held.status is not Status.NOT_APPLICABLE else None
    return [condition for condition in (held.criterion.given, check) if condition is not None]


def _finding(held: Held, place: tuple[str, Part, str | None], undocumented: frozenset[str]) -> Finding:
    criterion = held.criterion
    check = criterion.body.check if isinstance(criterion.body, CheckedLeaf) else None
    group = criterion.body if isinstance(criterion.body, CheckedGroup) else None
    is_applicable = held.status is not Status.NOT_APPLICABLE
    return _finding_of(
        criterion=criterion.id,
        title=criterion.title,
        pathway=place[0],
        part=place[1],
        within=place[2],
        status=held.status,
        given=None if criterion.given is None else criterion.given.text,
        check=None if check is None else check.text,
        question=criterion.body.question if isinstance(criterion.body, Judgment) else None,
        values={},
        wanted=check.wanted if check is not None and is_applicable else {},
        missing=tuple(dict.fromkeys(declared_name(place) for place in sorted(held.facts))),
        undocumented=tuple(sorted(undocumented)),
        citations=criterion.cite,
        interpretation=criterion.interpretation,
        error=None if held.error is None else _error(held.error),
        group=group.kind if group is not None else None,
        count=group.count if group is not None and group.kind is GroupKind.AT_LEAST else None,
        places=tuple(place for place in sorted(held.facts) if place != declared_name(place)),
    )


def _error(failure: Failure) -> str:
    """The failure and its place; of the file only its own name, which is the same on every machine."""
    span = failure.span
    file = span.source.name.rpartition("/")[2]
    return f"{failure.message} ({file}:{span.line}:{span.column})"


# --- the rest ---


def advisories_told(compiled: CompiledPolicy, frame: Frame) -> tuple[bool, ...]:
    """Of each advisory whether it holds."""
    return tuple(each.when is None or truth_of(each.when, frame)[0] is True for each in compiled.advisories)


def _told(advisory: CheckedAdvisory) -> ToldAdvisory:
    return ToldAdvisory(advisory.id, advisory.text, advisory.cite, advisory.interpretation)


def _unevaluated(decided: Decided) -> str | None:
    """What has no value outside the criteria, where the case pends with it; None when all has."""
    if decided.decision is not Decision.PEND:
        return None
    return "; ".join(said for pathway in decided.pathways for said in _unevaluated_in(pathway)) or None


def _unevaluated_in(pathway: PathwayHeld) -> Iterator[str]:
    name = pathway.pathway.name
    if pathway.applies is None:
        yield f"`when` of `{name}` " + _without_value(pathway.error)
    if pathway.grant.high is Outcome.PEND:
        yield f"the grant of `{name}` " + _without_value(pathway.grant.error)


def _without_value(failure: Failure | None) -> str:
    return "has no value" if failure is None else f"could not be evaluated: {_error(failure)}"


def _references(
    policy: Policy, findings: Iterable[Finding], advisories: Iterable[ToldAdvisory], others: Iterable[Citation]
) -> tuple[tuple[Reference, tuple[str, ...]], ...]:
    """What is cited, by number, each with the sections that are."""
    sections: dict[str, dict[str, None]] = {}
    for citations in (*(f.citations for f in findings), *(a.citations for a in advisories), tuple(others)):
        for citation in citations:
            places = sections.setdefault(citation.reference, {})
            if citation.at is not None:
                places[citation.at] = None
    ordered = sorted(policy.references.values(), key=lambda r: (r.number is None, r.number or 0))
    return tuple((reference, tuple(sections[reference.name])) for reference in ordered if reference.name in sections)
