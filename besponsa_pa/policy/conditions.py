"""The conditions of a checked policy, one after another: what it decides by, and what it grants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from besponsa_pa.expression import checked
from besponsa_pa.policy.model import (
    CheckedCriterion,
    CheckedGrant,
    CheckedLeaf,
    CheckedPathway,
    CompiledPolicy,
    Condition,
    criteria_of,
)


def conditions_that_decide(compiled: CompiledPolicy) -> Iterator[Condition]:
    """Every condition that the pathways of a policy look at, what each grants after what it holds against a case."""
    for pathway in compiled.pathways:
        yield from conditions_of_pathway(pathway)
        yield from (value for _, value in granted_values(pathway.grant))


def conditions_of_pathway(pathway: CheckedPathway) -> Iterator[Condition]:
    """What a pathway looks at before it grants: its `when`, and what its criteria look at."""
    if pathway.when is not None:
        yield pathway.when
    for criterion in criteria_of(pathway):
        yield from conditions_of_criterion(criterion)


def conditions_of_criterion(criterion: CheckedCriterion) -> Iterator[Condition]:
    """What a criterion itself looks at: its `given` and its `check`."""
    if criterion.given is not None:
        yield criterion.given
    if isinstance(criterion.body, CheckedLeaf):
        yield criterion.body.check


def conditions_that_tell(compiled: CompiledPolicy) -> Iterator[Condition]:
    """On what it depends which advisories are told."""
    yield from (advisory.when for advisory in compiled.advisories if advisory.when is not None)


def facts_read(conditions: Iterable[Condition]) -> frozenset[str]:
    """The facts that conditions read, all together."""
    return frozenset(name for each in conditions for name in checked.facts_read(each.expression))


def granted_values(grant: Mapping[str, CheckedGrant], around: str = "") -> Iterator[tuple[str, Condition]]:
    """The values of a grant, those in its inner names too, each with all its names joined by dots."""
    for name, value in grant.items():
        whole = f"{around}.{name}" if around else name
        if isinstance(value, Condition):
            yield whole, value
        else:
            yield from granted_values(value, whole)
