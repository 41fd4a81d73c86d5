"""The processes of the engines as the comparison sees them: started, asked a line at a time, ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from benchmarks.peers.engine import HERE

ROOT = HERE.parent.parent


class WorkerError(Exception):
    """An engine's process has ended before its time, with the last that it said."""


class Worker:
    """A process that decides with one engine.

    `first` is its first decision, `cold_start` the seconds from the start of the process to it, and `first_memory`
    the bytes that it held at most until then.
    """

    def __init__(self, name: str, file: Path, settings: Mapping[str, str]) -> None:
        self.name = name
        self._ends = ExitStack()
        command = _command(name, file)
        started = perf_counter()
        self._process = self._ends.enter_context(
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | settings,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        )
        try:
            told = self._answer()
        except WorkerError:
            self._ends.close()
            raise
        self.cold_start = perf_counter() - started
        self.first: str = told["first"]
        self.first_memory: int = told["memory"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            self._process.kill()
        self._ends.close()

    def ask(self, do: str, **how: object) -> Any:
        """What the process answers; it waits for nothing else."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **how}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise WorkerError(f"`{self.name}` has ended: run `{' '.join(_command(self.name, Path('CASES')))}`")
        return json.loads(line)


def _command(name: str, file: Path) -> Sequence[str]:
    if name == "cql":
        from benchmarks.peers.engines.cql import node

        return node.command(file)
    return [sys.executable, "-m", "benchmarks.peers.worker", name, str(file)]
