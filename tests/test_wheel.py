"""The wheel works outside the checkout, with its own grammar and policies.

It is built as an index would build it, from the source distribution, so that this holds what is needed too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CASE = ROOT / "examples" / "01_first_request" / "case.yaml"

# one worker builds and installs, once for all tests of this file
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def run(*command: str | Path, directory: Path) -> str:
    """The output of a command that must succeed, run away from what the tests have set."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTHON"))}
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the checkout."""
    directory = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", directory, ROOT, directory=directory)
    (built,) = directory.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with nothing but the wheel and its dependencies."""
    directory = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(directory, with_pip=True)
    python = directory / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, directory=directory)
    return directory


def test_the_wheel_carries_the_package_its_grammar_its_policies_and_the_mark_that_it_is_typed(wheel: Path) -> None:
    wanted = {"besponsa_pa/py.typed", "besponsa_pa/cli/__init__.py"}
    for folder in ("grammar", "policies"):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert files
        wanted |= {f"besponsa_pa/{path.relative_to(ROOT).as_posix()}" for path in files}
    assert wanted <= set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_carries_nothing_that_is_not_the_package(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"besponsa_pa"}


def test_the_installed_package_finds_its_own_files_not_those_of_the_checkout(installed: Path, tmp_path: Path) -> None:
    program = (
        "import besponsa_pa, json; from besponsa_pa.shipped import grammar_text, policies_directory; "
        "print(json.dumps([besponsa_pa.__file__, str(policies_directory()), grammar_text('policy.schema.json')]))"
    )
    code, policies, schema = json.loads(run(installed / "bin" / "python", "-c", program, directory=tmp_path))
    assert Path(code).is_relative_to(installed.resolve())
    assert Path(policies) == Path(code).parent / "policies"
    assert schema == (ROOT / "grammar" / "policy.schema.json").read_text(encoding="utf-8")


def test_the_installed_command_decides_the_first_example_as_the_checkout_does(installed: Path, tmp_path: Path) -> None:
    shutil.copy(CASE, tmp_path)
    evaluate = ("evaluate", "case.yaml", "--format", "json")
    there = run(installed / "bin" / "besponsa-pa", *evaluate, directory=tmp_path)
    here = run(sys.executable, "-m", "besponsa_pa", "evaluate", CASE, "--format", "json", directory=ROOT)
    assert json.loads(there)["decision"] == "approve"
    assert there == here
