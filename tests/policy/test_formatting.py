"""Laying files out: what a file looks like afterwards, and which are left alone and why."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.policy.formatting import formatted, seems_ours
from besponsa_pa.source import Source

ROWS: list[dict[str, str]] = yaml.safe_load((Path(__file__).parent / "formatting.yaml").read_text("utf-8"))


def run(text: str) -> tuple[str | None, list[str]]:
    diagnostics = Diagnostics()
    result = formatted(Source(text, "file.yaml"), diagnostics)
    return result, [f"{each.code}: {each.message}" for each in diagnostics]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_file_is_laid_out(row: dict[str, str]) -> None:
    result, told = run(row["before"])
    assert (result, told) == (row.get("after", row["before"]), [])
    assert run(result or "")[0] == result


# --- line ends ---


def test_the_line_ends_of_windows_stay() -> None:
    result, _ = run("policy: sample   # a\r\nversion: 1\r\ntitle: T\r\n")
    assert result == "policy: sample  # a\r\ntitle: T\r\nversion: 1\r\n"


def test_lines_that_end_in_two_ways_end_like_the_first() -> None:
    assert run("policy: sample\nversion: 1\r\n# c\r\n")[0] == "policy: sample\nversion: 1\n# c\n"


def test_a_file_without_a_last_line_end_gets_one() -> None:
    assert run("policy: sample\nversion: 1 # c")[0] == "policy: sample\nversion: 1  # c\n"


# --- what is left alone ---

LEFT_ALONE = {
    "a key twice": ("policy: a\npolicy: b\nversion: 1\n", "E123: `policy` occurs twice"),
    "a mark for reuse": ("policy: &a x\ntitle: *a\n", "E120: `&a` (mark for reuse) is not allowed"),
    "a second document": ("policy: a\nversion: 1\n---\npolicy: b\n", "E122: a second document begins here"),
    "a broken expression": ("definitions: {a: 1 +}\n", "E201: the expression ends too early"),
    "no keys": ("- a\n- b\n", "E150: `file.yaml` is no policy, shared file, tests or case"),
    "keys of something else": ("jobs:\n  build: {}\n", "E150: `file.yaml` is no policy, shared file, tests or case"),
    "the schema of something else": (
        "# yaml-language-server: $schema=other.schema.json\npolicy: a\nversion: 1\n",
        "E150: `file.yaml` is no policy, shared file, tests or case",
    ),
    "JSON": ('{"case": "A-1"}\n', "E150: `file.yaml` is in brackets from its first to its last line, as JSON is"),
    "nothing": ("# only a comment\n", "E105: `file.yaml` is empty"),
}


@pytest.mark.parametrize(("text", "told"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_what_cannot_be_formatted_is_left_alone_and_told(text: str, told: str) -> None:
    assert run(text) == (None, [told])


@pytest.mark.parametrize(
    "mistake",
    ["a comment less", "a comment elsewhere", "another text", "a key less", "no YAML"],
)
def test_a_result_that_says_something_else_is_thrown_away(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "policy: sample\n# about the version\nversion: 1.10\ntitle: T\n"
    wrong = {
        "a comment less": "policy: sample\ntitle: T\nversion: 1.10\n",
        "a comment elsewhere": "policy: sample\n# about the version\ntitle: T\nversion: 1.10\n",
        "another text": "policy: sample\ntitle: T\n# about the version\nversion: 1.1\n",
        "a key less": "policy: sample\n# about the version\nversion: 1.10\n",
        "no YAML": "policy: [\n",
    }[mistake]
    monkeypatch.setattr("besponsa_pa.policy.formatting.text_from_arrangement", lambda *_: wrong)
    result, told = run(text)
    assert result is None
    assert told == ["E151: `file.yaml` cannot be formatted without a change of what it says, and is left as it is"]


@pytest.mark.parametrize("wrong", ["x", "b and a", "a and"])
def test_an_expression_that_says_something_else_is_thrown_away(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "besponsa_pa.policy.formatting.text_from_arrangement", lambda *_: f"definitions:\n  one: {wrong}\n"
    )
    assert run("definitions:\n  one: a and b\n")[0] is None


@pytest.mark.parametrize("wrong", ['"x + 1"', "x"])
def test_a_granted_text_does_not_become_an_expression_nor_an_expression_a_text(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = "policy: a\nversion: 1\n\npathways:\n  p:\n    grant:\n      g: "
    written = "x + 1" if wrong.startswith('"') else '"x"'
    assert run(f"{begin}{written}\n") == (f"{begin}{written}\n", [])
    monkeypatch.setattr("besponsa_pa.policy.formatting.text_from_arrangement", lambda *_: f"{begin}{wrong}\n")
    assert run(f"{begin}{written}\n")[0] is None


def test_what_seems_to_be_ours_is_told_from_other_files() -> None:
    assert seems_ours("policy: [\n")
    assert seems_ours("# yaml-language-server: $schema=x/case.schema.json\n[")
    assert not seems_ours("jobs:\n  policy: [\n")
