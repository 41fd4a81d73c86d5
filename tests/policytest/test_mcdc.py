"""MC/DC in its masking form: held against tables made by hand, and against its definition by brute force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.environment import Environment
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Frame
from besponsa_pa.expression.parser import parse
from besponsa_pa.policytest.places import _with_parentheses
from besponsa_pa.policytest.predicates import Predicate, predicate, predicates_of, result, shown
from besponsa_pa.policytest.probes import Seen, probed
from besponsa_pa.policytest.truths import ALL, showings_of, truths_of
from besponsa_pa.source import Excerpt, Span
from besponsa_pa.types import BOOLEAN, DATE, INTEGER, STRING, ListOf, TupleOf
from besponsa_pa.values import Date

NAMES = "abcd"
FACTS = {
    **dict.fromkeys(NAMES, BOOLEAN),
    "onset": DATE,
    "number": INTEGER,
    "numbers": ListOf(INTEGER),
    "entries": ListOf(TupleOf((("kind", STRING), ("ended", BOOLEAN)))),
}
Known: TypeAlias = bool | None
LETTERS: Mapping[str, Known] = {"T": True, "F": False, "?": None}


def checked_expression(text: str) -> Checked:
    diagnostics = Diagnostics()
    tree = parse(Excerpt.whole(text), diagnostics)
    assert tree is not None, list(diagnostics)
    expression = Checker(Environment(FACTS), diagnostics).check(tree)
    assert not diagnostics.has_errors, list(diagnostics)
    return expression


def written(span: Span) -> str:
    start, end = _with_parentheses(span.source.text, span.start, span.end)
    return span.source.text[start:end]


def frame_of(values: Mapping[str, Known]) -> Frame:
    """A frame with the values that are known; what it does not hold is missing."""
    return {name: value for name, value in values.items() if value is not None}


def seen_by_probes(expression: Checked, frame: Frame) -> set[tuple[str, Known]]:
    """What the probes tell while an expression is computed: the clauses by their text, with their truth."""
    seen = Seen()
    evaluator(probed(expression, seen))(frame)
    return {(written(span), truth) for span, truth in seen.clauses}


# --- tables made by hand ---

# For each expression, for each row of truths of its clauses in alphabetical order: the clauses that decide alone. In
# a row `?` is not known. Rows that are not listed show nothing.
TABLES: dict[str, dict[str, str]] = {
    "a": {"T": "a", "F": "a", "?": "a"},
    "not a": {"T": "a", "F": "a", "?": "a"},
    "a and b": {"TT": "ab", "TF": "b", "FT": "a", "T?": "b", "?T": "a"},
    "a or b": {"FF": "ab", "TF": "a", "FT": "b", "F?": "b", "?F": "a"},
    "a implies b": {"TT": "b", "TF": "ab", "FF": "a", "T?": "b", "?F": "a"},
    "a xor b": {"FF": "ab", "TF": "a", "FT": "b", "F?": "b", "?F": "a"},
    "a and not b": {"TF": "ab", "TT": "b", "FF": "a", "T?": "b", "?F": "a"},
    "not (a and b)": {"TT": "ab", "TF": "b", "FT": "a", "T?": "b", "?T": "a"},
    "not a or not b": {"TT": "ab", "TF": "b", "FT": "a", "T?": "b", "?T": "a"},
    "a and b and c": {
        "TTT": "abc", "FTT": "a", "TFT": "b", "TTF": "c", "?TT": "a", "T?T": "b", "TT?": "c",
    },
    "a or b or c": {
        "FFF": "abc", "TFF": "a", "FTF": "b", "FFT": "c", "?FF": "a", "F?F": "b", "FF?": "c",
    },
    "a and (b or c)": {
        "TTF": "ab", "TFT": "ac", "TFF": "bc", "TTT": "a", "FTT": "a", "FTF": "a", "FFT": "a",
        "?TT": "a", "?TF": "a", "?FT": "a", "T?F": "b", "TF?": "c", "TT?": "a", "T?T": "a",
        "FT?": "a", "F?T": "a", "?T?": "a", "??T": "a",
    },
    "a or (b and c)": {
        "FTF": "ac", "FFT": "ab", "FTT": "bc", "FFF": "a", "TFF": "a", "TFT": "a", "TTF": "a",
        "?FF": "a", "?FT": "a", "?TF": "a", "F?T": "b", "FT?": "c", "FF?": "a", "F?F": "a",
        "TF?": "a", "T?F": "a", "?F?": "a", "??F": "a",
    },
    "(a implies b) implies c": {
        "TTF": "bc", "TFF": "ab", "FFF": "ac", "FTF": "c", "TTT": "c", "FTT": "c", "FFT": "c",
        "TT?": "c", "FT?": "c", "FF?": "c", "?FF": "a", "T?F": "b", "?TF": "c", "?TT": "c", "?T?": "c",
        "F?F": "c", "F?T": "c", "F??": "c",
    },
    "(a or b) and (c or d)": {
        "TFTF": "ac", "TFFT": "ad", "FTTF": "bc", "FTFT": "bd", "TFFF": "cd", "FTFF": "cd", "TTFF": "cd",
        "FFTF": "ab", "FFFT": "ab", "FFTT": "ab", "TTTF": "c", "TTFT": "d", "TFTT": "a", "FTTT": "b",
        "?FTF": "a", "F?TF": "b", "TF?F": "c", "TFF?": "d", "?FFT": "a", "F?FT": "b", "FT?F": "c", "FTF?": "d",
        "?FTT": "a", "F?TT": "b", "TT?F": "c", "TTF?": "d",
        "TFT?": "a", "TF?T": "a", "FTT?": "b", "FT?T": "b", "FFT?": "ab", "FF?T": "ab", "?FT?": "a", "?F?T": "a",
        "F?T?": "b", "F??T": "b", "T?TF": "c", "T?FT": "d", "?TTF": "c", "?TFT": "d", "T?FF": "cd", "?TFF": "cd",
        "T??F": "c", "T?F?": "d", "?T?F": "c", "?TF?": "d",
    },
}  # fmt: skip


@pytest.mark.parametrize("text", TABLES)
def test_the_clauses_that_decide_alone_are_those_of_the_table(text: str) -> None:
    expression, table = checked_expression(text), TABLES[text]
    names = [name for name in NAMES if name in text.replace("and", "").replace("implies", "")]
    for row in map("".join, product("TF?", repeat=len(names))):
        values = dict(zip(names, (LETTERS[letter] for letter in row), strict=True))
        expected = {(name, values[name]) for name in table.get(row, "")}
        assert seen_by_probes(expression, frame_of(values)) == expected, row


def test_a_clause_that_short_circuit_leaves_out_is_masked_and_one_before_it_decides() -> None:
    """`false and b`: b is never computed for the answer, and looked at all the same to know that a decides alone."""
    expression = checked_expression("a and b")
    assert seen_by_probes(expression, {"a": False, "b": True}) == {("a", False)}
    assert seen_by_probes(expression, {"a": False, "b": False}) == set()
    assert seen_by_probes(expression, {"a": False}) == set()


# --- the definition, by brute force ---


@dataclass(frozen=True, slots=True)
class Leaf:
    """A clause by the name of its fact; `number` tells those with one name apart."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Node:
    """Two sides joined, or one side negated."""

    connective: str
    sides: tuple[Tree, ...]


Tree: TypeAlias = Leaf | Node


def text_of(tree: Tree) -> str:
    match tree:
        case Leaf(name):
            return name
        case Node("not", (side,)):
            return f"not ({text_of(side)})"
        case Node(connective, (left, right)):
            return f"({text_of(left)}) {connective} ({text_of(right)})"
    raise AssertionError(tree)


def leaves_of(tree: Tree) -> list[Leaf]:
    return [tree] if isinstance(tree, Leaf) else [leaf for side in tree.sides for leaf in leaves_of(side)]


def value_of(tree: Tree, values: Mapping[int, Known]) -> Known:
    """Kleene's three values: an answer where every way in which the unknown may turn out gives the same."""
    if isinstance(tree, Leaf):
        return values[tree.number]
    sides = [value_of(side, values) for side in tree.sides]
    completions = product(*([True, False] if side is None else [side] for side in sides))
    answers = {_plain(tree.connective, *completion) for completion in completions}
    return answers.pop() if len(answers) == 1 else None


def _plain(connective: str, first: bool, second: bool = False) -> bool:
    return {
        "not": not first,
        "and": first and second,
        "or": first or second,
        "implies": not first or second,
        "xor": first != second,
    }[connective]


def flipped(tree: Tree, values: Mapping[int, Known], leaf: Leaf, truth: Known) -> Known:
    """What the expression comes to when only this clause is another."""
    return value_of(tree, {**values, leaf.number: truth})


def shown_by(tree: Tree, found: Predicate, values: Mapping[int, Known]) -> set[Leaf]:
    """The clauses that the program says decide alone."""
    by_clause = dict(zip((id(clause.expression) for clause in found.clauses), leaves_of(tree), strict=True))
    known = {key: values[leaf.number] for key, leaf in by_clause.items()}
    assert result(found.expression, known) is value_of(tree, values)
    return {by_clause[id(clause.expression)] for clause, _ in shown(found, known)}


def evaluations(tree: Tree, *truths: Known) -> Iterator[dict[int, Known]]:
    """Every way in which the facts of an expression may be; the same fact has the same value everywhere."""
    leaves = leaves_of(tree)
    names = sorted({leaf.name for leaf in leaves})
    for combination in product(truths, repeat=len(names)):
        values = dict(zip(names, combination, strict=True))
        yield {leaf.number: values[leaf.name] for leaf in leaves}


def trees(shapes: int, connectives: tuple[str, ...], first: int = 0) -> Iterator[Tree]:
    """Every expression with so many clauses, all different, each part as it is and negated."""
    for plain in _joined(shapes, connectives, first):
        yield plain
        yield Node("not", (plain,))


def _joined(count: int, connectives: tuple[str, ...], first: int) -> Iterator[Tree]:
    if count == 1:
        yield Leaf(NAMES[first], first)
        return
    for left_count in range(1, count):
        for left in trees(left_count, connectives, first):
            for right in trees(count - left_count, connectives, first + left_count):
                yield from (Node(connective, (left, right)) for connective in connectives)


def masking_pairs(tree: Tree, leaf: Leaf) -> Iterator[tuple[dict[int, Known], dict[int, Known]]]:
    """What CAST-6 asks for: two evaluations that differ in the clause and in the result, which hangs on the clause."""
    decisive = [
        values
        for values in evaluations(tree, True, False)
        if flipped(tree, values, leaf, True) is not flipped(tree, values, leaf, False)
    ]
    for first, second in product(decisive, repeat=2):
        differs = first[leaf.number] is True and second[leaf.number] is False
        if differs and value_of(tree, first) is not value_of(tree, second):
            yield first, second


def check_against_the_definition(tree: Tree) -> None:
    """What is shown at true and at false is a masking pair; without `xor` every such pair is shown."""
    found = predicate(checked_expression(text_of(tree)))
    two = [(values, shown_by(tree, found, values)) for values in evaluations(tree, True, False)]
    for leaf in leaves_of(tree):
        pairs = list(masking_pairs(tree, leaf))
        at_true = [values for values, decide in two if leaf in decide and values[leaf.number] is True]
        at_false = [values for values, decide in two if leaf in decide and values[leaf.number] is False]
        assert all(pair in pairs for pair in product(at_true, at_false))
        if "xor" not in text_of(tree):
            assert all(pair in pairs for pair in pairs if pair[0] in at_true and pair[1] in at_false)
            assert [pair for pair in pairs if pair[0] not in at_true or pair[1] not in at_false] == []


def check_three_values(tree: Tree) -> None:
    """A clause that decides alone makes three answers of its three values; without `xor` there are no others."""
    found = predicate(checked_expression(text_of(tree)))
    for values in evaluations(tree, True, False, None):
        decide = shown_by(tree, found, values)
        for leaf in leaves_of(tree):
            answers = {flipped(tree, values, leaf, truth) for truth in (True, False, None)}
            if leaf in decide:
                assert answers == {True, False, None}
                assert (value_of(tree, values) is None) == (values[leaf.number] is None)
            elif "xor" not in text_of(tree):
                assert answers != {True, False, None}


ALL_CONNECTIVES = ("and", "or", "implies", "xor")


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_shown_is_a_masking_pair_in_every_expression_of_up_to_two_clauses(count: int) -> None:
    for tree in trees(count, ALL_CONNECTIVES):
        check_against_the_definition(tree)
        check_three_values(tree)


@pytest.mark.parametrize("connective", ALL_CONNECTIVES)
def test_what_is_shown_is_a_masking_pair_in_every_expression_of_three_clauses(connective: str) -> None:
    """Those of which the outermost connective is this one, none negated; negations are drawn by chance below."""
    for left_count, right_count in ((1, 2), (2, 1)):
        for left, right in product(_plainly_joined(left_count, 0), _plainly_joined(right_count, left_count)):
            tree = Node(connective, (left, right))
            check_against_the_definition(tree)
            check_three_values(tree)


def _plainly_joined(count: int, first: int) -> list[Tree]:
    if count == 1:
        return [Leaf(NAMES[first], first)]
    pair = (Leaf(NAMES[first], first), Leaf(NAMES[first + 1], first + 1))
    return [Node(connective, pair) for connective in ALL_CONNECTIVES]


@st.composite
def drawn_trees(draw: st.DrawFn, *, same_facts: bool) -> Tree:
    """An expression of up to five clauses, in which a fact may occur more than once."""
    count = draw(st.integers(2, 5))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=count, max_size=count)) if same_facts else "abcde"
    forest: list[Tree] = [Leaf(names[at], at) for at in range(count)]
    while len(forest) > 1:
        at = draw(st.integers(0, len(forest) - 2))
        joined: Tree = Node(draw(st.sampled_from(ALL_CONNECTIVES)), (forest[at], forest[at + 1]))
        forest[at : at + 2] = [Node("not", (joined,)) if draw(st.booleans()) else joined]
    return forest[0]


@settings(max_examples=60)
@given(drawn_trees(same_facts=True))
def test_what_is_shown_is_a_masking_pair_in_expressions_that_use_a_fact_twice(tree: Tree) -> None:
    """Each clause is looked at by itself, as DO-178C looks at coupled conditions in the masking form."""
    check_against_the_definition(tree)
    check_three_values(tree)


@settings(max_examples=60)
@given(drawn_trees(same_facts=True), st.data())
def test_the_probes_tell_what_the_definition_says_whatever_is_computed_first(tree: Tree, data: st.DataObject) -> None:
    expression = checked_expression(text_of(tree))
    names = sorted({leaf.name for leaf in leaves_of(tree)})
    values = {name: data.draw(st.sampled_from([True, False, None]), label=name) for name in names}
    known = {leaf.number: values[leaf.name] for leaf in leaves_of(tree)}
    expected = {(leaf.name, values[leaf.name]) for leaf in shown_by(tree, predicate(expression), known)}
    assert seen_by_probes(expression, frame_of(values)) == expected


# --- what is a clause ---


def clauses_in(text: str) -> list[list[str]]:
    """The clauses of each predicate in an expression, as they are written."""
    return [[written(clause.span) for clause in each.clauses] for each in predicates_of(checked_expression(text))]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("number > 3", [["number > 3"]]),
        ("number between 1 and 3", [["number between 1 and 3"]]),
        ("number in {1, 2} and a", [["number in {1, 2}", "a"]]),
        ("a is not null or b", [["a is not null", "b"]]),
        ("a is not true", [["a is not true"]]),
        ("number != 3 and a", [["number != 3", "a"]]),
        ("onset 3 months or less before @2026-01-01 and a", [["onset 3 months or less before @2026-01-01", "a"]]),
        ("not (onset within 3 days of @2026-01-01)", [["onset within 3 days of @2026-01-01"]]),
        ("(a and b) = c", [["(a and b) = c"], ["a", "b"]]),
        ("if a and b then c else d", [["if a and b then c else d"], ["a", "b"], ["c"], ["d"]]),
        ("number > (if a then 1 else 2)", [["number > (if a then 1 else 2)"], ["a"]]),
        ("case when a then 1 when b or c then 2 else 3 end > 1", None),
        (
            "exists (entries E where E.kind = 'x' and not E.ended)",
            [["exists (entries E where E.kind = 'x' and not E.ended)"], ["E.kind = 'x'", "E.ended"]],
        ),
        (
            "exists (entries E with numbers N such that N > 1 and a)",
            [["exists (entries E with numbers N such that N > 1 and a)"], ["N > 1", "a"]],
        ),
    ],
)
def test_a_clause_is_what_the_analyst_writes_between_connectives(text: str, clauses: list[list[str]] | None) -> None:
    found = clauses_in(text)
    if clauses is None:
        assert found[1:] == [["a"], ["b", "c"]]
    else:
        assert found == clauses


def test_a_phrase_made_of_several_operators_is_shown_as_one() -> None:
    """`3 months or less before` is two comparisons to the program, and one condition to whoever wrote it."""
    expression = checked_expression("onset 3 months or less before @2026-04-01")
    shown_at = [seen_by_probes(expression, {"onset": Date(2026, month, 1)}) for month in (2, 5)]
    assert [{truth for _, truth in each} for each in shown_at] == [{True}, {False}]
    assert [{truth for _, truth in seen_by_probes(expression, {})}] == [{None}]


@pytest.mark.parametrize(
    ("text", "missing_value"), [("a is not null", False), ("a is null", True), ("not (a is null)", True)]
)
def test_a_clause_that_stands_under_not_keeps_its_own_truth(text: str, missing_value: bool) -> None:
    assert {truth for _, truth in seen_by_probes(checked_expression(text), {})} == {missing_value}


# --- what an expression can come to be ---


@pytest.mark.parametrize(
    ("text", "truths"),
    [
        ("a", ALL),
        ("true", {True}),
        ("null as Boolean", {None}),
        ("1 = 1", {True}),
        ("1 > 2", {False}),
        ("1 / 0 = 1", {None}),
        ("a and false", {False}),
        ("a or true", {True}),
        ("a and null", {False, None}),
        ("a is null", {True, False}),
        ("not (a is null)", {True, False}),
        ("a is not true", {True, False}),
        ("a is null and b", ALL),
        ("a implies a", ALL),
        ("numbers = {1}", ALL),
    ],
)
def test_the_truths_of_an_expression_are_those_that_its_form_allows(text: str, truths: set[Known]) -> None:
    assert truths_of(checked_expression(text)) == truths


@pytest.mark.parametrize(
    ("text", "showings"),
    [
        ("a and true", [ALL, set()]),
        ("a and false", [set(), set()]),
        ("a or 1 = 1", [set(), set()]),
        ("a xor true", [ALL, set()]),
        ("a is null or b", [{True, False}, ALL]),
        ("true implies a", [set(), ALL]),
        ("false implies a", [set(), set()]),
    ],
)
def test_what_no_test_can_show_is_not_asked_for(text: str, showings: list[set[Known]]) -> None:
    assert [showings_of(clause) for clause in predicate(checked_expression(text)).clauses] == showings


@settings(max_examples=100)
@given(drawn_trees(same_facts=True))
def test_the_truths_of_an_expression_hold_at_least_those_that_it_has_for_some_case(tree: Tree) -> None:
    expression = checked_expression(text_of(tree))
    found = {value_of(tree, values) for values in evaluations(tree, True, False, None)}
    assert found <= truths_of(expression)
