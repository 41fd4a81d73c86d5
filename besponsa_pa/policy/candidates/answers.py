"""What a clause answers with a value: more than true or false, so that its limits can be found by trying.

Null, not known and failed are answers of their own, and so is on which side of each other the compared values lie: the
limit of `x = 5` is found from 0 and from 9.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import TypeAlias

from besponsa_pa.expression import checked
from besponsa_pa.expression.compare import compare, equal
from besponsa_pa.expression.frames import Evaluate, Failure, Frame
from besponsa_pa.policy.candidates.clauses import Aliases, Clause
from besponsa_pa.policy.candidates.places import Place, bound
from besponsa_pa.policy.candidates.scales import is_number
from besponsa_pa.policy.candidates.words import told
from besponsa_pa.records import replace
from besponsa_pa.types import BOOLEAN, plain
from besponsa_pa.values import UNKNOWN, Date, DateTime, EvaluationError, Interval, Quantity, Time, Value

POINTS = (Date, DateTime, Time)
# Of a list that something is held against, so many elements are looked at.
MOST_COMPARED = 12

Sign: TypeAlias = int | None
NULL, OPEN, FAILED, NO_ROW, NUMBER = "null", "not known", "failed", "no row", "number"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a clause says: its truth, and how the values that it compares lie to each other.

    `truth` is a word where it is neither true nor false, and the index of the row where the clause chooses one.
    `is_of_dates` says that dates or times are compared.
    """

    truth: bool | int | str
    signs: tuple[Sign, ...]
    is_of_dates: bool = False


def answer(clause: Clause, aliases: Aliases, frame: Frame, place: Place) -> Answer | None:
    """What a clause says with the facts of a frame, of which the place is looked at; None where it cannot be asked."""
    frame = dict(frame)
    if not bound(clause, aliases, frame, place):
        return None
    try:
        result = clause.evaluate(frame)
    except Failure:
        return Answer(FAILED, ())
    compared = tuple(_compared(clause, frame, result))
    signs = (_sign(one, other, clause.precision) for left, right in compared for one in left for other in right)
    dates = any(isinstance(one, POINTS) for left, _ in compared for one in left)
    return Answer(_truth(clause, result), tuple(signs), dates)


def truth(clause: Clause, aliases: Aliases, frame: Frame, place: Place) -> bool | int | str | None:
    """The truth of an answer alone."""
    frame = dict(frame)
    if not bound(clause, aliases, frame, place):
        return None
    try:
        return _truth(clause, clause.evaluate(frame))
    except Failure:
        return FAILED


def _truth(clause: Clause, result: Value) -> bool | int | str:
    if isinstance(result, UNKNOWN):
        return OPEN
    if result is None:
        return NULL
    if clause.table is not None:
        return _row(clause.table, result)
    return result if isinstance(result, bool) and plain(clause.expression.type) == BOOLEAN else NUMBER


def _row(table: checked.Lookup, key: Value) -> int | str:
    """Which row of a table a key chooses; one of a unit that does not convert chooses none, it fails."""
    try:
        return next((at for at, (row, _) in enumerate(table.rows) if equal(key, row) is True), NO_ROW)
    except EvaluationError:
        return FAILED


Compared: TypeAlias = tuple[tuple[Value, ...], tuple[Value, ...]]


def _compared(clause: Clause, frame: Frame, result: Value) -> Iterator[Compared]:
    """What lies on either side of each comparison; the rows of a table, and nothing for a number that is granted."""
    if clause.table is not None:
        yield (result,), tuple(row for row, _ in clause.table.rows)[:MOST_COMPARED]
    elif plain(clause.expression.type) != BOOLEAN:
        yield (result,), (replace(result, value=Decimal(0)) if isinstance(result, Quantity) else 0,)
    else:
        yield from combinations([_points(side, frame) for side in clause.operands], 2)


def _points(side: Evaluate, frame: Frame) -> tuple[Value, ...]:
    """What of a value has an order: itself, the bounds of an interval, the elements of a list."""
    try:
        value = side(frame)
    except Failure:
        return ()
    match value:
        case Interval():
            return (value.low, value.high)
        case tuple():
            return value[:MOST_COMPARED]
        case _:
            return (value,)


def _sign(left: Value, right: Value, precision: str | None) -> Sign:
    """How two values lie to each other, or None where they have no order."""
    try:
        if is_number(left) and is_number(right):
            return compare(left, right)
        if isinstance(left, Quantity) and isinstance(right, Quantity):
            return compare(left, right)
        if isinstance(left, POINTS) and isinstance(right, POINTS):
            return compare(left, right, precision)
    except EvaluationError:
        return None
    return None


# --- words ---


def words(clause: Clause, place: Place, answer: Answer, other: Answer | None) -> str:
    """What is to be said of a value with an answer, beside one with another."""
    if clause.table is not None:
        return _on_row(clause.table.table, clause, answer)
    changed = (at for at, sign in enumerate(answer.signs) if sign is not None and _changes(answer, other, at))
    at = next(changed, None)
    if at is not None:
        return _beside(clause, place, answer, answer.signs[at] or 0)
    match answer.truth:
        case bool() as truth:
            return f"where {clause.text} is {str(truth).lower()}"
        case "failed":
            return f"where {clause.text} cannot be answered"
        case "null":
            return f"where {clause.text} has no answer"
        case _:
            return f"where {clause.text} is not known"


def _changes(answer: Answer, other: Answer | None, at: int) -> bool:
    if other is None:
        return answer.signs[at] == 0
    return at < len(other.signs) and other.signs[at] not in (None, answer.signs[at])


def _beside(clause: Clause, place: Place, answer: Answer, sign: int) -> str:
    if not clause.operands:
        return f"where {clause.text} is {('less than 0', '0', 'more than 0')[sign + 1]}"
    sign = -sign if _is_turned(clause, place) else sign
    if answer.is_of_dates:
        return f"{('just before', 'on', 'just after')[sign + 1]} the limit of {clause.text}"
    return f"{('just below', 'exactly at', 'just above')[sign + 1]} {clause.text}"


def _is_turned(clause: Clause, place: Place) -> bool:
    """Whether the value stands on the right of the comparison alone."""
    readers = [place.fact in facts for facts in clause.sides]
    return any(readers) and not readers[0]


def _on_row(table: str, clause: Clause, answer: Answer) -> str:
    if isinstance(answer.truth, int) and clause.table is not None:
        return f"on the row {told(clause.table.rows[answer.truth][0])} of the table `{table}`"
    return f"on no row of the table `{table}`"
