"""The process of one engine: it decides the first case, says so, and then does what it is asked, a line at a time.

`python -m benchmarks.peers.worker ENGINE CASES`. Each line that it reads and writes is JSON; see `workers`. Little is
imported here: from the start of the process to the first decision is what is measured.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.peers.engine import Engine, engine_named

BLOCK = 500  # cases that are loaded together, then decided


def main(name: str, file: str) -> None:
    """Serve until nobody asks any more."""
    engine = engine_named(name)
    with Path(file).open(encoding="utf-8") as source:
        first = outcome(engine, _case(source.readline()))
    say({"first": first, "memory": peak_memory()})
    cases: list[Any] = []
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "answers":
            say(answers(engine, file))
        elif asked["do"] == "read":
            cases = read(file, asked["first"], asked["every"])
            say(len(cases))
        elif asked["do"] == "time":
            say(shortest(engine, cases, asked["seconds"]))


def answers(engine: Engine, file: str) -> list[str]:
    """What the engine says of every case of the file; what it cannot load or decide is an error."""
    with Path(file).open(encoding="utf-8") as source:
        return [outcome(engine, _case(line)) for line in source]


def outcome(engine: Engine, case: Any) -> str:
    try:
        return engine.outcome(engine.decide(engine.load(case)))
    except Exception:  # noqa: BLE001 - an engine fails as it likes, and that is what is counted
        return "error"


def read(file: str, first: int, every: int) -> list[Any]:
    """Cases from the one with that number on, as a program has them, out of the way of the collector of memory."""
    with Path(file).open(encoding="utf-8") as source:
        cases = [_case(line) for number, line in enumerate(source) if number >= first][::every]
    gc.collect()
    gc.freeze()
    return cases


def shortest(engine: Engine, cases: Sequence[Any], budget: float) -> float:
    """The seconds for these cases in the shortest of the passes that fit in so many seconds, of one at least."""
    start = perf_counter()
    found = seconds(engine, cases)
    while perf_counter() - start < budget:
        found = min(found, seconds(engine, cases))
    return found


def seconds(engine: Engine, cases: Sequence[Any]) -> float:
    """How long the engine takes to decide these cases.

    Each is loaded anew, a block at a time and outside the clock, as it is where every case is decided once: nothing
    that an engine may keep with a case helps it, and what it decides has just been in the processor's hands.
    """
    taken = 0.0
    for at in range(0, len(cases), BLOCK):
        loaded = [engine.load(case) for case in cases[at : at + BLOCK]]
        taken += _seconds_for(engine, loaded)
    return taken


def _seconds_for(engine: Engine, cases: Sequence[Any]) -> float:
    """The clock itself; no answer is kept but by a call for many."""
    if engine.decide_all is not None:
        start = perf_counter()
        engine.decide_all(cases)
        return perf_counter() - start
    decide = engine.decide
    start = perf_counter()
    for case in cases:
        decide(case)
    return perf_counter() - start


def peak_memory() -> int:
    """The most memory that this process has held at once, in bytes; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    found = (line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM:"))
    return int(next(found).split()[1]) * 1024


def say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _case(line: str) -> Any:
    from benchmarks.peers.cases import case_from_line

    return case_from_line(line)


if __name__ == "__main__":
    main(*sys.argv[1:])
