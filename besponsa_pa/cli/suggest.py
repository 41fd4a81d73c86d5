"""`besponsa-pa suggest`: the tests that a policy lacks."""

from __future__ import annotations

from pathlib import Path

import click

from besponsa_pa import api
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.options import policies_option
from besponsa_pa.cli.terminal import report, write_exactly
from besponsa_pa.cli.test_runs import tests_beside
from besponsa_pa.determination.admission import case_from_node
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, parse_document, read_source
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest import FILE_NAME, read_tests, read_unreachable
from besponsa_pa.policytest.suggesting import Suggestions, suggest
from besponsa_pa.policytest.tests_file import text_from_suggestions


@click.command("suggest", epilog="Example: besponsa-pa suggest besponsa")
@click.argument("policy", metavar="POLICY")
@policies_option
@click.option("--coverage-only", is_flag=True, help="Leave out what `test --coverage` does not count.")
@click.option("--check", is_flag=True, help="Exit with 1 when something is lacking.")
def command(policy: str, directories: tuple[Path, ...], coverage_only: bool, check: bool) -> int:
    """Write the tests that a policy lacks.

    They say what the policy decides now: confirm each before you keep it. Where a policy has no tests, what is written
    is a whole `tests.yaml`.
    """
    compiled = api.load_policy(_policy(policy), directories, use_cache=False)
    suggestions = _suggested(compiled, tests_beside(Path(compiled.policy.name)), coverage_only)
    write_exactly(text_from_suggestions(suggestions))
    return ExitCode.FILE_IS_WRONG if check and not suggestions.is_complete else ExitCode.OK


def _policy(argument: str) -> str:
    """The policy that an argument means: tests are named by their own file too."""
    path = Path(argument)
    return str(path.with_name(api.FILE_NAME)) if path.name == FILE_NAME else argument


def _suggested(compiled: CompiledPolicy, place: Path, coverage_only: bool) -> Suggestions:
    """What the tests in a file lack, if there is one. Raises `FileError` with everything that is wrong with it."""
    if not place.is_file():
        return suggest(compiled, (), None, coverage_only=coverage_only)
    diagnostics = Diagnostics()
    source = read_source(place, diagnostics)
    node = None if source is None else parse_document(source, diagnostics)
    diagnostics.raise_errors()
    assert node is not None
    tests = read_tests(node, compiled, diagnostics)
    unreachable = [each.item.text for each in read_unreachable(node, compiled, diagnostics)]
    base = node.get("base") if isinstance(node, Mapping) else None
    case = None if base is None else case_from_node(base, compiled, Diagnostics())
    diagnostics.raise_errors()
    report(diagnostics)
    return suggest(compiled, tests, case, unreachable, coverage_only=coverage_only)
