"""What is remembered of a policy never shows: each case is determined as without memory, to the byte."""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from besponsa_pa import Case, CompiledPolicy, decide, determine, load_case, load_policy
from besponsa_pa.case import Evidence, JudgmentAnswer
from besponsa_pa.determination import memory, truths
from besponsa_pa.determination.findings import Determination, Verdict
from besponsa_pa.determination.memory import Memory
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.facts import Grade
from besponsa_pa.policy.candidates import candidates
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.loader import load
from besponsa_pa.policy.model import Judgment, criteria_of
from besponsa_pa.records import replace
from besponsa_pa.render.structure import json_text, structure_from_determination
from besponsa_pa.source import Source
from besponsa_pa.values import Date, Missing, TupleValue, Uncertain, Value, from_fact

HERE = Path(__file__).parent
SCENARIOS = sorted(folder for folder in HERE.iterdir() if (folder / "policy.yaml").is_file())
LIBRARY = sorted((HERE.parent.parent / "policies").glob("*/policy.yaml"))
NEVER = sys.maxsize

sys.path.append(str(HERE.parent / "properties"))

import random_policies  # noqa: E402 - the folder of other tests
import test_random_policies as random_cases  # noqa: E402


class Pair:
    """A policy decided in the general way each time, and with all that can be remembered."""

    def __init__(self, compiled: CompiledPolicy) -> None:
        self.general, self.quick = Memory(compiled, first_cases=NEVER), Memory(compiled, first_cases=0)
        assert self.quick.determination(EMPTY) == self.general.determination(EMPTY)

    def hold(self, case: Case) -> Determination:
        """Both say the same of a case, when it comes first and when it comes again."""
        wanted = self.general.determination(case)
        text = json_text(structure_from_determination(wanted))
        for _ in range(2):
            found = self.quick.determination(case)
            assert found == wanted, case
            assert json_text(structure_from_determination(found)) == text
            assert self.quick.verdict(case) == self.general.verdict(case) == verdict_from(wanted), case
        return wanted


EMPTY = Case(None, None, {}, {}, {}, "empty", {})


def verdict_from(said: Determination) -> Verdict:
    return Verdict(said.decision, said.pend, said.pathway, said.reasons, tuple(each.fact for each in said.missing))


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: folder.name)
def test_a_scenario_is_determined_as_without_memory(folder: Path) -> None:
    policy = load_policy(folder / "policy.yaml")
    case = load_case(folder / "case.yaml", policy)
    pair = Pair(policy)
    pair.hold(case)
    for fact in case.facts:
        pair.hold(replace(case, facts={name: value for name, value in case.facts.items() if name != fact}))
        pair.hold(replace(case, facts={**case.facts, fact: Missing(frozenset([fact]))}))
        pair.hold(replace(case, facts={**case.facts, fact: None}))
    pair.hold(replace(case, evidence={}, judgments={}))


# --- cases by chance, of every policy of the library ---


@cache
def prepared(place: Path) -> tuple[Pair, Mapping[str, list[Value]], tuple[str, ...]]:
    """A policy both ways, the values worth trying for each fact, and the judgments that it asks for."""
    compiled = load_policy(place)
    values = {name: [each.value for each in found] for name, found in candidates(compiled, {}).items()}
    criteria = (each for pathway in compiled.pathways for each in criteria_of(pathway))
    return Pair(compiled), values, tuple(each.id for each in criteria if isinstance(each.body, Judgment))


def case_by_chance(values: Mapping[str, list[Value]], judgments: tuple[str, ...], chance: random.Random) -> Case:
    """Each fact one of its values, or known in part, or not at all, with or without evidence."""
    openness, proof = chance.choice((0.0, 0.1, 0.5)), chance.choice((0.0, 0.5, 0.95))
    facts, evidence = {}, {}
    for name, choices in values.items():
        value = chance.choice(choices)
        if not isinstance(value, Missing) and chance.random() >= openness:
            facts[name] = in_part(value, name, chance) if chance.random() < openness else value
        if chance.random() < proof:
            evidence[name] = Evidence(chance.choice(tuple(Grade)))
    answers = {each: JudgmentAnswer(chance.random() < 0.7) for each in judgments if chance.random() < 0.7}
    return Case(str(chance.random()), None, facts, evidence, answers, "by chance", {})


def in_part(value: Value, place: str, chance: random.Random) -> Value:
    """A date to its year or month; a list with parts of its elements not known."""
    match value:
        case Date(year, month, day) if day is not None:
            return from_fact(chance.choice((Date(year), Date(year, month))), place)
        case tuple() | Uncertain():
            return (
                value
                if not isinstance(value, tuple)
                else tuple(in_part(each, f"{place}[{at}]", chance) for at, each in enumerate(value))
            )
        case TupleValue(elements):
            left_out = chance.choice((None, *elements))
            parts = {
                name: Missing(frozenset([f"{place}.{name}"])) if name == left_out else each
                for name, each in elements.items()
            }
            return TupleValue(parts)
        case _:
            return value


@pytest.mark.parametrize("place", LIBRARY, ids=lambda place: place.parent.name)
def test_any_case_of_a_policy_is_determined_as_without_memory(place: Path) -> None:
    pair, values, judgments = prepared(place)
    chance = random.Random(place.parent.name)  # noqa: S311 - the same cases each time
    found = [pair.hold(case_by_chance(values, judgments, chance)) for _ in range(60)]
    assert len({each.reasons for each in found}) > 2


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.data())
def test_any_policy_determines_any_case_as_without_memory(data: st.DataObject) -> None:
    policy = data.draw(random_policies.policies(once=False, graded=True, failing=True))
    compiled = random_cases.compiled(policy)
    pair = Pair(compiled)
    for _ in range(4):
        pair.hold(load_case(data.draw(random_cases.requests(policy)).case, compiled))


# --- the public functions ---

NINE = """
policy: many
title: Many criteria
version: 1
facts:
{facts}
pathways:
  only:
    title: The only one
    require:
      all:
{criteria}
otherwise: {{decision: deny, title: None}}
"""


def policy_of(count: int, check: str = "f.n{0} <= 3", given: str = "") -> CompiledPolicy:
    facts = "\n".join(f"  f.n{at}: {{type: Integer}}" for at in range(count))
    row = f"        - {{{{id: c{{0}}, title: C, {given}check: {check}}}}}"
    criteria = "\n".join(row.format(at) for at in range(count))
    diagnostics = Diagnostics()
    written = load(Source(NINE.format(facts=facts, criteria=criteria), "policy.yaml"), lambda *_: None, diagnostics)
    compiled = None if written is None else compile_policy(written, diagnostics)
    assert compiled is not None, [each.message for each in diagnostics]
    return compiled


def numbers(policy: CompiledPolicy, *values: int) -> Case:
    return load_case({"f": {f"n{at}": value for at, value in enumerate(values)}}, policy)


def test_what_is_decided_and_determined_stays_the_same_however_many_cases_came_before() -> None:
    policy = policy_of(2)
    cases = [numbers(policy, first, second) for first in (3, 4) for second in (3, 4)] + [numbers(policy, 4)]
    before = [(decide(policy, case), determine(policy, case)) for case in cases]
    for _ in range(memory.FIRST_CASES):
        assert [(decide(policy, case), determine(policy, case)) for case in cases] == before
    assert isinstance(policy.memory, Memory)
    assert policy.memory._functions is not None
    assert decide(policy, cases[1]) is decide(policy, cases[1])


def test_functions_are_written_only_when_they_pay() -> None:
    policy = policy_of(1)
    for _ in range(memory.FIRST_CASES):
        decide(policy, numbers(policy, 1))
        assert policy.memory._functions is None  # type: ignore[attr-defined]
    decide(policy, numbers(policy, 1))
    assert policy.memory._functions is not None  # type: ignore[attr-defined]


def test_no_value_of_a_case_is_remembered() -> None:
    policy = policy_of(2)
    case = replace(numbers(policy, 271828, 314159), id="somebody")
    kept = Memory(policy, first_cases=0)
    for _ in range(2):
        kept.determination(case)
        kept.verdict(case)
    text = repr((kept._verdicts, kept._skeletons, kept.numbered, kept._numbered))
    assert "c0" in text
    assert not any(secret in text for secret in ("somebody", "271828", "314159"))


def test_no_more_than_so_much_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_REMEMBERED", 3)
    pair = Pair(policy_of(4))
    for at in range(16):
        pair.hold(numbers(pair.quick._compiled, *(3 + (at >> bit & 1) for bit in range(4))))
        assert max(map(len, (pair.quick._verdicts, pair.quick._skeletons, pair.quick.numbered))) <= 3


@pytest.mark.parametrize(("count", "given"), [(1000, ""), (200, "given: f.n0 >= 1, ")])
def test_a_great_many_criteria_are_decided_alike(count: int, given: str) -> None:
    pair = Pair(policy_of(count, given=given))
    chance = random.Random(1)  # noqa: S311 - the same cases each time
    pair.hold(numbers(pair.quick._compiled, *(3 for _ in range(count))))
    pair.hold(numbers(pair.quick._compiled, 0, *(chance.randrange(5) for _ in range(count - 1))))


def test_what_stands_too_deep_for_python_is_decided_in_the_general_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(truths, "DEEPEST", 0)
    pair = Pair(policy_of(2, given="given: f.n0 >= 1, "))
    assert pair.quick._functions is None
    for value in (0, 1, 4):
        pair.hold(numbers(pair.quick._compiled, value, 4))


CHAIN = "\n".join(f"  d{at}: d{at - 1} and f.n0 >= {at - 30}" for at in range(1, 12))


def test_a_long_chain_of_definitions_is_decided_alike() -> None:
    text = NINE.format(
        facts="  f.n0: {type: Integer}\ndefinitions:\n  d0: f.n0 <= 3\n" + CHAIN,
        criteria="        - {id: leaf, title: C, check: d11}",
    )
    diagnostics = Diagnostics()
    written = load(Source(text, "policy.yaml"), lambda *_: None, diagnostics)
    policy = None if written is None else compile_policy(written, diagnostics)
    assert policy is not None, [each.message for each in diagnostics]
    pair = Pair(policy)
    for value in (3, 4):
        pair.hold(numbers(policy, value))
