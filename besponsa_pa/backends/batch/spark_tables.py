"""Tables of cases, CSV or Parquet, read by Spark: each row becomes the line of JSON that says the same.

What a column says is known already for DuckDB, and how a row is told to the interpreter. That text is what Spark reads
then, as it reads any other line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from besponsa_pa.backends.batch.csv_header import Header, header_of
from besponsa_pa.backends.batch.inputs import Format, Input
from besponsa_pa.backends.batch.shape import Shape
from besponsa_pa.backends.batch.tables import ColumnType, line_from_row
from besponsa_pa.backends.sql.spark_from_duckdb import spark_from_duckdb, spark_name
from besponsa_pa.diagnostic import Diagnostics

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType

# what Spark keeps of a row that has not as many cells as there are columns
CORRUPT = "$corrupt"
NOTHING = Header(",", ())
SIMPLE = {
    "string": "VARCHAR", "boolean": "BOOLEAN", "byte": "TINYINT", "short": "SMALLINT", "integer": "INTEGER",
    "long": "BIGINT", "date": "DATE", "double": "DOUBLE", "float": "FLOAT", "void": "NULL",
}  # fmt: skip


class SparkTable:
    """One file of rows. `line` is a row as a line of JSON, in Spark's SQL; NULL where a cell lacks or is too many."""

    def __init__(self, session: SparkSession, shape: Shape, given: Input, diagnostics: Diagnostics) -> None:
        """Look at the columns; such as no fact declares, or as cannot be read, are reported."""
        self._source = _source(session, given, diagnostics)
        columns = {name: kind for name, kind in _columns(self._source) if name != CORRUPT}
        line = spark_from_duckdb(f"SELECT {line_from_row(shape, columns, given.path, diagnostics)}")
        self.line = line.removeprefix("SELECT ")
        if given.format is Format.CSV:
            self.line = f"CASE WHEN {spark_name(CORRUPT)} IS NULL THEN {self.line} END"

    def rows(self, *columns: str) -> DataFrame:
        """The lines as `l`, with further columns."""
        return self._source.selectExpr(f"{self.line} AS l", *columns)


def _source(session: SparkSession, given: Input, diagnostics: Diagnostics) -> DataFrame:
    if given.format is Format.PARQUET:
        return session.read.parquet(without_patterns(given.path))
    from pyspark.sql.types import StringType, StructField, StructType

    first = session.read.text(without_patterns(given.path), lineSep="\n").first()
    header = header_of(None if first is None else first[0], given.path, diagnostics) or NOTHING
    schema = StructType([StructField(name, StringType()) for name in (*header.names, CORRUPT)])
    reader = session.read.schema(schema).options(columnNameOfCorruptRecord=CORRUPT, sep=header.delimiter)
    return reader.options(header=True, quote='"', escape='"', multiLine=True).csv(without_patterns(given.path))


def without_patterns(path: str) -> str:
    """A path whose signs for patterns are only signs."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", path)


def _columns(source: DataFrame) -> Iterator[tuple[str, ColumnType]]:
    for field in source.schema.fields:
        yield field.name, _type(field.dataType)


def _type(kind: DataType) -> ColumnType:
    from pyspark.sql.types import ArrayType, DecimalType, StructType

    match kind:
        case StructType():
            return ColumnType("STRUCT", {field.name: _type(field.dataType) for field in kind.fields})
        case ArrayType():
            return ColumnType("LIST", {"entry": _type(kind.elementType)})
        case DecimalType():
            return ColumnType("DECIMAL", {}, kind.scale)
        case _:
            name = kind.typeName()
            return ColumnType(SIMPLE.get(name, name.upper()), {})
