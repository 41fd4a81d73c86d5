"""How a failed test is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from besponsa_pa.diagnostic import Severity
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest import PolicyTestResult, differing_findings
from besponsa_pa.render.criteria import lines_from_findings
from besponsa_pa.render.diagnostics import text_from_diagnostics
from besponsa_pa.render.layout import Colour, columns, fitting, painted, visible


def lines_from_failure(result: PolicyTestResult, compiled: CompiledPolicy, width: int, colour: bool) -> Iterator[str]:
    """A test that failed: where it stands, what came out in the place of what, and the criteria that explain it.

    Of the case only what these criteria read is shown. `width` is that of the terminal in columns.
    """
    span = result.test.span
    place = f"{visible(span.source.name)}:{span.line}"
    yield f"{painted('FAILED', Colour.BAD, colour)}  {visible(result.test.name)} ({place})"
    rows = [(each.what, f"expected {each.expected}; got {each.got}") for each in result.differences]
    yield from columns(rows, fitting(width))
    yield from _criteria(result, compiled, fitting(width), colour)
    errors = [each for each in result.diagnostics if each.severity is Severity.ERROR]
    if errors and result.test.decision != "error":
        yield from ("  " + line for line in text_from_diagnostics(errors, colour).splitlines())


def _criteria(result: PolicyTestResult, compiled: CompiledPolicy, width: int, colour: bool) -> Iterator[str]:
    """The criteria that explain the differences with what they saw, references by their names."""
    findings = differing_findings(result, compiled)
    if findings and result.determination is not None:
        yield "  " + painted("what these criteria saw", Colour.STRONG, colour)
        told = replace(result.determination, findings=findings, reasons=(), references=())
        yield from lines_from_findings(told, width, colour)
