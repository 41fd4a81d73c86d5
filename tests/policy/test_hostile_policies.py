"""Whatever is wrong with a policy is said; nothing that its writer may do raises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.loader import load
from besponsa_pa.source import Source

LINES = (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8").splitlines()
OTHER_VALUES = ("", "[]", "{}", "[x, [y]]", "{x: {y: z}}", "'", "null", "1 +", "''", "age")


def checked(text: str) -> tuple[bool, Diagnostics]:
    """Whether a policy compiles, and what is said of it."""
    diagnostics = Diagnostics()
    policy = load(Source(text, "policy.yaml"), lambda *_: (), diagnostics)
    compiled = None if policy is None else compile_policy(policy, diagnostics)
    return compiled is not None, diagnostics


def is_honest(text: str) -> bool:
    """Whether a policy either compiles or is told to have errors, all of them at a place."""
    compiles, diagnostics = checked(text)
    errors = [each for each in diagnostics if each.severity is Severity.ERROR]
    return compiles == (not errors) and all(each.span is not None for each in errors)


def test_the_policy_that_says_everything_has_neither_errors_nor_warnings() -> None:
    compiles, diagnostics = checked("\n".join(LINES))
    assert list(diagnostics) == []
    assert compiles


@pytest.mark.parametrize("at", range(len(LINES)), ids=lambda at: LINES[at].strip())
def test_a_line_that_is_left_out_is_told_or_does_no_harm(at: int) -> None:
    assert is_honest("\n".join([*LINES[:at], *LINES[at + 1 :]]))


@pytest.mark.parametrize("at", [at for at, line in enumerate(LINES) if ": " in line], ids=lambda at: LINES[at].strip())
def test_a_value_of_another_kind_is_told_or_does_no_harm(at: int) -> None:
    key = re.split(": ", LINES[at], maxsplit=1)[0]
    for value in OTHER_VALUES:
        assert is_honest("\n".join([*LINES[:at], f"{key}: {value}", *LINES[at + 1 :]])), value


@pytest.mark.parametrize(
    "at", [at for at, line in enumerate(LINES) if line.endswith(":")], ids=lambda at: LINES[at].strip()
)
def test_a_part_that_is_of_another_kind_is_told(at: int) -> None:
    indent = len(LINES[at]) - len(LINES[at].lstrip())
    end = next((i for i in range(at + 1, len(LINES)) if len(LINES[i]) - len(LINES[i].lstrip()) <= indent), len(LINES))
    for value in OTHER_VALUES:
        assert is_honest("\n".join([*LINES[:at], f"{LINES[at]} {value}", *LINES[end:]])), value


@pytest.mark.parametrize(
    "text", ["", "\n", "- a", "text", "null", "{}", "[]", "policy: x", "policy: [x]", "policy: {x: y}"]
)
def test_a_file_that_is_hardly_a_policy_is_told(text: str) -> None:
    compiles, diagnostics = checked(text)
    assert not compiles
    assert diagnostics.has_errors
