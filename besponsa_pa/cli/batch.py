"""`besponsa-pa batch`: files of many cases in, files of decisions out."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Sequence
from pathlib import Path

import click

from besponsa_pa.backends.batch.duckdb_engine import (
    Engine,
    Resources,
    StoppedError,
    TooLittleMemoryError,
    UnreadableError,
)
from besponsa_pa.backends.batch.inputs import Format, Input, compression_of
from besponsa_pa.backends.batch.shape import shape_of
from besponsa_pa.cli.batch_files import Done, Work, discard, inputs_of, is_folder, keep, make_room, works_of
from besponsa_pa.cli.batch_options import FILE, memory_option, progress_option, shows_progress, threads_option
from besponsa_pa.cli.batch_progress import run
from besponsa_pa.cli.batch_rows import Interpreter, deciding_by
from besponsa_pa.cli.batch_spark import Cluster, run_on_spark, work_on_spark
from besponsa_pa.cli.batch_summary import Wanted, tell
from besponsa_pa.cli.case_policies import Policies, policy_chosen
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.options import policies_option
from besponsa_pa.diagnostic import Diagnostics, FileError
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.records import dataclass

SAMPLE = 200_000
ENGINES = ("duckdb", "spark", "python")


@click.command("batch", epilog="Example: besponsa-pa batch besponsa cases.ndjson -o decisions.parquet")
@click.argument("policy", metavar="POLICY")
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="PATH", required=True, type=click.Path(path_type=Path),
              help="Write decisions to this file, or into this folder a file for each INPUT.")  # fmt: skip
@click.option("--format", "form", type=click.Choice([each.value for each in Format]),
              help="How decisions are written; else as the output is called, in a folder parquet.")  # fmt: skip
@click.option("--rejects", metavar="PATH", type=click.Path(path_type=Path),
              help="Write rows that are no cases here; else beside the output.")  # fmt: skip
@click.option("--summary", metavar="FILE", type=FILE, help="Write the summary as JSON too.")
@click.option("--report", metavar="FILE", type=FILE, help="Write it as a page with charts too.")
@policies_option
@click.option("--engine", type=click.Choice(ENGINES), default="duckdb", show_default=True,
              help="spark: on Spark; python: let the interpreter decide every case.")  # fmt: skip
@click.option("--master", metavar="URL", help="The cluster that Spark runs on; else this machine alone.")
@click.option("--restart", is_flag=True, help="Decide all files again, those that are complete too.")
@memory_option
@threads_option
@progress_option
def command(
    *,
    policy: str,
    inputs: tuple[str, ...],
    output: Path,
    form: str | None,
    rejects: Path | None,
    summary: Path | None,
    report: Path | None,
    directories: tuple[Path, ...],
    engine: str,
    master: str | None,
    restart: bool,
    memory: str,
    threads: int | None,
    progress: bool | None,
) -> int:
    """Decide the cases of files, by POLICY, whatever they name: each row approve, deny or pend, with the reasons.

    An INPUT is a file with a case a line (.ndjson), a table (.csv, .parquet), perhaps compressed (.gz, .zst), a
    folder or a pattern. A row that is no case is written to a file of its own with what is wrong, and the exit code
    is then 1. Into a folder, a run that was stopped goes on where it was when it is started again.
    """
    atexit.unregister(gc.freeze)  # DuckDB complains at the end of the program of what is not collected
    chosen, policies = policy_chosen(policy, directories)
    shows = shows_progress(progress)
    asked, wanted = None if form is None else Format(form), Wanted(summary, report)
    if engine == "spark":
        cluster = Cluster(master, threads, memory, shows)
        rejected = run_on_spark(
            work_on_spark(inputs, output, asked, rejects), chosen, policies, cluster, wanted, restart=restart
        )
        return ExitCode.FILE_IS_WRONG if rejected else ExitCode.OK
    if master is not None:
        raise click.UsageError("`--master` goes with `--engine spark`")
    works, done = _planned(inputs, output, asked, rejects, chosen, restart=restart)
    machine = _engine(chosen, policies, engine, Resources(threads, memory))
    try:
        _Run(machine, done, shows).run(works)
        rejected = tell(machine.rows, works, chosen, engine, wanted)
    finally:
        machine.close()
    return ExitCode.FILE_IS_WRONG if rejected else ExitCode.OK


def _planned(
    arguments: Sequence[str],
    output: Path,
    form: Format | None,
    rejects: Path | None,
    chosen: CompiledPolicy,
    *,
    restart: bool,
) -> tuple[tuple[Work, ...], Done | None]:
    """What is to be written, and what of it is there already. Raises `FileError` for what cannot be."""
    diagnostics = Diagnostics()
    inputs = inputs_of(arguments, diagnostics)
    works = works_of(inputs, output, form, rejects, diagnostics)
    diagnostics.raise_errors()
    make_room(works, diagnostics)
    diagnostics.raise_errors()
    if not is_folder(works, output):
        return works, None
    digest = chosen.policy.digest
    done = Done(output, digest) if restart else Done.read(output, digest, diagnostics)
    for work in () if restart else works:
        if done.is_strange(work):
            message = f"`{work.output}` is there already, and nothing says from which cases it was decided"
            diagnostics.error("E804", message, help="write into another folder, or write over it with `--restart`")
    diagnostics.raise_errors()
    return works, done


# --- who decides ---


def _engine(chosen: CompiledPolicy, policies: Policies, engine: str, resources: Resources) -> Engine:
    try:
        deciding = deciding_by(chosen, engine)
        shape = shape_of(chosen, has_versions=policies.has_versions)
        return Engine(shape, deciding, Interpreter(policies), resources)
    except ImportError as absent:
        message = f"`batch` needs `{absent.name}`: pip install 'besponsa-pa[batch]'"
        raise click.UsageError(message) from absent


# --- the run ---


@dataclass(slots=True)
class _Run:
    """The files of one run, one after the other."""

    engine: Engine
    done: Done | None
    shows: bool

    def run(self, works: Sequence[Work]) -> None:
        """Decide what is not decided yet."""
        complete = [work for work in works if self.done is not None and self.done.has(work)]
        if complete:
            click.echo(f"{len(complete)} of {len(works)} files are complete and left as they are", err=True)
        for work in works:
            if work not in complete:
                self._decide(work)

    def _decide(self, work: Work) -> None:
        try:
            has_rejects = run(self.engine, lambda: self._write(work), work.output.name, _about(work), shows=self.shows)
            keep(work, has_rejects=has_rejects)
        except UnreadableError as failure:
            raise failed("E808", f"`{work.output}` cannot be made: {failure}") from None
        except TooLittleMemoryError:
            raise failed("E809", f"`{work.output}` needs more memory", "allow more with `--memory`") from None
        except StoppedError:
            raise KeyboardInterrupt from None
        finally:
            discard(work)
        if self.done is not None:
            self.done.add(work)

    def _write(self, work: Work) -> bool:
        diagnostics = Diagnostics()
        query = self.engine.query(work.inputs, diagnostics)
        diagnostics.raise_errors()
        self.engine.write(query, str(work.part), work.format, work.output.name)
        return self.engine.write_rejects(work.inputs, str(work.rejects_part)) > 0


def failed(code: str, message: str, help: str = "") -> FileError:
    """What went wrong with a file, to be raised."""
    diagnostics = Diagnostics()
    diagnostics.error(code, message, help=help)
    return FileError(diagnostics)


def _about(work: Work) -> int | None:
    """About how many cases there are, by the length of the first lines; None where the files do not tell."""
    counts = [lines_about(each) for each in work.inputs]
    return sum(count for count in counts if count is not None) if None not in counts else None


def lines_about(given: Input) -> int | None:
    """About how many cases there are in a file; None where it does not tell."""
    if given.format is Format.PARQUET or compression_of(given.path):
        return None
    with Path(given.path).open("rb") as stream:
        sample = stream.read(SAMPLE)
    lines = max(sample.count(b"\n"), 1)
    return max(Path(given.path).stat().st_size * lines // max(len(sample), 1), 1)
