"""What the nine criteria say of a complete case, in exact fractions: what every engine's answers are held against.

It shares no code with the engine, and reads the values from their texts.
"""

from __future__ import annotations

from fractions import Fraction

from benchmarks.generator import CaseData

COVERED = frozenset({"C83.50", "C83.51", "C83.52", "C91.00", "C91.01", "C91.02", "C91.A0", "C91.Z0"})


def decide(case: CaseData) -> str:
    """`approve` where all nine hold, else `deny`."""
    return "approve" if not unmet(case) else "deny"


def unmet(case: CaseData) -> list[str]:
    """The criteria that do not hold."""
    disease, liver, treatment = case["disease"], case["liver"], case["treatment"]
    age = years(case["patient"]["birth_date"], case["request"]["date"])
    needs_tki = age >= 18 and disease["philadelphia_chromosome"] == "positive"
    holds = {
        "diagnosis": disease["diagnosis"] in COVERED,
        "cd22": disease["cd22"] == "positive",
        "status": disease["status"] in ("relapsed", "refractory"),
        "age": age >= 1,
        "philadelphia": not needs_tki or any(map(_is_failed_tki, case["therapies"])),
        "veno_occlusive_disease": liver["veno_occlusive_disease"] is False,
        "bilirubin": _fraction(liver["bilirubin"]) <= Fraction(3, 2) * _fraction(liver["bilirubin_upper_limit"]),
        "ast": _fraction(liver["ast"]) <= Fraction(5, 2) * _fraction(liver["ast_upper_limit"]),
        "cycles": treatment["cycles_requested"] + treatment["cycles_completed"] <= 6,
    }
    return [criterion for criterion, held in holds.items() if not held]


def years(born: str, day: str) -> int:
    """Completed years; a date as `1984-03-02`, whose month and day compare as text."""
    return int(day[:4]) - int(born[:4]) - (day[5:] < born[5:])


def _is_failed_tki(therapy: CaseData) -> bool:
    return therapy["class"] == "tyrosine_kinase_inhibitor" and therapy["outcome"] in ("failure", "intolerance")


def _fraction(number: object) -> Fraction:
    return Fraction(str(number))
