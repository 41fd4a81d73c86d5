"""From what was measured to the two sections of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import fill

from benchmarks.peers.cases import PROBES
from benchmarks.peers.engine import BASELINE, ENTRIES, OURS
from benchmarks.peers.measuring import Measured, Row
from benchmarks.peers.vectorised import BASELINE as BASELINE_OF_MANY
from benchmarks.peers.vectorised import WAYS, Timed
from benchmarks.table import ENGINES, MANY, WIDTH, as_ratio, as_time

ABOUT_ENGINES = """
One invented policy of nine criteria (`benchmarks/peers/policy/policy.yaml`) and 10,000 complete cases from a seeded
generator, a third of their laboratory values exactly at the limit. Every engine runs in a process of its own, used as
its documentation says that it is quickest: what can be compiled is compiled once, and a case is brought into the
engine's own form before the clock runs, anew for every pass. The rounds of all engines take turns. A cold start is from
the start of the process to the first decision; memory is the most that the process has held by then.
"""
ABOUT_ANSWERS = """
The exact reference counts in fractions (`benchmarks/peers/exact.py`) and shares no code with this engine; agreeing are
the cases of 10,000 on which an engine decides what it does. An engine that counts in binary floats takes 1.80 for more
than 1.5 times 1.2. A probe is an approvable case from which one fact has been taken that a criterion needs, one probe a
criterion. To approve it is unsafe, to deny it is wrong: nobody knows yet. It should pend, or at least fail.
"""
ABOUT_PEERS = """
No peer but CQL is asked to count the completed years between two dates: the others get the age as a number, worked out
before the clock runs. Decimals are handed over as JSON's numbers; Cedar, which multiplies whole numbers only, gets
thousandths, as any other engine could. A fact that is missing is left out of what the engine is given.
"""
ABOUT_MANY = """
The same cases over and over, each with a number of its own, as NDJSON: read, decided and written. Whole processes, from
the start to the end; memory is the most that the process held. DuckDB's SQL by hand reads decimals, trusts every line
and writes the decision alone; polars reads no exact decimals from JSON. Agreeing are the decisions of the exact
reference. `python -m benchmarks.peers.reading` shows step by step where the time of `batch` goes: most of it into
reading lines such that no misspelt key, no key twice and no digit is passed over.
"""


def engines_section(rows: Sequence[Row], plots: Iterable[Path]) -> str:
    """How quick each engine is, and what it answers."""
    parts = [f"## {ENGINES}\n", ABOUT_ENGINES.lstrip(), *_images(plots)]
    parts += [*_speed(rows), ABOUT_ANSWERS.lstrip(), *_answers(rows)]
    return "\n".join([*parts, *_unsafe(rows), "How each is used:\n", *_uses(rows), ABOUT_PEERS.rstrip()]) + "\n"


def many_section(found: Sequence[Timed], plots: Iterable[Path]) -> str:
    """How many rows a second each way decides."""
    parts = [f"## {MANY}\n", ABOUT_MANY.lstrip(), *_images(plots)]
    parts += [
        "| cases | what | ratio | rows a second | time | memory | agreeing |\n|---:|---|---:|---:|---:|---:|---:|"
    ]
    for rows in sorted({each.rows for each in found}):
        parts += _at(rows, [each for each in found if each.rows == rows])
    absent = [way for way in WAYS if way not in {each.way for each in found}]
    parts += [f"| | {WAYS[way].row} | left out: not installed, or failed | | | | |" for way in absent]
    return "\n".join(parts) + "\n"


def in_order(rows: Iterable[Row]) -> list[Row]:
    """The yardstick, this engine, then the others from the quickest on; those that are not there last."""

    def place(row: Row) -> tuple[int, float]:
        if row.name == BASELINE:
            return 0, 0
        if row.name in OURS:
            return 1, OURS.index(row.name)
        return (2, row.measured.seconds) if row.measured else (3, 0)

    return sorted(rows, key=place)


def ratio_of(row: Row, rows: Iterable[Row]) -> float | None:
    """How many times the yardstick's time a decision takes, where both are there."""
    yardstick = next((each.measured for each in rows if each.name == BASELINE), None)
    return row.measured.seconds / yardstick.seconds if row.measured and yardstick else None


# --- the tables ---


def _speed(rows: Sequence[Row]) -> Iterator[str]:
    yield "| engine | ratio | decisions a second | one decision | cold start | memory |\n|---|---:|---:|---:|---:|---:|"
    for row in in_order(rows):
        title, ratio = ENTRIES[row.name].row, ratio_of(row, rows)
        if row.measured is None:
            yield f"| {title} | {row.absent} | | | | |"
            continue
        figures = [
            "" if ratio is None else as_ratio(ratio),
            f"{1 / row.measured.seconds:,.0f}",
            as_time(row.measured.seconds),
            as_time(row.measured.cold_start),
            as_megabytes(row.measured.memory),
        ]
        yield f"| {title} | " + " | ".join(figures) + " |"
    yield ""


def _answers(rows: Sequence[Row]) -> Iterator[str]:
    yield "| engine | agreeing | probes: approved | denied | failed | pended |\n|---|---:|---:|---:|---:|---:|"
    for row in in_order(rows):
        if row.measured is not None:
            yield f"| {ENTRIES[row.name].row} | " + " | ".join(_answered(row.measured)) + " |"
    yield ""


def _answered(measured: Measured) -> Iterator[str]:
    yield f"{measured.agreeing:,}"
    for outcome in ("approve", "deny", "error", "pend"):
        yield str(measured.probes(outcome))


def _unsafe(rows: Sequence[Row]) -> Iterator[str]:
    """Which of the engines approve a complete case that the reference denies, and what the probes lack."""
    found = [(ENTRIES[row.name].row, row.measured.unsafe) for row in rows if row.measured and row.measured.unsafe]
    told = "No engine approves a complete case that the exact reference denies."
    if found:
        told = "Complete cases approved that the exact reference denies: " + ", ".join(
            f"{row} {count:,}" for row, count in found
        )
    lacking = ", ".join(f"`{group}.{key}`" for _, (group, key) in PROBES)
    yield fill(f"{told} The facts that the probes lack: {lacking}.", WIDTH, break_on_hyphens=False) + "\n"


def _uses(rows: Sequence[Row]) -> Iterator[str]:
    for row in in_order(rows):
        entry = ENTRIES[row.name]
        named = f"{entry.row} ({row.version})" if row.version else entry.row
        yield f"- {named}: {entry.how}"


def _at(rows: int, found: Sequence[Timed]) -> Iterator[str]:
    yardstick = next((each for each in found if each.way == BASELINE_OF_MANY), None)
    order = list(WAYS)
    for each in sorted(found, key=lambda timed: order.index(timed.way)):
        ratio = "" if yardstick is None else as_ratio(each.seconds / yardstick.seconds)
        figures = f"{ratio} | {each.rows / each.seconds:,.0f} | {as_time(each.seconds)} | {as_megabytes(each.memory)}"
        yield f"| {rows:,} | {WAYS[each.way].row} | {figures} | {each.agreeing:,} |"


def _images(plots: Iterable[Path]) -> Iterator[str]:
    for plot in plots:
        yield f"![{plot.stem.replace('_', ' ')}](performance/{plot.name})\n"


def as_megabytes(size: int) -> str:
    """A size in megabytes; nothing where the system did not tell."""
    return f"{size / 1e6:,.0f} MB" if size else ""
