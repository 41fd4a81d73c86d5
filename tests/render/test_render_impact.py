"""The impact of a policy as text, as data and as a page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from impacts import AGE, FULL, HOSTILE, MARKUP, NOTHING, SAME

from besponsa_pa.render.impact_page import page_from_impact
from besponsa_pa.render.impact_structure import structure_from_impact
from besponsa_pa.render.impact_style import STYLE
from besponsa_pa.render.impact_text import text_from_impact
from besponsa_pa.render.impacted import details, side_words
from besponsa_pa.render.structure import json_text

TEXT = """\
2,000 cases, 7 of them rejected by both policies
  old  invented 1, sha256:00, old/policy.yaml
  new  invented 2, sha256:11, new/policy.yaml

93 of 2,000 get another decision, 4.6 %; 1,907 keep theirs, 60 of them otherwise than before

Decisions
                            old    new
  approved                  981    900
  denied                  1,000  1,080
  pended for information      0     13
  rejected                   19      7

Changes
  was       is now                  cases  share
  approved  denied                     80  4.0 %
  rejected  pended for information     12  0.6 %
  approved  pended for information      1  0.1 %

The same decision, but
                                cases
  approved, with another grant     40
  approved, on other criteria      30
  denied, for other reasons         2

By criterion (in brackets those with another decision)
    newly  no longer
  80 (80)          0  age (denies)  The patient is an adult
    1 (1)          0  ready (asks for information, only in the new policy)  The patient is ready
        0  1,234 (0)  dose (asks a clinician, only in the old policy)  The dose is usual

Facts asked for (in brackets those with another decision)
  newly  no longer
  1 (1)          0  ready  Is the patient ready?

Examples: approved, now denied
  A-1  cases.ndjson:7
    old  approved: grants quantity.cycles 6, until 2026-12
    new  denied: age
    age: The patient is an adult
      old        met. age is 18, wanted at least 18
      new        not met. age is 18, wanted at least 19
      old given  none
      new given  true
      old check  age >= 18
      new check  age >= 19

Examples: rejected, now pended for information
  no case id  cases.ndjson:8
    old  rejected: no fact is called `weight`
    new  pended for information: ready; asks for ready, age

Examples: approved, otherwise than before
  A-2  cases.ndjson:7
    old  approved: grants quantity.cycles 6, until 2026-12
    new  approved: grants quantity.cycles 4
"""


class Page(HTMLParser):
    """A page taken apart; what is not closed, or closed twice, is an error."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.texts[tag][-1] += data

    def values(self, name: str) -> list[str]:
        return [value or "" for _, attributes in self.tags for key, value in attributes.items() if key == name]


# --- for a person at a terminal ---


def test_the_text_tells_what_changes_by_what_and_for_whom() -> None:
    assert text_from_impact(FULL, 100) == TEXT


def test_where_nothing_changes_the_text_says_so_and_has_no_empty_table() -> None:
    text = text_from_impact(SAME, 100)
    assert "\nNo decision changes\n" in text
    assert [each for each in ("Changes", "By criterion", "Facts", "Examples", "same") if each in text] == []


def test_without_cases_the_text_says_so() -> None:
    assert text_from_impact(NOTHING, 100).startswith("0 cases\n")


@pytest.mark.parametrize("width", [60, 80, 110])
def test_nothing_of_a_file_steers_the_terminal_at_any_width(width: int) -> None:
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text_from_impact(HOSTILE, width))


def test_many_criteria_are_cut_with_their_number() -> None:
    many = replace(FULL, criteria=FULL.criteria * 5)
    assert "  and 5 more\n" in text_from_impact(many, 100)
    assert len(structure_from_impact(many)["criteria"]) == 15  # type: ignore[arg-type]


def test_a_criterion_found_the_same_by_both_is_told_once() -> None:
    assert list(details(replace(AGE, new=AGE.old))) == [("both", "met. age is 18, wanted at least 18")]


def test_an_approval_says_its_grant_and_not_what_it_is_based_on() -> None:
    assert side_words(FULL.examples[0].old) == "approved: grants quantity.cycles 6, until 2026-12"


# --- for programs ---


def test_the_data_has_the_counts_of_the_text() -> None:
    data = json.loads(json_text(structure_from_impact(FULL)))
    assert (data["rows"], data["changed"]) == (2000, 93)
    assert sum(each["cases"] for each in data["changes"]) == data["changed"]
    assert sum(each["old"] for each in data["decisions"]) == sum(each["new"] for each in data["decisions"]) == 2000
    assert data["same_decision"]["cases"] == 1907
    assert data["examples"][0]["old"]["grant"] == {"quantity": {"cycles": 6}, "until": "2026-12"}
    assert data["examples"][1]["case"] is None


def test_every_key_is_there_although_nothing_changes() -> None:
    assert structure_from_impact(NOTHING).keys() == structure_from_impact(FULL).keys()


# --- the page ---


@pytest.fixture(name="page", params=[FULL, NOTHING, SAME, HOSTILE], ids=["full", "nothing", "same", "hostile"])
def _page(request: pytest.FixtureRequest) -> Page:
    return Page(page_from_impact(request.param))


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(page: Page) -> None:
    names = {name for name, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "input"}
    assert page.values("src") == page.values("href") == []
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    assert not re.search(r"url\(|@import|expression\(", STYLE)


def test_the_page_has_a_language_landmarks_and_headings_in_order(page: Page) -> None:
    names = [name for name, _ in page.tags]
    assert dict(page.tags[0][1]) == {"lang": "en"}
    assert [names.count(each) for each in ("title", "header", "main", "h1")] == [1, 1, 1, 1]
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_each_table_has_a_caption_and_heads_that_say_what_they_head(page: Page) -> None:
    names = [name for name, _ in page.tags]
    assert names.count("table") == names.count("caption")
    assert {each.get("scope") for name, each in page.tags if name == "th"} <= {"col", "row"}


def test_no_place_has_two_sections(page: Page) -> None:
    places = page.values("id")
    assert len(places) == len(set(places))
    assert set(page.values("aria-labelledby")) <= set(places)


def test_what_a_file_says_is_text_in_the_page() -> None:
    source = page_from_impact(HOSTILE)
    assert "<script" not in source
    assert "\x1b" not in source
    assert MARKUP.split("\x1b", maxsplit=1)[0].split("`")[0] in unescape(source)


def test_every_figure_of_the_chart_stands_in_words_beside_it() -> None:
    (first, *_) = [each for each in Page(page_from_impact(FULL)).texts["li"] if each.startswith("approved")]
    assert first == "approved, 981: 900 stay; now 80 denied, 1 pended for information"


def test_bars_are_as_long_as_their_shares() -> None:
    flexes = re.findall(r"flex: (\d+) 0 0", page_from_impact(FULL))
    assert flexes[:3] == ["900", "80", "1"]


def test_the_page_is_dark_where_the_reader_wants_it_and_fits_a_narrow_screen() -> None:
    assert "prefers-color-scheme: dark" in STYLE
    assert "max-width: 40rem" in STYLE
    assert not re.search(r"(?<!max-)(?<!min-)width: \d{3,}px", STYLE)
