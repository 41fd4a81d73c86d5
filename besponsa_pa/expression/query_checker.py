"""Checking queries: sources and their aliases, relations, results, sorting (CQL 1.5, Author's Guide, Queries)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from besponsa_pa.expression import checked, syntax
from besponsa_pa.expression.checked import Checked
from besponsa_pa.types import ANY, ListOf, TupleOf, Type

if TYPE_CHECKING:
    from besponsa_pa.expression.checker import Checker

Scope: TypeAlias = Mapping[str, Checked]


def check_query(checker: Checker, node: syntax.Query, outer: Scope) -> Checked:
    """A query as checked: its aliases in slots, its clauses typed."""
    scope = dict(outer)
    sources = [checker.check_in(source.expression, outer) for source in node.sources]
    is_list = len(sources) > 1 or isinstance(sources[0].type, ListOf) or sources[0].type == ANY
    slots = tuple(
        (checker.bind(source.alias, _element_type(value.type), source.alias_span, scope), value)
        for source, value in zip(node.sources, sources, strict=True)
    )
    lets = []
    for name, expression in node.lets:
        value = checker.check_in(expression, scope)
        lets.append((checker.bind(name, value.type, expression.span, scope), value))
    relations = tuple(_relation(checker, relation, scope) for relation in node.relations)
    where = None if node.where is None else checker.condition(node.where, scope, "the condition after `where`")
    aggregate = None if node.aggregate is None else _aggregate(checker, node.aggregate, scope)
    result = _result(checker, node, scope)
    element = checker.slot("$this")
    sort = tuple(_sort_item(checker, item, element, result.type, outer) for item in node.sort)
    kind: Type = ListOf(result.type) if is_list else result.type
    if aggregate is not None:
        kind = aggregate.expression.type
    distinct = node.distinct and node.result is not None
    return checked.Query(
        slots, tuple(lets), relations, where, result, distinct, aggregate, element, sort, is_list, kind, node.span
    )


def _result(checker: Checker, node: syntax.Query, scope: Scope) -> Checked:
    if node.result is not None:
        return checker.check_in(node.result, scope)
    if len(node.sources) == 1:
        return scope[node.sources[0].alias]
    elements = tuple((source.alias, scope[source.alias]) for source in node.sources)
    return checked.NewTuple(elements, TupleOf(tuple((n, e.type) for n, e in elements)), node.span)


def _relation(checker: Checker, node: syntax.Relation, outer: Scope) -> checked.Relation:
    scope = dict(outer)
    source = checker.check_in(node.source.expression, outer)
    slot = checker.bind(node.source.alias, _element_type(source.type), node.source.alias_span, scope)
    condition = checker.condition(node.condition, scope, "the condition after `such that`")
    return checked.Relation(slot, source, condition, node.without)


def _aggregate(checker: Checker, node: syntax.Aggregate, outer: Scope) -> checked.Aggregate:
    starting = checker.nothing(node.span) if node.starting is None else checker.check_in(node.starting, outer)
    scope = dict(outer)
    slot = checker.bind(node.name, starting.type, node.span, scope)
    expression = checker.check_in(node.expression, scope)
    return checked.Aggregate(slot, checker.converted(starting, expression.type), expression, node.distinct)


def _sort_item(checker: Checker, node: syntax.SortItem, slot: str, kind: Type, outer: Scope) -> checked.SortItem:
    this = checked.Local(slot, kind, node.span)
    if node.expression is None:
        return checked.SortItem(this, node.descending)
    scope: dict[str, Checked] = {**outer, "$this": this}
    if isinstance(kind, TupleOf):
        for name, element in kind.elements:
            scope[name] = checked.Element(this, name, element, node.span)
    return checked.SortItem(checker.check_in(node.expression, scope), node.descending)


def _element_type(kind: Type) -> Type:
    return kind.element if isinstance(kind, ListOf) else kind
