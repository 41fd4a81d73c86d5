"""Where the criteria and conditions of a policy stand: what must hold for them to be looked at, and what is beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from besponsa_pa.expression import checked
from besponsa_pa.facts import Grade
from besponsa_pa.policy.conditions import conditions_of_criterion, granted_values
from besponsa_pa.policy.model import (
    CheckedCriterion,
    CheckedGroup,
    CheckedLeaf,
    CheckedPathway,
    CompiledPolicy,
    Condition,
    GroupKind,
)  # fmt: skip
from besponsa_pa.policytest import constraints as wanted
from besponsa_pa.policytest import outcomes
from besponsa_pa.policytest.constraints import Constraint
from besponsa_pa.values import Quantity


@dataclass(frozen=True, slots=True)
class Position:
    """A criterion in its pathway, and what must hold for it to be looked at there.

    `excludes`: being met is to the patient's harm; `grade` is the evidence that it or a group around it asks for.
    """

    pathway: CheckedPathway
    criterion: CheckedCriterion
    excludes: bool
    grade: Grade | None
    reached: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A condition, and what must hold for it to be looked at; `fact` is the one of which it says what it must be."""

    condition: Condition
    reached: tuple[Constraint, ...]
    fact: str | None = None


@dataclass(slots=True)
class Positions:
    """The positions of everything in one policy, in its order."""

    compiled: CompiledPolicy
    criteria: tuple[Position, ...] = ()
    written: tuple[Written, ...] = ()
    names: tuple[str, ...] = ()
    fields: frozenset[str] = frozenset()
    constants: tuple[str | Quantity, ...] = ()
    _evidence: dict[str, tuple[tuple[str, Grade], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pathways = self.compiled.pathways
        self.criteria = tuple(each for pathway in pathways for each in _criteria(pathway))
        self.written = tuple(self._written())
        self.names = tuple(dict.fromkeys(self._names()))
        self.fields = frozenset(self._fields())
        self.constants = tuple(dict.fromkeys(self._constants()))
        self._evidence = {each.name: tuple(dict.fromkeys(self._asked(each))) for each in pathways}

    def pathway(self, name: str) -> CheckedPathway:
        """The pathway of that name."""
        return next(pathway for pathway in self.compiled.pathways if pathway.name == name)

    def evidence_in(self, pathway: CheckedPathway) -> tuple[tuple[str, Grade], ...]:
        """The facts that a pathway asks evidence for, with the grade; several where it does so in several ways."""
        return self._evidence[pathway.name]

    def parts(self, pathway: CheckedPathway) -> Iterator[tuple[str, ...]]:
        """What each part of a pathway reads that decides by itself."""
        yield () if pathway.when is None else checked.facts_read(pathway.when.expression)
        for criterion in (*pathway.exclude, *outcomes.required(pathway), *pathway.review):
            yield wanted.names_of(criterion)
        yield from (checked.facts_read(value.expression) for _, value in granted_values(pathway.grant))

    def beside(self, fact: str, pathway: CheckedPathway) -> tuple[str, ...]:
        """What the parts of a pathway read that read a fact."""
        return tuple(dict.fromkeys(name for part in self.parts(pathway) if fact in part for name in part))

    def _names(self) -> Iterator[str]:
        """All that the policy looks at, pathway by pathway, and what it takes to tell whether that can be."""
        names = [name for pathway in self.compiled.pathways for name in wanted.names_of_pathway(pathway)]
        for each in self.written:
            names += () if each.fact is not None else checked.facts_read(each.condition.expression)
        for name in names:  # what a must reads may have one itself
            must = self.compiled.musts.get(name)
            names += () if must is None else (each for each in checked.facts_read(must.expression) if each not in names)
        yield from names

    def _fields(self) -> Iterator[str]:
        """The fields that are read of the entries of lists, whatever the list."""
        for each in self.written:
            for node in checked.walk(each.condition.expression):
                if isinstance(node, checked.Element):
                    yield node.name

    def _constants(self) -> Iterator[str | Quantity]:
        """The texts and quantities that the policy names, to compare facts with or as the keys of tables."""
        for each in self.written:
            for node in checked.walk(each.condition.expression):
                values = [node.value] if isinstance(node, checked.Constant) else []
                values += [key for key, _ in node.rows] if isinstance(node, checked.Lookup) else []
                yield from (value for value in values if isinstance(value, str | Quantity))

    def _written(self) -> Iterator[Written]:
        for pathway in self.compiled.pathways:
            if pathway.when is not None:
                yield Written(pathway.when, ())
            for position in (each for each in self.criteria if each.pathway is pathway):
                yield from _conditions(position)
            for _, value in granted_values(pathway.grant):
                yield Written(value, outcomes.applies(pathway, True))
        for advisory in self.compiled.advisories:
            if advisory.when is not None:
                yield Written(advisory.when, ())
        for fact, must in self.compiled.musts.items():
            yield Written(must, (wanted.is_told(fact),), fact)

    def _asked(self, pathway: CheckedPathway) -> Iterator[tuple[str, Grade]]:
        facts = self.compiled.policy.facts
        conditions: list[tuple[Condition, Grade | None]] = []
        if pathway.when is not None:
            conditions.append((pathway.when, None))
        for position in self.criteria:
            if position.pathway is pathway:
                conditions += [(each, position.grade) for each in conditions_of_criterion(position.criterion)]
        conditions += [(value, None) for _, value in granted_values(pathway.grant)]
        for condition, grade in conditions:
            for fact in checked.facts_read(condition.expression):
                asked = grade or facts[fact].evidence
                if asked is not None:
                    yield fact, asked


def _criteria(pathway: CheckedPathway) -> Iterator[Position]:
    around = outcomes.applies(pathway, True)
    for criterion in pathway.exclude:
        yield from _inside(Position(pathway, criterion, True, criterion.evidence, around))
    if pathway.require is not None:
        yield from _inside(Position(pathway, pathway.require, False, pathway.require.evidence, around))
    for criterion in pathway.review:
        yield from _inside(Position(pathway, criterion, True, criterion.evidence, around))


def _inside(position: Position) -> Iterator[Position]:
    """A criterion and all in it. A group that does not apply is not looked into."""
    yield position
    group = position.criterion.body
    if isinstance(group, CheckedGroup):
        reached = (*position.reached, *wanted.not_excused(position.criterion))
        excludes = position.excludes is not (group.kind is GroupKind.NONE)
        for child in group.children:
            grade = child.evidence or position.grade
            yield from _inside(Position(position.pathway, child, excludes, grade, reached))


def _conditions(position: Position) -> Iterator[Written]:
    criterion = position.criterion
    if criterion.given is not None:
        yield Written(criterion.given, position.reached)
    if isinstance(criterion.body, CheckedLeaf):
        yield Written(criterion.body.check, (*position.reached, *wanted.not_excused(criterion)))
