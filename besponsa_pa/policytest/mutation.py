"""Runs the tests of a policy against every small change of it, to find the changes that no test notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping as MappingNode
from besponsa_pa.document import Node, parse_document
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.files import File
from besponsa_pa.policy.loader import load_variant
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest.killing import Killer
from besponsa_pa.policytest.mutants import Mutant, mutants_of
from besponsa_pa.policytest.reading import PolicyTest, read_equivalent_mutants
from besponsa_pa.policytest.running import ReadCase, passes, read_case_of
from besponsa_pa.policytest.sameness import same_policy


class Fate(Enum):
    """What became of a mutant.

    `REFUSED`: the checker finds a mistake in it; `UNCHANGED`: it is the same policy. Neither is a mutant then.
    `EQUIVALENT`: no test notices, and the analyst says why none can.
    """

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"
    REFUSED = "refused"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class MutantResult:
    """A mutant and what became of it; `reason` is why it is equivalent, `compiled` the policy that it is."""

    mutant: Mutant
    fate: Fate
    reason: str = ""
    compiled: CompiledPolicy | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants there are of each fate."""

    counts: Mapping[Fate, int]

    @property
    def killed(self) -> int:
        """How many the tests notice."""
        return self.counts[Fate.KILLED]

    @property
    def total(self) -> int:
        """How many a test should notice: those that are mutants and are not said to be equivalent."""
        return self.killed + self.counts[Fate.SURVIVED]

    @property
    def percent(self) -> float:
        """How many of these the tests notice, in percent; all of none."""
        return 100 * self.killed / self.total if self.total else 100.0


def score(results: Iterable[MutantResult]) -> Score:
    """The results counted."""
    counts = dict.fromkeys(Fate, 0)
    for result in results:
        counts[result.fate] += 1
    return Score(counts)


class Mutation:
    """The mutants of one policy and the tests that should notice them.

    `node` is the file of the tests as parsed, with the mutants that it lists as equivalent. Ask for the tests that are
    `failing` first.
    """

    def __init__(self, compiled: CompiledPolicy, tests: Sequence[PolicyTest], node: Node) -> None:
        self.compiled = compiled
        self._node = node
        self.files = tuple(_parsed(compiled))
        self.mutants = mutants_of(compiled, self.files)
        # the last test that noticed something comes first: what notices one change notices others near it
        self._tests = [(test, read_case_of(test, compiled)) for test in tests]
        self._unchanged = self._compiled({})
        self._equivalent = {
            _plain(mutant.text): (mutant, reason.text) for mutant, reason in read_equivalent_mutants(node)
        }

    def run(self, selected: str = "") -> Iterator[MutantResult]:
        """What becomes of each mutant with a text in its id, one by one, so that a long run can be followed."""
        return (self._run(mutant) for mutant in self.mutants if selected.lower() in mutant.id.lower())

    def warn(self, results: Iterable[MutantResult], diagnostics: Diagnostics) -> None:
        """Report what is listed as equivalent and is not: no mutant of that name, or one that a test notices."""
        fates = {_plain(result.mutant.id): result.fate for result in results}
        known = {_plain(mutant.id) for mutant in self.mutants}
        for name, (place, _) in self._equivalent.items():
            if name not in known:
                help = "copy the words of the mutant as `mutate` prints them"
                diagnostics.warning("W610", "the policy has no such mutant", place.span, help=help)
            elif fates.get(name) in _NOT_EQUIVALENT:
                help = "delete the entry"
                diagnostics.warning("W611", _NOT_EQUIVALENT[fates[name]], place.span, help=help)

    def _run(self, mutant: Mutant) -> MutantResult:
        compiled = self.variant(mutant)
        if compiled is None:
            return MutantResult(mutant, Fate.REFUSED)
        if self._is_noticed(compiled):
            return MutantResult(mutant, Fate.KILLED)
        if same_policy(compiled, self.compiled):
            return MutantResult(mutant, Fate.UNCHANGED)
        listed = self._equivalent.get(_plain(mutant.id))
        if listed is not None:
            return MutantResult(mutant, Fate.EQUIVALENT, listed[1], compiled)
        return MutantResult(mutant, Fate.SURVIVED, compiled=compiled)

    def failing(self) -> tuple[PolicyTest, ...]:
        """The tests that fail although nothing is changed: they would seem to notice everything."""
        if self._unchanged is None:
            return tuple(test for test, _ in self._tests)
        return tuple(test for test, read in self._tests if not passes(test, read, self._unchanged))

    def killer(self) -> Killer:
        """What looks for the tests that are wanted."""
        return Killer(self.compiled, [test for test, _ in sorted(self._tests, key=_position)], self._node)

    def variant(self, mutant: Mutant) -> CompiledPolicy | None:
        """The policy that a mutant is, or None when the checker finds a mistake in it."""
        return self._compiled({mutant.file: mutant.root})

    def _compiled(self, changed: Mapping[str, MappingNode]) -> CompiledPolicy | None:
        diagnostics = Diagnostics()
        files = [replace(file, root=_deciding(changed.get(file.source.name, file.root))) for file in self.files]
        return compile_policy(load_variant(files, diagnostics), diagnostics)

    def _is_noticed(self, compiled: CompiledPolicy) -> bool:
        for position, (test, read) in enumerate(self._tests):
            if not passes(test, read, compiled):
                self._tests.insert(0, self._tests.pop(position))
                return True
        return False


_NOT_EQUIVALENT = {
    Fate.KILLED: "a test kills this mutant",
    Fate.REFUSED: "the checker refuses this mutant, so no test need kill it",
    Fate.UNCHANGED: "this mutant is the same policy, so no test need kill it",
}


def _position(each: tuple[PolicyTest, ReadCase]) -> int:
    """Where a test stands in its file."""
    return each[0].span.start


def _plain(text: str) -> str:
    """The words of a mutant, however they are laid out over the lines of a file."""
    return " ".join(text.split())


def _parsed(compiled: CompiledPolicy) -> Iterator[File]:
    """The files of a policy as nodes, its own last."""
    for source in compiled.policy.sources:
        root = parse_document(source, Diagnostics())
        assert isinstance(root, MappingNode), "the policy has been loaded from it"
        yield File("", source, root)


def _deciding(root: MappingNode) -> MappingNode:
    """What of a file has a part in decisions: guarantees are proved elsewhere."""
    return replace(root, entries=tuple(entry for entry in root.entries if entry[0].text != "guarantees"))
