"""What the criteria of a policy come to, as columns.

An outcome is one of deny < pend < approve, and a criterion lies between the worst and the best that missing facts leave
(see `determination.holding`). Here it is two truths with three values instead: whether it comes to a pend or more, and
whether it comes to approve. Each is NULL where the worst is below and the best is not. `all` is then AND, `any` is OR,
and `given` an implication, in either of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

from sqlglot import exp

from besponsa_pa.backends.sql.steps import Steps
from besponsa_pa.backends.sql.terms import FALSE, NO_MASK, TRUE, Mask, case, not_, number, union, when
from besponsa_pa.backends.sql.translation import STATED, Translation, View
from besponsa_pa.backends.sql.truths import (
    YES,
    Truth,
    all_true,
    any_true,
    at_least_true,
    both,
    either,
    is_false,
    is_open,
    opposite,
    truth_from_term,
)
from besponsa_pa.determination.holding import REQUIRED, Around, Outcome, around_children, around_of
from besponsa_pa.facts import Grade
from besponsa_pa.policy.model import (
    CheckedCriterion,
    CheckedGroup,
    CheckedLeaf,
    Condition,
    GroupKind,
    Judgment,
)
from besponsa_pa.records import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """What something comes to: whether to a pend or more, and whether to approve."""

    pends: Truth
    approves: Truth


APPROVED = Level(YES, YES)


@dataclass(frozen=True, slots=True)
class Held:
    """A criterion as columns.

    `level` is what it comes to, `body` what it would without its `given`. `mask` are the missing facts that its own
    conditions depend on, while it is open. `is_beside` says that it does not apply; it is never NULL. `is_plain` says
    that neither it nor anything in it can come to a pend, so that both of its truths are one.
    """

    criterion: CheckedCriterion
    excludes: bool
    given: Truth
    level: Level
    body: Level
    mask: Mask
    is_beside: exp.Expression
    is_plain: bool
    children: tuple[Held, ...] = ()

    @property
    def kind(self) -> GroupKind | None:
        """How it holds its criteria together; None of a leaf."""
        return self.criterion.body.kind if isinstance(self.criterion.body, CheckedGroup) else None


class Look:
    """What criteria come to on the facts that are stated, or on those of them that are documented."""

    def __init__(self, translation: Translation, *, documented: bool) -> None:
        self.translation, self.documented = translation, documented
        self.steps: Steps = translation.steps

    @property
    def view(self) -> View:
        """The facts that a grant stands on."""
        return View(documented=True) if self.documented else STATED

    def truth(self, condition: Condition | None, grade: Grade | None, *, harm: bool) -> tuple[Truth, Mask]:
        """The truth of a condition and the facts that it is missing; without condition it is true.

        `harm` is the truth that speaks against approval: that one is taken as stated, the other needs its documents.
        """
        if condition is None:
            return YES, NO_MASK
        stated = self.translation.condition(condition, STATED)
        if not self.documented:
            return truth_from_term(stated), stated.mask
        term = self.translation.condition(condition, View(documented=True, grade=grade))
        if (term.low, term.mask) == (stated.low, stated.mask):
            return truth_from_term(stated), stated.mask
        settled, outcome = (stated.low, TRUE) if harm else (not_(stated.low), FALSE)
        low = self.column(f"{condition.text} documented", case([(settled, outcome)], term.low), "with documents")
        mask = {word: case([(settled, number(0))], bits) for word, bits in term.mask.items()}
        return Truth(low, truth_from_term(term).may_be_open), self.mask(condition.text, mask)

    def held(self, criterion: CheckedCriterion, around: Around = REQUIRED) -> Held:
        """A criterion and what is in it, as columns."""
        around = around_of(criterion, around)
        given, given_mask = self.truth(criterion.given, around.grade, harm=True)
        match criterion.body:
            case CheckedLeaf(check):
                truth, mask = self.truth(check, around.grade, harm=around.excludes)
                held = _leaf(criterion, around, truth, mask)
            case Judgment():
                answer = self.translation.judgment(criterion.id)
                held = _leaf(criterion, around, Truth(answer.low, may_be_open=True), NO_MASK)
            case CheckedGroup():
                held = self._group(criterion, criterion.body, around)
            case _:
                assert_never(criterion.body)
        return held if criterion.given is None else self._given(held, given, given_mask)

    def _group(self, criterion: CheckedCriterion, group: CheckedGroup, around: Around) -> Held:
        """A group. What is met in `none` denies, or pends where that is said around."""
        is_none = group.kind is GroupKind.NONE
        within = around_children(group, around)
        children = tuple(self.held(child, within) for child in group.children)
        approves = _combined(group, [_in_group(child.level.approves, group.kind) for child in children])
        pends = _combined(group, [_in_group(child.level.pends, group.kind) for child in children])
        body = self.level(criterion, Level(pends, approves))
        asks = is_none and around.unmet is Outcome.PEND
        level = Level(YES, body.approves) if asks else body
        is_plain = not asks and all(child.is_plain for child in children)
        beside = both(*(child.is_beside for child in children))
        return Held(criterion, around.excludes, YES, level, body, NO_MASK, beside, is_plain, children)

    def _given(self, held: Held, given: Truth, given_mask: Mask) -> Held:
        """A criterion under its `given`, which it implies where it is required, and needs where it excludes."""

        def under(truth: Truth) -> Truth:
            return all_true((given, truth)) if held.excludes else any_true((opposite(given), truth))

        level = Level(under(held.level.pends), under(held.level.approves))
        level = self.level(held.criterion, level, "where it applies")
        mask = when(is_open(level.approves), union(given_mask, held.mask))
        mask = self.mask(held.criterion.id, mask)
        beside = either(is_false(given), held.is_beside)
        return Held(
            held.criterion, held.excludes, given, level, held.body, mask, beside, held.is_plain, held.children
        )  # fmt: skip

    # --- columns ---

    def level(self, criterion: CheckedCriterion, level: Level, how: str = "") -> Level:
        """The level with a column for each of its truths."""
        comment = f"{criterion.title} ({how})" if how else criterion.title
        approves = self._named(criterion.id, level.approves, comment)
        if level.pends == level.approves:
            return Level(approves, approves)
        return Level(self._named(f"{criterion.id} or asks", level.pends, f"{comment}, or a person decides"), approves)

    def _named(self, hint: str, truth: Truth, comment: str) -> Truth:
        return Truth(self.column(hint, truth.sql, comment), truth.may_be_open)

    def mask(self, hint: str, mask: Mask) -> Mask:
        """A mask with a column for each of its words."""
        return {word: self.column(f"{hint} missing", bits, f"facts missing: {hint}") for word, bits in mask.items()}

    def column(self, hint: str, expression: exp.Expression, comment: str) -> exp.Expression:
        """An expression as a column."""
        return self.steps.column(hint, expression, comment)


def _leaf(criterion: CheckedCriterion, around: Around, truth: Truth, mask: Mask) -> Held:
    asks = around.unmet is Outcome.PEND
    level = Level(YES if asks else truth, truth)
    return Held(criterion, around.excludes, YES, level, level, mask, FALSE, not asks)


def _in_group(truth: Truth, kind: GroupKind) -> Truth:
    return opposite(truth) if kind is GroupKind.NONE else truth


def _combined(group: CheckedGroup, truths: Sequence[Truth]) -> Truth:
    how: dict[GroupKind, Callable[[Sequence[Truth]], Truth]] = {
        GroupKind.ALL: all_true,
        GroupKind.NONE: all_true,
        GroupKind.ANY: any_true,
        GroupKind.AT_LEAST: lambda each: at_least_true(group.count, each),
    }
    return how[group.kind](truths)
