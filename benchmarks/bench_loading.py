from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.bench_start import run_in
from benchmarks.conftest import Measure
from benchmarks.table import LOADING
from besponsa_pa import find_policies
from besponsa_pa.cache import VARIABLE

ROUNDS = 5
LIBRARY = (
    "from besponsa_pa import find_policies, load_policy\nfor place in find_policies().values(): load_policy(place)"
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for Python's own compiled modules, and one for compiled policies."""
    return tmp_path_factory.mktemp("loading")


def library(root: Path, kept: Path, setting: str) -> Callable[[], object]:
    environment = {"PYTHONPYCACHEPREFIX": str(kept / "modules"), VARIABLE: setting}
    return run_in(root, environment, sys.executable, "-c", LIBRARY)


def test_the_whole_library_from_nothing(measure: Measure, root: Path, kept: Path) -> None:
    row = f"load all {len(find_policies())} policies from nothing, in a fresh process"
    measure(LOADING, row, library(root, kept, "off"), baseline=True, rounds=ROUNDS)


def test_the_whole_library_and_keep_it(measure: Measure, root: Path, kept: Path) -> None:
    place = kept / "anew"
    run = library(root, kept, str(place))

    def anew() -> None:
        shutil.rmtree(place, ignore_errors=True)
        run()

    measure(LOADING, "the same, and keep them in the cache", anew, rounds=ROUNDS)


def test_the_whole_library_from_the_cache(measure: Measure, root: Path, kept: Path) -> None:
    measure(LOADING, "the same from the cache", library(root, kept, str(kept / "policies")), rounds=ROUNDS)
    size = sum(entry.stat().st_size for entry in os.scandir(kept / "policies"))
    assert size < 5_000_000
