"""The values of a type in steps, and where on them a limit may lie.

A limit is looked for on a scale: whole numbers, decimals of so many places, days, seconds. `interesting` says from
where to begin: what a clause names, and what comes of adding it to what else is known.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import product

from besponsa_pa import units
from besponsa_pa.expression import calendar
from besponsa_pa.types import Simple
from besponsa_pa.values import (
    EXACT,
    INTEGER_MAXIMUM,
    Date,
    DateTime,
    EvaluationError,
    Quantity,
    Time,
    TupleValue,
    UncertainList,
    Value,
)

# Limits lie within a thousand times of what a clause names, and within so many years of the dates that are known.
MARGIN = 1000
YEARS = 150
MOST_NUMBERS = 6
MOST_PLACES = 8
FEW_PLACES = 4
MOST_AMOUNTS = 12
DAY = 86_400
FIRST_DAY, LAST_DAY = 1, datetime.date.max.toordinal()
DURATIONS = ("year", "month", "week", "day")


@dataclass(frozen=True, slots=True)
class Scale:
    """The values of a type by whole numbers, from `low` to `high`; `index` is that of a value or of what is below it.

    `finer` is a scale of so many steps in one of this, on which a limit that lies between two steps may be met.
    """

    low: int
    high: int
    value: Callable[[int], Value]
    index: Callable[[Value], int | None]
    finer: Scale | None = None
    steps: int = 1


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around a fact of which limits are looked for: what a clause names, and other values."""

    constants: tuple[Value, ...]
    others: tuple[Value, ...]
    anchor: Date

    @property
    def numbers(self) -> tuple[Value, ...]:
        """The numbers and quantities among all of it, those of the clause first."""
        every = (each for value in (*self.constants, *self.others) for each in parts_of(value))
        return tuple({(type(n), n): n for n in every if is_number(n) or isinstance(n, Quantity)}.values())

    @property
    def dates(self) -> tuple[Date, ...]:
        """The whole dates among all of it, each once."""
        every = (each for value in (*self.constants, *self.others) for each in parts_of(value))
        points = (calendar.date_of(each) if isinstance(each, DateTime) else each for each in every)
        return tuple(dict.fromkeys((self.anchor, *(p for p in points if isinstance(p, Date) and p.day is not None))))


def scale_for(kind: Simple, around: Surroundings) -> Scale | None:
    """The scale of a type, as fine as what is around it asks for; None for a type without one."""
    match kind.name:
        case "Integer":
            bound = min(_bound(around, None), INTEGER_MAXIMUM)
            return Scale(-bound, bound, lambda index: index, lambda value: value if isinstance(value, int) else None)
        case "Decimal":
            return _decimals(around, None)
        case "Quantity":
            return _decimals(around, kind.unit or _first_unit(around))
        case "Date":
            first, last = _span_of_days(around)
            return Scale(first, last, _date_at, _ordinal)
        case "DateTime":
            first, last = _span_of_days(around)
            return Scale(first * DAY, last * DAY + DAY - 1, _moment_at, _second_of)
        case "Time":
            return Scale(0, DAY - 1, _time_at, _second_of_day)
        case _:
            return None


def interesting(kind: Simple, around: Surroundings, *, is_plain: bool) -> Iterator[Value]:
    """Values between which limits are looked for; more of them where a clause is not plain."""
    if kind.name in ("Integer", "Decimal", "Quantity"):
        yield from _numbers(kind, around, is_plain=is_plain)
    elif kind.name == "Time":
        yield from (value for value in (*around.constants, *around.others) if isinstance(value, Time))
        yield from (Time(hour, 0, 0, 0) for hour in range(0, 24, 2))
    else:
        yield from _days(kind, around, is_plain=is_plain)


def is_number(value: Value) -> bool:
    """Whether a value is an Integer or a Decimal."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


# --- numbers ---


def _decimals(around: Surroundings, unit: str | None) -> Scale:
    places = min(MOST_PLACES, 1 + max((_places(number, unit) for number in around.numbers), default=0))
    bound = _bound(around, unit)
    finest = _at_places(bound, MOST_PLACES, unit, None)
    return _at_places(bound, places, unit, finest if places < MOST_PLACES else None)


def _at_places(bound: int, places: int, unit: str | None, finer: Scale | None) -> Scale:
    def value(index: int) -> Value:
        number = shortest(Decimal(index).scaleb(-places, EXACT))
        return number if unit is None else Quantity(number, unit)

    def index(value: Value) -> int | None:
        number = magnitude_in(value, unit)
        return None if number is None else int(number.scaleb(places, EXACT).to_integral_value(ROUND_FLOOR, EXACT))

    steps = 10 ** (MOST_PLACES - places)
    return Scale(-bound * 10**places, bound * 10**places, value, index, finer, steps)


def shortest(number: Decimal) -> Decimal:
    """The same number without zeros at its end, and without an exponent."""
    number = number.normalize(EXACT)
    return number.quantize(Decimal(1), context=EXACT) if int(number.as_tuple().exponent) > 0 else number


def magnitude_in(value: Value, unit: str | None) -> Decimal | None:
    """The number of a value, of a quantity in a unit where it converts into that; None for what has none."""
    if isinstance(value, Quantity):
        converted = None if unit is None or value.is_calendar else units.convert(value, unit)
        return value.value if converted is None else converted.value
    return Decimal(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else None


def _magnitude(value: Value) -> Decimal:
    number = magnitude_in(value, None)
    return Decimal(0) if number is None else number


def _places(number: Value, unit: str | None) -> int:
    """With how many decimals a number is written, in a unit where that does not make them many."""
    written = _magnitude(number)
    converted = magnitude_in(number, unit)
    if converted is not None and converted != written:
        shown = shortest(converted)
        written = shown if _decimals_of(shown) <= FEW_PLACES else written
    return _decimals_of(written)


def _decimals_of(number: Decimal) -> int:
    return max(0, -int(number.as_tuple().exponent))


def _first_unit(around: Surroundings) -> str:
    found = (n.unit for n in around.numbers if isinstance(n, Quantity) and not n.is_calendar)
    return next(found, "1")


def _bound(around: Surroundings, unit: str | None) -> int:
    """A power of ten beyond which no limit lies."""
    sizes = [abs(magnitude_in(number, unit) or Decimal(0)) for number in around.numbers[: 2 * MOST_NUMBERS]]
    largest = sorted((int(size) + 1 for size in sizes), reverse=True)[:2]
    bound = MARGIN
    for size in largest:
        bound *= size
    return int("1" + "0" * min(len(str(bound)), 18))


def _numbers(kind: Simple, around: Surroundings, *, is_plain: bool) -> Iterator[Value]:
    unit = None if kind.name != "Quantity" else kind.unit or _first_unit(around)
    found = [number for n in around.numbers if (number := magnitude_in(n, unit)) is not None]
    points = {Decimal(0), Decimal(1), Decimal(-1), *found}
    few = found[:MOST_NUMBERS]
    if not is_plain:
        for one, other in product(few, few):
            points |= {one + other, one - other, EXACT.multiply(one, other)}
            points |= {EXACT.divide(one, other)} if other else set()
        points |= {Decimal(10) ** power for power in range(1, 6)}
        points |= {Decimal(number) for number in range(2, 13)}
    for point in sorted(points):
        if kind.name == "Integer":
            whole = int(point.to_integral_value(ROUND_FLOOR, EXACT))
            yield from (whole, whole + 1)
        else:
            yield point if unit is None else Quantity(point, unit)


# --- dates and times ---


def _days(kind: Simple, around: Surroundings, *, is_plain: bool) -> Iterator[Value]:
    points: dict[Date, None] = dict.fromkeys(around.dates)
    amounts = [] if is_plain else _amounts(around)
    steps = [(date, *each) for date, each in product(around.dates[:3], amounts)]
    steps += [] if is_plain else _all_round(around.dates[0])
    for (date, amount, unit), sign in product(steps, (-1, 1)):
        moved = _shifted(date, Quantity(amount, unit), sign)
        if moved is not None:
            points[moved] = None
    if kind.name == "Date":
        yield from points
    else:
        yield from (value for value in (*around.constants, *around.others) if isinstance(value, DateTime))
        yield from (DateTime(point.year, point.month, point.day, 0, 0, 0, 0) for point in points)


def _all_round(date: Date) -> Iterator[tuple[Date, Decimal, str]]:
    """The steps to every month of the year and every day of the week."""
    yield from ((date, Decimal(count), "month") for count in range(1, 7))
    yield from ((date, Decimal(count), "day") for count in range(1, 4))


def _amounts(around: Surroundings) -> list[tuple[Decimal, str]]:
    """The durations that are known, and whole numbers as counts of years, months, weeks and days."""
    found: dict[tuple[Decimal, str], None] = {}
    for number in around.numbers[:MOST_AMOUNTS]:
        amount = abs(_magnitude(number))
        unit = calendar.UCUM_DURATIONS.get(number.unit, number.unit) if isinstance(number, Quantity) else None
        if 0 < amount <= MARGIN and amount == amount.to_integral_value():
            found.update(dict.fromkeys((amount, each) for each in DURATIONS if unit in (None, each)))
    return list(found)


def _shifted(date: Date, duration: Quantity, sign: int) -> Date | None:
    try:
        moved = calendar.shift(date, duration, sign)
    except EvaluationError:
        return None
    return moved if isinstance(moved, Date) else None


def _span_of_days(around: Surroundings) -> tuple[int, int]:
    days = [day for date in around.dates if (day := _ordinal(date)) is not None]
    return max(FIRST_DAY, min(days) - YEARS * 366), min(LAST_DAY, max(days) + YEARS * 366)


def _date_at(ordinal: int) -> Date:
    day = datetime.date.fromordinal(ordinal)
    return Date(day.year, day.month, day.day)


def _ordinal(value: Value) -> int | None:
    if not isinstance(value, Date) or value.month is None or value.day is None:
        return None
    return datetime.date(value.year, value.month, value.day).toordinal()


def _moment_at(second: int) -> DateTime:
    date, time = _date_at(second // DAY), _time_at(second % DAY)
    return DateTime(date.year, date.month, date.day, time.hour, time.minute, time.second, 0)


def _second_of(value: Value) -> int | None:
    if not isinstance(value, DateTime) or value.second is None:
        return None
    day, time = _ordinal(Date(value.year, value.month, value.day)), Time(value.hour or 0, value.minute, value.second)
    within = _second_of_day(time)
    return None if day is None or within is None else day * DAY + within


def _time_at(second: int) -> Time:
    return Time(second // 3600, second // 60 % 60, second % 60, 0)


def _second_of_day(value: Value) -> int | None:
    if not isinstance(value, Time) or value.second is None:
        return None
    return value.hour * 3600 + (value.minute or 0) * 60 + value.second


def parts_of(value: Value) -> Iterable[Value]:
    """A value, and what stands in it where it is a list."""
    match value:
        case tuple():
            return (part for element in value for part in parts_of(element))
        case UncertainList():
            return (part for element, _ in value.elements for part in parts_of(element))
        case TupleValue():
            return (part for element in value.elements.values() for part in parts_of(element))
        case _:
            return (value,)
