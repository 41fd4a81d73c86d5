"""Intervals taken apart into pieces of one size, and put together again (CQL 1.5, Interval Operators).

The pieces of an interval begin at its start, each one step after the other, and a piece that ends beyond the interval
is none. Bounds more precise than the step are cut down to its precision first; a date less precise gives no pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from typing import TypeAlias

from besponsa_pa import units
from besponsa_pa.expression import calendar, numbers, points
from besponsa_pa.expression.compare import less_or_equal
from besponsa_pa.expression.functions.combinations import collapse
from besponsa_pa.expression.functions.table import Operator, Overload, Unknowns, overload
from besponsa_pa.expression.literals import text_of
from besponsa_pa.values import (
    EXACT,
    NO_FACTS,
    PRECISIONS,
    UNKNOWN,
    Date,
    DateTime,
    EvaluationError,
    Interval,
    Missing,
    Quantity,
    Time,
    Value,
    facts_of,
    missing,
)

SECTION = "CQL 1.5, Interval Operators: "

# more than any policy counts, and few enough to be made in a moment
MAXIMUM_PIECES = 10_000

Dated: TypeAlias = Date | DateTime | Time
Step: TypeAlias = int | Decimal | Quantity | None
Piece: TypeAlias = tuple[Value, Value]


# --- the operators ---


def expand_interval(value: Value, per: Step = None) -> Value:
    """The starts of the pieces of one interval."""
    pieces = _pieces((value,), per)
    return pieces if pieces is None or isinstance(pieces, Missing) else tuple(start for start, _ in pieces)


def expand_list(value: Value, per: Step = None) -> Value:
    """The pieces of every interval of a list, each once; nulls among the intervals give none."""
    if not isinstance(value, tuple):
        return None
    pieces = _pieces(value, per)
    if pieces is None or isinstance(pieces, Missing):
        return pieces
    return tuple(dict.fromkeys(Interval(start, end) for start, end in pieces))


def _pieces(intervals: tuple[Value, ...], per: Step) -> list[Piece] | None | Missing:
    known = [one for one in intervals if one is not None]
    if not known and intervals != ():
        return None if len(intervals) == 1 and per is None else []
    bounds = [(points.start(one), points.end(one)) for one in known if isinstance(one, Interval)]
    unknown = [one for one in (*known, *(bound for pair in bounds for bound in pair)) if isinstance(one, UNKNOWN)]
    if unknown:
        return missing(facts_of(*unknown))
    pieces: list[Piece] = []
    for low, high in bounds:
        ruler = _ruler(bounds, per)
        for piece in () if low is None or high is None or ruler is None else _cut(low, high, ruler):
            pieces.append(piece)
            if len(pieces) > MAXIMUM_PIECES:
                raise EvaluationError(f"`expand` makes more than {MAXIMUM_PIECES} pieces of this")
    return pieces
