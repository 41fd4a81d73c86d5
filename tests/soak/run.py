"""Hold an engine to the interpreter's answers on a million random cases of each bundled policy.

`make soak`. It says how it goes, and stops at the first cases of which the two say different things, which it shows in
full. A policy that the engine refuses is named with the reason. The same seed looks at the same cases.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "backends"))

from case_making import maker_for
from comparing import answers_of_determine, differences, read_cases
from engines import ENGINES, Engine

from besponsa_pa import CompiledPolicy, load_policy
from besponsa_pa.api import find_policies
from besponsa_pa.backends.sql import RefusedError

CHUNK = 20_000
# how many differences are shown of the chunk in which the first is found
SHOWN = 3
# seconds after which it says again how far it is
EVERY = 20.0


@dataclass(frozen=True)
class Chunk:
    """What came of one chunk of cases: how many were made, were cases at all, were handed on; what differs."""

    made: int
    compared: int
    refused: int
    differences: tuple[str, ...]


@dataclass
class Total:
    """What came of all chunks of a policy so far."""

    made: int = 0
    compared: int = 0
    refused: int = 0


def chunk_of(name: str, engine: str, seed: int, count: int) -> Chunk:
    """Make the cases of a chunk, decide them twice and compare."""
    compiled, answers = _prepared(name, engine)
    pairs = read_cases(compiled, maker_for(compiled, seed).cases(count))
    cases = [case for _, case in pairs]
    found = answers(compiled, cases)
    unlike = differences([plain for plain, _ in pairs], answers_of_determine(compiled, cases), found)
    shown = tuple(str(each) for each, _ in zip(unlike, range(SHOWN), strict=False))
    return Chunk(count, len(cases), sum(each.refused is not None for each in found), shown)


@cache
def _prepared(name: str, engine: str) -> tuple[CompiledPolicy, Engine]:
    compiled = load_policy(name)
    return compiled, ENGINES[engine](compiled)


def tell(line: str) -> None:
    """Say how it goes, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Plan:
    """How many cases of each policy, against which engine, from which seed, for how long, by how many processes."""

    engine: str
    cases: int
    seed: int
    seconds: float
    workers: int


def soak(names: Sequence[str], plan: Plan) -> int:
    """Go through the policies; 1 when anything differs, else 0."""
    end = time.monotonic() + plan.seconds
    compared = refused = 0
    with ProcessPoolExecutor(plan.workers) as pool:
        for name in names:
            try:
                _prepared(name, plan.engine)
            except RefusedError as why:
                tell(f"{name}: {plan.engine} refuses it: {why}")
                continue
            total = _of_policy(pool, name, plan, end)
            if total is None:
                return 1
            compared, refused = compared + total.compared, refused + total.refused
    tell(f"{compared:,} cases compared, {refused:,} of them refused by {plan.engine}, no difference")
    return 0


def _of_policy(pool: ProcessPoolExecutor, name: str, plan: Plan, end: float) -> Total | None:
    """What came of a policy; None where something differs, which has been shown."""
    total, told = Total(), time.monotonic()
    for chunk in _chunks(pool, name, plan, end):
        total.made, total.compared = total.made + chunk.made, total.compared + chunk.compared
        total.refused += chunk.refused
        if chunk.differences:
            tell(f"{name}: the interpreter against {plan.engine}, seed {plan.seed}")
            tell("\n".join(chunk.differences))
            pool.shutdown(cancel_futures=True)
            return None
        if time.monotonic() > told + EVERY:
            told = time.monotonic()
            tell(f"{name}: {total.compared:,} so far")
    tell(f"{name}: {total.compared:,} cases compared of {total.made:,} made, {total.refused:,} refused")
    return total


def _chunks(pool: ProcessPoolExecutor, name: str, plan: Plan, end: float) -> Iterator[Chunk]:
    """What comes of each chunk, in order; no more are begun than there are workers, so that an end is an end."""
    sizes = [min(CHUNK, plan.cases - at) for at in range(0, plan.cases, CHUNK)]
    waiting: list[Future[Chunk]] = []
    for at, size in enumerate(sizes):
        if time.monotonic() < end:
            waiting.append(pool.submit(chunk_of, name, plan.engine, plan.seed + at, size))
        if len(waiting) > plan.workers:
            yield waiting.pop(0).result()
    yield from (each.result() for each in waiting)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read what is asked for, and do it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="of each policy")
    parser.add_argument("--policy", action="append", help="left out: every bundled one")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="duckdb")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=24 * 60.0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    names = options.policy or sorted(find_policies())
    seconds = 60 * options.minutes
    return soak(names, Plan(options.engine, options.cases, options.seed, seconds, options.workers))


if __name__ == "__main__":
    sys.exit(main())
