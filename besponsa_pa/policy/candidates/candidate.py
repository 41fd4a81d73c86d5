"""A value worth trying, and what came of trying many."""

from __future__ import annotations

from dataclasses import dataclass

from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.values import Value


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value of a fact as a frame holds it (`Missing` for one that is not known), and the words for it.

    The words go on from the name of the fact, for the name of a test: `patient.birth_date` "just below
    `age_in_years >= 18`", `disease.cd22` "not known", `therapies` "without the first entry".
    """

    value: Value
    says: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that an expression comes to, or how it fails, and the facts with which it first did."""

    value: Value | Failure
    frame: Frame


@dataclass(frozen=True, slots=True)
class Outcomes:
    """All that an expression comes to over its candidates, each result once.

    Results that are not known count as one, whatever facts they wait for, and so do failures. `exhaustive` says
    that every combination was tried; otherwise those that differ least from the first candidates were.
    """

    found: tuple[Outcome, ...]
    exhaustive: bool

    def reached(self, value: Value) -> Outcome | None:
        """The outcome with that known value, or None when no combination came to it."""
        return next((each for each in self.found if each.value is value or _same(each.value, value)), None)


def _same(one: Value | Failure, other: Value) -> bool:
    return type(one) is type(other) and one == other
