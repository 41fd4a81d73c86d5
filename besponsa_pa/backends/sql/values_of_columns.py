"""What a table may hold that no case can say, as conditions on its columns: such a row is refused, never decided.

A case that is read is held against the facts that a policy declares; a table comes from somebody else's query. A code
without its point is in no value set, `Positive` is not `positive`: each would deny what should be approved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from sqlglot import exp

from besponsa_pa.backends.sql import columns
from besponsa_pa.backends.sql.dialects import Dialect
from besponsa_pa.backends.sql.quantities import OTHER_UNIT, USUAL_UNITS
from besponsa_pa.backends.sql.terms import all_of, any_of, case, is_null, not_, number, text
from besponsa_pa.case.reading import listed
from besponsa_pa.facts import FactDeclaration, Grade
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.terminology import CODE_SYSTEMS, DIAGNOSES, DIAGNOSIS, canonical_system
from besponsa_pa.types import ListOf, Simple, TupleOf, Type

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Translation

# A condition that holds where a value is wrong, and what is then said of the row.
Wrong: TypeAlias = tuple[exp.Expression, str]
# The column of a value, or the part of an entry, by what its name ends in.
Place: TypeAlias = Callable[[str], exp.Expression]

# A day that the calendar has, or a month or a year.
_ANY_DAY = "(0[1-9]|1[0-2])(-(0[1-9]|1[0-9]|2[0-8]))?|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31"
_LEAP_YEAR = "[0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00"
DATE = f"[0-9]{{4}}(-({_ANY_DAY}))?|({_LEAP_YEAR})-02-29"
FIRST_YEAR = "0001"
TIME = "([01][0-9]|2[0-3])(:[0-5][0-9](:[0-5][0-9]([.][0-9]{3})?)?)?"
# No spaces around it, and no signs that cannot be seen.
ANY_CODE = "[!-~]([ -~]*[!-~])?"
# A sign that can be seen.
VISIBLE = "[!-~]"
# Where a text ends. To Java `$` also stands before a line break at its end.
ENDS = {"spark": r"\z"}
# As what a number is read of an entry that is JSON: with more digits than it may have, so that they are seen.
KINDS = {"Boolean": "BOOLEAN", "Integer": "BIGINT", "Decimal": "DECIMAL(38, 16)"}
COMMENT = "what no case could say: such a row is not decided"
FAILING = ("Date", "Time", "Integer", "Decimal", "Quantity")


def wrong_value(translation: Translation) -> exp.Expression | None:
    """What is wrong with the values of a row, as a column; NULL for a row that a case could be made of.

    None where no fact has values that could be wrong. Only the facts that decide are looked at.
    """
    texts = Texts(translation.dialect, translation.compiled)
    singles, lists = list[Wrong](), list[exp.Expression]()
    for fact in _facts_in(translation):
        if isinstance(fact.type, ListOf):
            lists.extend(_wrong_entries(translation, texts, fact, fact.type.element))
        elif isinstance(fact.type, Simple):
            singles.extend(_wrong_single(texts, fact, fact.type))
        if columns.grades_wanted(translation.compiled, fact):
            singles.append(_wrong_evidence(fact))
    found = [*([_first(singles)] if singles else []), *lists]
    whole = exp.Coalesce(this=found[0], expressions=found[1:]) if len(found) > 1 else found[0] if found else None
    return None if whole is None else translation.steps.column("wrong_value", whole, COMMENT)


def may_fail(kind: Type) -> bool:
    """Whether SQL cannot read, or reckon with, some values of a column of this type: the statement would stop there."""
    match kind:
        case ListOf(TupleOf(elements)):
            return any(str(each) in FAILING for _, each in elements)
        case ListOf(element):
            return str(element) in FAILING
        case _:
            return str(kind) in ("Date", "Time", "Integer")


def _facts_in(translation: Translation) -> Iterator[FactDeclaration]:
    """The facts that have columns."""
    names = {column.fact for column in translation.columns}
    return (fact for name, fact in translation.compiled.policy.facts.items() if name in names)


def _first(wrong: Iterable[Wrong]) -> exp.Expression:
    """What is said of a row, or of an entry; NULL where nothing is wrong."""
    return case((condition, text(why)) for condition, why in wrong)


def _wrong_single(texts: Texts, fact: FactDeclaration, kind: Simple) -> Iterator[Wrong]:
    name = columns.column_name(fact.name)
    return texts.wrong(kind, f"`{fact.name}`", lambda ending: exp.column(name + ending))


def _wrong_evidence(fact: FactDeclaration) -> Wrong:
    grades = [grade.value for grade in Grade]
    evidence = exp.column(columns.evidence_column(fact.name))
    return _none_of(evidence, grades), f"the evidence for `{fact.name}` is none of {listed(grades)}"


def _wrong_entries(
    translation: Translation, texts: Texts, fact: FactDeclaration, element: Type
) -> Iterator[exp.Expression]:
    """What is wrong with an entry, by going through the list once; of several one."""
    variable, dialect = translation.local_name(), translation.dialect
    found = list(_wrong_parts(texts, fact.name, element, variable))
    if found:
        array = dialect.array_or_empty(exp.column(columns.column_name(fact.name)))
        yield dialect.least(array, variable, _first(found))


def _wrong_parts(texts: Texts, name: str, element: Type, variable: str) -> Iterator[Wrong]:
    dialect, unknown = texts.dialect, f"nothing is known of an entry of `{name}`"
    if isinstance(element, Simple):
        value = dialect.single(variable, KINDS.get(element.name, "VARCHAR"))
        yield is_null(value), unknown
        yield from texts.wrong(element, f"an entry of `{name}`", lambda _: value)
    if not isinstance(element, TupleOf):
        return
    if dialect.with_fields is not None:  # where an entry is a record; in JSON a missing one is an error by itself
        yield is_null(exp.column(variable)), unknown
    for field, kind in element.elements:
        if isinstance(kind, Simple):
            part = _part(dialect, variable, field, kind)
            yield from texts.wrong(kind, f"`{field}` of an entry of `{name}`", part)


def _part(dialect: Dialect, variable: str, field: str, kind: Simple) -> Place:
    def part(ending: str) -> exp.Expression:
        sql = KINDS["Decimal"] if ending == "__value" else "VARCHAR" if ending else KINDS.get(kind.name, "VARCHAR")
        return dialect.part(variable, field + ending, sql)

    return part


class Texts:
    """What is wrong with single values, in one dialect; code systems are known by their names, a policy's own too."""

    def __init__(self, dialect: Dialect, compiled: CompiledPolicy) -> None:
        self.dialect, self._compiled = dialect, compiled
        self._end = ENDS.get(dialect.name, "$")

    def wrong(self, kind: Simple, name: str, value: Place) -> Iterator[Wrong]:
        """The conditions for a value of a type that has no parts. None of them holds for NULL, which is not known."""
        match kind.name:
            case "String" if kind.values is not None:
                yield _none_of(value(""), kind.values), f"{name} is none of {listed(kind.values)}"
            case "String":
                yield (
                    not_(has_sign(self.dialect, value(""), VISIBLE)),
                    f"{name} is a text without any English letter or digit",
                )
            case "Date":
                no_year = exp.LT(this=value(""), expression=text(FIRST_YEAR))
                yield (
                    any_of([not_(self._is_like(value(""), DATE)), no_year]),
                    f"{name} is no date such as `2024-02-29`, `2024-02` or `2024`",
                )
            case "Time":
                yield not_(self._is_like(value(""), TIME)), f"{name} is no time of day such as `14:30`"
            case "Integer":
                yield _beyond(value(""), columns.INTEGER_LIMIT + 1), f"{name} is larger than SQL holds it exactly"
            case "Decimal":
                yield from _wrong_decimal(value(""), name)
            case "Quantity":
                yield from _wrong_decimal(value("__value"), name)
                number_alone = all_of([not_(is_null(value("__value"))), is_null(value("__unit"))])
                yield number_alone, f"{name} has no unit"
                if kind.unit is None:  # where a unit is declared, others are refused when they are converted
                    yield _none_of(value("__unit"), USUAL_UNITS), f"{name} is in {OTHER_UNIT}"
            case "Code":
                yield from self._wrong_code(kind, name, value)

    def _wrong_code(self, kind: Simple, name: str, value: Place) -> Iterator[Wrong]:
        code = value("")
        diagnosis = f"{name} is not as {DIAGNOSES} writes its codes: capitals, and a point after the third sign"
        if kind.system is not None and canonical_system(kind.system) == DIAGNOSES:
            yield not_(self._is_like(code, DIAGNOSIS)), diagnosis
            return
        yield not_(self._is_like(code, ANY_CODE)), f"{name} is no code: it is empty, or has spaces around it"
        if kind.system is None:
            system = value("__system")
            names = sorted({each.name for each in CODE_SYSTEMS} | set(_own_systems(self._compiled)))
            unknown = all_of([not_(is_null(code)), any_of([is_null(system), _none_of(system, names)])])
            yield unknown, f"{name} is of a code system that is not known by that name, such as `{DIAGNOSES}`"
            is_diagnosis = exp.EQ(this=system, expression=text(DIAGNOSES))
            yield all_of([is_diagnosis, not_(self._is_like(code, DIAGNOSIS))]), diagnosis

    def _is_like(self, value: exp.Expression, pattern: str) -> exp.Expression:
        """Whether the whole of a text is of a form."""
        return exp.RegexpLike(this=value, expression=text(f"^({pattern}){self._end}"))


def has_sign(dialect: Dialect, value: exp.Expression, signs: str) -> exp.Expression:
    """Whether a text has one of the signs that a pattern says, such as `[0-9]`."""
    # there a pattern is of the whole text, and `.` of all signs but a line break
    around = "(.|\n)*" if dialect.name == "snowflake" else ""
    return exp.RegexpLike(this=value, expression=text(f"{around}{signs}{around}"))


def _none_of(value: exp.Expression, values: Iterable[str]) -> exp.Expression:
    return not_(exp.In(this=value, expressions=[text(each) for each in values]))


def _beyond(value: exp.Expression, limit: int) -> exp.Expression:
    above = exp.GTE(this=value, expression=number(limit))
    return any_of([exp.LTE(this=value, expression=number(-limit)), above])


def _wrong_decimal(value: exp.Expression, name: str) -> Iterator[Wrong]:
    rounded = exp.Round(this=value, decimals=number(columns.PLACES))
    wrong = any_of([_beyond(value, 10**columns.WHOLE_DIGITS), exp.NEQ(this=value, expression=rounded)])
    yield wrong, f"{name} has more digits than SQL holds exactly"


def _own_systems(compiled: CompiledPolicy) -> Iterator[str]:
    """The code systems of the value sets of a policy, which may be a payer's own."""
    for value_set in compiled.policy.value_sets.values():
        yield from (system for system, _ in value_set.known_codes if system is not None)
