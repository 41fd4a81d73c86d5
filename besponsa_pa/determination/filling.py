"""What a determination says of one case alone: the values read, the dates, what is granted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from besponsa_pa.case import Case
from besponsa_pa.determination.findings import Determination, Finding, MissingFact
from besponsa_pa.expression.compare import less, less_or_equal
from besponsa_pa.expression.frames import Evaluate, Failure, Frame
from besponsa_pa.facts import REQUEST_DATE
from besponsa_pa.policy.model import CheckedGrant, Condition, GrantedValue, Policy
from besponsa_pa.records import replace, replacer
from besponsa_pa.values import Date, Missing, Uncertain, UncertainList, Value

if TYPE_CHECKING:
    from besponsa_pa.determination.report import Skeleton

# What is read: its name, where the frame holds it once it is known, and what computes it.
Readings: TypeAlias = tuple[tuple[str, str, Evaluate], ...]

_with_values = replacer(Finding, "values")
_of_case = replacer(Determination, "case", "as_of", "in_force", "findings", "missing", "grant")
_NOT_SHOWN = (Missing, UncertainList)


def filled(skeleton: Skeleton, policy: Policy, case: Case, frame: Frame, granting: Frame) -> Determination:
    """A determination with what is this case's own.

    `frame` holds what the case states, and the definitions that have been computed; `granting` what it documents.
    """
    known, as_of = skeleton.determination, case.facts.get(REQUEST_DATE)
    findings = zip(known.findings, skeleton.readings, strict=True)
    return _of_case(
        known,
        case.id,
        as_of,
        _in_force(policy, as_of),
        tuple([_with_values(finding, _values(finding, readings, frame)) for finding, readings in findings]),
        tuple([_known_in_part(each, case) for each in known.missing]) if known.missing else (),
        None if skeleton.grant is None else _granted(skeleton.grant, granting),
    )


def filled_quickly(
    skeleton: Skeleton, places: Iterable[int], policy: Policy, case: Case, shown: Sequence[Mapping[str, Value] | None]
) -> Determination:
    """As `filled`, for a case of which all that matters is known: `shown[place]` is what a finding reads."""
    known, as_of = skeleton.determination, case.facts.get(REQUEST_DATE)
    findings = zip(known.findings, places, strict=True)
    return _of_case(
        known,
        case.id,
        as_of,
        _in_force(policy, as_of),
        tuple([_with_values(finding, shown[place]) for finding, place in findings]),
        (),
        None if skeleton.grant is None else _granted(skeleton.grant, dict(case.facts)),
    )


def readings_of(conditions: Iterable[Condition], policy: Policy) -> Readings:
    """What conditions read. The frame knows a fact by its name and a definition as the evaluator keeps it."""
    found = {name: reading for condition in conditions for name, reading in condition.readings.items()}
    return tuple((name, name if name in policy.facts else f"{name}()", reading) for name, reading in found.items())


def _values(finding: Finding, readings: Readings, frame: Frame) -> Mapping[str, Value]:
    values: dict[str, Value] = {}
    for name, slot, reading in readings:
        try:
            value = frame[slot] if slot in frame else reading(frame)
        except Failure:
            continue
        if value is not None and type(value) not in _NOT_SHOWN:
            values[name] = value
    for fact in finding.missing:
        known = frame.get(fact)
        if isinstance(known, Uncertain):
            values[fact] = known
    return values


def _known_in_part(missing: MissingFact, case: Case) -> MissingFact:
    known = case.facts.get(missing.fact)
    return replace(missing, known=known) if isinstance(known, Uncertain) else missing


def _granted(grant: Mapping[str, CheckedGrant], frame: Frame) -> Mapping[str, GrantedValue]:
    return {
        name: _granted(wanted, frame) if isinstance(wanted, Mapping) else wanted.evaluate(frame)
        for name, wanted in grant.items()
    }


def _in_force(policy: Policy, date: Value) -> bool | None:
    if date is None or isinstance(date, Missing):
        return None
    if isinstance(date, Date) and date.day is not None:  # as nearly always: no more than comparing numbers
        day, begin, end = (date.year, date.month, date.day), policy.effective_from, policy.effective_to
        if (begin is None or begin.day is not None) and (end is None or end.day is not None):
            return (begin is None or _day(begin) <= day) and (end is None or day <= _day(end))
    begun = True if policy.effective_from is None else less_or_equal(policy.effective_from, date)
    ended = False if policy.effective_to is None else less(policy.effective_to, date)
    if begun is False or ended is True:
        return False
    return True if begun is True and ended is False else None


def _day(date: Date) -> tuple[int, int | None, int | None]:
    return date.year, date.month, date.day
