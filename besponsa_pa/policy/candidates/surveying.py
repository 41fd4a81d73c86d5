"""What is worth trying of all the facts of a policy together, and around any other values of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from besponsa_pa.expression.frames import Frame
from besponsa_pa.policy.candidates.candidate import Candidate
from besponsa_pa.policy.candidates.clauses import Clauses
from besponsa_pa.policy.candidates.entries import Entries
from besponsa_pa.policy.candidates.lists import list_candidates
from besponsa_pa.policy.candidates.places import Place
from besponsa_pa.policy.candidates.seeds import anchor, completed, entry_seed, with_entries
from besponsa_pa.policy.candidates.varying import Varying
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.types import ListOf, Simple, Type
from besponsa_pa.values import Value


@dataclass(frozen=True, slots=True)
class Survey:
    """The candidates of each fact, without an order and without "not known".

    `frame` is the base with a value for every fact, `seeds` are the entries made up for each list.
    """

    varying: Varying
    facts: Mapping[str, Type]
    frame: Frame
    seeds: Mapping[str, Value]
    found: Mapping[str, tuple[Candidate, ...]]

    def at(self, fact: str, frame: Frame) -> tuple[Candidate, ...]:
        """The candidates of a fact around other values than those of the base."""
        match self.facts[fact]:
            case Simple() as kind:
                around = with_entries(frame, self.seeds)
                return tuple(self.varying.values(Place(fact, kind), around, self.found))
            case ListOf() as kind:
                return tuple(list_candidates(Entries(self.varying, fact, kind, frame, self.seeds[fact], self.found)))
            case _:
                return ()


def survey(compiled: CompiledPolicy, clauses: Clauses, base: Frame) -> Survey:
    """Look for the candidates of every fact of a policy in its clauses, around a base that may lack values."""
    facts = {name: fact.type for name, fact in compiled.policy.facts.items()}
    date = anchor(compiled, base)
    frame = completed(compiled, clauses, base)
    lists = {name: kind for name, kind in facts.items() if isinstance(kind, ListOf)}
    seeds = {name: entry_seed(name, kind, clauses, date) for name, kind in lists.items()}
    found: dict[str, tuple[Candidate, ...]] = dict.fromkeys(facts, ())
    surveyed = Survey(Varying(clauses, date), facts, frame, seeds, found)
    for _ in range(2):  # once more, for what is chosen by a value that has limits itself
        found.update({name: surveyed.at(name, frame) for name, kind in facts.items() if isinstance(kind, Simple)})
    found.update({name: surveyed.at(name, frame) for name in lists})
    return surveyed
