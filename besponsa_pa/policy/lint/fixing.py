"""Mending a file by the edits of its diagnostics: bottom up, everything else left as it is."""

from __future__ import annotations

from collections.abc import Iterable

from besponsa_pa.diagnostic import Diagnostics, Edit
from besponsa_pa.expression import syntax
from besponsa_pa.expression.parser import parse
from besponsa_pa.policy.lint.context import excerpts_of
from besponsa_pa.policy.model import Policy


def mended(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits made. Of two that overlap the later in the file is made; run again for the other."""
    before = len(text)
    for edit in sorted(edits, key=lambda each: (each.span.start, each.span.end), reverse=True):
        if edit.span.end <= before:
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
            before = edit.span.start
    return text


def meaning(policy: Policy) -> tuple[syntax.Expression | None, ...]:
    """The trees of all expressions of a policy: a mend that changes one of them is none."""
    return tuple(parse(excerpt, Diagnostics()) for excerpt, _ in excerpts_of(policy))
