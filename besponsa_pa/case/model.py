"""A case as read: values by the names of the facts, and how they are known."""

from __future__ import annotations

from collections.abc import Mapping

from besponsa_pa.facts import Grade
from besponsa_pa.records import dataclass, field
from besponsa_pa.source import Span
from besponsa_pa.values import Date, Value


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a value of a case is believed: how it is known, from what, of which date, on whose word."""

    kind: Grade
    source: str | None = None
    date: Date | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class JudgmentAnswer:
    """A clinician's answer to a judgment that a policy asks for."""

    met: bool
    by: str | None = None
    date: Date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one request, every value of the type that its fact declares.

    A fact that is not known is not in `facts`. What is not known inside a list or a group of values is `Missing`
    with its place (`therapies[0].outcome`), and a partial date is an `Uncertain`. The keys of `evidence` are
    declared facts, or places in a list. `spans` holds where the case says something, by place, a null too; a
    case of plain values that was read quickly says it nowhere.
    """

    id: str | None
    policy: str | None
    facts: Mapping[str, Value]
    evidence: Mapping[str, Evidence]
    judgments: Mapping[str, JudgmentAnswer]
    name: str
    spans: Mapping[str, Span] = field(compare=False, repr=False)

    def span_of(self, place: str) -> Span | None:
        """Where the case speaks of a fact or of a place in a list, for a message to point at; None if nowhere."""
        return self.spans.get(place)
