"""The expressions of a policy, wherever they stand in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from besponsa_pa.policy.model import Policy
from besponsa_pa.source import Excerpt


def conditions(policy: Policy) -> Iterator[Excerpt]:
    """What is checked by itself: every expression but those of definitions, which are checked where they are used."""
    for part in (policy.facts, policy.criteria, policy.pathways, policy.advisories, policy.guarantees):
        yield from _excerpts(part)


def expressions(policy: Policy) -> Iterator[Excerpt]:
    """Every expression of a policy without tables."""
    yield from _excerpts(policy.definitions)
    yield from conditions(policy)


def _excerpts(node: object) -> Iterator[Excerpt]:
    match node:
        case Excerpt():
            yield node
        case Mapping():
            for value in node.values():
                yield from _excerpts(value)
        case tuple():
            for item in node:
                yield from _excerpts(item)
        case _ if dataclasses.is_dataclass(node) and not isinstance(node, type):
            for each in dataclasses.fields(node):
                yield from _excerpts(getattr(node, each.name))
