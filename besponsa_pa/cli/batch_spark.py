"""`besponsa-pa batch --engine spark`: the same on Spark, into a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click

from besponsa_pa.backends.batch.inputs import Format, Input, compression_of, format_of, stem_of
from besponsa_pa.backends.batch.shape import shape_of
from besponsa_pa.backends.batch.spark_engine import Destination, Reject, SparkEngine
from besponsa_pa.backends.batch.spark_session import Session, session_with
from besponsa_pa.backends.batch.summary import MOST, Counts
from besponsa_pa.cli.batch_files import Work, inputs_of, make_room
from besponsa_pa.cli.batch_options import memory_of_java
from besponsa_pa.cli.batch_rows import Interpreter, deciding_by
from besponsa_pa.cli.batch_summary import Wanted, tell_counts
from besponsa_pa.cli.case_policies import Policies
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.records import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where Spark runs: the address of its master, and on this machine alone how much of it may be used."""

    master: str | None
    threads: int | None
    memory: str
    shows: bool


def run_on_spark(
    work: Work, chosen: CompiledPolicy, policies: Policies, cluster: Cluster, wanted: Wanted, *, restart: bool
) -> int:
    """Decide all cases of some files into one folder, and tell what they came to; how many rows were rejected."""
    diagnostics = Diagnostics()
    _check_inputs(work.inputs, diagnostics)
    if work.output.exists() and not restart:
        help = "write into another folder, or decide all of them again with `--restart`"
        diagnostics.error("E804", f"`{work.output}` is there already", help=help)
    diagnostics.raise_errors()
    make_room([work], diagnostics)
    diagnostics.raise_errors()
    counts = _decide(work, chosen, policies, cluster)
    return tell_counts(counts, [work], chosen, "spark", wanted)


def work_on_spark(arguments: Sequence[str], output: Path, form: Format | None, rejects: Path | None) -> Work:
    """All files that arguments name, into one folder. Raises `FileError` for what cannot be read."""
    diagnostics = Diagnostics()
    inputs = inputs_of(arguments, diagnostics)
    diagnostics.raise_errors()
    chosen = form or format_of(output.name) or Format.PARQUET
    return Work(inputs, output, chosen, rejects or output.with_name(f"{stem_of(output.name)}.rejects.ndjson"))


def _check_inputs(inputs: Sequence[Input], diagnostics: Diagnostics) -> None:
    """Report files that only DuckDB reads."""
    for each in inputs:
        if compression_of(each.path) == "zstd":
            help = "leave out `--engine spark`, or compress the file with gzip"
            diagnostics.error("E806", f"Spark does not read what is compressed as `{each.path}` is", help=help)


def _decide(work: Work, chosen: CompiledPolicy, policies: Policies, cluster: Cluster) -> Counts:
    diagnostics, deciding = Diagnostics(), deciding_by(chosen, "spark")
    session = _session(cluster)
    shape = shape_of(chosen, has_versions=policies.has_versions)
    engine = SparkEngine(session, shape, deciding, Interpreter(policies))
    destination = Destination(str(work.output.resolve()), work.format, compression_of(work.output.name))
    inputs = [Input(str(Path(each.path).resolve()), each.format) for each in work.inputs]
    names = {each.path: given.path for each, given in zip(inputs, work.inputs, strict=True)}
    rejected = _Rejected(work.rejects_part, names)
    try:
        engine.look_at(inputs, diagnostics)
        diagnostics.raise_errors()
        engine.write(inputs, destination, rejected.take)
        rejected.close()
        _keep_rejects(work, rejected)
        counts = engine.counts(destination.folder, work.format)
    finally:
        rejected.close()
        work.rejects_part.unlink(missing_ok=True)
        session.stop()
    ordered = sorted(rejected.problems.items(), key=lambda each: (-each[1], each[0]))[:MOST]
    return replace(counts, rejected=rejected.count, problems=tuple(ordered))


def _keep_rejects(work: Work, rejected: _Rejected) -> None:
    if rejected.count:
        work.rejects_part.replace(work.rejects)
    else:
        work.rejects.unlink(missing_ok=True)


# --- the session ---


def _session(cluster: Cluster) -> Session:
    """A session of Spark. Raises `UsageError` where Spark or Java is not there."""
    if not _has_java():
        message = "Spark needs Java, and there is no `java` on the path: install Java 17 or later, or set JAVA_HOME"
        raise click.UsageError(message)
    try:
        return session_with(_options(cluster))
    except ImportError as absent:
        message = f"`batch --engine spark` needs `{absent.name}`: pip install 'besponsa-pa[spark]'"
        raise click.UsageError(message) from absent


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") is not None or (home is not None and (Path(home) / "bin" / "java").exists())


def _options(cluster: Cluster) -> dict[str, str]:
    options = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "true" if cluster.shows else "false",
        "spark.log.level": "ERROR",
        "spark.master": cluster.master or f"local[{cluster.threads or '*'}]",
    }
    if cluster.master is None or cluster.master.startswith("local"):
        options |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        options |= {"spark.driver.memory": memory_of_java(cluster.memory), "spark.sql.shuffle.partitions": "4"}
    return options


# --- what was rejected ---


@dataclass(slots=True)
class _Rejected:
    """The file of rejected rows, made with the first of them; how many there are, and of which kinds."""

    path: Path
    names: dict[str, str]
    count: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    _stream: TextIO | None = None

    def take(self, reject: Reject) -> None:
        """Write a rejected row."""
        if self._stream is None:
            self._stream = self.path.open("w", encoding="utf-8", newline="\n")
        self.count += 1
        self.problems.update(each.code for each in reject.problems)
        problems = [{"code": each.code, "message": each.message, "help": each.help} for each in reject.problems]
        file = self.names.get(reject.file, reject.file)
        row = {"file": file, "line": reject.line, "case": reject.case, "problems": problems}
        self._stream.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")

    def close(self) -> None:
        """End the file."""
        if self._stream is not None:
            self._stream.close()
