"""What is tried of a fact: the values worth trying, made fit to be read in a test."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from besponsa_pa.expression.value_text import plain_text
from besponsa_pa.facts import FactDeclaration
from besponsa_pa.policy.candidates.places import entries_of, listed, place_name
from besponsa_pa.policytest.attempts import Option
from besponsa_pa.policytest.entries import Change
from besponsa_pa.policytest.entry_values import entry_values
from besponsa_pa.policytest.positions import Positions
from besponsa_pa.types import ListOf
from besponsa_pa.values import UNKNOWN, Missing, TupleValue, Value

# as many single entries are put together with each other
MOST_SINGLES = 12


def fact_options(
    fact: FactDeclaration, own: Change, options: Iterable[Option], positions: Positions, *, is_wide: bool
) -> tuple[Option, ...]:
    """What may be said of a fact, what the case itself says first, each value once and no two told alike.

    Entries of lists have the fields that are read, and those that the case itself gives; no others. A wide choice
    has each entry that is worth trying with another value in each of its fields, and each two of them together.
    """
    kept = {*positions.fields, *(name for entry in _entries(own) for name in _known(entry))}
    tried = [replace(each, value=_with_fields(fact.name, each.value, kept)) for each in options]
    if is_wide:
        singles = _singles(tried)
        tried += [*_varied(fact, singles, positions), *_pairs(fact.name, singles)]
    says = next((each.says for each in tried if each.value == own), "as in the base")
    return tuple(_told_apart(_once([Option(own, says), *tried])))


def _entries(value: Change) -> tuple[Value, ...]:
    return entries_of(value)  # type: ignore[arg-type]


def _known(entry: Value) -> Mapping[str, Value]:
    """What is known of an entry, by its fields."""
    elements = entry.elements.items() if isinstance(entry, TupleValue) else ()
    return {name: value for name, value in elements if not isinstance(value, Missing)}


def _with_fields(fact: str, value: Change, fields: Collection[str]) -> Change:
    """A list whose entries have these fields only."""
    entries = _entries(value)
    if not any(isinstance(entry, TupleValue) for entry in entries):
        return value
    return listed(fact, (_with_fields_only(fact, entry, index, fields) for index, entry in enumerate(entries)))


def _with_fields_only(fact: str, entry: Value, index: int, fields: Collection[str]) -> Value:
    if not isinstance(entry, TupleValue):
        return entry
    return TupleValue({
        name: value if name in fields else Missing(frozenset([place_name(fact, index, name)]))
        for name, value in entry.elements.items()
    })  # fmt: skip


def _singles(options: Iterable[Option]) -> list[Value]:
    """The entries that are worth trying alone, a dozen of them, each once."""
    different: list[Value] = []
    for option in options:
        entries = _entries(option.value)
        if len(entries) == 1 and entries[0] not in different and not isinstance(entries[0], UNKNOWN):
            different.append(entries[0])
    return different[:MOST_SINGLES]


def _varied(fact: FactDeclaration, singles: Iterable[Value], positions: Positions) -> Iterator[Option]:
    """Lists of one entry with another of the values that a field may have, or none."""
    is_list = isinstance(fact.type, ListOf)
    values = tuple(entry_values(fact.type, positions.fields, positions.constants)) if is_list else ()  # type: ignore[arg-type]
    for each in values:
        for entry in singles:
            told = "not known" if isinstance(each.value, Missing) else f"`{plain_text(each.value)}`"
            varied = listed(fact.name, (each.put(entry),))
            yield Option(varied, f"with one entry alone, {f'{each.field} ' if each.field else ''}{told}")


def _pairs(fact: str, singles: Iterable[Value]) -> Iterator[Option]:
    """Lists of two entries that are worth trying alone."""
    for pair in combinations(singles, 2):
        yield Option(listed(fact, pair), "with two entries")


def _once(options: Iterable[Option]) -> list[Option]:
    kept: list[Option] = []
    for option in options:
        if all(type(option.value) is not type(each.value) or option.value != each.value for each in kept):
            kept.append(option)
    return kept


# --- words ---


def _told_apart(options: Sequence[Option]) -> Iterator[Option]:
    """The options, those that are told alike with what is different in them."""
    for option in options:
        alike = [each for each in options if each.says == option.says]
        different = list(_differences(option, alike)) if len(alike) > 1 else []
        yield replace(option, apart=f" ({', '.join(different)})" if different else "")


def _differences(option: Option, alike: Sequence[Option]) -> Iterator[str]:
    parts = [_parts(each.value) for each in alike]
    for place, text in _parts(option.value).items():
        if any(other.get(place) != text for other in parts):
            yield text


def _parts(value: Change) -> dict[tuple[int, str], str]:
    """What is known in a list, by its places."""
    found: dict[tuple[int, str], str] = {}
    for index, entry in enumerate(_entries(value)):
        if isinstance(entry, TupleValue):
            found |= {(index, name): f"{name} `{plain_text(part)}`" for name, part in _known(entry).items()}
        else:
            found[index, ""] = f"`{plain_text(entry)}`"
    return found
