"""Aggregates: one value from the elements of a list, nulls left out (CQL 1.5, Aggregate Functions).

Arithmetic is exact: sums and squares keep every digit, and a quotient or a root is rounded once, to 8 places.
Where elements are not all sure or known, a count, a sum and an extreme still have bounds; the others are missing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial, reduce
from math import prod

from besponsa_pa import units
from besponsa_pa.expression import compare
from besponsa_pa.expression.functions.open_world import Entry, all_of, any_of, entries, high, low
from besponsa_pa.expression.functions.table import Operator, Overload, Unknowns, overload
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

SECTION = "CQL 1.5, Aggregate Functions: "


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


def _count(value: Value) -> Value:
    """Between the elements that surely count and those that may."""
    every = _present(value)
    open_ones = [entry for entry in every if not entry.sure or isinstance(entry.value, Missing)]
    least, most = len(every) - len(open_ones), len(every)
    if isinstance(value, UncertainList) and value.counts is not None:
        least, most = max(least, value.counts[0]), min(most, value.counts[1])
    return uncertain(least, most, _doubts(open_ones))


def _all_true(value: Value) -> Truth:
    return True if value is None else all_of(value, lambda one: one is None or _truth(one))


def _any_true(value: Value) -> Truth:
    return False if value is None else any_of(value, lambda one: one is not None and _truth(one))


def _truth(value: Value) -> Truth:
    return value if isinstance(value, Missing) else value is True


# --- extremes ---

Relation = Callable[[Value, Value], Truth]


def _max(value: Value) -> Value:
    return _extreme(value, compare.less_or_equal, low, high)


def _min(value: Value) -> Value:
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
_INTEGERS = (operator.add, integer)
_LONGS = (operator.add, long)
_DECIMALS = (EXACT.add, decimal)


def _sum(value: Value, add: Callable[..., Value], fit: Callable[..., Value]) -> Value:
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


def _sum_quantities(value: Value) -> Value:
    """Bounds only where all have one unit; otherwise the sum is in the finest, as with `+`."""
    every = _present(value)
    numbers = [replace(entry, value=_number(entry.value)) for entry in every]
    bounds = [bound(entry.value) for entry in every for bound in (low, high)]
    found = {bound.unit for bound in bounds if isinstance(bound, Quantity)}
    if len(found) == 1:
        return _with_unit(_sum_of(numbers, *_DECIMALS), found.pop())
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


def _product_of_integers(value: Value, fit: Callable[[int], int | None]) -> Value:
    numbers = [number for number in _settled(value) if isinstance(number, int)]
    return fit(prod(numbers)) if numbers else None


# --- statistics ---

Numbers = Sequence[Decimal]
Statistic = Callable[[Numbers], Decimal | None]


def _of_decimals(value: Value, statistic: Statistic) -> Value:
    numbers = [Decimal(number) for number in _settled(value) if isinstance(number, (Decimal, int))]
    return _rounded(statistic, numbers)


def _of_quantities(value: Value, statistic: Statistic) -> Value:
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


def _product(numbers: Numbers) -> Decimal:
    return reduce(EXACT.multiply, numbers)


def _average(numbers: Numbers) -> Decimal:
    return EXACT.divide(_total(numbers), len(numbers))


def _median(numbers: Numbers) -> Decimal:
    """The middle one, or halfway between the two in the middle."""
    ordered = sorted(numbers)
    return _average(ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1])


def _population_variance(numbers: Numbers) -> Decimal:
    return EXACT.divide(_deviation(numbers), len(numbers) ** 2)


def _variance(numbers: Numbers) -> Decimal | None:
    """Of a sample: null for a single number."""
    count = len(numbers)
    return EXACT.divide(_deviation(numbers), count * (count - 1)) if count > 1 else None


def _deviation(numbers: Numbers) -> Decimal:
    """The sum of the squared distances from the mean, times the count, so that nothing has been divided yet."""
    total = _total(numbers)
    squares = _total([EXACT.multiply(number, number) for number in numbers])
    return EXACT.subtract(EXACT.multiply(squares, len(numbers)), EXACT.multiply(total, total))


def _population_deviation(numbers: Numbers) -> Decimal:
    return EXACT.sqrt(_population_variance(numbers))


def _standard_deviation(numbers: Numbers) -> Decimal | None:
    variance = _variance(numbers)
    return None if variance is None else EXACT.sqrt(variance)


def _geometric_mean(numbers: Numbers) -> Decimal | None:
    """Null when the product is negative and so has no root."""
    product = _product(numbers)
    if product <= 0:
        return None if product < 0 else product
    return EXACT.power(product, EXACT.divide(1, len(numbers)))


def _mode(value: Value) -> Value:
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


# --- the table ---


def _statistics(statistic: Statistic) -> tuple[Overload, ...]:
    return (
        overload("List<Decimal> -> Decimal", partial(_of_decimals, statistic=statistic)),
        overload("List<Quantity> -> Quantity", partial(_of_quantities, statistic=statistic)),
    )


_ORDERED = ("Integer", "Long", "Decimal", "Quantity", "Date", "DateTime", "Time", "String")

OPERATORS: tuple[Operator, ...] = (
    Operator(
        name="Count",
        syntax="Count({0})",
        doc="How many elements of the list are not null. Elements that may or may not qualify leave a range.",
        section=SECTION + "Count",
        overloads=(overload("List<T> -> Integer", _count),),
        examples=(
            ("Count({15, 5, 99, null, 1})", "4"),
            ("Count({})", "0"),
            ("Count(null as List<Integer>)", "0"),
        ),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="Sum",
        syntax="Sum({0})",
        doc="The sum of the elements, nulls left out; null when there are none. Quantities have to convert.",
        section=SECTION + "Sum",
        overloads=(
            overload("List<Integer> -> Integer", lambda value: _sum(value, *_INTEGERS)),
            overload("List<Long> -> Long", lambda value: _sum(value, *_LONGS)),
            overload("List<Decimal> -> Decimal", lambda value: _sum(value, *_DECIMALS)),
            overload("List<Quantity> -> Quantity", _sum_quantities),
        ),
        examples=(
            ("Sum({28, 30, 30})", "88"),
            ("Sum({0.1, 0.2})", "0.3"),
            ("Sum({null, 1, null})", "1"),
            ("Sum({2147483647, 1})", "null"),
            ("Sum(List<Integer>{})", "null"),
        ),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="Product",
        syntax="Product({0})",
        doc="All elements multiplied, nulls left out; null when there are none. Quantities keep the unit of the first.",
        section=SECTION + "Product",
        overloads=(
            overload("List<Integer> -> Integer", lambda value: _product_of_integers(value, integer)),
            overload("List<Long> -> Long", lambda value: _product_of_integers(value, long)),
            *_statistics(_product),
        ),
        examples=(("Product({1, 2, 3, 4})", "24"), ("Product({2, null})", "2"), ("Product(List<Integer>{})", "null")),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="Min",
        syntax="Min({0})",
        doc="The least element, nulls left out; null when there are none. Texts are ordered by their characters.",
        section=SECTION + "Min",
        overloads=tuple(overload(f"List<{kind}> -> {kind}", _min) for kind in _ORDERED),
        examples=(
            ("Min({'hi', 'bye', 'zebra'})", "'bye'"),
            ("Min({3, null, 2})", "2"),
            ("Min({1 'g', 900 'mg'})", "900 'mg'"),
            ("Min(List<Integer>{})", "null"),
        ),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="Max",
        syntax="Max({0})",
        doc="The greatest element, nulls left out; null when there are none. Texts are ordered by their characters.",
        section=SECTION + "Max",
        overloads=tuple(overload(f"List<{kind}> -> {kind}", _max) for kind in _ORDERED),
        examples=(
            ("Max({5, 12, 90, 44})", "90"),
            ("Max({@2012-12-31, null, @2013-01-01})", "@2013-01-01"),
            ("Max(List<Integer>{})", "null"),
        ),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="Avg",
        syntax="Avg({0})",
        doc="The mean of the elements, nulls left out; null when there are none.",
        section=SECTION + "Avg",
        overloads=_statistics(_average),
        examples=(
            ("Avg({1.0, 2.0, 3.0, 6.0})", "3.0"),
            ("Avg({1.0, 1.0, 2.0, null})", "1.33333333"),
            ("Avg(List<Decimal>{})", "null"),
        ),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="Median",
        syntax="Median({0})",
        doc="The element in the middle when they are put in order, or halfway between the two in the middle.",
        section=SECTION + "Median",
        overloads=_statistics(_median),
        examples=(
            ("Median({6.0, 5.0, 4.0, 3.0, 2.0, 1.0})", "3.5"),
            ("Median({3.0, null, 1.0, 2.0})", "2.0"),
            ("Median(List<Decimal>{})", "null"),
        ),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="Mode",
        syntax="Mode({0})",
        doc="The element that comes most often; null when several come equally often.",
        section=SECTION + "Mode",
        overloads=(overload("List<T> -> T", _mode),),
        examples=(
            ("Mode({2, 1, 8, 2, 9, 1, 9, 9})", "9"),
            ("Mode({1, 1, 2, 2})", "null"),
            ("Mode({null, null, 3})", "3"),
        ),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="Variance",
        syntax="Variance({0})",
        doc="How far the elements, as a sample, lie from their mean, squared; null for fewer than two.",
        section=SECTION + "Variance",
        overloads=_statistics(_variance),
        examples=(("Variance({1.0, 2.0, 3.0, 4.0, 5.0})", "2.5"), ("Variance({1.0, null})", "null")),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="PopulationVariance",
        syntax="PopulationVariance({0})",
        doc="How far the elements, as all there are, lie from their mean, squared.",
        section=SECTION + "Population Variance",
        overloads=_statistics(_population_variance),
        examples=(
            ("PopulationVariance({1.0, 2.0, 3.0, 4.0, 5.0})", "2.0"),
            ("PopulationVariance(List<Decimal>{})", "null"),
        ),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="StdDev",
        syntax="StdDev({0})",
        doc="The standard deviation of the elements as a sample; null for fewer than two.",
        section=SECTION + "StdDev",
        overloads=_statistics(_standard_deviation),
        examples=(("StdDev({1.0, 2.0, 3.0, 4.0, 5.0})", "1.58113883"), ("StdDev({1.0})", "null")),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="PopulationStdDev",
        syntax="PopulationStdDev({0})",
        doc="The standard deviation of the elements as all there are.",
        section=SECTION + "Population StdDev",
        overloads=_statistics(_population_deviation),
        examples=(
            ("PopulationStdDev({1.0, 2.0, 3.0, 4.0, 5.0})", "1.41421356"),
            ("PopulationStdDev(List<Decimal>{})", "null"),
        ),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="GeometricMean",
        syntax="GeometricMean({0})",
        doc="The root of the product of the elements, of the order of their number; null when the product is negative.",
        section=SECTION + "GeometricMean",
        overloads=(overload("List<Decimal> -> Decimal", partial(_of_decimals, statistic=_geometric_mean)),),
        examples=(("GeometricMean({2.0, 8.0})", "4.0"), ("GeometricMean({null as Decimal})", "null")),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="AllTrue",
        syntax="AllTrue({0})",
        doc="Whether all elements are true, nulls left out; true when there are none.",
        section=SECTION + "AllTrue",
        overloads=(overload("List<Boolean> -> Boolean", _all_true),),
        examples=(
            ("AllTrue({null, true, true})", "true"),
            ("AllTrue({true, false})", "false"),
            ("AllTrue(List<Boolean>{})", "true"),
        ),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="AnyTrue",
        syntax="AnyTrue({0})",
        doc="Whether any element is true, nulls left out; false when there are none.",
        section=SECTION + "AnyTrue",
        overloads=(overload("List<Boolean> -> Boolean", _any_true),),
        examples=(
            ("AnyTrue({null, true})", "true"),
            ("AnyTrue({null, false})", "false"),
            ("AnyTrue(List<Boolean>{})", "false"),
        ),
        unknowns=Unknowns.OWN,
    ),
)
