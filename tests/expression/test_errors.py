"""Each entry of `errors/` is one mistake that people make in an expression, and all that is said of it.

`UPDATE=1` writes what is said now to the files; read the difference before you keep it, as a pharmacist would.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tables import Table, cells, table_of, text

from besponsa_pa.diagnostic import CATALOGUE, Diagnostics, Severity
from besponsa_pa.document import Node, parse_yaml, read_source
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.parser import parse
from besponsa_pa.policy.nodes import items
from besponsa_pa.render.diagnostics import in_order, text_from_diagnostics
from besponsa_pa.source import Excerpt, Source
from besponsa_pa.types import BOOLEAN

FOLDER = Path(__file__).parent / "errors"
FILES = sorted(path for path in FOLDER.glob("*.yaml") if path.stem != "declarations")
# `times` repeats an expression that is too long to be written out, `end` stands behind the last one
KEYS = frozenset({"mistake", "expression", "times", "end", "told"})


def entries_of(path: Path) -> list[Node]:
    diagnostics = Diagnostics()
    source = read_source(path, diagnostics)
    root = None if source is None else parse_yaml(source, diagnostics)
    assert root is not None, [each.message for each in diagnostics]
    assert not diagnostics.has_errors, [each.message for each in diagnostics]
    return list(items(root))


ENTRIES = [(path, entry) for path in FILES for entry in entries_of(path)]
NAMES = [f"{path.stem}: {text(cells(entry, KEYS)['mistake'])}" for path, entry in ENTRIES]


def declarations() -> Table:
    return table_of(FOLDER / "declarations.yaml")


def said_of(entry: Node) -> Diagnostics:
    """What is said of an expression where a condition is wanted, as if it stood in a policy of its own."""
    cell = cells(entry, KEYS)
    written = text(cell["expression"]) * int(text(cell["times"]) if "times" in cell else 1)
    written += text(cell["end"]) if "end" in cell else ""
    diagnostics = Diagnostics()
    source = Source(written, "policy.yaml")
    tree = parse(Excerpt(written, source, range(len(written) + 1)), diagnostics)
    if tree is not None:
        Checker(declarations().environment, diagnostics).check(tree, BOOLEAN, "`check`")
    return diagnostics


def shown(entry: Node) -> str:
    return text_from_diagnostics(in_order(said_of(entry)))


@pytest.mark.parametrize(("path", "entry"), ENTRIES, ids=NAMES)
def test_what_is_said_of_a_mistake(path: Path, entry: Node) -> None:
    if os.environ.get("UPDATE"):
        record(path)
    else:
        assert shown(entry) == text(cells(entry, KEYS)["told"])


@pytest.mark.parametrize(("path", "entry"), ENTRIES, ids=NAMES)
def test_a_mistake_is_told_once_in_words_of_the_reader(path: Path, entry: Node) -> None:
    found = list(said_of(entry))
    assert found, path
    for each in found:
        assert each.span is not None
        assert each.message == each.message.rstrip(".")
        assert not re.match(r"[A-Z][a-z]", each.message)
        assert not re.search(
            r"(?i)\b(token|regex|boolean|string|integer|parse|syntax|invalid|type error)\b", words(each)
        )
    places = [(each.span, each.message) for each in found if each.severity is Severity.ERROR]
    assert len(set(places)) == len(places)


def words(diagnostic: object) -> str:
    """What is said outside of backticks."""
    parts = (getattr(diagnostic, name) for name in ("message", "label", "help"))
    return re.sub(r"`[^`]*`", "", " ".join(parts))


def record(path: Path) -> None:
    """Write every entry of a file anew; `told` stands last in each."""
    head, *chunks = re.split(r"^(?=- mistake:)", path.read_text("utf-8"), flags=re.MULTILINE)
    written = [
        re.sub(r"\n  told:.*\Z", "", chunk.rstrip("\n"), flags=re.DOTALL) + "\n  told: |\n" + indented(shown(entry))
        for chunk, entry in zip(chunks, entries_of(path), strict=True)
    ]
    path.write_text(head + "\n".join(written), encoding="utf-8")


def indented(told: str) -> str:
    return "".join(f"    {line}".rstrip() + "\n" for line in told.splitlines())


def test_every_diagnostic_of_expressions_has_a_mistake() -> None:
    told = {each.code for _, entry in ENTRIES for each in said_of(entry)}
    of_expressions = {code for code in CATALOGUE if code[1] == "2"}
    assert of_expressions - told == {"E220", "E221"}  # told only when an expression is evaluated


def test_there_is_no_mistake_twice() -> None:
    assert len(set(NAMES)) == len(NAMES) >= 40
