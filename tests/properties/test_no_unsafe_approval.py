"""No unsafe approval, no denial for want of an answer, and no question too many: the Besponsa policy, exhaustively.

Every case is held against all its completions, which a plain function decides (`besponsa_by_hand.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product

import pytest
from besponsa_by_hand import decide, failed_classes
from besponsa_choices import DATED, ENDED, FACTS, REQUESTS, THERAPY, VALUES, Flat, completed, open_places, verdict_on
from completions import size
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from besponsa_pa import Determination, Pend, determine, load_case, load_policy

POLICY = load_policy("besponsa")
FIXED = settings(derandomize=True, deadline=None, max_examples=400)

TKI = {"drug": "dasatinib", "class": "tyrosine_kinase_inhibitor", "outcome": "failure"}
CHEMOTHERAPY = {"drug": "hyper-CVAD", "class": "chemotherapy", "outcome": "intolerance"}
DAYS = {"start": "2025-03-01", "end": "2025-11-30"}
ADULT: Flat = {
    "request.date": "2026-11-20",
    "request.pathway": "initial",
    "patient.birth_date": "1984-03-02",
    "disease.diagnosis": "C91.02",
    "disease.lineage": "b_cell_precursor",
    "disease.status": "relapsed",
    "disease.cd22": "positive",
    "disease.philadelphia_chromosome": "positive",
    "therapies": [TKI | DAYS, CHEMOTHERAPY | DAYS],
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
    "an adult who has not failed chemotherapy": {**ADULT, "therapies": [TKI | DAYS]},
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


@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
def test_without_any_two_facts_it_is_decided_as_all_completions_are(base: Flat) -> None:
    for case in pairs_left_out(base):
        assert_as_completions_say(case)


def test_the_approved_adult_is_asked_for_exactly_what_matters_in_each_pair() -> None:
    cases = list(pairs_left_out(ADULT))
    assert not any(asks_twice(case) for case in cases)
    assert {verdict_on(case).decision for case in cases} == {"approve", "pend"}
    assert len(cases) > 300


@pytest.mark.parametrize("base", [ADULT, BASES["a child who is approved"]], ids=["an adult", "a child"])
def test_a_fact_that_is_null_is_a_fact_that_is_left_out(base: Flat) -> None:
    for one, other in pairs(base):
        left_out = determined(without(without(base, one, by_null=False), other, by_null=False))
        for first, second in ((False, True), (True, False), (True, True)):
            assert determined(without(without(base, one, by_null=first), other, by_null=second)) == left_out


def pairs(base: Flat) -> Iterator[tuple[str, str]]:
    """Each pair of places that a case has, but for what is within a list or a therapy that is gone."""
    there = [place for place in PLACES if not place.startswith("therapies[") or base["therapies"]]
    yield from ((one, other) for one, other in combinations(there, 2) if not other.startswith(one))


def pairs_left_out(base: Flat) -> Iterator[Flat]:
    for one, other in pairs(base):
        yield without(without(base, one, by_null=False), other, by_null=False)


# --- random cases ---


def days(around: str) -> st.SearchStrategy[str]:
    """Days on which an age changes, whole or known to the month or the year only."""
    turning = [day for day in open_places({"request.date": around})["patient.birth_date"] if str(day) <= around]
    return st.builds(lambda day, length: str(day)[:length], st.sampled_from(turning), st.sampled_from((10, 10, 7, 4)))


THERAPIES = st.lists(
    st.one_of(
        st.sampled_from(ENDED),
        st.fixed_dictionaries({}, optional={field: st.sampled_from(values) for field, values in THERAPY.items()}),
        st.none(),
    ),
    max_size=2,
)


@st.composite
def cases(draw: st.DrawFn) -> Flat:
    """A case of either pathway that leaves up to five facts open, and perhaps more within dates and therapies."""
    asked = draw(st.sampled_from(REQUESTS))
    known = {fact: st.sampled_from(values) for fact, values in VALUES.items() if fact != "therapies"}
    case: dict[str, object] = draw(st.fixed_dictionaries(known))
    case |= {"request.date": asked, "patient.birth_date": draw(days(asked)), "therapies": draw(THERAPIES)}
    if draw(st.booleans()):  # most cases would be denied for one fact or another
        case |= {fact: value for fact, value in ADULT.items() if draw(st.integers(0, 9)) and fact not in DATED}
    for fact in draw(st.lists(st.sampled_from(FACTS), max_size=5)):
        case[fact] = None
    assume(size(open_places(case)) <= 5000)
    return case


@FIXED
@given(cases())
def test_a_random_case_is_decided_as_all_completions_are(case: Flat) -> None:
    assert_as_completions_say(case)


@FIXED
@given(cases(), st.data())
def test_an_answer_never_turns_a_decision_into_another(case: Flat, data: st.DataObject) -> None:
    open_ = open_places(case)
    answers = {place: data.draw(st.sampled_from(values)) for place, values in open_.items() if data.draw(st.booleans())}
    answered = completed(case, answers)
    assume(str(answered["patient.birth_date"] or "") <= str(answered["request.date"] or "9999"))
    before = determined(case).decision.value
    assert before == "pend" or determined(answered).decision.value == before


# --- the dates of the source ---


@pytest.mark.parametrize(
    ("born", "decision", "asked"),
    [("2025", "pend", {"patient.birth_date"}), ("2024", "approve", set()), ("2026", "deny", set())],
)
def test_a_year_of_birth_is_enough_unless_the_age_of_one_lies_within_it(
    born: str, decision: str, asked: set[str]
) -> None:
    found = determined({**LEAP, "patient.birth_date": born})
    assert (found.decision.value, named(found)) == (decision, asked)


@pytest.mark.parametrize(("day", "decision"), [("2025-02-28", "deny"), ("2025-03-01", "approve")])
def test_who_was_born_on_29_february_is_one_year_old_on_1_march(day: str, decision: str) -> None:
    found = determined({**LEAP, "request.date": day})
    assert (found.decision.value, found.reasons == ("age",)) == (decision, decision == "deny")


def test_the_philadelphia_status_is_not_asked_for_when_both_treatments_have_failed() -> None:
    found = determined(without(ADULT, "disease.philadelphia_chromosome", by_null=False))
    assert (found.decision.value, found.missing) == ("approve", ())


def test_a_missing_diagnosis_is_not_asked_for_when_the_disease_is_in_remission() -> None:
    case = without({**ADULT, "disease.status": "remission"}, "disease.diagnosis", by_null=False)
    assert (determined(case).decision.value, determined(case).reasons) == ("deny", ("status",))
    continued = determined({**case, "request.pathway": "continuation"})
    assert (continued.decision.value, named(continued)) == ("pend", {"disease.diagnosis"})


def test_an_adult_who_may_not_have_failed_both_treatments_waits_for_the_answer_and_not_for_a_clinician() -> None:
    found = determined(without(ADULT, "therapies[1].outcome", by_null=False))
    assert (found.pend, named(found)) == (Pend.INFORMATION, {"therapies[1].outcome"})
    answered = determined({**ADULT, "therapies": []})
    assert (answered.pend, answered.missing) == (Pend.CLINICAL_REVIEW, ())
