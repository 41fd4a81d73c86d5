"""What commands that decide many cases take: how much of the machine they may use, and what they show meanwhile."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

FILE = click.Path(dir_okay=False, path_type=Path)
SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([KMGT]i?B)", re.IGNORECASE)

memory_option = click.option(
    "--memory", metavar="SIZE", default="1GB", show_default=True, help="Use at most this much memory."
)
threads_option = click.option(
    "--threads", metavar="COUNT", type=click.IntRange(min=1), help="Use so many threads; else one a core."
)
progress_option = click.option("--progress/--no-progress", default=None, help="Show a bar; else only on a terminal.")


def shows_progress(asked: bool | None) -> bool:
    """Whether a bar is shown: as was asked, else on a terminal."""
    return sys.stderr.isatty() if asked is None else asked


def half_of_memory(size: str) -> str:
    """Half of a size, for each of two engines side by side. Raises `BadParameter` for what is none."""
    match = SIZE.fullmatch(size.strip())
    if match is None:
        raise click.BadParameter(f"`{size}` is no size, such as `500MB` or `1GB`", param_hint="`--memory`")
    return f"{float(match[1]) / 2:g}{match[2]}"


def memory_of_java(size: str) -> str:
    """A size as Java writes it, which takes whole numbers alone: `1g` for `1GB`. Raises `BadParameter` for others."""
    match = SIZE.fullmatch(size.strip())
    if match is None or not match[1].isdecimal():
        raise click.BadParameter(f"`{size}` is no size such as 2GB", param_hint="`--memory`")
    return f"{match[1]}{match[2][0].lower()}"
