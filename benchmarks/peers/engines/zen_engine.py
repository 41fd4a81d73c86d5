from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import zen

from benchmarks.generator import CaseData
from benchmarks.peers.cases import COVERED
from benchmarks.peers.engine import Engine
from benchmarks.peers.flat import approves, flat

FAILED_TKI = "#.kind == 'tyrosine_kinase_inhibitor' and #.outcome in ['failure', 'intolerance']"
EXPRESSION = " and ".join(
    (
        f"diagnosis in {json.dumps(COVERED)}",
        "cd22 == 'positive'",
        "status in ['relapsed', 'refractory']",
        "age >= 1",
        f"(age < 18 or philadelphia != 'positive' or some(therapies, {FAILED_TKI}))",
        "not vod",
        "bilirubin <= 1.5 * bilirubin_limit",
        "ast <= 2.5 * ast_limit",
        "requested + completed <= 6",
    )
)


def engine() -> Engine:
    return Engine(load=flat, decide=zen.compile_expression(EXPRESSION).evaluate, outcome=approves)


def graph() -> Engine:
    """The expression as the only one of a decision graph, which is the form that rules are edited in."""
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"policy": _graph()}}})

    def load(case: CaseData) -> dict[str, str]:
        return {"key": "policy", "context": json.dumps(flat(case))}

    def decide_all(requests: Sequence[Any]) -> Sequence[Any]:
        answers: Sequence[Any] = engine.evaluate_batch(requests)
        return answers

    return Engine(load, lambda request: decide_all([request])[0], _outcome, decide_all)


def _outcome(answer: Any) -> str:
    return approves(answer["data"]["result"].get("approved")) if answer["success"] else "error"


def _graph() -> dict[str, Any]:
    place = {"x": 0, "y": 0}
    content = {"expressions": [{"id": "approved", "key": "approved", "value": EXPRESSION}]}
    nodes: list[dict[str, Any]] = [
        {"id": "in", "name": "case", "type": "inputNode", "position": place},
        {"id": "rules", "name": "rules", "type": "expressionNode", "position": place, "content": content},
        {"id": "out", "name": "decision", "type": "outputNode", "position": place},
    ]
    edges = [
        {"id": "first", "type": "edge", "sourceId": "in", "targetId": "rules"},
        {"id": "second", "type": "edge", "sourceId": "rules", "targetId": "out"},
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
