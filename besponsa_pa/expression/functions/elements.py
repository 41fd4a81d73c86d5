"""What lists answer about their elements: membership, sets of them, and picking them out.

What is said of a list whose elements are not all sure holds for every list it may turn out to be: see `open_world`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from besponsa_pa.expression import compare
from besponsa_pa.expression.functions.open_world import (
    Entry,
    all_of,
    any_of,
    both_present,
    contains,
    distinct_entries,
    entries,
    is_known,
    is_simple,
    kept_if,
    larger,
    list_from,
    originals,
    require,
    require_few,
    same,
    size,
)
from besponsa_pa.values import (
    NO_FACTS,
    UNKNOWN,
    EvaluationError,
    Interval,
    Missing,
    Truth,
    TupleValue,
    Undecided,
    Value,
    facts_of,
    missing,
    uncertain,
)

# --- membership ---


def exists(value: Value) -> Truth:
    """Whether a list has an element that is not null; a null list has none."""
    return False if value is None else any_of(value, is_known)


def in_(element: Value, value: Value) -> Truth:
    """Whether an element is in a list; `contains` the other way round."""
    return contains(value, element)


def properly_contains(value: Value, element: Value) -> Truth:
    """There must be another element beside it, not only the same one twice.

    Null against a list is meant as a list against a list, which is null.
    """
    if value is None:
        return None if isinstance(element, tuple) else False
    if isinstance(value, Missing):
        return missing(facts_of(value, element))
    another = any_of(value, lambda one: compare.negation(same(one, element)))
    return compare.conjunction(contains(value, element), another)


def properly_in(element: Value, value: Value) -> Truth:
    """Whether an element is in a list that has others beside it."""
    return properly_contains(value, element)


def includes(left: Value, right: Value) -> Truth:
    """Whether the left list has every element of the right one."""
    if left is None or right is None:
        return None
    require(left, right)
    require_few(left, right)
    return all_of(right, lambda one: contains(left, one))


def included_in(left: Value, right: Value) -> Truth:
    """Whether the right list has every element of the left one."""
    return includes(right, left)


def properly_includes(left: Value, right: Value) -> Truth:
    """Whether the left list has every element of the right one, and more of them."""
    if left is None or right is None:
        return None
    require(left, right)
    return compare.conjunction(includes(left, right), larger(left, right))


def properly_included_in(left: Value, right: Value) -> Truth:
    """Whether the right list has every element of the left one, and more of them."""
    return properly_includes(right, left)


# --- sets of elements ---


def distinct(value: Value) -> Value:
    """A list without duplicates, in the order of the first of each; null for null.

    Also what a query without `all` does to what it returns. Raises `Undecided` for a missing list.
    """
    return None if value is None else distinct_entries(originals(value))


def union(left: Value, right: Value) -> Value:
    """A null list counts as empty."""
    require(left, right)
    return distinct_entries([entry for value in (left, right) if value is not None for entry in originals(value)])


def intersect(left: Value, right: Value) -> Value:
    """The elements that both lists have, each once."""
    if left is None or right is None:
        return None
    require(left, right)
    return _those(left, _membership(left, right))


def except_(left: Value, right: Value) -> Value:
    """A null list takes nothing away, nor does what compares as null; a missing list may take anything away."""
    if left is None:
        return None
    among = _membership(left, right)
    return _those(left, lambda one: True if (truth := among(one)) is None else compare.negation(truth))


def _membership(left: Value, value: Value) -> Callable[[Value], Truth]:
    if isinstance(value, tuple) and all(map(is_simple, value)):
        simple = frozenset(value)
        return lambda one: one in simple if is_simple(one) else contains(value, one)
    if value is not None and not isinstance(value, Missing):
        require_few(left, value)
    return lambda one: contains(value, one)


def _those(value: Value, test: Callable[[Value], Truth]) -> Value:
    """The distinct elements for which a test holds."""
    return distinct_entries([kept for entry in originals(value) for kept in kept_if(test(entry.value), entry)])


def flatten(value: Value) -> Value:
    """A null among the lists adds nothing; a missing one may add anything."""
    if value is None:
        return None
    flat: list[Entry] = []
    for entry in entries(value):
        if isinstance(entry.value, Missing):
            raise Undecided(missing(facts_of(value, entry.value)))
        inner = () if entry.value is None else entries(entry.value)
        flat.extend(
            Entry(one.value, one.sure and entry.sure, one.facts if entry.sure else one.facts | entry.facts)
            for one in inner
        )
    return list_from(flat)


# --- picking elements out ---


def first(value: Value) -> Value:
    """The first element, null for an empty list."""
    return None if value is None else _first_of(entries(value))


def last(value: Value) -> Value:
    """The last element, null for an empty list."""
    return None if value is None else _first_of(entries(value)[::-1])


def _first_of(every: Sequence[Entry]) -> Value:
    """The first entry that surely belongs, when those before it are no other; null when there is none at all."""
    candidates: list[Value] = []
    facts = NO_FACTS
    for entry in every:
        candidates.append(entry.value)
        facts |= entry.doubts
        if entry.sure:
            break
    else:
        candidates.append(None)
    first = candidates[0]
    if len(candidates) == 1:
        return first
    # what has parts may have unknown ones, which look alike and are not
    whole = not isinstance(first, (*UNKNOWN, Interval, TupleValue, tuple))
    alike = whole and all(type(one) is type(first) and one == first for one in candidates)
    return first if alike else missing(facts)


def at(value: Value, index: Value) -> Value:
    """The element at a place counted from 0, null where there is none."""
    if value is None or index is None:
        return None
    position = _number(index, value)
    every = entries(value)
    if not 0 <= position < len(every):
        return None
    if all(entry.sure for entry in every[: position + 1]):
        return every[position].value
    return missing(facts_of(value))


def character_at(text: Value, index: Value) -> Value:
    """The character at a place counted from 0, null where there is none."""
    if text is None or index is None:
        return None
    position = _number(index, text)
    if not isinstance(text, str):
        return missing(facts_of(text))
    return text[position] if 0 <= position < len(text) else None


def _number(number: Value, value: Value) -> int:
    """A count or position that has to be known before anything can be said about a value."""
    if isinstance(number, UNKNOWN) or isinstance(value, Missing):
        raise Undecided(missing(facts_of(number, value)))
    return number if isinstance(number, int) else 0


def index_of(value: Value, element: Value) -> Value:
    """The place of the first element that is equal, -1 where there is none."""
    if value is None or element is None:
        return None
    if isinstance(value, Missing) or isinstance(element, Missing):
        return missing(facts_of(value, element))
    least = most = 0
    truths: list[Truth] = []
    doubts = NO_FACTS
    for entry in entries(value):
        truth = both_present(entry, same(entry.value, element))
        truths.append(truth)
        if truth is True:
            break
        least += entry.sure
        most += 1
        doubts |= entry.facts
    found = compare.disjunction(*(truth for truth in truths if truth is not True))
    if found is not False:
        return missing(doubts | facts_of(found))
    return uncertain(least, most, doubts) if True in truths else -1


def singleton(value: Value) -> Value:
    """Raises `EvaluationError` when there is more than one element."""
    if value is None:
        return None
    every = entries(value)
    least, most = size(value)
    if least > 1:
        raise EvaluationError(f"`singleton from` needs a list of at most one element, found {least}")
    if least == most:
        return every[0].value if every else None
    return missing(facts_of(value))


def skip(value: Value, number: Value) -> Value:
    """All of the list when the number is null, nothing of it when it is negative."""
    if value is None or number is None:
        return value
    count = _number(number, value)
    return () if count < 0 else _by_place(value, lambda place: compare.less_or_equal(count, place))


def tail(value: Value) -> Value:
    """All elements but the first."""
    return skip(value, 1)


def take(value: Value, number: Value) -> Value:
    """Nothing of the list when the number is null or negative."""
    if value is None:
        return None
    require(value, number)
    count = 0 if number is None else _number(number, value)
    return _by_place(value, lambda place: compare.less(place, count))


def _by_place(value: Value, test: Callable[[Value], Truth]) -> Value:
    """The elements for whose place a test holds: after one that may not belong, a place is a range."""
    kept: list[Entry] = []
    least = 0
    doubts = NO_FACTS
    for most, entry in enumerate(entries(value)):
        kept.extend(kept_if(test(uncertain(least, most, doubts)), entry))
        least += entry.sure
        doubts |= entry.facts
    return list_from(kept)
