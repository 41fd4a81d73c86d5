from __future__ import annotations

from itertools import count
from typing import Any

from durable.lang import item, m, post, pri, ruleset, when_all

from benchmarks.peers.cases import COVERED
from benchmarks.peers.engine import Engine
from benchmarks.peers.flat import Flat, flat

RULESET = "nine_criteria"


def engine() -> Engine:
    """One rule approves; an event that it leaves is taken by the next, so that none stays in memory."""
    answers: list[str] = []
    numbers = count(1)
    failed = (item.outcome == "failure") | (item.outcome == "intolerance")
    failed_tki = m.therapies.anyItem((item.kind == "tyrosine_kinase_inhibitor") & failed)
    with ruleset(RULESET):

        @when_all(
            m.diagnosis.matches("|".join(code.replace(".", "[.]") for code in COVERED))
            & (m.cd22 == "positive")
            & ((m.status == "relapsed") | (m.status == "refractory"))
            & (m.age >= 1)
            & ((m.age < 18) | (m.philadelphia != "positive") | failed_tki)
            & (m.vod == False)  # noqa: E712 - the comparison is what the library reads
            & (m.bilirubin <= m.bilirubin_limit * 1.5)
            & (m.ast <= m.ast_limit * 2.5)
            & (m.requested <= m.completed * -1 + 6)
        )
        def approve(_: Any) -> None:
            answers.append("approve")

        @when_all(pri(1), +m.kind)
        def deny(_: Any) -> None:
            answers.append("deny")

    def decide(event: Flat) -> str:
        answers.clear()
        event["id"] = next(numbers)  # an event that was seen before is passed over
        post(RULESET, event)
        return answers[0] if len(answers) == 1 else "error"

    return Engine(load=lambda case: flat(case) | {"kind": "request"}, decide=decide, outcome=str)
