"""The tests that are suggested: what they reach, that they pass, what is said of what no case reaches."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml

from besponsa_pa import api, load_case, load_policy
from besponsa_pa.determination.admission import case_from_node
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping as MappingNode
from besponsa_pa.document import parse_document
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest import (
    Coverage,
    PolicyTest,
    Recorder,
    coverage_of,
    read_case_of,
    read_tests,
    read_unreachable,
    run_tests,
)
from besponsa_pa.policytest.items import Kind
from besponsa_pa.policytest.suggesting import Suggestions, suggest
from besponsa_pa.policytest.tests_file import text_from_suggestions, text_with_suggestions
from besponsa_pa.source import Source
from besponsa_pa.values import Date

ROOT = Path(__file__).parent.parent.parent
SCENARIOS = sorted((ROOT / "tests" / "determination").glob("*/policy.yaml"))
POLICIES = [
    *(ROOT / "policies" / name / "policy.yaml" for name in ("besponsa", "besponsa_centene")),
    ROOT / "examples" / "06_second_drug" / "policies" / "blinatumomab" / "policy.yaml",
    ROOT / "tests" / "cli" / "policies" / "sample" / "policy.yaml",
]
Entry: TypeAlias = dict[str, object]
Made: TypeAlias = Callable[[str], CompiledPolicy]
DATES = 'request.date: {type: Date, ask: "When?"}'


@dataclass(frozen=True)
class Read:
    """Suggestions as they are read again from their text."""

    suggestions: Suggestions
    text: str
    entries: Mapping[str, Entry]
    tests: tuple[PolicyTest, ...]
    coverage: Coverage

    @property
    def unreachable(self) -> dict[str, str]:
        """The reasons by the items that no case reaches."""
        return {each.item.text: each.reason for each in self.suggestions.unreached if each.is_sure}

    def decided(self, fact: str) -> dict[str, str]:
        """What is decided with each value of a fact where no other fact is changed, in the base too."""
        entries = [entry for entry in self.entries.values() if set(changes(entry)) == {fact} and "without" not in entry]
        return {str(changes(entry)[fact]): str(entry["expect"]) for entry in entries}


def changes(entry: Entry) -> dict[str, object]:
    """What is different in a test."""
    found = entry.get("with", {})
    assert isinstance(found, dict)
    return found


@pytest.fixture
def policy(tmp_path: Path) -> Made:
    """Makes a policy of the text after its head."""

    def made(text: str) -> CompiledPolicy:
        path = tmp_path / "policy.yaml"
        path.write_text(f"policy: invented\ntitle: Invented\nversion: 1\n{text}", "utf-8")
        compiled, diagnostics = api.check_policy(path, [])
        assert compiled is not None, [each.message for each in diagnostics]
        return compiled

    return made


def read(policy: CompiledPolicy, suggestions: Suggestions, before: str = "") -> Read:
    """The suggestions read from their text, which must be without a mistake, and each test must pass."""
    text = text_from_suggestions(suggestions)
    whole = f"{before}\n{text}" if before else text
    diagnostics = Diagnostics()
    root = parse_document(Source(whole, "tests.yaml"), diagnostics)
    assert root is not None
    tests = read_tests(root, policy, diagnostics)
    unreachable = {each.item.text: each.reason for each in read_unreachable(root, policy, diagnostics)}
    assert [each.message for each in diagnostics] == []
    assert [result.differences for result in run_tests(tests, policy) if not result.passed] == []
    entries = {entry["name"]: entry for entry in yaml.load(text, yaml.BaseLoader)["tests"]}  # noqa: S506 - all as texts
    return Read(suggestions, text, entries, tests, coverage_of(policy, tests, unreachable))


def suggested(policy: CompiledPolicy) -> Read:
    """All tests of a policy without any."""
    return read(policy, suggest(policy, (), None))


def beside(policy: CompiledPolicy, tests: str) -> Suggestions:
    """What is suggested beside some tests."""
    diagnostics = Diagnostics()
    root = parse_document(Source(f"policy: invented\n{tests}", "tests.yaml"), diagnostics)
    assert isinstance(root, MappingNode)
    found = read_tests(root, policy, diagnostics)
    unreachable = [each.item.text for each in read_unreachable(root, policy, diagnostics)]
    assert [each.message for each in diagnostics] == []
    base = root.get("base")
    return suggest(policy, found, None if base is None else case_from_node(base, policy, diagnostics), unreachable)


# --- small policies, each with something that is hard to reach ---


def test_a_birthday_is_met_on_the_day_and_missed_by_one(policy: Made) -> None:
    found = suggested(
        policy(f"""\
facts:
  {DATES}
  patient.birth_date: {{type: Date, ask: "Born?"}}
pathways:
  only: {{require: {{id: age, check: years between patient.birth_date and request.date >= 18}}}}
""")
    )
    base = found.suggestions.base
    assert base is not None
    decided = found.decided("patient.birth_date")
    assert base.case.facts["request.date"] == Date(2025, 6, 15)
    assert decided["2007-06-16"] == "deny"
    assert {**decided, str(base.case.facts["patient.birth_date"]): "approve"}["2007-06-15"] == "approve"
    assert decided["2007"] == "pend"
    assert found.coverage.missing == ()
    assert found.unreachable == {}


def test_a_decimal_next_to_a_limit_keeps_its_unit(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  dose: {type: Quantity, unit: mg, ask: "Dose?"}
pathways:
  only: {require: {id: usual, check: dose <= 2.5 'mg'}}
""")
    )
    assert found.decided("dose") == {"2.49 'mg'": "approve", "2.5 'mg'": "approve", "2.51 'mg'": "deny"}
    assert found.coverage.missing == ()


def test_two_facts_of_one_limit_are_both_moved_across_it(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  alt: {type: Decimal, ask: "ALT?"}
  limit: {type: Decimal, ask: "Upper limit?"}
pathways:
  only: {require: {id: low, check: alt <= 3 * limit}}
""")
    )
    denied = [set(changes(entry)) for entry in found.entries.values() if entry["expect"] == "deny"]
    assert {"alt"} in denied
    assert {"limit"} in denied
    assert found.coverage.missing == ()


def test_each_value_that_a_fact_may_have_is_tried_and_each_missing_fact_is_asked_for(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  stage: {type: String, values: [one, two, three, four], ask: "Stage?"}
  weight: {type: Integer, ask: "Weight?"}
pathways:
  only:
    require:
      all: [{id: late, check: "stage in {'three', 'four'}"}, {id: heavy, check: weight > 50}]
""")
    )
    base = found.suggestions.base
    assert base is not None
    decided = {**found.decided("stage"), str(base.case.facts["stage"]): "approve"}
    assert decided == {"one": "deny", "two": "deny", "three": "approve", "four": "approve"}
    assert found.entries["a missing `stage` is asked for"]["asks"] == ["stage"]
    assert found.entries["a missing `weight` is asked for"]["asks"] == ["weight"]


def test_a_search_with_dates_is_shown_with_entries_on_both_sides(policy: Made) -> None:
    found = suggested(
        policy(f"""\
facts:
  {DATES}
  trials:
    type: List
    ask: Which?
    of: {{drug: {{type: String}}, outcome: {{type: String, values: [failure, response]}}, end: {{type: Date}}}}
pathways:
  only:
    require:
      id: recent
      check: exists (trials T where T.outcome = 'failure' and T.end 6 months or less before request.date)
""")
    )
    assert found.coverage.missing == ()
    assert found.unreachable == {}
    assert "`T.end 6 months or less before request.date` decides when unknown in `recent`" in found.text
    assert any(entry.get("with") == {"trials": []} and entry["expect"] == "deny" for entry in found.entries.values())


def test_a_count_is_met_one_short_and_with_one_more(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  trials: {type: List, ask: "Which?", of: {failed: {type: Boolean}}}
pathways:
  only: {require: {id: two, check: "Count(trials T where T.failed) >= 2"}}
""")
    )
    denied = [entry for entry in found.entries.values() if entry["expect"] == "deny"]
    assert 1 in [str(changes(entry)["trials"]).count("'true'") for entry in denied]
    assert found.coverage.missing == ()


def test_groups_are_shown_by_each_alternative_alone_and_one_short(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  a: {type: Boolean, ask: "a?"}
  b: {type: Boolean, ask: "b?"}
  c: {type: Boolean, ask: "c?"}
  d: {type: Boolean, ask: "d?"}
  e: {type: Boolean, ask: "e?"}
pathways:
  only:
    require:
      all:
        - {id: two, at_least: {count: 2, of: [{id: a, check: a}, {id: b, check: b}, {id: c, check: c}]}}
        - {id: none_of, none: [{id: d, check: d}, {id: e, check: e}]}
""")
    )
    assert found.coverage.missing == ()
    assert found.unreachable == {}
    for said in ("`two` is one short", "`d` decides alone in `none_of`", "only `none_of` is not met in `only`"):
        assert f"# {said}" in found.text, said


def test_an_exclusion_that_contradicts_a_requirement_is_told_with_what_was_tried(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  age: {type: Integer, ask: "Age?"}
pathways:
  only:
    require: {id: adult, check: age >= 18}
    exclude: [{id: child, check: age < 18}]
""")
    )
    reason = found.unreachable["`child` decides alone in `only`"]
    assert reason.startswith("no case with the values that were tried reaches it: ")
    assert reason.endswith("of `age`")
    assert set(found.unreachable) == {"`child` decides alone in `only`"}
    assert found.coverage.missing == ()


def test_what_only_lists_could_reach_is_not_called_unreachable(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  trials: {type: List, ask: "Which?", of: {drug: {type: String}}}
pathways:
  only: {require: {id: never, check: "exists (trials T where T.drug = 'a' and T.drug = 'b')"}}
""")
    )
    assert "`never` is met" not in found.unreachable
    assert "# No case was found for these, though there may be one." in found.text
    assert "#   `never` is met: " in found.text


def test_each_row_of_a_table_and_each_result_of_a_choice_is_taken(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  state: {type: String, ask: "State?"}
  count: {type: Integer, ask: "Months?"}
  kind: {type: String, values: [x, y, z], ask: "Kind?"}
tables:
  wanted: {by: state, values: {CT: 1, KY: 3}, otherwise: 6}
pathways:
  only:
    require:
      all:
        - {id: long, check: count >= wanted}
        - {id: choice, check: "case when kind = 'x' then true when kind = 'y' then count > 100 else false end"}
""")
    )
    assert found.coverage.missing == ()
    assert found.unreachable == {}
    rows = {item.name: tests for item, tests in found.coverage.reached.items() if item.kind is Kind.ROW}
    assert set(rows) == {"CT", "KY", "otherwise"}
    assert all(rows.values())


def test_a_grant_is_written_out_and_its_missing_fact_is_asked_for(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  sick: {type: Boolean, ask: "Sick?"}
  done: {type: Integer, ask: "Cycles?"}
pathways:
  only:
    require: {id: sick, check: sick}
    grant: {duration: 6 months, quantity: {cycles: 6 - done}}
""")
    )
    base = found.entries["the base case is approved"]
    assert base["grant"] == {"duration": "6 months", "quantity": {"cycles": "5"}}
    assert found.entries["a missing `done` is asked for"]["expect"] == "pend"
    assert found.coverage.missing == ()


def test_a_judgment_is_answered_with_yes_with_no_and_left_open(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  sick: {type: Boolean, ask: "Sick?"}
pathways:
  only:
    require: {all: [{id: sick, check: sick}, {id: fit, judgment: "Is the patient fit?"}]}
    review: [{id: odd, judgment: "Is anything odd?"}]
""")
    )
    base = found.suggestions.base
    assert base is not None
    assert {name: answer.met for name, answer in base.case.judgments.items()} == {"fit": True, "odd": False}
    assert found.entries["with `fit` answered with no, the request is denied for `fit`"]["expect"] == "deny"
    left_open = found.entries["without an answer to `fit`, the request goes to a clinician for `fit`"]
    assert left_open["without"] == ["judgments.fit"]
    assert left_open["pend"] == "clinical_review"
    assert found.coverage.missing == ()


def test_evidence_is_there_in_all_tests_but_those_that_wait_for_it(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  sick: {type: Boolean, ask: "Sick?", evidence: documentation}
  kind: {type: String, values: [x, y], ask: "Kind?"}
  extra: {type: Boolean, ask: "Extra?"}
pathways:
  only:
    require:
      all:
        - {id: sick, check: sick}
        - {id: kind, check: kind = 'x' or extra, evidence: claims}
""")
    )
    waiting = [entry for entry in found.entries.values() if entry.get("pend") == "documentation"]
    assert [entry["without"] for entry in waiting] == [["evidence.kind"], ["evidence.sick"]]
    assert found.coverage.missing == ()
    assert found.unreachable == {}


def test_what_no_real_case_breaks_is_broken_in_a_test_that_expects_an_error(policy: Made) -> None:
    found = suggested(
        policy(f"""\
facts:
  {DATES}
  begun: {{type: Date, ask: "Start?", must: begun same or before request.date}}
pathways:
  only: {{require: {{id: long, check: begun 30 days or more before request.date}}}}
""")
    )
    refused = [entry for entry in found.entries.values() if entry["expect"] == "error"]
    assert {"begun"} in [set(changes(entry)) for entry in refused]
    for entry in refused:
        assert entry["says"] == "breaks what holds for every real case"
        assert "because" not in entry
    assert found.coverage.missing == ()
    assert found.unreachable == {}


def test_a_second_pathway_is_reached_with_what_only_it_needs(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  kind: {type: String, values: [first, later], ask: "Kind?"}
  sick: {type: Boolean, ask: "Sick?"}
  better: {type: Boolean, ask: "Better?"}
pathways:
  first: {when: kind = 'first', require: {id: sick, check: sick}}
  later: {when: kind = 'later', require: {id: better, check: better}}
otherwise: {decision: deny}
""")
    )
    (later,) = (entry for entry in found.entries.values() if changes(entry) == {"kind": "later"} and len(entry) == 4)
    assert (later["expect"], later["pathway"]) == ("approve", "later")
    assert list(found.unreachable) == ["no pathway applies"]
    assert found.coverage.missing == ()


def test_expressions_that_see_absence_are_searched_to_the_end(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  count: {type: Integer, ask: "Months?"}
  excused: {type: Boolean, ask: "Excused?"}
pathways:
  only: {require: {id: short, check: "Coalesce(count, 0) < 3 and excused is null"}}
""")
    )
    shown = {item.text for item, tests in found.coverage.reached.items() if tests}
    assert {f"`excused is null` decides when {state} in `short`" for state in ("true", "false")} <= shown
    assert set(found.unreachable) == {
        "the pathway `only` pends",
        "`short` is unknown",
        "`Coalesce(count, 0) < 3` decides when unknown in `short`",
    }


def test_what_cannot_be_computed_is_found_though_less_of_the_case_denies(policy: Made) -> None:
    """Without `low` the interval cannot hold 4; with 4 it ends before it begins, and has no value at all."""
    found = suggested(
        policy("""\
facts:
  low: {type: Integer, ask: "Low?"}
pathways:
  only: {require: {id: within, check: "4 in Interval[low, 3]"}}
""")
    )
    assert "`within` is unknown" in found.text
    assert "`within` is unknown" not in found.unreachable


def test_a_policy_that_never_approves_says_so_above_its_base(policy: Made) -> None:
    found = suggested(
        policy("""\
facts:
  a: {type: Boolean, ask: "a?"}
pathways:
  only: {require: {id: both, check: a and not a}}
""")
    )
    assert found.suggestions.base is not None
    assert found.suggestions.base.pathway is None
    assert "# No case was found that is approved.\nbase:" in found.text
    assert "the pathway `only` approves" in found.unreachable


# --- what is there already ---

LIMIT = """\
facts:
  weight: {type: Integer, ask: "Weight?"}
  allowed: {type: Boolean, ask: "Allowed?"}
pathways:
  only: {require: {any: [{id: heavy, check: weight > 50}, {id: allowed, check: allowed}]}}
"""
BASE = "base: {case: base, weight: 60, allowed: false}\n"
ENOUGH = """\
tests:
  - {name: heavy, expect: approve, pathway: only}
  - {name: allowed, with: {weight: 50, allowed: true}, expect: approve}
  - {name: neither, with: {weight: 50}, expect: deny}
  - {name: just, with: {weight: 51}, expect: approve}
  - {name: light, with: {weight: 49}, expect: deny}
  - {name: weight, without: [weight], expect: pend}
  - {name: leave, with: {weight: 50}, without: [allowed], expect: pend}
"""


def test_tests_that_show_everything_leave_nothing_to_suggest(policy: Made) -> None:
    found = beside(policy(LIMIT), BASE + ENOUGH)
    assert found.is_complete, text_from_suggestions(found)
    assert text_from_suggestions(found) == ""


def test_a_value_at_a_limit_is_not_seen_in_a_test_in_which_it_does_not_matter(policy: Made) -> None:
    compiled = policy("""\
facts:
  kind: {type: String, values: [first, later], ask: "Kind?"}
  weight: {type: Integer, ask: "Weight?"}
pathways:
  first: {when: kind = 'first', require: {id: heavy, check: weight > 50}}
  later: {when: kind = 'later'}
""")
    tests = (
        "base: {case: base, kind: first, weight: 60}\ntests:\n  - {name: just, with: {weight: 51}, expect: approve}\n"
    )
    idle = tests.replace("{weight: 51}", "{kind: later, weight: 51}")
    told = "# `weight` just above `weight > 50`"
    assert told not in text_from_suggestions(beside(compiled, tests))
    assert told in text_from_suggestions(beside(compiled, idle))


def test_only_what_coverage_counts_can_be_asked_for(policy: Made) -> None:
    compiled = policy(LIMIT)
    all_of_it, counted = suggest(compiled, (), None), suggest(compiled, (), None, coverage_only=True)
    assert len(counted.tests) < len(all_of_it.tests)
    assert read(compiled, counted).coverage.missing == ()


def test_no_test_of_coverage_could_be_left_out(policy: Made) -> None:
    compiled = policy(LIMIT)
    tests = read(compiled, suggest(compiled, (), None, coverage_only=True)).tests
    for left_out in tests:
        assert coverage_of(compiled, [each for each in tests if each is not left_out]).missing, left_out.name


def test_what_the_analyst_calls_unreachable_is_not_looked_for(policy: Made) -> None:
    compiled = policy(LIMIT)
    item = "`heavy` is unknown"
    declared = f"unreachable: [{{item: '{item}', reason: Everybody is weighed.}}]\n"
    assert item not in text_from_suggestions(
        beside(compiled, BASE + ENOUGH.replace("without: [weight]", "with: {weight: 61}") + declared)
    )


def test_a_base_is_found_where_tests_have_none(policy: Made) -> None:
    tests = "tests:\n  - {name: heavy, case: {weight: 60, allowed: false}, expect: approve, pathway: only}\n"
    text = text_from_suggestions(beside(policy(LIMIT), tests))
    assert "\nbase: {case: base, weight: " in text


def test_a_name_that_is_taken_gets_a_number(policy: Made) -> None:
    taken = "a missing `weight` is asked for"
    tests = f"tests:\n  - {{name: {taken!r}, with: {{allowed: true}}, expect: approve}}\n"
    names = [each.name for each in beside(policy(LIMIT), BASE + tests).tests]
    assert f"{taken} (2)" in names
    assert taken not in names
    assert len(set(names)) == len(names)


def test_a_case_that_is_refused_reaches_nothing_of_the_case_before_it(policy: Made) -> None:
    compiled = policy("""\
facts:
  n: {type: Integer, ask: "n?", must: n > 0}
  a: {type: Boolean, ask: "a?"}
  b: {type: Boolean, ask: "b?"}
pathways:
  only: {require: {id: both, check: a and b}, review: [{id: n, check: n > 5}]}
""")
    recorder = Recorder(compiled)
    broken = read_case_of(_test(compiled, "{n: 0, a: true, b: true}"), compiled).case
    assert broken is not None
    alone = {item.text for item in recorder.record(broken)}
    recorder.record(load_case({"n": 1, "a": True, "b": True}, compiled))
    assert {item.text for item in recorder.record(broken)} == alone == {"what `n` must be is broken"}


def _test(policy: CompiledPolicy, case: str) -> PolicyTest:
    text = f"policy: invented\ntests: [{{name: one, case: {case}, expect: error}}]\n"
    root = parse_document(Source(text, "tests.yaml"), Diagnostics())
    assert root is not None
    return read_tests(root, policy, Diagnostics())[0]


# --- added to a file ---


def added(policy: CompiledPolicy, text: str) -> str | None:
    source = Source(f"policy: invented\n{text}", "tests.yaml")
    root = parse_document(source, Diagnostics())
    assert isinstance(root, MappingNode)
    return text_with_suggestions(source, root, beside(policy, text))


@pytest.mark.parametrize(
    "text",
    [
        f"{BASE}tests:\n  - {{name: heavy, expect: approve}}   # a remark\n",
        f"{BASE}tests:\n- name: heavy\n  expect: approve\n\n# the end",
        f"{BASE}tests:\n    - name: >-\n        heavy\n      expect: approve\n\n\nequivalent_mutants: []\n",
        f"{BASE}tests:\n  - name: heavy\n    expect: approve\n    asks: []\nunreachable: []\n# the end\n",
        f"tests:\n  - {{name: heavy, expect: approve}}\n{BASE}",
        "tests:\n  - name: heavy\n    case: {weight: 60, allowed: false}\n    expect: approve\n",
    ],
)
def test_a_file_keeps_every_line_that_it_has_and_lacks_nothing_afterwards(policy: Made, text: str) -> None:
    compiled = policy(LIMIT)
    found = added(compiled, text)
    assert found is not None
    lines = iter(found.splitlines())
    assert all(line in lines for line in f"policy: invented\n{text}".splitlines()), found
    assert beside(compiled, found.removeprefix("policy: invented\n")).is_complete


def test_a_file_in_brackets_is_left_alone(policy: Made) -> None:
    assert added(policy(LIMIT), f"{BASE}tests: [{{name: heavy, expect: approve}}]\n") is None


# --- all policies ---


@pytest.mark.parametrize("path", [*SCENARIOS, *POLICIES], ids=lambda path: path.parent.name)
def test_the_tests_of_a_policy_without_any_reach_all_that_can_be_reached_and_pass(path: Path) -> None:
    found = suggested(load_policy(path, [ROOT / "policies"]))
    open_items = {each.item for each in found.suggestions.unreached if not each.is_sure}
    assert set(found.coverage.missing) == open_items
    assert not any(found.coverage.reached[item] for item in found.coverage.unreachable)


def test_the_bundled_policy_gets_few_tests_and_all_it_needs() -> None:
    found = suggested(load_policy(POLICIES[0]))
    assert 40 <= len(found.tests) <= 120
    assert found.coverage.missing == ()
    assert len(found.unreachable) == 2


def test_the_same_text_comes_out_of_every_run() -> None:
    """Python orders its sets anew in each run, unless it is told how."""
    path = ROOT / "tests" / "cli" / "policies" / "sample"
    texts = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        program = "import sys; from besponsa_pa.cli import main; sys.exit(main(sys.argv[1:]))"
        command = [sys.executable, "-c", program, "suggest", str(path)]
        texts.add(subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=True).stdout)
    assert len(texts) == 1
    assert texts.pop().strip()
