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
from besponsa_pa.expression.reading_slips import (
    Slip,
    missing_operator,
    sentence_help,
    slip_at,
    slip_at_sign,
    word_as_name,
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
    if (slip := slip_at_sign(excerpt.text, position)) is not None:
        _report(slip, excerpt, diagnostics)
        return
    message = f"`{character}` cannot stand here"
    if character in "'\"`":
        message = "a quote is opened and not closed"
    elif not character.isprintable():
        message = f"the character U+{ord(character):04X}, which cannot be seen, does not belong here"
    span = excerpt.span(position, position + 1)
    diagnostics.error("E201", message, span, help=character_help(excerpt.text, position))


def unexpected_word(excerpt: Excerpt, place: Place, diagnostics: Diagnostics) -> None:
    """A word or a sign that cannot stand where it does, or the end before its time."""
    if (slip := slip_at(place)) is not None:
        _report(slip, excerpt, diagnostics)
        return
    if (alias := _taken_for_alias(place)) is not None:
        _no_operator(alias, excerpt, diagnostics)
        return
    help = help_for(place)
    if not help and (slip := missing_operator(place) or word_as_name(place)) is not None:
        _report(slip, excerpt, diagnostics)
        return
    message = f"unexpected `{place.word}`" if place.word else "the expression ends too early"
    if not REMARKS.sub("", excerpt.text).strip():
        message, help = "the expression is empty", "write a condition, such as `age >= 18`"
    label = f"expected {_expectation(place.expected)}"
    opened = _opened(excerpt, place)
    if opened is not None and not help:
        help = f"close it with `{CLOSING[excerpt.text[opened]]}`"
    related = () if opened is None else ((excerpt.span(opened, opened + 1), "opened here"),)
    diagnostics.error("E201", message, _where(excerpt, place), label=label, help=help, related=related)


def _report(slip: Slip, excerpt: Excerpt, diagnostics: Diagnostics) -> None:
    span = excerpt.span(slip.start, slip.end)
    diagnostics.error("E201", slip.message, span, label=slip.label, help=slip.help)


def _where(excerpt: Excerpt, place: Place) -> Span:
    """The word that cannot stand there; at the end the last word, where that wants to go on, or else the last sign."""
    if place.word:
        return excerpt.span(place.start, place.start + len(place.word))
    is_word = place.wants_value and place.previous in expression_parser().keywords
    length = len(place.previous) if is_word else 1
    return excerpt.span(max(0, place.start - length), place.start)


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
    help = operator_help(word)
    if help.startswith("operators are"):
        help = sentence_help(excerpt.text) or help
    diagnostics.error("E201", f"`{word}` is no operator", span, label=label, help=help)


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


def _opened(excerpt: Excerpt, place: Place) -> int | None:
    """Where the bracket stands that is still open at the end."""
    if place.word or not place.expected & {"RPAR", "RSQB", "RBRACE"}:
        return None
    waiting: list[int] = []
    for found in BRACKETS.finditer(excerpt.text):
        if found[0] in "([{":
            waiting.append(found.start())
        elif found[0] in ")]}" and waiting:
            waiting.pop()
    return waiting[-1] if waiting else None


CLOSING = {"(": ")", "[": "]", "{": "}"}
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
