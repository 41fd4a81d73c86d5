"""The ways to reach an item: for each, all that must hold of a case. An item for which none can be found has none.

Each way says no more than what reaching the item that way takes, so that where all ways have been gone through in
vain, the item cannot be reached with the values that were tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from besponsa_pa.determination.findings import Status
from besponsa_pa.determination.holding import Outcome
from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure
from besponsa_pa.policy.model import (
    CheckedCriterion,
    CheckedGroup,
    CheckedLeaf,
    CheckedPathway,
    CompiledPolicy,
    Condition,
    GroupKind,
    criteria_of,
)  # fmt: skip
from besponsa_pa.policytest import constraints as wanted
from besponsa_pa.policytest import items
from besponsa_pa.policytest.attempts import EVIDENCE, Attempt
from besponsa_pa.policytest.constraints import Constraint
from besponsa_pa.policytest.coverage import STATUSES, Recorder
from besponsa_pa.policytest.items import STATES, Item, Kind, granted_values
from besponsa_pa.policytest.predicates import Clause, Known, predicates_of
from besponsa_pa.policytest.probes import Seen, probed
from besponsa_pa.source import Span

Way: TypeAlias = tuple[Constraint, ...]
KNOWN = {state: known for known, state in STATES.items()}
STATUS = {state: status for status, state in STATUSES.items()}
TRUTHS: Mapping[str, Known] = {
    items.APPLIES: True, items.DOES_NOT_APPLY: False, items.TOLD: True, items.NOT_TOLD: False, items.OPEN: None,
    items.KEPT: True, items.BROKEN: False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A criterion in its pathway: whether it excludes there, and what must hold for it to be looked at."""

    pathway: CheckedPathway
    criterion: CheckedCriterion
    excludes: bool
    reached: Way


@dataclass(frozen=True, slots=True)
class Written:
    """A condition and what must hold for it to be looked at."""

    condition: Condition
    reached: Way


@dataclass(slots=True)
class Ways:
    """The ways to the items of one policy."""

    compiled: CompiledPolicy
    recorder: Recorder
    _places: tuple[Place, ...] = ()
    _conditions: tuple[Written, ...] = ()
    _clauses: dict[Span, list[tuple[Written, Clause, bool]]] = field(default_factory=dict)
    _choices: dict[Span, list[Written]] = field(default_factory=dict)
    _probes: dict[int, tuple[Checked, Seen]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._places = tuple(place for pathway in self.compiled.pathways for place in _places(pathway))
        self._conditions = tuple(self._written())
        for each in self._conditions:
            self._take_apart(each)

    def of(self, item: Item) -> tuple[Way, ...]:
        """The ways to an item. What no case may break is kept in each, unless it is what the item is about."""
        broken = item.name if item.kind is Kind.FACT and item.state == items.BROKEN else None
        musts = tuple(wanted.kept(fact, must) for fact, must in self.compiled.musts.items() if fact != broken)
        return tuple((*musts, *way) for way in self._ways(item))

    def all_names(self) -> tuple[str, ...]:
        """All that the policy looks at, pathway by pathway."""
        found = [name for pathway in self.compiled.pathways for name in wanted.names_of_pathway(pathway)]
        found += [name for each in self._conditions for name in wanted.facts_of(each.condition.expression)]
        return tuple(dict.fromkeys(found))

    def readers(self, fact: str) -> Iterator[tuple[CheckedPathway | None, tuple[str, ...]]]:
        """The pathways that read a fact, each with what is read beside it; None for advisories."""
        for pathway in self.compiled.pathways:
            for way in self._beside(pathway):
                if fact in way:
                    yield pathway, way
        for advisory in self.compiled.advisories:
            names = () if advisory.when is None else wanted.facts_of(advisory.when.expression)
            if fact in names:
                yield None, names

    def _beside(self, pathway: CheckedPathway) -> Iterator[tuple[str, ...]]:
        """What each part of a pathway reads."""
        yield () if pathway.when is None else wanted.facts_of(pathway.when.expression)
        for criterion in (*pathway.exclude, *wanted.required(pathway), *pathway.review):
            yield wanted.names_of(criterion)
        yield from (wanted.facts_of(value.expression) for _, value in granted_values(pathway.grant))

    # --- by the kind of the item ---

    def _ways(self, item: Item) -> Iterable[Way]:
        match item.kind:
            case Kind.CRITERION:
                return self._to_status(item)
            case Kind.CLAUSE:
                return [self._to_clause(item, *found) for found in self._clauses.get(item.span, ())]
            case Kind.RESULT | Kind.ROW:
                return [(*each.reached, self._chosen(each, item.span)) for each in self._choices.get(item.span, ())]
            case Kind.BRANCH:
                return self._to_branch(item)
            case Kind.PATHWAY | Kind.EXCLUSION | Kind.REVIEW | Kind.GRANT:
                name = item.name if item.kind is Kind.PATHWAY else item.within
                found = next(pathway for pathway in self.compiled.pathways if pathway.name == name)
                return self._in_pathway(item, found)
            case Kind.ADVISORY:
                when = next(each.when for each in self.compiled.advisories if each.id == item.name)
                return [() if when is None else (wanted.truth(when.expression, TRUTHS[item.state]),)]
            case Kind.OTHERWISE:
                return [tuple(each for pathway in self.compiled.pathways for each in wanted.applies(pathway, False))]
            case _:
                return self._to_fact(item)

    def _to_status(self, item: Item) -> Iterator[Way]:
        status = STATUS[item.state]
        for place in self._places:
            if place.criterion.id == item.name:
                criterion = place.criterion
                around = (*wanted.applies(place.pathway, True), *place.reached)
                yield (*around, wanted.status(criterion, place.excludes, status))

    def _to_clause(self, item: Item, written: Written, clause: Clause, is_closed: bool) -> Way:
        state = KNOWN[item.state]
        beside: list[Constraint] = []
        if is_closed:
            beside += (wanted.truth(each.expression, each.wanted) for each in clause.beside)
            beside.append(wanted.truth(clause.expression, state))
        return (*written.reached, *beside, self._told(written, (item.span, state)))

    def _to_branch(self, item: Item) -> Iterator[Way]:
        for place in self._places:
            body = place.criterion.body
            if place.criterion.id == item.within and isinstance(body, CheckedGroup):
                around = (*wanted.applies(place.pathway, True), *place.reached)
                if place.criterion.given is not None:
                    around = (*around, wanted.truth(place.criterion.given.expression, True, None))
                sides = _sides(body, item.name, place.excludes)
                yield (*around, *sides, self._recorded(item, wanted.names_of(place.criterion)))

    def _in_pathway(self, item: Item, pathway: CheckedPathway) -> Iterator[Way]:
        around = wanted.applies(pathway, True)
        match item.kind, item.state:
            case Kind.PATHWAY, (items.APPLIES | items.DOES_NOT_APPLY | items.OPEN):
                yield wanted.applies(pathway, TRUTHS[item.state])
            case Kind.PATHWAY, items.DENIES:
                yield from ((*around, wanted.met(each)) for each in pathway.exclude)
                yield from ((*around, wanted.denies(each)) for each in wanted.required(pathway))
            case Kind.PATHWAY, items.PENDS:
                yield (*around, self._pends(pathway))
            case Kind.EXCLUSION, _:
                yield (*around, *_exclusion_alone(pathway, item.name))
            case Kind.REVIEW, _:
                yield (*around, *_review_alone(pathway, item.name))
            case _:
                yield wanted.pathway_approves(pathway)

    def _pends(self, pathway: CheckedPathway) -> Constraint:
        return wanted.pathway_comes_to(
            self.compiled, pathway, lambda held: held.low is not Outcome.APPROVE and held.high is not Outcome.DENY
        )

    def _to_fact(self, item: Item) -> Iterator[Way]:
        """Something that a fact must be, or the evidence for it, which is waited for where an approval hangs on it."""
        if item.state != items.WAITED_FOR:
            must = self.compiled.musts[item.name]
            yield wanted.is_told(item.name), wanted.truth(must.expression, TRUTHS[item.state])
            return
        for pathway, names in self.readers(item.name):
            if pathway is not None:
                recorded = self._recorded(item, (f"{EVIDENCE}.{item.name}", *names))
                yield (wanted.is_told(item.name), *wanted.pathway_approves(pathway), recorded)
                yield (wanted.is_told(item.name), *wanted.applies(pathway, True), recorded)

    # --- what is tried out ---

    def _recorded(self, item: Item, names: Iterable[str]) -> Constraint:
        return wanted.goal(names, lambda attempt: item in self.recorder.record(attempt.case))

    def _told(self, written: Written, what: tuple[Span, Known]) -> Constraint:
        return self._seen(written, lambda seen: what in seen.clauses)

    def _chosen(self, written: Written, span: Span) -> Constraint:
        return self._seen(written, lambda seen: span in seen.chosen)

    def _seen(self, written: Written, test: object) -> Constraint:
        """What the probes of a condition tell."""
        condition = written.condition
        if id(condition) not in self._probes:
            seen = Seen()
            self._probes[id(condition)] = probed(condition.expression, seen), seen
        expression, seen = self._probes[id(condition)]
        evaluate = evaluator(expression)

        def holds(attempt: Attempt) -> bool:
            seen.clear()
            try:
                evaluate(dict(attempt.case.facts))
            except Failure:
                pass
            return test(seen)  # type: ignore[operator,no-any-return]

        return wanted.goal(wanted.facts_of(condition.expression), holds)

    # --- where conditions stand ---

    def _written(self) -> Iterator[Written]:
        for pathway in self.compiled.pathways:
            if pathway.when is not None:
                yield Written(pathway.when, ())
            yield from (each for place in _places(pathway) for each in _conditions(place))
            for _, value in granted_values(pathway.grant):
                yield Written(value, wanted.applies(pathway, True, None))
        for advisory in self.compiled.advisories:
            if advisory.when is not None:
                yield Written(advisory.when, ())
        for fact, must in self.compiled.musts.items():
            yield Written(must, (wanted.is_told(fact),))

    def _take_apart(self, written: Written) -> None:
        expression = written.condition.expression
        for predicate in predicates_of(expression):
            is_closed = _is_closed(predicate.expression)
            for clause in predicate.clauses:
                self._clauses.setdefault(clause.span, []).append((written, clause, is_closed))
        for node in checked.walk(expression):
            if isinstance(node, checked.Conditional):
                results: Sequence[Checked] = [result for _, result in node.items]
            elif isinstance(node, checked.Lookup):
                results = [result for _, result in node.rows]
            else:
                continue
            for result in (*results, node.alternative):
                self._choices.setdefault(result.span, []).append(written)


# --- the structure of a pathway ---


def _places(pathway: CheckedPathway) -> Iterator[Place]:
    for criterion in pathway.exclude:
        yield from _inside(Place(pathway, criterion, True, ()))
    if pathway.require is not None:
        yield from _inside(Place(pathway, pathway.require, False, ()))
    for criterion in pathway.review:
        yield from _inside(Place(pathway, criterion, True, ()))


def _inside(place: Place) -> Iterator[Place]:
    """A criterion and all in it. A group that does not apply is not looked into."""
    yield place
    body, given = place.criterion.body, place.criterion.given
    if isinstance(body, CheckedGroup):
        reached = place.reached if given is None else (*place.reached, wanted.truth(given.expression, True, None))
        excludes = place.excludes is not (body.kind is GroupKind.NONE)
        for child in body.children:
            yield from _inside(Place(place.pathway, child, excludes, reached))


def _conditions(place: Place) -> Iterator[Written]:
    around = (*wanted.applies(place.pathway, True, None), *place.reached)
    given = place.criterion.given
    if given is not None:
        yield Written(given, around)
        around = (*around, wanted.truth(given.expression, True, None))
    if isinstance(place.criterion.body, CheckedLeaf):
        yield Written(place.criterion.body.check, around)


def _sides(group: CheckedGroup, branch: str, excludes: bool) -> Iterator[Constraint]:
    """What a group needs of its criteria for one of them to decide alone; of `at_least` only what all of it says."""
    if group.kind is GroupKind.NONE:
        for child in group.children:
            others = (Status.NOT_MET, Status.UNKNOWN, Status.NOT_APPLICABLE)
            allowed = (Status.MET,) if child.id == branch else others
            yield wanted.status(child, not excludes, *allowed)
        return
    for child in group.children:
        if child.id == branch:
            yield wanted.leads_up(child, excludes)
        elif group.kind is GroupKind.ANY:
            yield wanted.leads_up_not(child, excludes)


def _exclusion_alone(pathway: CheckedPathway, name: str) -> Iterator[Constraint]:
    for each in pathway.exclude:
        yield wanted.met(each) if each.id == name else wanted.leads_up_not(each, True)
    yield from (wanted.denies_not(each) for each in wanted.required(pathway))


def _review_alone(pathway: CheckedPathway, name: str) -> Iterator[Constraint]:
    yield from (wanted.clear(each) for each in pathway.exclude)
    yield from (wanted.leads_up(each) for each in wanted.required(pathway))
    for each in pathway.review:
        yield wanted.met(each) if each.id == name else wanted.clear(each)
    yield from wanted.granted(pathway)


def _is_closed(expression: Checked) -> bool:
    """Whether an expression can be computed by itself: it names nothing that a query around it fills."""
    used: set[str] = set()
    filled: set[str] = set()
    for node in checked.walk(expression):
        if isinstance(node, checked.Local):
            used.add(node.slot)
        elif isinstance(node, checked.Query):
            filled.update(slot for slot, _ in (*node.sources, *node.lets))
            filled.update(relation.slot for relation in node.relations)
            filled.add(node.element)
            if node.aggregate is not None:
                filled.add(node.aggregate.slot)
    return used <= filled
