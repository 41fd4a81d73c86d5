"""The facts of a case as terms over the columns of its row, and over the fields of the elements of its lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from besponsa_pa.backends.sql import columns, times
from besponsa_pa.backends.sql.meanings import Entry, Meaning, Rows
from besponsa_pa.backends.sql.quantities import normalised
from besponsa_pa.backends.sql.terms import (
    Given,
    Mask,
    RefusedError,
    Term,
    all_of,
    bit,
    case,
    is_null,
    not_,
    number,
    text,
    when,
)
from besponsa_pa.backends.sql.values_of_columns import may_fail
from besponsa_pa.facts import FactDeclaration, Grade
from besponsa_pa.records import dataclass
from besponsa_pa.types import ListOf, Simple, TupleOf, Type

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope

OUT_OF_RANGE = "a number is larger than SQL holds it exactly"
# As which type a field of an element is read; texts are not here.
SQL_KINDS = {
    "Boolean": "BOOLEAN",
    "Integer": "BIGINT",
    "Decimal": f"DECIMAL({columns.WHOLE_DIGITS + columns.PLACES}, {columns.PLACES})",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value stands: `column` gives a column, or the field of an element, by its name.

    `mask` is the fact that is missing while it is NULL, `guard` refuses rows for what it says.
    """

    name: str
    mask: Mask
    column: Callable[[str], exp.Expression]
    guard: Callable[[exp.Expression, str], None]


def fact_meaning(scope: Scope, fact: FactDeclaration) -> Meaning:
    """What a fact means in the view of a scope: it is missing where it lacks the evidence that the view wants."""
    mask = bit(scope.translation.numbers[fact.name])
    source = Source(columns.column_name(fact.name), mask, _documented(scope, fact), scope.translation.guard)
    return _meaning(scope, fact.type, source)


def _documented(scope: Scope, fact: FactDeclaration) -> Callable[[str], exp.Expression]:
    """A column of a fact by its name: NULL where the fact lacks the evidence that this view wants."""
    wanted = scope.translation.wanted(fact, scope.view)
    stated = _stated(scope, fact)
    if wanted is None:
        return stated
    evidence = exp.column(columns.evidence_column(fact.name))
    kinds = [text(grade.value) for grade in Grade if grade.satisfies(wanted)]
    has = exp.In(this=evidence, expressions=kinds)

    def column(name: str) -> exp.Expression:
        documented = case([(has, stated(name))])
        return scope.translation.hoisted(f"{name}__documented", documented)

    return column


def _stated(scope: Scope, fact: FactDeclaration) -> Callable[[str], exp.Expression]:
    """A column of a fact by its name: NULL in a row that is refused, where the statement would stop at its value."""
    wrong = scope.translation.wrong_value
    if wrong is None or not may_fail(fact.type):
        return exp.column
    is_right = is_null(wrong)
    return lambda name: scope.translation.hoisted(f"{name}__checked", case([(is_right, exp.column(name))]))


def _meaning(scope: Scope, kind: Type, source: Source) -> Meaning:
    value = source.column
    match kind:
        case ListOf(element):
            return _rows(scope, element, value(source.name), source.mask)
        case Simple("Quantity"):
            return _quantity(scope, kind, source)
        case Simple("Date"):
            return _date(scope, value(source.name), source)
        case Simple("Integer"):
            return _whole(kind, source)
        case Simple("Decimal"):
            limit = Decimal(10) ** columns.WHOLE_DIGITS
            return replace(_known(kind, source), limit=limit, places=columns.PLACES)
        case Simple("Code", system=None):
            code, system = value(source.name), value(f"{source.name}__system")
            source.guard(all_of([not_(is_null(code)), is_null(system)]), "a code of an unknown system")
            return replace(_known(kind, source), given=Given(code, system))
        case Simple("Time"):
            return times.term(scope, value(source.name), source.mask, source.name)
        case Simple():
            return _known(kind, source)
        case _:
            raise RefusedError(f"`{source.name}`, of the type `{kind}`, cannot be said in SQL")


def _known(kind: Simple, source: Source) -> Term:
    value = source.column(source.name)
    return Term(kind, value, mask=when(is_null(value), source.mask))


def _whole(kind: Simple, source: Source) -> Term:
    term = _known(kind, source)
    source.guard(exp.GT(this=exp.Abs(this=term.low), expression=number(columns.INTEGER_LIMIT)), OUT_OF_RANGE)
    return replace(term, limit=Decimal(columns.INTEGER_LIMIT))


def _date(scope: Scope, written: exp.Expression, source: Source) -> Term:
    """The first and the last day that a text of a date can mean: `2026-02` is any day of that month."""
    hoisted, dialect, name = scope.translation.hoisted, scope.dialect, source.name
    length = exp.Length(this=written)
    months, days = exp.EQ(this=length, expression=number(7)), exp.EQ(this=length, expression=number(10))
    year = dialect.date_from_text(dialect.concat([written, text("-01-01")]))
    month = dialect.date_from_text(dialect.concat([written, text("-01")]))
    last_of_year = dialect.date_from_text(dialect.concat([written, text("-12-31")]))
    last_of_month = dialect.days_later(dialect.months_later(month, number(1)), number(-1))
    full = dialect.date_from_text(written)
    is_there = not_(is_null(written))
    low = hoisted(f"{name}__first", case([(days, full), (months, month), (is_there, year)]))
    high = hoisted(f"{name}__last", case([(days, full), (months, last_of_month), (is_there, last_of_year)]))
    same = exp.Coalesce(this=exp.EQ(this=low, expression=high), expressions=[exp.false()])
    return Term(Simple("Date"), low, high, when(not_(same), source.mask))


def _quantity(scope: Scope, kind: Simple, source: Source) -> Term:
    """The number in the unit that the fact declares; a row with a unit that is not among the usual ones is refused."""
    given = Given(source.column(f"{source.name}__value"), source.column(f"{source.name}__unit"))
    mask = when(is_null(given.value), source.mask)
    if kind.unit is None:
        limit = Decimal(10) ** columns.WHOLE_DIGITS
        return Term(kind, given.value, mask=mask, limit=limit, places=columns.PLACES, given=given)
    low, places, limit = normalised(scope, kind.unit, given, source.guard)
    low = scope.translation.hoisted(f"{source.name}__normalised", low)
    foreign = exp.NEQ(this=given.unit, expression=text(kind.unit))
    term = Term(kind, low, mask=mask, limit=limit, places=places)
    return replace(term, unit=kind.unit, foreign=foreign, given=given)


# --- lists ---


def _rows(scope: Scope, element: Type, column: exp.Expression, mask: Mask) -> Rows:
    variable = scope.translation.local_name()
    array = scope.dialect.array_or_empty(column)

    def guard(condition: exp.Expression, why: str) -> None:
        scope.translation.guard(scope.dialect.any_true(array, variable, condition), why)

    source = Source(variable, mask, exp.column, guard)
    return Rows(array, variable, _element(scope, element, source), is_missing=is_null(column), mask=mask)


def _element(scope: Scope, element: Type, source: Source) -> Meaning:
    """What an element means, whose variable is the name of its source."""
    dialect, variable = scope.dialect, source.name
    scope.translation.elements.declare(variable, columns.entry_names(element))
    if not isinstance(element, TupleOf):
        sql = SQL_KINDS.get(str(element), "VARCHAR")
        return _meaning(scope, element, replace(source, column=lambda _: dialect.single(variable, sql)))
    fields = dict(element.elements)

    def part(name: str) -> exp.Expression:
        declared = fields.get(name, Simple("Decimal") if name.endswith("__value") else Simple("String"))
        return dialect.part(variable, name, SQL_KINDS.get(str(declared), "VARCHAR"))

    def field(name: str) -> Meaning:
        return _meaning(scope, fields[name], replace(source, name=name, column=part))

    return Entry(_Lazy(fields, field))


class _Lazy(Mapping[str, Meaning]):
    """The parts of an entry, each translated when it is first read: one that cannot be said may never be."""

    def __init__(self, names: Mapping[str, Type], make: Callable[[str], Meaning]) -> None:
        self._names, self._make, self._made = names, make, dict[str, Meaning]()

    def __getitem__(self, name: str) -> Meaning:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
