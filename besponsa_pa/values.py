"""The values of expressions, and what is known of a value that is not wholly known.

A value is one of CQL's (`None` is CQL's null), or one of three that say how far it is known:

- `Missing`: nothing is known but which facts would tell;
- `Uncertain`: it lies between two bounds (a partial date, a count of elements that may qualify);
- `UncertainList`: a list of which some elements may not belong, or are not known.

None of the three is ever false, null or empty by itself: that is what keeps an unanswered question from
becoming a decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import TypeAlias

from besponsa_pa.records import dataclass, replace

NO_FACTS: frozenset[str] = frozenset()

# CQL 1.5, Types: Integer and Long are 32 and 64 bits, Decimal has at least 28 digits, 8 of them after the point. Here
# it has 28 before the point; only the first number beyond is a result too, so that a step back from it is not null.
INTEGER_MINIMUM, INTEGER_MAXIMUM = -(2**31), 2**31 - 1
LONG_MINIMUM, LONG_MAXIMUM = -(2**63), 2**63 - 1
DECIMAL_MAXIMUM = Decimal("9999999999999999999999999999.99999999")
DECIMAL_LIMIT = Decimal(10) ** 28
DECIMAL_STEP = Decimal("0.00000001")
# wide enough for the product of two decimals before it is rounded to 8 places
EXACT = Context(prec=100, rounding=ROUND_HALF_UP)

PRECISIONS = ("year", "month", "day", "hour", "minute", "second", "millisecond")


@dataclass(frozen=True, slots=True)
class Missing:
    """A value that is not known, and the facts (by their place in the case) that would tell."""

    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A value known to lie between two others, both included (CQL 1.5, Developer's Guide, Uncertainty).

    `facts` are those whose exact value would settle it; none when a partial literal is the reason.
    """

    low: Value
    high: Value
    facts: frozenset[str] = NO_FACTS


@dataclass(frozen=True, slots=True)
class UncertainList:
    """A list whose elements are not all sure: (element, whether it surely belongs), and the facts that would tell.

    An element may itself be `Missing`: it is there, but what it is is not known.
    Of two elements that may be the same, `distinct` keeps one, and which is not known; so it also says what the
    elements do not: how many that are not null there are at least and at most, and the elements as they were before.
    """

    elements: tuple[tuple[Value, bool], ...]
    facts: frozenset[str]
    counts: tuple[int, int] | None = None
    originals: tuple[tuple[Value, bool], ...] | None = None


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar date, perhaps only to its month or its year (CQL 1.5, Date)."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def parts(self) -> tuple[int, ...]:
        """The components that are given, from the year down."""
        if self.month is None:
            return (self.year,)
        return (self.year, self.month) if self.day is None else (self.year, self.month, self.day)

    @property
    def precision(self) -> str:
        """The finest component that is given."""
        return PRECISIONS[len(self.parts) - 1]

    def __str__(self) -> str:
        return "-".join([f"{self.year:04d}", *(f"{part:02d}" for part in self.parts[1:])])


@dataclass(frozen=True, slots=True)
class DateTime:
    """A point in time, perhaps partial (CQL 1.5, DateTime).

    `offset` is the distance from UTC in minutes; None is the offset of the evaluation, which is UTC here:
    the language has no ambient time zone.
    """

    year: int
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    millisecond: int | None = None
    offset: int | None = None

    @property
    def parts(self) -> tuple[int, ...]:
        """The components that are given, from the year down, as written (not normalised to UTC)."""
        every = (self.year, self.month, self.day, self.hour, self.minute, self.second, self.millisecond)
        return tuple(part for part in every if part is not None)

    @property
    def precision(self) -> str:
        """The finest component that is given."""
        return PRECISIONS[len(self.parts) - 1]

    def __str__(self) -> str:
        date = str(Date(self.year, self.month, self.day))
        if self.hour is None:
            return date + "T"
        text = f"{date}T{self.hour:02d}"
        text += "" if self.minute is None else f":{self.minute:02d}"
        text += "" if self.second is None else f":{self.second:02d}"
        text += "" if self.millisecond is None else f".{self.millisecond:03d}"
        if self.offset is None:
            return text
        if self.offset == 0:
            return text + "Z"
        sign = "-" if self.offset < 0 else "+"
        return f"{text}{sign}{abs(self.offset) // 60:02d}:{abs(self.offset) % 60:02d}"


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, perhaps partial (CQL 1.5, Time)."""

    hour: int
    minute: int | None = None
    second: int | None = None
    millisecond: int | None = None

    @property
    def parts(self) -> tuple[int, ...]:
        """The components that are given, from the hour down."""
        every = (self.hour, self.minute, self.second, self.millisecond)
        return tuple(part for part in every if part is not None)

    @property
    def precision(self) -> str:
        """The finest component that is given."""
        return PRECISIONS[len(self.parts) + 2]

    def __str__(self) -> str:
        text = f"{self.hour:02d}"
        text += "" if self.minute is None else f":{self.minute:02d}"
        text += "" if self.second is None else f":{self.second:02d}"
        return text + ("" if self.millisecond is None else f".{self.millisecond:03d}")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit: a UCUM code (`mg/dL`), or a calendar duration (`month`, always singular here)."""

    value: Decimal
    unit: str = "1"

    @property
    def is_calendar(self) -> bool:
        """Whether the unit is a calendar duration written as a word, not a UCUM code."""
        return self.unit in CALENDAR_UNITS


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of two quantities (CQL 1.5, Ratio)."""

    numerator: Quantity
    denominator: Quantity


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a code system (CQL 1.5, Code)."""

    code: str
    system: str | None = None
    display: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Concept:
    """Several codes for one concept (CQL 1.5, Concept)."""

    codes: tuple[Code, ...]
    display: str | None = None


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A named set of codes; membership ignores version and display (CQL 1.5, Code `~`).

    Of one that is named by an expression and declared nowhere the codes are not known: asking for them is a failure.
    """

    name: str
    codes: frozenset[tuple[str | None, str]]
    is_declared: bool = True

    def __contains__(self, code: object) -> bool:
        return isinstance(code, Code) and (code.system, code.code) in self.known_codes

    @property
    def known_codes(self) -> frozenset[tuple[str | None, str]]:
        """The codes; raises `EvaluationError` for a value set that is declared nowhere."""
        if not self.is_declared:
            raise EvaluationError(f"the codes of the value set `{self.name}` are not known")
        return self.codes


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval (CQL 1.5, Interval): a closed null bound is unbounded, an open one not known.

    A bound may be `Missing` or `Uncertain`, so operators on intervals decide by the three-valued
    comparisons of `expression.compare`, never by Python's.
    """

    low: Value
    high: Value
    low_closed: bool = True
    high_closed: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class TupleValue:
    """A tuple: named elements, each perhaps null or `Missing`."""

    elements: Mapping[str, Value]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TupleValue) and dict(self.elements) == dict(other.elements)

    def __hash__(self) -> int:
        return hash(frozenset(self.elements))


# A CQL List is a Python tuple. `None` is null.
Value: TypeAlias = (
    None
    | bool
    | int
    | Decimal
    | str
    | Date
    | DateTime
    | Time
    | Quantity
    | Ratio
    | Code
    | Concept
    | ValueSet
    | Interval
    | TupleValue
    | tuple["Value", ...]
    | Missing
    | Uncertain
    | UncertainList
)
Truth: TypeAlias = bool | None | Missing

UNKNOWN = (Missing, Uncertain, UncertainList)

# calendar durations by the words that CQL accepts for them
CALENDAR_UNITS = ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")


class Undecided(Exception):  # noqa: N818 - no error: it carries a `Missing` up to the dispatcher
    """Raised inside an operator that came upon an unknown part; the dispatcher returns what it carries."""

    def __init__(self, value: None | Missing) -> None:
        super().__init__()
        self.value = value


class EvaluationError(Exception):
    """A failure inside an expression, such as `Interval[5, 3]`: never a silent false, the case pends with it."""


def facts_of(*values: Value) -> frozenset[str]:
    """The facts on which the unknown ones among some values depend."""
    facts = NO_FACTS
    for value in values:
        if isinstance(value, UNKNOWN):
            facts |= value.facts
    return facts


def missing(facts: Iterable[str]) -> None | Missing:
    """A missing value that those facts would tell; null when there is none to ask for."""
    facts = frozenset(facts)
    return Missing(facts) if facts else None


def uncertain(low: Value, high: Value, facts: frozenset[str] = NO_FACTS) -> Value:
    """A value between two bounds: the value itself when both are the same."""
    return low if low == high else Uncertain(low, high, facts)


def list_of(elements: Iterable[tuple[Value, bool]], facts: frozenset[str] = NO_FACTS) -> Value:
    """A list of (element, surely there): a plain tuple when every element is sure and known."""
    elements = tuple(elements)
    if all(sure and not isinstance(element, UNKNOWN) for element, sure in elements):
        return tuple(element for element, _ in elements)
    return UncertainList(elements, facts.union(*(facts_of(element) for element, _ in elements)))


def decimal(number: Decimal | int) -> Decimal | None:
    """The CQL Decimal nearest to an exact number, 8 places, half away from zero; null when out of range."""
    try:
        number = Decimal(number)
        if number.as_tuple().exponent < -8:  # type: ignore[operator]
            number = number.quantize(DECIMAL_STEP, context=EXACT)
    except InvalidOperation:
        return None
    return number if number.copy_abs() <= DECIMAL_LIMIT else None  # `abs` would round to 28 digits


def integer(number: int) -> int | None:
    """The CQL Integer, or null when it overflows 32 bits (CQL 1.5, Arithmetic Operators)."""
    return number if INTEGER_MINIMUM <= number <= INTEGER_MAXIMUM else None


def long(number: int) -> int | None:
    """The CQL Long, or null when it overflows 64 bits."""
    return number if LONG_MINIMUM <= number <= LONG_MAXIMUM else None


def days_in_month(year: int, month: int) -> int:
    """How many days a month of the proleptic Gregorian calendar has."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def earliest(point: Date) -> Date:
    """The first full date that a perhaps partial date can mean."""
    return Date(point.year, point.month or 1, point.day or 1)


def latest(point: Date) -> Date:
    """The last full date that a perhaps partial date can mean."""
    month = point.month or 12
    return Date(point.year, month, point.day or days_in_month(point.year, month))


def earliest_time(point: DateTime) -> DateTime:
    """The first full point in time that a perhaps partial one can mean, in its own offset."""
    return DateTime(
        point.year, point.month or 1, point.day or 1, point.hour or 0, point.minute or 0, point.second or 0,
        point.millisecond or 0, point.offset,
    )  # fmt: skip


def latest_time(point: DateTime) -> DateTime:
    """The last full point in time that a perhaps partial one can mean, in its own offset."""
    month = point.month or 12
    parts = (point.hour, point.minute, point.second, point.millisecond)
    hour, minute, second, millisecond = (
        last if part is None else part for part, last in zip(parts, (23, 59, 59, 999), strict=True)
    )
    day = point.day or days_in_month(point.year, month)
    return DateTime(point.year, month, day, hour, minute, second, millisecond, point.offset)


def from_fact(value: Value, fact: str) -> Value:
    """A partial date of a case as the uncertainty it is: some full date between its first and its last.

    CQL compares `@2025` with `@2025` as equal; two facts of which only the year is known may well differ,
    so a fact is never handed on as a partial date.
    """
    match value:
        case Date() if value.day is None:
            return Uncertain(earliest(value), latest(value), frozenset([fact]))
        case DateTime() if value.second is not None and value.millisecond is None:
            return replace(value, millisecond=0)  # a record to the second is exact: nobody is asked for milliseconds
        case DateTime() if value.millisecond is None:
            return Uncertain(earliest_time(value), latest_time(value), frozenset([fact]))
        case Time() if value.millisecond is None:
            return Uncertain(_clock(value, 0, 0, 0), _clock(value, 59, 59, 999), frozenset([fact]))
        case _:
            return value


def _clock(point: Time, *ends: int) -> Time:
    """A time of day with what it lacks filled in: its minute, its second, its millisecond."""
    given = (point.minute, point.second, point.millisecond)
    return Time(point.hour, *(end if part is None else part for part, end in zip(given, ends, strict=True)))
