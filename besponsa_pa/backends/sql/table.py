"""The table `cases` that a statement reads, in each dialect; and a statement as text in one.

| kind    | duckdb         | spark              | postgres       | snowflake     | bigquery                           |
|---------|----------------|--------------------|----------------|---------------|------------------------------------|
| BOOLEAN | BOOLEAN        | BOOLEAN            | BOOLEAN        | BOOLEAN       | BOOL                               |
| INTEGER | BIGINT         | BIGINT             | BIGINT         | BIGINT        | INT64                              |
| DECIMAL | DECIMAL(16, 8) | DECIMAL(16, 8)     | NUMERIC(16, 8) | NUMBER(16, 8) | BIGNUMERIC                         |
| TEXT    | VARCHAR        | STRING             | TEXT           | VARCHAR       | STRING                             |
| LIST    | STRUCT(...)[]  | ARRAY<STRUCT<...>> | JSONB          | ARRAY         | STRUCT<entries ARRAY<STRUCT<...>>> |
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from besponsa_pa.backends.sql.columns import PLACES, WHOLE_DIGITS, Column, Kind
from besponsa_pa.backends.sql.dialects import Dialect
from besponsa_pa.backends.sql.dialects.reserved import RESERVED

TABLE = "cases"
DIGITS = f"({WHOLE_DIGITS + PLACES}, {PLACES})"
# Of a list, `{entry}` is the type of an entry; a struct and each of its fields are written with the last two.
TYPES: dict[str, dict[Kind, str]] = {
    "duckdb": {
        Kind.BOOLEAN: "BOOLEAN",
        Kind.INTEGER: "BIGINT",
        Kind.DECIMAL: f"DECIMAL{DIGITS}",
        Kind.TEXT: "VARCHAR",
        Kind.LIST: "{entry}[]",
    },
    "spark": {
        Kind.BOOLEAN: "BOOLEAN",
        Kind.INTEGER: "BIGINT",
        Kind.DECIMAL: f"DECIMAL{DIGITS}",
        Kind.TEXT: "STRING",
        Kind.LIST: "ARRAY<{entry}>",
    },
    "postgres": {
        Kind.BOOLEAN: "BOOLEAN",
        Kind.INTEGER: "BIGINT",
        Kind.DECIMAL: f"NUMERIC{DIGITS}",
        Kind.TEXT: "TEXT",
        Kind.LIST: "JSONB",
    },
    "snowflake": {
        Kind.BOOLEAN: "BOOLEAN",
        Kind.INTEGER: "BIGINT",
        Kind.DECIMAL: f"NUMBER{DIGITS}",
        Kind.TEXT: "VARCHAR",
        Kind.LIST: "ARRAY",
    },
    "bigquery": {
        Kind.BOOLEAN: "BOOL",
        Kind.INTEGER: "INT64",
        Kind.DECIMAL: "BIGNUMERIC",
        Kind.TEXT: "STRING",
        Kind.LIST: "STRUCT<entries ARRAY<{entry}>>",
    },
}
STRUCTS = {"duckdb": "STRUCT({})", "spark": "STRUCT<{}>", "bigquery": "STRUCT<{}>"}


def column_type(column: Column, dialect: Dialect) -> str:
    """The type of a column of the table `cases`, as the dialect writes it.

    A date is a text, for it may be known only to its month or year. Lists are JSON where the dialect goes through JSON.
    """
    written = TYPES[dialect.name][column.kind]
    return written.format(entry=_entry_type(column, dialect)) if "{entry}" in written else written


def _entry_type(column: Column, dialect: Dialect) -> str:
    if column.entry is None:
        assert column.single is not None
        return TYPES[dialect.name][column.single]
    between = ": " if dialect.name == "spark" else " "
    fields = (f"{quoted(each.name, dialect)}{between}{column_type(each, dialect)}" for each in column.entry)
    return STRUCTS[dialect.name].format(", ".join(fields))


def created_table(columns: Sequence[Column], dialect: Dialect) -> str:
    """The `CREATE TABLE` of the table that a statement reads."""
    fields = [f"  {quoted(column.name, dialect)} {column_type(column, dialect)}" for column in columns]
    return f"CREATE TABLE {TABLE} (\n" + ",\n".join(fields) + "\n)"


def quoted(name: str, dialect: Dialect) -> str:
    """A name in quotes where a database would take it for a word of its own."""
    return exp.to_identifier(name, quoted=name.upper() in RESERVED).sql(dialect=dialect.name)


def text_of(statement: exp.Expression, dialect: Dialect) -> str:
    """A statement as text, over several lines."""
    statement = dialect.finished(statement)
    for identifier in statement.find_all(exp.Identifier):
        if identifier.name.upper() in RESERVED:
            identifier.set("quoted", True)
    return statement.sql(dialect=dialect.name, pretty=True)
