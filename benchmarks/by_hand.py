"""The Besponsa policy as a programmer would write it down: plain Python over dictionaries, true or false.

It is what the engine is measured against. It knows no third answer: what a case does not say counts as not so,
which is why it and the engine agree on complete cases only.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

CaseData = Mapping[str, Any]

B_CELL = {("SNOMED CT", "277571004")}
ANY_LINEAGE = {
    ("ICD-10-CM", "C91.00"), ("ICD-10-CM", "C91.01"), ("ICD-10-CM", "C91.02"), ("SNOMED CT", "91857003"),
}  # fmt: skip


def decide(case: CaseData) -> str:
    """`approve`, `deny` or `pend` for a case with its dates read (see `with_dates`)."""
    request, disease, liver = case["request"], case["disease"], case["liver"]
    pathway = request.get("pathway")
    if pathway not in ("initial", "continuation") or liver.get("veno_occlusive_disease"):
        return "deny"
    age = years_between(case["patient"].get("birth_date"), request.get("date"))
    if not has_b_cell_all(disease) or disease.get("cd22") != "positive" or age < 1:
        return "deny"
    if pathway == "initial":
        if disease.get("status") not in ("relapsed", "refractory"):
            return "deny"
        if age >= 18 and disease.get("philadelphia_chromosome") == "positive":
            therapies = case.get("therapies") or ()
            if not (failed(therapies, "tyrosine_kinase_inhibitor") and failed(therapies, "chemotherapy")):
                return "pend"
    return "pend" if liver.get("tests") == "elevated" else "approve"


def has_b_cell_all(disease: CaseData) -> bool:
    diagnosis = disease.get("diagnosis")
    code = ("ICD-10-CM", diagnosis)
    if isinstance(diagnosis, dict):
        code = (diagnosis["system"], diagnosis["code"])
    return code in B_CELL or (code in ANY_LINEAGE and disease.get("lineage") == "b_cell_precursor")


def failed(therapies: Iterable[CaseData], kind: str) -> bool:
    return any(each.get("class") == kind and each.get("outcome") in ("failure", "intolerance") for each in therapies)


def years_between(start: datetime.date | None, end: datetime.date | None) -> int:
    if start is None or end is None:
        return 0
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def with_dates(case: CaseData) -> CaseData:
    """The case with the two dates that `decide` looks at as dates."""
    request, patient = case["request"], case["patient"]
    return {
        **case,
        "request": {**request, "date": _date(request.get("date"))},
        "patient": {**patient, "birth_date": _date(patient.get("birth_date"))},
    }


def _date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text is not None and len(text) == 10 else None
