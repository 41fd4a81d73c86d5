"""The prompt of `eval`, on a terminal that is none, and what it answers."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from commands import run

from besponsa_pa.cli import eval_context, eval_prompt
from besponsa_pa.cli.eval_context import Context
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.expression.environment import Environment
from besponsa_pa.source import Excerpt

ROOT = Path(__file__).parent.parent.parent
POLICIES = ROOT / "tests" / "cli" / "policies"
CASE = ROOT / "tests" / "cli" / "cases" / "pend.yaml"
SAMPLE = ("--case", CASE, "--policies", POLICIES)
UP, INTERRUPT, END = b"\x1b[A", b"\x03", b"\x04"
READY = "\n> "
PATIENCE = 20
# only a terminal that controls the program sends it Ctrl-C
CONTROLLED = """
import fcntl, os, signal, sys, termios
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Terminal:
    """The command on a pseudo-terminal, and what it has written there."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self.master, self.process, self.seen = master, process, ""

    def wait_for(self, text: str) -> None:
        """Read until a text has come that was not there before."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen:
            assert time.monotonic() < deadline, f"{text!r} did not come: {self.seen!r}"
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 4096).decode()
        self.seen = self.seen.partition(text)[2]

    def type(self, text: bytes) -> None:
        """Type as a person does."""
        os.write(self.master, text)


@contextmanager
def terminal(home: Path, *arguments: object) -> Iterator[Terminal]:
    master, slave = pty.openpty()
    environment = {**os.environ, "HOME": str(home), "TERM": "dumb", "COLUMNS": "100", "NO_COLOR": "1"}
    program = [sys.executable, "-m", "besponsa_pa", "eval", *map(str, arguments)]
    command = [sys.executable, "-c", CONTROLLED, *program]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_a_person_at_the_prompt_has_history_and_leaves_no_trace(tmp_path: Path) -> None:
    with terminal(tmp_path, *SAMPLE) as screen:
        screen.wait_for(":quit ends")
        screen.wait_for(READY)
        screen.type(b"age_in_years + 100\n")
        screen.wait_for("between 117 and 118  (Integer)")
        screen.wait_for(READY)
        screen.type(b"1 +\n")
        screen.wait_for("error[E201]")
        screen.wait_for(READY)
        screen.type(UP + UP + b" + 1000\n")
        screen.wait_for("between 1117 and 1118  (Integer)")
        screen.wait_for(READY)
        screen.type(b"half of a li")
        screen.wait_for("half of a li")
        time.sleep(0.5)  # Python does not see Ctrl-C at the very moment at which a key is worked on
        screen.type(INTERRUPT)
        screen.wait_for(READY)
        screen.type(b"disease.sev\t\n")
        screen.wait_for("How severe is the disease?")
        screen.wait_for(READY)
        screen.type(END)
        assert screen.process.wait(PATIENCE) == ExitCode.OK
    assert list(tmp_path.rglob("*")) == []


def test_quit_ends_the_prompt(tmp_path: Path) -> None:
    with terminal(tmp_path) as screen:
        screen.wait_for(READY)
        screen.type(b":quit\n")
        assert screen.process.wait(PATIENCE) == ExitCode.OK


def answered(*lines: str, options: tuple[object, ...] = SAMPLE) -> str:
    """What is written for lines from standard input."""
    return run("eval", *options, stdin="\n".join(lines).encode()).out


# --- the loop, without a terminal ---


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str | BaseException) -> None:
    """Let a person type these lines, or press keys that interrupt."""
    left = iter(lines)

    def read(_: str) -> str:
        line = next(left, EOFError())
        if isinstance(line, BaseException):
            raise line
        return line

    monkeypatch.setattr("builtins.input", read)


def test_ctrl_c_drops_a_line_and_ctrl_d_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "1 + 1", KeyboardInterrupt(), "2 + 2", EOFError(), "3 + 3")
    assert eval_prompt.converse(Context(Environment())) == ExitCode.OK
    assert capsys.readouterr().out == f"{eval_prompt.GREETING}\n2  (Integer)\n\n4  (Integer)\n\n"


def test_ctrl_c_ends_an_answer_and_not_the_prompt(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = eval_context.evaluate_text

    def interrupted(excerpt: Excerpt, *others: object) -> object:
        if excerpt.text == "1":
            raise KeyboardInterrupt
        return real(excerpt, *others)

    monkeypatch.setattr(eval_context, "evaluate_text", interrupted)
    typed(monkeypatch, "1", "2")
    assert eval_prompt.converse(Context(Environment())) == ExitCode.OK
    assert "2  (Integer)" in capsys.readouterr().out


def test_a_mistake_of_the_program_does_not_end_the_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> object:
        raise KeyError("Jane Doe")

    monkeypatch.setattr(eval_context, "evaluate_text", failing)
    ran = run("eval", stdin=b"1\n:help\n")
    assert ran.code == ExitCode.FILE_IS_WRONG
    assert "error[E221]" in ran.err
    assert "Jane" not in ran.err
    assert ":quit" in ran.out


# --- what is answered ---


@pytest.mark.parametrize("word", [":quit", "quit", "exit", "  :quit  "])
def test_what_follows_the_end_is_not_answered(word: str) -> None:
    assert answered("1", word, "2") == "1  (Integer)\n"


def test_a_name_says_its_value_its_question_and_who_cites_what() -> None:
    text = answered("dose.daily")
    assert text.startswith("0.05 'g'  (Quantity)\n")
    assert "What is the daily dose?  (quantity)" in text
    assert "unit       mg" in text
    assert "high_dose: The dose is above the usual one [1: Dosage]" in text
    assert "Samplumab [package insert]. Nobody, 2026-01" in text


def test_a_fact_says_what_no_real_case_breaks() -> None:
    assert "must       patient.birth_date same or before request.date" in answered("patient.birth_date")


def test_a_name_in_quotes_is_the_same_name() -> None:
    assert "ICD-10-CM L40.0, L40.1" in answered('"The disease"')
    assert "ICD-10-CM L40.0, L40.1" not in answered("'The disease'")


def test_a_misspelt_name_is_told_and_the_exit_code_says_so() -> None:
    ran = run("eval", *SAMPLE, stdin=b"disease.severty\n1\n")
    assert (ran.code, ran.out) == (ExitCode.FILE_IS_WRONG, "1  (Integer)\n")
    assert "did you mean `disease.severity`?" in ran.err


@pytest.mark.parametrize(
    ("words", "headings"),
    [
        ("Count", ["Count"]),
        ("count", ["Count"]),
        ("or", ["Or"]),
        ("weeks between", ["DurationBetween", "DifferenceBetween"]),
        ("on or before", ["SameOrBefore"]),
        ("in", ["In", "In", "In"]),
        (">=", ["GreaterOrEqual"]),
    ],
)
def test_an_operator_is_found_by_its_name_and_by_its_words(words: str, headings: list[str]) -> None:
    found = [line for line in answered(words, options=()).splitlines() if line and not line.startswith(" ")]
    assert found == headings


def test_a_fact_goes_before_an_operator_of_the_same_name(tmp_path: Path) -> None:
    text = 'policy: p\ntitle: P\nversion: 1\nfacts: {count: {type: Integer, ask: "How many?"}}\npathways: {a: {}}\n'
    (tmp_path / "policy.yaml").write_text(text)
    assert "How many?" in answered("count", options=("--policy", tmp_path / "policy.yaml"))


def test_a_line_that_is_no_text_is_told_and_the_next_one_is_answered() -> None:
    ran = run("eval", stdin=b"1\n\xff\n2\n")
    assert (ran.code, ran.out) == (ExitCode.FILE_IS_WRONG, "1  (Integer)\n2  (Integer)\n")
    assert "error[E103]" in ran.err


def test_nothing_at_all_is_no_mistake() -> None:
    assert run("eval", stdin=b"") == run("eval", stdin=b"\n \n")
    assert run("eval", stdin=b"").code == ExitCode.OK


def test_colours_only_for_a_terminal() -> None:
    assert "\x1b[" in run("eval", "1", out_is_terminal=True).out
    assert "\x1b[" not in run("eval", "1").out
