"""Random YAML files as a person might type them: any layout, and comments that name what they speak of.

Each comment says in its text which key or item it belongs to, so that a test can look beside it in any layout.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis import strategies as st

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree]"

HEADER = "# yaml-language-server: $schema=policy.schema.json\n"
# keys of a policy that hold no expression, in a wrong order
NAMED = ["cite", "values", "ask", "title", "interpretation", "evidence", "type", "unit", "text", "id"]
TEXTS = [
    "x", "1.10", "0123", "no", "2025.1", "null", "", "~", "C91.00", "2024-02-29", "true", "1e5", "91857003", "12:30",
    "a: b", "a #b", "a, b", "[a]", "{a: b}", "it's", 'say "so"', "- a", "? a", "!a", "&a", "*a", "%a", "@a", "`a`",
    "a\\b", "é", "日本", "ends:", "<<", "=", "|", ">", "-", "a  b", "What?", "https://example.org/a?b=c#d",
    "long " * 30 + "text", "word" * 40, "one\ntwo", "one\n\ntwo\n", "one\n", "  lead", "trail ", "a\n  b\nc", "\n",
    "'", '"',
    "positive", "b cell", "28 'ug'", "Do the cells express CD22?",
]  # fmt: skip
EXPRESSIONS = [
    "a or b and c", "(a)", "age>=18", "x in {'a','b'}", "exists (therapies T where T.class='a' and T.end is null)",
    "a same or before b", '"Chronic migraine"   contains x', "not a is null", "a // why\n and b", "0123", "'text'",
    "a and (b or c) and " + " and ".join(f"disease.status{n} = 'positive'" for n in range(8)),
    "case when a then 1 else 2 end = 1", "Interval[1,5) overlaps Interval( 2,3 ]", "/* why */ a", "x.y  [ 1 ]. z",
]  # fmt: skip


@dataclass
class Typist:
    """Types a tree into a file, one draw of chance after the other."""

    data: st.DataObject
    lines: list[str] = field(default_factory=list)
    comments: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def chance(self, *odds: object) -> object:
        return self.data.draw(st.sampled_from(odds))

    def comment(self, about: str) -> str:
        """A comment that no other equals; `about` is the text that must stand near it."""
        self.count += 1
        text = f"# c{self.count}."
        self.comments[text] = about
        return text

    def mapping(self, tree: dict[str, Tree], column: int, first: str | None = None) -> None:
        """Keys in a block; `first` is the dash that the first one stands behind."""
        for number, (key, value) in enumerate(tree.items()):
            lead = " " * column
            if number or first is None:
                # at the top of a file a comment may be about all of it
                self.above(column, key if number or column else "")
            elif first is not None:
                lead = first
            self.value(value, f"{lead}{written_key(key)}:", column, key)
            if self.chance(False, False, False, True):
                self.lines.append(" " * (column + 1) + self.comment(key))

    def sequence(self, tree: list[Tree], column: int) -> None:
        for item in tree:
            self.above(column, "")
            dash = " " * column + "-"
            if isinstance(item, dict) and item and self.chance(True, False):
                width = self.data.draw(st.integers(1, 3))
                self.mapping(item, column + 1 + width, dash + " " * width)
            else:
                self.value(item, dash, column, "")

    def above(self, column: int, about: str) -> None:
        for _ in range(self.data.draw(st.sampled_from([0, 0, 0, 1, 2]))):
            self.lines.append("")
        for _ in range(self.data.draw(st.sampled_from([0, 0, 0, 1, 2]))):
            self.lines.append(" " * column + self.comment(about))
            if self.chance(False, False, True):
                self.lines.append("")

    def beside(self, about: str) -> str:
        return f" {self.comment(about)}" if self.chance(False, False, True) else ""

    def value(self, value: Tree, head: str, column: int, name: str) -> None:
        if isinstance(value, str):
            self.scalar(value, head, column, name)
        elif not value or self.chance(False, False, True):
            self.flow(value, head, column, name)
        else:
            self.lines.append(f"{head}{self.beside(name)}")
            step = self.data.draw(st.integers(1, 4))
            if isinstance(value, dict):
                self.mapping(value, column + step)
            else:
                self.sequence(value, column + step)

    def scalar(self, text: str, head: str, column: int, name: str) -> None:
        style = self.chance("plain", "single", "double", "literal", "folded")
        content, ends = text.rstrip("\n"), len(text) - len(text.rstrip("\n"))
        lines = content.split("\n")
        sign = "-" if not ends else "" if ends == 1 else "+"
        can_be_block = content and not content.startswith((" ", "\n")) and all(x == x.rstrip() for x in lines)
        indent = " " * (column + self.data.draw(st.integers(2, 4)))  # a comment below stands one column in
        if style == "literal" and can_be_block:
            self.lines.append(f"{head} |{sign}{self.beside(name)}")
            self.lines += [indent + line if line else "" for line in [*lines, *[""] * (ends - 1)]]
        elif style == "folded" and can_be_block and "  " not in content and not any(x.startswith(" ") for x in lines):
            self.lines.append(f"{head} >{sign}{self.beside(name)}")
            for number, line in enumerate(lines):
                self.lines += [""] * bool(number) + ([indent + x for x in self.broken(line)] if line else [])
            self.lines += [""] * (ends - 1)
        else:
            self.lines.append(f"{head} {in_line(text, str(style), in_brackets=False)}".rstrip(" ") + self.beside(name))

    def broken(self, line: str) -> list[str]:
        words = line.split(" ")
        at = self.data.draw(st.integers(0, len(words) - 1))
        return [" ".join(part) for part in (words[:at], words[at:]) if part]

    def flow(self, value: Tree, head: str, column: int, name: str) -> None:
        """A value in brackets, perhaps over several lines, perhaps with comments inside."""
        if self.chance(True, False) or not value:
            self.lines.append(f"{head} {self.brackets(value)}{self.beside(name)}")
            return
        assert not isinstance(value, str)
        opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
        self.lines.append(f"{head} {opening}{self.beside(name)}")
        parts = list(value.items()) if isinstance(value, dict) else [("", each) for each in value]
        for key, each in parts:
            if self.chance(False, False, True):
                self.lines.append(" " * (column + 3) + self.comment(key))
            text = f"{written_key(key)}: " * bool(key) + self.brackets(each)
            self.lines.append(" " * (column + 2) + text.rstrip(" ") + " ," + self.beside(key))
        self.lines.append(" " * (column + 1) + closing + self.beside(name))

    def brackets(self, value: Tree) -> str:
        match value:
            case str():
                return in_line(value, str(self.chance("plain", "single", "double")), in_brackets=True)
            case list():
                return "[" + ", ".join(map(self.brackets, value)) + "]"
            case dict():
                return (
                    "{" + ", ".join(f"{written_key(key)}: {self.brackets(each)}" for key, each in value.items()) + "}"
                )


def written_key(key: str) -> str:
    return key if key.replace("_", "").isalnum() else json.dumps(key, ensure_ascii=False)


PLAIN = {"1.10", "0123", "no", "2025.1", "null", "~", "C91.00", "2024-02-29", "true", "1e5", "91857003", "x", "b cell",
         "positive", "a\\b", "é", "日本", "28 'ug'", "a  b", "it's"}  # fmt: skip


def in_line(text: str, style: str, *, in_brackets: bool) -> str:
    if style == "plain" and (text in PLAIN or (text == "" and not in_brackets)):
        return text
    if style == "single" and "\n" not in text:
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=False)


def scalars() -> st.SearchStrategy[Tree]:
    return st.sampled_from(TEXTS)


def trees() -> st.SearchStrategy[Tree]:
    """Lists, and keys with values; every key with a number of its own has a name that occurs once in its mapping."""
    names = st.one_of(
        st.sampled_from(NAMED), st.sampled_from(["k1", "k2", "k3", "a.b", 'odd "key"', "key: too", "start"])
    )
    return st.recursive(
        scalars(),
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=4)),
        max_leaves=12,
    )


def roots() -> st.SearchStrategy[dict[str, Tree]]:
    """A file of sections, some of which hold expressions."""
    free = st.dictionaries(st.sampled_from([f"s{n}" for n in range(6)]), trees(), max_size=4)
    sections: dict[str, st.SearchStrategy[Tree]] = {
        "title": scalars(),
        "policy": scalars(),
        "drug": trees(),
        "facts": free,
        "references": free,
        "value_sets": free,
        "definitions": st.dictionaries(
            st.sampled_from([f"d{n}" for n in range(5)]), st.sampled_from(EXPRESSIONS), max_size=4
        ),
        "criteria": st.dictionaries(st.sampled_from([f"q{n}" for n in range(4)]), criteria(), max_size=3),
        "unknown": trees(),
    }
    return st.lists(st.sampled_from(sorted(sections)), unique=True, min_size=1, max_size=5).flatmap(
        lambda names: st.fixed_dictionaries({name: sections[name] for name in names})
    )


def criteria() -> st.SearchStrategy[Tree]:
    leaf = {
        "check": st.sampled_from(EXPRESSIONS),
        "title": scalars(),
        "cite": trees(),
        "given": st.sampled_from(EXPRESSIONS),
    }
    return st.lists(st.sampled_from(sorted(leaf)), unique=True, min_size=1).flatmap(
        lambda names: st.fixed_dictionaries({name: leaf[name] for name in names})
    )


@st.composite
def files(draw: st.DrawFn) -> tuple[str, dict[str, Tree], dict[str, str]]:
    """A file's text, what it says, and its comments, each with the key that it speaks of ("" for an item)."""
    tree = draw(roots())
    typist = Typist(draw(st.data()))
    typist.mapping(tree, 0)
    return HEADER + "\n" + "\n".join(typist.lines) + "\n", tree, typist.comments


def as_written(node: object) -> object:
    """A node as plain data: texts, lists, keys."""
    from besponsa_pa.document import Mapping, Scalar
    from besponsa_pa.document import Sequence as List

    match node:
        case Scalar():
            return node.text
        case List():
            return [as_written(item) for item in node]
        case Mapping():
            return {key.text: as_written(value) for key, value in node.entries}
    raise TypeError(node)


def content_lines(text: str) -> Sequence[str]:
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
