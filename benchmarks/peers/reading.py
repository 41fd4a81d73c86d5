"""`python -m benchmarks.peers.reading`: where the time of a batch goes, step by step, on one thread.

SQL by hand lets DuckDB read the keys that it asks for. That reader passes over misspelt keys, takes the first of two
equal ones and loses digits of long numbers, so `batch` reads lines as texts, and holds what was found against them.
"""

from __future__ import annotations

# ruff: noqa: S608 - the SQL is of the benchmark's own policy
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import duckdb

from benchmarks.peers import cases
from benchmarks.peers.engine import POLICY
from benchmarks.peers.vectorised import SQL
from besponsa_pa import load_policy
from besponsa_pa.backends.batch.duckdb_engine import Engine, Resources
from besponsa_pa.backends.batch.inputs import Format, Input
from besponsa_pa.backends.batch.interpreted import Answer
from besponsa_pa.backends.batch.json_lines import lines_of, sampled_lines, texts_from_lines
from besponsa_pa.backends.batch.reading import cases_from_texts
from besponsa_pa.backends.batch.sample import seen_in
from besponsa_pa.backends.batch.shape import shape_of
from besponsa_pa.backends.batch.statement import ANSWER_TYPE, Deciding
from besponsa_pa.backends.sql import sql_from_policy
from besponsa_pa.diagnostic import Diagnostics

ROWS = 200_000
ROUNDS = 3


def steps(source: str, target: str) -> Iterator[tuple[str, str]]:
    """What is timed, each with its SQL: every one does what the one before it does, and more."""
    compiled = load_policy(POLICY)
    shape = shape_of(compiled, has_versions=False)
    with duckdb.connect() as connection:
        sample = connection.execute(sampled_lines(source, 4000)).fetchall()
    texts = texts_from_lines(shape, [source], seen_in(line for (line,) in sample))
    by_hand = SQL.replace("$input", f"'{source}'").replace("$output", f"'{target}'")
    read = by_hand[by_hand.index("FROM read_json") : by_hand.index(") TO")]
    yield "by hand: DuckDB reads the keys that are asked for", f"SELECT count(COLUMNS(*)) {read}"
    yield "by hand, whole: the decision", by_hand
    yield "`batch`: the lines as texts", f"SELECT count(l) FROM {lines_of([source])}"
    values = 'count(COLUMNS(* EXCLUDE ("$known")))'
    yield "and the values by their keys", f"SELECT {values} FROM ({texts.query})"
    yield "and whether that is all that is there", f'SELECT count(*) FILTER ("$known"), {values} FROM ({texts.query})'
    yield "and the values by their types", f"SELECT count(COLUMNS(*)) FROM ({cases_from_texts(shape, texts)})"
    yield "whole: decision, reasons, missing facts", _whole(source, target)


def _whole(source: str, target: str) -> str:
    compiled = load_policy(POLICY)
    deciding = Deciding(sql_from_policy(compiled, "duckdb", are_checked=True).text)
    shape = shape_of(compiled, has_versions=False)
    engine = Engine(shape, deciding, lambda *_: Answer(None), Resources(1, "2GB"))
    query = engine.query([Input(source, Format.NDJSON)], Diagnostics())
    engine.close()
    # every row is decided by SQL here: the interpreter is not asked
    query = query.replace('interpret("$raw", "$file", hash("$raw"))', f"NULL::{ANSWER_TYPE}")
    return f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"


def seconds(statement: str) -> float:
    """The processor time of a statement on one thread, the shortest of some rounds."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        return min(_timed(connection, statement) for _ in range(ROUNDS))


def _timed(connection: duckdb.DuckDBPyConnection, statement: str) -> float:
    start = process_time()
    connection.execute(statement).fetchall()
    return process_time() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "cases.ndjson", Path(folder) / "decisions.parquet"
        with source.open("w", encoding="utf-8") as output:
            output.writelines(f"{line}\n" for line in cases.repeated_lines(ROWS, list(cases.generated())))
        for said, statement in steps(str(source), str(target)):
            sys.stdout.write(f"{1e6 * seconds(statement) / ROWS:6.2f} µs a row  {said}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
