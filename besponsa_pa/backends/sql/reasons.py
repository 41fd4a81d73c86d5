"""Which criteria decide, and which missing facts matter, as conditions: the same rule as `determination.holding`.

A window of outcomes, which `leaves_that_matter` narrows from group to group, is here two conditions: whether it is open
between deny and pend, and between pend and approve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from sqlglot import exp

from besponsa_pa.backends.sql.criteria import Held
from besponsa_pa.backends.sql.decisions import Decided, PathwayHeld, waits_for_when
from besponsa_pa.backends.sql.steps import Steps
from besponsa_pa.backends.sql.terms import FALSE, TRUE, Mask, is_set, union, when
from besponsa_pa.backends.sql.truths import (
    YES,
    both,
    either,
    in_groups,
    is_false,
    is_open,
    is_true,
    may_be_true,
    negated,
)
from besponsa_pa.determination.findings import Part
from besponsa_pa.policy.model import CheckedPathway, GroupKind
from besponsa_pa.records import dataclass

# Conditions that all hold; none of them is ever NULL.
Conditions: TypeAlias = tuple[exp.Expression, ...]
# A criterion decides where its conditions hold.
Reason: TypeAlias = tuple[Conditions, str]
# Whether it is open between deny and pend, and between pend and approve.
Window: TypeAlias = tuple[exp.Expression, exp.Expression]


@dataclass(frozen=True, slots=True)
class Open:
    """Missing facts that can change the decision where a condition holds, and the criterion they serve, if any.

    `decides` are the conditions under which the criterion is one of the reasons of a pend.
    """

    where: exp.Expression
    mask: Mask
    decides: Conditions = ()
    held: Held | None = None


# --- what is still open ---


def what_matters(decided: Decided, steps: Steps) -> tuple[Open, ...]:
    """What is open and can still change what the pathways come to together, the best of them."""
    return tuple(_Matters(steps).in_all(decided))


def mask_of_missing(found: Sequence[Open]) -> Mask:
    """The missing facts of all that matters."""
    masks: dict[exp.Expression, list[Mask]] = {}
    for each in found:
        if each.mask not in masks.setdefault(each.where, []):
            masks[each.where].append(each.mask)
    found_where = [when(where, _union(each)) for where, each in masks.items() if where != FALSE]
    return _union(found_where)


def _union(masks: Sequence[Mask]) -> Mask:
    return in_groups(masks, lambda some: union(*some))


@dataclass(frozen=True, slots=True)
class _Matters:
    """Walks the pathways from the outside in; conditions that much depends on become columns."""

    steps: Steps

    def in_all(self, decided: Decided) -> Iterator[Open]:
        for pathway in decided.pathways:
            yield Open(waits_for_when(pathway, decided), pathway.mask)
            yield from self._in_pathway(pathway, self._window(pathway, decided))

    def _window(self, pathway: PathwayHeld, decided: Decided) -> Window:
        hint = f"pathway {pathway.pathway.name} open"
        applies = pathway.may_apply
        pends = both(is_open(pathway.level.pends), is_open(decided.level.pends), applies)
        approves = both(is_open(pathway.level.approves), is_open(decided.level.approves), applies)
        comment = "what is still open in it matters"
        return self._columns(hint, (pends, approves), comment)

    def _in_pathway(self, pathway: PathwayHeld, window: Window) -> Iterator[Open]:
        any_ = self._either(f"pathway {pathway.pathway.name} open", window)
        for part in pathway.parts:
            match part.part:
                case Part.EXCLUDE:
                    yield from self._in_criterion(part.held, (any_, any_))
                case Part.REVIEW:
                    yield from self._in_criterion(part.held, (window[1], window[1]))
                case Part.REQUIRE:
                    yield from self._in_criterion(part.held, window)
        yield Open(both(is_open(pathway.grant), window[1]), pathway.grant_mask)

    def _in_criterion(self, held: Held, window: Window) -> Iterator[Open]:
        """A criterion that matters where it is open within a window, and those in it."""
        level = held.level
        if not held.children:
            where = self._reach(held, window)
            if where != FALSE and level.approves.may_be_open:
                yield Open(where, held.mask, (is_open(level.approves), where), held)
            return
        across = either(both(is_open(level.pends), window[0]), both(is_open(level.approves), window[1]))
        if across == FALSE:
            return
        if held.mask:
            across = self.steps.column(f"{held.criterion.id} open", across, "")
            yield Open(across, held.mask, (across, is_set(held.mask)), held)
        within = self._within(held, window)
        for child in held.children:
            yield from self._in_criterion(child, within)

    def _reach(self, held: Held, window: Window) -> exp.Expression:
        """Where being open matters of a criterion that cannot come to a pend by itself, or that does no worse."""
        if not held.is_plain:
            return window[1]
        return self._either(f"{held.criterion.id} open", window)

    def _within(self, held: Held, window: Window) -> Window:
        """The window for what is in a group."""
        hint, comment = f"{held.criterion.id} open", f"what is still open in it matters: {held.criterion.title}"
        given = may_be_true(held.given)
        if held.is_plain or held.kind is GroupKind.NONE:
            flag = both(self._reach(held, window), is_open(held.body.approves), given)
            flag = self.steps.column(hint, flag, comment)
            return flag, flag
        pends = both(window[0], is_open(held.body.pends), given)
        approves = both(window[1], is_open(held.body.approves), given)
        return self._columns(hint, (pends, approves), comment)

    def _columns(self, hint: str, window: Window, comment: str) -> Window:
        pends, approves = window
        if pends == approves:
            return (self.steps.column(hint, pends, comment),) * 2
        below_pend = self.steps.column(f"{hint} below pend", pends, f"{comment}, deny or better")
        return below_pend, self.steps.column(f"{hint} below approve", approves, f"{comment}, approve or worse")

    def _either(self, hint: str, window: Window) -> exp.Expression:
        return self.steps.column(hint, either(*window), "")


# --- what decides ---


def reasons_to_approve(decided: Decided, taken_in: Callable[[CheckedPathway], exp.Expression]) -> Iterator[Reason]:
    """The met requirements of the pathway that the approval is taken in."""
    for pathway in decided.pathways:
        for held in _requirements(pathway):
            own = () if held.is_beside == FALSE else (negated(held.is_beside),)
            yield from _met(held, _conditions(taken_in(pathway.pathway)), own)


def reasons_to_deny(decided: Decided) -> Iterator[Reason]:
    """What is unmet and what excludes, in all pathways that apply."""
    for pathway in decided.pathways:
        before = _conditions(is_true(pathway.applies))
        for held in _requirements(pathway):
            yield from _not_met(held, False, before, _conditions(is_false(held.level.pends)))
        for part in pathway.parts:
            if part.part is Part.EXCLUDE:
                yield from _met(part.held, before, _conditions(is_true(part.held.level.approves)))


def reasons_to_ask(decided: Decided) -> Iterator[Reason]:
    """What a person has to decide in the pathways that cannot come to more than a pend."""
    for pathway in decided.pathways:
        pends = pathway.level.pends
        before = _conditions(pathway.may_apply, may_be_true(pends))
        for held in _requirements(pathway):
            if not held.is_plain:
                yield from _not_met(held, True, before, _conditions(is_false(held.level.approves)))
        for part in pathway.parts:
            if part.part is Part.REVIEW:
                yield from _met(part.held, before, _conditions(is_true(part.held.level.approves)))


def reasons_of(found: Sequence[Open]) -> Iterator[Reason]:
    """The criteria that are open and matter."""
    return ((each.decides, each.held.criterion.id) for each in found if each.held is not None)


def _requirements(pathway: PathwayHeld) -> Iterator[Held]:
    return (part.held for part in pathway.parts if part.part is Part.REQUIRE)


def _conditions(*conditions: exp.Expression) -> Conditions:
    return tuple(each for each in dict.fromkeys(conditions) if each != TRUE)


def _applying(held: Held) -> Conditions:
    """That a met criterion of a requirement is no mere one that does not apply."""
    return () if held.excludes else _conditions(negated(held.is_beside))


def _met(held: Held, before: Conditions, own: Conditions) -> Iterator[Reason]:
    """The leaves by which a criterion that is met where all the conditions hold is met.

    `own` are those of the criterion itself, which what is in it may imply.
    """
    if not held.children or held.kind is GroupKind.NONE:
        yield (*before, *own), held.criterion.id
        return
    is_implied = held.kind is GroupKind.ANY and held.given == YES
    path = before if is_implied else (*before, *own)
    for child in held.children:
        met = () if held.kind is GroupKind.ALL else _conditions(is_true(child.level.approves))
        yield from _met(child, path, (*met, *_applying(child)))


def _not_met(held: Held, asks: bool, before: Conditions, own: Conditions) -> Iterator[Reason]:
    """The leaves by which a criterion is not met: those that come to what it comes to, a denial, or a pend (`asks`)."""
    if FALSE in own:
        return
    if not held.children:
        yield (*before, *own), held.criterion.id
        return
    kind, is_bare = held.kind, held.given == YES
    is_implied = is_bare and (kind is GroupKind.NONE or (kind is GroupKind.ALL and not asks))
    path = before if is_implied else (*before, *own)
    for child in held.children:
        if kind is GroupKind.NONE:
            yield from _met(child, path, _conditions(is_true(child.level.approves), *_applying(child)))
        elif (unmet := _unmet(child, asks, kind is GroupKind.ANY)) is not None:
            yield from _not_met(child, asks, path, unmet)


def _unmet(child: Held, asks: bool, all_are: bool) -> Conditions | None:
    """Where a criterion of an unmet group is not met, and comes to the same; None where it never does.

    `all_are` says that none of the group is met. What excludes never stands here: below `none` it is what is met.
    """
    pends, approves = child.level.pends, child.level.approves
    if asks:
        unmet = () if all_are else (is_false(approves),)
        return None if child.is_plain else _conditions(*unmet, may_be_true(pends))
    denies = is_false(pends)
    if denies == FALSE:
        return None
    return () if all_are else _conditions(denies)
