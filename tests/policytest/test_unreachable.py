"""What no case can reach, as the analyst says with a reason: read, held against the policy, and warned of."""

from __future__ import annotations

from pathlib import Path

import pytest

from besponsa_pa import load_policy
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import parse_document
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest import Unreachable, coverage_of, read_tests, read_unreachable, report_reached
from besponsa_pa.source import Source

ROOT = Path(__file__).parent.parent.parent
BEGIN = """\
policy: covered
tests:
  - name: an adult is approved
    case: {request: {date: 2026-06-30, kind: first}, patient: {age: 40}, disease: {stage: 3, pregnant: false}}
    expect: approve
"""
SHOWN = "`besponsa-pa test --coverage` shows the items that no test reaches"


@pytest.fixture(scope="module")
def policy() -> CompiledPolicy:
    return load_policy(ROOT / "tests" / "cli" / "policies" / "covered")


def read(policy: CompiledPolicy, text: str) -> tuple[tuple[Unreachable, ...], list[str]]:
    """The items that a file says cannot be reached, and what is wrong with it."""
    diagnostics = Diagnostics()
    node = parse_document(Source(BEGIN + text, "tests.yaml"), diagnostics)
    assert node is not None
    read_tests(node, policy, diagnostics)
    found = read_unreachable(node, policy, diagnostics)
    return found, [f"{each.code} {each.message}; {each.help}" for each in diagnostics]


@pytest.mark.parametrize(
    "item", ["adult is unknown", '"`adult` is unknown"', "adult  is\n      unknown", "'`adult` is unknown'"]
)
def test_an_item_is_named_with_backticks_or_without(policy: CompiledPolicy, item: str) -> None:
    found, mistakes = read(policy, f"unreachable:\n  - item: {item}\n    reason: A try.\n")
    assert [(each.item.text, each.reason) for each in found] == [("`adult` is unknown", "A try.")]
    assert mistakes == []


def test_a_clause_is_named_by_its_text_and_what_it_stands_in(policy: CompiledPolicy) -> None:
    item = "disease.stage >= 3 decides when unknown in advanced"
    found, mistakes = read(policy, f"unreachable:\n  - {{item: {item}, reason: A try.}}\n")
    assert [each.item.name for each in found] == ["disease.stage >= 3"]
    assert mistakes == []


@pytest.mark.parametrize("text", ["", "unreachable: []\n"])
def test_nothing_need_be_said(policy: CompiledPolicy, text: str) -> None:
    assert read(policy, text) == ((), [])


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("  - {item: adlt is unknown, reason: A try.}",
         'E607 nothing that tests should reach is called "adlt is unknown"; did you mean "adult is unknown"?'),
        ("  - {item: the moon, reason: A try.}",
         f'E607 nothing that tests should reach is called "the moon"; {SHOWN}'),
        ("  - {item: advanced is unknown, reason: It is a definition.}",
         'E607 nothing that tests should reach is called "advanced is unknown"; did you mean "stage is unknown"?'),
        ('  - {item: adult is unknown, reason: One.}\n  - {item: "`adult` is unknown", reason: Two.}',
         "E607 this item is named twice; "),
    ],
)  # fmt: skip
def test_what_names_no_item_or_one_twice_is_a_mistake(policy: CompiledPolicy, text: str, mistake: str) -> None:
    assert read(policy, f"unreachable:\n{text}\n")[1] == [mistake]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("unreachable: adult is unknown", "E142"),
        ("unreachable:\n  - adult is unknown", "E142"),
        ("unreachable:\n  - {item: adult is unknown}", "E141"),
        ("unreachable:\n  - {reason: A try.}", "E141"),
        ("unreachable:\n  - {item: adult is unknown, reason: A try., because: no}", "E140"),
        ("unreachable:\n  - {item: [adult], reason: A try.}", "E142"),
    ],
)
def test_what_has_another_shape_is_told_once(policy: CompiledPolicy, text: str, code: str) -> None:
    mistakes = read(policy, text + "\n")[1]
    assert [each[:4] for each in mistakes] == [code]


def test_what_a_test_reaches_after_all_is_warned_of_and_counted(policy: CompiledPolicy) -> None:
    text = "unreachable:\n  - {item: adult is met, reason: Never.}\n  - {item: adult is unknown, reason: Never.}\n"
    diagnostics = Diagnostics()
    node = parse_document(Source(BEGIN + text, "tests.yaml"), diagnostics)
    assert node is not None
    tests, unreachable = read_tests(node, policy, diagnostics), read_unreachable(node, policy, diagnostics)
    said = {each.item.text: each.reason for each in unreachable}
    coverage, plain = coverage_of(policy, tests, said), coverage_of(policy, tests)
    report_reached(unreachable, coverage, diagnostics)
    assert [(each.code, each.label, each.span and each.span.line) for each in diagnostics] == [
        ("W608", "the test `an adult is approved` reaches it", 7)
    ]
    assert coverage.count == (plain.count[0], plain.count[1] - 1)
