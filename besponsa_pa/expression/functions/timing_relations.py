"""How intervals and points lie to each other: before, after, same, meets, overlaps, starts, ends.

`before`, `after` and `same ... as` between two dates (CQL 1.5, Date and Time Operators) stand here too: a date is an
interval of one point to them.
"""

from __future__ import annotations

from collections.abc import Callable

from besponsa_pa.expression.functions import relations
from besponsa_pa.expression.functions.table import Operator, Unknowns, overload

SECTION = "CQL 1.5, Interval Operators: "

BOTH = "Interval<T>, Interval<T>"
POINT_FIRST = "T, Interval<T>"
POINT_LAST = "Interval<T>, T"
DATES = ("Date, Date", "DateTime, DateTime", "Time, Time")


def relation(  # noqa: PLR0917 - a row is read across
    name: str,
    syntax: str,
    doc: str,
    run: Callable[..., object],
    signatures: tuple[str, ...],
    examples: tuple[tuple[str, str], ...],
    section: str = "",
) -> Operator:
    """A row that says true or false of two intervals or points, at a precision where one is asked for."""
    return Operator(
        name=name,
        syntax=syntax,
        doc=doc,
        section=SECTION + (section or name),
        overloads=tuple(overload(f"{signature} -> Boolean", run) for signature in signatures),
        examples=examples,
        unknowns=Unknowns.OWN,
        takes_precision=True,
        precedence="membership" if name in {"In", "Contains"} else "timing",
    )


ORDER = (
    relation(
        "Before",
        "{0} before {of_precision}{1}",
        "Whether a date comes before another one. An interval is before what comes after its end.",
        relations.before,
        (*DATES, BOTH, POINT_FIRST, POINT_LAST),
        (
            ("@2026-02-15 before @2026-02-16", "true"),
            ("@2026-02-15 before month of @2026-02-16", "false"),
            ("@2026 before @2026-02-16", "null"),
            ("Interval[1, 10] before Interval[10, 20]", "false"),
            ("Interval[1, 10) before 10", "true"),
            ("Interval[1, null] before 10", "false"),
        ),
    ),
    relation(
        "After",
        "{0} after {of_precision}{1}",
        "Whether a date comes after another one. An interval is after what comes before its start.",
        relations.after,
        (*DATES, BOTH, POINT_FIRST, POINT_LAST),
        (
            ("@2026-02-16 after @2026-02-15", "true"),
            ("@2025-10-22 after @2013", "true"),
            ("@2026-10-22 after @2026", "null"),
            ("Interval[11, 20] after Interval[1, 11)", "true"),
            ("5 after Interval[1, null)", "null"),
        ),
    ),
    relation(
        "SameOrBefore",
        "{0} on or before {of_precision}{1}",
        "Whether a date is the same as another one or before it. An interval must end by then. "
        "It can also be written `same or before`.",
        relations.same_or_before,
        (*DATES, BOTH, POINT_FIRST, POINT_LAST),
        (
            ("@2026-02-15 on or before @2026-02-15", "true"),
            ("@2026-02-16 same month or before @2026-02-15", "true"),
            ("Interval[4, 6] on or before 6", "true"),
            ("Interval[4, 6] on or before Interval[5, 9]", "false"),
            ("@2026-02-16 on or before null", "null"),
        ),
        "Same Or Before",
    ),
    relation(
        "SameOrAfter",
        "{0} on or after {of_precision}{1}",
        "Whether a date is the same as another one or after it. An interval must start no sooner. "
        "It can also be written `same or after`.",
        relations.same_or_after,
        (*DATES, BOTH, POINT_FIRST, POINT_LAST),
        (
            ("@2026-02-15 on or after @2026-02-15", "true"),
            ("@2026-08-10 same year or after @2026-11-02", "true"),
            ("@2026-02-15 on or after @2026-02", "null"),
            ("Interval[6, 10] on or after 6", "true"),
        ),
        "Same Or After",
    ),
    relation(
        "SameAs",
        "{0} same {spaced_precision}as {1}",
        "Whether two dates are the same, as far down as the named component; or two intervals start and end together.",
        relations.same_as,
        (*DATES, BOTH),
        (
            ("@2026-02-15 same month as @2026-02-01", "true"),
            ("@2026-02-15 same month as @2025-02-15", "false"),
            ("@2026-02-15 same day as @2026-02", "null"),
            ("Interval[1, 5] same as Interval[1, 6)", "true"),
        ),
        "Same As",
    ),
)

NEIGHBOURS = (
    relation(
        "Meets",
        "{0} meets {of_precision}{1}",
        "Whether one interval starts immediately after the other one ends: the next day, the next whole number.",
        relations.meets,
        (BOTH,),
        (
            ("Interval[1, 10] meets Interval[11, 20]", "true"),
            ("Interval[1, 10] meets Interval[10, 20]", "false"),
            ("Interval[@2026-01-01, @2026-01-31] meets Interval[@2025-10-01, @2025-12-31]", "true"),
            ("Interval(null, 5] meets Interval(null, 15)", "null"),
        ),
    ),
    relation(
        "MeetsBefore",
        "{0} meets before {of_precision}{1}",
        "Whether the second interval starts immediately after the first one ends.",
        relations.meets_before,
        (BOTH,),
        (
            ("Interval[1, 10] meets before Interval[11, 20]", "true"),
            ("Interval[11, 20] meets before Interval[1, 10]", "false"),
            ("Interval[1, 10) meets before Interval[10, 20]", "true"),
            ("Interval[@2026-01-01, @2026-01-05] meets before month of Interval[@2026-02-20, @2026-03-01]", "true"),
        ),
        "Meets",
    ),
    relation(
        "MeetsAfter",
        "{0} meets after {of_precision}{1}",
        "Whether the first interval starts immediately after the second one ends.",
        relations.meets_after,
        (BOTH,),
        (
            ("Interval[11, 20] meets after Interval[1, 10]", "true"),
            ("Interval[12, 20] meets after Interval[1, 10]", "false"),
            ("Interval(null, 5] meets after Interval[11, null)", "false"),
        ),
        "Meets",
    ),
    relation(
        "Overlaps",
        "{0} overlaps {of_precision}{1}",
        "Whether two intervals have a day, or another point, in common.",
        relations.overlaps,
        (BOTH,),
        (
            ("Interval[1, 10] overlaps Interval[10, 20]", "true"),
            ("Interval[1, 10) overlaps Interval[10, 20]", "false"),
            ("Interval[@2026-01-01, null] overlaps Interval[@2026-06-01, @2026-06-30]", "true"),
            ("Interval[@2026-01-01, null) overlaps Interval[@2026-06-01, @2026-06-30]", "null"),
            ("Interval[null, null] overlaps Interval[1, 10]", "null"),
        ),
    ),
    relation(
        "OverlapsBefore",
        "{0} overlaps before {of_precision}{1}",
        "Whether two intervals overlap and the first one starts before the second.",
        relations.overlaps_before,
        (BOTH,),
        (
            ("Interval[1, 10] overlaps before Interval[5, 20]", "true"),
            ("Interval[4, 10] overlaps before Interval(3, 10]", "false"),
        ),
        "Overlaps",
    ),
    relation(
        "OverlapsAfter",
        "{0} overlaps after {of_precision}{1}",
        "Whether two intervals overlap and the first one ends after the second.",
        relations.overlaps_after,
        (BOTH,),
        (
            ("Interval[4, 15] overlaps after Interval[1, 10]", "true"),
            ("Interval[4, 11) overlaps after Interval[4, 10]", "false"),
            ("Interval[null, null] overlaps after Interval[1, 10]", "null"),
        ),
        "Overlaps",
    ),
    relation(
        "Starts",
        "{0} starts {of_precision}{1}",
        "Whether two intervals start together and the first one does not end later.",
        relations.starts,
        (BOTH,),
        (
            ("Interval[4, 10] starts Interval[4, 15]", "true"),
            ("Interval[4, 15] starts Interval[4, 10]", "false"),
            ("Interval[4, null) starts Interval[4, 10]", "null"),
        ),
    ),
    relation(
        "Ends",
        "{0} ends {of_precision}{1}",
        "Whether two intervals end together and the first one does not start earlier.",
        relations.ends,
        (BOTH,),
        (
            ("Interval[4, 10] ends Interval[1, 11)", "true"),
            ("Interval[1, 10] ends Interval[4, 10]", "false"),
            ("Interval[1, 10] ends Interval(null, null)", "null"),
        ),
    ),
)
