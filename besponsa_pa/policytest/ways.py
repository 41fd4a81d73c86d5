"""The ways to reach an item: for each, all that must hold of a case. An item for which there is none has none.

Each way says no more than what reaching the item that way takes, but for a few that come first because they lead to
simpler cases. So where all ways have been gone through in vain, the item cannot be reached with the values tried.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from besponsa_pa.determination.findings import Status
from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Evaluate, Failure
from besponsa_pa.policy.model import CheckedGroup, CheckedPathway, CompiledPolicy, GroupKind
from besponsa_pa.policytest import constraints as wanted
from besponsa_pa.policytest import items, outcomes
from besponsa_pa.policytest.attempts import EVIDENCE, Attempt
from besponsa_pa.policytest.constraints import Constraint
from besponsa_pa.policytest.coverage import STATUSES, Recorder
from besponsa_pa.policytest.items import STATES, Item, Kind, owner_of
from besponsa_pa.policytest.positions import Position, Positions, Written
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


@dataclass(slots=True)
class Ways:
    """The ways to the items of one policy."""

    compiled: CompiledPolicy
    recorder: Recorder
    positions: Positions
    _clauses: dict[Span, list[tuple[Written, Clause, bool]]] = field(default_factory=dict)
    _choices: dict[Span, list[Written]] = field(default_factory=dict)
    _probes: dict[int, tuple[Evaluate, Seen]] = field(default_factory=dict)
    _musts: dict[str, Constraint] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._musts = {fact: wanted.kept(fact, must) for fact, must in self.compiled.musts.items()}
        for each in self.positions.written:
            self._take_apart(each)

    def about(self, item: Item) -> tuple[str, ...]:
        """What an item itself reads: what may be not known for it to be unknown."""
        match item.kind:
            case Kind.CLAUSE:
                found = self._clauses.get(item.span, ())
                return tuple(name for written, clause, is_closed in found for name in _read(written, clause, is_closed))
            case Kind.CRITERION:
                positions = self._positions(item.name, item.owner)
                return tuple(name for each in positions for name in wanted.names_of(each.criterion))
            case _:
                return tuple(name for way in self._to_named(item) for each in way for name in each.variables)

    def of(self, item: Item) -> tuple[Way, ...]:
        """The ways to an item, simple ones first."""
        return tuple(self._ways(item))

    def musts(self, broken: str | None = None) -> Way:
        """What no case may break; but for that of one fact."""
        return tuple(must for fact, must in self._musts.items() if fact != broken)

    def names_in(self, way: Way) -> tuple[str, ...]:
        """What a way depends on, besides what no case may break."""
        musts = frozenset(map(id, self._musts.values()))
        return tuple(dict.fromkeys(name for each in way if id(each) not in musts for name in each.variables))

    def to_approval(self, pathway: CheckedPathway) -> Way:
        """All that must hold for a pathway to approve, every fact with the evidence that is asked for."""
        evidence = (wanted.documented(*each) for each in self.positions.evidence_in(pathway))
        return (*outcomes.pathway_approves(pathway), *evidence)

    def _ways(self, item: Item) -> Iterator[Way]:
        match item.kind:
            case Kind.CLAUSE:
                for found in self._clauses.get(item.span, ()):
                    yield self._to_clause(item, *found)
            case Kind.RESULT | Kind.ROW:
                for each in self._choices.get(item.span, ()):
                    chosen = self._seen(each, lambda seen: item.span in seen.chosen)
                    yield (*each.reached, chosen, self._recorded(item, chosen.variables), *self.musts(each.fact))
            case Kind.FACT if item.state == items.BROKEN:
                yield (*self._to_must(item), *self.musts(item.name))
            case _:
                yield from ((*way, *self.musts()) for way in self._to_named(item))

    def _to_named(self, item: Item) -> Iterable[Way]:
        """The ways to what has a name in the policy."""
        match item.kind:
            case Kind.CRITERION:
                return self._to_status(item)
            case Kind.BRANCH:
                return self._to_branch(item)
            case Kind.EVIDENCE:
                return self._to_evidence(item)
            case Kind.PATHWAY | Kind.EXCLUSION | Kind.REVIEW | Kind.GRANT:
                name = item.name if item.kind is Kind.PATHWAY else item.within
                return self._in_pathway(item, self.positions.pathway(name))
            case Kind.ADVISORY:
                when = next(each.when for each in self.compiled.advisories if each.id == item.name)
                return [() if when is None else (wanted.truth(when.expression, TRUTHS[item.state]),)]
            case Kind.OTHERWISE:
                return [tuple(each for pathway in self.compiled.pathways for each in outcomes.applies(pathway, False))]
            case _ if item.state == items.WAITED_FOR:
                return self._to_evidence(item)
            case _:
                return [self._to_must(item)]

    # --- criteria ---

    def _positions(self, name: str, owner: str) -> Iterator[Position]:
        for each in self.positions.criteria:
            if each.criterion.id == name and owner_of(each.criterion, each.pathway) == owner:
                yield each

    def _to_status(self, item: Item) -> Iterator[Way]:
        for each in self._positions(item.name, item.owner):
            yield (*each.reached, *wanted.found(each.criterion, each.excludes, STATUS[item.state]))

    def _to_branch(self, item: Item) -> Iterator[Way]:
        for each in self._positions(item.within, item.owner):
            group = each.criterion.body
            if isinstance(group, CheckedGroup):
                around = (*each.reached, *wanted.not_excused(each.criterion))
                recorded = self._recorded(item, wanted.names_of(each.criterion))
                yield (*around, *_sides(group, item.name, each.excludes), recorded)

    # --- pathways ---

    def _in_pathway(self, item: Item, pathway: CheckedPathway) -> Iterator[Way]:
        around = outcomes.applies(pathway, True)
        match item.kind, item.state:
            case Kind.PATHWAY, (items.APPLIES | items.DOES_NOT_APPLY | items.OPEN):
                yield outcomes.applies(pathway, TRUTHS[item.state])
            case Kind.PATHWAY, items.DENIES:
                yield from ((*around, *wanted.surely(each, True)) for each in pathway.exclude)
                yield from (
                    (*around, *wanted.surely_not(each), wanted.denies(each)) for each in outcomes.required(pathway)
                )
            case Kind.PATHWAY, items.PENDS:
                yield from ((*outcomes.pathway_denies_not(pathway), each) for each in outcomes.what_pends(pathway))
                evidence = (f"{EVIDENCE}.{fact}" for fact, _ in self.positions.evidence_in(pathway))
                yield (*outcomes.pathway_approves(pathway), self._recorded(item, evidence))
            case Kind.EXCLUSION, _:
                yield (*around, *_exclusion_alone(pathway, item.name))
            case Kind.REVIEW, _:
                yield (*around, *_review_alone(pathway, item.name))
            case _:
                yield self.to_approval(pathway)
                yield (*outcomes.pathway_approves(pathway), self._recorded(item, self._all_in(pathway)))

    def _all_in(self, pathway: CheckedPathway) -> tuple[str, ...]:
        evidence = (f"{EVIDENCE}.{fact}" for fact, _ in self.positions.evidence_in(pathway))
        return (*wanted.names_of_pathway(pathway), *evidence)

    def _everything(self) -> tuple[str, ...]:
        """All that can be said of: another pathway may approve, so that nothing is waited for."""
        evidence = (
            f"{EVIDENCE}.{fact}" for each in self.compiled.pathways for fact, _ in self.positions.evidence_in(each)
        )
        return (*evidence, *self.positions.names)

    # --- facts ---

    def _to_must(self, item: Item) -> Way:
        must = self.compiled.musts[item.name]
        return wanted.is_told(item.name), wanted.truth(must.expression, TRUTHS[item.state])

    def _to_evidence(self, item: Item) -> Iterator[Way]:
        """Evidence is waited for where an approval hangs on it: all other facts have theirs."""
        for pathway in self.compiled.pathways:
            asked = self.positions.evidence_in(pathway)
            facts = dict.fromkeys(self._facts_waited_for(item, pathway))
            for fact in facts:
                others = (wanted.documented(*each) for each in asked if each[0] != fact)
                recorded = self._recorded(item, (f"{EVIDENCE}.{fact}", *self.positions.beside(fact, pathway)))
                yield (wanted.is_told(fact), *outcomes.pathway_approves(pathway), *others, recorded)
            if facts:
                yield (*outcomes.applies(pathway, True), self._recorded(item, self._everything()))

    def _facts_waited_for(self, item: Item, pathway: CheckedPathway) -> Iterator[str]:
        if item.kind is Kind.FACT:
            yield from (fact for fact, _ in self.positions.evidence_in(pathway) if fact == item.name)
            return
        for each in self._positions(item.name, item.owner):
            if each.pathway is pathway:
                yield from (name for name in wanted.names_of(each.criterion) if name in self.compiled.policy.facts)

    # --- expressions ---

    def _to_clause(self, item: Item, written: Written, clause: Clause, is_closed: bool) -> Way:
        state = KNOWN[item.state]
        beside: list[Constraint] = []
        if is_closed:
            beside += (wanted.truth(each.expression, each.wanted) for each in clause.beside)
            beside.append(wanted.truth(clause.expression, state))
        told = self._seen(written, lambda seen: (item.span, state) in seen.clauses)
        recorded = self._recorded(item, told.variables)
        return (*written.reached, *beside, told, recorded, *self.musts(written.fact))

    def _seen(self, written: Written, test: Callable[[Seen], bool]) -> Constraint:
        """What the probes of a condition tell."""
        condition = written.condition
        if id(condition) not in self._probes:
            told = Seen()
            self._probes[id(condition)] = evaluator(probed(condition.expression, told)), told
        evaluate, seen = self._probes[id(condition)]

        def holds(attempt: Attempt) -> bool:
            seen.clear()
            with contextlib.suppress(Failure):
                evaluate(dict(attempt.case.facts))
            return test(seen)

        return wanted.goal(checked.facts_read(condition.expression), holds, cost=1)

    def _recorded(self, item: Item, names: Iterable[str]) -> Constraint:
        """The item itself, as coverage sees it."""
        return wanted.goal(names, lambda attempt: item in self.recorder.record(attempt.case))

    def _take_apart(self, written: Written) -> None:
        expression = written.condition.expression
        for predicate in predicates_of(expression):
            is_closed = _is_closed(predicate.expression)
            for clause in predicate.clauses:
                self._clauses.setdefault(clause.span, []).append((written, clause, is_closed))
        for result in _results(expression):
            self._choices.setdefault(result.span, []).append(written)


# --- the structure of groups and pathways ---


def _sides(group: CheckedGroup, branch: str, excludes: bool) -> Iterator[Constraint]:
    """What a group needs of its criteria for one of them to decide alone; of `at_least` only what all of it says."""
    for child in group.children:
        if group.kind is GroupKind.NONE:
            others = (Status.NOT_MET, Status.UNKNOWN, Status.NOT_APPLICABLE)
            yield wanted.status(child, not excludes, *((Status.MET,) if child.id == branch else others))
        elif child.id == branch:
            yield from wanted.found(child, excludes, Status.MET)
        elif group.kind is GroupKind.ANY:
            yield wanted.leads_up_not(child, excludes)


def _exclusion_alone(pathway: CheckedPathway, name: str) -> Iterator[Constraint]:
    for each in pathway.exclude:
        yield from wanted.surely(each, True) if each.id == name else (wanted.leads_up_not(each, True),)
    yield from (wanted.denies_not(each) for each in outcomes.required(pathway))


def _review_alone(pathway: CheckedPathway, name: str) -> Iterator[Constraint]:
    for each in pathway.exclude:
        yield from wanted.surely_not(each, True)
    for each in outcomes.required(pathway):
        yield from wanted.surely(each)
    for each in pathway.review:
        yield from wanted.surely(each, True) if each.id == name else wanted.surely_not(each, True)
    yield from outcomes.granted(pathway)


# --- the structure of expressions ---


def _read(written: Written, clause: Clause, is_closed: bool) -> tuple[str, ...]:
    """What a clause reads; one about the entries of a list reads that of what is around it."""
    return checked.facts_read(clause.expression if is_closed else written.condition.expression)


def _results(expression: Checked) -> Iterator[Checked]:
    """What `if`, `case` and tables choose from."""
    for node in checked.walk(expression):
        results: Sequence[Checked] = ()
        if isinstance(node, checked.Conditional):
            results = (*(result for _, result in node.items), node.alternative)
        elif isinstance(node, checked.Lookup):
            results = (*(result for _, result in node.rows), node.alternative)
        yield from results


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
            filled.update(() if node.aggregate is None else (node.aggregate.slot,))
    return used <= filled
