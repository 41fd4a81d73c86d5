"""Parentheses are put where an expression is read to have them: whatever it looks like, it means the same after."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression import syntax
from besponsa_pa.expression.parser import parse
from besponsa_pa.policy.lint.fixing import mended
from besponsa_pa.policy.lint.rules.mixed_and_or import bare_parts, parentheses
from besponsa_pa.source import Excerpt

CONDITIONS = (
    "a", "(b)", "not c", "((not (a)))", "x = 'and ( or'", "y = ''", "n in Interval(1, 2]", "n in Interval[1, 2)",
    "n between 1 and 2", "days between d and e > 1", '"a ) b" = 1', "/* ( or */ a", "b // ) and\n", "c is not null",
    "case when a then b else c end", "exists (xs X where X and b)", "f(a)", "{a} contains true", "T.start after d",
    "d 3 days or less before e", "d same day or after e", "exists xs", "-n < 1", "cast o as Boolean",
)  # fmt: skip


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions joined by a word, any of them in parentheses."""
    part = st.one_of(inner, inner.map("({})".format))
    return st.tuples(part, st.sampled_from(("and", "or", "xor", "implies")), part).map(" ".join)


EXPRESSIONS = st.recursive(st.sampled_from(CONDITIONS), joined, max_leaves=8)


def tree(text: str) -> syntax.Expression:
    parsed = parse(Excerpt.whole(text), Diagnostics())
    assert parsed is not None, text
    return parsed


@given(EXPRESSIONS)
def test_a_mended_expression_means_the_same_and_has_nothing_left_to_mend(text: str) -> None:
    after = mended(text, parentheses(Excerpt.whole(text), bare_parts(text)))
    assert tree(after) == tree(text)
    assert bare_parts(after) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a or b and c", "a or (b and c)"),
        ("a and b or c", "(a and b) or c"),
        ("(a) and (b) or c", "((a) and (b)) or c"),
        ("(a and b) or c", "(a and b) or c"),
        ("((a and b)) or (c)", "((a and b)) or (c)"),
        ("a or (b or c and a)", "a or (b or (c and a))"),
        ("a and b xor c or a", "((a and b) xor c) or a"),
        ("a or b or c and a and b", "a or b or (c and a and b)"),
        ("not a and b or c", "(not a and b) or c"),
        ("a and b implies c or a", "a and b implies c or a"),
        ("n in Interval(1, 2] and a or b", "(n in Interval(1, 2] and a) or b"),
        ("a or b /* or ) */ and c", "a or (b /* or ) */ and c)"),
        ("exists (xs X where X or a and b)", "exists (xs X where X or (a and b))"),
        ("if a or b and c then a else b", "if a or (b and c) then a else b"),
    ],
)
def test_parentheses_are_put_around_what_binds_first(before: str, after: str) -> None:
    assert mended(before, parentheses(Excerpt.whole(before), bare_parts(before))) == after
