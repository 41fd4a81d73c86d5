"""Lists in SQL: queries, and what is asked of their elements, none of which need be sure or known.

A query makes no new array: it says of an element what it becomes and whether it belongs (`Rows`). Only what asks for a
single answer goes through the array.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from besponsa_pa.backends.sql.folding import Listed, is_possible
from besponsa_pa.backends.sql.meanings import CERTAIN, Entry, Fixed, Items, Joined, Meaning, Rows
from besponsa_pa.backends.sql.terms import (
    FALSE,
    TRUE,
    Mask,
    RefusedError,
    Term,
    all_of,
    binary,
    case,
    is_null,
    is_set,
    not_,
    number,
    union,
    when,
)
from besponsa_pa.expression import checked
from besponsa_pa.types import BOOLEAN

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope, Translate

# How far an element of a list qualifies: the best of them says whether any does.
SURELY, PERHAPS = 2, 1


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
        value = case([(not_(is_null(element.low)), TRUE), (not_(is_set(element.mask)), FALSE)])
        return Term(BOOLEAN, value, mask=when(is_null(element.low), element.mask))


Test = Callable[[Inner, Meaning], Term]


def facts_in(scope: Scope, rows: Rows, truth: Term) -> Mask:
    """The facts that are missing for a truth about the elements, all of them together."""
    return {
        word: scope.translation.hoisted("list_missing", scope.dialect.bits(rows.array, rows.variable, bits))
        for word, bits in truth.mask.items()
    }


def any_row(scope: Scope, rows: Rows, test: Test) -> Term:
    """Whether a test holds for any element: one that may not belong only makes it possible."""
    from besponsa_pa.backends.sql.operators import and_

    inner = scope.within(rows, {}).where(is_possible(rows.member))
    truth = test(Inner(inner), rows.element)
    cond = and_(inner, rows.member, truth) if rows.member != CERTAIN else truth
    state = case([(cond.low, number(SURELY))], number(0))
    branches: list[tuple[exp.Expression, exp.Expression]] = [(rows.is_missing, exp.Null())]
    if cond.mask:
        perhaps = all_of([is_null(cond.low), is_set(cond.mask)]) if cond.is_nullable else is_null(cond.low)
        state = case([(cond.low, number(SURELY)), (perhaps, number(PERHAPS))], number(0))
    # the array is gone through once, and again only for what is missing
    best = scope.translation.hoisted("best", scope.dialect.greatest(rows.array, rows.variable, state))
    branches.append((binary(exp.EQ, best, number(SURELY)), TRUE))
    if cond.mask:
        branches.append((binary(exp.EQ, best, number(PERHAPS)), exp.Null()))
    value = scope.translation.hoisted("any", case(branches, FALSE))
    facts = {word: scope.dialect.bits(rows.array, rows.variable, bits) for word, bits in cond.mask.items()}
    mask = union(when(rows.is_missing, rows.mask), when(is_null(value), facts))
    return Term(BOOLEAN, value, mask=mask)


def any_element(scope: Scope, listed: Listed, test: Test) -> Term:
    """Whether a test holds for any element of a list. Duplicates make no difference."""
    from besponsa_pa.backends.sql.operators import and_, or_

    truths = []
    for part in listed.parts:
        if isinstance(part, Rows):
            truths.append(any_row(scope, part, test))
            continue
        for one, member in zip(part.elements, part.members, strict=True):
            inner = Inner(scope.where(is_possible(member)))
            truths.append(and_(scope, member, test(inner, one)))
    if not truths:
        return Term(BOOLEAN, FALSE)
    found = truths[0] if len(truths) == 1 else or_(scope, *truths)
    if len(listed.parts) == 1 or listed.is_missing == FALSE:
        return found
    value = case([(not_(listed.is_missing), found.low)])  # one list that is not known leaves all of it open
    return Term(BOOLEAN, value, mask=union(listed.missing(), when(not_(listed.is_missing), found.mask)))


def _exists(scope: Scope, node: checked.Operation) -> Term:
    listed = Listed(scope, scope.meaning(node.operands[0]), node.operator.name)
    return any_element(scope, listed, lambda inner, one: inner.is_known(one))


def _flatten(scope: Scope, node: checked.Operation) -> Meaning:
    """Lists that are written out, one after the other."""
    meaning = scope.meaning(node.operands[0])
    if not isinstance(meaning, Items) or any(member != CERTAIN for member in meaning.members):
        raise RefusedError("`Flatten` of a list that is not written out cannot be said in SQL")
    return _joined(scope, meaning.elements, node, is_distinct=False)


def _union(scope: Scope, node: checked.Operation) -> Meaning:
    left, right = (scope.meaning(operand) for operand in node.operands)
    if (
        isinstance(left, Fixed)
        and isinstance(right, Fixed)
        and isinstance(left.value, tuple)
        and isinstance(right.value, tuple)
    ):
        return Fixed(tuple(dict.fromkeys((*left.value, *right.value))))
    return _joined(scope, (left, right), node, is_distinct=True)


def _joined(scope: Scope, meanings: tuple[Meaning, ...], node: checked.Operation, *, is_distinct: bool) -> Joined:
    from besponsa_pa.backends.sql.queries import joined

    each = [Listed(scope, meaning, node.operator.name) for meaning in meanings]
    for listed in each:
        if listed.is_distinct:
            listed.guard_settled()
    parts = tuple(part for listed in each for part in listed.parts)
    return joined(parts, Listed(scope, Joined(parts), node.operator.name), is_distinct=is_distinct)


def _distinct(scope: Scope, node: checked.Operation) -> Meaning:
    """The same list, of which duplicates are not counted."""
    meaning = scope.meaning(node.operands[0])
    if not isinstance(meaning, (Rows, Items, Joined)) or (isinstance(meaning, Rows) and meaning.order):
        raise RefusedError("`Distinct` of this list cannot be said in SQL")
    return replace(meaning, is_distinct=True)


OPERATORS: dict[str, Translate] = {
    "Exists": _exists,
    "Flatten": _flatten,
    "Union": _union,
    "Distinct": _distinct,
}
