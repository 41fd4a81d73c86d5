"""Coverage as a page: safe, readable, usable with the keyboard, and the same bytes each time."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from coverages import EMPTY, HOSTILE, LINES, LONG, MIXED, item, policy

from besponsa_pa.render.coverage_page import _ranges, page_from_coverage
from besponsa_pa.render.coverage_style import STYLE
from besponsa_pa.render.covered import CoveredPolicy
from besponsa_pa.render.hypertext import phrase, text

VOID = {"meta"}


@dataclass
class Page(HTMLParser):
    """A page taken apart; what is not closed, or closed twice, is an error."""

    source: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    _open: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), attrs
        self.tags.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        if tag not in VOID:
            self._open.append((tag, len(self.texts[tag]) - 1))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for tag, at in self._open:
            self.texts[tag][at] += data

    def values(self, name: str) -> list[str]:
        """The values of an attribute, wherever it stands."""
        return [value or "" for _, attributes in self.tags for key, value in attributes.items() if key == name]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(page_from_coverage([MIXED]))


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(page: Page) -> None:
    names = {name for name, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "input", "svg"}
    assert all(value.startswith("#") for value in page.values("href"))
    assert page.values("src") == []
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    assert not re.search(r"url\(|@import|expression\(", STYLE)


def test_the_page_has_a_language_a_title_landmarks_and_headings_in_order(page: Page) -> None:
    names = [name for name, _ in page.tags]
    assert dict(page.tags[0][1]) == {"lang": "en"}
    assert page.texts["title"] == ["Test coverage of invented 1"]
    assert [names.count(each) for each in ("header", "nav", "main", "h1")] == [1, 1, 1, 1]
    assert {each["aria-label"] for name, each in page.tags if name == "nav"} == {"Contents"}
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.texts["h1"] == ["Test coverage: Invented & co"]


def test_each_table_has_a_caption_and_headings_that_say_what_they_head(page: Page) -> None:
    names = [name for name, _ in page.tags]
    assert names.count("table") == names.count("caption") > 0
    assert {each.get("scope") for name, each in page.tags if name == "th"} == {"col", "row"}


def test_every_link_leads_to_a_place_and_no_place_has_two(page: Page) -> None:
    places = page.values("id")
    assert len(places) == len(set(places))
    assert {value[1:] for value in page.values("href")} <= set(places)
    assert set(page.values("aria-labelledby")) <= set(places)


def test_what_can_be_opened_is_reached_with_the_keyboard(page: Page) -> None:
    names = [name for name, _ in page.tags]
    assert names.count("details") == names.count("summary") > 0
    assert page.values("tabindex") == []


def test_every_line_is_numbered_and_marked_in_words(page: Page) -> None:
    assert [text for text in page.texts["code"] if text in LINES[:4]] == list(LINES[:4])
    marks = [each for each in page.texts["span"] if re.fullmatch(r"\d+ reached|\d+ of \d+ missing|unreachable", each)]
    assert marks == [
        "1 of 3 missing", "unreachable", "2 reached", "unreachable", "1 of 2 missing", "1 reached", "1 of 2 missing",
        "1 reached", "1 reached",
    ]  # fmt: skip
    numbers = [value for value in page.values("id") if re.fullmatch(r"p1-f1-\d+", value)]
    assert numbers == [f"p1-f1-{number}" for number in range(1, len(LINES) + 1)]


def test_of_an_imported_file_what_the_policy_does_not_use_is_folded_up(page: Page) -> None:
    folded = [each for each in page.texts["summary"] if each.startswith("lines")]
    assert folded == ["lines 1 to 17", "lines 25 to 41"]
    numbers = [value for value in page.values("id") if re.fullmatch(r"p1-f2-\d+", value)]
    assert numbers == [f"p1-f2-{number}" for number in range(1, 42)]


def test_each_item_is_told_with_the_tests_that_reach_it(page: Page) -> None:
    said = " ".join(page.texts["li"])
    assert "adult is reachedone; two" in said
    assert "age >= 18 is reached4 tests: 1 to 4" in said
    assert "nothing applies is reachedevery request is one of two" in said


def test_hostile_names_are_text_and_nothing_else(page: Page) -> None:
    source = page_from_coverage([replace(MIXED, title=HOSTILE, id=HOSTILE, version=HOSTILE)])
    assert {name for name, _ in Page(source).tags} == {name for name, _ in page.tags}
    assert "alert(2)" in unescape(source)
    assert "<script" not in source
    assert "<img" not in source
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", source)


def test_text_is_escaped_and_code_between_backticks_marked() -> None:
    assert text("<b>\"'&") == "&lt;b&gt;&quot;&#x27;&amp;"
    assert phrase("`a < b` decides") == "<code>a &lt; b</code> decides"
    assert phrase("one ` only") == "one ` only"


def test_a_page_of_two_policies_tells_them_apart() -> None:
    found = Page(page_from_coverage([MIXED, replace(MIXED, id="other", title="Another")]))
    assert found.texts["h1"] == ["Test coverage: 2 policies"]
    assert {"Invented & co", "Another"} <= set(found.texts["h2"])
    assert len(found.values("id")) == len(set(found.values("id")))


@pytest.mark.parametrize("covered", [(), (EMPTY,), (policy(tests=()),), (policy(item(3, "missed"), tests=()),)])
def test_a_page_about_nothing_is_a_page(covered: tuple[CoveredPolicy, ...]) -> None:
    assert Page(page_from_coverage(covered)).texts["h1"]


def test_numbers_in_a_row_are_told_as_a_range() -> None:
    assert _ranges([1]) == "1"
    assert _ranges([1, 2, 3, 5, 8, 9]) == "1 to 3, 5, 8 to 9"


# --- colours ---


def schemes() -> Iterator[tuple[str, dict[str, str]]]:
    """The colours by their names: of the light scheme, of the dark one, and on paper."""
    found = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    light, *others = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", each)) for each in found]
    for name, own in zip(("light", "dark", "print"), (light, *others), strict=True):
        assert set(own) == set(light)
        yield name, own


def pairs() -> list[tuple[str, str]]:
    """The colour of a text and that behind it, rule by rule."""
    found = []
    for rule in re.findall(r"\{([^{}]*)\}", STYLE):
        colours = dict(re.findall(r"(?:^|[;\s])(color|background-color): var\(--([a-z-]+)\)", rule))
        if "color" in colours:
            assert "background-color" in colours, rule
            found.append((colours["color"], colours["background-color"]))
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", list(schemes()), ids=lambda scheme: scheme[0])
def test_every_text_has_a_contrast_of_at_least_4_5_to_what_is_behind_it(scheme: tuple[str, dict[str, str]]) -> None:
    _, colours = scheme
    assert len(pairs()) >= 8
    ratios = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs()}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", list(schemes()), ids=lambda scheme: scheme[0])
def test_frames_bars_and_the_focus_stand_out_from_the_page(scheme: tuple[str, dict[str, str]]) -> None:
    _, colours = scheme
    drawn = ("rule", "link", "reached-ink", "missing-ink", "unreachable-ink")
    assert {name: contrast(colours[name], colours["paper"]) for name in drawn if
            contrast(colours[name], colours["paper"]) < 3} == {}  # fmt: skip


def test_no_colour_is_written_outside_of_the_schemes() -> None:
    rules = re.sub(r":root \{.*?\}", "", STYLE, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", rules) == []


# --- the same bytes ---


def test_the_same_bytes_come_out_of_every_run(tmp_path: Path) -> None:
    """Python orders its sets anew in each run, unless it is told how."""
    root = Path(__file__).parent.parent.parent
    written = set()
    for seed in ("1", "2"):
        files = [tmp_path / f"{seed}.html", tmp_path / f"{seed}.json"]
        command = [sys.executable, "-m", "besponsa_pa", "test", "tests/cli/policies/covered", "--coverage",
                   "--coverage-html", str(files[0]), "--coverage-json", str(files[1])]  # fmt: skip
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True)
        written.add((ran.stdout, *(file.read_bytes() for file in files)))
    assert len(written) == 1


# --- in a browser ---

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
MEASURE = """
<script>
  frame = document.querySelector("iframe");
  frame.onload = () => {
    const page = frame.contentDocument;
    for (const each of page.querySelectorAll("details")) each.open = OPEN;
    const root = page.documentElement;
    const wide = [...page.body.querySelectorAll("*:not(.hidden, .skip)")]
      .filter((each) => each.getBoundingClientRect().right > root.clientWidth + 1);
    document.title = JSON.stringify({scroll: root.scrollWidth, client: root.clientWidth,
      wide: wide.map((each) => each.outerHTML.slice(0, 80))});
  };
  frame.srcdoc = document.querySelector("template").innerHTML;
</script>
"""


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize("is_open", [False, True], ids=["folded", "open"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_does_not_scroll_sideways_in_a_browser(width: int, is_open: bool, tmp_path: Path) -> None:
    """In a frame of that width, for a window of Chromium is never narrower than 500 pixels."""
    source = page_from_coverage([replace(MIXED, title=f"{MIXED.title} {LONG}")])
    script = MEASURE.replace("OPEN", str(is_open).lower())
    script = script.replace('document.querySelector("template").innerHTML', json.dumps(source).replace("</", "<\\/"))
    outer = tmp_path / "outer.html"
    outer.write_text(f'<!doctype html><meta charset="utf-8"><title></title><body><iframe width="{width}" height="900" '
                     f'style="border: 0"></iframe>{script}', "utf-8")  # fmt: skip
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        "--virtual-time-budget=10000",
        f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1400,1000", "--dump-dom", outer.as_uri(),
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, check=True, timeout=120)
    title = re.search(r"<title>(.*?)</title>", ran.stdout.decode("utf-8"), re.DOTALL)
    assert title is not None
    measured = json.loads(unescape(title[1]))
    assert measured == {"scroll": width, "client": width, "wide": []}
