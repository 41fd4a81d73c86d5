"""What changes when one policy takes the place of another, as its text, its data and its page tell it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from besponsa_pa.records import dataclass
from besponsa_pa.render.batched import PAST, PENDS

# a decision, and what it waits for if it is a pend
State: TypeAlias = "tuple[str, str | None]"
REJECT = "reject"
APPROVED: State = ("approve", None)
# in the order of telling
STATES: tuple[State, ...] = (APPROVED, ("deny", None), *(("pend", kind) for kind in PENDS), (REJECT, None))
# what a criterion does to a case
EFFECTS = {
    "deny": "denies",
    "clinical_review": "asks a clinician",
    "documentation": "asks for documents",
    "information": "asks for information",
    REJECT: "rejects",
}
OTHERWISE = {
    "reasons": "for other reasons",
    "missing": "with other questions",
    "grant": "with another grant",
    "pathway": "in another pathway",
}
OTHER_CRITERIA = "on other criteria"
OLD, NEW = "old", "new"


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """One of the two policies, and the file it was read from."""

    id: str
    title: str
    version: str
    digest: str
    file: str


@dataclass(frozen=True, slots=True)
class Change:
    """How many cases were one and are the other; the same on both sides: those that stay."""

    old: State
    new: State
    cases: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A criterion with what it does, or a fact that is asked for: how many cases that newly happens to.

    `newly_decided` and `no_longer_decided` are those of them that have another decision too. `only_in` names the policy
    that alone has the criterion or the fact.
    """

    name: str
    effect: str
    meaning: str
    only_in: str | None
    newly: int
    newly_decided: int
    no_longer: int
    no_longer_decided: int


@dataclass(frozen=True, slots=True)
class Side:
    """What one policy says of an example; `problems` are told of a row that is no case."""

    state: State
    pathway: str | None
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    grant: str | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one policy finds of a criterion: a mark in a word, what was seen, and the conditions as it writes them."""

    mark: str
    seen: tuple[str, ...]
    given: str | None
    check: str | None


@dataclass(frozen=True, slots=True)
class DifferingCriterion:
    """A criterion that both policies find otherwise; None where a policy has it not, or does not come to it."""

    id: str
    title: str
    old: Seen | None
    new: Seen | None


@dataclass(frozen=True, slots=True)
class Example:
    """A case to look at: where it stands, what both policies say of it, and the criteria that explain the difference.

    `line` is that of the file, or the row of a table.
    """

    case: str | None
    file: str
    line: int
    old: Side
    new: Side
    criteria: tuple[DifferingCriterion, ...]


@dataclass(frozen=True, slots=True)
class Impacted:
    """What changes. `alike` counts cases with the same decision by it and by what differs; `differing` each once."""

    old: NamedPolicy
    new: NamedPolicy
    engine: str
    files: tuple[str, ...]
    changes: tuple[Change, ...]
    alike: tuple[tuple[State, str, int], ...]
    differing: int
    criteria: tuple[Moved, ...]
    missing: tuple[Moved, ...]
    examples: tuple[Example, ...]

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return sum(each.cases for each in self.changes)

    @property
    def rejected(self) -> int:
        """How many rows are no cases for either policy."""
        return sum(each.cases for each in self.changes if each.old[0] == each.new[0] == REJECT)

    @property
    def changed(self) -> int:
        """How many rows have another decision."""
        return sum(each.cases for each in self.changes if each.old != each.new)

    @property
    def moving(self) -> tuple[Change, ...]:
        """The changes from one decision to another, the most frequent first."""
        moving = (each for each in self.changes if each.old != each.new)
        return tuple(sorted(moving, key=lambda each: (-each.cases, order(each.old), order(each.new))))

    def total(self, side: str, state: State) -> int:
        """How many rows came to a state by one of the policies."""
        return sum(each.cases for each in self.changes if (each.old if side == OLD else each.new) == state)

    def examples_of(self, old: State, new: State) -> tuple[Example, ...]:
        """The examples of one change."""
        return tuple(each for each in self.examples if (each.old.state, each.new.state) == (old, new))


def order(state: State) -> int:
    """The place of a state in the order of telling."""
    return STATES.index(state)


def read_words(impact: Impacted) -> str:
    """How many rows were read, and how many of them are no cases at all."""
    rejected = f", {impact.rejected:,} of them rejected by both policies" if impact.rejected else ""
    return f"{impact.rows:,} {'case' if impact.rows == 1 else 'cases'}{rejected}"


def state_words(state: State) -> str:
    """A state in words: `denied`, `pended for information`."""
    decision, pend = state
    if decision == REJECT:
        return "rejected"
    return PAST[decision] if pend is None else f"{PAST[decision]} {PENDS[pend]}"


def alike_words(state: State, what: str) -> str:
    """What is different under the same decision: `approved, with another grant`."""
    is_met = what == "reasons" and state == APPROVED
    return f"{state_words(state)}, {OTHER_CRITERIA if is_met else OTHERWISE[what]}"


def effect_words(moved: Moved) -> str:
    """What a criterion does, and which policy alone has it."""
    return EFFECTS[moved.effect] + only_words(moved)


def only_words(moved: Moved) -> str:
    """Which policy alone has a criterion or a fact."""
    return "" if moved.only_in is None else f", only in the {moved.only_in} policy"


def side_words(side: Side) -> str:
    """What one policy says of a case, in a line: `denied: age`."""
    said = state_words(side.state)
    if side.problems:
        return f"{said}: {'; '.join(side.problems)}"
    parts = [f"{', '.join(side.reasons)}"] if side.reasons and side.state != APPROVED else []
    parts += [f"asks for {', '.join(side.missing)}"] if side.missing else []
    parts += [f"grants {', '.join(_granted(json.loads(side.grant)))}"] if side.grant else []
    return f"{said}: {'; '.join(parts)}" if parts else said


def _granted(grant: Mapping[str, object], around: str = "") -> Iterator[str]:
    """What is granted, each value behind its name: `quantity.cycles 6`."""
    for name, value in grant.items():
        if isinstance(value, Mapping):
            yield from _granted(value, f"{around}{name}.")
        else:
            yield f"{around}{name} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"


def details(criterion: DifferingCriterion) -> Iterator[tuple[str, str]]:
    """What both policies find of a criterion, each with the name of what is said."""
    if criterion.old is not None and criterion.old == criterion.new:
        yield "both", _said(criterion.old)
        return
    for name, found in ((OLD, criterion.old), (NEW, criterion.new)):
        yield name, "not looked at" if found is None else _said(found)
    if criterion.old is None or criterion.new is None:
        found = criterion.new or criterion.old
        if found is not None:
            yield from ((name, said) for name, said in (("given", found.given), ("check", found.check)) if said)
        return
    pairs = (("given", criterion.old.given, criterion.new.given), ("check", criterion.old.check, criterion.new.check))
    for name, old, new in pairs:
        if old != new:
            yield f"old {name}", old or "none"
            yield f"new {name}", new or "none"


def _said(seen: Seen) -> str:
    return ". ".join((seen.mark, "; ".join(seen.seen))) if seen.seen else seen.mark
