from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import by_hand
from benchmarks.conftest import COUNT, Measure
from benchmarks.generator import CaseData
from benchmarks.table import CASE, LOOP, ONE, WHOLE
from besponsa_pa import Case, CompiledPolicy, determine, load_case


@pytest.fixture(scope="module")
def plain(example: Path) -> CaseData:
    """The case of the first example as a program would have it: texts, truth values, lists and dictionaries."""
    data = yaml.load(example.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506
    data["transplant"]["prior"] = True
    data["liver"]["veno_occlusive_disease"] = False
    data["treatment"] = {"cycles_completed": 0, "salvage_line": 1}
    return dict(data)


# --- reading ---


def test_json_alone(measure: Measure, plain: CaseData) -> None:
    text = json.dumps(plain)
    measure(CASE, "Python's `json` alone", lambda: json.loads(text), baseline=True)


def test_read_values(measure: Measure, plain: CaseData, policy: CompiledPolicy) -> None:
    measure(CASE, "`load_case` from Python's values", lambda: load_case(plain, policy))


def test_read_json(measure: Measure, plain: CaseData, policy: CompiledPolicy, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(plain), encoding="utf-8")
    measure(CASE, "`load_case` from a JSON file", lambda: load_case(file, policy))


def test_the_yaml_parser_alone(measure: Measure, example: Path) -> None:
    text = example.read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    measure(CASE, "PyYAML alone", lambda: yaml.load(text, loader))  # noqa: S506


def test_read_yaml(measure: Measure, example: Path, policy: CompiledPolicy) -> None:
    measure(CASE, "`load_case` from a YAML file", lambda: load_case(example, policy))


# --- one determination ---


def test_decide_by_hand(measure: Measure, plain: CaseData) -> None:
    case = by_hand.with_dates(plain)
    assert by_hand.decide(case) == "approve"
    measure(ONE, "by hand: the decision alone", lambda: by_hand.decide(case), baseline=True)


@pytest.mark.parametrize(
    ("folder", "words"),
    [("01_first_request", "approve"), ("02_denial", "deny"), ("03_pend_answered", "pend, and ask for facts")],
)
def test_determine(measure: Measure, root: Path, policy: CompiledPolicy, folder: str, words: str) -> None:
    case = load_case(root / "examples" / folder / "case.yaml", policy)
    assert words.startswith(determine(policy, case).decision.value)
    measure(ONE, f"`determine`: {words}", lambda: determine(policy, case))


# --- from plain values to the decision ---


def test_from_values_by_hand(measure: Measure, plain: CaseData) -> None:
    def run() -> str:
        return by_hand.decide(by_hand.with_dates(plain))

    measure(WHOLE, "by hand: two dates read, the decision alone", run, baseline=True)


def test_from_values(measure: Measure, plain: CaseData, policy: CompiledPolicy) -> None:
    measure(WHOLE, "`load_case`, then `determine`", lambda: determine(policy, load_case(plain, policy)))


# --- many ---


def test_many_by_hand(
    measure: Measure, benchmark: BenchmarkFixture, many: list[CaseData], many_cases: list[Case], policy: CompiledPolicy
) -> None:
    cases = [by_hand.with_dates(case) for case in many]
    pairs = Counter(
        (determine(policy, case).decision.value, by_hand.decide(plain))
        for case, plain in zip(many_cases, cases, strict=True)
    )
    benchmark.extra_info["agreement"] = [[*pair, count] for pair, count in sorted(pairs.items())]
    measure(LOOP, f"by hand: {COUNT:,} decisions", _each(by_hand.decide, cases), baseline=True, rounds=7)


def test_many(measure: Measure, many_cases: list[Case], policy: CompiledPolicy) -> None:
    loop = _each(lambda case: determine(policy, case), many_cases)
    measure(LOOP, f"`determine`: {COUNT:,} determinations", loop, rounds=5)


def _each(function: Callable[[Any], object], items: list[Any]) -> Callable[[], object]:
    def loop() -> None:
        for item in items:
            function(item)

    return loop
