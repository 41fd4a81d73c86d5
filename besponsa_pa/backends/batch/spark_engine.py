"""Batches in Spark, in this process or on a cluster.

Everything is said to Spark as SQL, so no row goes through Python but those that SQL refuses: they come to this process
one after the other, and are decided by the interpreter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

from besponsa_pa.backends.batch.inputs import Format, Input
from besponsa_pa.backends.batch.interpreted import Answer, Problem
from besponsa_pa.backends.batch.json_lines import LENGTH, LINE_LIMIT
from besponsa_pa.backends.batch.reading import cases_from_texts
from besponsa_pa.backends.batch.sample import seen_in
from besponsa_pa.backends.batch.shape import Shape
from besponsa_pa.backends.batch.spark_files import Files
from besponsa_pa.backends.batch.spark_lines import texts_in_spark
from besponsa_pa.backends.batch.spark_outputs import SCHEMA, compression_for, save, saved
from besponsa_pa.backends.batch.spark_tables import SparkTable, without_patterns
from besponsa_pa.backends.batch.statement import DECIDED_BY, INTERPRETER, SQL, Deciding
from besponsa_pa.backends.batch.summary import Counts, counts_in
from besponsa_pa.backends.batch.texts import Texts
from besponsa_pa.backends.sql.spark_from_duckdb import spark_from_duckdb
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.records import dataclass

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Interpret: TypeAlias = Callable[[str, str], Answer]
SAMPLED_FILES, SAMPLED_LINES = 8, 500
# Said of every session, for what is read and compared depends on it. What Spark concludes of a column's values from its
# formula grows without end where each of a hundred columns is a formula of others.
SETTINGS = {
    "spark.sql.caseSensitive": "true",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.variant.allowDuplicateKeys": "true",
    # a row of CSV is wrong whichever of its columns are asked for
    "spark.sql.csv.parser.columnPruning.enabled": "false",
}
IS_BLANK = r"l RLIKE '\\A[ \\t\\n\\f\\r]*\\z'"
BLOCK = (
    "_metadata.file_path AS path",
    "_metadata.file_block_start AS block",
    "monotonically_increasing_id() AS number",
)
NOT_TEXT = Problem("E103", "the line is not text in UTF-8", "")
UNEQUAL = Problem("E810", "the row has more or fewer cells than there are columns", "")
TOO_LONG = Problem("E102", "the line is larger than 1 MB", "")


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is no case: its file, its line there from 1, the name that it gives itself, what is wrong with it."""

    file: str
    line: int
    case: str | None
    problems: tuple[Problem, ...]


Rejecting: TypeAlias = Callable[[Reject], None]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that SQL refuses: its raw text, or None and what is wrong with it; and where it stands.

    Spark reads a file in blocks. `block` is where its own begins, `number` what it has among the rows of the batch.
    """

    raw: str | None
    wrong: Problem
    path: str
    block: int
    number: int


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a file that Spark reads at once: where it begins, the number of its first row, its lines."""

    path: str
    block: int
    first: int
    lines: int


@dataclass(frozen=True, slots=True)
class Destination:
    """The folder that decisions are written into, and how. While it is not complete they stand in `part`."""

    folder: str
    form: Format
    compression: str | None

    @property
    def part(self) -> str:
        """Where decisions stand until all of them are there."""
        return f"{self.folder}.part"


class SparkEngine:
    """One session of Spark, and the policy that decides."""

    def __init__(self, session: SparkSession, shape: Shape, deciding: Deciding, interpret: Interpret) -> None:
        self._spark = session.newSession()
        for name, value in SETTINGS.items():
            self._spark.conf.set(name, value)
        self._shape, self._deciding, self._interpret = shape, deciding, interpret
        self._tables: dict[Input, SparkTable] = {}
        self.files = Files(self._spark)

    def look_at(self, inputs: Sequence[Input], diagnostics: Diagnostics) -> None:
        """Look at the columns of tables, before any row is read. Reports such as cannot be read."""
        for each in inputs:
            if each.format is not Format.NDJSON:
                self._tables[each] = SparkTable(self._spark, self._shape, each, diagnostics)

    # --- deciding ---

    def write(self, inputs: Sequence[Input], destination: Destination, reject: Rejecting) -> None:
        """Decide the cases of files into a folder; `reject` is called with each row that is no case."""
        self.files.delete(destination.part)
        try:
            if self._write_by_sql(inputs, destination):
                self._write_by_interpreter(inputs, destination, reject)
            self._finish(destination)
        finally:
            self.files.delete(destination.part)

    def _write_by_sql(self, inputs: Sequence[Input], destination: Destination) -> bool:
        """Write what SQL decides; whether it refuses any row."""
        from pyspark.sql import Observation
        from pyspark.sql import functions as f

        if self._deciding.text is None:
            return True
        refused = Observation("refused")
        decided = self.decisions(inputs).observe(refused, f.count("refused").alias("rows"))
        self._save(decided.where("refused IS NULL"), SQL, destination)
        return bool(refused.get["rows"])

    def decisions(self, inputs: Sequence[Input]) -> DataFrame:
        """What SQL says of every row of files; where it says nothing, `refused` says why."""
        assert self._deciding.text is not None
        self._read(inputs, "NULL AS file")
        return self._spark.sql(self._deciding.text)

    def _save(self, decisions: DataFrame, decided_by: str, destination: Destination) -> None:
        from pyspark.sql import functions as f

        compression = compression_for(destination.form, destination.compression)
        named = decisions.withColumn(DECIDED_BY, f.lit(decided_by))
        save(named, f"{destination.part}/{decided_by}", destination.form, compression)

    def _finish(self, destination: Destination) -> None:
        """Give the files their names, and the folder its own."""
        whole = f"{destination.part}/all"
        self.files.make_folder(whole)
        for decided_by in (SQL, INTERPRETER):
            for at, path in enumerate(self.files.parts(f"{destination.part}/{decided_by}")):
                ending = {Format.NDJSON: "ndjson", Format.CSV: "csv", Format.PARQUET: "parquet"}[destination.form]
                packed = ".gz" if path.endswith(".gz") else ""
                self.files.move(path, f"{whole}/{decided_by}-{at:05}.{ending}{packed}")
        self.files.delete(destination.folder)
        self.files.move(whole, destination.folder)

    # --- reading ---

    def _read(self, inputs: Sequence[Input], file: str) -> None:
        """Make the table `cases`."""
        self._rows(inputs, file).where(f"l IS NULL OR NOT {IS_BLANK}").createOrReplaceTempView("lines")
        texts = texts_in_spark(self._shape, "lines", seen_in(self._sample(inputs)))
        self._spark.sql(texts.query).createOrReplaceTempView("texts")
        cases = cases_from_texts(self._shape, Texts("SELECT * FROM texts", texts.facts, texts.fields))
        typed = self._spark.sql(spark_from_duckdb(cases))
        # a number out of range would stop all, though its row is refused
        typed.selectExpr(*map(_where_sure, typed.columns)).createOrReplaceTempView("cases")

    def _rows(self, inputs: Sequence[Input], *columns: str) -> DataFrame:
        """The rows of files as lines `l`, with further columns; NULL for one that has not a cell for each column."""
        lines = [without_patterns(each.path) for each in inputs if each.format is Format.NDJSON]
        frames = [table.rows(*columns) for each in inputs if (table := self._tables.get(each)) is not None]
        if lines:
            frames.append(self._spark.read.text(lines, lineSep="\n").selectExpr("value AS l", *columns))
        return reduce(lambda one, other: one.unionAll(other), frames)

    def _sample(self, inputs: Sequence[Input]) -> Iterator[str]:
        """The first lines of some of the files."""
        step = max(len(inputs) // SAMPLED_FILES, 1)
        for each in inputs[::step][: SAMPLED_FILES + 1]:
            rows = self._rows([each]).where(f"octet_length(l) <= {LENGTH} AND is_valid_utf8(l)")
            yield from (str(row[0]) for row in rows.limit(SAMPLED_LINES).collect())

    # --- what SQL refuses ---

    def _write_by_interpreter(self, inputs: Sequence[Input], destination: Destination, reject: Rejecting) -> None:
        names = {_bare(self.files.whole_name(each.path)): each.path for each in inputs}
        # asked for before the rows: one thread alone does not do both at once
        before = _lines_before(self._blocks(inputs))

        def decided() -> Iterator[str]:
            for row in self._refused(inputs):
                file = names.get(_bare(row.path), row.path)
                answer = Answer(None, None, (row.wrong,)) if row.raw is None else self._interpret(row.raw, file)
                if answer.row is not None:
                    yield json.dumps(answer.row, ensure_ascii=False)
                else:
                    line = before[row.path, row.block] + row.number
                    reject(Reject(file, line, answer.case, answer.problems))

        path = f"{destination.part}/decided.ndjson"
        if self.files.write(path, decided()):
            self._save(self._spark.read.schema(SCHEMA).json(path).coalesce(1), INTERPRETER, destination)

    def _refused(self, inputs: Sequence[Input]) -> Iterator[Refused]:
        """The rows that SQL refuses, one after the other."""
        self._read(inputs, f"struct({', '.join(BLOCK)}) AS file")
        if self._deciding.text is None:
            rows = self._spark.sql("SELECT l AS raw, file FROM lines")
        else:
            said = self._spark.sql(_with_raw_text(self._deciding.text)).where("refused IS NOT NULL")
            rows = said.selectExpr("`$raw` AS raw", "`$file` AS file")
        is_long, is_text = f"octet_length(raw) > {LINE_LIMIT}", "is_valid_utf8(raw)"
        readable = f"CASE WHEN {is_text} AND NOT {is_long} THEN raw END"
        columns = (readable, is_text, "file.path", "file.block", "file.number")
        for raw, is_valid, path, block, number in rows.selectExpr(*columns).toLocalIterator():
            wrong = UNEQUAL if is_valid is None else TOO_LONG if is_valid else NOT_TEXT
            yield Refused(raw, wrong, path, block, number)

    def _blocks(self, inputs: Sequence[Input]) -> Iterator[Block]:
        """The blocks that Spark reads files in."""
        found = self._rows(inputs, *BLOCK).groupBy("path", "block")
        from pyspark.sql import functions as f

        counted = found.agg(f.min("number").alias("first"), f.count("*").alias("lines"))
        yield from (Block(*row) for row in counted.orderBy("path", "block").collect())

    # --- what was written ---

    def counts(self, folder: str, form: Format) -> Counts:
        """What the decisions in a folder came to; rows that are no cases are not among them."""
        saved(self._spark, folder, form).createOrReplaceTempView("decisions")

        def rows(query: str) -> list[tuple[object, ...]]:
            return [tuple(row) for row in self._spark.sql(spark_from_duckdb(query)).collect()]

        return counts_in(rows, "SELECT * FROM decisions", "")


def _lines_before(blocks: Iterator[Block]) -> dict[tuple[str, int], int]:
    """For each block of a file what makes the number of a row its line, which counts from 1."""
    lines: dict[str, int] = {}
    before: dict[tuple[str, int], int] = {}
    for each in blocks:
        begun = lines.get(each.path, 0)
        before[each.path, each.block] = begun - each.first + 1
        lines[each.path] = begun + each.lines
    return before


def _where_sure(column: str) -> str:
    """A column of `cases`, NULL where its row is refused."""
    if column in ("$raw", "$file", "case_id", "refused"):
        return f"`{column}`"
    return f"CASE WHEN refused IS NULL THEN `{column}` END AS `{column}`"


def _bare(name: str) -> str:
    """A whole name of a file, without the slashes of a machine that has no name."""
    return re.sub(r"^file:/+", "file:/", name)


def _with_raw_text(statement: str) -> str:
    """The statement of a policy, which hands on the raw text of each row and its place too."""
    columns, found, source = statement.rpartition("\nFROM ")
    assert found
    return f"{columns}, `$raw`, `$file`\nFROM {source}"
