"""Quantities compared, converted, added and multiplied, in fractions up to the last step."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from besponsa_pa.units.converting import conversion, equivalence, line_between, product
from besponsa_pa.values import EXACT, Quantity, Ratio, decimal


def compare(left: Quantity, right: Quantity) -> int | None:
    """-1, 0 or 1 as the left quantity is less than, equal to or more than the right one, exactly.

    None where they do not compare: other dimensions, or calendar years and months against definite durations
    (`1 year = 1 'a'` and `12 months > 300 days` are null). CQL 1.5, Reference, Equal and Comparison Operators.
    """
    line = line_between(left.unit, right.unit)
    if line is None:
        return None
    here, there = line.at(left.value), Fraction(right.value)
    return (here > there) - (here < there)


def convert(quantity: Quantity, unit: str) -> Quantity | None:
    """The same quantity in another unit, rounded to the 8 places of a Decimal; null where it does not convert.

    CQL 1.5, Reference, ConvertQuantity.
    """
    if quantity.unit == unit:
        return quantity
    line = line_between(quantity.unit, unit)
    return None if line is None else _quantity(line.at(quantity.value), unit)


def equivalent_values(left: Quantity, right: Quantity) -> tuple[Decimal, Decimal] | None:
    """Both numbers in one unit, for `~` to compare by the rules of decimals; None where none converts.

    In the larger of the two units, so that `~` is the same from either side. Here a calendar year is also an `a` and
    365 days, a month a `mo` and 30 days. CQL 1.5, Reference, Equivalent.
    """
    if left.unit == right.unit:
        return left.value, right.value
    line = equivalence(left.unit, right.unit)
    if line is None:
        return None
    if line.slope <= 1:
        return _exact(line.at(left.value)), right.value
    return left.value, _exact(line.inverse.at(right.value))


def equivalent_ratios(left: Ratio, right: Ratio) -> bool:
    """Whether two ratios are the same proportion, such as `1:100` and `10:1000` (CQL 1.5, Reference, Equivalent).

    A ratio to nothing is no proportion: it is equivalent only to one of the same terms.
    """
    above = equivalence(left.numerator.unit, right.numerator.unit)
    below = equivalence(left.denominator.unit, right.denominator.unit)
    if above is None or below is None:
        return False
    numerator, denominator = above.at(left.numerator.value), below.at(left.denominator.value)
    other_numerator, other_denominator = Fraction(right.numerator.value), Fraction(right.denominator.value)
    if not denominator or not other_denominator:
        return (numerator, denominator) == (other_numerator, other_denominator)
    return numerator * other_denominator == other_numerator * denominator


def add(left: Quantity, right: Quantity) -> Quantity | None:
    """The sum, in the finer of both units; null where they do not convert.

    CQL 1.5, Reference, Add: the result has the most granular unit of both.
    """
    factor = conversion(left.unit, right.unit)
    if factor is None:
        return None
    if factor <= 1:
        return _quantity(Fraction(left.value) + Fraction(right.value) / factor, left.unit)
    return _quantity(Fraction(left.value) * factor + Fraction(right.value), right.unit)


def subtract(left: Quantity, right: Quantity) -> Quantity | None:
    """The difference, in the finer of both units; null where they do not convert (CQL 1.5, Reference, Subtract)."""
    return add(left, Quantity(right.value.copy_negate(), right.unit))


def multiply(left: Quantity, right: Quantity) -> Quantity | None:
    """The product with the product of the units: `1.5 'mg/m2' * 2 'm2'` is `3 'mg'`.

    Null for temperatures and other special units, and for years and months times anything but a number.
    CQL 1.5, Reference, Multiply.
    """
    unit = product(left.unit, right.unit, 1)
    return None if unit is None else _quantity(Fraction(left.value) * Fraction(right.value), unit)


def divide(left: Quantity, right: Quantity) -> Quantity | None:
    """The quotient with the quotient of the units: `10 'cm2' / 2 'cm'` is `5 'cm'`; null when divided by zero.

    Units that differ are kept, not converted: `1 'g' / 2 'mg'` is `0.5 'g/mg'`, which equals 500.
    CQL 1.5, Reference, Divide.
    """
    unit = product(left.unit, right.unit, -1)
    if unit is None or not right.value:
        return None
    return _quantity(Fraction(left.value) / Fraction(right.value), unit)


def _quantity(number: Fraction, unit: str) -> Quantity | None:
    """A quantity with the Decimal nearest to an exact number; null when that is out of range."""
    value = decimal(_exact(number))
    return None if value is None else Quantity(value, unit)


def _exact(number: Fraction) -> Decimal:
    """A fraction as a decimal of 100 digits: far more than it takes to round it to 8 places rightly."""
    return EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))
