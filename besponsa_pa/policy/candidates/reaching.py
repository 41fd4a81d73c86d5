"""Whether any case makes an expression true, or false: a search near the candidates, and how sure its answer is.

A case that is found is a proof. That there is none is said only where all that the candidates allow was gone through,
and where the candidates are known to tell: not of texts that are taken apart, nor of lists that are joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from itertools import combinations, islice, product
from math import prod
from typing import TypeAlias

from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.frames import Frame
from besponsa_pa.policy.candidates.answers import truth
from besponsa_pa.policy.candidates.clauses import Clauses, entry_type
from besponsa_pa.policy.candidates.goals import (
    AllOf,
    AnyOf,
    Goal,
    Leaf,
    Open,
    Settled,
    Wanted,
    flat,
    goal_of,
    is_open,
    leaves,
)
from besponsa_pa.policy.candidates.places import Place, entries_of, listed
from besponsa_pa.policy.candidates.surveying import Survey
from besponsa_pa.policy.candidates.telling import are_tangled, can_tell, sees_absence
from besponsa_pa.types import ANY, ListOf, Simple
from besponsa_pa.values import UNKNOWN, Value

# So many cases are looked at for one expression, and so often the candidates are looked for anew around one of them.
MOST_TRIED = 3000
MOST_SURVEYS = 10
# entries that a condition inside a query may hold against each other
MOST_ENTRIES = 2


@dataclass(frozen=True, slots=True)
class Reached:
    """A case in which it is so, or None; `is_sure` says that there is none, `among` which clauses are why."""

    frame: Frame | None
    is_sure: bool = True
    among: tuple[Leaf, ...] = ()


@dataclass(frozen=True, slots=True)
class Reaching:
    """Looks for cases; `musts` are what every real case keeps to."""

    survey: Survey
    musts: tuple[Checked, ...]

    @property
    def clauses(self) -> Clauses:
        """The clauses of the policy."""
        return self.survey.varying.clauses

    def reach(self, node: Checked, wanted: Wanted) -> Reached:
        """A case in which an expression is as wanted."""
        return self.reach_all((goal_of(node, wanted, self.clauses),))

    def reach_all(self, goals: Iterable[Goal]) -> Reached:
        """A case in which several things are so at once."""
        parts = [part for goal in goals for part in flat(goal)]
        if any(isinstance(part, Settled) and not part.holds for part in parts):
            return Reached(None)
        frame, sure = dict(self.survey.frame), True
        for group in self._groups([part for part in parts if not isinstance(part, Settled)]):
            found = self._reach_group(group)
            if found.frame is None and found.is_sure:
                return found
            sure = sure and found.frame is not None
            frame.update({name: (found.frame or frame)[name] for name in _facts(group)})
        return Reached(frame if sure else None, False)

    def _groups(self, parts: Sequence[Goal]) -> list[list[Goal]]:
        """The goals that have facts in common, together."""
        groups: list[tuple[set[str], list[Goal]]] = []
        for part in parts:
            facts = set(_facts([part]))
            same = [group for group in groups if group[0] & facts]
            merged = (facts.union(*(group[0] for group in same)), [*(g for group in same for g in group[1]), part])
            groups = [*(group for group in groups if group not in same), merged]
        return [goals for _, goals in groups]

    def _reach_group(self, group: list[Goal]) -> Reached:
        if len(group) == 1 and isinstance(group[0], AnyOf):
            return self._reach_any(group[0])
        found = self._look(group)
        if found.frame is not None or found.is_sure or len(group) < 3:
            return found
        pairs = (self._look(list(pair)) for pair in combinations(group, 2) if len(self._groups(pair)) == 1)
        return next((each for each in pairs if each.frame is None and each.is_sure), found)

    def _reach_any(self, goal: AnyOf) -> Reached:
        sure = True
        for part in goal.parts:
            found = self.reach_all((part,))
            if found.frame is not None:
                return found
            sure = sure and found.is_sure
        return Reached(None, sure)

    def _look(self, group: list[Goal]) -> Reached:
        looking = _Looking(self.survey, (*group, *self._kept(group)))
        found = looking.look()
        return found if found.frame is not None else Reached(None, found.is_sure, tuple(leaves(group)))

    def _kept(self, group: Sequence[Goal]) -> Iterator[Goal]:
        """What every real case keeps to of the facts that a group reads."""
        facts = set(_facts(group))
        for must in self.musts:
            if facts.issuperset(self.clauses.facts_in(must)):
                yield goal_of(must, Wanted.NOT_FALSE, self.clauses)


# how far it is from what is wanted, a number that tells cases apart, the facts
_Case: TypeAlias = tuple[int, int, Frame]


@dataclass
class _Looking:
    """One search: from case to case, one value changed at a time, never twice to the same answers of all clauses."""

    survey: Survey
    goals: tuple[Goal, ...]
    tried: int = 0

    def look(self) -> Reached:
        """A case in which all goals are reached."""
        found = self._from_case_to_case()
        if found.frame is None and found.is_sure and any(len(leaf.clause.facts) > 1 for leaf in self._leaves):
            found = self._all_together()
        return found if found.frame is not None else Reached(None, found.is_sure and self._is_told)

    @property
    def _is_told(self) -> bool:
        """Whether it can be told that there is none."""
        clauses = [leaf.clause for leaf in self._leaves]
        return all(map(can_tell, clauses)) and not are_tangled(clauses) and not any(map(is_open, self.goals))

    @cached_property
    def _leaves(self) -> tuple[Leaf, ...]:
        return tuple(leaves(self.goals))

    def _from_case_to_case(self) -> Reached:
        start = self._start()
        far, answers = self._distance(start)
        if far == 0:
            return Reached(start, False)
        seen = {answers}
        queue: list[_Case] = [(far, 0, start)]
        done: list[_Case] = []
        static = self._static(start)
        surveys = order = 0
        while queue or done:
            is_new = bool(queue)
            case = heappop(queue or done)
            surveys += not is_new
            if surveys > MOST_SURVEYS or self.tried > MOST_TRIED:
                return Reached(None, False)
            if is_new:
                heappush(done, case)
            for changed in self._changed(case[2], static) if is_new else self._changed(case[2], self._around(case[2])):
                far, answers = self._distance(changed)
                if far == 0:
                    return Reached(changed, False)
                if answers not in seen:
                    seen.add(answers)
                    order += 1
                    heappush(queue, (far, order, changed))
        return Reached(None)

    def _all_together(self) -> Reached:
        """Every combination of the candidates, where one at a time may not do."""
        start = self._start()
        static = self._static(start)
        for values in islice(product(*static.values()), MOST_TRIED):
            frame = start
            for place, value in zip(static, values, strict=True):
                frame = place.put(frame, value)
            if self._distance(frame)[0] == 0:
                return Reached(frame, False)
        return Reached(None, prod(map(len, static.values())) <= MOST_TRIED)

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
        found = {place: self._values(place, start, anew=False) for place in self._places}
        return {place: values for place, values in found.items() if values}

    def _around(self, frame: Frame) -> dict[Place, list[Value]]:
        return {place: self._values(place, frame, anew=True) for place in self._places}

    def _values(self, place: Place, frame: Frame, *, anew: bool) -> list[Value]:
        if place.entry is not None:
            found = tuple(self.survey.varying.values(place, frame, self.survey.found))
        else:
            found = self.survey.at(place.fact, frame) if anew else self.survey.found[place.fact]
        values = [each.value for each in found if place.kind == ANY or not isinstance(each.value, UNKNOWN)]
        unknown = [place.missing] if any(sees_absence(leaf.clause) for leaf in self._leaves) else []
        return [place.get(frame), *values, *unknown]

    def _changed(self, frame: Frame, values: dict[Place, list[Value]]) -> Iterator[Frame]:
        for place, each in values.items():
            yield from (place.put(frame, value) for value in each)

    # --- how far a case is from what is wanted ---

    def _distance(self, frame: Frame) -> tuple[int, tuple[object, ...]]:
        """How many clauses are not yet as wanted, and what they all say."""
        self.tried += 1
        truths = {id(leaf): self._truth(leaf, frame) for leaf in self._leaves}
        return sum(_far(goal, truths) for goal in self.goals), tuple(truths.values())

    def _truth(self, leaf: Leaf, frame: Frame) -> object:
        aliases = self.survey.varying.clauses.aliases
        inside = next((fact for fact in self._inside if fact in leaf.clause.facts), None)
        place = Place(leaf.clause.facts[0], ANY) if inside is None else Place(inside, ANY, 0)
        return truth(leaf.clause, aliases, frame, place)


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


def _facts(goals: Sequence[Goal]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact for leaf in leaves(goals) for fact in leaf.clause.facts))
