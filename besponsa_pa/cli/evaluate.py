"""`besponsa-pa evaluate`: cases in, determinations out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from itertools import chain, islice
from pathlib import Path

import click

from besponsa_pa import api
from besponsa_pa.cli.case_files import ONE_CASE_A_LINE, Entry, entries_of
from besponsa_pa.cli.case_policies import Policies, policy_chosen
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.options import counted, policies_option
from besponsa_pa.cli.terminal import Progress, has_colours, report, width, write, write_exactly
from besponsa_pa.determination.admission import case_from_node, case_read_quickly
from besponsa_pa.determination.findings import Decision, Determination
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import values_from_json, yaml_text
from besponsa_pa.records import dataclass, field
from besponsa_pa.render.layout import fitting
from besponsa_pa.render.structure import json_text, structure_from_determination
from besponsa_pa.render.text import text_from_determination
from besponsa_pa.source import Source

PAST = {Decision.APPROVE: "approved", Decision.DENY: "denied", Decision.PEND: "pended"}


@click.command("evaluate", epilog="Example: besponsa-pa evaluate case.yaml --format json")
@click.argument("cases", metavar="CASE...", nargs=-1, required=True)
@click.option("--policy", metavar="ID_OR_PATH", help="Decide by this policy, whatever the cases name.")
@policies_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "yaml"]),
    default="text",
    show_default=True,
    help="json: one object, or one a line when there are several cases.",
)
@click.option(
    "--exit-code",
    "tells",
    is_flag=True,
    help="Tell the decision by the exit code too: 10 when a case is denied, else 20 when one pends.",
)
def command(cases: tuple[str, ...], policy: str | None, directories: tuple[Path, ...], form: str, tells: bool) -> int:
    """Decide cases: approve, deny or pend, with the reasons.

    A CASE is a YAML or JSON file, `-` for standard input, or a file with a case a line (.ndjson). A case names its
    policy by `policy:`. A broken case is reported and the others still get their answers; the exit code is then 1.
    """
    policies = Policies(None, directories) if policy is None else policy_chosen(policy, directories)[1]
    entries = chain.from_iterable(map(entries_of, cases))
    first = list(islice(entries, 2))
    are_many = len(first) > 1 or any(each.one_of_many for each in first) or cases[0].lower().endswith(ONE_CASE_A_LINE)
    run = _Run(policies, _Output(form, are_many))
    for entry in chain(first, entries):
        run.evaluate(entry)
    run.finish()
    return _exit_code(run.decisions, tells)


def _exit_code(decisions: Mapping[Decision | None, int], tells: bool) -> ExitCode:
    if decisions[None]:
        return ExitCode.FILE_IS_WRONG
    if tells and decisions[Decision.DENY]:
        return ExitCode.DENY
    return ExitCode.PEND if tells and decisions[Decision.PEND] else ExitCode.OK


@dataclass(slots=True)
class _Run:
    """One call of the command: every case, and how many came to which decision (None: to none)."""

    policies: Policies
    output: _Output
    decisions: Counter[Decision | None] = field(default_factory=Counter)
    progress: Progress = field(default_factory=lambda: Progress("cases"))

    def evaluate(self, entry: Entry) -> None:
        """Decide one case and write the determination, or report what is wrong with it."""
        determination = self._determination(entry)
        if entry.diagnostics.items:
            self.progress.clear()
            self.output.report(entry.diagnostics, is_alone=determination is None)
        self.decisions[None if determination is None else determination.decision] += 1
        if determination is not None:
            self.output.write(determination)
        self.progress.advance()

    def _determination(self, entry: Entry) -> Determination | None:
        determination = None if entry.line is None else self._quick_determination(entry.line)
        if determination is not None:
            return determination
        node = entry.parsed()
        policy = None if node is None else self.policies.policy_for(node, entry.diagnostics)
        case = None if node is None or policy is None else case_from_node(node, policy, entry.diagnostics)
        return None if policy is None or case is None else api.determine(policy, case)

    def _quick_determination(self, line: Source) -> Determination | None:
        """Of a case of which nothing is to be told, by a policy that another case has had loaded; else None."""
        if not self.output.are_many:
            return None
        values = values_from_json(line.text)
        policy = None if values is None else self.policies.policy_at_hand(values)
        case = None if values is None or policy is None else case_read_quickly(values, policy)
        return None if policy is None or case is None else api.determine(policy, case)

    def finish(self) -> None:
        """Say what all cases came to, when there are several."""
        self.progress.clear()
        self.output.finish(self.decisions)


# --- output ---


@dataclass(slots=True)
class _Output:
    """Writes determinations in the wanted form, one after the other."""

    form: str
    are_many: bool
    _width: int = field(default_factory=lambda: fitting(width()))
    _written: int = 0

    def write(self, determination: Determination) -> None:
        """Write one determination."""
        if self.form == "text":
            self._rule()
            write(text_from_determination(determination, self._width, has_colours(sys.stdout)))
        else:
            write_exactly(self._data(determination))
        self._written += 1

    def report(self, diagnostics: Diagnostics, *, is_alone: bool) -> None:
        """Report what is wrong with a case, set off from what comes before it and after it."""
        is_below = self.form == "text" and self._written > 0
        click.echo("\n" if is_below else "", nl=False, err=True)
        report(diagnostics)
        comes_more = self.are_many or not is_alone
        click.echo("\n" if comes_more and not is_below else "", nl=False, err=True)

    def _data(self, determination: Determination) -> str:
        structure = structure_from_determination(determination)
        if self.form == "yaml":
            return ("---\n" if self.are_many else "") + yaml_text(structure)
        return json_text(structure, one_line=self.are_many)

    def _rule(self) -> None:
        if self._written:
            write(f"\n{'-' * self._width}\n\n")

    def finish(self, decisions: Mapping[Decision | None, int]) -> None:
        """Write what all cases came to: where it does not disturb a program that reads the output."""
        if not self.are_many:
            return
        line = _summary(decisions)
        if self.form == "text":
            self._rule()
            write(f"{line}\n")
        else:
            click.echo(line, err=True)


def _summary(decisions: Mapping[Decision | None, int]) -> str:
    """`8 cases: 3 approved, 2 denied, 2 pended, 1 not evaluated`."""
    parts = [f"{decisions[decision]} {word}" for decision, word in PAST.items()]
    parts += [f"{decisions[None]} not evaluated"] if decisions[None] else []
    return f"{counted(sum(decisions.values()), 'case')}: {', '.join(parts)}"
