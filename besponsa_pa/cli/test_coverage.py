"""What the tests of policies reach: the options that ask for it, and how it is told."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from pathlib import Path

import click

from besponsa_pa.cli.terminal import has_colours, width, write
from besponsa_pa.cli.test_runs import PolicyRun
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.policytest import Coverage, coverage_of, report_reached
from besponsa_pa.render.coverage_page import page_from_coverage
from besponsa_pa.render.coverage_structure import structure_from_coverage
from besponsa_pa.render.coverage_text import lines_from_coverage, sentence
from besponsa_pa.render.covered import CoveredItem, CoveredPolicy, CoveredTest, count_of
from besponsa_pa.render.diagnostics import text_from_diagnostics
from besponsa_pa.render.structure import json_text


def _percent(_context: click.Context, _option: click.Parameter, value: str | None) -> Decimal | None:
    """A number from 0 to 100, taken exactly as written."""
    if value is None:
        return None
    text = value.strip().removesuffix("%").strip()
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) or Decimal(text) > 100:
        raise click.BadParameter(f"`{value}` is no number from 0 to 100")
    return Decimal(text)


@dataclass(frozen=True, slots=True)
class CoverageRequest:
    """What is asked about coverage: the text, files with it, and the least that must be reached."""

    text: bool
    json: Path | None
    html: Path | None
    fail_under: Decimal | None

    def __bool__(self) -> bool:
        return self.text or self.json is not None or self.html is not None or self.fail_under is not None

    def tell(self, runs: Iterable[PolicyRun]) -> bool:
        """Tell what the tests of the policies reach, as asked. Whether each of them reaches enough."""
        if not self:
            return True
        measured = [(run, _measured(run)) for run in runs if run.compiled is not None and not run.is_wrong]
        shown = [_covered(run, coverage) for run, coverage in measured]
        for each in shown if self.text else ():
            write("\n" + "\n".join(lines_from_coverage(each, width(), has_colours(sys.stdout))) + "\n")
        _write_warnings(measured)
        if self.json is not None:
            _write_file(self.json, "--coverage-json", json_text(structure_from_coverage(shown)))
        if self.html is not None:
            _write_file(self.html, "--coverage-html", page_from_coverage(shown))
        return self._suffices(measured, shown)

    def _suffices(self, measured: Sequence[tuple[PolicyRun, Coverage]], shown: Sequence[CoveredPolicy]) -> bool:
        if self.fail_under is None:
            return True
        suffices = True
        for (_, coverage), policy in zip(measured, shown, strict=True):
            if coverage.percent < Fraction(self.fail_under):
                said = sentence(count_of(policy.items))
                write(f"too little of {policy.id} is reached: {said}; wanted {self.fail_under:f} %\n")
                suffices = False
        return suffices


FILE = click.Path(dir_okay=False, path_type=Path)
OPTIONS = (
    click.option("--coverage", "coverage_text", is_flag=True, help="Tell what of the policy the tests reach."),
    click.option("--coverage-json", metavar="FILE", type=FILE, help="Write what they reach to this file, as JSON."),
    click.option("--coverage-html", metavar="FILE", type=FILE, help="Write what they reach to this file, as a page."),
    click.option(
        "--fail-under",
        metavar="PERCENT",
        callback=_percent,
        help="Fail when the tests of a policy reach less than this of it; 100 is everything.",
    ),
)


def coverage_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options about coverage, together as its argument `coverage`."""

    @wraps(command)
    def with_coverage(
        *,
        coverage_text: bool,
        coverage_json: Path | None,
        coverage_html: Path | None,
        fail_under: Decimal | None,
        **others: object,
    ) -> int:
        request = CoverageRequest(coverage_text, coverage_json, coverage_html, fail_under)
        return command(coverage=request, **others)

    for option in reversed(OPTIONS):
        with_coverage = option(with_coverage)
    return with_coverage


def _measured(run: PolicyRun) -> Coverage:
    assert run.compiled is not None
    tests = (result.test for result in run.results or ())
    return coverage_of(run.compiled, tests, {each.item.text: each.reason for each in run.unreachable})


def _covered(run: PolicyRun, coverage: Coverage) -> CoveredPolicy:
    policy = coverage.policy.policy
    items = (
        CoveredItem(item.kind.value, item.name, item.state, item.within, item.text, item.span, tests,
                    coverage.unreachable.get(item))
        for item, tests in coverage.reached.items()
    )  # fmt: skip
    tests = (CoveredTest(each.test.name, each.test.decision, each.test.span) for each in run.results or ())
    return CoveredPolicy(
        policy.id, policy.title, policy.version, policy.digest, policy.span.source, tuple(items), tuple(tests)
    )


def _write_warnings(measured: Iterable[tuple[PolicyRun, Coverage]]) -> None:
    diagnostics = Diagnostics()
    for run, coverage in measured:
        report_reached(run.unreachable, coverage, diagnostics)
    text = text_from_diagnostics(diagnostics, has_colours(sys.stdout))
    write(f"\n{text}" if text else "")


def _write_file(path: Path, option: str, text: str) -> None:
    try:
        path.write_bytes(text.encode("utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise click.BadParameter(f"`{path}` cannot be written: {reason}", param_hint=f"`{option}`") from error
