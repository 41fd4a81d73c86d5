"""The random cases and policies themselves: the same from the same seed, of every decision, at limits."""

from __future__ import annotations

import json
import random
from collections import Counter
from decimal import Decimal

import pytest
from case_making import CaseMaker, json_text, maker_for, nested
from case_pools import STEP
from comparing import Answer, answers_of_interpreter, differences, normalised_grant, read_cases, smallest_case
from policy_making import PolicyMaker, compiled_of, complaints_of, smaller, text_of

from besponsa_pa import load_policy

BESPONSA = load_policy("besponsa")


def test_the_same_seed_gives_the_same_cases_and_another_seed_others() -> None:
    texts = [[json_text(case) for case in maker_for(BESPONSA, seed).cases(50)] for seed in (1, 1, 2)]
    assert texts[0] == texts[1]
    assert not set(texts[0]) & set(texts[2])


@pytest.mark.parametrize("name", ["besponsa", "belsomra_medical_mutual", "xolair_evicore", "kymriah_bcbsnd"])
def test_most_made_cases_are_cases_and_every_decision_comes_out(name: str) -> None:
    policy = load_policy(name)
    cases = [case for _, case in read_cases(policy, maker_for(policy, 5).cases(300))]
    assert len(cases) > 240
    found = Counter(each.decision for each in answers_of_interpreter(policy, cases))
    assert set(found) == {"approve", "deny", "pend"}


def test_made_cases_say_what_is_hard() -> None:
    """Nulls, partial dates, empty lists, entries without a field, each kind of evidence, limits to a step."""
    policy = load_policy("aimovig_uhc")
    text = "\n".join(json_text(case) for case in maker_for(policy, 1).cases(500))
    for wanted in (":null", ":[]", '"kind":"claims"', '"kind":"attestation"'):
        assert wanted in text, wanted
    besponsa = "\n".join(json_text(case) for case in maker_for(BESPONSA, 1).cases(500))
    assert '"birth_date":"' in besponsa
    dates = [
        json.loads(line)["patient"].get("birth_date") or "" for line in besponsa.splitlines() if '"patient"' in line
    ]
    assert {len(date) for date in dates} >= {4, 7, 10}
    assert format(STEP, "f") in besponsa


def test_numbers_are_written_digit_for_digit() -> None:
    numbers = {"a": Decimal("1E+2"), "b": Decimal("0.10"), "c": [Decimal("-0.00000001"), 3, None, True]}
    assert json_text(numbers) == '{"a":100,"b":0.10,"c":[-0.00000001,3,null,true]}'


def test_names_with_dots_become_groups() -> None:
    assert nested({"case": "c", "a.b": 1, "a.c.d": [2], "e": None}) == {
        "case": "c",
        "a": {"b": 1, "c": {"d": [2]}},
        "e": None,
    }


def test_random_policies_are_mostly_policies_and_the_same_seed_gives_the_same() -> None:
    made = [PolicyMaker(random.Random(seed)).policy() for seed in range(60)]  # noqa: S311 - nothing here is secret
    again = [PolicyMaker(random.Random(seed)).policy() for seed in range(60)]  # noqa: S311
    assert list(map(text_of, made)) == list(map(text_of, again))
    refused = [complaints_of(policy) for policy in made if compiled_of(policy) is None]
    assert len(refused) < 25, refused


def test_what_is_smaller_is_smaller() -> None:
    policy = PolicyMaker(random.Random(3)).policy()  # noqa: S311
    size = len(text_of(policy))
    lengths = [len(text_of(less)) for less in smaller(policy)]  # type: ignore[arg-type]
    assert min(lengths) < size / 2


def test_a_case_is_made_as_small_as_it_may_be() -> None:
    case = {"case": "c", "a": {"b": 1, "c": 2}, "list": [{"x": 1, "y": 2}, {"x": 3}]}
    least = smallest_case(case, lambda each: "y" in json_text(dict(each)))
    assert least == {"case": "c", "list": [{"y": 2}]}


def test_a_difference_is_told_and_a_row_that_is_handed_on_is_none() -> None:
    right = Answer("approve", grant=normalised_grant({"dose": "1.50 'mg'", "cycles": 3}))
    same = Answer("approve", grant=normalised_grant({"cycles": 3, "dose": "1.5 'mg'"}))
    assert not list(differences([{"case": "1"}, {"case": "2"}], [right, right], [same, Answer(None, refused="large")]))
    (found,) = differences([{"case": "1"}], [right], [Answer("deny", grant=right.grant)])
    assert str(found) == "{\"case\":\"1\"}\n  decision: 'approve' against 'deny'"
    assert list(differences([{}], [right], [Answer("approve", refused="large")])), "refused, and decided as well"


def test_an_engine_that_loses_a_case_is_found_out() -> None:
    with pytest.raises(AssertionError, match="lost"):
        list(differences([{}], [Answer("deny")], []))


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("10.0", "10"),
        ("1.50 'mg'", "1.5 'mg'"),
        ("100 'kg/m2'", "100 'kg/m2'"),
        ("0.10", "0.1"),
        ("2.50 '10*3/uL'", "2.5 '10*3/uL'"),
    ],
)
def test_only_zeros_at_the_end_of_a_number_are_left_out(written: str, wanted: str) -> None:
    assert normalised_grant(written) == normalised_grant(wanted)
    assert json.loads(normalised_grant(wanted)) == wanted


def test_a_policy_without_tests_beside_it_has_cases_too() -> None:
    policy = compiled_of(PolicyMaker(random.Random(5)).policy())  # noqa: S311
    assert policy is not None
    assert len(read_cases(policy, CaseMaker(policy, 1).cases(30))) > 25
