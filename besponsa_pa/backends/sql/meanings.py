"""What an expression may be that is no single value: the rows of a list, an entry, an interval, a set of codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from sqlglot import exp

from besponsa_pa.backends.sql.terms import FALSE, NO_MASK, TRUE, Mask, Term
from besponsa_pa.records import dataclass, field
from besponsa_pa.types import BOOLEAN
from besponsa_pa.values import Value

CERTAIN = Term(BOOLEAN, TRUE)


@dataclass(frozen=True, slots=True)
class Entry:
    """An element of a list that has parts, by their names."""

    parts: Mapping[str, Meaning]


@dataclass(frozen=True, slots=True)
class Rows:
    """A list as an array of SQL and what is made of its elements: nothing is computed before it is asked for.

    In `element` and `member`, `variable` stands for an element of `array`, which is never NULL. `member` says whether
    it belongs: its mask is that of the whole list, as `UncertainList.facts` is. `is_missing` says that nothing is known
    of the list, and `mask` the facts that would tell; `is_null` that it is CQL's null.
    """

    array: exp.Expression
    variable: str
    element: Meaning
    member: Term = CERTAIN
    is_missing: exp.Expression = field(default_factory=exp.false)
    mask: Mask = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Items:
    """A list written out: each element for itself, all of them sure to belong."""

    elements: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """An interval between two bounds."""

    low: Term
    high: Term
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Fixed:
    """A constant that no column holds: a value set, a list of known values, a unit."""

    value: Value


Meaning: TypeAlias = Term | Rows | Items | Entry | Range | Fixed
