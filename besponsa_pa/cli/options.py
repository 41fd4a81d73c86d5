"""What several commands take, and the policies that their arguments name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from besponsa_pa.api import FILE_NAME
from besponsa_pa.diagnostic import Diagnostics

policies_option = click.option(
    "--policies",
    "directories",
    metavar="DIR",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Look for policies and shared files here first; may be given several times.",
)


def policies_below(arguments: Sequence[str], diagnostics: Diagnostics) -> Iterator[str | Path]:
    """The policies that arguments name: an id, a file, or a folder for every policy below it, each once."""
    seen: set[str | Path] = set()
    for argument in arguments:
        for name in _named(argument, diagnostics):
            if name not in seen:
                seen.add(name)
                yield name


def _named(argument: str, diagnostics: Diagnostics) -> list[str | Path]:
    path = Path(argument)
    if not path.is_dir():
        return [argument]
    found: list[str | Path] = [*sorted(path.rglob(FILE_NAME))]
    if not found:
        diagnostics.error("E502", f"there is no `{FILE_NAME}` in or below `{argument}`")
    return found


def counted(count: int, noun: str, none: str = "no") -> str:
    """A number of things in words: `no errors`, `1 error`, `2 errors`."""
    return f"{count or none} {noun}{'' if count == 1 else 's'}"
