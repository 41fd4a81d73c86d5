"""From checked expressions to SQL: one dispatch over the nodes; the operators are in tables of their own.

What is computed outside of lists becomes a column of its own in a step, so that it is computed once and can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from besponsa_pa.backends.sql import columns
from besponsa_pa.backends.sql.constants import constant
from besponsa_pa.backends.sql.dialects import Dialect
from besponsa_pa.backends.sql.elements import IS_LOCAL, LOCAL, Elements, free_locals, innermost
from besponsa_pa.backends.sql.meanings import Entry, Fixed, Items, Meaning, Range, Rows
from besponsa_pa.backends.sql.steps import Steps
from besponsa_pa.backends.sql.terms import (
    FALSE,
    TRUE,
    Given,
    RefusedError,
    Term,
    all_of,
    any_of,
    not_,
)
from besponsa_pa.backends.sql.values_of_columns import wrong_value
from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.facts import REQUEST_DATE, FactDeclaration, Grade
from besponsa_pa.policy.model import CompiledPolicy, Condition
from besponsa_pa.records import dataclass
from besponsa_pa.types import BOOLEAN, DECIMAL, ListOf, Simple, Type
from besponsa_pa.values import Code, ValueSet


@dataclass(frozen=True, slots=True)
class View:
    """Which facts count: all that are stated, or only those with the evidence that a criterion (or they) ask for."""

    documented: bool = False
    grade: Grade | None = None


STATED = View()
Translate = Callable[["Scope", checked.Operation], Meaning]
# What stands around an expression: an element of an array by its name, or a condition without which nobody computes it.
Layer = tuple[exp.Expression, str] | exp.Expression


class Translation:
    """The expressions of one policy in one dialect, and the columns that they stand on.

    `numbers` are the places of the facts in masks, `guards` the conditions under which a row is refused, each with why.
    `wrong_value` says what is wrong with a value of a row; None where the rows `are_checked` for that already.
    """

    def __init__(self, compiled: CompiledPolicy, dialect: Dialect, *, are_checked: bool = False) -> None:
        self.compiled = compiled
        self.columns = columns.columns_of(compiled)
        self.steps = Steps(frozenset(column.name for column in self.columns))
        self.elements = Elements(self.steps, _check_names(self.columns))
        self.dialect = self.elements.through(dialect)
        self.numbers = {name: place for place, name in enumerate(compiled.policy.facts)}
        self.guards: list[tuple[exp.Expression, str]] = []
        self._terms: dict[tuple[int, View], Meaning] = {}
        self._kept: list[object] = []  # what `_terms` knows by its identity has to live as long
        self._counted = 0
        self.are_checked = are_checked
        self.wrong_value = None if are_checked else wrong_value(self)

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
        """What a whole expression means: the same in all views where it reads nothing of which evidence is asked."""
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
        return replace(term, low=low, high=high, mask=mask, given=self._columned_given(term, low, hint))

    def _columned_given(self, term: Term, low: exp.Expression, hint: str) -> Given | None:
        if term.given is None:
            return None
        is_same = term.given.value == term.low
        number = low if is_same else self.hoisted(f"{hint}_given", term.given.value)
        return Given(number, self.hoisted(f"{hint}_unit", term.given.unit))

    def hoisted(self, hint: str, expression: exp.Expression) -> exp.Expression:
        """An expression as a column, or as a field of the element that it depends on."""
        free = free_locals(expression)
        if not free:
            return self.steps.column(hint, expression, hint)
        return expression if self.dialect.with_fields is None else self.elements.named(innermost(free), expression)

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
        return view if any(self.wanted(facts[name], view) is not None for name in checked.facts_read(node)) else STATED


def _check_names(read: Sequence[columns.Column]) -> frozenset[str]:
    """The names of the fields of all elements. Raises `RefusedError` for a fact with a name that a statement gives."""
    for column in read:
        if IS_LOCAL.fullmatch(column.name):
            raise RefusedError(f"a fact named `{column.name}`, as elements of lists are, cannot be said in SQL")
    return frozenset(field.name for column in read for field in column.entry or ())


def is_local(expression: exp.Expression) -> bool:
    """Whether an expression depends on an element of a list, so that it has no value of its own in a row."""
    return bool(free_locals(expression))


@dataclass(frozen=True, slots=True)
class Anew:
    """What is translated again wherever its name stands: a list whose elements need other names within one another."""

    scope: Scope
    node: Checked


# What each name stands for that a query gives to an element, or to anything by `let`.
Locals = Mapping[str, Meaning | Anew]


class Scope:
    """The translation of an expression in one view, with the elements of lists that have names in it."""

    def __init__(
        self,
        translation: Translation,
        view: View,
        locals_: Locals,
        around: tuple[Layer, ...] = (),
    ) -> None:
        self.translation, self.view, self.locals, self.around = translation, view, locals_, around
        self.dialect = translation.dialect

    def within(self, rows: Rows, locals_: Locals) -> Scope:
        """The same for an element of a list, with more names."""
        around = (*self.around, (rows.array, rows.variable))
        return Scope(self.translation, self.view, {**self.locals, **locals_}, around)

    def knowing(self, locals_: Locals) -> Scope:
        """The same with more names."""
        return Scope(self.translation, self.view, {**self.locals, **locals_}, self.around)

    def knowing_of(self, name: str, node: Checked) -> Scope:
        """The same with a name for what an expression means."""
        meaning = self.meaning(node)
        return self.knowing({name: meaning if isinstance(meaning, Term) else Anew(self, node)})

    def where(self, condition: exp.Expression) -> Scope:
        """The same where a condition holds: only then is a row refused for what is said here."""
        return self if condition == TRUE else Scope(self.translation, self.view, self.locals, (*self.around, condition))

    def guard(self, condition: exp.Expression, why: str) -> None:
        """Rows are refused for which a condition holds, of any element of the lists around."""
        for layer in reversed(self.around):
            if isinstance(layer, exp.Expression):
                condition = all_of([layer, condition])
            elif is_local(condition):
                condition = self.dialect.any_true(*layer, condition)
        self.translation.guard(condition, why)

    def meaning(self, node: Checked) -> Meaning:
        """What an expression means. Raises `RefusedError`."""
        match node:
            case checked.Constant():
                return constant(node.value, node.type)
            case checked.Fact():
                from besponsa_pa.backends.sql.facts_of_cases import fact_meaning

                return fact_meaning(self, self.translation.compiled.policy.facts[node.name])
            case checked.Local():
                found = self.locals[node.slot]
                return found.scope.meaning(found.node) if isinstance(found, Anew) else found
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
                return Items.of(self.meaning(element) for element in node.elements)
            case checked.NewTuple():
                return Entry({name: self.meaning(element) for name, element in node.elements})
            case checked.NewInterval():
                return Range(self.term(node.low), self.term(node.high), node.low_closed, node.high_closed)
            case checked.Query():
                from besponsa_pa.backends.sql.queries import rows_of_query

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
                return replace(meaning, elements=tuple(self._converted(each, element) for each in meaning.elements))
            case Fixed(ValueSet() as value), ListOf():
                codes = sorted(value.known_codes, key=str)
                return Fixed(tuple(Code(code, system) for system, code in codes))
            case Fixed(value=None), _:
                return meaning
            case _:
                raise RefusedError(f"the conversion to `{kind}` cannot be said in SQL")

    # --- choices ---

    def _conditional(self, node: checked.Conditional) -> Term:
        items, scope = [], self
        for written, result in node.items:
            condition = self.kept(scope.term(written), "choice")
            holds = exp.Coalesce(this=condition.low, expressions=[TRUE]) if condition.mask else condition.low
            items.append((condition, scope.where(holds).term(result)))
            scope = scope.where(not_(exp.Coalesce(this=condition.low, expressions=[FALSE])))
        return self.chosen(items, scope.term(node.alternative), node.type)

    def _lookup(self, node: checked.Lookup) -> Term:
        from besponsa_pa.backends.sql import choices

        key = self.kept(self.term(node.key), f"{node.table}_key")
        rows = []
        for value, result in node.rows:
            wanted = constant(value, node.key.type)
            if not isinstance(wanted, Term):
                raise RefusedError(f"the keys of the table `{node.table}` cannot be said in SQL")
            found = choices.is_row(self, key, wanted)
            rows.append((found, self.where(choices.may_be(found)).term(result)))
        others = not_(exp.Coalesce(this=any_of(found.low for found, _ in rows), expressions=[FALSE]))
        alternative = self.where(others).term(node.alternative)
        if key.high is not None:
            return self.chosen(rows, alternative, node.type)
        return choices.looked_up(key, rows, alternative, node.type)

    def chosen(self, items: list[tuple[Term, Term]], alternative: Term, kind: Type) -> Term:
        """The first result whose condition holds."""
        from besponsa_pa.backends.sql import choices

        return choices.chosen(self, items, alternative, kind)
