"""What a YAML or JSON text says, as a tree in which every part knows its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from besponsa_pa.records import dataclass, field
from besponsa_pa.source import Excerpt, Span

NULL_TEXTS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single text, never yet a number, a date or a truth value: what it is depends on who reads it.

    `excerpt` says where each character of the text stands in the file; `quoted` tells `"null"` from `null`, and
    `is_block` a text on lines of its own below `|` or `>` from one in quotes.
    """

    text: str
    span: Span
    excerpt: Excerpt = field(repr=False)
    quoted: bool = False
    is_block: bool = False

    @property
    def is_null(self) -> bool:
        """Whether nothing is said: an empty place, `~` or `null`."""
        return not self.quoted and self.text in NULL_TEXTS


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with values, in the order in which they were written; no key occurs twice."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span

    def get(self, key: str) -> Node | None:
        """The value of a key, or None."""
        return next((value for name, value in self.entries if name.text == key), None)

    def key(self, name: str) -> Scalar | None:
        """The key itself, for its place, or None."""
        return next((key for key, _ in self.entries if key.text == name), None)

    def keys(self) -> tuple[str, ...]:
        """The texts of the keys."""
        return tuple(key.text for key, _ in self.entries)

    def __len__(self) -> int:
        return len(self.entries)


def shown(text: str, length: int = 60) -> str:
    """A text as it stands in a message: on one line, and not all of it when it is long."""
    text = " ".join(text[: 4 * length].split())
    return text if len(text) <= length else text[: length - 3] + "..."


Node: TypeAlias = Scalar | Sequence | Mapping
