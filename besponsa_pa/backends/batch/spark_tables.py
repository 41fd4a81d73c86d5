"""Tables of cases, CSV or Parquet, read by Spark: each row becomes the line of JSON that says the same.

What a column says is known already for DuckDB, and how a row is told to the interpreter. That text is what Spark reads
then, as it reads any other line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from besponsa_pa.backends.batch.inputs import Format, Input, without_compression
from besponsa_pa.backends.batch.shape import Shape
from besponsa_pa.backends.batch.tables import ColumnType, line_from_row
from besponsa_pa.backends.sql.spark_from_duckdb import spark_from_duckdb, spark_name
from besponsa_pa.diagnostic import Diagnostics

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType

# what Spark keeps of a row that has not as many cells as there are columns
CORRUPT = "$corrupt"
SIMPLE = {
    "string": "VARCHAR", "boolean": "BOOLEAN", "byte": "TINYINT", "short": "SMALLINT", "integer": "INTEGER",
    "long": "BIGINT", "date": "DATE", "double": "DOUBLE", "float": "FLOAT", "void": "NULL",
}  # fmt: skip


class SparkTable:
    """One file of rows. `line` is a row as a line of JSON, in Spark's SQL; NULL where a cell lacks or is too many."""

    def __init__(self, session: SparkSession, shape: Shape, given: Input, diagnostics: Diagnostics) -> None:
        """Look at the columns; such as no fact declares, or as cannot be read, are reported."""
        self._source = _source(session, given)
        columns = {name: kind for name, kind in _columns(self._source) if name != CORRUPT}
        line = spark_from_duckdb(f"SELECT {line_from_row(shape, columns, given.path, diagnostics)}")
        self.line = line.removeprefix("SELECT ")
        if given.format is Format.CSV:
            self.line = f"CASE WHEN {spark_name(CORRUPT)} IS NULL THEN {self.line} END"

    def rows(self, *columns: str) -> DataFrame:
        """The lines as `l`, with further columns."""
        return self._source.selectExpr(f"{self.line} AS l", *columns)


def _source(session: SparkSession, given: Input) -> DataFrame:
    if given.format is Format.PARQUET:
        return session.read.parquet(given.path)
    from pyspark.sql.types import StringType, StructField, StructType

    is_tabbed = without_compression(given.path.lower()).endswith(".tsv")
    reader = session.read.options(header=True, sep="\t" if is_tabbed else ",", quote='"', escape='"', multiLine=True)
    fields = reader.csv(given.path).schema.fields
    schema = StructType([*fields, StructField(CORRUPT, StringType())])
    return reader.schema(schema).options(columnNameOfCorruptRecord=CORRUPT).csv(given.path)


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
