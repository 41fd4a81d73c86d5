from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from benchmarks.conftest import Measure
from benchmarks.table import START
from besponsa_pa.cache import VARIABLE

ROUNDS = 15


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what Python keeps of the modules that it has compiled, filled by the warm-up."""
    return tmp_path_factory.mktemp("compiled")


def process(root: Path, compiled: Path | None, *arguments: str, **settings: str) -> Callable[[], object]:
    """A process that finds its modules and its policies compiled, or, where nothing is kept, compiles both."""
    environment = {"PYTHONPYCACHEPREFIX": str(compiled), VARIABLE: str(compiled and compiled / "policies")} | settings
    if compiled is None:
        environment = {
            "PYTHONPYCACHEPREFIX": str(root / "nothing is kept here"),
            "PYTHONDONTWRITEBYTECODE": "1",
            VARIABLE: "off",
        }
    return run_in(root, environment, sys.executable, *arguments)


def run_in(root: Path, settings: Mapping[str, str], *command: str) -> Callable[[], object]:
    """A process in an environment without Python's own settings, but those."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | dict(settings)
    return lambda: subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)


def test_the_libraries_alone(measure: Measure, root: Path, compiled: Path) -> None:
    run = process(root, compiled, "-c", "import click, yaml")
    measure(START, '`python -c "import click, yaml"`', run, baseline=True, rounds=ROUNDS)


def test_python_alone(measure: Measure, root: Path, compiled: Path) -> None:
    measure(START, '`python -c ""`', process(root, compiled, "-c", ""), rounds=ROUNDS)


def test_import(measure: Measure, root: Path, compiled: Path) -> None:
    run = process(root, compiled, "-c", "from besponsa_pa import determine, load_case, load_policy")
    measure(START, "import the library", run, rounds=ROUNDS)


def test_version(measure: Measure, root: Path, compiled: Path) -> None:
    measure(START, "`besponsa-pa --version`", process(root, compiled, "-m", "besponsa_pa", "--version"), rounds=ROUNDS)


def test_evaluate(measure: Measure, root: Path, compiled: Path, example: Path) -> None:
    run = process(root, compiled, "-m", "besponsa_pa", "evaluate", str(example))
    measure(START, "`besponsa-pa evaluate`, one case", run, rounds=ROUNDS)


def test_evaluate_without_the_cache(measure: Measure, root: Path, compiled: Path, example: Path) -> None:
    run = process(root, compiled, "-m", "besponsa_pa", "evaluate", str(example), **{VARIABLE: "off"})
    measure(START, "the same, the policy read and checked", run, rounds=5)


def test_first_evaluate(measure: Measure, root: Path, example: Path) -> None:
    run = process(root, None, "-m", "besponsa_pa", "evaluate", str(example))
    measure(START, "the same where Python has compiled nothing yet, not even its own library", run, rounds=3)
