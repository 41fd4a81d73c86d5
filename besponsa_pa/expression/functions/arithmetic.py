"""Arithmetic: sums, products, rounding, powers, neighbours and precision (CQL 1.5, Arithmetic Operators)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal

from besponsa_pa import units
from besponsa_pa.expression import numbers, points
from besponsa_pa.expression.functions.table import Operator, Overload, Unknowns, overload
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.values import EXACT, EvaluationError, Quantity, Value, integer, long

SECTION = "CQL 1.5, Arithmetic Operators: "

_multiply, _divide = numbers.exact(EXACT.multiply), numbers.exact(EXACT.divide)
_quotient, _remainder = numbers.exact(EXACT.divide_int), numbers.exact(EXACT.remainder)
_negate, _absolute = numbers.exact(EXACT.minus), numbers.exact(EXACT.abs)


def _exponential(exponent: Decimal) -> Decimal:
    """Raises `EvaluationError` for a result that is out of range, as HL7's tests have it."""
    result = numbers.short(EXACT.exp)(exponent)
    if result is None:
        raise EvaluationError(f"`Exp({text_of(exponent)})` is larger than a decimal can be")
    return result


def _natural_logarithm(number: Decimal) -> Decimal:
    """Raises `EvaluationError` for zero and less, which have no logarithm, as HL7's tests have it."""
    result = numbers.short(EXACT.ln)(number) if number > 0 else None
    if result is None:
        raise EvaluationError(f"there is no logarithm of {text_of(number)}")
    return result


def _multiply_by_quantity(number: Decimal, quantity: Quantity) -> Quantity | None:
    return numbers.on_quantity(_multiply)(quantity, number)


def _divide_by_quantity(number: Decimal, quantity: Quantity) -> Quantity | None:
    return units.divide(Quantity(number), quantity)


def _same(value: Value) -> Value:
    return value


def _neighbour(find: Callable[[Value], Value], edge: str) -> Callable[[Value], Value]:
    """The value next to another; beyond the last of a type there is none, which is an error."""

    def run(value: Value) -> Value:
        neighbour = find(value)
        if neighbour is None:
            raise EvaluationError(f"there is no value {edge} {text_of(value)}")
        return neighbour

    return run


def _whole_neighbour(limit: Callable[[int], int | None], step: int) -> Callable[[Value], Value]:
    """Integer and Long are the same numbers here; only their limits differ."""
    return lambda value: limit(value + step) if isinstance(value, int) else None


def _neighbours(find: Callable[..., Value], step: int) -> tuple[Overload, ...]:
    edge = "after" if step > 0 else "before"
    return (
        overload("Integer -> Integer", _neighbour(_whole_neighbour(integer, step), edge), "+"),
        overload("Long -> Long", _neighbour(_whole_neighbour(long, step), edge), "+"),
        *(
            overload(f"{kind} -> {kind}", _neighbour(find, edge), "+")
            for kind in ("Decimal", "Quantity", "Date", "DateTime", "Time")
        ),
    )


BASIC = (
    Operator(
        "Add", "{0} + {1}",
        "The sum. Quantities of different units are added in the finer of both; a bare number and a unit do not add.",
        SECTION + "Add",
        (
            overload("Integer, Integer -> Integer", numbers.whole(integer, operator.add), "++"),
            overload("Long, Long -> Long", numbers.whole(long, operator.add), "++"),
            overload("Decimal, Decimal -> Decimal", numbers.exact(EXACT.add), "++"),
            overload("Quantity, Quantity -> Quantity", units.add, "++"),
        ),
        (("0.1 + 0.2", "0.3"), ("5 'mg' + 10 'mg'", "15 'mg'"), ("2147483647 + 1", "null"), ("1 + null", "null")),
        precedence="addition",
    ),
    Operator(
        "Subtract", "{0} - {1}",
        "The difference. Quantities of different units are subtracted in the finer of both.",
        SECTION + "Subtract",
        (
            overload("Integer, Integer -> Integer", numbers.whole(integer, operator.sub), "+-"),
            overload("Long, Long -> Long", numbers.whole(long, operator.sub), "+-"),
            overload("Decimal, Decimal -> Decimal", numbers.exact(EXACT.subtract), "+-"),
            overload("Quantity, Quantity -> Quantity", units.subtract, "+-"),
        ),
        (("3.14 - 3.12", "0.02"), ("6 - 8", "-2"), ("-2147483647 - 2", "null")),
        precedence="addition",
    ),
    Operator(
        "Multiply", "{0} * {1}",
        "The product, exact to 8 places; the units of quantities are multiplied too.",
        SECTION + "Multiply",
        (
            overload("Integer, Integer -> Integer", numbers.whole(integer, operator.mul)),
            overload("Long, Long -> Long", numbers.whole(long, operator.mul)),
            overload("Decimal, Decimal -> Decimal", _multiply),
            overload("Quantity, Quantity -> Quantity", units.multiply),
            overload("Quantity, Decimal -> Quantity", numbers.on_quantity(_multiply)),
            overload("Decimal, Quantity -> Quantity", _multiply_by_quantity),
        ),
        (("1.5 * 1.2", "1.80"), ("3 * 40 'mg'", "120 'mg'"), ("2147483647 * 2", "null")),
        precedence="multiplication",
    ),
    Operator(
        "Divide", "{0} / {1}",
        "The quotient as a decimal, also of two whole numbers. Dividing by zero gives null.",
        SECTION + "Divide",
        (
            overload("Decimal, Decimal -> Decimal", _divide),
            overload("Quantity, Quantity -> Quantity", units.divide),
            overload("Quantity, Decimal -> Quantity", numbers.on_quantity(_divide)),
            overload("Decimal, Quantity -> Quantity", _divide_by_quantity),
        ),
        (("10 / 4", "2.5"), ("10 / 3", "3.33333333"), ("90 'mg' / 3", "30 'mg'"), ("1 / 0", "null")),
        precedence="multiplication",
    ),
    Operator(
        "TruncatedDivide", "{0} div {1}",
        "The quotient without its fraction, cut off towards zero. Dividing by zero gives null.",
        SECTION + "Truncated Divide",
        (
            overload("Integer, Integer -> Integer", numbers.whole(integer, numbers.quotient)),
            overload("Long, Long -> Long", numbers.whole(long, numbers.quotient)),
            overload("Decimal, Decimal -> Decimal", _quotient),
            overload("Quantity, Quantity -> Quantity", numbers.in_one_unit(_quotient)),
            overload("Quantity, Decimal -> Quantity", numbers.on_quantity(_quotient)),
        ),
        (("10 div 3", "3"), ("-10 div 3", "-3"), ("2 div 0", "null")),
        precedence="multiplication",
    ),
    Operator(
        "Modulo", "{0} mod {1}",
        "What `div` leaves, with the sign of the first number. Dividing by zero gives null.",
        SECTION + "Modulo",
        (
            overload("Integer, Integer -> Integer", numbers.whole(integer, numbers.remainder)),
            overload("Long, Long -> Long", numbers.whole(long, numbers.remainder)),
            overload("Decimal, Decimal -> Decimal", _remainder),
            overload("Quantity, Quantity -> Quantity", numbers.in_one_unit(_remainder)),
            overload("Quantity, Decimal -> Quantity", numbers.on_quantity(_remainder)),
        ),
        (("10 mod 3", "1"), ("-10 mod 3", "-1"), ("3.5 mod 3", "0.5"), ("10 mod 0", "null")),
        precedence="multiplication",
    ),
    Operator(
        "Negate", "-{0}",
        "The number with the other sign.",
        SECTION + "Negate",
        (
            overload("Integer -> Integer", numbers.whole(integer, operator.neg), "-"),
            overload("Long -> Long", numbers.whole(long, operator.neg), "-"),
            overload("Decimal -> Decimal", _negate, "-"),
            overload("Quantity -> Quantity", numbers.on_quantity(_negate), "-"),
        ),
        (("-(3 - 5)", "2"), ("-(5 'mg')", "-5 'mg'"), ("-(minimum Integer)", "null")),
        precedence="prefix",
    ),
    Operator(
        "Positive", "+{0}",
        "The number as it is.",
        "CQL 1.5, Formal Specification: polarityExpressionTerm",
        tuple(overload(f"{kind} -> {kind}", _same, "+") for kind in ("Integer", "Long", "Decimal", "Quantity")),
        (("+1.50", "1.50"), ("+(null as Integer)", "null")),
        precedence="prefix",
    ),
)  # fmt: skip

ROUNDING = (
    Operator(
        "Abs", "Abs({0})",
        "The number without its sign.",
        SECTION + "Abs",
        (
            overload("Integer -> Integer", numbers.whole(integer, abs)),
            overload("Long -> Long", numbers.whole(long, abs)),
            overload("Decimal -> Decimal", _absolute),
            overload("Quantity -> Quantity", numbers.on_quantity(_absolute)),
        ),
        (("Abs(-5.5)", "5.5"), ("Abs(-5 'mg')", "5 'mg'"), ("Abs(minimum Integer)", "null")),
    ),
    Operator(
        "Ceiling", "Ceiling({0})",
        "The number rounded up to a whole one, such as the packages that a dose takes.",
        SECTION + "Ceiling",
        (overload("Decimal -> Integer", numbers.to_integer(ROUND_CEILING), "+"),),
        (("Ceiling(1.1)", "2"), ("Ceiling(-1.1)", "-1"), ("Ceiling(2147483647.5)", "null")),
    ),
    Operator(
        "Floor", "Floor({0})",
        "The number rounded down to a whole one.",
        SECTION + "Floor",
        (overload("Decimal -> Integer", numbers.to_integer(ROUND_FLOOR), "+"),),
        (("Floor(2.9)", "2"), ("Floor(-1.1)", "-2"), ("Floor(-2147483648.5)", "null")),
    ),
    Operator(
        "Truncate", "Truncate({0})",
        "The whole number before the point, whatever follows it.",
        SECTION + "Truncate",
        (overload("Decimal -> Integer", numbers.to_integer(ROUND_DOWN), "+"),),
        (("Truncate(2.9)", "2"), ("Truncate(-1.9)", "-1"), ("Truncate(2147483648.0)", "null")),
    ),
    Operator(
        "Round", "Round({0})",
        "The nearest whole number; a half goes away from zero.",
        SECTION + "Round",
        (overload("Decimal -> Decimal", numbers.round_to, "+"),),
        (("Round(2.5)", "3.0"), ("Round(-0.5)", "-1.0"), ("Round(0.49999999)", "0.0"), ("Round(null)", "null")),
    ),
    Operator(
        "Round", "Round({0}, {1})",
        "The nearest number with so many places after the point; a half goes away from zero.",
        SECTION + "Round",
        (overload("Decimal, Integer -> Decimal", numbers.round_to, "+0"),),
        (("Round(3.14159, 2)", "3.14"), ("Round(2.675, 2)", "2.68"), ("Round(3.14159, null)", "3.0")),
        unknowns=Unknowns.NULLS,
    ),
)  # fmt: skip

POWERS = (
    Operator(
        "Exp", "Exp({0})",
        "Euler's number raised to a power. It is a failure where that is too large.",
        SECTION + "Exp",
        (overload("Decimal -> Decimal", _exponential),),
        (("Exp(0)", "1.0"), ("Exp(1)", "2.71828183"), ("Exp(null as Decimal)", "null")),
    ),
    Operator(
        "Ln", "Ln({0})",
        "The natural logarithm. It is a failure for zero and less, which have none.",
        SECTION + "Ln",
        (overload("Decimal -> Decimal", _natural_logarithm),),
        (("Ln(1)", "0.0"), ("Ln(1000.0)", "6.90775528"), ("Ln(null as Decimal)", "null")),
    ),
    Operator(
        "Log", "Log({0}, {1})",
        "The logarithm of the first number to the base of the second.",
        SECTION + "Log",
        (overload("Decimal, Decimal -> Decimal", numbers.short(numbers.logarithm)),),
        (("Log(16, 2)", "4.0"), ("Log(0.125, 2)", "-3.0"), ("Log(1, 1)", "null")),
    ),
    *(
        Operator(
            "Power", syntax,
            "The first number raised to the power of the second.",
            SECTION + "Power",
            (
                overload("Integer, Integer -> Integer", numbers.integer_power(integer)),
                overload("Long, Long -> Long", numbers.integer_power(long)),
                overload("Decimal, Decimal -> Decimal", numbers.short(numbers.power)),
            ),
            examples,
            precedence=precedence,
        )
        for syntax, precedence, examples in (
            ("{0} ^ {1}", "power", (("2 ^ 4", "16"), ("2 ^ -2", "0.25"), ("2 ^ 31", "null"))),
            ("Power({0}, {1})", "call", (("Power(2.5, 2)", "6.25"), ("Power(0, 0)", "1"), ("Power(0, -1)", "null"))),
        )
    ),
)  # fmt: skip

PRECISION = (
    Operator(
        "Successor", "successor of {0}",
        "The next value of the same type: the next day after a date, 0.00000001 more for a decimal.",
        SECTION + "Successor",
        _neighbours(points.successor, 1),
        (("successor of 1", "2"), ("successor of 1.0", "1.00000001"), ("successor of @2024-02-28", "@2024-02-29"),
         ("successor of (null as Integer)", "null")),
        precedence="prefix",
    ),
    Operator(
        "Predecessor", "predecessor of {0}",
        "The value before, of the same type: the day before a date, 0.00000001 less for a decimal.",
        SECTION + "Predecessor",
        _neighbours(points.predecessor, -1),
        (("predecessor of 1", "0"), ("predecessor of @2024-03-01", "@2024-02-29"),
         ("predecessor of (null as Integer)", "null")),
        precedence="prefix",
    ),
    Operator(
        "Precision", "Precision({0})",
        "How many digits a number has after the point, or a date or time in all.",
        SECTION + "Precision",
        tuple(overload(f"{kind} -> Integer", numbers.precision_of) for kind in ("Decimal", "Date", "DateTime", "Time")),
        (("Precision(1.58700)", "5"), ("Precision(@2014)", "4"), ("Precision(null as Date)", "null")),
    ),
    Operator(
        "LowBoundary", "LowBoundary({0}, {1})",
        "The least value that a number or date of limited precision can mean, to so many digits: "
        "8 for a day, 6 for a month. Null digits are the finest.",
        SECTION + "LowBoundary",
        tuple(
            overload(f"{kind}, Integer -> {kind}", numbers.low_boundary)
            for kind in ("Decimal", "Date", "DateTime", "Time")
        ),
        (("LowBoundary(1.587, 8)", "1.58700000"), ("LowBoundary(@2014, 6)", "@2014-01"),
         ("LowBoundary(@2014, null)", "@2014-01-01"), ("LowBoundary(1.587, 9)", "null")),
        unknowns=Unknowns.NULLS,
    ),
    Operator(
        "HighBoundary", "HighBoundary({0}, {1})",
        "The greatest value that a number or date of limited precision can mean, to so many digits: "
        "8 for a day, 6 for a month. Null digits are the finest.",
        SECTION + "HighBoundary",
        tuple(
            overload(f"{kind}, Integer -> {kind}", numbers.high_boundary)
            for kind in ("Decimal", "Date", "DateTime", "Time")
        ),
        (("HighBoundary(1.587, 8)", "1.58799999"), ("HighBoundary(@2024-02, 8)", "@2024-02-29"),
         ("HighBoundary(1.587, null)", "1.58799999"), ("HighBoundary(@2014, 5)", "null")),
        unknowns=Unknowns.NULLS,
    ),
)  # fmt: skip

OPERATORS: tuple[Operator, ...] = (*BASIC, *ROUNDING, *POWERS, *PRECISION)
