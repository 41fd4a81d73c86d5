"""A policy as written (`Policy`) and as checked (`CompiledPolicy`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TypeAlias

from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Evaluate
from besponsa_pa.expression.wording import readings, wanted
from besponsa_pa.facts import FactDeclaration, Grade
from besponsa_pa.records import dataclass, field
from besponsa_pa.source import Excerpt, Source, Span
from besponsa_pa.types import Type
from besponsa_pa.values import Date, Value, ValueSet

# --- as written ---


@dataclass(frozen=True, slots=True)
class Reference:
    """What a citation points to; `number` as in the source document."""

    name: str
    number: int | None
    title: str
    publisher: str | None
    date: str | None
    url: str | None
    accessed: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Citation:
    """Why a rule holds: a reference by name, and the section of it."""

    reference: str
    at: str | None
    span: Span


class OnUnmet(Enum):
    """What an unmet criterion leads to: a denial, or a person's decision."""

    DENY = "deny"
    PEND = "pend"


class GroupKind(Enum):
    """How the criteria of a group are held together."""

    ALL = "all"
    ANY = "any"
    NONE = "none"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A criterion with a condition to check."""

    check: Excerpt


@dataclass(frozen=True, slots=True)
class Judgment:
    """A criterion that only a clinician can answer, as the question put to them."""

    question: str


@dataclass(frozen=True, slots=True)
class Group:
    """A criterion made of others; `count` belongs to `at_least`. A child is in place, or the name of one."""

    kind: GroupKind
    children: tuple[Criterion | CriterionName, ...]
    count: int | None = None


@dataclass(frozen=True, slots=True)
class CriterionName:
    """A criterion used by its name under `criteria:`."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion as written. `id` is its name, or made from its place for a group in place without one.

    `on_unmet_span` is the place of what is said under `on_unmet`.
    """

    id: str
    title: str | None
    given: Excerpt | None
    body: Leaf | Judgment | Group
    on_unmet: OnUnmet | None
    cite: tuple[Citation, ...]
    interpretation: str | None
    evidence: Grade | None
    span: Span
    on_unmet_span: Span | None = None


@dataclass(frozen=True, slots=True)
class GrantValue:
    """What an approval carries under one name: an expression, a text (`str`), or more names."""

    value: Excerpt | str | Mapping[str, GrantValue]
    span: Span


@dataclass(frozen=True, slots=True)
class Pathway:
    """A way to coverage: to whom it applies, what it requires, excludes, has looked at, and grants."""

    name: str
    title: str | None
    when: Excerpt | None
    require: Criterion | CriterionName | None
    exclude: tuple[Criterion | CriterionName, ...]
    review: tuple[Criterion | CriterionName, ...]
    grant: Mapping[str, GrantValue]
    cite: tuple[Citation, ...]
    interpretation: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What is decided when no pathway applies."""

    decision: str
    title: str | None
    cite: tuple[Citation, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Advisory:
    """What is told with every outcome when its condition holds; it decides nothing."""

    id: str
    when: Excerpt | None
    text: str
    cite: tuple[Citation, ...]
    interpretation: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What must hold for every possible case: this decision never, when this is true."""

    never: str
    when: Excerpt
    span: Span


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a lint rule finds of one thing of a file, and is meant: the rule, the name of the thing, the reason."""

    rule: str
    of: str
    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Table:
    """A value that depends on another: `by` an expression, or None for a table used as a function of its key."""

    name: str
    by: Excerpt | None
    of: Type | None
    rows: tuple[tuple[Excerpt, Excerpt], ...]
    otherwise: Excerpt | None
    span: Span


@dataclass(frozen=True, slots=True)
class NamedExpression:
    """A definition; with `parameters` a macro."""

    name: str
    parameters: tuple[str, ...]
    body: Excerpt
    span: Span


@dataclass(frozen=True, slots=True)
class Drug:
    """The drug that a policy is about."""

    brand: str | None
    generic: str | None
    codes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as written, its imports merged in. `digest` is over the bytes of its file and of every import.

    `sources` are these files, the policy's own last; `accept` is what is accepted in any of them.
    """

    id: str
    title: str
    program: str | None
    version: str
    effective_from: Date | None
    effective_to: Date | None
    drug: Drug | None
    references: Mapping[str, Reference]
    facts: Mapping[str, FactDeclaration]
    value_sets: Mapping[str, ValueSet]
    tables: Mapping[str, Table]
    definitions: Mapping[str, NamedExpression]
    criteria: Mapping[str, Criterion]
    pathways: tuple[Pathway, ...]
    otherwise: Otherwise | None
    advisories: tuple[Advisory, ...]
    guarantees: tuple[Guarantee, ...]
    accept: tuple[Acceptance, ...]
    sources: tuple[Source, ...]
    name: str
    digest: str
    span: Span


# --- as checked ---


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked expression with its text as written, what computes it, and what of it a finding shows.

    What it is computed by is made when it is first used: many a condition of a policy is not reached by a case.
    """

    expression: Checked
    text: str
    _evaluate: Evaluate | None = field(default=None, init=False, repr=False, compare=False)
    _readings: Mapping[str, Evaluate] | None = field(default=None, init=False, repr=False, compare=False)
    _wanted: Mapping[str, str] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def evaluate(self) -> Evaluate:
        """What computes it from the facts of a case."""
        if self._evaluate is None:
            object.__setattr__(self, "_evaluate", evaluator(self.expression))
            assert self._evaluate is not None
        return self._evaluate

    @property
    def readings(self) -> Mapping[str, Evaluate]:
        """What it reads, by name."""
        if self._readings is None:
            object.__setattr__(self, "_readings", readings(self.expression))
            assert self._readings is not None
        return self._readings

    @property
    def wanted(self) -> Mapping[str, str]:
        """What it wants a reading to be, by name."""
        if self._wanted is None:
            object.__setattr__(self, "_wanted", wanted(self.expression))
            assert self._wanted is not None
        return self._wanted


@dataclass(frozen=True, slots=True)
class CheckedLeaf:
    """A criterion with a checked condition."""

    check: Condition


@dataclass(frozen=True, slots=True)
class CheckedGroup:
    """A group whose children are checked; `count` is how many must be met in `at_least`, else 0."""

    kind: GroupKind
    children: tuple[CheckedCriterion, ...]
    count: int


@dataclass(frozen=True, slots=True)
class CheckedCriterion:
    """A criterion ready to be held against a case."""

    id: str
    title: str
    given: Condition | None
    body: CheckedLeaf | Judgment | CheckedGroup
    on_unmet: OnUnmet | None
    cite: tuple[Citation, ...]
    interpretation: str | None
    evidence: Grade | None
    span: Span


CheckedGrant: TypeAlias = "Condition | Mapping[str, CheckedGrant]"


@dataclass(frozen=True, slots=True)
class CheckedPathway:
    """A pathway ready to be held against a case; without `when` it always applies."""

    name: str
    title: str
    when: Condition | None
    require: CheckedCriterion | None
    exclude: tuple[CheckedCriterion, ...]
    review: tuple[CheckedCriterion, ...]
    grant: Mapping[str, CheckedGrant]
    cite: tuple[Citation, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class CheckedAdvisory:
    """An advisory ready to be held against a case; without `when` it is always told."""

    id: str
    when: Condition | None
    text: str
    cite: tuple[Citation, ...]
    interpretation: str | None


@dataclass(frozen=True, slots=True)
class CheckedGuarantee:
    """A guarantee with its checked condition."""

    never: str
    when: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """A policy as checked: every expression typed, every name resolved. Made by the compiler alone.

    `musts` hold for each fact what no real case breaks. `admission` is what `determination.admission` makes of it,
    when the first case comes, to read cases quickly; `memory` is what `determination` remembers of it.
    """

    policy: Policy
    musts: Mapping[str, Condition]
    pathways: tuple[CheckedPathway, ...]
    otherwise: Otherwise | None
    advisories: tuple[CheckedAdvisory, ...]
    guarantees: tuple[CheckedGuarantee, ...]
    admission: object = field(default=None, init=False, repr=False, compare=False)
    memory: object = field(default=None, init=False, repr=False, compare=False)


GrantedValue: TypeAlias = "Value | Mapping[str, GrantedValue]"


def criteria_of(pathway: CheckedPathway) -> Iterator[CheckedCriterion]:
    """Every criterion of a pathway, groups and what is in them, in the order of the pathway."""
    waiting = [*pathway.exclude, *([] if pathway.require is None else [pathway.require]), *pathway.review][::-1]
    while waiting:
        criterion = waiting.pop()
        yield criterion
        if isinstance(criterion.body, CheckedGroup):
            waiting.extend(reversed(criterion.body.children))
