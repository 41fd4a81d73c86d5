"""The list of what HL7's tests want and this language does not do, with the reasons (`refused.yaml`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml
from hl7 import Ending, SuiteTest

LIST = Path(__file__).parent / "refused.yaml"


@dataclass(frozen=True, slots=True)
class Entry:
    """One construct: why it ends so (None: it passes, or is not in the copy at hand), and for which tests."""

    ending: Ending | None
    construct: str
    section: str
    reason: str
    patterns: tuple[str, ...]
    count: int | None = None

    def covers(self, test: SuiteTest) -> bool:
        """Whether a test is one of those that the entry names."""
        return any(fnmatchcase(str(test), pattern) for pattern in self.patterns)

    def covered(self, tests: Iterable[SuiteTest]) -> list[SuiteTest]:
        """Those that the entry names."""
        return [test for test in tests if self.covers(test)]


@dataclass(frozen=True, slots=True)
class GapList:
    """The entries, and how many tests the copy of the suite has for which they are counted."""

    tests: int
    entries: tuple[Entry, ...]

    def of(self, ending: Ending | None) -> list[Entry]:
        """The entries for one ending."""
        return [entry for entry in self.entries if entry.ending is ending]

    def expected(self, test: SuiteTest) -> Ending:
        """How a test ends by the list."""
        endings = {entry.ending for entry in self.entries if entry.ending is not None and entry.covers(test)}
        assert len(endings) <= 1, f"two entries name {test}"
        return endings.pop() if endings else Ending.PASSED


def gap_list() -> GapList:
    """The list as it is written."""
    content = yaml.safe_load(LIST.read_text("utf-8"))
    parts = {"refused": Ending.REFUSED, "contradicts": Ending.WRONG, "disputed": None}
    assert content.keys() == {"tests", *parts}
    return GapList(content["tests"], tuple(_entry(parts[part], row) for part in parts for row in content[part]))


def _entry(ending: Ending | None, row: dict[str, object]) -> Entry:
    count = {} if ending is None else {"count": row.pop("count")}
    patterns = tuple(row.pop("tests"))  # type: ignore[arg-type]
    return Entry(ending=ending, patterns=patterns, **row, **count)  # type: ignore[arg-type]
