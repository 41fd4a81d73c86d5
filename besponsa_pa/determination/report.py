"""From what was decided to the determination that a person reads: reasons, findings, missing facts, references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from besponsa_pa.case import Case
from besponsa_pa.determination.deciding import Decided, PartHeld, PathwayHeld
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
from besponsa_pa.expression.compare import less, less_or_equal
from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.facts import REQUEST_DATE, declared_name
from besponsa_pa.policy.model import (
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
from besponsa_pa.records import dataclass
from besponsa_pa.types import Simple
from besponsa_pa.values import Missing, Uncertain, UncertainList, Value


def report(compiled: CompiledPolicy, case: Case, frame: Frame, stated: Decided, documented: Decided) -> Determination:
    """The determination for a case decided on what it states, and on what of that is documented.

    `frame` is the one that the statements were decided in: it knows the definitions that have been computed.
    """
    policy = compiled.policy
    decision = final(stated, documented)
    unanswered = tuple(_matters(stated)) if stated.decision is Decision.PEND else ()
    matters = unanswered if documented is stated else tuple(_matters(documented)) + unanswered
    matters = matters if decision is Decision.PEND else ()
    findings = tuple(_findings(stated, documented, frame))
    advisories = tuple(_advisories(compiled, frame))
    # what an approval stands on is documented; a denial needs no documents
    chosen = _chosen(stated if decision is Decision.DENY else documented, decision)
    is_approved = decision is Decision.APPROVE and chosen is not None
    pend = _pend(decision, stated, chosen, _places(matters), _places(unanswered))
    otherwise = compiled.otherwise if not stated.pathways else None
    return Determination(
        case=case.id,
        decision=decision,
        pend=pend,
        pathway=None if chosen is None else chosen.pathway.name,
        pathway_title=None if chosen is None else chosen.pathway.title,
        as_of=case.facts.get(REQUEST_DATE),
        policy=policy.id,
        title=policy.title,
        version=policy.version,
        digest=policy.digest,
        policy_name=policy.name,
        in_force=_in_force(policy, case.facts.get(REQUEST_DATE)),
        reasons=_reasons(decision, documented, chosen, matters),
        explanation=_unevaluated(documented) or (None if otherwise is None else otherwise.title),
        findings=findings,
        missing=_missing(compiled, case, matters, _places(unanswered)),
        judgments=tuple(dict.fromkeys(_judgments(matters))),
        grant=chosen.grant.values if is_approved and chosen and chosen.pathway.grant else None,
        advisories=advisories,
        references=_references(policy, findings, advisories, () if otherwise is None else otherwise.cite),
        human_review_required=decision is Decision.DENY or pend is Pend.CLINICAL_REVIEW,
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
    places = _places(matters)
    if not places:
        return ()
    facts = []
    for name, fact in compiled.policy.facts.items():
        own = sorted(place for place in places if declared_name(place) == name)
        if not own:
            continue
        known = case.facts.get(name)
        served = dict.fromkeys(
            each.held.criterion.id for each in matters if each.held is not None and not each.facts.isdisjoint(own)
        )
        grades = [each.held.grade for each in matters if each.held is not None and not each.facts.isdisjoint(own)]
        facts.append(
            MissingFact(
                fact=name,
                ask=fact.ask,
                values=(fact.type.values or ()) if isinstance(fact.type, Simple) else (),
                known=known if isinstance(known, Uncertain) else None,
                places=tuple(place for place in own if place != name),
                evidence=next((grade for grade in grades if grade is not None), fact.evidence),
                undocumented=name in case.facts and unanswered.isdisjoint(own),
                criteria=tuple(served),
            )
        )
    return tuple(facts)


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


def _findings(stated: Decided, documented: Decided, frame: Frame) -> Iterator[Finding]:
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
                yield _finding(held, place, undocumented, frame)


def _requirements_first(pathway: PathwayHeld) -> Sequence[PartHeld]:
    return sorted(pathway.parts, key=lambda part: part.part is not Part.REQUIRE)


def _flat(held: Held, within: str | None) -> Iterator[tuple[Held, str | None]]:
    """A criterion and what is in it; the group around all requirements has no finding of its own."""
    is_whole = within is None and held.criterion.id == "require" and bool(held.children)
    if not is_whole:
        yield held, within
    for child in held.children:
        yield from _flat(child, within if is_whole else held.criterion.id)


def _finding(held: Held, place: tuple[str, Part, str | None], undocumented: frozenset[str], frame: Frame) -> Finding:
    criterion = held.criterion
    check = criterion.body.check if isinstance(criterion.body, CheckedLeaf) else None
    group = criterion.body if isinstance(criterion.body, CheckedGroup) else None
    shows_check = held.status is not Status.NOT_APPLICABLE
    conditions = [c for c in (criterion.given, check if shows_check else None) if c is not None]
    missing = tuple(dict.fromkeys(declared_name(place) for place in sorted(held.facts)))
    in_part = {fact: frame[fact] for fact in missing if isinstance(frame.get(fact), Uncertain)}
    return Finding(
        criterion=criterion.id,
        title=criterion.title,
        pathway=place[0],
        part=place[1],
        within=place[2],
        status=held.status,
        given=None if criterion.given is None else criterion.given.text,
        check=None if check is None else check.text,
        question=criterion.body.question if isinstance(criterion.body, Judgment) else None,
        values={**_values(conditions, frame), **in_part},
        wanted=check.wanted if check is not None and shows_check else {},
        missing=missing,
        undocumented=tuple(sorted(undocumented)),
        citations=criterion.cite,
        interpretation=criterion.interpretation,
        error=None if held.error is None else _error(held.error),
        group=group.kind if group is not None else None,
        count=group.count if group is not None and group.kind is GroupKind.AT_LEAST else None,
        places=tuple(place for place in sorted(held.facts) if place != declared_name(place)),
    )


def _values(conditions: Iterable[Condition], frame: Frame) -> Mapping[str, Value]:
    values: dict[str, Value] = {}
    for condition in conditions:
        for name, reading in condition.readings.items():
            try:
                value = reading(frame)
            except Failure:
                continue
            if value is not None and not isinstance(value, (Missing, UncertainList)):
                values[name] = value
    return values


def _error(failure: Failure) -> str:
    """The failure and its place; of the file only its own name, which is the same on every machine."""
    span = failure.span
    file = span.source.name.rpartition("/")[2]
    return f"{failure.message} ({file}:{span.line}:{span.column})"


# --- the rest ---


def _advisories(compiled: CompiledPolicy, frame: Frame) -> Iterator[ToldAdvisory]:
    for advisory in compiled.advisories:
        if advisory.when is None or truth_of(advisory.when, frame)[0] is True:
            yield ToldAdvisory(advisory.id, advisory.text, advisory.cite, advisory.interpretation)


def _in_force(policy: Policy, date: Value) -> bool | None:
    if date is None or isinstance(date, Missing):
        return None
    begun = True if policy.effective_from is None else less_or_equal(policy.effective_from, date)
    ended = False if policy.effective_to is None else less(policy.effective_to, date)
    if begun is False or ended is True:
        return False
    return True if begun is True and ended is False else None


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
