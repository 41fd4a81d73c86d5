"""What is computed of the elements of an array, each once: fields that stand on fields, as columns stand on columns.

A long expression on an element is not written out wherever it is used. It gets a name, and where an array is gone
through, its elements first become structs of their own fields and of the named ones that are needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

from sqlglot import exp

from besponsa_pa.backends.sql.dialects.dialect import Array, Body, Dialect
from besponsa_pa.backends.sql.steps import Steps
from besponsa_pa.backends.sql.terms import RefusedError
from besponsa_pa.records import dataclass

LOCAL = "each_"
IS_LOCAL = re.compile(rf"{LOCAL}\d+")
FIELD = "let_"
ITSELF = "itself"
# An expression of fewer parts is written out; one of more than these is refused.
MOST_WRITTEN, MOST_NODES = 12, 150_000


@dataclass(frozen=True, slots=True)
class Field:
    """A named expression on an element: the variable that it is written with, and how many fields it stands on."""

    variable: str
    expression: exp.Expression
    depth: int


class Elements:
    """The named expressions on elements in one statement, by their names, which are none of `taken`."""

    def __init__(self, steps: Steps, taken: frozenset[str]) -> None:
        self._steps, self._taken = steps, taken
        self._fields: dict[str, Field] = {}
        self._names: dict[exp.Expression, str] = {}
        self._entries: dict[str, Sequence[str] | None] = {}

    def declare(self, variable: str, entry: Sequence[str] | None) -> None:
        """The fields of the elements that a variable stands for; None where they are single values."""
        self._entries[variable] = entry

    def named(self, variable: str, expression: exp.Expression) -> exp.Expression:
        """An expression on an element by a name of its own, where it is long and its element is known."""
        if variable not in self._entries or sum(1 for _ in expression.walk()) <= MOST_WRITTEN:
            return expression
        name = self._names.get(expression)
        if name is None:
            name = self._new_name()
            depth = max((self._fields[each].depth + 1 for each in self._fields_in(expression, variable)), default=0)
            self._fields[name] = Field(variable, expression, depth)
            self._names[expression] = name
        return exp.column(name, table=variable)

    def _new_name(self) -> str:
        made = (f"{FIELD}{number}" for number in count(len(self._fields) + 1))
        return next(name for name in made if name not in self._taken and name not in self._fields)

    def _fields_in(self, expression: exp.Expression, variable: str) -> Iterator[str]:
        for column in expression.find_all(exp.Column):
            if column.table == variable and column.name in self._fields:
                yield column.name

    def through(self, dialect: Dialect) -> Dialect:
        """The dialect whose functions on arrays know the named expressions."""
        if dialect.with_fields is None:
            return dialect

        def knowing(name: str) -> object:
            function = getattr(dialect, name)

            def run(array: Array, variable: str, body: Body) -> exp.Expression:
                return function(*self._prepared(dialect, array, variable, body))  # type: ignore[no-any-return]

            return None if function is None else run

        return replace(dialect, filtered=self._filtered(dialect), **{name: knowing(name) for name in FOLDS})  # type: ignore[arg-type]

    def _filtered(self, dialect: Dialect) -> object:
        def run(array: Array, variable: str, body: Body) -> exp.Expression:
            assert dialect.filtered is not None
            prepared, _, changed = self._prepared(dialect, array, variable, body)
            kept = dialect.filtered(prepared, variable, changed)
            if prepared is array or self._entries.get(variable, ()) is not None or dialect.mapped is None:
                return kept
            return dialect.mapped(kept, variable, exp.column(ITSELF, table=variable))

        return run

    def _prepared(self, dialect: Dialect, array: Array, variable: str, body: Body) -> tuple[Array, str, Body]:
        """The array with the fields that a body reads of its elements, and the body as it reads them."""
        needed = self._needed(body, variable)
        if not needed:
            return array, variable, body
        assert dialect.with_fields is not None
        owner = self._fields[next(iter(needed))].variable
        entry = self._entries[owner]
        before = {} if entry is None else {name: exp.column(name, table=variable, quoted=True) for name in entry}
        for depth in range(max(field.depth for field in needed.values()) + 1):
            own = {name: each for name, each in needed.items() if each.depth == depth}
            fields = {name: _renamed(each.expression, each.variable, variable) for name, each in own.items()}
            if entry is None and depth == 0:
                before = {ITSELF: exp.column(variable)}
            elif entry is None:
                fields = {name: _as_field(each, variable) for name, each in fields.items()}
            array = dialect.with_fields(array, variable, {**before, **fields})
            if entry is None and depth == 0:
                before = {ITSELF: exp.column(ITSELF, table=variable)}
            before |= {name: exp.column(name, table=variable) for name in own}
        if not free_locals(array):
            array = self._steps.column("elements", array, "")
        return array, variable, body if entry is not None else _as_field(body, variable)

    def _needed(self, body: exp.Expression, variable: str) -> dict[str, Field]:
        """The fields that a body reads of an element, and those that they stand on."""
        needed: dict[str, Field] = {}
        waiting = list(self._fields_in(body, variable))
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed[name] = self._fields[name]
                waiting.extend(self._fields_in(needed[name].expression, needed[name].variable))
        return {name: field for name, field in self._fields.items() if name in needed}


# what goes through an array and gives one value
FOLDS = ("any_true", "count_true", "bits", "least", "greatest", "total", "count_distinct", "only")


def _renamed(expression: exp.Expression, old: str, new: str) -> exp.Expression:
    if old == new:
        return expression

    def change(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column) and node.table == old:
            return exp.column(node.this, table=new)
        return exp.column(new) if isinstance(node, exp.Column) and node.name == old and not node.table else node

    return expression.transform(change)


def _as_field(expression: exp.Expression, variable: str) -> exp.Expression:
    """An expression on a single value that has become a field of a struct."""

    def change(node: exp.Expression) -> exp.Expression:
        is_it = isinstance(node, exp.Column) and node.name == variable and not node.table
        return exp.column(ITSELF, table=variable) if is_it else node

    return expression.transform(change)


def free_locals(expression: exp.Expression) -> frozenset[str]:
    """The elements of lists that an expression depends on, so that it has no value of its own in a row.

    Raises `RefusedError` for one that is too long.
    """
    aliases: set[str] = set()
    free: set[str] = set()
    waiting: list[tuple[exp.Expression, frozenset[str]]] = [(expression, frozenset())]
    parts = 0
    while waiting:
        node, bound = waiting.pop()
        parts += 1
        if parts > MOST_NODES:
            raise RefusedError("a condition on the elements of a list that is too long cannot be said in SQL")
        if isinstance(node, exp.Lambda):
            bound |= {each.name for each in node.expressions}
        elif isinstance(node, exp.TableAlias):  # in dialects that go through a list by a subquery
            aliases.update([node.name, *(column.name for column in node.columns)])
        elif isinstance(node, exp.Column) and (node.table or node.name) not in bound:
            free.add(node.table or node.name)
        waiting.extend((each, bound) for each in node.iter_expressions())
    return frozenset(name for name in free - aliases if IS_LOCAL.fullmatch(name))


def innermost(variables: frozenset[str]) -> str:
    """Of the elements that an expression depends on the one that was named last: that of the innermost list."""
    return max(variables, key=lambda name: int(name.removeprefix(LOCAL)))
