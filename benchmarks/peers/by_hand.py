"""The nine criteria as a programmer would write them down: over a case as JSON gives it, binary floats, true or false.

It is the yardstick of the comparison. What a case does not say is None, and is looked at no further.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from benchmarks.generator import CaseData

COVERED = frozenset({"C83.50", "C83.51", "C83.52", "C91.00", "C91.01", "C91.02", "C91.A0", "C91.Z0"})
ACTIVE = ("relapsed", "refractory")
FAILED = ("failure", "intolerance")
DECIMALS = ("bilirubin", "bilirubin_upper_limit", "ast", "ast_upper_limit")

Loaded = dict[str, Any]


def decide(case: Loaded) -> str:
    """`approve` where all nine hold, else `deny`."""
    disease, liver, treatment = case["disease"], case["liver"], case["treatment"]
    age = years_between(case["patient"]["birth_date"], case["request"]["date"])
    covered = (
        disease["diagnosis"] in COVERED
        and disease["cd22"] == "positive"
        and disease["status"] in ACTIVE
        and age >= 1
        and not (age >= 18 and disease["philadelphia_chromosome"] == "positive" and not has_failed_tki(case))
        and not liver["veno_occlusive_disease"]
        and liver["bilirubin"] <= 1.5 * liver["bilirubin_upper_limit"]
        and liver["ast"] <= 2.5 * liver["ast_upper_limit"]
        and treatment["cycles_requested"] + treatment["cycles_completed"] <= 6
    )
    return "approve" if covered else "deny"


def has_failed_tki(case: Loaded) -> bool:
    therapies = case["therapies"]
    return any(each["class"] == "tyrosine_kinase_inhibitor" and each["outcome"] in FAILED for each in therapies)


def years_between(start: date, end: date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def load(case: CaseData) -> Loaded:
    """A case with its dates and floats read; what it does not say is None."""
    loaded = {name: dict(part) if isinstance(part, dict) else part for name, part in case.items()}
    for group, name in (("request", "date"), ("patient", "birth_date")):
        written = loaded[group].get(name)
        loaded[group][name] = None if written is None else date.fromisoformat(written)
    for name in DECIMALS:
        number = loaded["liver"].get(name)
        loaded["liver"][name] = None if number is None else float(number)
    for group, names in FACTS.items():
        for name in names:
            loaded[group].setdefault(name, None)
    return loaded


FACTS = {
    "disease": ("diagnosis", "cd22", "status", "philadelphia_chromosome"),
    "liver": ("veno_occlusive_disease",),
    "treatment": ("cycles_requested", "cycles_completed"),
}
