"""`besponsa-pa check`: what is wrong with policies, and what in them is hardly meant."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from besponsa_pa import api
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.options import counted, policies_below, policies_option
from besponsa_pa.cli.terminal import has_colours, write, write_exactly
from besponsa_pa.diagnostic import Diagnostic, Diagnostics, Severity
from besponsa_pa.render.diagnostics import in_order, structure_from_diagnostics, text_from_diagnostics
from besponsa_pa.render.structure import Structure, json_text

if TYPE_CHECKING:
    from besponsa_pa.policy.lint import CodeList

NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "remark"}


@click.command("check", epilog="Example: besponsa-pa check policies/besponsa/policy.yaml")
@click.argument("policies", metavar="POLICY...", nargs=-1, required=True)
@policies_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Let warnings fail too.")
@click.option("--fix", is_flag=True, help="Mend what can be mended without a change of meaning.")
@click.option("--codes", "with_codes", is_flag=True, help="Look ICD-10-CM codes up; takes a second.")
def command(
    policies: tuple[str, ...], directories: tuple[Path, ...], *, form: str, strict: bool, fix: bool, with_codes: bool
) -> int:
    """Check policies: every mistake, with its place and what mends it, and what is hardly meant.

    A POLICY is an id, a file, or a folder for every policy below it. Shared files are checked with the policies that
    import them. The exit code is 1 when there is an error; warnings and remarks alone do not change it.
    """
    unknown = Diagnostics()
    names = list(policies_below(policies, unknown))
    for folder in filter(Path.is_dir, map(Path, policies)):
        unknown.extend(api.overlaps(sorted(folder.rglob(api.FILE_NAME))))
    codes = _code_list() if with_codes else None
    if fix:
        _mend(names, policies, directories, is_data=form == "json")
    checked = [_checked(name, directories, codes) for name in names]
    everything = [_Checked("", tuple(unknown)), *checked] if unknown.items else checked
    if form == "json":
        write_exactly(json_text([_structure(each) for each in everything]))
    else:
        for each in everything:
            _write(each)
        write("" if codes is None else f"codes looked up in {codes.release}\n")
    fails = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    failed = any(found.severity in fails for each in everything for found in each.diagnostics)
    return ExitCode.FILE_IS_WRONG if failed else ExitCode.OK


def _code_list() -> CodeList:
    from besponsa_pa.policy.lint.code_lists import EXTRA, icd_10_cm

    codes = icd_10_cm()
    if codes is None:
        raise click.UsageError(f"`--codes` needs a list of codes that is not installed: {EXTRA}")
    return codes


def _mend(
    names: Sequence[str | Path], arguments: Sequence[str], directories: tuple[Path, ...], *, is_data: bool
) -> None:
    """Mend files, and say what was done: beside the output where that is data."""
    from besponsa_pa.cli.mending import mend

    folders = [Path(argument) for argument in arguments if Path(argument).is_dir()]
    for line in mend(names, folders, directories):
        click.echo(line, err=is_data)


@dataclass(frozen=True, slots=True)
class _Checked:
    """What is said of a policy, with the path of its file, or the name where there is none."""

    name: str
    diagnostics: tuple[Diagnostic, ...]
    accepted: int = 0


def _checked(name: str | Path, directories: tuple[Path, ...], codes: CodeList | None) -> _Checked:
    compiled, linted = api.lint_policy(name, directories, codes)
    found = tuple(in_order(linted.diagnostics))
    if compiled is not None:
        return _Checked(compiled.policy.name, found, len(linted.accepted))
    place = api.policy_place(name, directories, Diagnostics())
    return _Checked(str(name) if place is None else api.shown_path(place), found)


def _write(checked: _Checked) -> None:
    text = text_from_diagnostics(checked.diagnostics, has_colours(sys.stdout))
    write(f"{text}\n" if text else "")
    if checked.name:
        write(f"{checked.name}: {_summary(checked)}\n")


def _summary(checked: _Checked) -> str:
    """`no errors, 2 warnings`; remarks, and what is accepted, only where there are any."""
    counts = Counter(each.severity for each in checked.diagnostics)
    shown = [severity for severity in Severity if counts[severity] or severity is not Severity.INFORMATION]
    told = [counted(counts[severity], NOUNS[severity]) for severity in shown]
    return ", ".join([*told, *([f"{checked.accepted} accepted"] if checked.accepted else [])])


def _structure(checked: _Checked) -> Structure:
    counts = Counter(each.severity for each in checked.diagnostics)
    return {
        "policy": checked.name or None,
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "accepted": checked.accepted,
        "diagnostics": structure_from_diagnostics(checked.diagnostics),
    }
