"""What a condition is worth in SQL: the interpreter's value, its bounds and its missing facts, or the row is refused.

The rows are those that go wrong first: nothing known, empty lists, parts that are missing, ties, dates in part, limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")
pytest.importorskip("sqlglot")

from case_making import maker_for, nested
from sql_conditions import held, policy_of

from besponsa_pa import api
from besponsa_pa.backends.sql import DIALECTS, RefusedError
from besponsa_pa.backends.sql.columns import conditions_of
from besponsa_pa.backends.sql.operators import OPERATORS_IN_SQL
from besponsa_pa.backends.sql.translation import Translation
from besponsa_pa.case import Case
from besponsa_pa.expression.functions import OPERATORS

QUANTITY = {"type": "Quantity"}
LABS = {
    "type": "List",
    "of": {
        "test": {"type": "String", "values": ["alt", "ast"]},
        "value": QUANTITY,
        "taken": {"type": "Date"},
        "time": {"type": "Time"},
        "limit": QUANTITY,
        "count": {"type": "Integer"},
        "fine": {"type": "Boolean"},
    },
}
FACTS: Mapping[str, object] = {
    "labs": LABS,
    "names": {"type": "List", "of": {"type": "String"}},
    "seen": {"type": "Date"},
    "word": {"type": "String"},
    "n": {"type": "Integer"},
    "d": {"type": "Decimal"},
    "e": {"type": "Decimal"},
    "yes": {"type": "Boolean"},
    "no": {"type": "Boolean"},
    "strength": QUANTITY,
    "weight": {"type": "Quantity", "unit": "kg"},
    "height": {"type": "Quantity", "unit": "cm"},
    "code": {"type": "Code"},
}

ENTRIES: Sequence[Mapping[str, object]] = (
    {"test": "alt", "value": "40 'U/L'", "taken": "2026-01-02", "limit": "40 'U/L'", "count": 3, "fine": True},
    {"test": "alt", "value": "41 'U/L'", "taken": "2026-01-02", "limit": "30 'U/L'", "count": 5, "fine": False},
    {"test": "alt", "taken": "2026-01", "count": 5},
    {"test": "ast", "value": "7 'mg/dL'", "taken": "2025-12-31", "count": -2, "time": "10:00"},
    {"value": "39.99999999 'U/L'", "taken": "2026-02-01", "fine": True, "time": "09:59"},
    {"test": "alt", "value": "12 'U/L'", "time": "10:00:00"},
)
LISTS = [None, [], *([one] for one in ENTRIES), *(list(pair) for pair in product(ENTRIES, repeat=2)), list(ENTRIES)]

LIST_CHECKS = (
    "Last(labs L where L.test = 'alt' sort by taken).value >= 40 'U/L'",
    "First(labs L where L.test = 'alt' sort by taken).count = 3",
    "Last(labs L where L.test = 'alt' sort by taken desc).count = 5",
    "First(labs L sort by count, taken desc).fine",
    "Last(labs).count > 3",
    "First(labs L where L.fine).count > 3",
    "Sum(labs L return all L.count) > 5",
    "Sum(labs L where L.fine return all L.count) > 2",
    "Avg(labs L return all L.count) >= 3.66666667",
    "Min(labs L where L.test = 'alt' return all L.count) < 4",
    "Max(labs L where L.test = 'alt' return all L.taken) on or after @2026-01-02",
    "AllTrue(labs L return all L.fine)",
    "AnyTrue(labs L where L.test = 'alt' return all L.fine)",
    "Count(labs L return L.count) = 2",
    "Count(labs L where L.test = 'alt' return L.taken) >= 1",
    "Count(labs L where L.count > 3) = 1",
    "Count(({'alt', 'ast'}) T where exists (labs L where L.test = T)) = 2",
    "exists (labs A with labs B such that B.test = 'ast' and B.count < A.count where A.fine)",
    "exists (labs A without labs B such that B.test = 'ast' and B.count < A.count)",
    "exists (labs L where L.time before @T10:00:00.000)",
    "exists (labs L where L.value > L.limit)",
    "Sum(flatten {(labs L where L.test = 'alt' return all L.count), {n}}) <= 8",
    "names contains word",
    "word in {'a', 'b'} and not (names contains 'a')",
    "exists (({n}) N where N > 3)",
    "exists ((labs L where L.test = 'alt' return all L.count) union {n})",
    "Count(names N return Lower(N)) = 1",
    "n in (labs L where L.fine return all L.count)",
    "Count(labs L where L.count > (Count(labs M where M.fine) + 1)) > 0",
    "Max(labs L return all L.count) - Min(labs L return all L.count) > 3",
    "exists (labs L where L.time before First(labs).time)",
    "exists (({1, n}) N where N in (labs L return all L.count))",
)


def _differences(checks: Sequence[str], plains: Sequence[Mapping[str, object]], refused: float = 0.5) -> None:
    found = held(policy_of(FACTS, checks), plains)
    assert found.differences == ()
    assert found.refused <= refused * len(plains)
    assert found.values > 0


def _told(**facts: object) -> dict[str, object]:
    return {name: value for name, value in facts.items() if value is not None}


@pytest.mark.parametrize("check", LIST_CHECKS)
def test_what_is_asked_of_a_list_is_answered_as_the_interpreter_does(check: str) -> None:
    others = [{"n": 3, "names": ["a"], "word": "a"}, {"names": ["b"]}, {"names": []}, {"n": 4, "word": "b"}]
    plains = [{**_told(labs=each), **others[place % 4]} for place, each in enumerate(LISTS)]
    _differences([check], plains, refused=0.6)


SIMPLE_CHECKS = (
    "Power(d, 0.5) = 1.41421356",
    "Power(d * e / 3600, 0.5) * 2 > e",
    "d * e * 0.333 < 1",
    "d / e = 0.66666667",
    "Ceiling(d) = 3 or Floor(d) = 2 or Truncate(e) = -1 or Round(d) = 3",
    "Abs(e) > 1 and n div 2 = 1 and n mod 2 = 1",
    "n in {1, null, 3}",
    "Min({n, 6}) > 3",
    "Max({seen, @2026-01-15}) + 1 month on or before @2026-02-28",
    "seen in Interval[@2026-01-01, @2026-01-31]",
    "strength = 30 'mg'",
    "strength >= 0.03 'g'",
    "2 * strength > strength",
    "weight >= 70 'kg'",
    "(convert weight to 'g') >= 70000 'g'",
    "2 * weight >= 140 'kg'",
    "seen + 1 month - 1 month = seen",
    "(if yes then n else 3) = 3",
    "(case when yes then n when no then 3 else 3 end) = 3",
    "Coalesce(n, 3) = 3",
    "yes and no or yes implies no",
    "yes xor no",
    "word ~ 'A b'",
    "code = Code 'A1' from \"ICD-10-CM\"",
)
NUMBERS = (*map(Decimal, ("2", "0", "3", "-1.5", "2.5", "99999999.99999999")), None)
DAYS = (None, "2026-01", "2026-01-31", "2025")
SIMPLE_CASES = [
    *({"d": d, "e": e} for d, e in product(NUMBERS, repeat=2)),
    *(
        {"n": n, "seen": seen, "yes": yes, "no": no}
        for n, seen, yes, no in product((None, 0, 3, -3), DAYS, (None, True, False), (None, True))
    ),
]
UNITS = [{"strength": each} for each in ("30 'mg'", "0.03 'g'", "30 'mL'", "31 'mg'", "29.99999999 'mg'")] + [
    {"weight": each} for each in ("70 'kg'", "69.99999999 'kg'", "154.3 '[lb_av]'", "70000 'g'")
]
CODES = [
    {"code": {"system": system, "code": code}} for system, code in product(("ICD-10-CM", "SNOMED CT"), ("A1", "1", "2"))
]
WORDS = [{"word": each} for each in ("a b", " A \t B ", "\u00e4 b", "A\nB", "ab", "A\u00a0b")]


@pytest.mark.parametrize("check", SIMPLE_CHECKS)
def test_single_values_are_computed_as_the_interpreter_does(check: str) -> None:
    plains = [_told(**each) for each in (*SIMPLE_CASES, *UNITS, *WORDS, *CODES)]
    _differences([check], plains, refused=0.2)


@pytest.mark.parametrize("name", ["besponsa", "emgality_highmark", "compounds_western_health", "ivig_premera"])
def test_the_conditions_of_the_library_are_computed_as_the_interpreter_does(name: str) -> None:
    compiled = api.load_policy(api.policy_versions()[name][0])
    plains = [nested(case) for case in maker_for(compiled, seed=11).cases(60)]
    found = held(compiled, [each for each in plains if _is_case(compiled, each)])
    assert found.differences == ()
    assert found.values > 0


def _is_case(compiled: api.CompiledPolicy, plain: Mapping[str, object]) -> bool:
    from comparing import case_of

    return isinstance(case_of(compiled, plain), Case)  # type: ignore[arg-type]


# The operators of the language that are said in no SQL, one a line: each is refused by its name.
REFUSED = frozenset((Path(__file__).parent / "refused_operators.txt").read_text(encoding="utf-8").split())


def test_every_operator_is_said_in_sql_or_refused_by_its_name() -> None:
    assert set(OPERATORS) - set(OPERATORS_IN_SQL) == REFUSED


def test_what_cannot_be_said_is_refused_by_its_name() -> None:
    compiled = policy_of(FACTS, ["Length(word) > 3"])
    translation = Translation(compiled, DIALECTS["duckdb"])
    (condition,) = conditions_of(compiled)
    with pytest.raises(RefusedError, match="`Length` cannot be said in SQL"):
        translation.condition(condition)
