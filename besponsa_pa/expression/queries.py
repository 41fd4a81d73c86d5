"""Computing queries (CQL 1.5, Author's Guide, Queries): rows, and whether each is sure to belong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cmp_to_key
from itertools import product
from math import prod
from typing import TypeAlias

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.compare import compare, conjunction, disjunction, negation
from besponsa_pa.expression.frames import Evaluate, Frame
from besponsa_pa.expression.functions import operators_of
from besponsa_pa.values import (
    NO_FACTS,
    UNKNOWN,
    Date,
    DateTime,
    EvaluationError,
    Missing,
    Time,
    Truth,
    TupleValue,
    UncertainList,
    Value,
    facts_of,
    list_of,
    missing,
)  # fmt: skip

POINTS = (Date, DateTime, Time)

# More combinations of the sources' elements than these take longer than anybody waits.
MOST_ROWS = 100_000

Row: TypeAlias = tuple[tuple[Value, ...], bool, frozenset[str]]
Evaluator: TypeAlias = Callable[[Checked], Evaluate]


def query_evaluator(node: checked.Query, evaluator: Evaluator) -> Evaluate:
    """A query in its order: sources, lets, with and without, where, result, distinct, aggregate, sort.

    Where it is not known whether a row belongs, the row stays as one that may: the result is an
    `UncertainList`, of which `exists` and `Count` know the bounds.
    """
    sources = [evaluator(source) for _, source in node.sources]
    slots = [slot for slot, _ in node.sources]
    lets = [(slot, evaluator(value)) for slot, value in node.lets]
    keeps = _filter(node, evaluator)
    result = evaluator(node.result)
    finish = _finish(node, evaluator)

    def evaluate(frame: Frame) -> Value:
        values = [source(frame) for source in sources]
        if any(value is None for value in values):
            return None
        if any(isinstance(value, Missing) for value in values):
            return missing(facts_of(*values))
        rows: list[tuple[Value, bool]] = []
        facts = NO_FACTS
        for combination, sure, reasons in _rows(values):
            frame.update(zip(slots, combination, strict=True))
            for slot, value in lets:
                frame[slot] = value(frame)
            truth = keeps(frame)
            if truth is True or isinstance(truth, Missing):
                facts |= reasons | facts_of(truth)
                rows.append((result(frame), sure and truth is True))
        return finish(frame, list_of(rows, facts))

    return evaluate


def _rows(values: list[Value]) -> Iterator[Row]:
    """Every combination of the sources' elements, whether it is sure to be there, and the facts that would tell."""
    each = [_elements(value) for value in values]
    if prod(map(len, each)) > MOST_ROWS:
        raise EvaluationError(f"a query goes through more than {MOST_ROWS} combinations")
    for combination in product(*each):
        unsure = NO_FACTS.union(*(reasons for _, sure, reasons in combination if not sure))
        yield tuple(e for e, _, _ in combination), all(sure for _, sure, _ in combination), unsure


def _elements(value: Value) -> list[tuple[Value, bool, frozenset[str]]]:
    match value:
        case tuple():
            return [(element, True, NO_FACTS) for element in value]
        case UncertainList():
            return [(element, sure, value.facts) for element, sure in value.elements]
        case _:
            return [(value, True, NO_FACTS)]


def _filter(node: checked.Query, evaluator: Evaluator) -> Callable[[Frame], Truth]:
    relations = [_related(relation, evaluator) for relation in node.relations]
    where = None if node.where is None else evaluator(node.where)

    def keeps(frame: Frame) -> Truth:
        truths: list[Truth] = []
        for condition in (*relations, *(() if where is None else (where,))):
            truth = condition(frame)
            truths.append(False if truth is None else truth)
            if not truths[-1]:
                return False
        return conjunction(*truths)

    return keeps


def _related(relation: checked.Relation, evaluator: Evaluator) -> Evaluate:
    source, condition = evaluator(relation.source), evaluator(relation.condition)

    def related(frame: Frame) -> Value:
        value = source(frame)
        if isinstance(value, Missing):
            return value
        truths: list[Truth] = []
        for element, sure, reasons in [] if value is None else _elements(value):
            frame[relation.slot] = element
            truth = condition(frame)
            held: Truth = False if truth is None else truth  # type: ignore[assignment]
            truths.append(held if sure else conjunction(held, missing(reasons)))
        found = disjunction(*truths)
        return negation(found) if relation.without else found

    return related


def _finish(node: checked.Query, evaluator: Evaluator) -> Callable[[Frame, Value], Value]:
    distinct = _distinct() if node.distinct else None
    aggregate = None if node.aggregate is None else _aggregate(node.aggregate, node.sources, evaluator)
    keys = [(evaluator(item.key), item.descending) for item in node.sort]

    def finish(frame: Frame, rows: Value) -> Value:
        if distinct is not None:
            rows = distinct(rows)  # type: ignore[assignment]
        if aggregate is not None:
            return aggregate(frame, rows)
        if keys and isinstance(rows, UNKNOWN):
            return missing(rows.facts)
        if keys and isinstance(rows, tuple):
            rows = _sorted(rows, frame, node.element, keys)
        return rows if node.is_list else _only(rows)

    return finish


def _distinct() -> Callable[..., object]:
    """The operator, from its chapter, which is loaded for it."""
    return next(row.overloads[0].run for row in operators_of("lists") if row.name == "Distinct")


def _only(rows: Value) -> Value:
    """What a query on a single value gives: that value, or null when it does not qualify."""
    if isinstance(rows, UncertainList):
        ((value, sure),) = rows.elements
        return value if sure else missing(rows.facts | facts_of(value))
    return rows[0] if isinstance(rows, tuple) and rows else None


def _aggregate(
    node: checked.Aggregate, sources: tuple[tuple[str, Checked], ...], evaluator: Evaluator
) -> Callable[[Frame, Value], Value]:
    starting, expression = evaluator(node.starting), evaluator(node.expression)
    distinct = _distinct() if node.distinct else None

    def aggregate(frame: Frame, rows: Value) -> Value:
        if distinct is not None:
            rows = distinct(rows)  # type: ignore[assignment]
        if not isinstance(rows, tuple):
            return missing(facts_of(rows))
        total = starting(frame)
        for row in rows:
            values = row.elements.values() if len(sources) > 1 and isinstance(row, TupleValue) else (row,)
            frame.update(zip((slot for slot, _ in sources), values, strict=True))
            frame[node.slot] = total
            total = expression(frame)
        return total

    return aggregate


def _sorted(rows: tuple[Value, ...], frame: Frame, slot: str, keys: list[tuple[Evaluate, bool]]) -> Value:
    """Stable, nulls first when ascending (CQL 1.5, Sorting); a missing key leaves the order of several unknown."""
    keyed = []
    for row in rows:
        frame[slot] = row
        keyed.append(([key(frame) for key, _ in keys], row))
    facts = facts_of(*(value for values, _ in keyed for value in values))
    if len(rows) > 1 and any(isinstance(value, UNKNOWN) for values, _ in keyed for value in values):
        return missing(facts)

    def order(left: tuple[list[Value], Value], right: tuple[list[Value], Value]) -> int:
        for first, second, (_, descending) in zip(left[0], right[0], keys, strict=True):
            if sign := _order(first, second):
                return -sign if descending else sign
        return 0

    return tuple(row for _, row in sorted(keyed, key=cmp_to_key(order)))


def _order(left: Value, right: Value) -> int:
    """Of dates that agree as far as both go, the one known in less detail comes first."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    order = compare(left, right)
    if order is None and isinstance(left, POINTS) and isinstance(right, POINTS):
        return len(left.parts) - len(right.parts)
    return order or 0
