"""No unsafe approval, no denial for want of an answer, and no question too many: the Besponsa policy, exhaustively.

Every case is held against all its completions, which a plain function decides (`besponsa_by_hand.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product

import pytest
from besponsa_by_hand import age, decide, failed_classes
from besponsa_choices import ENDED, FACTS, THERAPY, VALUES, Flat, completed, open_places, verdict_on
from completions import size
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from besponsa_pa import Determination, Pend, determine, load_case, load_policy

POLICY = load_policy("besponsa")
FIXED = settings(derandomize=True, deadline=None, max_examples=400)

TKI = {"drug": "dasatinib", "class": "tyrosine_kinase_inhibitor", "outcome": "failure"}
CHEMOTHERAPY = {"drug": "hyper-CVAD", "class": "chemotherapy", "outcome": "intolerance"}
DATES = {"start": "2025-03-01", "end": "2025-11-30"}
ADULT: Flat = {
    "request.date": "2026-11-20",
    "request.pathway": "initial",
    "patient.birth_date": "1984-03-02",
    "disease.diagnosis": "C91.02",
    "disease.lineage": "b_cell_precursor",
    "disease.status": "relapsed",
    "disease.cd22": "positive",
    "disease.philadelphia_chromosome": "positive",
    "therapies": [TKI | DATES, CHEMOTHERAPY | DATES],
    "transplant.prior": True,
    "treatment.cycles_completed": 0,
    "treatment.salvage_line": 1,
    "liver.disease": "none",
    "liver.tests": "normal",
    "liver.veno_occlusive_disease": False,
}
BASES: Mapping[str, Flat] = {
    "an adult who is approved": ADULT,
    "a continuation that is approved": {**ADULT, "request.pathway": "continuation"},
    "a child who is approved": {**ADULT, "patient.birth_date": "2020-02-29", "therapies": []},
    "an adult whose code needs no lineage": {
        **ADULT,
        "disease.diagnosis": {"system": "SNOMED CT", "code": "277571004"},
        "disease.lineage": "t_cell",
    },
    "an adult who has not failed chemotherapy": {**ADULT, "therapies": [TKI | DATES]},
    "an adult with elevated liver tests": {**ADULT, "liver.tests": "elevated"},
    "an adult in remission": {**ADULT, "disease.status": "remission"},
    "a continuation in remission": {**ADULT, "request.pathway": "continuation", "disease.status": "remission"},
    "an infant": {**ADULT, "patient.birth_date": "2026-02-01"},
}
PLACES = (*FACTS, "therapies[0]", *(f"therapies[{at}].{field}" for at, field in product((0, 1), THERAPY)))
LEAP: Flat = {**ADULT, "patient.birth_date": "2024-02-29", "therapies": []}


def determined(case: Flat) -> Determination:
    return determine(POLICY, load_case({"case": "any", **case}, POLICY))


def named(found: Determination) -> frozenset[str]:
    """The places that a determination asks for: those in a list, else the fact."""
    return frozenset(place for fact in found.missing for place in fact.places or (fact.fact,))


def without(case: Flat, place: str, *, by_null: bool) -> Flat:
    """The case without what stands at a place: the key left out, or there with null."""
    fact, _, rest = place.partition("[")
    if not rest:
        kept = {name: value for name, value in case.items() if name != place}
        return {**kept, place: None} if by_null else kept
    therapies = case.get(fact)
    assert isinstance(therapies, list)
    at, field = int(rest[0]), rest[3:]
    if at >= len(therapies):
        return case
    changed = without(therapies[at] or {}, field, by_null=by_null) if field else None
    return {**case, fact: [*therapies[:at], changed, *therapies[at + 1 :]]}


def assert_as_completions_say(case: Flat) -> None:
    """The decision holds for every completion, and what is asked for is what matters, and nothing else.

    "A `when` that is unknown pends": so without `request.pathway` there is no decision, and it is always asked for.
    """
    found, wanted = determined(case), verdict_on(case)
    unknown_when = frozenset(["request.pathway"] if case.get("request.pathway") is None else [])
    assert found.decision.value == ("pend" if unknown_when else wanted.decision)
    if asks_twice(case):
        assert named(found) >= wanted.matters | unknown_when
    else:
        assert named(found) == wanted.matters | unknown_when


def asks_twice(case: Flat) -> bool:
    """Whether either treatment may have failed and yet never both: the list is read twice, and each reading is open.

    The one place where the policy asks more than it need: a treatment of unknown class stands for one class only.
    """
    open_therapies = {place: values for place, values in open_places(case).items() if place.startswith("therapies")}
    chosen = product(*open_therapies.values())
    failed = [failed_classes(completed(case, dict(zip(open_therapies, each, strict=True)))) for each in chosen]
    wanted = {"tyrosine_kinase_inhibitor", "chemotherapy"}
    return not any(wanted <= each for each in failed) and wanted <= set().union(*failed)


# --- each fact, and each pair ---


@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
def test_a_complete_case_is_decided_as_a_reader_of_the_source_decides_it(base: Flat) -> None:
    found = determined(base)
    assert (found.decision.value, found.missing) == (decide(base), ())


@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
def test_without_any_one_fact_it_is_decided_as_all_completions_are(base: Flat) -> None:
    for place, by_null in product(PLACES, (False, True)):
        if place.startswith("therapies[") and not base["therapies"]:
            continue
        assert_as_completions_say(without(base, place, by_null=by_null))


@pytest.mark.parametrize("base", [ADULT, BASES["a continuation that is approved"]], ids=["initial", "continuation"])
def test_without_any_two_facts_it_is_decided_as_all_completions_are(base: Flat) -> None:
    for one, other in combinations(PLACES, 2):
        if one.startswith("therapies") and other.startswith(one):
            continue  # what is within a list that is gone
        once = without(base, one, by_null=False)
        assert_as_completions_say(without(once, other, by_null=False))
        for first, second in ((False, True), (True, False), (True, True)):
            again = without(without(base, one, by_null=first), other, by_null=second)
            assert determined(again) == determined(without(once, other, by_null=False))
