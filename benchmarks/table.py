"""From the figures of one run to the page that shows them."""

from __future__ import annotations

import re
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
GROWTH = "How time grows"

# what `python -m benchmarks.peers` writes, at the end of the page
ENGINES = "Beside other engines"
MANY = "Many cases at once"

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
    GROWTH: (
        "Policies that ask for so many laboratory values to be at most 1.5 times their limits, with cases that meet "
        "all: ten times the criteria, policies or cases should take no more than ten times as long."
    ),
    START: (
        "Whole processes, from the start to the end. The policy comes from the cache, as in every start but the first."
    ),
}

INTRODUCTION = """\
# Performance

This page is written by `make bench`; do not edit it. Ratios are multiples of the row marked with 1.0, measured in the
same run, and carry over to other machines more or less. The times are those of one machine, and are here to give an
idea. Each is the shortest of several rounds, the one that other work has disturbed least.

The first sections measure this engine against plain Python. The last two measure it against other engines, and against
SQL and data frames written by hand: one policy of nine criteria and ten thousand cases (`benchmarks/peers/`), all in
one run. `python -m benchmarks.peers` measures those two alone, with `--full` up to ten million cases.
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


def section_of(text: str, title: str) -> str:
    """A section of the page, from its heading to the next; nothing where it has none with this title."""
    found = re.search(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[0].rstrip() if found else ""


def with_section(text: str, title: str, section: str) -> str:
    """The page with a section in the place of the one with this title, or at its end."""
    old = section_of(text, title)
    if old:
        return text.replace(old, section.rstrip())
    return f"{text.rstrip()}\n\n{section.rstrip()}\n" if section else text


def _table(rows: Iterable[Row]) -> Iterator[str]:
    first, *others = sorted(rows, key=lambda row: not row.is_baseline)
    yield "| what | ratio | time |\n|---|---:|---:|"
    for row in (first, *others):
        yield f"| {row.words} | {as_ratio(row.seconds / first.seconds)} | {as_time(row.seconds)} |"
    yield ""


def as_ratio(ratio: float) -> str:
    """A ratio in two digits, or in whole numbers."""
    return f"{ratio:.1f}" if ratio < 10 else f"{ratio:,.0f}"


def as_time(seconds: float) -> str:
    """A time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{as_ratio(seconds / size)} {unit}"
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
