"""How an expression is laid out in a file: its canonical text, and where that breaks into lines.

The printer says how a tree is written, but of several ways to say the same (`same or before`, `on or before`) it knows
one only, and no parentheses that the reader could do without. Layout leaves the words and the parentheses of the
writer alone: it adds those that the printer has besides, and puts the spaces in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression import syntax
from besponsa_pa.expression.functions import OPERATORS
from besponsa_pa.expression.parse_table import expression_parser
from besponsa_pa.expression.parser import parse
from besponsa_pa.expression.printer import CONNECTIVES, text_from_expression
from besponsa_pa.source import Excerpt

# of a line that goes on: what is nested in it stands further in
INDENT = 2
CHAINS = (*CONNECTIVES, "Implies")
# broken where the line is full, not at each part
FILLED = (syntax.ListSelector, syntax.Call, syntax.IntervalSelector)
# the operators that stand between two expressions, by their precedence
INFIX = ("set", "membership", "equality", "timing", "inequality", "addition", "multiplication")
_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`\\]|\\.)*`"
_COMMENT = re.compile(rf"(?:{_QUOTED})|(?P<comment>//|/\*)", re.DOTALL)
_TIGHT_BEFORE, _TIGHT_AFTER = re.compile(r"[)\]},\[]|\..*", re.DOTALL), re.compile(r"[(\[{]")
_COMPARING = frozenset({"=", "!=", "<=", ">=", "~", "!~"})
_BRACKET = re.compile(rf"(?:{_QUOTED})|[(\[{{]|[)\]}}]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Layout:
    """An expression as it is to be written: on one line, or broken where it is too long for it."""

    text: str
    tree: syntax.Expression

    def lines(self, width: int) -> tuple[str, ...]:
        """The lines of at most `width` characters, as far as there are places to break at.

        Broken is what stands outermost: each part of `and` and `or`, each branch of `if` and `case`, each clause of a
        query begins a line; lists go on where the line is full. What is nested stands two columns further in. Joined
        by spaces the lines give the text again.
        """
        waiting, done = [_Line(0, 0, 0, len(self.text))], []
        while waiting:
            line = waiting.pop()
            pieces = [] if line.fits(self.text, width) else _pieces(self, line, width)
            waiting.extend(reversed(pieces))
            if not pieces:
                done.append(line)
        return tuple(" " * line.indent + self.text[line.start : line.end].strip() for line in done)


def layout_of(excerpt: Excerpt, diagnostics: Diagnostics) -> Layout | None:
    """How an expression is to be written; None for one that is left as it is, or cannot be read.

    Left as they are: a comment inside an expression would lose its place, and a lone name, number or text has no
    layout (`0123` stays). What cannot be read is reported.
    """
    tree = parse(excerpt, diagnostics)
    if tree is None or isinstance(tree, syntax.Literal | syntax.Name) or has_comment(excerpt.text):
        return None
    words = _words(excerpt.text)
    for text in (_printed(words, text_from_expression(tree)), _spaced(words)):
        again = None if text is None else _parsed(_with_parentheses(text))
        if again is not None and again.tree == tree:
            return again
    return None


def has_comment(text: str) -> bool:
    """Whether a comment of CQL (`// ...`, `/* ... */`) stands in an expression."""
    return any(found["comment"] for found in _COMMENT.finditer(text))


def _parsed(text: str) -> Layout | None:
    tree = parse(Excerpt.whole(text), Diagnostics())
    return None if tree is None else Layout(text, tree)


# --- the words of the writer ---


@dataclass(frozen=True, slots=True)
class _Word:
    """A word or a sign of an expression, spaces inside it made one, and where it begins and ends."""

    text: str
    start: int
    end: int


# from which word to which word a pair of parentheses goes, parentheses not counted
Pair: TypeAlias = tuple[int, int]


def _words(text: str) -> list[_Word]:
    tokens = expression_parser().parse(text).scan_values(lambda value: isinstance(value, str))
    words = []
    for token in tokens:
        start: int = token.start_pos  # type: ignore[attr-defined]
        words.append(_Word(_without_spaces(str(token)), start, start + len(str(token))))
    return words


def _without_spaces(word: str) -> str:
    """A word without superfluous spaces (`.  start`, `a :`, `on   or before`); texts and names in quotes stay."""
    if word.startswith("."):
        return f".{word[1:].lstrip()}"
    if word.endswith(":") and len(word) > 1:
        return f"{word[:-1].rstrip()}:"
    return word if word.startswith(("'", '"', "`")) else " ".join(word.split())


def _printed(written: list[_Word], printed: str) -> str | None:
    """The printed text with the names in quotes and the parentheses of the writer; None when it has other words."""
    ours, our_pairs = _without_parentheses(written)
    theirs, their_pairs = _without_parentheses(_words(printed))
    if len(ours) != len(theirs):
        return None
    whole = (0, len(ours) - 1)
    added = {pair for pair in our_pairs if pair not in their_pairs and pair != whole}
    result, end = [], 0
    for number, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        if our.text not in (their.text, f'"{their.text}"'):
            return None
        opened, closed = (sum(pair[side] == number for pair in added) for side in (0, 1))
        result += [printed[end : their.start], "(" * opened, our.text, ")" * closed]
        end = their.end
    return "".join(result) + printed[end:]


def _without_parentheses(words: list[_Word]) -> tuple[list[_Word], list[Pair]]:
    """The words but for parentheses, and from where to where these went; the bounds of an interval are no such."""
    kept: list[_Word] = []
    pairs: list[Pair] = []
    waiting: list[tuple[bool, int]] = []
    for word, before in zip(words, [None, *words], strict=False):
        is_bound = False
        if word.text in ("(", "["):
            is_bound = word.text == "[" or (before is not None and before.text == "Interval")
            waiting.append((is_bound, len(kept)))
        elif word.text in (")", "]"):
            is_bound, start = waiting.pop()
            pairs += [] if is_bound else [(start, len(kept) - 1)]
        if is_bound or word.text not in ("(", ")"):
            kept.append(word)
    return kept, pairs


def _spaced(words: list[_Word]) -> str:
    """The text as it was written, with single spaces, and none inside brackets or before a comma."""
    result = [words[0].text]
    for before, word in pairwise(words):
        is_tight = _TIGHT_AFTER.fullmatch(before.text) or _TIGHT_BEFORE.fullmatch(word.text)
        has_space = word.start > before.end or before.text.endswith((",", ":")) or {before.text, word.text} & _COMPARING
        result += [" " if has_space and not is_tight else "", word.text]
    return "".join(result)


def _with_parentheses(text: str) -> str:
    """The text with parentheses around each connective that stands directly inside another one."""
    tree = parse(Excerpt.whole(text), Diagnostics())
    places: list[tuple[int, str]] = []
    for node in [] if tree is None else _nodes(tree):
        for operand in syntax.children(node) if _connective(node) else ():
            around = _around(operand, text)
            if _connective(operand) not in (None, _connective(node)) and not _is_in_parentheses(around, text):
                places += [(around[0], "("), (around[1], ")")]
    for offset, sign in sorted(places, reverse=True):
        text = text[:offset] + sign + text[offset:]
    return text


def _connective(node: syntax.Expression) -> str | None:
    return node.operator if isinstance(node, syntax.Apply) and node.operator in CONNECTIVES else None


def _around(node: syntax.Expression, text: str) -> tuple[int, int]:
    """Where an expression begins and ends, with the parentheses around its own first and last part."""
    start, end = node.span.start, node.span.end
    closed, opened = _unmatched(text[start:end])
    for _ in range(closed):
        start = text.rindex("(", 0, start)
    for _ in range(opened):
        end = text.index(")", end) + 1
    return start, end


def _unmatched(text: str) -> tuple[int, int]:
    """How many brackets a text closes that it did not open, and how many it opens and does not close."""
    closed = opened = 0
    for bracket in _BRACKET.findall(text):
        if bracket in "([{":
            opened += 1
        elif bracket in ")]}" and opened:
            opened -= 1
        elif bracket in ")]}":
            closed += 1
    return closed, opened


def _is_in_parentheses(place: tuple[int, int], text: str) -> bool:
    return text[: place[0]].rstrip().endswith("(") and text[place[1] :].lstrip().startswith(")")


def _nodes(tree: syntax.Expression) -> Iterator[syntax.Expression]:
    """Every expression inside an expression, what stands outermost first."""
    level: Sequence[syntax.Expression] = [tree]
    while level:
        yield from level
        level = [child for node in level for child in syntax.children(node)]


# --- where it breaks ---


@dataclass(frozen=True, slots=True)
class _Line:
    """A stretch of the text on a line of its own: how far in it stands, and what is nested in it if that is broken."""

    indent: int
    inner: int
    start: int
    end: int

    def fits(self, text: str, width: int) -> bool:
        return self.indent + len(text[self.start : self.end].rstrip()) <= width


def _pieces(layout: Layout, line: _Line, width: int) -> list[_Line]:
    """The lines that a line is broken into at the outermost place, none when there is none.

    A comparison is broken only where both sides fit, unless there is nothing else to break.
    """
    last_resort: list[_Line] = []
    for node in _nodes(layout.tree):
        places = [place for place in _breaks(node, layout.text) if line.start < place < line.end]
        indent = line.indent if node is layout.tree and _is_chain(node) else line.inner + INDENT
        if isinstance(node, FILLED):
            places = list(_filled(places, line, indent, width))
        pieces = list(_divided(line, places, indent))
        if len(pieces) > 1 and (not _is_operator(node) or all(piece.fits(layout.text, width) for piece in pieces)):
            return pieces
        if not last_resort and len(pieces) > 1:
            last_resort = pieces
    return last_resort


def _divided(line: _Line, places: Sequence[int], indent: int) -> Iterator[_Line]:
    starts, ends = [line.start, *places], [*places, line.end]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        yield _Line(indent if number else line.indent, indent, start, end)


def _is_chain(node: syntax.Expression) -> bool:
    return isinstance(node, syntax.Apply) and node.operator in CHAINS


def _is_operator(node: syntax.Expression) -> bool:
    return isinstance(node, syntax.Apply | syntax.Timing) and not _is_chain(node)


def _filled(places: Iterable[int], line: _Line, indent: int, width: int) -> Iterator[int]:
    """Of the places at which a list may break, those at which it must."""
    start, room, last = line.start, width - line.indent, 0
    for place in [*places, line.end + 1]:
        if last and place - 1 - start > room:
            yield last
            start, room = last, width - indent
        last = place


def _breaks(node: syntax.Expression, text: str) -> list[int]:
    """The offsets at which a line may begin inside an expression, but for those inside its parts."""
    match node:
        case syntax.Apply(operator=operator, operands=(left, _)) if operator in CHAINS:
            is_longer = isinstance(left, syntax.Apply) and left.operator == operator
            return [*(_breaks(left, text) if is_longer else ()), _after(left, text)]
        case syntax.Apply(operands=(left, right)) if _is_infix(node) and not isinstance(right, syntax.ListSelector):
            return [_after(left, text)]
        case syntax.Timing():
            return [_after(node.left, text)]
        case syntax.If():
            return [_after(node.condition, text), _after(node.consequence, text)]
        case syntax.Case():
            return list(_case_breaks(node, text))
        case syntax.Query():
            return [_after(before, text) for before in _before_clauses(node)]
        case syntax.ListSelector() | syntax.Call() | syntax.IntervalSelector():
            return [_beginning(each, text) for each in [*syntax.children(node)][1:]]
        case _:
            return []


def _is_infix(node: syntax.Apply) -> bool:
    return any(row.precedence in INFIX for row in OPERATORS.get(node.operator, ()))


def _after(node: syntax.Expression | syntax.Source, text: str) -> int:
    """Where the first word after an expression begins, and the parentheses around it."""
    end = node.span.end
    while text[end] in ") ":
        end += 1
    return end


def _beginning(node: syntax.Expression, text: str) -> int:
    """Where an expression begins, with the parentheses around it."""
    start = node.span.start
    while text[start - 1] == "(":
        start -= 1
    return start


def _case_breaks(node: syntax.Case, text: str) -> Iterator[int]:
    if node.comparand is not None:
        yield _after(node.comparand, text)
    yield from (_after(result, text) for _, result in node.items)


def _before_clauses(node: syntax.Query) -> Iterator[syntax.Expression | syntax.Source]:
    """What each clause of a query comes after."""
    before: syntax.Expression | syntax.Source = node.sources[-1]
    for last in _clause_ends(node):
        yield before
        before = last


def _clause_ends(node: syntax.Query) -> Iterator[syntax.Expression | syntax.Source]:
    """The last expression of each clause."""
    if node.lets:
        yield node.lets[-1][1]
    yield from (relation.condition for relation in node.relations)
    if node.where is not None:
        yield node.where
    if node.result is not None:
        yield node.result
    if node.aggregate is not None:
        yield node.aggregate.expression
    if node.sort:
        yield node.sort[-1].expression or node.sources[-1]
