"""Lists: membership, sets of elements, and picking elements out (CQL 1.5, List Operators).

Nulls are elements like any other here, and two of them are the same. What an operator says of a list whose elements
are not all sure holds for every list it may turn out to be: see `open_world`.
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
    same,
    size,
)
from besponsa_pa.expression.functions.table import Operator, Unknowns, overload
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

SECTION = "CQL 1.5, List Operators: "

# --- membership ---


def exists(value: Value) -> Truth:
    """Whether a list has an element that is not null; a null list has none."""
    return False if value is None else any_of(value, is_known)


def _in(element: Value, value: Value) -> Truth:
    return contains(value, element)


def _properly_contains(value: Value, element: Value) -> Truth:
    """There must be another element beside it, not only the same one twice.

    Null against a list is meant as a list against a list, which is null.
    """
    if value is None:
        return None if isinstance(element, tuple) else False
    if isinstance(value, Missing):
        return missing(facts_of(value, element))
    another = any_of(value, lambda one: compare.negation(same(one, element)))
    return compare.conjunction(contains(value, element), another)


def _properly_in(element: Value, value: Value) -> Truth:
    return _properly_contains(value, element)


def _includes(left: Value, right: Value) -> Truth:
    if left is None or right is None:
        return None
    require(left, right)
    return all_of(right, lambda one: contains(left, one))


def _included_in(left: Value, right: Value) -> Truth:
    return _includes(right, left)


def _properly_includes(left: Value, right: Value) -> Truth:
    if left is None or right is None:
        return None
    require(left, right)
    return compare.conjunction(_includes(left, right), larger(left, right))


def _properly_included_in(left: Value, right: Value) -> Truth:
    return _properly_includes(right, left)


# --- sets of elements ---


def distinct(value: Value) -> Value:
    """A list without duplicates, in the order of the first of each; null for null.

    Also what a query without `all` does to what it returns. Raises `Undecided` for a missing list.
    """
    return None if value is None else distinct_entries(originals(value))


def _union(left: Value, right: Value) -> Value:
    """A null list counts as empty."""
    require(left, right)
    return distinct_entries([entry for value in (left, right) if value is not None for entry in originals(value)])


def _intersect(left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    require(left, right)
    return _those(left, _membership(right))


def _except(left: Value, right: Value) -> Value:
    """A null list takes nothing away, nor does what compares as null; a missing list may take anything away."""
    if left is None:
        return None
    among = _membership(right)
    return _those(left, lambda one: True if (truth := among(one)) is None else compare.negation(truth))


def _membership(value: Value) -> Callable[[Value], Truth]:
    if isinstance(value, tuple) and all(map(is_simple, value)):
        simple = frozenset(value)
        return lambda one: one in simple if is_simple(one) else contains(value, one)
    return lambda one: contains(value, one)


def _those(value: Value, test: Callable[[Value], Truth]) -> Value:
    """The distinct elements for which a test holds."""
    return distinct_entries([kept for entry in originals(value) for kept in kept_if(test(entry.value), entry)])


def _flatten(value: Value) -> Value:
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


def _first(value: Value) -> Value:
    return None if value is None else _first_of(entries(value))


def _last(value: Value) -> Value:
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


def _at(value: Value, index: Value) -> Value:
    if value is None or index is None:
        return None
    position = _number(index, value)
    every = entries(value)
    if not 0 <= position < len(every):
        return None
    if all(entry.sure for entry in every[: position + 1]):
        return every[position].value
    return missing(facts_of(value))


def _character_at(text: Value, index: Value) -> Value:
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


def _index_of(value: Value, element: Value) -> Value:
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


def _singleton(value: Value) -> Value:
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


def _skip(value: Value, number: Value) -> Value:
    """All of the list when the number is null, nothing of it when it is negative."""
    if value is None or number is None:
        return value
    count = _number(number, value)
    return () if count < 0 else _by_place(value, lambda place: compare.less_or_equal(count, place))


def _tail(value: Value) -> Value:
    return _skip(value, 1)


def _take(value: Value, number: Value) -> Value:
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


# --- the table ---

OPERATORS: tuple[Operator, ...] = (
    Operator(
        name="Exists",
        syntax="exists {0}",
        doc="Whether the list has at least one element that is not null.",
        section=SECTION + "Exists",
        overloads=(overload("List<T> -> Boolean", exists),),
        examples=(
            ("exists {1, 2}", "true"),
            ("exists {null}", "false"),
            ("exists (null as List<Integer>)", "false"),
        ),
        unknowns=Unknowns.OWN,
        precedence="exists",
    ),
    Operator(
        name="In",
        syntax="{0} in {1}",
        doc="Whether the value is one of the elements of the list. Null is in a list that has a null.",
        section=SECTION + "In",
        overloads=(overload("T, List<T> -> Boolean", _in),),
        examples=(
            ("'failure' in {'failure', 'intolerance'}", "true"),
            ("3 in {1, 2, null}", "false"),
            ("null in {1, null}", "true"),
        ),
        unknowns=Unknowns.OWN,
        precedence="membership",
    ),
    Operator(
        name="Contains",
        syntax="{0} contains {1}",
        doc="Whether the list has the value among its elements: `in` with its sides exchanged.",
        section=SECTION + "Contains",
        overloads=(overload("List<T>, T -> Boolean", contains),),
        examples=(
            ("{'a', 'b'} contains 'a'", "true"),
            ("{null, 'b', 'c'} contains 'a'", "false"),
            ("{'a', 'b', null} contains null", "true"),
        ),
        unknowns=Unknowns.OWN,
        precedence="membership",
    ),
    Operator(
        name="ProperIn",
        syntax="{0} properly included in {1}",
        doc="Whether the value is one of the elements of the list and the list has another one beside it.",
        section=SECTION + "Properly Included In",
        overloads=(overload("T, List<T> -> Boolean", _properly_in),),
        examples=(
            ("'a' properly included in {'a', 'b'}", "true"),
            ("'a' properly included in {'a'}", "false"),
        ),
        unknowns=Unknowns.OWN,
        precedence="timing",
    ),
    Operator(
        name="ProperContains",
        syntax="{0} properly includes {1}",
        doc="Whether the list has the value among its elements and another one beside it.",
        section=SECTION + "Properly Includes",
        overloads=(overload("List<T>, T -> Boolean", _properly_contains),),
        examples=(
            ("{'a', 'b', null} properly includes 'a'", "true"),
            ("{'a'} properly includes 'a'", "false"),
        ),
        unknowns=Unknowns.OWN,
        precedence="timing",
    ),
    Operator(
        name="Includes",
        syntax="{0} includes {1}",
        doc="Whether the first list has every element of the second, or the one value given. Order does not matter.",
        section=SECTION + "Includes",
        overloads=(
            overload("List<T>, List<T> -> Boolean", _includes),
            overload("List<T>, T -> Boolean", contains),
        ),
        examples=(
            ("{1, 2, 3} includes {3, 1}", "true"),
            ("{1, 2, 3} includes {}", "true"),
            ("{1, 2, 3} includes {4}", "false"),
            ("{null} includes {null}", "true"),
        ),
        unknowns=Unknowns.OWN,
        precedence="timing",
    ),
    Operator(
        name="IncludedIn",
        syntax="{0} included in {1}",
        doc="Whether every element of the first list, or the one value given, is in the second list.",
        section=SECTION + "Included In",
        overloads=(
            overload("List<T>, List<T> -> Boolean", _included_in),
            overload("T, List<T> -> Boolean", _in),
        ),
        examples=(
            ("{2} included in {1, 2, 3}", "true"),
            ("{} included in {1, 2, 3}", "true"),
            ("{4} included in {1, 2, 3}", "false"),
        ),
        unknowns=Unknowns.OWN,
        precedence="timing",
    ),
    Operator(
        name="ProperIncludes",
        syntax="{0} properly includes {1}",
        doc="Whether the first list has every element of the second and is longer than it.",
        section=SECTION + "Properly Includes",
        overloads=(
            overload("List<T>, T -> Boolean", _properly_contains),
            overload("List<T>, List<T> -> Boolean", _properly_includes),
        ),
        examples=(
            ("{1, 2, 3} properly includes {1, 3}", "true"),
            ("{1, 2, 3} properly includes {1, 2, 3}", "false"),
            ("{} properly includes {}", "false"),
        ),
        unknowns=Unknowns.OWN,
        precedence="timing",
    ),
    Operator(
        name="ProperIncludedIn",
        syntax="{0} properly included in {1}",
        doc="Whether every element of the first list is in the second, and the second is longer.",
        section=SECTION + "Properly Included In",
        overloads=(
            overload("T, List<T> -> Boolean", _properly_in),
            overload("List<T>, List<T> -> Boolean", _properly_included_in),
        ),
        examples=(
            ("{} properly included in {1, 2, 3}", "true"),
            ("{null} properly included in {null}", "false"),
        ),
        unknowns=Unknowns.OWN,
        precedence="timing",
    ),
    Operator(
        name="Union",
        syntax="{0} union {1}",
        doc="The elements that are in either list, each once. A null list counts as empty.",
        section=SECTION + "Union",
        overloads=(overload("List<T>, List<T> -> List<T>", _union),),
        examples=(
            ("{1, 2, 3} union {2, 4}", "{1, 2, 3, 4}"),
            ("{1, 2} union {}", "{1, 2}"),
            ("{1, null} union {null}", "{1, null}"),
        ),
        unknowns=Unknowns.OWN,
        precedence="set",
    ),
    Operator(
        name="Intersect",
        syntax="{0} intersect {1}",
        doc="The elements that are in both lists, each once.",
        section=SECTION + "Intersect",
        overloads=(overload("List<T>, List<T> -> List<T>", _intersect),),
        examples=(
            ("{1, 2, 3, 4} intersect {3, 2}", "{2, 3}"),
            ("{} intersect {1}", "{}"),
            ("{null, 1} intersect {null, 2}", "{null}"),
        ),
        unknowns=Unknowns.OWN,
        precedence="set",
    ),
    Operator(
        name="Except",
        syntax="{0} except {1}",
        doc="The elements of the first list that are not in the second, each once. A null second list takes none away.",
        section=SECTION + "Except",
        overloads=(overload("List<T>, List<T> -> List<T>", _except),),
        examples=(
            ("{1, 2, 3, 4} except {2, 3}", "{1, 4}"),
            ("{1, 4} except null", "{1, 4}"),
            ("{1, null} except {null}", "{1}"),
        ),
        unknowns=Unknowns.OWN,
        precedence="set",
    ),
    Operator(
        name="Distinct",
        syntax="distinct {0}",
        doc="The list with each element once, in the order in which they first come.",
        section=SECTION + "Distinct",
        overloads=(overload("List<T> -> List<T>", distinct),),
        examples=(
            ("distinct {1, 2, 1}", "{1, 2}"),
            ("distinct {null, null}", "{null}"),
            ("distinct {}", "{}"),
        ),
        unknowns=Unknowns.OWN,
        precedence="set",
    ),
    Operator(
        name="Flatten",
        syntax="flatten {0}",
        doc="The elements of all the lists in a list, one after the other.",
        section=SECTION + "Flatten",
        overloads=(overload("List<List<T>> -> List<T>", _flatten),),
        examples=(
            ("flatten {{1, 2}, {2}}", "{1, 2, 2}"),
            ("flatten {{}, {}}", "{}"),
            ("flatten {{null}, {null}}", "{null, null}"),
        ),
        unknowns=Unknowns.OWN,
        precedence="set",
    ),
    Operator(
        name="First",
        syntax="First({0})",
        doc="The first element of the list; null when the list is empty.",
        section=SECTION + "First",
        overloads=(overload("List<T> -> T", _first),),
        examples=(("First({1, 2})", "1"), ("First({})", "null"), ("First({null, 1})", "null")),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="Last",
        syntax="Last({0})",
        doc="The last element of the list; null when the list is empty.",
        section=SECTION + "Last",
        overloads=(overload("List<T> -> T", _last),),
        examples=(("Last({1, 2})", "2"), ("Last({})", "null"), ("Last({1, null})", "null")),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="IndexOf",
        syntax="IndexOf({0}, {1})",
        doc="The place of the value in the list, counted from 0; -1 when it is not there.",
        section=SECTION + "IndexOf",
        overloads=(overload("List<T>, T -> Integer", _index_of),),
        examples=(
            ("IndexOf({1, 2}, 2)", "1"),
            ("IndexOf({1, 2}, 3)", "-1"),
            ("IndexOf({1, null}, null)", "null"),
        ),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="Indexer",
        syntax="{0}[{1}]",
        doc="The element of the list, or the character of the text, at a place counted from 0; null outside of it.",
        section=SECTION + "Indexer",
        overloads=(
            overload("List<T>, Integer -> T", _at),
            overload("String, Integer -> String", _character_at),
        ),
        examples=(("{1, 2}[1]", "2"), ("{1, 2}[2]", "null"), ("{1, 2}[-1]", "null"), ("'C91'[0]", "'C'")),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="SingletonFrom",
        syntax="singleton from {0}",
        doc="The only element of the list; null when it is empty, and an error when it has more than one.",
        section=SECTION + "Singleton From",
        overloads=(overload("List<T> -> T", _singleton),),
        examples=(("singleton from {1}", "1"), ("singleton from {}", "null"), ("singleton from {null}", "null")),
        unknowns=Unknowns.OWN,
        precedence="prefix",
    ),
    Operator(
        name="Skip",
        syntax="Skip({0}, {1})",
        doc="The list without its first elements, as many as the number says.",
        section=SECTION + "Skip",
        overloads=(overload("List<T>, Integer -> List<T>", _skip),),
        examples=(
            ("Skip({1, 2, 3}, 2)", "{3}"),
            ("Skip({1, 2, 3}, 5)", "{}"),
            ("Skip({1, 2, 3}, null as Integer)", "{1, 2, 3}"),
        ),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="Tail",
        syntax="Tail({0})",
        doc="The list without its first element.",
        section=SECTION + "Tail",
        overloads=(overload("List<T> -> List<T>", _tail),),
        examples=(("Tail({1, 2, 3})", "{2, 3}"), ("Tail({})", "{}")),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="Take",
        syntax="Take({0}, {1})",
        doc="The first elements of the list, as many as the number says.",
        section=SECTION + "Take",
        overloads=(overload("List<T>, Integer -> List<T>", _take),),
        examples=(
            ("Take({1, 2, 3}, 2)", "{1, 2}"),
            ("Take({1, 2}, 5)", "{1, 2}"),
            ("Take({1, 2, 3}, null as Integer)", "{}"),
        ),
        unknowns=Unknowns.OWN,
    ),
)
