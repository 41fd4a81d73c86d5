"""Evidence: which facts of a case a decision may stand on."""

from __future__ import annotations

from collections.abc import Mapping

from besponsa_pa.case import Case
from besponsa_pa.determination.holding import Frames
from besponsa_pa.expression.frames import Frame
from besponsa_pa.facts import REQUEST_DATE, FactDeclaration, Grade
from besponsa_pa.policy.model import CompiledPolicy, criteria_of
from besponsa_pa.values import UncertainList


def stated(case: Case) -> Frames:
    """The facts of the case as it states them, on whatever evidence."""
    frame: Frame = dict(case.facts)
    return dict.fromkeys((None, *Grade), (frame,))


def asks_for_evidence(compiled: CompiledPolicy) -> bool:
    """Whether any fact or criterion of a policy asks for evidence at all."""
    if any(fact.evidence is not None for fact in compiled.policy.facts.values()):
        return True
    return any(c.evidence is not None for pathway in compiled.pathways for c in criteria_of(pathway))


def grades_asked_for(compiled: CompiledPolicy) -> tuple[Grade | None, ...]:
    """The grades that criteria ask for; None, what the facts themselves ask for, is always among them."""
    asked = {c.evidence for pathway in compiled.pathways for c in criteria_of(pathway)}
    return (None, *(grade for grade in Grade if grade in asked))


def kinds_wanted(compiled: CompiledPolicy) -> Mapping[str, tuple[Grade, ...]]:
    """The evidence that is enough for a fact, whoever asks for it, of the facts that any is asked for."""
    grades, found = grades_asked_for(compiled), {}
    for name, fact in compiled.policy.facts.items():
        wanted = {each for each in (_wanted(fact, grade) for grade in grades) if each is not None}
        if wanted:
            found[name] = tuple(kind for kind in Grade if all(kind.satisfies(each) for each in wanted))
    return found


def documented(compiled: CompiledPolicy, case: Case) -> Frames:
    """The facts as stated, then those that have the evidence asked for: by the criterion first, else by the fact."""
    frame: Frame = dict(case.facts)
    return {grade: (frame, with_evidence(compiled, case, grade)) for grade in (None, *Grade)}


def with_evidence(compiled: CompiledPolicy, case: Case, grade: Grade | None) -> Frame:
    """The facts of a case that have the evidence asked for."""
    facts = compiled.policy.facts
    return {
        name: value
        for name, value in case.facts.items()
        if (wanted := _wanted(facts[name], grade)) is None or has_evidence(case, name, wanted)
    }


def _wanted(fact: FactDeclaration, grade: Grade | None) -> Grade | None:
    """The evidence that a criterion wants of a fact. The date of the request stands on the request itself."""
    return fact.evidence if fact.name == REQUEST_DATE else grade or fact.evidence


def has_evidence(case: Case, fact: str, wanted: Grade) -> bool:
    """Whether a case carries evidence of a grade for a fact: for all of it, or for each element of a list."""
    found = case.evidence.get(fact)
    if found is not None and found.kind.satisfies(wanted):
        return True
    value = case.facts.get(fact)
    elements = value.elements if isinstance(value, UncertainList) else value
    places = [f"{fact}[{at}]" for at in range(len(elements))] if isinstance(elements, tuple) and elements else [fact]
    return all(place in case.evidence and case.evidence[place].kind.satisfies(wanted) for place in places)
