"""Quantities: numbers in the one unit that is known when the policy is compiled, so that SQL only sees numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from besponsa_pa import units
from besponsa_pa.backends.sql.columns import PLACES, WHOLE_DIGITS
from besponsa_pa.backends.sql.dialects.dialect import cast
from besponsa_pa.backends.sql.terms import FALSE, Given, RefusedError, Term, all_of, case, is_null, not_, number, text
from besponsa_pa.units.converting import line_between

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope

# Units that cases are often written in: a row with one that converts to the fact's own is decided too.
USUAL_UNITS = (
    "kg", "g", "mg", "ug", "ng", "[lb_av]", "m", "cm", "mm", "[in_i]", "L", "dL", "mL", "mg/dL", "g/L", "g/dL",
    "mg/L", "ug/mL", "ug/L", "ng/mL", "ng/dL", "pg/mL", "ng/L", "mmol/L", "umol/L", "nmol/L", "U/L", "10*9/L",
    "10*3/uL", "/uL", "/nL", "10*6/L", "mg/kg", "ug/kg", "mg/m2", "kg/m2", "%", "1", "h", "d", "wk", "mo", "a", "min",
    "hour", "day", "week", "month", "year", "mm[Hg]", "[iU]/mL", "[iU]/L", "k[iU]/L", "uL", "mol/L", "mmol/mol",
    "meq/L", "[iU]", "m[iU]/L", "10*6/uL", "10*12/L", "/mL", "m2", "mg/d", "mg/kg/d", "g/kg", "mL/min",
    "mL/min/{1.73_m2}", "s", "{score}", "{MME}", "{tablet}", "{dose}",
)  # fmt: skip
FACT_DIGITS = (WHOLE_DIGITS, PLACES)
OTHER_UNIT = "a unit that SQL does not convert here"


def factor_between(source: str, target: str) -> Decimal | None:
    """The exact decimal by which a number of one unit becomes one of another; None where there is none."""
    line = line_between(source, target)
    if line is None or line.shift:
        return None
    return decimal_of(line.slope)


def decimal_of(fraction: Fraction) -> Decimal | None:
    """A fraction as a decimal with at most 12 places before and after the point; None where it is none."""
    scaled = fraction * 10**12
    if scaled.denominator != 1 or abs(scaled.numerator) >= 10**24:
        return None
    return Decimal(scaled.numerator).scaleb(-12).normalize()


def normalised(
    scope: Scope, target: str, given: Given, guard: Callable[[exp.Expression, str], None]
) -> tuple[exp.Expression, int, Decimal]:
    """The number of a quantity in a unit that is known when the policy is compiled; its places, and its limit."""
    factors, value, unit = _factors(target), given.value, given.unit
    known = [text(each) for each in (target, *factors)]
    # a number without a unit is not taken for one in the declared unit
    is_known = exp.Coalesce(this=exp.In(this=unit, expressions=known), expressions=[FALSE])
    guard(all_of([not_(is_null(value)), not_(is_known)]), OTHER_UNIT)
    places = max((_places(factor) for factor in factors.values()), default=0)
    limit = Decimal(10) ** WHOLE_DIGITS * max((abs(factor) for factor in factors.values()), default=Decimal(1))
    # branches of one type: the fact's own unit first, for it is what most rows have
    branches = [
        (exp.EQ(this=unit, expression=text(each)), times(scope, value, FACT_DIGITS, factor))
        for each, factor in factors.items()
    ]
    limit = max(limit, Decimal(10) ** WHOLE_DIGITS)
    same = cast(value, f"DECIMAL({len(str(int(limit))) + PLACES + places}, {PLACES + places})")
    return case(branches, same if branches else value), PLACES + places, limit


def _factors(target: str) -> dict[str, Decimal]:
    """How a number of each of the usual units becomes one of another, in so few digits that there is room for it."""
    found = {each: factor_between(each, target) for each in USUAL_UNITS if each != target}
    return {each: factor for each, factor in found.items() if factor is not None and _fits(factor)}


def times(scope: Scope, value: exp.Expression, digits: tuple[int, int], factor: Decimal) -> exp.Expression:
    """A number times a factor, exactly."""
    return scope.dialect.product(value, digits, number(factor), (len(str(int(abs(factor)))), _places(factor)))


def _fits(factor: Decimal) -> bool:
    """Whether a factor leaves room for the number in 38 digits, beside other units."""
    return abs(factor) <= 10**6 and _places(factor) <= 8


def _places(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


def in_unit(scope: Scope, term: Term, unit: str | None) -> Term:
    """A quantity as a number of another unit, exactly. Raises `RefusedError` where no decimal says it."""
    if term.unit is None and term.given is not None and unit is not None:
        return _from_given(scope, term, term.given, unit)
    if term.unit == unit:
        return term
    factor = None if term.unit is None or unit is None else factor_between(term.unit, unit)
    if factor is None:
        raise RefusedError(f"`{term.unit}` in `{unit}` cannot be said in SQL")
    if isinstance(term.low, exp.Null):
        return replace(term, unit=unit)
    literal = term.low
    if isinstance(literal, exp.Literal):
        exact = (Decimal(literal.name) * factor).normalize()
        return replace(term, low=number(exact), unit=unit, limit=abs(exact), places=_places(exact))
    return replace(
        term,
        low=times(scope, term.low, term.digits, factor),
        high=None if term.high is None else times(scope, term.high, term.digits, factor),
        unit=unit,
        limit=term.limit * abs(factor),
        places=term.places + _places(factor),
    )


def _from_given(scope: Scope, term: Term, given: Given, unit: str) -> Term:
    """A quantity whose fact declares no unit, in the unit that it is used in; a row with one far from it is refused."""
    low, places, limit = normalised(scope, unit, given, scope.guard)
    low = scope.translation.hoisted("in_unit", low)
    foreign = exp.NEQ(this=given.unit, expression=text(unit))
    return replace(term, low=low, places=places, limit=limit, unit=unit, foreign=foreign)


def in_own_unit(scope: Scope, term: Term) -> Term:
    """A quantity to reckon with, in the unit in which the case gives it: what is computed is rounded in that unit.

    A row with another unit than the fact's own is refused. A fact without a declared unit keeps the one that is given.
    """
    if term.unit is None:
        return term
    if term.foreign is None:
        raise RefusedError(f"arithmetic with a quantity of which the unit in the case is not known, `{term.unit}` here")
    scope.guard(term.foreign, "a quantity to reckon with is in another unit than its fact's own")
    if term.given is None:
        return replace(term, foreign=FALSE)
    limit = Decimal(10) ** WHOLE_DIGITS
    return replace(term, low=term.given.value, limit=limit, places=PLACES, foreign=FALSE, given=None)


def same_unit(scope: Scope, left: Term, right: Term) -> tuple[Term, Term]:
    """Two quantities as numbers of one unit. Raises `RefusedError` where CQL's answer would be null."""
    if left.unit is None or right.unit is None:
        return _beside_given(scope, left, right)
    if left.unit == right.unit:
        return left, right
    if not units.commensurable(left.unit, right.unit):
        raise RefusedError(f"`{left.unit}` against `{right.unit}` cannot be said in SQL")
    if isinstance(left.low, exp.Literal):
        return in_unit(scope, left, right.unit), right
    return left, in_unit(scope, right, left.unit)


def _beside_given(scope: Scope, left: Term, right: Term) -> tuple[Term, Term]:
    """Where the unit of one is only known in the row: in the other's unit, or both in the same."""
    for each, other in ((left, right), (right, left)):
        if isinstance(each.low, exp.Null):
            return (each, other) if each is left else (other, each)
        if each.unit is None and each.given is None:
            raise RefusedError("a quantity of which the unit is not known cannot be compared in SQL")
    if left.unit is not None or right.unit is not None:
        unit = left.unit or right.unit
        return in_unit(scope, left, unit), in_unit(scope, right, unit)
    assert left.given is not None
    assert right.given is not None
    unlike = exp.NEQ(this=left.given.unit, expression=right.given.unit)
    scope.guard(unlike, "two quantities to compare are in different units")
    return left, right
