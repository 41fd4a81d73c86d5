"""What an expression may be that is no single value: the rows of a list, an entry, an interval, a set of codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from sqlglot import exp

from besponsa_pa.backends.sql.terms import TRUE, Mask, Term
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
    of the list, and `mask` the facts that would tell. `is_distinct` says that duplicates are dropped, `order` by what
    the elements are sorted, each with whether it falls.
    """

    array: exp.Expression
    variable: str
    element: Meaning
    member: Term = CERTAIN
    is_distinct: bool = False
    order: tuple[tuple[Term, bool], ...] = ()
    is_missing: exp.Expression = field(default_factory=exp.false)
    mask: Mask = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Items:
    """A list written out: each element for itself, and whether it belongs."""

    elements: tuple[Meaning, ...]
    members: tuple[Term, ...]
    is_distinct: bool = False

    @staticmethod
    def of(elements: Iterable[Meaning]) -> Items:
        """A list of elements that all belong."""
        elements = tuple(elements)
        return Items(elements, (CERTAIN,) * len(elements))


@dataclass(frozen=True, slots=True)
class Joined:
    """Lists one after the other."""

    parts: tuple[Rows | Items, ...]
    is_distinct: bool = False


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


Meaning: TypeAlias = Term | Rows | Items | Joined | Entry | Range | Fixed
