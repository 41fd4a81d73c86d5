"""Lines and columns of a page of plain text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import Enum

from besponsa_pa.patterns import pattern

NARROWEST, WIDEST = 60, 110
NAME_COLUMN = 32

# controls, and the marks that turn the direction of writing: text of a file must not steer a terminal
_BREAK = pattern(r"[ \t]*[\n\r\t][ \n\r\t]*")
_UNSEEN = pattern("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class Colour(Enum):
    """A colour by what it says. No meaning is carried by colour alone: the words say the same."""

    GOOD = "32"
    BAD = "31"
    OPEN = "33"
    FAINT = "2"
    STRONG = "1"
    PLACE = "36"


def painted(text: str, colour: Colour, on: bool) -> str:
    """The text in a colour, or as it is."""
    return f"\x1b[{colour.value}m{text}\x1b[0m" if on and text else text


def fitting(width: int) -> int:
    """The width of a page for a terminal of some width: lines that are too long are hard to read."""
    return max(NARROWEST, min(WIDEST, width))


def visible(text: str) -> str:
    """The text on one line, with everything in it that a terminal would act upon written out."""
    if text.isprintable():  # as nearly every text is, and then there is nothing to write out
        return text
    return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", _BREAK.sub(" ", text))


def display_width(text: str) -> int:
    """How many columns a text takes: none for marks on another character, two for wide characters."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrapped(text: str, width: int, first: str = "", rest: str | None = None, lines: int | None = None) -> list[str]:
    """The text in lines of at most a width, after `first` on the first line and `rest` on the others.

    A word longer than the width stays whole, for it is a name or an address. Beyond `lines` the rest is left out.
    """
    text, width, rest = visible(text), max(width, len(first) + 20), " " * len(first) if rest is None else rest
    words = text.split(" ")
    if lines is None and all(map(str.strip, words)):
        return _filled(words, width, first, rest)
    import textwrap  # takes as long to load as what it would do here

    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
        max_lines=lines,
        placeholder=" ...",
    )


def _filled(words: list[str], width: int, first: str, rest: str) -> list[str]:
    """As `textwrap.wrap` of words with one space between them."""
    found: list[str] = []
    line, is_begun = first, False
    for word in words:
        if is_begun and len(line) + 1 + len(word) > width:
            found.append(line)
            line, is_begun = rest, False
        line += f" {word}" if is_begun else word
        is_begun = True
    return [*found, line]


def shortened(text: str, limit: int) -> str:
    """As much of a text as a page has room for."""
    return text if len(text) <= limit else text[: limit - 4].rstrip() + " ..."


def columns(rows: Iterable[tuple[str, str]], width: int, indent: str = "  ", limit: int = NAME_COLUMN) -> list[str]:
    """Rows of a name and a text, the texts one below the other; a name longer than the limit has its own line."""
    rows = [(visible(name), text) for name, text in rows]
    column = max((len(name) for name, _ in rows if len(name) <= limit), default=0)
    lines: list[str] = []
    for name, text in rows:
        is_long = len(name) > column
        lines += [f"{indent}{name}"] if is_long else []
        lines += wrapped(text, width, f"{indent}{'' if is_long else name:<{column}}  ") or [f"{indent}{name}"]
    return lines
