"""Every list that an uncertain one may turn out to be, and whether an answer holds for all of them.

What is not known of an argument is a variable, named by its fact: an element that may not belong is there or not
(`a[0]?`), a missing one takes each value of a small domain (`a[0]`), null too. A world gives every variable a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product

from besponsa_pa.values import (
    EvaluationError,
    Missing,
    TupleValue,
    Uncertain,
    UncertainList,
    Undecided,
    Value,
    list_of,
)

FAILED = "the operator fails"
World = Mapping[str, object]


def open_list(label: str, elements: Sequence[tuple[Value, bool]]) -> Value:
    """The list of elements and whether they surely belong; unknown ones take the facts that their place names."""
    placed = [(_place(value, f"{label}[{i}]"), sure) for i, (value, sure) in enumerate(elements)]
    doubtful = frozenset(f"{label}[{i}]?" for i, (_, sure) in enumerate(elements) if not sure)
    return list_of(placed, doubtful)


def _place(value: Value, place: str) -> Value:
    match value:
        case Missing():
            return Missing(frozenset([place]))
        case Uncertain(low, high):
            return Uncertain(low, high, frozenset([place]))
        case TupleValue(elements):
            return TupleValue({name: _place(one, f"{place}.{name}") for name, one in elements.items()})
        case _:
            return value


def answer(run: Callable[..., object], *arguments: Value) -> object:
    """What the dispatcher makes of a call."""
    try:
        return run(*arguments)
    except Undecided as undecided:
        return undecided.value
    except EvaluationError:
        return FAILED


def worlds(domain: Sequence[Value], **arguments: Value) -> Iterator[tuple[World, list[Value]]]:
    """Each world with what the arguments are in it; a missing argument is each of the domain, null too."""
    variables = {name: choices for label, value in arguments.items() for name, choices in _open(value, label, domain)}
    for chosen in product(*variables.values()):
        world = dict(zip(variables, chosen, strict=True))
        yield world, [_in_world(value, label, world) for label, value in arguments.items()]


def _open(value: Value, label: str, domain: Sequence[Value]) -> Iterator[tuple[str, Sequence[object]]]:
    match value:
        case Missing(facts):
            yield next(iter(facts)), (None, *domain)
        case Uncertain(int() as low, int() as high, facts):
            yield next(iter(facts)), range(low, high + 1)
        case TupleValue(elements):
            for one in elements.values():
                yield from ((name, choices[1:]) for name, choices in _open(one, label, domain))  # a fact is not null
        case tuple():
            for one in value:
                yield from _open(one, label, domain)
        case UncertainList(elements):
            for i, (one, sure) in enumerate(elements):
                if not sure:
                    yield f"{label}[{i}]?", (True, False)
                yield from _open(one, label, domain)


def _in_world(value: Value, label: str, world: World) -> Value:
    match value:
        case Missing(facts) | Uncertain(facts=facts):
            return world[next(iter(facts))]  # type: ignore[return-value]
        case TupleValue(elements):
            return TupleValue({name: _in_world(one, label, world) for name, one in elements.items()})
        case tuple():
            return tuple(_in_world(one, label, world) for one in value)
        case UncertainList(elements):
            there = (one for i, (one, sure) in enumerate(elements) if sure or world[f"{label}[{i}]?"])
            return tuple(_in_world(one, label, world) for one in there)
        case _:
            return value


def covers(said: object, true: object) -> bool:
    """Whether what was said of a value allows what it truly is."""
    match said:
        case Missing():
            return True
        case Uncertain(low, high):
            return true is not None and low <= true <= high  # type: ignore[operator]
        case UncertainList(elements, _, counts):
            known = sum(one is not None for one in true)  # type: ignore[attr-defined]
            return _is_selection(elements, true) and (counts is None or counts[0] <= known <= counts[1])  # type: ignore[arg-type]
        case TupleValue(elements):
            return isinstance(true, TupleValue) and all(covers(v, true.elements[k]) for k, v in elements.items())
        case tuple():
            return isinstance(true, tuple) and len(said) == len(true) and all(map(covers, said, true))
        case _:
            return type(said) is type(true) and said == true


def _is_selection(elements: Sequence[tuple[Value, bool]], true: Sequence[object]) -> bool:
    if not elements:
        return not true
    (value, sure), *rest = elements
    taken = bool(true) and covers(value, true[0]) and _is_selection(rest, true[1:])
    return taken or (not sure and _is_selection(rest, true))


def named(said: object) -> frozenset[str]:
    """The facts that an answer names, at any depth."""
    match said:
        case Missing(facts) | Uncertain(facts=facts):
            return facts
        case UncertainList(elements, facts):
            return facts.union(*(named(one) for one, _ in elements))
        case TupleValue(elements):
            return frozenset().union(*map(named, elements.values()))
        case tuple():
            return frozenset().union(*map(named, said))
        case _:
            return frozenset()


def check(run: Callable[..., object], domain: Sequence[Value], **arguments: Value) -> None:
    """Fail unless the answer holds in every world and names each fact that makes a difference in one.

    The parts of a tuple that is picked out are asked for when they are looked at, not before.
    """
    said = answer(run, *arguments.values())
    truths = {tuple(world.items()): answer(run, *known) for world, known in worlds(domain, **arguments)}
    for world, true in truths.items():
        assert covers(said, true), (arguments, said, dict(world), true)
    for fact in _facts_that_matter(truths):
        if "." in fact and isinstance(said, Missing) and _picks(truths.values()):
            continue
        assert fact in named(said), (arguments, said, fact)


def _picks(truths: Iterable[object]) -> bool:
    return any(isinstance(true, TupleValue) for true in truths)


def _facts_that_matter(truths: Mapping[tuple[tuple[str, object], ...], object]) -> set[str]:
    matter: set[str] = set()
    names = [name for name, _ in next(iter(truths))]
    for position, fact in enumerate(names):
        seen: dict[object, object] = {}
        for world, true in truths.items():
            others = (*world[:position], *world[position + 1 :])
            if seen.setdefault(others, true) != true:
                matter.add(fact)
    return matter


UNKNOWN = Missing(frozenset({"its place"}))  # `open_list` says which
