"""How expressions are laid out: the words of the writer, one set of spaces, lines that a pharmacist can read."""

from __future__ import annotations

from itertools import product

import pytest

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression import syntax
from besponsa_pa.expression.functions import CHAPTERS
from besponsa_pa.expression.layout import Layout, has_comment, layout_of
from besponsa_pa.expression.parser import parse
from besponsa_pa.source import Excerpt


def layout(text: str) -> Layout | None:
    return layout_of(Excerpt.whole(text), Diagnostics())


def lines(text: str, width: int) -> list[str]:
    found = layout(text)
    assert found is not None, text
    return list(found.lines(width))


def tree_of(text: str) -> syntax.Expression | None:
    return parse(Excerpt.whole(text), Diagnostics())


@pytest.mark.parametrize(
    ("written", "laid_out"),
    [
        ("a>=1  and\n b", "a >= 1 and b"),
        ("a or b and c", "a or (b and c)"),
        ("(a or b) and c", "(a or b) and c"),
        ("a xor b or c", "(a xor b) or c"),
        ("(a and b)", "a and b"),
        ("((a)) and b", "(a) and b"),
        ("(a) and (b)", "(a) and (b)"),
        ("not(a and b)", "not (a and b)"),
        ("exists therapies T where T.a", "exists (therapies T where T.a)"),
        ("x in{'a','b'}", "x in {'a', 'b'}"),
        ("f( a,b )", "f(a, b)"),
        ("Interval[1,5)", "Interval[1, 5)"),
        ("Interval(1,5] overlaps Interval [2,3)", "Interval(1, 5] overlaps Interval[2, 3)"),
        ("Count((classes) C where f(C))", "Count((classes) C where f(C))"),
        ("(convert weight to 'kg')/2", "(convert weight to 'kg') / 2"),
        ('"Migraine"  contains "a b"', '"Migraine" contains "a b"'),
        ("`x`  =  1", "`x` = 1"),
        ("- x", "-x"),
        ("{a : 1,b:2} . a", "{a: 1, b: 2}.a"),
        ('x . "a  b"', 'x."a  b"'),
        # other words than the printer's: they stay, with single spaces
        ("a  same or  before b", "a same or before b"),
        ("a   during b", "a during b"),
        ("a same or before b and c>=1 and d!=2", "a same or before b and c >= 1 and d != 2"),
        ("duration in days of  X  > 3", "duration in days of X > 3"),
        ("not a is null  and b", "not a is null and b"),
        ("( a same or before b ) or x [ 1 ] . y and f( c ,d )", "(a same or before b) or (x[1].y and f(c, d))"),
        ("a occurs during b and (c or (d) and e)", "a occurs during b and (c or ((d) and e))"),
        ("(a) and Interval[1, 5) during b or c", "((a) and Interval[1, 5) during b) or c"),
        ("x = 1.50 and y = 'a  b'", "x = 1.50 and y = 'a  b'"),
        ("x = 018", "x = 018"),
    ],
)
def test_an_expression_has_one_set_of_spaces_and_the_words_of_its_writer(written: str, laid_out: str) -> None:
    found = layout(written)
    assert found is not None
    assert found.text == laid_out
    assert found.tree == tree_of(written) == tree_of(found.text)
    again = layout(found.text)
    assert again is not None
    assert again.text == found.text


@pytest.mark.parametrize("text", ["0123", "'text'", "6  months", "adult", '"a b"', "true", "a // b", "a /* b */ and c"])
def test_what_has_no_layout_is_left_as_it_is(text: str) -> None:
    diagnostics = Diagnostics()
    assert layout_of(Excerpt.whole(text), diagnostics) is None
    assert not diagnostics.items


def test_what_cannot_be_read_is_reported() -> None:
    diagnostics = Diagnostics()
    assert layout_of(Excerpt.whole("a and"), diagnostics) is None
    assert diagnostics.has_errors


def test_a_comment_is_told_from_its_signs_in_a_text() -> None:
    assert has_comment("a // b")
    assert has_comment("'x' /* b */")
    assert not has_comment("'a // b'")
    assert not has_comment('"a /* b" + `//`')
    assert not has_comment(r"'it\'s // no comment'")


# --- lines ---


@pytest.mark.parametrize(
    ("text", "width", "wanted"),
    [
        ("a and b", 7, ["a and b"]),
        ("a and b", 6, ["a", "and b"]),
        ("a and b and c", 8, ["a", "and b", "and c"]),
        ("a or (b and c)", 10, ["a", "or (b", "  and c)"]),
        ("(a or b) and c", 9, ["(a or b)", "and c"]),
        ("(a or b) and c", 7, ["(a", "  or b)", "and c"]),
        ("a and b implies c", 10, ["a and b", "implies c"]),
        ("a and b implies c", 6, ["a", "  and b", "implies c"]),
        ("if a then b else c", 12, ["if a", "  then b", "  else c"]),
        ("case when a then 1 when b then 2 else 3 end", 20,
         ["case when a then 1", "  when b then 2", "  else 3 end"]),
        ("case x when a then 1 else 3 end", 20, ["case x", "  when a then 1", "  else 3 end"]),
        ("exists (xs X where X.a and X.b)", 30, ["exists (xs X", "  where X.a and X.b)"]),
        ("exists (xs X where X.a and X.b)", 16, ["exists (xs X", "  where X.a", "    and X.b)"]),
        ("Last(xs X where X.a sort by b).v >= 55", 34, ["Last(xs X where X.a sort by b).v", "  >= 55"]),
        ("Last(xs X where X.a sort by b).v >= 55", 22, ["Last(xs X", "  where X.a", "  sort by b).v >= 55"]),
        ("x in {'aa', 'bb', 'cc', 'dd'}", 20, ["x in {'aa', 'bb',", "  'cc', 'dd'}"]),
        ("f(aaaaaaaaa, bbbbbbbbb, (c), dd)", 20, ["f(aaaaaaaaa,", "  bbbbbbbbb, (c),", "  dd)"]),
        ("a between 1 and 2 and b", 18, ["a between 1 and 2", "and b"]),
        ("a during b and c", 12, ["a during b", "and c"]),
        ("(a) same or before (b)", 12, ["(a)", "  same or before (b)"]),
        ("aaaaaaaaaaaaaaaa", 3, None),
        ("aaaaaaaaaaaaaaaa.b", 3, ["aaaaaaaaaaaaaaaa.b"]),
        ("from xs X, ys Y let l: 1 with zs Z such that Z.a return all X.b sort asc", 30,
         ["from xs X, ys Y", "  let l: 1", "  with zs Z such that Z.a", "  return all X.b", "  sort asc"]),
        ("(xs X return X.a) Y aggregate R starting 1: R + Y", 34,
         ["(xs X return X.a) Y", "  aggregate R starting 1: R + Y"]),
    ],
)  # fmt: skip
def test_an_expression_breaks_at_its_outermost_parts(text: str, width: int, wanted: list[str] | None) -> None:
    if wanted is None:
        assert layout(text) is None
    else:
        assert lines(text, width) == wanted


def test_a_word_inside_a_text_is_no_place_to_break() -> None:
    assert lines("x = 'this and that or the other' and y", 10) == ["x", "  = 'this and that or the other'", "and y"]


def examples() -> set[str]:
    return {text for rows in CHAPTERS.values() for row in rows for example in row.examples for text in example}


@pytest.mark.parametrize("text", sorted(examples()))
def test_an_example_of_an_operator_is_laid_out_and_means_the_same(text: str) -> None:
    found = layout(text)
    if found is not None:
        assert found.tree == tree_of(text)
        assert "".join(found.text.split()).replace("(", "").replace(")", "") == "".join(text.split()).replace(
            "(", ""
        ).replace(")", ""), "other words"


@pytest.mark.parametrize(("outer", "inner"), list(product(["and", "or", "xor"], repeat=2)))
def test_two_connectives_meet_in_parentheses_only(outer: str, inner: str) -> None:
    for text in (f"a {outer} b {inner} c", f"a same or before a {outer} (b) {inner} c"):
        found = layout(text)
        assert found is not None
        words = found.text.split()
        assert ("(" in found.text.replace("(b)", "b")) == (outer != inner), words
