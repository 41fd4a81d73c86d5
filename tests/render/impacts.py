"""Impacts to render: one with everything, one with nothing, one with what a browser or a terminal would act upon."""

from __future__ import annotations

from dataclasses import replace

from besponsa_pa.render.impacted import (
    Change,
    DifferingCriterion,
    Example,
    Impacted,
    Moved,
    NamedPolicy,
    Seen,
    Side,
)

APPROVE, DENY, INFORMATION, REJECT = ("approve", None), ("deny", None), ("pend", "information"), ("reject", None)
OLD = NamedPolicy("invented", "Invented & co", "1", "sha256:00", "old/policy.yaml")
NEW = NamedPolicy("invented", "Invented & co", "2", "sha256:11", "new/policy.yaml")
AGE = DifferingCriterion(
    "age",
    "The patient is an adult",
    Seen("met", ("age is 18, wanted at least 18",), None, "age >= 18"),
    Seen("not met", ("age is 18, wanted at least 19",), "true", "age >= 19"),
)
DENIED = Example(
    "A-1",
    "cases.ndjson",
    7,
    Side(APPROVE, "first", ("age",), (), '{"quantity":{"cycles":6},"until":"2026-12"}', ()),
    Side(DENY, "first", ("age",), (), None, ()),
    (AGE,),
)
REJECTED = Example(
    None,
    "cases.ndjson",
    8,
    Side(REJECT, None, (), (), None, ("no fact is called `weight`",)),
    Side(INFORMATION, None, ("ready",), ("ready", "age"), None, ()),
    (),
)
KEPT = replace(DENIED, case="A-2", new=replace(DENIED.old, grant='{"quantity":{"cycles":4}}'), criteria=())
FULL = Impacted(
    OLD,
    NEW,
    "duckdb",
    ("cases.ndjson",),
    (
        Change(APPROVE, APPROVE, 900),
        Change(APPROVE, DENY, 80),
        Change(APPROVE, INFORMATION, 1),
        Change(DENY, DENY, 1000),
        Change(REJECT, INFORMATION, 12),
        Change(REJECT, REJECT, 7),
    ),
    ((APPROVE, "grant", 40), (APPROVE, "reasons", 30), (DENY, "reasons", 2)),
    60,
    (
        Moved("age", "deny", "The patient is an adult", None, 80, 80, 0, 0),
        Moved("ready", "information", "The patient is ready", "new", 1, 1, 0, 0),
        Moved("dose", "clinical_review", "The dose is usual", "old", 0, 0, 1234, 0),
    ),
    (Moved("ready", "", "Is the patient ready?", None, 1, 1, 0, 0),),
    (DENIED, REJECTED, KEPT),
)
NOTHING = replace(FULL, changes=(), alike=(), differing=0, criteria=(), missing=(), examples=(), files=())
SAME = replace(NOTHING, changes=(Change(APPROVE, APPROVE, 5),))
MARKUP = "<script>alert('\"&`\x1b[31m\u202e')</script>"
HOSTILE = replace(
    FULL,
    old=NamedPolicy(MARKUP, MARKUP, MARKUP, MARKUP, MARKUP),
    new=NamedPolicy(MARKUP, MARKUP, MARKUP, MARKUP, MARKUP),
    files=(MARKUP,),
    criteria=(Moved(MARKUP, "deny", MARKUP, None, 1, 1, 1, 1),),
    missing=(Moved(MARKUP, "", MARKUP, None, 1, 1, 1, 1),),
    examples=(
        Example(
            MARKUP,
            MARKUP,
            1,
            Side(REJECT, None, (), (), None, (MARKUP,)),
            Side(DENY, MARKUP, (MARKUP,), (MARKUP,), None, ()),
            (DifferingCriterion(MARKUP, MARKUP, None, Seen(MARKUP, (MARKUP,), MARKUP, MARKUP)),),
        ),
    ),
)
