"""Random cases for any policy: around the cases of its own tests, or made up as a whole.

A case is plain data by the names of the facts, `nested` as a case file has it; `json_text` writes it with its numbers
digit for digit. The same seed gives the same cases.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from case_pools import Plain, Pool, plain_of, pools_of

from besponsa_pa.backends.sql.columns import judgments_of
from besponsa_pa.case import Case
from besponsa_pa.determination.admission import admitted
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import parse_document, read_source
from besponsa_pa.facts import Grade
from besponsa_pa.policy.model import CompiledPolicy, criteria_of
from besponsa_pa.policytest.reading import read_tests
from besponsa_pa.policytest.running import read_case_of

Flat = dict[str, Plain]
GRADES = tuple(grade.value for grade in Grade)
# how many of the places of a case are changed, and how much of a made up case is told
CHANGES = (0, 1, 1, 2, 2, 3, 4, 6, 10)
TOLD = (1.0, 0.98, 0.9, 0.9, 0.7, 0.4)


@dataclass(frozen=True)
class Base:
    """A case to begin with, by the names of its facts; its judgments, and the grades of its evidence by place."""

    facts: Mapping[str, Plain]
    judgments: Mapping[str, bool]
    evidence: Mapping[str, str]


@dataclass
class CaseMaker:
    """Makes cases for a policy. `hostile` ones also say what no table of typed columns can hold."""

    compiled: CompiledPolicy
    seed: int = 0
    bases: Sequence[Case] = ()
    hostile: bool = False
    count: int = 0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - nothing here is secret

    @cached_property
    def pools(self) -> Mapping[str, Pool]:
        """The values of each fact."""
        return pools_of(self.compiled, self.bases[0].facts if self.bases else {}, random.Random(self.seed))  # noqa: S311

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The facts that decide."""
        return tuple(self.pools)

    @cached_property
    def judgments(self) -> tuple[str, ...]:
        """The criteria that a clinician answers."""
        return judgments_of(self.compiled)

    @cached_property
    def graded(self) -> tuple[str, ...]:
        """The facts for which evidence may be asked; all of them where a criterion asks for it."""
        criteria = (each for pathway in self.compiled.pathways for each in criteria_of(pathway))
        if any(each.evidence is not None for each in criteria):
            return self.names
        return tuple(name for name in self.names if self.compiled.policy.facts[name].evidence is not None)

    @cached_property
    def begun(self) -> Sequence[Base]:
        """The cases to begin with."""
        return [_base(each, self.compiled, self.names) for each in self.bases]

    def cases(self, count: int) -> Iterator[Flat]:
        """So many cases, one after the other."""
        return (self.case() for _ in range(count))

    def case(self) -> Flat:
        """Another case."""
        chance = self.chance
        self.count += 1
        base = self.begun[int(chance.random() * len(self.begun))] if self.begun and chance.random() < 0.75 else None
        case: Flat = {"case": f"c{self.count}"}
        case.update(self._made_up() if base is None else self._changed(base))
        judgments = self._judgments(base)
        if judgments:
            case["judgments"] = judgments
        evidence = self._evidence(base, case)
        if evidence:
            case["evidence"] = evidence
        return nested(case)

    def _made_up(self) -> Flat:
        chance, told = self.chance, self.chance.choice(TOLD)
        found: Flat = {}
        for name, pool in self.pools.items():
            if chance.random() < told:
                found[name] = pool.choose(chance, hostile=self.hostile)
            elif chance.random() < 0.2:
                found[name] = None
        return found

    def _changed(self, base: Base) -> Flat:
        chance, found = self.chance, dict(base.facts)
        for _ in range(chance.choice(CHANGES)):
            name = self.names[int(chance.random() * len(self.names))]
            how = chance.random()
            if how < 0.12:
                found.pop(name, None)
            elif how < 0.16:
                found[name] = None
            else:
                found[name] = self.pools[name].choose(chance, hostile=self.hostile)
        return found

    def _judgments(self, base: Base | None) -> Flat:
        chance = self.chance
        found: Flat = {}
        for name in self.judgments:
            met = None if base is None else base.judgments.get(name)
            if base is None or chance.random() < 0.3:
                met = chance.choice((True, True, False, None))
            if met is not None:
                found[name] = {"met": met}
        return found

    def _evidence(self, base: Base | None, case: Flat) -> Flat:
        chance, changed = self.chance, self.chance.random() < 0.5
        found: Flat = {}
        for name in self.graded:
            if case.get(name) is None:
                continue
            kind = None if base is None else base.evidence.get(name)
            if (base is None and chance.random() < 0.8) or (changed and chance.random() < 0.3):
                kind = chance.choice((*GRADES, "documentation", None))
            if kind is not None:
                found[name] = {"kind": kind}
        return found


def maker_for(compiled: CompiledPolicy, seed: int = 0, *, hostile: bool = False) -> CaseMaker:
    """The maker for a policy that stands in a file, which begins with the cases of the tests beside it."""
    return CaseMaker(compiled, seed, tested_cases(compiled), hostile)


def tested_cases(compiled: CompiledPolicy) -> tuple[Case, ...]:
    """The cases of the tests that stand beside a policy, those that can be decided."""
    place = Path(compiled.policy.name).parent / "tests.yaml"
    unheard = Diagnostics()
    source = read_source(place, unheard) if place.is_file() else None
    node = None if source is None else parse_document(source, unheard)
    tests = () if node is None else read_tests(node, compiled, unheard)
    cases = (admitted(read_case_of(test, compiled).case, compiled, unheard) for test in tests)
    return tuple(case for case in cases if case is not None)


def _base(case: Case, compiled: CompiledPolicy, names: Sequence[str]) -> Base:
    facts = compiled.policy.facts
    return Base(
        {name: plain_of(case.facts[name], facts[name].type) for name in names if name in case.facts},
        {name: answer.met for name, answer in case.judgments.items()},
        {place: each.kind.value for place, each in case.evidence.items() if "[" not in place},
    )


# --- as files have it ---


def nested(flat: Mapping[str, Plain]) -> Flat:
    """A case by groups: `{"patient": {"birth_date": ...}}` for `{"patient.birth_date": ...}`."""
    made: Flat = {}
    for name, value in flat.items():
        first, dot, rest = name.partition(".")
        group = made.setdefault(first, {}) if dot else made
        assert isinstance(group, dict)
        if not dot:
            made[name] = value
        elif "." in rest:
            _put(group, rest.split("."), value)
        else:
            group[rest] = value
    return made


def _put(group: Flat, path: Sequence[str], value: Plain) -> None:
    for name in path[:-1]:
        inner = group.setdefault(name, {})
        assert isinstance(inner, dict)
        group = inner
    group[path[-1]] = value


def json_text(value: Plain) -> str:
    """A value as JSON on one line; a `Decimal` is a number with the digits that it has."""
    match value:
        case Decimal():
            return format(value, "f")
        case dict():
            return "{" + ",".join([f"{json.dumps(name)}:{json_text(part)}" for name, part in value.items()]) + "}"
        case list():
            return "[" + ",".join([json_text(part) for part in value]) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
