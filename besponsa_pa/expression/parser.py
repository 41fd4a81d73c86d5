"""From the text of an expression to its tree, by the grammar in `grammar/expression.lark`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression import syntax
from besponsa_pa.expression.builder import Builder
from besponsa_pa.expression.parse_table import expression_parser
from besponsa_pa.expression.parts import Refused
from besponsa_pa.expression.reading_help import Place
from besponsa_pa.expression.reading_mistakes import BRACKETS, too_large, unexpected_character, unexpected_word
from besponsa_pa.source import Excerpt

if TYPE_CHECKING:
    from lark import UnexpectedToken

MAXIMUM_LENGTH = 20_000
MAXIMUM_DEPTH = 150


def parse(excerpt: Excerpt, diagnostics: Diagnostics) -> syntax.Expression | None:
    """The tree of an expression, or None after its first mistake has been reported.

    A mistake inside one expression hides what follows it there; the other expressions of a file are
    parsed all the same. Spans lead into the file that the text was read from.
    """
    if _nesting(excerpt.text) > MAXIMUM_DEPTH:
        too_large(f"the expression is nested more than {MAXIMUM_DEPTH} levels deep", excerpt, diagnostics)
        return None
    if len(excerpt.text) > MAXIMUM_LENGTH:
        too_large(f"the expression is longer than {MAXIMUM_LENGTH} characters", excerpt, diagnostics)
        return None
    tree = _tree(excerpt, diagnostics)
    if tree is not None and syntax.depth(tree) > MAXIMUM_DEPTH:
        too_large(f"the expression has more than {MAXIMUM_DEPTH} steps in one chain", excerpt, diagnostics)
        return None
    return tree


def _tree(excerpt: Excerpt, diagnostics: Diagnostics) -> syntax.Expression | None:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        return Builder(excerpt).build(expression_parser().parse(excerpt.text))
    except UnexpectedCharacters as error:
        unexpected_character(excerpt, error.pos_in_stream, diagnostics)
    except UnexpectedToken as error:
        unexpected_word(excerpt, _place(excerpt.text, error), diagnostics)
    except Refused as refusal:
        diagnostics.error(refusal.code, refusal.message, refusal.span, help=refusal.help)
    return None


def _place(text: str, error: UnexpectedToken) -> Place:
    """Where the reading stopped; the end of the text is a word of no letters."""
    is_end = error.token.type == "$END"
    word, start = ("", len(text.rstrip())) if is_end else (str(error.token), error.token.start_pos or 0)
    return Place(text, start, word, str(error.token.type), frozenset(error.accepts or error.expected))


def _nesting(text: str) -> int:
    """How deep brackets stand inside one another, texts and names in quotes aside."""
    level = deepest = 0
    for sign in BRACKETS.findall(text):
        level += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, level)
    return deepest
