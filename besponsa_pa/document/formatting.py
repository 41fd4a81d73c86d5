"""From the nodes of a YAML file back to its text, in one layout: two columns a level, at most 120 to a line.

What is in brackets stays there while it fits on its line; texts have quotes only where they need them; comments stay
with what they speak of. What the parts of the file are, which order its keys have and how an expression is written
is not known here: an `Arrangement` says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol

from besponsa_pa.document.comments import FILE, Comments, Remarks, is_in_brackets
from besponsa_pa.document.nodes import Mapping, Node, Scalar
from besponsa_pa.document.nodes import Sequence as List
from besponsa_pa.document.scalars import (
    can_be_plain,
    chomping,
    folded_lines,
    has_escape,
    is_folded,
    is_plainly_text,
    literal_lines,
    quoted,
    unfolded,
    written_lines,
)

WIDTH = 120
INDENT = 2
_GAP = "  "


class Wording(Protocol):
    """How an expression is to be written: on one line, or on several of at most some width."""

    @property
    def text(self) -> str:
        """The expression on one line."""

    def lines(self, width: int) -> Sequence[str]:
        """The expression on several lines, which mean the same when they are joined by spaces."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What is to be written: the nodes of a file, its keys in order, and what is known of them.

    Parts are known by where they began in the file: `wordings` are the expressions, `quoted` the texts and keys whose
    quotes mean something, `bare` the texts that quotes would make something else, `texts` the lists of single texts,
    which stand in brackets wherever they fit. An empty line stands before each of the outermost keys in `sections`.
    """

    root: Mapping
    wordings: MappingType[int, Wording]
    quoted: frozenset[int]
    bare: frozenset[int]
    texts: frozenset[int]
    sections: frozenset[str]


def text_from_arrangement(arrangement: Arrangement, comments: Comments) -> str:
    """The text of a file, with the comments that `comments_of` found in it."""
    writer = _Writer(arrangement, comments)
    writer.file()
    return "".join(f"{line.rstrip()}\n" for line in _aligned(writer.lines))


def is_same(before: Node, after: Node, arrangement: Arrangement, is_same_text: Callable[[str, str], bool]) -> bool:
    """Whether a file means what the arrangement says, `before` being a part of that and `after` what is read again.

    Expressions are compared by `is_same_text`, all other texts must be the same, and in quotes where that matters.
    """
    match before, after:
        case Mapping(), Mapping():
            return len(before) == len(after) and all(
                is_same(key, other_key, arrangement, is_same_text) and is_same(value, other, arrangement, is_same_text)
                for (key, value), (other_key, other) in zip(before.entries, after.entries, strict=True)
            )
        case List(), List():
            return len(before) == len(after) and all(
                is_same(item, other, arrangement, is_same_text) for item, other in zip(before, after, strict=True)
            )
        case Scalar(), Scalar() if before.span.start in arrangement.bare and after.quoted and not after.is_block:
            return False
        case Scalar(), Scalar() if before.span.start in arrangement.wordings:
            return is_same_text(before.text, after.text)
        case Scalar(), Scalar():
            must_have_quotes = before.span.start in arrangement.quoted
            has_same_quotes = before.quoted == after.quoted and before.is_block == after.is_block
            return before.text == after.text and (
                has_same_quotes or (not must_have_quotes and is_plainly_text(before.text))
            )
        case _:
            return False


@dataclass(slots=True)
class _Line:
    """A line, and the comment beside it."""

    text: str
    beside: str = ""


def _aligned(lines: Iterable[_Line]) -> Iterator[str]:
    """The lines, comments of neighbours below one another as long as that makes no line too long."""
    for _, group in groupby(lines, key=lambda line: line.beside and len(line.text) - len(line.text.lstrip())):
        run = list(group)
        column = max(len(line.text) for line in run)
        fits = all(column + len(_GAP) + len(line.beside) <= WIDTH for line in run)
        for line in run:
            yield f"{line.text.ljust(column if fits else 0)}{_GAP}{line.beside}" if line.beside else line.text


@dataclass(slots=True)
class _Writer:
    """Writes a file line by line.

    `is_after_block` is true right after a text in a block, `is_open` when that keeps the empty lines below it, so that
    none may be added.
    """

    arrangement: Arrangement
    comments: Comments
    lines: list[_Line] = field(default_factory=list)
    is_after_block: bool = False
    is_open: bool = False

    def file(self) -> None:
        """Write all of it."""
        remarks = self.comments[FILE]
        self._comment_lines(remarks.above, 0)
        for number, (key, value) in enumerate(self.arrangement.root.entries):
            above = self.comments["key", key.span.start].above
            if not number:
                # an empty line would make what stands above it a comment on the file
                above = [line for line in above if line]
            elif key.text in self.arrangement.sections and above[:1] != [""]:
                above = ["", *above]
            self._entry(key, value, 0, above)
        self._comment_lines(remarks.below, 0)

    # --- blocks ---

    def _collection(self, node: Mapping | List, column: int, *, is_item: bool = False) -> None:
        if isinstance(node, Mapping):
            for number, (key, value) in enumerate(node.entries):
                above = self.comments["key", key.span.start].above
                is_told = is_item and not number
                self._entry(key, value, column, [] if is_told else above if number else _without_gap(above))
        else:
            for number, item in enumerate(node.items):
                self._item(item, column, is_first=not number, is_inner=is_item and not number)

    def _entry(self, key: Scalar, value: Node, column: int, above: list[str]) -> None:
        remarks = self.comments["key", key.span.start]
        self._comment_lines(above, column)
        self._value(value, column, f"{' ' * column}{self._key(key, in_brackets=False)}:", remarks.beside)
        self._below(remarks, column)

    def _item(self, item: Node, column: int, *, is_first: bool, is_inner: bool = False) -> None:
        """Write an item; one that begins an item itself stands on that one's line, its comments above both."""
        remarks = self.comments["item", item.span.start]
        dash = f"{' ' * column}-"
        is_block = not isinstance(item, Scalar) and self._in_one_line(item, column + INDENT) is None
        if not is_inner:
            above = [*remarks.above, *self._above_inside(item, column)] if is_block else remarks.above
            self._comment_lines(_without_gap(above) if is_first else above, column)
        begin = len(self.lines)
        if is_block and isinstance(item, Mapping | List):
            self._collection(item, column + INDENT, is_item=True)
            self.lines[begin].text = f"{dash} {self.lines[begin].text.lstrip(' ')}"
        else:
            self._value(item, column, dash, remarks.beside)
        self._below(remarks, column)

    def _above_inside(self, item: Node, column: int) -> Iterator[str]:
        """The comments beside the dash of an item that is in a block, and above what comes first in it."""
        if isinstance(item, Scalar) or self._in_one_line(item, column + INDENT) is not None:
            return
        beside = self.comments["item", item.span.start].beside
        yield from [beside] if beside else []
        if isinstance(item, Mapping):
            yield from filter(None, self.comments["key", item.entries[0][0].span.start].above)
        else:
            yield from filter(None, self.comments["item", item.items[0].span.start].above)
            yield from self._above_inside(item.items[0], column + INDENT)

    def _below(self, remarks: Remarks, column: int) -> None:
        """Write what stands below a key or an item; after a text in a block, where it is no part of the text."""
        self._comment_lines(remarks.below, column + (1 if self.is_after_block else INDENT))

    def _value(self, node: Node, column: int, head: str, beside: str) -> None:
        """Write a value behind its key or dash, or below it."""
        in_one_line = self._in_one_line(node, len(head) + 1)
        if in_one_line is not None:
            self._add(f"{head} {in_one_line}".rstrip(" "), beside)
        elif isinstance(node, Scalar):
            header, lines = self._block(node, column + INDENT) or ("", [])
            self._add(f"{head} {header}", beside)
            for line in lines:
                self._add(" " * (column + INDENT) + line if line else "")
            self.is_after_block, self.is_open = True, header.endswith("+")
        elif isinstance(node, List) and (rows := self._rows(node, column + INDENT)):
            self._add(f"{head} [", beside)
            for row in rows:
                self._add(" " * (column + INDENT) + row)
            self._add(" " * column + "]")
        else:
            self._add(head, beside)
            self._collection(node, column + INDENT)

    def _add(self, text: str, beside: str = "") -> None:
        self.lines.append(_Line(text, beside))
        self.is_after_block = self.is_open = False

    def _comment_lines(self, lines: Iterable[str], column: int) -> None:
        """Write comments and the empty lines among them."""
        for line in lines:
            if line or not self.is_open:
                self._add(" " * column + line if line else "")

    # --- on one line ---

    def _in_one_line(self, node: Node, used: int) -> str | None:
        """A value as it stands behind its key, or None when it takes lines of its own."""
        if isinstance(node, Scalar):
            return self._scalar_in_one_line(node, used)
        if len(node) == 0:
            return "{}" if isinstance(node, Mapping) else "[]"
        if not self._may_have_brackets(node):
            return None
        text = self._brackets(node, had_brackets=is_in_brackets(node))
        return text if used + len(text) <= WIDTH else None

    def _may_have_brackets(self, node: Mapping | List) -> bool:
        remarks = list(self._remarks_inside(node))
        if is_in_brackets(node):
            return not any(any(each.texts()) for each in remarks)
        is_list_of_texts = isinstance(node, List) and node.span.start in self.arrangement.texts
        return is_list_of_texts and not any(each.above or any(each.texts()) for each in remarks)

    def _rows(self, node: List, column: int) -> list[str]:
        """The lines of a list of texts in brackets that is too long for one; none for any other."""
        has_brackets = is_in_brackets(node) and self._may_have_brackets(node)
        if not has_brackets or not all(isinstance(item, Scalar) for item in node):
            return []
        rows = [""]
        for item in (self._brackets(item, had_brackets=True) for item in node):
            if rows[-1] and column + len(rows[-1]) + len(item) + 2 > WIDTH:
                rows.append("")
            rows[-1] += f"{' ' if rows[-1] else ''}{item},"
        return rows

    def _remarks_inside(self, node: Node) -> Iterator[Remarks]:
        if isinstance(node, Mapping):
            for key, value in node.entries:
                yield self.comments["key", key.span.start]
                yield from self._remarks_inside(value)
        elif isinstance(node, List):
            for item in node:
                yield self.comments["item", item.span.start]
                yield from self._remarks_inside(item)

    def _brackets(self, node: Node, *, had_brackets: bool) -> str:
        """A value inside brackets; one that stood there before can stand there without quotes again."""
        match node:
            case Mapping():
                entries = (
                    f"{self._key(key, in_brackets=True)}: {self._brackets(value, had_brackets=had_brackets)}"
                    for key, value in node.entries
                )
                return f"{{{', '.join(entries)}}}"
            case List():
                return f"[{', '.join(self._brackets(item, had_brackets=had_brackets) for item in node)}]"
            case Scalar():
                return self._scalar(node, in_brackets=True, is_new=not had_brackets)

    # --- texts ---

    def _key(self, key: Scalar, *, in_brackets: bool) -> str:
        needs_quotes = key.quoted and (key.span.start in self.arrangement.quoted or not is_plainly_text(key.text))
        is_plain = not needs_quotes and can_be_plain(key.text, in_brackets=in_brackets, is_key=True)
        return key.text if is_plain or not key.quoted else quoted(key.text)

    def _scalar(self, scalar: Scalar, *, in_brackets: bool, is_new: bool = False) -> str:
        """A text without quotes, or with them where it needs them; `is_new` when it had no brackets around it."""
        wording = self.arrangement.wordings.get(scalar.span.start)
        if wording is None and not scalar.quoted and not is_new:
            return scalar.text
        text = scalar.text if wording is None else wording.text
        needs_quotes = scalar.quoted and (scalar.span.start in self.arrangement.quoted or not is_plainly_text(text))
        if not needs_quotes and can_be_plain(text, in_brackets=in_brackets):
            return text
        if has_escape(scalar) and wording is None:
            return scalar.span.source.text[scalar.span.start : scalar.span.end]
        return quoted(text)

    def _scalar_in_one_line(self, scalar: Scalar, used: int) -> str | None:
        written = self._scalar(scalar, in_brackets=False)
        if scalar.span.start in self.arrangement.quoted or self._block(scalar, INDENT) is None:
            return written
        wording = self.arrangement.wordings.get(scalar.span.start)
        text = scalar.text if wording is None else wording.text
        if "\n" in text:
            return None if scalar.is_block else written
        has_quotes, is_long = written != text, used + len(written) > WIDTH
        if wording is None and is_long and " " not in text:
            return written
        # quotes for an expression only where nothing inside needs another sign for them
        is_better_below = scalar.is_block if wording is None else written[1:-1] != text
        return None if is_long or (has_quotes and is_better_below) else written

    def _block(self, scalar: Scalar, column: int) -> tuple[str, Sequence[str]] | None:
        """The sign and the lines of a text below its key; None for a text that cannot stand there."""
        wording = self.arrangement.wordings.get(scalar.span.start)
        if wording is not None:
            return ">-", wording.lines(WIDTH - column)
        content, sign = chomping(scalar.text)
        kept = [""] * (len(scalar.text) - len(content) - 1)
        if "\n" not in content or is_folded(scalar):
            own = written_lines(scalar)
            is_laid_out = unfolded(own) == content and all(len(line) <= WIDTH - column for line in own)
            folded = folded_lines(content, WIDTH - column)
            if folded is not None:
                return f">{sign}", [*(own if is_laid_out else folded), *kept]
        literal = literal_lines(content) if "\n" in scalar.text else None
        return None if literal is None else (f"|{sign}", [*literal, *kept])


def _without_gap(lines: list[str]) -> list[str]:
    return lines[1:] if lines[:1] == [""] else lines
