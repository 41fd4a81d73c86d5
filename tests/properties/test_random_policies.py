"""No unsafe approval, no denial for want of an answer, and no question too many: random policies, random cases.

Each case is held against all its completions, which plain functions decide (`random_policies.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from completions import Choices, size, verdict
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_policies import JUDGMENT, KINDS, RandomPolicy, decide, policies

from besponsa_pa import CompiledPolicy, Decision, Determination, Pend, determine, load_case
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.loader import load
from besponsa_pa.render.structure import json_text, structure_from_determination
from besponsa_pa.source import Source

FIXED = settings(derandomize=True, deadline=None, max_examples=200)


@dataclass(frozen=True)
class Request:
    """What a case says: facts and, by their ids, judgments; and which facts are documented. All else is open."""

    known: Mapping[str, object]
    documented: frozenset[str] = frozenset()

    @property
    def case(self) -> Mapping[str, object]:
        judgments = {
            key.removeprefix(JUDGMENT): {"met": value} for key, value in self.known.items() if key.startswith(JUDGMENT)
        }
        facts = {key: value for key, value in self.known.items() if not key.startswith(JUDGMENT)}
        evidence = {fact: {"kind": "documentation"} for fact in self.documented}
        return {"case": "any", **facts, "judgments": judgments, "evidence": evidence}


def choices_of(policy: RandomPolicy) -> dict[str, Sequence[object]]:
    """The values that a complete case may have, for each fact and each judgment."""
    facts = {fact: KINDS[fact[0]][1] for fact in policy.facts}
    return {**facts, **{JUDGMENT + each: (True, False) for each in policy.judgments}}


@st.composite
def requests(draw: st.DrawFn, policy: RandomPolicy) -> Request:
    """A case that leaves some facts and judgments open."""
    known = {}
    for place, values in choices_of(policy).items():
        if draw(st.booleans()):
            known[place] = draw(st.sampled_from(values))
    documented = frozenset(fact for fact in known if fact in policy.graded and draw(st.booleans()))
    assume(size(open_choices(policy, Request(known))) <= 2000)
    return Request(known, documented)


def open_choices(policy: RandomPolicy, request: Request) -> Choices:
    """The places that a case leaves open. A granted fact may stay so: then it is waited for."""
    return {
        place: (None, *values) if place.startswith("g") else values
        for place, values in choices_of(policy).items()
        if place not in request.known
    }


def compiled(policy: RandomPolicy) -> CompiledPolicy:
    diagnostics = Diagnostics()
    written = load(Source(policy.text, "policy.yaml"), lambda *_: None, diagnostics)
    found = None if written is None else compile_policy(written, diagnostics)
    assert found is not None, [(each.code, each.message) for each in diagnostics]
    return found


def determined(policy: CompiledPolicy, request: Request) -> Determination:
    return determine(policy, load_case(request.case, policy))


def named(found: Determination) -> frozenset[str]:
    """The facts that a determination asks for, and the judgments."""
    return frozenset([fact.fact for fact in found.missing] + [JUDGMENT + each.criterion for each in found.judgments])


def facts_of_open_whens(policy: RandomPolicy, request: Request) -> frozenset[str]:
    """The open facts on which it depends whether a pathway applies."""
    facts: set[str] = set()
    for pathway in policy.pathways:
        if pathway.when is not None:
            within = {place: c for place, c in open_choices(policy, request).items() if place in pathway.when.facts}
            holds = pathway.when.holds
            if len(verdict(within, lambda chosen, holds=holds: str(holds({**request.known, **chosen}))).decisions) > 1:
                facts |= within.keys()
    return frozenset(facts)


@FIXED
@given(st.data())
def test_where_each_fact_is_read_once_the_decision_is_that_of_all_completions(data: st.DataObject) -> None:
    """ "A `when` that is unknown pends": so there is no denial then, and its facts may be asked for."""
    policy = data.draw(policies(once=True))
    request = data.draw(requests(policy))
    wanted = verdict(open_choices(policy, request), lambda chosen: decide(policy, {**request.known, **chosen}))
    found = determined(compiled(policy), request)
    of_whens = facts_of_open_whens(policy, request)
    assert found.decision.value == ("pend" if of_whens and wanted.decision == "deny" else wanted.decision)
    assert wanted.matters <= named(found) <= wanted.matters | of_whens


@FIXED
@given(st.data())
def test_where_facts_are_read_twice_no_completion_is_decided_otherwise(data: st.DataObject) -> None:
    policy = data.draw(policies(once=False))
    request = data.draw(requests(policy))
    wanted = verdict(open_choices(policy, request), lambda chosen: decide(policy, {**request.known, **chosen}))
    found = determined(compiled(policy), request)
    assert found.decision.value in ("pend", wanted.decision)
    assert named(found) >= wanted.matters


@FIXED
@given(st.data())
def test_an_answer_never_turns_a_decision_into_another(data: st.DataObject) -> None:
    policy = data.draw(policies(once=False))
    request = data.draw(requests(policy))
    engine = compiled(policy)
    answers = {place: data.draw(st.sampled_from(values)) for place, values in choices_of(policy).items()}
    before, more = determined(engine, request).decision.value, dict(request.known)
    for place, value in answers.items():
        after = determined(engine, Request(more := {place: value, **more})).decision.value
        assert before in ("pend", after)
        before = after
    assert before == decide(policy, more)


@FIXED
@given(st.data())
def test_only_an_approval_waits_for_documents_and_only_for_those_that_it_stands_on(data: st.DataObject) -> None:
    """An approval stands where every completion of what is not documented is approved; nothing else is held up."""
    policy = data.draw(policies(once=True, graded=True))
    request = data.draw(requests(policy))
    wanting = policy.graded - request.documented
    proven = Request({place: value for place, value in request.known.items() if place not in wanting})
    assume(size(open_choices(policy, proven)) <= 2000)
    found = determined(compiled(policy), request)
    stated = determined(compiled(replace(policy, graded=frozenset())), request)
    wanted = verdict(open_choices(policy, proven), lambda chosen: decide(policy, {**proven.known, **chosen}))
    of_whens = facts_of_open_whens(policy, proven)
    if stated.decision is Decision.APPROVE and wanted.decision != "approve":
        assert (found.decision, found.pend) == (Decision.PEND, Pend.DOCUMENTATION)
        assert any(fact.undocumented for fact in found.missing)
    else:
        assert found.decision is stated.decision
    sent = {fact.fact for fact in found.missing if fact.undocumented}
    assert sent == (named(found) & wanting & request.known.keys())
    assert named(stated) <= named(found) <= wanted.matters | of_whens


@FIXED
@given(st.data())
def test_every_case_gets_one_determination_and_the_same_in_every_run(data: st.DataObject) -> None:
    policy = data.draw(policies(once=False, graded=True, failing=True))
    request = data.draw(requests(policy))
    turned = Request(dict(reversed(request.known.items())), request.documented)
    engine = compiled(policy)
    texts = {
        json_text(structure_from_determination(found))
        for found in (determined(engine, request), determined(engine, turned), determined(compiled(policy), request))
    }
    assert len(texts) == 1
