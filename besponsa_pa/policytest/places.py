"""Where the expressions of a policy are written: what they read, and what they belong to."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from besponsa_pa.policy.model import Criterion, GrantValue, Leaf, Policy
from besponsa_pa.policy.parts import written
from besponsa_pa.source import Excerpt, Span

# what no parenthesis counts in: texts, names in quotes and remarks
_PASSED_OVER = r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`(?:\\.|[^`\\])*`|//[^\n]*|/\*.*?\*/"
_TEXTS_AND_PARENTHESES = re.compile(rf"{_PASSED_OVER}|[()]", re.DOTALL)
_TEXTS_AND_REMARKS = re.compile(_PASSED_OVER, re.DOTALL)


class Places:
    """Finds, for a part of an expression, its text as the analyst reads it and the name of what it belongs to."""

    def __init__(self, policy: Policy) -> None:
        self._written = [(excerpt, owner) for excerpt, owner in _excerpts(policy) if excerpt.text]

    def text(self, span: Span) -> str:
        """What is written at a place, on one line, without the quotes of YAML around it or remarks in it.

        A span leaves out the parentheses that begin or end what it spans: those are put back.
        """
        excerpt = self._excerpt(span)
        if excerpt is None:
            return _on_one_line(span.source.text[span.start : span.end])
        start, end = bisect_left(excerpt.offsets, span.start), bisect_left(excerpt.offsets, span.end)
        start, end = _with_parentheses(excerpt.text, start, end)
        return _on_one_line(excerpt.text[start:end])

    def owner(self, span: Span) -> str:
        """What an expression belongs to, in words: "`philadelphia`", "the table `trial_months`"; "" for nothing."""
        return next((owner for excerpt, owner in self._written if _is_in(span, excerpt)), "")

    def _excerpt(self, span: Span) -> Excerpt | None:
        return next((excerpt for excerpt, _ in self._written if _is_in(span, excerpt)), None)


def _is_in(span: Span, excerpt: Excerpt) -> bool:
    first, last = excerpt.offsets[0], excerpt.offsets[len(excerpt.text) - 1]
    return first <= span.start and span.end <= last + 1 and span.source is excerpt.source


# --- what is written in a policy ---


def _excerpts(policy: Policy) -> Iterator[tuple[Excerpt, str]]:
    """Every expression of a policy with the name of what it belongs to."""
    for criterion in written(policy):
        if isinstance(criterion, Criterion):
            yield from _of_criterion(criterion)
    for pathway in policy.pathways:
        yield from _of(pathway.when, f"`when` of `{pathway.name}`")
        yield from _of_grant(pathway.grant, "", pathway.name)
    for name, definition in policy.definitions.items():
        yield definition.body, f"`{name}`"
    for name, table in policy.tables.items():
        yield from ((each, f"the table `{name}`") for row in table.rows for each in row)
        yield from _of(table.by, f"the table `{name}`")
        yield from _of(table.otherwise, f"the table `{name}`")
    for advisory in policy.advisories:
        yield from _of(advisory.when, f"`when` of `{advisory.id}`")
    for name, fact in policy.facts.items():
        yield from _of(fact.must, f"`must` of `{name}`")


def _of(excerpt: Excerpt | None, owner: str) -> Iterator[tuple[Excerpt, str]]:
    if excerpt is not None:
        yield excerpt, owner


def _of_criterion(criterion: Criterion) -> Iterator[tuple[Excerpt, str]]:
    yield from _of(criterion.given, f"`given` of `{criterion.id}`")
    if isinstance(criterion.body, Leaf):
        yield criterion.body.check, f"`{criterion.id}`"


def _of_grant(grant: Mapping[str, GrantValue], around: str, pathway: str) -> Iterator[tuple[Excerpt, str]]:
    for name, granted in grant.items():
        whole = f"{around}.{name}" if around else name
        if isinstance(granted.value, Excerpt):
            yield granted.value, f"`{whole}` of `{pathway}`"
        elif not isinstance(granted.value, str):
            yield from _of_grant(granted.value, whole, pathway)


# --- text ---


@dataclass(frozen=True, slots=True)
class _Parenthesis:
    at: int
    opens: bool


def _with_parentheses(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch with the parentheses that those in it belong to."""
    marks = (found for found in _TEXTS_AND_PARENTHESES.finditer(text) if found[0] in "()")
    all_marks = [_Parenthesis(found.start(), found[0] == "(") for found in marks]
    unopened = unclosed = 0
    for each in all_marks:
        if start <= each.at < end:
            if each.opens:
                unclosed += 1
            elif unclosed:
                unclosed -= 1
            else:
                unopened += 1
    before = [each.at for each in all_marks if each.opens and each.at < start]
    after = [each.at for each in all_marks if not each.opens and each.at >= end]
    first = before[-unopened] if 0 < unopened <= len(before) else start
    last = after[unclosed - 1] + 1 if 0 < unclosed <= len(after) else end
    return first, last


def _on_one_line(text: str) -> str:
    """The text without remarks, each run of spaces and line ends as one space, but for those in texts."""
    parts: list[str] = []
    at = 0
    for found in _TEXTS_AND_REMARKS.finditer(text):
        parts.append(re.sub(r"\s+", " ", text[at : found.start()]))
        parts.append(" " if found[0].startswith("/") else found[0])
        at = found.end()
    parts.append(re.sub(r"\s+", " ", text[at:]))
    return "".join(parts).strip()
