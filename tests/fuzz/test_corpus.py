"""The expressions that fuzzing has found worth keeping still do not crash, hang or grow (`make fuzz`)."""

from __future__ import annotations

import random

from fuzzing import MEGABYTES, Attacker, attack, corpus, size, warm_up


def test_no_expression_of_the_corpus_crashes_hangs_or_grows() -> None:
    warm_up()
    before = size()
    problems = [attack(text, random.Random(number))[0] for number, text in enumerate(corpus())]
    assert [problem for problem in problems if problem is not None] == []
    assert size() - before < MEGABYTES


def test_expressions_changed_by_chance_do_not_crash_hang_or_grow() -> None:
    attacker = Attacker(random.Random(1))
    assert [problem for problem in (attacker.step() for _ in range(2_000)) if problem is not None] == []
    assert len(attacker.ways) > 100
