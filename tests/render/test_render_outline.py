"""The outline of a policy: whatever decides is in it, with what it rests on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from besponsa_pa import load_policy
from besponsa_pa.policy.model import CompiledPolicy, criteria_of
from besponsa_pa.render.outline import text_from_policy

ROOT = Path(__file__).parent.parent.parent
EVERYTHING = """\
policy: sample
title: Samplumab
version: 1
references:
  label: {number: 2, title: A label}
  plan: {title: Rules of the plan}
facts:
  request.date: {type: Date, ask: "When?"}
  patient.age: {type: Integer, ask: "How old?"}
  patient.note: {type: String, ask: "Anything else?"}
  dose.daily: {type: Quantity, unit: mg, ask: "How much?"}
  drugs: {type: List, ask: "Which drugs?", of: {name: {type: String}, end: {type: Date}}}
  unused: {type: Boolean, ask: "Never?"}
tables:
  most: {by: patient.age, values: {1: 10 'mg', 2: 20 'mg'}, otherwise: 40 'mg'}
definitions:
  adult: patient.age >= 18
  had(drug): exists (drugs D where D.name = drug)
  idle: 1 + 1
pathways:
  always:
    interpretation: The source names no request.
    require:
      at_least:
        count: 1
        of:
          - {id: judged, judgment: "Is it so?", cite: [plan], evidence: claims}
          - id: used
            given: patient.age > 0
            check: adult and had('x') and dose.daily <= most
            cite: [{ref: label, at: Two}]
    grant: {duration: 6 months, quantity: {cycles: 3}}
  single:
    when: patient.age = 1
    require: {id: alone, title: Only this, check: adult, on_unmet: pend, cite: [plan]}
  empty:
    when: patient.age < 0
    exclude: [{id: none, cite: [label], none: [{id: inner, check: adult}]}]
advisories:
  - {id: told, when: patient.note = 'x', text: Look out, cite: [label]}
"""


@pytest.fixture(scope="module")
def besponsa() -> CompiledPolicy:
    return load_policy("besponsa")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> CompiledPolicy:
    path = tmp_path_factory.mktemp("sample") / "policy.yaml"
    path.write_text(EVERYTHING, "utf-8")
    return load_policy(path)


def blocks(policy: CompiledPolicy) -> dict[str, str]:
    """The blocks of the outline by their first lines."""
    return {block.split("\n")[0]: block for block in text_from_policy(policy, 100, False).split("\n\n")}


def test_every_criterion_condition_and_reading_is_in_the_outline(besponsa: CompiledPolicy) -> None:
    text = " ".join(text_from_policy(besponsa, 100, False).split())
    criteria = [each for pathway in besponsa.pathways for each in criteria_of(pathway) if each.id != "require"]
    assert len(criteria) == 12
    for criterion in criteria:
        assert f"{criterion.id}: {criterion.title} [1: " in text
        assert f"check {criterion.body.check.text}" in text
        assert f"read as: {criterion.interpretation}" in text


def test_a_criterion_of_two_pathways_is_told_once_in_full(besponsa: CompiledPolicy) -> None:
    text = text_from_policy(besponsa, 100, False)
    assert text.count("check age_in_years >= 1") == 1
    assert text.count("as above") == 5


def test_a_pathway_without_a_condition_applies_to_every_request(sample: CompiledPolicy) -> None:
    assert blocks(sample)["always (always)"].split("\n") == [
        "always (always)",
        "  applies to every request",
        "  read as: The source names no request.",
        "  requires at least 1 of",
        "    judged: Is it so? [plan]",
        "      a clinician judges: Is it so?",
        "      evidence asked for: claims",
        "    used: adult and had('x') and dose.daily <= most [2: Two]",
        "      given patient.age > 0",
        "      check adult and had('x') and dose.daily <= most",
        "  grants",
        "    duration         6 months",
        "    quantity.cycles  3",
    ]


def test_a_requirement_that_is_no_group_is_told_like_one(sample: CompiledPolicy) -> None:
    assert blocks(sample)["single (single)"].split("\n")[1:] == [
        "  applies when patient.age = 1",
        "  requires",
        "    alone: Only this [plan]",
        "      check adult",
        "      when unmet, a person decides",
    ]


def test_a_group_says_how_many_of_its_parts_are_wanted(sample: CompiledPolicy) -> None:
    assert blocks(sample)["empty (empty)"].split("\n")[1:] == [
        "  applies when patient.age < 0",
        "  excluded by",
        "    none: None of these is met [2]",
        "      none of",
        "        inner: adult [2]",
        "          check adult",
    ]


def test_where_no_pathway_applies_a_clinician_looks_unless_the_policy_says_otherwise(
    sample: CompiledPolicy, besponsa: CompiledPolicy
) -> None:
    assert blocks(sample)["Otherwise"] == "Otherwise\n  pend: a clinician has to look"
    assert "deny: The request is neither a first request" in blocks(besponsa)["Otherwise"]


def test_only_what_something_uses_is_listed(sample: CompiledPolicy) -> None:
    found = blocks(sample)
    assert [line.split()[0] for line in found["Facts that decide"].split("\n")[1:]] == [
        "patient.age",
        "dose.daily",
        "drugs",
    ]
    assert found["Facts that only an advisory reads"].split("\n")[1:] == ["  patient.note  Anything else?  (text)"]
    assert found["Terms"].split("\n")[1:] == [
        "  adult      patient.age >= 18",
        "  had(drug)  exists (drugs D where D.name = drug)",
        "  most       by patient.age: 1 gives 10 'mg', 2 gives 20 'mg', otherwise 40 'mg'",
    ]
    assert "unused" not in "".join(found.values())
    assert "idle" not in "".join(found.values())


def test_a_fact_says_what_its_answers_may_be(sample: CompiledPolicy) -> None:
    shown = blocks(sample)["Facts that decide"]
    assert "How old?  (whole number)" in shown
    assert "How much?  (quantity)" in shown
    assert "Which drugs?  (a list of name, end)" in shown


def test_references_come_by_number_those_without_one_last(sample: CompiledPolicy) -> None:
    assert text_from_policy(sample, 100, False).rstrip().split("\n")[-2:] == ["[2] A label", "[plan] Rules of the plan"]


def test_an_advisory_says_when_it_is_told(sample: CompiledPolicy) -> None:
    assert blocks(sample)["Told with every decision"].split("\n")[1] == (
        "  told  Look out [2]; when patient.note = 'x'"
    )


@pytest.mark.parametrize("width", [0, 60, 80, 200])
def test_the_outline_keeps_to_the_width(besponsa: CompiledPolicy, width: int) -> None:
    lines = text_from_policy(besponsa, width, False).splitlines()
    limit = max(60, min(110, width))
    assert max(map(len, lines)) > 50
    # a name or a call that is longer than its column stays whole
    assert [line for line in lines if len(line) > limit and " " in line.rpartition("  ")[2]] == []


def test_colour_changes_no_word(besponsa: CompiledPolicy) -> None:
    coloured = text_from_policy(besponsa, 100, True)
    assert "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == text_from_policy(besponsa, 100, False)
