"""What the tests of a policy reach, as it is shown: items on the lines of files, counted and in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from besponsa_pa.source import Source, Span

# What the items of each kind are called, and what of them tests should reach.
KINDS: dict[str, tuple[str, str]] = {
    "pathway": ("pathways", "it applies, does not apply, or that is unknown; it approves, denies, pends"),
    "criterion": ("criteria", "met, not met, unknown, not applicable"),
    "clause": ("clauses (MC/DC)", "decides by itself when true, when false, when unknown"),
    "branch": ("branches", "one criterion of `any`, `at_least` or `none` decides alone"),
    "exclusion": ("exclusions", "it excludes by itself"),
    "review": ("review rules", "it asks for a review by itself"),
    "grant": ("grants", "the value is granted"),
    "result": ("choices", "the result of `if` or `case` is chosen"),
    "row": ("table rows", "the row is chosen"),
    "otherwise": ("otherwise", "no pathway applies"),
    "advisory": ("advisories", "told, not told, unknown"),
    "fact": ("facts", "what must hold is kept and broken; the evidence asked for is waited for"),
    "evidence": ("evidence", "the evidence that a criterion asks for is waited for"),
}


class Status(Enum):
    """What became of an item."""

    REACHED = "reached"
    MISSING = "missing"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class CoveredItem:
    """One thing that tests should reach, where it is written, and the names of the tests that do.

    `text` says it in words. `reason` is why no case can reach it, as the analyst says; None where nothing is said.
    """

    kind: str
    name: str
    state: str
    within: str
    text: str
    span: Span
    tests: tuple[str, ...]
    reason: str | None

    @property
    def status(self) -> Status:
        """Whether it is reached, could be, or cannot be."""
        if self.tests:
            return Status.REACHED
        return Status.MISSING if self.reason is None else Status.UNREACHABLE


@dataclass(frozen=True, slots=True)
class CoveredTest:
    """A test by its name, the decision that it expects, and where it stands."""

    name: str
    decision: str
    span: Span


@dataclass(frozen=True, slots=True)
class Count:
    """How many items are reached, missing and unreachable."""

    reached: int
    missing: int
    unreachable: int

    @property
    def total(self) -> int:
        """How many could be reached."""
        return self.reached + self.missing

    @property
    def percent(self) -> str:
        """How much of what could be reached is, rounded down: 100 only when nothing is missing."""
        tenths = 1000 * self.reached // self.total if self.total else 1000
        return "100" if tenths == 1000 else f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True, slots=True)
class CoveredPolicy:
    """A policy with everything that its tests should reach, in its order, and the tests in theirs."""

    id: str
    title: str
    version: str
    digest: str
    source: Source
    items: tuple[CoveredItem, ...]
    tests: tuple[CoveredTest, ...]

    @property
    def files(self) -> tuple[CoveredFile, ...]:
        """The files that hold items, that of the policy first."""
        sources = {self.source.name: self.source} | {each.span.source.name: each.span.source for each in self.items}
        files = (CoveredFile(source, _lines(source, self.items)) for source in sources.values())
        return tuple(file for file in files if file.lines or file.source is self.source)


@dataclass(frozen=True, slots=True)
class CoveredLine:
    """A line of a file by its number, its text, and the items that are written on it."""

    number: int
    text: str
    items: tuple[CoveredItem, ...]

    @property
    def count(self) -> Count:
        """How many of the items are reached, missing and unreachable."""
        return count_of(self.items)

    @property
    def status(self) -> Status:
        """The status that matters most: what is missing, else what is reached."""
        found = {item.status for item in self.items}
        return next(each for each in (Status.MISSING, Status.REACHED, Status.UNREACHABLE) if each in found)

    @property
    def mark(self) -> str:
        """The status in words, with numbers."""
        count = self.count
        if count.missing:
            return f"{count.missing} of {count.total} missing"
        return f"{count.reached} reached" if count.reached else "unreachable"


@dataclass(frozen=True, slots=True)
class CoveredFile:
    """A file and the lines of it that hold items, from the top down."""

    source: Source
    lines: tuple[CoveredLine, ...]


def count_of(items: Iterable[CoveredItem]) -> Count:
    """How many items are reached, missing and unreachable."""
    found = [item.status for item in items]
    return Count(*(found.count(status) for status in Status))


def by_kind(items: Iterable[CoveredItem]) -> dict[str, Count]:
    """The counts of each kind that there is, in the order of a policy."""
    items = tuple(items)
    each = {kind: [item for item in items if item.kind == kind] for kind in KINDS}
    return {kind: count_of(found) for kind, found in each.items() if found}


def with_status(items: Iterable[CoveredItem], status: Status) -> tuple[CoveredItem, ...]:
    """The items of one status."""
    return tuple(item for item in items if item.status is status)


def _lines(source: Source, items: Iterable[CoveredItem]) -> tuple[CoveredLine, ...]:
    found: dict[int, list[CoveredItem]] = {}
    for item in items:
        if item.span.source.name == source.name:
            found.setdefault(item.span.line, []).append(item)
    return tuple(CoveredLine(number, source.line_text(number), tuple(found[number])) for number in sorted(found))
