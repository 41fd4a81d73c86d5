"""The page of each rule says what the rule does: its examples are policies, held against all rules.

A page shows a wrong policy, what is said of it, a right one, and how the wrong one is accepted. Each is a piece:
the head, a reference and `otherwise` stand around it where it does not bring its own. `UPDATE=1` writes what is said.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from few_codes import FewCodes
from pages import DOCS, blocks

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.lint import RULES, Linted, Rule, lint, named
from besponsa_pa.policy.loader import load
from besponsa_pa.render.diagnostics import text_from_diagnostics
from besponsa_pa.render.reference import SEVERITIES, lint_page
from besponsa_pa.source import Source

FOLDER = DOCS / "lint"
HEADINGS = ["Why it matters", "Wrong", "Right", "When it is meant"]
AROUND = {
    "policy": "policy: example\ntitle: An example\nversion: 1\n",
    "references": "references:\n  label: {number: 1, title: Package insert}\n",
    "otherwise": "otherwise: {decision: deny, title: Nothing else is covered, cite: [label]}\n",
}
CODES = FewCodes("ICD-10-CM April 2026 (simple-icd-10-cm 1.5.0)")
BY_NAME = {rule.name: rule for rule in RULES}
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def page(rule: Rule) -> Path:
    return FOLDER / f"{rule.name}.md"


def said(piece: str, rule: Rule) -> Linted:
    """What is said of a piece of a policy. What a page shows comes first, so that its lines count from 1."""
    keys = set(re.findall(r"^(\w+):", piece, re.MULTILINE))
    has_end = rule.code != "W354"  # the one rule of which the example is that something is not there
    around = "".join(text for key, text in AROUND.items() if key not in keys and (has_end or key != "otherwise"))
    diagnostics = Diagnostics()
    policy = load(Source(piece + around, "policy.yaml"), lambda *_: (), diagnostics)
    compiled = None if policy is None else compile_policy(policy, diagnostics)
    return named(diagnostics) if compiled is None else lint(compiled, diagnostics, CODES)


@every_rule
def test_a_page_has_its_parts_and_names_the_code(rule: Rule) -> None:
    text = page(rule).read_text("utf-8")
    assert text.startswith(f"# {rule.name}\n\nCode `{rule.code}`, a")
    assert re.search(rf"^Code `{rule.code}`, an? {SEVERITIES[rule.code[0]]}\.", text, re.MULTILINE)
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == HEADINGS
    assert ("--fix" in text) is rule.mends


@every_rule
def test_the_wrong_example_is_found_and_told_as_the_page_says(rule: Rule) -> None:
    wrong, (told,) = blocks(page(rule), "yaml")[0], blocks(page(rule), "text")
    found = said(wrong.text, rule).diagnostics
    assert {each.rule for each in found} == {rule.name}
    if os.environ.get("UPDATE"):
        text = page(rule).read_text("utf-8")
        shown = f"```text\n{text_from_diagnostics(found)}```"
        page(rule).write_text(
            re.sub(r"^```text\n.*?^```$", lambda _: shown, text, flags=re.MULTILINE | re.DOTALL), "utf-8"
        )
        (told,) = blocks(page(rule), "text")
    assert told.text == text_from_diagnostics(found)


@every_rule
def test_of_the_right_example_nothing_is_said(rule: Rule) -> None:
    assert said(blocks(page(rule), "yaml")[1].text, rule).diagnostics == ()


@every_rule
def test_the_wrong_example_can_be_accepted_as_the_page_says(rule: Rule) -> None:
    wrong, _, *accept = (block.text for block in blocks(page(rule), "yaml"))
    assert len(accept) == rule.can_be_accepted
    if accept:
        linted = said(wrong + accept[0], rule)
        assert linted.diagnostics == ()
        assert {each.rule for each in linted.accepted} == {rule.name}


def test_the_list_of_rules_says_what_the_rules_say() -> None:
    path = FOLDER / "README.md"
    introduction = path.read_text("utf-8").partition("\n## ")[0]
    if os.environ.get("UPDATE"):
        path.write_text(lint_page(introduction), "utf-8")
    assert path.read_text("utf-8") == lint_page(introduction)
