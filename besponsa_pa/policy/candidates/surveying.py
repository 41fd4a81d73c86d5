"""What is worth trying of all the facts of a policy together, and around any other values of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.frames import Frame
from besponsa_pa.policy.candidates.candidate import Candidate
from besponsa_pa.policy.candidates.clauses import Clause, Clauses
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

    `frame` is the base with a value for every fact, `seeds` are the entries made up for each list, `kept` what was
    found for single clauses.
    """

    varying: Varying
    facts: Mapping[str, Type]
    frame: Frame
    seeds: Mapping[str, Value]
    found: Mapping[str, tuple[Candidate, ...]]
    kept: dict[tuple[int, str], tuple[Candidate, ...]] = field(default_factory=dict, compare=False)

    def within(self, clause: Clause, fact: str) -> tuple[Candidate, ...]:
        """The candidates of a list for the sake of one clause, however many there are of others."""
        key = (id(clause.expression), fact)
        kind = self.facts[fact]
        if key not in self.kept and isinstance(kind, ListOf):
            entries = Entries(self.varying, fact, kind, self.frame, self.seeds[fact], self.found, clause)
            self.kept[key] = tuple(list_candidates(entries))
        return self.kept.get(key, ())

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


def survey(compiled: CompiledPolicy, clauses: Clauses, musts: Iterable[Checked], base: Frame) -> Survey:
    """Look for the candidates of every fact of a policy in its clauses, around a base that may lack values.

    `musts` are what every real case keeps to; their clauses are among those of the policy.
    """
    facts = {name: fact.type for name, fact in compiled.policy.facts.items()}
    date = anchor(compiled, base)
    frame = completed(compiled, clauses, base)
    lists = {name: kind for name, kind in facts.items() if isinstance(kind, ListOf)}
    seeds = {name: entry_seed(name, kind, clauses, date) for name, kind in lists.items()}
    found: dict[str, tuple[Candidate, ...]] = dict.fromkeys(facts, ())
    kept = (clause for clause in map(clauses.clause, musts) if clause is not None)
    surveyed = Survey(Varying(clauses, date, tuple(kept)), facts, frame, seeds, found)
    simple = [name for name, kind in facts.items() if isinstance(kind, Simple)]
    found.update({name: surveyed.at(name, frame) for name in simple})
    # once more where what counts is chosen by another value, which may have limits itself
    found.update({name: surveyed.at(name, frame) for name in simple if _is_chosen(clauses, name)})
    found.update({name: surveyed.at(name, frame) for name in lists})
    return surveyed


def _is_chosen(clauses: Clauses, fact: str) -> bool:
    """Whether another fact decides what counts in a clause that reads a fact."""
    return any(clause.choosing and fact not in clause.choosing for clause in clauses.reading(fact))
