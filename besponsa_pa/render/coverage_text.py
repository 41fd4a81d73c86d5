"""Coverage for a person at a terminal: the sums, then the lines of the policy with what is reached and what is not."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.render.covered import (
    KINDS,
    Count,
    CoveredFile,
    CoveredItem,
    CoveredLine,
    CoveredPolicy,
    Status,
    by_kind,
    count_of,
)
from besponsa_pa.render.layout import Colour, fitting, painted, shortened, visible, wrapped

COLOURS = {Status.REACHED: Colour.GOOD, Status.MISSING: Colour.BAD, Status.UNREACHABLE: Colour.FAINT}


def lines_from_coverage(policy: CoveredPolicy, width: int, colour: bool) -> Iterator[str]:
    """The coverage of a policy for a terminal of some width in columns.

    What is reached takes a line, what is missing is told in full. Where nothing is reached, no line is shown: all of
    them would say the same.
    """
    width, count = fitting(width), count_of(policy.items)
    head = wrapped(f"coverage of {policy.id} {policy.version}: {sentence(count)}", width, rest="  ")
    yield from (painted(line, Colour.STRONG, colour) for line in head)
    yield ""
    yield from _sums(policy, colour)
    if count.total and not count.reached:
        yield ""
        yield "  no test reaches anything; `besponsa-pa suggest` writes tests"
        return
    for file in policy.files:
        yield ""
        yield from _file(file, width, colour)


def sentence(count: Count) -> str:
    """The sum in words: `87 of 90 reached (96.6 %), 1 unreachable`."""
    unreachable = f", {count.unreachable} unreachable" if count.unreachable else ""
    return f"{count.reached} of {count.total} reached ({count.percent} %){unreachable}"


def _sums(policy: CoveredPolicy, colour: bool) -> Iterator[str]:
    counts = by_kind(policy.items)
    names = max((len(KINDS[kind][0]) for kind in counts), default=0)
    shares = max((len(f"{count.reached} of {count.total}") for count in counts.values()), default=0)
    for kind, count in counts.items():
        share = f"{count.reached} of {count.total}"
        notes = [painted(f"{count.missing} missing", Colour.BAD, colour)] if count.missing else []
        notes += [painted(f"{count.unreachable} unreachable", Colour.FAINT, colour)] if count.unreachable else []
        yield f"  {KINDS[kind][0]:<{names}}  {share:>{shares}}  {', '.join(notes)}".rstrip()


def _file(file: CoveredFile, width: int, colour: bool) -> Iterator[str]:
    yield painted(visible(file.source.name), Colour.STRONG, colour)
    marks = max((len(line.mark) for line in file.lines), default=0)
    gutter = max((len(str(line.number)) for line in file.lines), default=0)
    for line in file.lines:
        yield from _line(line, marks, gutter, width, colour)


def _line(line: CoveredLine, marks: int, gutter: int, width: int, colour: bool) -> Iterator[str]:
    mark = painted(line.mark, COLOURS[line.status], colour) + " " * (marks - len(line.mark))
    begin = 2 + marks + 2 + gutter
    text = shortened(visible(line.text).rstrip(), width - begin - 3)
    yield f"  {mark}  {line.number:>{gutter}} | {text}"
    indent = " " * begin + " |   "
    for item in line.items:
        if item.status is not Status.REACHED:
            said = wrapped(_said(item), width, f"{indent}{item.status.value}: ", f"{indent}  ")
            yield from (painted(each, COLOURS[item.status], colour) for each in said)


def _said(item: CoveredItem) -> str:
    return item.text if item.reason is None else f"{item.text} ({item.reason})"
