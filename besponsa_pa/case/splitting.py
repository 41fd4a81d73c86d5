"""Many cases in one file: a text for each, so that a broken one is reported with its line and the others go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from besponsa_pa.document import SIZE_LIMIT, Node, Sequence
from besponsa_pa.patterns import pattern
from besponsa_pa.source import Source

_NDJSON_SUFFIXES = (".ndjson", ".jsonl")
_YAML_SUFFIXES = (".yaml", ".yml")
# YAML ends a document here wherever it stands, even inside a text
_DOCUMENT_START = pattern(r"---(\s|$)")
_SAYS_NOTHING = pattern(r"\s*(#.*)?|%.*|(---|\.\.\.)\s*(#.*)?")
_BYTE_ORDER_MARK = "\ufeff"


def case_sources(lines: Iterable[str], name: str) -> Iterator[Source]:
    """The texts of the cases of a file: one for each line of NDJSON, one for each YAML document, else the whole.

    Lines come one by one and sources go one by one, so that a file of any length can be read. Each source knows
    the line of the file at which it begins. By the name where that tells (`.ndjson`), else by the first lines.
    """
    lines = iter(lines)
    head = _head(lines)
    is_ndjson = name.lower().endswith(_NDJSON_SUFFIXES)
    if not is_ndjson and not name.lower().endswith(_YAML_SUFFIXES):
        is_ndjson = _looks_like_ndjson([line.strip() for line in head if line.strip()])
    return (ndjson_sources if is_ndjson else yaml_sources)(chain(head, lines), name)


def ndjson_sources(lines: Iterable[str], name: str) -> Iterator[Source]:
    """The cases of a file that has one a line; empty lines are passed over."""
    for number, line in enumerate(_without_mark(lines), 1):
        if line.strip():
            yield Source(line.rstrip("\r\n"), name, number)


def yaml_sources(lines: Iterable[str], name: str) -> Iterator[Source]:
    """The documents of a YAML file, divided at `---`; a file without content is one empty source.

    JSON is not divided: no line of it begins with `---`. Of a document beyond `SIZE_LIMIT` the rest is left out: it is
    too large to be used, and whoever parses it says so.
    """
    text, first, size, yielded = list[str](), 1, 0, False
    for number, line in enumerate(_without_mark(lines), 1):
        if _DOCUMENT_START.match(line):
            if not _is_empty(text):
                yield Source("".join(text), name, first)
                yielded = True
            text, first, size = [], number, 0
        if size <= SIZE_LIMIT:
            text.append(line if line.endswith("\n") else f"{line}\n")
            size += len(line)
    if not yielded or not _is_empty(text):
        yield Source("".join(text), name, first)


def cases_in(node: Node) -> tuple[Node, ...]:
    """The cases of a document: each item of a list of cases, or the document itself."""
    return node.items if isinstance(node, Sequence) else (node,)


def _without_mark(lines: Iterable[str]) -> Iterator[str]:
    """The lines, the first of them without the byte order mark that some programs write."""
    for index, line in enumerate(lines):
        yield line.removeprefix(_BYTE_ORDER_MARK) if index == 0 else line


def _head(lines: Iterator[str]) -> list[str]:
    """The lines up to the second that is not empty."""
    head: list[str] = []
    for line in lines:
        head.append(line)
        if sum(1 for seen in head if seen.strip()) == 2:
            break
    return head


def _looks_like_ndjson(head: list[str]) -> bool:
    """Whether the first two lines with content are objects, each on its line; one of them may be broken off."""
    if not head or not head[0].startswith("{") or head[0] == "{":
        return False
    return len(head) == 2 and head[1].startswith("{") and head[1] != "{"


def _is_empty(text: list[str]) -> bool:
    return all(_SAYS_NOTHING.fullmatch(line.rstrip("\r\n")) for line in text)
