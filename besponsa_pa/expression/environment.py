"""What expressions may name: facts, definitions and tables as parsed, value sets, code systems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from besponsa_pa.expression import syntax
from besponsa_pa.source import Span
from besponsa_pa.types import Type
from besponsa_pa.values import DateTime, ValueSet


@dataclass(frozen=True, slots=True)
class DefinitionSource:
    """A definition as parsed; `body` is None when it did not parse, which has been reported then."""

    parameters: tuple[str, ...]
    body: syntax.Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class TableSource:
    """A table as parsed; `key` is None for a table that is used as a function of its key."""

    key: syntax.Expression | None
    rows: tuple[tuple[syntax.Expression, syntax.Expression], ...]
    otherwise: syntax.Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Environment:
    """What an expression may name. `code_systems` are names for `Code 'x' from "NAME"`, with the system meant.

    `as_of` is the time of the request to evaluate, for `Now()` and its kin. A policy has none: there they are refused,
    because the same case must give the same answer on every day.
    """

    facts: Mapping[str, Type] = field(default_factory=dict)
    definitions: Mapping[str, DefinitionSource] = field(default_factory=dict)
    tables: Mapping[str, TableSource] = field(default_factory=dict)
    value_sets: Mapping[str, ValueSet] = field(default_factory=dict)
    code_systems: Mapping[str, str] = field(default_factory=dict)
    as_of: DateTime | None = None
