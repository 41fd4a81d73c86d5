from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.expression import checked
from besponsa_pa.facts import Grade
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.loader import load
from besponsa_pa.policy.model import (
    CheckedGroup,
    CheckedLeaf,
    CompiledPolicy,
    Condition,
    Criterion,
    CriterionName,
    Group,
    GroupKind,
    Leaf,
    OnUnmet,
    Policy,
)
from besponsa_pa.source import Source
from besponsa_pa.types import DATE, STRING, ListOf, Simple, TupleOf, with_unit
from besponsa_pa.values import Code, Date

POLICIES = Path(__file__).parents[2] / "policies"

MINIMUM = """\
policy: example
title: An example
version: 2025.10
pathways:
  only:
    when: age >= 18
    require: {all: [adult]}
"""
AGE = """\
facts:
  age: {type: Integer, ask: How old?}
criteria:
  adult: {title: Adults, check: age >= 18, cite: [label]}
references:
  label: {title: Package insert}
""".replace("How old?", "'How old?'")


def loaded(files: Mapping[str, str], main: str = "policy.yaml") -> tuple[Policy | None, Diagnostics]:
    """The policy in some files, which find one another by their names."""
    diagnostics = Diagnostics()

    def resolve(path: str, _: Source) -> Source | list[str]:
        return Source(files[path], path) if path in files else sorted(files)

    return load(Source(files[main], main), resolve, diagnostics), diagnostics


def read(text: str, **imported: str) -> Policy:
    """A policy without mistakes."""
    files = {"policy.yaml": text, **{f"{name}.yaml": content for name, content in imported.items()}}
    policy, diagnostics = loaded(files)
    assert [each.message for each in diagnostics if each.severity is Severity.ERROR] == []
    assert policy is not None
    return policy


def compiled(text: str, **imported: str) -> CompiledPolicy:
    diagnostics = Diagnostics()
    result = compile_policy(read(text, **imported), diagnostics)
    assert [each.message for each in diagnostics if each.severity is Severity.ERROR] == []
    assert result is not None
    return result


def errors(files: Mapping[str, str]) -> list[str]:
    policy, diagnostics = loaded(files)
    if policy is not None:
        compile_policy(policy, diagnostics)
    return [each.message for each in diagnostics if each.severity is Severity.ERROR]


def shape(part: object) -> str:
    """What a part of a policy says, without the places where it says it."""
    text, spans = re.subn(r"span=Span\(source=Source\([^()]*\), start=\d+, end=\d+\)", "", repr(part))
    assert spans
    return re.sub(r"(source=Source\([^()]*\)|offsets=[^)]*)\)?", "", text)


# --- the shipped policies ---


@pytest.mark.parametrize("path", sorted(POLICIES.glob("*/policy.yaml")), ids=lambda path: path.parent.name)
def test_a_shipped_policy_has_neither_errors_nor_warnings(path: Path) -> None:
    diagnostics = Diagnostics()

    def resolve(written: str, _: Source) -> Source:
        return Source((POLICIES / written).read_text("utf-8"), written)

    policy = load(Source(path.read_text("utf-8"), path.name), resolve, diagnostics)
    assert policy is not None
    assert compile_policy(policy, diagnostics) is not None
    assert [each for each in diagnostics if each.severity is not Severity.INFORMATION] == []


# --- imports ---


def test_what_is_imported_is_there_as_if_it_stood_in_the_policy() -> None:
    apart, whole = compiled(MINIMUM + "imports: [shared.yaml]\n", shared=AGE), compiled(MINIMUM + AGE)
    assert shape(apart.pathways) == shape(whole.pathways)
    assert shape(apart.policy.criteria) == shape(whole.policy.criteria)


def test_a_file_that_two_files_import_is_read_once() -> None:
    policy = read(
        MINIMUM + "imports: [one.yaml, two.yaml]\n",
        one="imports: [base.yaml]\n",
        two="imports: [base.yaml]\ndefinitions: {minor: age < 18}\n",
        base=AGE,
    )
    assert list(policy.facts) == ["age"]
    assert list(policy.definitions) == ["minor"]


def test_an_import_says_in_which_file_it_is_written_so_that_it_is_found_from_there() -> None:
    asked: list[tuple[str, str]] = []
    files = {"shared/one.yaml": "imports: [two.yaml]\n", "two.yaml": AGE}

    def resolve(path: str, importing: Source) -> Source:
        asked.append((path, importing.name))
        return Source(files[path], f"shared/{path}" if path == "two.yaml" else path)

    source = Source(MINIMUM + "imports: [shared/one.yaml]\n", "drug/policy.yaml")
    assert load(source, resolve, Diagnostics()) is not None
    assert asked == [("shared/one.yaml", "drug/policy.yaml"), ("two.yaml", "shared/one.yaml")]


def test_a_missing_import_is_told_once_and_nothing_is_said_of_the_names_it_would_declare() -> None:
    assert errors({"policy.yaml": MINIMUM + "imports: [shared.yaml]\n"}) == ["there is no file `shared.yaml` to import"]


def test_an_import_that_cannot_be_read_is_told_by_who_reads_it_and_not_again() -> None:
    diagnostics = Diagnostics()

    def resolve(path: str, _: Source) -> None:
        diagnostics.error("E103", f"`{path}` is not UTF-8 text on line 1")

    assert load(Source(MINIMUM + "imports: [shared.yaml]\n", "policy.yaml"), resolve, diagnostics) is None
    assert [each.code for each in diagnostics] == ["E103"]


def test_an_import_that_is_not_found_without_a_word_is_told_all_the_same() -> None:
    diagnostics = Diagnostics()
    source = Source(MINIMUM + "imports: [shared.yaml]\n", "policy.yaml")
    assert load(source, lambda *_: None, diagnostics) is None
    assert [each.code for each in diagnostics] == ["E320"]


def test_a_policy_that_imports_itself_through_another_file_is_told_as_a_ring() -> None:
    found = errors({"policy.yaml": MINIMUM + AGE + "imports: [a.yaml]\n", "a.yaml": "imports: [policy.yaml]\n"})
    assert found == ["`policy.yaml` imports itself: policy.yaml -> a.yaml -> policy.yaml"]


def test_a_long_chain_of_imports_is_refused_and_not_followed_for_ever() -> None:
    files = {f"{i}.yaml": f"imports: [{i + 1}.yaml]\n" for i in range(1000)}
    found = errors({"policy.yaml": MINIMUM + AGE + "imports: [0.yaml]\n", **files})
    assert found == ["the policy imports too many files, or through too many others"]


def test_very_many_imports_are_refused() -> None:
    names = [f"{i}.yaml" for i in range(1000)]
    files = dict.fromkeys(names, "title: nothing\n")
    diagnostics = loaded({"policy.yaml": MINIMUM + AGE + f"imports: [{', '.join(names)}]\n", **files})[1]
    assert [each.code for each in diagnostics] == ["E322"]


# --- the digest ---


def test_the_digest_is_a_sha256_over_the_files() -> None:
    digest = read(MINIMUM + AGE).digest
    assert digest.startswith("sha256:")
    assert len(digest) == len("sha256:") + 64
    assert digest != "sha256:" + hashlib.sha256(b"").hexdigest()


def test_the_digest_changes_with_a_space_in_an_import() -> None:
    text = MINIMUM + "imports: [shared.yaml]\n"
    assert read(text, shared=AGE).digest != read(text, shared=AGE + " ").digest


def test_the_digest_changes_when_text_moves_from_one_file_to_another() -> None:
    text = MINIMUM + "imports: [a.yaml, b.yaml]\n"
    comment = "# a comment\n"
    assert read(text, a=AGE + comment, b="title: b\n").digest != read(text, a=AGE, b=comment + "title: b\n").digest


def test_the_digest_does_not_depend_on_where_the_files_stand() -> None:
    def digest(folder: str) -> str:
        source = Source(MINIMUM + "imports: [shared.yaml]\n", f"{folder}/policy.yaml")
        policy = load(source, lambda path, _: Source(AGE, f"{folder}/{path}"), Diagnostics())
        assert policy is not None
        return policy.digest

    assert digest("/home/one") == digest("C:/two")


# --- order ---


def test_the_order_of_the_keys_of_a_policy_does_not_matter() -> None:
    blocks = ["facts:", "criteria:", "references:", "pathways:", "policy:", "title:", "version:"]
    lines = (MINIMUM + AGE).splitlines(keepends=True)
    starts = [i for i, line in enumerate(lines) if line.split(" ")[0].strip() in blocks] + [len(lines)]
    parts = ["".join(lines[a:b]) for a, b in pairwise(starts)]
    forward, backward = compiled("".join(parts)), compiled("".join(reversed(parts)))
    assert forward.pathways[0].require is not None
    assert shape(forward.pathways) == shape(backward.pathways)


def test_a_definition_may_stand_before_what_it_uses() -> None:
    text = MINIMUM + AGE + "definitions:\n  old: not young\n  young: age < years_of_age\n  years_of_age: 65\n"
    assert list(compiled(text).policy.definitions) == ["old", "young", "years_of_age"]


def test_what_is_imported_comes_before_what_the_policy_declares_itself() -> None:
    policy = read(MINIMUM + "imports: [shared.yaml]\nfacts:\n  aaa: {type: Date, ask: 'When?'}\n", shared=AGE)
    assert list(policy.facts) == ["age", "aaa"]


# --- texts stay texts ---


def test_a_version_is_text_with_or_without_quotes() -> None:
    assert read(MINIMUM + AGE).version == "2025.10"
    assert read(MINIMUM.replace("2025.10", "'2025.10'") + AGE).version == "2025.10"


def test_what_yaml_takes_for_truth_or_numbers_is_text_in_lists_of_values_and_codes() -> None:
    answer = "facts:\n  answer: {type: String, values: [yes, no, 0123, 1e5, true, ~null], ask: 'Which?'}\n"
    codes = "value_sets:\n  codes: {system: SNOMED CT, codes: [0123, 1e5, 91857003, 1.10]}\n"
    policy = read(MINIMUM + AGE.replace("facts:\n", answer) + codes)
    kind = policy.facts["answer"].type
    assert isinstance(kind, Simple)
    assert kind.values == ("yes", "no", "0123", "1e5", "true", "~null")
    assert {code for _, code in policy.value_sets["codes"].codes} == {"0123", "1e5", "91857003", "1.10"}


# --- facts ---


def test_the_types_of_facts() -> None:
    facts = """\
facts:
  weight: {type: Quantity, unit: kg, ask: a}
  course: {type: Quantity, unit: months, ask: a}
  diagnosis: {type: Code, system: icd10cm, ask: a, evidence: claims}
  drugs: {type: List, ask: a, of: {type: String, values: [x, y]}}
  therapies:
    type: List
    ask: a
    of:
      type: {type: String}
      start: {type: Date}
"""
    declared = read(MINIMUM + AGE.replace("facts:\n", facts)).facts
    assert declared["weight"].type == with_unit("kg")
    assert declared["course"].type == with_unit("month")
    assert declared["diagnosis"].type == Simple("Code", system="ICD-10-CM")
    assert declared["diagnosis"].evidence is Grade.CLAIMS
    assert declared["drugs"].type == ListOf(Simple("String", values=("x", "y")))
    assert declared["therapies"].type == ListOf(TupleOf((("type", STRING), ("start", DATE))))


def test_a_fact_named_as_a_word_of_the_language_can_be_used_in_double_quotes() -> None:
    facts = "facts:\n  \"days\": {type: Integer, ask: 'How many?', must: '\"days\" >= 0'}\n"
    assert compiled(MINIMUM + AGE.replace("facts:\n", facts)).musts["days"].text == '"days" >= 0'


def test_what_a_fact_must_be_is_checked_and_kept_under_its_name() -> None:
    policy = compiled(MINIMUM + AGE.replace("'How old?'", "'How old?', must: age >= 0"))
    assert list(policy.musts) == ["age"]
    assert isinstance(policy.musts["age"].expression, checked.Operation)


# --- codes ---


def test_codes_may_be_grouped_by_system_and_may_say_what_they_are() -> None:
    sets = """\
value_sets:
  both:
    - {system: http://snomed.info/sct, codes: [1]}
    - {system: ICD-10, codes: {C91.00: not in remission, C91.01: in remission}}
"""
    found = read(MINIMUM + AGE + sets).value_sets["both"]
    assert found.codes == {("SNOMED CT", "1"), ("ICD-10-CM", "C91.00"), ("ICD-10-CM", "C91.01")}
    assert Code("C91.01", "ICD-10-CM") in found
    assert Code("C91.01", "SNOMED CT") not in found


def test_the_systems_of_a_drugs_codes_are_called_by_their_known_names() -> None:
    policy = read(MINIMUM + AGE + "drug: {brand: Besponsa, codes: {hcpcs: [J9229]}}\n")
    assert policy.drug is not None
    assert policy.drug.codes == {"HCPCS": ("J9229",)}


# --- criteria ---


def test_what_a_pathway_requires_may_be_written_in_five_ways() -> None:
    def require(written: str) -> Criterion | CriterionName | None:
        return read(MINIMUM.replace("{all: [adult]}", written) + AGE).pathways[0].require

    name, listed, group = require("adult"), require("[adult]"), require("{any: [adult]}")
    assert isinstance(name, CriterionName)
    assert isinstance(listed, Criterion)
    assert isinstance(listed.body, Group)
    assert (listed.id, listed.body.kind) == ("require", GroupKind.ALL)
    assert isinstance(group, Criterion)
    assert isinstance(group.body, Group)
    assert (group.id, group.body.kind) == ("require", GroupKind.ANY)
    leaf, named = (
        require("{check: age > 1, cite: [label]}"),
        require("{id: x, title: X, check: age > 1, cite: [label]}"),
    )
    assert isinstance(leaf, Criterion)
    assert leaf.id == "require"
    assert isinstance(named, Criterion)
    assert named.id == "x"
    assert require("adult") is not None
    assert read(MINIMUM.replace("    require: {all: [adult]}\n", "") + AGE).pathways[0].require is None


def test_everything_that_a_criterion_may_say_is_kept() -> None:
    criteria = """\
criteria:
  full:
    title: Full
    given: age > 1
    at_least: {count: 1, of: [adult, {id: asked, judgment: 'Well?', cite: [{ref: label, at: Uses}]}]}
    on_unmet: pend
    interpretation: Read so
    evidence: documentation
"""
    full = read(MINIMUM + AGE.replace("criteria:\n", criteria)).criteria["full"]
    assert (full.title, full.on_unmet, full.interpretation) == ("Full", OnUnmet.PEND, "Read so")
    assert full.evidence is Grade.DOCUMENTATION
    assert full.given is not None
    assert full.given.text == "age > 1"
    assert isinstance(full.body, Group)
    assert (full.body.kind, full.body.count) == (GroupKind.AT_LEAST, 1)
    assert isinstance(full.body.children[1], Criterion)
    assert full.body.children[1].cite[0].at == "Uses"


def test_a_criterion_without_citations_takes_those_of_the_group_around_it() -> None:
    text = MINIMUM.replace(
        "{all: [adult]}",
        "{cite: [label], any: [{id: a, check: age > 1}, {id: b, check: age > 2, cite: [{ref: label, at: Own}]}]}",
    )
    require = compiled(text + AGE).pathways[0].require
    assert require is not None
    assert isinstance(require.body, CheckedGroup)
    assert [[each.at for each in child.cite] for child in require.body.children] == [[None], ["Own"]]


def test_one_criterion_may_serve_several_pathways() -> None:
    policy = compiled(MINIMUM + "  other:\n    when: age < 18\n    exclude: [adult]\n" + AGE)
    assert [each.id for each in policy.pathways[1].exclude] == ["adult"]


def test_a_criterion_without_a_title_is_called_by_what_it_checks() -> None:
    text = MINIMUM.replace("{all: [adult]}", "{any: [{id: a, check: 'age\n        > 1', cite: [label]}]}")
    require = compiled(text + AGE).pathways[0].require
    assert require is not None
    assert require.title == "At least one of these is met"
    assert isinstance(require.body, CheckedGroup)
    assert require.body.children[0].title == "age > 1"
    assert isinstance(require.body.children[0].body, CheckedLeaf)


def test_a_mistake_in_a_criterion_that_nothing_uses_is_told() -> None:
    found = errors({"policy.yaml": MINIMUM + AGE.replace("criteria:\n", "criteria:\n  idle: {check: aeg > 1}\n")})
    assert found == ["there is no `aeg`"]


def test_criteria_that_name_one_another_without_end_are_refused_quickly() -> None:
    levels = "".join(
        f"  {name}{i}: {{any: [x{i + 1}, y{i + 1}], cite: [label]}}\n" for i in range(40) for name in ("x", "y")
    )
    last = "  x40: {check: age > 1, cite: [label]}\n  y40: {check: age > 2, cite: [label]}\n"
    found = errors({"policy.yaml": MINIMUM + AGE.replace("criteria:\n", "criteria:\n" + levels + last)})
    assert found == ["the criteria name one another so often that they come to more than 20,000"]


def test_a_chain_of_a_thousand_criteria_is_refused() -> None:
    chain = "".join(f"  x{i}: {{all: [x{i + 1}], cite: [label]}}\n" for i in range(1000))
    last = "  x1000: {check: age > 1, cite: [label]}\n"
    found = errors({"policy.yaml": MINIMUM + AGE.replace("criteria:\n", "criteria:\n" + chain + last)})
    assert set(found) == {"criteria stand inside one another more than 60 levels deep"}


# --- tables ---


TABLES = """\
tables:
  by_age: {by: age, values: {18: 1, 019: 2}, otherwise: 3}
  by_text: {by: word, values: {no: 1, 018: 2}}
  by_table: {by: by_age, values: {1: true, 2: false}}
  by_code: {by: diagnosis, values: {C91.00: 6 months}}
  dose: {of: String, values: {atorvastatin: 40 'mg', rosuvastatin: 20 'mg'}}
definitions:
  word: "if age > 18 then 'no' else '018'"
  moderate: dose(word)
"""
DIAGNOSIS = "facts:\n  diagnosis: {type: Code, system: ICD-10-CM, ask: 'Which?'}\n"


def lookup(name: str) -> checked.Lookup:
    text = MINIMUM.replace("{all: [adult]}", f"{{check: {name} is not null}}") + AGE.replace("facts:\n", DIAGNOSIS)
    require = compiled(text + TABLES).pathways[0].require
    assert require is not None
    assert isinstance(require.body, CheckedLeaf)
    return next(each for each in checked.walk(require.body.check.expression) if isinstance(each, checked.Lookup))


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("by_age", [18, 19]),
        ("by_text", ["no", "018"]),
        ("by_table", [1, 2]),
        ("by_code", [Code("C91.00", "ICD-10-CM")]),
        ("dose('rosuvastatin')", ["atorvastatin", "rosuvastatin"]),
    ],
)
def test_the_keys_of_a_table_are_read_by_the_type_that_they_are_held_against(name: str, keys: list[object]) -> None:
    assert [key for key, _ in lookup(name).rows] == keys


# --- grants ---


def test_a_granted_value_is_an_expression_and_a_text_in_quotes() -> None:
    grant = """\
    grant:
      duration: 6 months
      cycles: 6 - age
      quantity: {per_fill: "30"}
      note: 'dispense as written: brand'
      long: >-
        if age > 60
        then 1 else 2
"""
    granted = compiled(MINIMUM + grant + AGE).pathways[0].grant
    kinds = {name: type(value.expression) for name, value in granted.items() if isinstance(value, Condition)}
    assert kinds == {
        "duration": checked.Constant,
        "cycles": checked.Operation,
        "note": checked.Constant,
        "long": checked.Conditional,
    }
    assert isinstance(granted["note"], Condition)
    assert granted["note"].expression == checked.Constant(
        "dispense as written: brand", STRING, granted["note"].expression.span
    )
    assert isinstance(granted["quantity"], dict)
    assert granted["quantity"]["per_fill"].text == "30"


# --- the rest of a policy ---


def test_everything_beside_the_pathways_is_kept() -> None:
    text = """\
program: A program
effective: {from: 2025-01-09, to: 2025-12-31}
otherwise: {decision: pend, title: Nothing else, cite: [label]}
advisories:
  - {id: risk, when: age > 60, text: There is a risk, cite: [label], interpretation: Read so}
guarantees:
  - {never: approve, when: age < 1}
"""
    policy = compiled(MINIMUM + AGE + text)
    assert (policy.policy.effective_from, policy.policy.effective_to) == (Date(2025, 1, 9), Date(2025, 12, 31))
    assert policy.otherwise is not None
    assert policy.otherwise.decision == "pend"
    assert [(each.id, each.text, each.interpretation) for each in policy.advisories] == [
        ("risk", "There is a risk", "Read so")
    ]
    assert [(each.never, each.when.text) for each in policy.guarantees] == [("approve", "age < 1")]


def test_a_policy_with_errors_is_never_compiled_even_when_its_expressions_are_right() -> None:
    policy, diagnostics = loaded({"policy.yaml": MINIMUM.replace("only:", "only:\n    titel: X") + AGE})
    assert policy is not None
    assert compile_policy(policy, diagnostics) is None


def test_a_policy_that_is_compiled_twice_gives_the_same() -> None:
    policy = read(MINIMUM + AGE)
    assert repr(compile_policy(policy, Diagnostics())) == repr(compile_policy(replace(policy), Diagnostics()))


def test_a_compiled_policy_holds_what_it_was_compiled_from() -> None:
    policy = compiled(MINIMUM + AGE)
    leaf = policy.policy.criteria["adult"].body
    assert isinstance(leaf, Leaf)
    assert leaf.check.text == "age >= 18"
