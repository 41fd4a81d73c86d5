"""The comparison with other engines is fair and says what was measured; no other engine is needed here."""

from __future__ import annotations

import json
import sys
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path

import pytest

from benchmarks import __main__ as writing
from benchmarks.generator import CaseData
from benchmarks.peers import by_hand, cases, exact, measuring, report, vectorised, workers
from benchmarks.peers.engine import BASELINE, ENTRIES, OURS, POLICY, engine_named
from benchmarks.peers.engines.cql.elm import library
from benchmarks.peers.flat import NAMES, flat
from benchmarks.peers.measuring import Effort, Measured, Row
from benchmarks.peers.vectorised import Timed
from benchmarks.table import ENGINES, section_of, with_section
from besponsa_pa import CompiledPolicy, Decision, determine, load_case, load_policy
from besponsa_pa.api import lint_policy

COMMAND = workers._command
SOME = 600
DIGEST = "af0a9c5d300b29ddc8653d620913a33e9ab72eb76729e2656b26d0aa1d93e2b8"


@cache
def policy() -> CompiledPolicy:
    return load_policy(POLICY)


@cache
def some() -> tuple[CaseData, ...]:
    return tuple(cases.generated(SOME))


# --- the cases ---


def test_the_same_seed_gives_the_same_cases_in_every_version() -> None:
    text = "\n".join(cases.lines(cases.generated(200)))
    assert sha256(text.encode()).hexdigest() == DIGEST
    assert list(cases.generated(20, seed=1)) != list(islice(some(), 20))


def test_about_half_of_the_cases_are_approved_and_each_criterion_denies_some() -> None:
    decisions = Counter(map(exact.decide, some()))
    assert 0.4 < decisions["approve"] / SOME < 0.65
    alone = {criteria[0] for case in some() if len(criteria := exact.unmet(case)) == 1}
    assert alone == {criterion for criterion, _ in cases.PROBES}


def test_many_values_are_exactly_at_the_limit() -> None:
    counts = Counter(fact for case in some() for fact in at_a_limit(case))
    assert min(counts["bilirubin"], counts["ast"]) > SOME / 4
    assert min(counts["eighteen today"], counts["six cycles"]) > SOME / 20


def test_a_line_read_back_is_the_case_with_every_digit() -> None:
    for case, line in zip(some(), cases.lines(some()), strict=True):
        assert cases.case_from_line(line) == case
        assert str(cases.case_from_line(line)["liver"]["bilirubin"]) == str(case["liver"]["bilirubin"])


def test_repeated_lines_are_the_same_cases_with_other_numbers() -> None:
    few = list(islice(some(), 3))
    again = [json.loads(line) for line in cases.repeated_lines(7, few)]
    assert len({case["case"] for case in again}) == 7
    assert [case["liver"] for case in again] == [json.loads(line)["liver"] for line in cases.lines((few * 3)[:7])]


def at_a_limit(case: CaseData) -> list[str]:
    liver, treatment = case["liver"], case["treatment"]
    born, asked = case["patient"]["birth_date"], case["request"]["date"]
    found = {
        "bilirubin": liver["bilirubin"] == Decimal("1.5") * liver["bilirubin_upper_limit"],
        "ast": liver["ast"] == Decimal("2.5") * liver["ast_upper_limit"],
        "eighteen today": exact.years(born, asked) == 18 and born[5:] == asked[5:],
        "six cycles": treatment["cycles_requested"] + treatment["cycles_completed"] == 6,
    }
    return [fact for fact, is_there in found.items() if is_there]


# --- by hand and exact ---


def test_by_hand_and_exact_differ_only_where_binary_floats_put_a_limit_too_low() -> None:
    differing = [case for case in some() if by_hand.decide(by_hand.load(case)) != exact.decide(case)]
    assert len(differing) > SOME / 20
    for case in differing:
        assert exact.decide(case) == "approve"
        assert set(at_a_limit(case)) & set(in_floats_too_low(case))


def in_floats_too_low(case: CaseData) -> list[str]:
    liver = case["liver"]
    factors = {"bilirubin": 1.5, "ast": 2.5}
    return [
        fact
        for fact, factor in factors.items()
        if float(liver[fact]) > factor * float(liver[f"{fact}_upper_limit"])
        and Fraction(liver[fact]) <= Fraction(factor) * Fraction(liver[f"{fact}_upper_limit"])
    ]


@pytest.mark.parametrize(
    ("born", "asked", "years"),
    [("2007-03-01", "2025-02-28", 17), ("2007-02-28", "2025-02-28", 18), ("2024-02-29", "2025-02-28", 0)],
)
def test_exact_counts_completed_years(born: str, asked: str, years: int) -> None:
    assert exact.years(born, asked) == years


# --- this engine ---


def test_the_policy_has_the_nine_criteria_and_nothing_to_complain_of() -> None:
    compiled, linted = lint_policy(POLICY)
    assert compiled is not None
    assert not [each for each in linted.diagnostics if each.severity.value in ("error", "warning")]
    findings = determine(policy(), load_case(cases.approvable(), policy())).findings
    assert [finding.criterion for finding in findings] == [criterion for criterion, _ in cases.PROBES]


def test_the_engine_decides_every_case_as_the_exact_reference_does_and_for_the_same_reasons() -> None:
    for case in some():
        found = determine(policy(), load_case(case, policy()))
        assert found.decision.value == exact.decide(case), case
        assert found.decision is Decision.APPROVE or list(found.reasons) == exact.unmet(case)


@pytest.mark.parametrize("name", OURS)
def test_each_way_to_use_the_engine_decides_the_same(name: str) -> None:
    engine = engine_named(name)
    told = [engine.outcome(engine.decide(engine.load(case))) for case in islice(some(), 50)]
    assert told == [exact.decide(case) for case in islice(some(), 50)]


def test_the_approvable_case_is_approved_by_all() -> None:
    case = cases.approvable()
    assert exact.decide(case) == by_hand.decide(by_hand.load(case)) == "approve"
    assert determine(policy(), load_case(case, policy())).decision is Decision.APPROVE


@pytest.mark.parametrize(("criterion", "case"), list(cases.probes()), ids=[criterion for criterion, _ in cases.PROBES])
def test_without_a_fact_the_engine_pends_and_asks_for_it_alone(criterion: str, case: CaseData) -> None:
    found = determine(policy(), load_case(case, policy()))
    fact = ".".join(dict(cases.PROBES)[criterion])
    assert (found.decision, found.reasons) == (Decision.PEND, (criterion,))
    assert [each.fact for each in found.missing] == [fact]
    for name in OURS:
        engine = engine_named(name)
        assert engine.outcome(engine.decide(engine.load(case))) == "pend"


# --- what the others are given ---


def test_a_flat_case_has_every_fact_and_lacks_what_the_case_lacks() -> None:
    whole = flat(cases.approvable())
    assert set(whole) == {*NAMES.values(), "age", "therapies"}
    for criterion, case in cases.probes():
        assert len(set(whole) - set(flat(case))) == 1, criterion


def test_the_elm_names_every_fact_once_or_more() -> None:
    text = json.dumps(library())
    for path in (
        "birthDate",
        "requestDate",
        "bilirubinLimit",
        "astLimit",
        "philadelphia",
        "vod",
        "requested",
        "completed",
    ):
        assert f'"path": "{path}"' in text


# --- the run ---


def test_a_run_measures_each_engine_in_its_own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "is_there", lambda name: name != "zen_graph")
    effort = Effort(starts=1, rounds=1, seconds=0.01, count=40)
    hand, ours, absent = measuring.measure([BASELINE, "decide", "zen_graph"], effort, lambda _: None)
    assert (absent.measured, absent.absent) == (None, "not installed")
    assert hand.measured is not None
    assert ours.measured is not None
    assert ours.measured.agreeing == ours.measured.count == 40 > hand.measured.agreeing
    assert (hand.measured.probes("approve"), ours.measured.probes("pend")) == (2, 9)
    assert 0 < hand.measured.seconds < hand.measured.cold_start


def test_an_engine_whose_process_ends_is_told_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    ends = [sys.executable, "-c", ""]
    monkeypatch.setattr(workers, "_command", lambda name, file: ends if name == "cedar" else COMMAND(name, file))
    monkeypatch.setattr(measuring, "is_there", lambda _: True)
    effort = Effort(starts=1, rounds=1, seconds=0.001, count=10)
    hand, cedar = measuring.measure([BASELINE, "cedar"], effort, told.append)
    assert hand.measured is not None
    assert (cedar.measured, cedar.absent) == (None, "failed")
    assert "`cedar` has ended: run `" in " ".join(told)


def test_sql_by_hand_decides_as_the_exact_reference_does(tmp_path: Path) -> None:
    source, target = tmp_path / "cases.ndjson", tmp_path / "decisions.parquet"
    source.write_text("\n".join(cases.repeated_lines(SOME, some())), encoding="utf-8")
    vectorised.by_duckdb(str(source), str(target))
    assert vectorised._agreeing(target, [exact.decide(case) for case in some()]) == SOME
    vectorised.by_python(str(source), str(tmp_path / "decisions.csv"))
    by_loop = vectorised._agreeing(tmp_path / "decisions.csv", [by_hand.decide(by_hand.load(case)) for case in some()])
    assert by_loop == SOME


# --- the page ---


def test_every_step_of_a_batch_can_be_timed(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    from benchmarks.peers import reading

    source, target = tmp_path / "cases.ndjson", tmp_path / "decisions.parquet"
    source.write_text("\n".join(cases.repeated_lines(200, list(islice(cases.generated(), 100)))), encoding="utf-8")
    with duckdb.connect() as connection:
        for said, statement in reading.steps(str(source), str(target)):
            assert 200 in connection.execute(statement).fetchone(), said
        decided = connection.read_parquet(str(target)).filter("decision IS NOT NULL").fetchall()
    assert len(decided) == 200


def test_the_engines_stand_behind_plain_python_from_the_quickest_on_and_the_absent_ones_last() -> None:
    rows = [
        row("zen_graph", None),
        row("cedar", 40e-6),
        row("datalogic", 1e-6, approve=4, deny=5),
        row("decide", 2e-6, pend=9),
        row(BASELINE, 5e-7, approve=2, error=7),
    ]
    text = report.engines_section(rows, [Path("ratios.svg")])
    titles = [line.split(" | ")[0:2] for line in text.splitlines() if line.startswith("| ") and "engine |" not in line]
    assert [title[0].removeprefix("| ") for title in titles[:5]] == [
        ENTRIES[name].row for name in (BASELINE, "decide", "datalogic", "cedar", "zen_graph")
    ]
    assert [ratio for _, ratio in titles[:5]] == ["1.0", "4.0", "2.0", "80", "not installed"]
    assert "| datalogic-py | 9,990 | 4 | 5 | 0 | 0 |" in text
    assert "![ratios](performance/ratios.svg)" in text


def test_rows_a_second_are_told_beside_the_ratio_to_sql_by_hand() -> None:
    found = [Timed("python", 1_000_000, 10.0, 16_000_000, 870_000), Timed("duckdb", 1_000_000, 2.0, 0, 1_000_000)]
    text = report.many_section(found, [])
    assert "| 1,000,000 | DuckDB, SQL by hand: the decision | 1.0 | 500,000 | 2.0 s |  | 1,000,000 |" in text
    assert "| 5.0 | 100,000 | 10 s | 16 MB | 870,000 |" in text
    assert f"| | {vectorised.WAYS['batch'].row} | left out: not installed, or failed |" in text


def test_a_section_takes_the_place_of_the_old_one_and_leaves_the_others() -> None:
    page = "# Page\n\n## One\n\nfirst\n\n## Two\n\nsecond\n"
    assert section_of(page, "One") == "## One\n\nfirst"
    assert with_section(page, "One", "## One\n\nnew\n") == "# Page\n\n## One\n\nnew\n\n## Two\n\nsecond\n"
    assert with_section(page, "Three", "## Three\n\nthird\n") == page + "\n## Three\n\nthird\n"
    assert with_section(page, "Three", "") == page


def test_a_new_page_keeps_what_the_comparison_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "performance.md"
    old.write_text(f"# Old\n\n## Gone\n\nold\n\n## {ENGINES}\n\nkept\n", encoding="utf-8")
    monkeypatch.setattr(writing, "PAGE", old)
    assert writing._with_peers("# New\n") == f"# New\n\n## {ENGINES}\n\nkept\n"


def row(name: str, seconds: float | None, **answers: int) -> Row:
    if seconds is None:
        return Row(name, "", None, "not installed")
    told = [outcome for outcome, count in answers.items() for _ in range(count)]
    criteria = (criterion for criterion, _ in cases.PROBES)
    return Row(
        name, "1.0", Measured(seconds, 0.05, 20_000_000, 9_990, 0, 10_000, dict(zip(criteria, told, strict=False)))
    )
