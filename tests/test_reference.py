"""The reference pages in `docs/` say what the program says. `UPDATE=1` writes them anew."""

from __future__ import annotations

import os
import re

import pytest
from pages import DOCS, codes, rows

from besponsa_pa.diagnostic import CATALOGUE
from besponsa_pa.expression.functions import CHAPTERS, Operator
from besponsa_pa.render.reference import diagnostics_page, forms, operators_page

OPERATORS = DOCS / "operators.md"
DIAGNOSTICS = DOCS / "diagnostics.md"
ROWS = [row for chapter in CHAPTERS.values() for row in chapter]


def test_the_page_of_operators_is_what_the_table_says() -> None:
    if os.environ.get("UPDATE"):
        OPERATORS.write_text(operators_page(), encoding="utf-8")
    assert OPERATORS.read_text("utf-8") == operators_page()


def test_the_page_of_diagnostics_is_what_the_catalogue_says() -> None:
    introduction = DIAGNOSTICS.read_text("utf-8").partition("\n## ")[0]
    if os.environ.get("UPDATE"):
        DIAGNOSTICS.write_text(diagnostics_page(introduction), encoding="utf-8")
    assert DIAGNOSTICS.read_text("utf-8") == diagnostics_page(introduction)


def test_every_code_stands_on_the_page_once() -> None:
    told = [row.code("code") for row in rows(DIAGNOSTICS, "code", "what")]
    assert sorted(told) == sorted(CATALOGUE)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.name}, {row.section}" for row in ROWS])
def test_every_form_and_example_of_an_operator_stands_on_the_page(row: Operator) -> None:
    assert set(forms(row)) <= codes(OPERATORS)
    told = {(each.code("example"), each.code("result")) for each in rows(OPERATORS, "example", "result")}
    assert set(row.examples) <= told


def test_every_operator_has_its_heading_in_its_chapter() -> None:
    found: dict[str, list[str]] = {}
    for sign, heading in re.findall(r"^(##|###) (.*)$", operators_page(), re.MULTILINE):
        if sign == "##":
            found[heading] = []
        else:
            found[list(found)[-1]].append(heading)
    assert found == {chapter: [row.name for row in rows] for chapter, rows in CHAPTERS.items()}
