"""`besponsa-pa test` beyond what its transcript shows: the file for servers, and running again at every save."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from xml.etree.ElementTree import Element, fromstring

import pytest
from commands import run

from besponsa_pa.api import policy_files
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.test_watching import repeat_on_save

ROOT = Path(__file__).parent.parent.parent
POLICIES = Path("tests") / "cli" / "policies"
SHARED = """\
facts:
  request.date: {type: Date, ask: "When was it asked for?"}
  patient.birth_date: {type: Date, ask: "When was the patient born?"}
definitions:
  age_in_years: years between patient.birth_date and request.date
"""
POLICY = """\
policy: plan
title: A plan
version: 1
imports: [shared.yaml]
references:
  label: {number: 1, title: A label}
criteria:
  age:
    title: The patient is an adult
    check: age_in_years >= 18
    cite: [label]
pathways:
  usual: {require: {all: [age]}}
otherwise: {decision: deny, cite: [label]}
"""
TESTS = """\
policy: plan
base: {request: {date: 2026-06-30}, patient: {birth_date: 2000-01-01}}
tests:
  - {name: an adult is approved, expect: approve}
  - {name: the birthday counts, with: {patient.birth_date: 2008-06-30}, expect: approve}
"""


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    for name, text in {"shared.yaml": SHARED, "policy.yaml": POLICY, "tests.yaml": TESTS}.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


# --- failures ---


def test_of_the_case_only_what_the_differing_criteria_read_is_told(plan: Path) -> None:
    (plan / "tests.yaml").write_text(TESTS.replace("base: {", "base: {case: Jane Doe, "), "utf-8")
    (plan / "policy.yaml").write_text(POLICY.replace(">= 18", ">= 19"), "utf-8")
    ran = run("test", plan, "--junit", plan / "junit.xml")
    assert ran.code == ExitCode.FILE_IS_WRONG
    assert "  not met  age  The patient is an adult" in ran.out
    assert "                age_in_years is 18, wanted at least 19\n" in ran.out
    for told in (ran.out, (plan / "junit.xml").read_text("utf-8")):
        assert "2008-06-30" not in told
        assert "Jane" not in told


def test_a_failure_has_colours_on_a_terminal_and_none_in_the_file(plan: Path) -> None:
    (plan / "policy.yaml").write_text(POLICY.replace(">= 18", ">= 19"), "utf-8")
    ran = run("test", plan, "--junit", plan / "junit.xml", out_is_terminal=True)
    assert "\x1b[31mFAILED\x1b[0m" in ran.out
    assert "u001b" not in (plan / "junit.xml").read_text("utf-8")


# --- the file for servers ---


def junit(path: Path) -> Element:
    return fromstring(path.read_bytes())  # noqa: S314 - what has just been written here


def test_the_file_says_what_the_terminal_says(tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    ran = run("test", POLICIES / "failing", "--junit", file)
    (suite,) = junit(file)
    assert suite.attrib == {"name": "failing", "tests": "4", "failures": "3", "errors": "0"}
    texts = [each.text for each in suite.iter("failure")]
    assert "".join(f"{text}\n\n" for text in texts) + "1 passed, 3 failed\n" == ran.out
    assert [each.attrib["line"] for each in suite] == ["11", "15", "19", "22"]
    assert {each.attrib["file"] for each in suite} == {"tests/cli/policies/failing/tests.yaml"}


def test_the_file_is_the_same_at_every_width_and_time(tmp_path: Path) -> None:
    first, second = tmp_path / "1.xml", tmp_path / "2.xml"
    run("test", POLICIES / "failing", "--junit", first)
    run("test", POLICIES / "failing", "--junit", second, COLUMNS="60")
    assert first.read_bytes() == second.read_bytes()


def test_what_is_wrong_with_a_policy_its_tests_or_an_argument_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    arguments = [
        POLICIES / "broken",
        POLICIES / "misspelt",
        POLICIES / "untested",
        POLICIES / "sample",
        "docs/decisions",
    ]
    assert run("test", *arguments, "nowhere", "--junit", file).code == ExitCode.FILE_IS_WRONG
    root = junit(file)
    found = {suite.attrib["name"]: [each.attrib["message"] for each in suite.iter("error")] for suite in root}
    assert found == {
        "policies": ["there is no `policy.yaml` in or below `docs/decisions`"],
        "tests/cli/policies/broken/policy.yaml": ["`disease.cd22` has no value `postive`"],
        "misspelt": ["these are tests of `mispelt`, and the policy beside them is `misspelt`"],
        "untested": ["there are no tests beside `tests/cli/policies/untested/policy.yaml`"],
        "sample": [],
        "nowhere": ["there is no policy `nowhere`"],
    }
    (error,) = next(suite for suite in root if suite.attrib["name"] == "misspelt").iter("error")
    assert (error.text or "").count("error[") == 9


def test_only_the_chosen_tests_are_in_the_file(tmp_path: Path) -> None:
    run("test", POLICIES / "sample", "-k", "refused", "--junit", tmp_path / "junit.xml")
    assert [each.attrib["name"] for each in junit(tmp_path / "junit.xml").iter("testcase")] == [
        "a birth date after the request is refused"
    ]


def test_odd_characters_in_a_name_leave_the_file_well_formed(plan: Path) -> None:
    odd = '"<an adult> & \\u202e\\uFFFE ≥ 18"'
    (plan / "tests.yaml").write_text(TESTS.replace("an adult is approved", odd), "utf-8")
    assert run("test", plan, "--junit", plan / "junit.xml").code == ExitCode.OK
    names = [each.attrib["name"] for each in junit(plan / "junit.xml").iter("testcase")]
    assert names[0].startswith("<an adult> & ")
    assert names[0].endswith("\\ufffe ≥ 18")


@pytest.mark.parametrize(("name", "reason"), [("none/junit.xml", "cannot be written"), (".", "is a directory")])
def test_a_file_that_cannot_be_written_is_a_wrong_command_line(plan: Path, name: str, reason: str) -> None:
    ran = run("test", plan, "--junit", plan / name)
    assert ran.code == ExitCode.USAGE
    assert reason in ran.err


# --- running again at every save ---


def test_the_files_of_a_policy_are_its_own_and_what_it_imports(plan: Path) -> None:
    assert policy_files(plan) == (plan / "policy.yaml", plan / "shared.yaml")
    (plan / "shared.yaml").write_text("facts: [", "utf-8")
    assert policy_files(plan) == (plan / "policy.yaml", plan / "shared.yaml")
    (plan / "shared.yaml").unlink()
    assert {plan / "shared.yaml", plan.parent / "shared.yaml"} < set(policy_files(plan))
    assert policy_files("nowhere") == ()


@pytest.mark.parametrize("name", ["policy.yaml", "shared.yaml", "tests.yaml"])
def test_each_file_is_watched(plan: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    runs: list[str] = []

    def save_once() -> None:
        runs.append((plan / name).read_text("utf-8"))
        if len(runs) == 2:
            raise KeyboardInterrupt
        (plan / name).write_text(runs[0] + "# saved\n", "utf-8")

    with pytest.raises(KeyboardInterrupt):
        repeat_on_save(save_once, lambda: [plan], ())
    assert runs[1] == runs[0] + "# saved\n"
    assert capsys.readouterr().out == f"watching 3 files, Ctrl-C ends\n\n{plan / name} was saved\n"


def test_a_file_that_is_missing_is_waited_for(plan: Path) -> None:
    (plan / "tests.yaml").unlink()
    runs: list[bool] = []

    def write_it() -> None:
        runs.append((plan / "tests.yaml").is_file())
        if len(runs) == 2:
            raise KeyboardInterrupt
        (plan / "tests.yaml").write_text(TESTS, "utf-8")

    with pytest.raises(KeyboardInterrupt):
        repeat_on_save(write_it, lambda: [plan], ())
    assert runs == [False, True]


def test_with_nothing_to_watch_the_tests_run_once() -> None:
    ran = run("test", "nowhere", "--watch")
    assert ran.code == ExitCode.FILE_IS_WRONG
    assert ran.out.count("there is no policy `nowhere`") == 1


def test_without_its_library_watching_says_what_to_install(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    ran = run("test", plan, "--watch")
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "pip install 'besponsa_pa[watch]'" in ran.err


@contextmanager
def watching(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The command as it watches; killed when it does not come to an end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    command = [sys.executable, "-m", "besponsa_pa", "test", str(folder), "--watch"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    guard = Timer(60, process.kill)
    guard.start()
    try:
        yield process
    finally:
        guard.cancel()
        process.kill()
        process.communicate()


def until_it_watches(process: subprocess.Popen[str]) -> list[str]:
    """What the command says until it waits."""
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or not lines[-1].startswith("watching"):
        line = process.stdout.readline()
        assert line, "ended, or said nothing for a minute"
        lines.append(line.rstrip("\n"))
    return lines


def put_in_place(path: Path, text: str) -> None:
    """Save as most editors do: a new file takes the place of the old one."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, "utf-8")
    new.replace(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no such signal to one process")
def test_a_save_runs_the_tests_again_and_the_keyboard_ends_it(plan: Path) -> None:
    with watching(plan) as process:
        assert until_it_watches(process) == ["2 passed, 0 failed", "watching 3 files, Ctrl-C ends"]
        (plan / "policy.yaml").write_text(POLICY.replace(">= 18", "> 18"), "utf-8")
        said = until_it_watches(process)
        assert said[1] == f"{plan / 'policy.yaml'} was saved"
        assert said[-2] == "1 passed, 1 failed"
        put_in_place(plan / "shared.yaml", SHARED.replace("years between", "years betwen"))
        assert "error[E201]" in "\n".join(until_it_watches(process))
        put_in_place(plan / "shared.yaml", SHARED)
        put_in_place(plan / "policy.yaml", POLICY)
        while until_it_watches(process)[-2] != "2 passed, 0 failed":
            pass  # the two saves may be seen one after the other
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == ExitCode.INTERRUPTED
        assert process.stderr is not None
        assert process.stderr.read().strip() == ""
