"""Lists in SQL: queries, and what is asked of their elements, none of which need be sure or known.

A query makes no new array: it says of an element what it becomes and whether it belongs (`Rows`). Only what asks for a
single answer goes through the array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from dataclasses import replace
from decimal import Decimal

from sqlglot import exp

from besponsa_pa.backends.sql.meanings import CERTAIN, Entry, Items, Meaning, Rows
from besponsa_pa.backends.sql.terms import (
    FALSE,
    TRUE,
    RefusedError,
    Mask,
    Term,
    all_of,
    any_of,
    binary,
    case,
    is_known,
    is_null,
    is_set,
    not_,
    number,
    union,
    when,
)
from besponsa_pa.expression import checked
from besponsa_pa.types import BOOLEAN, INTEGER

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope

MOST_ENTRIES = Decimal(1_000_000)


class Inner:
    """What a test of one element may ask, in the scope of that element."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def same(self, left: Meaning, right: Meaning) -> Term:
        """Equality between elements, of which none is CQL's null here."""
        from besponsa_pa.backends.sql.operators import equal

        if not isinstance(left, Term) or not isinstance(right, Term) or left.is_nullable or right.is_nullable:
            raise RefusedError("a search for such an element cannot be said in SQL")
        return equal(self.scope, left, right)

    @staticmethod
    def is_known(element: Meaning) -> Term:
        """Whether an element is not null. One that is missing may turn out null."""
        if isinstance(element, Entry):
            return CERTAIN
        if not isinstance(element, Term):
            raise RefusedError("such an element cannot be said in SQL")
        known = TRUE if not element.mask else case([(not_(is_null(element.low)), TRUE)])
        if not element.is_nullable:
            return Term(BOOLEAN, known, mask=when(is_null(element.low), element.mask))
        is_missing = is_set(element.mask) if element.mask else FALSE
        value = case([(not_(is_null(element.low)), TRUE), (not_(is_missing), FALSE)])
        return Term(BOOLEAN, value, mask=when(is_null(element.low), element.mask))


Test = Callable[[Inner, Meaning], Term]


def rows_of_query(scope: Scope, node: checked.Query) -> Meaning:
    """The rows of a query over one list."""
    if len(node.sources) != 1 or node.relations or node.aggregate or node.sort or not node.is_list:
        raise RefusedError("a query over several lists, with `with`, `aggregate` or `sort` cannot be said in SQL")
    ((slot, source),) = node.sources
    rows = scope.meaning(source)
    if not isinstance(rows, Rows):
        raise RefusedError("a query over what is no list of the case cannot be said in SQL")
    rows = fresh(scope, rows)
    inner = scope.within(rows, {slot: rows.element})
    for name, value in node.lets:
        inner = inner.within(rows, {name: inner.meaning(value)})
    if node.where is not None:
        rows = replace(rows, member=_member(scope, inner, rows, inner.term(node.where)))
    rows = replace(rows, element=inner.meaning(node.result))
    if node.distinct:
        raise RefusedError("`distinct` cannot be said in SQL")
    return rows


def fresh(scope: Scope, rows: Rows) -> Rows:
    """The rows as they are: a list that is gone through twice in one expression has its own name each time."""
    return rows


def _member(scope: Scope, inner: Scope, rows: Rows, condition: Term) -> Term:
    """Whether an element belongs after a `where`. The facts are those of all elements that may: see `UncertainList`."""
    from besponsa_pa.backends.sql.operators import and_

    held = condition
    if condition.is_nullable:  # a null condition does not hold
        unknown = is_set(condition.mask) if condition.mask else FALSE
        held = replace(condition, low=case([(not_(is_null(condition.low)), condition.low), (not_(unknown), FALSE)]), is_nullable=False)
    if rows.member == CERTAIN:
        both = held
    else:
        both = and_(inner, rows.member, held)
    if not both.mask:
        return both
    return replace(both, mask=when(is_null(both.low), facts_in(scope, rows, both)))


def facts_in(scope: Scope, rows: Rows, truth: Term) -> Mask:
    """The facts that are missing for a truth about the elements, all of them together."""
    return {
        word: scope.translation.hoisted("list_missing", scope.dialect.bits(rows.array, rows.variable, bits))
        for word, bits in truth.mask.items()
    }


def any_row(scope: Scope, rows: Rows, test: Test) -> Term:
    """Whether a test holds for any element: one that may not belong only makes it possible."""
    from besponsa_pa.backends.sql.operators import and_

    inner = scope.within(rows, {})
    truth = test(Inner(inner), rows.element)
    cond = and_(inner, rows.member, truth) if rows.member != CERTAIN else truth
    any_true, hoisted = scope.dialect.any_true, scope.translation.hoisted
    branches = [(rows.is_missing, exp.Null()), (any_true(rows.array, rows.variable, cond.low), TRUE)]
    if cond.mask:
        perhaps = all_of([is_null(cond.low), is_set(cond.mask)]) if cond.is_nullable else is_null(cond.low)
        branches.append((any_true(rows.array, rows.variable, perhaps), exp.Null()))
    value = hoisted("any", case(branches, FALSE))
    mask = union(when(rows.is_missing, rows.mask), when(is_null(value), facts_in(scope, rows, cond)))
    return Term(BOOLEAN, value, mask=mask)


def count_rows(scope: Scope, rows: Rows) -> Term:
    """How many elements there surely are, and how many there may be."""
    from besponsa_pa.backends.sql.operators import and_

    inner = scope.within(rows, {})
    cond = and_(inner, rows.member, Inner.is_known(rows.element)) if rows.member != CERTAIN else Inner.is_known(rows.element)
    count, hoisted = scope.dialect.count_true, scope.translation.hoisted
    there = [(not_(rows.is_missing), count(rows.array, rows.variable, cond.low))]
    low = hoisted("at_least", case(there))
    if not cond.mask:
        return Term(INTEGER, low, None, when(rows.is_missing, rows.mask), limit=MOST_ENTRIES)
    possible = any_of([cond.low, all_of([is_null(cond.low), is_set(cond.mask)])])
    high = hoisted("at_most", case([(not_(rows.is_missing), count(rows.array, rows.variable, possible))]))
    opened = binary(exp.LT, low, high)
    mask = union(when(rows.is_missing, rows.mask), when(opened, facts_in(scope, rows, cond)))
    return Term(INTEGER, low, high, mask, limit=MOST_ENTRIES)


def _exists(scope: Scope, node: checked.Operation) -> Term:
    meaning = scope.meaning(node.operands[0])
    if isinstance(meaning, Items):
        from besponsa_pa.backends.sql.operators import or_

        return or_(scope, *(Inner.is_known(element) for element in meaning.elements))
    return any_row(scope, _rows(meaning, node), lambda inner, one: inner.is_known(one))


def _count(scope: Scope, node: checked.Operation) -> Term:
    return count_rows(scope, _rows(scope.meaning(node.operands[0]), node))


def _rows(meaning: Meaning, node: checked.Operation) -> Rows:
    if not isinstance(meaning, Rows):
        raise RefusedError(f"`{node.operator.name}` of this list cannot be said in SQL")
    return meaning


OPERATORS: dict[str, Callable[[Scope, checked.Operation], Meaning]] = {
    "Exists": _exists,
    "Count": _count,
}
_ = (is_known, number)
