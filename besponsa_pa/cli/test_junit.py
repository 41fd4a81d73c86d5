"""The file with the results of tests, for a server that runs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from besponsa_pa.cli.terminal import DEFAULT_WIDTH
from besponsa_pa.cli.test_failures import lines_from_failure
from besponsa_pa.cli.test_runs import PolicyRun
from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest import PolicyTestResult
from besponsa_pa.render.diagnostics import in_order, text_from_diagnostics
from besponsa_pa.render.junit import Problem, ReportedTest, Suite, junit_text


def write_junit(path: Path, runs: Iterable[PolicyRun], unknown: Diagnostics) -> None:
    """Write the results of all policies as JUnit XML; the text of a failure is that of the terminal.

    `unknown` tells of arguments that name no policy.
    """
    nowhere = [PolicyRun("policies", None, None, unknown)] if unknown.has_errors else []
    try:
        path.write_bytes(junit_text([_suite(run) for run in (*nowhere, *runs)]).encode("utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise click.BadParameter(f"`{path}` cannot be written: {reason}", param_hint="`--junit`") from error


def _suite(run: PolicyRun) -> Suite:
    return Suite(run.name if run.compiled is None else run.compiled.policy.id, tuple(_tests(run)))


def _tests(run: PolicyRun) -> Iterator[ReportedTest]:
    errors = [each for each in in_order(run.diagnostics) if each.severity is Severity.ERROR]
    if errors:
        problem = Problem(errors[0].message, text_from_diagnostics(errors).rstrip(), is_error=True)
        span = errors[0].span
        file, line = (run.name, None) if span is None else (span.source.name, span.line)
        yield ReportedTest("the files of the policy", file, line, problem)
    for result in run.results or ():
        assert run.compiled is not None
        span = result.test.span
        yield ReportedTest(result.test.name, span.source.name, span.line, _problem(result, run.compiled))


def _problem(result: PolicyTestResult, compiled: CompiledPolicy) -> Problem | None:
    if result.passed:
        return None
    first = result.differences[0]
    lines = lines_from_failure(result, compiled, DEFAULT_WIDTH, colour=False)
    return Problem(f"{first.what}: expected {first.expected}; got {first.got}", "\n".join(lines))
