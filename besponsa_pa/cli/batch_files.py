"""The files of a batch: which are read, which become which, and what of an earlier run is done already."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from besponsa_pa.backends.batch.inputs import ENDINGS, Format, Input, format_of, stem_of
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import read_source
from besponsa_pa.records import dataclass, field

RECORD = "batch.json"
PART = ".part"


@dataclass(frozen=True, slots=True)
class Work:
    """Files of cases that become one file of decisions, and one of the rejected rows where there are any."""

    inputs: tuple[Input, ...]
    output: Path
    format: Format
    rejects: Path

    @property
    def part(self) -> Path:
        """Where the decisions stand until all of them are there."""
        return self.output.with_name(self.output.name + PART)

    @property
    def rejects_part(self) -> Path:
        """Where the rejected rows stand until all of them are there."""
        return self.rejects.with_name(self.rejects.name + PART)


# --- what is read ---


def inputs_of(arguments: Sequence[str], diagnostics: Diagnostics) -> tuple[Input, ...]:
    """The files that arguments name: a file, a pattern, or a folder for all files of cases in it; each once."""
    paths = dict.fromkeys(path for argument in arguments for path in _paths(argument, diagnostics))
    found: list[Input] = []
    for path in paths:
        form = format_of(path)
        if form is None:
            help = f"a file of cases ends with {', '.join(ENDINGS)}, perhaps with .gz or .zst behind it"
            diagnostics.error("E806", f"the name of `{path}` does not tell its format", help=help)
        elif not Path(path).is_file() or not os.access(path, os.R_OK):
            read_source(Path(path), diagnostics, 0)
        else:
            found.append(Input(path, form))
    return tuple(found)


def _paths(argument: str, diagnostics: Diagnostics) -> list[str]:
    path = Path(argument)
    if path.is_dir():
        found = [str(each) for each in sorted(path.iterdir()) if each.is_file() and format_of(each.name) is not None]
        found = [each for each in found if not stem_of(each).endswith(".rejects")]
        what = f"there is no file of cases in `{argument}`"
    elif path.exists() or not glob.has_magic(argument):
        return [argument]
    else:
        # a pattern may be absolute, which `Path.glob` does not take
        found = sorted(glob.glob(argument, recursive=True))  # noqa: PTH207
        what = f"no file is called like `{argument}`"
    if not found:
        diagnostics.error("E101", what)
    return found


# --- what is written ---


def works_of(
    inputs: Sequence[Input], output: Path, form: Format | None, rejects: Path | None, diagnostics: Diagnostics
) -> tuple[Work, ...]:
    """What becomes of the files: each a file of its own where the output is a folder, else all of them one file."""
    written = None if output.is_dir() else format_of(output.name)
    if written is not None:
        beside = rejects or output.with_name(f"{stem_of(output.name)}.rejects.ndjson")
        works: tuple[Work, ...] = (Work(tuple(inputs), output, form or written, beside),)
    else:
        works = tuple(_works_in(inputs, output, form or Format.PARQUET, rejects or output))
    _check(works, diagnostics)
    return works


def is_folder(works: Sequence[Work], output: Path) -> bool:
    """Whether the output is a folder with a file for each input."""
    return all(work.output != output for work in works)


def _works_in(inputs: Sequence[Input], folder: Path, form: Format, rejects: Path) -> Iterator[Work]:
    for each in inputs:
        stem = stem_of(Path(each.path).name)
        yield Work((each,), folder / f"{stem}.{form.value}", form, rejects / f"{stem}.rejects.ndjson")


def _check(works: Sequence[Work], diagnostics: Diagnostics) -> None:
    seen: dict[Path, Work] = {}
    read = {Path(each.path).resolve() for work in works for each in work.inputs}
    for work in works:
        if work.output in seen:
            first, second = seen[work.output].inputs[0].path, work.inputs[0].path
            message = f"`{first}` and `{second}` would both become `{work.output}`"
            diagnostics.error("E807", message, help="run them one after the other, each into a folder of its own")
        elif {work.output.resolve(), work.rejects.resolve()} & read:
            message = f"`{work.output}` is read and would be written"
            diagnostics.error("E807", message, help="write into another folder, or under another name")
        seen.setdefault(work.output, work)


def make_room(works: Sequence[Work], diagnostics: Diagnostics) -> None:
    """Make the folders that are written to, and report those in which nothing can be written."""
    for folder in dict.fromkeys(path.parent for work in works for path in (work.output, work.rejects)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as failure:
            reason = (failure.strerror or str(failure)).lower()
            diagnostics.error("E152", f"`{folder}` cannot be written to: {reason}")
            continue
        if not os.access(folder, os.W_OK | os.X_OK):
            diagnostics.error("E152", f"`{folder}` cannot be written to: permission denied")


def keep(work: Work, *, has_rejects: bool) -> None:
    """Give what was written its name: it is complete. Rejected rows first, for decisions alone look like all."""
    if has_rejects:
        work.rejects_part.replace(work.rejects)
    else:
        work.rejects.unlink(missing_ok=True)
    work.part.replace(work.output)


def discard(work: Work) -> None:
    """Take away what is not complete."""
    for path in (work.part, work.rejects_part):
        path.unlink(missing_ok=True)


# --- what is done already ---


@dataclass(slots=True)
class Done:
    """Which files of a folder are complete, from which inputs, by which policy; kept in the folder as JSON."""

    folder: Path
    digest: str
    files: dict[str, Mapping[str, object]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, digest: str, diagnostics: Diagnostics) -> Done:
        """What the folder says of itself; decisions by another policy are reported, for they would be mixed."""
        done = cls(folder, digest)
        try:
            found = json.loads((folder / RECORD).read_text("utf-8"))
            kept, files = found["policy"], dict(found["files"])
        except FileNotFoundError:
            return done
        except (OSError, ValueError, KeyError, TypeError):
            diagnostics.error(
                "E804", f"`{folder / RECORD}` is no record of a batch", help="`--restart` decides all again"
            )
            return done
        if kept != digest:
            message = f"the decisions in `{folder}` were made by another policy or version, {str(kept)[:19]}..."
            help = "write into another folder, or decide all of them again with `--restart`"
            diagnostics.error("E805", message, help=help)
        done.files = files
        return done

    def has(self, work: Work) -> bool:
        """Whether the decisions for a file are there, and the file has not changed since."""
        return work.output.is_file() and self.files.get(work.output.name) == _sign(work.inputs[0])

    def is_strange(self, work: Work) -> bool:
        """Whether a file stands where decisions would, of which nothing is known."""
        return work.output.exists() and work.output.name not in self.files

    def add(self, work: Work) -> None:
        """Note that a file is complete."""
        self.files[work.output.name] = _sign(work.inputs[0])
        text = json.dumps({"policy": self.digest, "files": self.files}, indent=2, ensure_ascii=False)
        part = self.folder / (RECORD + PART)
        part.write_bytes((text + "\n").encode("utf-8"))
        part.replace(self.folder / RECORD)


def _sign(given: Input) -> dict[str, object]:
    state = Path(given.path).stat()
    return {"input": given.path, "size": state.st_size, "modified": state.st_mtime_ns}
