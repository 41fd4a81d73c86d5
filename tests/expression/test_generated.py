"""A generated function says what the closures of the evaluator say, of whatever is known, missing or null."""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import Table, cells, tables, text

from besponsa_pa.case import read_case
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Node, Scalar
from besponsa_pa.expression.checked import Checked, Operation
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.environment import DefinitionSource, Environment
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Evaluate, Failure
from besponsa_pa.expression.generated import Writer, generated
from besponsa_pa.expression.parser import parse
from besponsa_pa.policy.nodes import get
from besponsa_pa.records import replace
from besponsa_pa.source import NOWHERE, Excerpt
from besponsa_pa.types import BOOLEAN, CODE, DATE, DECIMAL, INTEGER, STRING, ListOf, TupleOf
from besponsa_pa.values import (
    Code,
    Date,
    Missing,
    TupleValue,
    Uncertain,
    UncertainList,
    Value,
    ValueSet,
    from_fact,
)  # fmt: skip

sys.path += [str(Path(__file__).parent.parent / folder) for folder in ("properties", "conformance")]

import expression_corpus as corpus
import hl7

TABLES = tables(Path(__file__).parent / "cases")
ROWS = [(table, row) for table in TABLES for row in table.rows("rows") if get(row, "refused") is None]
THERAPY = TupleOf((("drug", STRING), ("outcome", STRING), ("begin", DATE), ("doses", INTEGER)))
FACTS = {
    "born": DATE, "asked": DATE, "count": INTEGER, "share": DECIMAL, "limit": DECIMAL, "name": STRING, "adult": BOOLEAN,
    "diagnosis": CODE, "therapies": ListOf(THERAPY),
}  # fmt: skip
ALL = ValueSet("ALL", frozenset([("ICD-10-CM", "C91.00"), ("ICD-10-CM", "C91.01")]))
TWO_SYSTEMS = ValueSet("two", frozenset([("ICD-10-CM", "C91.00"), ("SNOMED CT", "91857003")]))


def outcome(evaluate: Evaluate, frame: Mapping[str, Value]) -> tuple[object, ...]:
    """What it comes to, to the last zero, and what a search or definition left in the frame for a finding to show."""
    own = dict(frame)
    try:
        value: object = evaluate(own)
    except Failure as failure:
        return ("fails", failure.message, failure.span)
    return type(value), repr(value), {name: repr(each) for name, each in own.items() if name.endswith("()")}


def same(node: Checked, *frames: Mapping[str, Value]) -> None:
    slow, fast = evaluator(node), generated(node)
    for frame in frames:
        assert outcome(fast, frame) == outcome(slow, frame), (node, frame)


def checked(written: str, environment: Environment) -> Checked | None:
    diagnostics = Diagnostics()
    tree = parse(Excerpt.whole(written), diagnostics)
    node = None if tree is None else Checker(environment, diagnostics).check(tree)
    return None if diagnostics.has_errors else node


def known(table: Table, facts: Node | None) -> dict[str, Value]:
    case = None if facts is None else read_case(facts, table.facts, Diagnostics())
    return {} if case is None else dict(case.facts)


@pytest.mark.parametrize(("table", "row"), ROWS, ids=[text(get(row, "description")) for _, row in ROWS])
def test_a_row_of_the_tables_says_the_same_with_each_of_its_facts_removed(table: Table, row: Node) -> None:
    cell = cells(row, frozenset({"description", "expression", "facts", "result", "fails"}))
    expression = cell["expression"]
    assert isinstance(expression, Scalar)
    node = checked(expression.text, table.environment)
    assert node is not None
    facts = known(table, cell.get("facts"))
    without = [{name: value for name, value in facts.items() if name != left_out} for left_out in facts]
    nulls = [{**facts, name: None} for name in facts]
    same(node, facts, {}, *without, *nulls)


def test_the_tests_of_the_standard_say_the_same() -> None:
    for each in (*hl7.suite(), *hl7.policy_shaped()):
        node = checked(each.expression, hl7.ENVIRONMENT)
        if node is not None:
            same(node, {})


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.randoms(use_true_random=True))
def test_expressions_by_chance_say_the_same_however_much_is_known(chance: random.Random) -> None:
    for _ in range(40):
        each = corpus.loaded(corpus.mutated(chance))
        if each is not None:
            less, more = corpus.two_frames(chance)
            same(each.node, less, more, {}, {name: chance.choice((None, value)) for name, value in more.items()})


# --- the fast path ---

TKI = {"drug": "imatinib", "outcome": "failure", "begin": Date(2025, 1, 31), "doses": 3}
KNOWN: dict[str, Value] = {
    "born": Date(1984, 2, 29), "asked": Date(2026, 2, 28), "count": 3, "share": Decimal("1.80"),
    "limit": Decimal("1.2"), "name": "relapsed", "adult": True, "diagnosis": Code("C91.00", "ICD-10-CM"),
    "therapies": (TupleValue(TKI), TupleValue({**TKI, "outcome": "response"})),
}  # fmt: skip
FAST = (
    'diagnosis in "ALL"', 'diagnosis in "two"', "name = 'relapsed'", "'relapsed' = name", "name != 'a'",
    "name in {'relapsed', 'refractory'}", "name in {'a', 'b', 'c', 'd', 'e'}", "not adult", "adult = true",
    "years between born and asked >= 42", "months between born and asked", "CalculateAgeInYearsAt(born, asked)",
    "years between asked and born", "born < asked", "born = asked", "asked - 6 months >= born",
    "share <= 1.5 * limit", "1.5 * limit >= share", "share < 1.5 * limit", "1.5 * limit > share", "share = 1.5 * limit",
    "share * limit <= limit * limit + 1", "share / 3 <= 0.6", "count * 1.5 <= share", "count + 2 <= 6",
    "2147483646 + 1 > 5", "share between 0.1 and limit", "count between 1 and 3", "age between 1 and 17",
    "adult and name = 'relapsed' implies exists (therapies T where T.outcome in {'failure', 'intolerance'})",
    "Count(therapies T where T.doses > count - 1 and T.begin <= asked)", "exists (therapies T where T.doses = age)",
    "exists (therapies T where T.begin 12 months or less before asked)", "age >= 18 or grown", "count is null",
    "adult is true", "adult is false", "if adult then count else 0", "case when count > 5 then 'a' else name end",
    "exists (therapies T where exists (therapies S where S.drug = T.drug and S.outcome != T.outcome))",
    "First(therapies).doses + 1", "asked in Interval[born, born + 18 years)", "weight('b') + 1",
)  # fmt: skip
DEFINITIONS = {
    "age": DefinitionSource((), parse(Excerpt.whole("years between born and asked"), Diagnostics()), NOWHERE),
    "grown": DefinitionSource((), parse(Excerpt.whole("age >= 18 and age < 200"), Diagnostics()), NOWHERE),
    "weight": DefinitionSource(
        ("kind",), parse(Excerpt.whole("case kind when 'a' then 1 when 'b' then 2 else 0 end"), Diagnostics()), NOWHERE
    ),
}
ENVIRONMENT = Environment(
    facts=FACTS,
    value_sets={"ALL": ALL, "two": TWO_SYSTEMS},
    definitions=DEFINITIONS,
    code_systems=corpus.system_names(),
)


@pytest.mark.parametrize("written", FAST)
def test_what_is_known_never_leaves_the_fast_path(written: str) -> None:
    node = checked(written, ENVIRONMENT)
    assert node is not None
    for only_reads in (False, True):
        writer = Writer()
        fast = writer.condition(node) if only_reads else writer.fast_path(node)
        writer.function("value", ("frame",), [writer.kept(), f"return {fast}"])
        frame = dict(KNOWN)
        assert repr(writer.functions()["value"](frame)) == repr(evaluator(node)(dict(KNOWN)))
        assert not only_reads or frame == KNOWN, "it only reads"
    same(
        node,
        KNOWN,
        *({**KNOWN, name: None} for name in KNOWN),
        *({**KNOWN, name: Missing(frozenset([name]))} for name in KNOWN),
    )


UNCERTAIN: dict[str, Value] = {
    "born": from_fact(Date(2008), "born"), "asked": from_fact(Date(2026, 2), "asked"),
    "count": Uncertain(1, 4, frozenset(["count"])),
    "therapies": UncertainList(((TupleValue(TKI), False), (Missing(frozenset(["t[1]"])), True)), frozenset(["t"])),
}  # fmt: skip


@pytest.mark.parametrize("written", FAST)
@pytest.mark.parametrize("fact", UNCERTAIN)
def test_what_lies_between_two_bounds_is_left_to_the_closures(written: str, fact: str) -> None:
    node = checked(written, ENVIRONMENT)
    assert node is not None
    same(node, {**KNOWN, fact: UNCERTAIN[fact]})
    for name in TKI:
        part = Missing(frozenset([f"therapies[0].{name}"]))
        same(node, {**KNOWN, "therapies": (TupleValue({**TKI, name: part}), None, TupleValue(TKI))})
        same(node, {**KNOWN, "therapies": (TupleValue(TKI), TupleValue({**TKI, name: None}))})


DAYS = [
    Date(*parts)
    for parts in ((2024, 2, 29), (2025, 2, 28), (2025, 3, 1), (2025, 3), (2025,), (2026, 12, 31), (1, 1, 1))
]


@pytest.mark.parametrize("first", DAYS, ids=str)
@pytest.mark.parametrize("last", DAYS, ids=str)
@pytest.mark.parametrize(
    "measure", ["years between born and asked", "months between born and asked", "born <= asked", "born = asked"]
)
def test_dates_are_measured_and_compared_alike_partial_ones_too(measure: str, first: Date, last: Date) -> None:
    node = checked(measure, ENVIRONMENT)
    assert node is not None
    same(node, {"born": first, "asked": last})


SIDES = [Decimal(each) for each in ("0.00000001", "0.00000002", "0", "1.8", "-1.8", "1.80000000", f"{10**28 - 1}", "3")]
FACTORS = ("0.5", "0.3", "1.5", "-0.5", "0.00000001", "1000000000000000000.0")


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">=", "=", "!="])
def test_a_product_is_rounded_to_eight_places_before_it_is_compared(sign: str) -> None:
    for factor in FACTORS:
        for written in (
            f"share {sign} {factor} * limit",
            f"{factor} * limit {sign} share",
            f"share / 3 {sign} limit * limit",
        ):
            node = checked(written, ENVIRONMENT)
            assert node is not None
            same(node, *({"share": left, "limit": right} for left in SIDES for right in SIDES))


@pytest.mark.parametrize("written", ["count + 2", "count - 2", "count * 3", "count + 2 > 5"])
def test_whole_numbers_overflow_alike(written: str) -> None:
    node = checked(written, ENVIRONMENT)
    assert node is not None
    same(node, *({"count": number} for number in (0, 2**30, -(2**30), 2**31 - 1, -(2**31), 2**31 - 2, 715827883)))


# --- the source ---

HOSTILE = "') or __import__('os').system('true') #\n"


def test_no_text_of_an_expression_is_in_the_source() -> None:
    writer = Writer()
    literal = HOSTILE.replace("'", "\\'").replace("\n", "\\n")
    environment = Environment(facts={**FACTS, HOSTILE: STRING})
    for written in (f"name = '{literal}'", f"exists (therapies T where T.drug = '{literal}')", "name = 'relapsed'"):
        node = checked(written, environment)
        assert node is not None, written
        writer.function(writer.new("test", None), ("frame",), writer.assignment("found", node, evaluator(node)))
    for word in ("import", "relapsed", "name", "drug", "therapies", "os"):
        assert word not in writer.source.replace("elements", "")
    writer.functions()


@pytest.mark.parametrize("word", ["and", "or"])
def test_a_long_chain_of_conditions_is_no_deeper_than_a_short_one(word: str) -> None:
    node = checked("count >= 0", ENVIRONMENT)
    chain = checked(f"count >= 0 {word} name = 'a'", ENVIRONMENT)
    assert node is not None
    assert isinstance(chain, Operation)
    for _ in range(200):
        node = replace(chain, operands=(node, chain.operands[1]))
    same(node, KNOWN)


def test_what_is_deep_is_left_to_its_closure() -> None:
    for inner, outer in (
        ("count", "({} + 1)"),
        ("share", "({} * 1.1)"),
        ("adult", "(not ({}))"),
        ("name", "(if adult then {} else 'b')"),
    ):
        written = inner
        for _ in range(60):
            written = outer.format(written)
        node = checked(f"{written} = {inner}", ENVIRONMENT)
        assert node is not None
        same(node, KNOWN, {})
