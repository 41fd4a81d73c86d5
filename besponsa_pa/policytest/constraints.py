"""What must hold of a case so that it reaches something: three-valued, so that a search can stop early.

Each constraint says whether it holds of a case, and whether it may come to hold when more of the case is known. The
second leans on the language being monotone: what is decided on a part of the facts is never decided otherwise later. It
may turn out that it cannot be computed, though, so nothing that wants something unknown is given up early; nor is
anything of an expression that sees absence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from besponsa_pa.determination.evidence import has_evidence
from besponsa_pa.determination.findings import Status
from besponsa_pa.determination.holding import EXCLUDING, REQUIRED, Held, Outcome, hold
from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure
from besponsa_pa.facts import Grade
from besponsa_pa.policy.conditions import granted_values
from besponsa_pa.policy.model import (
    CheckedCriterion,
    CheckedGroup,
    CheckedLeaf,
    CheckedPathway,
    Condition,
    GroupKind,
    Judgment,
)  # fmt: skip
from besponsa_pa.policytest.attempts import EVIDENCE, JUDGMENTS, Attempt
from besponsa_pa.policytest.predicates import Known
from besponsa_pa.values import UNKNOWN, Missing

Holds: TypeAlias = Callable[[Attempt], bool]
TOP = Outcome.APPROVE
NOT_YET = Missing(frozenset())


@dataclass(frozen=True, slots=True, eq=False)
class Constraint:
    """Something that must hold of a case. `variables` are all names on which that depends.

    `may_hold` is asked of a case of which a part is left out: false when no other part can make it hold. A goal is
    looked at when all else holds: it has a `cost`, and says of itself what to change only through its variables.
    """

    variables: tuple[str, ...]
    holds: Holds
    may_hold: Holds
    cost: int = 0

    @property
    def is_goal(self) -> bool:
        """Whether it can only be tried out."""
        return self.cost > 0


def always(_: Attempt) -> bool:
    """Nothing speaks against it yet."""
    return True


def goal(variables: Iterable[str], holds: Holds, cost: int = 10) -> Constraint:
    """What a case is looked for to do, as something to be tried out and no more; one condition costs 1."""
    return Constraint(tuple(dict.fromkeys(variables)), holds, always, cost)


# --- what is read ---


def names_of(criterion: CheckedCriterion) -> tuple[str, ...]:
    """The facts that a criterion reads, and the judgments that it asks for, in its order."""
    return tuple(dict.fromkeys(_names_of(criterion)))


def _names_of(criterion: CheckedCriterion) -> Iterator[str]:
    if criterion.given is not None:
        yield from checked.facts_read(criterion.given.expression)
    match criterion.body:
        case CheckedLeaf(check):
            yield from checked.facts_read(check.expression)
        case Judgment():
            yield f"{JUDGMENTS}.{criterion.id}"
        case CheckedGroup():
            for child in criterion.body.children:
                yield from _names_of(child)


def names_of_pathway(pathway: CheckedPathway) -> tuple[str, ...]:
    """All that a pathway looks at."""
    found = list(() if pathway.when is None else checked.facts_read(pathway.when.expression))
    required = () if pathway.require is None else (pathway.require,)
    for criterion in (*pathway.exclude, *required, *pathway.review):
        found += names_of(criterion)
    for _, value in granted_values(pathway.grant):
        found += checked.facts_read(value.expression)
    return tuple(dict.fromkeys(found))


def sees_absence(expression: Checked) -> bool:
    """Whether an expression acts on what is missing, so that an answer may change it."""
    return any(isinstance(node, checked.Operation) and node.operator.sees_absence for node in checked.walk(expression))


def _acts_on_absence(criterion: CheckedCriterion) -> bool:
    conditions = [] if criterion.given is None else [criterion.given]
    match criterion.body:
        case CheckedLeaf(check):
            conditions.append(check)
        case CheckedGroup():
            if any(_acts_on_absence(child) for child in criterion.body.children):
                return True
    return any(sees_absence(each.expression) for each in conditions)


# --- expressions ---


def truth(expression: Checked, *allowed: Known) -> Constraint:
    """The truth of an expression is one of these; None is unknown, null or failed."""
    evaluate = evaluator(expression)

    def known(attempt: Attempt) -> Known | Missing:
        """The truth; `Missing` where it is not known yet, or fails so far."""
        try:
            value = evaluate(attempt.frames[None][-1])
        except Failure:
            return NOT_YET
        return value if isinstance(value, bool) else NOT_YET if isinstance(value, UNKNOWN) else None

    def holds(attempt: Attempt) -> bool:
        value = known(attempt)
        return (None if isinstance(value, Missing) else value) in allowed

    def may_hold(attempt: Attempt) -> bool:
        value = known(attempt)
        return isinstance(value, Missing) or value in allowed

    is_open = None in allowed or sees_absence(expression)
    return Constraint(checked.facts_read(expression), holds, always if is_open else may_hold)


def is_told(name: str) -> Constraint:
    """The case says something under a name."""
    return Constraint((name,), lambda attempt: name in attempt.case.facts, always)


def kept(fact: str, must: Condition) -> Constraint:
    """What a fact must be is not broken; a fact of which the case says nothing breaks nothing."""
    inner = truth(must.expression, True, None)
    names = tuple(dict.fromkeys((fact, *inner.variables)))
    return Constraint(
        names,
        lambda attempt: fact not in attempt.case.facts or inner.holds(attempt),
        lambda attempt: fact not in attempt.case.facts or inner.may_hold(attempt),
    )


def documented(fact: str, grade: Grade) -> Constraint:
    """A fact that is known has evidence of a grade."""

    def holds(attempt: Attempt) -> bool:
        return fact not in attempt.case.facts or has_evidence(attempt.case, fact, grade)

    return Constraint((fact, f"{EVIDENCE}.{fact}"), holds, always)


# --- criteria ---


def _held(
    criterion: CheckedCriterion,
    excludes: bool,
    holds: Callable[[Held], bool],
    may_hold: Callable[[Held], bool] | None = None,
) -> Constraint:
    around = EXCLUDING if excludes else REQUIRED

    def held(attempt: Attempt) -> Held:
        return hold(criterion, attempt.case, attempt.frames, around)

    is_open = may_hold is None or _acts_on_absence(criterion)
    return Constraint(
        names_of(criterion),
        lambda attempt: holds(held(attempt)),
        always if is_open or may_hold is None else lambda attempt: may_hold(held(attempt)),
    )


def status(criterion: CheckedCriterion, excludes: bool, *wanted: Status) -> Constraint:
    """A criterion is found to be one of these."""
    allowed = frozenset(wanted)
    if allowed.isdisjoint({Status.UNKNOWN, Status.NOT_APPLICABLE}):
        perhaps = allowed | {Status.UNKNOWN}
        return _held(criterion, excludes, lambda held: held.status in allowed, lambda held: held.status in perhaps)
    return _held(criterion, excludes, lambda held: held.status in allowed)


def not_excused(criterion: CheckedCriterion) -> tuple[Constraint, ...]:
    """It is not so that a criterion does not apply."""
    return () if criterion.given is None else (truth(criterion.given.expression, True, None),)


def leads_up(criterion: CheckedCriterion, excludes: bool = False) -> Constraint:
    """A criterion surely is as good as met: it is, or it does not apply where it is required."""
    return _held(criterion, excludes, lambda held: held.low is TOP, lambda held: held.high is TOP)


def leads_up_not(criterion: CheckedCriterion, excludes: bool = False) -> Constraint:
    """A criterion is not surely as good as met."""
    return _held(criterion, excludes, lambda held: held.low is not TOP)


def leads_down(criterion: CheckedCriterion, excludes: bool = False) -> Constraint:
    """A criterion surely is as good as unmet: it is, or it does not apply where it excludes."""
    return _held(criterion, excludes, lambda held: held.high is not TOP, lambda held: held.low is not TOP)


def leads_down_not(criterion: CheckedCriterion, excludes: bool = False) -> Constraint:
    """A criterion is not surely as good as unmet."""
    return _held(criterion, excludes, lambda held: held.high is TOP)


def denies(criterion: CheckedCriterion) -> Constraint:
    """A requirement surely leads to denial."""
    return _held(criterion, False, lambda held: held.high is Outcome.DENY, lambda held: held.low is Outcome.DENY)


def denies_not(criterion: CheckedCriterion) -> Constraint:
    """A requirement does not surely lead to denial."""
    return _held(criterion, False, lambda held: held.high > Outcome.DENY)


def one_short(criterion: CheckedCriterion, excludes: bool) -> Constraint:
    """Of a group of which some criteria must be met one less is, and the others surely are not."""
    count = criterion.body.count if isinstance(criterion.body, CheckedGroup) else 0
    return _held(criterion, excludes, lambda held: is_one_short(held, count))


def is_one_short(held: Held, count: int) -> bool:
    """Whether one less is met than `count`, and the others surely are not."""
    met = sum(child.low is TOP for child in held.children)
    return met == count - 1 and all(child.status is not Status.UNKNOWN for child in held.children)


# --- the parts of criteria ---


def surely(criterion: CheckedCriterion, excludes: bool = False) -> Iterator[Constraint]:
    """What it takes for a criterion to be as good as met, as far as that can be said of its parts."""
    group = criterion.body
    is_whole = criterion.given is None or excludes  # where it is required, it may also not apply
    if is_whole and isinstance(group, CheckedGroup) and group.kind in (GroupKind.ALL, GroupKind.NONE):
        negates = group.kind is GroupKind.NONE
        yield from _applies(criterion)
        for child in group.children:
            yield from surely_not(child, not excludes) if negates else surely(child, excludes)
    elif excludes:
        yield from _applies(criterion)
    yield leads_up(criterion, excludes)


def surely_not(criterion: CheckedCriterion, excludes: bool = False) -> Iterator[Constraint]:
    """What it takes for a criterion to be as good as unmet, as far as that can be said of its parts."""
    group = criterion.body
    is_whole = criterion.given is None or not excludes  # where it excludes, it may also not apply
    if is_whole and isinstance(group, CheckedGroup) and group.kind is GroupKind.ANY:
        yield from _applies(criterion)
        for child in group.children:
            yield from surely_not(child, excludes)
    elif not excludes:
        yield from _applies(criterion)
    yield leads_down(criterion, excludes)


def found(criterion: CheckedCriterion, excludes: bool, wanted: Status) -> Iterator[Constraint]:
    """What it takes for a criterion to be found met, unmet, unknown or not to apply."""
    if wanted is Status.MET:
        yield from surely(criterion, excludes)
    elif wanted is Status.NOT_MET:
        yield from surely_not(criterion, excludes)
    yield status(criterion, excludes, wanted)


def _applies(criterion: CheckedCriterion) -> Iterator[Constraint]:
    if criterion.given is not None:
        yield truth(criterion.given.expression, True)
