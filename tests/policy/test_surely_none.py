"""That no case makes a condition true is said only where it is so: held against many built cases, lists among them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations_with_replacement, islice, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.policy.candidates.clauses import Clauses, clauses_of, conditions_of
from besponsa_pa.policy.candidates.goals import Wanted
from besponsa_pa.policy.candidates.reaching import Reaching
from besponsa_pa.policy.candidates.surveying import survey
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.lint.reach import Verdict, conditions_in, judged
from besponsa_pa.policy.loader import load
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.source import Source
from besponsa_pa.values import Quantity, TupleValue, Value

FACTS = """
  request.date: {type: Date}
  born: {type: Date}
  at: {type: DateTime}
  n: {type: Integer}
  m: {type: Integer}
  b: {type: Boolean}
  dose: {type: Quantity}
  weight: {type: Quantity, unit: kg}
  list:
    type: List
    of: {kind: {type: String, values: [x, y, z]}, days: {type: Integer}, least: {type: Integer}, took: {type: Quantity}}
  words: {type: List, of: {type: String, values: [x, y, z]}}
"""
MORE = """
tables:
  band: {by: n, values: {1: 5, 2: 6}, otherwise: 7}
  at_most: {by: n, values: {1: "5 'mL'", 2: "6 'mL'"}, otherwise: "7 'mL'"}
  by_count: {by: "Count(list L where L.kind = 'x')", values: {0: 1, 3: 2}, otherwise: 3}
definitions:
  failed(kind): exists (list L where L.kind = kind and L.days >= 2)
  kinds_failed(kinds): Count((kinds) K where failed(K))
"""


def policy(check: str) -> CompiledPolicy:
    head = "policy: some\ntitle: Some\nversion: 1\n"
    text = f"{head}facts:{FACTS}{MORE}pathways:\n  one:\n    require:\n      all:\n        - id: c\n"
    diagnostics = Diagnostics()
    source = Source(f"{text}          check: >-\n            {check}\n", "policy.yaml")
    loaded = load(source, lambda *_: (), diagnostics)
    compiled = None if loaded is None else compile_policy(loaded, diagnostics)
    assert compiled is not None, [each.message for each in diagnostics]
    return compiled


# --- built cases ---

QUANTITIES = [Quantity(Decimal(number), unit) for unit in ("mg", "mL", "1") for number in (1, 6, 2000)]
ENTRIES = [
    TupleValue({"kind": kind, "days": days, "least": least, "took": took})
    for kind, (days, least), took in zip(
        "xyzxyzxyz",
        [(3, 1), (2, 2), (5, 0), (40, 30), (0, 4), (2, 3), (1, 0), (31, 3), (6, 5)],
        QUANTITIES,
        strict=True,
    )
]
LISTS = [tuple(entries) for length in (0, 1, 2, 3) for entries in combinations_with_replacement(ENTRIES, length)] + [
    tuple(ENTRIES[:1] * length) for length in (4, 5, 15, 20)
]
WORDS = [(), ("x",), ("x", "y"), ("x", "y", "z"), ("z", "z"), ("x",) * 20]
NUMBERS = (-1, 0, 1, 2, 3, 4, 7, 2000)


def cases(read: set[str]) -> Iterator[Frame]:
    """Cases that differ in the facts that are read."""
    values: dict[str, list[Value]] = {
        "n": list(NUMBERS),
        "m": list(NUMBERS),
        "b": [True, False],
        "dose": list(QUANTITIES),
        "weight": [Quantity(Decimal(number), "kg") for number in (1, 50, 2000)],
        "list": list(LISTS),
        "words": list(WORDS),
    }
    names = [name for name in values if name in read]
    plain = {name: each[0] for name, each in values.items()}
    yield from ({**plain, **dict(zip(names, chosen, strict=True))} for chosen in product(*(values[n] for n in names)))


def truths(node: object, clauses: Clauses, frame: Frame) -> Iterator[Value]:
    """What a condition says in a case, for each entry that the queries around it may go through."""
    frames = [dict(frame)]
    for slot in clauses.slots_of(node):  # type: ignore[arg-type]
        alias = clauses.aliases[slot]
        filled: list[Frame] = []
        for each in frames:
            value = alias.evaluate(dict(each))
            rows = [value] if alias.is_single else list(value) if isinstance(value, tuple) else []
            filled += ({**each, slot: row} for row in rows)
        frames = filled
    for each in frames:
        try:
            yield evaluator(node)(dict(each))  # type: ignore[arg-type]
        except Failure:
            continue


def denied(check: str) -> Iterator[str]:
    """The parts of a condition of which something is said that a built case shows to be wrong."""
    compiled = policy(check)
    clauses = clauses_of(compiled)
    reaching = Reaching(survey(compiled, clauses, (), {}), ())
    for node in conditions_in(next(conditions_of(compiled)).expression):
        verdict = judged(node, reaching).verdict
        if verdict is None:
            continue
        wrong = {Verdict.NEVER: (True,), Verdict.ALWAYS: (False,), Verdict.NEITHER: (True, False)}[verdict]
        for frame in islice(cases(set(clauses.facts_in(node))), 4000):
            if any(said in wrong for said in truths(node, clauses, frame) if isinstance(said, bool)):
                start = node.span.source.text[node.span.start : node.span.end]
                yield f"{start} is said to be {verdict.value} case; {frame}"
                break


@pytest.mark.parametrize(
    "check",
    [
        "kinds_failed({'x', 'y'}) >= 2",
        "kinds_failed({'x', 'y', 'z'}) >= 3 and kinds_failed({'x', 'y'}) >= 2",
        "Count(({'x', 'y'}) K where failed(K)) >= 2",
        "Count(({'x', 'y'}) K where words contains K) >= 2",
        "Count(list) >= 20",
        "Count(list L where L.days >= 2) >= 15",
        "Count(list L where L.kind = 'x') >= 1 and Count(list L where L.kind = 'y') >= 2",
        "exists (list L where L.days > L.least and L.least > 2 and L.days < 32 and L.days > 30)",
        "exists (list L where L.days - L.least = 10 and L.least = 30)",
        "(list L where L.kind = 'x' return all L.days) contains 40",
        "Sum(list L return all L.days) > 60",
        "dose <= 5 'mL'",
        "dose <= 5 'mL' and n > 3",
        "dose > 5 'mg' or dose <= 5 'mL'",
        "dose <= at_most",
        "dose <= weight * 5 'mg' / 1 'kg'",
        "dose <= weight * 5 'mg/kg'",
        "dose <= (if b then 5 'mg' else 5 'mL') and not b",
        "years between born and request.date > 160",
        "days between born and request.date > 100000",
        "born + 400 years before request.date",
        "at before @2020-01-01T00:00:00.500 and at after @2020-01-01T00:00:00.400",
        "exists (list L where L.took <= 5 'mL')",
        "exists (list L where L.took <= 5 'mg') and exists (list L where L.took > 5 'mL')",
        "(n - 1) * (n - 4) < -1",
        "n / 1000 / 10 > 0.1 and n > 3",
        "n = m + 3 and n > 3 and n < 5",
        "n - m = 3 and n + m = 11",
        "by_count = 2 and exists (list L where L.kind = 'y')",
    ],
)
def test_that_there_is_none_is_not_said_of_what_a_case_makes_true(check: str) -> None:
    compiled = policy(check)
    found = Reaching(survey(compiled, clauses_of(compiled), (), {}), ()).reach(
        next(conditions_of(compiled)).expression, Wanted.TRUE
    )
    assert found.frame is not None or not found.is_sure
    assert not list(denied(check))


# --- any condition ---

NUMBER = st.sampled_from(("0", "1", "2", "3", "5"))
SIGN = st.sampled_from((">=", "<=", ">", "<", "="))
KIND = st.sampled_from(("'x'", "'y'", "'z'"))
KINDS = st.sampled_from(("{'x', 'y'}", "{'x', 'y', 'z'}", "{'z', 'x'}"))
UNIT = st.sampled_from(("'mg'", "'mL'", "'g'", "'1'"))
INSIDE = st.one_of(
    st.builds("L.kind = {}".format, KIND),
    st.builds("L.days {} {}".format, SIGN, NUMBER),
    st.builds("L.least {} {}".format, SIGN, NUMBER),
    st.builds("L.days {} L.least + {}".format, SIGN, NUMBER),
    st.builds("L.days {} n".format, SIGN),
    st.builds("L.took {} {} {}".format, SIGN, NUMBER, UNIT),
    st.builds("exists (list R where R.days {} L.days)".format, SIGN),
)
WHERE = st.one_of(INSIDE, st.builds("{} and {}".format, INSIDE, INSIDE), st.builds("({} or {})".format, INSIDE, INSIDE))
ATOMS = st.one_of(
    st.builds("exists (list L where {})".format, WHERE),
    st.builds("Count(list L where {}) {} {}".format, WHERE, SIGN, NUMBER),
    st.builds("Count(list L where {} return L.kind) {} {}".format, WHERE, SIGN, NUMBER),
    st.builds("Sum(list L return all L.days) {} {}".format, SIGN, NUMBER),
    st.builds("Max(list L return all L.least) {} {}".format, SIGN, NUMBER),
    st.builds("kinds_failed({}) {} {}".format, KINDS, SIGN, NUMBER),
    st.builds("Count(({}) K where exists (list L where L.kind = K and {})) {} {}".format, KINDS, WHERE, SIGN, NUMBER),
    st.builds("Count(({}) K where words contains K) {} {}".format, KINDS, SIGN, NUMBER),
    st.builds("Count(words) {} {}".format, SIGN, NUMBER),
    st.builds("words contains {}".format, KIND),
    st.builds("dose {} {} {}".format, SIGN, NUMBER, UNIT),
    st.builds("weight {} {} 'g'".format, SIGN, NUMBER),
    st.builds("n {} {}".format, SIGN, NUMBER),
    st.builds("n {} m".format, SIGN),
    st.builds("n {} m + {}".format, SIGN, NUMBER),
    st.builds("m {} {}".format, SIGN, NUMBER),
    st.builds("n * n {} {}".format, SIGN, NUMBER),
    st.builds("band {} {}".format, SIGN, NUMBER),
    st.builds("by_count {} {}".format, SIGN, NUMBER),
    st.builds("dose {} at_most".format, SIGN),
    st.just("b"),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(("and", "and", "or", "implies")), inner),
        st.builds("(not ({}))".format, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
    ),
    max_leaves=4,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(check=CONDITIONS)
def test_what_is_said_of_any_condition_no_built_case_denies(check: str) -> None:
    assert not list(denied(check))
