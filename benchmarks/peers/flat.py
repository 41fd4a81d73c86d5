"""A case as peers take it: one level, the age in years, decimals as binary floats.

None of them but CQL counts completed years between two dates, and few know a decimal: they get what they can say.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from benchmarks.generator import CaseData
from benchmarks.peers.exact import years

Flat = dict[str, Any]

NAMES = {
    ("disease", "diagnosis"): "diagnosis",
    ("disease", "cd22"): "cd22",
    ("disease", "status"): "status",
    ("disease", "philadelphia_chromosome"): "philadelphia",
    ("liver", "veno_occlusive_disease"): "vod",
    ("liver", "bilirubin"): "bilirubin",
    ("liver", "bilirubin_upper_limit"): "bilirubin_limit",
    ("liver", "ast"): "ast",
    ("liver", "ast_upper_limit"): "ast_limit",
    ("treatment", "cycles_requested"): "requested",
    ("treatment", "cycles_completed"): "completed",
}


def flat(case: CaseData) -> Flat:
    """The values of a case that are there, each by a plain name."""
    found = {name: case[group][key] for (group, key), name in NAMES.items() if key in case[group]}
    values = {name: float(value) if isinstance(value, Decimal) else value for name, value in found.items()}
    if "birth_date" in case["patient"]:
        values["age"] = years(case["patient"]["birth_date"], case["request"]["date"])
    values["therapies"] = [{"kind": each["class"], "outcome": each["outcome"]} for each in case["therapies"]]
    return values


def approves(answer: object) -> str:
    """What a truth value means."""
    return "approve" if answer is True else "deny" if answer is False else "error"
