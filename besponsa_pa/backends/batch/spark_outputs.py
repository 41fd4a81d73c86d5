"""Decisions as Spark writes and reads them, with the columns that DuckDB gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from besponsa_pa.backends.batch.inputs import Format
from besponsa_pa.backends.batch.statement import DECIDED_BY, OUTPUT
from besponsa_pa.backends.sql.spark_from_duckdb import spark_type

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

COLUMNS = {**OUTPUT, DECIDED_BY: "VARCHAR"}
LISTS = tuple(name for name, kind in COLUMNS.items() if kind.endswith("[]"))
GRANT = "grant_values"
SCHEMA = ", ".join(f"{name} {spark_type(kind)}" for name, kind in COLUMNS.items())
TEXTS = ", ".join(f"{name} STRING" for name in COLUMNS)
CSV: dict[str, bool | float | int | str | None] = {"header": True, "quote": '"', "escape": '"', "emptyValue": ""}


def save(decisions: DataFrame, folder: str, form: Format, compression: str) -> None:
    """Write decisions into a folder, each task a file."""
    writer = decisions.selectExpr(*_written(form)).write.mode("overwrite").option("compression", compression)
    match form:
        case Format.PARQUET:
            writer.parquet(folder)
        case Format.NDJSON:
            writer.text(folder)
        case Format.CSV:
            writer.options(**CSV).csv(folder)


def compression_for(form: Format, asked: str | None) -> str:
    """How files of a format are compressed."""
    return "zstd" if form is Format.PARQUET else asked or "none"


def saved(session: SparkSession, folder: str, form: Format) -> DataFrame:
    """The decisions in a folder."""
    match form:
        case Format.PARQUET:
            return session.read.schema(SCHEMA).parquet(folder)
        case Format.NDJSON:
            return session.read.schema(SCHEMA).json(folder)
        case Format.CSV:
            read = session.read.schema(TEXTS).options(**CSV).option("multiLine", True).csv(folder)
            lists = (f"from_json({name}, 'ARRAY<STRING>') AS {name}" for name in LISTS)
            others = (
                f"CAST({name} AS {spark_type(kind)}) AS {name}" for name, kind in COLUMNS.items() if name not in LISTS
            )
            return read.selectExpr(*others, *lists)


def _written(form: Format) -> list[str]:
    """The columns as a format has them: in CSV a list is its JSON, in NDJSON all is one, and a grant is no text."""
    match form:
        case Format.PARQUET:
            return list(COLUMNS)
        case Format.CSV:
            return [f"to_json({name}) AS {name}" if name in LISTS else name for name in COLUMNS]
        case Format.NDJSON:
            names = list(COLUMNS)
            before, after = names[: names.index(GRANT)], names[names.index(GRANT) + 1 :]
            opened = f"rtrim('}}', {_object(before)})"
            return [
                f"concat({opened}, ',\"{GRANT}\":', coalesce({GRANT}, 'null'), ',', substring({_object(after)}, 2))"
            ]


def _object(names: list[str]) -> str:
    return f"to_json(struct({', '.join(names)}), map('ignoreNullFields', 'false'))"
