"""Where a value is put: a fact, an entry of a list, or a field of an entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.policy.candidates.clauses import Aliases, Clause
from besponsa_pa.types import Simple
from besponsa_pa.values import Missing, TupleValue, Uncertain, UncertainList, Value, list_of


@dataclass(frozen=True, slots=True)
class Place:
    """A fact, an entry of a list fact by its index, or a field of it; `kind` is the type of what stands there."""

    fact: str
    kind: Simple
    entry: int | None = None
    field: str | None = None

    @property
    def name(self) -> str:
        """The place as a case names it: `therapies[0].outcome`."""
        return place_name(self.fact, self.entry, self.field)

    @property
    def missing(self) -> Missing:
        """What stands there when it is not known."""
        return Missing(frozenset([self.name]))

    def get(self, frame: Frame) -> Value:
        """What stands there in a frame."""
        value = frame.get(self.fact, Missing(frozenset([self.fact])))
        if self.entry is None:
            return value
        entry = entries_of(value)[self.entry]
        return entry.elements.get(self.field) if isinstance(entry, TupleValue) and self.field is not None else entry

    def put(self, frame: Frame, value: Value) -> Frame:
        """A copy of the frame with a value at this place."""
        if self.entry is None:
            return {**frame, self.fact: value}
        entries = list(entries_of(frame[self.fact]))
        old = entries[self.entry]
        if self.field is not None and isinstance(old, TupleValue):
            value = TupleValue({**old.elements, self.field: value})
        entries[self.entry] = value
        return {**frame, self.fact: list_value(entries)}


def place_name(fact: str, entry: int | None, field: str | None = None) -> str:
    """A place as a case names it."""
    name = fact if entry is None else f"{fact}[{entry}]"
    return name if field is None else f"{name}.{field}"


def entries_of(value: Value) -> tuple[Value, ...]:
    """The entries of a list, those of which not all is known too; none of what is no list."""
    match value:
        case tuple():
            return value
        case UncertainList():
            return tuple(element for element, _ in value.elements)
        case _:
            return ()


def list_value(entries: Iterable[Value]) -> Value:
    """The list of some entries, as a case gives it."""
    return list_of((entry, True) for entry in entries)


def listed(fact: str, entries: Iterable[Value]) -> Value:
    """The list of some entries, in which what is not known has its new place."""
    return list_value(_moved(entry, fact, index) for index, entry in enumerate(entries))


def _moved(entry: Value, fact: str, index: int) -> Value:
    if isinstance(entry, TupleValue):
        parts = ((name, _renamed(part, place_name(fact, index, name))) for name, part in entry.elements.items())
        return TupleValue(dict(parts))
    return _renamed(entry, place_name(fact, index))


def _renamed(value: Value, place: str) -> Value:
    match value:
        case Missing():
            return Missing(frozenset([place]))
        case Uncertain():
            return replace(value, facts=frozenset([place]))
        case _:
            return value


def bound(clause: Clause, aliases: Aliases, frame: Frame, place: Place) -> bool:
    """Fill the slots that a clause reads, the one of the place with its own entry; whether that could be done.

    Two aliases of one list stand for two entries of it, where it has two.
    """
    of_place = () if place.entry is None else entries_of(frame[place.fact])
    taken = 0
    for slot in clause.slots:
        alias = aliases[slot]
        try:
            value = alias.evaluate(frame)
        except Failure:
            return False
        if alias.is_single:
            frame[slot] = value
        elif of_place and place.entry is not None and alias.entries_of == place.fact:
            frame[slot] = of_place[(place.entry + taken) % len(of_place)]
            taken += 1
        elif entries := entries_of(value):
            frame[slot] = entries[0]
        else:
            return False
    return True
