"""What is said of an expression that cannot be read: the place, what was expected there, and what mends it."""

from __future__ import annotations

import re
from collections.abc import Collection
from collections.abc import Set as AbstractSet

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression.parse_table import expression_parser
from besponsa_pa.expression.reading_help import (
    GOES_ON,
    OPERANDS,
    OPERATORS,
    QUANTIFIERS,
    TRUTHS,
    Place,
    character_help,
    help_for,
    operator_help,
    small_letters,
)
from besponsa_pa.source import Excerpt, Span

# Where all of these would be right, naming every one of them helps nobody.
UNITS = frozenset({"PRECISION", "PRECISIONS", "STRING"})
# What a group of words and signs is called; the others are called by their spelling.
CALLED = {
    "$END": "the end", "IDENTIFIER": "a name", "QUOTED": "", "BACKTICKED": "", "STRING": "a text in single quotes",
    "NUMBER": "a number", "PRECISION": "`year`, `month`, `day` ...", "PRECISIONS": "`years`, `months`, `days` ...",
    "KEY": "a name and `:`", "MEMBER": "`.` and a name", "OR_RELATIVE": "`or before`, `or after`",
    "TEMPORAL": "`before`, `after`", "DURING": "`during`", "OR_AMOUNT": "`or less`, `or more`",
    "SUCH_THAT": "`such that`", "BETWEEN": "`between`", "EXCLUSIVE": "`less than`, `more than`",
    "DIRECTION": "`asc`, `desc`", "EDGE": "`starts`, `ends`", "RETURN": "`return`", "AGGREGATE": "`aggregate`",
}  # fmt: skip

# --- reports ---


def too_large(message: str, excerpt: Excerpt, diagnostics: Diagnostics) -> None:
    """An expression that is not even looked at."""
    help = "split it into definitions, or compare with a list: `x in {'a', 'b'}`"
    diagnostics.error("E202", message, excerpt.span(0, 1), help=help)


def unexpected_character(excerpt: Excerpt, position: int | None, diagnostics: Diagnostics) -> None:
    """A sign with which nothing of the language begins."""
    position = position or 0
    character = excerpt.text[position]
    message = f"`{character}` cannot stand here"
    if character in "'\"`":
        message = "a quote is opened and not closed"
    span = excerpt.span(position, position + 1)
    diagnostics.error("E201", message, span, help=character_help(excerpt.text, position))


def unexpected_word(excerpt: Excerpt, place: Place, diagnostics: Diagnostics) -> None:
    """A word or a sign that cannot stand where it does, or the end before its time."""
    word, start = place.word, place.start
    if (alias := _taken_for_alias(place)) is not None:
        _no_operator(alias, excerpt, diagnostics)
        return
    message = f"unexpected `{word}`" if word else "the expression ends too early"
    if not REMARKS.sub("", excerpt.text).strip():
        message = "the expression is empty"
    span = excerpt.span(start, start + len(word)) if word else excerpt.span(max(0, start - 1), start)
    label = f"expected {_expectation(place.expected)}"
    diagnostics.error("E201", message, span, label=label, help=help_for(place), related=_opened(excerpt, place))


def _no_operator(alias: re.Match[str], excerpt: Excerpt, diagnostics: Diagnostics) -> None:
    """`pregnant AND adult`: the language takes `AND` for a name of what stands before it."""
    word = alias[1]
    before = re.search(r"([A-Za-z_]\w*)\s+\Z", excerpt.text[: alias.start(1)])
    if before is not None and (help := small_letters(before[1])):
        span = excerpt.span(before.start(1), before.end(1))
        diagnostics.error("E201", f"`{before[1]}` is no word of the language", span, help=help)
        return
    label = "expected an operator"
    span = excerpt.span(alias.start(1), alias.end(1))
    diagnostics.error("E201", f"`{word}` is no operator", span, label=label, help=operator_help(word))


def _taken_for_alias(place: Place) -> re.Match[str] | None:
    """The name between two values where an operator was meant."""
    if "WHERE" not in place.expected or place.kind not in (
        *OPERANDS,
        "QUOTED",
        "LPAR",
        "LBRACE",
        "DATE",
        "NOT",
        "EXISTS",
    ):
        return None
    found = re.search(r"[\w)\]}'\"]\s+([A-Za-z_]\w*)\s*\Z", place.text[: place.start])
    first = re.match(r"\w*", place.before)
    if found is None or len(found[1]) == 1 or (first and first[0].lower() in QUANTIFIERS):
        return None
    return found


def _opened(excerpt: Excerpt, place: Place) -> tuple[tuple[Span, str], ...]:
    """Where the bracket stands that is still open at the end."""
    if place.word or not place.expected & {"RPAR", "RSQB", "RBRACE"}:
        return ()
    waiting: list[int] = []
    for found in BRACKETS.finditer(excerpt.text):
        if found[0] in "([{":
            waiting.append(found.start())
        elif found[0] in ")]}" and waiting:
            waiting.pop()
    return ((excerpt.span(waiting[-1], waiting[-1] + 1), "opened here"),) if waiting else ()


REMARKS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
# brackets, and what may hold brackets that count for nothing
BRACKETS = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\[({\])}]""", re.DOTALL)


# --- what was expected ---


def _expectation(expected: AbstractSet[str]) -> str:
    if expected >= OPERANDS:
        return "a value: a name, a number, a text in single quotes, `(` ..."
    if expected >= OPERATORS:
        closing = {"$END", "RPAR", "RSQB", "RBRACE", "THEN", "ELSE", "END"} & expected
        return _listed(["an operator", *map(_called, sorted(closing))])
    if expected >= TRUTHS:
        return "`null`, `true` or `false`"
    if expected >= UNITS:
        return "a unit: `days`, `months` ... or one in single quotes"
    if "QUOTED" in expected and "MEMBER" in expected:
        return "a short name for the list"
    return _listed(sorted(filter(None, map(_called, expected - GOES_ON or expected)))[:6])


def _called(terminal: str) -> str:
    called = CALLED.get(terminal)
    return f"`{expression_parser().spellings[terminal]}`" if called is None else called


def _listed(words: Collection[str]) -> str:
    *most, last = words or ["the end"]
    return f"{', '.join(most)} or {last}" if most else last
