"""Complete cases for the policy of nine criteria, many of them exactly at a limit, and nine that lack one fact.

As in `benchmarks.generator` the same seed gives the same cases in every version of Python.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from decimal import Decimal
from itertools import cycle, islice
from random import Random
from typing import Any

from benchmarks.generator import CaseData, below, pick

SEED = 20250301
COUNT = 10_000
FIRST_REQUEST = datetime.date(2025, 3, 1)

COVERED = ("C83.50", "C83.51", "C83.52", "C91.00", "C91.01", "C91.02", "C91.A0", "C91.Z0")
OTHERS = ("C92.00", "C83.30", "C91.10", "D46.9")
IS_COVERED = ((True, 0.94), (False, 0.06))
CD22 = (("positive", 0.94), ("negative", 0.06))
STATUSES = (("relapsed", 0.60), ("refractory", 0.34), ("remission", 0.03), ("newly_diagnosed", 0.03))
PHILADELPHIA = (("positive", 0.35), ("negative", 0.65))
CLASSES = (("tyrosine_kinase_inhibitor", 0.45), ("chemotherapy", 0.45), ("transplant", 0.10))
OUTCOMES = (("failure", 0.50), ("intolerance", 0.20), ("response", 0.20), ("ongoing", 0.10))
# how old, in whole years and days: many on the birthday that counts, or on the day before
AGES = (("any", 0.76), ("eighteen", 0.10), ("almost eighteen", 0.08), ("one", 0.03), ("almost one", 0.03))
YEARS = {"eighteen": 18, "almost eighteen": 18, "one": 1, "almost one": 1}

# Upper limits of normal: bilirubin in mg/dL, AST in microkatal per liter. In binary floats 1.5 * 1.2 is less than 1.8,
# and 2.5 * 0.72 less than 1.8, so a value at such a limit is taken to be above it.
BILIRUBIN_LIMITS = ("0.9", "1.0", "1.1", "1.2", "1.3", "1.4")
AST_LIMITS = ("0.57", "0.60", "0.61", "0.68", "0.72", "0.76")
DISTANCES = (("below", 0.60), ("at the limit", 0.33), ("just above", 0.04), ("above", 0.03))
CYCLES = ((6, 0.40), (5, 0.25), (4, 0.15), (3, 0.14), (7, 0.04), (8, 0.02))

# each criterion with a fact that it cannot be decided without
PROBES: Sequence[tuple[str, tuple[str, str]]] = (
    ("diagnosis", ("disease", "diagnosis")),
    ("cd22", ("disease", "cd22")),
    ("status", ("disease", "status")),
    ("age", ("patient", "birth_date")),
    ("philadelphia", ("disease", "philadelphia_chromosome")),
    ("veno_occlusive_disease", ("liver", "veno_occlusive_disease")),
    ("bilirubin", ("liver", "bilirubin")),
    ("ast", ("liver", "ast_upper_limit")),
    ("cycles", ("treatment", "cycles_completed")),
)


def generated(count: int = COUNT, *, seed: int = SEED) -> Iterator[CaseData]:
    """So many cases as a program has them: dates as texts, exact decimals, lists of dictionaries."""
    random = Random(seed)  # noqa: S311 - the same cases each time are what is wanted
    for number in range(1, count + 1):
        yield _case(number, random)


def approvable() -> CaseData:
    """A case that every criterion lets pass, each of them by a fact that it needs: an adult whom no TKI has failed."""
    return {
        "case": "P-000000",
        "policy": "nine_criteria",
        "request": {"date": "2025-06-30"},
        "patient": {"birth_date": "1980-01-31"},
        "disease": {
            "diagnosis": "C91.02",
            "cd22": "positive",
            "status": "relapsed",
            "philadelphia_chromosome": "negative",
        },
        "therapies": [{"class": "chemotherapy", "outcome": "failure"} for _ in range(3)],
        "liver": {
            "veno_occlusive_disease": False,
            "bilirubin": Decimal("0.8"),
            "bilirubin_upper_limit": Decimal("1.2"),
            "ast": Decimal("0.61"),
            "ast_upper_limit": Decimal("0.72"),
        },
        "treatment": {"cycles_requested": 2, "cycles_completed": 1},
    }


def probes() -> Iterator[tuple[str, CaseData]]:
    """The criterion and, nine times, the approvable case without a fact that this criterion needs."""
    for criterion, (group, key) in PROBES:
        case = deepcopy(approvable())
        del case[group][key]
        yield criterion, case


def _case(number: int, random: Random) -> CaseData:
    requested = FIRST_REQUEST + datetime.timedelta(days=below(500, random))
    covered = pick(IS_COVERED, random)
    total = pick(CYCLES, random)
    completed = below(total, random)
    bilirubin = _measured("1.5", BILIRUBIN_LIMITS, random)
    ast = _measured("2.5", AST_LIMITS, random)
    return {
        "case": f"P-{number:06d}",
        "policy": "nine_criteria",
        "request": {"date": requested.isoformat()},
        "patient": {"birth_date": _born(requested, random).isoformat()},
        "disease": {
            "diagnosis": _one_of(COVERED if covered else OTHERS, random),
            "cd22": pick(CD22, random),
            "status": pick(STATUSES, random),
            "philadelphia_chromosome": pick(PHILADELPHIA, random),
        },
        "therapies": [{"class": pick(CLASSES, random), "outcome": pick(OUTCOMES, random)} for _ in range(3)],
        "liver": {
            "veno_occlusive_disease": random.random() < 0.04,
            "bilirubin": bilirubin[0],
            "bilirubin_upper_limit": bilirubin[1],
            "ast": ast[0],
            "ast_upper_limit": ast[1],
        },
        "treatment": {"cycles_requested": total - completed, "cycles_completed": completed},
    }


def _born(requested: datetime.date, random: Random) -> datetime.date:
    kind = pick(AGES, random)
    if kind == "any":
        return requested - datetime.timedelta(days=400 + below(85 * 365, random))
    birthday = min(requested.day, 28)
    born = requested.replace(year=requested.year - YEARS[kind], day=birthday)
    # born a day later than the one whose birthday is today
    return born + datetime.timedelta(days=1 + requested.day - birthday) if kind.startswith("almost") else born


def _measured(factor: str, limits: Sequence[str], random: Random) -> tuple[Decimal, Decimal]:
    """A value and the limit that it is held against, times the factor."""
    limit = Decimal(_one_of(limits, random))
    most, distance = limit * Decimal(factor), pick(DISTANCES, random)
    if distance == "at the limit":
        return most, limit
    if distance == "just above":
        return most + Decimal("0.001"), limit
    share = Decimal(20 + below(79, random)) / 100
    return (most * (1 + share) if distance == "above" else most * share).quantize(Decimal("0.001")), limit


def _one_of(choices: Sequence[str], random: Random) -> str:
    return choices[below(len(choices), random)]


# --- as JSON, with exact decimals ---


def lines(cases: Iterable[CaseData]) -> Iterator[str]:
    """Each case as a line of JSON, the digits of its decimals as they are."""
    return map(_text, cases)


def repeated_lines(count: int, cases: Iterable[CaseData]) -> Iterator[str]:
    """So many lines, the cases over and over, each time with another number: a million are written in seconds."""
    ends = [line.split(",", 1)[1] for line in lines(cases)]
    for number, end in enumerate(islice(cycle(ends), count), start=1):
        yield f'{{"case":"P-{number:09d}",{end}'


def case_from_line(line: str) -> CaseData:
    """The case of a line, its decimals exact."""
    case: CaseData = json.loads(line, parse_float=Decimal)
    return case


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)
