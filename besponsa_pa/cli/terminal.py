"""What the commands know of the terminal: its width, its colours, where to write."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import TextIO

import click

from besponsa_pa.diagnostic import Diagnostic
from besponsa_pa.records import dataclass, field
from besponsa_pa.render.diagnostics import in_order, text_from_diagnostics

DEFAULT_WIDTH = 100
# a run that ends within a second needs no progress
PATIENCE, INTERVAL = 1.0, 0.2
CLEAR_LINE = "\r\x1b[K"


def width() -> int:
    """The columns of the terminal, or of the environment's COLUMNS."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or DEFAULT_WIDTH
    except (OSError, ValueError):  # no terminal, or nothing of the kind
        return DEFAULT_WIDTH


def has_colours(stream: TextIO) -> bool:
    """Whether to write in colours: to a terminal that has them, unless NO_COLOR is set (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write(text: str) -> None:
    """Write to standard output, in the encoding of the terminal."""
    click.echo(text, nl=False)


def write_exactly(text: str) -> None:
    """Write data to standard output: UTF-8 with plain line ends, the same bytes on every machine."""
    click.echo(text.encode("utf-8"), nl=False)


def report(diagnostics: Iterable[Diagnostic]) -> None:
    """Write diagnostics to standard error, in the order of the file."""
    click.echo(text_from_diagnostics(in_order(diagnostics), has_colours(sys.stderr)), nl=False, err=True)


@dataclass(slots=True)
class Progress:
    """A counter on standard error, for a person who waits while the output goes into a file."""

    noun: str
    watched: bool = field(default_factory=lambda: sys.stderr.isatty() and not sys.stdout.isatty())
    clock: Callable[[], float] = time.monotonic
    _count: int = 0
    _started: float = field(init=False)
    _shown: float = 0.0

    def __post_init__(self) -> None:
        self._started = self.clock()

    def advance(self) -> None:
        """Count one more, and show it now and then."""
        self._count += 1
        if not self.watched:
            return
        now = self.clock()
        if now - self._started >= PATIENCE and now - self._shown >= INTERVAL:
            self._shown = now
            rate = self._count / (now - self._started)
            click.echo(f"{CLEAR_LINE}{self._count:,} {self.noun}, {rate:,.0f} a second", nl=False, err=True)

    def clear(self) -> None:
        """Make room for something else on standard error."""
        if self._shown:
            click.echo(CLEAR_LINE, nl=False, err=True)
            self._shown = 0.0
