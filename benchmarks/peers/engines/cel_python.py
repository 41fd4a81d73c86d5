from __future__ import annotations

import celpy
from celpy.celtypes import BoolType

from benchmarks.generator import CaseData
from benchmarks.peers.engine import Engine
from benchmarks.peers.engines.cel_expression import EXPRESSION
from benchmarks.peers.flat import approves, flat


def engine() -> Engine:
    environment = celpy.Environment(runner_class=celpy.CompiledRunner)
    program = environment.program(environment.compile(EXPRESSION))
    return Engine(load=_load, decide=program.evaluate, outcome=_outcome)


def _load(case: CaseData) -> dict[str, object]:
    return {name: celpy.json_to_cel(value) for name, value in flat(case).items()}


def _outcome(answer: object) -> str:
    return approves(bool(answer) if isinstance(answer, BoolType | bool) else answer)
