"""What a start loads: nothing slow before it is needed."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SLOW = {"jsonschema", "lark", "pint", "ucumvert"}
LOADED = "; import json, sys; print(json.dumps(sorted(name for name in sys.modules if '.' not in name)))"


def loaded_by(statement: str) -> set[str]:
    """The top-level modules in a fresh interpreter after a statement."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTHON"))}
    run = subprocess.run(
        [sys.executable, "-c", statement + LOADED],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout))


def test_the_measure_sees_what_is_loaded() -> None:
    assert loaded_by("import jsonschema, ucumvert") >= SLOW


def test_importing_the_package_loads_nothing_slow_and_no_command_line() -> None:
    loaded = loaded_by("import besponsa_pa")
    assert "besponsa_pa" in loaded
    assert not loaded & {*SLOW, "click"}


def test_importing_the_command_line_loads_nothing_slow() -> None:
    loaded = loaded_by("import besponsa_pa.cli")
    assert "click" in loaded
    assert not loaded & SLOW


def test_the_public_names_load_nothing_slow() -> None:
    assert not loaded_by("from besponsa_pa import determine, load_case, load_policy") & SLOW


def test_a_policy_is_loaded_without_lint_and_linted_without_the_lists_of_codes() -> None:
    lint, codes = "'besponsa_pa.policy.lint' in sys.modules", "'simple_icd_10_cm' in sys.modules"
    api = "import sys; from besponsa_pa import api"
    loaded_by(f"{api}; api.load_policy('besponsa'); assert not {lint}")
    loaded_by(f"{api}; api.lint_policy('besponsa'); assert {lint} and not {codes}")


def test_the_package_runs_as_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["besponsa_pa", "--help"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("besponsa_pa", run_name="__main__")
    assert stop.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith("Usage: ")
    assert "evaluate" in told
