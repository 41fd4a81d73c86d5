"""Hold the rows that Spark writes to those that DuckDB writes, for the same files of cases.

`python tests/soak/spark_rows.py --cases 1000000`. Left out, the policy is that of the peers in `benchmarks`, with its
own cases; any other gets random ones, of which many are hard. It says how long each took, and shows rows that differ.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "backends"))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from batches import decide_with_duckdb, decide_with_spark, rows_that_differ
from case_making import json_text, maker_for
from engines import spark_session

from benchmarks.peers.cases import generated, lines
from besponsa_pa import CompiledPolicy, load_policy

PEERS = Path(__file__).parent.parent.parent / "benchmarks" / "peers" / "policy" / "policy.yaml"
# so many different cases, which are then repeated
DIFFERENT = 10_000


def tell(line: str) -> None:
    """Say how it goes, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def write_cases(path: Path, different: Iterator[str], count: int) -> None:
    """Write so many cases, a line each."""
    kept = list(different)
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in islice(cycle(kept), count))


def timed(name: str, count: int, work: Callable[[], object]) -> None:
    """Do a work and say how long it took."""
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    tell(f"{name}: {count:,} cases in {seconds:.1f} s, {count / seconds:,.0f} a second")


def compare(compiled: CompiledPolicy, different: Iterator[str], count: int) -> int:
    """Decide cases twice; 1 where a row differs, else 0."""
    session = spark_session()
    with tempfile.TemporaryDirectory() as folder:
        source, duckdb, spark = (Path(folder) / name for name in ("cases.ndjson", "duckdb.parquet", "spark"))
        write_cases(source, different, count)
        timed("duckdb", count, lambda: decide_with_duckdb(compiled, source, duckdb))
        timed("spark", count, lambda: decide_with_spark(session, compiled, source, spark))
        unlike = rows_that_differ(duckdb, spark)
    tell("\n".join(map(str, unlike)) or f"{count:,} cases, no row differs")
    return 1 if unlike else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Read what is asked for, and do it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--policy", help="left out: the one that the peers are measured with")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    compiled = load_policy(options.policy or str(PEERS))
    count = min(options.cases, DIFFERENT)
    if options.policy is None:
        return compare(compiled, lines(generated(count, seed=options.seed)), options.cases)
    return compare(compiled, map(json_text, maker_for(compiled, options.seed).cases(count)), options.cases)


if __name__ == "__main__":
    sys.exit(main())
