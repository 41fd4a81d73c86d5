"""The table of operators: one row each, one module for each chapter of the CQL reference.

Checker, evaluator, printer, reference page and every backend read this table; there is no second list.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from besponsa_pa.expression.functions import (
    aggregates,
    arithmetic,
    clinical,
    comparison,
    conversion,
    dates,
    expansion,
    intervals,
    lists,
    logical,
    nullological,
    strings,
)
from besponsa_pa.expression.functions.table import Operator, Overload, Unknowns

CHAPTERS: Mapping[str, tuple[Operator, ...]] = {
    "Logical operators": logical.OPERATORS,
    "Type operators": conversion.OPERATORS,
    "Nullological operators": nullological.OPERATORS,
    "Comparison operators": comparison.OPERATORS,
    "Arithmetic operators": arithmetic.OPERATORS,
    "String operators": strings.OPERATORS,
    "Date and time operators": dates.OPERATORS,
    "Interval operators": (*intervals.OPERATORS, *expansion.OPERATORS),
    "List operators": lists.OPERATORS,
    "Aggregate functions": aggregates.OPERATORS,
    "Clinical operators": clinical.OPERATORS,
}


def _by_name() -> dict[str, tuple[Operator, ...]]:
    rows: dict[str, tuple[Operator, ...]] = {}
    for operator in chain.from_iterable(CHAPTERS.values()):
        rows[operator.name] = (*rows.get(operator.name, ()), operator)
    return rows


# One name may have a row in several chapters, as in the CQL reference: `in` for intervals, for lists, for value sets.
OPERATORS: Mapping[str, tuple[Operator, ...]] = _by_name()

__all__ = ["CHAPTERS", "OPERATORS", "Operator", "Overload", "Unknowns"]
