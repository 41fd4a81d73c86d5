"""The columns that the cases of a policy have as a table: what a statement reads, and whoever prepares rows writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from besponsa_pa.backends.sql.terms import RefusedError
from besponsa_pa.facts import REQUEST_DATE, FactDeclaration, Grade
from besponsa_pa.policy import conditions
from besponsa_pa.policy.model import CompiledPolicy, Condition, Judgment, criteria_of
from besponsa_pa.records import dataclass
from besponsa_pa.types import ListOf, Simple, TupleOf, Type

CASE_ID = "case_id"
REFUSED = "refused"
# A Decimal of a case has at most so many digits before and after the point here; a row with more is refused.
WHOLE_DIGITS, PLACES = 8, 8
INTEGER_LIMIT = 1_000_000


class Kind(Enum):
    """What a column holds. A date is a text, for it may be known only to its month or year."""

    BOOLEAN = "BOOLEAN"
    INTEGER = "INTEGER"
    DECIMAL = "DECIMAL"
    TEXT = "TEXT"
    LIST = "LIST"


@dataclass(frozen=True, slots=True)
class Column:
    """A column, or a field in the entries of a list.

    `fact` is the declared fact that it belongs to, if any. Of a list, `entry` are the fields of its entries, or None
    where they are single values, whose kind is then `single`.
    """

    name: str
    kind: Kind
    fact: str | None = None
    entry: tuple[Column, ...] | None = None
    single: Kind | None = None


SIMPLE_KINDS = {
    "Boolean": Kind.BOOLEAN,
    "Integer": Kind.INTEGER,
    "Decimal": Kind.DECIMAL,
    "String": Kind.TEXT,
    "Date": Kind.TEXT,
    "Time": Kind.TEXT,
    "Code": Kind.TEXT,
}


def columns_of(compiled: CompiledPolicy) -> tuple[Column, ...]:
    """The columns of the cases of a policy: the date of the request, facts that anything reads, evidence, judgments.

    Raises `RefusedError` for a fact of a type that no column holds.
    """
    read = facts_read(compiled) | {REQUEST_DATE}
    columns = [Column(CASE_ID, Kind.TEXT)]
    for name, fact in compiled.policy.facts.items():
        if name in read:
            columns += _columns(column_name(name), fact.type, name)
            if grades_wanted(compiled, fact):
                columns.append(Column(evidence_column(name), Kind.TEXT, name))
    columns += [Column(judgment_column(each), Kind.BOOLEAN) for each in judgments_of(compiled)]
    columns.append(Column(REFUSED, Kind.TEXT))
    _check_names(columns)
    return tuple(columns)


def column_name(fact: str) -> str:
    """The column of a fact: `patient__birth_date` for `patient.birth_date`."""
    return fact.replace(".", "__")


def evidence_column(fact: str) -> str:
    """The column of the kind of evidence for a fact."""
    return f"{column_name(fact)}__evidence"


def judgment_column(criterion: str) -> str:
    """The column of the answer to a judgment."""
    return "judgments__" + re.sub(r"\W", "_", criterion)


def facts_read(compiled: CompiledPolicy) -> frozenset[str]:
    """The facts that decide: read by a criterion, a `when`, a grant or what no real case breaks."""
    return conditions.facts_read(conditions_of(compiled))


def conditions_of(compiled: CompiledPolicy) -> Iterator[Condition]:
    """Every expression on which a decision or a grant depends."""
    yield from compiled.musts.values()
    yield from conditions.conditions_that_decide(compiled)


def judgments_of(compiled: CompiledPolicy) -> tuple[str, ...]:
    """The ids of the criteria that a clinician answers, each once."""
    criteria = (criterion for pathway in compiled.pathways for criterion in criteria_of(pathway))
    return tuple(dict.fromkeys(each.id for each in criteria if isinstance(each.body, Judgment)))


def grades_wanted(compiled: CompiledPolicy, fact: FactDeclaration) -> tuple[Grade, ...]:
    """The grades of evidence that any look may ask of a fact: its own, and those that criteria ask for."""
    if fact.name == REQUEST_DATE:
        return () if fact.evidence is None else (fact.evidence,)
    criteria = (criterion for pathway in compiled.pathways for criterion in criteria_of(pathway))
    asked = (fact.evidence, *(criterion.evidence for criterion in criteria))
    return tuple(dict.fromkeys(grade for grade in asked if grade is not None))


def _columns(name: str, kind: Type, fact: str | None) -> Iterator[Column]:
    match kind:
        case Simple("Quantity"):
            yield Column(f"{name}__value", Kind.DECIMAL, fact)
            yield Column(f"{name}__unit", Kind.TEXT, fact)
        case Simple("Code", system=None):
            yield Column(name, Kind.TEXT, fact)
            yield Column(f"{name}__system", Kind.TEXT, fact)
        case Simple() if kind.name in SIMPLE_KINDS:
            yield Column(name, SIMPLE_KINDS[kind.name], fact)
        case ListOf(TupleOf(elements)):
            entry = tuple(column for part, each in elements for column in _columns(part, each, fact))
            yield Column(name, Kind.LIST, fact, entry)
        case ListOf(Simple() as element) if element.name in SIMPLE_KINDS and element != Simple("Code"):
            yield Column(name, Kind.LIST, fact, None, SIMPLE_KINDS[element.name])
        case _:
            raise RefusedError(f"`{fact}` is of the type `{kind}`, which no column holds")


def entry_names(element: Type) -> tuple[str, ...] | None:
    """The fields of the elements of a list; None where they are single values."""
    if not isinstance(element, TupleOf):
        return None
    return tuple(column.name for part, kind in element.elements for column in _columns(part, kind, None))


def _check_names(columns: list[Column]) -> None:
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            raise RefusedError(f"two columns would be called `{column.name}`")
        seen.add(column.name)
