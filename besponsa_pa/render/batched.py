"""What a batch came to, as its text, its data and its page tell it."""

from __future__ import annotations

from collections.abc import Mapping

from besponsa_pa.records import dataclass

Tally = tuple[tuple[str, int], ...]
# what a decision is called where many are told of, in the order of telling
PAST = {"approve": "approved", "deny": "denied", "pend": "pended"}
PENDS = {
    "information": "for information",
    "documentation": "for documentation",
    "clinical_review": "for a clinician",
}


@dataclass(frozen=True, slots=True)
class Batched:
    """A batch: by which policy, which files became which, and how many cases came to what.

    `decisions` has a count for each decision, `pends` one for each kind of pend; `reasons` are tallies by decision.
    `missing` says how many cases ask for a fact; `titles` are those of criteria, `questions` those of facts.
    `versions` are those of the policy that decided, and `not_in_force` counts cases dated when it is not in force.
    `problems` says how many times each code of a diagnostic was told of a rejected row.
    """

    policy: str
    title: str
    version: str
    digest: str
    engine: str
    files: tuple[tuple[str, str], ...]
    decisions: Mapping[str, int]
    pends: Mapping[str, int]
    human_review: int
    decided_by: Mapping[str, int]
    pathways: Tally
    versions: Tally
    not_in_force: int
    reasons: Mapping[str, Tally]
    missing: Tally
    rejected: int
    problems: Tally
    reject_files: tuple[str, ...]
    titles: Mapping[str, str]
    questions: Mapping[str, str]
    meanings: Mapping[str, str]

    @property
    def cases(self) -> int:
        """How many cases were decided."""
        return sum(self.decisions.values())


def percent(part: int, whole: int) -> str:
    """A share in percent with one place; all and nothing are said only where that is so."""
    if whole == 0:
        return "0.0 %"
    thousandths = round(1000 * part / whole)
    thousandths = max(thousandths, 1) if part else 0
    thousandths = min(thousandths, 999) if part < whole else 1000
    return f"{thousandths // 10}.{thousandths % 10} %"
