"""The tests that a policy lacks: few cases, each near the base, with what the policy decides of them now.

A test is suggested for every item of coverage that none reaches, for every value at a limit or on a list that has not
been seen to matter, and for every group that has not been seen one short. Each reaches something that no other does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from besponsa_pa.case import Case
from besponsa_pa.determination import determine
from besponsa_pa.determination.admission import admitted
from besponsa_pa.determination.findings import Decision, Determination, Pend
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.policy.candidates.places import entries_of
from besponsa_pa.policy.model import CheckedLeaf, CompiledPolicy
from besponsa_pa.policytest import constraints as wanted
from besponsa_pa.policytest import items
from besponsa_pa.policytest.attempts import (
    EVIDENCE,
    Attempt,
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
from besponsa_pa.types import ListOf

Goal: TypeAlias = Item | Boundary | Shortfall
# how many cases are looked at for one goal
LIMIT = 20_000
# how many are where there are more lists, and around how many other cases than the base that is done
FURTHER_LIMIT, MOST_CENTERS = 1_500, 3
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

    `is_sure`: no case reaches it that is made of the values that were tried, and those are values on both sides of each
    limit. Otherwise it depends on lists, of which there are too many, or the search was ended.
    """

    item: Item
    reason: str
    is_sure: bool


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
    suggester = _Suggester(compiled, recorder, ways, space, boundaries, shortfalls, {each.name for each in tests})
    goals = suggester.goals(frozenset(unreachable), coverage_only=coverage_only)
    suggester.look(goals, [case for test in tests if (case := read_case_of(test, compiled).case) is not None])
    return Suggestions(compiled, found if base is None else None, suggester.suggestions(), suggester.unreached())


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
    boundaries: Boundaries
    shortfalls: Shortfalls
    names: set[str]
    _missed: dict[Item, Found] = field(default_factory=dict)
    _spaces: dict[int, Space] = field(default_factory=dict)
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
        for goal in goals:
            if goal in self._reached():
                continue
            if isinstance(goal, Boundary) and self.boundaries.first(goal, cases) is not None:
                self._there.add(goal)
            elif not self._is_in_chosen(goal):
                self._choose(goal, self._search(goal))
        for goal in [*self._missed]:
            if goal not in self._reached() and goal.state != items.WAITED_FOR:
                self._search_further(goal)
        self._drop_idle()

    def unreached(self) -> tuple[Unreached, ...]:
        """The items that no case was found for."""
        reached = self._reached()
        missed = sorted((item for item in self._missed if item not in reached), key=self._order.__getitem__)
        return tuple(self._unreached(item, self._missed[item]) for item in missed)

    def _unreached(self, item: Item, found: Found) -> Unreached:
        facts = self.compiled.policy.facts
        lists = [name for name in found.variables if name in facts and isinstance(facts[name].type, ListOf)]
        return Unreached(item, _reason(found, self.space), found.is_exhaustive and not lists)

    def _reached(self) -> set[Goal]:
        return self._there.union(*(each.reaches for each in self._chosen))

    def _is_in_chosen(self, goal: Goal) -> bool:
        """Whether a case that has been chosen reaches a boundary by the way; it is then kept for that, too."""
        case = self.boundaries.first(goal, [each.case for each in self._chosen]) if isinstance(goal, Boundary) else None
        for each in self._chosen:
            if each.case is case:
                each.reaches |= {goal}
        return case is not None

    def _choose(self, goal: Goal, found: Found) -> None:
        """Take a case that was found for a goal; an item without one is kept in mind."""
        if found.changes is None:
            if isinstance(goal, Item):
                self._missed[goal] = found
            return
        base = self.space.base
        changes = {name: option for name, option in found.changes.items() if option.value != said(base, name)}
        case = with_changes(base, {name: option.value for name, option in changes.items()})
        if not (isinstance(goal, Item) and goal.state == items.WAITED_FOR):
            case = documented(self.compiled, case)
        for name in case.evidence:
            key = f"{EVIDENCE}.{name}"
            if said(case, key) != said(base, key):
                changes[key] = Option(said(case, key), "there")
        self._chosen.append(_Chosen(case, changes, self._reaches(case, changes, goal), goal))

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
        """The simplest case, also with more lists where it may take them."""
        ways = tuple(ways)
        found = self._simplest_in(self.space, ways, missing_first, is_first)
        if found.changes is not None or is_first:
            return found
        wide = self._space_around(self.space.base)
        lists = {name for name, each in wide.variables.items() if each != self.space.variables[name]}
        return found if lists.isdisjoint(found.variables) else self._simplest_in(wide, ways, missing_first, is_first)

    def _search_further(self, item: Item) -> None:
        """Look for a case around others than the base: those that have most of what the item takes."""
        ways = self.ways.of(item)
        missing_first = self.ways.about(item) if item.state == items.OPEN else ()
        names = {name for way in ways for name in self.ways.names_in(way)}
        centers = sorted(self._chosen, key=lambda each: (-_held(ways, each.case), -self._met(names, each)))
        for center in centers[:MOST_CENTERS]:
            found = self._simplest_in(self._space_around(center.case), ways, missing_first, True)
            if found.changes is not None:
                changes = {**center.changes, **{name: _retold(option) for name, option in found.changes.items()}}
                self._choose(item, replace(found, changes=changes))
                return

    def _met(self, names: Collection[str], chosen: _Chosen) -> int:
        """How many criteria are met in a case that read what is named."""
        met = {goal.name for goal in chosen.reaches if isinstance(goal, Item) and goal.state == items.MET}
        positions = (each for each in self.ways.positions.criteria if each.criterion.id in met)
        return sum(not set(wanted.names_of(each.criterion)).isdisjoint(names) for each in positions)

    def _space_around(self, case: Case) -> Space:
        """The wide space around a case."""
        if id(case) not in self._spaces:
            self._spaces[id(case)] = space_around(self.compiled, self.ways.positions, case, is_wide=True)
        return self._spaces[id(case)]

    def _simplest_in(self, space: Space, ways: Iterable[Way], missing_first: Iterable[str], is_first: bool) -> Found:
        best: Found | None = None
        tried, names, is_exhaustive = 0, dict[str, None](), True
        for way in ways:
            fewer = None if best is None else len(best.changes or ()) - 1
            limit = LIMIT if space is self.space else FURTHER_LIMIT
            found = space.find(way, limit, missing_first=missing_first, most=fewer)
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


def _held(ways: Iterable[Way], case: Case) -> int:
    """How much of what a way takes holds of a case, of the way of which most does."""
    attempt = Attempt(case)
    return max((sum(each.holds(attempt) for each in way if not each.is_goal) for way in ways), default=0)


def _retold(option: Option) -> Option:
    """The words for a value that was found around another case than the base: of a list only how long it is."""
    length = len(entries_of(option.value))  # type: ignore[arg-type]
    if not length:
        return option
    return Option(option.value, "with one entry" if length == 1 else f"with {length} entries")


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
