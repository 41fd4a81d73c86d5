"""Why an expression has its value: the tree of its parts."""

from __future__ import annotations

from textwrap import dedent

import pytest

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression.environment import DefinitionSource, Environment, TableSource
from besponsa_pa.expression.evaluation import evaluate_text
from besponsa_pa.expression.parser import parse
from besponsa_pa.expression.syntax import Expression
from besponsa_pa.render.why import LINE_LIMIT, MORE, ROW_LIMIT, lines_from_expression
from besponsa_pa.source import Excerpt
from besponsa_pa.types import BOOLEAN, INTEGER, STRING, ListOf, TupleOf
from besponsa_pa.values import Missing, TupleValue, Value

THERAPIES = ListOf(TupleOf((("drug", STRING), ("cycles", INTEGER))))
ENTRIES: Value = (
    TupleValue({"drug": "imatinib", "cycles": 9}),
    TupleValue({"drug": "dasatinib", "cycles": Missing(frozenset({"therapies[1].cycles"}))}),
)


def tree(text: str) -> Expression:
    found = parse(Excerpt.whole(text, "policy.yaml"), Diagnostics())
    assert found is not None
    return found


def definition(text: str, *parameters: str) -> DefinitionSource:
    return DefinitionSource(parameters, tree(text), tree(text).span)


ENVIRONMENT = Environment(
    facts={"number": INTEGER, "pregnant": BOOLEAN, "therapies": THERAPIES},
    definitions={
        "twice": definition("2 *\n  number"),
        "beyond": definition("exists (therapies T where T.cycles > limit)", "limit"),
    },
    tables={"price": TableSource(tree("number"), ((tree("1"), tree("10")),), tree("0"), tree("1").span)},
)


def why(text: str, **facts: Value) -> str:
    found = evaluate_text(Excerpt.whole(text), ENVIRONMENT, facts)
    assert found.expression is not None, found.diagnostics
    return "\n".join(lines_from_expression(found.expression, facts, 100)) + "\n"


def test_what_is_written_as_its_value_is_left_out_unless_it_is_all() -> None:
    assert why("5") == "5  5\n"
    assert why("{1, 2}") == "{1, 2}  {1, 2}\n"
    assert why("1 in {1, 2}") == "1 in {1, 2}  true\n"


def test_parentheses_stay_together() -> None:
    expected = """\
        (1 + (2)) * 3 = ((number))  true
          (1 + (2)) * 3             9
            1 + (2)                 3
          number                    9
        """
    assert why("(1 + (2)) * 3 = ((number))", number=9) == dedent(expected)


def test_parentheses_in_a_text_are_no_parentheses() -> None:
    assert why("('a(' + ')') = 'x'").splitlines()[1].split("  ")[1] == "'a(' + ')'"


def test_every_part_says_what_is_missing_of_it() -> None:
    expected = """\
        pregnant or number > 1  missing: number, pregnant
          pregnant              missing: pregnant
          number > 1            missing: number
            number              missing: number
        """
    assert why("pregnant or number > 1") == dedent(expected)


def test_a_definition_is_opened_once() -> None:
    expected = """\
        twice + twice > twice  true
          twice + twice        12
            twice              6
              2 * number       6
                number         3
          twice                6
        """
    assert why("twice + twice > twice", number=3) == dedent(expected)


def test_a_search_shows_its_entries_each_with_its_condition() -> None:
    expected = """\
        beyond(5)                                         true
          exists (therapies T where T.cycles > limit)     true
            therapies T where T.cycles > limit            1 to 2 entries
              therapies                                   2 entries
              T: drug imatinib, cycles 9                  true
                T.cycles                                  9
              T: drug dasatinib                           missing: therapies[1].cycles
                T.cycles                                  missing: therapies[1].cycles
        """
    assert [line.split() for line in why("beyond(5)", therapies=ENTRIES).splitlines()] == [
        line.split() for line in dedent(expected).splitlines()
    ]


def test_a_search_in_what_is_missing_or_empty_has_no_entries() -> None:
    assert "T:" not in why("beyond(5)")
    assert "T:" not in why("beyond(5)", therapies=())
    assert "missing: therapies" in why("beyond(5)")


def test_of_many_entries_the_first_are_shown() -> None:
    text = why(f"Count(({{{', '.join(map(str, range(30)))}}}) X where X > 5)")
    assert text.count("X: ") == ROW_LIMIT
    assert f"and {30 - ROW_LIMIT} more" in text


def test_a_search_within_a_search_knows_both_entries() -> None:
    text = why("({1, 2}) X where exists (({2, 3}) Y let Z: X + Y where Z = 5)")
    assert "Y: 3" in text
    assert "true" in text.partition("X: 2")[2]


def test_a_search_with_more_than_one_condition_is_not_spread_out() -> None:
    text = why("({1, 2}) X with ({2}) Y such that X = Y return X + 1")
    assert text.splitlines()[0] == "({1, 2}) X with ({2}) Y such that X = Y return X + 1"
    assert text.splitlines()[1:] == ["  {3}"]


def test_of_a_choice_only_what_was_chosen_is_shown() -> None:
    text = why("if pregnant then number + 1 else number + 2", pregnant=False, number=1)
    assert "number + 2" in text.split("\n", 1)[1]
    assert "number + 1" not in text.split("\n", 1)[1]
    both = why("if pregnant then number + 1 else number + 2", number=1).split("\n", 1)[1]
    assert "number + 1" in both
    assert "number + 2" in both


def test_a_table_shows_what_it_depends_on() -> None:
    assert [line.split() for line in why("price", number=1).splitlines()] == [["price", "10"], ["number", "1"]]


def test_a_phrase_is_one_line_and_each_date_in_it_stands_once() -> None:
    expected = """\
        @2026-01-01 + 1 day 3 months or less before @2026-02-01 - 1 day  true
          @2026-01-01 + 1 day                                            @2026-01-02
          @2026-02-01 - 1 day                                            @2026-01-31
        """
    text = why("@2026-01-01 + 1 day 3 months or less before @2026-02-01 - 1 day")
    assert text.split() == dedent(expected).split()


@pytest.mark.parametrize("text", ["1 in Interval[5, number]", "pregnant and 1 in Interval[5, number]"])
def test_a_part_that_fails_says_so_and_the_others_have_their_values(text: str) -> None:
    lines = why(text, number=3, pregnant=True).splitlines()
    assert "fails: `Interval[5, 3]`" in lines[0]
    assert lines[-1].split() == ["number", "3"]


def test_a_tree_that_is_too_large_is_cut() -> None:
    rows = " or ".join(f"number = {each}" for each in range(140))
    text = f"({rows}) and exists (({{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}) X where X = 1 or X = 2 or X = 3 or X = 4)"
    lines = why(f"{text} and {text.replace('X', 'Y')}").splitlines()
    assert lines[-1].strip() == MORE
    assert len(lines) <= 2 * LINE_LIMIT + 1


def test_a_value_of_a_case_cannot_steer_the_terminal() -> None:
    entries: Value = (TupleValue({"drug": "\x1b[2J\u202e", "cycles": 1}),)
    text = why("therapies T where T.drug = 'x'", therapies=entries)
    assert "\x1b" not in text
    assert "\u202e" not in text
