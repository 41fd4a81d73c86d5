"""`besponsa-pa impact`: what changes for many cases when one policy takes the place of another."""

from __future__ import annotations

import atexit
import gc
import re
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import click

from besponsa_pa import api
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
from besponsa_pa.backends.batch.statement import Deciding
from besponsa_pa.cli.batch import FILE, deciding_by, failed, lines_about
from besponsa_pa.cli.batch_files import inputs_of
from besponsa_pa.cli.batch_progress import run
from besponsa_pa.cli.batch_rows import Interpreter
from besponsa_pa.cli.batch_summary import Wanted
from besponsa_pa.cli.case_policies import Policies
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.impact_examples import examples_of
from besponsa_pa.cli.impact_summary import impacted, tell
from besponsa_pa.cli.options import policies_option
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.records import dataclass, replace

ENGINES = ("duckdb", "python")
SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) *([KMGT]i?B)", re.IGNORECASE)


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
@click.option("--memory", metavar="SIZE", default="1GB", show_default=True, help="Use at most this much memory.")
@click.option("--threads", metavar="COUNT", type=click.IntRange(min=1), help="Use so many threads; else one a core.")
@click.option("--progress/--no-progress", default=None, help="Show a bar; else only on a terminal.")
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
    shows = sys.stderr.isatty() if progress is None else progress
    resources = Resources(threads, _half(memory))
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

    @property
    def has_versions(self) -> bool:
        """Whether the date of a request chooses among several versions, as in `batch`."""
        return self.policies.chosen_by_id and len(self.policies.known[self.policy.policy.id]) > 1


def _named(name: str, directories: Sequence[Path]) -> _Named:
    chosen = api.load_policy(name, directories)
    is_id = name == chosen.policy.id and not Path(name).exists()
    policies = Policies(chosen, directories, chosen_by_id=is_id)
    return _Named(chosen, policies, Interpreter(policies))


def _half(memory: str) -> str:
    """What each of the two engines may use of the memory."""
    match = SIZE.fullmatch(memory.strip())
    if match is None:
        message = f"`{memory}` is no size, such as `500MB` or `1GB`"
        raise click.BadParameter(message, param_hint="`--memory`")
    return f"{float(match[1]) / 2:g}{match[2]}"


def _engine(named: _Named, old: _Named, engine: str, resources: Resources) -> Engine:
    try:
        deciding = (
            Deciding(None, "every row goes to the interpreter") if engine == "python" else deciding_by(named.policy)
        )
        return Engine(_shape(named, old), deciding, told_of_rejects(named.interpreter), resources)
    except ImportError as absent:
        message = f"`impact` needs `{absent.name}`: pip install 'besponsa-pa[batch]'"
        raise click.UsageError(message) from absent


def _shape(named: _Named, old: _Named) -> Shape:
    """How cases are read. Cases name the policy that decided them, which the new one decides all the same."""
    shape = shape_of(named.policy, has_versions=named.has_versions)
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
