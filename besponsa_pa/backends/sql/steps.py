"""Columns that stand on columns: each is computed once, in the first step where all that it reads is there."""

from __future__ import annotations

import re
from typing import cast

from sqlglot import exp

NAME_LENGTH = 40


class Steps:
    """The columns of a statement in steps; every step sees the columns of those before it.

    `source` are the names of the columns of the table that it all starts from.
    """

    def __init__(self, source: frozenset[str]) -> None:
        self.layers: list[dict[str, tuple[exp.Expression, str]]] = []
        self._depths = dict.fromkeys(source, 0)
        self._known: dict[exp.Expression, str] = {}

    def column(self, hint: str, expression: exp.Expression, comment: str = "") -> exp.Expression:
        """The column of an expression, named after a hint; the expression itself where it is short already."""
        if isinstance(expression, (exp.Column, exp.Literal, exp.Boolean, exp.Null)):
            return expression
        name = self._known.get(expression)
        if name is None:
            name = self._new_name(hint)
            depth = self._depth(expression)
            while len(self.layers) <= depth:
                self.layers.append({})
            self.layers[depth][name] = (expression, comment)
            self._depths[name] = depth + 1
            self._known[expression] = name
        return exp.column(name)

    def _new_name(self, hint: str) -> str:
        stem = re.sub(r"\W+", "_", hint).strip("_").lower()[:NAME_LENGTH] or "value"
        name, count = stem, 1
        while name in self._depths:
            count += 1
            name = f"{stem}_{count}"
        return name

    def _depth(self, expression: exp.Expression) -> int:
        """How many steps lie before an expression. What is no column of a step is an element of a list."""
        names = (column.name for column in expression.find_all(exp.Column) if not column.table)
        return max((self._depths.get(name, 0) for name in names), default=0)


def statement(steps: Steps, outputs: dict[str, exp.Expression], table: str = "cases") -> exp.Select:
    """One SELECT of the outputs: a step for each layer of columns, each on top of the one before."""
    source = table
    made: list[tuple[str, exp.Select]] = []
    for number, layer in enumerate(steps.layers, start=1):
        name = f"step_{number}"
        made.append((name, exp.select(exp.Star(), *_named(layer)).from_(source)))
        source = name
    select = exp.select(*_named({name: (each, "") for name, each in outputs.items()})).from_(source)
    for name, step in made:
        select = select.with_(name, as_=step, copy=False)
    return select


def _named(layer: dict[str, tuple[exp.Expression, str]]) -> list[exp.Expression]:
    aliased: list[exp.Expression] = []
    for name, (expression, comment) in layer.items():
        alias = exp.alias_(expression, name, copy=False)
        if comment and comment != name:
            alias.comments = [" " + " ".join(comment.replace("*/", "* /").split()) + " "]
        aliased.append(cast(exp.Expression, alias))
    return aliased
