"""What the pathways of a policy come to, as columns: the same rule as `determination.deciding`.

A pathway comes to what the worst of its parts comes to, the case to what the best of its pathways does. In the two
truths that a level is made of (see `criteria`) the worst of several is AND, the best is OR.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from besponsa_pa.backends.sql.criteria import APPROVED, Held, Level, Look
from besponsa_pa.backends.sql.grants import held_grant
from besponsa_pa.backends.sql.terms import TRUE, Mask, case, not_, number, text
from besponsa_pa.backends.sql.translation import Translation
from besponsa_pa.backends.sql.truths import (
    YES,
    Truth,
    all_true,
    any_true,
    both,
    either,
    is_false,
    is_open,
    is_true,
    may_be_true,
    negated,
    opposite,
)
from besponsa_pa.determination.findings import Part
from besponsa_pa.determination.holding import EXCLUDING
from besponsa_pa.policy.model import CheckedPathway, CompiledPolicy
from besponsa_pa.records import dataclass


@dataclass(frozen=True, slots=True)
class PartHeld:
    """A criterion in its part of the pathway, and what the pathway comes to by it."""

    part: Part
    held: Held
    level: Level


@dataclass(frozen=True, slots=True)
class PathwayHeld:
    """A pathway as columns: whether it applies, what it comes to if it does, the facts missing for either.

    `grant` is open, false or true as its values are.
    """

    pathway: CheckedPathway
    applies: Truth
    mask: Mask
    parts: tuple[PartHeld, ...]
    grant: Truth
    grant_mask: Mask
    level: Level

    @property
    def may_apply(self) -> exp.Expression:
        """Whether it applies or may."""
        return may_be_true(self.applies)


@dataclass(frozen=True, slots=True)
class Decided:
    """The pathways and what they come to together, if any applies; whether that approves or denies."""

    pathways: tuple[PathwayHeld, ...]
    level: Level
    approves: exp.Expression
    denies: exp.Expression


def decide(compiled: CompiledPolicy, translation: Translation, *, documented: bool) -> Decided:
    """The decision on the facts that are stated, or on those of them that are documented."""
    look = Look(translation, documented=documented)
    pathways = tuple(_pathway(pathway, look) for pathway in compiled.pathways)
    level = Level(
        any_true([all_true((each.applies, each.level.pends)) for each in pathways]),
        any_true([all_true((each.applies, each.level.approves)) for each in pathways]),
    )
    level = _kept(look, "policy", level, "the best of the pathways")
    may_be_otherwise = compiled.otherwise is None or compiled.otherwise.decision != "deny"
    some = either(*(each.may_apply for each in pathways)) if may_be_otherwise else TRUE
    surely = [not_(is_open(each.applies)) for each in pathways]
    if may_be_otherwise and len(pathways) == 1:
        surely, some = [], is_true(pathways[0].applies)
    return Decided(pathways, level, is_true(level.approves), both(is_false(level.pends), *surely, some))


def _pathway(pathway: CheckedPathway, look: Look) -> PathwayHeld:
    applies, mask = look.truth(pathway.when, None, harm=False)
    parts = tuple(_parts(pathway, look))
    grant, grant_mask = held_grant(look.translation, pathway.grant, look.view)
    levels = [APPROVED, *(part.level for part in parts)]
    level = Level(
        all_true([each.pends for each in levels]), all_true([*(each.approves for each in levels), grant])
    )  # fmt: skip
    level = _kept(look, f"pathway {pathway.name}", level, pathway.title)
    return PathwayHeld(pathway, applies, mask, parts, grant, grant_mask, level)


def _parts(pathway: CheckedPathway, look: Look) -> Iterator[PartHeld]:
    for criterion in pathway.exclude:
        held = look.held(criterion, EXCLUDING)
        against = opposite(held.level.approves)
        yield PartHeld(Part.EXCLUDE, held, Level(against, against))
    if pathway.require is not None:
        held = look.held(pathway.require)
        yield PartHeld(Part.REQUIRE, held, held.level)
    for criterion in pathway.review:
        held = look.held(criterion, EXCLUDING)
        yield PartHeld(Part.REVIEW, held, Level(YES, opposite(held.level.approves)))


def _kept(look: Look, hint: str, level: Level, title: str) -> Level:
    """The level with columns that say what they are."""

    def kept(hint: str, truth: Truth, comment: str) -> Truth:
        return Truth(look.column(hint, truth.sql, f"{comment}: {title}"), truth.may_be_open)

    approves = kept(f"{hint} approves", level.approves, "approves")
    if level.pends == level.approves:
        return Level(approves, approves)
    return Level(kept(f"{hint} does not deny", level.pends, "approves, or pends"), approves)


# --- the pathway that the decision is taken in ---


def waits_for_when(pathway: PathwayHeld, decided: Decided) -> exp.Expression:
    """Whether it is not known if a pathway applies, and what the pathways come to together may depend on it."""
    may_deny, may_pend = negated(is_true(decided.level.pends)), negated(is_true(decided.level.approves))
    may_help = both(may_be_true(pathway.level.approves), may_pend)
    return both(is_open(pathway.applies), may_deny if may_deny == may_pend else either(may_deny, may_help))


def approving_pathway(decided: Decided) -> exp.Expression:
    """The name of the first pathway that approves, where one does."""
    *others, last = decided.pathways
    return case([(_approves(each), text(each.pathway.name)) for each in others], text(last.pathway.name))


def _approves(pathway: PathwayHeld) -> exp.Expression:
    return both(is_true(pathway.applies), is_true(pathway.level.approves))


def first_pathway(decided: Decided) -> exp.Expression:
    """The name of the first pathway that applies."""
    return case([(is_true(each.applies), text(each.pathway.name)) for each in decided.pathways])


def closest_pathway(decided: Decided, translation: Translation) -> exp.Expression:
    """The name of the pathway that applies and comes closest to approval; NULL while it may be another."""
    pathways = decided.pathways
    if len(pathways) == 1:
        return first_pathway(decided)
    waits = either(*(waits_for_when(each, decided) for each in pathways))
    steps, comment = translation.steps, "how close it comes to approval"
    ranks = [steps.column(f"rank {each.pathway.name}", _rank(each), comment) for each in pathways]
    greatest = exp.Greatest(this=ranks[0], expressions=ranks[1:], ignore_nulls=False)
    best = steps.column("best rank", greatest, "how close the closest comes")
    nothing = exp.LT(this=best, expression=number(0))
    chosen = [
        (exp.EQ(this=rank, expression=best), text(each.pathway.name))
        for rank, each in zip(ranks, pathways, strict=True)
    ]  # fmt: skip
    return case([(either(waits, nothing), exp.Null()), *chosen])


def _rank(pathway: PathwayHeld) -> exp.Expression:
    """How close a pathway that applies comes to approval: by the best that it can come to, then by the worst."""
    pends, approves = pathway.level.pends, pathway.level.approves
    ranks: Sequence[tuple[exp.Expression, int]] = (
        (negated(is_true(pathway.applies)), -1),
        (is_true(approves), 5),
        (both(is_open(approves), is_true(pends)), 4),
        (is_open(approves), 3),
        (is_true(pends), 2),
        (is_open(pends), 1),
    )
    return case([(condition, number(rank)) for condition, rank in ranks], number(0))
