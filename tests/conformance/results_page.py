"""The page that tells the results, `docs/conformance.md`."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gap_list import Entry, GapList
from hl7 import ROOT, Ending, SuiteTest

PAGE = ROOT / "docs" / "conformance.md"
SCOPES = ("needed", "nice", "later")
ENDINGS = (Ending.PASSED, Ending.REFUSED, Ending.WRONG)

BEGINNING = """\
# Conformance

This page is written by `UPDATE=1 python -m pytest tests/conformance`; do not edit it.

[Expressions](expressions.md) are a profile of HL7's Clinical Quality Language 1.5 (CQL). HL7 publishes tests for it, of
which {tests} are run here, and the results compared down to the last digit; {policy_shaped} further expressions of the
kind that policies contain are held against the result on which two independent engines agree.

A test *passes*, is *refused* (who writes the expression is told so when it is loaded), or *contradicts*: it has another
result than the test wants. *Needed* is what policies need, *nice* what they may come to need, *later* the rest.
"""


def results_page(endings: Mapping[SuiteTest, Ending], policy_shaped: Sequence[Ending], gaps: GapList) -> str:
    """The page for these endings of the tests of the suite."""
    tests = list(endings)
    parts = [
        BEGINNING.format(tests=f"{len(tests):,}", policy_shaped=len(policy_shaped)),
        _table(endings),
        f"Of the {len(policy_shaped)} expressions such as policies contain, {policy_shaped.count(Ending.PASSED)} pass.",
        "## What is refused\n\n" + "\n".join(_told(gaps.of(Ending.REFUSED), tests)),
        "## What contradicts\n\n" + "\n".join(_told(gaps.of(Ending.WRONG), tests)),
        "## What is disputed\n\nThe specification says something else than the suite, or the suite than itself. "
        "This is what is done here, and why.\n\n" + "\n".join(_told(gaps.of(None), tests)),
    ]
    return "\n\n".join(_wrapped(part) for part in parts) + "\n"


def _table(endings: Mapping[SuiteTest, Ending]) -> str:
    """Passed, refused and contradicting tests of each file and each scope."""
    files = list(dict.fromkeys(test.file for test in endings))
    heads = " | ".join(f"{scope}: {ending.value}" for scope in SCOPES for ending in ENDINGS)
    heads = heads.replace("wrong", "contradicts")
    counts = {file: Counter((t.scope, e) for t, e in endings.items() if t.file == file) for file in files}
    rows = [_row(f"`{file}`", counted) for file, counted in counts.items()]
    rows.append(_row("**all**", sum(counts.values(), Counter())))
    return "\n".join([f"| file | {heads} |", "|---|" + "---:|" * len(SCOPES) * len(ENDINGS), *rows])


def _row(name: str, counts: Counter[tuple[str, Ending]]) -> str:
    cells = (str(counts[scope, ending] or "") for scope in SCOPES for ending in ENDINGS)
    return f"| {name} | {' | '.join(cells)} |"


def _told(entries: Iterable[Entry], tests: Sequence[SuiteTest]) -> Iterator[str]:
    for entry in entries:
        counted = f" {_number(len(entry.covered(tests)))}." if entry.ending is not None else ""
        yield f"- {entry.construct[:1].upper()}{entry.construct[1:]} ({entry.section}).{counted} {entry.reason}"


def _number(count: int) -> str:
    return "1 test" if count == 1 else f"{count} tests"


def _wrapped(part: str) -> str:
    """Paragraphs and items in lines of 120 characters; tables and what is laid out stay as they are."""
    lines = []
    for line in part.strip().splitlines():
        item = "  " if line.startswith("- ") else ""
        is_text = not line.startswith(("|", "#"))
        lines.append(textwrap.fill(line, 120, subsequent_indent=item, break_on_hyphens=False) if is_text else line)
    return "\n".join(lines)
