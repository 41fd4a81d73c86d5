"""What must be so for an expression to be true, or false: its clauses, and how they are joined.

Beside true and false there are "not true" and "not false": the first condition of `if` that holds comes after others
that are false or have no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from typing import TypeAlias

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure
from besponsa_pa.policy.candidates.answers import NULL
from besponsa_pa.policy.candidates.clauses import Clause, Clauses


class Wanted(Enum):
    """What an expression is to be; the value are the answers that will do."""

    TRUE = (True,)
    FALSE = (False,)
    NOT_TRUE = (False, NULL)
    NOT_FALSE = (True, NULL)

    @property
    def opposite(self) -> Wanted:
        """What the expression under a `not` is to be."""
        return OPPOSITES[self]

    @property
    def is_positive(self) -> bool:
        """Whether both sides of an `and` have to be so."""
        return self in (Wanted.TRUE, Wanted.NOT_FALSE)


OPPOSITES = {
    Wanted.TRUE: Wanted.FALSE,
    Wanted.FALSE: Wanted.TRUE,
    Wanted.NOT_TRUE: Wanted.NOT_FALSE,
    Wanted.NOT_FALSE: Wanted.NOT_TRUE,
}


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A clause that is to be so."""

    clause: Clause
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Settled:
    """What reads no fact: whether it is so."""

    holds: bool


@dataclass(frozen=True, slots=True)
class Open:
    """What cannot be asked by itself."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Goals that are all to be reached."""

    parts: tuple[Goal, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Goals of which one is to be reached."""

    parts: tuple[Goal, ...]


Goal: TypeAlias = Leaf | Settled | Open | AllOf | AnyOf


def goal_of(node: Checked, wanted: Wanted, clauses: Clauses) -> Goal:
    """What must be so for an expression to be as wanted."""
    match node:
        case checked.Definition():
            return goal_of(node.body, wanted, clauses)
        case checked.Operation(operands=(operand,)) if node.operator.name == "Not":
            return goal_of(operand, wanted.opposite, clauses)
        case checked.Operation(operands=(left, right)) if node.operator.name in ("And", "Or", "Implies"):
            first = wanted.opposite if node.operator.name == "Implies" else wanted
            parts = (goal_of(left, first, clauses), goal_of(right, wanted, clauses))
            return AllOf(parts) if wanted.is_positive is (node.operator.name == "And") else AnyOf(parts)
        case checked.Operation(operands=(left, right)) if node.operator.name == "Xor":
            return _either(left, right, wanted, clauses)
        case checked.Conditional():
            return AnyOf(tuple(_results(node, wanted, clauses)))
        case _:
            return _leaf(node, wanted, clauses)


def _either(left: Checked, right: Checked, wanted: Wanted, clauses: Clauses) -> Goal:
    """One side true and the other false, or both alike."""
    pairs = [(Wanted.TRUE, Wanted.FALSE), (Wanted.FALSE, Wanted.TRUE)]
    if not wanted.is_positive:
        pairs = [(Wanted.TRUE, Wanted.TRUE), (Wanted.FALSE, Wanted.FALSE)]
    return AnyOf(
        tuple(AllOf((goal_of(left, first, clauses), goal_of(right, second, clauses))) for first, second in pairs)
    )


def _results(node: checked.Conditional, wanted: Wanted, clauses: Clauses) -> Iterator[Goal]:
    """Each result as wanted, where it is the one that counts."""
    for at, (_, result) in enumerate((*node.items, (None, node.alternative))):
        yield AllOf((*counting(node, at, clauses), goal_of(result, wanted, clauses)))


def counting(node: checked.Conditional, at: int, clauses: Clauses) -> Iterator[Goal]:
    """What must be so for the result of that index to count: its condition, and none before it."""
    for before, _ in node.items[:at]:
        yield goal_of(before, Wanted.NOT_TRUE, clauses)
    if at < len(node.items):
        yield goal_of(node.items[at][0], Wanted.TRUE, clauses)


def _leaf(node: Checked, wanted: Wanted, clauses: Clauses) -> Goal:
    if not clauses.facts_in(node) and not clauses.slots_of(node):
        try:
            value = evaluator(node)({})
        except Failure:
            return Settled(False)
        return Settled((NULL if value is None else value) in wanted.value)
    clause = clauses.clause(node)
    return Open() if clause is None else Leaf(clause, wanted)


def flat(goal: Goal) -> Sequence[Goal]:
    """The goals that are all to be reached, without those that are joined of others."""
    if not isinstance(goal, AllOf):
        return (goal,)
    empty: tuple[Goal, ...] = ()
    return reduce(lambda found, part: (*found, *flat(part)), goal.parts, empty)


def is_open(goal: Goal) -> bool:
    """Whether a part of a goal cannot be asked."""
    match goal:
        case Open():
            return True
        case AllOf(parts) | AnyOf(parts):
            return any(map(is_open, parts))
        case _:
            return False


def leaves(goals: Sequence[Goal]) -> Iterator[Leaf]:
    """The clauses of some goals, from left to right."""
    for goal in goals:
        match goal:
            case Leaf():
                yield goal
            case AllOf(parts) | AnyOf(parts):
                yield from leaves(parts)
            case _:
                continue
