"""`besponsa-pa test --coverage` beyond what its transcript shows: the files, and how much is enough."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from commands import run

from besponsa_pa.cli.exit_codes import ExitCode

POLICIES = Path(__file__).parent / "policies"
COVERED = str(POLICIES / "covered")


@pytest.mark.parametrize(
    ("least", "code"),
    [
        ("76.9", ExitCode.OK),
        ("76.923076923076923076923", ExitCode.OK),
        ("76.923076923076923076924", ExitCode.FILE_IS_WRONG),
        ("77", ExitCode.FILE_IS_WRONG),
        ("77%", ExitCode.FILE_IS_WRONG),
        ("100", ExitCode.FILE_IS_WRONG),
        ("0", ExitCode.OK),
        ("  50 % ", ExitCode.OK),
    ],
)
def test_the_least_that_must_be_reached_is_taken_exactly(least: str, code: ExitCode) -> None:
    """20 of 26 is 76.923076..., which no number of digits says."""
    ran = run("test", COVERED, "--fail-under", least)
    assert ran.code == code
    assert ("too little of covered is reached" in ran.out) == (code != ExitCode.OK)


@pytest.mark.parametrize("least", ["-1", "101", "100.01", "much", "", "nan", "1e1", "\u0665\u0660", "50 50"])
def test_what_is_no_percentage_is_refused(least: str) -> None:
    ran = run("test", COVERED, "--fail-under", least)
    assert ran.code == ExitCode.USAGE
    assert f"`{least}` is no number from 0 to 100" in ran.err


def test_each_policy_must_reach_enough_for_one_may_hide_another() -> None:
    ran = run("test", COVERED, str(POLICIES / "sample"), "--fail-under", "70")
    assert ran.code == ExitCode.FILE_IS_WRONG
    assert "too little of sample is reached" in ran.out
    assert "too little of covered is reached" not in ran.out


def test_without_options_nothing_is_told_of_coverage() -> None:
    assert run("test", COVERED).out == "8 passed, 0 failed\n"


def test_the_files_are_written_without_a_word(tmp_path: Path) -> None:
    data, page = tmp_path / "coverage.json", tmp_path / "coverage.html"
    ran = run("test", COVERED, "--coverage-json", data, "--coverage-html", page)
    assert (ran.code, ran.out, ran.err) == (ExitCode.OK, "8 passed, 0 failed\n", "")
    (policy,) = json.loads(data.read_text("utf-8"))["policies"]
    assert (policy["policy"]["id"], policy["reached"], policy["missing"], policy["unreachable"]) == (
        "covered",
        20,
        6,
        2,
    )
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert b"\r" not in data.read_bytes() + page.read_bytes()


@pytest.mark.parametrize("option", ["--coverage-json", "--coverage-html"])
def test_a_file_that_cannot_be_written_is_named(option: str, tmp_path: Path) -> None:
    ran = run("test", COVERED, option, tmp_path / "missing" / "file")
    assert ran.code == ExitCode.USAGE
    assert f"`{option}`" in ran.err
    assert "cannot be written: no such file or directory" in ran.err


def test_only_the_selected_tests_count() -> None:
    everything, one = run("test", COVERED, "--coverage"), run("test", COVERED, "--coverage", "-k", "child")
    assert "20 of 26 reached" in everything.out
    assert "child" not in one.out
    assert "20 of 26 reached" not in one.out


def copied(tmp_path: Path, *lines: str) -> Path:
    """The policy with other tests."""
    folder = tmp_path / "covered"
    shutil.copytree(COVERED, folder)
    (folder / "tests.yaml").write_text("\n".join(("policy: covered", *lines)) + "\n", "utf-8")
    return folder


def test_tests_that_are_all_refused_reach_nothing(tmp_path: Path) -> None:
    folder = copied(tmp_path, "tests:", "  - {name: no age, case: {patient: {age: old}}, expect: error}")
    ran = run("test", folder, "--coverage", "--fail-under", "1")
    assert ran.code == ExitCode.FILE_IS_WRONG
    assert "0 of 28 reached (0.0 %)" in ran.out
    assert "no test reaches anything; `besponsa-pa suggest` writes tests" in ran.out


def test_a_policy_without_tests_reaches_nothing_where_it_is_not_named(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "tests.yaml").unlink()
    by_name = run("test", folder, "--coverage")
    assert by_name.code == ExitCode.FILE_IS_WRONG
    assert "E606" in by_name.out
    among_all = run("test", "--policies", tmp_path, "--fail-under", "1")
    assert among_all.code == ExitCode.FILE_IS_WRONG
    assert "too little of covered is reached: 0 of 28 reached (0.0 %); wanted 1 %" in among_all.out


def test_a_test_that_fails_still_reaches_what_it_reaches(tmp_path: Path) -> None:
    case = "{request: {date: 2026-06-30, kind: first}, patient: {age: 40}, disease: {stage: 3, pregnant: false}}"
    folder = copied(tmp_path, "tests:", f"  - {{name: an adult, case: {case}, expect: deny}}")
    ran = run("test", folder, "--coverage")
    assert ran.code == ExitCode.FILE_IS_WRONG
    assert "FAILED  an adult" in ran.out
    assert "coverage of covered 1: " in ran.out


def test_a_policy_that_is_wrong_has_no_coverage(tmp_path: Path) -> None:
    page = tmp_path / "coverage.html"
    ran = run("test", POLICIES / "broken", "--coverage", "--coverage-html", page, "--fail-under", "100")
    assert ran.code == ExitCode.FILE_IS_WRONG
    assert "coverage of" not in ran.out
    assert "no policy" in page.read_text("utf-8")


def test_colours_are_for_terminals_alone() -> None:
    assert "\x1b[" not in run("test", COVERED, "--coverage").out
    assert "\x1b[" in run("test", COVERED, "--coverage", out_is_terminal=True).out
    assert "\x1b[" not in run("test", COVERED, "--coverage", out_is_terminal=True, NO_COLOR="1").out
