"""The door for files: bytes to text, and the text to nodes by the language that it is written in."""

from __future__ import annotations

import re
from pathlib import Path

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document.json_reader import parse_json
from besponsa_pa.document.nodes import Node
from besponsa_pa.document.yaml_reader import parse_yaml
from besponsa_pa.patterns import pattern
from besponsa_pa.source import Source

SIZE_LIMIT = 1_000_000

_JSON_SUFFIXES = (".json", ".ndjson", ".jsonl")
_YAML_SUFFIXES = (".yaml", ".yml")
_LOOKS_LIKE_JSON = pattern(r"\s*(?:\{\s*[\"}]|\[\s*[{\"\]])")
_CONTROL = pattern(r"[\x01-\x08\x0b\x0c\x0e-\x1f]")
_OTHER_FORMATS = ((b"%PDF", "a PDF"), (b"PK\x03\x04", "a Word, Excel or zip file"), (b"\x1f\x8b", "a compressed file"))
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_SAVE_AS_UTF8 = "save the file as UTF-8"


def read_source(path: Path, diagnostics: Diagnostics, limit: int = SIZE_LIMIT) -> Source | None:
    """Read a text file, or say in one line why it cannot be used.

    Nothing is ever read beyond `limit` bytes, so that no file is too large to be refused at once.
    """
    name = _printable(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        diagnostics.error("E101", f"there is no file `{name}`")
    except IsADirectoryError:
        diagnostics.error("E101", f"`{name}` is a directory, wanted a file")
    except PermissionError:
        diagnostics.error("E101", f"`{name}` may not be read", help="ask for the permission to read it")
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        diagnostics.error("E101", f"`{name}` cannot be read: {reason}")
    else:
        return source_from_bytes(data, name, diagnostics, limit)
    return None


def source_from_bytes(
    data: bytes, name: str, diagnostics: Diagnostics, limit: int = SIZE_LIMIT, first_line: int = 1
) -> Source | None:
    """Make text of bytes, such as those of standard input, or say in one line why they are none.

    Text is UTF-8, with or without a byte order mark; another encoding is named, never guessed. `first_line` is the
    line of the file at which the bytes begin, for one case of a file with many.
    """
    if len(data) > limit:
        where = f"`{name}`" if first_line == 1 else f"what begins on line {first_line} of `{name}`"
        what = f"{where} is larger than {limit / 1_000_000:g} MB"
        diagnostics.error("E102", what, help="divide it into several files")
        return None
    problem = _binary_problem(data, first_line)
    if problem:
        diagnostics.error("E103", f"`{name}` {problem[0]}", help=problem[1])
        return None
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + first_line
        help = _encoding_help(data[error.start])
        diagnostics.error("E103", f"`{name}` is not UTF-8 text on line {line}", help=help)
        return None
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + first_line
        what = f"`{name}` holds the control character U+{ord(control.group()):04X} on line {line}"
        diagnostics.error("E104", what, help="delete the character")
        return None
    return Source(text, name, first_line)


def parse_document(source: Source, diagnostics: Diagnostics) -> Node | None:
    """Read YAML or JSON by the name of the source; where the name does not tell, as for standard input, by its text."""
    name = source.name.lower()
    if name.endswith(_JSON_SUFFIXES):
        return parse_json(source, diagnostics)
    if not name.endswith(_YAML_SUFFIXES) and _LOOKS_LIKE_JSON.match(source.text):
        return parse_json(source, diagnostics)
    return parse_yaml(source, diagnostics)


def _binary_problem(data: bytes, first_line: int) -> tuple[str, str] | None:
    """What the bytes are if they are no text at all, and the mend."""
    for mark, kind in _OTHER_FORMATS:
        if data.startswith(mark):
            return f"is {kind}, wanted a text file", "copy its text into a file of its own"
    if data.startswith(_WIDE_MARKS):
        return "is written in UTF-16 or UTF-32, wanted UTF-8", _SAVE_AS_UTF8
    at = data.find(b"\x00")
    if at >= 0:
        line = data.count(b"\n", 0, at) + first_line
        return f"is not a text file: it holds a NUL byte on line {line}", f"if it is text, {_SAVE_AS_UTF8}"
    return None


def _encoding_help(byte: int) -> str:
    shown = bytes([byte]).decode("cp1252", errors="replace")
    if shown == "\ufffd":
        return _SAVE_AS_UTF8
    return f"it looks like Windows-1252 or Latin-1, where the byte there is `{shown}`; {_SAVE_AS_UTF8}"


def _printable(name: str) -> str:
    """A file name that any terminal can show on one line."""
    return re.sub(r"[\x00-\x1f\x7f]", "?", name.encode("utf-8", "replace").decode("utf-8"))
