"""Aggregates: one value from the elements of a list, nulls left out (CQL 1.5, Aggregate Functions)."""

from __future__ import annotations

from functools import partial

from besponsa_pa.expression.functions import totals
from besponsa_pa.expression.functions.comparison import ORDERED
from besponsa_pa.expression.functions.table import Operator, Overload, Unknowns, overload
from besponsa_pa.values import integer, long

SECTION = "CQL 1.5, Aggregate Functions: "


def _statistics(statistic: totals.Statistic) -> tuple[Overload, ...]:
    return (
        overload("List<Decimal> -> Decimal", partial(totals.of_decimals, statistic=statistic)),
        overload("List<Quantity> -> Quantity", partial(totals.of_quantities, statistic=statistic)),
    )


OPERATORS: tuple[Operator, ...] = (
    Operator(
        name="Count",
        syntax="Count({0})",
        doc="How many elements of the list are not null. Elements that may or may not qualify leave a range.",
        section=SECTION + "Count",
        overloads=(overload("List<T> -> Integer", totals.count),),
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
            overload("List<Integer> -> Integer", lambda value: totals.total_of(value, *totals.INTEGERS)),
            overload("List<Long> -> Long", lambda value: totals.total_of(value, *totals.LONGS)),
            overload("List<Decimal> -> Decimal", lambda value: totals.total_of(value, *totals.DECIMALS)),
            overload("List<Quantity> -> Quantity", totals.sum_quantities),
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
            overload("List<Integer> -> Integer", lambda value: totals.product_of_integers(value, integer)),
            overload("List<Long> -> Long", lambda value: totals.product_of_integers(value, long)),
            *_statistics(totals.product),
        ),
        examples=(("Product({1, 2, 3, 4})", "24"), ("Product({2, null})", "2"), ("Product(List<Integer>{})", "null")),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="Min",
        syntax="Min({0})",
        doc="The least element, nulls left out; null when there are none. Texts are ordered by their characters.",
        section=SECTION + "Min",
        overloads=tuple(overload(f"List<{kind}> -> {kind}", totals.least) for kind in ORDERED),
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
        overloads=tuple(overload(f"List<{kind}> -> {kind}", totals.greatest) for kind in ORDERED),
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
        overloads=_statistics(totals.average),
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
        overloads=_statistics(totals.median),
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
        overloads=(overload("List<T> -> T", totals.mode),),
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
        overloads=_statistics(totals.variance),
        examples=(("Variance({1.0, 2.0, 3.0, 4.0, 5.0})", "2.5"), ("Variance({1.0, null})", "null")),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="PopulationVariance",
        syntax="PopulationVariance({0})",
        doc="How far the elements, as all there are, lie from their mean, squared.",
        section=SECTION + "Population Variance",
        overloads=_statistics(totals.population_variance),
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
        overloads=_statistics(totals.standard_deviation),
        examples=(("StdDev({1.0, 2.0, 3.0, 4.0, 5.0})", "1.58113883"), ("StdDev({1.0})", "null")),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="PopulationStdDev",
        syntax="PopulationStdDev({0})",
        doc="The standard deviation of the elements as all there are.",
        section=SECTION + "Population StdDev",
        overloads=_statistics(totals.population_deviation),
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
        overloads=(overload("List<Decimal> -> Decimal", partial(totals.of_decimals, statistic=totals.geometric_mean)),),
        examples=(("GeometricMean({2.0, 8.0})", "4.0"), ("GeometricMean({null as Decimal})", "null")),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        name="AllTrue",
        syntax="AllTrue({0})",
        doc="Whether all elements are true, nulls left out; true when there are none.",
        section=SECTION + "AllTrue",
        overloads=(overload("List<Boolean> -> Boolean", totals.all_true),),
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
        overloads=(overload("List<Boolean> -> Boolean", totals.any_true),),
        examples=(
            ("AnyTrue({null, true})", "true"),
            ("AnyTrue({null, false})", "false"),
            ("AnyTrue(List<Boolean>{})", "false"),
        ),
        unknowns=Unknowns.OWN,
    ),
)
