from __future__ import annotations

from typing import Any

from cel_expr_python import cel

from benchmarks.peers.engine import Engine
from benchmarks.peers.engines.cel_expression import EXPRESSION
from benchmarks.peers.flat import approves, flat

TEXT, WHOLE, REAL = cel.Type.STRING, cel.Type.INT, cel.Type.DOUBLE
VARIABLES = {
    "diagnosis": TEXT,
    "cd22": TEXT,
    "status": TEXT,
    "age": WHOLE,
    "philadelphia": TEXT,
    "therapies": cel.Type.List(cel.Type.Map(TEXT, TEXT)),
    "vod": cel.Type.BOOL,
    "bilirubin": REAL,
    "bilirubin_limit": REAL,
    "ast": REAL,
    "ast_limit": REAL,
    "requested": WHOLE,
    "completed": WHOLE,
}


def engine() -> Engine:
    environment = cel.NewEnv(variables=VARIABLES)
    expression = environment.compile(EXPRESSION)
    return Engine(load=lambda case: environment.Activation(flat(case)), decide=expression.eval, outcome=_outcome)


def _outcome(answer: Any) -> str:
    return approves(answer.value())
