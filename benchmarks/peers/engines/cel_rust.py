from __future__ import annotations

import cel

from benchmarks.peers.engine import Engine
from benchmarks.peers.engines.cel_expression import EXPRESSION
from benchmarks.peers.flat import approves, flat


def engine() -> Engine:
    program = cel.compile(EXPRESSION)
    return Engine(load=lambda case: cel.Context(variables=flat(case)), decide=program.execute, outcome=approves)
