from __future__ import annotations

from datalogic_py import DataHandle
from datalogic_py import Engine as DataLogic

from benchmarks.peers.cases import COVERED
from benchmarks.peers.engine import Engine
from benchmarks.peers.flat import flat

FAILED_TKI = {
    "and": [
        {"==": [{"var": "kind"}, "tyrosine_kinase_inhibitor"]},
        {"in": [{"var": "outcome"}, ["failure", "intolerance"]]},
    ]
}
RULE = {
    "and": [
        {"in": [{"var": "diagnosis"}, list(COVERED)]},
        {"==": [{"var": "cd22"}, "positive"]},
        {"in": [{"var": "status"}, ["relapsed", "refractory"]]},
        {">=": [{"var": "age"}, 1]},
        {
            "or": [
                {"<": [{"var": "age"}, 18]},
                {"!=": [{"var": "philadelphia"}, "positive"]},
                {"some": [{"var": "therapies"}, FAILED_TKI]},
            ]
        },
        {"!": [{"var": "vod"}]},
        {"<=": [{"var": "bilirubin"}, {"*": [1.5, {"var": "bilirubin_limit"}]}]},
        {"<=": [{"var": "ast"}, {"*": [2.5, {"var": "ast_limit"}]}]},
        {"<=": [{"+": [{"var": "requested"}, {"var": "completed"}]}, 6]},
    ]
}


def engine() -> Engine:
    logic = DataLogic()
    rule, session = logic.compile(RULE), logic.session()
    return Engine(
        load=lambda case: DataHandle(flat(case)),
        decide=lambda handle: session.evaluate_data_str(rule, handle),
        outcome=lambda answer: {"true": "approve", "false": "deny"}.get(answer, "error"),
        decide_all=lambda handles: session.evaluate_batch(rule, handles),
    )
