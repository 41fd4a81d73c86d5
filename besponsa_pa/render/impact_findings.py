"""Why two policies come to different determinations of one case: the criteria that they find otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from besponsa_pa.determination.findings import Decision, Determination, Finding, Part
from besponsa_pa.render.criteria import MARKS, lines_seen
from besponsa_pa.render.impacted import DifferingCriterion, Seen

ENTRY = "- "
Findings: TypeAlias = Mapping[tuple[Part, str], Finding]


def criteria_differing(old: Determination | None, new: Determination | None) -> tuple[DifferingCriterion, ...]:
    """The criteria that explain why two determinations of one case differ, in the order of the new policy.

    They are those found to be something else; those that decide by one policy alone, and that the other does not come
    to, or finds for other values; and those that decide by both, where the decision is another. Where there are none
    of these, they are those that decide by one policy alone, and else all that are found otherwise in any way. None are
    told of a row that is no case for one of the policies, for then the row is what differs.
    """
    if old is None or new is None:
        return ()
    olds, news = _by_place(old), _by_place(new)
    keys = list(dict.fromkeys([*news, *olds]))
    told = [key for key in keys if _explains(key[1], olds.get(key), news.get(key), (old, new))]
    one_sided = _against(old) ^ _against(new)
    told = told or [key for key in keys if key[1] in one_sided]
    told = told or [key for key in keys if _compared(olds.get(key)) != _compared(news.get(key))]
    return tuple(
        DifferingCriterion(
            key[1], _title(olds.get(key), news.get(key)), _seen(olds.get(key), old), _seen(news.get(key), new)
        )
        for key in told
    )


def _explains(name: str, old: Finding | None, new: Finding | None, both: tuple[Determination, Determination]) -> bool:
    sides = [name in _against(each) for each in both]
    if old is None or new is None:
        return any(sides)
    if old.status is not new.status:
        return True
    if all(sides):
        return _decision(both[0]) != _decision(both[1])
    return any(sides) and (_compared(old), old.given, old.check) != (_compared(new), new.given, new.check)


def _by_place(determination: Determination) -> Findings:
    return {(each.part, each.criterion): each for each in determination.findings if each.group is None}


def _decision(determination: Determination) -> tuple[object, object]:
    return determination.decision, determination.pend


def _against(determination: Determination) -> frozenset[str]:
    """The criteria that stand against an approval."""
    return frozenset(determination.reasons if determination.decision is not Decision.APPROVE else ())


def _compared(finding: Finding | None) -> tuple[object, ...]:
    """What of a finding may be another without its being written otherwise."""
    if finding is None:
        return ()
    seen = finding.status, dict(finding.values), dict(finding.wanted), finding.missing, finding.undocumented
    return *seen, finding.error, finding.question


def _title(old: Finding | None, new: Finding | None) -> str:
    found = new or old
    return "" if found is None else found.title


def _seen(finding: Finding | None, determination: Determination) -> Seen | None:
    if finding is None:
        return None
    mark, _ = MARKS[finding.part][finding.status]
    return Seen(mark, tuple(_with_entries(lines_seen(finding, determination))), finding.given, finding.check)


def _with_entries(lines: Iterable[str]) -> Iterator[str]:
    """The lines, the entries of a list behind what says how many there are."""
    said: str | None = None
    begun = False
    for line in lines:
        if line.startswith(ENTRY) and said is not None:
            said += ("; " if begun else ": ") + line.removeprefix(ENTRY)
            begun = True
            continue
        if said is not None:
            yield said
        said, begun = line, False
    if said is not None:
        yield said
