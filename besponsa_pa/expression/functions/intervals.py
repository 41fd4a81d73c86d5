"""Intervals: membership, and what is made of them (CQL 1.5, Interval Operators)."""

from __future__ import annotations

from besponsa_pa.expression import points
from besponsa_pa.expression.functions import combinations, relations
from besponsa_pa.expression.functions.table import Operator, Overload, Unknowns, overload
from besponsa_pa.expression.functions.timing_relations import (
    BOTH,
    NEIGHBOURS,
    ORDER,
    POINT_FIRST,
    POINT_LAST,
    SECTION,
    relation,
)


def _numeric(extra: int) -> tuple[Overload, ...]:
    """The overloads of `width of` and `Size`, which are not defined for dates: they have durations."""
    subtractions = {
        "Integer": combinations.integers,
        "Long": combinations.longs,
        "Decimal": combinations.decimals,
        "Quantity": combinations.quantities,
    }
    return tuple(
        overload(f"Interval<{kind}> -> {kind}", combinations.distance(subtract, extra))
        for kind, subtract in subtractions.items()
    )


MEMBERSHIP = (
    relation(
        "In",
        "{0} in {of_precision}{1}",
        "Whether a value lies in an interval. A round bracket leaves its bound out; a null bound in a square bracket "
        "means without end, in a round one that it is not known.",
        relations.point_in,
        (POINT_FIRST,),
        (
            ("5 in Interval[1, 5]", "true"),
            ("5 in Interval[1, 5)", "false"),
            ("@2026-02-02 in Interval[@2026-11-20 - 12 months, @2026-11-20]", "true"),
            ("2000 in Interval[3, null]", "true"),
            ("5 in Interval[3, null)", "null"),
            ("2 in Interval[3, null)", "false"),
            ("null in Interval[1, 5]", "null"),
        ),
    ),
    relation(
        "Contains",
        "{0} contains {of_precision}{1}",
        "Whether an interval contains a value: `in` from the other side.",
        relations.contains,
        (POINT_LAST,),
        (
            ("Interval[1, 5] contains 5", "true"),
            ("Interval(1, 5] contains 1", "false"),
            ("Interval[null, 5] contains 10", "false"),
            ("Interval[1.5 'mg', 2 'mg'] contains 1600 'ug'", "true"),
        ),
    ),
    relation(
        "Includes",
        "{0} includes {of_precision}{1}",
        "Whether the first interval includes the second one from start to end, or contains the value.",
        relations.includes,
        (BOTH, POINT_LAST),
        (
            ("Interval[1, 10] includes Interval[1, 10]", "true"),
            ("Interval[1, 10] includes Interval[4, 11)", "true"),
            ("Interval[1, 10] includes Interval[4, 11]", "false"),
            ("Interval[1, 10] includes 10", "true"),
            ("Interval[1, 10] includes null", "null"),
        ),
    ),
    relation(
        "IncludedIn",
        "{0} included in {of_precision}{1}",
        "Whether the first interval lies in the second one from start to end, or the value lies in it. "
        "It can also be written `during`.",
        relations.included_in,
        (BOTH, POINT_FIRST),
        (
            ("@2026-03-06 during Interval[@2025-04-23, @2026-12-08]", "true"),
            ("Interval[@2026-01-01, null] during Interval[@2025-01-01, @2026-12-31]", "false"),
            ("Interval[@2026-01-01, null) during Interval[@2025-01-01, @2026-12-31]", "null"),
            ("@2026-12-31 during month of Interval[@2026-01-15, @2026-12-01]", "true"),
        ),
        "Included In",
    ),
    relation(
        "ProperIncludes",
        "{0} properly includes {of_precision}{1}",
        "Whether the first interval includes the second one and is longer, or has the value strictly between its "
        "bounds.",
        relations.properly_includes,
        (BOTH, POINT_LAST),
        (
            ("Interval[1, 10] properly includes Interval[1, 9]", "true"),
            ("Interval[1, 10] properly includes Interval[1, 10]", "false"),
            ("Interval[1, 10] properly includes 10", "false"),
        ),
        "Properly Includes",
    ),
    relation(
        "ProperIncludedIn",
        "{0} properly included in {of_precision}{1}",
        "Whether the first interval lies in the second one and is shorter, or the value lies strictly between its "
        "bounds. It can also be written `properly during`.",
        relations.properly_included_in,
        (BOTH, POINT_FIRST),
        (
            ("Interval[1, 9] properly included in Interval[1, 10]", "true"),
            ("Interval[1, 10] properly included in Interval[1, 10]", "false"),
            ("1 properly included in Interval[1, 10]", "false"),
            ("Interval[1, 10] properly included in Interval[null, null]", "true"),
        ),
        "Properly Included In",
    ),
    relation(
        "ProperContains",
        "{0} properly includes {of_precision}{1}",
        "Whether an interval has a value strictly between its bounds.",
        relations.properly_includes,
        (POINT_LAST,),
        (("Interval[1, 10] properly includes 9", "true"), ("Interval[1, 10] properly includes 1", "false")),
        "Properly Includes",
    ),
    relation(
        "ProperIn",
        "{0} properly included in {of_precision}{1}",
        "Whether a value lies strictly between the bounds of an interval.",
        relations.properly_included_in,
        (POINT_FIRST,),
        (("9 properly included in Interval[1, 10]", "true"), ("10 properly included in Interval[1, 10]", "false")),
        "Properly Included In",
    ),
)

PARTS = (
    Operator(
        name="Start",
        syntax="start of {0}",
        doc="The first point of an interval: its low bound, or the next point after one in a round bracket.",
        section=f"{SECTION}Start",
        overloads=(overload("Interval<T> -> T", points.start),),
        examples=(
            ("start of Interval[1, 10]", "1"),
            ("start of Interval(@2024-02-28, @2024-03-31]", "@2024-02-29"),
            ("start of Interval[null, @2024-03-31]", "@0001-01-01"),
            ("start of Interval(null, 10]", "null"),
        ),
        precedence="prefix",
    ),
    Operator(
        name="End",
        syntax="end of {0}",
        doc="The last point of an interval: its high bound, or the point before one in a round bracket.",
        section=f"{SECTION}End",
        overloads=(overload("Interval<T> -> T", points.end),),
        examples=(
            ("end of Interval[1, 10]", "10"),
            ("end of Interval[1.0, 10.0)", "9.99999999"),
            ("end of Interval[@2024-02-01, @2024-03-01)", "@2024-02-29"),
            ("end of Interval[1, null]", "2147483647"),
            ("end of Interval[1, null)", "null"),
        ),
        precedence="prefix",
    ),
    Operator(
        name="PointFrom",
        syntax="point from {0}",
        doc="The only point of an interval that has just one. An interval with more is a failure.",
        section=f"{SECTION}Point From",
        overloads=(overload("Interval<T> -> T", combinations.point_from),),
        examples=(
            ("point from Interval[4, 4]", "4"),
            ("point from Interval[4, 5)", "4"),
            ("point from Interval[null, null]", "null"),
        ),
        precedence="prefix",
    ),
    Operator(
        name="Width",
        syntax="width of {0}",
        doc="How far the end of an interval of numbers or quantities is from its start.",
        section=f"{SECTION}Width",
        overloads=_numeric(0),
        examples=(
            ("width of Interval[1, 10]", "9"),
            ("width of Interval[1, 10)", "8"),
            ("width of Interval[0.5 'mg', 2 'mg']", "1.5 'mg'"),
            ("width of Interval[0, null)", "null"),
            ("width of Interval[null, 10]", "null"),
        ),
        precedence="prefix",
    ),
    Operator(
        name="Size",
        syntax="Size({0})",
        doc="How many points an interval of numbers has: for whole numbers its width and one more.",
        section=f"{SECTION}Size",
        overloads=_numeric(1),
        examples=(
            ("Size(Interval[3, 7])", "5"),
            ("Size(Interval[3, 8))", "5"),
            ("Size(Interval[3, 3])", "1"),
            ("Size(Interval[3, null))", "null"),
        ),
    ),
    Operator(
        name="Union",
        syntax="{0} union {1}",
        doc="The interval from the first start to the last end; null when the two neither overlap nor meet.",
        section=f"{SECTION}Union",
        overloads=(overload(f"{BOTH} -> Interval<T>", combinations.union),),
        examples=(
            ("Interval[1, 5] union Interval[3, 7]", "Interval[1, 7]"),
            ("Interval[1, 5] union Interval[6, 7]", "Interval[1, 7]"),
            ("Interval[1, 5] union Interval[7, 9]", "null"),
            ("Interval[null, null] union Interval[1, 10]", "null"),
        ),
        unknowns=Unknowns.OWN,
        precedence="set",
    ),
    Operator(
        name="Intersect",
        syntax="{0} intersect {1}",
        doc="The interval of what both have in common; null when that is nothing.",
        section=f"{SECTION}Intersect",
        overloads=(overload(f"{BOTH} -> Interval<T>", combinations.intersect),),
        examples=(
            ("Interval[1, 5] intersect Interval[3, 7]", "Interval[3, 5]"),
            ("Interval[1, 5] intersect Interval[5, 7]", "Interval[5, 5]"),
            ("Interval[1, 5) intersect Interval[5, 7]", "null"),
            ("end of (Interval[1, 10] intersect Interval[5, null))", "null"),
        ),
        unknowns=Unknowns.OWN,
        precedence="set",
    ),
    Operator(
        name="Except",
        syntax="{0} except {1}",
        doc="What the first interval has beyond the second; null when nothing is left, or two separate parts.",
        section=f"{SECTION}Except",
        overloads=(overload(f"{BOTH} -> Interval<T>", combinations.except_),),
        examples=(
            ("Interval[1, 10] except Interval[4, 10]", "Interval[1, 3]"),
            ("Interval[1, 10] except Interval[3, 7]", "null"),
            ("Interval[1, 10] except Interval[1, 10]", "null"),
            ("Interval[1, 10] except Interval[11, 20]", "Interval[1, 10]"),
        ),
        unknowns=Unknowns.OWN,
        precedence="set",
    ),
)

OPERATORS: tuple[Operator, ...] = (*MEMBERSHIP, *ORDER, *NEIGHBOURS, *PARTS)
