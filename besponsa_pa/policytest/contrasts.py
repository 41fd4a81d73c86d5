"""In what two policies differ, and what a case may say about that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from besponsa_pa.case import Case
from besponsa_pa.case.model import Evidence
from besponsa_pa.determination.evidence import asks_for_evidence
from besponsa_pa.expression import checked
from besponsa_pa.facts import Grade
from besponsa_pa.policy.candidates import candidates
from besponsa_pa.policy.conditions import granted_values
from besponsa_pa.policy.model import CompiledPolicy, Judgment, criteria_of
from besponsa_pa.policytest.attempts import EVIDENCE, JUDGMENTS, Option, Variable, answer_options, nothing, said
from besponsa_pa.policytest.constraints import names_of, names_of_pathway
from besponsa_pa.policytest.sameness import Key, parts_of
from besponsa_pa.types import CODE, plain
from besponsa_pa.values import Code


def names_that_differ(compiled: CompiledPolicy, mutant: CompiledPolicy) -> tuple[str, ...]:
    """What the parts read in which two policies differ, and what says to whom these apply."""
    parts, others = parts_of(compiled), parts_of(mutant)
    keys = [key for key in {**parts, **others} if (key in parts, parts.get(key)) != (key in others, others.get(key))]
    return tuple(dict.fromkeys(name for key in keys for each in (compiled, mutant) for name in _read_by(key, each)))


def _read_by(key: Key, compiled: CompiledPolicy) -> Iterator[str]:
    match key:
        case ("fact", name):
            yield from (f"{EVIDENCE}.{name}", name)
        case ("must", name):
            yield name
            yield from checked.facts_read(compiled.musts[name].expression) if name in compiled.musts else ()
        case ("advisory", name):
            whens = (each.when for each in compiled.advisories if each.id == name and each.when is not None)
            yield from (fact for when in whens for fact in checked.facts_read(when.expression))
        case (kind, pathway, *rest):
            yield from _read_by_pathway(kind, pathway, rest, compiled)
        case _:  # `otherwise`: where no pathway applies
            for each in compiled.pathways:
                yield from () if each.when is None else checked.facts_read(each.when.expression)


def _read_by_pathway(kind: str, name: str, rest: Sequence[str], compiled: CompiledPolicy) -> Iterator[str]:
    for pathway in (each for each in compiled.pathways if each.name == name):
        match kind:
            case "criterion":
                for criterion in (each for each in criteria_of(pathway) if each.id in rest):
                    yield from names_of(criterion)
                    yield from (f"{EVIDENCE}.{fact}" for fact in names_of(criterion) if criterion.evidence is not None)
            case "grant":
                for _, value in granted_values(pathway.grant):
                    yield from checked.facts_read(value.expression)
            case _:
                yield from names_of_pathway(pathway)
        yield from () if pathway.when is None else checked.facts_read(pathway.when.expression)


def variables_of(compiled: CompiledPolicy, mutant: CompiledPolicy, base: Case) -> dict[str, Variable]:
    """What may be said otherwise: what either policy decides by, each grade of evidence, each answer to a judgment."""
    tried: dict[str, list[Option]] = {name: [] for name in compiled.policy.facts}
    for each in (compiled, mutant):
        for name, found in candidates(each, dict(base.facts)).items():
            tried[name] += [Option(candidate.value, candidate.says) for candidate in found]
    for name, code in _codes_that_differ(compiled, mutant):
        tried[name].append(Option(code, f"`{code.code}`"))
    variables = {name: Variable(name, _once(options)) for name, options in tried.items()}
    if asks_for_evidence(compiled) or asks_for_evidence(mutant):
        for fact in compiled.policy.facts:
            name = f"{EVIDENCE}.{fact}"
            variables[name] = Variable(name, (Option(nothing(name), "not there"), *_grades()))
    for pathway in compiled.pathways:
        for criterion in criteria_of(pathway):
            if isinstance(criterion.body, Judgment):
                name = f"{JUDGMENTS}.{criterion.id}"
                variables[name] = Variable(name, answer_options(said(base, name), name))
    return variables


def _grades() -> Iterator[Option]:
    return (Option(Evidence(grade), f"by {grade.value}") for grade in Grade)


def _codes_that_differ(compiled: CompiledPolicy, mutant: CompiledPolicy) -> Iterator[tuple[str, Code]]:
    """The codes that are in a value set of one policy and not of the other, for each fact that is a code."""
    facts = [name for name, fact in compiled.policy.facts.items() if plain(fact.type) == CODE]
    for name, value_set in compiled.policy.value_sets.items():
        for system, code in sorted(value_set.codes ^ mutant.policy.value_sets[name].codes, key=str):
            yield from ((fact, Code(code, system)) for fact in facts)


def _once(options: Iterable[Option]) -> tuple[Option, ...]:
    kept: list[Option] = []
    for option in options:
        if all(type(option.value) is not type(each.value) or option.value != each.value for each in kept):
            kept.append(option)
    return tuple(kept)
