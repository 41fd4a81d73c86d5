"""What tests should reach: every item of a policy, in its order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from besponsa_pa.determination.holding import Outcome
from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.value_text import plain_text
from besponsa_pa.policy.conditions import (
    conditions_of_criterion,
    conditions_that_decide,
    conditions_that_tell,
    facts_read,
    granted_values,
)
from besponsa_pa.policy.criteria import REQUIREMENT
from besponsa_pa.policy.model import (
    CheckedCriterion,
    CheckedGroup,
    CheckedLeaf,
    CheckedPathway,
    CompiledPolicy,
    Condition,
    GroupKind,
    OnUnmet,
    criteria_of,
)  # fmt: skip
from besponsa_pa.policytest.places import Places
from besponsa_pa.policytest.predicates import Known, Predicate, predicates_of
from besponsa_pa.policytest.truths import ALL, showings_of, truths_of
from besponsa_pa.source import Span

# groups in which each criterion must be seen to decide by itself
ALTERNATIVES = (GroupKind.ANY, GroupKind.AT_LEAST, GroupKind.NONE)


class Kind(Enum):
    """What sort of thing of a policy tests should reach."""

    PATHWAY = "pathway"
    CRITERION = "criterion"
    BRANCH = "branch"
    EXCLUSION = "exclusion"
    REVIEW = "review"
    GRANT = "grant"
    OTHERWISE = "otherwise"
    ADVISORY = "advisory"
    FACT = "fact"
    EVIDENCE = "evidence"
    CLAUSE = "clause"
    RESULT = "result"
    ROW = "row"


# The states in which a thing of each kind should be seen, in the words that a report shows.
MET, NOT_MET, OPEN, NOT_APPLICABLE = "met", "not met", "unknown", "not applicable"
TRUE, FALSE = "true", "false"
APPLIES, DOES_NOT_APPLY = "applies", "does not apply"
APPROVES, DENIES, PENDS = "approves", "denies", "pends"
ALONE = "decides alone"
GRANTED, REACHED, CHOSEN = "granted", "reached", "chosen"
TOLD, NOT_TOLD = "told", "not told"
KEPT, BROKEN, WAITED_FOR = "kept", "broken", "evidence is waited for"

STATES: Mapping[Known, str] = {True: TRUE, False: FALSE, None: OPEN}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a test should reach: something of the policy, in one of its states.

    `name` is the id of a criterion or an advisory, the name of a pathway, a fact or a granted value, the key of a row,
    or a clause as written; `within` the pathway, the group, the table or the predicate that it belongs to, or "".
    `owner` says in words where an expression stands. Items that are written at one place are one, however often the
    place is used; those that read alike are told apart by their `occurrence`.
    """

    kind: Kind
    name: str
    state: str
    within: str
    span: Span = field(repr=False)
    owner: str = ""
    occurrence: int = 1

    @property
    def text(self) -> str:
        """What is to be reached, in words: "`age` is not met". No two items of a policy have the same."""
        text = self._what()
        text = f"{text} in {self.owner}" if self.owner else text
        return text if self.occurrence == 1 else f"{text} (number {self.occurrence})"

    def _what(self) -> str:
        match self.kind:
            case Kind.CRITERION if self.state == NOT_APPLICABLE:
                return f"`{self.name}` does not apply"
            case Kind.CRITERION:
                return f"`{self.name}` is {self.state}"
            case Kind.CLAUSE:
                return f"`{self.name}` decides when {self.state}"
            case Kind.BRANCH | Kind.EXCLUSION | Kind.REVIEW:
                return f"`{self.name}` {self.state} in `{self.within}`"
            case Kind.PATHWAY if self.state == OPEN:
                return f"it is unknown whether the pathway `{self.name}` applies"
            case Kind.PATHWAY:
                return f"the pathway `{self.name}` {self.state}"
            case Kind.GRANT:
                return f"`{self.name}` of `{self.within}` is granted"
            case Kind.OTHERWISE:
                return "no pathway applies"
            case Kind.ADVISORY if self.state == OPEN:
                return f"it is unknown whether the advisory `{self.name}` is told"
            case Kind.ADVISORY:
                return f"the advisory `{self.name}` is {self.state}"
            case Kind.EVIDENCE:
                return f"the evidence for `{self.name}` is waited for"
            case Kind.FACT if self.state == WAITED_FOR:
                return f"the evidence for `{self.name}` is waited for"
            case Kind.FACT:
                return f"what `{self.name}` must be is {self.state}"
            case Kind.RESULT:
                return f"`{self.name}` is chosen"
            case _:
                return f"the row `{self.name}` of the table `{self.within}` is chosen"


def items_of(compiled: CompiledPolicy) -> tuple[Item, ...]:
    """Everything that the tests of a policy should reach, each once, in the order of the policy."""
    occurrences: Counter[str] = Counter()
    found: list[Item] = []
    for item in dict.fromkeys(_Items(compiled, Places(compiled.policy)).all()):
        occurrences[item.text] += 1
        found.append(replace(item, occurrence=occurrences[item.text]))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Items:
    compiled: CompiledPolicy
    places: Places

    def all(self) -> Iterator[Item]:
        """What a policy is made of, part by part."""
        for pathway in self.compiled.pathways:
            yield from self.pathway(pathway)
        otherwise = self.compiled.otherwise
        if otherwise is not None and all(False in _truths(pathway.when) for pathway in self.compiled.pathways):
            yield Item(Kind.OTHERWISE, "otherwise", REACHED, "", otherwise.span)
        for advisory, written in zip(self.compiled.advisories, self.compiled.policy.advisories, strict=True):
            states = _states(advisory.when, TOLD, NOT_TOLD, OPEN)
            yield from (Item(Kind.ADVISORY, advisory.id, state, "", written.span) for state in states)
            yield from self.in_condition(advisory.when, is_owned=True)
        yield from self.facts()

    def pathway(self, pathway: CheckedPathway) -> Iterator[Item]:
        """A pathway: whether it applies, what it comes to, and all that is in it."""
        states = (*_states(pathway.when, APPLIES, DOES_NOT_APPLY, OPEN), *_outcomes(pathway))
        yield from (Item(Kind.PATHWAY, pathway.name, state, "", pathway.span) for state in states)
        yield from self.in_condition(pathway.when, is_owned=True)
        for criterion in criteria_of(pathway):
            yield from self.criterion(criterion, pathway)
        for each in pathway.exclude:
            yield Item(Kind.EXCLUSION, each.id, ALONE, pathway.name, each.span)
        for each in pathway.review:
            yield Item(Kind.REVIEW, each.id, ALONE, pathway.name, each.span)
        for name, value in granted_values(pathway.grant):
            yield Item(Kind.GRANT, name, GRANTED, pathway.name, value.expression.span)
            yield from self.in_condition(value, is_owned=False)

    def criterion(self, criterion: CheckedCriterion, pathway: CheckedPathway) -> Iterator[Item]:
        """A criterion: what it is found to be, its conditions, and for a group what of it decides."""
        is_whole = criterion is pathway.require and isinstance(criterion.body, CheckedGroup)
        owner = owner_of(criterion, pathway)
        for state in () if is_whole else _statuses(criterion):
            yield Item(Kind.CRITERION, criterion.id, state, "", criterion.span, owner)
        if _asks_for_evidence(criterion):
            yield Item(Kind.EVIDENCE, criterion.id, WAITED_FOR, "", criterion.span, owner)
        yield from self.in_condition(criterion.given, is_owned=False)
        if isinstance(criterion.body, CheckedLeaf):
            yield from self.in_condition(criterion.body.check, is_owned=True)
        if isinstance(criterion.body, CheckedGroup) and criterion.body.kind in ALTERNATIVES:
            for child in criterion.body.children:
                yield Item(Kind.BRANCH, child.id, ALONE, criterion.id, child.span, owner)

    def facts(self) -> Iterator[Item]:
        """What facts must be, and the evidence that they need: of the facts that the policy reads."""
        deciding = facts_read(conditions_that_decide(self.compiled))
        read = deciding | facts_read(conditions_that_tell(self.compiled))
        for name, fact in self.compiled.policy.facts.items():
            must = self.compiled.musts.get(name)
            if must is not None and name in read:
                for state in _states(must, KEPT, BROKEN):
                    yield Item(Kind.FACT, name, state, "", must.expression.span)
                yield from self.in_condition(must, is_owned=True)
            if fact.evidence is not None and name in deciding:
                yield Item(Kind.FACT, name, WAITED_FOR, "", fact.span)

    # --- inside expressions ---

    def in_condition(self, condition: Condition | None, *, is_owned: bool) -> Iterator[Item]:
        """The clauses of a condition and of all predicates in it, and what `if`, `case` and tables choose from.

        `is_owned`: what the whole is true or false of has its own item, so that a single clause needs none beside it.
        """
        if condition is None:
            return
        for predicate in predicates_of(condition.expression):
            if not (is_owned and predicate.expression is condition.expression and len(predicate.clauses) == 1):
                yield from self._clauses(predicate)
        for node in checked.walk(condition.expression):
            yield from self._choices(node)

    def _clauses(self, predicate: Predicate) -> Iterator[Item]:
        whole = self.places.text(predicate.span)
        for clause in predicate.clauses:
            showings = showings_of(clause)
            name, owner = self.places.text(clause.span), self.places.owner(clause.span)
            for truth, state in STATES.items():
                if truth in showings:
                    yield Item(Kind.CLAUSE, name, state, whole, clause.span, owner)

    def _choices(self, node: Checked) -> Iterator[Item]:
        if isinstance(node, checked.Conditional):
            for each in (*(result for _, result in node.items), node.alternative):
                name, owner = self.places.text(each.span), self.places.owner(each.span)
                yield Item(Kind.RESULT, name, CHOSEN, "", each.span, owner)
        elif isinstance(node, checked.Lookup):
            for key, value in node.rows:
                yield Item(Kind.ROW, plain_text(key), CHOSEN, node.table, value.span)
            if not (isinstance(node.alternative, checked.Constant) and node.alternative.value is None):
                yield Item(Kind.ROW, "otherwise", CHOSEN, node.table, node.alternative.span)


# --- the states in which something can be ---


def _truths(when: Condition | None) -> frozenset[Known]:
    return frozenset({True}) if when is None else truths_of(when.expression)


def _states(when: Condition | None, yes: str, no: str, unknown: str | None = None) -> Iterator[str]:
    """What a condition can bring: one that is not there, or always the same, only one thing."""
    truths = _truths(when)
    yield from ([yes] if True in truths else [])
    yield from ([no] if False in truths else [])
    yield from ([unknown] if unknown is not None and None in truths else [])


def _statuses(criterion: CheckedCriterion) -> Iterator[str]:
    body = truths_of(criterion.body.check.expression) if isinstance(criterion.body, CheckedLeaf) else ALL
    given = _truths(criterion.given)
    if given != {False}:
        yield from ([MET] if True in body else [])
        yield from ([NOT_MET] if False in body else [])
        yield from ([OPEN] if None in body or None in given else [])
    if False in given:
        yield NOT_APPLICABLE


def _asks_for_evidence(criterion: CheckedCriterion) -> bool:
    """Whether a criterion itself asks for evidence, and not only of a judgment, which has none."""
    return criterion.evidence is not None and any(True for _ in _facts_of_criterion(criterion))


def _facts_of_criterion(criterion: CheckedCriterion) -> Iterator[str]:
    waiting = [criterion]
    while waiting:
        each = waiting.pop()
        yield from facts_read(conditions_of_criterion(each))
        waiting.extend(each.body.children if isinstance(each.body, CheckedGroup) else ())


def _outcomes(pathway: CheckedPathway) -> Iterator[str]:
    """What a pathway can come to: one that excludes and requires nothing does not deny."""
    yield APPROVES
    if pathway.exclude or (pathway.require is not None and _worst(pathway.require) is Outcome.DENY):
        yield DENIES
    asks = any(checked.facts_read(value.expression) for _, value in granted_values(pathway.grant))
    if pathway.exclude or pathway.require is not None or pathway.review or asks:
        yield PENDS


def _worst(criterion: CheckedCriterion, unmet: Outcome | None = None) -> Outcome:
    """What a criterion that is not met leads to at the worst; the group around has the last word on `on_unmet`."""
    if unmet is None and criterion.on_unmet is not None:
        unmet = Outcome.PEND if criterion.on_unmet is OnUnmet.PEND else Outcome.DENY
    body = criterion.body
    if not isinstance(body, CheckedGroup) or body.kind is GroupKind.NONE or not body.children:
        return unmet or Outcome.DENY
    worst = sorted((_worst(child, unmet) for child in body.children), reverse=True)
    match body.kind:
        case GroupKind.ANY:
            return worst[0]
        case GroupKind.AT_LEAST:
            return worst[body.count - 1]
        case _:
            return worst[-1]


# --- what is read ---


def owner_of(criterion: CheckedCriterion, pathway: CheckedPathway) -> str:
    """What a criterion belongs to, where its name says too little: each pathway has its own `require`."""
    return f"`{pathway.name}`" if criterion.id == REQUIREMENT else ""
