"""The tests that a policy lacks: few cases, each near the base, with what the policy decides of them now.

A test is suggested for every item of coverage that none reaches, for every value at a limit or on a list that has not
been seen to matter, and for every group that has not been seen one short. Each reaches something that no other does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from besponsa_pa.case import Case
from besponsa_pa.determination import determine
from besponsa_pa.determination.admission import admitted
from besponsa_pa.determination.findings import Decision, Determination, Pend
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.policy.model import CheckedLeaf, CompiledPolicy
from besponsa_pa.policytest import constraints as wanted
from besponsa_pa.policytest import items
from besponsa_pa.policytest.attempts import (
    EVIDENCE,
    Found,
    Option,
    dropped_evidence,
    nothing,
    said,
    with_changes,
)
from besponsa_pa.policytest.bases import Base, documented, found_base, space_around
from besponsa_pa.policytest.boundaries import Boundaries, Boundary
from besponsa_pa.policytest.coverage import Recorder
from besponsa_pa.policytest.entries import Written, entry
from besponsa_pa.policytest.items import Item, Kind
from besponsa_pa.policytest.naming import made_unique, sentence
from besponsa_pa.policytest.positions import Positions
from besponsa_pa.policytest.reading import PolicyTest
from besponsa_pa.policytest.running import read_case_of
from besponsa_pa.policytest.search import Space
from besponsa_pa.policytest.shortfalls import Shortfall, Shortfalls
from besponsa_pa.policytest.ways import Way, Ways

Goal: TypeAlias = Item | Boundary | Shortfall
# how many cases are looked at for one goal
LIMIT = 20_000
# as many names are told of what was tried in vain
MOST_NAMED = 6
REFUSED = "breaks what holds for every real case"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A test that is lacking: what it adds to the tests, and the test as `tests.yaml` has it."""

    adds: tuple[Goal, ...]
    entry: Mapping[str, Written]

    @property
    def name(self) -> str:
        """The sentence that it has for a name."""
        return str(self.entry["name"])


@dataclass(frozen=True, slots=True)
class Unreached:
    """An item that no case was found for, and what was tried.

    `is_exhaustive`: no case made of the values that were tried reaches it; otherwise the search was ended.
    """

    item: Item
    reason: str
    is_exhaustive: bool


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the tests of a policy lack. `base` is there when they have none to begin with."""

    compiled: CompiledPolicy
    base: Base | None
    tests: tuple[Suggestion, ...]
    unreached: tuple[Unreached, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is lacking."""
        return not self.tests and not self.unreached


def suggest(
    compiled: CompiledPolicy,
    tests: Sequence[PolicyTest],
    base: Case | None,
    unreachable: Iterable[str] = (),
    *,
    coverage_only: bool = False,
) -> Suggestions:
    """The tests that a policy lacks beside those that it has.

    `base` is the case that these begin with; where there is none, an approved one is looked for. `unreachable` are the
    texts of the items that its analyst says no case can reach. `coverage_only` leaves out what coverage does not count.
    """
    recorder, positions = Recorder(compiled), Positions(compiled)
    ways = Ways(compiled, recorder, positions)
    found = found_base(compiled, positions, ways) if base is None else Base(base, None)
    space = space_around(compiled, positions, found.case)
    boundaries, shortfalls = Boundaries(compiled, positions, ways, space), Shortfalls(compiled, positions, ways)
    wide = space_around(compiled, positions, found.case, is_wide=True)
    suggester = _Suggester(compiled, recorder, ways, space, wide, boundaries, shortfalls, {each.name for each in tests})
    goals = suggester.goals(frozenset(unreachable), coverage_only=coverage_only)
    suggester.look(goals, [case for test in tests if (case := read_case_of(test, compiled).case) is not None])
    return Suggestions(compiled, found if base is None else None, suggester.suggestions(), tuple(suggester.unreached))


@dataclass(slots=True)
class _Chosen:
    """A case that has been chosen, what it is for, and all the goals that it reaches."""

    case: Case
    changes: dict[str, Option]
    reaches: frozenset[Goal]
    goal: Goal


@dataclass(slots=True)
class _Suggester:
    compiled: CompiledPolicy
    recorder: Recorder
    ways: Ways
    space: Space
    wide: Space
    boundaries: Boundaries
    shortfalls: Shortfalls
    names: set[str]
    unreached: list[Unreached] = field(default_factory=list)
    _chosen: list[_Chosen] = field(default_factory=list)
    _there: set[Goal] = field(default_factory=set)
    _order: dict[Goal, int] = field(default_factory=dict)

    # --- what is wanted ---

    def goals(self, unreachable: frozenset[str], *, coverage_only: bool) -> tuple[Goal, ...]:
        """All that tests should reach, in the order of the policy."""
        covered = [item for item in self.recorder.items if item.text not in unreachable]
        if coverage_only:
            return tuple(covered)
        order = {item: index for index, item in enumerate(self.recorder.items)}
        read = self._first_read(order)
        pairs: list[tuple[float, Goal]] = [(order[item], item) for item in covered]
        pairs += [(read.get(each.criterion or each.group, len(order)), each) for each in self.shortfalls.all()]
        pairs += [(read.get(each.fact, len(order)), each) for each in self.boundaries.all()]
        return tuple(goal for _, goal in sorted(pairs, key=lambda pair: pair[0]))

    def _first_read(self, order: Mapping[Item, int]) -> dict[str, float]:
        """For each criterion, and each fact that is read, the place in the order at which it belongs."""
        found: dict[str, float] = {}
        leaves = {each.criterion.id: each.criterion for each in self.ways.positions.criteria}
        for item, index in order.items():
            names: tuple[str, ...] = ()
            if item.kind is Kind.CRITERION and item.state != items.NOT_APPLICABLE:
                criterion = leaves[item.name]
                names = wanted.names_of(criterion) if isinstance(criterion.body, CheckedLeaf) else ()
                found[item.name] = index + 0.5
            elif item.kind in (Kind.PATHWAY, Kind.ADVISORY, Kind.GRANT):
                names = tuple(name for way in self.ways.of(item)[:1] for each in way for name in each.variables)
                names = () if item.kind is Kind.PATHWAY and item.state != items.APPLIES else names
            for name in names:
                found.setdefault(name, index + 0.6)
        return found

    # --- what is there, and what is looked for ---

    def look(self, goals: Sequence[Goal], cases: Sequence[Case]) -> None:
        """Choose a case for each goal that no case reaches yet."""
        self._order = {goal: index for index, goal in enumerate(goals)}
        for case in cases:
            self._there |= self.recorder.record(case)
            self._there |= self.shortfalls.reached(case) if admitted(case, self.compiled, Diagnostics()) else set()
        reached: set[Goal] = set()
        for goal in goals:
            if goal in self._there or goal in reached:
                continue
            if isinstance(goal, Boundary) and self.boundaries.first(goal, cases) is not None:
                self._there.add(goal)
            elif not self._is_in_chosen(goal) and (chosen := self._case_for(goal)) is not None:
                self._chosen.append(chosen)
                reached |= chosen.reaches
        self._drop_idle()

    def _is_in_chosen(self, goal: Goal) -> bool:
        """Whether a case that has been chosen reaches a boundary by the way; it is then kept for that, too."""
        case = self.boundaries.first(goal, [each.case for each in self._chosen]) if isinstance(goal, Boundary) else None
        for each in self._chosen:
            if each.case is case:
                each.reaches |= {goal}
        return case is not None

    def _case_for(self, goal: Goal) -> _Chosen | None:
        found = self._search(goal)
        if found.changes is None:
            if isinstance(goal, Item):
                self.unreached.append(Unreached(goal, _reason(found, self.wide), found.is_exhaustive))
            return None
        changes = {
            name: option for name, option in found.changes.items() if option.value != said(self.space.base, name)
        }
        case = with_changes(self.space.base, {name: option.value for name, option in changes.items()})
        if not (isinstance(goal, Item) and goal.state == items.WAITED_FOR):
            case = documented(self.compiled, case)
        for name in case.evidence:
            key = f"{EVIDENCE}.{name}"
            if said(case, key) != said(self.space.base, key):
                changes[key] = Option(said(case, key), "there")
        return _Chosen(case, changes, self._reaches(case, changes, goal), goal)

    def _search(self, goal: Goal) -> Found:
        """The simplest case for a goal, of those that the ways to it lead to."""
        match goal:
            case Boundary():
                return self.boundaries.find(goal)
            case Shortfall():
                return self._simplest(self.shortfalls.to(goal))
            case Item():
                missing_first = self.ways.about(goal) if goal.state == items.OPEN else ()
                # evidence takes long to look for: the first case will do
                return self._simplest(self.ways.of(goal), missing_first, is_first=goal.state == items.WAITED_FOR)

    def _simplest(self, ways: Iterable[Way], missing_first: Iterable[str] = (), *, is_first: bool = False) -> Found:
        """The simplest case, also with lists of two entries where it takes them."""
        ways = tuple(ways)
        found = self._simplest_in(self.space, ways, missing_first, is_first)
        lists = {name for name, each in self.wide.variables.items() if each != self.space.variables[name]}
        if found.changes is None and not is_first and not lists.isdisjoint(found.variables):
            return self._simplest_in(self.wide, ways, missing_first, is_first)
        return found

    def _simplest_in(self, space: Space, ways: Iterable[Way], missing_first: Iterable[str], is_first: bool) -> Found:
        best: Found | None = None
        tried, names, is_exhaustive = 0, dict[str, None](), True
        for way in ways:
            fewer = None if best is None else len(best.changes or ()) - 1
            found = space.find(way, LIMIT, missing_first=missing_first, most=fewer)
            tried += found.tried
            names |= dict.fromkeys(self.ways.names_in(way))
            is_exhaustive = is_exhaustive and found.is_exhaustive
            best = found if found.changes is not None else best
            if best is not None and (is_first or len(best.changes or ()) <= 1):
                break
        return best or Found(None, is_exhaustive, tried, tuple(names))

    def _reaches(self, case: Case, changes: Mapping[str, Option], goal: Goal) -> frozenset[Goal]:
        """All that a case reaches; of boundaries those of what is changed in it, or of all facts in the base itself."""
        found: set[Goal] = {goal, *self.recorder.record(case)}
        if admitted(case, self.compiled, Diagnostics()):
            found |= self.shortfalls.reached(case)
        for each in self._order:
            if isinstance(each, Boundary) and (each.fact in changes or not changes):
                found |= {each} if self.boundaries.is_reached(each, case) else set()
        return frozenset(found & self._order.keys())

    def _drop_idle(self) -> None:
        """Leave out what others reach together, the last ones first: the rest was chosen without them."""
        for chosen in self._chosen[::-1]:
            others = [each for each in self._chosen if each is not chosen]
            if chosen.reaches <= self._there.union(*(each.reaches for each in others)):
                self._chosen = others

    # --- as tests ---

    def suggestions(self) -> tuple[Suggestion, ...]:
        """The chosen cases as tests, in the order of what they are for."""
        told = set(self._there)
        found: list[Suggestion] = []
        for chosen in self._chosen:
            new = sorted(chosen.reaches - told, key=self._order.__getitem__)
            adds = tuple(sorted(new, key=lambda goal: goal != chosen.goal))
            told |= chosen.reaches
            found.append(Suggestion(adds, self._entry(chosen, adds)))
        return tuple(found)

    def _entry(self, chosen: _Chosen, adds: Sequence[Goal]) -> Mapping[str, Written]:
        accepted = admitted(chosen.case, self.compiled, Diagnostics())
        determination = None if accepted is None else determine(self.compiled, accepted)
        advisories = {goal.name for goal in adds if isinstance(goal, Item) and goal.kind is Kind.ADVISORY}
        told = advisories if isinstance(chosen.goal, Item) and chosen.goal.kind is Kind.ADVISORY else set()
        name = made_unique(sentence(chosen.changes, determination, told), self.names)
        self.names.add(name)
        changes = {name: option.value for name, option in chosen.changes.items()}
        for place in dropped_evidence(self.space.base, changes):
            changes[f"{EVIDENCE}.{place}"] = nothing(place)
        written = entry(name, changes, determination, self.compiled, says=tuple(_says(determination, chosen, adds)))
        if determination is None:
            written["says"] = REFUSED
        return written


def _says(determination: Determination | None, chosen: _Chosen, adds: Sequence[Goal]) -> Iterator[str]:
    """The keys of what a test expects, as far as it is about them."""
    if determination is None:
        return
    kinds = {goal.kind for goal in adds if isinstance(goal, Item)}
    is_missing = any(option.is_missing for option in chosen.changes.values())
    yield from ("pend",) if determination.pend not in (None, Pend.INFORMATION) else ()
    yield from ("pathway",) if Kind.PATHWAY in kinds else ()
    if determination.reasons and (determination.decision is not Decision.APPROVE or not chosen.changes):
        yield "because"
    yield from ("asks",) if is_missing or determination.missing or not chosen.changes else ()
    yield from ("advises",) if Kind.ADVISORY in kinds else ()
    yield from ("grant",) if Kind.GRANT in kinds else ()


def _reason(found: Found, space: Space) -> str:
    """What was tried in vain, in words."""
    names = [name for name in found.variables if name in space.variables]
    if not found.is_exhaustive:
        return f"not found among {found.tried:,} cases"
    if not names:
        return "it is the same in every case"
    counted = [f"{len(space.variables[name].options)} of `{name}`" for name in names[:MOST_NAMED]]
    counted += [f"those of {len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    values = f"{', '.join(counted[:-1])} and {counted[-1]}" if len(counted) > 1 else counted[0]
    return f"no case with the values that were tried reaches it: {values}"
