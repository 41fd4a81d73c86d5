"""HL7's tests for CQL: each passes, or is in the list of gaps with its reason (`refused.yaml`).

They are read from the folder that the environment variable `CQL_TESTS` names. `UPDATE=1` writes the results to
`docs/conformance.md`.
"""

from __future__ import annotations

import os
from functools import cache

import pytest
from gap_list import Entry, gap_list
from hl7 import ABSENT, Ending, Reached, Stage, SuiteTest, ending, policy_shaped, reached, suite
from results_page import PAGE, results_page

GAPS = gap_list()
SUITE, POLICY_SHAPED = suite(), policy_shaped()

pytestmark = pytest.mark.skipif(not SUITE, reason=ABSENT)


@cache
def outcome(test: SuiteTest) -> tuple[Ending, Reached]:
    return ending(test)


@pytest.mark.parametrize("test", SUITE, ids=str)
def test_a_test_of_hl7_ends_as_the_list_of_gaps_says(test: SuiteTest) -> None:
    found, how_far = outcome(test)
    assert found is GAPS.expected(test), f"`{test.expression}` {how_far}; wanted {test.expected or test.invalid}"


@pytest.mark.parametrize("test", POLICY_SHAPED, ids=str)
def test_an_expression_such_as_policies_have_gives_what_other_engines_give(test: SuiteTest) -> None:
    found, how_far = outcome(test)
    assert found is Ending.PASSED, f"`{test.expression}` {how_far}; wanted {test.expected}"


def test_every_result_that_a_test_wants_can_be_read() -> None:
    # a result that could not be read would never be the one that is found, nor ever be missed
    tests = [test for test in SUITE if not test.invalid and GAPS.expected(test) is Ending.PASSED]
    unread = [str(test) for test in tests if any(reached(text).stage is not Stage.VALUE for text in test.expected)]
    assert unread == []


COUNTED = [entry for entry in GAPS.entries if entry.count is not None]


@pytest.mark.skipif(len(SUITE) != GAPS.tests, reason="the list of gaps counts the tests of another copy of the suite")
@pytest.mark.parametrize("entry", COUNTED, ids=lambda entry: entry.construct)
def test_an_entry_of_the_list_of_gaps_counts_its_tests(entry: Entry) -> None:
    assert len(entry.covered(SUITE)) == entry.count


@pytest.mark.parametrize("entry", GAPS.of(None), ids=lambda entry: entry.construct)
def test_what_is_disputed_passes(entry: Entry) -> None:
    assert [str(test) for test in entry.covered(SUITE) if outcome(test)[0] is not Ending.PASSED] == []


def test_what_is_refused_is_refused_when_it_is_loaded() -> None:
    refused = [how_far for found, how_far in map(outcome, SUITE) if found is Ending.REFUSED]
    assert {how_far.stage for how_far in refused} <= {Stage.SYNTAX, Stage.TYPE}
    assert all(how_far.message for how_far in refused)


@pytest.mark.skipif(len(SUITE) != GAPS.tests, reason="the page tells of another copy of the suite")
def test_the_results_are_told() -> None:
    endings = {test: outcome(test)[0] for test in SUITE}
    page = results_page(endings, [outcome(test)[0] for test in POLICY_SHAPED], GAPS)
    if os.environ.get("UPDATE"):
        PAGE.write_text(page, "utf-8")
    assert page == PAGE.read_text("utf-8")
