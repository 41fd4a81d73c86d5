"""The values worth trying for each fact: every limit of a policy is met just below, at and just above it."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besponsa_pa import load_policy
from besponsa_pa.case import Case
from besponsa_pa.determination.admission import case_from_values
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure
from besponsa_pa.expression.value_text import plain_text
from besponsa_pa.policy.candidates import Candidate, candidates, outcomes
from besponsa_pa.policy.candidates.clauses import clauses_of, conditions_of
from besponsa_pa.policy.candidates.lists import MOST_CANDIDATES
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.loader import load
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.source import Source
from besponsa_pa.types import ListOf
from besponsa_pa.values import Date, Missing, Uncertain

HEAD = """
policy: some
title: Some policy
version: 1
effective: {from: 2025-01-01, to: 2026-12-31}
"""
THERAPIES = """
  therapies:
    type: List
    ask: Which treatments?
    of:
      drug: {type: String}
      class: {type: String, values: [steroid, biologic]}
      outcome: {type: String, values: [failure, response]}
      start: {type: Date}
      end: {type: Date}
      dose: {type: Quantity, unit: mg}
"""
DATES = """
  request.date: {type: Date, ask: 'When?'}
  patient.birth_date: {type: Date, ask: 'When?'}
"""


def compiled(facts: str, check: str, more: str = "", grant: str = "6") -> CompiledPolicy:
    """A policy of one criterion."""
    parts = f"{HEAD}facts:{facts}\n{more}\npathways:\n  one:\n    require:\n      all:\n        - id: c\n"
    text = f"{parts}          check: >-\n            {check}\n    grant: {{cycles: {grant}}}\n"
    diagnostics = Diagnostics()
    policy = load(Source(text, "policy.yaml"), lambda *_: (), diagnostics)
    found = None if policy is None else compile_policy(policy, diagnostics)
    assert found is not None, [each.message for each in diagnostics]
    return found


def tried(policy: CompiledPolicy, base: Mapping[str, object], fact: str) -> list[str]:
    """What is tried for a fact, as people read it."""
    return [plain_text(each.value) for each in found(policy, base)[fact]]


def found(policy: CompiledPolicy, base: Mapping[str, object]) -> Mapping[str, tuple[Candidate, ...]]:
    return candidates(policy, dict(case(policy, base).facts))


def case(policy: CompiledPolicy, base: Mapping[str, object]) -> Case:
    diagnostics = Diagnostics()
    read = case_from_values({"case": "base", **base}, policy, diagnostics)
    assert read is not None, [each.message for each in diagnostics]
    return read


# --- single values ---

BORN = DATES, {"request.date": "2026-11-20", "patient.birth_date": "1990-05-05"}, "patient.birth_date"
AGE = "years between patient.birth_date and request.date"


@dataclass(frozen=True)
class Row:
    """A fact that is read by one check: what is tried of it, in any order, beside what it is in the base."""

    says: str
    facts: str
    base: Mapping[str, object]
    fact: str
    check: str
    expected: str
    more: str = ""


def number(kind: str) -> str:
    return f"\n  x: {{type: {kind}, ask: 'What?'}}\n  y: {{type: {kind}, ask: 'What?'}}"


INTEGER, DECIMAL = number("Integer"), number("Decimal")
LAB = "\n  x: {type: Quantity, unit: g/dL, ask: 'What?'}\n  y: {type: Quantity, unit: g/L, ask: 'What?'}"
ROWS = [
    Row("below, at, above", INTEGER, {"x": 5}, "x", "x >= 18", "5 17 18 19"),
    Row("more than", INTEGER, {"x": 5}, "x", "x > 18", "5 17 18 19"),
    Row("the number on the left", INTEGER, {"x": 5}, "x", "18 <= x", "5 17 18 19"),
    Row("equality is found from afar", INTEGER, {"x": 5}, "x", "x = 1000000", "5 999999 1000000 1000001"),
    Row("both ends of a range", INTEGER, {"x": 5}, "x", "x between 40 and 42", "5 39 40 41 42 43"),
    Row("a narrow window of a multiple", INTEGER, {"x": 5}, "x", "3 * x between 120 and 121", "5 39 40 41"),
    Row("an open end", INTEGER, {"x": 5}, "x", "x in Interval[3, 9)", "5 2 3 8 9 10"),
    Row("each number of a list", INTEGER, {"x": 5}, "x", "x in {3, 7}", "5 2 3 4 6 7 8"),
    Row("a negative limit", INTEGER, {"x": 5}, "x", "Abs(x) > 3", "5 -4 -3 2 3 4"),
    Row("a limit that another fact sets", INTEGER, {"x": 5, "y": 40}, "x", "x > 3 * y", "5 119 120 121"),
    Row("a remainder, near the base", INTEGER, {"x": 5}, "x", "x mod 4 = 3", "5 3 4 6 7"),
    Row("a sum where floats fail", DECIMAL, {"x": "5.0"}, "x", "x + 0.1 >= 0.3", "5.0 0.19 0.2 0.21"),
    Row("a tenth", DECIMAL, {"x": "5.0"}, "x", "x < 0.1", "5.0 0.09 0.1 0.11"),
    Row("a limit between two steps", DECIMAL, {"x": "5.0"}, "x", "3 * x > 1.0", "5.0 0.33 0.34"),
    Row("a finer limit is met", DECIMAL, {"x": "5.0"}, "x", "8 * x >= 1.0", "5.0 0.12 0.13 0.125"),
    Row("division by nothing", DECIMAL, {"x": "5.0", "y": "2.0"}, "y", "x / y > 2", "2.0 -0.01 0.0 0.01 2.49 2.5"),
    Row("no answer without the other", DECIMAL, {"x": "5.0"}, "x", "x > y", "5.0 0.9 1.0 1.1"),
    Row("another unit than that of the fact", LAB, {"x": "9 'g/dL'"}, "x", "x >= 80 'g/L'", "9 7.9 8 8.1"),
    Row("a base in another unit", LAB, {"x": "90 'g/L'"}, "x", "x >= 80 'g/L'", "90 7.9 8 8.1"),
    Row("a multiple of another unit", LAB, {"x": "9 'g/dL'", "y": "12 'g/L'"}, "x", "x > 3 * y", "9 3.59 3.6 3.61"),
    Row(
        "pounds and kilograms", "\n  x: {type: Quantity, unit: kg, ask: 'What?'}", {"x": "70 'kg'"}, "x",
        "x <= 150 '[lb_av]'", "70 68 68.1 68.0388555",
    ),
    Row("the day before a birthday", *BORN, f"{AGE} >= 18", "1990-05-05 2008-11-21 2008-11-20 2007-11-20 2008"),
    Row("more than an age", *BORN, f"{AGE} > 18", "1990-05-05 2007-11-21 2007-11-20 2008-11-21 2007"),
    Row(
        "a leap day has its birthday on 1 March", DATES, {"request.date": "2026-02-28"}, "patient.birth_date",
        f"{AGE} >= 18", "2026-02-28 2008-02-29 2008-02-28 2007-02-28 2008",
    ),
    Row(
        "18 years before a leap day", DATES, {"request.date": "2024-02-29"}, "patient.birth_date",
        "patient.birth_date same or before request.date - 18 years", "2024-02-29 2006-02-27 2006-02-28 2006-03-01 2006",
    ),
    Row(
        "months", *BORN, "months between patient.birth_date and request.date >= 6",
        "1990-05-05 2026-05-20 2026-05-21 2026-04-20 2026",
    ),
    Row(
        "months from the end of one", DATES, {"request.date": "2026-03-31"}, "patient.birth_date",
        "months between patient.birth_date and request.date >= 1", "2026-03-31 2026-03-01 2026-02-28 2026-01-31 2026",
    ),
    Row(
        "exactly six months count", *BORN, "patient.birth_date 6 months or less before request.date",
        "1990-05-05 2026-05-19 2026-05-20 2026-05-21 2026-11-19 2026-11-20 2026-11-21 2026",
    ),
    Row("a date of the calendar", *BORN, "patient.birth_date > @2001-02-28",
        "1990-05-05 2001-02-27 2001-02-28 2001-03-01 2001"),
    Row("a time of day", "\n  x: {type: Time, ask: 'What?'}", {"x": "12:00:00"}, "x", "x < @T08:30:00.000",
        "12:00:00.000 08:29:59.000 08:30:00.000 08:30:01.000"),
    Row("a point in time", "\n  x: {type: DateTime, ask: 'What?'}", {"x": "2026-01-01T12:00:00"}, "x",
        "x >= @2026-03-01T00:00:00.000", "2026-01-01T12:00:00.000 2026-02-28T23:59:59.000 2026-03-01T00:00:00.000 "
        "2026-03-01T00:00:01.000"),
    Row(
        "a limit by a table", INTEGER + "\n  state: {type: String, ask: 'What?'}", {"x": 9, "state": "CT"}, "x",
        "x >= limit", "9 0 1 2 4 5 6 3", "tables:\n  limit: {by: state, values: {CT: 1, KY: 5}, otherwise: 2}",
    ),
    Row(
        "a limit by a table of numbers", INTEGER, {"x": 9, "y": 0}, "x", "x >= limit", "9 1 2 3 5 6 7",
        "tables:\n  limit: {by: y, values: {18: 6}, otherwise: 2}",
    ),
    Row(
        "the rows of a table by age", *BORN, "limit >= 3",
        "1990-05-05 2008-11-21 2008-11-20 2007-11-21 2007-11-20 2007 2008",
        f"definitions:\n  age: {AGE}\ntables:\n  limit: {{by: age, values: {{18: 6}}, otherwise: 2}}",
    ),
    Row("a limit that `if` chooses", INTEGER + "\n  z: {type: Boolean, ask: 'What?'}", {"x": 9, "z": True}, "x",
        "x >= (if z then 3 else 20)", "9 2 3 4 19 20 21"),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.says)
def test_each_limit_is_met_just_below_at_and_just_above(row: Row) -> None:
    texts = tried(compiled(row.facts, row.check, row.more), row.base, row.fact)
    assert texts[-1] == "not known"
    assert {text.split(" '")[0] for text in texts[:-1]} == set(row.expected.split())


def test_the_value_of_the_base_comes_first() -> None:
    policy = compiled(INTEGER, "x >= 3")
    assert tried(policy, {"x": 7}, "x")[0] == "7"
    assert tried(policy, {"x": 3}, "x")[0] == "3"


def test_without_a_base_a_value_is_made_up() -> None:
    policy = compiled(DATES + INTEGER.lstrip("\n"), f"{AGE} >= 18 and x > 2")
    dates = [each.value for each in candidates(policy, {})["request.date"]]
    assert dates[0] == Date(2025, 7, 1)
    assert tried(policy, {}, "x") == ["1", "2", "3", "not known"]


def test_a_base_that_knows_a_date_to_its_year_only_keeps_it() -> None:
    policy = compiled(DATES, f"{AGE} >= 18")
    texts = tried(policy, {"request.date": "2026-11-20", "patient.birth_date": "1990"}, "patient.birth_date")
    assert texts[0] == "1990"
    assert {"2008-11-20", "2008-11-21"} <= set(texts)


def test_requests_are_tried_only_while_the_policy_holds() -> None:
    policy = compiled(DATES, f"{AGE} >= 18")
    base = {"request.date": "2026-11-20", "patient.birth_date": "2008-03-01"}
    assert {"2026-02-28", "2026-03-01"} <= set(tried(policy, base, "request.date"))
    far = {"request.date": "2026-11-20", "patient.birth_date": "1990-03-01"}
    assert tried(policy, far, "request.date") == ["2026-11-20", "not known"]


def test_a_case_that_no_real_one_is_like_is_tried_too() -> None:
    facts = DATES.replace(
        "patient.birth_date: {", "patient.birth_date: {must: patient.birth_date same or before request.date, "
    )
    policy = compiled(facts, f"{AGE} >= 18")
    assert "2026-11-21" in tried(policy, {"request.date": "2026-11-20"}, "patient.birth_date")


def test_a_granted_number_is_met_at_nothing() -> None:
    policy = compiled(INTEGER, "y > 0", grant="6 - x")
    assert {"5", "6", "7"} <= set(tried(policy, {"x": 1, "y": 1}, "x"))


# --- texts, codes, truths ---

CODES = "\n  x: {type: Code, system: ICD-10-CM, ask: 'What?'}"
SETS = """
value_sets:
  leukemia: {system: ICD-10-CM, codes: [C91.00, C91.01]}
  both: [{system: ICD-10-CM, codes: [C91.01, C91.02]}, {system: SNOMED CT, codes: [91857003]}]
  unread: {system: ICD-10-CM, codes: [Z00.00]}
"""


def test_one_code_of_each_group_that_the_policy_treats_alike() -> None:
    policy = compiled(CODES, 'x in "leukemia" or x in "both"', SETS)
    assert tried(policy, {"x": "C91.00"}, "x") == [
        "ICD-10-CM C91.00", "ICD-10-CM C91.01", "ICD-10-CM C91.02", "ICD-10-CM Z00.00", "not known"
    ]  # fmt: skip


def test_the_code_of_the_base_stands_for_its_group() -> None:
    policy = compiled(CODES, 'x in "leukemia" or x in "both"', SETS)
    assert tried(policy, {"x": {"system": "SNOMED CT", "code": "91857003"}}, "x") == [
        "SNOMED CT 91857003", "ICD-10-CM C91.00", "ICD-10-CM C91.01", "ICD-10-CM Z00.00", "not known"
    ]  # fmt: skip


def test_a_code_in_no_value_set_is_in_none() -> None:
    more = "value_sets:\n  ordinary: {system: ICD-10-CM, codes: [Z00.00, R69, Z76.0, J00]}"
    policy = compiled(CODES, 'x in "ordinary"', more)
    other = candidates(policy, {})["x"][1].value
    assert (other.system, other.code) == ("ICD-10-CM", "J01")


def test_a_text_without_values_is_tried_at_what_it_is_held_against_and_one_other() -> None:
    facts = "\n  x: {type: String, ask: 'What?'}\n  z: {type: String, values: [a, b], ask: 'What?'}"
    policy = compiled(facts, "x in {'other', 'CT'} and z = 'a'")
    assert tried(policy, {}, "x") == ["other", "CT", "another", "not known"]
    assert tried(policy, {"z": "b"}, "z") == ["b", "a", "not known"]


def test_a_truth_has_two_values() -> None:
    policy = compiled("\n  x: {type: Boolean, ask: 'What?'}", "x")
    assert tried(policy, {"x": False}, "x") == ["false", "true", "not known"]


def test_a_fact_that_nothing_reads_is_what_it_is_or_not_known() -> None:
    policy = compiled(INTEGER, "y > 1")
    assert tried(policy, {"x": 12}, "x") == ["12", "not known"]


# --- lists ---

FAILED = "exists (therapies T where T.class = 'biologic' and T.outcome = 'failure')"
ENTRY = {"drug": "a", "class": "biologic", "outcome": "failure", "start": "2026-01-01", "end": "2026-03-01"}
OTHER = {**ENTRY, "drug": "b", "class": "steroid"}


def lists(check: str, base: Mapping[str, object], more: str = "") -> list[tuple[str, str]]:
    policy = compiled(DATES + THERAPIES.lstrip("\n"), check, more)
    tries = found(policy, {"request.date": "2026-11-20", **base})["therapies"]
    return [(each.says, plain_text(each.value)) for each in tries]


def said(check: str, base: Mapping[str, object], more: str = "") -> list[str]:
    return [says for says, _ in lists(check, base, more)]


def test_an_empty_list_has_an_entry_made_up_that_is_found() -> None:
    says = said(FAILED, {"therapies": []})
    assert says[:2] == ["without therapies", "with one entry alone"]
    assert {
        "with one entry alone, class `steroid`", "with one entry alone, outcome `response`",
        "with one entry alone, class not known", "with one entry alone, outcome not known", "not known",
    } <= set(says)  # fmt: skip


def test_a_list_that_is_not_in_the_base_is_tried_all_the_same() -> None:
    assert said(FAILED, {}) == said(FAILED, {"therapies": []})


def test_a_list_is_tried_with_less_more_and_each_entry_changed() -> None:
    says = said(FAILED, {"therapies": [ENTRY, OTHER]})
    assert says[:4] == ["as in the base", "without therapies", "without the first entry", "with one entry alone"]
    assert {
        "in the first entry, outcome `response`", "in the second entry, class `biologic`",
        "in the first entry, class not known", "with one more entry like the first",
    } <= set(says)  # fmt: skip


def test_what_is_not_known_in_an_entry_has_the_place_where_the_entry_is() -> None:
    policy = compiled(DATES + THERAPIES.lstrip("\n"), FAILED)
    unclear = {"drug": "c", "class": "biologic", "start": "2025"}
    tries = found(policy, {"therapies": [ENTRY, unclear]})["therapies"]
    (less,) = (each.value for each in tries if each.says == "without the first entry")
    entry = less[0].elements
    assert entry["outcome"] == Missing(frozenset(["therapies[0].outcome"]))
    assert entry["start"] == Uncertain(Date(2025, 1, 1), Date(2025, 12, 31), frozenset(["therapies[0].start"]))


@pytest.mark.parametrize(
    ("check", "texts"),
    [
        ("exists (therapies T where T.dose >= 0.5 'g')", ["dose 499.9 'mg'", "dose 500 'mg'", "dose 500.1 'mg'"]),
        ("exists (therapies T where days between T.start and T.end >= 28)",
         ["end 2026-01-28", "end 2026-01-29", "end 2026-01-30"]),
        ("exists (therapies T where T.end 6 months or less before request.date)",
         ["end 2026-05-19", "end 2026-05-20", "end 2026-05-21", "end 2026-11-19", "end 2026-11-20"]),
        ("First(therapies T sort by start desc).dose > 40 'mg'", ["dose 40 'mg'", "dose 40.1 'mg'"]),
        ("Max(therapies T return T.dose) > 40 'mg'", ["dose 40 'mg'", "dose 40.1 'mg'"]),
    ],
)  # fmt: skip
def test_the_limits_of_an_entry_are_met(check: str, texts: list[str]) -> None:
    everything = " ".join(text for _, text in lists(check, {"therapies": [{**ENTRY, "dose": "50 'mg'"}]}))
    assert [text for text in texts if text not in everything] == []


@pytest.mark.parametrize(
    ("check", "lengths"),
    [
        ("Count(therapies T where T.outcome = 'failure') >= 3", {2, 3, 4}),
        ("Count(therapies) < 2", {0, 1, 2, 3}),
        ("Count(distinct (therapies T where T.outcome = 'failure' return T.class)) >= 2", {1, 2}),
        ("Count(therapies T where T.class = 'biologic') between 2 and 3", {1, 2, 3, 4}),
    ],
)
def test_lists_are_as_long_as_is_counted(check: str, lengths: set[int]) -> None:
    policy = compiled(DATES + THERAPIES.lstrip("\n"), check)
    tries = candidates(policy, {})["therapies"]
    truths = {}
    evaluate = evaluator(checked_in(policy))
    for each in tries:
        if isinstance(each.value, tuple):
            truths.setdefault(len(each.value), set()).add(evaluate({"therapies": each.value}))
    assert lengths <= set(truths)
    assert {True, False} <= {truth for each in truths.values() for truth in each}


def test_counted_entries_have_dates_of_their_own() -> None:
    policy = compiled(DATES + THERAPIES.lstrip("\n"), "Count(therapies T where T.outcome = 'failure') >= 3")
    longest = max((e.value for e in candidates(policy, {})["therapies"] if isinstance(e.value, tuple)), key=len)
    assert len({entry.elements["start"] for entry in longest}) == len(longest) == 4


def test_a_count_by_a_table_is_met_in_each_row() -> None:
    facts = DATES + THERAPIES.lstrip("\n") + "  state: {type: String, ask: 'What?'}\n"
    more = "tables:\n  trials: {by: state, values: {CT: 1, KY: 5}, otherwise: 2}"
    tries = candidates(compiled(facts, "Count(therapies) >= trials", more), {})["therapies"]
    assert {0, 1, 2, 3, 4, 5, 6} <= {len(each.value) for each in tries if isinstance(each.value, tuple)}


def test_two_entries_are_held_against_each_other() -> None:
    check = "exists (therapies T with therapies U such that (U.start 90 days or more after T.end))"
    policy = compiled(DATES + THERAPIES.lstrip("\n"), check)
    values = [each.value for each in candidates(policy, {})["therapies"] if isinstance(each.value, tuple)]
    evaluate = evaluator(checked_in(policy))
    assert {(len(value), evaluate({"therapies": value})) for value in values} >= {(2, True), (2, False)}


@pytest.mark.parametrize(
    ("kind", "check", "expected"),
    [
        ("{type: String}", "exists (x D where D = 'imatinib')", {"none", "imatinib", "other"}),
        ("{type: Integer}", "Sum(x) >= 90", {"none", "89", "90", "91"}),
        ("{type: Boolean}", "AllTrue(x)", {"none", "{true}", "{false}", "true", "false"}),
        ("{type: Date}", "Count(x D where D after @2026-01-31) >= 2", {"none", "2026-01-31", "2026-02-01"}),
    ],
)
def test_lists_of_single_values(kind: str, check: str, expected: set[str]) -> None:
    policy = compiled(f"\n  x: {{type: List, ask: 'What?', of: {kind}}}", check)
    texts = {text for each in candidates(policy, {})["x"] for text in plain_text(each.value).split("; ")}
    assert {text for text in expected if not text.startswith("{")} <= texts


DIARY = """
  diary:
    type: List
    ask: How many days?
    must: not exists (diary D where D.migraine > D.headache)
    of: {migraine: {type: Integer}, headache: {type: Integer}}
  weight: {type: Quantity, unit: kg, ask: "How heavy?", must: weight > 0 'kg'}
"""


def test_an_entry_that_no_real_case_has_is_made_one_where_it_can_be() -> None:
    policy = compiled(DIARY, "Avg(diary D return all D.migraine) >= 8 and weight / weight < 3 'kg'")
    kept = evaluator(policy.musts["diary"].expression)
    lists = [each.value for each in candidates(policy, {})["diary"] if isinstance(each.value, tuple)]
    real = {each[0].elements["migraine"] for each in lists if each and kept({"diary": each})}
    assert {7, 8, 9} <= real
    assert False in {kept({"diary": each}) for each in lists}  # what the must forbids is tried for its own sake


def test_what_no_real_case_has_is_tried_for_nothing_else() -> None:
    policy = compiled(DIARY, "1 'kg2' / (weight + 3 'kg') > 0.1 'kg'")
    assert {text for text in tried(policy, {}, "weight") if text.startswith("-")} == {"-0.1 'kg'"}


def test_a_list_that_two_searches_want_has_an_entry_for_each() -> None:
    check = f"{FAILED} and exists (therapies T where T.class = 'steroid' and T.outcome = 'failure')"
    policy = compiled(DATES + THERAPIES.lstrip("\n"), check)
    assert outcomes(checked_in(policy), candidates(policy, {}), {}).reached(True)


def test_a_list_is_tried_in_no_more_ways_than_a_person_reads() -> None:
    check = " and ".join(
        f"exists (therapies T where T.dose >= {dose} 'mg' and days between T.start and T.end >= {dose})"
        for dose in range(10, 40)
    )
    tries = lists(check, {"therapies": [ENTRY, OTHER]})
    assert len(tries) == MOST_CANDIDATES + 2  # the base, and that it is not known
    assert tries[-1][0] == "not known"


# --- whole policies ---


def sixty_facts() -> CompiledPolicy:
    kinds = ("Integer", "Decimal", "Boolean", "Date")
    facts = "".join(f"\n  f{at}: {{type: {kinds[at % 4]}, ask: 'What?'}}" for at in range(60))
    parts = {
        0: "f{0} * f{4} between {at} and 4{at}",
        1: "f{0} + f{4} > {at}.5",
        2: "(f{0} or f{4})",
        3: "months between f{0} and f{4} >= {at}",
    }
    clauses = [
        parts[at % 4].replace("{0}", str(at)).replace("{4}", str((at + 4) % 60)).replace("{at}", str(at))
        for at in range(60)
    ]
    return compiled(facts, " and ".join(f"({clause})" for clause in clauses))


def seconds_of(policy: CompiledPolicy) -> float:
    begun = time.process_time()
    candidates(policy, {})
    return time.process_time() - begun


def test_all_of_it_is_quick() -> None:
    policy = load_policy("besponsa")
    candidates(policy, {})
    assert seconds_of(policy) < 0.3
    assert seconds_of(sixty_facts()) < 3


def test_the_same_candidates_come_in_the_same_order() -> None:
    policy = load_policy("besponsa")
    assert candidates(policy, {}) == candidates(load_policy("besponsa"), {})


def test_no_fact_of_the_bundled_policy_has_more_values_than_a_person_reads() -> None:
    policy = load_policy("besponsa")
    tries = candidates(policy, {})
    assert tries.keys() == policy.policy.facts.keys()
    for name, each in tries.items():
        assert len({(type(one.value), one.value) for one in each}) == len(each)
        assert len(each) <= (42 if isinstance(policy.policy.facts[name].type, ListOf) else 20)
        assert each[-1] == Candidate(Missing(frozenset([name])), "not known")


def test_every_clause_of_the_bundled_policy_comes_true_and_false() -> None:
    policy = load_policy("besponsa")
    tries = candidates(policy, {})
    for clause in clauses_of(policy).all:
        if not clause.slots:
            reached = outcomes(clause.expression, tries, {})
            assert reached.reached(True), clause.text
            assert reached.reached(False), clause.text


# --- outcomes ---


def checked_in(policy: CompiledPolicy) -> Checked:
    return next(conditions_of(policy)).expression


def test_all_that_an_expression_comes_to_with_a_case_for_each() -> None:
    policy = compiled(INTEGER, "x / y > 2")
    expression = checked_in(policy)
    came = outcomes(expression, candidates(policy, {"x": 5, "y": 2}), {})
    assert came.exhaustive
    assert {str(each.value) for each in came.found if not isinstance(each.value, Missing)} == {"True", "False", "None"}
    for each in came.found:
        assert type(evaluator(expression)(dict(each.frame))) is type(each.value)


def test_a_failure_is_something_that_an_expression_comes_to() -> None:
    policy = compiled(INTEGER, "4 in Interval[x, 5]")
    came = outcomes(checked_in(policy), candidates(policy, {"x": 3}), {})
    assert any(isinstance(each.value, Failure) for each in came.found)


def test_too_many_combinations_are_tried_as_far_as_allowed() -> None:
    policy = compiled(INTEGER, "x > 3 and y > 3")
    tries = candidates(policy, {"x": 1, "y": 1})
    expression = checked_in(policy)
    assert outcomes(expression, tries, {}).reached(True)
    few = outcomes(expression, tries, {}, limit=4)
    assert not few.exhaustive
    assert not few.reached(True)


def test_an_expression_that_reads_nothing_comes_to_one_thing() -> None:
    came = outcomes(checked_in(compiled(INTEGER, "1 < 2")), {}, {})
    assert [each.value for each in came.found] == [True]
    assert came.exhaustive


# --- any comparison ---

OPERATORS = ("<", "<=", ">", ">=", "=", "!=")


@given(
    operator=st.sampled_from(OPERATORS),
    limit=st.integers(-10_000, 10_000),
    places=st.integers(0, 4),
    turned=st.booleans(),
    base=st.integers(-500, 500),
)
def test_both_sides_of_any_limit_are_tried_exactly(
    operator: str, limit: int, places: int, turned: bool, base: int
) -> None:
    number = Decimal(limit).scaleb(-places)
    kind = "Decimal" if places else "Integer"
    literal = f"({number:f})" if places else f"({limit})"
    policy = compiled(
        f"\n  x: {{type: {kind}, ask: 'What?'}}", f"{literal} {operator} x" if turned else f"x {operator} {literal}"
    )
    values = {each.value for each in candidates(policy, {"x": Decimal(base) if places else base})["x"]}
    step = Decimal(1).scaleb(-places - 1) if places else 1
    assert {number - step, number, number + step} <= values


@given(
    factor=st.integers(1, 30),
    added=st.integers(-200, 200),
    limit=st.integers(-2000, 2000),
    operator=st.sampled_from(("<", "<=", ">", ">=")),
)
def test_the_truth_of_a_sum_turns_between_two_values_that_are_tried(
    factor: int, added: int, limit: int, operator: str
) -> None:
    policy = compiled("\n  x: {type: Integer, ask: 'What?'}", f"{factor} * x + ({added}) {operator} ({limit})")
    values = sorted(each.value for each in candidates(policy, {})["x"] if isinstance(each.value, int))
    evaluate = evaluator(checked_in(policy))
    turns = [(one, other) for one, other in product(values, values) if other - one == 1]
    assert any(evaluate({"x": one}) is not evaluate({"x": other}) for one, other in turns)


@given(
    request=st.dates(min_value=datetime.date(2025, 1, 1), max_value=datetime.date(2026, 12, 31)),
    count=st.integers(0, 100),
    unit=st.sampled_from(("years", "months", "weeks", "days")),
)
def test_the_day_of_any_age_and_the_day_before_are_tried(request: datetime.date, count: int, unit: str) -> None:
    policy = compiled(DATES, f"{unit} between patient.birth_date and request.date >= {count}")
    date = Date(request.year, request.month, request.day)
    tries = candidates(policy, {"request.date": date})["patient.birth_date"]
    days = sorted(datetime.date(*each.value.parts).toordinal() for each in tries if isinstance(each.value, Date))
    evaluate = evaluator(checked_in(policy))

    def truth(day: int) -> object:
        born = datetime.date.fromordinal(day)
        return evaluate({"request.date": date, "patient.birth_date": Date(born.year, born.month, born.day)})

    assert any(truth(day) is not truth(day + 1) for day in days if day + 1 in days)
