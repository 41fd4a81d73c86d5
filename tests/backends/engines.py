"""The databases that run the SQL of a policy: each takes cases as rows of typed columns, and gives answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import TypeAlias

from case_rows import Row, row_from_case
from comparing import Answer, answer_of_columns

from besponsa_pa import Case, CompiledPolicy, load_policy
from besponsa_pa.backends.sql import sql_from_policy
from besponsa_pa.backends.sql.columns import Column, Kind, columns_of

Engine: TypeAlias = Callable[[CompiledPolicy, Sequence[Case]], Sequence[Answer]]
LONGEST_DECIMAL = (18, 8)


def rows_of(compiled: CompiledPolicy, cases: Iterable[Case]) -> list[Row]:
    """The cases as rows. They are numbered, so that the answers can be put in the order of the cases."""
    columns = columns_of(compiled)
    rows = [row_from_case(compiled, case, columns) for case in cases]
    for at, row in enumerate(rows):
        row["case_id"] = str(at)
    return rows


def in_order(answers: Iterable[Mapping[str, object]]) -> list[Answer]:
    """Rows of answers in the order of their cases."""
    return [answer_of_columns(row) for row in sorted(answers, key=lambda row: int(str(row["case_id"])))]


# --- DuckDB ---


def answers_of_duckdb(compiled: CompiledPolicy, cases: Sequence[Case], statement: str | None = None) -> list[Answer]:
    """What DuckDB says; `statement` saves writing the SQL of the policy anew."""
    import duckdb

    statement = sql_from_policy(compiled, "duckdb").text if statement is None else statement
    with duckdb.connect() as connection:
        connection.register("cases", arrow_table(columns_of(compiled), rows_of(compiled, cases)))
        found = connection.sql(statement)
        names = list(found.columns)
        return in_order(dict(zip(names, row, strict=True)) for row in found.fetchall())


def arrow_table(columns: Sequence[Column], rows: Sequence[Row]) -> object:
    """The rows as a table of Arrow."""
    import pyarrow as arrow

    schema = arrow.schema([arrow.field(column.name, arrow_type(column)) for column in columns])
    return arrow.Table.from_pylist([_widened(row) for row in rows], schema=schema)


def arrow_type(column: Column) -> object:
    """The type of a column in Arrow."""
    import pyarrow as arrow

    simple = {
        Kind.BOOLEAN: arrow.bool_(),
        Kind.INTEGER: arrow.int64(),
        Kind.DECIMAL: arrow.decimal128(*LONGEST_DECIMAL),
        Kind.TEXT: arrow.string(),
    }
    if column.kind is not Kind.LIST:
        return simple[column.kind]
    if column.entry is None:
        assert column.single is not None
        return arrow.list_(simple[column.single])
    return arrow.list_(arrow.struct([arrow.field(each.name, arrow_type(each)) for each in column.entry]))


def _widened(row: Row) -> dict[str, object]:
    """A row with the places of its decimals filled up, which Arrow wants."""
    return {name: _wide(cell) for name, cell in row.items()}


def _wide(cell: object) -> object:
    match cell:
        case Decimal():
            return cell.quantize(Decimal("0.00000001"))
        case list():
            return [_wide(each) for each in cell]
        case dict():
            return {name: _wide(each) for name, each in cell.items()}
        case _:
            return cell


@cache
def statement_of(name: str, dialect: str) -> str:
    """The statement for a bundled policy, written once. Raises `RefusedError`."""
    return sql_from_policy(load_policy(name), dialect).text


def duckdb_for(compiled: CompiledPolicy) -> Engine:
    """DuckDB with the SQL of a policy written once. Raises `RefusedError`."""
    statement = sql_from_policy(compiled, "duckdb").text
    return lambda policy, cases: answers_of_duckdb(policy, cases, statement)


# what a soak may hold to the interpreter, by name
ENGINES: Mapping[str, Callable[[CompiledPolicy], Engine]] = {"duckdb": duckdb_for}


# --- Spark ---


def answers_of_spark(
    spark: object, compiled: CompiledPolicy, cases: Sequence[Case], statement: str | None = None
) -> list[Answer]:
    """What Spark says, in a session."""
    statement = sql_from_policy(compiled, "spark").text if statement is None else statement
    table = arrow_table(columns_of(compiled), rows_of(compiled, cases))
    spark.createDataFrame(table).createOrReplaceTempView("cases")  # type: ignore[attr-defined]
    return in_order(row.asDict(recursive=True) for row in spark.sql(statement).collect())  # type: ignore[attr-defined]


# --- PostgreSQL ---

POSTGRES_TYPES = {Kind.BOOLEAN: "boolean", Kind.INTEGER: "bigint", Kind.DECIMAL: "numeric(18, 8)", Kind.TEXT: "text"}


def answers_of_postgres(
    connection: object, compiled: CompiledPolicy, cases: Sequence[Case], statement: str | None = None
) -> list[Answer]:
    """What PostgreSQL says, over a connection of `psycopg`; lists are JSONB there."""
    statement = sql_from_policy(compiled, "postgres").text if statement is None else statement
    columns = ", ".join(f'"{column.name}" {postgres_type(column)}' for column in columns_of(compiled))
    rows = json.dumps(rows_of(compiled, cases), default=_number_text)
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SET statement_timeout = '60s'")
        cursor.execute("SET jit = off")  # it compiles for longer than a hundred rows take
        cursor.execute("DROP TABLE IF EXISTS cases")
        cursor.execute(f"CREATE TEMPORARY TABLE cases ({columns})")
        cursor.execute("INSERT INTO cases SELECT * FROM jsonb_populate_recordset(NULL::cases, %s::jsonb)", [rows])
        cursor.execute(statement)
        names = [column.name for column in cursor.description]
        return in_order(dict(zip(names, row, strict=True)) for row in cursor.fetchall())


def postgres_type(column: Column) -> str:
    """The type of a column in PostgreSQL."""
    return "jsonb" if column.kind is Kind.LIST else POSTGRES_TYPES[column.kind]


def _number_text(number: object) -> str:
    assert isinstance(number, Decimal)
    return format(number, "f")


def spark_session() -> object:
    """A session of Spark on this machine alone: two threads, no page to look at, no history."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("tests")
    options = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.log.level": "ERROR",
    }
    for name, value in options.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
