"""`besponsa-pa test`: the tests that stand beside policies."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from besponsa_pa import api
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.options import policies_below, policies_option
from besponsa_pa.cli.terminal import has_colours, width, write
from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.document import parse_document, read_source
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest import FILE_NAME, PolicyTestResult, read_tests, run_tests
from besponsa_pa.render.diagnostics import in_order, text_from_diagnostics
from besponsa_pa.render.layout import Colour, columns, fitting, painted, visible


@click.command("test", epilog="Example: besponsa-pa test besponsa -k infant")
@click.argument("policies", metavar="[POLICY...]", nargs=-1)
@policies_option
@click.option("-k", "selected", metavar="TEXT", default="", help="Run only the tests with this text in their name.")
def command(policies: tuple[str, ...], directories: tuple[Path, ...], selected: str) -> int:
    """Run the tests that stand beside policies.

    A POLICY is an id, a file, or a folder for every policy below it; its tests are in `tests.yaml` beside it. Without
    a POLICY all known ones are tested. The exit code is 1 when a test fails.
    """
    unknown = Diagnostics()
    names = list(policies_below([_policy(each) for each in policies], unknown))
    found = [*names] if policies else [*api.find_policies(directories).values()]
    _write_diagnostics(unknown)
    runs = [_run(name, directories, selected, is_named=bool(policies)) for name in found]
    passed, failed = sum(run.passed for run in runs), sum(run.failed for run in runs)
    if len(runs) > 1:
        for run in runs:
            write(f"{run.name}: {run.outcome}\n")
    write(f"{_counted(passed, failed)}\n")
    if selected and not passed + failed:
        write(f"no test has `{selected}` in its name\n")
        return ExitCode.FILE_IS_WRONG
    is_wrong = failed or unknown.has_errors or any(run.is_wrong for run in runs)
    return ExitCode.FILE_IS_WRONG if is_wrong else ExitCode.OK


@dataclass(frozen=True, slots=True)
class _Run:
    """What the tests of one policy came to."""

    name: str
    has_tests: bool
    passed: int = 0
    failed: int = 0
    is_wrong: bool = False

    @property
    def outcome(self) -> str:
        """In words what came out."""
        if self.has_tests:
            return _counted(self.passed, self.failed)
        return "not tested" if self.is_wrong else "no tests"


def _policy(argument: str) -> str:
    """The policy that an argument means: tests are named by their own file too."""
    path = Path(argument)
    return str(path.with_name(api.FILE_NAME)) if path.name == FILE_NAME else argument


def _run(name: str | Path, directories: tuple[Path, ...], selected: str, *, is_named: bool) -> _Run:
    compiled, diagnostics = api.check_policy(name, directories)
    if compiled is None or diagnostics.has_errors:
        _write_diagnostics(diagnostics)
        return _Run(str(name), has_tests=False, is_wrong=True)
    place = Path(compiled.policy.name).with_name(FILE_NAME)
    if not place.is_file():
        if is_named:
            missing = Diagnostics()
            missing.error("E606", f"there are no tests beside `{compiled.policy.name}`", help=f"write `{place}`")
            _write_diagnostics(missing)
        return _Run(compiled.policy.name, has_tests=False, is_wrong=is_named)
    return _tested(place, compiled, selected)


def _tested(place: Path, compiled: CompiledPolicy, selected: str) -> _Run:
    diagnostics = Diagnostics()
    source = read_source(place, diagnostics)
    node = None if source is None else parse_document(source, diagnostics)
    tests = () if node is None else read_tests(node, compiled, diagnostics)
    _write_diagnostics(diagnostics)
    results = list(run_tests((each for each in tests if selected.lower() in each.name.lower()), compiled))
    for result in results:
        if not result.passed:
            write("\n".join(_failure(result)) + "\n\n")
    passed = sum(result.passed for result in results)
    return _Run(place.as_posix(), True, passed, len(results) - passed, diagnostics.has_errors)


def _failure(result: PolicyTestResult) -> Iterator[str]:
    """A test that failed: where it stands, and what came out in the place of what."""
    colour = has_colours(sys.stdout)
    span = result.test.span
    place = f"{visible(span.source.name)}:{span.line}"
    yield f"{painted('FAILED', Colour.BAD, colour)}  {visible(result.test.name)} ({place})"
    rows = [(each.what, f"expected {each.expected}; got {each.got}") for each in result.differences]
    yield from columns(rows, fitting(width()))
    errors = [each for each in result.diagnostics if each.severity is Severity.ERROR]
    if errors and result.test.decision != "error":
        yield from ("  " + line for line in text_from_diagnostics(errors, colour).splitlines())


def _write_diagnostics(diagnostics: Diagnostics) -> None:
    text = text_from_diagnostics(in_order(diagnostics), has_colours(sys.stdout))
    write(f"{text}\n" if text else "")


def _counted(passed: int, failed: int) -> str:
    return f"{passed} passed, {failed} failed"
