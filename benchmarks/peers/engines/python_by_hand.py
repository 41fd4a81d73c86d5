from __future__ import annotations

from benchmarks.peers import by_hand, by_hand_typed
from benchmarks.peers.engine import Engine


def engine() -> Engine:
    return Engine(load=by_hand.load, decide=by_hand.decide, outcome=str)


def typed() -> Engine:
    return Engine(load=by_hand_typed.load, decide=by_hand_typed.decide, outcome=str)
