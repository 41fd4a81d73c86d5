"""Dates in SQL: periods between them, moving them, and which comes first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from besponsa_pa.backends.sql.meanings import Meaning, Range
from besponsa_pa.backends.sql.terms import (
    RefusedError,
    Term,
    all_of,
    any_of,
    binary,
    case,
    mask_of,
    not_,
    number,
    text,
    unless_same,
)
from besponsa_pa.expression import checked
from besponsa_pa.types import INTEGER

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope, Translate

# A date is not moved further than this, so that it stays on every database's calendar.
MOST_MONTHS, MOST_DAYS = 12 * 500, 366 * 500
MONTHS = {"year": 12, "a": 12, "month": 1, "mo": 1}
DAYS = {"week": 7, "wk": 7, "day": 1, "d": 1}
FAR = "a date is moved further than SQL moves it here"
# The whole numbers that lie between two dates stay below this.
MOST_PERIODS = Decimal(4_000_000)


def moved(scope: Scope, date: Term, duration: Term, sign: int) -> Term:
    """A date later (or earlier) by a duration; the months' last day where the month reached has no such day."""
    for bound in {id(date.low): date.low, id(date.top): date.top}.values():
        year = exp.Extract(this=exp.var("YEAR"), expression=bound)
        scope.guard(any_of([binary(exp.LT, year, number(1600)), binary(exp.GT, year, number(9000))]), FAR)
    least, most = (duration.low, duration.top) if sign > 0 else (duration.top, duration.low)
    low = _moved(scope, date.low, duration, least, sign)
    is_exact = date.high is None and duration.high is None
    high = None if is_exact else _moved(scope, date.top, duration, most, sign)
    mask = mask_of([date, duration])
    return Term(date.type, low, high, unless_same(low, high, mask), date.is_nullable or duration.is_nullable)


def _moved(scope: Scope, date: exp.Expression, duration: Term, size: exp.Expression, sign: int) -> exp.Expression:
    """A date moved by a duration of one unit, or of one that is only known in the row."""
    if duration.unit is None and duration.given is not None:
        units = [*MONTHS, *DAYS]
        known = exp.In(this=duration.given.unit, expressions=[text(unit) for unit in units])
        scope.guard(not_(known), "a date is moved by another unit than years, months, weeks or days")
        return case(
            [
                (
                    binary(exp.EQ, duration.given.unit, text(unit)),
                    _moved_by(scope, date, replace(duration, low=size, unit=unit), sign),
                )
                for unit in units
            ]
        )
    if duration.unit not in MONTHS and duration.unit not in DAYS:
        raise RefusedError(f"a date moved by `{duration.unit or '1'}` cannot be said in SQL")
    return _moved_by(scope, date, replace(duration, low=size), sign)


def _moved_by(scope: Scope, date: exp.Expression, duration: Term, sign: int) -> exp.Expression:
    unit = duration.unit or "1"
    amount, limit = _amount(duration, MONTHS.get(unit) or DAYS[unit], sign)
    most = MOST_MONTHS if unit in MONTHS else MOST_DAYS
    if limit > most:
        too_far = exp.GT(this=exp.Abs(this=exp.Paren(this=amount)), expression=number(most))
        scope.guard(too_far, FAR)
        amount = case([(not_(too_far), amount)])
    move = scope.dialect.months_later if unit in MONTHS else scope.dialect.days_later
    return move(date, amount)


def _amount(duration: Term, factor: int, sign: int) -> tuple[exp.Expression, Decimal]:
    """How many months or days; fractions are cut off before weeks and years are made of them."""
    if isinstance(duration.low, exp.Literal):
        count = int(Decimal(duration.low.name)) * factor * sign
        return number(count), Decimal(abs(count))
    size = exp.Floor(this=exp.Abs(this=duration.low))
    whole: exp.Expression = exp.cast(
        case([(binary(exp.LT, duration.low, number(0)), exp.Neg(this=size))], size), "BIGINT"
    )
    if duration.places == 0:
        whole = duration.low
    return binary(exp.Mul, whole, number(factor * sign)), duration.limit * factor


# --- periods ---


def _year(date: exp.Expression) -> exp.Expression:
    return exp.Extract(this=exp.var("YEAR"), expression=date)


def _month(date: exp.Expression) -> exp.Expression:
    return exp.Extract(this=exp.var("MONTH"), expression=date)


def _day(date: exp.Expression) -> exp.Expression:
    return exp.Extract(this=exp.var("DAY"), expression=date)


def _day_of_year(date: exp.Expression) -> exp.Expression:
    """Month and day as one number, in the order of the calendar."""
    return binary(exp.Add, binary(exp.Mul, _month(date), number(100)), _day(date))


def _months_count(date: exp.Expression) -> exp.Expression:
    return binary(exp.Add, binary(exp.Mul, _year(date), number(12)), _month(date))


def _completed(count: exp.Expression, rest_of_start: exp.Expression, rest_of_end: exp.Expression) -> exp.Expression:
    """A count of periods, less the one that is not whole."""
    zero, one = number(0), number(1)
    return case(
        [
            (
                all_of([binary(exp.GT, count, zero), binary(exp.LT, rest_of_end, rest_of_start)]),
                binary(exp.Sub, count, one),
            ),
            (
                all_of([binary(exp.LT, count, zero), binary(exp.GT, rest_of_end, rest_of_start)]),
                binary(exp.Add, count, one),
            ),
        ],
        count,
    )


def between(scope: Scope, start: exp.Expression, end: exp.Expression, precision: str) -> exp.Expression:
    """How many whole periods lie between two dates, negative when the end comes first."""
    match precision:
        case "year":
            count = binary(exp.Sub, _year(end), _year(start))
            return _completed(count, _day_of_year(start), _day_of_year(end))
        case "month":
            count = binary(exp.Sub, _months_count(end), _months_count(start))
            return _completed(count, _day(start), _day(end))
        case "day":
            return scope.dialect.days_between(start, end)
        case "week":
            days = scope.dialect.days_between(start, end)
            weeks = exp.IntDiv(this=exp.Abs(this=days), expression=number(7))
            return exp.cast(
                case([(binary(exp.LT, days, number(0)), exp.Neg(this=exp.Paren(this=weeks)))], weeks), "BIGINT"
            )
        case _:
            raise RefusedError(f"`{precision}s between` dates cannot be said in SQL")


def periods(scope: Scope, start: Term, end: Term, precision: str) -> Term:
    """The periods between two dates, which may lie between two numbers; falls with the start, grows with the end."""
    hoisted = scope.translation.hoisted
    nullable = start.is_nullable or end.is_nullable
    mask = mask_of([start, end])
    low = hoisted(f"{precision}s_at_least", between(scope, start.top, end.low, precision))
    if start.high is None and end.high is None:
        return Term(INTEGER, low, None, mask, nullable, MOST_PERIODS)
    high = hoisted(f"{precision}s_at_most", between(scope, start.low, end.top, precision))
    return Term(INTEGER, low, high, unless_same(low, high, mask), nullable, MOST_PERIODS)


def _between(scope: Scope, node: checked.Operation) -> Term:
    start, end = (_date(scope, operand) for operand in node.operands)
    return periods(scope, start, end, node.precision or "day")


def _age(precision: str) -> Translate:
    def translate(scope: Scope, node: checked.Operation) -> Term:
        start, end = (_date(scope, operand) for operand in node.operands)
        return periods(scope, start, end, precision)

    return translate


def _date(scope: Scope, node: checked.Checked) -> Term:
    if str(node.type) != "Date":
        raise RefusedError(f"an operator of dates on `{node.type}` cannot be said in SQL")
    return scope.kept(scope.term(node), "date")


# --- order ---


def _relation(first: int, operator: type[exp.Binary]) -> Translate:
    def translate(scope: Scope, node: checked.Operation) -> Term:
        from besponsa_pa.backends.sql.operators import compared

        if node.precision not in (None, "day"):
            raise RefusedError(f"`{node.operator.name}` with the precision {node.precision} cannot be said in SQL")
        left, right = (scope.meaning(operand) for operand in node.operands)
        early, late = (left, right) if first == 0 else (right, left)
        return compared(scope, _edge(scope, early, last=True), _edge(scope, late, last=False), operator)

    return translate


def _edge(scope: Scope, meaning: Meaning, *, last: bool) -> Term:
    """A point, or the last or first point of an interval."""
    if isinstance(meaning, Range):
        closed = meaning.high_closed if last else meaning.low_closed
        if not closed:
            raise RefusedError("an interval with an open bound cannot be said in SQL here")
        meaning = meaning.high if last else meaning.low
    if not isinstance(meaning, Term) or str(meaning.type) not in ("Date", "Time"):
        raise RefusedError("the order of what is neither a date nor a time cannot be said in SQL here")
    return scope.kept(meaning, "date")


def _same_as(scope: Scope, node: checked.Operation) -> Term:
    from besponsa_pa.backends.sql.operators import and_, compared

    if node.precision not in (None, "day"):
        raise RefusedError(f"`{node.operator.name}` with the precision {node.precision} cannot be said in SQL")
    left, right = (_date(scope, operand) for operand in node.operands)
    return and_(scope, compared(scope, left, right, exp.LTE), compared(scope, right, left, exp.LTE))


OPERATORS: dict[str, Translate] = {
    "DurationBetween": _between,
    "CalculateAgeInYearsAt": _age("year"),
    "CalculateAgeInMonthsAt": _age("month"),
    "CalculateAgeInWeeksAt": _age("week"),
    "CalculateAgeInDaysAt": _age("day"),
    "Before": _relation(0, exp.LT),
    "After": _relation(1, exp.LT),
    "SameOrBefore": _relation(0, exp.LTE),
    "SameOrAfter": _relation(1, exp.LTE),
    "SameAs": _same_as,
}
