"""From the tree as written to the tree as checked: names resolved, types held against each other, operators chosen.

Everything that is wrong with an expression is found here, before any case is seen. What is wrong with one part
gives a null of type Any in its place, which fits everywhere, so that one mistake is reported once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import assert_never

from besponsa_pa import units
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression import checked, clock, points, syntax, timing
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.complaints import Complaints
from besponsa_pa.expression.environment import DefinitionSource, Environment, TableSource
from besponsa_pa.expression.functions import OPERATORS
from besponsa_pa.expression.operand_help import COMPARISONS
from besponsa_pa.expression.operands import check_units, check_values, place_of_argument
from besponsa_pa.expression.query_checker import check_query
from besponsa_pa.expression.signatures import Fit, best_fit, conversion_cost, join
from besponsa_pa.source import Span
from besponsa_pa.types import (
    ANY,
    BOOLEAN,
    CODE,
    CONCEPT,
    DECIMAL,
    INTEGER,
    LONG,
    QUANTITY,
    VALUE_SET,
    IntervalOf,
    ListOf,
    TupleOf,
    Type,
    plain,
    with_unit,
)  # fmt: skip
from besponsa_pa.values import (
    INTEGER_MAXIMUM,
    LONG_MAXIMUM,
    Code,
    Concept,
    Quantity,
    Value,
    ValueSet,
)  # fmt: skip

Scope = Mapping[str, Checked]
NO_NAMES: Scope = {}

# An expression with all the definitions that it uses in their places: how deep, and how large.
MAXIMUM_DEPTH = 150
MAXIMUM_STEPS = 50_000


class _TooLarge(Exception):  # noqa: N818 - ends the checking of one expression
    """The definitions that an expression uses make it too large."""


class Checker:
    """Checks the expressions of one environment; each definition once, however often it is used.

    `used` collects the names of the facts, definitions, tables and value sets that were met.
    """

    def __init__(self, environment: Environment, diagnostics: Diagnostics) -> None:
        self._environment = environment
        self._complain = Complaints(environment.facts, diagnostics)
        self._definitions: dict[str, Checked] = {}
        self._open: list[str] = []
        self._slots = 0
        self._depths: dict[str, int] = {}
        self._is_too_large = False
        self._recovered: list[Checked] = []
        self._level = self._steps = self._deepest = 0
        self.used: set[str] = set()

    def check(self, expression: syntax.Expression, wanted: Type | None = None, what: str = "the expression") -> Checked:
        """The expression as checked; a type that is not the wanted one is reported, `what` names the place."""
        try:
            result = self._check(expression, NO_NAMES)
        except _TooLarge:
            if not self._is_too_large:  # what uses the expression is too large as well: one message is enough
                self._complain.too_large(expression.span)
            self._is_too_large = True
            return self.nothing(expression.span)
        finally:
            self._level, self._steps, self._deepest, self._open = 0, 0, 0, []
        if wanted is None:
            return result
        if conversion_cost(result.type, wanted) is None or (result.type != ANY and wanted == ANY):
            self._complain.wrong_result(what, wanted, result)
            return self.nothing(expression.span)
        return self.converted(result, wanted)

    def nothing(self, span: Span) -> Checked:
        """A null that fits everywhere, in the place of a mistake that has been reported."""
        result = checked.Constant(None, ANY, span)
        self._recovered.append(result)
        return result

    def _check(self, node: syntax.Expression, scope: Scope) -> Checked:
        self._level += 1
        self._steps += 1
        self._reach(self._level)
        if self._steps > MAXIMUM_STEPS:
            raise _TooLarge
        result = self._check_node(node, scope)
        self._level -= 1
        return result

    def _reach(self, level: int) -> None:
        self._deepest = max(self._deepest, level)
        if level > MAXIMUM_DEPTH:
            raise _TooLarge

    def _check_node(self, node: syntax.Expression, scope: Scope) -> Checked:
        match node:
            case syntax.Literal():
                return self._literal(node)
            case syntax.Name() | syntax.This():
                return self._name(node.name, node.span, scope)
            case syntax.Member():
                return self._member(node, scope)
            case syntax.Call():
                return self._call(node, scope)
            case syntax.Apply(operator="Negate", operands=(syntax.Literal() as literal,)):
                return self._negative(node, literal, scope)
            case syntax.Apply():
                if node.operator == "Subtract" and (name := self._hyphenated(node, scope)):
                    self._complain.hyphenated(node.span.source.text[node.span.start : node.span.end], name, node.span)
                    return self.nothing(node.span)
                operands = [self._check(operand, scope) for operand in node.operands]
                return self.operation(node.operator, operands, node.span, node.precision)
            case syntax.Timing():
                return timing.lower(self, node, self._check(node.left, scope), self._check(node.right, scope))
            case syntax.If():
                return self._conditional([(node.condition, node.consequence)], node.alternative, node.span, scope)
            case syntax.Case():
                return self._case(node, scope)
            case syntax.ListSelector():
                return self._list(node, scope)
            case syntax.TupleSelector():
                elements = tuple((name, self._check(element, scope)) for name, element in node.elements)
                kind = TupleOf(tuple((name, element.type) for name, element in elements))
                return checked.NewTuple(elements, kind, node.span)
            case syntax.IntervalSelector():
                bounds = (self._check(node.low, scope), self._check(node.high, scope))
                return self.interval(*bounds, node.low_closed, node.high_closed, node.span)
            case syntax.CodeSelector():
                return checked.Constant(self._code(node), CODE, node.span)
            case syntax.ConceptSelector():
                value = Concept(tuple(self._code(code) for code in node.codes), node.display)
                return checked.Constant(value, CONCEPT, node.span)
            case syntax.TypeTest():
                return checked.TypeTest(self._check(node.operand, scope), node.type, BOOLEAN, node.span)
            case syntax.TypeCast():
                return self._cast(node, scope)
            case syntax.TypeExtent():
                return self._extent(node)
            case syntax.Query():
                return check_query(self, node, scope)
            case _:
                assert_never(node)

    # --- constants ---

    def _literal(self, node: syntax.Literal) -> Checked:
        if isinstance(node.value, Quantity):
            if not node.value.is_calendar and not units.is_unit(node.value.unit):
                self._complain.no_unit(node.value.unit, node.span)
                return checked.Constant(node.value, QUANTITY, node.span)  # which no other unit is held against
            return checked.Constant(node.value, with_unit(node.value.unit), node.span)
        if node.value in self._environment.facts:
            self._complain.fact_in_quotes(str(node.value), node.span)
        systems = self._environment.code_systems
        if isinstance(node.value, ValueSet) and systems:
            return self._name(node.value.name, node.span, NO_NAMES)
        for code in node.value.codes if isinstance(node.value, Concept) else (node.value,):
            if isinstance(code, Code) and systems and code.system not in (None, *systems, *systems.values()):
                self._complain.unknown_system(str(code.system), node.span, systems)
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            largest = INTEGER_MAXIMUM if node.type == INTEGER else LONG_MAXIMUM
            if node.value > largest:
                self._complain.number_too_large(node.value, node.span)
        return checked.Constant(node.value, node.type, node.span)

    def _negative(self, node: syntax.Apply, literal: syntax.Literal, scope: Scope) -> Checked:
        """The smallest whole number is written as minus one more than the largest."""
        value = literal.value
        if literal.type in (INTEGER, LONG) and isinstance(value, int):
            return checked.Constant(-value, literal.type, node.span)
        return self.operation("Negate", [self._check(literal, scope)], node.span)

    def _code(self, node: syntax.CodeSelector) -> Code:
        systems = self._environment.code_systems
        if node.system not in systems:
            self._complain.unknown_system(node.system, node.span, systems)
        return Code(node.code, systems.get(node.system, node.system), node.display)

    def _extent(self, node: syntax.TypeExtent) -> Checked:
        value = points.extent(node.type, node.extent)
        if value is None:
            self._complain.no_extent(node.extent, node.type, node.span)
            return self.nothing(node.span)
        return checked.Constant(value, node.type, node.span)

    # --- names ---

    def _name(self, name: str, span: Span, scope: Scope) -> Checked:
        found = self._find(name, span, scope)
        if found is None:
            self._complain.unknown_name(name, span, [*scope, *_parts_of(scope), *self._names()])
            return self.nothing(span)
        return found

    def _names(self) -> list[str]:
        environment = self._environment
        tables = (name for name, table in environment.tables.items() if table.key is not None)
        definitions = (name for name, source in environment.definitions.items() if not source.parameters)
        return [*environment.facts, *definitions, *tables, *environment.value_sets]

    def _hyphenated(self, node: syntax.Apply, scope: Scope) -> str:
        """The name that was meant by one with a hyphen, or "" where a subtraction may be meant."""
        paths = [_path(operand) for operand in node.operands]
        if len(paths) != 2 or paths[0] is None or paths[1] is None or len(paths[1]) > 1 or paths[1][0] in scope:
            return ""
        name = ".".join(paths[0]) + "_" + paths[1][0]
        known = self._names()
        return name if name in known and ".".join(paths[0]) not in known and paths[1][0] not in known else ""

    def _find(self, name: str, span: Span, scope: Scope) -> Checked | None:
        environment = self._environment
        if name in scope:
            return scope[name]
        if name in environment.definitions:
            return self._definition(name, span)
        if name in environment.tables:
            return self._table(name, environment.tables[name], None, span)
        if name in environment.facts:
            self.used.add(name)
            return checked.Fact(name, environment.facts[name], span)
        if name in environment.value_sets:
            self.used.add(name)
            return checked.Constant(environment.value_sets[name], VALUE_SET, span)
        return None

    def _definition(self, name: str, span: Span) -> Checked:
        source = self._environment.definitions[name]
        self.used.add(name)
        if source.parameters:
            self._complain.needs_arguments(name, source.parameters, span)
            return self.nothing(span)
        if name not in self._definitions:
            before, self._deepest = self._deepest, self._level
            self._definitions[name] = self._body(name, source, NO_NAMES, span)
            self._depths[name] = self._deepest - self._level
            self._deepest = max(before, self._deepest)
        self._reach(self._level + self._depths[name])
        body = self._definitions[name]
        return checked.Definition(name, body, (), body.type, span)

    def _body(self, name: str, source: DefinitionSource, scope: Scope, span: Span) -> Checked:
        if name in self._open:
            self._complain.recursive([*self._open[self._open.index(name) :], name], span, source.span)
            return self.nothing(span)
        if source.body is None:
            return self.nothing(span)
        self._open.append(name)
        body = self._check(source.body, scope)
        self._open.pop()
        return body

    def _member(self, node: syntax.Member, scope: Scope) -> Checked:
        path = _path(node)
        if path is not None and path[0] not in scope and path[0] not in self._environment.definitions:
            return self._fact_path(node, path, scope)
        return self._element(self._check(node.target, scope), node)

    def _fact_path(self, node: syntax.Member, path: tuple[str, ...], scope: Scope) -> Checked:
        """`disease.cd22` is a fact, `therapies.drug` an element of one: the longest declared name counts."""
        name = ".".join(path)
        if name in self._environment.facts:
            self.used.add(name)
            return checked.Fact(name, self._environment.facts[name], node.span)
        if isinstance(node.target, syntax.Member) and any(
            fact == ".".join(path[: size + 1]) for fact in self._environment.facts for size in range(1, len(path))
        ):
            return self._element(self._fact_path(node.target, path[:-1], scope), node)
        if path[0] in (*self._environment.facts, *self._environment.tables):
            return self._element(self._check(node.target, NO_NAMES), node)
        self._complain.unknown_name(name, node.span, [*_parts_of(scope), *self._names()])
        return self.nothing(node.span)

    def _element(self, target: Checked, node: syntax.Member) -> Checked:
        if isinstance(target.type, TupleOf) and (kind := target.type.element(node.name)) is not None:
            return checked.Element(target, node.name, kind, node.span)
        if node.name == "value" and plain(target.type) == QUANTITY:
            return self.operation("QuantityValue", [target], node.span)
        if target.type != ANY:
            self._complain.no_element(node.name, target.type, node.name_span)
        return self.nothing(node.span)

    # --- calls, tables ---

    def _call(self, node: syntax.Call, scope: Scope) -> Checked:
        arguments = [self._check(argument, scope) for argument in node.arguments]
        environment = self._environment
        if node.name == "Concatenate":  # the function spreads nulls as `+` does; the sign `&` takes them for ''
            return self.operation("Add", arguments, node.span)
        if node.name in environment.definitions:
            return self._macro(node, environment.definitions[node.name], arguments)
        if node.name in environment.tables:
            return self._table_call(node, environment.tables[node.name], arguments)
        if environment.as_of is not None and not arguments and node.name in clock.READINGS:
            return checked.Constant(*clock.reading(node.name, environment.as_of), node.span)
        if node.name in OPERATORS:
            return self.operation(node.name, arguments, node.span)
        macros = [name for name, source in environment.definitions.items() if source.parameters]
        self._complain.unknown_function(node.name, node.name_span, [*OPERATORS, *macros, *environment.tables])
        return self.nothing(node.span)

    def _macro(self, node: syntax.Call, source: DefinitionSource, arguments: Sequence[Checked]) -> Checked:
        self.used.add(node.name)
        if len(arguments) != len(source.parameters):
            self._complain.argument_count(node.name, source.parameters, len(arguments), node.span, source.span)
            return self.nothing(node.span)
        body = self._body(node.name, source, dict(zip(source.parameters, arguments, strict=True)), node.span)
        return checked.Definition(node.name, body, tuple(arguments), body.type, node.span)

    def _table_call(self, node: syntax.Call, table: TableSource, arguments: Sequence[Checked]) -> Checked:
        if table.key is not None or len(arguments) != 1:
            self._complain.table_use(node.name, table.key is None, node.span)
            return self.nothing(node.span)
        return self._table(node.name, table, arguments[0], node.span)

    def _table(self, name: str, table: TableSource, argument: Checked | None, span: Span) -> Checked:
        self.used.add(name)
        if argument is None and table.key is None:
            self._complain.table_use(name, True, span)
            return self.nothing(span)
        if name in self._open:
            self._complain.recursive([*self._open[self._open.index(name) :], name], span, table.span)
            return self.nothing(span)
        self._open.append(name)
        key = argument if argument is not None or table.key is None else self._check(table.key, NO_NAMES)
        assert key is not None
        rows = [(self._check(row, NO_NAMES), self._check(value, NO_NAMES)) for row, value in table.rows]
        for row, _ in rows:
            self._compare_key(key, row)
        values = [value for _, value in rows]
        values.append(self.nothing(span) if table.otherwise is None else self._check(table.otherwise, NO_NAMES))
        self._open.pop()
        kind, values = self._alike(values)
        pairs = tuple(
            (_constant(self.converted(row, key.type)), value) for (row, _), value in zip(rows, values, strict=False)
        )
        return checked.Lookup(name, key, pairs, values[-1], kind, span)

    def _compare_key(self, key: Checked, row: Checked) -> None:
        if join(key.type, row.type) is None:
            self._complain.wrong_key(key.type, row.type, row.span)
        check_values([key, row], self._complain)

    # --- operators ---

    def operation(self, name: str, operands: Sequence[Checked], span: Span, precision: str | None = None) -> Checked:
        """The operator of that logical name with the signature that fits these operands."""
        kinds = [operand.type for operand in operands]
        fit = self._fit(name, kinds, precision)
        if fit is None:
            if not self._is_recovered(operands):
                self._complain.no_fit(name, kinds, span, precision, place_of_argument(operands, span))
            return self.nothing(span)
        if self._is_recovered(operands) and not _always_gives(name, fit.result):
            return self.nothing(span)
        if precision is not None and not self._complain.precision_fits(name, precision, fit.operands, span):
            return self.nothing(span)
        if fit.operator.sees_absence:
            self._complain.sees_absence(fit.operator.syntax, span)
        if name in COMPARISONS and any(map(_is_null, operands)) and not self._is_recovered(operands):
            self._complain.compared_with_null(fit.operator.syntax, span)
        check_values(operands, self._complain)
        check_units(fit, operands, span, self._complain)
        converted = tuple(self.converted(operand, kind) for operand, kind in zip(operands, fit.operands, strict=True))
        return checked.Operation(fit.operator, fit.overload, converted, precision, fit.result, span)

    def _fit(self, name: str, kinds: Sequence[Type], precision: str | None) -> Fit | None:
        names = [name, timing.OF_A_POINT[name]] if name in timing.OF_A_POINT else [name]
        fits = (best_fit(OPERATORS.get(each, ()), kinds, precision is not None) for each in names)
        return min((fit for fit in fits if fit is not None), key=lambda fit: fit.cost, default=None)

    def _is_recovered(self, operands: Sequence[Checked]) -> bool:
        """Whether an operand stands for a mistake that has been reported."""
        return any(operand is each for operand in operands if operand.type == ANY for each in self._recovered)

    def converted(self, node: Checked, target: Type) -> Checked:
        """The expression with its value converted to a type, where that is not the same."""
        source = node.type
        if plain(source) == plain(target) or ANY in (source, target):
            return node
        if isinstance(node, checked.Constant) and isinstance(node.value, int) and target == DECIMAL:
            return checked.Constant(Decimal(node.value), DECIMAL, node.span)
        if isinstance(node, checked.NewInterval) and isinstance(target, IntervalOf) and source != IntervalOf(ANY):
            # first, for a null bound is made an end of the type
            low, high = self.converted(node.low, target.point), self.converted(node.high, target.point)
            return replace(node, low=low, high=high, type=target)
        return checked.Conversion(node, target, node.span)

    # --- selectors and conditions ---

    def _alike(self, nodes: list[Checked]) -> tuple[Type, list[Checked]]:
        """The one type of several expressions, and them converted to it."""
        kind: Type = ANY
        for node in nodes:
            joined = join(kind, node.type)
            if joined is None:
                self._complain.not_alike(kind, node.type, node.span)
                return ANY, nodes
            kind = joined
        return kind, [self.converted(node, kind) for node in nodes]

    def _list(self, node: syntax.ListSelector, scope: Scope) -> Checked:
        kind, elements = self._alike([self._check(element, scope) for element in node.elements])
        if node.element_type is not None:
            if conversion_cost(kind, node.element_type) is None:
                self._complain.not_alike(node.element_type, kind, node.span)
            kind, elements = node.element_type, [self.converted(e, node.element_type) for e in elements]
        return checked.NewList(tuple(elements), ListOf(kind), node.span)

    def interval(self, low: Checked, high: Checked, low_closed: bool, high_closed: bool, span: Span) -> Checked:
        """The interval between two bounds, which must be points of one type."""
        kind, (low, high) = self._alike([low, high])
        self._complain.interval_of(kind, span)
        return checked.NewInterval(low, high, low_closed, high_closed, IntervalOf(kind), span)

    def _conditional(
        self,
        items: Sequence[tuple[syntax.Expression, syntax.Expression]],
        alternative: syntax.Expression,
        span: Span,
        scope: Scope,
    ) -> Checked:
        conditions = [self.condition(condition, scope, "the condition after `if` or `when`") for condition, _ in items]
        return self._choice(conditions, [result for _, result in items], alternative, span, scope)

    def _case(self, node: syntax.Case, scope: Scope) -> Checked:
        if node.comparand is None:
            return self._conditional(node.items, node.alternative, node.span, scope)
        comparand = self._check(node.comparand, scope)
        conditions = [
            self.operation("Equal", [comparand, self._check(value, scope)], value.span) for value, _ in node.items
        ]
        return self._choice(conditions, [result for _, result in node.items], node.alternative, node.span, scope)

    def _choice(
        self,
        conditions: Sequence[Checked],
        results: Sequence[syntax.Expression],
        alternative: syntax.Expression,
        span: Span,
        scope: Scope,
    ) -> Checked:
        kind, values = self._alike([self._check(result, scope) for result in (*results, alternative)])
        items = tuple(zip(conditions, values[:-1], strict=True))
        return checked.Conditional(items, values[-1], kind, span)

    def condition(self, node: syntax.Expression, scope: Scope, what: str) -> Checked:
        """An expression that must be true or false; `what` names its place."""
        condition = self._check(node, scope)
        if conversion_cost(condition.type, BOOLEAN) is None:
            self._complain.wrong_result(what, BOOLEAN, condition)
            return self.nothing(node.span)
        return condition

    def _cast(self, node: syntax.TypeCast, scope: Scope) -> Checked:
        operand = self._check(node.operand, scope)
        if isinstance(operand, checked.Constant) and operand.value is None:
            return checked.Constant(None, node.type, node.span)
        if isinstance(operand, checked.NewList) and not operand.elements and isinstance(node.type, ListOf):
            return checked.NewList((), node.type, node.span)
        return checked.Cast(operand, node.strict, node.type, node.span)

    # --- for the queries ---

    def check_in(self, node: syntax.Expression, scope: Scope) -> Checked:
        """An expression inside a query, with the names that are in force there."""
        return self._check(node, scope)

    def bind(self, name: str, kind: Type, span: Span, scope: dict[str, Checked]) -> str:
        """Put a name in force: the slot in which its value will stand. A name must not hide another (CQL 1.5)."""
        if name in scope:
            self._complain.hidden_name(name, span)
        slot = self.slot(name)
        scope[name] = checked.Local(slot, kind, span)
        return slot

    def slot(self, name: str) -> str:
        """A slot that no other name in this expression, and in no definition it uses, has."""
        self._slots += 1
        return f"{name}#{self._slots}"


def _is_null(node: Checked) -> bool:
    return isinstance(node, checked.Constant) and node.value is None


def _parts_of(scope: Scope) -> list[str]:
    """The parts of what a search names, as they are written: `T.drug`."""
    kinds = ((alias, local.type) for alias, local in scope.items())
    return [f"{alias}.{name}" for alias, kind in kinds if isinstance(kind, TupleOf) for name, _ in kind.elements]


def _always_gives(name: str, kind: Type) -> bool:
    """Whether an operator gives values of one type, whatever its operands are."""
    return all(overload.result == kind for row in OPERATORS[name] for overload in row.overloads)


def _path(node: syntax.Expression) -> tuple[str, ...] | None:
    """The names of a dotted name, or None for anything else."""
    if isinstance(node, syntax.Name):
        return (node.name,)
    if isinstance(node, syntax.Member) and (path := _path(node.target)) is not None:
        return (*path, node.name)
    return None


def _constant(node: Checked) -> Value:
    return node.value if isinstance(node, checked.Constant) else None
