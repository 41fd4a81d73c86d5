"""From checked expressions to SQL: one dispatch over the nodes; the operators are in tables of their own.

What is computed outside of lists becomes a column of its own in a step, so that it is computed once and can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from sqlglot import exp

from besponsa_pa import units
from besponsa_pa.backends.sql import columns
from besponsa_pa.backends.sql.dialects import Dialect
from besponsa_pa.backends.sql.meanings import CERTAIN, Entry, Fixed, Items, Meaning, Range, Rows
from besponsa_pa.backends.sql.steps import Steps
from besponsa_pa.backends.sql.terms import (
    FALSE,
    NO_MASK,
    RefusedError,
    Mask,
    Term,
    all_of,
    any_of,
    binary,
    bit,
    case,
    is_cql_null,
    is_null,
    is_set,
    not_,
    number,
    text,
    union,
    when,
)
from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.facts import REQUEST_DATE, FactDeclaration, Grade
from besponsa_pa.policy.model import CompiledPolicy, Condition
from besponsa_pa.records import dataclass
from besponsa_pa.types import BOOLEAN, DECIMAL, INTEGER, ListOf, Simple, TupleOf, Type
from besponsa_pa.values import Code, Date, Quantity, Time, TupleValue, ValueSet

LOCAL = "each_"
OUT_OF_RANGE = "a number is larger than SQL holds it exactly"


@dataclass(frozen=True, slots=True)
class View:
    """Which facts count: all that are stated, or only those with the evidence that a criterion (or they) ask for."""

    documented: bool = False
    grade: Grade | None = None


STATED = View()
# A meaning for each name that a query gives to an element.
Locals = Mapping[str, Meaning]
Translate = Callable[["Scope", checked.Operation], Meaning]
Guard = Callable[[exp.Expression, str], None]


class Translation:
    """The expressions of one policy in one dialect, and the columns that they stand on.

    `numbers` are the places of the facts in masks, `guards` the conditions under which a row is refused, each with why.
    """

    def __init__(self, compiled: CompiledPolicy, dialect: Dialect) -> None:
        self.compiled, self.dialect = compiled, dialect
        self.columns = columns.columns_of(compiled)
        self.steps = Steps(frozenset(column.name for column in self.columns))
        self.numbers = {name: place for place, name in enumerate(compiled.policy.facts)}
        self.guards: list[tuple[exp.Expression, str]] = []
        self._terms: dict[tuple[int, View], Meaning] = {}
        self._kept: list[object] = []  # what `_terms` knows by its identity has to live as long
        self._counted = 0

    def condition(self, condition: Condition, view: View = STATED) -> Term:
        """The truth of a condition as a column, with the facts that it is missing as columns."""
        return self.columned(self.value(condition, view), condition.text)

    def value(self, condition: Condition, view: View = STATED) -> Term:
        """The value of a condition or of what is granted. Raises `RefusedError` for what is no single value."""
        meaning = self.meaning(condition.expression, view)
        if not isinstance(meaning, Term):
            raise RefusedError(f"the value of `{condition.text}`, which is no single one, cannot be said in SQL")
        return meaning

    def judgment(self, criterion: str) -> Term:
        """The answer to a judgment; NULL, and no fact missing, while there is none."""
        return Term(BOOLEAN, exp.column(columns.judgment_column(criterion)), is_nullable=True)

    def guard(self, condition: exp.Expression, why: str) -> None:
        """Rows for which a condition is TRUE are refused."""
        if condition != FALSE and (condition, why) not in self.guards:
            self.guards.append((condition, why))

    def meaning(self, node: Checked, view: View) -> Meaning:
        """What a whole expression means. One that reads nothing of which evidence is asked means the same in all views."""
        key = (id(node), self._narrowed(node, view))
        if key not in self._terms:
            self._kept.append(node)
            self._terms[key] = self.fresh(node, view)
        return self._terms[key]

    def fresh(self, node: Checked, view: View) -> Meaning:
        """What a whole expression means, translated anew."""
        return Scope(self, self._narrowed(node, view), {}).meaning(node)

    def columned(self, term: Term, hint: str) -> Term:
        """The term with a column for its value and for each word of its mask; as it is inside of a list."""
        low = self.hoisted(hint, term.low)
        high = None if term.high is None else self.hoisted(f"{hint}_at_most", term.high)
        mask = {word: self.hoisted(f"{hint}_missing", bits) for word, bits in term.mask.items()}
        return replace(term, low=low, high=high, mask=mask)

    def hoisted(self, hint: str, expression: exp.Expression) -> exp.Expression:
        """An expression as a column, unless it depends on an element of a list."""
        return expression if is_local(expression) else self.steps.column(hint, expression, hint)

    def local_name(self) -> str:
        """A name for an element of a list that no other has."""
        self._counted += 1
        return f"{LOCAL}{self._counted}"

    def wanted(self, fact: FactDeclaration, view: View) -> Grade | None:
        """The evidence that a view wants of a fact."""
        if not view.documented:
            return None
        return fact.evidence if fact.name == REQUEST_DATE else view.grade or fact.evidence

    def _narrowed(self, node: Checked, view: View) -> View:
        facts = self.compiled.policy.facts
        read = (each.name for each in checked.walk(node) if isinstance(each, checked.Fact))
        return view if any(self.wanted(facts[name], view) is not None for name in read) else STATED


def is_local(expression: exp.Expression) -> bool:
    """Whether an expression depends on an element of a list, so that it has no value of its own in a row."""
    bound = {each.name for lambda_ in expression.find_all(exp.Lambda) for each in lambda_.expressions}
    names = (column.table or column.name for column in expression.find_all(exp.Column))
    return any(name.startswith(LOCAL) and name not in bound for name in names)


class Scope:
    """The translation of an expression in one view, with the elements of lists that have names in it."""

    def __init__(
        self,
        translation: Translation,
        view: View,
        locals_: Locals,
        around: tuple[tuple[exp.Expression, str], ...] = (),
    ) -> None:
        self.translation, self.view, self.locals, self.around = translation, view, locals_, around
        self.dialect = translation.dialect

    def within(self, rows: Rows, locals_: Locals) -> Scope:
        """The same for an element of a list, with more names."""
        around = (*self.around, (rows.array, rows.variable))
        return Scope(self.translation, self.view, {**self.locals, **locals_}, around)

    def guard(self, condition: exp.Expression, why: str) -> None:
        """Rows are refused for which a condition holds, of any element of the lists around."""
        for array, variable in reversed(self.around):
            if is_local(condition):
                condition = self.dialect.any_true(array, variable, condition)
        self.translation.guard(condition, why)

    def meaning(self, node: Checked) -> Meaning:  # noqa: C901 - one dispatch
        """What an expression means. Raises `RefusedError`."""
        match node:
            case checked.Constant():
                return constant(node.value, node.type)
            case checked.Fact():
                return self._fact(node.name)
            case checked.Local():
                return self.locals[node.slot]
            case checked.Element():
                return self._element(node)
            case checked.Operation():
                return self._operation(node)
            case checked.Conversion():
                return self._conversion(node)
            case checked.Conditional():
                return self._conditional(node)
            case checked.Lookup():
                return self._lookup(node)
            case checked.Definition(arguments=()):
                return self._named(node)
            case checked.Definition():
                return self.meaning(node.body)
            case checked.NewList():
                return Items(tuple(self.meaning(element) for element in node.elements))
            case checked.NewInterval():
                return Range(self.term(node.low), self.term(node.high), node.low_closed, node.high_closed)
            case checked.Query():
                from besponsa_pa.backends.sql.lists import rows_of_query

                return rows_of_query(self, node)
            case _:
                raise RefusedError(f"`{type(node).__name__}` cannot be said in SQL")

    def term(self, node: Checked) -> Term:
        """The single value of an expression. Raises `RefusedError` where it is none."""
        meaning = self.meaning(node)
        if not isinstance(meaning, Term):
            raise RefusedError(f"`{node.type}` is not computed in SQL here")
        return meaning

    def kept(self, term: Term, hint: str) -> Term:
        """The term with columns for what it is made of, where it can have them."""
        return self.translation.columned(term, hint)

    # --- names ---

    def _named(self, node: checked.Definition) -> Meaning:
        if isinstance(node.type, ListOf):  # each time with names of its own for the elements
            return self.translation.fresh(node.body, self.view)
        meaning = self.translation.meaning(node.body, self.view)
        return self.kept(meaning, node.name) if isinstance(meaning, Term) else meaning

    def _element(self, node: checked.Element) -> Meaning:
        target = self.meaning(node.target)
        if not isinstance(target, Entry):
            raise RefusedError(f"`.{node.name}` of `{node.target.type}` cannot be said in SQL")
        return target.parts[node.name]

    def _fact(self, name: str) -> Meaning:
        fact = self.translation.compiled.policy.facts[name]
        mask = bit(self.translation.numbers[name])
        return self._of_column(fact.type, columns.column_name(name), mask, self._guarded_by(fact), self.translation.guard)

    def _guarded_by(self, fact: FactDeclaration) -> Callable[[str], exp.Expression]:
        """A column of a fact by its name: NULL where the fact lacks the evidence that this view wants."""
        wanted = self.translation.wanted(fact, self.view)
        if wanted is None:
            return exp.column
        evidence = exp.column(columns.evidence_column(fact.name))
        kinds = [text(grade.value) for grade in Grade if grade.satisfies(wanted)]
        has = exp.In(this=evidence, expressions=kinds)

        def column(name: str) -> exp.Expression:
            documented = case([(has, exp.column(name))])
            return self.translation.hoisted(f"{name}__documented", documented)

        return column

    # --- facts ---

    def _of_column(
        self, kind: Type, name: str, mask: Mask, column: Callable[[str], exp.Expression], guard: Guard
    ) -> Meaning:
        match kind:
            case ListOf(element):
                return self._rows(element, column(name), mask)
            case Simple("Quantity"):
                return self._quantity(kind, column(f"{name}__value"), column(f"{name}__unit"), mask, name, guard)
            case Simple("Date"):
                return self._date(column(name), mask, name)
            case Simple("Integer"):
                value = column(name)
                guard(exp.GT(this=exp.Abs(this=value), expression=number(columns.INTEGER_LIMIT)), OUT_OF_RANGE)
                return self._known(kind, value, mask, limit=Decimal(columns.INTEGER_LIMIT))
            case Simple("Decimal"):
                limit = Decimal(10) ** columns.WHOLE_DIGITS
                return self._known(kind, column(name), mask, limit=limit, places=columns.PLACES)
            case Simple("Code", system=None):
                raise RefusedError(f"`{name}`, a code of no one system, cannot be said in SQL")
            case Simple():
                return self._known(kind, column(name), mask)
            case _:
                raise RefusedError(f"`{name}`, of the type `{kind}`, cannot be said in SQL")

    def _known(
        self, kind: Simple, value: exp.Expression, mask: Mask, limit: Decimal = Decimal(0), places: int = 0
    ) -> Term:
        return Term(kind, value, mask=when(is_null(value), mask), limit=limit, places=places)

    def _date(self, written: exp.Expression, mask: Mask, name: str) -> Term:
        """The first and the last day that a text of a date can mean: `2026-02` is any day of that month."""
        hoisted, dialect = self.translation.hoisted, self.dialect
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
        same = exp.Coalesce(this=exp.EQ(this=low, expression=high), expressions=[FALSE])
        return Term(Simple("Date"), low, high, when(not_(same), mask))

    def _quantity(
        self, kind: Simple, value: exp.Expression, unit: exp.Expression, mask: Mask, name: str, guard: Guard
    ) -> Term:
        """The number in the unit that the fact declares; a row with a unit that is not among the usual ones is refused."""
        from besponsa_pa.backends.sql.quantities import normalised

        low, places, limit = normalised(self, kind, value, unit, name, guard)
        low = self.translation.hoisted(f"{name}__normalised", low)
        return Term(kind, low, mask=when(is_null(value), mask), limit=limit, places=places, unit=kind.unit)

    def _rows(self, element: Type, column: exp.Expression, mask: Mask) -> Rows:
        variable = self.translation.local_name()
        array = self.dialect.array_or_empty(column)
        is_missing = is_null(column)

        def guard(condition: exp.Expression, why: str) -> None:
            self.translation.guard(self.dialect.any_true(array, variable, condition), why)

        return Rows(array, variable, self._entry(element, variable, mask, guard), CERTAIN, is_missing, mask)

    def _entry(self, element: Type, variable: str, mask: Mask, guard: Guard) -> Meaning:
        dialect = self.dialect
        if not isinstance(element, TupleOf):
            sql = SQL_KINDS.get(str(element), "VARCHAR")
            return self._of_column(element, variable, mask, lambda _: dialect.single(variable, sql), guard)
        fields = dict(element.elements)

        def part(name: str) -> exp.Expression:
            declared = fields.get(name, Simple("Decimal") if name.endswith("__value") else Simple("String"))
            return dialect.part(variable, name, SQL_KINDS.get(str(declared), "VARCHAR"))

        return Entry(_Lazy(fields, lambda name: self._of_column(fields[name], name, mask, part, guard)))

    # --- operators ---

    def _operation(self, node: checked.Operation) -> Meaning:
        from besponsa_pa.backends.sql.operators import OPERATORS_IN_SQL

        translate = OPERATORS_IN_SQL.get(node.operator.name)
        if translate is None:
            raise RefusedError(f"`{node.operator.name}` cannot be said in SQL")
        return translate(self, node)

    def _conversion(self, node: checked.Conversion) -> Meaning:
        return self._converted(self.meaning(node.operand), node.type)

    def _converted(self, meaning: Meaning, kind: Type) -> Meaning:
        match meaning, kind:
            case Term(), Simple("Decimal") if meaning.type == DECIMAL or str(meaning.type) in ("Integer", "Decimal"):
                return replace(meaning, type=DECIMAL)
            case Rows(), ListOf(element):
                return replace(meaning, element=self._converted(meaning.element, element))
            case Items(), ListOf(element):
                return Items(tuple(self._converted(each, element) for each in meaning.elements))
            case Fixed(ValueSet() as value), ListOf():
                codes = sorted(value.known_codes, key=str)
                return Fixed(tuple(Code(code, system) for system, code in codes))
            case Fixed(value=None), _:
                return meaning
            case _:
                raise RefusedError(f"the conversion to `{kind}` cannot be said in SQL")

    # --- choices ---

    def _conditional(self, node: checked.Conditional) -> Term:
        items = [(self.term(condition), self.term(result)) for condition, result in node.items]
        return self.chosen(items, self.term(node.alternative), node.type)

    def _lookup(self, node: checked.Lookup) -> Term:
        from besponsa_pa.backends.sql.operators import equal

        key = self.kept(self.term(node.key), f"{node.table}_key")
        items = []
        for value, result in node.rows:
            wanted = constant(value, node.key.type)
            if not isinstance(wanted, Term):
                raise RefusedError(f"the keys of the table `{node.table}` cannot be said in SQL")
            items.append((equal(self, key, wanted), self.term(result)))
        return self.chosen(items, self.term(node.alternative), node.type)

    def chosen(self, items: list[tuple[Term, Term]], alternative: Term, kind: Type) -> Term:
        """The first result whose condition holds. A missing condition leaves several: only what they agree on is known."""
        results = [result for _, result in items] + [alternative]
        kept = [self.kept(condition, "choice") for condition, _ in items]
        unit = next((each.unit for each in results if each.unit is not None), None)
        if any(each.unit not in (unit, None) for each in results):
            raise RefusedError("a choice between quantities of different units cannot be said in SQL")
        truths = [condition.low for condition in kept]
        end = case(list(zip(truths, (each.low for each in results), strict=False)), results[-1].low)
        ranged = any(each.high is not None for each in results)
        top = case(list(zip(truths, (each.top for each in results), strict=False)), results[-1].top) if ranged else None
        if not any(condition.mask for condition in kept):
            mask = union(*(
                when(self._reached(kept, place), result.mask) for place, result in enumerate(results)
            ))
            return self._result(kind, (end, top), mask, results, unit)
        chosen = self.translation.hoisted("chosen", end)
        mask, several = self._left_open(kept, results, chosen)
        bounds = (case([(several, exp.Null())], chosen), None if top is None else case([(several, exp.Null())], top))
        return self._result(kind, bounds, mask, results, unit)

    def _result(
        self,
        kind: Type,
        bounds: tuple[exp.Expression, exp.Expression | None],
        mask: Mask,
        results: list[Term],
        unit: str | None,
    ) -> Term:
        return Term(
            kind,
            *bounds,
            mask=mask,
            is_nullable=any(each.is_nullable for each in results),
            limit=max(each.limit for each in results),
            places=max(each.places for each in results),
            unit=unit,
        )

    def _reached(self, conditions: list[Term], place: int) -> exp.Expression:
        """Whether a result is the one chosen: no condition before it holds, and its own does."""
        before = [not_(exp.Coalesce(this=each.low, expressions=[FALSE])) for each in conditions[:place]]
        own = [exp.Coalesce(this=conditions[place].low, expressions=[FALSE])] if place < len(conditions) else []
        return all_of([*before, *own])

    def _left_open(
        self, conditions: list[Term], results: list[Term], chosen: exp.Expression
    ) -> tuple[Mask, exp.Expression]:
        """The facts that are missing where results are left open that differ, and where that is."""
        opened, differs, facts = [], [], []
        for place, (condition, result) in enumerate(zip(conditions, results, strict=False)):
            if not condition.mask:
                continue
            before = [not_(exp.Coalesce(this=each.low, expressions=[FALSE])) for each in conditions[:place]]
            is_open = all_of([*before, is_null(condition.low), is_set(condition.mask)])
            is_open = self.translation.hoisted("open", is_open)
            opened.append(is_open)
            unlike = exp.NullSafeNEQ(this=result.low, expression=chosen)
            unknown = [is_set(result.mask)] if result.mask else []
            differs.append(all_of([is_open, any_of([unlike, *unknown])]))
            facts.append(when(is_open, union(condition.mask, result.mask)))
        ends = [when(self._reached(conditions, place), result.mask) for place, result in enumerate(results)]
        end = union(*ends)
        unknown_end = [all_of([any_of(opened), is_set(end)])] if end else []
        several = any_of([*differs, *unknown_end])
        several = self.translation.hoisted("several", several)
        alone = when(not_(any_of(opened)), end)
        return union(when(several, union(*facts, end)), alone), several


class _Lazy(Mapping[str, Meaning]):
    """The parts of an entry, each translated when it is first read: one that cannot be said may never be."""

    def __init__(self, names: Mapping[str, Type], make: Callable[[str], Meaning]) -> None:
        self._names, self._make, self._made = names, make, dict[str, Meaning]()

    def __getitem__(self, name: str) -> Meaning:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


SQL_KINDS = {"Boolean": "BOOLEAN", "Integer": "BIGINT", "Decimal": f"DECIMAL({columns.WHOLE_DIGITS + columns.PLACES}, {columns.PLACES})"}


def constant(value: object, kind: Type) -> Meaning:
    """What a constant means: a literal, or what only an operator can make something of."""
    match value:
        case None:
            return Term(kind, exp.Null(), is_nullable=True)
        case bool():
            return Term(kind, exp.true() if value else exp.false())
        case int():
            return Term(kind, number(value), limit=Decimal(abs(value)))
        case Decimal():
            places = max(0, -int(value.as_tuple().exponent))
            return Term(kind, number(value), limit=abs(value), places=places)
        case str():
            return Term(kind, text(value))
        case Date(day=int()):
            return Term(kind, exp.cast(text(str(value)), "DATE"))
        case Quantity():
            places = max(0, -int(value.value.as_tuple().exponent))
            return Term(kind, number(value.value), limit=abs(value.value), places=places, unit=value.unit)
        case Code() | ValueSet() | tuple() | Time() | TupleValue():
            return Fixed(value)
        case Date():
            raise RefusedError(f"`@{value}`, a date in part, cannot be said in SQL")
        case _:
            raise RefusedError(f"a constant of the type `{kind}` cannot be said in SQL")


__all__ = ["STATED", "Scope", "Translation", "View", "constant", "is_local"]
_ = (INTEGER, NO_MASK, Fraction, binary, is_cql_null, units)
