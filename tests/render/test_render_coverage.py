"""Coverage as text and as data."""

from __future__ import annotations

import json
import re

import pytest
from coverages import EMPTY, MIXED, SHARED, SOURCE, item, policy

from besponsa_pa.policytest.items import Kind
from besponsa_pa.render.coverage_structure import structure_from_coverage
from besponsa_pa.render.coverage_text import lines_from_coverage
from besponsa_pa.render.covered import KINDS, Count, CoveredPolicy, Status
from besponsa_pa.render.layout import display_width
from besponsa_pa.render.structure import json_text

# --- counting ---


@pytest.mark.parametrize(
    ("reached", "missing", "percent"),
    [(0, 0, "100"), (0, 3, "0.0"), (1, 2, "33.3"), (2, 1, "66.6"), (9999, 1, "99.9"), (3, 0, "100"), (1, 999, "0.1")],
)
def test_a_percentage_is_rounded_down_so_that_100_is_everything(reached: int, missing: int, percent: str) -> None:
    assert Count(reached, missing, 5).percent == percent


def test_every_kind_of_item_has_its_words() -> None:
    assert list(KINDS) == sorted(KINDS, key=list(KINDS).index)
    assert set(KINDS) == {kind.value for kind in Kind}


# --- text ---


def shown(covered: CoveredPolicy, width: int = 100, colour: bool = False) -> list[str]:
    return list(lines_from_coverage(covered, width, colour))


def test_text_tells_missing_items_in_full_and_reached_ones_as_a_number() -> None:
    lines = shown(MIXED)
    assert lines[0] == "coverage of invented 1: 5 of 8 reached (62.5 %), 2 unreachable"
    line = next(line for line in lines if "adult and advanced" in line)
    assert line.split() == ["1", "of", "3", "missing", "3", "|", "check:", "adult", "and", "advanced"]
    assert any("missing: `missed` is reached" in line for line in lines)
    assert any("unreachable: `nothing applies` is reached (every request is one of two)" in line for line in lines)
    assert not any("`adult`" in line for line in lines)
    assert [line for line in lines if line.startswith("policies/")] == [SOURCE.name, SHARED.name]


@pytest.mark.parametrize("width", [20, 60, 80, 110, 500])
def test_text_fits_the_terminal(width: int) -> None:
    wide = [line for line in shown(MIXED, width) if display_width(line) > max(60, min(110, width))]
    assert all(max(map(len, line.split())) > 20 for line in wide)  # a long word stays whole: it is a name


def test_text_holds_nothing_that_a_terminal_acts_upon() -> None:
    assert not re.search("[\x00-\x1f\x7f\u202e]", "".join(shown(MIXED)))


def test_marks_are_words_and_colours_only_beside_them() -> None:
    plain, painted = "\n".join(shown(MIXED)), "\n".join(shown(MIXED, colour=True))
    assert re.sub("\x1b\\[[0-9]*m", "", painted) == plain
    assert painted != plain


def test_where_nothing_is_reached_the_lines_are_left_out() -> None:
    lines = shown(policy(item(3, "adult"), item(4, "nothing")))
    assert lines[0] == "coverage of invented 1: 0 of 2 reached (0.0 %)"
    assert lines[-1] == "  no test reaches anything; `besponsa-pa suggest` writes tests"
    assert not any("|" in line for line in lines)


def test_a_policy_without_items_is_wholly_reached() -> None:
    assert shown(EMPTY)[0] == "coverage of invented 1: 0 of 0 reached (100 %)"


def test_statuses_are_in_the_order_of_the_count() -> None:
    assert [each.value for each in Status] == ["reached", "missing", "unreachable"]


# --- data ---


def test_data_hold_every_item_with_its_place_and_its_tests() -> None:
    (found,) = structure_from_coverage([MIXED])["policies"]  # type: ignore[misc]
    assert list(found) == ["policy", "reached", "missing", "unreachable", "percent", "kinds", "items", "tests"]
    assert (found["reached"], found["missing"], found["unreachable"], found["percent"]) == (5, 3, 2, "62.5")
    assert found["items"][0] == {
        "text": "`adult` is reached", "kind": "criterion", "name": "adult", "state": "true", "within": None,
        "file": SOURCE.name, "line": 3, "column": 1, "status": "reached", "reason": None, "tests": ["one", "two"],
    }  # fmt: skip
    assert [each["kind"] for each in found["kinds"]] == ["criterion", "clause", "otherwise"]
    assert found["tests"][0] == {
        "name": "one", "expect": "approve", "file": "policies/invented/tests.yaml", "line": 1,
    }  # fmt: skip
    assert json.loads(json_text(structure_from_coverage([MIXED]))) == structure_from_coverage([MIXED])
