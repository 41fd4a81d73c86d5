"""What an expression comes to over the candidates of the facts that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from math import prod

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Evaluate, Failure, Frame
from besponsa_pa.policy.candidates.candidate import Candidate, Outcome, Outcomes
from besponsa_pa.policy.candidates.combining import combined
from besponsa_pa.values import UNKNOWN, Value

Candidates = Mapping[str, tuple[Candidate, ...]]


def outcomes(expression: Checked, candidates: Candidates, base: Frame, limit: int = 20_000) -> Outcomes:
    """What an expression comes to over all combinations of the candidates of the facts that it reads.

    Facts that it does not read, and those without candidates, are as in the base. Of more combinations than `limit`
    those are tried that differ in the fewest facts from the first candidate of each. Every witness is a whole frame.
    """
    names = [name for name in checked.facts_read(expression) if candidates.get(name)]
    evaluate = evaluator(expression)
    found: dict[object, Outcome] = {}
    for values in islice(combined([[c.value for c in candidates[name]] for name in names]), limit):
        frame = {**base, **dict(zip(names, values, strict=True))}
        value = _evaluated(evaluate, frame)
        found.setdefault(_sign(value), Outcome(value, frame))
    return Outcomes(tuple(found.values()), prod(len(candidates[name]) for name in names) <= limit)


def _evaluated(evaluate: Evaluate, frame: Frame) -> Value | Failure:
    try:
        return evaluate(dict(frame))
    except Failure as failure:
        return failure


def _sign(value: Value | Failure) -> object:
    """What makes two results the same."""
    if isinstance(value, (Failure, *UNKNOWN)):
        return type(value) if isinstance(value, Failure) else "not known"
    return type(value), value
