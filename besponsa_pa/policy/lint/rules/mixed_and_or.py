"""`and` beside `or` without parentheses: right by the order of operators, and easily read otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from besponsa_pa.diagnostic import Diagnostics, Edit
from besponsa_pa.expression import syntax
from besponsa_pa.expression.parser import parse
from besponsa_pa.policy.lint.context import Context, Written
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.source import Excerpt, Span

# what binds more loosely, with what may stand in it without parentheses and is read otherwise than it looks
INNER = {"Or": ("And", "Xor"), "Xor": ("And", "Or")}
# what may hold a bracket that is none, then brackets and words
TOKENS = re.compile(
    r"""/\*.*?\*/ | //[^\n]* | '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | `(?:[^`\\]|\\.)*`
    | (?P<sign>[()\[\]{}]) | (?P<word>\w+)""",
    re.DOTALL | re.VERBOSE,
)


def check(context: Context) -> Iterator[Notice]:
    """Expressions in which one of `and`, `or` and `xor` stands in another without parentheses, one notice each."""
    for each in context.expressions:
        bare = bare_parts(each.excerpt.text) if next(_mixed(each.tree), None) is not None else []
        if bare:
            yield _notice(each, bare)


@dataclass(frozen=True, slots=True)
class Part:
    """A part without parentheses of its own: where it begins and ends, its operator and the one around it."""

    start: int
    end: int
    operator: str
    around: str


def bare_parts(text: str) -> list[Part]:
    """The parts of an expression that wait for parentheses, in their order.

    It is parsed by itself, so that places count in its own text: in the file it may be quoted or folded.
    """
    tree = parse(Excerpt.whole(text), Diagnostics())
    signs = _Signs(text)
    found = (part for pair in (() if tree is None else _mixed(tree)) for part in _bare(*pair, signs))
    return sorted(found, key=lambda part: part.start)


def parentheses(excerpt: Excerpt, parts: Iterable[Part]) -> tuple[Edit, ...]:
    """The edits that put each part in parentheses."""
    return tuple(edit for part in parts for edit in (_put("(", excerpt, part.start), _put(")", excerpt, part.end)))


def _put(sign: str, excerpt: Excerpt, at: int) -> Edit:
    """A sign before a character, or at the end: also where the file writes one character as two, as `''`."""
    return Edit(Span(excerpt.source, excerpt.offsets[at], excerpt.offsets[at]), sign)


def _notice(each: Written, bare: list[Part]) -> Notice:
    first, excerpt = bare[0], each.excerpt
    shown = " ".join(excerpt.text[first.start : first.end].split())
    inner, around = first.operator.lower(), first.around.lower()
    return Notice(
        each.of,
        excerpt.span(first.start, first.end),
        f"`{inner}` and `{around}` stand beside one another without parentheses",
        f"it is read as `({shown})`: put parentheses there, as `--fix` does, or where they are meant",
        f"`{inner}` comes first" if inner == "and" else "the left one comes first",
        edits=parentheses(excerpt, bare),
    )


class _Signs:
    """Where words stand, and the pairs of brackets: an interval may begin with one kind and end with the other."""

    def __init__(self, text: str) -> None:
        self.words: list[tuple[int, str]] = []
        self.pairs: list[tuple[int, int]] = []
        open_: list[int] = []
        for token in TOKENS.finditer(text):
            if token["word"]:
                self.words.append((token.start(), token["word"]))
            elif token["sign"] and token["sign"] in "([{":
                open_.append(token.start())
            elif token["sign"]:
                self.pairs.append((open_.pop(), token.start()))

    def place(self, node: syntax.Apply) -> int:
        """Where the operator stands: between its operands."""
        left, right = node.operands
        word = node.operator.lower()
        return next(at for at, each in self.words if left.span.end <= at < right.span.start and each == word)


def _mixed(tree: syntax.Expression) -> Iterator[tuple[syntax.Apply, syntax.Apply]]:
    """Each operator that stands directly in another of the three, with or without parentheses."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        waiting.extend(syntax.children(node))
        if isinstance(node, syntax.Apply) and node.operator in INNER:
            for operand in node.operands:
                if isinstance(operand, syntax.Apply) and operand.operator in INNER[node.operator]:
                    yield node, operand


def _bare(node: syntax.Apply, part: syntax.Apply, signs: _Signs) -> Iterator[Part]:
    """The part, unless a pair of parentheses holds its operator and not the one around it."""
    outside, inside = signs.place(node), signs.place(part)
    # those that do not hold the operator around can only be around the part or in it
    pairs = [(first, last) for first, last in signs.pairs if not first < outside < last]
    if any(first < inside < last for first, last in pairs):
        return
    start, end = part.span.start, part.span.end
    # a span begins behind the parenthesis of its first operand, and ends before that of its last
    start = min([start, *(first for first, last in pairs if first < start < last)])
    end = max([end, *(last + 1 for first, last in pairs if first < end <= last)])
    yield Part(start, end, part.operator, node.operator)


RULE = Rule("mixed-and-or", "W710", check, mends=True)
