"""Lists of which not every element is sure, and what can be said of them all the same.

A list is a tuple, or an `UncertainList`: some elements may not belong, some are not known. Each function here answers
so that the answer holds for every list it may turn out to be, or is `Missing` with the facts that would tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from besponsa_pa.expression import compare
from besponsa_pa.records import dataclass, replace
from besponsa_pa.values import (
    NO_FACTS,
    Date,
    EvaluationError,
    Missing,
    Truth,
    Uncertain,
    UncertainList,
    Undecided,
    Value,
    facts_of,
    list_of,
    missing,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An element of a list, whether it surely belongs, and the facts that would tell where it does not."""

    value: Value
    sure: bool = True
    facts: frozenset[str] = NO_FACTS

    @property
    def doubts(self) -> frozenset[str]:
        """The facts that would tell whether it belongs and what it is."""
        return self.facts | facts_of(self.value)


def entries(value: Value) -> tuple[Entry, ...]:
    """The elements of a list. Raises `Undecided` when the list itself is missing."""
    match value:
        case Missing():
            raise Undecided(value)
        case UncertainList(elements, facts):
            return tuple(Entry(one, sure, NO_FACTS if sure else facts) for one, sure in elements)
        case tuple():
            return tuple(map(Entry, value))
        case _:
            raise TypeError(value)


def originals(value: Value) -> tuple[Entry, ...]:
    """The elements of a list, before duplicates were dropped where that says more. Raises `Undecided` likewise."""
    if isinstance(value, UncertainList) and value.originals is not None:
        value = replace(value, elements=value.originals, originals=None)
    return entries(value)


def list_from(kept: Iterable[Entry]) -> Value:
    """The list of some entries: a plain one where all of them are sure and known."""
    kept = tuple(kept)
    return list_of(((entry.value, entry.sure) for entry in kept), NO_FACTS.union(*(entry.facts for entry in kept)))


def require(*arguments: Value) -> None:
    """Raise `Undecided`, with the facts of all the arguments, when any of them is missing altogether."""
    if any(isinstance(argument, Missing) for argument in arguments):
        raise Undecided(missing(facts_of(*arguments)))


# --- truths about the elements ---


def both_present(entry: Entry, truth: Truth) -> Truth:
    """Whether an entry belongs and a truth about it holds."""
    if entry.sure or truth is False:
        return truth
    return missing(entry.facts | facts_of(truth))


def kept_if(truth: Truth, entry: Entry) -> tuple[Entry, ...]:
    """An entry as a filter leaves it: as it is, perhaps belonging, or not at all where the truth is false or null."""
    if truth is True:
        return (entry,)
    perhaps = isinstance(truth, Missing)
    return (Entry(entry.value, sure=False, facts=entry.facts | facts_of(truth)),) if perhaps else ()


def any_of(value: Value, test: Callable[[Value], Truth]) -> Truth:
    """Whether a test holds for any element: an element that may not belong only makes it possible.

    Duplicates make no difference, so a list that has lost them is asked as it was before.
    """
    return compare.disjunction(*(both_present(entry, test(entry.value)) for entry in originals(value)))


def all_of(value: Value, test: Callable[[Value], Truth]) -> Truth:
    """Whether a test holds for every element: an element that may not belong only makes a failure possible."""
    return compare.negation(any_of(value, lambda one: compare.negation(test(one))))


def is_known(value: Value) -> Truth:
    """Whether an element is not null. One that is missing may turn out null, such as `1 / T.count`."""
    return value if isinstance(value, Missing) else value is not None


def same(left: Value, right: Value) -> Truth:
    """Equality between elements: that of `=`, except that two nulls are the same (CQL 1.5, List Operators)."""
    if left is not None and right is not None:
        return compare.equal(left, right)
    other = left if right is None else right
    return other if isinstance(other, Missing) else other is None


def contains(value: Value, element: Value) -> Truth:
    """Whether a list has an element; a null list has none."""
    if value is None:
        return False
    if isinstance(value, Missing):
        return missing(facts_of(value, element))
    if isinstance(value, tuple) and isinstance(element, str):  # known texts: Python decides as `same` would
        return element in value
    return any_of(value, lambda one: same(one, element))


# --- sizes ---


def size(value: Value) -> tuple[int, int]:
    """How many elements a list has at least and at most, nulls and all."""
    every = entries(value)
    return sum(entry.sure for entry in every), len(every)


def larger(left: Value, right: Value) -> Truth:
    """Whether the left list has more elements than the right one."""
    (least, most), (other_least, other_most) = size(left), size(right)
    if least > other_most:
        return True
    if most <= other_least:
        return False
    return missing(NO_FACTS.union(*(entry.facts for entry in (*entries(left), *entries(right)))))


# --- duplicates ---


def is_simple(value: Value) -> bool:
    """Whether Python's own equality decides for a value, so that sets may be used."""
    if isinstance(value, Date):
        return value.day is not None
    return value is None or isinstance(value, (str, int, Decimal))


# In a longer list with elements that may be the same, each against each takes too long: the whole is then missing.
MOST_DOUBTED = 60
# Nor are more than these, where Python's own equality does not decide.
MOST_COMPARED = 500


def require_few(left: Value, right: Value) -> None:
    """Raise `EvaluationError` where two lists are too long to hold each element of one against each of the other."""
    if len(entries(left)) * len(entries(right)) > MOST_COMPARED**2:
        raise EvaluationError("two lists are too long to hold each element of one against each of the other")


def distinct_entries(every: Sequence[Entry]) -> Value:
    """The list without what is the same as an element before it.

    An element that is perhaps the same as one before it, or the same as one that perhaps does not belong, perhaps
    stays. `counts` and `originals` then keep what the single elements cannot say: that of those two, one does.
    """
    if all(entry.sure and is_simple(entry.value) for entry in every):
        return tuple(dict.fromkeys(entry.value for entry in every))
    if len(every) > MOST_COMPARED:
        raise EvaluationError(f"more than {MOST_COMPARED} elements are not held each against each")
    first: list[Entry] = []
    kept: list[Entry] = []
    doubted = False
    for entry in every:
        seen = compare.disjunction(*(both_present(earlier, same(earlier.value, entry.value)) for earlier in first))
        if seen is True:
            continue
        first.append(entry)
        kept.extend(kept_if(seen if isinstance(seen, Missing) else True, entry))
        doubted = doubted or isinstance(seen, Missing)
        if doubted and len(first) > MOST_DOUBTED:
            raise Undecided(missing(NO_FACTS.union(*(one.doubts for one in every))))
    result = list_from(kept)
    if not doubted or not isinstance(result, UncertainList):
        return result
    return replace(result, counts=_distinct_counts(first), originals=tuple((one.value, one.sure) for one in first))


def _distinct_counts(first: Sequence[Entry]) -> tuple[int, int]:
    """How many elements that are not null a list has at least and at most once its duplicates are gone."""
    different: list[Entry] = []
    groups: list[Entry] = []
    for entry in first:
        if entry.value is None:
            continue
        truths = [same(earlier.value, entry.value) for earlier in different]
        surely_there = entry.sure and not isinstance(entry.value, Missing)
        if surely_there and not any(truth is True or isinstance(truth, Missing) for truth in truths):
            different.append(entry)
        if not any(same(earlier.value, entry.value) is True for earlier in groups):
            groups.append(entry)
    return len(different), len(groups)


# --- bounds ---


def low(value: Value) -> Value:
    """The least that a value may be."""
    return value.low if isinstance(value, Uncertain) else value


def high(value: Value) -> Value:
    """The most that a value may be."""
    return value.high if isinstance(value, Uncertain) else value
