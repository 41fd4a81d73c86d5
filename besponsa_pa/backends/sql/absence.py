"""What sees that nothing is known, in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from besponsa_pa.backends.sql.arithmetic import operand as operand_of
from besponsa_pa.backends.sql.meanings import Rows
from besponsa_pa.backends.sql.terms import (
    FALSE,
    RefusedError,
    Term,
    all_of,
    is_null,
    not_,
    union,
    when,
)
from besponsa_pa.types import BOOLEAN

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope, Translate
    from besponsa_pa.expression import checked


def _is_null(scope: Scope, node: checked.Operation) -> Term:
    meaning = scope.meaning(node.operands[0])
    if isinstance(meaning, Rows):
        return Term(BOOLEAN, meaning.is_missing)
    if not isinstance(meaning, Term):
        raise RefusedError("`IsNull` of this cannot be said in SQL")
    return Term(BOOLEAN, is_null(meaning.low))


def _is_truth(wanted: bool) -> Translate:
    def translate(scope: Scope, node: checked.Operation) -> Term:
        term = scope.term(node.operands[0])
        value = term.low if wanted else not_(term.low)
        return Term(BOOLEAN, exp.Coalesce(this=value, expressions=[FALSE]))

    return translate


def _coalesce(scope: Scope, node: checked.Operation) -> Term:
    terms = [operand_of(scope, operand) for operand in node.operands]
    if any(term.unit != terms[0].unit for term in terms):
        raise RefusedError("`Coalesce` of quantities of different units cannot be said in SQL")
    scope.dialect.check_common(*(term.digits for term in terms))
    low = exp.Coalesce(this=terms[0].low, expressions=[term.low for term in terms[1:]])
    ranged = any(term.high is not None for term in terms)
    high = exp.Coalesce(this=terms[0].top, expressions=[term.top for term in terms[1:]]) if ranged else None
    mask = when(is_null(low), union(*(term.mask for term in terms)))
    for place, term in enumerate(terms):
        if term.high is not None:  # the first that has a value is only known in part
            before = [is_null(each.low) for each in terms[:place]]
            mask = union(mask, when(all_of([*before, not_(is_null(term.low))]), term.mask))
    return Term(node.type, low, high, mask, all(term.is_nullable for term in terms),
                max(term.limit for term in terms), max(term.places for term in terms), terms[0].unit)  # fmt: skip


OPERATORS: dict[str, Translate] = {
    "IsNull": _is_null,
    "IsTrue": _is_truth(True),
    "IsFalse": _is_truth(False),
    "Coalesce": _coalesce,
}
