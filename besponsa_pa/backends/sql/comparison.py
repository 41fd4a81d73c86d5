"""Comparison in SQL: of numbers, points and texts, decided by their bounds where those agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from besponsa_pa.backends.sql.arithmetic import operand as operand_of
from besponsa_pa.backends.sql.logic import and_, negation
from besponsa_pa.backends.sql.meanings import Fixed, Meaning
from besponsa_pa.backends.sql.quantities import same_unit
from besponsa_pa.backends.sql.terms import (
    FALSE,
    TRUE,
    RefusedError,
    Term,
    all_of,
    any_of,
    binary,
    case,
    is_cql_null,
    is_known,
    is_missing,
    is_null,
    mask_of,
    not_,
    text,
    union,
    when,
)
from besponsa_pa.types import BOOLEAN, Simple
from besponsa_pa.values import Code

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope, Translate
    from besponsa_pa.expression import checked


def compared(scope: Scope, left: Term, right: Term, operator: type[exp.Binary]) -> Term:
    """`<` or `<=` of points and numbers: decided by the bounds where those agree."""
    if "Quantity" in (str(left.type), str(right.type)):
        left, right = same_unit(scope, left, right)
    scope.dialect.check_common(left.digits, right.digits)
    nullable = left.is_nullable or right.is_nullable
    if left.high is None and right.high is None:
        return Term(BOOLEAN, binary(operator, left.low, right.low), mask=mask_of([left, right]), is_nullable=nullable)
    surely = binary(operator, left.top, right.low)
    perhaps = binary(operator, left.low, right.top)
    value = scope.translation.hoisted("compared", case([(surely, TRUE), (not_(perhaps), FALSE)]))
    return Term(BOOLEAN, value, mask=when(is_null(value), mask_of([left, right])), is_nullable=nullable)


def equal(scope: Scope, left: Term, right: Term) -> Term:
    """`=`: null when either side is; values between bounds that do not meet differ."""
    if "Quantity" in (str(left.type), str(right.type)):
        left, right = same_unit(scope, left, right)
    scope.dialect.check_common(left.digits, right.digits)
    nullable = left.is_nullable or right.is_nullable
    if left.high is None and right.high is None:
        return Term(BOOLEAN, binary(exp.EQ, left.low, right.low), mask=mask_of([left, right]), is_nullable=nullable)
    known = all_of([is_known(left), is_known(right)])
    apart = any_of([binary(exp.LT, left.top, right.low), binary(exp.LT, right.top, left.low)])
    value = case([(known, binary(exp.EQ, left.low, right.low)), (apart, FALSE)])
    value = scope.translation.hoisted("compared", value)
    return Term(BOOLEAN, value, mask=when(is_null(value), mask_of([left, right])), is_nullable=nullable)


ORDERED = ("Integer", "Decimal", "Date", "Time", "Quantity")


def _ordered(swapped: bool, operator: type[exp.Binary]) -> Translate:
    def translate(scope: Scope, node: checked.Operation) -> Term:
        require(node, ORDERED)
        left, right = (operand_of(scope, operand) for operand in node.operands)
        return compared(scope, right, left, operator) if swapped else compared(scope, left, right, operator)

    return translate


def require(node: checked.Operation, kinds: tuple[str, ...]) -> None:
    """Raise `RefusedError` for operands of other types."""
    for operand in node.operands:
        if str(operand.type) not in kinds:
            raise RefusedError(f"`{node.operator.name}` of `{operand.type}` cannot be said in SQL")


def _equal(scope: Scope, node: checked.Operation) -> Term:
    left, right = (scope.meaning(operand) for operand in node.operands)
    if isinstance(left, Fixed) or isinstance(right, Fixed):
        return _equal_codes(scope, left, right)
    require(node, (*ORDERED, "String", "Boolean"))
    assert isinstance(left, Term)
    assert isinstance(right, Term)
    return equal(scope, scope.kept(left, "operand"), scope.kept(right, "operand"))


def _equal_codes(scope: Scope, left: Meaning, right: Meaning) -> Term:
    """A code of a case has neither version nor display: it equals one without them by its text and system."""
    term, fixed = (left, right) if isinstance(left, Term) else (right, left)
    match term, fixed:
        case Term(), Fixed(Code(code, str() as system, None, None)) if term.given is not None:
            kept = scope.kept(term, "code")
            assert kept.given is not None
            value = all_of([binary(exp.EQ, kept.low, text(code)), binary(exp.EQ, kept.given.unit, text(system))])
            return Term(BOOLEAN, value, mask=kept.mask, is_nullable=kept.is_nullable)
        case Term(), Fixed(Code(code, system, None, None)) if _system(term) == system:
            return equal(scope, term, Term(term.type, text(code)))
        case _:
            raise RefusedError("`Equal` of these codes cannot be said in SQL")


def _system(term: Term) -> str | None:
    return term.type.system if isinstance(term.type, Simple) else None


def same(scope: Scope, one: Meaning, element: Meaning) -> Term:
    """Equality between elements of lists: that of `=`, but two nulls are the same, and a null and a value differ."""
    if not isinstance(one, Term) or not isinstance(element, Term):
        raise RefusedError("a search for such an element cannot be said in SQL")
    if "Code" in (str(one.type), str(element.type)) and (
        one.given or element.given or _system(one) != _system(element)
    ):
        raise RefusedError("a search for a code among codes of other systems cannot be said in SQL")
    if isinstance(one.low, exp.Null):
        return Term(
            BOOLEAN,
            case([(is_cql_null(element), TRUE), (not_(is_null(element.low)), FALSE)]),
            mask=when(is_null(element.low), element.mask),
        )
    compared_ = equal(scope, one, element)
    if not compared_.is_nullable:
        return compared_
    null_one, null_element = is_cql_null(one), is_cql_null(element)
    low = case(
        [
            (all_of([null_one, null_element]), TRUE),
            (null_one, case([(not_(is_null(element.low)), FALSE)])),
            (null_element, case([(not_(is_null(one.low)), FALSE)])),
        ],
        compared_.low,
    )
    beside_null = union(
        when(all_of([null_one, is_missing(element)]), element.mask),
        when(all_of([null_element, is_missing(one)]), one.mask),
    )
    return Term(BOOLEAN, low, mask=union(beside_null, compared_.mask))


def _not_equal(scope: Scope, node: checked.Operation) -> Term:
    return negation(_equal(scope, node))


def _between(scope: Scope, node: checked.Operation) -> Term:
    require(node, ORDERED)
    value, low, high = (operand_of(scope, operand) for operand in node.operands)
    return and_(scope, compared(scope, low, value, exp.LTE), compared(scope, value, high, exp.LTE))


OPERATORS: dict[str, Translate] = {
    "Equal": _equal,
    "NotEqual": _not_equal,
    "Less": _ordered(False, exp.LT),
    "LessOrEqual": _ordered(False, exp.LTE),
    "Greater": _ordered(True, exp.LT),
    "GreaterOrEqual": _ordered(True, exp.LTE),
    "Between": _between,
}
