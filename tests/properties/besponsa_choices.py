"""What a case for the Besponsa policy may leave open, and the values that it may then turn out to have.

A case is flat here: a value by the name of each fact. A fact that is absent or None is open, and so is a date that is
known only to its year or month, a therapy that is None, and a field that a therapy lacks.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator, Mapping
from itertools import combinations_with_replacement, product
from typing import TypeAlias

from besponsa_by_hand import ANY_LINEAGE, B_CELL, decide
from completions import Choices, Completion, Verdict, verdict

Flat: TypeAlias = Mapping[str, object]

CLASSES = ("tyrosine_kinase_inhibitor", "chemotherapy", "transplant")
OUTCOMES = ("response", "failure", "intolerance", "ongoing")
THERAPY = {
    "drug": ("dasatinib", "other"),
    "class": CLASSES,
    "outcome": OUTCOMES,
    "start": ("2024-01-01", "2026-01-01"),
    "end": ("2024-06-30", "2026-06-30"),
}
ENDED = [
    {"drug": "any", "class": kind, "outcome": outcome, "start": "2025-01-01", "end": "2025-06-30"}
    for kind, outcome in product(CLASSES, OUTCOMES)
]
VALUES: Choices = {
    "request.pathway": ("initial", "continuation"),
    "disease.diagnosis": (*ANY_LINEAGE, B_CELL, "C92.00"),
    "disease.lineage": ("b_cell_precursor", "t_cell", "mixed"),
    "disease.status": ("newly_diagnosed", "relapsed", "refractory", "remission"),
    "disease.cd22": ("positive", "negative"),
    "disease.philadelphia_chromosome": ("positive", "negative"),
    "therapies": [list(each) for count in (0, 1, 2) for each in combinations_with_replacement(ENDED, count)],
    "transplant.prior": (True, False),
    "treatment.cycles_completed": (0, 1),
    "treatment.salvage_line": (1, 2),
    "liver.disease": ("none", "prior", "ongoing"),
    "liver.tests": ("normal", "elevated"),
    "liver.veno_occlusive_disease": (True, False),
}
DATED = ("patient.birth_date", "request.date")
FACTS = (*DATED, *VALUES)
# the ages between which the policy tells, and those beside them
AGES = (0, 1, 2, 17, 18, 19)
REQUESTS = ("2024-02-29", "2025-02-28", "2026-11-20")


def verdict_on(case: Flat) -> Verdict:
    """What a reader of the source document says of all the completions of a case."""
    return verdict(open_places(case), lambda chosen: _decided(completed(case, chosen)))


def _decided(case: Completion) -> str | None:
    """No real case has a birth after its request."""
    return decide(case) if str(case["patient.birth_date"]) <= str(case["request.date"]) else None


def completed(case: Flat, chosen: Completion) -> dict[str, object]:
    """The case with its open places filled in."""
    whole = {**case, **{place: value for place, value in chosen.items() if "[" not in place}}
    if isinstance(case.get("therapies"), list):
        whole["therapies"] = [dict(each or {}) for each in case["therapies"]]  # type: ignore[attr-defined]
        for place, value in chosen.items():
            if "[" in place:
                at, _, field = place.removeprefix("therapies[").partition("]")
                whole["therapies"][int(at)].update({field[1:]: value} if field else value)  # type: ignore[index, call-overload]
    return whole


# --- what is open ---


def open_places(case: Flat) -> Choices:
    """The places that a case leaves open, each with its representative values."""
    places = {fact: values for fact, values in VALUES.items() if case.get(fact) is None}
    return {**places, **dict(_open_dates(case)), **dict(_open_therapies(case.get("therapies")))}


def _open_therapies(therapies: object) -> Iterator[tuple[str, object]]:
    for at, therapy in enumerate(therapies if isinstance(therapies, list) else ()):
        if therapy is None:
            yield f"therapies[{at}]", ENDED
        else:
            fields = (field for field in THERAPY if therapy.get(field) is None)
            yield from ((f"therapies[{at}].{field}", THERAPY[field]) for field in fields)


def _open_dates(case: Flat) -> Iterator[tuple[str, object]]:
    """The ends of what is known of a date, and the days within it on which an age changes, with the day before."""
    born, asked = (str(case.get(fact) or "") for fact in DATED)
    if len(asked) < 10:
        grown = (day for end in (_ends(born) if len(born) < 10 else [born]) for day in _birthdays(end, 1))
        yield "request.date", sorted({*_ends(asked), *(day for day in (*grown, *REQUESTS) if day.startswith(asked))})
    if len(born) < 10:
        turning = (day for end in ([asked] if len(asked) == 10 else REQUESTS) for day in _birthdays(end, -1))
        yield "patient.birth_date", sorted({*_ends(born), *(day for day in turning if day.startswith(born))})


def _ends(known: str) -> list[str]:
    """The first and the last day of a year or of a month; none when nothing is known."""
    if len(known) == 7:
        year, month = int(known[:4]), int(known[5:])
        return [f"{known}-01", f"{known}-{calendar.monthrange(year, month)[1]}"]
    return [f"{known}-01-01", f"{known}-12-31"] if known else []


def _birthdays(day: str, direction: int) -> Iterator[str]:
    """The days as many years after (1) or before (-1) a day as there are ages, each with the days beside it."""
    year, month, number = int(day[:4]), int(day[5:7]), int(day[8:])
    for age in AGES:
        other = year + direction * age
        there = min(number, calendar.monthrange(other, month)[1])
        for shift in (-1, 0, 1):
            yield (datetime.date(other, month, there) + datetime.timedelta(days=shift)).isoformat()
