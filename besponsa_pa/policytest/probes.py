"""Probes: a checked expression that is computed as before, and tells what it was computed from.

A probe is an operation around a part of the tree, so that the evaluator needs to know nothing of coverage. What it
looks at besides the part itself is computed aside: nothing that is kept for the case may come of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked, rebuilt
from besponsa_pa.expression.compare import equal
from besponsa_pa.expression.frames import Failure
from besponsa_pa.expression.functions.table import Operator, Overload, Unknowns
from besponsa_pa.policytest.predicates import Known, Predicate, conditions_in, joined, predicate, shown
from besponsa_pa.source import Span
from besponsa_pa.types import BOOLEAN, plain
from besponsa_pa.values import UNKNOWN, Value

Operand = Callable[[], Value]


@dataclass(slots=True)
class Seen:
    """What the probes of one evaluation have told, by the places in the policy.

    `clauses`: each clause that decided alone, with its truth. `chosen`: the results of `if`, `case` and tables that
    were taken.
    """

    clauses: set[tuple[Span, Known]] = field(default_factory=set)
    chosen: set[Span] = field(default_factory=set)

    def clear(self) -> None:
        """Forget all."""
        self.clauses.clear()
        self.chosen.clear()


def probed(expression: Checked, seen: Seen) -> Checked:
    """The expression with a probe around each predicate, `if`, `case` and table that tells `seen` what it met."""
    return _Prober(seen).whole(expression)


@dataclass(frozen=True, slots=True)
class _Prober:
    seen: Seen
    _bodies: dict[int, Checked] = field(default_factory=dict)
    _bodies_aside: dict[int, Checked] = field(default_factory=dict)

    def whole(self, node: Checked) -> Checked:
        """A part that is a predicate of its own if it is true or false."""
        return self._predicate(node) if plain(node.type) == BOOLEAN else self._part(node)

    def _predicate(self, node: Checked) -> Checked:
        found = predicate(node)
        clauses = {id(each.expression) for each in found.clauses}
        inner = self._joined(node, clauses)
        operands = () if len(found.clauses) == 1 else tuple(self._aside(each.expression) for each in found.clauses)
        return _probe(inner, operands, lambda value, others: self._tell(found, value, others))

    def _joined(self, node: Checked, clauses: set[int]) -> Checked:
        if id(node) in clauses:
            return self._part(node)
        return rebuilt(node, lambda child: self._joined(child, clauses))

    def _tell(self, found: Predicate, value: Value, others: list[Value]) -> None:
        values = others or [_negated_back(found, value)]
        pairs = zip(found.clauses, values, strict=True)
        known = {id(clause.expression): each if isinstance(each, bool) else None for clause, each in pairs}
        self.seen.clauses.update((clause.span, truth) for clause, truth in shown(found, known))

    def _part(self, node: Checked) -> Checked:
        """What is inside a clause, or any other expression."""
        if isinstance(node, checked.Definition):
            # by the body, which all uses of a definition share: what is shared stays shared
            body = self._bodies.get(id(node.body))
            if body is None:
                body = self._bodies[id(node.body)] = self.whole(node.body)
            return checked.Definition(node.name, body, node.arguments, node.type, node.span)
        whole = {id(each) for each in conditions_in(node)}
        changed = rebuilt(node, lambda child: self._child(child, id(child) in whole))
        match node:
            case checked.Conditional():
                conditions = tuple(self._aside(condition) for condition, _ in node.items)
                return _probe(changed, conditions, lambda _, others: self._choose(node, others))
            case checked.Lookup():
                return _probe(changed, (self._aside(node.key),), lambda _, others: self._look_up(node, others[0]))
            case _:
                return changed

    def _child(self, node: Checked, is_whole: bool) -> Checked:
        if (is_whole and plain(node.type) == BOOLEAN) or joined(node):
            return self._predicate(node)
        return self._part(node)

    def _aside(self, node: Checked) -> Checked:
        """The expression, its definitions under other names: the frame keeps their values apart from those probed."""
        if not isinstance(node, checked.Definition):
            return rebuilt(node, self._aside)
        body = self._bodies_aside.get(id(node.body))
        if body is None:
            body = self._bodies_aside[id(node.body)] = self._aside(node.body)
        return checked.Definition(f"{node.name} aside", body, node.arguments, node.type, node.span)

    def _choose(self, node: checked.Conditional | checked.Lookup, conditions: Iterable[Value]) -> None:
        """The result of the first condition that holds, if none before it is open."""
        results = [value for _, value in (node.items if isinstance(node, checked.Conditional) else node.rows)]
        for truth, result in zip(conditions, results, strict=True):
            if isinstance(truth, UNKNOWN):
                return
            if truth is True:
                self.seen.chosen.add(result.span)
                return
        self.seen.chosen.add(node.alternative.span)

    def _look_up(self, node: checked.Lookup, key: Value) -> None:
        self._choose(node, (equal(key, value) for value, _ in node.rows))


def _negated_back(found: Predicate, value: Value) -> Value:
    """The value of a predicate's only clause, which may stand under `not`."""
    node, turned = found.expression, False
    while node is not found.clauses[0].expression and isinstance(node, checked.Operation):
        node, turned = node.operands[0], not turned
    return not value if turned and isinstance(value, bool) else value


def _probe(inner: Checked, others: tuple[Checked, ...], tell: Callable[[Value, list[Value]], None]) -> Checked:
    def run(value: Operand, *operands: Operand) -> Value:
        result = value()
        tell(result, [_guarded(operand) for operand in operands])
        return result

    kinds = tuple(node.type for node in (inner, *others))
    overload = Overload(kinds, inner.type, run)
    operator = Operator("Probe", "{0}", "Tells what it is given.", "", (overload,), (), Unknowns.LAZY)
    return checked.Operation(operator, overload, (inner, *others), None, inner.type, inner.span)


def _guarded(operand: Operand) -> Value:
    try:
        return operand()
    except Failure:
        return None
