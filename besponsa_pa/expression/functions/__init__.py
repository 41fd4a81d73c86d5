"""The table of operators: one row each, one module for each chapter of the CQL reference.

Checker, evaluator, printer, reference page and every backend read this table; there is no second list. A module is
loaded when its rows are asked for: `OPERATORS` and `CHAPTERS` ask for all of them, a policy from the cache only for
those that it uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING

from besponsa_pa.expression.functions.table import Operator, Overload, Unknowns

if TYPE_CHECKING:
    # One name may have a row in several chapters, as in the CQL reference: `in` for intervals, lists and value sets.
    OPERATORS: Mapping[str, tuple[Operator, ...]]
    CHAPTERS: Mapping[str, tuple[Operator, ...]]

MODULES: Mapping[str, tuple[str, ...]] = {
    "Logical operators": ("logical",),
    "Type operators": ("conversion",),
    "Nullological operators": ("nullological",),
    "Comparison operators": ("comparison",),
    "Arithmetic operators": ("arithmetic",),
    "String operators": ("strings",),
    "Date and time operators": ("dates",),
    "Interval operators": ("intervals", "expansion"),
    "List operators": ("lists",),
    "Aggregate functions": ("aggregates",),
    "Clinical operators": ("clinical",),
}
_KNOWN = frozenset(chain.from_iterable(MODULES.values()))

__all__ = ["CHAPTERS", "MODULES", "OPERATORS", "Operator", "Overload", "Unknowns", "operators_of"]


@cache
def operators_of(module: str) -> tuple[Operator, ...]:
    """The rows of one module of the table; raises KeyError for one that is not in `MODULES`."""
    if module not in _KNOWN:
        raise KeyError(module)
    rows: tuple[Operator, ...] = import_module(f"{__name__}.{module}").OPERATORS
    return rows


def __getattr__(name: str) -> object:
    if name not in ("CHAPTERS", "OPERATORS"):
        raise AttributeError(f"module `{__name__}` has no `{name}`")
    chapters = {chapter: tuple(chain(*map(operators_of, modules))) for chapter, modules in MODULES.items()}
    globals().update(CHAPTERS=chapters, OPERATORS=_by_name(chapters))
    return globals()[name]


def _by_name(chapters: Mapping[str, tuple[Operator, ...]]) -> dict[str, tuple[Operator, ...]]:
    rows: dict[str, tuple[Operator, ...]] = {}
    for operator in chain.from_iterable(chapters.values()):
        rows[operator.name] = (*rows.get(operator.name, ()), operator)
    return rows
