"""Queries in SQL: what each element becomes, and whether it belongs. Nothing is computed before it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from besponsa_pa.backends.sql import lists
from besponsa_pa.backends.sql.folding import Listed
from besponsa_pa.backends.sql.meanings import CERTAIN, Items, Joined, Meaning, Rows
from besponsa_pa.backends.sql.terms import (
    FALSE,
    RefusedError,
    Term,
    all_of,
    case,
    is_null,
    is_set,
    not_,
    union,
    when,
)
from besponsa_pa.expression import checked

if TYPE_CHECKING:
    from sqlglot import exp

    from besponsa_pa.backends.sql.translation import Scope

# The scope in which an element is looked at, and the element.
Look: TypeAlias = Callable[["Scope"], Term]


def rows_of_query(scope: Scope, node: checked.Query) -> Meaning:
    """The rows of a query over one list, or the value of one over a single value."""
    if len(node.sources) != 1:
        raise RefusedError("a query over several lists cannot be said in SQL")
    if node.aggregate is not None:
        raise RefusedError("`aggregate` cannot be said in SQL")
    ((_, source),) = node.sources
    meaning = scope.meaning(source)
    if not node.is_list:
        return _single(scope, node, meaning)
    listed = Listed(scope, meaning, "a query")
    if listed.is_distinct:
        listed.guard_settled()
    parts = tuple(_of_part(scope, node, part) for part in listed.parts)
    return parts[0] if len(parts) == 1 else joined(parts, listed, is_distinct=node.distinct)


def _of_part(scope: Scope, node: checked.Query, part: Rows | Items) -> Rows | Items:
    if isinstance(part, Rows):
        return _of_rows(scope, node, part)
    if node.sort:
        raise RefusedError("`sort` of a list that is written out cannot be said in SQL")
    found = [_of_element(scope, node, each) for each in part.elements]
    members = [_both(scope, own, member) for own, (_, member) in zip(part.members, found, strict=True)]
    facts = union(*(member.mask for member in members))
    members = [replace(member, mask=when(is_null(member.low), facts)) if member.mask else member for member in members]
    return Items(tuple(result for result, _ in found), tuple(members), node.distinct)


def _of_rows(scope: Scope, node: checked.Query, rows: Rows) -> Rows:
    inner = scope.within(rows, {})
    result, held = _of_element(inner, node, rows.element)
    both = _both(inner, rows.member, held)
    if both.mask:  # what is missing for one element is missing for the list: see `UncertainList`
        both = replace(both, mask=when(is_null(both.low), lists.facts_in(scope, rows, both)))
    order = tuple(_key(inner, node, item, result) for item in node.sort)
    return replace(rows, element=result, member=both, is_distinct=node.distinct, order=order)


def _of_element(scope: Scope, node: checked.Query, element: Meaning) -> tuple[Meaning, Term]:
    """What an element becomes, and whether it qualifies."""
    ((slot, _),) = node.sources
    inner = scope.knowing({slot: element})
    for name, value in node.lets:
        inner = inner.knowing_of(name, value)
    held = _qualifies(inner, node)
    return inner.where(_may_hold(held)).meaning(node.result), held


def _qualifies(scope: Scope, node: checked.Query) -> Term:
    """Whether the `with`, `without` and `where` hold, one after the other; null does not."""
    from besponsa_pa.backends.sql.operators import and_

    conditions: list[Look] = [_relation(each) for each in node.relations]
    where = node.where
    if where is not None:
        conditions.append(lambda inner: inner.term(where))
    held = CERTAIN
    for condition in conditions:
        held = and_(scope, held, nonnull(condition(scope.where(_may_hold(held)))))
    return held


def _relation(relation: checked.Relation) -> Look:
    from besponsa_pa.backends.sql.operators import negation

    def related(scope: Scope) -> Term:
        listed = Listed(scope, scope.meaning(relation.source), "with")
        if listed.is_distinct:
            listed.guard_settled()
        found = lists.any_element(
            scope,
            listed,
            lambda inner, one: nonnull(inner.scope.knowing({relation.slot: one}).term(relation.condition)),
        )
        return negation(found) if relation.without else found

    return related


def _may_hold(held: Term) -> exp.Expression:
    from besponsa_pa.backends.sql.folding import is_possible

    return is_possible(held)


def _both(scope: Scope, left: Term, right: Term) -> Term:
    from besponsa_pa.backends.sql.operators import and_

    return right if left == CERTAIN else and_(scope, left, right)


def nonnull(truth: Term) -> Term:
    """A truth with false for CQL's null."""
    if not truth.is_nullable:
        return truth
    low = case([(not_(is_null(truth.low)), truth.low), (not_(is_set(truth.mask)), FALSE)])
    return replace(truth, low=low, is_nullable=False)


def _key(scope: Scope, node: checked.Query, item: checked.SortItem, result: Meaning) -> tuple[Term, bool]:
    key = scope.knowing({node.element: result}).term(item.key)
    if key.is_nullable:
        raise RefusedError("`sort` by what may be null cannot be said in SQL")
    if str(key.type) not in ("Integer", "Decimal", "Date", "Time") and key.unit is None:
        raise RefusedError(f"`sort` by `{key.type}` cannot be said in SQL")
    return key, item.descending


# --- a single value ---


def _single(scope: Scope, node: checked.Query, meaning: Meaning) -> Meaning:
    """What a query on a single value gives: that value, or null when it does not qualify."""
    if node.sort or node.distinct or not isinstance(meaning, Term):
        raise RefusedError("a query on such a single value cannot be said in SQL")
    source = scope.kept(meaning, "source")
    result, held = _of_element(scope, node, source)
    if not isinstance(result, Term):
        raise RefusedError("a query on such a single value cannot be said in SQL")
    held, result = scope.kept(held, "qualifies"), scope.kept(result, "result")
    return _only_if(result, held, source)


def _only_if(result: Term, held: Term, source: Term) -> Term:
    from besponsa_pa.backends.sql.folding import is_sure, is_unsure
    from besponsa_pa.backends.sql.terms import is_missing

    absent = any_absent(source)
    is_there = all_of([not_(absent), is_sure(held)])
    perhaps = all_of([not_(absent), is_unsure(held)])
    mask = union(
        when(is_missing(source), source.mask),
        when(perhaps, union(held.mask, result.mask)),
        when(is_there, result.mask),
    )
    high = None if result.high is None else case([(is_there, result.high)])
    return replace(result, low=case([(is_there, result.low)]), high=high, mask=mask, is_nullable=True)


def any_absent(term: Term) -> exp.Expression:
    """Whether a value is null or missing; between bounds it is neither."""
    return is_null(term.low) if term.mask or term.is_nullable else FALSE


def joined(parts: tuple[Rows | Items, ...], listed: Listed | None = None, *, is_distinct: bool = False) -> Joined:
    """Lists one after the other, as one: what is missing for one element is missing for all that may not belong."""
    scope = None if listed is None else listed.scope
    if scope is None:
        return Joined(parts, is_distinct)
    together = Joined(parts)
    facts = Listed(scope, together, "a query").facts(lambda _, member: member.mask)
    return Joined(tuple(_with_facts(part, facts) for part in parts), is_distinct)


def _with_facts(part: Rows | Items, facts: object) -> Rows | Items:
    def changed(member: Term) -> Term:
        return replace(member, mask=when(is_null(member.low), facts)) if member.mask else member  # type: ignore[arg-type]

    if isinstance(part, Items):
        return replace(part, members=tuple(map(changed, part.members)))
    return replace(part, member=changed(part.member))
