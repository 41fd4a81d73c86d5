"""What a batch came to as data for programs."""

from __future__ import annotations

from besponsa_pa.render.batched import PAST, PENDS, Batched, Tally
from besponsa_pa.render.structure import Structure


def structure_from_batch(batch: Batched) -> dict[str, Structure]:
    """The summary as JSON knows values, every key always there, in a fixed order."""
    return {
        "policy": {"id": batch.policy, "title": batch.title, "version": batch.version, "digest": batch.digest},
        "engine": batch.engine,
        "files": [{"input": given, "output": written} for given, written in batch.files],
        "cases": batch.cases,
        "decisions": {name: batch.decisions.get(name, 0) for name in PAST},
        "pends": {name: batch.pends.get(name, 0) for name in PENDS},
        "human_review_required": batch.human_review,
        "decided_by": {name: batch.decided_by.get(name, 0) for name in ("sql", "interpreter")},
        "versions": _counts("version", batch.versions),
        "not_in_force": batch.not_in_force,
        "pathways": _counts("pathway", batch.pathways),
        "reasons": {decision: _counts("criterion", tally) for decision, tally in batch.reasons.items()},
        "missing": _counts("fact", batch.missing),
        "rejected": batch.rejected,
        "problems": _counts("code", batch.problems),
        "rejects": list(batch.reject_files),
    }


def _counts(key: str, tally: Tally) -> list[Structure]:
    return [{key: name, "cases": count} for name, count in tally]
