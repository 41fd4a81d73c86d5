"""Diagnostics as text and as data: the caret stands under the place, and a line shows no more than it must."""

from __future__ import annotations

import pytest

from besponsa_pa.diagnostic import Diagnostic, Edit, Severity
from besponsa_pa.render.diagnostics import in_order, structure_from_diagnostics, text_from_diagnostics
from besponsa_pa.render.layout import display_width
from besponsa_pa.source import Source, Span


def error(text: str, part: str, **changes: object) -> Diagnostic:
    start = text.index(part)
    place = Span(Source(text, "policy.yaml"), start, start + len(part))
    return Diagnostic("E204", Severity.ERROR, "a message", place, **changes)


def lines(*diagnostics: Diagnostic) -> list[str]:
    return text_from_diagnostics(diagnostics).splitlines()


def caret(*diagnostics: Diagnostic) -> str:
    return next(line for line in lines(*diagnostics) if "^" in line)


def test_nothing_is_wrong_in_no_words() -> None:
    assert text_from_diagnostics([]) == ""
    assert structure_from_diagnostics([]) == []


def test_a_diagnostic_has_the_form_of_the_guide() -> None:
    text = "\n" * 40 + "          check: disease.cd22 = 'postive'\n"
    place = Span(Source(text, "policies/besponsa/policy.yaml"), text.index("'postive'"), text.index("'postive'") + 9)
    found = Diagnostic(
        "E204",
        Severity.ERROR,
        "`disease.cd22` has no value `postive`",
        place,
        "not one of positive, negative",
        "did you mean 'positive'?",
    )
    assert (
        text_from_diagnostics([found])
        == """\
error[E204]: `disease.cd22` has no value `postive`
  --> policies/besponsa/policy.yaml:41:33
   |
41 |           check: disease.cd22 = 'postive'
   |                                 ^^^^^^^^^ not one of positive, negative
   |
help: did you mean 'positive'?
"""
    )


def test_without_a_place_it_is_one_line() -> None:
    found = Diagnostic("E101", Severity.ERROR, "there is no file `x`", help="look again")
    assert text_from_diagnostics([found]) == "error[E101]: there is no file `x`; look again\n"


def test_an_empty_line_stands_between_two() -> None:
    found = Diagnostic("E101", Severity.ERROR, "a")
    assert text_from_diagnostics([found, found]) == "error[E101]: a\n\nerror[E101]: a\n"


def test_the_severity_is_a_word() -> None:
    heads = [text_from_diagnostics([Diagnostic("E101", each, "a")]).split("[")[0] for each in Severity]
    assert heads == ["error", "warning", "information"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a: wrong", "wrong"),
        ("\ta:\twrong", "wrong"),
        ("  名前: wrong", "wrong"),
        ("e\u0301te\u0301: wrong", "wrong"),
        ("a: \u202ewrong", "wrong"),
        ("a: 名前", "名前"),
        ("x" * 500 + " wrong " + "y" * 500, "wrong"),
        ("名" * 300 + "wrong", "wrong"),
        ("wrong" + "y" * 500, "wrong"),
    ],
)
def test_the_caret_stands_under_the_place_whatever_comes_before_it(text: str, part: str) -> None:
    shown = lines(error(text, part))
    source, marks = shown[3], shown[4]
    columns = display_width(marks[: marks.index("^")])
    before = next(index for index in range(len(source)) if display_width(source[:index]) == columns)
    assert source[before:].startswith(part)
    assert marks.count("^") == display_width(part)


def test_a_long_line_is_cut_around_the_place() -> None:
    text = "secret " * 200 + "wrong" + " secret" * 200
    shown = lines(error(text, "wrong"))[3]
    assert len(shown) <= 4 + 120 + 6
    assert shown.startswith("1 | ...")
    assert shown.endswith("...")


def test_a_long_part_is_marked_as_far_as_the_line_is_shown() -> None:
    text = "a: " + "w" * 1000
    shown = lines(error(text, "w" * 1000))
    assert len(shown[4]) <= 4 + 121
    assert shown[4].count("^") == 117


def test_no_other_line_of_the_file_is_shown() -> None:
    text = "patient: one\nname: wrong\nother: two"
    shown = "\n".join(lines(error(text, "wrong")))
    assert "patient" not in shown
    assert "other" not in shown


def test_a_place_of_several_lines_is_marked_on_the_first_and_says_where_it_ends() -> None:
    text = "a:\n  - one\n  - two\nb: 1"
    shown = lines(error(text, "- one\n  - two"))
    assert shown[1:5] == [" --> policy.yaml:2:3 (to line 3)", "  |", "2 |   - one", "  |   ^^^^^"]


def test_a_place_that_ends_with_its_line_does_not_reach_into_the_next() -> None:
    text = "a: one\nb: 1"
    assert lines(error(text, "one\n"))[1] == " --> policy.yaml:1:4"


def test_an_empty_place_has_a_caret_of_its_own() -> None:
    source = Source("a:\n", "policy.yaml")
    at_end = Diagnostic("E201", Severity.ERROR, "a message", Span(source, 2, 2), "wanted a value")
    assert caret(at_end) == "  |   ^ wanted a value"
    after_all = Diagnostic("E201", Severity.ERROR, "a message", Span(source, 3, 3))
    assert caret(after_all) == "  | ^"
    nothing = Diagnostic("E201", Severity.ERROR, "a message", Span(Source("", "policy.yaml"), 0, 0))
    assert caret(nothing) == "  | ^"


def test_a_case_of_many_is_told_with_its_line_in_the_file() -> None:
    place = Span(Source('{"a": 1}', "cases.ndjson", first_line=1200), 1, 4)
    shown = lines(Diagnostic("E402", Severity.ERROR, "a message", place))
    assert shown[1] == "    --> cases.ndjson:1200:2"
    assert shown[3] == '1200 | {"a": 1}'


def test_related_places_follow_with_their_own_marks() -> None:
    source = Source("a: 1\n" * 12, "policy.yaml")
    related = ((Span(source, 0, 1), "the first time"),)
    found = Diagnostic("E123", Severity.ERROR, "`a` occurs twice", Span(source, 55, 56), "again", "keep one", related)
    assert lines(found)[1:] == [
        "  --> policy.yaml:12:1",
        "   |",
        "12 | a: 1",
        "   | ^ again",
        "   |",
        "  --> policy.yaml:1:1",
        "   |",
        " 1 | a: 1",
        "   | - the first time",
        "   |",
        "help: keep one",
    ]


def test_a_related_place_alone_is_shown_too() -> None:
    source = Source("a: 1\n", "policy.yaml")
    found = Diagnostic("E320", Severity.ERROR, "a message", None, related=((Span(source, 0, 1), "here"),))
    assert "1 | a: 1" in lines(found)


def test_no_text_of_a_file_steers_the_terminal() -> None:
    text = "a: \x1b[2J\u202ewrong\x07"
    shown = text_from_diagnostics([error(text, "wrong", label="\x1b", help="\x1b\n\x07")])
    assert not set(shown) & set("\x1b\u202e\x07")
    assert "\\u001b[2J\\u202ewrong" in shown


def test_colour_changes_no_word() -> None:
    import re

    found = error("a: wrong", "wrong", label="a label", help="some help")
    coloured = text_from_diagnostics([found], colour=True)
    assert "\x1b[31merror[E204]\x1b[0m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == text_from_diagnostics([found])


def test_a_reader_meets_them_file_by_file_and_from_the_top_down() -> None:
    one, two = Source("a\nb\nc", "one.yaml"), Source("a\nb\nc", "two.yaml")
    places = [Span(two, 2, 3), Span(one, 4, 5), None, Span(two, 0, 1), Span(one, 0, 1)]
    found = [Diagnostic("E204", Severity.ERROR, str(index), place) for index, place in enumerate(places)]
    assert [each.message for each in in_order(found)] == ["2", "3", "0", "4", "1"]


def test_data_has_the_place_from_its_start_to_its_end() -> None:
    text = "a: 1\nb: wrong\n"
    source = Source(text, "policy.yaml")
    found = error(text, "wrong", label="a label", related=((Span(source, 0, 1), "here"),))
    assert structure_from_diagnostics([found, Diagnostic("E101", Severity.WARNING, "m")]) == [
        {
            "code": "E204",
            "rule": None,
            "severity": "error",
            "message": "a message",
            "place": {"file": "policy.yaml", "line": 2, "column": 4, "end_line": 2, "end_column": 9},
            "label": "a label",
            "help": "",
            "related": [
                {
                    "place": {"file": "policy.yaml", "line": 1, "column": 1, "end_line": 1, "end_column": 2},
                    "label": "here",
                }
            ],
            "edits": [],
        },
        {
            "code": "E101",
            "rule": None,
            "severity": "warning",
            "message": "m",
            "place": None,
            "label": "",
            "help": "",
            "related": [],
            "edits": [],
        },
    ]


def test_a_rule_of_lint_is_named_beside_the_code() -> None:
    edit = Edit(Span(Source("ab", "x"), 1, 1), "(")
    found = Diagnostic("W701", Severity.WARNING, "m", rule="unused-fact", edits=(edit,))
    assert text_from_diagnostics([found]) == "warning[W701 unused-fact]: m\n"
    (data,) = structure_from_diagnostics([found])
    assert isinstance(data, dict)
    place = {"file": "x", "line": 1, "column": 2, "end_line": 1, "end_column": 2}
    assert (data["rule"], data["edits"]) == ("unused-fact", [{"place": place, "text": "("}])
