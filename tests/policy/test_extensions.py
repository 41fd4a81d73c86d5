"""`extend:` adds values to facts of other files, and to no others."""

from __future__ import annotations

from collections.abc import Mapping

from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.loader import load
from besponsa_pa.policy.model import Policy
from besponsa_pa.source import Source
from besponsa_pa.types import ListOf, Simple, TupleOf

SHARED = """
facts:
  specialty: {type: String, values: [other], ask: Which specialty}
  consulted: {type: List, of: {type: String, values: [other]}, ask: Who was consulted}
  therapies:
    type: List
    ask: Which treatments
    of: {drug: {type: String}, class: {type: String, values: [other]}}
definitions:
  failed(class): exists (therapies T where T.class = class)
"""
POLICY = """
policy: example
title: An example
version: 1
imports: [{imports}]
{more}
pathways:
  only: {{require: [{{id: tried, title: Tried, check: "{check}"}}]}}
otherwise: {{decision: deny}}
"""


def loaded(
    more: str, check: str = "failed('other')", imports: str = "shared", **files: str
) -> tuple[Policy | None, list[str]]:
    """A policy with more keys, and the codes of its errors."""
    diagnostics = Diagnostics()
    known: Mapping[str, str] = {
        "shared": SHARED,
        **files,
        "policy": POLICY.format(more=more, check=check, imports=imports),
    }

    def resolve(path: str, _: Source) -> Source | list[str]:
        return Source(known[path], path) if path in known else sorted(known)

    policy = load(Source(known["policy"], "policy"), resolve, diagnostics)
    if policy is not None:
        compile_policy(policy, diagnostics)
    return policy, [each.code for each in diagnostics if each.severity is Severity.ERROR]


def values(policy: Policy | None, fact: str, element: str = "") -> tuple[str, ...] | None:
    assert policy is not None
    kind = policy.facts[fact].type
    inner = kind.element if isinstance(kind, ListOf) else kind
    found = inner.element(element) if isinstance(inner, TupleOf) else inner
    assert isinstance(found, Simple)
    return found.values


def test_a_text_a_list_of_texts_and_an_element_of_a_list_are_extended_behind_what_they_were() -> None:
    more = "extend: {specialty: [neurology], consulted: [neurology, pain], therapies.class: [statin, triptan]}"
    policy, errors = loaded(more)
    assert errors == []
    assert values(policy, "specialty") == ("other", "neurology")
    assert values(policy, "consulted") == ("other", "neurology", "pain")
    assert values(policy, "therapies", "class") == ("other", "statin", "triptan")
    assert values(policy, "therapies", "drug") is None


def test_a_value_that_nobody_added_is_misspelt() -> None:
    assert loaded("extend: {therapies.class: [statin]}", "failed('statin')")[1] == []
    assert loaded("extend: {therapies.class: [statin]}", "failed('statine')")[1] == ["E204"]


def test_a_shared_file_extends_what_it_imports_and_the_policy_goes_on() -> None:
    field = "imports: [shared]\nextend: {therapies.class: [statin]}"
    policy, errors = loaded("extend: {therapies.class: [triptan]}", imports="field", field=field)
    assert (values(policy, "therapies", "class"), errors) == (("other", "statin", "triptan"), [])
    assert loaded("extend: {therapies.class: [statin]}", imports="field", field=field)[1] == ["E318"]


def test_two_shared_files_may_add_the_same_value() -> None:
    files = dict.fromkeys(("one", "two"), "imports: [shared]\nextend: {therapies.class: [statin]}")
    policy, errors = loaded("", "failed('statin')", imports="one, two", **files)
    assert (values(policy, "therapies", "class"), errors) == (("other", "statin"), [])


def test_a_fact_of_the_policy_may_have_the_name_of_a_parameter_of_a_shared_definition() -> None:
    assert loaded("facts: {class: {type: String, ask: Which class}}")[1] == []


def test_within_a_file_and_towards_what_it_imports_a_parameter_hides_nothing() -> None:
    assert loaded("facts: {kind: {type: String, ask: Which}}\ndefinitions: {is_one(kind): kind = 'a'}")[1] == ["E304"]
    assert loaded("definitions: {is_one(specialty): specialty = 'a'}")[1] == ["E304"]
