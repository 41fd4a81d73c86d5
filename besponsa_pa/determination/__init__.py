"""The interpreter: a checked policy and a case in, a cited determination out."""

from __future__ import annotations

from besponsa_pa.case import Case
from besponsa_pa.determination.deciding import Decided, decide
from besponsa_pa.determination.evidence import asks_for_evidence, documented, stated
from besponsa_pa.determination.findings import Decision, Determination
from besponsa_pa.determination.report import final, report
from besponsa_pa.expression.frames import Frame
from besponsa_pa.policy.model import CompiledPolicy

__all__ = ["Decision", "Determination", "decision_of", "determine"]


def determine(compiled: CompiledPolicy, case: Case) -> Determination:
    """The determination of a case: total, in a fixed order, the same bytes for the same input.

    An approval must stand on facts whose evidence is of the grade that the policy asks for, so what is not
    documented is taken for missing in a second look: where that changes the approval, it pends for the documents.
    """
    return report(compiled, case, *_looks(compiled, case))


def decision_of(compiled: CompiledPolicy, case: Case) -> Decision:
    """The decision of a case and no more, at less than half the cost, for many policies or cases that differ little."""
    _, first, second = _looks(compiled, case)
    return final(first, second)


def _looks(compiled: CompiledPolicy, case: Case) -> tuple[Frame, Decided, Decided]:
    """What is decided on all statements, in their frame, and on those that are documented, where that is asked for."""
    frames = stated(case)
    (frame,) = frames[None]
    first = decide(compiled, case, frames)
    if first.decision is Decision.DENY or not asks_for_evidence(compiled):
        return frame, first, first
    return frame, first, decide(compiled, case, documented(compiled, case))
