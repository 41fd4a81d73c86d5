"""Where a clause changes its answer as one value moves: found by trying, never by reading the operator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from besponsa_pa.expression.frames import Frame
from besponsa_pa.policy.candidates.answers import OPEN, Answer, answer, words
from besponsa_pa.policy.candidates.candidate import Candidate
from besponsa_pa.policy.candidates.clauses import Aliases, Clause
from besponsa_pa.policy.candidates.places import Place
from besponsa_pa.policy.candidates.scales import Scale, Surroundings, interesting, scale_for
from besponsa_pa.values import Date, Uncertain, Value, earliest, latest

# No clause of a policy has more limits than these along one value; one that has goes up and down forever.
MOST_LIMITS = 16


@dataclass(frozen=True, slots=True)
class Limit:
    """Two neighbouring values between which the answer changes."""

    below: int
    above: int


@dataclass(slots=True)
class Limits:
    """The limits of one clause along one place, with all else as in the frame.

    `is_fine`: a limit that lies between two steps is looked for there too.
    """

    clause: Clause
    aliases: Aliases
    place: Place
    frame: Frame
    anchor: Date
    is_fine: bool = True
    _answers: dict[tuple[bool, int], Answer | None] = field(default_factory=dict)

    def candidates(self) -> Iterator[Candidate]:
        """The values on both sides of each limit, then those just beyond; of several alike limits only the nearest."""
        around = self._surroundings()
        scale = scale_for(self.place.kind, around)
        if scale is None:
            return
        limits = self._found(scale, self._starting(scale, around))
        kept: set[Answer | None] = set()
        passed: set[tuple[Answer | None, Answer | None]] = set()
        for wanted in (True, False):
            for limit in limits:
                answers = self._at(limit.below, scale), self._at(limit.above, scale)
                if _turns(*answers) is wanted and not (answers in passed and _is_signed(*answers)):
                    passed.add(answers)
                    yield from self._sides(scale, limit, kept)

    def years(self, found: Iterable[Candidate]) -> Iterator[Candidate]:
        """Years that a date may be known to, of which nobody can say on which side of a limit they lie."""
        for number in dict.fromkeys(each.value.year for each in found if isinstance(each.value, Date)):
            year = Date(number)
            partial = Uncertain(earliest(year), latest(year), frozenset([self.place.name]))
            said = self.answer(partial)
            if said is not None and said.truth == OPEN:
                yield Candidate(partial, f"known to the year {number} only")

    def answer(self, value: Value) -> Answer | None:
        """What the clause says when the value stands in the place."""
        return answer(self.clause, self.aliases, self.place.put(self.frame, value), self.place)

    # --- looking ---

    def _surroundings(self) -> Surroundings:
        facts = (fact for fact in self.clause.facts if fact != self.place.fact or self.place.entry is not None)
        others = tuple(self.frame[fact] for fact in facts if fact in self.frame)
        return Surroundings(self.clause.constants, others, self.anchor)

    def _starting(self, scale: Scale, around: Surroundings) -> list[int]:
        values = interesting(self.place.kind, around, is_plain=self.clause.is_plain_for(self.place.fact))
        indices = {index for value in values if (index := scale.index(value)) is not None}
        inside = {index for index in indices if scale.low < index < scale.high}
        return sorted({scale.low, *inside, *(index + 1 for index in inside), scale.high})

    def _found(self, scale: Scale, starting: list[int]) -> list[Limit]:
        """The limits between the starting values, those nearest to the value that is known first."""
        known = scale.index(self.place.get(self.frame))
        middle = known if known is not None else starting[len(starting) // 2]
        found: list[Limit] = []
        for low, high in sorted(pairwise(starting), key=lambda pair: min(abs(pair[0] - middle), abs(pair[1] - middle))):
            self._split(low, high, scale, found)
            if len(found) >= MOST_LIMITS:
                break
        return sorted(found, key=lambda limit: abs(limit.below - middle))

    def _split(self, low: int, high: int, scale: Scale, found: list[Limit]) -> None:
        if len(found) >= MOST_LIMITS or self._at(low, scale) == self._at(high, scale):
            return
        if high - low == 1:
            found.append(Limit(low, high))
            return
        middle = (low + high) // 2
        self._split(low, middle, scale, found)
        self._split(middle, high, scale, found)

    def _at(self, index: int, scale: Scale) -> Answer | None:
        key = (scale.finer is None, index)
        if key not in self._answers:
            self._answers[key] = self.answer(scale.value(index))
        return self._answers[key]

    # --- what is kept ---

    def _sides(self, scale: Scale, limit: Limit, kept: set[Answer | None]) -> Iterator[Candidate]:
        """Both sides where the truth changes, else the one whose answer is new."""
        below, above = self._at(limit.below, scale), self._at(limit.above, scale)
        for index, said, other in ((limit.below, below, above), (limit.above, above, below)):
            if said is not None and (_turns(below, above) or said not in kept):
                kept.add(said)
                yield Candidate(scale.value(index), words(self.clause, self.place, said, other))
        if self.is_fine and scale.finer is not None and _passes(below, above):
            yield from self._between(scale, scale.finer, limit, kept)

    def _between(self, scale: Scale, finer: Scale, limit: Limit, kept: set[Answer | None]) -> Iterator[Candidate]:
        """The limit itself, where it lies between two steps."""
        found: list[Limit] = []
        self._split(limit.below * scale.steps, limit.above * scale.steps, finer, found)
        for index in (index for inner in found for index in (inner.below, inner.above)):
            said = self._at(index, finer)
            if said is not None and said not in kept and 0 in said.signs:
                kept.add(said)
                yield Candidate(finer.value(index), words(self.clause, self.place, said, None))


def _turns(below: Answer | None, above: Answer | None) -> bool:
    """Whether the truth changes, and not only on which side of each other the values lie."""
    return (None if below is None else below.truth) != (None if above is None else above.truth)


def _is_signed(below: Answer | None, above: Answer | None) -> bool:
    """Whether the answers say how the compared values lie to each other."""
    return below is not None and above is not None and any(sign is not None for sign in (*below.signs, *above.signs))


def _passes(below: Answer | None, above: Answer | None) -> bool:
    """Whether a value goes past another from one step to the next, without having been the same."""
    if below is None or above is None:
        return False
    return any({one, other} == {-1, 1} for one, other in zip(below.signs, above.signs, strict=False))
