"""The Besponsa policy as one plain function, written from the source document: what a reader of it would decide.

It knows complete cases only, and two truth values. Nothing of it is shared with the engine that it stands against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Plain = Mapping[str, object]

B_CELL = {"system": "SNOMED CT", "code": "277571004"}
ANY_LINEAGE = ("C91.00", "C91.01", "C91.02", {"system": "SNOMED CT", "code": "91857003"})


def decide(case: Plain) -> str:
    """`approve`, `pend` or `deny` for a case in which every fact is known."""
    if case["request.pathway"] == "initial" and case["disease.status"] not in ("relapsed", "refractory"):
        return "deny"
    if not is_b_cell_precursor_leukemia(case) or case["disease.cd22"] != "positive" or age(case) < 1:
        return "deny"
    if case["liver.veno_occlusive_disease"]:
        return "deny"
    if case["request.pathway"] == "initial" and lacks_treatments_of_the_studies(case):
        return "pend"
    return "pend" if case["liver.tests"] == "elevated" else "approve"


def is_b_cell_precursor_leukemia(case: Plain) -> bool:
    diagnosis = case["disease.diagnosis"]
    return diagnosis == B_CELL or (diagnosis in ANY_LINEAGE and case["disease.lineage"] == "b_cell_precursor")


def age(case: Plain) -> int:
    """Completed years: who was born on 29 February has a birthday on 1 March where there is no 29th."""
    born, asked = str(case["patient.birth_date"]), str(case["request.date"])
    had_no_birthday_yet = asked[5:] < born[5:]
    return int(asked[:4]) - int(born[:4]) - (1 if had_no_birthday_yet else 0)


def lacks_treatments_of_the_studies(case: Plain) -> bool:
    if age(case) < 18 or case["disease.philadelphia_chromosome"] == "negative":
        return False
    return not {"tyrosine_kinase_inhibitor", "chemotherapy"} <= failed_classes(case)


def failed_classes(case: Plain) -> set[str]:
    """The classes of treatment that failed the patient, or that the patient could not bear."""
    therapies = case["therapies"]
    assert isinstance(therapies, Sequence)
    return {each["class"] for each in therapies if each["outcome"] in ("failure", "intolerance")}
