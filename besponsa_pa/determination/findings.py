"""What a determination says: the decision, what each criterion was found to be, what is missing, what is cited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum

from besponsa_pa.expression.value_text import plain_text
from besponsa_pa.facts import Grade
from besponsa_pa.policy.model import Citation, GrantedValue, GroupKind, Reference
from besponsa_pa.records import dataclass
from besponsa_pa.values import Value


class Decision(Enum):
    """What is decided. A denial is a recommendation: a named clinician denies."""

    APPROVE = "approve"
    DENY = "deny"
    PEND = "pend"


class Pend(Enum):
    """What a pend waits for: an answer, a document, or a clinician."""

    INFORMATION = "information"
    DOCUMENTATION = "documentation"
    CLINICAL_REVIEW = "clinical_review"


class Status(Enum):
    """What a criterion was found to be; `NOT_APPLICABLE` when its `given` is false."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Part(Enum):
    """Where in its pathway a criterion stands."""

    REQUIRE = "require"
    EXCLUDE = "exclude"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Finding:
    """One criterion on one case.

    `values` are what its conditions read, by name; a value that is not known is left out and its facts are in
    `missing`, with the `places` in those of them that are lists. A fact of `missing` that is known in part, such as
    a year of birth, is in `values` too. `within` is the id of the group that it belongs to; `question` is that of a
    judgment; `undocumented` are the facts whose evidence is not of the wanted grade; `error` is a failure and its
    place. `group` is the kind of a criterion made of others, `count` how many of them `at_least` wants.
    """

    criterion: str
    title: str
    pathway: str
    part: Part
    within: str | None
    status: Status
    given: str | None
    check: str | None
    question: str | None
    values: Mapping[str, Value]
    wanted: Mapping[str, str]
    missing: tuple[str, ...]
    undocumented: tuple[str, ...]
    citations: tuple[Citation, ...]
    interpretation: str | None
    error: str | None
    group: GroupKind | None = None
    count: int | None = None
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that can still change the decision, with its question and the criteria that it serves.

    `values` are the answers it may have, where they are limited. `known` is what is known of it when that does
    not suffice (a partial date). `places` are the places in the case when it is part of a list. `evidence` is the
    grade that an answer needs; `undocumented` says that the answer is there, and only its evidence is wanted.
    """

    fact: str
    ask: str | None
    values: tuple[str, ...]
    known: Value
    places: tuple[str, ...]
    evidence: Grade | None
    undocumented: bool
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenJudgment:
    """A question that only a clinician can answer, and that is not answered yet."""

    criterion: str
    question: str


@dataclass(frozen=True, slots=True)
class ToldAdvisory:
    """An advisory whose condition holds."""

    id: str
    text: str
    citations: tuple[Citation, ...]
    interpretation: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision for one case and why, in names alone: for who has many cases, or asks for the whole of few.

    `pend` says what a pend waits for; `pathway` is the one that the decision is taken in; `reasons` are the ids of the
    criteria that decide; `missing` the facts, as declared, that can still change the decision.
    """

    decision: Decision
    pend: Pend | None
    pathway: str | None
    reasons: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Determination:
    """The answer for one case. `reasons` are the criteria that decide, and no others.

    `in_force` says whether the policy was effective on the date of the request; None where either is not known.
    `explanation` is what the policy says where no pathway applies, or what of a pathway could not be evaluated.
    """

    case: str | None
    decision: Decision
    pend: Pend | None
    pathway: str | None
    pathway_title: str | None
    as_of: Value
    policy: str
    title: str
    version: str
    digest: str
    policy_name: str
    in_force: bool | None
    reasons: tuple[str, ...]
    explanation: str | None
    findings: tuple[Finding, ...]
    missing: tuple[MissingFact, ...]
    judgments: tuple[OpenJudgment, ...]
    grant: Mapping[str, GrantedValue] | None
    advisories: tuple[ToldAdvisory, ...]
    references: tuple[tuple[Reference, tuple[str, ...]], ...]
    human_review_required: bool


def granted_texts(grant: Mapping[str, GrantedValue], around: str = "") -> Iterator[tuple[str, str]]:
    """What is granted as a person reads it, each value with all its names joined by dots: `quantity.cycles`."""
    for name, value in grant.items():
        whole = f"{around}.{name}" if around else name
        if isinstance(value, Mapping):
            yield from granted_texts(value, whole)
        else:
            yield whole, plain_text(value)
