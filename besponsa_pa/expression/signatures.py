"""Which signature of an operator fits: type variables, implicit conversions, and their cost.

CQL 1.5, Author's Guide, Conversion Precedence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from besponsa_pa.expression.functions.table import Operator, Overload
from besponsa_pa.records import dataclass
from besponsa_pa.types import (
    ANY,
    CODE,
    CONCEPT,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    LONG,
    IntervalOf,
    ListOf,
    Simple,
    TupleOf,
    Type,
    Variable,
    plain,
)  # fmt: skip

# What is converted without being asked for, and what it costs against an exact fit.
CONVERSIONS = {
    (INTEGER.name, LONG.name): 2,
    (INTEGER.name, DECIMAL.name): 3,
    (LONG.name, DECIMAL.name): 3,
    (DATE.name, DATETIME.name): 4,
    (CODE.name, CONCEPT.name): 4,
}


@dataclass(frozen=True, slots=True)
class Fit:
    """A signature that fits: the types its operands are converted to, and the type of its result."""

    operator: Operator
    overload: Overload
    operands: tuple[Type, ...]
    result: Type
    cost: int


def best_fit(rows: Iterable[Operator], operands: Sequence[Type], with_precision: bool) -> Fit | None:
    """The cheapest signature for operands of these types, the first one among equals; None when none fits."""
    fits = (
        fit
        for row in rows
        if row.takes_precision or not with_precision
        for overload in row.overloads
        if (fit := _fit(row, overload, operands)) is not None
    )
    return min(fits, key=lambda fit: fit.cost, default=None)


def _fit(row: Operator, overload: Overload, operands: Sequence[Type]) -> Fit | None:
    if len(operands) != len(overload.parameters):
        return None
    bindings: dict[str, Type] = {}
    cost = 0
    for parameter, operand in zip(overload.parameters, operands, strict=True):
        step = _match(parameter, operand, bindings)
        if step is None:
            return None
        cost += step
    points = [parameter.point for parameter in overload.parameters if isinstance(parameter, IntervalOf)]
    if any(isinstance(bindings.get(str(point)), ListOf) for point in points):
        return None  # no interval has lists for points: against null, a list is held as one list against another
    targets = tuple(
        substitute(parameter, bindings) if _variables(parameter) else parameter for parameter in overload.parameters
    )
    # a variable bound late may be wider than an operand matched early: price that too
    cost += sum(conversion_cost(operand, target) or 0 for operand, target in zip(operands, targets, strict=True))
    return Fit(row, overload, targets, substitute(overload.result, bindings), cost)


def _match(parameter: Type, operand: Type, bindings: dict[str, Type]) -> int | None:
    match parameter, operand:
        case Variable(name), _:
            bound = bindings.get(name)
            joined = operand if bound is None else join(bound, operand)
            if joined is None:
                return None
            bindings[name] = joined
            return 1  # an exact signature comes before a general one
        case _, Simple(name="Any"):
            _bind_open(parameter, bindings)
            return 1
        case ListOf(element), ListOf(other):
            return _match(element, other, bindings)
        case IntervalOf(point), IntervalOf(other):
            return _match(point, other, bindings)
        case ListOf(element), Simple(name="ValueSet"):
            return _match(element, CODE, bindings)
        case _:
            return 0 if conversion_cost(operand, parameter) is not None else None


def _bind_open(parameter: Type, bindings: dict[str, Type]) -> None:
    for name in _variables(parameter):
        bindings.setdefault(name, ANY)


def _variables(kind: Type) -> list[str]:
    match kind:
        case Variable(name):
            return [name]
        case ListOf(inner) | IntervalOf(inner):
            return _variables(inner)
        case _:
            return []


def substitute(kind: Type, bindings: dict[str, Type]) -> Type:
    """The type with its variables replaced by what they are bound to."""
    match kind:
        case Variable(name):
            return bindings.get(name, ANY)
        case ListOf(element):
            return ListOf(substitute(element, bindings))
        case IntervalOf(point):
            return IntervalOf(substitute(point, bindings))
        case _:
            return kind


def conversion_cost(source: Type, target: Type) -> int | None:
    """What it costs to use a value of one type as another: 0 when it is one, None when it cannot be."""
    match source, target:
        case Simple(name="Any"), _:
            return 0
        case _, Simple(name="Any"):
            return 5
        case Simple(), Simple():
            return 0 if source.name == target.name else CONVERSIONS.get((source.name, target.name))
        case ListOf(element), ListOf(other):
            return conversion_cost(element, other)
        case IntervalOf(point), IntervalOf(other):
            return conversion_cost(point, other)
        case TupleOf(elements), TupleOf(others):
            if dict(elements).keys() != dict(others).keys():
                return None
            costs = [conversion_cost(kind, dict(others)[name]) for name, kind in elements]
            return None if None in costs else sum(cost or 0 for cost in costs)
        case Simple(name="ValueSet"), ListOf(element):
            return 1 if plain(element) == CODE else None
        case _:
            return None


def join(left: Type, right: Type) -> Type | None:
    """The narrowest type that both are or convert to, keeping what declarations add only where both agree."""
    if left == right:
        return left
    if isinstance(left, Simple) and isinstance(right, Simple) and left.name == right.name:
        return _widen(left, right)
    if conversion_cost(right, left) is not None and left != ANY:
        return _merge(left, right)
    if conversion_cost(left, right) is not None:
        return _merge(right, left)
    match left, right:
        case ListOf(first), ListOf(second):
            inner = join(first, second)
            return None if inner is None else ListOf(inner)
        case IntervalOf(first), IntervalOf(second):
            inner = join(first, second)
            return None if inner is None else IntervalOf(inner)
        case TupleOf(first_elements), TupleOf(second_elements):
            return _join_tuples(dict(first_elements), dict(second_elements))
        case _:
            return None


def _merge(wider: Type, narrower: Type) -> Type:
    """Null adds nothing; inside lists, what declarations add is joined as well."""
    match wider, narrower:
        case ListOf(first), ListOf(second):
            return ListOf(join(first, second) or first)
        case IntervalOf(first), IntervalOf(second):
            return IntervalOf(join(first, second) or first)
        case TupleOf(first_elements), TupleOf(second_elements):
            return _join_tuples(dict(first_elements), dict(second_elements)) or wider
        case _:
            return wider


def _join_tuples(first: dict[str, Type], second: dict[str, Type]) -> Type | None:
    if first.keys() != second.keys():
        return None
    joined = [(name, join(kind, second[name])) for name, kind in first.items()]
    if any(kind is None for _, kind in joined):
        return None
    return TupleOf(tuple((name, kind) for name, kind in joined if kind is not None))


def _widen(left: Simple, right: Simple) -> Simple:
    values = left.values if left.values == right.values else left.values or right.values
    unit = left.unit or right.unit
    system = left.system if left.system == right.system else None
    return Simple(left.name, values, unit, system)
