"""And, or, not in SQL: three-valued, with what is missing while they are open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from besponsa_pa.backends.sql.terms import (
    FALSE,
    TRUE,
    Term,
    all_of,
    binary,
    is_null,
    mask_of,
    not_,
    union,
    when,
)
from besponsa_pa.types import BOOLEAN

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope, Translate
    from besponsa_pa.expression import checked


def truth(value: exp.Expression, terms: list[Term], scope: Scope, hint: str) -> Term:
    """A truth made of others: while it is NULL, the facts of those that are not known are missing."""
    value = scope.translation.hoisted(hint, value)
    return Term(BOOLEAN, value, mask=when(is_null(value), union(*(term.mask for term in terms))),
                is_nullable=any(term.is_nullable for term in terms))  # fmt: skip


def and_(scope: Scope, *terms: Term) -> Term:
    """False where one is; the facts of all that are not known where it is not known."""
    kept = [scope.kept(term, "truth") for term in terms if term.low != TRUE]
    if any(term.low == FALSE for term in kept):
        return Term(BOOLEAN, FALSE)
    if len(kept) <= 1:
        return kept[0] if kept else Term(BOOLEAN, TRUE)
    return truth(all_of(term.low for term in kept), kept, scope, "all_hold")


def or_(scope: Scope, *terms: Term) -> Term:
    """True where one is."""
    return negation(and_(scope, *(negation(term) for term in terms)))


def negation(term: Term) -> Term:
    """The opposite, as open as it is."""
    inner = term.low
    return replace(term, low=inner.this.unnest() if isinstance(inner, exp.Not) else not_(inner))


def _and(scope: Scope, node: checked.Operation) -> Term:
    left, right = _in_turn(scope, node, until=False)
    return and_(scope, left, right)


def _or(scope: Scope, node: checked.Operation) -> Term:
    left, right = _in_turn(scope, node, until=True)
    return or_(scope, left, right)


def _in_turn(scope: Scope, node: checked.Operation, *, until: bool) -> tuple[Term, Term]:
    """Both sides; the right one is only looked at where the left one does not decide."""
    left = scope.kept(scope.term(node.operands[0]), "truth")
    decided = left.low if until else not_(left.low)
    goes_on = not_(exp.Coalesce(this=decided, expressions=[FALSE]))
    return left, scope.where(goes_on).term(node.operands[1])


def _not(scope: Scope, node: checked.Operation) -> Term:
    return negation(scope.term(node.operands[0]))


def _implies(scope: Scope, node: checked.Operation) -> Term:
    left, right = _in_turn(scope, node, until=False)
    return or_(scope, negation(left), right)


def _xor(scope: Scope, node: checked.Operation) -> Term:
    left, right = (scope.kept(scope.term(operand), "truth") for operand in node.operands)
    value = binary(exp.NEQ, left.low, right.low)
    return Term(BOOLEAN, value, mask=mask_of([left, right]), is_nullable=left.is_nullable or right.is_nullable)


OPERATORS: dict[str, Translate] = {
    "And": _and,
    "Or": _or,
    "Not": _not,
    "Implies": _implies,
    "Xor": _xor,
}
