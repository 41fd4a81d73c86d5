"""From the figures of one run to the page that shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

WIDTH = 120

EXPRESSION = "One expression"
POLICY = "The Besponsa policy"
CASE = "Reading a case"
ONE = "One determination"
WHOLE = "From plain values to the determination"
LOOP = "Many determinations"
LOADING = "Loading the library"
START = "Starting the command"

# the tables in their order, each with what it should tell
TABLES: Mapping[str, str] = {
    ONE: (
        "From a case that has been read to its determination: every criterion with the values that it saw, the facts "
        "that are missing, advisories and references. By hand it is a Python function of thirty lines that answers "
        "with one word (`benchmarks/by_hand.py`)."
    ),
    WHOLE: (
        "The case of the first example given as Python's dictionaries and texts, held against the facts that the "
        "policy declares, and determined."
    ),
    LOOP: "The first table in a loop over generated cases, of which half lack facts (`benchmarks/generator.py`).",
    CASE: "The case of the first example, every value with its place, held against the facts that the policy declares.",
    POLICY: "What is done once before the first case. By hand it is Python that compiles its own source.",
    LOADING: (
        "All policies that come with the package, each with everything that it imports, in a fresh process; and the "
        "same from what an earlier process kept (`besponsa_pa/cache.py`)."
    ),
    EXPRESSION: "Reading a condition, and checking it before any case is seen.",
    START: (
        "Whole processes, from the start to the end. The policy comes from the cache, as in every start but the first."
    ),
}

INTRODUCTION = """\
# Performance

This page is written by `make bench`; do not edit it. Ratios are multiples of the row marked with 1.0, measured in the
same run, and carry over to other machines more or less. The times are those of one machine, and are here to give an
idea. Each is the shortest of several rounds, the one that other work has disturbed least.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, and the seconds that it took."""

    words: str
    seconds: float
    is_baseline: bool


def page(run: Mapping[str, Any]) -> str:
    """The page in Markdown, from the JSON that pytest-benchmark writes of a run."""
    tables: dict[str, list[Row]] = defaultdict(list)
    agreement: Sequence[Sequence[Any]] = ()
    for each in run["benchmarks"]:
        extra = each["extra_info"]
        tables[each["group"]].append(Row(extra["row"], each["stats"]["min"], extra["baseline"]))
        agreement = extra.get("agreement", agreement)
    parts = [INTRODUCTION]
    for title, about in TABLES.items():
        if title in tables:
            parts += [f"## {title}\n", fill(about, WIDTH) + "\n", *_table(tables[title])]
        if title == LOOP and agreement:
            parts += list(_agreement(agreement))
    return "\n".join(parts)


def _table(rows: Iterable[Row]) -> Iterator[str]:
    first, *others = sorted(rows, key=lambda row: not row.is_baseline)
    yield "| what | ratio | time |\n|---|---:|---:|"
    for row in (first, *others):
        yield f"| {row.words} | {_ratio(row.seconds / first.seconds)} | {_time(row.seconds)} |"
    yield ""


def _ratio(ratio: float) -> str:
    return f"{ratio:.1f}" if ratio < 10 else f"{ratio:,.0f}"


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{_ratio(seconds / size)} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def _agreement(agreement: Sequence[Sequence[Any]]) -> Iterator[str]:
    """How often the function written by hand decides what the engine does, and how often it decides too early."""
    yield "What both decide on these cases. Where nothing is missing they agree, which a test holds.\n"
    yield "| engine | by hand | cases |\n|---|---|---:|"
    for engine, hand, count in agreement:
        yield f"| {engine} | {hand} | {count:,} |"
    unsafe = sum(count for engine, hand, count in agreement if hand == "approve" != engine)
    hasty = sum(count for engine, hand, count in agreement if hand == "deny" != engine)
    yield ""
    told = (
        f"What a case does not say, the function by hand takes for not so: it approves {unsafe:,} cases that the "
        f"engine does not approve, and denies {hasty:,} that the engine does not deny."
    )
    yield fill(told, WIDTH) + "\n"
