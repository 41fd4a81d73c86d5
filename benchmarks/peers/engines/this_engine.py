from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.peers.engine import POLICY, Engine
from besponsa_pa import api
from besponsa_pa.api import load_case, load_policy


def decide() -> Engine:
    policy = load_policy(POLICY)
    return Engine(lambda case: load_case(case, policy), partial(_decide(), policy), _outcome)


def determine() -> Engine:
    """The whole determination, every part of it looked at: what is made when it is asked for is made here."""
    policy = load_policy(POLICY)

    def run(case: Any) -> object:
        determination = api.determine(policy, case)
        for finding in determination.findings:
            _ = finding.status, finding.values, finding.missing, finding.citations
        _ = determination.reasons, determination.missing, determination.references, determination.advisories
        return determination

    return Engine(lambda case: load_case(case, policy), run, _outcome)


def from_a_dictionary() -> Engine:
    policy, quickest = load_policy(POLICY), _decide()
    return Engine(lambda case: case, lambda case: quickest(policy, load_case(case, policy)), _outcome)


def _decide() -> Callable[..., object]:
    if hasattr(api, "decide"):
        quickest: Callable[..., object] = api.decide
        return quickest
    from besponsa_pa.determination import decision_of

    return decision_of


def _outcome(answer: Any) -> str:
    return str(getattr(answer, "decision", answer).value)
