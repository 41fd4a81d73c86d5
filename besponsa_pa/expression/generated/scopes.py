"""What a template may count on: the locals in force, and the class that a known value of a type has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from besponsa_pa.expression.conversions import PYTHON_TYPES
from besponsa_pa.types import IntervalOf, ListOf, Simple, TupleOf, Type, plain
from besponsa_pa.values import Interval, TupleValue

# The local that holds an alias, by its slot.
Scope: TypeAlias = Mapping[str, str]


class NoTemplateError(Exception):
    """An expression has no fast path."""


def parts_of(element: str) -> str:
    """The local of what a tuple in a local is made of."""
    return f"p{element}"


def class_of(kind: Type) -> type:
    """The class of the known values of a type. Raises `NoTemplateError` where there is no one class."""
    match kind:
        case ListOf():
            return tuple
        case TupleOf():
            return TupleValue
        case IntervalOf():
            return Interval
        case Simple() if plain(kind) in PYTHON_TYPES:
            return PYTHON_TYPES[plain(kind)]
        case _:
            raise NoTemplateError
