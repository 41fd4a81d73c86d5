"""The layout of an expression says the same as the expression, on one line and on many."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trees import expressions

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression import syntax
from besponsa_pa.expression.layout import Layout, has_comment, layout_of
from besponsa_pa.expression.parser import parse
from besponsa_pa.expression.printer import text_from_expression
from besponsa_pa.source import Excerpt


def layout(text: str) -> Layout | None:
    return layout_of(Excerpt.whole(text), Diagnostics())


def tree_of(text: str) -> syntax.Expression | None:
    return parse(Excerpt.whole(text), Diagnostics())


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(expressions, st.integers(1, 80))
def test_the_lines_of_any_expression_say_the_same(tree: syntax.Expression, width: int) -> None:
    text = text_from_expression(tree)
    found = layout(text)
    if found is None:
        assert isinstance(tree, syntax.Literal | syntax.Name) or not tree_of(text) or has_comment(text)
        return
    assert found.text == text
    broken = found.lines(width)
    assert tree_of(" ".join(broken)) == tree
    assert tree_of("\n".join(broken)) == tree
    again = layout("\n".join(broken))
    assert again is not None
    assert again.text == text
