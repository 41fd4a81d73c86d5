"""Files that nobody should have sent: one clear message each, soon, and never a traceback."""

from __future__ import annotations

import json
import sys
import time
import tracemalloc
from pathlib import Path

import pytest
from commands import run

ROOT = Path(__file__).parent.parent.parent
CASE = (ROOT / "examples" / "01_first_request" / "case.yaml").read_bytes()
LINE = (ROOT / "examples" / "05_many_cases" / "cases.ndjson").read_bytes().split(b"\n")[0]
BOMB = b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ncase: [*c, *c]\n"
LEVELS = 1000
# measuring coverage slows every line down
SECONDS = 2 if sys.gettrace() is None else 20

HOSTILE = {
    "empty": (b"", "E105", "is empty"),
    "blank": (b" \n\n", "E105", "is empty"),
    "only a comment": (b"# nothing\n", "E105", "is empty"),
    "five megabytes": (b"case: " + b"x" * 5_000_000, "E102", "is larger than 1 MB"),
    "five megabytes of lines": (b"# a line\n" * 600_000, "E102", "is larger than 1 MB"),
    "a NUL byte": (b"case: A\x00\n", "E103", "holds a NUL byte on line 1"),
    "only NUL bytes": (b"\x00" * 1000, "E103", "holds a NUL byte on line 1"),
    "Latin-1": ("case: A\npolicy: besponsa\nname: Müller\n".encode("latin-1"), "E103", "is not UTF-8 text on line 3"),
    "UTF-16": ("case: A\npolicy: besponsa\n".encode("utf-16"), "E103", "is written in UTF-16 or UTF-32"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "E103", "is a PDF"),
    "a control character": (b"case: A\nname: \x1b[2J\n", "E104", "U+001B"),
    "an alias bomb": (BOMB, "E120", "is not allowed"),
    "a tag that runs something": (b"case: !!python/object/apply:os.system ['touch hacked']\n", "E1", ""),
    "levels of brackets": (b"case: " + b"[" * LEVELS + b"]" * LEVELS, "E125", ""),
    "levels of braces": (b'{"case":' * LEVELS + b"1" + b"}" * LEVELS, "E125", ""),
    "levels of indentation": (b"".join(b" " * n + b"a:\n" for n in range(LEVELS)), "E125", ""),
    "an unclosed bracket": (b"case: [\n", "E112", ""),
    "a text": (b"hello there\n", "E504", ""),
    "a number": (b"42\n", "E504", ""),
    "an empty list": (b"[]\n", "E105", "holds no case"),
    "a list of nothing": (b"[null]\n", "E504", ""),
    "NaN": (b'{"case": "A", "policy": "besponsa", "treatment": {"cycles_completed": NaN}}', "E", ""),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code", "message"), HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("suffix", ["yaml", "json", "txt"])
def test_a_hostile_case_is_refused_in_words_and_soon(
    tmp_path: Path, data: bytes, code: str, message: str, suffix: str
) -> None:
    (tmp_path / f"case.{suffix}").write_bytes(data)
    start = time.process_time()
    ran = run("evaluate", tmp_path / f"case.{suffix}")
    assert time.process_time() - start < SECONDS
    assert (ran.code, ran.out.count("\n")) in ((1, 0), (1, 1))  # a list of cases has a summary
    assert ran.err.startswith("error[E" if suffix == "json" else f"error[{code}")
    assert message in ran.err or suffix == "json"
    assert "Traceback" not in ran.err
    assert max(map(len, ran.err.splitlines())) < 250
    assert not Path("hacked").exists()


@pytest.mark.parametrize(("data", "code", "message"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_policy_is_refused_too(tmp_path: Path, data: bytes, code: str, message: str) -> None:
    (tmp_path / "policy.yaml").write_bytes(data)
    start = time.process_time()
    ran = run("check", tmp_path / "policy.yaml")
    assert time.process_time() - start < SECONDS
    assert ran.code == 1
    assert ran.out.startswith("error[E")
    assert (code in ran.out and message in ran.out) or code in ("E504", "E105")
    assert "Traceback" not in ran.out


@pytest.mark.parametrize(("data", "code", "message"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_tests_are_refused_too(tmp_path: Path, data: bytes, code: str, message: str) -> None:
    (tmp_path / "policy.yaml").write_bytes((ROOT / "tests/cli/policies/untested/policy.yaml").read_bytes())
    (tmp_path / "tests.yaml").write_bytes(data)
    ran = run("test", tmp_path)
    assert ran.code == 1
    assert ran.out.startswith("error[E")
    assert (code in ran.out and message in ran.out) or code in ("E504", "E105")
    assert ran.out.endswith("0 passed, 0 failed\n")


def test_memory_stays_small_whatever_the_size_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_bytes(b"case: " + b"x" * 50_000_000)
    tracemalloc.start()
    try:
        ran = run("evaluate", tmp_path / "case.yaml")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "is larger than 1 MB" in ran.err
    assert peak < 60_000_000


@pytest.mark.parametrize("arguments", [["evaluate"], ["check"], ["test"], ["show"]])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, arguments: list[str]) -> None:
    ran = run(*arguments, tmp_path / "nowhere.yaml")
    assert ran.code == 1
    assert (ran.out + ran.err).startswith("error[E101]: there is no file `")


def test_a_policy_that_is_a_folder_without_one_is_an_error(tmp_path: Path) -> None:
    assert "E502" in run("check", tmp_path).out
    assert run("check", tmp_path).code == 1
    assert run("show", tmp_path).code == 1


def test_a_file_that_breaks_off_while_it_is_read_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from besponsa_pa.cli import case_files

    def broken(*_: object) -> object:
        raise OSError(5, "Input/output error")

    (tmp_path / "case.yaml").write_bytes(CASE)
    monkeypatch.setattr(case_files, "_entries", broken)
    ran = run("evaluate", tmp_path / "case.yaml")
    assert (ran.code, ran.out) == (1, "")
    assert "cannot be read: input/output error" in ran.err


# --- one among many ---


BROKEN_LINES = {
    "no JSON": b'{"case": "B", ',
    "Latin-1": '{"case": "B", "name": "Müller"}'.encode("latin-1"),
    "a NUL byte": b'{"case": "B\x00"}',
    "too large": b'{"case": "' + b"B" * 3_000_000 + b'"}',
    "a list in a list": b'[[{"case": "B"}]]',
    "a word": b"hello",
    "levels": b"[" * LEVELS + b"]" * LEVELS,
}


@pytest.mark.parametrize("broken", BROKEN_LINES.values(), ids=BROKEN_LINES)
def test_a_broken_line_stands_in_nobodys_way_and_is_told_with_its_number(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "cases.ndjson").write_bytes(b"\n".join([LINE, b"", broken, LINE, b""]))
    ran = run("evaluate", tmp_path / "cases.ndjson", "--format", "json")
    assert ran.code == 1
    assert [json.loads(line)["case"] for line in ran.out.splitlines()] == ["B-2001", "B-2001"]
    assert "line 3" in ran.err or "cases.ndjson:3:" in ran.err
    assert ran.err.endswith("3 cases: 2 approved, 0 denied, 0 pended, 1 not evaluated\n")


@pytest.mark.parametrize(
    "broken", [b"case: [", "case: Müller".encode("latin-1"), b"case: B\x00", b"case: " + b"B" * 3_000_000, b"hello"]
)
def test_a_broken_document_stands_in_nobodys_way_and_is_told_with_its_line(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "cases.yaml").write_bytes(b"---\n".join([CASE, broken + b"\n", CASE]))
    line = CASE.count(b"\n") + 1
    ran = run("evaluate", tmp_path / "cases.yaml", "--format", "yaml")
    assert ran.code == 1
    assert ran.out.count("\ncase: A-1001\n") == 2
    assert f"line {line + 1}" in ran.err or f"line {line} " in ran.err or f"cases.yaml:{line + 1}:" in ran.err
    assert ran.err.endswith("3 cases: 2 approved, 0 denied, 0 pended, 1 not evaluated\n")


def test_a_file_that_is_no_text_is_refused_once_and_not_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "cases.ndjson").write_bytes(LINE.decode().encode("utf-16") + b"\n" + LINE * 3)
    ran = run("evaluate", tmp_path / "cases.ndjson")
    assert ran.err.count("error[") == 1
    assert "UTF-16" in ran.err


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_a_file_with_a_case_a_line_and_none_in_it_is_an_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "cases.ndjson").write_bytes(data)
    ran = run("evaluate", tmp_path / "cases.ndjson", "--format", "json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error[E105]")


def test_a_byte_order_mark_is_no_part_of_a_case(tmp_path: Path) -> None:
    for name, data in (("case.yaml", CASE), ("cases.ndjson", LINE)):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + data)
        assert run("evaluate", tmp_path / name).code == 0


def test_a_missing_file_among_several_stands_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_bytes(CASE)
    ran = run("evaluate", tmp_path / "nowhere.yaml", tmp_path / "case.yaml", tmp_path, "--format", "json")
    assert ran.code == 1
    assert [json.loads(line)["case"] for line in ran.out.splitlines()] == ["A-1001"]
    assert ran.err.count("error[E101]") == 2


def test_a_case_cannot_choose_the_files_that_are_read(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("policy: evil\n")
    (tmp_path / "case.yaml").write_text(f"case: A\npolicy: {tmp_path / 'policy.yaml'}\n")
    ran = run("evaluate", tmp_path / "case.yaml")
    assert ran.code == 1
    assert "error[E501]" in ran.err
    assert "by its id" in ran.err
