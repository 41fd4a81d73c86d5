"""From what was decided to the determination that a person reads: findings, missing facts, advisories, references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from besponsa_pa.case import Case
from besponsa_pa.determination.deciding import Decided, Open, PathwayHeld, Settled, requirements_first
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
)  # fmt: skip
from besponsa_pa.determination.holding import (
    Held,
    Outcome,
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


# --- what is still open ---


def _missing(
    compiled: CompiledPolicy, case: Case, matters: Sequence[Open], unanswered: frozenset[str]
) -> tuple[MissingFact, ...]:
    """The facts to ask for, in the order in which the policy declares them."""
    served: dict[str, list[Open]] = {}
    for each in matters:
        for name in {declared_name(place) for place in each.facts}:
            served.setdefault(name, []).append(each)
    return tuple(
        _missing_fact(fact, served[name], name in case.facts, unanswered)
        for name, fact in (compiled.policy.facts.items() if served else ())
        if name in served
    )


def _missing_fact(
    fact: FactDeclaration, matters: Sequence[Open], is_there: bool, unanswered: frozenset[str]
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


def _judgments(matters: Iterable[Open]) -> Iterator[OpenJudgment]:
    for each in matters:
        if each.held is not None and each.held.is_open and isinstance(each.held.criterion.body, Judgment):
            yield OpenJudgment(each.held.criterion.id, each.held.criterion.body.question)


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
        for part in requirements_first(pathway):
            for held, within in _flat(part.held, None):
                key = (part.part, held.criterion.id)
                if key in seen:
                    continue
                seen.add(key)
                undocumented = known_facts.get(key, held.facts) - held.facts
                place = (pathway.pathway.name, part.part, within)
                yield _finding(held, place, undocumented), readings_of(_conditions(held), policy)


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
