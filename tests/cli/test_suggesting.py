"""`besponsa-pa suggest` beyond what its transcript shows: exit codes, and files that are written."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from commands import run

from besponsa_pa.cli.exit_codes import ExitCode

ROOT = Path(__file__).parent.parent.parent
POLICIES = ROOT / "tests" / "cli" / "policies"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policy with tests that lack something, in a folder of its own."""
    return Path(shutil.copytree(POLICIES / "covered", tmp_path / "covered"))


def test_what_is_written_for_a_policy_without_tests_can_be_run(tmp_path: Path) -> None:
    folder = shutil.copytree(POLICIES / "untested", tmp_path / "untested")
    (folder / "tests.yaml").write_bytes(run("suggest", folder).out.encode())
    assert run("test", folder).out.endswith("3 passed, 0 failed\n")
    assert run("fmt", "--check", folder / "tests.yaml").code == ExitCode.OK
    assert run("suggest", folder, "--check").code == ExitCode.OK


def test_check_exits_with_1_as_long_as_something_is_lacking(folder: Path) -> None:
    assert run("suggest", folder, "--check").code == ExitCode.FILE_IS_WRONG
    assert run("suggest", folder).code == ExitCode.OK
    assert run("suggest", folder, "--write").code == ExitCode.OK
    assert run("suggest", folder, "--check").code == ExitCode.OK


def test_what_is_added_to_a_file_reaches_everything(folder: Path) -> None:
    before = (folder / "tests.yaml").read_text("utf-8")
    assert run("suggest", folder, "--write").out.endswith("9 tests lacking, added\n")
    lines = iter((folder / "tests.yaml").read_text("utf-8").splitlines())
    assert all(line in lines for line in before.splitlines())
    assert run("test", folder, "--fail-under", "100").code == ExitCode.OK


def test_a_file_that_lacks_nothing_is_not_touched(folder: Path) -> None:
    run("suggest", folder, "--write")
    file = folder / "tests.yaml"
    file.chmod(stat.S_IRUSR)
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    assert run("suggest", folder, "--write").out.endswith("nothing is lacking\n")
    assert run("suggest", folder).out.endswith("nothing is lacking\n")
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


def test_a_file_as_json_is_told_to_be_left_alone(folder: Path) -> None:
    file = folder / "tests.yaml"
    file.write_text('{"policy": "covered", "tests": [{"name": "one", "case": {}, "expect": "pend"}]}\n', "utf-8")
    outcome = run("suggest", folder, "--write")
    assert outcome.code == ExitCode.USAGE
    assert "is in brackets" in outcome.err
    assert file.read_text("utf-8").startswith("{")


def test_a_folder_that_cannot_be_written_is_told_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(POLICIES / "untested", tmp_path / "untested")

    def refuse(_self: Path, _data: bytes) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    outcome = run("suggest", folder, "--write")
    assert outcome.code == ExitCode.FILE_IS_WRONG
    assert "cannot be written: permission denied" in outcome.err


def test_tests_with_a_mistake_are_not_added_to(folder: Path) -> None:
    file = folder / "tests.yaml"
    text = file.read_text("utf-8") + "  - {name: one more, expects: approve}\n"
    file.write_text(text, "utf-8")
    outcome = run("suggest", folder, "--write")
    assert outcome.code == ExitCode.FILE_IS_WRONG
    assert "expects" in outcome.err
    assert file.read_text("utf-8") == text
