"""Where a text stands: sources, excerpts of them and spans, so that a message can point at its place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from besponsa_pa.records import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the name it is known by, usually a path as the user wrote it.

    `first_line` is the line of the file at which the text begins, for one case of a file with many.
    """

    text: str = field(repr=False)
    name: str
    first_line: int = 1
    _line_starts: list[int] = field(default_factory=list, repr=False, compare=False)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1, in characters."""
        starts = self._starts()
        line = bisect_right(starts, offset) - 1
        return line + self.first_line, offset - starts[line] + 1

    def line_text(self, line: int) -> str:
        """The text of a line, by the number that `position` gives it, without its line end."""
        starts = self._starts()
        index = line - self.first_line
        end = starts[index + 1] if index + 1 < len(starts) else len(self.text)
        return self.text[starts[index] : end].rstrip("\r\n")

    def _starts(self) -> list[int]:
        if not self._line_starts:
            self._line_starts.append(0)
            self._line_starts.extend(i + 1 for i, character in enumerate(self.text) if character == "\n")
        return self._line_starts


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source: offsets in characters, the end excluded."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        """The line of the first character, counted from 1."""
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        """The column of the first character, counted from 1."""
        return self.source.position(self.start)[1]

    def to(self, other: Span) -> Span:
        """The stretch from the start of this span to the end of another."""
        return Span(self.source, self.start, max(self.end, other.end))


NOWHERE = Span(Source("", ""), 0, 0)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text as it was read out of a source, and where each of its characters stands there.

    A quoted or folded YAML scalar reads differently from how it is written; `offsets` holds, for each
    character of `text` and for its end, the offset in the source, so that an error inside an expression
    points at its own line and column of the policy file.
    """

    text: str
    source: Source
    offsets: Sequence[int]

    @staticmethod
    def whole(text: str, name: str = "<expression>") -> Excerpt:
        """An excerpt that is its whole source."""
        return Excerpt(text, Source(text, name), range(len(text) + 1))

    def span(self, start: int, end: int) -> Span:
        """The span in the source of the characters `start` to `end` (excluded) of the text."""
        first = self.offsets[min(start, len(self.text))]
        last = self.offsets[end - 1] + 1 if end > start else first
        return Span(self.source, first, max(first, last))
