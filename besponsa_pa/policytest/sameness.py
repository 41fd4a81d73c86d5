"""Whether two checked policies are the same but for places and wording, so that no case can tell them apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from besponsa_pa.expression.checked import Checked, Constant
from besponsa_pa.facts import Grade
from besponsa_pa.policy.model import (
    CheckedCriterion,
    CheckedGrant,
    CheckedGroup,
    CheckedLeaf,
    CheckedPathway,
    Citation,
    CompiledPolicy,
    Condition,
    GroupKind,
    Judgment,
    OnUnmet,
    criteria_of,
)

# what a part of a policy is, as values that can be compared
Part: TypeAlias = "None | str | int | bool | Checked | Grade | GroupKind | OnUnmet | tuple[Part, ...]"
# what kind of part it is, then its names
Key: TypeAlias = tuple[str, ...]


def same_policy(one: CompiledPolicy, other: CompiledPolicy) -> bool:
    """Whether two policies have the same parts: conditions as checked, criteria, outcomes, citations, grants.

    That is proof that they decide alike. Policies that decide alike may still have other parts: this says nothing
    of `x > 1` and `not (x <= 1)`.
    """
    return parts_of(one) == parts_of(other)


def parts_of(compiled: CompiledPolicy) -> Mapping[Key, Part]:
    """Everything that a determination can depend on or tell, by what it is."""
    parts: dict[Key, Part] = {("fact", name): fact.evidence for name, fact in compiled.policy.facts.items()}
    parts |= {("must", name): _condition(must) for name, must in compiled.musts.items()}
    for pathway in compiled.pathways:
        parts["pathway", pathway.name] = _pathway(pathway)
        parts["grant", pathway.name] = _grant(pathway.grant)
        for criterion in criteria_of(pathway):
            key = ("criterion", pathway.name, criterion.id)
            before = parts.get(key)
            parts[key] = _criterion(criterion) if before is None else (before, _criterion(criterion))
    for advisory in compiled.advisories:
        parts["advisory", advisory.id] = (_condition(advisory.when), advisory.text, _citations(advisory.cite))
    otherwise = compiled.otherwise
    if otherwise is not None:
        parts["otherwise",] = (otherwise.decision, otherwise.title, _citations(otherwise.cite))
    return parts


def _condition(condition: Condition | None) -> Part:
    """A condition as checked; one that is always true is as good as none."""
    if condition is None or (isinstance(condition.expression, Constant) and condition.expression.value is True):
        return None
    return condition.expression


def _pathway(pathway: CheckedPathway) -> Part:
    required = None if pathway.require is None else pathway.require.id
    return _condition(pathway.when), required, _ids(pathway.exclude), _ids(pathway.review)


def _ids(criteria: Iterable[CheckedCriterion]) -> Part:
    return tuple(criterion.id for criterion in criteria)


def _criterion(criterion: CheckedCriterion) -> Part:
    return (
        _condition(criterion.given),
        _body(criterion.body),
        criterion.on_unmet or OnUnmet.DENY,
        _citations(criterion.cite),
        criterion.evidence,
    )


def _body(body: CheckedLeaf | Judgment | CheckedGroup) -> Part:
    match body:
        case CheckedLeaf(check):
            return check.expression
        case Judgment(question):
            return question
        case CheckedGroup(kind, children, count):
            return kind, count, _ids(children)


def _grant(grant: CheckedGrant) -> Part:
    if isinstance(grant, Mapping):
        return tuple((name, _grant(inner)) for name, inner in grant.items())
    return grant.expression


def _citations(citations: Iterable[Citation]) -> Part:
    return tuple((each.reference, each.at) for each in citations)
