"""The definitions of the shared files: what each says of a case, in the rows of `rows/*.yaml`.

A row has a `description`, an `expression`, the `facts` of a case (all others are not known) and the `result` as CQL
text, or `refused` with the code of what is wrong with the case.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from besponsa_pa.api import load_policy
from besponsa_pa.determination.admission import case_from_node
from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.document import Mapping, Node, Scalar, parse_document, read_source
from besponsa_pa.expression.evaluation import evaluate_text
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.policy.environment import environment_of
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policy.nodes import get, items, text
from besponsa_pa.shipped import policies_directory

FOLDER = Path(__file__).parent
KEYS = {"description", "expression", "facts", "result", "refused"}


@cache
def policy() -> CompiledPolicy:
    return load_policy(FOLDER / "every_shared_file.yaml")


def rows_of(path: Path) -> list[Node]:
    diagnostics = Diagnostics()
    source = read_source(path, diagnostics)
    node = None if source is None else parse_document(source, diagnostics)
    assert not diagnostics.items, diagnostics.items
    return list(items(get(node, "rows")))


ROWS = [(path.stem, row) for path in sorted(FOLDER.glob("rows/*.yaml")) for row in rows_of(path)]
NAMES = [f"{stem}: {text(get(row, 'description'))}" for stem, row in ROWS]


@pytest.mark.parametrize("row", [row for _, row in ROWS], ids=NAMES)
def test_a_shared_definition_says_of_a_case(row: Node) -> None:
    assert isinstance(row, Mapping)
    assert set(row.keys()) <= KEYS
    diagnostics = Diagnostics()
    facts = row.get("facts")
    case = None if facts is None else case_from_node(facts, policy(), diagnostics)
    codes = ", ".join(each.code for each in diagnostics if each.severity is Severity.ERROR)
    assert codes == (text(row.get("refused")) or "")
    if "refused" in row.keys():  # noqa: SIM118 - no dict
        return
    expression = row.get("expression")
    assert isinstance(expression, Scalar)
    environment = environment_of(policy().policy, Diagnostics())
    found = evaluate_text(expression.excerpt, environment, {} if case is None else case.facts)
    assert found.error is None, found.error
    assert text_of(found.value) == text(row.get("result"))


def test_every_row_has_a_sentence_of_its_own() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_every_definition_of_a_shared_file_is_held_against_a_case() -> None:
    used = {word for _, row in ROWS for word in re.findall(r"\w+", text(get(row, "expression")) or "")}
    assert set(policy().policy.definitions) <= used


FIELDS = (
    "car_t", "formulary", "immunoglobulin", "inotuzumab", "ivig_premera", "leukemia", "lymphoma", "migraine",
    "monotherapy", "oncolog", "opioids", "performance",
)  # fmt: skip


def test_every_shared_file_is_among_them() -> None:
    files = {f"shared/{path.name}" for path in policies_directory().glob("shared/*.yaml")}
    imported = {source.name.split("policies/", 1)[1] for source in policy().policy.sources[:-1]}
    # what belongs to one field of medicine is tested with the policies of that field, all others here
    of_a_field = {name for name in files if any(word in name for word in FIELDS)}
    assert files - imported == of_a_field


def test_every_shared_fact_asks_a_question() -> None:
    assert [fact.name for fact in policy().policy.facts.values() if not fact.ask] == []
