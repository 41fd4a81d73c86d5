"""The criteria and citations of a policy as written, in the places where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.policy.model import Citation, Criterion, CriterionName, Group, Pathway, Policy

Child = Criterion | CriterionName


def roots(pathway: Pathway) -> Iterator[tuple[str, Child]]:
    """The criteria that a pathway names or holds, with the key that each stands under."""
    if pathway.require is not None:
        yield "require", pathway.require
    yield from (("exclude", child) for child in pathway.exclude)
    yield from (("review", child) for child in pathway.review)


def children(child: Child) -> tuple[Child, ...]:
    """What is written directly inside a criterion."""
    return child.body.children if isinstance(child, Criterion) and isinstance(child.body, Group) else ()


def written(policy: Policy) -> Iterator[Child]:
    """Every criterion of a policy and every name of one, in the places where they are written."""
    waiting: list[Child] = list(policy.criteria.values())
    waiting += [child for pathway in policy.pathways for _, child in roots(pathway)]
    while waiting:
        child = waiting.pop()
        yield child
        waiting.extend(children(child))


def citations(policy: Policy) -> Iterator[Citation]:
    """Everything that a policy cites, of criteria, pathways, advisories and `otherwise`."""
    for child in written(policy):
        if isinstance(child, Criterion):
            yield from child.cite
    for pathway in policy.pathways:
        yield from pathway.cite
    for advisory in policy.advisories:
        yield from advisory.cite
    yield from policy.otherwise.cite if policy.otherwise is not None else ()
