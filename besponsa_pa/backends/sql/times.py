"""Times of day in SQL: milliseconds since midnight, the first and the last that a text can mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from besponsa_pa.backends.sql.constants import MILLISECONDS_OF_DAY
from besponsa_pa.backends.sql.terms import FALSE, Mask, Term, binary, case, not_, number, when
from besponsa_pa.types import TIME

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope

# Of `14`, `14:30`, `14:30:15` and `14:30:15.123`: how long they are; where each part stands; its milliseconds.
LENGTHS = (2, 5, 8, 12)
PARTS = ((1, 2, 3_600_000), (4, 2, 60_000), (7, 2, 1_000), (10, 3, 1))
# What a text without minutes, or without seconds, may go on for. One with seconds is exact.
REST = (3_599_999, 59_999, 0, 0)


def term(scope: Scope, written: exp.Expression, mask: Mask, name: str) -> Term:
    """The time that a text says, such as `14:30`, which may be any time of that minute."""
    length = exp.Length(this=written)
    first = [
        (exp.EQ(this=length, expression=number(each)), _sum(written, count + 1)) for count, each in enumerate(LENGTHS)
    ]
    rest = case(
        [(exp.EQ(this=length, expression=number(each)), number(more)) for each, more in zip(LENGTHS, REST, strict=True)]
    )
    hoisted = scope.translation.hoisted
    low = hoisted(f"{name}__first", case(first))
    high = hoisted(f"{name}__last", binary(exp.Add, low, rest))
    same = exp.Coalesce(this=binary(exp.EQ, low, high), expressions=[FALSE])
    return Term(TIME, low, high, when(not_(same), mask), limit=MILLISECONDS_OF_DAY)


def _sum(written: exp.Expression, count: int) -> exp.Expression:
    parts = [_part(written, *part) for part in PARTS[:count]]
    total = parts[0]
    for part in parts[1:]:
        total = binary(exp.Add, total, part)
    return total


def _part(written: exp.Expression, start: int, length: int, milliseconds: int) -> exp.Expression:
    digits = exp.Substring(this=written, start=number(start), length=number(length))
    return binary(exp.Mul, exp.cast(digits, "BIGINT"), number(milliseconds))
