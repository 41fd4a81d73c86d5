"""Comparison operators (CQL 1.5 reference, Comparison Operators)."""

from __future__ import annotations

from besponsa_pa.expression.compare import conjunction, equal, equivalent, less, less_or_equal, negation
from besponsa_pa.expression.functions.table import Operator, Overload, Unknowns, overload
from besponsa_pa.types import parse_type
from besponsa_pa.values import Truth, Value

# what has an order; each kind is compared with its own kind only
ORDERED = ("Integer", "Long", "Decimal", "String", "Date", "DateTime", "Time", "Quantity")


def not_equal(left: Value, right: Value) -> Truth:
    """The opposite of `=`, as open as it."""
    return negation(equal(left, right))


def not_equivalent(left: Value, right: Value) -> Truth:
    """The opposite of `~`."""
    return negation(equivalent(left, right))


def greater(left: Value, right: Value) -> Truth:
    """`<` the other way round."""
    return less(right, left)


def greater_or_equal(left: Value, right: Value) -> Truth:
    """`<=` the other way round."""
    return less_or_equal(right, left)


def between(value: Value, low: Value, high: Value) -> Truth:
    """Both bounds included; false as soon as one bound is surely passed, even if the other is not known."""
    return conjunction(less_or_equal(low, value), less_or_equal(value, high))


def properly_between(value: Value, low: Value, high: Value) -> Truth:
    """Both bounds excluded."""
    return conjunction(less(low, value), less(value, high))


def _each(arity: int, run: object) -> tuple[Overload, ...]:
    boolean = parse_type("Boolean")
    return tuple(Overload((parse_type(kind),) * arity, boolean, run) for kind in ORDERED)  # type: ignore[arg-type]


OPERATORS = (
    Operator(
        "Equal",
        "{0} = {1}",
        "Whether both are the same. Not known when either is not; dates known to different precision, and units "
        "that do not convert, leave it open.",
        "CQL 1.5, Comparison Operators: Equal",
        (overload("A, A -> Boolean", equal),),
        (("1 = 1.0", "true"), ("1 = null", "null"), ("@2024 = @2024-03", "null"), ("1 month = 1 'mo'", "null")),
        Unknowns.OWN,
        precedence="equality",
    ),
    Operator(
        "NotEqual",
        "{0} != {1}",
        "Whether they differ. Not known when either is not.",
        "CQL 1.5, Comparison Operators: Not Equal",
        (overload("A, A -> Boolean", not_equal),),
        (("1 != 2", "true"), ("1 != null", "null")),
        Unknowns.OWN,
        precedence="equality",
    ),
    Operator(
        "Equivalent",
        "{0} ~ {1}",
        "Whether both say the same: text without regard to capitals, codes without version and display, decimals "
        "rounded to the coarser of both. Two nulls are equivalent.",
        "CQL 1.5, Comparison Operators: Equivalent",
        (
            overload("A, A -> Boolean", equivalent),
            overload("Concept, Code -> Boolean", equivalent),
            overload("Code, Concept -> Boolean", equivalent),
        ),
        (("'Abc' ~ 'abc'", "true"), ("null ~ null", "true"), ("1 ~ null", "false"), ("1 month ~ 1 'mo'", "true")),
        Unknowns.OWN,
        precedence="equality",
    ),
    Operator(
        "NotEquivalent",
        "{0} !~ {1}",
        "The opposite of `~`.",
        "CQL 1.5, Comparison Operators: Not Equivalent",
        (
            overload("A, A -> Boolean", not_equivalent),
            overload("Concept, Code -> Boolean", not_equivalent),
            overload("Code, Concept -> Boolean", not_equivalent),
        ),
        (("1 !~ 2", "true"), ("null !~ null", "false")),
        Unknowns.OWN,
        precedence="equality",
    ),
    Operator(
        "Less",
        "{0} < {1}",
        "Whether the left is smaller, or earlier. Not known when either is not.",
        "CQL 1.5, Comparison Operators: Less",
        _each(2, less),
        (("1 < 2", "true"), ("2 < 2", "false"), ("@2024 < @2024-03", "null"), ("5 'mg' < 1 'g'", "true")),
        Unknowns.OWN,
        precedence="inequality",
    ),
    Operator(
        "LessOrEqual",
        "{0} <= {1}",
        "Whether the left is smaller or the same.",
        "CQL 1.5, Comparison Operators: Less Or Equal",
        _each(2, less_or_equal),
        (("1.8 <= 1.5 * 1.2", "true"), ("2 <= null", "null")),
        Unknowns.OWN,
        precedence="inequality",
    ),
    Operator(
        "Greater",
        "{0} > {1}",
        "Whether the left is larger, or later.",
        "CQL 1.5, Comparison Operators: Greater",
        _each(2, greater),
        (("2 > 1", "true"), ("@2024-03 > @2024", "null")),
        Unknowns.OWN,
        precedence="inequality",
    ),
    Operator(
        "GreaterOrEqual",
        "{0} >= {1}",
        "Whether the left is larger or the same.",
        "CQL 1.5, Comparison Operators: Greater Or Equal",
        _each(2, greater_or_equal),
        (("0.1 + 0.2 >= 0.3", "true"), ("null >= 1", "null")),
        Unknowns.OWN,
        precedence="inequality",
    ),
    Operator(
        "Between",
        "{0} between {1} and {2}",
        "Whether it lies between two bounds or is one of them.",
        "CQL 1.5, Comparison Operators: Between",
        _each(3, between),
        (("5 between 1 and 5", "true"), ("5 between 1 and null", "null"), ("0 between 1 and null", "false")),
        Unknowns.OWN,
        precedence="between",
    ),
    Operator(
        "ProperBetween",
        "{0} properly between {1} and {2}",
        "Whether it lies between two bounds and is neither of them.",
        "CQL 1.5, Comparison Operators: Between",
        _each(3, properly_between),
        (("5 properly between 1 and 5", "false"), ("3 properly between 1 and 5", "true")),
        Unknowns.OWN,
        precedence="between",
    ),
)
