"""YAML text to nodes. What YAML guesses, repeats or runs is refused; texts stay texts.

PyYAML finds the parts (its events), this module puts them together: without recursion, within limits, each with
its place. The C parser is used where there is one; what it and the Python parser read differently is refused, so
that a file means the same on every machine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document.composing import Composer, Refused, error, finished
from besponsa_pa.document.nodes import Node, Scalar, shown
from besponsa_pa.document.offsets import block_excerpt, plain_excerpt, quoted_excerpt
from besponsa_pa.document.yaml_mistakes import (
    QUOTES,
    Mistake,
    block_header,
    cannot_begin,
    diagnostic_from_mistake,
    in_brackets,
)  # fmt: skip
from besponsa_pa.patterns import pattern
from besponsa_pa.records import dataclass, field
from besponsa_pa.source import Source, Span

if TYPE_CHECKING:
    import yaml

# line ends of other kinds, marks of the byte order and what cannot be shown: YAML would refuse or reinterpret them
_UNREADABLE = pattern("\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
# inside brackets the Python parser ends a text at each `?`, the C parser wants no other mark right after a `:`
_SUSPECT = pattern(r"\?|:$")
_SUSPECT_AFTER = pattern(r":[,?\[\]{}]")
# a remark needs a space before it; one of the two parsers does not mind
_TIGHT_REMARK = pattern(r"[|>][-+0-9]*#")
_TIGHT_KEY = pattern(r":[\[{'\"]")
_WORD = pattern(r"[^\s,\[\]{}]+")
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
    except yaml.MarkedYAMLError as failure:
        mistake = _mistake(failure, source, reader.last)
        if not reader.has_told(mistake):
            diagnostics.add(diagnostic_from_mistake(mistake))
        return None
    return finished(reader.composer)


def _is_readable(source: Source, diagnostics: Diagnostics) -> bool:
    """Whether the text holds no character that YAML reads in a way the eye does not see."""
    is_plain = source.text.replace("\n", "").isprintable()  # as most are: no other line ends, marks or tabs
    unreadable = None if is_plain else _UNREADABLE.search(source.text)
    if unreadable:
        place = Span(source, unreadable.start(), unreadable.end())
        what = f"the character U+{ord(unreadable.group()):04X}, which cannot be seen, does not belong here"
        is_line_end = unreadable.group() in "\r\x85\u2028\u2029"
        help = "save the file with ordinary line ends" if is_line_end else "delete it"
        diagnostics.error("E104", what, place, help=help)
    tab = source.text.find("\t")
    if tab >= 0:
        more = sum("\t" in line for line in source.text.split("\n")) - 1
        what = "a tab stands here" + (f", and {more} more line{'s' * (more > 1)} with tabs below" if more else "")
        diagnostics.error("E110", what, Span(source, tab, tab + 1), label="a tab", help="replace each tab by spaces")
    return not unreadable and tab < 0


@dataclass(slots=True)
class _Reader:
    """Turns the events of one file into calls of the composer."""

    composer: Composer
    last: tuple[int, int] | None = None
    _in_brackets: list[bool] = field(default_factory=list)
    _documents: int = 0
    _reuse_at: int | None = None

    def read(self, event: yaml.Event) -> None:
        """Take one event; raises `Refused` when nothing more can be made of the file."""
        import yaml

        match event:
            case yaml.ScalarEvent():
                self._check_properties(event)
                self._read_scalar(event)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._check_properties(event)
                self._in_brackets.append(bool(event.flow_style))
                self.composer.open(_offset(event.start_mark), is_mapping=isinstance(event, yaml.MappingStartEvent))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._close(event)
            case yaml.AliasEvent():
                self._read_alias(event)
            case yaml.DocumentStartEvent():
                self._begin_document(event)

    def has_told(self, mistake: Mistake) -> bool:
        """Whether a mark for reuse is reported on this line: what follows it is then out of place as well."""
        return self._reuse_at is not None and mistake.same_line(self._reuse_at, mistake.offset)

    def _read_scalar(self, event: yaml.ScalarEvent) -> None:
        start, end = _offset(event.start_mark), _offset(event.end_mark)
        self.last = (start, end)
        scalar = _scalar(self.composer.source, event.value, event.style or "", start, end)
        if event.style in ("|", ">") and _TIGHT_REMARK.match(self.composer.source.text, start):
            mistake = Mistake(self.composer.source, "", start, None, None)
            self.composer.report_unusable(diagnostic_from_mistake(mistake, block_header))
        suspect = None if event.style or not self._is_in_brackets else _suspect(scalar)
        if suspect is not None:
            mistake = Mistake(self.composer.source, "", suspect, None, None)
            self.composer.report_unusable(diagnostic_from_mistake(mistake, in_brackets))
        elif self.composer.wants_key and not event.style:
            self._check_key(scalar)
        self.composer.add(scalar)

    @property
    def _is_in_brackets(self) -> bool:
        return bool(self._in_brackets) and self._in_brackets[-1]

    def _check_key(self, key: Scalar) -> None:
        """Refuse a merge key, and the key that YAML makes of `a:{b: 1}`."""
        tight = _TIGHT_KEY.search(key.text) if ":" in key.text else None
        if key.text == "<<":
            self._report_reuse("`<<` (take over other keys) is not allowed", key.span.start)
        elif tight:
            place, name = key.excerpt.span(tight.start(), tight.start() + 1), shown(key.text[: tight.start()])
            message = f"a space is missing after `{name}:`"
            self.composer.report_unusable(error("E115", message, place, help=f"write `{name}: ` before the value"))

    def _close(self, event: yaml.Event) -> None:
        # a block, and `a: b` written as an item of `[...]`, have no closing mark of their own
        has_bracket = self._in_brackets.pop() and _offset(event.end_mark) > _offset(event.start_mark)
        self.composer.close(_offset(event.end_mark) if has_bracket else None)

    def _check_properties(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        """Refuse a tag (`!...`) and an anchor (`&...`) before a value."""
        start = _offset(event.start_mark)
        if event.anchor is not None:
            self._report_reuse(f"`&{shown(event.anchor)}` (mark for reuse) is not allowed", start)
        if event.tag is not None:
            mistake = Mistake(self.composer.source, "", start, None, None)
            self.composer.report_unusable(diagnostic_from_mistake(mistake, cannot_begin))

    def _read_alias(self, event: yaml.AliasEvent) -> None:
        start = _offset(event.start_mark)
        self._report_reuse(f"`*{shown(event.anchor or '')}` (repeat a marked part) is not allowed", start)
        self.composer.add(_scalar(self.composer.source, "*", "*", start, _offset(event.end_mark)))

    def _report_reuse(self, message: str, start: int) -> None:
        """Report the first place only: whoever uses one of these uses the others."""
        self.composer.usable = False
        if self._reuse_at is not None:
            return
        self._reuse_at = start
        word = _WORD.match(self.composer.source.text, start)
        place = Span(self.composer.source, start, word.end() if word else start + 1)
        self.composer.report(error("E120", message, place, help=f"{_REUSE}; if it is text, {QUOTES}"))

    def _begin_document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            start = _offset(event.start_mark)
            place = Span(self.composer.source, start, start + 3)
            what, help = (
                "a second document begins here",
                "delete this line, or put each document into a file of its own",
            )
            self.composer.diagnostics.error("E122", what, place, help=help)
            raise Refused


def _scalar(source: Source, text: str, style: str, start: int, end: int) -> Scalar:
    """The node of a text by its style: quoted, a block after `|` or `>`, or plain."""
    span = Span(source, start, end)
    if style in ("'", '"'):
        return Scalar(text, span, quoted_excerpt(source, text, start, end), quoted=True)
    if style in ("|", ">"):
        excerpt = block_excerpt(source, text, start, end)
        return Scalar(text, _block_span(source, start, excerpt.offsets[-1]), excerpt, quoted=True, is_block=True)
    return Scalar(text, span, plain_excerpt(source, text, start, end), quoted=bool(style))


def _suspect(scalar: Scalar) -> int | None:
    """Where a text inside brackets holds, or is followed by, what the two parsers do not read alike."""
    inside = _SUSPECT.search(scalar.text) if "?" in scalar.text or ":" in scalar.text else None
    if inside:
        return scalar.excerpt.offsets[inside.start()]
    text, end = scalar.span.source.text, scalar.span.end
    return end if text.startswith(":", end) and _SUSPECT_AFTER.match(text, end) else None


def _block_span(source: Source, header: int, end: int) -> Span:
    """The text below the header; the header itself when nothing is below it."""
    words = re.compile(r"\S").search(source.text, source.text.find("\n", header) + 1, end)
    return Span(source, words.start(), end) if words else Span(source, header, header + 1)


class _Mark(Protocol):
    """A place as either parser of PyYAML gives it."""

    @property
    def index(self) -> int: ...


def _offset(mark: _Mark | None) -> int:
    return mark.index if mark else 0


def _mistake(failure: yaml.MarkedYAMLError, source: Source, last: tuple[int, int] | None) -> Mistake:
    """What PyYAML says of a mistake, and where."""
    context_offset = _offset(failure.context_mark) if failure.context_mark else None
    return Mistake(
        source, f"{failure.context or ''}: {failure.problem or ''}", _offset(failure.problem_mark), context_offset, last
    )
