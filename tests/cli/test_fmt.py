"""`besponsa-pa fmt` and files: what is written, what is not, and that nothing is ever half written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from commands import run

UGLY = "title: T\npolicy: sample\nversion: 1.10 # v\n"
NEAT = "policy: sample\ntitle: T\nversion: 1.10  # v\n"
FOREIGN = "jobs:\n   build: {}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a file to format, one that is neat, and some that are none of ours."""
    (tmp_path / "deep").mkdir()
    (tmp_path / ".hidden").mkdir()
    files = {"ugly.yaml": UGLY, "deep/neat.yml": NEAT, "ci.yaml": FOREIGN, ".hidden/ugly.yaml": UGLY, "case.json": "{}"}
    for name, text in files.items():
        (tmp_path / name).write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_stands_for_every_file_of_ours_below_it(folder: Path) -> None:
    ran = run("fmt", ".")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "formatted ugly.yaml\n1 file formatted, 1 left as they are\n"
    assert (folder / "ugly.yaml").read_bytes() == NEAT.encode()
    assert (folder / "ci.yaml").read_text() == FOREIGN
    assert (folder / ".hidden" / "ugly.yaml").read_text() == UGLY


@pytest.mark.usefixtures("folder")
def test_without_a_path_it_is_the_current_folder() -> None:
    assert run("fmt").out == "formatted ugly.yaml\n1 file formatted, 1 left as they are\n"
    assert run("fmt").out == "no files formatted, 2 left as they are\n"


def test_check_lists_and_writes_nothing(folder: Path) -> None:
    ran = run("fmt", "--check", "ugly.yaml", "deep")
    assert (ran.code, ran.out, ran.err) == (1, "would change ugly.yaml\n1 file would change, 1 would not\n", "")
    assert (folder / "ugly.yaml").read_text() == UGLY
    assert run("fmt", "--check", "deep").code == 0


def test_diff_shows_the_change_alone_on_standard_output(folder: Path) -> None:
    ran = run("fmt", "--diff", ".")
    assert ran.code == 1
    assert ran.out == (
        "--- ugly.yaml\n+++ ugly.yaml (formatted)\n@@ -1,3 +1,3 @@\n+policy: sample\n title: T\n"
        "-policy: sample\n-version: 1.10 # v\n+version: 1.10  # v\n"
    )
    assert ran.err == "would change ugly.yaml\n1 file would change, 1 would not\n"
    assert (folder / "ugly.yaml").read_text() == UGLY
    assert "\x1b[31m-policy: sample\x1b[0m\n" in run("fmt", "--diff", ".", out_is_terminal=True).out


@pytest.mark.usefixtures("folder")
def test_a_diff_says_where_the_last_line_end_is_missing() -> None:
    Path("short.yaml").write_text("policy: sample\nversion: 1")
    assert "-version: 1\n\\ No newline at end of file\n+version: 1\n" in run("fmt", "--diff", "short.yaml").out


def test_a_file_that_is_named_twice_is_formatted_once(folder: Path) -> None:
    (folder / "link.yaml").symlink_to("ugly.yaml")
    assert run("fmt", "ugly.yaml", "./ugly.yaml", "link.yaml").out == "formatted ugly.yaml\n1 file formatted\n"
    assert (folder / "link.yaml").is_symlink()


# --- standard input ---


def test_standard_input_goes_to_standard_output() -> None:
    ran = run("fmt", "-", stdin=UGLY.encode())
    assert (ran.code, ran.out, ran.err) == (0, NEAT, "")
    ran = run("fmt", "-", stdin=NEAT.encode())
    assert (ran.code, ran.out, ran.err) == (0, NEAT, "")


def test_standard_input_is_checked_like_a_file() -> None:
    ran = run("fmt", "--check", "-", stdin=UGLY.encode())
    assert (ran.code, ran.out) == (1, "would change standard input\n1 file would change\n")
    assert run("fmt", "--diff", "-", stdin=UGLY.encode()).out.startswith("--- standard input\n")


@pytest.mark.usefixtures("folder")
def test_beside_standard_input_files_are_told_on_standard_error() -> None:
    ran = run("fmt", "-", "ugly.yaml", stdin=UGLY.encode())
    assert (ran.out, ran.err) == (NEAT, "formatted ugly.yaml\n1 file formatted\n")


def test_standard_input_that_cannot_be_read_gives_no_output() -> None:
    ran = run("fmt", "-", stdin=b"policy: [\n")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error[E112]")
    assert run("fmt", "-", stdin=b"\xff\xfe").err.startswith("error[E103]")


# --- what stays of a file ---


def test_the_mark_of_the_byte_order_and_the_line_ends_stay(folder: Path) -> None:
    mark = b"\xef\xbb\xbf"
    (folder / "ugly.yaml").write_bytes(mark + UGLY.replace("\n", "\r\n").encode())
    assert run("fmt", "ugly.yaml").code == 0
    assert (folder / "ugly.yaml").read_bytes() == mark + NEAT.replace("\n", "\r\n").encode()
    assert run("fmt", "--check", "ugly.yaml").code == 0
    assert run("fmt", "-", stdin=mark + UGLY.encode()).out == "\ufeff" + NEAT


@pytest.mark.skipif(os.name == "nt", reason="Windows knows other rights")
def test_the_rights_on_a_file_stay(folder: Path) -> None:
    (folder / "ugly.yaml").chmod(0o640)
    run("fmt", "ugly.yaml")
    assert stat.S_IMODE((folder / "ugly.yaml").stat().st_mode) == 0o640


def test_a_file_that_needs_no_change_is_not_touched(folder: Path) -> None:
    path = folder / "deep" / "neat.yml"
    os.utime(path, (1, 1))
    run("fmt", "deep")
    assert path.stat().st_mtime == 1


@pytest.mark.parametrize("step", ["os.replace", "shutil.copymode", "os.fdopen"])
def test_a_file_is_written_wholly_or_not_at_all(step: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"besponsa_pa.document.saving.{step}", fail)
    ran = run("fmt", "ugly.yaml")
    assert ran.code == 1
    assert ran.err == "error[E152]: `ugly.yaml` cannot be written: no space left on device\n"
    assert ran.out == "no files formatted, 1 left as they are\n"
    monkeypatch.undo()
    assert (folder / "ugly.yaml").read_text() == UGLY
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == ["case.json", "ci.yaml", "ugly.yaml"]


def test_a_file_that_may_not_be_changed_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("besponsa_pa.document.saving.os.access", lambda *_: False)
    ran = run("fmt", "ugly.yaml")
    assert (ran.code, ran.err) == (1, "error[E152]: `ugly.yaml` cannot be written: it may not be changed\n")
    assert (folder / "ugly.yaml").read_text() == UGLY


# --- what is left alone ---


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("broken.yaml", "policy: [\n", "error[E112]"),
        ("twice.yaml", "policy: a\npolicy: b\n", "error[E123]"),
        ("expression.yaml", "definitions: {a: 1 +}\n", "error[E201]"),
        ("ci.yaml", FOREIGN, "error[E150]: `ci.yaml` is no policy, shared file, tests or case"),
        ("case.json", '{"case": "A"}', "error[E150]: `case.json` is in brackets from its first to its last line"),
        ("absent.yaml", None, "error[E101]: there is no file `absent.yaml`"),
    ],
)
def test_a_file_that_is_named_and_cannot_be_formatted_is_told_and_left_alone(
    name: str, text: str | None, told: str, folder: Path
) -> None:
    if text is not None:
        (folder / name).write_text(text)
    ran = run("fmt", name, "ugly.yaml")
    assert ran.code == 1
    assert ran.err.startswith(told)
    assert ran.out == "formatted ugly.yaml\n1 file formatted\n"
    assert text is None or (folder / name).read_text() == text


def test_a_broken_file_of_a_folder_is_told_when_it_seems_to_be_ours(folder: Path) -> None:
    (folder / "broken.yaml").write_text("policy: [\n")
    (folder / "template.yaml").write_text("name: {{ .Values.name }\n")
    ran = run("fmt", "--check", "deep", ".")
    assert ran.code == 1
    assert "broken.yaml" in ran.err
    assert "template.yaml" not in ran.err


def test_a_folder_without_a_file_is_told(folder: Path) -> None:
    (folder / "empty").mkdir()
    ran = run("fmt", "empty")
    assert ran.code == 1
    assert ran.err.startswith("error[E150]: there is no YAML file in or below `empty`")
