"""Logical operators (CQL 1.5 reference, Logical Operators): three-valued, and deciding as early as they can."""

from __future__ import annotations

from collections.abc import Callable

from besponsa_pa.expression.compare import conjunction, disjunction, negation
from besponsa_pa.expression.functions.table import Operator, Unknowns, overload
from besponsa_pa.values import Missing, Truth, facts_of, missing

Operand = Callable[[], Truth]


def and_(left: Operand, right: Operand) -> Truth:
    """False as soon as one side is, whatever is missing on the other."""
    first = left()
    return False if first is False else conjunction(first, right())


def or_(left: Operand, right: Operand) -> Truth:
    """True as soon as one side is, whatever is missing on the other."""
    first = left()
    return True if first is True else disjunction(first, right())


def implies(left: Operand, right: Operand) -> Truth:
    """`not left or right`: false implies anything.

    left, right  | true  false   null    missing
    true         | true  false   null    missing
    false        | true  true    true    true
    null         | true  null    null    missing
    missing      | true  missing missing missing
    """
    first = left()
    return True if first is False else disjunction(negation(first), right())


def xor(left: Truth, right: Truth) -> Truth:
    """True when exactly one side is; open as soon as one side is."""
    if isinstance(left, Missing) or isinstance(right, Missing):
        return None if left is None or right is None else missing(facts_of(left, right))
    return None if left is None or right is None else left is not right


OPERATORS = (
    Operator(
        "And",
        "{0} and {1}",
        "True when both sides are true, false when either is false, even if the other is not known.",
        "CQL 1.5, Logical Operators: And",
        (overload("Boolean, Boolean -> Boolean", and_),),
        (("true and false", "false"), ("false and null", "false"), ("true and null", "null")),
        Unknowns.LAZY,
        precedence="and",
    ),
    Operator(
        "Or",
        "{0} or {1}",
        "True when either side is true, even if the other is not known; false when both are false.",
        "CQL 1.5, Logical Operators: Or",
        (overload("Boolean, Boolean -> Boolean", or_),),
        (("true or null", "true"), ("false or false", "false"), ("false or null", "null")),
        Unknowns.LAZY,
        precedence="or",
    ),
    Operator(
        "Xor",
        "{0} xor {1}",
        "True when exactly one side is true; not known as long as either side is not.",
        "CQL 1.5, Logical Operators: Xor",
        (overload("Boolean, Boolean -> Boolean", xor),),
        (("true xor false", "true"), ("true xor true", "false"), ("true xor null", "null")),
        Unknowns.OWN,
        precedence="or",
    ),
    Operator(
        "Implies",
        "{0} implies {1}",
        "If the left side holds, so must the right: false only when the left is true and the right is false.",
        "CQL 1.5, Logical Operators: Implies",
        (overload("Boolean, Boolean -> Boolean", implies),),
        (("true implies false", "false"), ("false implies null", "true"), ("null implies true", "true")),
        Unknowns.LAZY,
        precedence="implies",
    ),
    Operator(
        "Not",
        "not {0}",
        "The opposite. It binds tighter than a comparison: write `not (a = b)`.",
        "CQL 1.5, Logical Operators: Not",
        (overload("Boolean -> Boolean", lambda truth: not truth),),
        (("not true", "false"), ("not null", "null")),
        precedence="not",
    ),
)
