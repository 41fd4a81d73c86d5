"""Whether any case makes an expression true: what is found is a proof, and what is denied is so."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.policy.candidates.clauses import clauses_of, conditions_of
from besponsa_pa.policy.candidates.goals import Wanted
from besponsa_pa.policy.candidates.looking import Reached
from besponsa_pa.policy.candidates.reaching import Reaching
from besponsa_pa.policy.candidates.surveying import survey
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.loader import load
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.source import Source

FACTS = """
  request.date: {type: Date, ask: 'When?'}
  born: {type: Date, ask: 'When?', must: born same or before request.date}
  n: {type: Integer, ask: 'How many?'}
  m: {type: Integer, ask: 'How many?'}
  d: {type: Decimal, ask: 'How much?'}
  b: {type: Boolean, ask: 'Is it?'}
  s: {type: String, values: [x, y, z], ask: 'Which?'}
  text: {type: String, ask: 'Which?'}
  code: {type: Code, system: ICD-10-CM, ask: 'Which?'}
  list: {type: List, ask: 'Which?', of: {kind: {type: String, values: [x, y]}, days: {type: Integer}}}
  other: {type: List, ask: 'Which?', of: {type: String}}
"""
MORE = """
value_sets:
  leukemia: {system: ICD-10-CM, codes: [C91.00, C91.01]}
tables:
  band: {by: n, values: {1: 5, 2: 6}, otherwise: 7}
definitions:
  age: years between born and request.date
"""


def policy(check: str) -> CompiledPolicy:
    head = "policy: some\ntitle: Some\nversion: 1\n"
    text = f"{head}facts:{FACTS}{MORE}pathways:\n  one:\n    require:\n      all:\n        - id: c\n"
    diagnostics = Diagnostics()
    loaded = load(
        Source(f"{text}          check: >-\n            {check}\n", "policy.yaml"), lambda *_: (), diagnostics
    )
    compiled = None if loaded is None else compile_policy(loaded, diagnostics)
    assert compiled is not None, [each.message for each in diagnostics]
    return compiled


def reached(check: str, wanted: Wanted) -> Reached:
    compiled = policy(check)
    musts = tuple(must.expression for must in compiled.musts.values())
    expression = next(conditions_of(compiled)).expression
    found = Reaching(survey(compiled, clauses_of(compiled), musts, {}), musts).reach(expression, wanted)
    if found.frame is not None:
        truth = evaluator(expression)(dict(found.frame))
        assert ("null" if truth is None else truth) in wanted.value
    return found


@pytest.mark.parametrize(
    ("check", "wanted"),
    [
        ("n > 3 and n < 5", Wanted.TRUE),
        ("n > 3 and m > n and m < 6", Wanted.TRUE),
        ("n > m and m > age and age > 3", Wanted.TRUE),
        ("n + m >= 104 and n <= 60 and m <= 45", Wanted.TRUE),
        ("d > 0.3 and d < 0.32", Wanted.TRUE),
        ("age >= 18 and age < 19", Wanted.TRUE),
        ("s = 'x' and not b and n > 100000 or false", Wanted.TRUE),
        ("not (n >= 0 and b)", Wanted.TRUE),
        ("b xor s = 'x'", Wanted.FALSE),
        ("(if b then n > 3 else n > 30) and n < 30", Wanted.TRUE),
        ("band = 6", Wanted.TRUE),
        ("text in {'a', 'b'} and text != 'a'", Wanted.TRUE),
        ('code in "leukemia"', Wanted.FALSE),
        ("exists (list L where L.kind = 'x') and exists (list L where L.kind = 'y')", Wanted.TRUE),
        ("Count(list L where L.days >= 28) >= 3", Wanted.TRUE),
        ("other contains 'a' and n > 3", Wanted.TRUE),
        ("1 / (n - 3) > 0", Wanted.NOT_TRUE),
        ("n is null", Wanted.TRUE),
    ],
)
def test_a_case_is_found_where_there_is_one(check: str, wanted: Wanted) -> None:
    assert reached(check, wanted).frame is not None


@pytest.mark.parametrize(
    ("check", "wanted"),
    [
        ("n > 5 and n < 5", Wanted.TRUE),
        ("n > 5 and b and n < 5 and s = 'x'", Wanted.TRUE),
        ("n > 5 or n < 7", Wanted.FALSE),
        ("age < 0", Wanted.TRUE),
        ("s = 'x' and s = 'y'", Wanted.TRUE),
        ("s in {'x', 'y', 'z'}", Wanted.FALSE),
        ("b or not b", Wanted.FALSE),
        ("d / 0 > 1", Wanted.TRUE),
        ("4 in Interval[n, 3]", Wanted.TRUE),
        ("(if n > 3 then n > 2 else b or not b)", Wanted.FALSE),
        ("band = 8", Wanted.TRUE),
        ("1 = 2", Wanted.TRUE),
        ("Count(list) < 0", Wanted.TRUE),
    ],
)
def test_that_there_is_none_is_known_where_that_can_be_told(check: str, wanted: Wanted) -> None:
    found = reached(check, wanted)
    assert found.frame is None
    assert found.is_sure


@pytest.mark.parametrize(
    ("check", "wanted"),
    [
        ("Length(text) > 300", Wanted.TRUE),
        ("StartsWith(text, 'abc')", Wanted.TRUE),
        ("n + m = 10 and n - m = 4", Wanted.TRUE),
        ("exists (from list A, other B where A.kind = B and A.days > 300)", Wanted.TRUE),
    ],
)
def test_nothing_is_said_where_candidates_do_not_tell(check: str, wanted: Wanted) -> None:
    assert not reached(check, wanted).is_sure


def test_the_two_clauses_that_exclude_each_other_are_named() -> None:
    found = reached("n > 5 and b and m > 3 and n + m > 9 and n < 2", Wanted.TRUE)
    assert [leaf.clause.text for leaf in found.among] == ["`n > 5`", "`n < 2`"]


# --- any expression, held against all the values that can matter ---

ATOMS = st.sampled_from(
    [
        *(f"n {sign} {limit}" for sign in ("<", ">=", "=", "!=") for limit in (0, 2, 3)),
        *(f"m {sign} {limit}" for sign in (">", "<=") for limit in (1, 4)),
        "n > m", "n + m >= 5", "n between 1 and 3", "n in Interval[2, 4)", "band > 5", "b", "s = 'x'", "s != 'y'",
        "s in {'x', 'z'}", "(if b then n else m) > 2",
    ]
)  # fmt: skip
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(("and", "or", "implies", "xor")), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        inner.map(lambda text: f"(not ({text}))"),
    ),
    max_leaves=5,
)


@given(check=EXPRESSIONS, wanted=st.sampled_from((Wanted.TRUE, Wanted.FALSE)))
def test_what_is_denied_is_so_for_every_value(check: str, wanted: Wanted) -> None:
    found = reached(check, wanted)
    evaluate = evaluator(next(conditions_of(policy(check))).expression)
    cases = (
        {"n": n, "m": m, "b": b, "s": s}
        for n, m, b, s in product(range(-2, 8), range(-2, 8), (True, False), ("x", "y", "z"))
    )
    is_reachable = any(evaluate(case) is wanted.value[0] for case in cases)
    assert is_reachable or found.frame is None
    assert not is_reachable or found.frame is not None or not found.is_sure
