"""One unit in terms of another, calendar durations included, and the units of products."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from besponsa_pa.records import dataclass
from besponsa_pa.units.ucum import KELVINS, measure, sum_of_powers
from besponsa_pa.values import CALENDAR_UNITS

# Calendar durations by what measures them: a year or a month has no fixed number of days (CQL 1.5, Reference, Equal).
_MONTHS = {"year": 12, "month": 1}
_MILLISECONDS = {
    "week": 604_800_000, "day": 86_400_000, "hour": 3_600_000, "minute": 60_000, "second": 1_000, "millisecond": 1,
}  # fmt: skip
# The UCUM units that the others equal (CQL 1.5, Author's Guide, Quantities) ...
_DEFINITE = {"week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms"}
# ... and what years and months are equivalent to, but do not equal (CQL 1.5, Reference, Equivalent).
_COUNTERPARTS = {"year": "a", "month": "mo"}
_NOMINAL_DAYS = {"year": 365, "month": 30}


@dataclass(frozen=True, slots=True)
class Line:
    """A conversion: x of one unit are x * slope + shift of another; only temperatures have a shift."""

    slope: Fraction
    shift: Fraction = Fraction(0)

    def at(self, value: Decimal) -> Fraction:
        """The number in the other unit."""
        scaled = Fraction(value) * self.slope
        return scaled + self.shift if self.shift else scaled

    @property
    def inverse(self) -> Line:
        """The conversion back."""
        return Line(1 / self.slope, -self.shift / self.slope)


def is_unit(text: str) -> bool:
    """Whether a text is a UCUM code (case-sensitive). Calendar words are none: see `is_calendar`."""
    return text == "1" or measure(text) is not None


def is_calendar(unit: str) -> bool:
    """Whether a unit is a calendar duration, the singular word (CQL 1.5, Author's Guide, Quantities)."""
    return unit in CALENDAR_UNITS


def commensurable(left: str, right: str) -> bool:
    """Whether two units measure the same kind of thing.

    Every calendar duration and every UCUM time unit measure time, though a year and an `a` compare to null.
    """
    if left == right:
        return True
    dimensions = _dimensions(left)
    return dimensions is not None and dimensions == _dimensions(right)


def conversion(source: str, target: str) -> Fraction | None:
    """The factor for which x of the source unit are x * factor of the target unit.

    None where there is none: different dimensions, arbitrary units that differ, calendar years or months against
    anything definite, special units (they have no factor, but a function), no units at all.
    """
    line = line_between(source, target)
    if line is None or (source != target and (_is_special(source) or _is_special(target))):
        return None
    return line.slope


@lru_cache(maxsize=4096)
def line_between(source: str, target: str) -> Line | None:
    """How a number of one unit becomes one of another, where they are equal by definition; None where they are not."""
    if source == target:
        return Line(Fraction(1))
    for durations in (_MONTHS, _MILLISECONDS):
        if source in durations and target in durations:
            return Line(Fraction(durations[source], durations[target]))
    here, there = measure(_DEFINITE.get(source, source)), measure(_DEFINITE.get(target, target))
    if here is None or there is None or here.dimensions != there.dimensions:
        return None
    return Line(here.factor / there.factor, (here.zero - there.zero) / there.factor)


@lru_cache(maxsize=4096)
def equivalence(source: str, target: str) -> Line | None:
    """As `line_between`, but calendar years and months go by what they are equivalent to."""
    line = line_between(source, target)
    if line is not None:
        return line
    if source in _MONTHS:
        return _nominal(source, target)
    line = _nominal(target, source) if target in _MONTHS else None
    return None if line is None else line.inverse


def _nominal(word: str, target: str) -> Line | None:
    """A calendar year or month in a definite unit: against `a` and `mo` it is one of them, else 365 or 30 days."""
    if target in _COUNTERPARTS.values():
        return line_between(_COUNTERPARTS[word], target)
    days = line_between("d", target)
    return None if days is None else Line(days.slope * _NOMINAL_DAYS[word])


@lru_cache(maxsize=4096)
def product(left: str, right: str, power: int) -> str | None:
    """The unit of left * right (`power` 1) or of left / right (`power` -1).

    Equal parts cancel by their text, what is left keeps its order: `mg/kg` times `kg` is `mg`, and `mg/h` times `d`
    is `mg.d/h`. None where no code says it: special units, calendar years and months, invalid ones.
    """
    if left in KELVINS or right in KELVINS:
        return None
    if right == "1":
        return left
    if left == ("1" if power > 0 else right):
        return right if power > 0 else "1"
    first, second = measure(_DEFINITE.get(left, left)), measure(_DEFINITE.get(right, right))
    if first is None or second is None or first.special or second.special:
        return None
    return _code(sum_of_powers((*first.parts, *((part, exponent * power) for part, exponent in second.parts))))


def _code(parts: dict[str, int]) -> str:
    """The UCUM code of a product of powers: `mg/mL`, `cm2`, `/uL`, `1`."""
    above = ".".join(_power(part, exponent, ".") for part, exponent in parts.items() if exponent > 0)
    below = "".join("/" + _power(part, -exponent, "/") for part, exponent in parts.items() if exponent < 0)
    return above + below or "1"


def _power(part: str, exponent: int, operator: str) -> str:
    """A part with its exponent; plain numbers have none, they are repeated."""
    if part.isdigit():
        return operator.join([part] * exponent)
    return part if exponent == 1 else f"{part}{exponent}"


def _dimensions(unit: str) -> tuple[tuple[str, int], ...] | None:
    if unit in CALENDAR_UNITS:
        return (("s", 1),)
    found = measure(unit)
    return None if found is None else found.dimensions


def _is_special(unit: str) -> bool:
    found = None if unit in CALENDAR_UNITS else measure(unit)
    return found is not None and found.special
