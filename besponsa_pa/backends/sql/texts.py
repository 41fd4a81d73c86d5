"""Texts in SQL. What databases do apart from one another, as with letters beyond ASCII, is left to the interpreter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from besponsa_pa.backends.sql.comparison import require
from besponsa_pa.backends.sql.logic import negation
from besponsa_pa.backends.sql.terms import (
    RefusedError,
    Term,
    binary,
    mask_of,
    not_,
    number,
    text,
)
from besponsa_pa.backends.sql.values_of_columns import has_sign
from besponsa_pa.types import BOOLEAN, Simple

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope, Translate
    from besponsa_pa.expression import checked

# Spaces to the interpreter, and not to every database.
ODD_SPACES = r"[\x0b\x1c-\x1f]"


def _equivalent(scope: Scope, node: checked.Operation) -> Term:
    """Texts without regard to capitals and spaces. Letters beyond ASCII are folded unlike by databases: refused."""
    require(node, ("String",))
    left, right = (_folded(scope, scope.term(operand)) for operand in node.operands)
    if left.is_nullable or right.is_nullable:
        raise RefusedError("`Equivalent` of what may be null cannot be said in SQL")
    return Term(BOOLEAN, binary(exp.EQ, left.low, right.low), mask=mask_of([left, right]))


def _folded(scope: Scope, term: Term) -> Term:
    if isinstance(term.low, exp.Literal):
        if not term.low.name.isascii():
            raise RefusedError("`Equivalent` of letters beyond ASCII cannot be said in SQL")
        return replace(term, low=text(" ".join(term.low.name.casefold().split())))
    if not scope.translation.are_checked:
        scope.guard(has_sign(scope.dialect, term.low, ODD_SPACES), "a text has control characters")
    folded = exp.Lower(this=scope.dialect.collapsed_spaces(ascii_only(scope, term.low)))
    return replace(term, low=scope.translation.hoisted("folded", folded))


def ascii_only(scope: Scope, written: exp.Expression) -> exp.Expression:
    """The text, of which the row is refused when it has a letter beyond ASCII."""
    scope.guard(not_(scope.dialect.is_ascii(written)), "a text has letters beyond ASCII")
    return written


def _lower(scope: Scope, node: checked.Operation) -> Term:
    term = scope.term(node.operands[0])
    function = exp.Lower if node.operator.name == "Lower" else exp.Upper
    return replace(term, low=function(this=ascii_only(scope, term.low)), type=Simple("String"))


def _begins(scope: Scope, node: checked.Operation) -> Term:
    """`StartsWith` and `EndsWith`, by the length of a part that is constant."""
    whole, part = (scope.term(operand) for operand in node.operands)
    if not isinstance(part.low, exp.Literal):
        raise RefusedError(f"`{node.operator.name}` of what is not constant cannot be said in SQL")
    length = number(len(part.low.name))
    function = exp.Left if node.operator.name == "StartsWith" else exp.Right
    value = exp.EQ(this=function(this=whole.low, expression=length), expression=part.low)
    return Term(BOOLEAN, value, mask=whole.mask, is_nullable=whole.is_nullable)


OPERATORS: dict[str, Translate] = {
    "Equivalent": _equivalent,
    "NotEquivalent": lambda scope, node: negation(_equivalent(scope, node)),
    "Lower": _lower,
    "Upper": _lower,
    "StartsWith": _begins,
    "EndsWith": _begins,
}
