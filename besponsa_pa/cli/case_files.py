"""Cases out of files and standard input, one after the other, however many there are."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from besponsa_pa.case import case_sources, cases_in
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import SIZE_LIMIT, Node, parse_document, read_source, source_from_bytes
from besponsa_pa.document import Sequence as ListNode
from besponsa_pa.records import dataclass
from besponsa_pa.source import Source

STANDARD_INPUT = "-"
ONE_CASE_A_LINE = (".ndjson", ".jsonl")


@dataclass(frozen=True, slots=True)
class Entry:
    """One case of a file as parsed, or None when it cannot be; `one_of_many` when it stands in a list.

    One that stands on a line of its own is not parsed yet, for it may be read quickly: then `line` holds it.
    """

    node: Node | None
    diagnostics: Diagnostics
    one_of_many: bool = False
    line: Source | None = None

    def parsed(self) -> Node | None:
        """The case as parsed, with what is to be told of it in `diagnostics`."""
        return self.node if self.line is None else parse_document(self.line, self.diagnostics)


def entries_of(place: str) -> Iterator[Entry]:
    """The cases of a file, or of standard input for `-`.

    Only one case is in memory at a time, and one that is broken stands in nobody's way.
    """
    if place == STANDARD_INPUT:
        yield from _entries(sys.stdin.buffer, "standard input")
        return
    try:
        with Path(place).open("rb") as stream:
            yield from _entries(stream, place)
    except OSError as failure:
        diagnostics = Diagnostics()
        read_source(Path(place), diagnostics)
        if not diagnostics.items:  # it could be opened just now
            diagnostics.error("E101", f"`{place}` cannot be read: {(failure.strerror or 'an error').lower()}")
        yield Entry(None, diagnostics)


def _entries(stream: BinaryIO, name: str) -> Iterator[Entry]:
    is_empty = True
    # bytes that are no text pass through, for their own case to be refused with their line
    lines = (line.decode("utf-8", "surrogateescape") for line in lines_of(stream))
    for source in case_sources(lines, name):
        diagnostics = Diagnostics()
        data = source.text.encode("utf-8", "surrogateescape")
        text = source_from_bytes(data, name, diagnostics, first_line=source.first_line)
        if text is not None and _is_line(text):
            yield Entry(None, diagnostics, line=text)
        else:
            node = None if text is None else parse_document(text, diagnostics)
            yield from _cases(node, diagnostics, name)
        if is_empty and b"\x00" in data:
            return  # no text file at all: what would be its lines are none
        is_empty = False
    if is_empty:
        diagnostics = Diagnostics()
        diagnostics.error("E105", f"`{name}` is empty, wanted at least one case")
        yield Entry(None, diagnostics)


def _is_line(text: Source) -> bool:
    """Whether a text is one line of JSON with the keys of one case."""
    return text.text.startswith('{"') and "\n" not in text.text and not text.name.lower().endswith((".yaml", ".yml"))


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is longer than any case may be only the beginning, which is then refused."""
    while line := stream.readline(SIZE_LIMIT + 1):
        rest = line
        while len(rest) > SIZE_LIMIT and not rest.endswith(b"\n"):
            rest = stream.readline(SIZE_LIMIT + 1)
        yield line


def _cases(node: Node | None, diagnostics: Diagnostics, name: str) -> Iterator[Entry]:
    """The cases of a document, each with the diagnostics that are about it; the first has those about none."""
    if node is None or not isinstance(node, ListNode):
        yield Entry(node, diagnostics)
        return
    cases = cases_in(node)
    if not cases:
        diagnostics.error("E105", f"`{name}` holds no case", node.span)
        yield Entry(None, diagnostics)
    left = list(diagnostics)
    for case in cases:
        start, end = (0, case.span.end) if case is cases[0] else (case.span.start, case.span.end)
        own = [each for each in left if each.span is None or start <= each.span.start < end]
        left = [each for each in left if each not in own]
        yield Entry(case, Diagnostics(own), one_of_many=True)
