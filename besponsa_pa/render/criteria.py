"""Findings for a person: each criterion with a mark, the values that were seen and what was wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from besponsa_pa.determination.findings import Decision, Determination, Finding, Part, Status
from besponsa_pa.expression.value_text import plain_text
from besponsa_pa.facts import declared_name
from besponsa_pa.policy.model import Citation, GroupKind
from besponsa_pa.records import dataclass
from besponsa_pa.render.layout import Colour, painted, shortened, visible, wrapped
from besponsa_pa.values import TupleValue, Uncertain, Value

ID_COLUMN = 24
VALUE_LIMIT = 300
ENTRY_LIMIT = 12

# For each part, what being met, unmet and unknown says there.
MARKS: dict[Part, dict[Status, tuple[str, Colour]]] = {
    Part.REQUIRE: {
        Status.MET: ("met", Colour.GOOD),
        Status.NOT_MET: ("not met", Colour.BAD),
        Status.UNKNOWN: ("unknown", Colour.OPEN),
        Status.NOT_APPLICABLE: ("n/a", Colour.FAINT),
    },
    Part.EXCLUDE: {
        Status.MET: ("excludes", Colour.BAD),
        Status.NOT_MET: ("clear", Colour.GOOD),
        Status.UNKNOWN: ("unknown", Colour.OPEN),
        Status.NOT_APPLICABLE: ("n/a", Colour.FAINT),
    },
    Part.REVIEW: {
        Status.MET: ("review", Colour.OPEN),
        Status.NOT_MET: ("clear", Colour.GOOD),
        Status.UNKNOWN: ("unknown", Colour.OPEN),
        Status.NOT_APPLICABLE: ("n/a", Colour.FAINT),
    },
}
# What a condition wants of a requirement is what is feared of an exclusion.
WANTS = {Part.REQUIRE: "wanted", Part.EXCLUDE: "excludes if", Part.REVIEW: "reviewed if"}
GROUPS = {GroupKind.ALL: "all of", GroupKind.ANY: "any of", GroupKind.NONE: "none of"}

Groups: TypeAlias = Mapping[tuple[Part, str], Finding]


@dataclass(frozen=True, slots=True)
class _Table:
    """The widths of the columns, and what of the whole determination a single finding needs."""

    width: int
    colour: bool
    marks: int
    ids: int
    groups: Groups
    numbers: Mapping[str, str]
    reasons: frozenset[str]
    approves: bool

    @property
    def indent(self) -> int:
        """The column at which titles begin."""
        return 2 + self.marks + 2 + self.ids + 2


def lines_from_findings(determination: Determination, width: int, colour: bool) -> list[str]:
    """The table of all criteria, what a group is made of indented below it."""
    findings = determination.findings
    groups = _groups(findings)
    ids = max((len(_name(each, groups)) for each in findings), default=0)
    table = _Table(
        width,
        colour,
        max((len(MARKS[each.part][each.status][0]) for each in findings), default=0),
        min(ids, ID_COLUMN),
        groups,
        numbers_of(determination),
        frozenset(determination.reasons),
        determination.decision is Decision.APPROVE,
    )
    return [line for finding in findings for line in _row(finding, table)]


def numbers_of(determination: Determination) -> dict[str, str]:
    """The mark of each reference: its number, or its name where it has none."""
    return {
        reference.name: f"[{reference.name if reference.number is None else reference.number}]"
        for reference, _ in determination.references
    }


def marks_of(citations: Iterable[Citation], numbers: Mapping[str, str]) -> str:
    """The marks of what is cited, each once: `[1] [2]`."""
    return " ".join(dict.fromkeys(numbers.get(each.reference, f"[{each.reference}]") for each in citations))


# --- a row ---


def _row(finding: Finding, table: _Table) -> Iterator[str]:
    indent = " " * table.indent
    yield from _heading(finding, table)
    for line in _details(finding, table.groups):
        yield from wrapped(line, table.width, indent, indent + "  ")
    if finding.interpretation and finding.criterion in table.reasons and not table.approves:
        lines = wrapped(f"read as: {finding.interpretation}", table.width, indent, indent + "  ")
        yield from (painted(line, Colour.FAINT, table.colour) for line in lines)


def _heading(finding: Finding, table: _Table) -> Iterator[str]:
    """Mark, id, title and the numbers of what is cited; a long id stands on a line of its own."""
    mark, colour = MARKS[finding.part][finding.status]
    start = f"  {painted(mark, colour, table.colour)}{' ' * (table.marks - len(mark))}  "
    name = visible(_name(finding, table.groups))
    if len(name) > table.ids:
        yield start + name
        start, name = " " * (2 + table.marks + 2), ""
    cited = marks_of(finding.citations, table.numbers)
    room = table.width - table.indent - (len(cited) + 2 if cited else 0)
    title, *more = wrapped(finding.title, room) or [""]
    yield f"{start}{name:<{table.ids}}  {title:<{room + 2}}{cited}".rstrip()
    yield from (" " * table.indent + line for line in more)


def _name(finding: Finding, groups: Groups) -> str:
    return "  " * sum(1 for _ in _around(finding, groups)) + finding.criterion


def _around(finding: Finding, groups: Groups) -> Iterator[Finding]:
    """The groups that a criterion is in, the innermost first."""
    for _ in groups:
        outer = groups.get((finding.part, finding.within or ""))
        if outer is None or outer is finding:
            return
        yield outer
        finding = outer


# --- what was seen ---


def lines_seen(finding: Finding, determination: Determination) -> list[str]:
    """What was seen for one criterion of a determination, and what was wanted: a line for each value."""
    return list(_details(finding, _groups(determination.findings)))


def _groups(findings: Iterable[Finding]) -> Groups:
    return {(each.part, each.criterion): each for each in findings if each.group is not None}


def _details(finding: Finding, groups: Groups) -> Iterator[str]:
    if finding.group is not None and finding.status is not Status.NOT_APPLICABLE:
        yield f"at least {finding.count} of" if finding.group is GroupKind.AT_LEAST else GROUPS[finding.group]
    if finding.question is not None:
        yield f"{_judged(finding.status)}: {finding.question}"
    # what a criterion in a `none` says is not what is wanted
    is_turned = any(group.group is GroupKind.NONE for group in _around(finding, groups))
    wants = "met if" if is_turned and finding.part is Part.REQUIRE else WANTS[finding.part]
    for name, value in finding.values.items():
        wanted = f", {wants} {finding.wanted[name]}" if name in finding.wanted else ""
        yield from _seen(name, value, wanted)
    yield from _unknown(finding)
    yield from (f"{place} is not documented as the policy asks" for place in finding.undocumented)
    if finding.error is not None:
        yield f"error: {finding.error}"


def _judged(status: Status) -> str:
    answers = {Status.MET: "a clinician says yes", Status.NOT_MET: "a clinician says no"}
    return answers.get(status, "for a clinician")


def _seen(name: str, value: Value, wanted: str) -> Iterator[str]:
    if isinstance(value, tuple) and any(isinstance(entry, TupleValue) for entry in value):
        yield f"{name} has {len(value)} {'entry' if len(value) == 1 else 'entries'}{wanted}"
        yield from (f"- {_shown(entry)}" for entry in value[:ENTRY_LIMIT])
        if len(value) > ENTRY_LIMIT:
            yield f"- and {len(value) - ENTRY_LIMIT} more"
        return
    is_partial = isinstance(value, Uncertain) and not _shown(value).startswith("between")
    yield f"{name} is {'known only as ' if is_partial else ''}{_shown(value)}{wanted}"


def _shown(value: Value) -> str:
    return shortened(plain_text(value), VALUE_LIMIT)


def _unknown(finding: Finding) -> Iterator[str]:
    """The facts that are missing; of a list that is known in part, the places."""
    for fact in finding.missing:
        if fact not in finding.values:
            places = [place for place in finding.places if declared_name(place) == fact]
            yield from (f"{place} is not known" for place in places or (fact,))
