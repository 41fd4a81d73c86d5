"""The wheel works outside the checkout, with its own grammar and policies.

It is built as an index would build it, from the source distribution, so that this holds what is needed too.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from pages import blocks

ROOT = Path(__file__).parent.parent
OWN = ROOT / "examples" / "07_own_package"
CASE = ROOT / "examples" / "01_first_request" / "case.yaml"

# one worker builds and installs, once for all tests of this file
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def run(*command: str | Path, directory: Path) -> str:
    """The output of a command that must succeed, run away from what the tests have set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTHON"))}
    environment = {**kept, "COLUMNS": "100"}
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


# --- another distribution brings policies of its own ---


@pytest.fixture(scope="module")
def with_own_package(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the example and a fresh environment, `.venv`, in which its package is installed."""
    directory = tmp_path_factory.mktemp("own") / "package"
    shutil.copytree(OWN, directory, ignore=shutil.ignore_patterns("dist", ".venv", "__pycache__"))
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", directory, directory=directory)
    (own,) = directory.glob("dist/*.whl")
    shutil.rmtree(directory / "plan_policies")  # what is found now is what was installed
    venv.create(directory / ".venv", with_pip=True)
    python = directory / ".venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, own, directory=directory)
    return directory


def in_the_example(command: str, directory: Path) -> str:
    """What a command of the example prints, with the Python of the page in its paths."""
    program, *arguments = shlex.split(command)
    output = run(directory / program, *arguments, directory=directory)
    return re.sub(r"/python3\.\d+/", "/python3.11/", output)


def test_the_policies_of_an_installed_package_are_known_beside_the_bundled_ones(with_own_package: Path) -> None:
    program = "from besponsa_pa import find_policies; print(*sorted(find_policies()))"
    known = run(with_own_package / ".venv" / "bin" / "python", "-c", program, directory=with_own_package).split()
    own = {path.parent.name for path in OWN.glob("plan_policies/*/policy.yaml")}
    assert own
    assert own | {"besponsa"} <= set(known)


def test_the_commands_of_the_package_example_print_what_its_page_says(with_own_package: Path) -> None:
    page = OWN / "README.md"
    (block,) = [each for each in blocks(page, "console") if each.words == "installed"]
    parts = (part.split("\n", 1)[0] for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:])
    now = "".join(f"$ {command}\n{in_the_example(command, with_own_package)}" for command in parts)
    if os.environ.get("UPDATE"):
        page.write_text(page.read_text("utf-8").replace(block.text, now), "utf-8")
    else:
        assert block.text == now
