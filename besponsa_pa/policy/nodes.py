"""Taking texts, lists and expressions from nodes that the schema has been held against.

What does not have the wanted shape has been reported by then, and is read as if it were not there: so each
mistake is told once, and the rest of the file is still looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, Node, Scalar, Sequence
from besponsa_pa.expression.literals import parse_date
from besponsa_pa.facts import Grade
from besponsa_pa.patterns import pattern
from besponsa_pa.policy.model import Citation
from besponsa_pa.source import Excerpt
from besponsa_pa.values import Date

FULL_DATE = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# what stands for an expression that is not there, after its absence has been reported: null fits everywhere
NOTHING = Excerpt.whole("null")


def get(node: Node | None, key: str) -> Node | None:
    """The value of a key, or None where there are no keys."""
    return node.get(key) if isinstance(node, Mapping) else None


def scalar(node: Node | None) -> Scalar | None:
    """A single text that says something, or None."""
    return node if isinstance(node, Scalar) and not node.is_null else None


def text(node: Node | None) -> str | None:
    """The text of a value, spaces and line ends around it left out, or None."""
    found = scalar(node)
    return None if found is None else found.text.strip()


def expression(node: Node | None) -> Excerpt | None:
    """The text of an expression with its places, or None."""
    found = scalar(node)
    return None if found is None else found.excerpt


def entries(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    """The keys with their values, none for anything else."""
    return node.entries if isinstance(node, Mapping) else ()


def items(node: Node | None) -> tuple[Node, ...]:
    """The items of a list, none for anything else."""
    return node.items if isinstance(node, Sequence) else ()


def texts(node: Node | None) -> tuple[Scalar, ...]:
    """The single texts of a list."""
    return tuple(found for item in items(node) if (found := scalar(item)) is not None)


def number(node: Node | None) -> int | None:
    """A whole number, or None for anything else."""
    found = text(node)
    return int(found) if found is not None and found.isdecimal() and len(found) < 10 else None


def grade(node: Node | None) -> Grade | None:
    """A grade of evidence, or None for anything else."""
    return next((each for each in Grade if each.value == text(node)), None)


def citations(node: Node | None) -> tuple[Citation, ...]:
    """Citations, each the name of a reference or `{ref: ..., at: ...}`.

    One that is none has been reported: it names no reference (""), so that its rule is not told to cite nothing too.
    """
    return tuple(_citations(node))


def _citations(node: Node | None) -> Iterator[Citation]:
    if node is not None and not isinstance(node, Sequence):
        yield Citation("", None, node.span)
    for item in items(node):
        name = scalar(item) or scalar(get(item, "ref"))
        if name is not None:
            yield Citation(name.text, text(get(item, "at")), name.span)
        else:
            yield Citation("", text(get(item, "at")), item.span)


def full_date(node: Node | None, diagnostics: Diagnostics) -> Date | None:
    """A date to its day; one that no calendar has is reported."""
    found = scalar(node)
    if found is None:
        return None
    try:
        date = parse_date(found.text)
    except ValueError as error:
        if FULL_DATE.fullmatch(found.text):  # any other form has been reported by then
            from besponsa_pa.expression.date_help import date_help

            diagnostics.error("E314", str(error), found.span, help=date_help(found.text))
        return None
    return date if date.day is not None else None
