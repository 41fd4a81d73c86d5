"""The impact of a policy: counted by hand for a few cases, and held against a loop over many."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("numpy")

from case_making import json_text, maker_for

from besponsa_pa import CompiledPolicy, Determination, FileError, api
from besponsa_pa.backends.batch import impact as counting
from besponsa_pa.backends.batch.duckdb_engine import StoppedError
from besponsa_pa.backends.batch.impact import Impact, UnequalRowsError
from besponsa_pa.backends.batch.inputs import Format, Input
from besponsa_pa.cli import main

POLICY = """\
policy: invented
title: An invented drug
version: 1
facts:
  age: {type: Integer, ask: "How old is the patient?"}
  ready: {type: Boolean, ask: "Is the patient ready?"}
pathways:
  first:
    title: First request
    require:
      - {id: adult, title: The patient is an adult, check: age >= 18}
    grant: {cycles: 6}
"""
READY = "      - {id: ready, title: The patient is ready, check: ready}\n"
ADULT = "check: age >= 18}"
# one of each age, and one of which nothing is known
CASES = [
    {"case": "A", "age": 17, "ready": True},
    {"case": "B", "age": 18, "ready": True},
    {"case": "C", "age": 18, "ready": False},
    {"case": "D", "age": 19, "ready": True},
    {"case": "E", "age": 20},
    {"case": "F"},
]
Counted = dict[str, Any]
Pairs = dict[tuple[str, str], int]


@pytest.fixture(name="impact")
def _impact(tmp_path: Path) -> Callable[..., Counted]:
    def counted(
        old: str,
        new: str,
        cases: Sequence[object] | bytes = CASES,
        *options: str,
        code: int = 0,
        name: str = "cases.ndjson",
    ) -> Counted:
        """What the command writes as JSON for two policies and some cases."""
        for side, text in (("old", old), ("new", new)):
            (tmp_path / side).mkdir(exist_ok=True)
            (tmp_path / side / "policy.yaml").write_text(text, "utf-8")
        rows = cases if isinstance(cases, bytes) else "".join(f"{json.dumps(each)}\n" for each in cases).encode()
        (tmp_path / name).write_bytes(rows)
        policies = (str(tmp_path / side / "policy.yaml") for side in ("old", "new"))
        written = tmp_path / "impact.json"
        assert main(["impact", *policies, str(tmp_path / name), "--summary", str(written), *options]) == code
        found: Counted = json.loads(written.read_text("utf-8"))
        return found

    return counted


def changes(found: Counted) -> Pairs:
    """The changes by what was and what is."""
    return {(_state(each["old"]), _state(each["new"])): each["cases"] for each in found["changes"]}


def _state(said: Mapping[str, str | None]) -> str:
    return " ".join(part for part in (said["decision"], said["pend"]) if part)


def moves(found: Counted) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """By criterion and effect: newly, of these with another decision, no longer, of these with another decision."""
    return {(each["criterion"], each["effect"]): _figures(each) for each in found["criteria"]}


def asked(found: Counted) -> dict[str, tuple[int, int, int, int]]:
    return {each["fact"]: _figures(each) for each in found["missing"]}


def _figures(each: Mapping[str, int]) -> tuple[int, int, int, int]:
    return (
        each["newly"],
        each["newly_with_another_decision"],
        each["no_longer"],
        each["no_longer_with_another_decision"],
    )


# --- counted by hand ---


def test_the_same_policy_twice_changes_nothing(impact: Callable[..., Counted]) -> None:
    found = impact(POLICY, POLICY)
    assert (found["rows"], found["changed"], found["changes"], found["examples"]) == (6, 0, [], [])
    assert found["same_decision"] == {"cases": 6, "differing": 0, "differences": []}
    assert (found["criteria"], found["missing"]) == ([], [])
    kept = {_state(each): (each["old"], each["new"]) for each in found["decisions"] if each["old"] or each["new"]}
    assert kept == {"approve": (4, 4), "deny": (1, 1), "pend information": (1, 1)}


def test_a_limit_moved_by_one_changes_the_cases_at_the_limit_alone(impact: Callable[..., Counted]) -> None:
    found = impact(POLICY, POLICY.replace(">= 18", ">= 19"))
    assert changes(found) == {("approve", "deny"): 2}
    assert moves(found) == {("adult", "deny"): (2, 2, 0, 0)}
    assert found["missing"] == []
    assert found["same_decision"]["differing"] == 0
    assert [(each["case"], each["line"]) for each in found["examples"]] == [("B", 2), ("C", 3)]


def test_an_example_says_what_both_policies_saw(impact: Callable[..., Counted]) -> None:
    (example, _) = impact(POLICY, POLICY.replace(">= 18", ">= 19"))["examples"]
    assert (example["old"]["grant"], example["new"]["grant"]) == ({"cycles": 6}, None)
    assert example["new"]["reasons"] == ["adult"]
    assert example["criteria"] == [
        {
            "criterion": "adult",
            "title": "The patient is an adult",
            "old": {"found": "met", "seen": ["age is 18, wanted at least 18"], "given": None, "check": "age >= 18"},
            "new": {
                "found": "not met",
                "seen": ["age is 18, wanted at least 19"],
                "given": None,
                "check": "age >= 19",
            },
        }
    ]


def test_a_criterion_added_denies_asks_and_is_one_more_to_approve_on(impact: Callable[..., Counted]) -> None:
    found = impact(POLICY, POLICY.replace("    grant", f"{READY}    grant"))
    # C is not ready, of E it is not known, and F is asked for it too
    assert changes(found) == {("approve", "deny"): 1, ("approve", "pend information"): 1}
    assert moves(found) == {("ready", "deny"): (1, 1, 0, 0), ("ready", "information"): (2, 1, 0, 0)}
    assert asked(found) == {"ready": (2, 1, 0, 0)}
    assert {each["only_in"] for each in found["criteria"]} == {"new"}
    assert {each["only_in"] for each in found["missing"]} == {None}
    # B and D are approved on one more; F asks for more
    assert found["same_decision"]["differing"] == 3
    assert {(_state(each), each["what"]): each["cases"] for each in found["same_decision"]["differences"]} == {
        ("approve", "reasons"): 2,
        ("pend information", "reasons"): 1,
        ("pend information", "missing"): 1,
    }


def test_a_criterion_taken_away_denies_no_longer(impact: Callable[..., Counted]) -> None:
    found = impact(POLICY.replace("    grant", f"{READY}    grant"), POLICY)
    assert changes(found) == {("deny", "approve"): 1, ("pend information", "approve"): 1}
    assert moves(found) == {("ready", "deny"): (0, 0, 1, 1), ("ready", "information"): (0, 0, 2, 1)}
    assert {each["only_in"] for each in found["criteria"]} == {"old"}


def test_what_is_unmet_and_goes_to_a_clinician_denies_no_longer(impact: Callable[..., Counted]) -> None:
    found = impact(POLICY, POLICY.replace(ADULT, ADULT.replace("}", ", on_unmet: pend}")))
    assert changes(found) == {("deny", "pend clinical_review"): 1}
    assert moves(found) == {("adult", "deny"): (0, 0, 1, 1), ("adult", "clinical_review"): (1, 1, 0, 0)}
    (example,) = found["examples"]
    (criterion,) = example["criteria"]
    assert criterion["old"] == criterion["new"]


def test_a_reason_that_was_none_before_is_shown_although_it_is_found_the_same(impact: Callable[..., Counted]) -> None:
    both = POLICY.replace("    grant", f"{READY}    grant")
    old = both.replace(ADULT, ADULT.replace("}", ", on_unmet: pend}")).replace(">= 18", ">= 17")
    found = impact(old, both.replace(">= 18", ">= 17"), [{"case": "A", "age": 16, "ready": False}])
    assert found["changed"] == 0
    (example,) = found["examples"]
    assert (example["old"]["reasons"], example["new"]["reasons"]) == (["ready"], ["adult", "ready"])
    (criterion,) = example["criteria"]
    assert criterion["criterion"] == "adult"
    assert criterion["old"] == criterion["new"]


def test_another_grant_is_no_other_decision(impact: Callable[..., Counted]) -> None:
    found = impact(POLICY, POLICY.replace("cycles: 6", "cycles: 12"), CASES, "--fail-on-change")
    assert found["changed"] == 0
    assert found["same_decision"]["differences"] == [{"decision": "approve", "pend": None, "what": "grant", "cases": 4}]
    assert [(each["old"]["grant"], each["new"]["grant"]) for each in found["examples"]] == [
        ({"cycles": 6}, {"cycles": 12})
    ] * 3


def test_a_case_that_is_one_for_the_new_policy_alone_was_rejected(impact: Callable[..., Counted]) -> None:
    weight = "  weight: {type: Integer, ask: What is the weight}\n"
    new = POLICY.replace("pathways:", f"{weight}pathways:")
    found = impact(POLICY, new, [*CASES, {"case": "G", "age": 30, "weight": 70}])
    assert changes(found) == {("reject", "approve"): 1}
    assert (found["criteria"], found["missing"]) == ([], [])
    (example,) = found["examples"]
    assert (example["case"], example["line"]) == ("G", 7)
    assert example["old"]["problems"] == ["no fact is called `weight`"]
    assert impact(new, POLICY, [{"case": "G", "age": 30, "weight": 70}])["changes"][0]["new"]["decision"] == "reject"


# --- rows ---


def test_a_row_that_neither_policy_reads_is_rejected_by_both(impact: Callable[..., Counted]) -> None:
    rows = b'{"age": 17}\n\n   \n{"age": 1\xff}\n{"aeg": 18}\n{"case": "B", "age": 18}\nnothing\n'
    found = impact(POLICY, POLICY.replace(">= 18", ">= 19"), rows, code=1)
    assert changes(found) == {("approve", "deny"): 1}
    assert found["rows"] == 5
    rejected = next(each for each in found["decisions"] if each["decision"] == "reject")
    assert (rejected["old"], rejected["new"]) == (3, 3)
    assert [(each["case"], each["line"]) for each in found["examples"]] == [("B", 6)]


def test_no_rows_are_no_change(impact: Callable[..., Counted]) -> None:
    found = impact(POLICY, POLICY, b"\n")
    assert (found["rows"], found["changed"]) == (0, 0)


def test_an_empty_list_of_cases_fails_no_gate(impact: Callable[..., Counted]) -> None:
    assert impact(POLICY, POLICY, b"\n", "--fail-on-change")["rows"] == 0


def test_rows_are_paired_across_chunks(impact: Callable[..., Counted], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "CHUNK", 7)
    rows = [{"case": str(at), "age": 10 + at % 20} for at in range(5000)]
    found = impact(POLICY, POLICY.replace(">= 18", ">= 19"), rows)
    assert changes(found) == {("approve", "deny"): 250}
    assert [(each["case"], each["line"]) for each in found["examples"]] == [("8", 9), ("28", 29), ("48", 49)]


def test_the_interpreter_alone_counts_the_same(impact: Callable[..., Counted]) -> None:
    new = POLICY.replace("    grant", f"{READY}    grant").replace(">= 18", ">= 19")
    by_sql, by_interpreter = impact(POLICY, new), impact(POLICY, new, CASES, "--engine", "python")
    assert {**by_sql, "engine": "python"} == by_interpreter


def test_a_table_is_read_too_and_an_example_has_its_row(impact: Callable[..., Counted]) -> None:
    rows = b"case,age,ready\nA,17,true\nB,18,true\nC,18,\n"
    found = impact(POLICY, POLICY.replace("    grant", f"{READY}    grant"), rows, name="cases.csv")
    assert changes(found) == {("approve", "pend information"): 1}
    assert [(each["case"], each["line"]) for each in found["examples"]] == [("B", 2), ("C", 3)]


def test_cases_that_name_the_old_policy_are_decided_by_a_new_one_with_another_id(
    impact: Callable[..., Counted],
) -> None:
    rows = [{"case": "A", "policy": "invented", "age": 18}]
    found = impact(POLICY, POLICY.replace(">= 18", ">= 19").replace("policy: invented", "policy: other"), rows)
    assert changes(found) == {("approve", "deny"): 1}


# --- examples, gates and mistakes ---


def test_examples_with_reasons_of_their_own_come_first(impact: Callable[..., Counted]) -> None:
    new = POLICY.replace("    grant", f"{READY}    grant").replace(">= 18", ">= 19")
    rows = [{"case": str(at), "age": 18, "ready": True} for at in range(50)]
    rows += [{"case": "not ready", "age": 30, "ready": False}, {"case": "both", "age": 18, "ready": False}]
    found = impact(POLICY, new, rows, "--examples", "3")
    assert [each["case"] for each in found["examples"]] == ["0", "not ready", "both"]
    assert [each["case"] for each in impact(POLICY, new, rows, "--examples", "2")["examples"]] == ["0", "not ready"]
    assert len(impact(POLICY, new, rows, "--examples", "5")["examples"]) == 5


def test_without_examples_nothing_of_a_case_is_told(impact: Callable[..., Counted], tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    found = impact(POLICY, POLICY.replace(">= 18", ">= 19"), [{"case": "SECRET", "age": 18}], "--examples", "0",
                   "--report", str(report))  # fmt: skip
    assert found["examples"] == []
    assert "SECRET" not in json.dumps(found) + report.read_text("utf-8")


def test_a_gate_fails_on_a_change_and_on_none_not(impact: Callable[..., Counted]) -> None:
    impact(POLICY, POLICY, CASES, "--fail-on-change", code=0)
    impact(POLICY, POLICY.replace(">= 18", ">= 19"), CASES, code=0)
    impact(POLICY, POLICY.replace(">= 18", ">= 19"), CASES, "--fail-on-change", code=1)


def test_nothing_of_a_case_is_left_in_a_file(
    impact: Callable[..., Counted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    impact(POLICY, POLICY.replace(">= 18", ">= 19"))
    assert {each.name for each in tmp_path.iterdir()} == {"old", "new", "cases.ndjson", "impact.json"}


def test_a_run_that_is_stopped_ends_as_an_interruption(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tmp_path / "cases.ndjson"
    rows.write_text("".join(f'{{"case": "{at}", "age": {at % 90}}}\n' for at in range(100_000)), "utf-8")
    (tmp_path / "policy.yaml").write_text(POLICY, "utf-8")
    monkeypatch.setattr(counting, "CHUNK", 10)

    def stopped(*_: object) -> None:
        raise StoppedError

    monkeypatch.setattr(Impact, "add", stopped)
    policy = str(tmp_path / "policy.yaml")
    assert main(["impact", policy, policy, str(rows)]) == 130


def test_rows_that_are_not_the_same_are_not_counted() -> None:
    row, file = '["approve",null,null,[],[],null]', Input("cases.ndjson", Format.NDJSON)
    with pytest.raises(UnequalRowsError):
        Impact(3).add([("A", row)], [("B", row)], file, 0)
    with pytest.raises(UnequalRowsError):
        Impact(3).add([("A", row)], [], file, 0)


# --- held against a loop ---

EDITS = {
    "besponsa": (("check: age_in_age >= 1\n", "check: age_in_age >= 40\n"), ("on_unmet: pend", "on_unmet: deny")),
    "repatha_medica": ((">= 55 'mg/dL'", ">= 90 'mg/dL'"), ("check: adult", "check: cardiovascular.listed_history")),
    "emgality_highmark": (("before - 4", "before - 9"), ("duration: 12 cycles", "duration: 6 cycles")),
}


@pytest.mark.parametrize("name", EDITS)
def test_random_cases_are_counted_as_a_loop_counts_them(
    name: str, tmp_path: Path, impact: Callable[..., Counted]
) -> None:
    place = api.find_policies()[name]
    text = place.read_text("utf-8")
    edited = text
    for before, after in EDITS[name]:
        edited = edited.replace(before, after)
    assert edited != text
    old = api.load_policy(place)
    cases = list(maker_for(old, seed=6).cases(300))
    rows = "".join(f"{json_text(each)}\n" for each in cases).encode()
    found = impact(text, edited, rows, code=_code(old, cases))
    new = api.load_policy(tmp_path / "new/policy.yaml")
    pairs = [(_determined(old, each), _determined(new, each)) for each in cases]
    states = Counter((_state_of(one), _state_of(other)) for one, other in pairs)
    assert changes(found) == {pair: count for pair, count in states.items() if pair[0] != pair[1]} != {}
    assert found["rows"] == len(cases)
    assert _counted(moves(found)) == _moved(pairs, lambda each: set(_effects(each)))
    assert _counted(asked(found)) == _moved(pairs, lambda each: {missing.fact for missing in each.missing})
    assert found["same_decision"]["differing"] == sum(map(_differs, pairs))


def _code(old: CompiledPolicy, cases: Sequence[Mapping[str, object]]) -> int:
    return int(any(_determined(old, each) is None for each in cases))


def _determined(policy: CompiledPolicy, case: Mapping[str, object]) -> Determination | None:
    try:
        return api.determine(policy, api.load_case(case, policy))
    except FileError:
        return None


def _state_of(found: Determination | None) -> str:
    if found is None:
        return "reject"
    return found.decision.value + ("" if found.pend is None else f" {found.pend.value}")


def _effects(found: Determination) -> Iterator[tuple[str, str]]:
    if found.decision.value != "approve":
        effect = found.decision.value if found.pend is None else found.pend.value
        yield from ((each, effect) for each in found.reasons)


def _moved(
    pairs: Sequence[tuple[Determination | None, Determination | None]], told: Callable[[Determination], set[object]]
) -> Counter[tuple[object, str, bool]]:
    counts: Counter[tuple[object, str, bool]] = Counter()
    for old, new in pairs:
        if old is not None and new is not None:
            is_decided = _state_of(old) != _state_of(new)
            counts.update((each, "newly", is_decided) for each in told(new) - told(old))
            counts.update((each, "no longer", is_decided) for each in told(old) - told(new))
    return counts


def _counted(moved: Mapping[Any, tuple[int, int, int, int]]) -> Counter[tuple[object, str, bool]]:
    counts: Counter[tuple[object, str, bool]] = Counter()
    for name, (newly, newly_decided, no_longer, no_longer_decided) in moved.items():
        counts[name, "newly", True] += newly_decided
        counts[name, "newly", False] += newly - newly_decided
        counts[name, "no longer", True] += no_longer_decided
        counts[name, "no longer", False] += no_longer - no_longer_decided
    return +counts


def _differs(pair: tuple[Determination | None, Determination | None]) -> bool:
    old, new = pair
    if old is None or new is None or _state_of(old) != _state_of(new):
        return False
    sides = [
        (set(each.reasons), {missing.fact for missing in each.missing}, each.grant, each.pathway) for each in (old, new)
    ]
    return sides[0] != sides[1]
