"""Arithmetic in SQL: exact, then rounded to the 8 places of the language, between the bounds of what is uncertain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from besponsa_pa.backends.sql import dates
from besponsa_pa.backends.sql.dialects.dialect import cast
from besponsa_pa.backends.sql.meanings import Meaning
from besponsa_pa.backends.sql.quantities import in_own_unit, in_unit
from besponsa_pa.backends.sql.terms import (
    FALSE,
    Given,
    Mask,
    RefusedError,
    Term,
    binary,
    case,
    is_between,
    mask_of,
    not_,
    number,
    unless_same,
)
from besponsa_pa.types import DECIMAL, Simple
from besponsa_pa.units.converting import product

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope, Translate
    from besponsa_pa.expression import checked

# Where digits would not fit, numbers are taken up to this, and rows with larger ones are refused.
LARGE = Decimal(10) ** 9
TOO_LARGE = "a number to reckon with is larger than SQL holds it exactly"
INTEGER_MOST = 2**31 - 1


def operand(scope: Scope, node: checked.Checked) -> Term:
    """The single value of an operand, as columns."""
    return scope.kept(scope.term(node), "operand")


# --- digits ---


def has_room(scope: Scope, limit: Decimal, places: int) -> bool:
    """Whether the dialect has exact numbers of so many digits."""
    return len(str(int(limit))) + places <= scope.dialect.digits


def check_digits(scope: Scope, limit: Decimal, places: int) -> None:
    """Raise `RefusedError` where a number may have more digits than the dialect's exact numbers."""
    if not has_room(scope, limit, places):
        raise RefusedError("numbers of so many digits cannot be said in SQL")


def limited(scope: Scope, term: Term, most: Decimal = LARGE) -> Term:
    """The number up to a limit; a row with a larger one is refused."""
    if term.limit <= most or term.high is not None:
        return term
    too_large = binary(exp.GT, exp.Abs(this=term.low), number(most))
    scope.guard(too_large, TOO_LARGE)
    kind = "BIGINT" if not term.places else f"DECIMAL({len(str(int(most))) + term.places}, {term.places})"
    low = scope.translation.hoisted("limited", cast(case([(not_(too_large), term.low)]), kind))
    return replace(term, low=low, limit=most)


def rounded(term: Term) -> Term:
    """A decimal rounded to the 8 places of the language, half away from zero."""
    if term.places <= 8:
        return term
    low = exp.Round(this=term.low, decimals=number(8))
    high = None if term.high is None else exp.Round(this=term.high, decimals=number(8))
    return replace(term, low=low, high=high, places=8, mask=unless_same(low, high, term.mask))


def exact(term: Term) -> tuple[exp.Expression, Mask]:
    """The value where it is not between bounds, for an operator that neither grows nor falls; and what is missing."""
    if term.high is None:
        return term.low, term.mask
    return case([(not_(is_between(term)), term.low)]), term.mask


# --- sums and products ---


def _arithmetic(operator: type[exp.Binary]) -> Translate:
    def translate(scope: Scope, node: checked.Operation) -> Meaning:
        left, right = (operand(scope, each) for each in node.operands)
        kinds = str(node.operands[0].type), str(node.operands[1].type)
        if kinds == ("Date", "Quantity"):
            return dates.moved(scope, left, right, 1 if operator is exp.Add else -1)
        if "Quantity" not in kinds and kinds not in (("Integer", "Integer"), ("Decimal", "Decimal")):
            raise RefusedError(f"`{node.operator.name}` of `{kinds[0]}` and `{kinds[1]}` cannot be said in SQL")
        if operator is exp.Mul:
            return _multiplied(scope, node, left, right)
        return _added(scope, node, left, right, operator)

    return translate


def _added(scope: Scope, node: checked.Operation, left: Term, right: Term, operator: type[exp.Binary]) -> Term:
    left, right = in_own_unit(scope, left), in_own_unit(scope, right)
    if left.unit != right.unit or left.given or right.given:
        raise RefusedError(f"`{left.unit}` with `{right.unit}` is not added in SQL")
    if not has_room(scope, left.limit + right.limit, max(left.places, right.places)):
        left, right = limited(scope, left), limited(scope, right)
    limit, places = left.limit + right.limit, max(left.places, right.places)
    check_digits(scope, limit, places)
    _check_whole(node, limit)
    low, high = _bounds(left, right, operator)
    if places:
        digits = len(str(int(limit))), places
        low, high = scope.dialect.exact(low, digits), None if high is None else scope.dialect.exact(high, digits)
    nullable = left.is_nullable or right.is_nullable
    mask = unless_same(low, high, mask_of([left, right]))
    return rounded(Term(node.type, low, high, mask, nullable, limit, places, left.unit, FALSE))


def _check_whole(node: checked.Operation, limit: Decimal) -> None:
    if str(node.type) == "Integer" and limit > INTEGER_MOST:
        raise RefusedError(f"`{node.operator.name}` of numbers that may leave 32 bits cannot be said in SQL")


def _bounds(left: Term, right: Term, operator: type[exp.Binary]) -> tuple[exp.Expression, exp.Expression | None]:
    if left.high is None and right.high is None:
        return binary(operator, left.low, right.low), None
    if operator is exp.Sub:
        return binary(operator, left.low, right.top), binary(operator, left.top, right.low)
    return binary(operator, left.low, right.low), binary(operator, left.top, right.top)


def _multiplied(scope: Scope, node: checked.Operation, left: Term, right: Term) -> Term:
    left, right = in_own_unit(scope, left), in_own_unit(scope, right)
    if str(node.type) == "Integer" and left.limit * right.limit > INTEGER_MOST:
        left, right = limited(scope, left, Decimal(46_000)), limited(scope, right, Decimal(46_000))
        _check_whole(node, left.limit * right.limit)
    if not has_room(scope, left.limit * right.limit, left.places + right.places):
        left, right = limited(scope, left), limited(scope, right)
    value = product_of(scope, left, right)
    given = left.given or right.given
    if left.given and right.given:
        raise RefusedError("a product of quantities without a declared unit cannot be said in SQL")
    if given is not None and (left.unit or right.unit):
        raise RefusedError("a product with a quantity without a declared unit cannot be said in SQL")
    unit = None if given else _unit(left, right, 1)
    value = rounded(replace(value, type=node.type, unit=unit, foreign=None if given else FALSE))
    return value if given is None else replace(value, given=Given(value.low, given.unit))


def product_of(scope: Scope, left: Term, right: Term) -> Term:
    """The exact product of two numbers; what is between bounds leaves it missing."""
    limit, places = left.limit * right.limit, left.places + right.places
    check_digits(scope, limit, places)
    (first, _), (second, _) = exact(left), exact(right)
    low = scope.dialect.product(first, left.digits, second, right.digits)
    return Term(DECIMAL, low, None, mask_of([left, right]), left.is_nullable or right.is_nullable, limit, places)


def _unit(left: Term, right: Term, power: int) -> str | None:
    if left.unit is None and right.unit is None:
        return None
    unit = product(left.unit or "1", right.unit or "1", power)
    if unit is None:
        raise RefusedError(f"`{left.unit}` {'times' if power > 0 else 'by'} `{right.unit}` cannot be said in SQL")
    return unit


def _divide(scope: Scope, node: checked.Operation) -> Term:
    left, right = (in_own_unit(scope, operand(scope, each)) for each in node.operands)
    if left.given or right.given:
        raise RefusedError("a quotient of quantities without a declared unit cannot be said in SQL")
    if not _fits_quotient(scope, left, right):
        left, right = limited(scope, left), limited(scope, right)
    if not _fits_quotient(scope, left, right):
        raise RefusedError("numbers of so many digits cannot be said in SQL")
    (first, _), (second, _) = exact(left), exact(right)
    low = scope.translation.hoisted("quotient", scope.dialect.quotient(first, left.digits, second, right.digits))
    is_nonzero = isinstance(right.low, exp.Literal) and Decimal(right.low.name) != 0
    nullable = not is_nonzero or left.is_nullable or right.is_nullable
    mask = mask_of([left, right])
    limit = _least(right, left.limit * 10**right.places)
    return Term(node.type, low, None, mask, nullable, limit, 8, _unit(left, right, -1), FALSE)


def _least(right: Term, limit: Decimal) -> Decimal:
    """The limit of a quotient: less where the divisor is a constant."""
    if not isinstance(right.low, exp.Literal) or Decimal(right.low.name) == 0:
        return limit
    smaller = limit / Decimal(10**right.places) / Decimal(right.low.name)
    return min(limit, smaller + 1)


def _fits_quotient(scope: Scope, left: Term, right: Term) -> bool:
    limit = left.limit * 10**right.places
    return has_room(scope, left.limit, left.places + 8 + right.places + 1) and has_room(scope, limit, 8)


# --- one number ---


def _power(scope: Scope, node: checked.Operation) -> Term:
    """A constant square or cube as a product that is rounded once, and the square root."""
    base = in_own_unit(scope, operand(scope, node.operands[0]))
    exponent = scope.term(node.operands[1]).low
    wanted = Decimal(exponent.name) if isinstance(exponent, exp.Literal) else None
    if wanted == Decimal("0.5"):
        return _square_root(scope, node, base)
    if wanted not in (1, 2, 3):
        raise RefusedError("`Power` other than a constant square, cube or root cannot be said in SQL")
    if not has_room(scope, base.limit ** int(wanted), base.places * int(wanted)):
        base = limited(scope, base)
    value = base
    for _ in range(int(wanted) - 1):
        value = product_of(scope, value, base)
    if str(node.type) == "Integer":
        _check_whole(node, value.limit)
    return replace(rounded(value), type=node.type)


def _square_root(scope: Scope, node: checked.Operation, base: Term) -> Term:
    """The nearest of all numbers with 8 places, held against the next ones in whole numbers; null below zero."""
    root = scope.dialect.square_root
    if root is None:
        raise RefusedError("a square root cannot be said in this dialect")
    if base.places > 8 or not has_room(scope, base.limit * 10**16, 2):
        base = limited(scope, rounded(base))
    value, _ = exact(base)
    low = case(
        [(binary(exp.GTE, value, number(0)), scope.translation.hoisted("root", root(exp.Abs(this=value), base.digits)))]
    )
    mask = mask_of([base])
    return Term(node.type, low, None, mask, True, base.limit.sqrt().to_integral_value() + 1, 8)


def _negate(scope: Scope, node: checked.Operation) -> Term:
    term = scope.term(node.operands[0])
    low, high = _opposite(term.top), None if term.high is None else _opposite(term.low)
    given = None if term.given is None else Given(_opposite(term.given.value), term.given.unit)
    return replace(term, low=low, high=high, given=given)


def _opposite(value: exp.Expression) -> exp.Expression:
    return exp.Neg(this=value if isinstance(value, exp.Literal) else exp.Paren(this=value))


def _absolute(scope: Scope, node: checked.Operation) -> Term:
    term = _number(scope, node)
    value, mask = exact(term)
    return replace(term, low=exp.Abs(this=value), high=None, mask=mask)


def _number(scope: Scope, node: checked.Operation) -> Term:
    term = operand(scope, node.operands[0])
    if str(term.type) not in ("Integer", "Decimal"):
        raise RefusedError(f"`{node.operator.name}` of `{term.type}` cannot be said in SQL")
    return term


def _whole(function: Callable[[exp.Expression], exp.Expression]) -> Translate:
    def translate(scope: Scope, node: checked.Operation) -> Term:
        term = _number(scope, node)
        if term.limit > INTEGER_MOST:
            term = limited(scope, term)
        low = exp.cast(function(term.low), "BIGINT")
        high = None if term.high is None else exp.cast(function(term.high), "BIGINT")
        mask = unless_same(low, high, term.mask)
        return replace(term, type=node.type, low=low, high=high, mask=mask, places=0, limit=term.limit + 1)

    return translate


def _cut_off(value: exp.Expression) -> exp.Expression:
    sign = case([(binary(exp.LT, value, number(0)), number(-1))], number(1))
    return binary(exp.Mul, sign, exp.Floor(this=exp.Abs(this=value)))


def _round(scope: Scope, node: checked.Operation) -> Term:
    """To constant places, half away from zero."""
    term = _number(scope, node)
    places = 0
    if len(node.operands) > 1:
        written = scope.term(node.operands[1]).low
        if not isinstance(written, exp.Literal):
            raise RefusedError("`Round` to places that are not constant cannot be said in SQL")
        places = int(written.name)
    if places >= term.places:
        return replace(term, type=node.type)
    low = exp.Round(this=term.low, decimals=number(places))
    high = None if term.high is None else exp.Round(this=term.high, decimals=number(places))
    mask = unless_same(low, high, term.mask)
    return replace(term, type=node.type, low=low, high=high, mask=mask, places=places, limit=term.limit + 1)


def _whole_division(remainder: bool) -> Translate:
    """`div` and `mod` of whole numbers: cut off towards zero; null when divided by zero."""

    def translate(scope: Scope, node: checked.Operation) -> Term:
        left, right = (operand(scope, each) for each in node.operands)
        if str(node.type) != "Integer":
            raise RefusedError(f"`{node.operator.name}` of `{node.type}` cannot be said in SQL")
        (first, _), (second, _) = exact(left), exact(right)
        # a constant zero fails when a database computes it ahead, whatever stands around it
        divisor = exp.Nullif(this=exp.Abs(this=second), expression=number(0))
        sizes = exp.IntDiv(this=exp.Abs(this=first), expression=divisor)
        same_sign = binary(exp.EQ, binary(exp.LT, first, number(0)), binary(exp.LT, second, number(0)))
        quotient = case([(same_sign, sizes)], exp.Neg(this=exp.Paren(this=sizes)))
        value = binary(exp.Sub, first, binary(exp.Mul, second, quotient)) if remainder else quotient
        low = exp.cast(case([(binary(exp.NEQ, second, number(0)), value)]), "BIGINT")
        return Term(node.type, low, None, mask_of([left, right]), True, max(left.limit, right.limit))

    return translate


# --- quantities ---


def _convert_quantity(scope: Scope, node: checked.Operation) -> Term:
    term = operand(scope, node.operands[0])
    unit = scope.term(node.operands[1]).low
    if not isinstance(unit, exp.Literal):
        raise RefusedError("`ConvertQuantity` to a unit that is not constant cannot be said in SQL")
    converted = in_unit(scope, term, unit.name)
    check_digits(scope, converted.limit, converted.places)
    return replace(rounded(converted), type=Simple("Quantity", unit=unit.name), foreign=FALSE, given=None)


def _quantity_value(scope: Scope, node: checked.Operation) -> Term:
    """The number of a quantity in the unit that it is in."""
    term = in_own_unit(scope, operand(scope, node.operands[0]))
    return replace(term, type=DECIMAL, unit=None, foreign=None, given=None)


OPERATORS: dict[str, Translate] = {
    "Add": _arithmetic(exp.Add),
    "Subtract": _arithmetic(exp.Sub),
    "Multiply": _arithmetic(exp.Mul),
    "Divide": _divide,
    "TruncatedDivide": _whole_division(remainder=False),
    "Modulo": _whole_division(remainder=True),
    "Power": _power,
    "Negate": _negate,
    "Positive": lambda scope, node: scope.meaning(node.operands[0]),
    "Abs": _absolute,
    "Ceiling": _whole(lambda value: exp.Ceil(this=value)),
    "Floor": _whole(lambda value: exp.Floor(this=value)),
    "Truncate": _whole(_cut_off),
    "Round": _round,
    "ConvertQuantity": _convert_quantity,
    "QuantityValue": _quantity_value,
}
