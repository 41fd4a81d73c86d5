"""`check` with `--strict`, `--fix` and `--codes`, where a transcript cannot show it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import run

from besponsa_pa.cli import mending
from besponsa_pa.policy.lint import code_lists

POLICY = """\
policy: example
title: An example
version: 1
references: {label: {title: Package insert}}
facts:
  a: {type: Boolean, ask: Is it so}
  b: {type: Boolean, ask: Is it so}
pathways:
  only: {require: [{id: x, title: X, check: a or b and a, cite: [label]}]}
"""
MENDED = POLICY.replace("a or b and a", "a or (b and a)")
SHARED = "definitions:\n  either: a or b and a  # a remark\n"


def written(folder: Path, text: str = POLICY) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.yaml").write_bytes(text.encode())
    return folder / "policy.yaml"


# --- strict ---


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 1)])
def test_a_warning_fails_only_when_that_is_asked_for(options: tuple[str, ...], code: int, tmp_path: Path) -> None:
    assert run("check", written(tmp_path), *options).code == code


def test_a_remark_and_an_accepted_warning_do_not_fail(tmp_path: Path) -> None:
    accept = "accept: [{rule: mixed-and-or, of: x, reason: As in the source}]\n"
    ran = run("check", written(tmp_path, POLICY.replace("check: a or", "check: a is true or") + accept), "--strict")
    assert (ran.code, ran.out.splitlines()[-1].partition(": ")[2]) == (
        0,
        "no errors, no warnings, 1 remark, 1 accepted",
    )


# --- fix ---


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (POLICY, MENDED),
        (POLICY.replace("\n", "\r\n"), MENDED.replace("\n", "\r\n")),
        ("\ufeff" + POLICY, "\ufeff" + MENDED),
        (MENDED, MENDED),
    ],
    ids=["plain", "line ends of Windows", "a byte order mark", "nothing to mend"],
)
def test_a_mend_leaves_everything_else_in_the_file_as_it_is(before: str, after: str, tmp_path: Path) -> None:
    place = written(tmp_path, before)
    ran = run("check", place, "--fix", "--strict")
    assert place.read_bytes().decode() == after
    assert ran.code == 0
    assert ("mended 1 place (mixed-and-or; line 9)" in ran.out) is (before != after)


def test_nothing_is_written_without_the_option_nor_where_there_is_an_error(tmp_path: Path) -> None:
    wrong = POLICY.replace("[label]", "[lable]")
    run("check", written(tmp_path / "first"))
    run("check", written(tmp_path / "second", wrong), "--fix")
    assert (tmp_path / "first" / "policy.yaml").read_text("utf-8") == POLICY
    assert (tmp_path / "second" / "policy.yaml").read_text("utf-8") == wrong


def test_a_shared_file_is_mended_with_the_folder_it_is_in_and_not_with_a_policy_that_imports_it(tmp_path: Path) -> None:
    text = MENDED.replace("facts:", "imports: [shared.yaml]\nfacts:").replace("(b and a)", "either")
    place, shared = written(tmp_path / "drug", text), tmp_path / "shared.yaml"
    shared.write_text(SHARED, "utf-8")
    assert "mended 1" not in run("check", place, "--fix").out
    assert shared.read_text("utf-8") == SHARED
    assert "shared.yaml: mended 1 place" in run("check", tmp_path, "--fix").out
    assert shared.read_text("utf-8") == SHARED.replace("b and a", "(b and a)")


def test_a_mend_that_changes_what_a_policy_means_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mending, "mended", lambda text, _: text.replace("a or b", "a and b"))
    place = written(tmp_path)
    assert "not mended, for it would not mean the same" in run("check", place, "--fix").out
    assert place.read_text("utf-8") == POLICY


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    place = written(tmp_path)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    ran = run("check", place, "--fix")
    assert (ran.code, "not mended: permission denied" in ran.out) == (0, True)


def test_with_data_on_standard_output_the_mends_are_told_beside_it(tmp_path: Path) -> None:
    ran = run("check", written(tmp_path), "--fix", "--format", "json")
    assert json.loads(ran.out)[0]["warnings"] == 0
    assert "mended 1 place" in ran.err


def test_data_names_the_rule_and_what_mends(tmp_path: Path) -> None:
    (found,) = json.loads(run("check", written(tmp_path), "--format", "json").out)[0]["diagnostics"]
    assert (found["code"], found["rule"], [each["text"] for each in found["edits"]]) == (
        "W710",
        "mixed-and-or",
        ["(", ")"],
    )


# --- codes ---

CODES = POLICY.replace("check: a or b and a", "check: 'c in s or a or b'").replace(
    "facts:",
    "value_sets: {s: {system: ICD-10-CM, codes: [C91.00, C91.0, C91.99]}}\n"
    "facts:\n  c: {type: Code, system: ICD-10-CM, ask: Which}",
)


def test_codes_are_looked_up_when_asked_and_the_release_is_named(tmp_path: Path) -> None:
    place = written(tmp_path, CODES)
    assert "C91" not in run("check", place).out
    ran = run("check", place, "--codes", "--strict")
    assert ran.code == 1
    assert "[W712 unknown-code]: ICD-10-CM has no code `C91.99`" in ran.out
    assert "[I713 category-code]: `C91.0` is a category" in ran.out
    assert "codes looked up in ICD-10-CM " in ran.out.splitlines()[-1]
    assert "(simple-icd-10-cm " in ran.out.splitlines()[-1]


def test_without_the_library_the_way_to_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_lists, "icd_10_cm", lambda: None)
    ran = run("check", written(tmp_path), "--codes")
    assert (ran.code, "pip install 'besponsa_pa[codes]'" in ran.err) == (2, True)


@pytest.mark.parametrize(("code", "exists"), [("C91.00", True), ("C9100", False), ("C81-C96", False), ("2", False)])
def test_only_whole_codes_written_with_their_point_exist(code: str, exists: bool) -> None:
    codes = code_lists.icd_10_cm()
    assert codes is not None
    assert codes.exists(code) is exists


def test_a_category_knows_the_codes_below_it() -> None:
    codes = code_lists.icd_10_cm()
    assert codes is not None
    assert codes.codes_below("C91.0") == ("C91.00", "C91.01", "C91.02")
    assert codes.codes_below("C91.00") == ()
