"""The rows of `cases/`: what an expression says of a case, in the analyst's language.

A row has a `description`, an `expression`, the `facts` that the case knows (all others are missing) and either the
`result` as CQL text (`null`; `missing(disease.cd22)` with the facts that would tell), or `refused` with the codes
of what is said of it before any case is seen, or `fails` with why it cannot be computed. `truth` holds whole
truth tables.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tables import Table, cells, tables, text

from besponsa_pa.case import read_case
from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.document import Mapping, Node, Scalar
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.evaluator import Failure, evaluator
from besponsa_pa.expression.parser import parse
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.policy.nodes import entries, get
from besponsa_pa.source import Excerpt
from besponsa_pa.values import Value

KEYS = frozenset({"description", "expression", "facts", "result", "refused", "fails"})
TABLES = tables(Path(__file__).parent / "cases")
ROWS = [(table, row) for table in TABLES for row in table.rows("rows")]
NAMES = [f"{table.name}: {text(get(row, 'description'))}" for table, row in ROWS]


@pytest.mark.parametrize(("table", "row"), ROWS, ids=NAMES)
def test_an_expression_says_of_a_case(table: Table, row: Node) -> None:
    cell = cells(row, KEYS)
    expression = cell["expression"]
    assert isinstance(expression, Scalar)
    if "refused" in cell:
        assert ", ".join(refusals(table, expression.excerpt)) == text(cell["refused"])
    elif "fails" in cell:
        with pytest.raises(Failure) as failure:
            value_of(table, expression.excerpt, cell.get("facts"))
        assert failure.value.message == text(cell["fails"])
    else:
        assert text_of(value_of(table, expression.excerpt, cell.get("facts"))) == text(cell["result"])


def value_of(table: Table, expression: Excerpt, facts: Node | None) -> Value:
    return evaluator(checked_of(table, expression))(known(table, facts))


def checked_of(table: Table, expression: Excerpt) -> Checked:
    diagnostics = Diagnostics()
    tree = parse(expression, diagnostics)
    checked = None if tree is None else Checker(table.environment, diagnostics).check(tree)
    assert checked is not None, [each.message for each in diagnostics]
    assert not diagnostics.has_errors, [each.message for each in diagnostics]
    return checked


def known(table: Table, facts: Node | None) -> dict[str, Value]:
    """What a case that says just that knows."""
    if facts is None:
        return {}
    diagnostics = Diagnostics()
    case = read_case(facts, table.facts, diagnostics)
    assert case is not None, [each.message for each in diagnostics]
    return dict(case.facts)


def refusals(table: Table, expression: Excerpt) -> list[str]:
    diagnostics = Diagnostics()
    tree = parse(expression, diagnostics)
    if tree is not None:
        Checker(table.environment, diagnostics).check(tree)
    return [each.code for each in diagnostics if each.severity is Severity.ERROR]


def truth_tables() -> list[tuple[str, str, str, str]]:
    """Operator, left, right and result of every cell; `missing` is the fact `a` on the left and `b` on the right."""
    found = []
    for table in TABLES:
        for operator, lines in entries(get(table.root, "truth")):
            for left, line in entries(lines):
                found += [(operator.text, left.text, right.text, text(cell)) for right, cell in entries(line)]
    return found


@pytest.mark.parametrize(("operator", "left", "right", "result"), truth_tables())
def test_a_cell_of_a_truth_table(operator: str, left: str, right: str, result: str) -> None:
    (table,) = (table for table in TABLES if get(table.root, "truth") is not None)
    operands = [name if word == "missing" else f"({word} as Boolean)" for name, word in (("a", left), ("b", right))]
    expression = f"{operands[0]} {operator} {operands[1]}"
    assert text_of(value_of(table, Excerpt.whole(expression), None)) == result


def test_the_truth_tables_are_whole() -> None:
    words = ("true", "false", "null", "missing")
    wanted = {(o, left, right) for o in ("and", "or", "xor", "implies") for left in words for right in words}
    assert {cell[:3] for cell in truth_tables()} == wanted


def test_every_row_has_a_sentence_of_its_own() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(isinstance(row, Mapping) for _, row in ROWS)
