"""The interpreter: a checked policy and a case in, a cited determination out."""

from __future__ import annotations

from besponsa_pa.case import Case
from besponsa_pa.determination.deciding import decide
from besponsa_pa.determination.evidence import asks_for_evidence, documented, stated
from besponsa_pa.determination.findings import Decision, Determination
from besponsa_pa.determination.report import report
from besponsa_pa.policy.model import CompiledPolicy

__all__ = ["Decision", "Determination", "determine"]


def determine(compiled: CompiledPolicy, case: Case) -> Determination:
    """The determination of a case: total, in a fixed order, the same bytes for the same input.

    An approval must stand on facts whose evidence is of the grade that the policy asks for, so what is not
    documented is taken for missing in a second look: where that changes the approval, it pends for the documents.
    """
    frames = stated(case)
    (frame,) = frames[None]
    first = decide(compiled, case, frames)
    if first.decision is Decision.DENY or not asks_for_evidence(compiled):
        return report(compiled, case, frame, first, first)
    return report(compiled, case, frame, first, decide(compiled, case, documented(compiled, case)))
