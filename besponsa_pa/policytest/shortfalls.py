"""Groups that are one short: all of `all` but one, one less than `at_least` wants. Each should be seen in a test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from besponsa_pa.case import Case
from besponsa_pa.determination.deciding import decide
from besponsa_pa.determination.evidence import stated
from besponsa_pa.determination.findings import Status
from besponsa_pa.determination.holding import Held, Outcome
from besponsa_pa.policy.criteria import REQUIREMENT
from besponsa_pa.policy.model import CheckedGroup, CompiledPolicy, GroupKind
from besponsa_pa.policytest import constraints as wanted
from besponsa_pa.policytest.positions import Position, Positions
from besponsa_pa.policytest.ways import Way, Ways


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A group of a pathway that is one short; `criterion` is the one that is wanting, "" where any may be."""

    pathway: str
    group: str
    criterion: str

    @property
    def text(self) -> str:
        """What is to be seen, in words."""
        group = self.pathway if self.group == REQUIREMENT else self.group
        return f"only `{self.criterion}` is not met in `{group}`" if self.criterion else f"`{group}` is one short"


@dataclass(frozen=True, slots=True)
class Shortfalls:
    """The ways in which the groups of one policy can be one short."""

    compiled: CompiledPolicy
    positions: Positions
    ways: Ways

    def all(self) -> tuple[Shortfall, ...]:
        """Every group of which more than one is wanted."""
        return tuple(dict.fromkeys(shortfall for shortfall, _ in self._found()))

    def reached(self, case: Case) -> frozenset[Shortfall]:
        """The groups that are one short in a case."""
        pathways = decide(self.compiled, case, stated(case)).pathways
        return frozenset(
            shortfall
            for held in pathways
            if held.applies is True
            for part in held.parts
            for shortfall in _short(held.pathway.name, part.held)
        )

    def to(self, shortfall: Shortfall) -> Iterator[Way]:
        """The ways to a shortfall."""
        for each, position in self._found():
            group = position.criterion.body
            if each != shortfall or not isinstance(group, CheckedGroup):
                continue
            around = (*self.ways.musts(), *position.reached, *wanted.not_excused(position.criterion))
            if group.kind is GroupKind.AT_LEAST:
                yield (*around, wanted.one_short(position.criterion, position.excludes))
            else:
                yield (*around, *_alone_unmet(position, group, shortfall.criterion))

    def _found(self) -> Iterator[tuple[Shortfall, Position]]:
        for position in self.positions.criteria:
            group, name = position.criterion.body, position.criterion.id
            if not isinstance(group, CheckedGroup) or len(group.children) < 2:
                continue
            if group.kind is GroupKind.ALL:
                yield from ((Shortfall(position.pathway.name, name, each.id), position) for each in group.children)
            elif group.kind is GroupKind.AT_LEAST:
                yield Shortfall(position.pathway.name, name, ""), position


def _alone_unmet(position: Position, group: CheckedGroup, criterion: str) -> Iterator[wanted.Constraint]:
    for child in group.children:
        if child.id == criterion:
            yield from wanted.found(child, position.excludes, Status.NOT_MET)
        else:
            yield from wanted.surely(child, position.excludes)


def _short(pathway: str, held: Held) -> Iterator[Shortfall]:
    group, name = held.criterion.body, held.criterion.id
    if isinstance(group, CheckedGroup) and len(group.children) > 1:
        wanting = [child for child in held.children if child.low is not Outcome.APPROVE]
        if group.kind is GroupKind.ALL and len(wanting) == 1 and wanting[0].status is Status.NOT_MET:
            yield Shortfall(pathway, name, wanting[0].criterion.id)
        if group.kind is GroupKind.AT_LEAST and wanted.is_one_short(held, group.count):
            yield Shortfall(pathway, name, "")
    for child in held.children:
        yield from _short(pathway, child)
