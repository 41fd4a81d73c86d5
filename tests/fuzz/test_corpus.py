"""The expressions that fuzzing has found worth keeping still do not crash, hang or grow (`make fuzz`)."""

from __future__ import annotations

import fuzzing
import pytest
from fuzzing import MEGABYTES, Attacker, Problem, attack, chance_from, corpus, size, warm_up


def test_no_expression_of_the_corpus_crashes_hangs_or_grows() -> None:
    warm_up()
    before = size()
    problems = [attack(text, chance_from(number))[0] for number, text in enumerate(corpus())]
    assert [problem for problem in problems if problem is not None] == []
    assert size() - before < MEGABYTES


def test_expressions_changed_by_chance_do_not_crash_hang_or_grow() -> None:
    attacker = Attacker(chance_from(1))
    assert [problem for problem in (attacker.step() for _ in range(2_000)) if problem is not None] == []
    assert len(attacker.ways) > 100


def test_a_crash_and_a_hang_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_: str) -> None:
        raise KeyError("x")

    def hang(_: str) -> None:
        while True:
            pass

    monkeypatch.setattr(fuzzing, "SECONDS", 0.05)
    for loading, what in ((crash, "KeyError: 'x'"), (hang, "Hang: it takes longer than 0.05 s")):
        monkeypatch.setattr(fuzzing, "loaded", loading)
        assert attack("1", chance_from(0))[0] == Problem("1", what)
