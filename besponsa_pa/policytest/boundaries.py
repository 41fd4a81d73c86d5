"""The values of facts at which something changes: each should be seen in a test in which it matters.

A value matters in a case when the policy would say something else there with another value: with one on the other side
of its limit, or with any other where it has none. That something is not known matters when it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from besponsa_pa.case import Case
from besponsa_pa.determination import determine
from besponsa_pa.determination.admission import admitted
from besponsa_pa.determination.findings import Determination
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression import checked
from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.facts import declared_name
from besponsa_pa.policy.candidates.places import entries_of
from besponsa_pa.policy.model import CompiledPolicy, Condition
from besponsa_pa.policytest import constraints as wanted
from besponsa_pa.policytest import outcomes
from besponsa_pa.policytest.attempts import Found, Option, said, with_changes
from besponsa_pa.policytest.entry_values import EntryValue, entry_values
from besponsa_pa.policytest.positions import Positions
from besponsa_pa.policytest.running import SAID
from besponsa_pa.policytest.search import Space
from besponsa_pa.policytest.ways import Way, Ways
from besponsa_pa.types import ListOf
from besponsa_pa.values import UNKNOWN, Missing, Value, facts_of

# how many cases are looked at for one in which a value matters, and how many other values are held against it
LIMIT, MOST_RIVALS = 100, 8
# how many lists are tried that have a value in an entry
MOST_TRIED = 4
# how values at a limit are told, and values that answer something and lie at none
AT_A_LIMIT = re.compile(r"(?:just (?:below|above|before|after)|exactly at|on the limit of)[^`]*(`.*)")
ANSWERS = "where "
_NOT_YET = object()


@dataclass(frozen=True, slots=True)
class Boundary:
    """A value of a fact that should be seen to matter: one of these, or that of a field in an entry of a list."""

    fact: str
    says: str
    options: tuple[Option, ...] = field(compare=False, repr=False)
    entry: EntryValue | None = None

    @property
    def text(self) -> str:
        """What is to be seen, in words."""
        return f"`{self.fact}` is asked for" if self.options[0].is_missing else f"`{self.fact}` {self.says}"


@dataclass(slots=True)
class Boundaries:
    """The boundaries of one policy around a base."""

    compiled: CompiledPolicy
    positions: Positions
    ways: Ways
    space: Space
    _readers: dict[str, list[Condition]] = field(default_factory=dict)

    def all(self) -> tuple[Boundary, ...]:
        """Every value worth trying of every fact that the policy decides or tells something by."""
        facts = self.compiled.policy.facts
        found: list[Boundary] = []
        for name, variable in self.space.variables.items():
            if name in facts:
                kind = facts[name].type
                found += _of_list(name, kind, variable.options, self.positions) if isinstance(kind, ListOf) else ()
                found += () if isinstance(kind, ListOf) else _of_fact(name, variable.options)
        return tuple(found)

    def is_reached(self, boundary: Boundary, case: Case) -> bool:
        """Whether a case has the value, and it matters there."""
        value = said(case, boundary.fact)
        if boundary.entry is not None:
            return self._entry_matters(boundary.fact, boundary.entry, case)
        option = next((each for each in boundary.options if each.value == value), None)
        return option is not None and self._matters(boundary.fact, option, case)

    def first(self, boundary: Boundary, cases: Iterable[Case]) -> Case | None:
        """The first of many cases that reaches a boundary; those in which all beside it is the same are one."""
        beside = (boundary.fact, *self._beside(boundary.fact))
        seen: set[tuple[object, ...]] = set()
        for case in cases:
            if self._has(boundary, case):
                around = tuple(_key(said(case, name)) for name in beside)
                if around not in seen and self.is_reached(boundary, case):
                    return case
                seen.add(around)
        return None

    def find(self, boundary: Boundary) -> Found:
        """A case with the value, near the base, in which it matters."""
        found = Found(None, False, 0)
        for around, beside in self._contexts(boundary.fact):
            for option in boundary.options[:MOST_TRIED]:
                matters = wanted.goal(beside, lambda attempt: self.is_reached(boundary, attempt.case))
                found = self.space.find((*around, matters), LIMIT, {boundary.fact: option})
                if found.changes is not None:
                    return found
        return found

    def _contexts(self, fact: str) -> Iterator[tuple[Way, tuple[str, ...]]]:
        """Each pathway that reads the fact, and what it reads beside it; then anywhere, also where something breaks."""
        musts = self.ways.musts()
        for pathway in self.compiled.pathways:
            beside = self.positions.beside(fact, pathway)
            if beside:
                yield (*musts, *outcomes.applies(pathway, True)), beside
        yield musts, ()
        yield (), ()

    def _beside(self, fact: str) -> tuple[str, ...]:
        """What is read beside a fact, and what says which pathway reads it."""
        names = [name for pathway in self.compiled.pathways for name in self.positions.beside(fact, pathway)]
        for pathway in self.compiled.pathways:
            names += () if pathway.when is None else checked.facts_read(pathway.when.expression)
        return tuple(dict.fromkeys(name for name in names if name != fact))

    # --- whether a value matters ---

    def _has(self, boundary: Boundary, case: Case) -> bool:
        value = said(case, boundary.fact)
        if boundary.entry is not None:
            return boundary.entry.is_in(value)
        return any(value == each.value for each in boundary.options)

    def _matters(self, fact: str, option: Option, case: Case) -> bool:
        if isinstance(option.value, UNKNOWN):
            return self._is_asked_for(fact, case)
        return self._differs(fact, (each.value for each in self._rivals(fact, option)), case)  # type: ignore[misc]

    def _entry_matters(self, fact: str, entry: EntryValue, case: Case) -> bool:
        value = said(case, fact)
        if isinstance(entry.value, Missing):
            return entry.is_in(value) and self._is_asked_for(fact, case)
        return self._differs(fact, entry.others_in(fact, value), case)

    def _is_asked_for(self, fact: str, case: Case) -> bool:
        read = self._read(fact, case)
        if not any(fact == declared_name(place) for value in read for place in facts_of(value)):
            return False
        determination = self._determined(case)
        return determination is not None and fact in {each.fact for each in determination.missing}

    def _differs(self, fact: str, rivals: Iterable[Value], case: Case) -> bool:
        """Whether something else is told with another value; first whether what reads the fact sees a difference."""
        read, told = self._read(fact, case), _NOT_YET
        for rival in rivals:
            other = with_changes(case, {fact: rival})
            if self._read(fact, other) == read:
                continue
            told = _told(self._determined(case)) if told is _NOT_YET else told
            if _told(self._determined(other)) != told:
                return True
        return False

    def _read(self, fact: str, case: Case) -> list[Value]:
        """What the conditions come to that read a fact."""
        frame: Frame = dict(case.facts)
        if fact not in self._readers:
            conditions = (each.condition for each in self.positions.written)
            self._readers[fact] = [each for each in conditions if fact in checked.facts_read(each.expression)]
        return [_value(each, frame) for each in self._readers[fact]]

    def _rivals(self, fact: str, option: Option) -> list[Option]:
        """The values that a value is held against: those at the same limit, or all."""
        options = self.space.variables[fact].options
        known = [each for each in options if not isinstance(each.value, UNKNOWN) and each is not option]
        limit = _limit(option)
        return [each for each in known if limit is None or _limit(each) == limit][:MOST_RIVALS]

    def _determined(self, case: Case) -> Determination | None:
        accepted = admitted(case, self.compiled, Diagnostics())
        return None if accepted is None else determine(self.compiled, accepted)


def _of_fact(fact: str, options: Iterable[Option]) -> Iterator[Boundary]:
    for option in options:
        if not option.says.startswith(ANSWERS):
            yield Boundary(fact, option.says, (option,))


def _of_list(fact: str, kind: ListOf, options: Sequence[Option], positions: Positions) -> Iterator[Boundary]:
    """No entries, not known, each value of a field that has a list of them, and each limit."""
    found: dict[str, list[Option]] = {}
    for option in options:
        in_an_entry = option.says.partition(", ")[2]
        if option.is_missing or option.value == ():
            yield Boundary(fact, option.says, (option,))
        elif _limit(option) is not None and in_an_entry:
            found.setdefault(in_an_entry, []).append(option)
    for each in entry_values(kind, positions.fields):
        having = [option for option in options if each.is_in(option.value)]
        if having:  # lists as long as that of the base first: they differ from it in less
            having.sort(key=lambda option: abs(_length(option) - _length(options[0])))
            yield Boundary(fact, f"with {each.text}", tuple(having), each)
    yield from (Boundary(fact, says, tuple(alike)) for says, alike in found.items())


def _value(condition: Condition, frame: Frame) -> Value:
    try:
        return condition.evaluate(frame)
    except Failure as failure:
        return f"failure: {failure.message}"


def _length(option: Option) -> int:
    return len(entries_of(option.value))  # type: ignore[arg-type]


def _told(determination: Determination | None) -> object:
    """What a test can tell of a determination; None for a case that is refused."""
    return None if determination is None else [determination.decision, *(get(determination) for get in SAID.values())]


def _limit(option: Option) -> str | None:
    """The limit that a value is told by."""
    found = AT_A_LIMIT.search(option.says)
    return None if found is None else found[1]


def _key(value: object) -> object:
    """A value as something that can be looked up."""
    return "" if isinstance(value, Missing) else repr(value)
