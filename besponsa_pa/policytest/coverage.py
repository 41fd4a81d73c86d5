"""Which items of a policy its tests reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from besponsa_pa.case import Case
from besponsa_pa.determination import determine
from besponsa_pa.determination.deciding import PathwayHeld, decide
from besponsa_pa.determination.evidence import asks_for_evidence, documented, stated
from besponsa_pa.determination.findings import Part, Pend, Status
from besponsa_pa.determination.holding import Held, Outcome, truth_of
from besponsa_pa.expression.frames import Frame
from besponsa_pa.policy.conditions import granted_values
from besponsa_pa.policy.model import (
    CheckedCriterion,
    CheckedGrant,
    CheckedGroup,
    CheckedLeaf,
    CheckedPathway,
    CompiledPolicy,
    Condition,
    GroupKind,
)  # fmt: skip
from besponsa_pa.policytest import items
from besponsa_pa.policytest.items import ALTERNATIVES, STATES, Item, Kind, items_of, owner_of
from besponsa_pa.policytest.probes import Seen, probed
from besponsa_pa.policytest.reading import PolicyTest
from besponsa_pa.policytest.running import read_case_of
from besponsa_pa.values import Truth

# What an item is found by: the kinds inside expressions by their place, all others by kind, name, what is around it,
# what it belongs to, and state.
PLACED = frozenset({Kind.CLAUSE, Kind.RESULT, Kind.ROW})
Name: TypeAlias = tuple[Kind, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Each item of a policy, in the order of the policy, with the names of the tests that reach it.

    `unreachable` are those that no case can reach, as the analyst says with a reason; they are not counted, unless a
    test reaches them after all.
    """

    policy: CompiledPolicy
    reached: Mapping[Item, tuple[str, ...]]
    unreachable: Mapping[Item, str]

    @property
    def missing(self) -> tuple[Item, ...]:
        """The items that no test reaches, although one could."""
        return tuple(item for item, tests in self.reached.items() if not tests and item not in self.unreachable)

    @property
    def count(self) -> tuple[int, int]:
        """How many items are reached, and how many could be."""
        reached = sum(1 for tests in self.reached.values() if tests)
        return reached, reached + len(self.missing)

    @property
    def percent(self) -> Fraction:
        """How much of what could be reached is, exactly; of nothing everything."""
        reached, total = self.count
        return Fraction(100 * reached, total) if total else Fraction(100)


def coverage_of(
    compiled: CompiledPolicy, tests: Iterable[PolicyTest], unreachable: Mapping[str, str] | None = None
) -> Coverage:
    """What the tests of a policy reach; whether they pass is another question.

    `unreachable` holds reasons by the texts of the items that no case can reach.
    """
    recorder = Recorder(compiled)
    reached: dict[Item, list[str]] = {item: [] for item in recorder.items}
    for test in tests:
        case = read_case_of(test, compiled).case
        for item in () if case is None else recorder.record(case):
            reached[item].append(test.name)
    reasons = {item: unreachable[item.text] for item in reached if unreachable and item.text in unreachable}
    return Coverage(compiled, {item: tuple(names) for item, names in reached.items()}, reasons)


class Recorder:
    """Tells which items of a policy a case reaches."""

    def __init__(self, compiled: CompiledPolicy) -> None:
        self.items = items_of(compiled)
        self._compiled = compiled
        self._asks_for_evidence = asks_for_evidence(compiled)
        self._seen = Seen()
        self._pathways = [_ProbedPathway(each, compiled, self._seen) for each in compiled.pathways]
        self._musts = {name: _condition(must, self._seen) for name, must in compiled.musts.items()}
        self._advisories = [(each.id, _maybe(each.when, self._seen)) for each in compiled.advisories]
        self._evidence = _evidence_around(compiled)
        self._by_place = {(item.kind, item.span, item.state): item for item in self.items if item.kind in PLACED}
        self._by_name = {
            (item.kind, item.name, item.within, item.owner, item.state): item
            for item in self.items
            if item.kind not in PLACED
        }

    def record(self, case: Case) -> frozenset[Item]:
        """The items that a case reaches. One that breaks what every real case keeps is refused: it reaches only that.

        Of a pathway of which it is not known whether it applies, only that is reached.
        """
        for seen in (self._seen, *(pathway.seen for pathway in self._pathways)):
            seen.clear()
        kept = dict(self._held_musts(case))
        broken = {name for name, is_kept in kept.items() if not is_kept}
        names: list[Name] = [
            (Kind.FACT, name, "", "", items.KEPT if is_kept else items.BROKEN)
            for name, is_kept in kept.items()
            if not is_kept or not broken
        ]
        if not broken:
            names += [*self._decided(case), *self._told(case)]
        found = {self._by_name[name] for name in names if name in self._by_name}
        return frozenset((*found, *self._inside_expressions()))

    def _held_musts(self, case: Case) -> Iterator[tuple[str, bool]]:
        """Whether the case keeps what its facts must be, as far as that is known."""
        frame: Frame = dict(case.facts)
        for name, must in self._musts.items():
            truth = truth_of(must, frame)[0] if name in case.facts else None
            if isinstance(truth, bool):
                yield name, truth

    def _decided(self, case: Case) -> Iterator[Name]:
        pathways = [held for each in self._pathways if (held := each.hold(case)) is not None]
        if not pathways:
            yield Kind.OTHERWISE, "otherwise", "", "", items.REACHED
        yield from _not_applying(self._compiled.pathways, pathways)
        approving = self._approving(case, pathways)
        for held in pathways:
            name = held.pathway.name
            yield Kind.PATHWAY, name, "", "", _state(held.applies, items.APPLIES, items.DOES_NOT_APPLY)
            if held.applies is True:
                yield Kind.PATHWAY, name, "", "", _outcome(held, name in approving)
                yield from _parts(held, name in approving)
        if self._asks_for_evidence:
            yield from self._waiting(case)

    def _approving(self, case: Case, pathways: Sequence[PathwayHeld]) -> frozenset[str]:
        """The pathways that approve, on documents where those are asked for."""
        approving = frozenset(held.pathway.name for held in pathways if held.low is Outcome.APPROVE)
        if not approving or not self._asks_for_evidence:
            return approving
        again = decide(self._compiled, case, documented(self._compiled, case)).pathways
        return approving & {held.pathway.name for held in again if held.applies and held.low is Outcome.APPROVE}

    def _told(self, case: Case) -> Iterator[Name]:
        frame: Frame = dict(case.facts)
        for name, when in self._advisories:
            truth = True if when is None else truth_of(when, frame)[0]
            yield Kind.ADVISORY, name, "", "", _state(truth, items.TOLD, items.NOT_TOLD)

    def _waiting(self, case: Case) -> Iterator[Name]:
        """What asks for evidence that the case waits for: the facts, and the criteria that ask for it themselves."""
        determination = determine(self._compiled, case)
        if determination.pend is not Pend.DOCUMENTATION:
            return
        for missing in determination.missing:
            if missing.undocumented:
                yield Kind.FACT, missing.fact, "", "", items.WAITED_FOR
                for criterion in missing.criteria:
                    yield from self._evidence.get(criterion, ())

    def _inside_expressions(self) -> Iterator[Item]:
        seen = [self._seen, *(pathway.seen for pathway in self._pathways)]
        keys = [(Kind.CLAUSE, span, STATES[truth]) for each in seen for span, truth in each.clauses]
        chosen = {span for each in seen for span in each.chosen}
        keys += [(kind, span, items.CHOSEN) for span in chosen for kind in (Kind.RESULT, Kind.ROW)]
        return (self._by_place[key] for key in keys if key in self._by_place)


# --- what a decision tells ---


def _not_applying(pathways: Iterable[CheckedPathway], held: Iterable[PathwayHeld]) -> Iterator[Name]:
    names = {each.pathway.name for each in held}
    for pathway in pathways:
        if pathway.name not in names:
            yield Kind.PATHWAY, pathway.name, "", "", items.DOES_NOT_APPLY


def _state(truth: Truth, yes: str, no: str) -> str:
    return items.OPEN if not isinstance(truth, bool) else yes if truth else no


def _outcome(held: PathwayHeld, approves: bool) -> str:
    if approves:
        return items.APPROVES
    return items.DENIES if held.high is Outcome.DENY else items.PENDS


def _parts(held: PathwayHeld, approves: bool) -> Iterator[Name]:
    pathway = held.pathway
    for part in held.parts:
        yield from _criteria(part.held, pathway)
        if part.held.status is not Status.MET:
            continue
        others = [(each.low, each.high) for each in held.parts if each is not part]
        others.append((held.grant.low, held.grant.high))
        if part.part is Part.EXCLUDE and all(high > Outcome.DENY for _, high in others):
            yield Kind.EXCLUSION, part.held.criterion.id, pathway.name, "", items.ALONE
        if part.part is Part.REVIEW and all(low is Outcome.APPROVE for low, _ in others):
            yield Kind.REVIEW, part.held.criterion.id, pathway.name, "", items.ALONE
    if approves:
        yield from ((Kind.GRANT, name, pathway.name, "", items.GRANTED) for name, _ in granted_values(pathway.grant))


STATUSES = {
    Status.MET: items.MET,
    Status.NOT_MET: items.NOT_MET,
    Status.UNKNOWN: items.OPEN,
    Status.NOT_APPLICABLE: items.NOT_APPLICABLE,
}


def _criteria(held: Held, pathway: CheckedPathway) -> Iterator[Name]:
    criterion = held.criterion
    owner = owner_of(criterion, pathway)
    yield Kind.CRITERION, criterion.id, "", owner, STATUSES[held.status]
    yield from ((Kind.BRANCH, child.criterion.id, criterion.id, owner, items.ALONE) for child in _alone(held))
    for child in held.children:
        yield from _criteria(child, pathway)


def _alone(held: Held) -> Iterable[Held]:
    """The criteria of a group without any of which it would be something else; none that does not apply."""
    group = held.criterion.body
    if not isinstance(group, CheckedGroup) or group.kind not in ALTERNATIVES:
        return ()
    met = [child for child in held.children if child.low is Outcome.APPROVE]
    if group.kind is GroupKind.NONE:
        met = [child for child in held.children if child.status is Status.MET]
    return [child for child in met if child.status is Status.MET] if len(met) == (group.count or 1) else ()


def _evidence_around(compiled: CompiledPolicy) -> Mapping[str, frozenset[Name]]:
    """For each criterion those that ask for evidence of its facts: itself, or the closest group around it."""
    asking: dict[str, set[Name]] = {}

    def look(criterion: CheckedCriterion, around: Name | None, pathway: CheckedPathway) -> None:
        if criterion.evidence is not None:
            around = (Kind.EVIDENCE, criterion.id, "", owner_of(criterion, pathway), items.WAITED_FOR)
        if around is not None:
            asking.setdefault(criterion.id, set()).add(around)
        for child in criterion.body.children if isinstance(criterion.body, CheckedGroup) else ():
            look(child, around, pathway)

    for pathway in compiled.pathways:
        for root in (*pathway.exclude, *([] if pathway.require is None else [pathway.require]), *pathway.review):
            look(root, None, pathway)
    return {criterion: frozenset(names) for criterion, names in asking.items()}


# --- probes ---


class _ProbedPathway:
    """A pathway with a probe around every predicate, `if`, `case` and table; it decides as before.

    What its `when` shows always counts. What is in it counts when it surely applies, and stands in `seen`: therefore
    each pathway is held by itself, so that no definition is known from another one.
    """

    def __init__(self, pathway: CheckedPathway, compiled: CompiledPolicy, always: Seen) -> None:
        self.seen = Seen()
        self._alone = replace(compiled, pathways=(_with_probes(pathway, always, self.seen),))

    def hold(self, case: Case) -> PathwayHeld | None:
        """The pathway held against a case, or None when it does not apply."""
        self.seen.clear()
        pathways = decide(self._alone, case, stated(case)).pathways
        held = pathways[0] if pathways else None
        if held is None or held.applies is not True:
            self.seen.clear()
        return held


def _with_probes(pathway: CheckedPathway, of_when: Seen, seen: Seen) -> CheckedPathway:
    def criterion(each: CheckedCriterion) -> CheckedCriterion:
        body = each.body
        if isinstance(body, CheckedLeaf):
            body = CheckedLeaf(_condition(body.check, seen))
        elif isinstance(body, CheckedGroup):
            body = replace(body, children=tuple(criterion(child) for child in body.children))
        return replace(each, given=_maybe(each.given, seen), body=body)

    def grant(each: CheckedGrant) -> CheckedGrant:
        if isinstance(each, Condition):
            return _condition(each, seen)
        return {name: grant(value) for name, value in each.items()}

    return replace(
        pathway,
        when=_maybe(pathway.when, of_when),
        require=None if pathway.require is None else criterion(pathway.require),
        exclude=tuple(criterion(child) for child in pathway.exclude),
        review=tuple(criterion(child) for child in pathway.review),
        grant={name: grant(value) for name, value in pathway.grant.items()},
    )


def _condition(condition: Condition, seen: Seen) -> Condition:
    return Condition(probed(condition.expression, seen), condition.text)


def _maybe(condition: Condition | None, seen: Seen) -> Condition | None:
    return None if condition is None else _condition(condition, seen)
