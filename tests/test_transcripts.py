"""Transcripts: the commands in ```console blocks print what stands below them.

`UPDATE=1` records them anew; read the difference before it is committed.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from besponsa_pa.cli import COMMANDS, main

ROOT = Path(__file__).parent.parent
WIDTH = "100"
BLOCK = re.compile(r"^(```console\n)(.*?)(^```$)", re.MULTILINE | re.DOTALL)
COMMAND = "besponsa-pa"
SHELL = set("|<>;&$`")


def pages() -> list[Path]:
    """Every page that may hold a transcript."""
    patterns = ("tests/cli/*.md", "README.md", "examples/*/README.md", "docs/**/*.md")
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern) if BLOCK.search(path.read_text("utf-8")))


def transcript(block: str) -> str:
    """A block with the output that its commands have now; commands of other programs stay as they are."""
    result = []
    for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE):
        command = part.removeprefix("$ ").split("\n", 1)[0]
        result.append(f"$ {command}\n{output(command)}" if COMMAND in command else part)
    return "".join(result)


def output(command: str) -> str:
    """What a command prints, standard error where it comes, and its exit code when it is not 0."""
    text, code = in_a_shell(command) if SHELL & set(command) else in_this_process(shlex.split(command)[1:])
    text += "" if not text or text.endswith("\n") else "\n"
    return text if code == 0 else f"{text}(exit {code})\n"


def in_this_process(arguments: list[str]) -> tuple[str, int]:
    """A plain command: starting an interpreter for each would take long."""
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="utf-8", newline="\n", write_through=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("COLUMNS", WIDTH)
        patch.setattr(sys, "stdout", stream)
        patch.setattr(sys, "stderr", stream)
        code = main(arguments)
    return written.getvalue().decode("utf-8"), code


def in_a_shell(command: str) -> tuple[str, int]:
    """A command with a pipe or a redirection."""
    bin_directory = str(Path(sys.executable).parent)
    environment = {**os.environ, "COLUMNS": WIDTH, "PATH": f"{bin_directory}{os.pathsep}{os.environ['PATH']}"}
    script = f'{COMMAND}() {{ {shlex.quote(sys.executable)} -m besponsa_pa "$@"; }}; {command}'
    run = subprocess.run(
        [shutil.which("bash") or "sh", "-c", script],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return run.stdout.decode("utf-8"), run.returncode


def test_there_are_transcripts_of_every_command() -> None:
    text = "".join(path.read_text("utf-8") for path in pages())
    assert [name for name in COMMANDS if f"$ {COMMAND} {name}" not in text] == []


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_commands_of_a_page_print_what_it_says(path: Path) -> None:
    written = path.read_text("utf-8")
    now = BLOCK.sub(lambda match: match[1] + transcript(match[2]) + match[3], written)
    if os.environ.get("UPDATE"):
        path.write_text(now, "utf-8")
    else:
        assert written.split("\n") == now.split("\n")
