"""Finite search near a base case: the fewest changes of it with which all that is wanted holds.

Each step takes something that does not hold yet and changes a fact that it reads, for one of those must change. What
has been tried stays as it is further down, so that no combination comes twice. First few changes are tried, one more
each time; then any number, of which those that are not needed are taken back. Where a dead end has nothing to do with
the last change, all other values of that change are passed over (conflict-directed backjumping, Prosser 1993).
The same input is gone through in the same order, always.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from besponsa_pa.case import Case
from besponsa_pa.policytest.attempts import Attempt, Found, Option, Variable, nothing, with_changes
from besponsa_pa.policytest.constraints import Constraint

# how many changes are few, and how many cases are looked at before any number of changes is allowed
FEW, NEAR_LIMIT = 4, 1_500
# what goals may cost that are looked at, in each of the two rounds; anything where nothing else leads to a case
MOST_COST = 2_000

Changes = Mapping[str, Option]
Names = frozenset[str]
NO_NAMES: Names = frozenset()


class Enough(Exception):  # noqa: N818 - no error: it ends a search that has taken long enough
    """Raised when as many cases were looked at as may be."""


@dataclass(frozen=True, slots=True)
class Space:
    """What a search goes through: the base, and what may be said otherwise in it."""

    base: Case
    variables: Mapping[str, Variable]

    def find(
        self,
        wanted: Sequence[Constraint],
        limit: int,
        fixed: Changes | None = None,
        *,
        missing_first: Iterable[str] = (),
        free: Iterable[str] = (),
        most: int | None = None,
    ) -> Found:
        """The fewest changes with which all that is wanted holds, among `limit` cases looked at.

        `fixed` changes are there from the beginning and not taken back, nor counted. Of what is named in
        `missing_first` it is tried first that it is not known. What is `free` costs no change (and need not be as in
        the base afterwards). With more than `most` changes a case is not looked for.
        """
        return _Search(
            self, tuple(wanted), limit, dict(fixed or {}), frozenset(missing_first), frozenset(free), most
        ).run()

    def attempt(self, changes: Changes, without: Iterable[str] = ()) -> Attempt:
        """The base with some changes, and without what may still be anything."""
        values = {name: option.value for name, option in changes.items()}
        values |= {name: nothing(name) for name in without}
        return Attempt(with_changes(self.base, values))


@dataclass(slots=True)
class _Search:
    space: Space
    wanted: tuple[Constraint, ...]
    limit: int
    fixed: dict[str, Option]
    missing_first: Names
    free: Names
    most: int | None
    tried: int = 0
    _cost: int = 0
    _most: int = 0  # cases that may be looked at in this round
    _is_cut: bool = False
    _found: dict[str, Option] | None = None
    _touching: dict[str, list[int]] = field(default_factory=dict)
    _goals: tuple[Constraint, ...] = ()
    _plain: tuple[Constraint, ...] = ()

    def __post_init__(self) -> None:
        self._goals = tuple(each for each in self.wanted if each.is_goal)
        self._plain = tuple(each for each in self.wanted if not each.is_goal)
        for index, each in enumerate(self._plain):
            for name in each.variables:
                self._touching.setdefault(name, []).append(index)

    def run(self) -> Found:
        """Few changes first, then any number of them."""
        attempt = self.space.attempt(self.fixed)
        violated = tuple(index for index, each in enumerate(self._plain) if not each.holds(attempt))
        frozen = frozenset(self.fixed)
        self._most = min(self.limit, NEAR_LIMIT)
        try:
            first = self._least(violated, frozen)
            for left in range(first, max(FEW, first + 2) if self.most is None else self.most + 1):
                self._is_cut = False
                self._visit(attempt, self.fixed, frozen, violated, left)
                if self._found is not None or not self._is_cut:
                    return self._result(is_exhaustive=True)
        except Enough:
            pass
        if self.most is not None:
            return self._result(is_exhaustive=False)
        return self._without_bound(attempt, frozen, violated)

    def _without_bound(self, attempt: Attempt, frozen: Names, violated: tuple[int, ...]) -> Found:
        self._most, self._cost = self.limit, 0
        try:
            self._visit(attempt, self.fixed, frozen, violated, None)
        except Enough:
            return self._result(is_exhaustive=False)
        if self._found is not None:
            self._take_back()
        return self._result(is_exhaustive=True)

    def _result(self, *, is_exhaustive: bool) -> Found:
        names = dict.fromkeys(name for each in self.wanted for name in each.variables)
        return Found(self._found, is_exhaustive, self.tried, tuple(names))

    def _take_back(self) -> None:
        """Leave out every change without which all still holds, the last ones first."""
        assert self._found is not None
        for name in [*self._found][::-1]:
            fewer = {key: option for key, option in self._found.items() if key != name}
            if name not in self.fixed and self._all_hold(self.space.attempt(fewer)):
                self._found = fewer

    def _all_hold(self, attempt: Attempt) -> bool:
        return all(each.holds(attempt) for each in (*self._plain, *self._goals))

    # --- one step ---

    def _visit(
        self, attempt: Attempt, changes: Changes, frozen: Names, violated: tuple[int, ...], left: int | None
    ) -> Names | None:
        """None when a case was found; else the names of what would have to be otherwise than it is here."""
        self._count()
        chosen = self._chosen(attempt, frozen, violated)
        if chosen is None:
            self._found = dict(changes)
            return None
        if left is not None and self._least(violated or (chosen,), frozen) > left:
            self._is_cut = True
            return frozen
        open_names = [name for name in chosen.variables if name not in frozen and name in self.space.variables]
        if not open_names or not chosen.may_hold(self.space.attempt(changes, open_names)):
            return frozen.intersection(chosen.variables)
        return self._branch(chosen, changes, frozen, violated, left)

    def _branch(
        self, chosen: Constraint, changes: Changes, frozen: Names, violated: tuple[int, ...], left: int | None
    ) -> Names | None:
        """Change each of what something reads to each of its values; the reasons for which none of that will do."""
        conflict, passed = frozen.intersection(chosen.variables), NO_NAMES
        for name in chosen.variables:
            if name in frozen or name not in self.space.variables:
                continue
            within = frozen | passed | {name}
            for option in self._options(name):
                inner = {**changes, name: option}
                attempt = self.space.attempt(inner)
                still = self._still(attempt, name, violated)
                reasons = self._visit(attempt, inner, within, still, self._less(left, name))
                if reasons is None:
                    return None
                conflict |= reasons
                if name not in reasons:
                    return conflict - passed - {name}
            passed |= {name}
        return conflict - passed

    def _less(self, left: int | None, name: str) -> int | None:
        return left if left is None or name in self.free else left - 1

    def _options(self, name: str) -> Sequence[Option]:
        others = self.space.variables[name].options[1:]
        return sorted(others, key=lambda option: not option.is_missing) if name in self.missing_first else others

    def _chosen(self, attempt: Attempt, frozen: Names, violated: tuple[int, ...]) -> Constraint | None:
        """What does not hold and leaves the fewest things to change; a goal only when all else holds."""
        if violated:
            found = (self._plain[index] for index in violated)
            return min(found, key=lambda each: sum(name not in frozen for name in each.variables))
        for each in self._goals:
            self._cost += each.cost
            if not each.holds(attempt):
                self._check_cost()
                return each
        return None

    def _check_cost(self) -> None:
        if self._plain and self._cost > MOST_COST:
            raise Enough

    def _still(self, attempt: Attempt, name: str, violated: tuple[int, ...]) -> tuple[int, ...]:
        """What does not hold after a change: only what reads the changed name is looked at again."""
        touched = self._touching.get(name, [])
        kept = [index for index in violated if index not in touched]
        return tuple(sorted([*kept, *(index for index in touched if not self._plain[index].holds(attempt))]))

    def _least(self, violated: Iterable[int | Constraint], frozen: Names) -> int:
        """A number of changes below which not all can hold: what has no name in common needs a change each."""
        seen: set[str] = set()
        count = 0
        for each in violated:
            constraint = self._plain[each] if isinstance(each, int) else each
            names = set(constraint.variables) - frozen
            if names.isdisjoint(self.free) and names.isdisjoint(seen):
                seen |= names
                count += 1
        return count

    def _count(self) -> None:
        if self.tried >= self._most:
            raise Enough
        self.tried += 1
