"""Each folder is one scenario: a small policy, a case, a sentence on what they show, and the whole determination.

`UPDATE=1` writes what is determined now to the folders; read the difference before you keep it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from besponsa_pa import determine, load_case, load_policy
from besponsa_pa.render.structure import json_text, structure_from_determination

HERE = Path(__file__).parent
FOLDERS = sorted(folder for folder in HERE.iterdir() if (folder / "policy.yaml").is_file())
SCHEMA = json.loads((HERE.parent.parent / "grammar" / "determination.schema.json").read_text("utf-8"))


def determination_of(folder: Path) -> str:
    policy = load_policy(folder / "policy.yaml")
    return json_text(structure_from_determination(determine(policy, load_case(folder / "case.yaml", policy))))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_determination_is_the_recorded_one(folder: Path) -> None:
    found, expected = determination_of(folder), folder / "expected.json"
    if os.environ.get("UPDATE"):
        expected.write_text(found, encoding="utf-8")
    assert json.loads(found) == json.loads(expected.read_text("utf-8"))
    assert found == expected.read_text("utf-8")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_scenario_is_whole_and_says_what_it_shows(folder: Path) -> None:
    assert {file.name for file in folder.iterdir()} == {"policy.yaml", "case.yaml", "description.md", "expected.json"}
    assert (folder / "description.md").read_text("utf-8").strip().endswith(".")
    jsonschema.validate(json.loads((folder / "expected.json").read_text("utf-8")), SCHEMA)


def test_the_same_bytes_come_out_of_every_run_and_from_every_folder(tmp_path: Path) -> None:
    """Python orders its sets anew in each run, unless it is told how."""
    program = (
        f"import sys; sys.path.insert(0, {str(HERE)!r}); import test_scenarios as scenarios; "
        "print(*map(scenarios.determination_of, scenarios.FOLDERS))"
    )
    texts = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", program]
        texts.add(subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True).stdout)
    assert texts == {(" ".join(map(determination_of, FOLDERS)) + "\n").encode()}
