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
)

# what a policy is made of: everything that a determination can depend on or tell, put together in tuples
Part: TypeAlias = "None | str | int | bool | Checked | Grade | GroupKind | OnUnmet | tuple[Part, ...]"


def same_policy(one: CompiledPolicy, other: CompiledPolicy) -> bool:
    """Whether two policies have the same parts: conditions as checked, criteria, outcomes, citations, grants.

    That is proof that they decide alike. Policies that decide alike may still have other parts: this says nothing
    of `x > 1` and `not (x <= 1)`.
    """
    return _policy(one) == _policy(other)


def _policy(compiled: CompiledPolicy) -> Part:
    otherwise = compiled.otherwise
    return (
        tuple((name, fact.evidence) for name, fact in compiled.policy.facts.items()),
        tuple((name, _condition(must)) for name, must in compiled.musts.items()),
        tuple(_pathway(pathway) for pathway in compiled.pathways),
        None if otherwise is None else (otherwise.decision, otherwise.title, _citations(otherwise.cite)),
        tuple((each.id, _condition(each.when), each.text, _citations(each.cite)) for each in compiled.advisories),
    )


def _condition(condition: Condition | None) -> Part:
    """A condition as checked; one that is always true is as good as none."""
    if condition is None or (isinstance(condition.expression, Constant) and condition.expression.value is True):
        return None
    return condition.expression


def _pathway(pathway: CheckedPathway) -> Part:
    return (
        pathway.name,
        _condition(pathway.when),
        None if pathway.require is None else _criterion(pathway.require),
        tuple(map(_criterion, pathway.exclude)),
        tuple(map(_criterion, pathway.review)),
        _grant(pathway.grant),
    )


def _criterion(criterion: CheckedCriterion) -> Part:
    return (
        criterion.id,
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
            return kind, count, tuple(map(_criterion, children))


def _grant(grant: CheckedGrant) -> Part:
    if isinstance(grant, Mapping):
        return tuple((name, _grant(inner)) for name, inner in grant.items())
    return grant.expression


def _citations(citations: Iterable[Citation]) -> Part:
    return tuple((each.reference, each.at) for each in citations)
