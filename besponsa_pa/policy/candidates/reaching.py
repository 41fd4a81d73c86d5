"""Whether any case makes an expression true, or false: a search near the candidates, and how sure its answer is.

A case that is found is a proof. That there is none is said only where all that the candidates allow was gone through,
and where the candidates are known to tell: not of texts that are taken apart, nor of lists that are joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice

from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.frames import Frame
from besponsa_pa.policy.candidates.answers import truth
from besponsa_pa.policy.candidates.clauses import Clauses
from besponsa_pa.policy.candidates.goals import AnyOf, Goal, Settled, Wanted, flat, goal_of, leaves
from besponsa_pa.policy.candidates.looking import MOST_TRIED, Looking, Reached, facts_of
from besponsa_pa.policy.candidates.places import Place
from besponsa_pa.policy.candidates.surveying import Survey
from besponsa_pa.types import ANY

# So many cases are kept for the expressions to come, and so many pairs of clauses are looked at by themselves.
MOST_KNOWN = 60
MOST_PAIRS = 100
MOST_FOR_A_PAIR = 600


@dataclass(frozen=True, slots=True)
class Reaching:
    """Looks for cases; `musts` are what every real case keeps to, `known` the cases that were found so far."""

    survey: Survey
    musts: tuple[Checked, ...]
    known: list[Frame] = field(default_factory=list, compare=False)

    @property
    def clauses(self) -> Clauses:
        """The clauses of the policy."""
        return self.survey.varying.clauses

    def reach(self, node: Checked, wanted: Wanted) -> Reached:
        """A case in which an expression is as wanted."""
        clause = self.clauses.clause(node)
        if clause is not None and not clause.slots:
            for frame in self.known:
                if truth(clause, self.clauses.aliases, frame, Place(clause.facts[0], ANY)) in wanted.value:
                    return Reached(frame, False)
        found = self.reach_all((goal_of(node, wanted, self.clauses),))
        if found.frame is not None and len(self.known) < MOST_KNOWN:
            self.known.append(found.frame)
        return found

    def reach_all(self, goals: Iterable[Goal]) -> Reached:
        """A case in which several things are so at once."""
        parts = [part for goal in goals for part in flat(goal)]
        if any(isinstance(part, Settled) and not part.holds for part in parts):
            return Reached(None)
        frame, sure = dict(self.survey.frame), True
        for group in self._groups([part for part in parts if not isinstance(part, Settled)]):
            found = self._reach_group(group)
            if found.frame is None and found.is_sure:
                return found
            sure = sure and found.frame is not None
            frame.update({name: (found.frame or frame)[name] for name in facts_of(group)})
        return Reached(frame if sure else None, False)

    def _groups(self, parts: Sequence[Goal]) -> list[list[Goal]]:
        """The goals that have facts in common, together."""
        groups: list[tuple[set[str], list[Goal]]] = []
        for part in parts:
            facts = set(facts_of([part]))
            same = [group for group in groups if group[0] & facts]
            merged = (facts.union(*(group[0] for group in same)), [*(g for group in same for g in group[1]), part])
            groups = [*(group for group in groups if group not in same), merged]
        return [goals for _, goals in groups]

    def _reach_group(self, group: list[Goal]) -> Reached:
        if len(group) == 1 and isinstance(group[0], AnyOf):
            return self._reach_any(group[0])
        found = self._look(group)
        if found.frame is not None or len(group) < 3:
            return found
        return next((each for each in self._pairs(group) if each.frame is None and each.is_sure), found)

    def _pairs(self, group: list[Goal]) -> Iterator[Reached]:
        """What comes of each two of some goals that read the same: often two alone exclude each other."""
        facts = {id(part): frozenset(facts_of([part])) for part in group}
        pairs = (pair for pair in combinations(group, 2) if facts[id(pair[0])] & facts[id(pair[1])])
        return (self._look(list(pair), MOST_FOR_A_PAIR) for pair in islice(pairs, MOST_PAIRS))

    def _reach_any(self, goal: AnyOf) -> Reached:
        sure = True
        for part in goal.parts:
            found = self.reach_all((part,))
            if found.frame is not None:
                return found
            sure = sure and found.is_sure
        return Reached(None, sure)

    def _look(self, group: list[Goal], most: int = MOST_TRIED) -> Reached:
        found = Looking(self.survey, (*group, *self._kept(group)), most).look()
        return found if found.frame is not None else Reached(None, found.is_sure, tuple(leaves(group)))

    def _kept(self, group: Sequence[Goal]) -> Iterator[Goal]:
        """What every real case keeps to of the facts that a group reads."""
        facts = set(facts_of(group))
        for must in self.musts:
            if facts.issuperset(self.clauses.facts_in(must)):
                yield goal_of(must, Wanted.NOT_FALSE, self.clauses)
