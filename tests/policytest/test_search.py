"""The search near a base: the fewest changes, the whole space where it says so, and never more than it may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from besponsa_pa.case import Case
from besponsa_pa.policytest.attempts import Attempt, Option, Variable
from besponsa_pa.policytest.constraints import Constraint, always, goal
from besponsa_pa.policytest.search import Space

BASE = Case("base", None, {}, {}, {}, "", {})
Table = Mapping[str, int]


def space(sizes: Mapping[str, int]) -> Space:
    """Facts whose values are numbers from 0, which is that of the base."""
    base = Case("base", None, dict.fromkeys(sizes, 0), {}, {}, "", {})
    variables = {
        name: Variable(name, tuple(Option(value, str(value)) for value in range(size))) for name, size in sizes.items()
    }
    return Space(base, variables)


def among(names: Sequence[str], allowed: set[tuple[int, ...]]) -> Constraint:
    """The values of some facts are among these."""

    def holds(attempt: Attempt) -> bool:
        return tuple(attempt.case.facts[name] for name in names) in allowed

    def may_hold(attempt: Attempt) -> bool:
        known = [attempt.case.facts.get(name) for name in names]
        return any(all(one is None or one == other for one, other in zip(known, each, strict=True)) for each in allowed)

    return Constraint(tuple(names), holds, may_hold)


def test_nothing_is_changed_where_the_base_has_all_that_is_wanted() -> None:
    found = space({"a": 3}).find([among("a", {(0,)})], 10)
    assert found.changes == {}
    assert found.tried == 1


def test_the_fewest_changes_are_found_though_others_come_first() -> None:
    wanted = [among("ab", {(1, 1), (0, 2)}), among("c", {(0,)})]
    found = space({"a": 3, "b": 3, "c": 3}).find(wanted, 100).changes
    assert found is not None
    assert {name: option.value for name, option in found.items()} == {"b": 2}


def test_a_fixed_change_stays_and_is_not_counted() -> None:
    found = space({"a": 3, "b": 3}).find([among("ab", {(2, 1), (1, 0)})], 100, {"a": Option(2, "2")}).changes
    assert found is not None
    assert {name: option.value for name, option in found.items()} == {"a": 2, "b": 1}


def test_what_cannot_be_is_told_from_what_was_not_found() -> None:
    names = "abcdef"
    never = goal(names, lambda _: False)
    sizes = dict.fromkeys(names, 3)
    assert space({"a": 3, "b": 3}).find([goal("ab", lambda _: False)], 1000).is_exhaustive
    cut = space(sizes).find([never], 50)
    assert not cut.is_exhaustive
    assert cut.tried == 50


def test_with_at_most_so_many_changes_no_more_are_made() -> None:
    wanted = [among("ab", {(1, 1)})]
    assert space({"a": 2, "b": 2}).find(wanted, 100, most=1).changes is None
    assert space({"a": 2, "b": 2}).find(wanted, 100, most=2).changes is not None


def test_many_changes_are_found_without_going_through_all_combinations() -> None:
    names = [f"f{number}" for number in range(60)]
    wanted = [among([name], {(4,)}) for name in names]
    found = space(dict.fromkeys(names, 5)).find(wanted, 1000)
    assert found.changes is not None
    assert len(found.changes) == 60


def test_changes_that_turn_out_not_to_be_needed_are_taken_back() -> None:
    """With any number of changes the first way that works is taken, and what is idle in it left out."""
    names = [f"f{number}" for number in range(6)]
    first = [among(names[:2], {(1, 1), (2, 2), (0, 3)}), *(among([name], {(1,)}) for name in names[2:])]
    found = space(dict.fromkeys(names, 4)).find([*first, goal((), lambda _: True)], 500)
    assert found.changes is not None
    for name in found.changes:
        fewer = {key: option for key, option in found.changes.items() if key != name}
        attempt = space(dict.fromkeys(names, 4)).attempt(fewer)
        assert not all(each.holds(attempt) for each in first), name


@st.composite
def problems(draw: st.DrawFn) -> tuple[dict[str, int], list[tuple[str, set[tuple[int, ...]]]]]:
    """Up to five facts, and tables that say which of their values go together."""
    names = "abcde"[: draw(st.integers(1, 5))]
    sizes = {name: draw(st.integers(1, 3)) for name in names}
    tables = []
    for _ in range(draw(st.integers(1, 5))):
        read = "".join(draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)))
        rows = list(product(*(range(sizes[name]) for name in read)))
        tables.append((read, draw(st.sets(st.sampled_from(rows), max_size=len(rows)))))
    return sizes, tables


@settings(max_examples=300)
@given(problems(), st.booleans())
def test_what_is_found_is_as_little_as_can_be_and_nothing_is_passed_over(
    problem: tuple[dict[str, int], list[tuple[str, set[tuple[int, ...]]]]], last_is_tried_out: bool
) -> None:
    sizes, tables = problem
    wanted = [among(names, rows) for names, rows in tables]
    if last_is_tried_out:  # the last one says nothing of what would make it hold
        last = wanted[-1]
        wanted[-1] = goal(last.variables, last.holds)
    found = space(sizes).find(wanted, 100_000)
    fits = [
        sum(value != 0 for value in values)
        for values in product(*(range(size) for size in sizes.values()))
        if all(tuple(dict(zip(sizes, values, strict=True))[name] for name in names) in rows for names, rows in tables)
    ]
    assert (found.changes is not None) == bool(fits)
    assert found.is_exhaustive
    if found.changes is not None and min(fits) < 4:
        assert len(found.changes) == min(fits)


def test_always_is_what_says_nothing() -> None:
    assert always(Attempt(BASE))
