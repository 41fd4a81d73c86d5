"""Implicit conversions of values, and whether a value is of a type (CQL 1.5, Author's Guide, Conversions)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from besponsa_pa.types import (
    ANY,
    BOOLEAN,
    CODE,
    CONCEPT,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    LONG,
    QUANTITY,
    RATIO,
    STRING,
    TIME,
    VALUE_SET,
    VOCABULARY,
    IntervalOf,
    ListOf,
    TupleOf,
    Type,
    plain,
)  # fmt: skip
from besponsa_pa.values import (
    Code,
    Concept,
    Date,
    DateTime,
    Interval,
    Quantity,
    Ratio,
    Time,
    TupleValue,
    Uncertain,
    UncertainList,
    Value,
    ValueSet,
)  # fmt: skip


def converter(target: Type) -> Callable[[Value], Value]:
    """The function that converts a value to a type to which its own converts implicitly.

    What is inside lists, intervals and tuples is converted too; unknown values stay unknown.
    """
    match target:
        case ListOf(element):
            return _list_converter(converter(element))
        case IntervalOf(point):
            inner = converter(point)
            return lambda value: (
                Interval(inner(value.low), inner(value.high), value.low_closed, value.high_closed)
                if isinstance(value, Interval)
                else value
            )
        case TupleOf(elements):
            inside = {name: converter(kind) for name, kind in elements}
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
                return tuple(Code(code, system) for system, code in sorted(value.known_codes, key=str))
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

# The one class of the known values of each simple type.
PYTHON_TYPES: dict[Type, type] = {
    BOOLEAN: bool, INTEGER: int, LONG: int, DECIMAL: Decimal, STRING: str, DATE: Date, DATETIME: DateTime, TIME: Time,
    QUANTITY: Quantity, RATIO: Ratio, CODE: Code, CONCEPT: Concept, VALUE_SET: ValueSet,
    VOCABULARY: ValueSet,
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
            return value is not None and (wanted == ANY or type(value) is PYTHON_TYPES.get(wanted))
