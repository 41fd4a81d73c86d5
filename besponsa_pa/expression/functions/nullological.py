"""Nullological operators (CQL 1.5 reference, Nullological Operators): the only way to act on absence.

Everywhere else a missing fact stays missing. These see it as null, and therefore decide on the fact that nothing
was said; `check` points out each use.
"""

from __future__ import annotations

from collections.abc import Callable

from besponsa_pa.expression.functions.table import Operator, Unknowns, overload
from besponsa_pa.values import Missing, Uncertain, Value, facts_of, missing


def is_null(value: Value) -> bool:
    """Whether nothing is known of the value; a value known within bounds is not null."""
    return value is None or isinstance(value, Missing)


def is_true(value: Value) -> bool:
    """Whether the value is surely true."""
    return value is True


def is_false(value: Value) -> bool:
    """Whether the value is surely false."""
    return value is False


def coalesce(*operands: Callable[[], Value]) -> Value:
    """The first operand that is not null; where none is, null, or what the missing ones among them would tell."""
    absent: list[Value] = []
    for operand in operands:
        value = operand()
        if not is_null(value):
            return value
        absent.append(value)
    return missing(facts_of(*absent))


def coalesce_list(values: Value) -> Value:
    """The first element that is not null."""
    if isinstance(values, tuple):
        return next((value for value in values if not is_null(value)), None)
    if values is None or isinstance(values, (Missing, Uncertain)):
        return None
    elements = getattr(values, "elements", ())
    for value, sure in elements:
        if not is_null(value):
            return value if sure else missing(values.facts)  # type: ignore[union-attr]
    return None


ABSENCE = "A fact that the case does not give counts as null here"

OPERATORS = (
    Operator(
        "IsNull",
        "{0} is null",
        f"Whether there is no value. {ABSENCE}.",
        "CQL 1.5, Nullological Operators: IsNull",
        (overload("A -> Boolean", is_null),),
        (("null is null", "true"), ("1 is null", "false"), ("1 is not null", "true")),
        Unknowns.OWN,
        sees_absence=True,
        precedence="is",
    ),
    Operator(
        "IsTrue",
        "{0} is true",
        f"Whether it is surely true: false when it is not known. {ABSENCE}.",
        "CQL 1.5, Nullological Operators: IsTrue",
        (overload("Boolean -> Boolean", is_true),),
        (("true is true", "true"), ("null is true", "false"), ("false is not true", "true")),
        Unknowns.OWN,
        sees_absence=True,
        precedence="is",
    ),
    Operator(
        "IsFalse",
        "{0} is false",
        f"Whether it is surely false: false when it is not known. {ABSENCE}.",
        "CQL 1.5, Nullological Operators: IsFalse",
        (overload("Boolean -> Boolean", is_false),),
        (("false is false", "true"), ("null is false", "false")),
        Unknowns.OWN,
        sees_absence=True,
        precedence="is",
    ),
    Operator(
        "Coalesce",
        "Coalesce({0}, {1})",
        f"The first of several values that is there. {ABSENCE}.",
        "CQL 1.5, Nullological Operators: Coalesce",
        (
            overload("A, A -> A", coalesce),
            overload("A, A, A -> A", coalesce),
            overload("A, A, A, A -> A", coalesce),
            overload("A, A, A, A, A -> A", coalesce),
        ),
        (("Coalesce(null, 2)", "2"), ("Coalesce(1, 2)", "1"), ("Coalesce(null, null, 3)", "3")),
        Unknowns.LAZY,
        sees_absence=True,
    ),
    Operator(
        "Coalesce",
        "Coalesce({0})",
        f"The first element of a list that is there. {ABSENCE}.",
        "CQL 1.5, Nullological Operators: Coalesce",
        (overload("List<A> -> A", coalesce_list),),
        (("Coalesce({null, 2})", "2"), ("Coalesce({})", "null")),
        Unknowns.OWN,
        sees_absence=True,
    ),
)
