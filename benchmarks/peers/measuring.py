"""Every engine in one run: each in a process of its own, the rounds of all of them in turn, of each the shortest."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.peers import cases, exact
from benchmarks.peers.engine import ENTRIES, is_there
from benchmarks.peers.workers import Worker, WorkerError
from besponsa_pa.cache import VARIABLE

# before the generated cases the file holds the approvable one, which a cold start decides, and the probes
FIRST = 1 + len(cases.PROBES)
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure: rounds of cold starts and of decisions, and about how many seconds a round takes."""

    starts: int = 7
    rounds: int = 15
    seconds: float = 0.3
    count: int = cases.COUNT


@dataclass(frozen=True, slots=True)
class Measured:
    """What one engine did. `seconds` are those of one decision; `memory` is the most until the first one, in bytes.

    `answers` are those on the probes, by the criterion whose fact is missing.
    """

    seconds: float
    cold_start: float
    memory: int
    agreeing: int
    unsafe: int
    count: int
    answers: Mapping[str, str]

    def probes(self, outcome: str) -> int:
        """On how many of the probes it gave this answer."""
        return Counter(self.answers.values())[outcome]


@dataclass(frozen=True, slots=True)
class Row:
    """An engine of the table; without figures where it is not installed, or has failed."""

    name: str
    version: str
    measured: Measured | None
    absent: str = ""


def measure(names: Iterable[str], effort: Effort, tell: Tell) -> list[Row]:
    """The engines in their order, those that are not there too."""
    names = list(names)
    there = [name for name in names if is_there(name)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cases.ndjson"
        expected = _write(file, effort.count)
        settings = {VARIABLE: str(Path(folder) / "policies")}
        measured = _Run(there, file, settings, effort, tell).measured(expected)
    return [_row(name, measured.get(name)) for name in names]


def _write(file: Path, count: int) -> list[str]:
    """Write the cases, and say what the exact reference decides of those that are generated."""
    generated = list(cases.generated(count))
    probes = (case for _, case in cases.probes())
    text = "".join(f"{line}\n" for line in cases.lines([cases.approvable(), *probes, *generated]))
    file.write_text(text, encoding="utf-8")
    return [exact.decide(case) for case in generated]


def _row(name: str, measured: Measured | None) -> Row:
    if measured is not None:
        return Row(name, _version(name), measured)
    return Row(name, "", None, "failed" if is_there(name) else "not installed")


def _version(name: str) -> str:
    if name == "cql":
        from benchmarks.peers.engines.cql import node

        return node.version()
    package = ENTRIES[name].package
    return version(package) if package else ""


class _Run:
    """One run over all engines that are there."""

    def __init__(
        self, names: Sequence[str], file: Path, settings: Mapping[str, str], effort: Effort, tell: Tell
    ) -> None:
        self._names = names
        self._file = file
        self._settings = settings
        self._effort = effort
        self._tell = tell

    def measured(self, expected: Sequence[str]) -> dict[str, Measured]:
        """What each did that did not fail."""
        starts = self._cold_starts()
        with ExitStack() as ends:
            workers = {name: ends.enter_context(self._worker(name)) for name in starts}
            answers = self._answers(workers)
            seconds = self._rounds({name: workers[name] for name in answers})
        return {
            name: Measured(
                seconds=seconds[name],
                cold_start=min(each.cold_start for each in starts[name]),
                memory=min(each.first_memory for each in starts[name]),
                agreeing=sum(map(str.__eq__, answers[name][FIRST:], expected)),
                unsafe=sum(map(_is_unsafe, answers[name][FIRST:], expected)),
                count=len(expected),
                answers=dict(zip((criterion for criterion, _ in cases.PROBES), answers[name][1:FIRST], strict=True)),
            )
            for name in answers
        }

    def _cold_starts(self) -> dict[str, list[Worker]]:
        """Processes that decide one case and end; the first of each engine fills the caches and does not count."""
        found: dict[str, list[Worker]] = {}
        for turn in range(1 + self._effort.starts):
            self._tell(f"cold starts, round {turn} of {self._effort.starts}")
            for name in self._names if turn == 0 else list(found):
                try:
                    with self._worker(name) as worker:
                        found.setdefault(name, [])
                except WorkerError as error:
                    self._tell(str(error))
                    continue
                found[name] += [worker] * (turn > 0)
        return found

    def _answers(self, workers: Mapping[str, Worker]) -> dict[str, list[str]]:
        """What each engine says of every case; one whose process ends over them is left out."""
        found: dict[str, list[str]] = {}
        for name, worker in workers.items():
            self._tell(f"all cases: {name}")
            try:
                found[name] = worker.ask("answers")
            except (WorkerError, BrokenPipeError) as error:
                self._tell(str(error))
        return found

    def _rounds(self, workers: Mapping[str, Worker]) -> dict[str, float]:
        """The seconds of a decision: rounds in turn, over all cases or, where they take longer, over some."""
        sizes = {name: self._read(worker) for name, worker in workers.items()}
        best: dict[str, float] = {}
        for turn in range(1, 1 + self._effort.rounds):
            self._tell(f"decisions, round {turn} of {self._effort.rounds}")
            for name, worker in workers.items():
                one = worker.ask("time", seconds=self._effort.seconds) / sizes[name]
                best[name] = min(one, best.get(name, one))
        return best

    def _read(self, worker: Worker) -> int:
        """Have the cases read: all, or as many as one pass over them fits in a round; how many they are."""
        few: int = worker.ask("read", first=FIRST, every=max(1, self._effort.count // 200))
        one: float = worker.ask("time", seconds=0.01) / few
        every = max(1, round(one * self._effort.count / self._effort.seconds))
        size: int = worker.ask("read", first=FIRST, every=every)
        return size

    def _worker(self, name: str) -> Worker:
        return Worker(name, self._file, self._settings)


def _is_unsafe(answer: str, expected: str) -> bool:
    return answer == "approve" != expected
