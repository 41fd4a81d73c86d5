"""The tree of an expression as checked: every name resolved, every operator chosen, every node with its type.

The evaluator and the backends read this tree; nothing in it can be unknown or of the wrong type any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias, assert_never

from besponsa_pa.expression.functions.table import Operator, Overload
from besponsa_pa.records import dataclass, field, replace
from besponsa_pa.source import NOWHERE, Span
from besponsa_pa.types import ListOf, Type
from besponsa_pa.values import Value


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is always the same."""

    value: Value
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the case by its declared name."""

    name: str
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Local:
    """An alias, a `let` or `$this`: `slot` is unique in the expression, so that no name can hide another."""

    slot: str
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a tuple."""

    target: Checked
    name: str
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with the signature that fits its operands."""

    operator: Operator
    overload: Overload
    operands: tuple[Checked, ...]
    precision: str | None
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Conversion:
    """An implicit conversion, such as Integer to Decimal, also of what is inside a list or an interval."""

    operand: Checked
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Conditional:
    """`if` and `case`: the result of the first condition that holds; with a comparand the conditions compare."""

    items: tuple[tuple[Checked, Checked], ...]
    alternative: Checked
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Lookup:
    """A row of a table by its key; the alternative where no row has it."""

    table: str
    key: Checked
    rows: tuple[tuple[Value, Checked], ...]
    alternative: Checked
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Definition:
    """A named expression; `arguments` are empty for one without parameters, whose value is then worth showing."""

    name: str
    body: Checked
    arguments: tuple[Checked, ...]
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class NewList:
    """A list of its elements."""

    elements: tuple[Checked, ...]
    type: ListOf
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class NewTuple:
    """A tuple of its elements."""

    elements: tuple[tuple[str, Checked], ...]
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class NewInterval:
    """An interval between two bounds."""

    low: Checked
    high: Checked
    low_closed: bool
    high_closed: bool
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TypeTest:
    """Whether a value is of a type."""

    operand: Checked
    tested: Type
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Cast:
    """A value as one of a type: null where it is none, or a failure when `strict`."""

    operand: Checked
    strict: bool
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Relation:
    """`with` (or `without`) a list of which an element, in `slot`, satisfies the condition."""

    slot: str
    source: Checked
    condition: Checked
    without: bool


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A running total in `slot`, from `starting`."""

    slot: str
    starting: Checked
    expression: Checked
    distinct: bool


@dataclass(frozen=True, slots=True)
class SortItem:
    """What to sort by, with the element in the query's `element` slot."""

    key: Checked
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query; `sources` and `lets` name the slots that they fill. `is_list` is false for a query on a single value."""

    sources: tuple[tuple[str, Checked], ...]
    lets: tuple[tuple[str, Checked], ...]
    relations: tuple[Relation, ...]
    where: Checked | None
    result: Checked
    distinct: bool
    aggregate: Aggregate | None
    element: str
    sort: tuple[SortItem, ...]
    is_list: bool
    type: Type
    span: Span = _span()


Checked: TypeAlias = (
    Constant
    | Fact
    | Local
    | Element
    | Operation
    | Conversion
    | Conditional
    | Lookup
    | Definition
    | NewList
    | NewTuple
    | NewInterval
    | TypeTest
    | Cast
    | Query
)


def children(node: Checked) -> Iterator[Checked]:
    """The expressions directly inside a checked expression, from left to right."""
    match node:
        case Constant() | Fact() | Local():
            return
        case Element():
            yield node.target
        case Operation():
            yield from node.operands
        case Conversion() | TypeTest() | Cast():
            yield node.operand
        case Conditional():
            for item in node.items:
                yield from item
            yield node.alternative
        case Lookup():
            yield node.key
            yield from (value for _, value in node.rows)
            yield node.alternative
        case Definition():
            yield node.body
        case NewList():
            yield from node.elements
        case NewTuple():
            yield from (element for _, element in node.elements)
        case NewInterval():
            yield from (node.low, node.high)
        case Query():
            yield from _query_children(node)


def _query_children(node: Query) -> Iterator[Checked]:
    yield from (source for _, source in node.sources)
    yield from (value for _, value in node.lets)
    for relation in node.relations:
        yield from (relation.source, relation.condition)
    if node.where is not None:
        yield node.where
    yield node.result
    if node.aggregate is not None:
        yield from (node.aggregate.starting, node.aggregate.expression)
    yield from (item.key for item in node.sort)


def walk(node: Checked) -> Iterator[Checked]:
    """An expression and all inside it, from the outside in and from left to right; each definition is entered once."""
    waiting = [node]
    entered: set[int] = set()
    while waiting:
        current = waiting.pop()
        yield current
        if isinstance(current, Definition):
            if id(current.body) in entered:
                continue
            entered.add(id(current.body))
        waiting.extend(reversed(list(children(current))))


def facts_read(node: Checked) -> tuple[str, ...]:
    """The facts that an expression reads, each once, in the order in which it names them."""
    return tuple(dict.fromkeys(each.name for each in walk(node) if isinstance(each, Fact)))


def rebuilt(node: Checked, change: Callable[[Checked], Checked]) -> Checked:
    """The expression with each of those directly inside it changed; what they stand in is as it was."""
    match node:
        case Constant() | Fact() | Local():
            return node
        case Element():
            return replace(node, target=change(node.target))
        case Operation():
            return replace(node, operands=tuple(change(operand) for operand in node.operands))
        case Conversion() | TypeTest() | Cast():
            return replace(node, operand=change(node.operand))
        case Conditional():
            items = tuple((change(condition), change(result)) for condition, result in node.items)
            return replace(node, items=items, alternative=change(node.alternative))
        case Lookup():
            rows = tuple((key, change(value)) for key, value in node.rows)
            return replace(node, key=change(node.key), rows=rows, alternative=change(node.alternative))
        case Definition():
            return replace(node, body=change(node.body))
        case NewList():
            return replace(node, elements=tuple(change(element) for element in node.elements))
        case NewTuple():
            return replace(node, elements=tuple((name, change(element)) for name, element in node.elements))
        case NewInterval():
            return replace(node, low=change(node.low), high=change(node.high))
        case Query():
            return _rebuilt_query(node, change)
        case _:
            assert_never(node)


def _rebuilt_query(node: Query, change: Callable[[Checked], Checked]) -> Query:
    aggregate = node.aggregate
    if aggregate is not None:
        starting, expression = change(aggregate.starting), change(aggregate.expression)
        aggregate = replace(aggregate, starting=starting, expression=expression)
    return replace(
        node,
        sources=tuple((slot, change(source)) for slot, source in node.sources),
        lets=tuple((slot, change(value)) for slot, value in node.lets),
        relations=tuple(
            replace(each, source=change(each.source), condition=change(each.condition)) for each in node.relations
        ),
        where=None if node.where is None else change(node.where),
        result=change(node.result),
        aggregate=aggregate,
        sort=tuple(replace(item, key=change(item.key)) for item in node.sort),
    )
