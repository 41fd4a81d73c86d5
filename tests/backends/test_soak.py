"""A short run of `make soak`: it compares, counts, and fails where it should."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Self

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "soak"))

import run


def test_a_short_soak_compares_cases_of_several_policies(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--cases", "300", "--policy", "besponsa", "--policy", "epclusa_uhc", "--workers", "1", "--seed", "7"]
    assert run.main(asked) == 0
    told = capsys.readouterr().out
    counted = re.findall(r"^(\w+): (\d+) cases compared of (\d+) made, (\d+) refused$", told, re.MULTILINE)
    assert [name for name, *_ in counted] == ["besponsa", "epclusa_uhc"]
    assert all(200 < int(compared) <= int(made) == 300 and int(refused) < 60 for _, compared, made, refused in counted)
    assert told.endswith("no difference\n")


def test_a_soak_stops_at_a_difference_and_shows_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = ("{\"case\":\"c1\"}\n  decision: 'approve' against 'deny'",)
    monkeypatch.setattr(run, "chunk_of", _different)
    monkeypatch.setattr(run, "ProcessPoolExecutor", _Here)
    assert run.soak(["besponsa"], run.Plan("duckdb", 100, 1, 60, 1)) == 1
    assert shown[0] in capsys.readouterr().out


def test_a_soak_ends_after_its_minutes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--policy", "besponsa", "--workers", "1", "--minutes", "0"]) == 0
    assert "0 cases compared" in capsys.readouterr().out


def _different(*_: object) -> run.Chunk:
    return run.Chunk(20, 20, 0, ("{\"case\":\"c1\"}\n  decision: 'approve' against 'deny'",))


class _Here:
    """Runs at once what a pool of processes would."""

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, function: object, *arguments: object) -> object:
        from concurrent.futures import Future

        future: Future[object] = Future()
        future.set_result(function(*arguments))  # type: ignore[operator]
        return future

    def shutdown(self, **_: object) -> None:
        pass
