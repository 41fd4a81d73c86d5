"""Cases for the Besponsa policy in any number: approvals, denials and pends, some of them with facts missing.

The same seed gives the same cases in every version of Python: only `Random.random` is used, whose sequence Python
promises to keep.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
CaseData = dict[str, Any]

SEED = 20250109
FIRST_REQUEST = datetime.date(2025, 1, 9)

DIAGNOSES: Sequence[tuple[object, float]] = (
    ("C91.02", 0.30),
    ("C91.00", 0.25),
    ("C91.01", 0.10),
    ({"system": "SNOMED CT", "code": "277571004"}, 0.20),
    ({"system": "SNOMED CT", "code": "91857003"}, 0.10),
    ("C92.00", 0.05),
)
LINEAGES = (("b_cell_precursor", 0.90), ("t_cell", 0.06), ("mixed", 0.04))
STATUSES = (("relapsed", 0.55), ("refractory", 0.30), ("remission", 0.10), ("newly_diagnosed", 0.05))
CD22 = (("positive", 0.92), ("negative", 0.08))
PHILADELPHIA = (("positive", 0.35), ("negative", 0.65))
PATHWAYS = (("initial", 0.75), ("continuation", 0.25))
CLASSES = (("tyrosine_kinase_inhibitor", 0.40), ("chemotherapy", 0.50), ("transplant", 0.10))
OUTCOMES = (("failure", 0.55), ("intolerance", 0.20), ("response", 0.20), ("ongoing", 0.05))
LIVER_DISEASE = (("none", 0.80), ("prior", 0.12), ("ongoing", 0.08))
LIVER_TESTS = (("normal", 0.85), ("elevated", 0.15))

# what a case may leave out, as (group, key); a group of "" is the case itself
GAPS = (
    ("patient", "birth_date"), ("disease", "diagnosis"), ("disease", "lineage"), ("disease", "status"),
    ("disease", "cd22"), ("disease", "philadelphia_chromosome"), ("", "therapies"), ("liver", "disease"),
    ("liver", "tests"), ("liver", "veno_occlusive_disease"), ("transplant", "prior"),
    ("treatment", "cycles_completed"), ("treatment", "salvage_line"),
)  # fmt: skip


def generated_cases(count: int, *, complete: bool = False, seed: int = SEED) -> Iterator[CaseData]:
    """So many cases as a case file says them; nothing is missing in any of them where they are to be `complete`."""
    random = Random(seed)  # noqa: S311 - the same cases each time are what is wanted
    for number in range(1, count + 1):
        case = _complete_case(number, random)
        if not complete and random.random() < 0.5:
            _leave_out(case, random)
        yield case


def _complete_case(number: int, random: Random) -> CaseData:
    requested = FIRST_REQUEST + datetime.timedelta(days=below(700, random))
    is_infant = random.random() < 0.04
    born = requested - datetime.timedelta(days=below(365 if is_infant else 85 * 365, random))
    return {
        "case": f"G-{number:06d}",
        "policy": "besponsa",
        "request": {"date": requested.isoformat(), "pathway": pick(PATHWAYS, random)},
        "patient": {"birth_date": born.isoformat()},
        "disease": {
            "diagnosis": pick(DIAGNOSES, random),
            "lineage": pick(LINEAGES, random),
            "status": pick(STATUSES, random),
            "cd22": pick(CD22, random),
            "philadelphia_chromosome": pick(PHILADELPHIA, random),
        },
        "therapies": [_therapy(requested, random) for _ in range(below(5, random))],
        "liver": {
            "disease": pick(LIVER_DISEASE, random),
            "tests": pick(LIVER_TESTS, random),
            "veno_occlusive_disease": random.random() < 0.05,
        },
        "transplant": {"prior": random.random() < 0.2},
        "treatment": {"cycles_completed": below(6, random), "salvage_line": 1 + below(3, random)},
    }


def _therapy(requested: datetime.date, random: Random) -> CaseData:
    start = requested - datetime.timedelta(days=200 + below(1000, random))
    end = start + datetime.timedelta(days=20 + below(180, random))
    kind, outcome = pick(CLASSES, random), pick(OUTCOMES, random)
    return {"class": kind, "outcome": outcome, "start": start.isoformat(), "end": end.isoformat()}


def _leave_out(case: CaseData, random: Random) -> None:
    """Make one to three gaps: a fact absent or null, a birth date cut short, a treatment without its outcome."""
    for _ in range(1 + below(3, random)):
        group, key = GAPS[below(len(GAPS), random)]
        holder, way = case[group] if group else case, random.random()
        if key == "birth_date" and way < 0.5:
            holder[key] = (holder.get(key) or "")[:4] or None
        elif key == "therapies" and way < 0.5 and holder.get(key):
            holder[key][0]["outcome"] = None
        elif way < 0.75:
            holder.pop(key, None)
        else:
            holder[key] = None


def pick(choices: Sequence[tuple[T, float]], random: Random) -> T:
    """One of several, by their shares, which add up to 1."""
    left = random.random()
    for choice, share in choices:
        left -= share
        if left < 0:
            return choice
    return choices[-1][0]


def below(limit: int, random: Random) -> int:
    return int(random.random() * limit)
