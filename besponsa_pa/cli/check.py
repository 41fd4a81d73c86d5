"""`besponsa-pa check`: what is wrong with policies."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from besponsa_pa import api
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.options import counted, policies_below, policies_option
from besponsa_pa.cli.terminal import has_colours, write, write_exactly
from besponsa_pa.diagnostic import Diagnostic, Diagnostics, Severity
from besponsa_pa.render.diagnostics import in_order, structure_from_diagnostics, text_from_diagnostics
from besponsa_pa.render.structure import Structure, json_text

NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "remark"}


@click.command("check", epilog="Example: besponsa-pa check policies/besponsa/policy.yaml")
@click.argument("policies", metavar="POLICY...", nargs=-1, required=True)
@policies_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(policies: tuple[str, ...], directories: tuple[Path, ...], form: str) -> int:
    """Check policies: every mistake, with its place and what mends it.

    A POLICY is an id, a file, or a folder for every policy below it. The exit code is 1 when there is an error;
    warnings and remarks alone do not change it.
    """
    unknown = Diagnostics()
    checked = [_checked(name, directories) for name in policies_below(policies, unknown)]
    if form == "json":
        write_exactly(json_text([_structure(*each) for each in _with(unknown, checked)]))
    else:
        for name, diagnostics in _with(unknown, checked):
            _write(name, diagnostics)
    failed = unknown.has_errors or any(
        each.severity is Severity.ERROR for _, diagnostics in checked for each in diagnostics
    )
    return ExitCode.FILE_IS_WRONG if failed else ExitCode.OK


Checked = tuple[str, list[Diagnostic]]


def _checked(name: str | Path, directories: tuple[Path, ...]) -> Checked:
    """The diagnostics of a policy, with the path of its file, or the name where there is none."""
    compiled, diagnostics = api.check_policy(name, directories)
    if compiled is not None:
        return compiled.policy.name, in_order(diagnostics)
    place = api.policy_place(name, directories, Diagnostics())
    return str(name) if place is None else api.shown_path(place), in_order(diagnostics)


def _with(unknown: Diagnostics, checked: list[Checked]) -> list[Checked]:
    return [("", list(unknown)), *checked] if unknown.items else checked


def _write(name: str, diagnostics: list[Diagnostic]) -> None:
    text = text_from_diagnostics(diagnostics, has_colours(sys.stdout))
    write(f"{text}\n" if text else "")
    if name:
        write(f"{name}: {_summary(diagnostics)}\n")


def _summary(diagnostics: list[Diagnostic]) -> str:
    """`no errors, 2 warnings`; remarks only where there are any."""
    counts = Counter(each.severity for each in diagnostics)
    shown = [severity for severity in Severity if counts[severity] or severity is not Severity.INFORMATION]
    return ", ".join(counted(counts[severity], NOUNS[severity]) for severity in shown)


def _structure(name: str, diagnostics: list[Diagnostic]) -> Structure:
    counts = Counter(each.severity for each in diagnostics)
    return {
        "policy": name or None,
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "diagnostics": structure_from_diagnostics(diagnostics),
    }
