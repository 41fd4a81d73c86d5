"""Entries of a list worth trying: for each search through it one that is found, and how it may differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

from besponsa_pa.expression import calendar, checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.policy.candidates.answers import truth
from besponsa_pa.policy.candidates.candidate import Candidate
from besponsa_pa.policy.candidates.clauses import Clause, Clauses, entry_type
from besponsa_pa.policy.candidates.combining import combined
from besponsa_pa.policy.candidates.places import Place, bound, entries_of, listed
from besponsa_pa.policy.candidates.varying import MOST_ENTRIES, Known, Varying
from besponsa_pa.types import ANY, ListOf, Simple
from besponsa_pa.values import Date, DateTime, Quantity, TupleValue, Value

MOST_COMBINATIONS = 2000
# By how many days one of several entries lies before the one ahead of it, or after it, as a search allows.
APART = (-30, 30, -7, 7, -1, 1)


@dataclass(frozen=True, slots=True)
class Search:
    """A search through a list: the queries that make it, what they want of an entry.

    `is_paired`: they hold two entries against each other; `is_forbidden`: no real case has what they find.
    """

    queries: tuple[checked.Query, ...] = ()
    conditions: tuple[Clause, ...] = ()
    is_paired: bool = False
    is_forbidden: bool = False

    def is_in(self, clause: Clause) -> bool:
        """Whether a clause searches so."""
        return any(id(query) in clause.inside for query in self.queries)


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of one list fact.

    `frame` holds all other facts, `seed` is an entry made up for the list, `known` are the candidates of other facts.
    With `only`, one clause is looked at, and not the whole policy.
    """

    varying: Varying
    fact: str
    kind: ListOf
    frame: Frame
    seed: Value
    known: Known
    only: Clause | None = None

    @property
    def clauses(self) -> Clauses:
        """The clauses of the policy."""
        return self.varying.clauses

    @property
    def given(self) -> tuple[Value, ...]:
        """The entries of the base."""
        return entries_of(self.frame[self.fact])

    def places(self, entry: int = 0, within: tuple[Clause, ...] = ()) -> list[Place]:
        """The fields of an entry that the policy, or some clauses, read; the entry where it has no fields."""
        of = entry_type(self.kind)
        if of is None:
            return [Place(self.fact, self.kind.element, entry)] if isinstance(self.kind.element, Simple) else []
        reading = within or self.within_only or self.clauses.reading(self.fact)
        read = {field for clause in reading for fact, field in clause.fields if fact == self.fact}
        kinds = ((name, kind) for name, kind in of.elements if name in read)
        return [Place(self.fact, kind, entry, name) for name, kind in kinds if isinstance(kind, Simple)]

    @property
    def within_only(self) -> tuple[Clause, ...]:
        """The one clause that is looked at, if it is one."""
        return () if self.only is None else (self.only,)

    @property
    def whole(self) -> tuple[Clause, ...]:
        """The clauses that read the list as a whole."""
        reading = self.within_only or self.clauses.reading(self.fact)
        return tuple(clause for clause in reading if not clause.slots)

    def around(self, searches: Iterable[Search]) -> tuple[Clause, ...]:
        """The clauses that read the list as a whole, by one of some searches."""
        searches = tuple(searches)
        return tuple(clause for clause in self.whole if any(search.is_in(clause) for search in searches))

    def within(self, *entries: Value) -> Frame:
        """The frame with these entries in the list."""
        return {**self.frame, self.fact: listed(self.fact, entries)}

    def alone(self, search: Search, entry: Value) -> Frame:
        """The frame with one entry in the list, and a second one where the search holds two against each other."""
        second = next((each for each in self.given if each != entry), self.seed)
        return self.within(entry, second) if search.is_paired else self.within(entry)

    def values(self, place: Place, frame: Frame, within: tuple[Clause, ...] = ()) -> list[Candidate]:
        """What may stand at a place of the list, for all of the policy or for some clauses of it."""
        return self.varying.values(place, frame, self.known, within or self.within_only)

    def real(self, frame: Frame, place: Place) -> Frame:
        """The frame, or one with another value beside the place, where only with that a real case can have it."""
        musts = [must for must in self.varying.musts if self.fact in must.facts and not self._is_kept(must, frame)]
        read = {field for must in musts for fact, field in must.fields if fact == self.fact}
        others = (each for each in self.places(place.entry or 0) if each.field in read and each.field != place.field)
        for other in others:
            values = [place.get(frame)] if other.kind == place.kind else []
            values += [each.value for each in self.values(other, frame)]
            changed = (other.put(frame, value) for value in values)
            kept = next((each for each in changed if all(self._is_kept(must, each) for must in musts)), None)
            if kept is not None:
                return kept
        return frame

    def _is_kept(self, must: Clause, frame: Frame) -> bool:
        return truth(must, self.clauses.aliases, frame, Place(self.fact, ANY)) is not False

    # --- searches ---

    def searches(self) -> list[Search]:
        """The searches through the list, in the order of the policy, each that wants the same once.

        Where the policy reads the list as it is, every entry is wanted.
        """
        found: dict[tuple[Checked, ...], Search] = {}
        for query in self.clauses.queries:
            if self.only is not None and id(query) not in self.only.inside:
                continue
            if any(self._is_over(slot) for slot, _ in query.sources):
                search = self._search(query)
                key = tuple(each.expression for each in search.conditions)
                before = found.get(key, replace(search, queries=()))
                is_forbidden = search.is_forbidden and before.is_forbidden
                found[key] = replace(before, queries=(*before.queries, query), is_forbidden=is_forbidden)
        return list(found.values()) or [Search()]

    def _search(self, query: checked.Query) -> Search:
        slots = [slot for slot, _ in query.sources] + [relation.slot for relation in query.relations]
        is_paired = sum(map(self._is_over, slots)) > 1
        is_forbidden = any(id(query) in must.inside for must in self.varying.musts)
        return Search((query,), tuple(self._conditions(query)), is_paired, is_forbidden)

    def _is_over(self, slot: str) -> bool:
        return self.clauses.aliases[slot].entries_of == self.fact

    def _conditions(self, query: checked.Query) -> Iterator[Clause]:
        wanted = [relation.condition for relation in query.relations if not relation.without]
        for node in (*wanted, *(() if query.where is None else (query.where,))):
            clause = self.clauses.clause(node)
            if clause is not None:
                yield clause
        for _, source in query.sources:
            yield from (c for inner in _queries(source) for c in self._conditions(inner))

    def is_found(self, search: Search, frame: Frame, entry: int = 0) -> bool:
        """Whether an entry of the list in a frame is what a search wants."""
        place = Place(self.fact, ANY, entry)
        return all(self._holds(condition, {**frame}, place) for condition in search.conditions)

    def _holds(self, condition: Clause, frame: Frame, place: Place) -> bool:
        try:
            return bound(condition, self.clauses.aliases, frame, place) and condition.evaluate(frame) is True
        except Failure:
            return False

    def witness(self, search: Search) -> Value | None:
        """An entry that a search finds, as near to one of the base as it goes; None where none was met."""
        starting = (*self.given[:MOST_ENTRIES], self.seed)
        for entry in starting:
            if self.is_found(search, self.alone(search, entry)):
                return entry
        found = (self._witness_near(search, entry) for entry in starting)
        return next((entry for entry in found if entry is not None), None)

    def _witness_near(self, search: Search, entry: Value) -> Value | None:
        """An entry that a search finds, with as few fields changed as it takes."""
        frame = self.alone(search, entry)
        fields = {field for condition in search.conditions for _, field in condition.fields}
        places = [place for place in self.places() if place.field is None or place.field in fields]
        within = self.around([search])
        values = [[place.get(frame), *(each.value for each in self.values(place, frame, within))] for place in places]
        for combination in islice(combined(values), MOST_COMBINATIONS):
            changed = frame
            for place, value in zip(places, combination, strict=True):
                changed = place.put(changed, value)
            if self.is_found(search, changed):
                return entries_of(changed[self.fact])[0]
        return None

    # --- several of them ---

    def several(self, search: Search, entry: Value, count: int) -> tuple[Value, ...]:
        """So many entries that a search finds, told apart by their dates and by what the search gives of them."""
        entries = [entry]
        while len(entries) < count:
            entries.append(self.another(search, entry, entries))
        return tuple(entries[:count])

    def another(self, search: Search, entry: Value, entries: Sequence[Value]) -> Value:
        """One entry more than these that a search finds."""
        turned = self._turned(search, entry, len(entries))
        for days in APART:
            moved = _moved(turned, days * len(entries))
            if moved not in entries and self.is_found(search, self.alone(search, moved)):
                return moved
        return turned

    def _turned(self, search: Search, entry: Value, turn: int) -> Value:
        """The entry with another value in each field that the search gives, as far as it is still found."""
        results = (node for query in search.queries for node in checked.walk(query.result))
        given = {node.name for node in results if isinstance(node, checked.Element)}
        for place in self.places():
            if place.kind.name not in ("String", "Code") or (place.field is not None and place.field not in given):
                continue
            values = [each.value for each in self.values(place, self.alone(search, entry))]
            at = values.index(now) if (now := place.get(self.alone(search, entry))) in values else 0
            changed = entries_of(place.put(self.alone(search, entry), values[(at + turn) % len(values)])[self.fact])[0]
            entry = changed if self.is_found(search, self.alone(search, changed)) else entry
        return entry


def _queries(node: Checked) -> Iterator[checked.Query]:
    """The queries that a list is made by."""
    match node:
        case checked.Query():
            yield node
        case checked.Definition():
            yield from _queries(node.body)
        case checked.Operation() if node.operands:
            yield from _queries(node.operands[0])
        case _:
            return


def _moved(entry: Value, days: int) -> Value:
    """The entry with its dates so many days later."""
    if isinstance(entry, TupleValue):
        return TupleValue({name: _moved(value, days) for name, value in entry.elements.items()})
    if isinstance(entry, (Date, DateTime)) and len(entry.parts) >= 3:
        return calendar.shift_at_most(entry, Quantity(Decimal(days), "day"))
    return entry
