"""One search for a case: from case to case, with one value changed at a time, towards what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heappop, heappush
from itertools import islice, product
from math import prod
from typing import TypeAlias

from besponsa_pa.expression.frames import Frame
from besponsa_pa.policy.candidates.answers import FAILED, truth
from besponsa_pa.policy.candidates.candidate import Candidate
from besponsa_pa.policy.candidates.clauses import entry_type
from besponsa_pa.policy.candidates.goals import AllOf, AnyOf, Goal, Leaf, Open, Settled, is_open, leaves
from besponsa_pa.policy.candidates.places import Place, entries_of, listed
from besponsa_pa.policy.candidates.surveying import Survey
from besponsa_pa.policy.candidates.telling import are_tangled, can_tell, reads_a_quantity, sees_absence
from besponsa_pa.policy.candidates.varying import once
from besponsa_pa.types import ANY, ListOf, Simple
from besponsa_pa.values import UNKNOWN, Value

# So many cases are looked at in one search, and so often candidates are looked for anew around one of them.
MOST_TRIED = 3000
MOST_SURVEYS = 10
# what it costs to look for candidates anew, in cases
COST_OF_A_SURVEY = 50
# entries that a condition inside a query may hold against each other
MOST_ENTRIES = 2

Truths: TypeAlias = Mapping[int, object]
Changes: TypeAlias = Mapping[Place, Sequence[Value]]


@dataclass(frozen=True, slots=True)
class Reached:
    """A case in which it is so, or None; `is_sure` says that there is none, `among` which clauses are why."""

    frame: Frame | None
    is_sure: bool = True
    among: tuple[Leaf, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """A case on the way: how far it is from what is wanted, what its clauses say, and what may be changed next.

    `is_anew`: candidates were looked for around it.
    """

    far: int
    order: int
    frame: Frame
    truths: Truths
    changes: Iterator[tuple[Place, Value]]
    is_anew: bool = False

    def __lt__(self, other: _Case) -> bool:
        return (self.far, self.order) < (other.far, other.order)


@dataclass
class Looking:
    """One search of at most so many cases; never twice to the same answers of all clauses.

    `has_failed`: a clause could not be asked of some case, or failed in it, as of units that do not convert.
    """

    survey: Survey
    goals: tuple[Goal, ...]
    most: int = MOST_TRIED
    tried: int = 0
    surveys: int = 0
    has_failed: bool = False

    def look(self) -> Reached:
        """A case in which all goals are reached."""
        found = self._from_case_to_case()
        if found.frame is None and found.is_sure and any(len(leaf.clause.facts) > 1 for leaf in self._leaves):
            found = self._all_together()
        return found if found.frame is not None else Reached(None, found.is_sure and self._is_told)

    @property
    def _is_told(self) -> bool:
        """Whether it can be told that there is none."""
        clauses, aliases = [leaf.clause for leaf in self._leaves], self.survey.varying.clauses.aliases
        if self.has_failed or any(map(is_open, self.goals)):
            return False
        return all(can_tell(clause, aliases) for clause in clauses) and not are_tangled(clauses)

    @cached_property
    def _leaves(self) -> tuple[Leaf, ...]:
        return tuple(leaves(self.goals))

    # --- from case to case ---

    def _from_case_to_case(self) -> Reached:
        """The nearest case first; one that was left half-way is gone on with when nothing nearer is left."""
        start = self._case(self._start(), {}, None)
        static = self._static(start.frame)
        seen = {tuple(start.truths.values())}
        waiting, done = [self._with_changes(start, static)], list[_Case]()
        while waiting or done:
            if waiting:
                case = heappop(waiting)
            elif self.surveys == MOST_SURVEYS:
                return Reached(None, False)
            else:
                case = self._anew(heappop(done))
            if case.far == 0:
                return Reached(case.frame, False)
            nearer = self._nearer(case, static, seen, waiting)
            if self.tried > self.most:
                return Reached(None, False)
            if nearer:
                heappush(waiting, case)
            elif not case.is_anew:
                heappush(done, case)
        return Reached(None)

    def _nearer(self, case: _Case, static: Changes, seen: set[tuple[object, ...]], waiting: list[_Case]) -> bool:
        """Go on from a case until one is met that is nearer; whether there was one."""
        for place, value in case.changes:
            changed = self._case(place.put(case.frame, value), case.truths, place)
            answers = tuple(changed.truths.values())
            if answers not in seen:
                seen.add(answers)
                heappush(waiting, self._with_changes(changed, static))
                if changed.far < case.far:
                    return True
            if self.tried > self.most:
                return False
        return False

    def _case(self, frame: Frame, before: Truths, changed: Place | None) -> _Case:
        """A case, of which only the clauses that read the changed place are asked again."""
        self.tried += 1
        truths = {
            id(leaf): self._truth(leaf, frame)
            if changed is None or changed.fact in leaf.clause.facts
            else before[id(leaf)]
            for leaf in self._leaves
        }
        return _Case(sum(_far(goal, truths) for goal in self.goals), self.tried, frame, truths, iter(()))

    def _with_changes(self, case: _Case, changes: Changes) -> _Case:
        """The case with what may be changed in it: first what a clause reads that is not as wanted."""
        wrong = {
            fact
            for leaf in self._leaves
            if case.truths[id(leaf)] not in leaf.wanted.value
            for fact in leaf.clause.facts
        }
        places = sorted(changes, key=lambda place: place.fact not in wrong)
        pairs = ((place, value) for place in places for value in changes[place])
        return _Case(case.far, case.order, case.frame, case.truths, pairs)

    def _anew(self, case: _Case) -> _Case:
        self.surveys += 1
        return replace(self._with_changes(case, self._around(case.frame)), is_anew=True)

    def _all_together(self) -> Reached:
        """Every combination of the candidates, where one at a time may not do."""
        start = self._start()
        static = self._static(start)
        for values in islice(product(*static.values()), self.most):
            frame = start
            for place, value in zip(static, values, strict=True):
                frame = place.put(frame, value)
            if self._case(frame, {}, None).far == 0:
                return Reached(frame, False)
        return Reached(None, prod(map(len, static.values())) <= self.most)

    # --- what may be changed ---

    def _start(self) -> Frame:
        """The base, with entries for the lists of which a condition inside a query reads one."""
        frame = dict(self.survey.frame)
        for fact in self._inside:
            entry = next(iter(entries_of(frame[fact])), self.survey.seeds[fact])
            frame[fact] = listed(fact, [entry] * MOST_ENTRIES)
        return frame

    @cached_property
    def _inside(self) -> tuple[str, ...]:
        """The lists of which a condition inside a query reads the entries."""
        aliases = self.survey.varying.clauses.aliases
        behind = (aliases[slot].entries_of for leaf in self._leaves for slot in leaf.clause.slots)
        return tuple(dict.fromkeys(fact for fact in behind if fact is not None))

    @property
    def _places(self) -> Iterator[Place]:
        inside = self._inside
        for fact in dict.fromkeys(fact for leaf in self._leaves for fact in leaf.clause.facts):
            kind = self.survey.facts[fact]
            if fact not in inside:
                yield Place(fact, kind if isinstance(kind, Simple) else ANY)
            elif isinstance(kind, ListOf):
                yield from (place for entry in range(MOST_ENTRIES) for place in self._fields(fact, kind, entry))

    def _fields(self, fact: str, kind: ListOf, entry: int) -> Iterator[Place]:
        of = entry_type(kind)
        if of is None:
            yield Place(fact, kind.element if isinstance(kind.element, Simple) else ANY, entry)
            return
        read = {field for leaf in self._leaves for name, field in leaf.clause.fields if name == fact}
        for name, inner in of.elements:
            if name in read and isinstance(inner, Simple):
                yield Place(fact, inner, entry, name)

    def _static(self, start: Frame) -> dict[Place, list[Value]]:
        """What may stand at each place: the candidates of the policy, and those of the clauses that read it here."""
        return {place: self._values(place, start, self._known(place)) for place in self._places}

    def _around(self, frame: Frame) -> dict[Place, list[Value]]:
        """What may stand at each place with all else as in the frame."""
        found = {place: self._values(place, frame, ()) for place in self._places if not self._is_whole_list(place)}
        self.tried += COST_OF_A_SURVEY * len(found)
        return found

    def _is_whole_list(self, place: Place) -> bool:
        return place.entry is None and isinstance(self.survey.facts[place.fact], ListOf)

    def _known(self, place: Place) -> tuple[Candidate, ...]:
        return self.survey.found[place.fact] if place.entry is None else ()

    def _values(self, place: Place, frame: Frame, known: tuple[Candidate, ...]) -> list[Value]:
        found = list(known)
        reading = [leaf.clause for leaf in self._leaves if place.fact in leaf.clause.facts]
        for clause in reading:
            if self._is_whole_list(place):
                found += self.survey.within(clause, place.fact)
            elif place.entry is not None or not known:
                found += self.survey.varying.values(place, frame, self.survey.found, (clause,))
        unknown = [place.missing] if any(map(sees_absence, reading)) else []
        values = [place.get(frame), *(each.value for each in once(found)), *unknown]
        return (
            values if self._is_whole_list(place) else [v for v in values if v in unknown or not isinstance(v, UNKNOWN)]
        )

    def _truth(self, leaf: Leaf, frame: Frame) -> object:
        aliases = self.survey.varying.clauses.aliases
        inside = next((fact for fact in self._inside if fact in leaf.clause.facts), None)
        place = Place(leaf.clause.facts[0], ANY) if inside is None else Place(inside, ANY, 0)
        found = truth(leaf.clause, aliases, frame, place)
        self.has_failed = self.has_failed or found is None or (found == FAILED and reads_a_quantity(leaf.clause))
        return found


def _far(goal: Goal, truths: dict[int, object]) -> int:
    match goal:
        case Leaf():
            return int(truths[id(goal)] not in goal.wanted.value)
        case AllOf(parts):
            return sum(_far(part, truths) for part in parts)
        case AnyOf(parts):
            return min((_far(part, truths) for part in parts), default=1)
        case Settled(holds):
            return int(not holds)
        case Open():
            return 1


def facts_of(goals: Iterable[Goal]) -> tuple[str, ...]:
    """The facts that some goals are about."""
    return tuple(dict.fromkeys(fact for leaf in leaves(tuple(goals)) for fact in leaf.clause.facts))
