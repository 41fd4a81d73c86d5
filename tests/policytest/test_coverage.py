"""Which items a policy has, and which of them a case reaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import pytest

from besponsa_pa import api, determine, load_case, load_policy
from besponsa_pa.case import Case
from besponsa_pa.determination.findings import Determination
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import parse_document, read_source
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest import PolicyTest, Recorder, coverage_of, read_case_of, read_tests
from besponsa_pa.policytest.coverage import _condition, _maybe, _with_probes
from besponsa_pa.policytest.items import Item, Kind, items_of
from besponsa_pa.policytest.probes import Seen
from besponsa_pa.source import Source

ROOT = Path(__file__).parent.parent.parent
SCENARIOS = sorted((ROOT / "tests" / "determination").glob("*/policy.yaml"))
FACTS = """\
facts:
  request.date: {type: Date, ask: "When?"}
  a: {type: Boolean, ask: "a?"}
  b: {type: Boolean, ask: "b?"}
  c: {type: Boolean, ask: "c?"}
  n: {type: Integer, ask: "n?"}
  kind: {type: String, values: [x, y, z], ask: "Which?"}
  entries: {type: List, ask: "Entries?", of: {drug: {type: String}, failed: {type: Boolean}}}
"""
Made: TypeAlias = Callable[..., CompiledPolicy]
DATE = {"request.date": "2026-06-30"}


@pytest.fixture
def policy(tmp_path: Path) -> Made:
    """Makes a policy of the text after its facts; `facts` are more of those."""

    def made(text: str, facts: str = "") -> CompiledPolicy:
        path = tmp_path / "policy.yaml"
        path.write_text(f"policy: invented\ntitle: Invented\nversion: 1\n{FACTS}{facts}{text}", "utf-8")
        compiled, diagnostics = api.check_policy(path, [])
        assert compiled is not None, [each.message for each in diagnostics]
        return compiled

    return made


def texts(items: object) -> set[str]:
    return {item.text for item in items}  # type: ignore[attr-defined]


def case(policy: CompiledPolicy, **facts: object) -> Case:
    return load_case({**DATE, **facts}, policy)


def reached(policy: CompiledPolicy, **facts: object) -> set[str]:
    """What a case reaches, in words."""
    return texts(Recorder(policy).record(case(policy, **facts)))


def of_kind(policy: CompiledPolicy, *kinds: Kind) -> list[str]:
    """The items of some kinds, in words and in the order of the policy."""
    return [item.text for item in items_of(policy) if item.kind in kinds]


def require(check: str) -> str:
    """A policy that requires one thing."""
    return f"pathways:\n  only:\n    require:\n      all:\n        - id: it\n          check: {check}\n"


# --- pathways, criteria, groups ---


def test_a_criterion_is_met_not_met_unknown_or_does_not_apply(policy: Made) -> None:
    made = policy("pathways:\n  only:\n    require: {all: [{id: it, given: a, check: b}]}\n")
    assert of_kind(made, Kind.CRITERION) == ["`it` is met", "`it` is not met", "`it` is unknown", "`it` does not apply"]
    assert "`it` is met" in reached(made, a=True, b=True)
    assert "`it` is not met" in reached(made, a=True, b=False)
    assert "`it` is unknown" in reached(made, a=True)
    assert "`it` does not apply" in reached(made, a=False)
    assert not {"`it` is met", "`it` is unknown"} & reached(made, a=False, b=True)


def test_a_judgment_is_reached_by_its_answer(policy: Made) -> None:
    made = policy("pathways:\n  only:\n    require: {all: [{id: it, judgment: Is it so}]}\n")
    assert "`it` is unknown" in reached(made)
    answered = case(made, judgments={"it": {"met": False, "by": "Dr A", "date": "2026-06-30"}})
    assert "`it` is not met" in texts(Recorder(made).record(answered))


PATHWAYS = """\
pathways:
  first: {when: kind = 'x', require: {all: [{id: one, check: a}]}, review: [{id: look, check: c}], grant: {weeks: n}}
  second: {when: kind = 'y', exclude: [{id: bad, check: a}, {id: worse, check: b}]}
otherwise: {decision: deny}
"""


def test_a_pathway_applies_or_not_and_comes_to_each_decision_that_it_can_come_to(policy: Made) -> None:
    made = policy(PATHWAYS)
    assert of_kind(made, Kind.PATHWAY, Kind.OTHERWISE) == [
        "the pathway `first` applies",
        "the pathway `first` does not apply",
        "it is unknown whether the pathway `first` applies",
        "the pathway `first` approves",
        "the pathway `first` denies",
        "the pathway `first` pends",
        "the pathway `second` applies",
        "the pathway `second` does not apply",
        "it is unknown whether the pathway `second` applies",
        "the pathway `second` approves",
        "the pathway `second` denies",
        "the pathway `second` pends",
        "no pathway applies",
    ]
    assert reached(made, kind="z") == {
        "the pathway `first` does not apply", "the pathway `second` does not apply", "no pathway applies",
    }  # fmt: skip
    assert "the pathway `first` denies" in reached(made, kind="x", a=False)
    assert "the pathway `first` pends" in reached(made, kind="x", a=True)
    assert "the pathway `first` approves" in reached(made, kind="x", a=True, c=False, n=3)


@pytest.mark.parametrize(
    ("body", "outcomes"),
    [
        ("{grant: {weeks: 6 weeks}}", ["approves"]),
        ("{grant: {weeks: n}}", ["approves", "pends"]),
        ("{review: [{id: it, check: a}]}", ["approves", "pends"]),
        ("{require: {all: [{id: it, check: a, on_unmet: pend}]}}", ["approves", "pends"]),
        ("{require: {any: [{id: it, check: a, on_unmet: pend}, {id: that, check: b}]}}", ["approves", "pends"]),
        (
            "{require: {all: [{id: it, check: a, on_unmet: pend}, {id: that, check: b}]}}",
            ["approves", "denies", "pends"],
        ),
        ("{require: {on_unmet: pend, all: [{id: it, check: a, on_unmet: deny}]}}", ["approves", "pends"]),
        ("{exclude: [{id: it, check: a}]}", ["approves", "denies", "pends"]),
    ],
)
def test_a_pathway_is_not_asked_for_a_decision_that_it_cannot_come_to(
    policy: Made,
    body: str,
    outcomes: list[str],
) -> None:
    made = policy(f"pathways:\n  only: {body}\n")
    expected = ["applies", *outcomes]
    assert of_kind(made, Kind.PATHWAY) == [f"the pathway `only` {each}" for each in expected]


def test_of_a_pathway_that_perhaps_applies_only_that_is_reached(policy: Made) -> None:
    """Its criteria decide nothing yet, so that a test that leaves the pathway open shows nothing of them."""
    made = policy(
        "pathways:\n"
        "  first: {when: kind = 'x', require: {all: [{id: one, check: both}]}}\n"
        "  second: {when: n = 1, require: {all: [{id: two, check: both}]}}\n"
        "definitions: {both: a and b}\n"
    )
    open_only = reached(made, a=True, b=True)
    assert open_only == {
        "it is unknown whether the pathway `first` applies", "it is unknown whether the pathway `second` applies",
    }  # fmt: skip
    second = reached(made, n=1, a=True, b=True)
    assert {"`two` is met", "`a` decides when true in `both`"} <= second
    assert "`one` is met" not in second


def test_an_exclusion_and_a_review_rule_decide_alone_or_not(policy: Made) -> None:
    made = policy(PATHWAYS)
    assert of_kind(made, Kind.EXCLUSION, Kind.REVIEW) == [
        "`look` decides alone in `first`", "`bad` decides alone in `second`", "`worse` decides alone in `second`",
    ]  # fmt: skip
    assert "`bad` decides alone in `second`" in reached(made, kind="y", a=True, b=False)
    assert "`bad` decides alone in `second`" in reached(made, kind="y", a=True)
    assert not any("alone" in text for text in reached(made, kind="y", a=True, b=True))
    assert "`look` decides alone in `first`" in reached(made, kind="x", a=True, c=True, n=3)
    assert not any("alone" in text for text in reached(made, kind="x", a=False, c=True, n=3))
    assert not any("alone" in text for text in reached(made, kind="x", a=True, c=True))


GROUP = "pathways:\n  only:\n    require:\n      all:\n        - id: group\n          {kind}\n"
THREE = "[{id: one, check: a}, {id: two, check: b}, {id: three, given: n > 1, check: c}]"


@pytest.mark.parametrize(
    ("kind", "facts", "alone"),
    [
        (f"any: {THREE}", {"a": True, "b": False, "n": 2, "c": False}, {"one"}),
        (f"any: {THREE}", {"a": True, "n": 2}, {"one"}),
        (f"any: {THREE}", {"a": True, "b": True, "n": 2, "c": False}, set()),
        (f"any: {THREE}", {"a": False, "b": False, "n": 1}, set()),
        (f"any: {THREE}", {"a": True, "b": False, "n": 1}, set()),
        (f"any: {THREE}", {"a": False, "b": False, "n": 2, "c": False}, set()),
        (f"at_least: {{count: 2, of: {THREE}}}", {"a": True, "b": True, "n": 2, "c": False}, {"one", "two"}),
        (f"at_least: {{count: 2, of: {THREE}}}", {"a": True, "b": False, "n": 1}, {"one"}),
        (f"at_least: {{count: 2, of: {THREE}}}", {"a": True, "b": True, "n": 2, "c": True}, set()),
        (f"at_least: {{count: 2, of: {THREE}}}", {"a": True, "b": False, "n": 2, "c": False}, set()),
        (f"none: {THREE}", {"a": True, "b": False, "n": 2, "c": False}, {"one"}),
        (f"none: {THREE}", {"a": True, "b": True, "n": 2, "c": False}, set()),
        (f"none: {THREE}", {"a": False, "b": False, "n": 2, "c": True}, {"three"}),
        (f"none: {THREE}", {"a": False, "b": False, "n": 1, "c": True}, set()),
        (f"none: {THREE}", {"a": False, "b": False, "n": 2, "c": False}, set()),
    ],
)
def test_a_criterion_of_a_group_decides_alone_when_the_group_would_be_something_else_without_it(
    policy: Made,
    kind: str,
    facts: Mapping[str, object],
    alone: set[str],
) -> None:
    made = policy(GROUP.format(kind=kind))
    assert of_kind(made, Kind.BRANCH) == [f"`{each}` decides alone in `group`" for each in ("one", "two", "three")]
    found = {text for text in reached(made, **facts) if "alone" in text}
    assert found == {f"`{each}` decides alone in `group`" for each in alone}


def test_all_of_a_group_need_no_showing_alone_for_each_is_met_and_not(policy: Made) -> None:
    assert of_kind(policy(GROUP.format(kind=f"all: {THREE}")), Kind.BRANCH) == []


def test_what_pathways_require_without_an_id_is_told_apart_by_the_pathway(policy: Made) -> None:
    made = policy(
        "criteria: {one: {check: a}, two: {check: b}}\n"
        "pathways:\n"
        "  first: {when: kind = 'x', require: {any: [one, two]}}\n"
        "  second: {when: kind = 'y', require: {any: [one, two]}}\n"
        "  third: {when: kind = 'z', require: {check: c}}\n"
    )
    assert of_kind(made, Kind.BRANCH) == [
        "`one` decides alone in `require` in `first`", "`two` decides alone in `require` in `first`",
        "`one` decides alone in `require` in `second`", "`two` decides alone in `require` in `second`",
    ]  # fmt: skip
    assert "`one` decides alone in `require` in `second`" in reached(made, kind="y", a=True, b=False)
    assert "`one` decides alone in `require` in `first`" not in reached(made, kind="y", a=True, b=False)
    assert "`require` is not met in `third`" in reached(made, kind="z", c=False)
    assert len([text for text in of_kind(made, Kind.CRITERION) if text.startswith("`one`")]) == 3


# --- grants, advisories, otherwise ---


def test_a_grant_is_reached_by_an_approval_alone(policy: Made) -> None:
    made = policy(
        "pathways:\n  only:\n    require: {all: [{id: it, check: a}]}\n"
        "    grant: {duration: 6 months, quantity: {weeks: if b then 6 else 12}}\n"
    )
    assert of_kind(made, Kind.GRANT, Kind.RESULT) == [
        "`duration` of `only` is granted", "`quantity.weeks` of `only` is granted",
        "`6` is chosen in `quantity.weeks` of `only`", "`12` is chosen in `quantity.weeks` of `only`",
    ]  # fmt: skip
    approved = reached(made, a=True, b=False)
    assert {"`quantity.weeks` of `only` is granted", "`12` is chosen in `quantity.weeks` of `only`"} <= approved
    assert not any("granted" in text for text in reached(made, a=False, b=False))
    assert not any("granted" in text or "chosen" in text for text in reached(made, a=True))


def test_an_advisory_is_told_not_told_or_open_and_one_without_a_condition_only_told(policy: Made) -> None:
    made = policy(
        "pathways: {only: {require: {all: [{id: it, check: a}]}}}\n"
        "advisories:\n"
        "  - {id: always, text: Always}\n  - {id: constant, when: true, text: Constant}\n"
        "  - {id: some, when: b and c, text: Some}\n"
    )
    assert of_kind(made, Kind.ADVISORY) == [
        "the advisory `always` is told", "the advisory `constant` is told", "the advisory `some` is told",
        "the advisory `some` is not told", "it is unknown whether the advisory `some` is told",
    ]  # fmt: skip
    assert "the advisory `some` is not told" in reached(made, b=False)
    assert "it is unknown whether the advisory `some` is told" in reached(made, b=True)
    assert "`c` decides when true in `when` of `some`" in reached(made, b=True, c=True)


def test_otherwise_is_not_asked_for_where_a_pathway_always_applies(policy: Made) -> None:
    assert of_kind(policy("pathways: {only: {grant: {weeks: 1}}}\notherwise: {decision: deny}\n"), Kind.OTHERWISE) == []
    constant = "pathways: {only: {when: 1 = 1, grant: {weeks: 1}}}\notherwise: {decision: deny}\n"
    assert of_kind(policy(constant), Kind.OTHERWISE, Kind.PATHWAY) == [
        "the pathway `only` applies", "the pathway `only` approves",
    ]  # fmt: skip


# --- facts: what they must be, and evidence ---

MUST = """\
  low: {type: Integer, ask: "Low?", must: low >= 0 and low < 10}
  unread: {type: Integer, ask: "Unread?", must: unread > 0}
"""


def test_what_a_fact_must_be_is_kept_and_broken_and_its_clauses_are_shown_by_refused_cases(policy: Made) -> None:
    made = policy(require("low > 1"), facts=MUST)
    assert of_kind(made, Kind.FACT) == ["what `low` must be is kept", "what `low` must be is broken"]
    kept, broken = {"request.date": "2026-06-30", "low": 5}, {"request.date": "2026-06-30", "low": -1}
    recorder = Recorder(made)
    assert "what `low` must be is kept" in texts(recorder.record(as_read(made, kept)))
    assert texts(recorder.record(as_read(made, broken))) == {
        "what `low` must be is broken", "`low >= 0` decides when false in `must` of `low`",
    }  # fmt: skip


def test_a_case_that_breaks_what_an_unread_fact_must_be_is_refused_and_decides_nothing(policy: Made) -> None:
    made = policy(require("low > 1"), facts=MUST)
    found = texts(Recorder(made).record(as_read(made, {"request.date": "2026-06-30", "low": 5, "unread": 0})))
    assert found == {f"`low {each}` decides when true in `must` of `low`" for each in (">= 0", "< 10")}


def as_read(policy: CompiledPolicy, facts: Mapping[str, object]) -> Case:
    """A case that has not been admitted: it may break what its facts must be."""
    free = replace(policy, musts={})
    return load_case(facts, free)


EVIDENCE = "  seen: {type: Boolean, ask: Seen, evidence: documentation}\n"


def test_evidence_is_waited_for_and_a_pathway_approves_only_on_documents(policy: Made) -> None:
    made = policy(
        "pathways: {only: {require: {all: [{id: it, check: seen}, {id: own, check: a, evidence: claims}]},\n"
        "  grant: {weeks: 6}}}\n"
        "advisories: [{id: some, when: seen, text: Some}]\n",
        facts=EVIDENCE + "  told: {type: Boolean, ask: Told, evidence: documentation}\n",
    )
    assert of_kind(made, Kind.FACT, Kind.EVIDENCE) == [
        "the evidence for `own` is waited for", "the evidence for `seen` is waited for",
    ]  # fmt: skip
    waiting = reached(made, seen=True, a=True)
    assert {"the evidence for `own` is waited for", "the evidence for `seen` is waited for"} <= waiting
    assert {"the pathway `only` pends", "`it` is met"} <= waiting
    assert not {"the pathway `only` approves", "`weeks` of `only` is granted"} & waiting
    proof = {"seen": {"kind": "documentation", "source": "a letter"}, "a": {"kind": "claims", "source": "a claim"}}
    approved = reached(made, seen=True, a=True, evidence=proof)
    assert {"the pathway `only` approves", "`weeks` of `only` is granted"} <= approved
    assert not any("waited" in text for text in approved)
    half = reached(made, seen=True, a=True, evidence={"seen": proof["seen"]})
    assert {text for text in half if "waited" in text} == {"the evidence for `own` is waited for"}


def test_a_fact_that_the_case_lacks_waits_for_an_answer_and_not_for_evidence(policy: Made) -> None:
    made = policy(
        "pathways: {only: {require: {any: [{id: one, check: seen}, {id: two, check: told}]}}}\n",
        facts=EVIDENCE + "  told: {type: Boolean, ask: Told, evidence: documentation}\n",
    )
    found = {text for text in reached(made, seen=True) if "waited" in text}
    assert found == {"the evidence for `seen` is waited for"}


def test_evidence_for_what_only_an_advisory_reads_is_never_waited_for(policy: Made) -> None:
    made = policy(require("a") + "advisories: [{id: some, when: seen, text: Some}]\n", facts=EVIDENCE)
    assert of_kind(made, Kind.FACT, Kind.EVIDENCE) == []


def test_the_evidence_that_a_group_asks_for_is_its_own(policy: Made) -> None:
    made = policy(
        "pathways: {only: {require: {all: [{id: group, evidence: documentation,\n"
        "  any: [{id: one, check: a}, {id: two, check: b}]}]}}}\n"
    )
    assert of_kind(made, Kind.EVIDENCE) == ["the evidence for `group` is waited for"]
    assert "the evidence for `group` is waited for" in reached(made, a=True, b=False)


# --- inside expressions ---


@pytest.mark.parametrize(
    ("check", "facts", "shown"),
    [
        ("a and b", {"a": True, "b": False}, {"`b` decides when false in `it`"}),
        ("exists (entries E where E.failed and a)", {"entries": [{"failed": True}], "a": True},
         {"`E.failed` decides when true in `it`", "`a` decides when true in `it`"}),
        ("exists (entries E where E.failed and a)", {"entries": [], "a": True}, set()),
        ("exists (entries E where E.failed and a)", {"entries": [{"failed": False}, {}], "a": True},
         {"`E.failed` decides when false in `it`", "`E.failed` decides when unknown in `it`"}),
        ("exists (entries E with entries F such that F.failed and a)", {"entries": [{"failed": True}], "a": False},
         {"`a` decides when false in `it`"}),
        ("n > (if a and b then 1 else 2)", {"n": 3, "a": True, "b": True},
         {"`a` decides when true in `it`", "`b` decides when true in `it`", "`1` is chosen in `it`"}),
        ("n > (if a and b then 1 else 2)", {"n": 3, "a": True}, {"`b` decides when unknown in `it`"}),
        ("n > (if a and b then 1 else 2)", {"n": 3, "a": False, "b": True},
         {"`a` decides when false in `it`", "`2` is chosen in `it`"}),
        ("n > case kind when 'x' then 1 when 'y' then 2 else 3 end", {"n": 3, "kind": "y"},
         {"`'x'` decides when false in `it`", "`'y'` decides when true in `it`", "`2` is chosen in `it`"}),
        ("(a or b) implies (c and n > 1)", {"a": True, "b": False, "c": True, "n": 2},
         {"`c` decides when true in `it`", "`n > 1` decides when true in `it`"}),
    ],
)  # fmt: skip
def test_clauses_and_choices_are_reached_wherever_they_stand(
    policy: Made,
    check: str,
    facts: Mapping[str, object],
    shown: set[str],
) -> None:
    made = policy(require(check))
    placed = {item.text for item in items_of(made) if item.kind in (Kind.CLAUSE, Kind.RESULT, Kind.ROW)}
    assert shown <= placed
    assert placed & reached(made, **facts) == shown


def test_a_definition_that_is_masked_in_one_place_is_shown_in_another(policy: Made) -> None:
    """What a probe looks at besides the answer is not taken for computed."""
    made = policy(
        "definitions: {grown: n >= 18}\n"
        "pathways: {only: {require: {all: [{id: one, check: a and grown}, {id: two, check: b or grown}]}}}\n"
    )
    found = reached(made, a=False, b=False, n=20)
    assert "`n >= 18` decides when true in `grown`" in found
    assert "`grown` decides when true in `two`" in found
    assert "`grown` decides when true in `one`" not in found


def test_a_definition_inside_a_clause_that_is_masked_is_shown_where_it_is_not(policy: Made) -> None:
    made = policy(
        "definitions: {least: if a and b then 1 else 2}\n"
        "pathways: {only: {require: {all: [{id: one, check: c and n > least}, {id: two, check: c or n > least}]}}}\n"
    )
    found = reached(made, a=True, b=False, c=False, n=3)
    assert {"`b` decides when false in `least`", "`2` is chosen in `least`"} <= found
    assert "`n > least` decides when true in `one`" not in found


def test_a_clause_of_a_macro_that_is_used_twice_is_one_item(policy: Made) -> None:
    made = policy(
        "definitions:\n"
        "  failed(name): exists (entries E where E.drug = name and E.failed)\n"
        "pathways: {only: {require: {all: [{id: it, check: failed('x') and failed('y')}]}}}\n"
    )
    clauses = of_kind(made, Kind.CLAUSE)
    assert len(clauses) == len(set(clauses)) == 2 * 3 + 3 + 2 * 3
    assert "`E.drug = name` decides when false in `failed`" in clauses
    found = reached(made, entries=[{"drug": "x", "failed": True}, {"drug": "y", "failed": False}])
    assert {
        "`E.drug = name` decides when true in `failed`",
        "`E.drug = name` decides when false in `failed`",
        "`E.failed` decides when false in `failed`",
        "`failed('y')` decides when false in `it`",
    } <= found
    assert "`failed('x')` decides when true in `it`" not in found


def test_the_rows_of_a_table_are_named_by_their_keys_and_reached_by_them(policy: Made) -> None:
    made = policy(
        "tables:\n"
        "  least: {by: kind, values: {x: 1, y: 1}, otherwise: 2}\n"
        "  most: {of: String, values: {x: 10}}\n"
        "pathways: {only: {require: {all: [{id: it, check: n between least and most(kind)}]}}}\n"
    )
    assert of_kind(made, Kind.ROW) == [
        "the row `x` of the table `least` is chosen", "the row `y` of the table `least` is chosen",
        "the row `otherwise` of the table `least` is chosen", "the row `x` of the table `most` is chosen",
    ]  # fmt: skip
    assert "the row `y` of the table `least` is chosen" in reached(made, kind="y", n=1)
    assert "the row `otherwise` of the table `least` is chosen" in reached(made, kind="z", n=1)
    assert not any("row" in text for text in reached(made, n=1))


def test_no_two_items_have_the_same_text(policy: Made) -> None:
    made = policy(
        "definitions: {both: a and b}\n"
        "pathways:\n"
        "  only:\n"
        "    require:\n"
        "      all:\n"
        "        - {id: one, given: a and b, check: (a and b) or (a and c)}\n"
        "        - {id: two, check: a and b and both}\n"
    )
    clauses = of_kind(made, Kind.CLAUSE)
    assert len(clauses) == len(set(clauses))
    assert "`a` decides when true in `one` (number 2)" in clauses
    assert "`a` decides when true in `given` of `one`" in clauses


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("a and b", "a"),
        ("\"a and b\"", "a"),
        ("'kind = ''x'' and b'", "kind = 'x'"),
        ('"kind = \'x\' and b"', "kind = 'x'"),
        (">-\n            (kind =\n            'x') and b", "kind = 'x'"),
        ("|-\n            kind = 'x' // a remark (with a parenthesis\n            and b", "kind = 'x'"),
        ("kind in {'x', 'y'} and b", "kind in {'x', 'y'}"),
        ("exists (entries E where (E.failed)) and b", "exists (entries E where (E.failed))"),
        ("(n > 1 and (n < 5)) and b", "n > 1"),
        ("\"kind = 'a)' and b or a\"", "kind = 'a)'"),
        ("not (kind = 'x') and b", "kind = 'x'"),
    ],
)  # fmt: skip
def test_a_clause_is_named_as_its_analyst_reads_it(policy, written: str, name: str) -> None:
    text = f"pathways:\n  only:\n    require:\n      all:\n        - id: it\n          check: {written}\n"
    made = policy(text.replace("'a)'", "'x'") if "a)" in written else text)
    name = name.replace("a)", "x")
    clause = next(item for item in items_of(made) if item.kind is Kind.CLAUSE)
    assert clause.name == name


def test_parentheses_in_texts_and_remarks_are_not_counted(policy: Made) -> None:
    made = policy(
        "pathways: {only: {require: {all: [{id: it, check: \"(name = 'a)' or name = ')') and b\"}]}}}\n",
        facts="  name: {type: String, ask: Name}\n",
    )
    names = dict.fromkeys(item.name for item in items_of(made) if item.kind is Kind.CLAUSE)
    assert list(names) == ["name = 'a)'", "name = ')'", "b"]


# --- hostile policies ---


def test_a_policy_without_tests_reaches_nothing_of_all_its_items(policy: Made) -> None:
    coverage = coverage_of(policy(PATHWAYS), ())
    assert coverage.count == (0, len(items_of(coverage.policy)))
    assert coverage.missing == tuple(coverage.reached)
    assert coverage.percent == 0


def test_a_policy_of_which_nothing_can_be_reached_is_reached_wholly(policy: Made) -> None:
    made = policy("pathways: {only: {grant: {weeks: 6}}}\n")
    everything = {item.text: "a try" for item in items_of(made)}
    coverage = coverage_of(made, (), everything)
    assert coverage.count == (0, 0)
    assert coverage.percent == 100


@pytest.mark.parametrize(
    ("check", "items"),
    [
        ("true", ["`it` is met"]),
        ("false", ["`it` is not met"]),
        ("1 = 2", ["`it` is not met"]),
        ("a and false", ["`it` is not met"]),
        ("a is null", ["`it` is met", "`it` is not met"]),
        ("a or 1 = 1", ["`it` is met"]),
    ],
)
def test_a_condition_that_is_always_the_same_is_asked_for_nothing_else(
    policy: Made,
    check: str,
    items: list[str],
) -> None:
    assert of_kind(policy(require(check)), Kind.CRITERION, Kind.CLAUSE) == items


def test_a_definition_that_is_never_used_has_no_items(policy: Made) -> None:
    made = policy("definitions: {used: a and b, idle: b and c}\n" + require("used"))
    assert not any("idle" in text for text in texts(items_of(made)))


def test_a_criterion_that_no_pathway_uses_has_no_items(policy: Made) -> None:
    made = policy("criteria: {idle: {check: b}}\n" + require("a"))
    assert not any("idle" in text for text in texts(items_of(made)))


def test_a_value_that_cannot_be_computed_shows_nothing_and_stops_nothing(policy: Made) -> None:
    made = policy(require("First({Interval[n, 1]}) contains 1 and a"))
    found = reached(made, n=5, a=True)
    assert "`it` is unknown" in found
    assert "`a` decides when true in `it`" not in found


def test_items_of_an_imported_file_are_shown_at_their_place_in_it(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "facts.yaml").write_text(f"title: Shared\n{FACTS}definitions: {{both: a and b}}\n", "utf-8")
    text = "policy: invented\ntitle: Invented\nversion: 1\nimports: [shared/facts.yaml]\n" + require("both")
    (tmp_path / "policy.yaml").write_text(text, "utf-8")
    made = load_policy(tmp_path / "policy.yaml")
    clause = next(item for item in items_of(made) if item.kind is Kind.CLAUSE)
    assert (Path(clause.span.source.name).name, clause.span.line, clause.text) == (
        "facts.yaml", 10, "`a` decides when true in `both`",
    )  # fmt: skip


# --- counting ---


def written_tests(policy: CompiledPolicy, text: str) -> tuple[PolicyTest, ...]:
    diagnostics = Diagnostics()
    node = parse_document(Source(f"policy: invented\ntests:\n{text}", "tests.yaml"), diagnostics)
    assert node is not None
    return read_tests(node, policy, diagnostics)


def test_tests_are_named_in_their_order_and_counted_exactly(policy: Made) -> None:
    made = policy(require("a"))
    found = written_tests(
        made,
        "  - {name: one, case: {request: {date: 2026-01-01}, a: true}, expect: approve}\n"
        "  - {name: two, case: {a: true}, expect: deny}\n"
        "  - {name: three, case: {a: no date}, expect: error}\n",
    )
    coverage = coverage_of(made, found, {"`it` is not met": "a try", "`it` is met": "wrongly"})
    by_text = {item.text: names for item, names in coverage.reached.items()}
    assert by_text["`it` is met"] == ("one", "two")
    assert by_text["`it` is unknown"] == ()
    assert texts(coverage.unreachable) == {"`it` is not met", "`it` is met"}
    # applies, approves, met are reached; denies, pends, unknown are missing; not met cannot be
    assert coverage.count == (3, 6)
    assert coverage.percent == Fraction(50)


def test_tests_that_are_all_refused_reach_nothing(policy: Made) -> None:
    made = policy(require("a"))
    found = written_tests(made, "  - {name: one, case: {a: perhaps}, expect: error}\n")
    assert coverage_of(made, found).count[0] == 0


# --- probes change nothing ---


def with_probes(policy: CompiledPolicy) -> CompiledPolicy:
    """The policy with probes everywhere."""
    seen = Seen()
    return replace(
        policy,
        pathways=tuple(_with_probes(each, seen, seen) for each in policy.pathways),
        musts={name: _condition(must, seen) for name, must in policy.musts.items()},
        advisories=tuple(replace(each, when=_maybe(each.when, seen)) for each in policy.advisories),
    )


def without_readings(determination: Determination) -> Determination:
    """All but what the findings read: they are told from the expression, and the probes are in that."""
    findings = tuple(replace(each, values={}, wanted={}) for each in determination.findings)
    return replace(determination, findings=findings)


def same_with_probes(policy: CompiledPolicy, of_case: Case) -> bool:
    probed = determine(with_probes(policy), of_case)
    return without_readings(probed) == without_readings(determine(policy, of_case))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.parent.name)
def test_probes_change_no_determination_of_a_scenario(path: Path) -> None:
    made = load_policy(path)
    assert same_with_probes(made, load_case(path.with_name("case.yaml"), made))


def bundled() -> list[Path]:
    return sorted([*ROOT.glob("policies/*/policy.yaml"), *ROOT.glob("tests/cli/policies/sample/policy.yaml")])


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.parent.name)
def test_probes_change_no_determination_of_a_bundled_test(path: Path) -> None:
    made = load_policy(path)
    diagnostics = Diagnostics()
    source = read_source(path.with_name("tests.yaml"), diagnostics)
    node = None if source is None else parse_document(source, diagnostics)
    assert node is not None
    cases = [read_case_of(each, made).case for each in read_tests(node, made, diagnostics)]
    probed = with_probes(made)
    for each in cases:
        if each is not None:
            assert without_readings(determine(probed, each)) == without_readings(determine(made, each))


def test_what_a_case_reaches_does_not_hang_on_the_cases_before_it(policy: Made) -> None:
    made = policy(PATHWAYS)
    recorder = Recorder(made)
    cases = [case(made, kind="x", a=True, c=True, n=1), case(made), case(made, kind="y", a=True)]
    together: list[frozenset[Item]] = [recorder.record(each) for each in cases]
    assert together == [Recorder(made).record(each) for each in cases]
