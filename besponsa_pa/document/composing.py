"""Building the tree from its parts as they come, alike for YAML and JSON, with the limits on both."""

from __future__ import annotations

from besponsa_pa.diagnostic import Diagnostic, Diagnostics, Severity
from besponsa_pa.document.nodes import Mapping, Node, Scalar, Sequence, shown
from besponsa_pa.patterns import pattern
from besponsa_pa.records import dataclass, field
from besponsa_pa.source import Source, Span

DEPTH_LIMIT = 100
NODE_LIMIT = 100_000
MESSAGE_LIMIT = 50

# what an escape can bring into a text though no file may hold it as it is, and halves of characters
_UNPRINTABLE = pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# what looks like a space or like nothing, so that a key is not the key that it seems to be
_INVISIBLE = pattern("[\u00a0\u00ad\u2007\u200b-\u200f\u202f\u2060\ufeff]")


class Refused(Exception):  # noqa: N818 - no error: it ends the reading of a file about which all is said
    """Raised when reading on makes no sense; the diagnostics are already reported."""


@dataclass(slots=True)
class _Frame:
    """A list, or keys with values, of which the end has not come yet."""

    start: int
    is_mapping: bool
    end: int
    items: list[Node] = field(default_factory=list)
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    key: Scalar | None = None
    wants_value: bool = False


@dataclass(slots=True)
class Composer:
    """Puts parts together into a tree, without recursion, and reports keys that occur twice.

    `usable` turns false when a part had to be left out, so that what is left would only mislead.
    """

    source: Source
    diagnostics: Diagnostics
    root: Node | None = None
    usable: bool = True
    _frames: list[_Frame] = field(default_factory=list)
    _count: int = 0
    _reported: int = 0

    @property
    def inside(self) -> str:
        """What the next part belongs to: `mapping`, `list`, or nothing at the outermost level."""
        if not self._frames:
            return ""
        return "mapping" if self._frames[-1].is_mapping else "list"

    @property
    def wants_key(self) -> bool:
        """Whether the next part will be a key."""
        return bool(self._frames) and self._frames[-1].is_mapping and not self._frames[-1].wants_value

    @property
    def opened_at(self) -> int:
        """Where the innermost open list or mapping begins."""
        return self._frames[-1].start

    def open(self, start: int, *, is_mapping: bool) -> None:
        """Begin a list or a mapping."""
        if len(self._frames) >= DEPTH_LIMIT:
            self._refuse(f"nested more than {DEPTH_LIMIT} levels deep", start, "give inner parts a name of their own")
        self._frames.append(_Frame(start, is_mapping, start + 1))

    def close(self, end: int | None = None) -> None:
        """End the innermost list or mapping; without `end` it ends where its last part does."""
        frame = self._frames.pop()
        span = Span(self.source, frame.start, frame.end if end is None else end)
        if frame.is_mapping:
            self.add(Mapping(tuple(frame.entries.values()), span))
        else:
            self.add(Sequence(tuple(frame.items), span))

    def add(self, node: Node) -> None:
        """Put a finished part where it belongs: item, key, value or root."""
        self._count += 1
        if self._count > NODE_LIMIT:
            self._refuse(f"more than {NODE_LIMIT:,} values in one file", node.span.start, "divide it into several")
        if isinstance(node, Scalar):
            self._check_characters(node)
        if not self._frames:
            self.root = node
            return
        frame = self._frames[-1]
        frame.end = node.span.end
        if not frame.is_mapping:
            frame.items.append(node)
        elif frame.wants_value:
            self._add_value(frame, node)
        else:
            self._add_key(frame, node)

    def report(self, found: Diagnostic) -> None:
        """Report a mistake after which reading can go on, unless there are already more than a person would read."""
        self._reported += 1
        self.diagnostics.add(found)
        if self._reported == MESSAGE_LIMIT:
            raise Refused

    def report_unusable(self, found: Diagnostic) -> None:
        """Report a mistake that leaves a gap in the tree."""
        self.usable = False
        self.report(found)

    def _add_value(self, frame: _Frame, node: Node) -> None:
        if frame.key is not None:
            frame.entries[frame.key.text] = (frame.key, node)
        frame.key, frame.wants_value = None, False

    def _add_key(self, frame: _Frame, node: Node) -> None:
        frame.wants_value = True
        if not isinstance(node, Scalar) or node.is_null:
            self._refuse_key(node)
        elif node.text in frame.entries:
            self._report_duplicate(node, frame.entries[node.text][0])
        else:
            frame.key = node

    def _refuse_key(self, node: Node) -> None:
        found = "nothing" if isinstance(node, Scalar) else "a list" if isinstance(node, Sequence) else "`{...}`"
        place = Span(self.source, node.span.start, max(node.span.start + 1, node.span.end))
        self.report_unusable(error("E124", f"{found} cannot be a key", place, help="a key is a text: put it in quotes"))

    def _report_duplicate(self, key: Scalar, first: Scalar) -> None:
        help = "keep one of them, or put their values together under one key"
        related = ((first.span, "the first time"),)
        message = f"`{shown(key.text)}` occurs twice"
        self.report(error("E123", message, key.span, label="the second time", help=help, related=related))

    def _check_characters(self, node: Scalar) -> None:
        if node.text.isprintable():  # as nearly every text is, and then none of the others is in it
            return
        unprintable = _UNPRINTABLE.search(node.text)
        invisible = _INVISIBLE.search(node.text) if self.wants_key else None
        if unprintable:
            what = f"the text holds the character U+{ord(unprintable.group()):04X}, which cannot be shown"
            self.report_unusable(error("E104", what, node.span, help="leave the character out"))
        elif invisible:
            what = f"the key holds the character U+{ord(invisible.group()):04X}, which looks like a space or nothing"
            place = node.excerpt.span(invisible.start(), invisible.end())
            self.report_unusable(error("E104", what, place, help="type the key anew, with ordinary spaces"))

    def _refuse(self, message: str, start: int, help: str) -> None:
        self.diagnostics.error("E125", message, Span(self.source, start, start + 1), help=help)
        raise Refused


def error(
    code: str,
    message: str,
    span: Span,
    *,
    label: str = "",
    help: str = "",
    related: tuple[tuple[Span, str], ...] = (),
) -> Diagnostic:
    """A diagnostic that stops the file from being used."""
    return Diagnostic(code, Severity.ERROR, message, span, label, help, related)


def finished(composer: Composer) -> Node | None:
    """The tree, or None with a diagnostic when the file says nothing."""
    root = composer.root
    if root is None or (isinstance(root, Scalar) and root.is_null):
        composer.diagnostics.error("E105", f"`{composer.source.name}` is empty")
        return None
    return root if composer.usable else None
