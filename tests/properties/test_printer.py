"""The printer gives back what the parser read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from trees import expressions

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression import syntax
from besponsa_pa.expression.functions import CHAPTERS
from besponsa_pa.expression.parser import parse
from besponsa_pa.expression.printer import text_from_expression
from besponsa_pa.source import Excerpt
from besponsa_pa.values import Quantity

CONFORMANCE = Path(os.environ.get("CQL_TESTS") or Path(__file__).parents[3] / "shared" / "conformance")


def parsed(text: str) -> syntax.Expression | None:
    return parse(Excerpt.whole(text), Diagnostics())


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(expressions)
def test_the_text_of_a_tree_is_parsed_to_that_tree(tree: syntax.Expression) -> None:
    text = text_from_expression(tree)
    diagnostics = Diagnostics()
    assert parse(Excerpt.whole(text), diagnostics) == tree, (text, [each.message for each in diagnostics])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(expressions)
def test_no_pair_of_parentheses_can_be_left_out_but_those_for_the_reader(tree: syntax.Expression) -> None:
    text = text_from_expression(tree)
    for start, end in parentheses(text):
        inside = parsed(text[start + 1 : end])
        if inside is None or takes_all(inside) or is_quantity(inside) or is_mixed(inside, tree):
            continue  # arguments; a query, `if` ... as an operand; `X starts (3 days)`; `a or (b and c)`
        assert parsed(f"{text[:start]} {text[start + 1 : end]} {text[end + 1 :]}") != tree, text


def takes_all(node: syntax.Expression) -> bool:
    operators = ("Distinct", "Flatten", "Expand", "Collapse")
    return isinstance(node, (syntax.Query, syntax.If)) or (
        isinstance(node, syntax.Apply) and node.operator in operators
    )


def connective(node: syntax.Expression) -> str | None:
    return node.operator if isinstance(node, syntax.Apply) and node.operator in ("And", "Or", "Xor") else None


def is_mixed(node: syntax.Expression, tree: syntax.Expression) -> bool:
    """Whether a connective stands somewhere directly inside another one."""
    around = {connective(parent) for parent in nodes(tree) if node in syntax.children(parent)}
    return connective(node) is not None and bool(around - {None, connective(node)})


def nodes(tree: syntax.Expression) -> Iterator[syntax.Expression]:
    yield tree
    for child in syntax.children(tree):
        yield from nodes(child)


def is_quantity(node: syntax.Expression) -> bool:
    return isinstance(node, syntax.Literal) and isinstance(node.value, Quantity)


def parentheses(text: str) -> Iterator[tuple[int, int]]:
    """Where pairs of round brackets stand, texts and names in quotes aside."""
    waiting: list[int] = []
    quote = ""
    skip = False
    for position, sign in enumerate(text):
        if skip:
            skip = False
        elif sign == "\\":
            skip = True
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([":
            waiting.append(position)
        elif sign in ")]":
            start = waiting.pop()
            if (text[start], sign) == ("(", ")"):
                yield start, position


def examples() -> Iterator[str]:
    for rows in CHAPTERS.values():
        for row in rows:
            for example in row.examples:
                yield from example


@pytest.mark.parametrize("text", sorted(set(examples())))
def test_an_example_of_an_operator_is_printed_and_read_back(text: str) -> None:
    tree = parsed(text)
    if tree is None:  # a result in words, for a value that no expression writes
        pytest.skip(f"`{text}` is no expression")
    assert parsed(text_from_expression(tree)) == tree


def conformance_texts() -> list[str]:
    lines = (line for file in sorted(CONFORMANCE.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines())
    return [json.loads(line)["expression"] for line in lines]


@pytest.mark.skipif(not CONFORMANCE.is_dir(), reason=f"no conformance suite: set CQL_TESTS to a folder ({CONFORMANCE})")
def test_every_expression_of_the_conformance_suite_is_printed_and_read_back() -> None:
    read = [(text, tree) for text in conformance_texts() if (tree := parsed(text)) is not None]
    assert len(read) > 1000
    assert [text for text, tree in read if parsed(text_from_expression(tree)) != tree] == []


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("not (a is null)", "a is not null"),
        ("not a is null", "a is not null"),
        ("(not a) is null", "(not a) is null"),
        ("a and b or c and (d or e)", "(a and b) or (c and (d or e))"),
        ("a and b and c", "a and b and c"),
        ("a or b or c xor d", "(a or b or c) xor d"),
        ("not (a and b) or c", "not (a and b) or c"),
        ("a and b implies c or d", "a and b implies c or d"),
        ("a implies (b implies c)", "a implies (b implies c)"),
        ("1 - (2 - 3)", "1 - (2 - 3)"),
        ("-(2 ^ 3)", "-(2 ^ 3)"),
        ("(-2) ^ 3", "-2 ^ 3"),
        ("(years between a and b) >= 18", "years between a and b >= 18"),
        ("duration  in days of X", "days between start of X and end of X"),
        ("exists therapies T where T.end is null", "exists (therapies T where T.end is null)"),
        ("exists (({1, 2, 3}) X where X > 2)", "exists (({1, 2, 3}) X where X > 2)"),
        ("Count(therapies T where T.a)", "Count(therapies T where T.a)"),
        ("1 + (if a then 1 else 2 + 3)", "1 + (if a then 1 else 2 + 3)"),
        ("(if a then 1 else 2) + 3", "(if a then 1 else 2) + 3"),
        ("{(from A a, B b), 1}", "{(from A a, B b), 1}"),
        ("{(A a where b), 1}", "{A a where b, 1}"),
        ("(distinct a) union b", "(distinct a) union b"),
        ("A starts 3 days  or less before start B", "A starts 3 days or less before start B"),
        ("A 3 months or less on or before B", "A 3 months or less on or before B"),
        ("A less than 3 days after end B", "A less than 3 days after end B"),
        ("A occurs during B", "A included in B"),
        ("A starts during B", "A starts during B"),
        ("A within 1 day of B", "A within 1 day of B"),
        ("A same day or before B", "A on or before day of B"),
        ('"days" + a.days', '"days" + a.days'),
        ('"plain" = `so`', "plain = so"),
        ("a or \"more\"", 'a or "more"'),
        ("1.50 + 1.0 + 100000000000000000000.0", "1.50 + 1.0 + 100000000000000000000.0"),
        ("5 'mg' / 1 month", "5 'mg' / 1 month"),
        ("@2024-02 before @2024T", "@2024-02 before @2024T"),
        ("x.y[3].z", "x.y[3].z"),
        ("convert x to 'mg'", "convert x to 'mg'"),
        ("({1}) X aggregate R starting (null): R", "({1}) X aggregate R starting (null): R"),
        ("Code 'C91.00' from \"ICD-10-CM\"", "Code 'C91.00' from \"ICD-10-CM\""),
        ("'it\\'s'", "'it\\'s'"),
    ],
)  # fmt: skip
def test_an_expression_is_printed_as_an_analyst_would_write_it(written: str, printed: str) -> None:
    tree = parsed(written)
    assert tree is not None
    assert text_from_expression(tree) == printed
    assert parsed(printed) == tree
