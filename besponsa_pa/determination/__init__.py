"""The interpreter: a checked policy and a case in, a cited determination out."""

from __future__ import annotations

from besponsa_pa.case import Case
from besponsa_pa.determination.findings import Decision, Determination, Verdict
from besponsa_pa.determination.memory import Memory
from besponsa_pa.expression.fast_path import LEFT
from besponsa_pa.policy.model import CompiledPolicy

__all__ = ["Decision", "Determination", "Verdict", "decide", "determine"]


def determine(compiled: CompiledPolicy, case: Case) -> Determination:
    """The determination of a case: what is decided, why, what is missing, and what says so.

    Total and reproducible: the same policy and case give the same determination, on every machine and day, whatever
    was determined before.
    """
    return _memory(compiled).determination(case)


def decide(compiled: CompiledPolicy, case: Case) -> Verdict:
    """The decision of a case, the ids of the criteria that decide, and the facts that can still change it.

    That is what `determine` says of it, without findings and citations: for batches, and to compare policies. After
    some dozens of cases by the same policy it takes a microsecond or two.
    """
    try:
        memory: Memory = compiled.memory  # type: ignore[assignment]
        return memory.numbered[memory.known(case)]
    except LEFT:  # nothing is remembered yet, or not all is known of the case
        return _memory(compiled).verdict(case)


def _memory(compiled: CompiledPolicy) -> Memory:
    memory = compiled.memory
    if not isinstance(memory, Memory):
        memory = Memory(compiled)
        object.__setattr__(compiled, "memory", memory)
    return memory
