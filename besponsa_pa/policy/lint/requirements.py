"""What must be so of a case that a pathway approves, as far as expressions say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from besponsa_pa.expression.checked import Checked
from besponsa_pa.policy.candidates.clauses import Clauses
from besponsa_pa.policy.candidates.goals import AllOf, AnyOf, Goal, Wanted, goal_of
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.reach import id_of
from besponsa_pa.policy.model import (
    CheckedCriterion,
    CheckedGroup,
    CheckedLeaf,
    CheckedPathway,
    Condition,
    GroupKind,
)  # fmt: skip

Place = tuple[str, int, int]


def requirements(context: Context, pathway: CheckedPathway, clauses: Clauses) -> Iterator[Goal]:
    """The goals of an approval: that the pathway applies, what it requires, and that nothing excludes.

    Judgments, and groups that count, may come out either way.
    """
    reading = _Requirements(clauses, _by_place(context))
    if pathway.when is not None:
        yield from reading.condition(pathway.when, Wanted.TRUE)
    if pathway.require is not None:
        yield from reading.met(pathway.require)
    for criterion in (*pathway.exclude, *pathway.review):
        yield from reading.not_met(criterion)


def _by_place(context: Context) -> Mapping[Place, Checked]:
    """The expressions that the rules look at, by their place."""
    return {id_of(each.checked.span): each.checked for each in context.expressions if each.checked is not None}


class _Requirements:
    """Turns criteria into goals over the expressions that the rules look at."""

    def __init__(self, clauses: Clauses, expressions: Mapping[Place, Checked]) -> None:
        self._clauses, self._expressions = clauses, expressions

    def condition(self, condition: Condition, wanted: Wanted) -> Iterator[Goal]:
        """A condition as wanted."""
        expression = self._expressions.get(id_of(condition.expression.span))
        if expression is not None:
            yield goal_of(expression, wanted, self._clauses)

    def met(self, criterion: CheckedCriterion) -> Iterator[Goal]:
        """A criterion that is met, or does not apply."""
        body = tuple(self._body(criterion, Wanted.TRUE))
        if criterion.given is None or not body:
            yield from body
        else:
            yield AnyOf((*self.condition(criterion.given, Wanted.FALSE), AllOf(body)))

    def not_met(self, criterion: CheckedCriterion) -> Iterator[Goal]:
        """A criterion that speaks against approval and does not hold."""
        body = tuple(self._body(criterion, Wanted.FALSE))
        if criterion.given is None or not body:
            yield from body
        else:
            yield AnyOf((*self.condition(criterion.given, Wanted.FALSE), AllOf(body)))

    def _body(self, criterion: CheckedCriterion, wanted: Wanted) -> Iterator[Goal]:
        match criterion.body:
            case CheckedLeaf(check):
                yield from self.condition(check, wanted)
            case CheckedGroup(GroupKind.ALL | GroupKind.ANY as kind, children):
                yield from self._group(kind, children, wanted)
            case _:
                return

    def _group(self, kind: GroupKind, children: tuple[CheckedCriterion, ...], wanted: Wanted) -> Iterator[Goal]:
        each = [tuple(self.met(child) if wanted.is_positive else self.not_met(child)) for child in children]
        if (kind is GroupKind.ALL) is wanted.is_positive:
            yield from (goal for goals in each for goal in goals)
        elif all(each):  # one of which nothing can be said may be the one
            yield AnyOf(tuple(AllOf(goals) for goals in each))
