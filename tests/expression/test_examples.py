"""The table of operators holds what it says: every example runs, and every form is read back as it is printed."""

from __future__ import annotations

import pytest

from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.expression import checked, syntax
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.environment import Environment
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.functions import CHAPTERS, OPERATORS
from besponsa_pa.expression.functions.table import PRECEDENCES, Operator
from besponsa_pa.expression.parser import parse
from besponsa_pa.expression.printer import text_from_expression
from besponsa_pa.expression.timing import OF_A_POINT
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.source import Excerpt
from besponsa_pa.values import Value, ValueSet

LEUKEMIA = "B-cell precursor ALL"
ENVIRONMENT = Environment(
    value_sets={LEUKEMIA: ValueSet(LEUKEMIA, frozenset(("ICD-10-CM", f"C91.0{digit}") for digit in range(3)))},
    code_systems={"ICD-10-CM": "ICD-10-CM"},
)
ROWS = [(chapter, row) for chapter, rows in CHAPTERS.items() for row in rows]
EVERY_ROW = pytest.mark.parametrize(
    "row", [row for _, row in ROWS], ids=[f"{row.name} of {name}" for name, row in ROWS]
)
EXAMPLES = [(row, text, result) for _, row in ROWS for text, result in row.examples]


def tree_of(text: str) -> syntax.Expression:
    diagnostics = Diagnostics()
    tree = parse(Excerpt.whole(text), diagnostics)
    assert tree is not None, [each.message for each in diagnostics]
    return tree


def checked_of(text: str) -> checked.Checked:
    diagnostics = Diagnostics()
    result = Checker(ENVIRONMENT, diagnostics).check(tree_of(text))
    assert [each.message for each in diagnostics if each.severity is Severity.ERROR] == []
    return result


def value_of(text: str) -> Value:
    return evaluator(checked_of(text))({})


@pytest.mark.parametrize(("text", "result"), [(text, result) for _, text, result in EXAMPLES])
def test_an_example_gives_the_result_that_it_states(text: str, result: str) -> None:
    value = value_of(text)
    if text_of(value) != result:  # `3` and `3.00` are one number in two spellings
        stated = value_of(result)
        assert (type(value), value) == (type(stated), stated)


@pytest.mark.parametrize(("row", "text"), [(row, text) for row, text, _ in EXAMPLES], ids=[e[1] for e in EXAMPLES])
def test_an_example_uses_the_operator_that_it_illustrates(row: Operator, text: str) -> None:
    # a sign and a function may be two rows of one operator: `2 ^ 3` and `Power(2, 3)`
    used = [node.operator.section for node in checked.walk(checked_of(text)) if isinstance(node, checked.Operation)]
    assert row.section in used


@EVERY_ROW
def test_a_row_says_what_it_does_and_where_it_comes_from(row: Operator) -> None:
    assert row.doc.strip()
    assert row.doc[0].isupper()
    assert row.doc.rstrip().endswith(".")
    assert row.section.strip()
    assert len(row.examples) >= 2
    assert len(set(row.examples)) == len(row.examples)
    assert row.overloads
    assert row.precedence in PRECEDENCES


@EVERY_ROW
def test_the_form_of_a_row_is_read_as_that_operator_and_printed_back(row: Operator) -> None:
    for precision in ("day", "month") if row.takes_precision else (None,):
        text = form(row, precision)
        tree = tree_of(text)
        assert text_from_expression(tree) == text
        if isinstance(tree, syntax.Member):  # `.value` of a quantity: which operator that is, the types say
            assert row.name.lower().endswith(tree.name)
            continue
        assert isinstance(tree, (syntax.Apply, syntax.Call))
        name = tree.name if isinstance(tree, syntax.Call) else tree.operator
        assert row.name in (name, OF_A_POINT.get(name))
        assert getattr(tree, "precision", None) == precision


def form(row: Operator, precision: str | None) -> str:
    return row.syntax.format(
        *"abcdefgh",
        precision=precision,
        precisions=f"{precision}s",
        of_precision=f"{precision} of " if precision else "",
        spaced_precision=f"{precision} " if precision else "",
    )


@EVERY_ROW
def test_the_form_of_a_row_has_a_place_for_every_operand(row: Operator) -> None:
    places = sum(f"{{{index}}}" in row.syntax for index in range(8))
    counts = {len(overload.parameters) for overload in row.overloads}
    assert max(counts) == places or row.name == "Coalesce"  # it takes two to five, and is written with two


def test_every_row_is_found_by_its_name() -> None:
    assert sorted(row.section for rows in OPERATORS.values() for row in rows) == sorted(r.section for _, r in ROWS)
    assert all(row in OPERATORS[row.name] for _, row in ROWS)
