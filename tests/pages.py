"""The Markdown pages of the project, for the tests that hold them: their fenced blocks, tables, headings and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
# every page that a reader may open
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "examples").rglob("*.md")])

_FENCE = re.compile(r"^```(?P<language>\w*)(?: +(?P<words>[^\n]*))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_BAR = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the words behind that, its text and the line at which the text begins."""

    page: Path
    language: str
    words: str
    text: str
    line: int

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its cells by the heads of their columns."""

    page: Path
    line: int
    cells: dict[str, str]

    def code(self, column: str) -> str:
        """What stands in backticks in a cell, and nothing beside it."""
        return self.cells[column].removeprefix("`").removesuffix("`")

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path, language: str) -> list[Block]:
    """The fenced blocks of a language, as they follow one another."""
    text = page.read_text("utf-8")
    return [
        Block(page, match["language"], match["words"] or "", match["text"], text[: match.start("text")].count("\n") + 1)
        for match in _FENCE.finditer(text)
        if match["language"] == language
    ]


def rows(page: Path, *columns: str) -> list[Row]:
    """The rows of every table of a page that has these columns."""
    return [row for row in _rows(page) if set(columns) <= set(row.cells)]


def _rows(page: Path) -> Iterator[Row]:
    heads: list[str] | None = None
    for number, line in enumerate(prose(page).splitlines(), 1):
        cells = _cells(line) if line.startswith("|") else None
        if cells is None:
            heads = None
        elif heads is None:
            heads = [cell.replace("`", "") for cell in cells]
        elif not set(line) <= set("|-: "):
            assert len(cells) == len(heads), f"{page}:{number}: {len(cells)} cells below {len(heads)} heads"
            yield Row(page, number, dict(zip(heads, cells, strict=True)))


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(line)[1:-1]]


def prose(page: Path) -> str:
    """A page with its fenced blocks blank, each line in its place."""
    text = page.read_text("utf-8")
    return _FENCE.sub(lambda match: "\n" * match[0].count("\n"), text)


def codes(page: Path) -> set[str]:
    """Everything that stands in backticks in a page."""
    return set(_CODE.findall(prose(page)))


def links(page: Path) -> list[str]:
    """The targets of the links of a page that lead to files of the project, or to a place in the page itself."""
    text = _CODE.sub("", prose(page))
    return [target for target in _LINK.findall(text) if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, made as GitHub makes them."""
    heads = re.findall(r"^#+ +(.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
