"""Results of tests as JUnit XML, which servers that run tests know how to show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

# what no XML can hold, not even written as a number
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a test did not pass: in a line and in full. An error is not of the test, but of the files that it needs."""

    message: str
    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class ReportedTest:
    """One test by its name, where it stands, and its problem; None when it passed."""

    name: str
    file: str
    line: int | None
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests of one policy, by its name."""

    name: str
    tests: tuple[ReportedTest, ...]


def junit_text(suites: Sequence[Suite]) -> str:
    """The results as an XML document. No time and no machine is told, so the same results give the same bytes."""
    root = Element("testsuites", _counts(test for suite in suites for test in suite.tests))
    for suite in suites:
        element = SubElement(root, "testsuite", {"name": _allowed(suite.name), **_counts(suite.tests)})
        for test in suite.tests:
            _add_test(element, suite, test)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _counts(tests: Iterable[ReportedTest]) -> dict[str, str]:
    problems = [test.problem for test in tests]
    errors = sum(problem is not None and problem.is_error for problem in problems)
    failures = sum(problem is not None for problem in problems) - errors
    return {"tests": str(len(problems)), "failures": str(failures), "errors": str(errors)}


def _add_test(suite: Element, of: Suite, test: ReportedTest) -> None:
    attributes = {"classname": of.name, "name": test.name, "file": test.file}
    if test.line is not None:
        attributes["line"] = str(test.line)
    element = SubElement(suite, "testcase", {name: _allowed(text) for name, text in attributes.items()})
    if test.problem is not None:
        kind = "error" if test.problem.is_error else "failure"
        SubElement(element, kind, {"message": _allowed(test.problem.message)}).text = _allowed(test.problem.text)


def _allowed(text: str) -> str:
    """The text with every character that XML cannot hold written out."""
    return _FORBIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
