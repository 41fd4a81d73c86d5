"""A long work in a thread of its own, with a bar for who waits, and stopped from the keyboard."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

import click

Result = TypeVar("Result")
INTERVAL = 0.2


class Running(Protocol):
    """What works, and can be asked how far it is, and be stopped from another thread."""

    @property
    def percent(self) -> float:
        """How much is done, of 100; less than 0 while that is not known."""

    def interrupt(self) -> None:
        """Stop what runs."""


def run(engine: Running, work: Callable[[], Result], label: str, cases: int | None, *, shows: bool) -> Result:
    """Do a work that the engine can be asked about, and stop it at Ctrl-C.

    `cases` is about how many there are, for the rate; None where nobody knows.
    """
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        try:
            _watch(future.done, engine, label, cases, shows=shows)
            return future.result()
        except KeyboardInterrupt:
            engine.interrupt()
            future.exception()  # waits for its end
            raise


def _watch(is_done: Callable[[], bool], engine: Running, label: str, cases: int | None, *, shows: bool) -> None:
    length, started = cases or 100, time.monotonic()

    def rate(count: int | None) -> str | None:
        elapsed = time.monotonic() - started
        return f"{count / elapsed:,.0f} cases a second" if count and cases and elapsed > 0 else None

    bar = click.progressbar(length=length, label=label, file=sys.stderr, item_show_func=rate, hidden=not shows)
    with bar:
        while not is_done():
            time.sleep(INTERVAL)
            done = int(length * max(engine.percent, 0.0) / 100)
            if done > bar.pos:
                bar.update(done - bar.pos, done)
        bar.update(length - bar.pos, length)
