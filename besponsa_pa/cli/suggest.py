"""`besponsa-pa suggest`: the tests that a policy lacks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from besponsa_pa import api
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.options import counted, policies_option
from besponsa_pa.cli.terminal import report, write, write_exactly
from besponsa_pa.cli.test_runs import tests_beside
from besponsa_pa.determination.admission import case_from_node
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, Node, parse_document, read_source
from besponsa_pa.document.saving import save_bytes
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest import FILE_NAME, read_tests, read_unreachable
from besponsa_pa.policytest.suggesting import Suggestions, suggest
from besponsa_pa.policytest.tests_file import text_from_suggestions, text_with_suggestions
from besponsa_pa.source import Source


@click.command("suggest", epilog="Example: besponsa-pa suggest besponsa")
@click.argument("policy", metavar="POLICY")
@policies_option
@click.option("--coverage-only", is_flag=True, help="Leave out what `test --coverage` does not count.")
@click.option("--write", "writes", is_flag=True, help="Add them to the `tests.yaml` beside the policy.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when something is lacking.")
def command(policy: str, directories: tuple[Path, ...], *, coverage_only: bool, writes: bool, check: bool) -> int:
    """Write the tests that a policy lacks.

    They say what the policy decides now: confirm each before you keep it. Where a policy has no tests, what is written
    is a whole `tests.yaml`.
    """
    if writes and check:
        raise click.UsageError("`--write` and `--check` exclude each other")
    compiled = api.load_policy(_policy(policy), directories)
    tests = _read(compiled)
    suggestions = _suggested(compiled, tests, coverage_only)
    if check:
        write(f"{tests.place}: {_lacking(suggestions)}\n")
        return ExitCode.OK if suggestions.is_complete else ExitCode.FILE_IS_WRONG
    if not writes:
        write_exactly(text_from_suggestions(suggestions) or f"# {tests.place}: nothing is lacking\n")
        return ExitCode.OK
    return _add(tests, suggestions)


@dataclass(frozen=True, slots=True)
class _Tests:
    """The file with the tests of a policy, and what is in it, if there is one."""

    place: Path
    source: Source | None
    root: Node | None


def _policy(argument: str) -> str:
    """The policy that an argument means: tests are named by their own file too."""
    path = Path(argument)
    return str(path.with_name(api.FILE_NAME)) if path.name == FILE_NAME else argument


def _read(compiled: CompiledPolicy) -> _Tests:
    """The tests of a policy. Raises `FileError` where they cannot be read."""
    place = tests_beside(Path(compiled.policy.name))
    if not place.is_file():
        return _Tests(place, None, None)
    diagnostics = Diagnostics()
    source = read_source(place, diagnostics)
    root = None if source is None else parse_document(source, diagnostics)
    diagnostics.raise_errors()
    return _Tests(place, source, root)


def _suggested(compiled: CompiledPolicy, tests: _Tests, coverage_only: bool) -> Suggestions:
    """What the tests of a policy lack. Raises `FileError` with everything that is wrong with them."""
    if tests.root is None:
        return suggest(compiled, (), None, coverage_only=coverage_only)
    diagnostics = Diagnostics()
    found = read_tests(tests.root, compiled, diagnostics)
    unreachable = [each.item.text for each in read_unreachable(tests.root, compiled, diagnostics)]
    base = tests.root.get("base") if isinstance(tests.root, Mapping) else None
    case = None if base is None else case_from_node(base, compiled, Diagnostics())
    diagnostics.raise_errors()
    report(diagnostics)
    return suggest(compiled, found, case, unreachable, coverage_only=coverage_only)


def _add(tests: _Tests, suggestions: Suggestions) -> ExitCode:
    """Add what is lacking to the file with the tests, or write it."""
    text: str | None = text_from_suggestions(suggestions)
    if tests.source is not None and tests.root is not None:
        text = text_with_suggestions(tests.source, tests.root, suggestions)
    if text is None:
        raise click.UsageError(f"`{tests.place}` is in brackets: add what is lacking to it yourself")
    if not suggestions.is_complete:
        _save(tests, text)
    write(f"{tests.place}: {_lacking(suggestions)}{'' if suggestions.is_complete else ', added'}\n")
    return ExitCode.OK


def _save(tests: _Tests, text: str) -> None:
    """Write the file. Raises `FileError` where that cannot be done."""
    diagnostics = Diagnostics()
    if tests.source is not None:
        save_bytes(tests.place, text.encode("utf-8"), diagnostics)
    else:
        try:
            tests.place.write_bytes(text.encode("utf-8"))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            diagnostics.error("E152", f"`{tests.place.as_posix()}` cannot be written: {reason}")
    diagnostics.raise_errors()


def _lacking(suggestions: Suggestions) -> str:
    """In words what is lacking."""
    if suggestions.is_complete:
        return "nothing is lacking"
    sure = sum(each.is_sure for each in suggestions.unreached)
    open_items = len(suggestions.unreached) - sure
    parts = [f"{counted(len(suggestions.tests), 'test')} lacking"]
    parts += [f"{sure} unreachable"] if sure else []
    parts += [f"no case found for {open_items}"] if open_items else []
    return ", ".join(parts)
