"""What the benchmarks share: how something is measured, and what is measured over and over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.generator import CaseData, generated_cases
from besponsa_pa import Case, CompiledPolicy, load_case, load_policy

COUNT = 10_000


class Measure(Protocol):
    """Time a function under the title of its table and the words of its row; the baseline of a table has ratio 1."""

    def __call__(
        self, table: str, row: str, function: Callable[[], object], *, baseline: bool = False, rounds: int = 0
    ) -> None: ...


@pytest.fixture
def measure(benchmark: BenchmarkFixture) -> Measure:
    def timed(table: str, row: str, function: Callable[[], object], *, baseline: bool = False, rounds: int = 0) -> None:
        benchmark.group = table
        benchmark.extra_info.update({"row": row, "baseline": baseline})
        if rounds:
            benchmark.pedantic(function, rounds=rounds, warmup_rounds=1)  # type: ignore[no-untyped-call]
        else:
            benchmark(function)

    return timed


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def policy() -> CompiledPolicy:
    return load_policy("besponsa")


@pytest.fixture(scope="session")
def example(root: Path) -> Path:
    return root / "examples" / "01_first_request" / "case.yaml"


@pytest.fixture(scope="session")
def many() -> list[CaseData]:
    return list(generated_cases(COUNT))


@pytest.fixture(scope="session")
def many_cases(many: list[CaseData], policy: CompiledPolicy) -> list[Case]:
    return [load_case(case, policy) for case in many]
