"""The tree of an expression as written: what the parser builds, the printer prints and the checker reads.

Every operator, whether written with a sign (`+`), a word (`starts`) or as a function, is one `Apply` with the
logical name that the table of operators gives it. What has a form of its own has a node of its own.
Spans are left out of comparison: two trees are equal when they say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from besponsa_pa.source import NOWHERE, Span
from besponsa_pa.types import Simple, Type
from besponsa_pa.values import Quantity, Value


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant of a simple type; `null` has the value None and the type Any."""

    value: Value
    type: Simple
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Name:
    """A name: a fact or the first part of one, a definition, a table, a value set, an alias, a parameter."""

    name: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class This:
    """`$this`, `$index` or `$total`."""

    name: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Member:
    """An element of a tuple (`T.start`), or the next part of a fact's name (`disease.cd22`)."""

    target: Expression
    name: str
    span: Span = _span()
    name_span: Span = _span()


@dataclass(frozen=True, slots=True)
class Call:
    """A function by its name: a row of the table of operators, a definition with parameters, or a table."""

    name: str
    arguments: tuple[Expression, ...]
    span: Span = _span()
    name_span: Span = _span()


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator by its logical name, with the precision it is asked at (`same day as`), if any."""

    operator: str
    operands: tuple[Expression, ...]
    precision: str | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Timing:
    """A timing phrase with more than an operator's name: a boundary, an offset, or both.

    `X starts 3 days or less before day of end Y` has `left_edge` start, `right_edge` end, `offset` 3 days,
    `qualifier` less, `relation` before, `precision` day. `relation` is one of before, after, same, within,
    includes, included_in; for `same`, `inclusive` is None, before or after; for before and after it says
    `on or before`. `properly` belongs to the last three.
    """

    left: Expression
    right: Expression
    relation: str
    left_edge: str | None = None
    right_edge: str | None = None
    offset: Quantity | None = None
    qualifier: str | None = None
    inclusive: str | None = None
    properly: bool = False
    precision: str | None = None
    span: Span = _span()
    phrase_span: Span = _span()


@dataclass(frozen=True, slots=True)
class If:
    """`if condition then consequence else alternative`."""

    condition: Expression
    consequence: Expression
    alternative: Expression
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Case:
    """`case`, with or without a comparand."""

    comparand: Expression | None
    items: tuple[tuple[Expression, Expression], ...]
    alternative: Expression
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ListSelector:
    """`{1, 2}` or `List<Integer>{}`."""

    elements: tuple[Expression, ...]
    element_type: Type | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TupleSelector:
    """`Tuple { a: 1 }`."""

    elements: tuple[tuple[str, Expression], ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class IntervalSelector:
    """`Interval[low, high)`."""

    low: Expression
    high: Expression
    low_closed: bool
    high_closed: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class CodeSelector:
    """`Code 'C91.00' from "ICD-10-CM"`."""

    code: str
    system: str
    display: str | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ConceptSelector:
    """`Concept { Code ... }`."""

    codes: tuple[CodeSelector, ...]
    display: str | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TypeTest:
    """`x is Integer`."""

    operand: Expression
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TypeCast:
    """`x as Integer` (null when it is none), or `cast x as Integer` (`strict`: a failure when it is none)."""

    operand: Expression
    type: Type
    strict: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TypeExtent:
    """`minimum Integer` or `maximum Date`."""

    extent: str
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Source:
    """One source of a query and its alias: `therapies T`."""

    expression: Expression
    alias: str
    span: Span = _span()
    alias_span: Span = _span()


@dataclass(frozen=True, slots=True)
class Relation:
    """`with source such that condition`, or `without`."""

    source: Source
    condition: Expression
    without: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`aggregate R starting 1: R * X`."""

    name: str
    starting: Expression | None
    expression: Expression
    distinct: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class SortItem:
    """What to sort by (None: the element itself) and whether descending."""

    expression: Expression | None
    descending: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Query:
    """A query: sources, then what is done with each combination of their elements."""

    sources: tuple[Source, ...]
    lets: tuple[tuple[str, Expression], ...] = ()
    relations: tuple[Relation, ...] = ()
    where: Expression | None = None
    result: Expression | None = None
    distinct: bool = True
    aggregate: Aggregate | None = None
    sort: tuple[SortItem, ...] = ()
    span: Span = _span()


Expression: TypeAlias = (
    Literal
    | Name
    | This
    | Member
    | Call
    | Apply
    | Timing
    | If
    | Case
    | ListSelector
    | TupleSelector
    | IntervalSelector
    | CodeSelector
    | ConceptSelector
    | TypeTest
    | TypeCast
    | TypeExtent
    | Query
)


def children(node: Expression) -> Iterator[Expression]:
    """The expressions directly inside an expression, from left to right."""
    match node:
        case Literal() | Name() | This() | CodeSelector() | ConceptSelector() | TypeExtent():
            return
        case Member():
            yield node.target
        case Call():
            yield from node.arguments
        case Apply():
            yield from node.operands
        case Timing():
            yield from (node.left, node.right)
        case If():
            yield from (node.condition, node.consequence, node.alternative)
        case Case():
            if node.comparand is not None:
                yield node.comparand
            for condition, result in node.items:
                yield from (condition, result)
            yield node.alternative
        case ListSelector():
            yield from node.elements
        case TupleSelector():
            yield from (expression for _, expression in node.elements)
        case IntervalSelector():
            yield from (node.low, node.high)
        case TypeTest() | TypeCast():
            yield node.operand
        case Query():
            yield from _query_children(node)


def _query_children(node: Query) -> Iterator[Expression]:
    yield from (source.expression for source in node.sources)
    yield from (expression for _, expression in node.lets)
    for relation in node.relations:
        yield from (relation.source.expression, relation.condition)
    if node.where is not None:
        yield node.where
    if node.result is not None:
        yield node.result
    if node.aggregate is not None:
        if node.aggregate.starting is not None:
            yield node.aggregate.starting
        yield node.aggregate.expression
    yield from (item.expression for item in node.sort if item.expression is not None)


def depth(node: Expression) -> int:
    """How many expressions stand inside one another, counted without recursion."""
    deepest = 0
    waiting = [(node, 1)]
    while waiting:
        current, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((child, level + 1) for child in children(current))
    return deepest
