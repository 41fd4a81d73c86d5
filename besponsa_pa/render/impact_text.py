"""What changes when one policy takes the place of another, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from besponsa_pa.render.batched import percent
from besponsa_pa.render.impacted import (
    NEW,
    OLD,
    STATES,
    Example,
    Impacted,
    Moved,
    NamedPolicy,
    alike_words,
    details,
    effect_words,
    only_words,
    order,
    read_words,
    side_words,
    state_words,
)
from besponsa_pa.render.layout import columns, fitting, visible, wrapped
from besponsa_pa.render.text import DIGEST_LENGTH

SHOWN = 10
Row = tuple[str, ...]


def text_from_impact(impact: Impacted, width: int) -> str:
    """The impact: what becomes of what, by which criteria, and examples. `width` is that of the terminal."""
    return "\n".join(_lines(impact, fitting(width))) + "\n"


def _lines(impact: Impacted, width: int) -> Iterator[str]:
    yield read_words(impact)
    yield from columns((("old", _policy(impact.old)), ("new", _policy(impact.new))), width)
    yield ""
    yield from _verdict(impact, width)
    yield from _titled("Decisions", _table(("", "old", "new"), _totals(impact)))
    yield from _titled("Changes", _table(("was", "is now", "cases", "share"), _changes(impact), texts=2))
    yield from _titled("The same decision, but", _table(("", "cases"), _alike(impact)))
    decided = "(in brackets those with another decision)"
    yield from _titled(f"By criterion {decided}", _moves(impact.criteria, width, by_effect=True))
    yield from _titled(f"Facts asked for {decided}", _moves(impact.missing, width, by_effect=False))
    yield from _examples(impact, width)


def _policy(policy: NamedPolicy) -> str:
    digest = policy.digest[:DIGEST_LENGTH] + ("..." if len(policy.digest) > DIGEST_LENGTH else "")
    return f"{policy.id} {policy.version}, {digest}, {policy.file}"


def _verdict(impact: Impacted, width: int) -> list[str]:
    if not impact.changed:
        said = "No decision changes"
    else:
        share = percent(impact.changed, impact.rows)
        verb = "gets" if impact.changed == 1 else "get"
        said = f"{impact.changed:,} of {impact.rows:,} {verb} another decision, {share}"
    stay = impact.rows - impact.changed
    if impact.differing:
        return wrapped(f"{said}; {stay:,} keep theirs, {impact.differing:,} of them otherwise than before", width)
    return wrapped(f"{said}; {stay:,} keep theirs" if stay and impact.changed else said, width)


def _titled(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from ("", title, *lines)


def _totals(impact: Impacted) -> Iterator[Row]:
    for state in STATES:
        old, new = impact.total(OLD, state), impact.total(NEW, state)
        if old or new:
            yield state_words(state), f"{old:,}", f"{new:,}"


def _changes(impact: Impacted) -> Iterator[Row]:
    for each in impact.moving:
        yield state_words(each.old), state_words(each.new), f"{each.cases:,}", percent(each.cases, impact.rows)


def _alike(impact: Impacted) -> Iterator[Row]:
    for state, what, count in impact.alike:
        yield alike_words(state, what), f"{count:,}"


def _table(head: Row, rows: Iterator[Row], texts: int = 1) -> list[str]:
    """Rows below their head, the first columns as text and the others as numbers."""
    found = [head, *rows]
    if len(found) == 1:
        return []
    widths = [max(len(row[at]) for row in found) for at in range(len(head))]
    return ["  " + _row(row, widths, texts) for row in found]


def _row(row: Row, widths: Sequence[int], texts: int) -> str:
    cells = (
        f"{cell:<{width}}" if at < texts else f"{cell:>{width}}"
        for at, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()


def _moves(moves: Sequence[Moved], width: int, *, by_effect: bool) -> list[str]:
    rows = [("newly", "no longer")]
    rows += [
        (_figure(each.newly, each.newly_decided), _figure(each.no_longer, each.no_longer_decided)) for each in moves
    ]
    first, second = (max(len(row[at]) for row in rows) for at in (0, 1))
    starts = [f"  {one:>{first}}  {other:>{second}}  " for one, other in rows]
    lines = [starts[0].rstrip()]
    for start, each in list(zip(starts[1:], moves, strict=True))[:SHOWN]:
        only = effect_words(each) if by_effect else only_words(each).removeprefix(", ")
        said = f"{each.name}{f' ({only})' if only else ''}  {each.meaning}".rstrip()
        lines += wrapped(said, width, start, " " * (len(start) + 2))
    if len(moves) > SHOWN:
        lines.append(f"  and {len(moves) - SHOWN} more")
    return lines if moves else []


def _figure(count: int, decided: int) -> str:
    return f"{count:,} ({decided:,})" if count else "0"


# --- examples ---


def _examples(impact: Impacted, width: int) -> Iterator[str]:
    pairs = sorted(
        {(each.old.state, each.new.state) for each in impact.examples},
        key=lambda pair: (pair[0] == pair[1], order(pair[0]), order(pair[1])),
    )
    for old, new in pairs:
        said = (
            f"{state_words(old)}, otherwise than before"
            if old == new
            else f"{state_words(old)}, now {state_words(new)}"
        )
        yield from ("", f"Examples: {said}")
        for example in impact.examples_of(old, new):
            yield from _example(example, width)


def _example(example: Example, width: int) -> Iterator[str]:
    named = "no case id" if example.case is None else example.case
    yield f"  {visible(named)}  {visible(example.file)}:{example.line}"
    yield from columns(((OLD, side_words(example.old)), (NEW, side_words(example.new))), width, indent="    ")
    for criterion in example.criteria:
        yield from wrapped(f"{criterion.id}: {criterion.title}", width, "    ", "      ")
        yield from columns(details(criterion), width, indent="      ")
