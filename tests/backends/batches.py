"""Files of cases decided by the engines of `batch`, and the rows in which two of them differ."""

from __future__ import annotations

from pathlib import Path

from besponsa_pa import CompiledPolicy
from besponsa_pa.backends.batch.duckdb_engine import Engine, Resources
from besponsa_pa.backends.batch.inputs import Format, Input, format_of
from besponsa_pa.backends.batch.shape import shape_of
from besponsa_pa.backends.batch.spark_engine import Destination, Reject, SparkEngine
from besponsa_pa.backends.batch.statement import OUTPUT, Deciding
from besponsa_pa.backends.sql import sql_from_policy
from besponsa_pa.cli.batch_rows import Interpreter
from besponsa_pa.cli.case_policies import Policies
from besponsa_pa.diagnostic import Diagnostics

# so many rows that differ are told of each side
SHOWN = 3


def spark_engine(session: object, compiled: CompiledPolicy) -> SparkEngine:
    """Spark with the SQL of a policy, and with the interpreter for what it refuses."""
    deciding = Deciding(sql_from_policy(compiled, "spark", are_checked=True).text)
    return SparkEngine(session, shape_of(compiled, has_versions=False), deciding, _interpreter(compiled))  # type: ignore[arg-type]


def decide_with_spark(session: object, compiled: CompiledPolicy, source: Path, target: Path) -> list[Reject]:
    """Write the decisions for a file into a folder; the rows that are no cases."""
    rejects: list[Reject] = []
    engine, inputs, diagnostics = spark_engine(session, compiled), [input_of(source)], Diagnostics()
    engine.look_at(inputs, diagnostics)
    diagnostics.raise_errors()
    engine.write(inputs, Destination(str(target), Format.PARQUET, None), rejects.append)
    return rejects


def decide_with_duckdb(compiled: CompiledPolicy, source: Path, target: Path) -> Path | None:
    """Write the decisions for a file; the file of the rows that are no cases, where there are any."""
    deciding = Deciding(sql_from_policy(compiled, "duckdb", are_checked=True).text)
    shape = shape_of(compiled, has_versions=False)
    engine = Engine(shape, deciding, _interpreter(compiled), Resources(None, "2GB"))
    inputs, rejects = [input_of(source)], target.with_suffix(".rejects.ndjson")
    try:
        engine.write(engine.query(inputs, Diagnostics()), str(target), Format.PARQUET, target.name)
        return rejects if engine.write_rejects(inputs, str(rejects)) else None
    finally:
        engine.close()


def input_of(source: Path) -> Input:
    """A file of cases by its name."""
    form = format_of(source.name)
    assert form is not None
    return Input(str(source), form)


def rows_that_differ(duckdb_file: Path, spark_folder: Path) -> list[object]:
    """Rows that only one of them has, a few of each. Which way they were decided may differ."""
    import duckdb

    columns = ", ".join(OUTPUT)
    first = f"SELECT {columns} FROM read_parquet('{duckdb_file}')"  # noqa: S608 - paths of a test
    second = f"SELECT {columns} FROM read_parquet('{spark_folder}/*.parquet')"  # noqa: S608
    with duckdb.connect() as connection:
        found: list[object] = []
        for name, one, other in (("duckdb", first, second), ("spark", second, first)):
            query = f"SELECT '{name}', * FROM (({one}) EXCEPT ALL ({other})) LIMIT {SHOWN}"  # noqa: S608
            found += connection.execute(query).fetchall()
        return found


def _interpreter(compiled: CompiledPolicy) -> Interpreter:
    return Interpreter(Policies(compiled, (), chosen_by_id=False))
