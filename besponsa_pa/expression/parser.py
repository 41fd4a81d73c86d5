"""From the text of an expression to its tree, by the grammar in `grammar/expression.lark`."""

from __future__ import annotations

import re
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.expression import syntax
from besponsa_pa.expression.builder import Builder, Refused
from besponsa_pa.expression.parse_table import expression_parser
from besponsa_pa.source import Excerpt

if TYPE_CHECKING:
    from lark import UnexpectedToken

MAXIMUM_LENGTH = 20_000
MAXIMUM_DEPTH = 150

# brackets, and what may hold brackets that count for nothing
BRACKETS = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\[({\])}]""", re.DOTALL)


def parse(excerpt: Excerpt, diagnostics: Diagnostics) -> syntax.Expression | None:
    """The tree of an expression, or None after its first mistake has been reported.

    A mistake inside one expression hides what follows it there; the other expressions of a file are
    parsed all the same. Spans lead into the file that the text was read from.
    """
    if _nesting(excerpt.text) > MAXIMUM_DEPTH:
        _too_large(f"the expression is nested more than {MAXIMUM_DEPTH} levels deep", excerpt, diagnostics)
        return None
    if len(excerpt.text) > MAXIMUM_LENGTH:
        _too_large(f"the expression is longer than {MAXIMUM_LENGTH} characters", excerpt, diagnostics)
        return None
    tree = _tree(excerpt, diagnostics)
    if tree is not None and syntax.depth(tree) > MAXIMUM_DEPTH:
        _too_large(f"the expression has more than {MAXIMUM_DEPTH} steps in one chain", excerpt, diagnostics)
        return None
    return tree


def _tree(excerpt: Excerpt, diagnostics: Diagnostics) -> syntax.Expression | None:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        return Builder(excerpt).build(expression_parser().parse(excerpt.text))
    except UnexpectedCharacters as error:
        _unexpected_character(excerpt, error.pos_in_stream, diagnostics)
    except UnexpectedToken as error:
        _unexpected_word(excerpt, error, diagnostics)
    except Refused as refusal:
        diagnostics.error(refusal.code, refusal.message, refusal.span, help=refusal.help)
    return None


def _nesting(text: str) -> int:
    """How deep brackets stand inside one another, texts and names in quotes aside."""
    level = deepest = 0
    for sign in BRACKETS.findall(text):
        level += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, level)
    return deepest


# --- mistakes ---


def _too_large(message: str, excerpt: Excerpt, diagnostics: Diagnostics) -> None:
    help = "split it into definitions, or compare with a list: `x in {'a', 'b'}`"
    diagnostics.error("E202", message, excerpt.span(0, 1), help=help)


CHARACTER_HELPS = {
    "'": "a text begins and ends with `'`; inside it write `\\'`",
    '"': 'a name in double quotes ends with `"`',
    "\u2018": "texts stand between straight quotes: `'positive'`",
    "\u2019": "texts stand between straight quotes: `'positive'`",
    "\u201c": 'names stand between straight quotes: `"a name"`',
    "\u201d": 'names stand between straight quotes: `"a name"`',
    "\u2265": "write `>=`",
    "\u2264": "write `<=`",
    "\u2260": "write `!=`",
    "@": "a date is written `@2026-11-20`",
    "!": "write `not`, or `!=`",
    "?": "write `if ... then ... else ...`",
    "%": "per cent is a unit: `5 '%'`",
}


def _unexpected_character(excerpt: Excerpt, position: int | None, diagnostics: Diagnostics) -> None:
    position = position or 0
    character = excerpt.text[position]
    message = f"`{character}` cannot stand here"
    if character in "'\"`":
        message = "a quote is opened and not closed"
    span = excerpt.span(position, position + 1)
    diagnostics.error("E201", message, span, help=CHARACTER_HELPS.get(character, ""))


def _unexpected_word(excerpt: Excerpt, error: UnexpectedToken, diagnostics: Diagnostics) -> None:
    expected = error.accepts or error.expected
    if error.token.type == "$END":
        end = len(excerpt.text.rstrip())
        message = "the expression ends too early" if end else "the expression is empty"
        diagnostics.error("E201", message, excerpt.span(max(0, end - 1), end), label=f"expected {_expectation(expected)}")
        return
    word, start = str(error.token), error.token.start_pos or 0
    diagnostics.error(
        "E201", f"unexpected `{word}`", excerpt.span(start, start + len(word)),
        label=f"expected {_expectation(expected)}", help=_help(word, excerpt.text[:start], expected),
    )  # fmt: skip


# Where all of these would be right, naming every one of them helps nobody.
OPERANDS = frozenset({"IDENTIFIER", "NUMBER", "STRING"})
OPERATORS = frozenset({"AND", "OR", "EQUAL"})

# What a group of words and signs is called; the others are called by their spelling.
CALLED = {
    "$END": "the end", "IDENTIFIER": "a name", "QUOTED": "", "BACKTICKED": "", "STRING": "a text in single quotes",
    "NUMBER": "a number", "PRECISION": "`year`, `month`, `day` ...", "PRECISIONS": "`years`, `months`, `days` ...",
    "KEY": "a name and `:`", "MEMBER": "`.` and a name", "OR_RELATIVE": "`or before`, `or after`",
    "TEMPORAL": "`before`, `after`", "DURING": "`during`", "OR_AMOUNT": "`or less`, `or more`",
    "SUCH_THAT": "`such that`", "BETWEEN": "`between`", "EXCLUSIVE": "`less than`, `more than`",
    "DIRECTION": "`asc`, `desc`", "EDGE": "`starts`, `ends`", "RETURN": "`return`", "AGGREGATE": "`aggregate`",
}  # fmt: skip


def _expectation(expected: AbstractSet[str]) -> str:
    if expected >= OPERANDS:
        return "a value: a name, a number, a text in single quotes, `(` ..."
    if expected >= OPERATORS:
        closing = {"$END", "RPAR", "RSQB", "RBRACE", "THEN", "ELSE", "END"} & expected
        return _listed(["an operator", *map(_called, sorted(closing))])
    return _listed(sorted(filter(None, map(_called, expected)))[:6])


def _called(terminal: str) -> str:
    called = CALLED.get(terminal)
    return f"`{expression_parser().spellings[terminal]}`" if called is None else called


def _listed(words: Collection[str]) -> str:
    *most, last = words or ["the end"]
    return f"{', '.join(most)} or {last}" if most else last


WORD_HELPS = {
    "AND": "write `and` in small letters",
    "OR": "write `or` in small letters",
    "NOT": "write `not` in small letters",
    "IN": "write `in` in small letters",
    "&": "write `and`",
    "|": "write `or`",
}


def _help(word: str, before: str, expected: AbstractSet[str]) -> str:
    if word == "=" and before.endswith(("=", "<", ">")):
        return f"write `{'=' if before[-1] == '=' else before[-1] + '='}`"
    if word in WORD_HELPS:
        return WORD_HELPS[word]
    keywords = expression_parser().keywords
    if word in keywords:
        return f'`{word}` is a word of the language; as a name it stands in double quotes: `"{word}"`'
    if before.rstrip().endswith("}"):
        return "a list that is searched stands in parentheses: `({1, 2, 3}) X where X > 2`"
    return did_you_mean(word, (spelling for spelling, terminal in keywords.items() if terminal in expected))
