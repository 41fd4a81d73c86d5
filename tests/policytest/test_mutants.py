"""Mutants: every kind of small change is made, each once, where the policy uses what is changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from besponsa_pa import load_policy
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, parse_document
from besponsa_pa.expression.functions import OPERATORS
from besponsa_pa.expression.parser import parse
from besponsa_pa.expression.printer import text_from_expression
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.files import File
from besponsa_pa.policy.loader import load, load_variant
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest.mutants import Kind, Mutant, mutants_of
from besponsa_pa.policytest.mutants.expressions import variants as variants_of
from besponsa_pa.policytest.mutants.hints import Hints
from besponsa_pa.policytest.sameness import same_policy
from besponsa_pa.source import Excerpt, Source

HERE = Path(__file__).parent
EVERY_KIND = HERE / "every_kind"
RULE = """\
policy: sample
title: Sample
version: 1
facts:
  number: {type: Integer}
  ratio: {type: Decimal}
  dose: {type: Quantity, unit: mg}
  birth: {type: Date}
  admitted: {type: DateTime}
  request.date: {type: Date}
  numbers: {type: List, of: {type: Integer}}
  status: {type: String, values: [early, late, never]}
  drug: {type: String}
  pregnant: {type: Boolean}
  diagnosis: {type: Code, system: ICD-10-CM}
  therapies: {type: List, of: {drug: {type: String}, outcome: {type: String, values: [good, bad]}, start: {type: Date}}}
definitions:
  adult: years between birth and request.date >= 18
value_sets:
  cancer: {system: ICD-10-CM, codes: [C00, C01]}
pathways:
  only:
    require:
      id: rule
      check: >-
        EXPRESSION
"""


def compiled(text: str) -> CompiledPolicy:
    diagnostics = Diagnostics()
    policy = load(Source(text, "policy.yaml"), lambda *_: None, diagnostics)
    result = None if policy is None else compile_policy(policy, diagnostics)
    assert result is not None, [each.message for each in diagnostics]
    return result


def files_of(policy: CompiledPolicy) -> list[File]:
    found = []
    for source in policy.policy.sources:
        root = parse_document(source, Diagnostics())
        assert isinstance(root, Mapping)
        found.append(File("", source, root))
    return found


def mutants(policy: CompiledPolicy) -> tuple[Mutant, ...]:
    return mutants_of(policy, files_of(policy))


def variant(policy: CompiledPolicy, mutant: Mutant) -> CompiledPolicy | None:
    return variants(policy, [mutant])[mutant.id]


def variants(policy: CompiledPolicy, changed: Iterable[Mutant]) -> dict[str, CompiledPolicy | None]:
    """The policies that mutants are, by their names; None for what the checker refuses."""
    files, found = files_of(policy), {}
    for mutant in changed:
        diagnostics = Diagnostics()
        roots = [mutant.root if file.source.name == mutant.file else file.root for file in files]
        parts = [File("", file.source, root) for file, root in zip(files, roots, strict=True)]
        found[mutant.id] = compile_policy(load_variant(parts, diagnostics), diagnostics)
    return found


def recorded(path: Path, now: str) -> str:
    """What is expected; `UPDATE=1` records what is there now."""
    if os.environ.get("UPDATE"):
        path.write_text(now, "utf-8")
    return path.read_text("utf-8")


# --- expressions ---


def changes_of(expression: str) -> Iterator[str]:
    for mutant in mutants(compiled(RULE.replace("EXPRESSION", expression))):
        if mutant.id.startswith("pathways.only.require.check:"):
            yield f"  {mutant.kind.word}: {mutant.before}  =>  {mutant.after}"


def test_every_change_of_an_expression_is_the_one_expected() -> None:
    path = HERE / "expressions.txt"
    expressions = [line for line in path.read_text("utf-8").splitlines() if line and line[0] not in " #"]
    head = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    blocks = ["\n".join([expression, *changes_of(expression)]) + "\n" for expression in expressions]
    now = "\n".join(["\n".join(head) + "\n", *blocks])
    assert recorded(path, now) == now


def test_every_change_of_an_expression_is_one_that_the_checker_takes() -> None:
    lines = (HERE / "expressions.txt").read_text("utf-8").splitlines()
    for expression in (line for line in lines if line and line[0] not in " #"):
        policy = compiled(RULE.replace("EXPRESSION", expression))
        refused = [name for name, changed in variants(policy, mutants(policy)).items() if changed is None]
        assert refused == []


def test_the_place_of_a_change_is_that_of_the_part_which_is_changed() -> None:
    policy = compiled(RULE.replace("EXPRESSION", "pregnant\n        and number >= 2"))
    places = {mutant.after: (mutant.span.line, mutant.span.column) for mutant in mutants(policy)}
    line = RULE[: RULE.index("EXPRESSION")].count("\n") + 1
    assert places["not pregnant"] == (line, 9)
    assert places["number > 2"] == (line + 1, 13)


def test_a_change_stands_in_the_whole_of_its_expression() -> None:
    policy = compiled(RULE.replace("EXPRESSION", "(pregnant or adult) and number >= 2"))
    mutant = next(each for each in mutants(policy) if each.after == "pregnant and adult")
    changed = variant(policy, mutant)
    assert changed is not None
    assert changed.pathways[0].require is not None
    text = mutant.root.get("pathways")
    assert "pregnant and adult and number >= 2" in str(text)


def test_two_changes_that_read_alike_are_told_apart_by_a_number() -> None:
    policy = compiled(RULE.replace("EXPRESSION", "number > 1 and (adult or number > 1)"))
    names = [mutant.id for mutant in mutants(policy)]
    first = "pathways.only.require.check: `number > 1` becomes `number >= 1`"
    assert [name for name in names if name.startswith(first)] == [first, f"{first} (2)"]
    assert len(set(names)) == len(names)


def test_the_names_of_mutants_do_not_hang_on_the_layout_of_the_file() -> None:
    one = compiled(RULE.replace("EXPRESSION", "number > 1 and adult"))
    other = compiled(RULE.replace("EXPRESSION", "number   >  1\n        and\n        adult"))
    assert [each.id for each in mutants(one)] == [each.id for each in mutants(other)]


@pytest.mark.parametrize("text", ["9999999999999999999999999999.5", "2147483647", "@9999-12-31", "@0001-01-01"])
def test_a_constant_at_the_end_of_its_type_is_moved_only_where_there_is_a_next_one(text: str) -> None:
    fact = "ratio" if "." in text else "birth" if text.startswith("@") else "number"
    policy = compiled(RULE.replace("EXPRESSION", f"{fact} >= {text}"))
    thresholds = [mutant for mutant in mutants(policy) if mutant.kind is Kind.THRESHOLD and mutant.span.line > 20]
    taken = [changed for changed in variants(policy, thresholds).values() if changed is not None]
    assert len(taken) == (2 if text.endswith(".5") else 1)


# --- policies ---


def test_every_kind_of_change_is_made_of_a_policy_and_what_it_uses_of_a_shared_file() -> None:
    policy = load_policy(EVERY_KIND)
    now = "".join(f"{Path(each.file).name}:{each.span.line}  {each.kind.word}  {each.id}\n" for each in mutants(policy))
    assert recorded(EVERY_KIND / "mutants.txt", now) == now


def test_the_tables_of_this_test_hold_every_kind_of_change() -> None:
    words = (HERE / "expressions.txt").read_text("utf-8") + (EVERY_KIND / "mutants.txt").read_text("utf-8")
    assert [kind.word for kind in Kind if f"{kind.word}: " not in words and f"  {kind.word}  " not in words] == []


def test_no_change_of_a_policy_is_refused_and_only_citations_that_nobody_reads_change_nothing() -> None:
    policy = load_policy(EVERY_KIND)
    changed = variants(policy, mutants(policy))
    assert [name for name, each in changed.items() if each is None] == []
    same = [name for name, each in changed.items() if each is not None and same_policy(each, policy)]
    assert same == [
        "pathways.later.cite: `atlas` left out",
        "pathways.later.cite: `atlas` becomes `book`",
    ]


def test_what_the_policy_does_not_use_is_not_changed() -> None:
    names = "\n".join(mutant.id for mutant in mutants(load_policy(EVERY_KIND)))
    for unused in ("patient.unused", "not used", "not_used", "unused_rule", "guarantees"):
        assert unused not in names
    for used in ("shared_rule", "grown_up", "one code", "two systems", "facts.patient.age"):
        assert used in names


def test_a_policy_of_which_nothing_is_changed_is_the_same() -> None:
    policy = load_policy(EVERY_KIND)
    diagnostics = Diagnostics()
    again = compile_policy(load_variant(files_of(policy), diagnostics), diagnostics)
    assert again is not None
    assert same_policy(policy, again)


def test_a_change_leaves_the_text_of_the_policy_as_it_was() -> None:
    policy = load_policy(EVERY_KIND)
    files = files_of(policy)
    before = [str(file.root) for file in files]
    assert mutants_of(policy, files)
    assert [str(file.root) for file in files] == before


EXAMPLES = sorted({example for rows in OPERATORS.values() for row in rows for example, _ in row.examples})


def test_every_change_of_every_example_of_the_operators_can_be_written_and_read_again() -> None:
    count = 0
    for example in EXAMPLES:
        tree = parse(Excerpt.whole(example), Diagnostics())
        assert tree is not None
        for change in variants_of(tree, Hints(), is_condition=True):
            count += 1
            diagnostics = Diagnostics()
            again = parse(Excerpt.whole(text_from_expression(change.whole)), diagnostics)
            assert again == change.whole, (example, text_from_expression(change.whole))
            assert change.whole != tree
    assert count > 1000
