"""From the checked tree to a function that computes its value: one closure a node.

Missing values are handled here, at one point (`_spread`), and by no operator that does not say in the table
that it decides itself. The place of a failure is filled in here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cmp_to_key
from itertools import product
from typing import TypeAlias, assert_never

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.compare import compare, conjunction, disjunction, equal, negation
from besponsa_pa.expression.functions import OPERATORS, Unknowns
from besponsa_pa.expression.functions.relations import interval
from besponsa_pa.source import Span
from besponsa_pa.types import (
    ANY, BOOLEAN, CODE, CONCEPT, DATE, DATETIME, DECIMAL, INTEGER, LONG, QUANTITY, RATIO, STRING, TIME, VALUE_SET,
    IntervalOf, ListOf, TupleOf, Type, plain,
)  # fmt: skip
from besponsa_pa.values import (
    NO_FACTS, UNKNOWN, Code, Concept, Date, DateTime, EvaluationError, Interval, Missing, Quantity, Ratio, Time, Truth,
    TupleValue, Uncertain, UncertainList, Undecided, Value, ValueSet, facts_of, list_of, missing, uncertain,
)  # fmt: skip

# The facts of one case by name, and the aliases in force by slot.
Frame: TypeAlias = dict[str, Value]
Evaluate: TypeAlias = Callable[[Frame], Value]


class Failure(Exception):  # noqa: N818 - the failure of an expression, not of the program
    """An expression could not be computed: why, and at which place."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message, self.span = message, span


def evaluator(node: Checked) -> Evaluate:
    """The function that computes an expression from a frame of facts; it raises `Failure` and nothing else.

    A fact that the frame does not hold is missing. The frame is written to while a query runs: give each
    evaluation thread its own.
    """
    match node:
        case checked.Constant():
            return _constant(node.value)
        case checked.Fact():
            return _fact(node.name)
        case checked.Local():
            return _local(node.slot)
        case checked.Element():
            return _element(evaluator(node.target), node.name)
        case checked.Operation():
            return _operation(node)
        case checked.Conversion():
            return _conversion(evaluator(node.operand), node.type)
        case checked.Conditional():
            items = [(evaluator(condition), evaluator(result)) for condition, result in node.items]
            return _conditional(items, evaluator(node.alternative))
        case checked.Lookup():
            return _lookup(node)
        case checked.Definition():
            return evaluator(node.body)
        case checked.NewList():
            return _list([evaluator(element) for element in node.elements])
        case checked.NewTuple():
            return _tuple({name: evaluator(element) for name, element in node.elements})
        case checked.NewInterval():
            return _interval(node)
        case checked.TypeTest():
            return _type_test(evaluator(node.operand), node.tested)
        case checked.Cast():
            return _cast(evaluator(node.operand), node)
        case checked.Query():
            return _query(node)
        case _:
            assert_never(node)


def _constant(value: Value) -> Evaluate:
    return lambda frame: value


def _fact(name: str) -> Evaluate:
    absent = Missing(frozenset([name]))
    return lambda frame: frame.get(name, absent)


def _local(slot: str) -> Evaluate:
    return lambda frame: frame[slot]


def _element(target: Evaluate, name: str) -> Evaluate:
    def evaluate(frame: Frame) -> Value:
        value = target(frame)
        return value.elements.get(name) if isinstance(value, TupleValue) else value

    return evaluate


# --- operators ---


def _operation(node: checked.Operation) -> Evaluate:
    operands = [evaluator(operand) for operand in node.operands]
    run = node.overload.run
    if node.operator.takes_precision:
        run = _with_precision(run, node.precision)
    match node.operator.unknowns:
        case Unknowns.SPREAD | Unknowns.NULLS:
            run = _spread(run, node.overload.directions, node.operator.unknowns is Unknowns.SPREAD)
        case Unknowns.LAZY:
            return _placed(_lazy(run, operands), node.span)
        case Unknowns.OWN:
            pass
    return _placed(_strict(run, operands), node.span)


def _with_precision(run: Callable[..., object], precision: str | None) -> Callable[..., object]:
    return lambda *values: run(*values, precision=precision)


def _strict(run: Callable[..., object], operands: list[Evaluate]) -> Evaluate:
    match operands:
        case [only]:
            return lambda frame: run(only(frame))  # type: ignore[return-value]
        case [left, right]:
            return lambda frame: run(left(frame), right(frame))  # type: ignore[return-value]
        case _:
            return lambda frame: run(*[operand(frame) for operand in operands])  # type: ignore[return-value]


def _lazy(run: Callable[..., object], operands: list[Evaluate]) -> Evaluate:
    def evaluate(frame: Frame) -> Value:
        return run(*[lambda operand=operand: operand(frame) for operand in operands])  # type: ignore[return-value]

    return evaluate


def _placed(evaluate: Evaluate, span: Span) -> Evaluate:
    """The dispatcher's frame: an undecided part is a missing value, a failure gets its place."""

    def placed(frame: Frame) -> Value:
        try:
            return evaluate(frame)
        except Undecided as undecided:
            return undecided.value
        except (EvaluationError, ArithmeticError, RecursionError) as error:
            raise Failure(str(error) or "the value cannot be computed", span) from error

    return placed


def _spread(run: Callable[..., object], directions: str, nulls_spread: bool) -> Callable[..., object]:
    """CQL's common rule, and ours: null in, null out; missing in, missing out.

    Null comes first: whatever a missing fact turns out to be, the result is null. Uncertain operands of an
    operator that grows or falls with them are put in at their bounds: the result lies between.
    """

    def spread(*values: Value) -> object:
        if nulls_spread and None in values:
            return None
        if not any(isinstance(value, UNKNOWN) for value in values):
            return run(*values)
        facts = facts_of(*values)
        if not directions or any(isinstance(value, (Missing, UncertainList)) for value in values):
            return missing(facts)
        if any(isinstance(v, Uncertain) and d == "0" for v, d in zip(values, directions, strict=True)):
            return missing(facts)
        low = run(*[_bound(value, way == "+") for value, way in zip(values, directions, strict=True)])
        high = run(*[_bound(value, way == "-") for value, way in zip(values, directions, strict=True)])
        return _between(low, high, facts)

    return spread


def _bound(value: Value, low: bool) -> Value:
    if not isinstance(value, Uncertain):
        return value
    return value.low if low else value.high


def _between(low: object, high: object, facts: frozenset[str]) -> Value:
    if low is None or high is None:
        return None if low is high else missing(facts)
    first = low.low if isinstance(low, Uncertain) else low
    last = high.high if isinstance(high, Uncertain) else high
    return uncertain(first, last, facts | facts_of(low, high))  # type: ignore[arg-type]


# --- conversions and types ---


def _conversion(operand: Evaluate, target: Type) -> Evaluate:
    convert = _converter(target)
    return lambda frame: convert(operand(frame))


def _converter(target: Type) -> Callable[[Value], Value]:
    match target:
        case ListOf(element):
            return _list_converter(_converter(element))
        case IntervalOf(point):
            inner = _converter(point)
            return lambda value: (
                Interval(inner(value.low), inner(value.high), value.low_closed, value.high_closed)
                if isinstance(value, Interval)
                else value
            )
        case TupleOf(elements):
            inside = {name: _converter(kind) for name, kind in elements}
            return lambda value: (
                TupleValue({name: inside[name](each) for name, each in value.elements.items()})
                if isinstance(value, TupleValue)
                else value
            )
        case _:
            return _SIMPLE_CONVERTERS.get(plain(target), lambda value: value)


def _list_converter(convert: Callable[[Value], Value]) -> Callable[[Value], Value]:
    def converted(value: Value) -> Value:
        match value:
            case tuple():
                return tuple(convert(element) for element in value)
            case UncertainList():
                return UncertainList(tuple((convert(e), sure) for e, sure in value.elements), value.facts)
            case ValueSet():
                return tuple(Code(code, system) for system, code in sorted(value.codes, key=str))
            case _:
                return value

    return converted


def _to_decimal(value: Value) -> Value:
    if isinstance(value, Uncertain):
        return Uncertain(_to_decimal(value.low), _to_decimal(value.high), value.facts)
    return Decimal(value) if isinstance(value, int) else value


def _to_datetime(value: Value) -> Value:
    if isinstance(value, Uncertain):
        return Uncertain(_to_datetime(value.low), _to_datetime(value.high), value.facts)
    return DateTime(*value.parts) if isinstance(value, Date) else value


_SIMPLE_CONVERTERS: dict[Type, Callable[[Value], Value]] = {
    DECIMAL: _to_decimal,
    DATETIME: _to_datetime,
    CONCEPT: lambda value: Concept((value,), value.display) if isinstance(value, Code) else value,
}

_PYTHON_TYPES: dict[Type, type] = {
    BOOLEAN: bool, INTEGER: int, LONG: int, DECIMAL: Decimal, STRING: str, DATE: Date, DATETIME: DateTime, TIME: Time,
    QUANTITY: Quantity, RATIO: Ratio, CODE: Code, CONCEPT: Concept, VALUE_SET: ValueSet,
}  # fmt: skip


def is_a(value: Value, kind: Type) -> bool:
    """Whether a known value is one of a type; null is of none."""
    match kind:
        case ListOf(element):
            return isinstance(value, tuple) and all(each is None or is_a(each, element) for each in value)
        case IntervalOf(point):
            return isinstance(value, Interval) and all(b is None or is_a(b, point) for b in (value.low, value.high))
        case TupleOf(elements):
            return isinstance(value, TupleValue) and value.elements.keys() == dict(elements).keys()
        case _:
            wanted = plain(kind)
            return value is not None and (wanted == ANY or type(value) is _PYTHON_TYPES.get(wanted))


def _type_test(operand: Evaluate, kind: Type) -> Evaluate:
    def evaluate(frame: Frame) -> Value:
        value = operand(frame)
        return missing(value.facts) if isinstance(value, UNKNOWN) else is_a(value, kind)

    return evaluate


def _cast(operand: Evaluate, node: checked.Cast) -> Evaluate:
    def evaluate(frame: Frame) -> Value:
        value = operand(frame)
        if value is None or isinstance(value, UNKNOWN) or is_a(value, node.type):
            return value
        if node.strict:
            raise Failure(f"the value is not of the type {node.type}", node.span)
        return None

    return evaluate


# --- choices ---


def _conditional(items: list[tuple[Evaluate, Evaluate]], alternative: Evaluate) -> Evaluate:
    """The first result whose condition holds (CQL: a null condition does not hold).

    A missing condition leaves both ways open: all of them are evaluated, and only what they agree on is known.
    """

    def evaluate(frame: Frame) -> Value:
        open_facts, possible = NO_FACTS, []
        for condition, result in items:
            truth = condition(frame)
            if isinstance(truth, Missing):
                open_facts |= truth.facts
                possible.append(result(frame))
            elif truth is True:
                possible.append(result(frame))
                break
        else:
            possible.append(alternative(frame))
        return possible[0] if len(possible) == 1 else _agreed(possible, open_facts)

    return evaluate


def _agreed(possible: list[Value], facts: frozenset[str]) -> Value:
    first = possible[0]
    if not isinstance(first, UNKNOWN) and all(type(v) is type(first) and v == first for v in possible[1:]):
        return first
    return missing(facts | facts_of(*possible))


def _lookup(node: checked.Lookup) -> Evaluate:
    key, alternative = evaluator(node.key), evaluator(node.alternative)
    rows = [(_equal_to(key, value), evaluator(result)) for value, result in node.rows]
    return _conditional(rows, alternative)


def _equal_to(key: Evaluate, value: Value) -> Evaluate:
    return lambda frame: equal(key(frame), value)


# --- selectors ---


def _list(elements: list[Evaluate]) -> Evaluate:
    return lambda frame: list_of((element(frame), True) for element in elements)


def _tuple(elements: Mapping[str, Evaluate]) -> Evaluate:
    return lambda frame: TupleValue({name: element(frame) for name, element in elements.items()})


def _interval(node: checked.NewInterval) -> Evaluate:
    low, high = evaluator(node.low), evaluator(node.high)
    point = node.type.point if isinstance(node.type, IntervalOf) else ANY

    def evaluate(frame: Frame) -> Value:
        return interval(low(frame), high(frame), node.low_closed, node.high_closed, point)

    return _placed(evaluate, node.span)


# --- queries (CQL 1.5, Author's Guide, Queries) ---


Row: TypeAlias = tuple[tuple[Value, ...], bool, frozenset[str]]


def _query(node: checked.Query) -> Evaluate:
    """A query in its order: sources, lets, with and without, where, result, distinct, aggregate, sort.

    Where it is not known whether a row belongs, the row stays as one that may: the result is an
    `UncertainList`, of which `exists` and `Count` know the bounds.
    """
    sources = [evaluator(source) for _, source in node.sources]
    slots = [slot for slot, _ in node.sources]
    lets = [(slot, evaluator(value)) for slot, value in node.lets]
    keeps = _filter(node)
    result = evaluator(node.result)
    finish = _finish(node)

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

    return _placed(evaluate, node.span)


def _rows(values: list[Value]) -> Iterator[Row]:
    """Every combination of the sources' elements, whether it is sure to be there, and the facts that would tell."""
    each = [_elements(value) for value in values]
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


def _filter(node: checked.Query) -> Callable[[Frame], Truth]:
    relations = [_related(relation) for relation in node.relations]
    where = None if node.where is None else evaluator(node.where)

    def keeps(frame: Frame) -> Truth:
        truths: list[Truth] = []
        for condition in (*relations, *(() if where is None else (where,))):
            truth = condition(frame)
            truths.append(False if truth is None else truth)  # type: ignore[arg-type]
            if not truths[-1]:
                return False
        return conjunction(*truths)

    return keeps


def _related(relation: checked.Relation) -> Evaluate:
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


def _finish(node: checked.Query) -> Callable[[Frame, Value], Value]:
    (distinct,) = (row.overloads[0].run for row in OPERATORS["Distinct"])
    aggregate = None if node.aggregate is None else _aggregate(node.aggregate, node.sources)
    keys = [(evaluator(item.key), item.descending) for item in node.sort]

    def finish(frame: Frame, rows: Value) -> Value:
        if node.distinct:
            rows = distinct(rows)  # type: ignore[assignment]
        if aggregate is not None:
            return aggregate(frame, rows)
        if keys and isinstance(rows, UNKNOWN):
            return missing(rows.facts)
        if keys and isinstance(rows, tuple):
            rows = _sorted(rows, frame, node.element, keys)
        if node.is_list or isinstance(rows, UNKNOWN):
            return rows
        return rows[0] if rows else None

    return finish


def _aggregate(
    node: checked.Aggregate, sources: tuple[tuple[str, Checked], ...]
) -> Callable[[Frame, Value], Value]:
    starting, expression = evaluator(node.starting), evaluator(node.expression)
    (distinct,) = (row.overloads[0].run for row in OPERATORS["Distinct"])

    def aggregate(frame: Frame, rows: Value) -> Value:
        if node.distinct:
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


def _sorted(
    rows: tuple[Value, ...], frame: Frame, slot: str, keys: list[tuple[Evaluate, bool]]
) -> Value:
    """Stable, nulls first when ascending (CQL 1.5, Sorting); a missing key leaves the order unknown."""
    keyed = []
    for row in rows:
        frame[slot] = row
        keyed.append(([key(frame) for key, _ in keys], row))
    facts = facts_of(*(value for values, _ in keyed for value in values))
    if any(isinstance(value, UNKNOWN) for values, _ in keyed for value in values):
        return missing(facts)

    def order(left: tuple[list[Value], Value], right: tuple[list[Value], Value]) -> int:
        for first, second, (_, descending) in zip(left[0], right[0], keys, strict=True):
            if sign := _order(first, second):
                return -sign if descending else sign
        return 0

    return tuple(row for _, row in sorted(keyed, key=cmp_to_key(order)))


def _order(left: Value, right: Value) -> int:
    if left is None or right is None:
        return (left is not None) - (right is not None)
    return compare(left, right) or 0
