"""The kinds of changes, and what is near what: each declared once."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Kind(Enum):
    """A kind of small change, in the words in which it is told."""

    @property
    def word(self) -> str:
        """The kind in a word, for programs."""
        return self.name.lower()

    # inside an expression
    COMPARISON = "a comparison made a near one"
    TIMING = "a relation in time made a near one"
    THRESHOLD = "a number, a duration or a date moved by one step"
    CONNECTIVE = "`and` and `or` swapped"
    NEGATION = "a condition turned into its opposite"
    CLAUSE = "a clause left out"
    CONSTANT = "a constant replaced"
    ELEMENT = "an element of a list left out"
    FUNCTION = "a function made a near one"
    ARITHMETIC = "an arithmetic sign swapped"
    BOUND = "an end of an interval opened or closed"
    SEARCH = "a search in a list changed"
    # in the policy around the expressions
    CODE = "a code left out of a value set"
    ROW = "a row of a table left out"
    CRITERION = "a criterion left out"
    GROUP = "a group made one of another kind"
    COUNT = "one more or one less of `at_least`"
    PART = "`exclude` and `review` swapped"
    ON_UNMET = "`on_unmet` changed"
    GIVEN = "`given` left out or turned round"
    PATHWAY = "a pathway or its `when` left out"
    OTHERWISE = "the decision of `otherwise` changed"
    GRANT = "a granted value left out or replaced"
    ADVISORY = "an advisory or its `when` left out"
    CITATION = "a citation left out or changed"
    EVIDENCE = "the evidence asked for left out or changed"
    MUST = "`must` of a fact left out"


# Comparisons by the logical names of the operators: the near ones, and the opposite, which is the negation. These are
# enough: a test that tells them all apart tells every other comparison apart too (relational operator replacement).
NEAR_COMPARISONS: Mapping[str, tuple[str, ...]] = {
    "GreaterOrEqual": ("Greater", "Equal"),
    "Greater": ("GreaterOrEqual", "NotEqual"),
    "LessOrEqual": ("Less", "Equal"),
    "Less": ("LessOrEqual", "NotEqual"),
    "Equal": ("GreaterOrEqual", "LessOrEqual"),
    "NotEqual": ("Greater", "Less"),
}
OPPOSITES: Mapping[str, str] = {
    "GreaterOrEqual": "Less", "Less": "GreaterOrEqual", "Greater": "LessOrEqual", "LessOrEqual": "Greater",
    "Equal": "NotEqual", "NotEqual": "Equal", "Equivalent": "NotEquivalent", "NotEquivalent": "Equivalent",
}  # fmt: skip
# the types of which one value is more than another, so that `=` may become `>=`
ORDERED = frozenset({"Integer", "Long", "Decimal", "Date", "DateTime", "Time", "Quantity"})

NEAR_TIMINGS: Mapping[str, tuple[str, ...]] = {
    "Before": ("SameOrBefore", "After"),
    "After": ("SameOrAfter", "Before"),
    "SameOrBefore": ("Before", "SameOrAfter"),
    "SameOrAfter": ("After", "SameOrBefore"),
    "SameAs": ("SameOrBefore", "SameOrAfter"),
    "IncludedIn": ("ProperIncludedIn",),
    "ProperIncludedIn": ("IncludedIn",),
    "Includes": ("ProperIncludes",),
    "ProperIncludes": ("Includes",),
    "Between": ("ProperBetween",),
    "ProperBetween": ("Between",),
    "Starts": ("Ends",),
    "Ends": ("Starts",),
    "MeetsBefore": ("MeetsAfter",),
    "MeetsAfter": ("MeetsBefore",),
    "OverlapsBefore": ("OverlapsAfter",),
    "OverlapsAfter": ("OverlapsBefore",),
}
# of a phrase with a distance, by its `qualifier`
NEAR_QUALIFIERS: Mapping[str | None, tuple[str, ...]] = {
    None: ("or less", "or more"),
    "or less": ("less than", "or more"),
    "less than": ("or less", "more than"),
    "or more": ("more than", "or less"),
    "more than": ("or more", "less than"),
}
OTHER_DIRECTION: Mapping[str, str] = {"before": "after", "after": "before"}
OTHER_EDGE: Mapping[str, str] = {"start": "end", "end": "start"}

NEAR_CONNECTIVES: Mapping[str, tuple[str, ...]] = {
    "And": ("Or",), "Or": ("And",), "Xor": ("Or",), "Implies": ("And",),
}  # fmt: skip
NEAR_ARITHMETIC: Mapping[str, tuple[str, ...]] = {
    "Add": ("Subtract",), "Subtract": ("Add",), "Multiply": ("Divide",), "Divide": ("Multiply",),
}  # fmt: skip
# operators and functions that people take for one another
NEAR_FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "Min": ("Max",), "Max": ("Min",), "First": ("Last",), "Last": ("First",),
    "AllTrue": ("AnyTrue",), "AnyTrue": ("AllTrue",), "Start": ("End",), "End": ("Start",),
    "Union": ("Intersect",), "Intersect": ("Union",), "Floor": ("Ceiling",), "Ceiling": ("Floor",),
    "DurationBetween": ("DifferenceBetween",), "DifferenceBetween": ("DurationBetween",),
}  # fmt: skip
# every operator that is exchanged for another with the same operands
NEAR_OPERATORS: tuple[tuple[Kind, Mapping[str, tuple[str, ...]]], ...] = (
    (Kind.COMPARISON, NEAR_COMPARISONS),
    (Kind.TIMING, NEAR_TIMINGS),
    (Kind.CONNECTIVE, NEAR_CONNECTIVES),
    (Kind.ARITHMETIC, NEAR_ARITHMETIC),
    (Kind.FUNCTION, NEAR_FUNCTIONS),
)

# of the policy around the expressions, by its words
NEAR_GROUPS: Mapping[str, str] = {"all": "any", "any": "all", "none": "any"}
OTHER_PART: Mapping[str, str] = {"exclude": "review", "review": "exclude"}
OTHER_ON_UNMET: Mapping[str, str] = {"deny": "pend", "pend": "deny"}
OTHER_DECISION: Mapping[str, str] = {"deny": "pend", "pend": "deny"}
OTHER_EVIDENCE: Mapping[str, str] = {
    "attestation": "documentation", "documentation": "claims", "claims": "documentation",
}  # fmt: skip
