"""Batches in DuckDB, inside this process: the only module that knows it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from besponsa_pa.backends.batch.csv_header import header_of
from besponsa_pa.backends.batch.inputs import Format, Input, format_of
from besponsa_pa.backends.batch.interpreted import Answer, Row
from besponsa_pa.backends.batch.json_lines import first_line, lines_of, sampled_lines, texts_from_lines
from besponsa_pa.backends.batch.outputs import copy_to
from besponsa_pa.backends.batch.quoting import literal
from besponsa_pa.backends.batch.reading import cases_from_texts
from besponsa_pa.backends.batch.sample import seen_in
from besponsa_pa.backends.batch.shape import Shape
from besponsa_pa.backends.batch.statement import ANSWER_TYPE, OUTPUT, Deciding, decisions_from_cases
from besponsa_pa.backends.batch.tables import ColumnType, relation_of_csv, relation_of_parquet, texts_from_table
from besponsa_pa.backends.batch.texts import Texts
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.records import dataclass

if TYPE_CHECKING:
    import duckdb
    from duckdb.sqltypes import DuckDBPyType

# the raw text of a row and the name of its file to what comes of it
Interpret: TypeAlias = Callable[[str, str], Answer]
REJECT_TYPE = 'STRUCT("case" VARCHAR, problems STRUCT(code VARCHAR, message VARCHAR, help VARCHAR)[])'
NO_LINES = {
    "INVALID ENCODING": ("E103", "the line is not text in UTF-8"),
    "LINE SIZE OVER MAXIMUM": ("E102", "the line is larger than 1 MB"),
}
NO_ROWS = {
    **NO_LINES,
    "TOO MANY COLUMNS": ("E810", "the row has more cells than there are columns"),
    "MISSING COLUMNS": ("E810", "the row has fewer cells than there are columns"),
    "UNQUOTED VALUE": (
        "E810",
        "a quote stands in the middle of a cell, or is not closed, and then what follows is not read",
    ),
}
# of a file that nothing can be read of, which is reported
NO_TEXTS = Texts("SELECT 1", frozenset())
SAMPLED_FILES, SAMPLED_LINES = 8, 4000
UNREADABLE = ("E103", "the line cannot be read")
UNREAD = (
    "struct_pack(\"case\" := NULL::VARCHAR, problems := [struct_pack(code := code, message := message, help := '')])"
)


class UnreadableError(Exception):
    """A file cannot be read as what its name says; the message is for the user, and says nothing of a case."""


class StoppedError(Exception):
    """The work was stopped from another thread."""


class TooLittleMemoryError(Exception):
    """The work needs more memory than it may use."""


@dataclass(frozen=True, slots=True)
class Resources:
    """How much of the machine a batch may use: threads (None: all), and memory as DuckDB writes it, `1GB`."""

    threads: int | None
    memory: str


class Engine:
    """One connection, the policy that decides, and what was rejected since the last file of rejects."""

    def __init__(self, shape: Shape, deciding: Deciding, interpret: Interpret, resources: Resources) -> None:
        self._shape, self._deciding, self._interpret = shape, deciding, interpret
        self._rejected = array("Q")
        self._files: dict[str, None] = {}
        self._is_stopped = False
        self._connection = _connect(resources)
        self._add_functions()

    def _add_functions(self) -> None:
        from duckdb.func import FunctionNullHandling

        # a row may have no case and no file; and no row is decided by what was said of another
        special = FunctionNullHandling.SPECIAL
        self._connection.create_function(
            "interpret",
            self._answer,
            ["VARCHAR", "VARCHAR", "UBIGINT"],
            ANSWER_TYPE,
            null_handling=special,
            side_effects=True,
        )
        self._connection.create_function(
            "explain", self._explain, ["VARCHAR", "VARCHAR"], REJECT_TYPE, null_handling=special, side_effects=True
        )

    def close(self) -> None:
        """End the connection."""
        self._connection.remove_function("interpret")
        self._connection.remove_function("explain")
        self._connection.close()

    def interrupt(self) -> None:
        """Stop what runs, from another thread."""
        self._is_stopped = True
        self._connection.interrupt()

    @property
    def percent(self) -> float:
        """How much of what runs is done, of 100; less than 0 while that is not known."""
        return float(self._connection.query_progress())

    # --- deciding ---

    def query(self, inputs: Sequence[Input], diagnostics: Diagnostics) -> str:
        """The query that decides every case of some files, in their order. Reports columns that cannot be read."""
        queries = [self._query(form, [each.path for each in group], diagnostics) for form, group in _grouped(inputs)]
        return queries[0] if len(queries) == 1 else " UNION ALL ".join(f"FROM ({query})" for query in queries)

    def write(self, query: str, path: str, form: Format, name: str) -> int:
        """Run a query and write what it gives to a path as a file of that name; how many cases were decided."""
        del self._rejected[:]
        self._files.clear()
        written = self._run(copy_to(query, path, form, name))
        return _count(written)

    def _query(self, form: Format, paths: Sequence[str], diagnostics: Diagnostics) -> str:
        texts = self._texts(form, paths, diagnostics)
        return decisions_from_cases(cases_from_texts(self._shape, texts), self._deciding)

    def _texts(self, form: Format, paths: Sequence[str], diagnostics: Diagnostics) -> Texts:
        if form is Format.NDJSON:
            return texts_from_lines(self._shape, paths, seen_in(self._sample(paths)))
        (path,) = paths
        if form is Format.CSV:
            header = header_of(self._first_line(path), path, diagnostics)
            if header is None:
                return NO_TEXTS
            columns = dict.fromkeys(header.names, ColumnType("VARCHAR", {}))
            relation = relation_of_csv(path, header)
            return texts_from_table(self._shape, relation, columns, path, diagnostics)
        relation = relation_of_parquet(path)
        return texts_from_table(self._shape, relation, self._columns(relation, path), path, diagnostics)

    def _first_line(self, path: str) -> str | None:
        """The first line of a file, and no other: a row is no header. None where it is blank, or no text."""
        rows = self._run(first_line(path))
        if not rows or rows[0][0] is None:
            return None
        try:
            return str(rows[0][0]).encode("latin-1").decode("utf-8")
        except UnicodeDecodeError:
            return None

    def _sample(self, paths: Sequence[str]) -> Iterator[str]:
        """The first lines of some of the files."""
        step = max(len(paths) // SAMPLED_FILES, 1)
        for path in paths[::step][: SAMPLED_FILES + 1]:
            rows = self._run(sampled_lines(path, SAMPLED_LINES))
            yield from (str(line) for (line,) in rows)

    def _columns(self, relation: str, path: str) -> Mapping[str, ColumnType]:
        import duckdb

        try:
            found = self._connection.sql(f"FROM {relation} LIMIT 0")
        except duckdb.Error:
            raise UnreadableError(f"`{path}` is not what its name says") from None
        return {
            name: _column_type(kind) for name, kind in zip(found.columns, found.types, strict=True) if name != "$file"
        }

    def _run(self, statement: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """The rows of a statement."""
        with self._telling():
            return self._connection.execute(statement, list(values)).fetchall()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Tell what the user can mend, without anything of a case."""
        import duckdb

        try:
            yield
        except duckdb.InterruptException:
            raise StoppedError from None
        except duckdb.OutOfMemoryException:
            raise TooLittleMemoryError from None
        except duckdb.IOException as failure:
            raise UnreadableError(str(failure).splitlines()[0].removeprefix("IO Error: ")) from None
        except duckdb.Error as failure:
            if self._is_stopped:
                raise StoppedError from None
            if "CSV Parser" in str(failure):
                raise UnreadableError(
                    "it is not written alike throughout, such as some lines ending with LF and some with CR LF"
                ) from None
            raise

    def _answer(self, raw: str, file: str, digest: int) -> Row:
        if self._is_stopped:
            raise StoppedError
        answer = self._interpret(raw, file)
        if answer.row is not None:
            return answer.row
        self._rejected.append(digest)
        self._files[file] = None
        return dict.fromkeys(OUTPUT)

    # --- what was rejected ---

    def write_rejects(self, inputs: Sequence[Input], path: str) -> int:
        """Write what was rejected while a query ran, each row with its file, line and problems; how many there are.

        Nothing is written where nothing was rejected. The rows are read once more, for no reader of lines knows
        their numbers while several read at once.
        """
        unread = self.unread_lines()
        if not self._rejected and not unread:
            return 0
        self._connection.execute("CREATE OR REPLACE TEMP TABLE rejected AS SELECT unnest($1::UBIGINT[]) AS digest",
                                 [list(self._rejected)])  # fmt: skip
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE unread "
            "(file VARCHAR, line BIGINT, place BIGINT, code VARCHAR, message VARCHAR)"
        )
        if unread:
            self._connection.executemany("INSERT INTO unread VALUES (?, ?, ?, ?, ?)", unread)
        wanted = [each for each in inputs if each.path in self._files]
        rejects = [self._rejects(each) for each in wanted]
        rejects += [f"SELECT file, line, {UNREAD} AS reject FROM unread"] if unread else []
        rows = " UNION ALL ".join(rejects)
        query = f'SELECT file, line, reject."case" AS "case", reject.problems AS problems FROM ({rows})'
        written = self._run(f"COPY ({query}) TO {literal(path)} (FORMAT json)")
        # noted once more as the rows were read
        self.unread_lines()
        return _count(written)

    def _rejects(self, file: Input) -> str:
        relation = lines_of([file.path]) if file.format is Format.NDJSON else None
        if relation is None:
            texts = self._texts(file.format, [file.path], Diagnostics()).query
            relation = f'(SELECT "$raw" AS l FROM ({texts}))'
        place = literal(file.path)
        before = f"(SELECT count(*) FROM unread WHERE file = {place} AND unread.line - place <= number)"
        numbered = f"SELECT row_number() OVER () AS number, l FROM {relation}"
        return (
            f"SELECT {place} AS file, number + {before} AS line, explain(l, {place}) AS reject FROM ({numbered}) "
            "WHERE hash(l) IN (SELECT digest FROM rejected)"
        )

    def unread_lines(self) -> list[tuple[str, int, int, str, str]]:
        """The lines that are no text, or no row: file, line, how many before it in the file, why; told once a query."""
        tables = self._connection.execute("SELECT table_name FROM duckdb_tables() WHERE table_name = 'reject_errors'")
        if not tables.fetchall():
            return []
        query = (
            "SELECT s.file_path, e.line, min(e.error_type::VARCHAR) FROM reject_errors e "
            "JOIN reject_scans s USING (scan_id, file_id) GROUP BY ALL ORDER BY ALL"
        )
        found = self._connection.execute(query).fetchall()
        self._connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
        counts: dict[str, int] = {}
        lines: list[tuple[str, int, int, str, str]] = []
        for file, at, kind in found:
            is_table = format_of(file) is Format.CSV
            # the rows of a table are counted from the one below its header
            line, whys = (at - 1, NO_ROWS) if is_table else (at, NO_LINES)
            lines.append((file, line, counts.get(file, 0), *whys.get(kind, UNREADABLE)))
            counts[file] = counts.get(file, 0) + 1
        return lines

    def _explain(self, raw: str, file: str) -> dict[str, object]:
        answer = self._interpret(raw, file)
        problems = [{"code": each.code, "message": each.message, "help": each.help} for each in answer.problems]
        return {"case": answer.case, "problems": problems}

    # --- what was written ---

    def texts(self, file: Input) -> str:
        """The query of the raw texts of a file's rows, with which the interpreter is asked."""
        return self._texts(file.format, [file.path], Diagnostics()).query

    def chunks(self, query: str, size: int) -> Generator[list[tuple[object, ...]], None, None]:
        """The rows of a query in their order, so many at a time, and no more of them in memory.

        Whoever does not read to the end closes it, for until then nothing else can be asked.
        """
        with self._telling():
            found = self._connection.execute(query)
        try:
            while rows := self._next(found, size):
                yield rows
        finally:
            self._connection.abort()

    def _next(self, found: duckdb.DuckDBPyConnection, size: int) -> list[tuple[object, ...]]:
        with self._telling():
            return found.fetchmany(size)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The rows of a query over what was written."""
        return self._run(query)


def _count(rows: list[tuple[object, ...]]) -> int:
    count = rows[0][0]
    assert isinstance(count, int)
    return count


def _connect(resources: Resources) -> duckdb.DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect()
    # nothing of a case is ever written beside the output
    connection.execute("SET temp_directory = ''")
    connection.execute(f"SET memory_limit = {literal(resources.memory)}")
    connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    if resources.threads is not None:
        connection.execute(f"SET threads = {resources.threads}")
    return connection


def _grouped(inputs: Iterable[Input]) -> Iterator[tuple[Format, list[Input]]]:
    """Files of lines together; each table alone, for its columns may be others."""
    group: list[Input] = []
    for each in inputs:
        if group and (each.format is not Format.NDJSON or group[0].format is not Format.NDJSON):
            yield group[0].format, group
            group = []
        group.append(each)
    if group:
        yield group[0].format, group


def _column_type(kind: DuckDBPyType) -> ColumnType:
    name = str(kind.id).upper()
    inside = dict(kind.children) if name in ("STRUCT", "LIST", "ARRAY", "DECIMAL") else {}
    parts = {field: _column_type(part) for field, part in inside.items() if not isinstance(part, (int, list))}
    if name in ("LIST", "ARRAY"):
        return ColumnType("LIST", {"entry": parts["child"]})
    places = inside.get("scale", 0)
    return ColumnType(name, parts, places if isinstance(places, int) else 0)
