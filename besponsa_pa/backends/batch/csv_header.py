"""The header of a file of CSV: how its cells are parted, and what its columns are called.

No reader guesses either: what it cannot make sense of it would pass over, and with it the rows of patients.
"""

from __future__ import annotations

import csv
import re

from besponsa_pa.backends.batch.inputs import without_compression
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.records import dataclass

SIGNS = (",", ";", "\t", "|")
QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class Header:
    """The sign between cells, and the names of the columns in their order."""

    delimiter: str
    names: tuple[str, ...]


def header_of(line: str | None, path: str, diagnostics: Diagnostics) -> Header | None:
    """The header that the first line of a file is; None where nothing can be read by it, which is reported.

    Cells are parted by tabs in `.tsv`, else by the sign that is in the line most often.
    """
    if line is None or not line.strip("\ufeff \t\r"):
        help = "its first line says what the columns are called, as text in UTF-8"
        diagnostics.error("E808", f"`{path}` has no header", help=help)
        return None
    line = line.removeprefix("\ufeff").rstrip("\r")
    delimiter = "\t" if without_compression(path.lower()).endswith(".tsv") else _delimiter(line)
    names = tuple(name.strip() for name in next(csv.reader([line], delimiter=delimiter)))
    found = Diagnostics()
    for at, name in enumerate(names):
        if not name:
            help = "every column is called as the fact that it holds"
            found.error("E801", f"column {at + 1} of `{path}` has no name", help=help)
        elif name in names[:at]:
            found.error("E803", f"`{path}` has two columns `{name}`", help="leave one of them out")
    diagnostics.extend(found)
    return None if found.has_errors else Header(delimiter, names)


def _delimiter(line: str) -> str:
    bare = QUOTED.sub("", line)
    return max(SIGNS, key=bare.count)
