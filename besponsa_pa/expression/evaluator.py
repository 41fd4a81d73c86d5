"""From the checked tree to a function that computes its value: one closure a node.

Missing values are handled here, at one point (`_spread`), and by no operator that does not say in the table
that it decides itself. The place of a failure is filled in here too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.compare import equal
from besponsa_pa.expression.conversions import converter, is_a
from besponsa_pa.expression.frames import Evaluate, Failure, Frame
from besponsa_pa.expression.functions import Unknowns
from besponsa_pa.expression.functions.relations import interval
from besponsa_pa.expression.queries import query_evaluator
from besponsa_pa.expression.signatures import join
from besponsa_pa.source import Span
from besponsa_pa.types import ANY, IntervalOf, Type
from besponsa_pa.values import (
    NO_FACTS,
    UNKNOWN,
    EvaluationError,
    Missing,
    TupleValue,
    Uncertain,
    UncertainList,
    Undecided,
    Value,
    facts_of,
    list_of,
    missing,
    uncertain,
)  # fmt: skip


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
            return _placed(_conversion(evaluator(node.operand), node.type), node.span)
        case checked.Conditional():
            items = [(evaluator(condition), evaluator(result)) for condition, result in node.items]
            return _conditional(items, evaluator(node.alternative))
        case checked.Lookup():
            return _placed(_lookup(node), node.span)
        case checked.Definition(arguments=()):
            return _once(f"{node.name}()", node.body)
        case checked.Definition():
            return evaluator(node.body)
        case checked.NewList():
            return _list(node)
        case checked.NewTuple():
            return _tuple({name: evaluator(element) for name, element in node.elements})
        case checked.NewInterval():
            return _interval(node)
        case checked.TypeTest():
            return _type_test(evaluator(node.operand), node.tested)
        case checked.Cast():
            return _cast(evaluator(node.operand), node)
        case checked.Query():
            return _placed(query_evaluator(node, evaluator), node.span)
        case _:
            assert_never(node)


def _constant(value: Value) -> Evaluate:
    return lambda _: value


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


def _once(slot: str, body: Checked) -> Evaluate:
    """A definition without parameters is computed once for a case, however often it is used."""
    compiled: list[Evaluate] = []

    def evaluate(frame: Frame) -> Value:
        if slot not in frame:
            if not compiled:
                compiled.append(evaluator(body))
            frame[slot] = compiled[0](frame)
        return frame[slot]

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
    convert = converter(target)
    return lambda frame: convert(operand(frame))


def _type_test(operand: Evaluate, kind: Type) -> Evaluate:
    def evaluate(frame: Frame) -> Value:
        value = operand(frame)
        return missing(value.facts) if isinstance(value, UNKNOWN) else is_a(value, kind)

    return evaluate


def _cast(operand: Evaluate, node: checked.Cast) -> Evaluate:
    """What is not known is of the type if its own static type allows it."""
    is_possible = join(node.operand.type, node.type) is not None

    def evaluate(frame: Frame) -> Value:
        value = operand(frame)
        if isinstance(value, UNKNOWN) and not is_possible:
            return missing(value.facts) if node.strict else None
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


def _list(node: checked.NewList) -> Evaluate:
    elements = [evaluator(element) for element in node.elements]
    if all(isinstance(element, checked.Constant) for element in node.elements):
        return _constant(list_of((element({}), True) for element in elements))
    return lambda frame: list_of((element(frame), True) for element in elements)


def _tuple(elements: Mapping[str, Evaluate]) -> Evaluate:
    return lambda frame: TupleValue({name: element(frame) for name, element in elements.items()})


def _interval(node: checked.NewInterval) -> Evaluate:
    low, high = evaluator(node.low), evaluator(node.high)
    point = node.type.point if isinstance(node.type, IntervalOf) else ANY

    def evaluate(frame: Frame) -> Value:
        return interval(low(frame), high(frame), node.low_closed, node.high_closed, point)

    return _placed(evaluate, node.span)
