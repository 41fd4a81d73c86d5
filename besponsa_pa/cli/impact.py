"""`besponsa-pa impact`: what changes for many cases when one policy takes the place of another."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import click

from besponsa_pa.backends.batch.duckdb_engine import (
    Engine,
    Resources,
    StoppedError,
    TooLittleMemoryError,
    UnreadableError,
)
from besponsa_pa.backends.batch.impact import REJECTED, Impact, UnequalRowsError, compare, told_of_rejects
from besponsa_pa.backends.batch.inputs import Input
from besponsa_pa.backends.batch.shape import Shape, shape_of
from besponsa_pa.cli.batch import failed, lines_about
from besponsa_pa.cli.batch_files import inputs_of
from besponsa_pa.cli.batch_options import (
    FILE,
    half_of_memory,
    memory_option,
    progress_option,
    shows_progress,
    threads_option,
)
from besponsa_pa.cli.batch_progress import run
from besponsa_pa.cli.batch_rows import Interpreter, deciding_by
from besponsa_pa.cli.batch_summary import Wanted
from besponsa_pa.cli.case_policies import Policies, policy_chosen
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.impact_examples import examples_of
from besponsa_pa.cli.impact_summary import impacted, tell
from besponsa_pa.cli.options import policies_option
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.records import dataclass, replace

ENGINES = ("duckdb", "python")


@click.command("impact", epilog="Example: besponsa-pa impact besponsa edited/policy.yaml cases.ndjson")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.option("--examples", metavar="COUNT", type=click.IntRange(min=0), default=3, show_default=True,
              help="Show so many cases of each change; 0 for a report that says nothing of any case.")  # fmt: skip
@click.option("--fail-on-change", is_flag=True, help="Exit with 1 if any decision changes.")
@click.option("--summary", metavar="FILE", type=FILE, help="Write it as JSON too.")
@click.option("--report", metavar="FILE", type=FILE, help="Write it as a page with charts too.")
@policies_option
@click.option("--engine", type=click.Choice(ENGINES), default="duckdb", show_default=True,
              help="python: let the interpreter decide every case.")  # fmt: skip
@memory_option
@threads_option
@progress_option
def command(
    *,
    old: str,
    new: str,
    inputs: tuple[str, ...],
    examples: int,
    fail_on_change: bool,
    summary: Path | None,
    report: Path | None,
    directories: tuple[Path, ...],
    engine: str,
    memory: str,
    threads: int | None,
    progress: bool | None,
) -> int:
    """Decide cases by the policies OLD and NEW, and tell what becomes of what: by criterion, with examples.

    An INPUT is read as by `batch`. Each row is decided by both policies; one that is a case for one of them alone is
    rejected by the other, which is a change too. Changes are no error. A row that neither can read is one: the exit
    code is then 1.
    """
    atexit.unregister(gc.freeze)  # DuckDB complains at the end of the program of what is not collected
    diagnostics = Diagnostics()
    files = inputs_of(inputs, diagnostics)
    diagnostics.raise_errors()
    before, after = _named(old, directories), _named(new, directories)
    shows = shows_progress(progress)
    resources = Resources(threads, half_of_memory(memory))
    with ExitStack() as stack:
        engines = (stack.enter_context(closing(_engine(each, before, engine, resources))) for each in (before, after))
        pair = _Pair(*engines)
        impact = pair.compare(files, examples, shows=shows)
        found = examples_of(impact, (pair.old, pair.new), (before.interpreter, after.interpreter))
    tell(impacted(impact, (before.policy, after.policy), engine, files, found), Wanted(summary, report))
    is_wrong = impact.changes[REJECTED, REJECTED] or (fail_on_change and impact.changed)
    return ExitCode.FILE_IS_WRONG if is_wrong else ExitCode.OK


@dataclass(slots=True)
class _Named:
    """A policy as it was named, and what decides the rows that its SQL does not."""

    policy: CompiledPolicy
    policies: Policies
    interpreter: Interpreter


def _named(name: str, directories: Sequence[Path]) -> _Named:
    chosen, policies = policy_chosen(name, directories)
    return _Named(chosen, policies, Interpreter(policies))


def _engine(named: _Named, old: _Named, engine: str, resources: Resources) -> Engine:
    try:
        deciding = deciding_by(named.policy, engine)
        return Engine(_shape(named, old), deciding, told_of_rejects(named.interpreter), resources)
    except ImportError as absent:
        message = f"`impact` needs `{absent.name}`: pip install 'besponsa-pa[batch]'"
        raise click.UsageError(message) from absent


def _shape(named: _Named, old: _Named) -> Shape:
    """How cases are read. Cases name the policy that decided them, which the new one decides all the same."""
    shape = shape_of(named.policy, has_versions=named.policies.has_versions)
    return replace(shape, policy=old.policy.policy.id)


@dataclass(slots=True)
class _Pair:
    """The two engines that decide the same rows."""

    old: Engine
    new: Engine

    @property
    def percent(self) -> float:
        """How far both are, of 100: they go side by side."""
        return self.old.percent

    def interrupt(self) -> None:
        """Stop both, from another thread."""
        self.old.interrupt()
        self.new.interrupt()

    def compare(self, files: Sequence[Input], examples: int, *, shows: bool) -> Impact:
        """Count what changes in all files, one after the other."""
        impact = Impact(examples)
        for file in files:
            try:
                work = partial(self._compare, file, impact)
                run(self, work, Path(file.path).name, lines_about(file), shows=shows)
            except UnreadableError as failure:
                raise failed("E808", f"`{file.path}` cannot be read: {failure}") from None
            except TooLittleMemoryError:
                raise failed("E809", f"`{file.path}` needs more memory", "allow more with `--memory`") from None
            except UnequalRowsError:
                raise failed("E808", f"`{file.path}` has changed while it was read") from None
            except StoppedError:
                raise KeyboardInterrupt from None
        return impact

    def _compare(self, file: Input, impact: Impact) -> None:
        diagnostics = Diagnostics()
        compare(self.old, self.new, file, impact, diagnostics)
        diagnostics.raise_errors()
