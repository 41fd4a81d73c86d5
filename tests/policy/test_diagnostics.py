"""Each folder of `diagnostics/` is one mistake: a policy, and all that is said of it.

`UPDATE=1` writes what is said now to the folders; read the difference before you keep it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from besponsa_pa.diagnostic import CATALOGUE, Diagnostics
from besponsa_pa.document import read_source
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.lint import RULES
from besponsa_pa.policy.loader import load
from besponsa_pa.render.diagnostics import in_order, text_from_diagnostics
from besponsa_pa.source import Source

FOLDERS = sorted(
    folder for folder in (Path(__file__).parent / "diagnostics").iterdir() if (folder / "policy.yaml").is_file()
)


def checked(folder: Path) -> Diagnostics:
    diagnostics = Diagnostics()

    def resolve(path: str, _: Source) -> Source | list[str]:
        names = [file.name for file in folder.glob("*.yaml")]
        return source(path) if path in names else names

    def source(name: str) -> Source:
        found = read_source(folder / name, diagnostics)
        assert found is not None
        return Source(found.text, name)

    policy = load(source("policy.yaml"), resolve, diagnostics)
    if policy is not None:
        compile_policy(policy, diagnostics)
    return diagnostics


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_is_said_of_a_mistake(folder: Path) -> None:
    found = text_from_diagnostics(in_order(checked(folder)))
    expected = folder / "expected.txt"
    if os.environ.get("UPDATE"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_mistake_is_found_and_shown_at_its_place(folder: Path) -> None:
    found = list(checked(folder))
    assert found
    assert all(each.span is not None and each.span.source.name.endswith(".yaml") for each in found)


def test_every_diagnostic_of_policies_has_a_folder() -> None:
    shown = {each.code for folder in FOLDERS for each in checked(folder)}
    of_policies = {code for code in CATALOGUE if code[1] == "3"}
    of_lint = {rule.code for rule in RULES}  # each has its folder in `lint/`
    assert of_policies - shown - of_lint == {"E322", "E337"}  # too many files, too many criteria: made in test_loader
