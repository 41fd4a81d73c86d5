"""A case of plain values read quickly: a line of Python for each fact, by its declared type, written once for a policy.

Only what is surely right is read here, in the form that programs give it: facts nested in their groups, evidence under
the names of the facts. Everything else is left to `case_from_mapping`, which is the one to say what a case means.

What is written for a group of facts, and for a list of entries that have parts:

    def read(given, into, index):               def read(given, into, index):
        if type(given) is not dict:                 if type(given) is not list or len(given) > 900:
            raise ValueError                            raise ValueError
        count = 0                                   for index, each in enumerate(given): ...
        if (value := given.get('cd22')) is not None:
            count += 1
            into['disease.cd22'] = choices_0[value]
        if count != len(given) and not given.keys() <= known:
            raise ValueError
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import TypeAlias

from besponsa_pa.case.model import Case, Evidence, JudgmentAnswer
from besponsa_pa.case.quick_values import (
    GIVES_UP,
    Place,
    Quick,
    date_from_value,
    quick_value,
    text_from_value,
    truth_from_value,
)
from besponsa_pa.case.reader import RESERVED
from besponsa_pa.case.statements import EVIDENCE_KEYS, JUDGMENT_KEYS
from besponsa_pa.document.composing import NODE_LIMIT
from besponsa_pa.facts import Facts, Grade
from besponsa_pa.records import maker
from besponsa_pa.source import Span
from besponsa_pa.types import ListOf, Simple, TupleOf, Type
from besponsa_pa.values import Date, Missing, TupleValue, Value, list_of

QuickReader: TypeAlias = Callable[[Mapping[str, object]], Case | None]
# Puts what is read of a value into the facts; the number is that of the entry of a list.
Reader: TypeAlias = Callable[[object, dict[str, Value], int], None]

NAME = "<case>"
_NO_SPANS: Mapping[str, Span] = {}
_GRADES: dict[object, Grade] = {grade.value: grade for grade in Grade}
# what a fact with its evidence, or a judgment, or a part of an entry can come to in values and keys
_MOST_NODES = 30
_LARGEST_NUMBER = 10**18

_new_case, _new_tuple = maker(Case), maker(TupleValue)


def quick_reader(facts: Facts, criteria: Collection[str] = ()) -> QuickReader:
    """A reader of cases as values of a program, for these facts and judgments.

    It returns None for a case that is not surely right: then `case_from_mapping` reads it, and says what is wrong. A
    case that it does return is the same, but for the places of the values, of which there are none.
    """
    spare = NODE_LIMIT - _MOST_NODES * (len(facts) + len(criteria) + 1)
    if spare < 0:
        return lambda _: None
    longest = spare // max(1, sum(_nodes(each.type) for each in facts.values()))
    read_facts = _group(_tree(facts), facts, longest, RESERVED)

    def read(data: Mapping[str, object]) -> Case | None:
        known: dict[str, Value] = {}
        try:
            read_facts(data, known, 0)
            evidence, judgments = data.get("evidence"), data.get("judgments")
            return _new_case(
                _identity(data.get("case")),
                _identity(data.get("policy")),
                known,
                {} if evidence is None else _evidence(evidence, facts),
                {} if judgments is None else _judgments(judgments, criteria),
                NAME,
                _NO_SPANS,
            )
        except GIVES_UP:
            return None

    return read


# --- facts ---

# The names of facts by the keys that lead to them.
_Tree: TypeAlias = "dict[str, str | _Tree]"


def _tree(facts: Facts) -> _Tree:
    """What stands below the name of a fact can only be named by its whole name, which is not read here."""
    tree: _Tree = {}
    for name in sorted(filter(str.isprintable, facts)):  # a fact comes before those that its name is a group of
        *groups, last = name.split(".")
        place: str | _Tree = tree
        for group in groups:
            place = place.setdefault(group, {}) if isinstance(place, dict) else place
        if isinstance(place, dict):
            place[last] = name
    return {key: each for key, each in tree.items() if key not in RESERVED}


def _group(tree: _Tree, facts: Facts, longest: int, others: tuple[str, ...] = ()) -> Reader:
    """The reader of a group of facts, in which `others` are passed over."""
    names: dict[str, object] = {"known": frozenset((*tree, *others))}
    lines = ["if type(given) is not dict:", " raise ValueError", "count = 0"]
    for number, (key, below) in enumerate(tree.items()):
        lines += [f"if (value := given.get({key!r})) is not None:", " count += 1"]
        if isinstance(below, dict):
            names[f"read_{number}"] = _group(below, facts, longest)
            lines.append(f" read_{number}(value, into, index)")
        else:
            lines += _value(below, facts[below].type, longest, number, names)
    for key in others:
        lines += [f"if {key!r} in given:", " count += 1"]
    return _function([*lines, *_REST], names)


_REST = ("if count != len(given) and not given.keys() <= known:", " raise ValueError")


def _value(name: str, kind: Type, longest: int, number: int, names: dict[str, object]) -> Iterator[str]:
    if isinstance(kind, Simple):
        yield f" into[{name!r}] = {_expression(quick_value(kind, _fixed(name)), number, names)}"
    else:
        names[f"read_{number}"] = _list(name, kind, longest)
        yield f" read_{number}(value, into, index)"


def _expression(quick: Quick | None, number: int, names: dict[str, object]) -> str:
    """The Python that makes a value of `value`, or raises one of `GIVES_UP`."""
    if quick is None:
        return "given[None]"
    if quick.choices is not None:
        names[f"choices_{number}"] = quick.choices
        return f"choices_{number}[value]"
    names[f"value_{number}"] = quick.read
    read = f"value_{number}(value, index)"
    return f"value if {quick.test} else {read}" if quick.test else read


def _function(lines: list[str], names: dict[str, object]) -> Reader:
    names["Decimal"] = Decimal
    exec("def read(given, into, index):\n " + "\n ".join(lines), names)  # noqa: S102 - names of facts, as texts
    return names["read"]  # type: ignore[return-value]


# --- lists ---


def _list(name: str, kind: Type, longest: int) -> Reader:
    match kind:
        case ListOf(TupleOf() as element):
            read_entry = _entry(name, element)
        case ListOf(Simple() as element):
            return _list_of_values(name, element, longest)
        case _:
            return _refuse

    def read(value: object, into: dict[str, Value], _: int) -> None:
        if type(value) is not list or len(value) > longest:
            raise ValueError
        found: list[Value] = []
        for index, given in enumerate(value):
            parts: dict[str, Value] = {}
            read_entry(given, parts, index)
            found.append(_new_tuple(parts))
        into[name] = tuple(found)

    return read


def _entry(name: str, kind: TupleOf) -> Reader:
    """The reader of an entry with every part that its type declares; those that are not given are `Missing`."""
    names: dict[str, object] = {"known": frozenset(part for part, _ in kind.elements if part.isprintable())}
    lines = ["if type(given) is not dict:", " raise ValueError", "count = 0"]
    for number, (part, each) in enumerate(kind.elements):
        place = _within(name, f".{part}")
        quick = quick_value(each, place) if isinstance(each, Simple) and part.isprintable() else None
        names[f"missing_{number}"] = _missing(place)
        lines += [
            f"if (value := given.get({part!r})) is not None:",
            " count += 1",
            f" into[{part!r}] = {_expression(quick, number, names)}",
            "else:",
            f" into[{part!r}] = missing_{number}(index)",
        ]
    return _function([*lines, *_REST], names)


def _missing(place: Place) -> Callable[[int], Value]:
    """What is not known of an entry, by its number: the same in all cases."""
    return cache(lambda index: Missing(frozenset((place(index),))))


def _list_of_values(name: str, element: Simple, longest: int) -> Reader:
    names: dict[str, object] = {}
    line = f"into[''] = {_expression(quick_value(element, _within(name, '')), 0, names)}"
    read_element = _function(["value = given", line], names)

    def read(value: object, into: dict[str, Value], _: int) -> None:
        if type(value) is not list or len(value) > longest:
            raise ValueError
        found: list[tuple[Value, bool]] = []
        part: dict[str, Value] = {}
        for index, given in enumerate(value):
            read_element(given, part, index)
            found.append((part[""], True))
        into[name] = list_of(found)

    return read


def _refuse(_: object, __: dict[str, Value], ___: int) -> None:
    raise ValueError


def _fixed(place: str) -> Place:
    return lambda _: place


def _within(name: str, part: str) -> Place:
    return lambda index: f"{name}[{index}]{part}"


def _nodes(kind: Type) -> int:
    """How many values and keys an entry of a list can come to."""
    match kind:
        case ListOf(TupleOf(elements)):
            return 1 + len(elements) * _MOST_NODES
        case ListOf():
            return _MOST_NODES
        case _:
            return 0


# --- what a case says of itself and of its facts ---


def _identity(value: object) -> str | None:
    if value is None:
        return None
    if type(value) is int and 0 <= value < _LARGEST_NUMBER:
        return str(value)
    return text_from_value(value)


def _evidence(given: object, facts: Facts) -> dict[str, Evidence]:
    return {
        name: Evidence(_GRADES[stated["kind"]], _text(stated, "source"), _date(stated), _text(stated, "by"))
        for name, stated in _statements(given, facts, EVIDENCE_KEYS)
    }


def _judgments(given: object, criteria: Collection[str]) -> dict[str, JudgmentAnswer]:
    return {
        name: JudgmentAnswer(truth_from_value(stated["met"]), _text(stated, "by"), _date(stated))
        for name, stated in _statements(given, criteria, JUDGMENT_KEYS)
    }


def _statements(
    given: object, known: Collection[str], keys: Collection[str]
) -> Iterator[tuple[str, dict[str, object]]]:
    """What is stated by known names, each with keys of its own; what is null says nothing."""
    if type(given) is not dict:
        raise ValueError
    for name, stated in given.items():
        if name not in known or (stated is not None and not _has_only(stated, keys)):
            raise ValueError
        if stated is not None:
            yield name, stated


def _has_only(stated: object, keys: Collection[str]) -> bool:
    return type(stated) is dict and all(key in keys for key in stated)


def _text(stated: dict[str, object], key: str) -> str | None:
    value = stated.get(key)
    return None if value is None else text_from_value(value)


def _date(stated: dict[str, object]) -> Date | None:
    value = stated.get("date")
    return None if value is None else date_from_value(value)
