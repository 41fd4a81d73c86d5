"""The files that the package ships are found in a checkout; `test_wheel.py` looks in an installed package."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from besponsa_pa.shipped import grammar_text, policies_directory, shipped_directory

ROOT = Path(__file__).parent.parent


def test_a_grammar_that_is_not_shipped_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.schema\.json"):
        grammar_text("nothing.schema.json")


def test_a_package_without_its_files_says_which_folder_is_gone(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="the folder `grammar` of besponsa_pa is neither in"):
        shipped_directory("grammar", tmp_path / "besponsa_pa")


def test_a_file_in_the_place_of_the_folder_is_not_taken_for_it(tmp_path: Path) -> None:
    package = tmp_path / "besponsa_pa"
    package.mkdir()
    (package / "policies").write_text("no folder")
    (tmp_path / "policies").mkdir()
    assert shipped_directory("policies", package) == tmp_path / "policies"


def test_the_folder_inside_the_package_comes_before_the_one_beside_it(tmp_path: Path) -> None:
    package = tmp_path / "besponsa_pa"
    (package / "policies").mkdir(parents=True)
    (tmp_path / "policies").mkdir()
    assert shipped_directory("policies", package) == package / "policies"


def test_in_a_checkout_the_policies_are_those_at_its_top() -> None:
    assert policies_directory() == ROOT / "policies"
    assert (policies_directory() / "besponsa" / "policy.yaml").is_file()


@pytest.mark.parametrize("path", sorted((ROOT / "grammar").glob("*.json")), ids=lambda path: path.name)
def test_each_published_schema_is_shipped_and_is_json(path: Path) -> None:
    assert json.loads(grammar_text(path.name)) == json.loads(path.read_text(encoding="utf-8"))
