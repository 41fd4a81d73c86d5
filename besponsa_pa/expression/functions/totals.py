"""What aggregates compute: counts, extremes, sums and statistics of the elements of a list, nulls left out.

Arithmetic is exact: sums and squares keep every digit, and a quotient or a root is rounded once, to 8 places.
Where elements are not all sure or known, a count, a sum and an extreme still have bounds; the others are missing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from math import prod

from besponsa_pa import units
from besponsa_pa.expression import compare
from besponsa_pa.expression.functions.open_world import Entry, all_of, any_of, entries, high, low
from besponsa_pa.values import (
    EXACT,
    NO_FACTS,
    Date,
    DateTime,
    Missing,
    Quantity,
    Time,
    Truth,
    Uncertain,
    UncertainList,
    Undecided,
    Value,
    decimal,
    facts_of,
    integer,
    long,
    missing,
    uncertain,
)


def _present(value: Value) -> list[Entry]:
    """The entries that are not null: nulls never count. Raises `Undecided` for a missing list."""
    return [] if value is None else [entry for entry in entries(value) if entry.value is not None]


def _is_settled(entry: Entry) -> bool:
    return entry.sure and not isinstance(entry.value, (Missing, Uncertain, UncertainList))


def _doubts(every: Sequence[Entry]) -> frozenset[str]:
    return NO_FACTS.union(*(entry.doubts for entry in every))


def _has_bounds(every: Sequence[Entry]) -> bool:
    """Whether there surely is an element, and none that may be anything at all."""
    return any(entry.sure for entry in every) and not any(isinstance(entry.value, Missing) for entry in every)


def _settled(value: Value) -> list[Value]:
    """The elements that are not null. Raises `Undecided` unless each of them is sure and known."""
    every = _present(value)
    if not all(map(_is_settled, every)):
        raise Undecided(missing(_doubts(every)))
    return [entry.value for entry in every]


# --- counting and truth ---


def count(value: Value) -> Value:
    """Between the elements that surely count and those that may."""
    every = _present(value)
    open_ones = [entry for entry in every if not entry.sure or isinstance(entry.value, Missing)]
    least, most = len(every) - len(open_ones), len(every)
    if isinstance(value, UncertainList) and value.counts is not None:
        least, most = max(least, value.counts[0]), min(most, value.counts[1])
    return uncertain(least, most, _doubts(open_ones))


def all_true(value: Value) -> Truth:
    """Whether no element is false, as far as that is known; an empty list has none."""
    return True if value is None else all_of(value, lambda one: one is None or _truth(one))


def any_true(value: Value) -> Truth:
    """Whether an element is true, as far as that is known."""
    return False if value is None else any_of(value, lambda one: one is not None and _truth(one))


def _truth(value: Value) -> Truth:
    return value if isinstance(value, Missing) else value is True


# --- extremes ---

Relation = Callable[[Value, Value], Truth]


def greatest(value: Value) -> Value:
    """The greatest element, or the bounds between which it lies."""
    return _extreme(value, compare.less_or_equal, low, high)


def least(value: Value) -> Value:
    """The least element, or the bounds between which it lies."""
    return _extreme(value, lambda left, right: compare.less_or_equal(right, left), high, low)


def _extreme(value: Value, within: Relation, near: Callable[[Value], Value], far: Callable[[Value], Value]) -> Value:
    """The element that all others are `within`; `near` and `far` are the bounds of one that is not known exactly."""
    every = _present(value)
    doubts = _doubts(every)
    if not every or not _has_bounds(every) or (doubts and any(map(_is_partial, every))):
        return missing(doubts)
    surely = _outermost([near(entry.value) for entry in every if entry.sure], within)
    perhaps = _outermost([far(entry.value) for entry in every], within)
    if surely is None or perhaps is None:  # the order is open between them
        return missing(doubts)
    doubts = _doubts([entry for entry in every if within(far(entry.value), surely) is not True])
    return uncertain(surely, perhaps, doubts) if near is low else uncertain(perhaps, surely, doubts)


def _outermost(values: Sequence[Value], within: Relation) -> Value:
    """The value that all are within; null where there is none, as between units that do not convert."""
    outermost = reduce(lambda found, one: one if within(found, one) is True else found, values)
    return outermost if all(within(one, outermost) is True for one in values) else None


def _is_partial(entry: Entry) -> bool:
    """Whether an element is a date that leaves its order to others open."""
    match entry.value:
        case Date(day=None) | DateTime(millisecond=None) | Time(millisecond=None):
            return True
        case _:
            return False


# --- sums and products ---

# how numbers of a type are added, and null where the result does not fit the type
INTEGERS = (operator.add, integer)
LONGS = (operator.add, long)
DECIMALS = (EXACT.add, decimal)


def total_of(value: Value, add: Callable[..., Value], fit: Callable[..., Value]) -> Value:
    """An element that may not belong adds nothing at least, or at most."""
    return _sum_of(_present(value), add, fit)


def _sum_of(every: Sequence[Entry], add: Callable[..., Value], fit: Callable[..., Value]) -> Value:
    if not every or not _has_bounds(every):
        return missing(_doubts(every))
    least = fit(reduce(add, [_or_nothing(min, entry, low) for entry in every]))
    most = fit(reduce(add, [_or_nothing(max, entry, high) for entry in every]))
    if least is None or most is None:
        return missing(_doubts(every))
    return uncertain(least, most, _doubts(every))


def _or_nothing(choose: Callable[..., Value], entry: Entry, bound: Callable[[Value], Value]) -> Value:
    return bound(entry.value) if entry.sure else choose(bound(entry.value), 0)


def sum_quantities(value: Value) -> Value:
    """Bounds only where all have one unit; otherwise the sum is in the finest, as with `+`."""
    every = _present(value)
    numbers = [replace(entry, value=_number(entry.value)) for entry in every]
    bounds = [bound(entry.value) for entry in every for bound in (low, high)]
    found = {bound.unit for bound in bounds if isinstance(bound, Quantity)}
    if len(found) == 1:
        return _with_unit(_sum_of(numbers, *DECIMALS), found.pop())
    return reduce(_add, _settled(value)) if every else None


def _add(left: Value, right: Value) -> Value:
    return units.add(left, right) if isinstance(left, Quantity) and isinstance(right, Quantity) else None


def _number(value: Value) -> Value:
    match value:
        case Quantity():
            return value.value
        case Uncertain(Quantity() as least, Quantity() as most, facts):
            return Uncertain(least.value, most.value, facts)
        case _:
            return value


def _with_unit(value: Value, unit: str) -> Value:
    match value:
        case Decimal():
            return Quantity(value, unit)
        case Uncertain(Decimal() as least, Decimal() as most, facts):
            return Uncertain(Quantity(least, unit), Quantity(most, unit), facts)
        case _:
            return value


def product_of_integers(value: Value, fit: Callable[[int], int | None]) -> Value:
    """The product of whole numbers, null where it does not fit."""
    numbers = [number for number in _settled(value) if isinstance(number, int)]
    return fit(prod(numbers)) if numbers else None


# --- statistics ---

Numbers = Sequence[Decimal]
Statistic = Callable[[Numbers], Decimal | None]


def of_decimals(value: Value, statistic: Statistic) -> Value:
    """A statistic of decimals, rounded once; null of none."""
    numbers = [Decimal(number) for number in _settled(value) if isinstance(number, (Decimal, int))]
    return _rounded(statistic, numbers)


def of_quantities(value: Value, statistic: Statistic) -> Value:
    """In the unit of the first, as CQL has it even for variances and products; null where one does not convert."""
    quantities = [quantity for quantity in _settled(value) if isinstance(quantity, Quantity)]
    if not quantities:
        return None
    unit = quantities[0].unit
    numbers = [converted.value for one in quantities if (converted := units.convert(one, unit)) is not None]
    return _with_unit(_rounded(statistic, numbers), unit) if len(numbers) == len(quantities) else None


def _rounded(statistic: Statistic, numbers: Numbers) -> Decimal | None:
    """To 8 places, without more zeros at the end than the numbers have: the mean of 1.0 and 3.0 is 2.0."""
    exact = statistic(numbers) if numbers else None
    result = None if exact is None else decimal(exact)
    if result is None:
        return None
    places = max(map(_places, (result.normalize(EXACT), *numbers)))
    return result.quantize(Decimal(1).scaleb(-places), context=EXACT)


def _places(number: Decimal) -> int:
    return max(0, -int(number.as_tuple().exponent))


def _total(numbers: Numbers) -> Decimal:
    return reduce(EXACT.add, numbers)


def product(numbers: Numbers) -> Decimal:
    """The product of all numbers, every digit of it."""
    return reduce(EXACT.multiply, numbers)


def average(numbers: Numbers) -> Decimal:
    """The mean."""
    return EXACT.divide(_total(numbers), len(numbers))


def median(numbers: Numbers) -> Decimal:
    """The middle one, or halfway between the two in the middle."""
    ordered = sorted(numbers)
    return average(ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1])


def population_variance(numbers: Numbers) -> Decimal:
    """The mean square of the distances from the mean."""
    return EXACT.divide(_deviation(numbers), len(numbers) ** 2)


def variance(numbers: Numbers) -> Decimal | None:
    """Of a sample: null for a single number."""
    count = len(numbers)
    return EXACT.divide(_deviation(numbers), count * (count - 1)) if count > 1 else None


def _deviation(numbers: Numbers) -> Decimal:
    """The sum of the squared distances from the mean, times the count, so that nothing has been divided yet."""
    total = _total(numbers)
    squares = _total([EXACT.multiply(number, number) for number in numbers])
    return EXACT.subtract(EXACT.multiply(squares, len(numbers)), EXACT.multiply(total, total))


def population_deviation(numbers: Numbers) -> Decimal:
    """The root of the population variance."""
    return EXACT.sqrt(population_variance(numbers))


def standard_deviation(numbers: Numbers) -> Decimal | None:
    """The root of the variance, null for a single number."""
    spread = variance(numbers)
    return None if spread is None else EXACT.sqrt(spread)


def geometric_mean(numbers: Numbers) -> Decimal | None:
    """Null when the product is negative and so has no root."""
    whole = product(numbers)
    if whole <= 0:
        return None if whole < 0 else whole
    return EXACT.power(whole, EXACT.divide(1, len(numbers)))


def mode(value: Value) -> Value:
    """The most frequent element; null when several are, because none of them is the mode then."""
    groups: list[list[Value]] = []
    doubts = NO_FACTS
    for one in _settled(value):
        truths = [compare.equal(group[0], one) for group in groups]
        doubts |= facts_of(*truths)
        if True in truths:
            groups[truths.index(True)].append(one)
        else:
            groups.append([one])
    if doubts or not groups:
        return missing(doubts)
    groups.sort(key=len, reverse=True)
    alone = len(groups) == 1 or len(groups[0]) > len(groups[1])
    return groups[0][0] if alone else None
