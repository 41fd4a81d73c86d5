"""How the command behaves towards terminals, pipes, scripts and people who lose patience."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from commands import run

from besponsa_pa import api
from besponsa_pa.cli import case_files, group, main
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.terminal import Progress

ROOT = Path(__file__).parent.parent.parent
CASE = ROOT / "examples" / "01_first_request" / "case.yaml"
CASES = ROOT / "examples" / "05_many_cases" / "cases.ndjson"
ESCAPE = "\x1b["


def process(*arguments: str, script: str | None = None) -> subprocess.CompletedProcess[bytes]:
    """The command in an interpreter of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTHON"))}
    command = [sys.executable, "-m", "besponsa_pa", *arguments] if script is None else ["/bin/bash", "-c", script]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)


# --- colours and widths ---


def test_a_terminal_has_colours_and_a_pipe_has_none() -> None:
    assert ESCAPE in run("evaluate", CASE, out_is_terminal=True).out
    assert ESCAPE not in run("evaluate", CASE).out


@pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colours_gets_none(setting: dict[str, str]) -> None:
    assert ESCAPE not in run("evaluate", CASE, out_is_terminal=True, **setting).out
    assert ESCAPE not in run("evaluate", "nowhere", err_is_terminal=True, **setting).err


def test_an_empty_no_color_is_as_good_as_none() -> None:
    assert ESCAPE in run("evaluate", CASE, out_is_terminal=True, NO_COLOR="").out


def test_messages_have_colours_when_they_go_to_a_terminal() -> None:
    assert ESCAPE in run("evaluate", "nowhere", err_is_terminal=True).err


def test_data_has_no_colours_even_on_a_terminal() -> None:
    for form in ("json", "yaml"):
        assert ESCAPE not in run("evaluate", CASE, "--format", form, out_is_terminal=True).out


@pytest.mark.parametrize("columns", [60, 80, 110])
def test_the_width_follows_the_terminal(columns: int) -> None:
    ran = run("evaluate", CASE, COLUMNS=str(columns))
    assert columns - 5 <= max(map(len, ran.out.splitlines())) <= columns


def test_data_is_the_same_in_every_width_and_encoding() -> None:
    first = run("evaluate", CASE, "--format", "json", COLUMNS="60").out
    assert run("evaluate", CASE, "--format", "json", COLUMNS="200").out == first


def test_what_an_encoding_does_not_have_is_written_out(tmp_path: Path) -> None:
    case = CASE.read_text("utf-8").replace("A-1001", "Fall \u2265")
    (tmp_path / "case.yaml").write_text(case, "utf-8")
    command = f"'{sys.executable}' -m besponsa_pa evaluate '{tmp_path}/case.yaml'"
    text = process(script=f"PYTHONIOENCODING=iso-8859-1 {command}")
    assert (text.returncode, text.stderr) == (0, b"")
    assert b"case Fall \\u2265" in text.stdout
    data = process(script=f"PYTHONIOENCODING=iso-8859-1 {command} --format json")
    assert json.loads(data.stdout.decode("utf-8"))["case"] == "Fall \u2265"


# --- many cases ---


def test_cases_are_read_one_by_one() -> None:
    lines = CASES.read_bytes().splitlines(keepends=True)

    class Endless(io.BytesIO):
        left = 3

        def readline(self, _: int | None = -1) -> bytes:
            assert self.left, "read on although nobody asked for it"
            self.left -= 1
            return lines[0]

    entries: Iterator[case_files.Entry] = case_files._entries(Endless(), "cases.ndjson")
    assert next(entries).parsed() is not None
    assert next(entries).parsed() is not None
    with pytest.raises(AssertionError, match="nobody asked"):
        list(entries)


def test_a_policy_is_loaded_once_for_all_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []
    real = api.usable_policy

    def counted(name: str | Path, policies: object = ()) -> object:
        loaded.append(str(name))
        return real(name, policies)

    monkeypatch.setattr(api, "usable_policy", counted)
    assert run("evaluate", CASES, CASE, "--format", "json").out.count("\n") == 8
    assert len(loaded) == 1


def test_cases_come_from_standard_input_in_every_form() -> None:
    one = run("evaluate", "-", stdin=CASE.read_bytes())
    assert (one.code, one.err) == (0, "")
    assert one.out == run("evaluate", CASE).out
    as_json = CASES.read_bytes().splitlines()[0]
    assert run("evaluate", "-", "--format", "json", stdin=as_json).out.startswith('{\n  "case": "B-2001"')
    listed = b"[" + as_json + b"," + as_json + b"]"
    assert run("evaluate", "-", "--format", "json", stdin=listed).out.count("\n") == 2
    assert run("evaluate", "-", stdin=CASES.read_bytes()).out.endswith(
        "8 cases: 3 approved, 2 denied, 2 pended, 1 not evaluated\n"
    )


def test_a_file_with_a_case_a_line_is_many_cases_even_with_one_in_it(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_bytes(CASES.read_bytes().splitlines()[0])
    ran = run("evaluate", tmp_path / "cases.jsonl", "--format", "json")
    assert ran.out.count("\n") == 1
    assert ran.err == "1 case: 1 approved, 0 denied, 0 pended\n"


# --- progress ---


class Clock:
    """A clock that goes on by a step each time it is looked at."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def progress(capsys: pytest.CaptureFixture[str], clock: Callable[[], float], *, watched: bool, count: int) -> str:
    counter = Progress("cases", watched, clock)
    for _ in range(count):
        counter.advance()
    counter.clear()
    return capsys.readouterr().err


def shown(text: str) -> list[str]:
    return [each for each in re.split(r"\r|\x1b\[K", text) if each]


def test_a_long_run_counts_for_a_person_who_watches(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.utils.should_strip_ansi", lambda *_: False)
    told = progress(capsys, Clock(0.125), watched=True, count=30)
    assert shown(told)[0] == "8 cases, 8 a second"
    assert 5 < len(shown(told)) < 15
    assert told.endswith("\r\x1b[K")


def test_a_short_run_needs_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    assert progress(capsys, Clock(0.001), watched=True, count=900) == ""


def test_nobody_watches_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert progress(capsys, Clock(1.0), watched=False, count=30) == ""


@pytest.mark.parametrize(("out", "err", "watched"), [(False, True, True), (True, True, False), (False, False, False)])
def test_progress_is_for_a_terminal_that_nothing_else_is_written_to(
    out: bool, err: bool, watched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", type("", (), {"isatty": lambda _: out})())
    monkeypatch.setattr(sys, "stderr", type("", (), {"isatty": lambda _: err})())
    assert Progress("cases").watched is watched


# --- the end ---


def test_whoever_stops_reading_gets_no_complaint() -> None:
    ran = process(script=f"'{sys.executable}' -m besponsa_pa show besponsa | true; echo ${{PIPESTATUS[0]}}")
    assert ran.stderr == b""
    assert ran.stdout in (b"141\n", b"0\n")  # 0 when all was written before the reader was gone


def test_a_pipe_that_is_closed_has_its_own_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("besponsa_pa.cli.show.write", closed)
    ran = run("show", "besponsa")
    assert (ran.code, ran.out, ran.err) == (ExitCode.BROKEN_PIPE, "", "")


def test_an_interrupted_run_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "determine", interrupted)
    ran = run("evaluate", CASE)
    assert (ran.code, ran.out, ran.err.strip()) == (ExitCode.INTERRUPTED, "", "")


@pytest.mark.parametrize("failure", [KeyError("Jane Doe"), RecursionError("Jane Doe"), ValueError("Jane Doe")])
def test_a_mistake_of_the_program_is_one_line_without_a_patients_data(
    failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise failure

    monkeypatch.setattr(api, "determine", failing)
    ran = run("evaluate", CASE)
    assert ran.code == ExitCode.INTERNAL
    assert ran.err.count("\n") == 1
    assert ran.err.startswith(f"internal error ({type(failure).__name__})")
    assert "Jane" not in ran.err
    for arguments in (["--debug", "evaluate", CASE], ["evaluate", CASE, "--debug"]):
        debugged = run(*arguments)
        assert debugged.code == ExitCode.INTERNAL
        assert "Traceback (most recent call last)" in debugged.err
        assert "in failing" in debugged.err


def test_after_two_hyphens_debug_is_a_file(tmp_path: Path) -> None:
    assert "there is no file `--debug`" in run("evaluate", "--", "--debug").err
    assert run("evaluate", "--debug", "--", tmp_path / "nowhere").err.startswith("error[E101]")


@pytest.mark.parametrize(
    ("cases", "code"),
    [
        (["approve"], ExitCode.OK),
        (["document"], ExitCode.PEND),
        (["deny"], ExitCode.DENY),
        (["approve", "document"], ExitCode.PEND),
        (["document", "deny", "approve"], ExitCode.DENY),
        (["deny", "unborn"], ExitCode.FILE_IS_WRONG),
    ],
)
def test_the_exit_code_tells_the_gravest_outcome_when_it_is_asked_to(cases: list[str], code: ExitCode) -> None:
    files = [ROOT / "tests" / "cli" / "cases" / f"{name}.yaml" for name in cases]
    policies = ("--policies", ROOT / "tests" / "cli" / "policies")
    assert run("evaluate", *files, *policies, "--exit-code").code == code
    assert run("evaluate", *files, *policies).code == (code if code == ExitCode.FILE_IS_WRONG else ExitCode.OK)


def test_every_exit_code_is_different_and_none_is_taken_twice() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "OK": 0,
        "FILE_IS_WRONG": 1,
        "USAGE": 2,
        "DENY": 10,
        "PEND": 20,
        "INTERNAL": 70,
        "INTERRUPTED": 130,
        "BROKEN_PIPE": 141,
    }
    assert click.UsageError("").exit_code == ExitCode.USAGE


# --- the start ---


@pytest.mark.parametrize("arguments", ["'--version'", "'--help'", ""])
def test_a_command_that_reads_nothing_loads_no_reader(arguments: str) -> None:
    program = (
        f"from besponsa_pa.cli import main; main([{arguments}]); import sys, json; print(json.dumps([*sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "besponsa_pa.cli" in loaded
    assert not loaded & {"yaml", "lark", "jsonschema", "pint", "ucumvert"}


def test_every_command_has_help_with_an_example() -> None:
    for name in group.list_commands(click.Context(group)):
        ran = run(name, "--help")
        assert ran.code == 0
        assert f"Example: besponsa-pa {name} " in ran.out


def test_the_command_takes_its_arguments_from_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["besponsa-pa", "--version"])
    assert main() == 0
