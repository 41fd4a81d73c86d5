"""The parser that lark makes of `grammar/expression.lark`.

Making its tables takes more than a second, so they are made when the package is built and kept beside this
file as JSON. Where that file is absent or belongs to another grammar, they are made anew in memory:
slower, never wrong.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, TypeAlias

from besponsa_pa.shipped import grammar_text

if TYPE_CHECKING:
    from lark import Lark, Tree

TABLE_NAME = "parse_table.json"
# Counts up when the file below is written in another way.
LAYOUT = 2
# How lark numbers what to do at a word: go on to a state, or put together what a rule says.
SHIFT, REDUCE = 0, 1
# A state in the file: word, state, word, state ...; and for each rule its number, then the words at which it applies.
Row: TypeAlias = tuple[list[int], list[list[int]]]


class ExpressionParser:
    """Parses texts to lark's trees, and knows how the words of the grammar are spelt."""

    def __init__(self, lark: Lark) -> None:
        self._lark = lark
        self.spellings: Mapping[str, str] = {t.name: str(t.pattern.value) for t in lark.terminals}
        self.keywords: Mapping[str, str] = {
            str(t.pattern.value): t.name for t in lark.terminals if str(t.pattern.value).isalpha()
        }

    def parse(self, text: str) -> Tree[object]:
        """The tree of a text; lark's UnexpectedCharacters or UnexpectedToken where it is none."""
        return self._lark.parse(text)  # type: ignore[return-value]


@functools.cache
def expression_parser() -> ExpressionParser:
    """The parser, made once in a process, when the first expression is read."""
    return ExpressionParser(_from_table() or lark_from_grammar())


def lark_from_grammar() -> Lark:
    """The parser made from the grammar itself."""
    from lark import Lark

    return Lark(grammar_text("expression.lark"), parser="lalr", lexer="basic", keep_all_tokens=True)


def table_text() -> str:
    """The tables as JSON, with the digest of the grammar that they belong to."""
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    data, memo = lark_from_grammar().memo_serialize([TerminalDef, Rule])
    parser = data["parser"]["parser"]
    parser["states"] = [_row(actions) for _, actions in sorted(parser["states"].items())]
    return json.dumps({"grammar": _digest(), "data": data, "memo": memo}, separators=(",", ":"), sort_keys=True)


def _row(actions: Mapping[int, tuple[int, int | Mapping[str, int]]]) -> Row:
    """One state for the file. Most of its entries are alike: written once, they are read in a fraction of the time."""
    shifts: list[int] = []
    reductions: dict[int, list[int]] = {}
    for token, (_, target) in actions.items():
        if isinstance(target, int):
            shifts += (token, target)
        else:
            reductions.setdefault(target["@"], []).append(token)
    return shifts, [[rule, *tokens] for rule, tokens in reductions.items()]


def _actions(row: Row) -> dict[int, tuple[int, int | Mapping[str, int]]]:
    """One state as lark wants it."""
    shifts, reductions = row
    actions: dict[int, tuple[int, int | Mapping[str, int]]] = {}
    for token, state in zip(shifts[::2], shifts[1::2], strict=True):
        actions[token] = SHIFT, state
    for rule, *tokens in reductions:
        actions.update(dict.fromkeys(tokens, (REDUCE, {"@": rule})))
    return actions


def _digest() -> str:
    return hashlib.sha256(f"{LAYOUT} {grammar_text('expression.lark')}".encode()).hexdigest()


def _from_table() -> Lark | None:
    from lark import Lark

    file = resources.files("besponsa_pa.expression").joinpath(TABLE_NAME)
    if not file.is_file():
        return None
    table = json.loads(file.read_text("utf-8"))
    if table["grammar"] != _digest():
        return None
    # JSON knows only text as keys; lark numbers its states, its tokens and its definitions
    parser = table["data"]["parser"]["parser"]
    parser["tokens"] = {int(number): name for number, name in parser["tokens"].items()}
    parser["states"] = dict(enumerate(map(_actions, parser["states"])))
    memo = {int(number): definition for number, definition in table["memo"].items()}
    return Lark.load({"data": table["data"], "memo": memo})
