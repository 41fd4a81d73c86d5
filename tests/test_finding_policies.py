"""A policy works the same wherever it stands: shipped, in a folder, in an installed package, or named by its path."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from besponsa_pa import FileError, determine, find_policies, load_case, load_policy

ROOT = Path(__file__).parent.parent
CASE = ROOT / "examples/01_first_request/case.yaml"


def renamed_policy(folder: Path, name: str) -> Path:
    """A copy of the Besponsa policy under another id, which imports the shared file that the package ships."""
    text = (ROOT / "policies/besponsa/policy.yaml").read_text(encoding="utf-8")
    place = folder / name / "policy.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(text.replace("policy: besponsa", f"policy: {name}"), encoding="utf-8")
    return place


def decision(name: str | Path, policies: tuple[Path, ...] = ()) -> str:
    policy = load_policy(name, policies)
    return determine(policy, load_case(CASE, policy)).decision.value


def test_a_policy_is_found_by_its_id_in_a_folder_that_is_named(tmp_path: Path) -> None:
    renamed_policy(tmp_path, "elsewhere")
    assert "elsewhere" in find_policies([tmp_path])
    assert decision("elsewhere", (tmp_path,)) == "approve"


def test_a_policy_is_found_by_its_path_and_by_its_folder(tmp_path: Path) -> None:
    place = renamed_policy(tmp_path, "elsewhere")
    assert decision(place) == decision(str(place)) == decision(place.parent) == "approve"


def test_a_policy_of_an_installed_package_is_found_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed_policy(tmp_path / "my_plan_policies", "my_drug")
    (tmp_path / "my_plan_policies/__init__.py").touch()
    metadata = tmp_path / "my_plan-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: my-plan\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text("[besponsa_pa.policies]\nmy_plan = my_plan_policies\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert decision("my_drug") == "approve"


def test_a_folder_that_is_named_comes_before_what_is_shipped(tmp_path: Path) -> None:
    place = renamed_policy(tmp_path, "besponsa")
    assert find_policies([tmp_path])["besponsa"] == place


def test_the_digest_is_that_of_the_text_not_of_its_place(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policies", tmp_path / "copy")
    copied = load_policy(tmp_path / "copy/besponsa/policy.yaml")
    assert copied.policy.digest == load_policy(ROOT / "policies/besponsa/policy.yaml").policy.digest


def test_a_name_of_no_policy_is_told_with_the_one_that_is_meant() -> None:
    with pytest.raises(FileError) as caught:
        load_policy("besponza")
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.help) == ("E501", "did you mean `besponsa`?")


@pytest.mark.parametrize("name", ["no/such/policy.yaml", "policies"])
def test_a_path_without_a_policy_is_an_error_not_a_crash(name: str) -> None:
    with pytest.raises(FileError):
        load_policy(name)
