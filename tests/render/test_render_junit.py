"""Results as JUnit XML: any parser reads them, whatever stands in a name."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest

from besponsa_pa.render.junit import Problem, ReportedTest, Suite, junit_text

FAILED = ReportedTest("a child is denied", "one/tests.yaml", 7, Problem("decision: expected deny", "FAILED\n  <&>"))
PASSED = ReportedTest("an adult is approved", "one/tests.yaml", 3, None)
BROKEN = ReportedTest("the files of the policy", "two/policy.yaml", None, Problem("no", "no file", is_error=True))
SUITES = (Suite("one", (PASSED, FAILED)), Suite("two", (BROKEN,)), Suite("three", ()))


def document(*suites: Suite) -> Element:
    return fromstring(junit_text(suites).encode("utf-8"))  # noqa: S314 - what has just been written here


def named(name: str, message: str = "no", text: str = "no") -> Element:
    (suite,) = document(Suite(name, (ReportedTest(name, name, 1, Problem(message, text)),)))
    return suite


def test_each_policy_is_a_suite_and_each_test_a_case() -> None:
    root = document(*SUITES)
    assert root.attrib == {"tests": "3", "failures": "1", "errors": "1"}
    assert [(suite.tag, suite.attrib) for suite in root] == [
        ("testsuite", {"name": "one", "tests": "2", "failures": "1", "errors": "0"}),
        ("testsuite", {"name": "two", "tests": "1", "failures": "0", "errors": "1"}),
        ("testsuite", {"name": "three", "tests": "0", "failures": "0", "errors": "0"}),
    ]
    passed, failed = root[0]
    assert passed.attrib == {"classname": "one", "name": "an adult is approved", "file": "one/tests.yaml", "line": "3"}
    assert list(passed) == []
    assert [(each.tag, each.attrib, each.text) for each in failed] == [
        ("failure", {"message": "decision: expected deny"}, "FAILED\n  <&>")
    ]


def test_what_is_wrong_with_the_files_is_an_error_and_may_have_no_line() -> None:
    (broken,) = document(*SUITES)[1]
    assert "line" not in broken.attrib
    assert [each.tag for each in broken] == ["error"]


def test_no_suite_at_all_is_a_document_too() -> None:
    assert document().attrib == {"tests": "0", "failures": "0", "errors": "0"}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<b> & \"c\" 'd' ]]>", "<b> & \"c\" 'd' ]]>"),
        ("dose ≥ 2 µg \U0001f489", "dose ≥ 2 µg \U0001f489"),
        ("a\x00b\x1bc\x7fd", "a\\u0000b\\u001bc\x7fd"),
        ("half \ud83d of a pair", "half \\ud83d of a pair"),
        ("no character \ufffe", "no character \\ufffe"),
        ("", ""),
    ],
)
def test_odd_characters_leave_the_document_well_formed(text: str, read: str) -> None:
    suite = named(text, text, text)
    (test,) = suite
    assert (suite.attrib["name"], test.attrib["name"], test.attrib["file"]) == (read, read, read)
    assert (test[0].attrib["message"], test[0].text or "") == (read, read)


def test_the_lines_of_a_failure_stay_lines() -> None:
    (test,) = named("one", "a\nb", "  first\n\n  second\n")
    assert test[0].attrib["message"] == "a\nb"
    assert test[0].text == "  first\n\n  second\n"


def test_the_same_results_are_the_same_text() -> None:
    assert junit_text(SUITES) == junit_text(SUITES)
    assert "time" not in junit_text(SUITES)
    assert junit_text(SUITES).startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ')
