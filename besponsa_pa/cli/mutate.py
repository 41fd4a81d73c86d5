"""`besponsa-pa mutate`: whether the tests beside a policy notice when it changes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from math import floor
from pathlib import Path

import click

from besponsa_pa import api
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.options import counted, policies_below, policies_option
from besponsa_pa.cli.terminal import has_colours, report, width, write, write_exactly
from besponsa_pa.cli.test_runs import tests_beside
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import parse_document, read_source
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest import read_tests
from besponsa_pa.policytest.entries import text_from_entries
from besponsa_pa.policytest.mutation import Fate, MutantResult, Mutation, score
from besponsa_pa.render.mutation import MutationReport, Survivor, structure_from_mutation, text_from_mutation
from besponsa_pa.render.structure import json_text


@click.command("mutate", epilog="Example: besponsa-pa mutate besponsa --fail-under 100")
@click.argument("policies", metavar="[POLICY...]", nargs=-1)
@policies_option
@click.option("-k", "selected", metavar="TEXT", default="", help="Only the mutants with this text in their name.")
@click.option(
    "--fail-under",
    "wanted",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    help="Exit with 1 when fewer of the mutants of a policy are killed.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--quiet", is_flag=True, help="Show no progress.")
def command(
    *,
    policies: tuple[str, ...],
    directories: tuple[Path, ...],
    selected: str,
    wanted: float | None,
    form: str,
    quiet: bool,
) -> int:
    """Change policies one small step at a time, and see whether their tests notice.

    A changed policy is a mutant; a test that fails on it kills it. For each one that survives, a test is looked for
    that would kill it. A POLICY is an id, a file, or a folder for every policy below it; without one, all known ones.
    """
    unknown = Diagnostics()
    names = list(policies_below(policies, unknown)) if policies else [*api.find_policies(directories).values()]
    report(unknown)
    is_wrong = unknown.has_errors
    found: list[MutationReport] = []
    for name in names:
        diagnostics = Diagnostics()
        mutation = _mutation(name, directories, diagnostics, is_named=bool(policies))
        if mutation is not None:
            results = _run(mutation, selected, quiet)
            mutation.warn(results, diagnostics)
            is_wrong = is_wrong or (wanted is not None and score(results).percent < wanted)
            found.append(_report(mutation, results))
            if form == "text":
                write(text_from_mutation(found[-1], width(), has_colours(sys.stdout)))
        report(diagnostics)
        is_wrong = is_wrong or diagnostics.has_errors
    if form == "json":
        write_exactly(json_text([structure_from_mutation(each) for each in found]))
    if selected and not any(sum(each.counts.values()) for each in found):
        click.echo(f"no mutant has `{selected}` in its name", err=True)
        is_wrong = True
    return ExitCode.FILE_IS_WRONG if is_wrong else ExitCode.OK


def _mutation(
    name: str | Path, directories: Sequence[Path], diagnostics: Diagnostics, *, is_named: bool
) -> Mutation | None:
    """The mutants of a policy and its tests; None when either cannot be used, or when a test fails as it is."""
    compiled, problems = api.check_policy(name, directories)
    if compiled is None or problems.has_errors:
        diagnostics.extend(problems)
        return None
    place = tests_beside(Path(compiled.policy.name))
    if not place.is_file():
        if is_named:
            message = f"there are no tests beside `{compiled.policy.name}`"
            diagnostics.error("E606", message, help=f"write `{place}`")
        return None
    mutation = _read(place, compiled, diagnostics)
    failing = () if mutation is None else mutation.failing()
    if failing:
        message = f"{counted(len(failing), 'test')} of `{place}` fail on the policy as it is"
        help = "mend them first: `besponsa-pa test` tells more"
        diagnostics.error("E609", message, failing[0].span, label="this one, for example", help=help)
    return None if diagnostics.has_errors else mutation


def _read(place: Path, compiled: CompiledPolicy, diagnostics: Diagnostics) -> Mutation | None:
    source = read_source(place, diagnostics)
    node = None if source is None else parse_document(source, diagnostics)
    if node is None:
        return None
    tests = read_tests(node, compiled, diagnostics)
    return None if diagnostics.has_errors else Mutation(compiled, tests, node)


def _run(mutation: Mutation, selected: str, quiet: bool) -> list[MutantResult]:
    """The result of each mutant, with a bar for a person who waits."""
    hidden = quiet or not sys.stderr.isatty()
    results = mutation.run(selected)
    count = sum(selected.lower() in mutant.id.lower() for mutant in mutation.mutants)
    with click.progressbar(results, length=count, label="mutants", file=sys.stderr, hidden=hidden) as bar:
        return list(bar)


def _report(mutation: Mutation, results: Sequence[MutantResult]) -> MutationReport:
    killer = mutation.killer()
    survivors = [result for result in results if result.fate is Fate.SURVIVED]
    wanted = [killer.look(result.compiled) for result in survivors if result.compiled is not None]
    tests = killer.tests()
    counts = score(results)
    return MutationReport(
        policy=mutation.compiled.policy.name,
        counts={fate.value: count for fate, count in counts.counts.items()},
        percent=f"{floor(10 * counts.percent) / 10:g}",  # never rounded up to 100
        survivors=tuple(_survivors(survivors, [None if each is None else str(tests[each]["name"]) for each in wanted])),
        equivalents=tuple((each.mutant.id, each.reason) for each in results if each.fate is Fate.EQUIVALENT),
        tests=tests,
        tests_text=text_from_entries(tests) if tests else "",
    )


def _survivors(results: Iterable[MutantResult], tests: Iterable[str | None]) -> Iterator[Survivor]:
    for result, test in zip(results, tests, strict=True):
        mutant, span = result.mutant, result.mutant.span
        yield Survivor(
            mutant.id, mutant.kind.word, span.source.name, span.line, span.column, mutant.before, mutant.after, test
        )
