"""`besponsa-pa fmt`: one layout for the files of analysts."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from besponsa_pa.cli.case_files import STANDARD_INPUT
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.options import counted
from besponsa_pa.cli.terminal import has_colours, report, write, write_exactly
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import SIZE_LIMIT, read_source, source_from_bytes
from besponsa_pa.document.saving import save_bytes
from besponsa_pa.policy.formatting import formatted, seems_ours
from besponsa_pa.render.layout import Colour, painted
from besponsa_pa.source import Source

SUFFIXES = (".yaml", ".yml")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
COLOURS = {"+": Colour.GOOD, "-": Colour.BAD}


@click.command("fmt", epilog="Example: besponsa-pa fmt --check policies")
@click.argument("paths", metavar="[PATH...]", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; list the files that would change.")
@click.option("--diff", "as_difference", is_flag=True, help="Write nothing; show what would change.")
def command(paths: tuple[str, ...], *, check: bool, as_difference: bool) -> int:
    """Lay out policies, shared files, tests and cases: keys in order, expressions in lines, comments kept.

    A PATH is a file, a folder for every such file below it, or `-`, which reads standard input and writes standard
    output. Without a PATH it is the current folder. What a file says is never changed; one that cannot be read is
    left alone. With `--check` or `--diff` the exit code is 1 when a file would change.
    """
    diagnostics = Diagnostics()
    outcomes = [each for file in _files(paths or (".",), diagnostics) if (each := _outcome(file, diagnostics))]
    changed = [each for each in outcomes if each.is_changed]
    writes = not (check or as_difference)
    if as_difference:
        write("".join(map(_difference, changed)))
    piped = [each for each in outcomes if each.file.path is None and writes]
    write_exactly("".join(each.mark.decode() + each.text for each in piped))
    if writes:
        changed = [each for each in changed if each not in piped and _save(each, diagnostics)]
    is_pipe = writes and STANDARD_INPUT in paths
    if not is_pipe or len(outcomes) > len(piped):
        unchanged = len(outcomes) - len(piped) - len(changed)
        _tell(changed, unchanged, writes=writes, is_beside=as_difference or is_pipe)
    report(diagnostics)
    return ExitCode.FILE_IS_WRONG if diagnostics.has_errors or (changed and not writes) else ExitCode.OK


@dataclass(frozen=True, slots=True)
class _File:
    """A file by the name that is shown of it; standard input has no path. `is_found` when it is one of a folder."""

    name: str
    path: Path | None
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A file, and its text as it is to be."""

    file: _File
    before: str
    text: str
    mark: bytes

    @property
    def is_changed(self) -> bool:
        return self.before != self.text


# --- which files ---


def _files(arguments: Sequence[str], diagnostics: Diagnostics) -> Iterator[_File]:
    """The files that arguments name, each once."""
    seen: set[Path | None] = set()
    for argument in arguments:
        for file in _named(argument, diagnostics):
            place = None if file.path is None else file.path.resolve()
            if place not in seen:
                seen.add(place)
                yield file


def _named(argument: str, diagnostics: Diagnostics) -> Iterator[_File]:
    path = Path(argument)
    if argument == STANDARD_INPUT:
        yield _File("standard input", None)
    elif not path.is_dir():
        yield _File(argument, path)
    else:
        found = [each for each in sorted(path.rglob("*")) if each.suffix in SUFFIXES and not _is_hidden(each, path)]
        if not found:
            message = f"there is no YAML file in or below `{argument}`"
            diagnostics.error("E150", message, help="name a file or another folder")
        yield from (_File(each.as_posix(), each, is_found=True) for each in found if each.is_file())


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


# --- one file ---


def _outcome(file: _File, diagnostics: Diagnostics) -> _Outcome | None:
    """A file in its layout; None for one that is left alone, which is reported unless it is none of ours."""
    found = Diagnostics()
    mark, source = _read(file, found)
    text = None if source is None else formatted(Source(source.text, file.name), found)
    is_ours = source is None or (seems_ours(source.text) and not any(each.code == "E150" for each in found))
    if is_ours or not file.is_found:
        diagnostics.extend(found)
    return None if source is None or text is None else _Outcome(file, source.text, text, mark)


def _read(file: _File, diagnostics: Diagnostics) -> tuple[bytes, Source | None]:
    """The text of a file, and the mark of the byte order before it, which stays."""
    if file.path is None:
        data = sys.stdin.buffer.read(SIZE_LIMIT + 1)
        return _mark(data), source_from_bytes(data, file.name, diagnostics)
    source = read_source(file.path, diagnostics)
    if source is None:
        return b"", None
    with file.path.open("rb") as stream:
        return _mark(stream.read(len(BYTE_ORDER_MARK))), source


def _mark(data: bytes) -> bytes:
    return BYTE_ORDER_MARK if data.startswith(BYTE_ORDER_MARK) else b""


def _save(outcome: _Outcome, diagnostics: Diagnostics) -> bool:
    assert outcome.file.path is not None
    return save_bytes(outcome.file.path, outcome.mark + outcome.text.encode("utf-8"), diagnostics)


# --- what is told ---


def _tell(changed: Sequence[_Outcome], unchanged: int, *, writes: bool, is_beside: bool) -> None:
    """List the files that are another than before, and count; on standard error beside what is data."""
    done, left = ("formatted", "left as they are") if writes else ("would change", "would not")
    lines = [f"{done} {each.file.name}" for each in changed]
    total = f"{counted(len(changed), 'file')} {done}"
    click.echo("\n".join([*lines, f"{total}, {unchanged} {left}" if unchanged else total]), err=is_beside)


def _difference(outcome: _Outcome) -> str:
    """What would change, as `diff -u` writes it."""
    before, after = outcome.before.splitlines(keepends=True), outcome.text.splitlines(keepends=True)
    if before and not before[-1].endswith("\n"):
        before[-1] += "\n\\ No newline at end of file\n"
    name = outcome.file.name
    colours = has_colours(sys.stdout)
    lines = difflib.unified_diff(before, after, name, f"{name} (formatted)")
    return "".join(_painted(line, colours) for line in lines)


def _painted(line: str, colours: bool) -> str:
    colour = COLOURS.get(line[:1])
    text = line.rstrip("\r\n")
    return f"{painted(text, colour, colours) if colour else text}\n"
