"""Values in the entries of lists: those that a field is declared to have, and that it is not known."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from dataclasses import field as field_of

from besponsa_pa.expression.value_text import plain_text
from besponsa_pa.policy.candidates.places import entries_of, listed
from besponsa_pa.policytest.entries import Change
from besponsa_pa.types import BOOLEAN, ListOf, Simple, TupleOf, Type, plain
from besponsa_pa.values import Missing, Quantity, TupleValue, Value


@dataclass(frozen=True, slots=True)
class EntryValue:
    """A value of a field in some entry of a list, "" for an entry that is a value itself; `others` it may have too."""

    field: str
    value: Value
    others: tuple[Value, ...] = field_of(compare=False, repr=False)

    @property
    def text(self) -> str:
        """The value and its field, in words."""
        told = "not known" if isinstance(self.value, Missing) else f"`{plain_text(self.value)}`"
        return f"an entry of which `{self.field}` is {told}" if self.field else f"the entry {told}"

    def is_in(self, value: Change) -> bool:
        """Whether a list has it."""
        return any(self._is_at(entry) for entry in entries_of(value))  # type: ignore[arg-type]

    def others_in(self, fact: str, value: Change) -> Iterator[Value]:
        """The lists with another value in its place, for each of its places in a list."""
        entries = entries_of(value)  # type: ignore[arg-type]
        for index, entry in enumerate(entries):
            if self._is_at(entry):
                for other in self.others:
                    yield listed(fact, (*entries[:index], self._with(entry, other), *entries[index + 1 :]))

    def _is_at(self, entry: Value) -> bool:
        part = entry.elements.get(self.field) if self.field and isinstance(entry, TupleValue) else entry
        if isinstance(self.value, Missing):
            return isinstance(part, Missing)
        return type(part) is type(self.value) and part == self.value

    def put(self, entry: Value) -> Value:
        """An entry with this value."""
        return self._with(entry, self.value)

    def _with(self, entry: Value, other: Value) -> Value:
        if self.field and isinstance(entry, TupleValue):
            return TupleValue({**entry.elements, self.field: other})
        return other


def entry_values(
    kind: ListOf, fields: Collection[str], constants: Collection[str | Quantity] = ()
) -> Iterator[EntryValue]:
    """Each value that is declared for a field that is read, or for the entries themselves, and that it is not known.

    `constants` are texts and quantities for fields of which neither values nor a unit are declared.
    """
    if isinstance(kind.element, TupleOf):
        for name, element in kind.element.elements:
            yield from _values(name, element, constants) if name in fields else ()
    else:
        yield from _values("", kind.element, constants)


def _values(name: str, kind: Type, constants: Collection[str | Quantity]) -> Iterator[EntryValue]:
    declared: tuple[Value, ...] = (True, False) if plain(kind) == BOOLEAN else ()
    if isinstance(kind, Simple) and kind.name == "String":
        declared = (
            kind.values if kind.values is not None else tuple(each for each in constants if isinstance(each, str))
        )
    elif isinstance(kind, Simple) and kind.name == "Quantity" and kind.unit is None:
        declared = tuple(each for each in constants if isinstance(each, Quantity) and not each.is_calendar)
    for value in declared:
        yield EntryValue(name, value, tuple(each for each in declared if each is not value))
    if name:
        yield EntryValue(name, Missing(frozenset()), ())
