"""Diagnostics with the lines that they are about, a caret under the place; or as data for an editor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from besponsa_pa.diagnostic import Diagnostic, Severity
from besponsa_pa.records import dataclass
from besponsa_pa.render.layout import Colour, display_width, painted, visible
from besponsa_pa.render.structure import Structure
from besponsa_pa.source import Span

# a line of a case may hold more than anybody should read in a log
LINE_LIMIT = 120
BEFORE_CARET = 60
COLOURS = {Severity.ERROR: Colour.BAD, Severity.WARNING: Colour.OPEN, Severity.INFORMATION: Colour.PLACE}
ELLIPSIS = "..."


def text_from_diagnostics(diagnostics: Iterable[Diagnostic], colour: bool = False) -> str:
    """Each diagnostic with its place in the file, an empty line between two; "" for none."""
    return "\n".join("".join(f"{line}\n" for line in _lines(each, colour)) for each in diagnostics)


def structure_from_diagnostics(diagnostics: Iterable[Diagnostic]) -> list[Structure]:
    """The diagnostics as data; lines and columns are counted from 1, in characters, the end excluded."""
    return [_structure(each) for each in diagnostics]


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics as a reader of the files meets them: file by file, from the top down.

    Files keep the order in which they first occur; what has no place comes first.
    """
    diagnostics = list(diagnostics)
    files = {name: index for index, name in enumerate(dict.fromkeys(_file(each) for each in diagnostics))}
    return sorted(diagnostics, key=lambda each: (files[_file(each)] if each.span else -1, _offset(each)))


def _file(diagnostic: Diagnostic) -> str:
    return "" if diagnostic.span is None else diagnostic.span.source.name


def _offset(diagnostic: Diagnostic) -> tuple[int, int]:
    return (0, 0) if diagnostic.span is None else (diagnostic.span.line, diagnostic.span.column)


# --- text ---


def _lines(diagnostic: Diagnostic, colour: bool) -> Iterator[str]:
    kind = f"{diagnostic.severity.value}[{f'{diagnostic.code} {diagnostic.rule}'.rstrip()}]"
    head = painted(kind, COLOURS[diagnostic.severity], colour)
    message, help = visible(diagnostic.message), visible(diagnostic.help)
    if diagnostic.span is None and not diagnostic.related:
        yield f"{head}: {message}" + (f"; {help}" if help else "")
        return
    yield f"{head}: {painted(message, Colour.STRONG, colour)}"
    places = [each for each in (diagnostic.span, *(span for span, _ in diagnostic.related)) if each is not None]
    gutter = max(len(str(span.line)) for span in places)
    if diagnostic.span is not None:
        yield from _excerpt(diagnostic.span, diagnostic.label, "^", gutter, colour)
    for span, label in diagnostic.related:
        yield painted(" " * gutter + " |", Colour.PLACE, colour)
        yield from _excerpt(span, label, "-", gutter, colour)
    if help:
        yield painted(" " * gutter + " |", Colour.PLACE, colour)
        yield f"{painted('help', Colour.GOOD, colour)}: {help}"


def _excerpt(span: Span, label: str, caret: str, gutter: int, colour: bool) -> Iterator[str]:
    """The first line of a span, marked; where it goes on, the last line is named."""
    line, column = span.source.position(span.start)
    last = span.source.position(max(span.start, span.end - 1))[0]
    more = f" (to line {last})" if last > line else ""
    margin = painted(" " * gutter + " |", Colour.PLACE, colour)
    yield f"{painted(' ' * gutter + '-->', Colour.PLACE, colour)} {visible(span.source.name)}:{line}:{column}{more}"
    yield margin
    shown = _marked(span.source.line_text(line), column - 1, span.end - span.start)
    yield f"{painted(f'{line:>{gutter}} |', Colour.PLACE, colour)} {shown.text}".rstrip()
    marks = " " * shown.start + painted(f"{caret * shown.length} {visible(label)}".rstrip(), _of(caret), colour)
    yield f"{margin} {marks}"


def _of(caret: str) -> Colour:
    return Colour.BAD if caret == "^" else Colour.PLACE


@dataclass(frozen=True, slots=True)
class _Marked:
    """A line as a terminal shows it, and the columns of it that are marked."""

    text: str
    start: int
    length: int


def _marked(line: str, start: int, length: int) -> _Marked:
    """The line, cut around the marked part when it is long; at least one column is marked."""
    start, length = min(start, len(line)), max(1, min(length, len(line) - start))
    first = 0 if len(line) <= LINE_LIMIT else max(0, start - BEFORE_CARET)
    last = min(len(line), first + LINE_LIMIT)
    before, marked, after = (
        _shown(part)
        for part in (line[first:start], line[start : min(start + length, last)], line[start + length : last])
    )
    head = ELLIPSIS if first else ""
    tail = ELLIPSIS if last < len(line) else ""
    return _Marked(head + before + marked + after + tail, display_width(head + before), max(1, display_width(marked)))


def _shown(text: str) -> str:
    """A part of a line as a terminal shows it: a tab as four spaces, nothing that a terminal would act upon."""
    return visible(text.replace("\t", "    "))


# --- data ---


def _structure(diagnostic: Diagnostic) -> dict[str, Structure]:
    return {
        "code": diagnostic.code,
        "rule": diagnostic.rule or None,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "place": None if diagnostic.span is None else _place(diagnostic.span),
        "label": diagnostic.label,
        "help": diagnostic.help,
        "related": [{"place": _place(span), "label": label} for span, label in diagnostic.related],
        "edits": [{"place": _place(edit.span), "text": edit.text} for edit in diagnostic.edits],
    }


def _place(span: Span) -> dict[str, Structure]:
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {
        "file": span.source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }
