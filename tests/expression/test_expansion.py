"""Intervals cut into pieces and put together: what is unknown, empty, too much, and what a day by day count says."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.environment import Environment
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure
from besponsa_pa.expression.functions.expansion import MAXIMUM_PIECES
from besponsa_pa.expression.parser import parse
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.source import Excerpt
from besponsa_pa.types import DATE, INTEGER, ListOf
from besponsa_pa.values import Date, Missing, Value, from_fact

ENVIRONMENT = Environment(facts={"begin": DATE, "number": INTEGER, "dates": ListOf(DATE)})


def value_of(text: str, facts: dict[str, Value] | None = None) -> Value:
    diagnostics = Diagnostics()
    tree = parse(Excerpt.whole(text), diagnostics)
    assert tree is not None, [each.message for each in diagnostics]
    node = Checker(ENVIRONMENT, diagnostics).check(tree)
    assert not diagnostics.has_errors, [each.message for each in diagnostics]
    return evaluator(node)(facts or {})


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("expand null", "null"),
        ("expand {}", "{}"),
        ("expand {null, null}", "{}"),
        ("expand Interval[1, 4] per null", "{1, 2, 3, 4}"),
        ("expand Interval[1, null)", "{}"),
        ("expand Interval(null, 4] per 2", "{}"),
        ("expand Interval[5, 5] per 2", "{}"),
        ("expand {Interval[1, 2], null, Interval[2, 3]}", "{Interval[1, 1], Interval[2, 2], Interval[3, 3]}"),
        ("expand Interval[2147483646, 2147483647]", "{2147483646, 2147483647}"),
        ("expand Interval[9223372036854775806L, 9223372036854775807L]", "{9223372036854775806L, 9223372036854775807L}"),
        ("expand Interval[1.5, 3.0] per 0.5", "{1.5, 2.0, 2.5}"),
        ("expand Interval[-2.5, 0.0] per 1", "{-2.0, -1.0, 0.0}"),
        ("expand Interval[1.0, 1.3)", "{1.0, 1.1, 1.2}"),
        ("expand Interval[1 'g', 2 'g'] per 500 'mg'", "{1000 'mg', 1500 'mg'}"),
        ("expand Interval[@2024-01-15, @2024-02-15] per month", "{@2024-01, @2024-02}"),
        ("expand Interval[@2024-02, @2024-03] per day", "{}"),
        ("expand Interval[@2024-02-20, @2024-03-10] per 1 'wk'", "{@2024-02-20, @2024-02-27}"),
        ("expand Interval[@9999-12-30, @9999-12-31]", "{@9999-12-30, @9999-12-31}"),
        ("expand Interval[@9999-12-30, @9999-12-31] per 3 days", "{}"),
        ("expand Interval[@T22:30, @T23:59] per 30 minutes", "{@T22:30, @T23:00, @T23:30}"),
        ("expand Interval[@T23, @T23] per 2 hours", "{}"),
        ("expand Interval[@2024-01-01T22:00-05:00, @2024-01-01T23:59-05:00] per hour",
         "{@2024-01-01T22-05:00, @2024-01-01T23-05:00}"),
        ("collapse {Interval[@2024-01-01, @2024-01-31], Interval[@2024-02-10, @2024-02-20]} per month",
         "{Interval[@2024-01-01, @2024-02-20]}"),
        ("collapse {Interval[@2024-01-01, @2024-01-31], Interval[@2024-02-10, @2024-02-20]} per null",
         "{Interval[@2024-01-01, @2024-01-31], Interval[@2024-02-10, @2024-02-20]}"),
        ("collapse {} per day", "{}"),
    ],
)  # fmt: skip
def test_an_interval_is_cut_into_pieces_that_it_holds_wholly(text: str, result: str) -> None:
    assert text_of(value_of(text)) == result


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("expand Interval[1, null]", f"`expand` would make more than {MAXIMUM_PIECES} pieces of this"),
        ("expand {Interval[1, 9999], Interval[20000, 20001]}", f"`expand` would make more than {MAXIMUM_PIECES} "),
        ("expand Interval[0.0, 1.0] per 0.00000001", "`expand` would make more than"),
        ("expand Interval[1, 2] per 0", "`expand` goes forwards, not per 0"),
        ("expand Interval[@2024-01-01, @2024-02-01] per -1 day", "`expand` goes forwards, not per -1 day"),
        ("expand Interval[@2024-01-01, @2024-02-01] per 1.5 days", "`expand` goes by whole units, not per 1.5 days"),
        ("collapse {Interval[@2024-01-01, @2024-01-02]} per 2 days",
         "`collapse` joins per one year, month, day ... and not per 2 days"),
    ],
)  # fmt: skip
def test_what_cannot_be_cut_is_a_failure(text: str, message: str) -> None:
    text = text.replace("per -1 day", "per (-(1 day))")
    with pytest.raises(Failure) as failure:
        value_of(text)
    assert failure.value.message.startswith(message)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("expand Interval[1, 9] per day", "E207"),
        ("expand Interval['a', 'c']", "E207"),
        ("expand Interval[@2024-01-01, @2024-02-01] per 1", "E207"),
        ("expand Interval[@2024-01-01, @2024-02-01] per 1 'mg'", "E208"),
        ("expand {Interval[@2024-01-01, @2024-02-01]} per hour", "E208"),
        ("expand Interval[@2024-01-01, @2024-02-01] per 1 'mo'", "E208"),
        ("expand Interval[1 'g', 2 'g'] per 1 'cm'", "E208"),
        ("collapse {Interval[1, 2]} per 3", "E207"),
        ("collapse {Interval[@T10, @T11]} per day", "E208"),
    ],
)
def test_a_step_that_does_not_fit_is_refused_when_it_is_loaded(text: str, code: str) -> None:
    diagnostics = Diagnostics()
    tree = parse(Excerpt.whole(text), diagnostics)
    assert tree is not None
    Checker(ENVIRONMENT, diagnostics).check(tree)
    assert [each.code for each in diagnostics] == [code]


def test_just_as_many_pieces_as_there_may_be_are_made() -> None:
    pieces = value_of(f"expand Interval[1, {MAXIMUM_PIECES}]")
    assert isinstance(pieces, tuple)
    assert len(pieces) == MAXIMUM_PIECES


@pytest.mark.parametrize(
    ("text", "facts", "missing"),
    [
        ("expand Interval[begin, @2026-11-20]", {}, {"begin"}),
        ("expand Interval[begin, @2026-11-20]", {"begin": from_fact(Date(2026), "begin")}, {"begin"}),
        ("expand {Interval[@2026-01-01, @2026-01-02], Interval[begin, @2026-11-20]}", {}, {"begin"}),
        ("expand Interval[1, 9] per number", {}, {"number"}),
        ("expand (dates D return Interval[D, @2026-11-20])", {}, {"dates"}),
    ],
)
def test_what_is_not_known_is_asked_for(text: str, facts: dict[str, Value], missing: set[str]) -> None:
    assert value_of(text, facts) == Missing(frozenset(missing))


days = st.dates(datetime.date(2023, 12, 1), datetime.date(2024, 3, 31))


@given(days, st.integers(0, 70), st.integers(1, 9))
def test_the_pieces_of_some_days_are_those_that_one_counts(first: datetime.date, length: int, step: int) -> None:
    last = first + datetime.timedelta(length)
    starts = [first + datetime.timedelta(offset) for offset in range(0, length + 1, step)]
    whole = [start for start in starts if start + datetime.timedelta(step - 1) <= last]
    found = value_of(f"expand Interval[@{first}, @{last}] per {step} days")
    assert found == tuple(Date(day.year, day.month, day.day) for day in whole)


@given(st.integers(-50, 50), st.integers(0, 40), st.integers(1, 30))
def test_the_pieces_of_tenths_are_those_that_one_counts(first: int, length: int, step: int) -> None:
    low, high, per = (Decimal(number) / 10 for number in (first, first + length, step))
    starts = [start for start in range(first, first + length + 1, step) if start + step - 1 <= first + length]
    found = value_of(f"expand Interval[{low:.1f}, {high:.1f}] per {per:.1f}")
    assert found == tuple(Decimal(start) / 10 for start in starts)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=4))
def test_expanding_what_is_collapsed_gives_the_same_points(spans: list[tuple[int, int]]) -> None:
    listed = ", ".join(f"Interval[{low}, {low + length}]" for low, length in spans)
    expanded = value_of(f"(expand {{{listed}}}) X return start of X")
    collapsed = value_of(f"(expand (collapse {{{listed}}})) X return start of X")
    assert isinstance(expanded, tuple)
    assert isinstance(collapsed, tuple)
    assert sorted(map(int, expanded)) == sorted(map(int, collapsed))  # type: ignore[arg-type]
