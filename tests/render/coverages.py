"""Coverage to show: every status, more than one file, and names that would do harm if they could."""

from __future__ import annotations

from collections.abc import Sequence

from besponsa_pa.render.covered import CoveredItem, CoveredPolicy, CoveredTest
from besponsa_pa.source import Source, Span

HOSTILE = "<script>alert(\"1\")</script> & '<img src=x onerror=alert(2)>' \u202e\x1b[31m]]>-->"
LONG = "x" * 400
LINES = (
    "policy: invented",
    "title: Invented",
    "check: adult and advanced",
    "otherwise: deny",
    f"check: {HOSTILE}",
    f"check: {LONG}",
    "  check: a and b and c and d and e and f and g and h and i and j and k and l and m and n and o and p and q",
)
SOURCE = Source("\n".join(LINES) + "\n", "policies/invented/policy.yaml")
SHARED = Source("\n" * 20 + "definitions: {adult: age >= 18}\n" + "\n" * 20, "policies/shared/facts.yaml")


def item(
    line: int, text: str, *tests: str, kind: str = "clause", reason: str | None = None, source: Source = SOURCE
) -> CoveredItem:
    start = sum(len(each) + 1 for each in source.text.splitlines()[: line - 1])
    return CoveredItem(kind, text, "true", "", f"`{text}` is reached", Span(source, start, start + 1), tests, reason)


def covered_test(name: str, line: int) -> CoveredTest:
    return CoveredTest(name, "approve", Span(Source("\n" * 50, "policies/invented/tests.yaml"), line, line + 1))


def policy(*items: CoveredItem, tests: Sequence[str] = ("one", "two", HOSTILE, LONG)) -> CoveredPolicy:
    listed = tuple(covered_test(name, at) for at, name in enumerate(tests))
    return CoveredPolicy("invented", "Invented & co", "1", "sha256:0123", SOURCE, items, listed)


MIXED = policy(
    item(3, "adult", "one", "two", kind="criterion"),
    item(3, "advanced", HOSTILE),
    item(3, "missed"),
    item(3, "never", reason=f"because {HOSTILE}"),
    item(4, "nothing applies", kind="otherwise", reason="every request is one of two"),
    item(5, HOSTILE, HOSTILE),
    item(5, "`" + HOSTILE),
    item(6, LONG, LONG),
    item(6, LONG + " too"),
    item(21, "age >= 18", "one", "two", HOSTILE, LONG, source=SHARED),
)
EMPTY = policy()
