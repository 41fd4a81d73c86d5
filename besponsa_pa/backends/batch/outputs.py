"""What decisions are written as, and how DuckDB is told so."""

from __future__ import annotations

from besponsa_pa.backends.batch.inputs import Format, compression_of
from besponsa_pa.backends.batch.quoting import literal
from besponsa_pa.backends.batch.statement import DECIDED_BY, OUTPUT

REJECT_COLUMNS = (
    "{'file': 'VARCHAR', 'line': 'BIGINT', 'case': 'VARCHAR', "
    "'problems': 'STRUCT(code VARCHAR, message VARCHAR, help VARCHAR)[]'}"
)


def copy_to(query: str, path: str, form: Format, name: str) -> str:
    """The statement that writes decisions to a path, as a file of that name is written."""
    columns = (_written(column, form) for column in (*OUTPUT, DECIDED_BY))
    return f"COPY (SELECT {', '.join(columns)} FROM ({query})) TO {literal(path)} ({_options(form, name)})"


def _written(column: str, form: Format) -> str:
    """A column as its format has it: in CSV a list is its JSON, in NDJSON a grant is no text."""
    if form is Format.CSV and OUTPUT.get(column, "").endswith("[]"):
        return f"to_json({column})::VARCHAR AS {column}"
    return f"{column}::JSON AS {column}" if form is Format.NDJSON and column == "grant_values" else column


def _options(form: Format, name: str) -> str:
    compression = compression_of(name)
    match form:
        case Format.PARQUET:
            return "FORMAT parquet, COMPRESSION zstd"
        case Format.CSV:
            options = "FORMAT csv, HEADER true" + (", DELIMITER '\\t'" if ".tsv" in name.lower() else "")
        case Format.NDJSON:
            options = "FORMAT json"
    return options + (f", COMPRESSION {compression}" if compression else "")


def decisions_in(path: str, form: Format) -> str:
    """A relation of the decisions that were written to a file."""
    match form:
        case Format.PARQUET:
            return f"read_parquet({literal(path)})"
        case Format.NDJSON:
            columns = ", ".join(f"'{name}': '{kind}'" for name, kind in (*OUTPUT.items(), (DECIDED_BY, "VARCHAR")))
            return f"read_json({literal(path)}, format = 'newline_delimited', columns = {{{columns}}})"
        case Format.CSV:
            lists = ", ".join(f"{name}::VARCHAR[] AS {name}" for name in ("reasons", "missing"))
            columns = ", ".join(f"'{name}': 'VARCHAR'" for name in (*OUTPUT, DECIDED_BY))
            delimiter = "\\t" if ".tsv" in path.lower() else ","
            file = f"{literal(path)}, header = true, delim = '{delimiter}', quote = '\"'"
            read = f"read_csv({file}, columns = {{{columns}}})"
            return f"(SELECT * REPLACE ({lists}) FROM {read})"


def rejects_in(path: str) -> str:
    """A relation of the rows that were rejected."""
    return f"read_json({literal(path)}, format = 'newline_delimited', columns = {REJECT_COLUMNS})"
