"""The values worth trying at one place, with all else as it is in a frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from besponsa_pa.expression.frames import Frame
from besponsa_pa.policy.candidates.answers import answer, truth
from besponsa_pa.policy.candidates.candidate import Candidate
from besponsa_pa.policy.candidates.clauses import Clause, Clauses
from besponsa_pa.policy.candidates.codes import codes, texts
from besponsa_pa.policy.candidates.limits import Limits
from besponsa_pa.policy.candidates.places import Place, entries_of, list_value
from besponsa_pa.policy.candidates.scales import parts_of
from besponsa_pa.policy.candidates.words import told
from besponsa_pa.types import ANY, Simple
from besponsa_pa.values import UNKNOWN, Date, Value

Known = Mapping[str, tuple[Candidate, ...]]

LISTED = ("Boolean", "String", "Code")
# In so many other settings at most is a clause looked at: each state of a table, each entry of a list.
MOST_SETTINGS = 16
MOST_ENTRIES = 4
# So many years, and a few more, stand for dates that are not known to the day.
MOST_YEARS = 2


@dataclass(frozen=True, slots=True)
class Setting:
    """A frame in which limits are looked for, and the words for how it differs from the base."""

    frame: Frame
    says: str = ""


@dataclass(frozen=True, slots=True)
class Varying:
    """What the search for candidates needs: the clauses, the date around which others are tried, what all cases keep.

    A value that no real case has is tried for the sake of what forbids it, and for nothing else.
    """

    clauses: Clauses
    anchor: Date
    musts: tuple[Clause, ...]

    def values(
        self, place: Place, frame: Frame, known: Known | None = None, within: tuple[Clause, ...] = ()
    ) -> list[Candidate]:
        """The values worth trying at a place, each once; years that leave a limit open come last.

        With the candidates that are `known` of other facts, each clause is looked at in all its settings. Of the
        clauses only those are looked at that stand in some that are given.
        """
        if place.kind.name in LISTED:
            named = (*self.clauses.naming(place.fact, place.field), *self._beside(place, frame))
            return once(listed_values(place.kind, named, place.get(frame)))
        found: list[Candidate] = []
        years: list[Candidate] = []
        for clause in sorted(self.reading(place, within), key=lambda clause: not clause.slots):
            for setting in self.settings(clause, place.fact, frame, known or {}):
                limits = Limits(clause, self.clauses.aliases, place, setting.frame, self.anchor)
                near = [each for each in limits.candidates() if self._is_real(clause, place, setting.frame, each)]
                found += (Candidate(each.value, each.says + setting.says) for each in near)
                years += islice(limits.years(near), MOST_YEARS) if len(years) < MOST_YEARS else ()
        return once([*found, *years])

    def _is_real(self, clause: Clause, place: Place, frame: Frame, candidate: Candidate) -> bool:
        """Whether a real case may have a value whatever else it has, or the clause is about just that."""
        musts = [must for must in self.musts if must.reads_only(place.fact, place.field)]
        if any(map(clause.is_within, musts)):
            return True
        changed = place.put(frame, candidate.value)
        return all(truth(must, self.clauses.aliases, changed, place) is not False for must in musts)

    def _beside(self, place: Place, frame: Frame) -> Iterator[Value]:
        """The values of other facts that stand in a clause with what is at a place."""
        for clause in self.clauses.smallest(place.fact, place.field):
            others = (frame.get(fact) for fact in clause.facts if fact != place.fact)
            yield from (part for other in others for part in parts_of(other))

    def reading(self, place: Place, within: tuple[Clause, ...] = ()) -> tuple[Clause, ...]:
        """The clauses that read what stands at a place by themselves, all of them or those within some."""
        reading = (c for c in self.clauses.reading(place.fact) if (place.fact, place.field) in c.direct)
        return tuple(clause for clause in reading if not within or any(map(clause.is_within, within)))

    def settings(self, clause: Clause, fact: str, frame: Frame, known: Known) -> list[Setting]:
        """The settings in which a clause is looked at, as one fact varies: the frame, and others with other limits."""
        others = [each for each in clause.facts if each != fact]
        found = [
            Setting(frame),
            *(setting for other in others if clause.slots for setting in _entry_by_entry(other, frame)),
            *(() if fact in clause.choosing else self._chosen(clause, others, frame, known)),
        ]
        return found[:MOST_SETTINGS]

    def _chosen(self, clause: Clause, others: list[str], frame: Frame, known: Known) -> Iterator[Setting]:
        """One setting for each way in which what counts in a clause is chosen: each row of a table, each `if`."""
        seen = {self._choice(clause, frame)}
        for other in others:
            for candidate in known.get(other, ()):
                if isinstance(candidate.value, UNKNOWN) or not (other in clause.choosing or is_listed(candidate.value)):
                    continue
                changed = {**frame, other: candidate.value}
                choice = self._choice(clause, changed)
                if choice not in seen or other not in clause.choosing:
                    seen.add(choice)
                    yield Setting(changed, f", with `{other}` {candidate.says}")

    def _choice(self, clause: Clause, frame: Frame) -> tuple[object, ...]:
        """What a frame makes a clause choose."""
        answers = (answer(c, self.clauses.aliases, frame, Place(c.facts[0], ANY)) for c in clause.choices)
        return tuple(None if each is None else (type(each.truth), each.truth) for each in answers)


def _entry_by_entry(fact: str, frame: Frame) -> Iterator[Setting]:
    """Each entry of a list after the first, by itself."""
    entries = entries_of(frame.get(fact))
    yield from (Setting({**frame, fact: list_value([entry])}) for entry in entries[1:MOST_ENTRIES])


def is_listed(value: Value) -> bool:
    """Whether a value is one of a few, such as a text."""
    return isinstance(value, (bool, str))


def listed_values(kind: Simple, constants: Iterable[Value], base: Value) -> Iterator[Candidate]:
    """The values of a type that has no steps between them."""
    match kind.name:
        case "Boolean":
            yield from (Candidate(truth, told(truth)) for truth in (True, False))
        case "String":
            yield from texts(constants, kind)
        case _:
            yield from codes(constants, kind, base)


def once(found: Iterable[Candidate]) -> list[Candidate]:
    """Each value once, with the words that it came with first."""
    kept: dict[object, Candidate] = {}
    for candidate in found:
        kept.setdefault((type(candidate.value), candidate.value), candidate)
    return list(kept.values())
