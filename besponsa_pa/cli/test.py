"""`besponsa-pa test`: the tests that stand beside policies."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from besponsa_pa import api
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.options import policies_below, policies_option
from besponsa_pa.cli.terminal import has_colours, width, write
from besponsa_pa.cli.test_coverage import CoverageRequest, coverage_options
from besponsa_pa.cli.test_failures import lines_from_failure
from besponsa_pa.cli.test_junit import write_junit
from besponsa_pa.cli.test_runs import PolicyRun, outcome, run_policy
from besponsa_pa.cli.test_watching import repeat_on_save
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.policytest import FILE_NAME
from besponsa_pa.render.diagnostics import in_order, text_from_diagnostics


@click.command("test", epilog="Example: besponsa-pa test besponsa -k infant")
@click.argument("policies", metavar="[POLICY...]", nargs=-1)
@policies_option
@click.option("-k", "selected", metavar="TEXT", default="", help="Run only the tests with this text in their name.")
@click.option(
    "--junit",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the results to this file too, as JUnit XML.",
)
@coverage_options
@click.option("--watch", "is_watched", is_flag=True, help="Run again whenever a policy or its tests are saved.")
def command(
    policies: tuple[str, ...],
    directories: tuple[Path, ...],
    *,
    selected: str,
    junit: Path | None,
    coverage: CoverageRequest,
    is_watched: bool,
) -> int:
    """Run the tests that stand beside policies.

    A POLICY is an id, a file, or a folder for every policy below it; its tests are in `tests.yaml` beside it. Without
    a POLICY all known ones are tested. The exit code is 1 when a test fails, or too little is reached.
    """
    request = _Request(policies, directories, selected, junit, coverage)
    if is_watched:
        repeat_on_save(request.run, request.names, directories)
    return request.run()


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked of the command."""

    policies: tuple[str, ...]
    directories: tuple[Path, ...]
    selected: str
    junit: Path | None
    coverage: CoverageRequest

    def names(self) -> list[str | Path]:
        """The policies that are meant; what names none is left out."""
        return self._names(Diagnostics())

    def run(self) -> ExitCode:
        """Run the tests once, and tell what came out."""
        unknown = Diagnostics()
        names = self._names(unknown)
        write(_text_of(unknown))
        runs = list(self._runs(names))
        if self.junit is not None:
            write_junit(self.junit, runs, unknown)
        passed, failed = sum(run.passed for run in runs), sum(run.failed for run in runs)
        _write_summary(runs, passed, failed)
        if self.selected and not passed + failed:
            write(f"no test has `{self.selected}` in its name\n")
            return ExitCode.FILE_IS_WRONG
        reaches_enough = self.coverage.tell(runs)
        is_wrong = failed or not reaches_enough or unknown.has_errors or any(run.is_wrong for run in runs)
        return ExitCode.FILE_IS_WRONG if is_wrong else ExitCode.OK

    def _names(self, unknown: Diagnostics) -> list[str | Path]:
        if self.policies:
            return list(policies_below([_policy(each) for each in self.policies], unknown))
        return [*api.find_policies(self.directories).values()]

    def _runs(self, names: Sequence[str | Path]) -> Iterator[PolicyRun]:
        """Each policy's tests, told as soon as they have run."""
        for name in names:
            run = run_policy(name, self.directories, self.selected, is_named=bool(self.policies))
            _write_run(run)
            yield run


def _policy(argument: str) -> str:
    """The policy that an argument means: tests are named by their own file too."""
    path = Path(argument)
    return str(path.with_name(api.FILE_NAME)) if path.name == FILE_NAME else argument


def _write_run(run: PolicyRun) -> None:
    write(_text_of(run.diagnostics))
    for result in run.results or ():
        if not result.passed and run.compiled is not None:
            lines = lines_from_failure(result, run.compiled, width(), has_colours(sys.stdout))
            write("\n".join(lines) + "\n\n")


def _write_summary(runs: Sequence[PolicyRun], passed: int, failed: int) -> None:
    if len(runs) > 1:
        for run in runs:
            write(f"{run.name}: {run.outcome}\n")
    write(f"{outcome(passed, failed)}\n")


def _text_of(diagnostics: Diagnostics) -> str:
    text = text_from_diagnostics(in_order(diagnostics), has_colours(sys.stdout))
    return f"{text}\n" if text else ""
