"""YAML text to nodes. What YAML guesses, repeats or runs is refused; texts stay texts.

PyYAML finds the parts (its events), this module puts them together: without recursion, within limits, each with
its place. The C parser is used where there is one; what it and the Python parser read differently is refused, so
that a file means the same on every machine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document.composing import Composer, Refused, finished
from besponsa_pa.document.nodes import Node, Scalar
from besponsa_pa.document.offsets import block_excerpt, plain_excerpt, quoted_excerpt
from besponsa_pa.document.yaml_mistakes import QUOTES, Mistake, cannot_begin, diagnostic_from_mistake, in_brackets
from besponsa_pa.source import Source, Span

if TYPE_CHECKING:
    import yaml

# line ends of other kinds, marks of the byte order and what cannot be shown: YAML would refuse or reinterpret them
_UNREADABLE = re.compile("\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
# inside brackets the Python parser ends a text at a `?`, the C parser does not
_SUSPECT_IN_BRACKETS = re.compile(r"\?|:$")
_WORD = re.compile(r"[^\s,\[\]{}]+")
_REUSE = "write it out; in a policy, give a criterion or a definition a name and use the name"


def parse_yaml(source: Source, diagnostics: Diagnostics) -> Node | None:
    """Read a YAML file of one document, or None when nothing of use can be made of it.

    Every value is a text, a list or a mapping: types are given by who reads it, never guessed. After a key that
    occurs twice the reading goes on, so a node may come along with errors in `diagnostics`. Refused are anchors,
    aliases, merge keys, tags, keys that are no text, several documents, more than 100 levels and 100,000 values.
    """
    import yaml  # here, so that importing the package does not load it

    if not _is_readable(source, diagnostics):
        return None
    reader = _Reader(Composer(source, diagnostics))
    try:
        for event in yaml.parse(source.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            reader.read(event)
    except Refused:
        return None
    except yaml.MarkedYAMLError as error:
        diagnostics.add(diagnostic_from_mistake(_mistake(error, source, reader.last)))
        return None
    return finished(reader.composer, "the keys that belong there")


def _is_readable(source: Source, diagnostics: Diagnostics) -> bool:
    """Whether the text holds no character that YAML reads in a way the eye does not see."""
    unreadable = _UNREADABLE.search(source.text)
    if unreadable:
        place = Span(source, unreadable.start(), unreadable.end())
        what = f"the character U+{ord(unreadable.group()):04X}, which cannot be seen, does not belong here"
        diagnostics.error("E104", what, place, help="delete it; line ends are line feeds")
    tab = source.text.find("\t")
    if tab >= 0:
        lines = len({source.position(i)[0] for i, character in enumerate(source.text) if character == "\t"})
        more = "" if lines == 1 else f", and {lines - 1} more line{'s' if lines > 2 else ''} with tabs"
        what = f"a tab stands here{more}"
        diagnostics.error("E110", what, Span(source, tab, tab + 1), label="a tab", help="replace each tab by spaces")
    return not unreadable and tab < 0


class _Reader:
    """Turns the events of one file into calls of the composer."""

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        self.last: tuple[int, int] | None = None
        self._brackets = 0
        self._documents = 0
        self._reuse_reported = False

    def read(self, event: yaml.Event) -> None:
        """Take one event; raises `Refused` when nothing more can be made of the file."""
        import yaml

        match event:
            case yaml.ScalarEvent():
                self._check_properties(event)
                self._read_scalar(event)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._check_properties(event)
                self._brackets += bool(event.flow_style)
                self.composer.open(event.start_mark.index, is_mapping=isinstance(event, yaml.MappingStartEvent))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._close(event)
            case yaml.AliasEvent():
                self._read_alias(event)
            case yaml.DocumentStartEvent():
                self._begin_document(event)

    def _read_scalar(self, event: yaml.ScalarEvent) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        self.last = (start, end)
        scalar = _scalar(self.composer.source, event.value, event.style or "", start, end)
        if self._brackets and not event.style and _SUSPECT_IN_BRACKETS.search(event.value):
            self._refuse_in_brackets(scalar)
        elif event.value == "<<" and not event.style and self.composer.inside == "mapping":
            self._report_reuse("`<<` (take over other keys) is not allowed", start)
        self.composer.add(scalar)

    def _close(self, event: yaml.Event) -> None:
        is_flow = self._brackets > 0 and event.end_mark.index > event.start_mark.index
        self._brackets -= is_flow
        self.composer.close(event.end_mark.index if is_flow else None)

    def _refuse_in_brackets(self, scalar: Scalar) -> None:
        self.composer.usable = False
        found = _SUSPECT_IN_BRACKETS.search(scalar.text)
        at = scalar.excerpt.offsets[found.start() if found else 0]
        mistake = Mistake(self.composer.source, "", at, None, None)
        self.composer.diagnostics.add(diagnostic_from_mistake(mistake, in_brackets))

    def _check_properties(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        """Refuse a tag (`!...`) and an anchor (`&...`) before a value."""
        start = event.start_mark.index
        if event.anchor is not None:
            self._report_reuse(f"`&{event.anchor}` (mark for reuse) is not allowed", start)
        if event.tag is not None:
            self.composer.usable = False
            mistake = Mistake(self.composer.source, "", start, None, None)
            self.composer.diagnostics.add(diagnostic_from_mistake(mistake, cannot_begin))

    def _read_alias(self, event: yaml.AliasEvent) -> None:
        start = event.start_mark.index
        self._report_reuse(f"`*{event.anchor}` (repeat a marked part) is not allowed", start)
        self.composer.add(_scalar(self.composer.source, "*", "*", start, event.end_mark.index))

    def _report_reuse(self, message: str, start: int) -> None:
        """Report the first place only: whoever uses one of these uses the others."""
        self.composer.usable = False
        if self._reuse_reported:
            return
        self._reuse_reported = True
        word = _WORD.match(self.composer.source.text, start)
        place = Span(self.composer.source, start, word.end() if word else start + 1)
        self.composer.diagnostics.error("E120", message, place, help=f"{_REUSE}; or {QUOTES} if it is text")

    def _begin_document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            place = Span(self.composer.source, event.start_mark.index, event.start_mark.index + 3)
            what = "a second document begins here"
            self.composer.diagnostics.error("E122", what, place, help="put each document into a file of its own")
            raise Refused


def _scalar(source: Source, text: str, style: str, start: int, end: int) -> Scalar:
    """The node of a text by its style: quoted, a block after `|` or `>`, or plain."""
    span = Span(source, start, end)
    if style in ("'", '"'):
        return Scalar(text, span, quoted_excerpt(source, text, start, end), quoted=True)
    if style in ("|", ">"):
        excerpt = block_excerpt(source, text, start, end)
        return Scalar(text, _block_span(source, start, excerpt.offsets[-1]), excerpt, quoted=True)
    return Scalar(text, span, plain_excerpt(source, text, start, end), quoted=bool(style))


def _block_span(source: Source, header: int, end: int) -> Span:
    """The text below the header; the header itself when nothing is below it."""
    words = re.compile(r"\S").search(source.text, source.text.find("\n", header) + 1, end)
    return Span(source, words.start(), end) if words else Span(source, header, header + 1)


def _mistake(error: yaml.MarkedYAMLError, source: Source, last: tuple[int, int] | None) -> Mistake:
    """What PyYAML says of a mistake, and where."""
    offset = error.problem_mark.index if error.problem_mark else 0
    context_offset = error.context_mark.index if error.context_mark else None
    return Mistake(source, f"{error.context or ''}: {error.problem or ''}", offset, context_offset, last)
