"""Where each character of a text stands in the file, when the file writes it otherwise than it reads.

YAML folds lines, doubles quotes and knows escapes, JSON knows escapes. The functions here read the raw text a
second time, only for the places; what the text says is left to the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from besponsa_pa.patterns import pattern
from besponsa_pa.source import Excerpt, Source

_BREAK = pattern(r"\r\n|[\r\n]")
_BLANKS = pattern(r"[ \t\r\n]*")
_RUN = pattern(r"[ \t\r\n]+|[^ \t\r\n]+")

# one match a character, but for blanks (which fold) and a line end after a backslash (which joins)
_FOLDED = r"(?P<blanks>[ \t\r\n]+)|(?P<joint>\\(?:\r\n|[\r\n])[ \t\r\n]*)"
_SINGLE_QUOTED = pattern(r"(?P<blanks>[ \t\r\n]+)|''|.", re.DOTALL)
_DOUBLE_QUOTED = pattern(_FOLDED + r"|\\x..|\\u.{4}|\\U.{8}|\\.|.", re.DOTALL)
_JSON = pattern(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u.{4}|\\.|.", re.DOTALL)


def plain_excerpt(source: Source, text: str, start: int, end: int) -> Excerpt:
    """The excerpt of a YAML text without quotes, perhaps over several lines."""
    return _excerpt(source, text, start, end, lambda raw: _by_runs(text, raw, start))


def quoted_excerpt(source: Source, text: str, start: int, end: int) -> Excerpt:
    """The excerpt of a YAML text in quotes, which stand at `start` and before `end`."""
    pattern = _SINGLE_QUOTED if source.text[start] == "'" else _DOUBLE_QUOTED
    return _excerpt(source, text, start + 1, end - 1, lambda raw: _by_tokens(pattern, raw, start + 1))


def json_excerpt(source: Source, text: str, start: int, end: int) -> Excerpt:
    """The excerpt of a JSON text, whose quotes stand at `start` and before `end`."""
    return _excerpt(source, text, start + 1, end - 1, lambda raw: _by_tokens(_JSON, raw, start + 1))


def block_excerpt(source: Source, text: str, start: int, end: int) -> Excerpt:
    """The excerpt of a YAML text after `|` or `>`, which stands at `start`."""
    header = source.text.find("\n", start, end) + 1 or end
    last = header + len(source.text[header:end].rstrip(" \t\r\n"))
    return _excerpt(source, text, header, last, lambda raw: _by_runs(text, raw, header))


def _excerpt(source: Source, text: str, start: int, end: int, read: Callable[[str], Iterator[int]]) -> Excerpt:
    raw = source.text[start:end]
    if raw == text:
        return Excerpt(text, source, range(start, end + 1))
    # INVARIANT: as many offsets as characters; filled up all the same, for a wrong caret is better than a crash
    offsets: Sequence[int] = [*read(raw), *[end] * len(text)][: len(text)]
    return Excerpt(text, source, [*offsets, end])


def _by_runs(text: str, raw: str, base: int) -> Iterator[int]:
    """Offsets when nothing but the blanks between words can differ from the raw text."""
    position = 0
    for run in _RUN.findall(text):
        blanks_end = _blanks_end(raw, position)
        if run[0] in " \t\r\n":
            last = max(blanks_end - 1, position)
            yield from (base + min(position + i, last) for i in range(len(run)))
            position = blanks_end
        else:
            yield from range(base + blanks_end, base + blanks_end + len(run))
            position = blanks_end + len(run)


def _blanks_end(raw: str, position: int) -> int:
    match = _BLANKS.match(raw, position)
    return match.end() if match else position


def _by_tokens(pattern: re.Pattern[str], raw: str, base: int) -> Iterator[int]:
    """Offsets when each match of the pattern reads as one character."""
    for token in pattern.finditer(raw):
        match token.lastgroup:
            case "blanks":
                yield from (base + token.start() + i for i in _folded(token.group()))
            case "joint":
                yield from (base + token.start() + b.start() for b in [*_BREAK.finditer(token.group())][1:])
            case _:
                yield base + token.start()


def _folded(blanks: str) -> list[int]:
    """The blanks that remain: all of them within a line; of line ends the first is a space, further ones stay."""
    breaks = [found.start() for found in _BREAK.finditer(blanks)]
    return breaks[1:] or breaks or list(range(len(blanks)))
