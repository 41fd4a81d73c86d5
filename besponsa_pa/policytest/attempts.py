"""Cases that differ from a base: what may be said otherwise in them, and what of that is tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from besponsa_pa.case import Case
from besponsa_pa.case.model import Evidence, JudgmentAnswer
from besponsa_pa.determination.evidence import stated
from besponsa_pa.determination.holding import Frames
from besponsa_pa.facts import Grade, declared_name
from besponsa_pa.policytest.entries import Change
from besponsa_pa.values import Missing

EVIDENCE, JUDGMENTS = "evidence", "judgments"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a case may say under a name, and the words for it, which go on from the name.

    `Missing` is a fact that is not known, a fact without evidence, a judgment that is not answered. `apart` tells it
    from others of which the words are the same.
    """

    value: Change
    says: str
    apart: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether it says nothing."""
        return isinstance(self.value, Missing)


@dataclass(frozen=True, slots=True)
class Variable:
    """What a case may say under a name, `evidence.<fact>` and `judgments.<criterion>` too; that of the base first."""

    name: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Attempt:
    """A case that is tried, and its facts as expressions read them, so that definitions are computed once."""

    case: Case

    @cached_property
    def frames(self) -> Frames:
        """The facts as the case states them."""
        return stated(self.case)


def nothing(name: str) -> Missing:
    """What a case says under a name of which it says nothing."""
    return Missing(frozenset([name]))


def said(case: Case, name: str) -> Change:
    """What a case says under a name, `Missing` for nothing."""
    group, key = _place(name)
    found: Mapping[str, Change] = case.facts
    if group == EVIDENCE:
        found = case.evidence
    elif group == JUDGMENTS:
        found = case.judgments
    return found.get(key, nothing(name))


def with_changes(base: Case, changes: Mapping[str, Change]) -> Case:
    """The base with other things said in it. Evidence for an entry of a list goes when the list is another."""
    facts, evidence, judgments = dict(base.facts), dict(base.evidence), dict(base.judgments)
    for name, value in changes.items():
        group, key = _place(name)
        place: dict[str, Change] = {EVIDENCE: evidence, JUDGMENTS: judgments}.get(group, facts)  # type: ignore[assignment]
        if isinstance(value, Missing):
            place.pop(key, None)
        else:
            place[key] = value
    for name in dropped_evidence(base, changes):
        evidence.pop(name, None)
    return replace(base, facts=facts, evidence=evidence, judgments=judgments)


def dropped_evidence(base: Case, changes: Iterable[str]) -> tuple[str, ...]:
    """The places of the base that have evidence and belong to a list that is changed."""
    changed = frozenset(changes)
    return tuple(place for place in base.evidence if place not in base.facts and declared_name(place) in changed)


def _place(name: str) -> tuple[str, str]:
    group, _, key = name.partition(".")
    return (group, key) if group in (EVIDENCE, JUDGMENTS) else ("", name)


def answer_options(first: Change, name: str) -> tuple[Option, ...]:
    """What may be said to a judgment, the answer of the base first."""
    answers = (Option(JudgmentAnswer(True), "yes"), Option(JudgmentAnswer(False), "no"), Option(nothing(name), "open"))
    met = first.met if isinstance(first, JudgmentAnswer) else None
    own = next(each for each in answers if getattr(each.value, "met", None) is met)
    return (Option(first, own.says), *(each for each in answers if each is not own))


def evidence_options(first: Change, name: str, grades: Iterable[Grade]) -> tuple[Option, ...]:
    """What may stand as evidence, that of the base first, then what is wanted, then none."""
    options = [Option(first, "as in the base")] if isinstance(first, Evidence) else []
    without = [Option(nothing(name), "not there")]
    wanted = [Option(Evidence(grade), f"by {grade.value}") for grade in grades]
    return (*options, *wanted, *without) if options else (*without, *wanted)


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a search: the changes of the base, or None.

    `is_exhaustive`: every combination of the values of what matters was gone through, so that none will do. `tried`
    is how many cases were looked at; `variables` are the names of what was changed in them.
    """

    changes: Mapping[str, Option] | None
    is_exhaustive: bool
    tried: int
    variables: tuple[str, ...] = field(default=())
