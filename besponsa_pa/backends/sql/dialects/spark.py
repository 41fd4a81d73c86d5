"""Spark SQL: arrays of structs and lambdas, decimals of at most 38 digits.

Spark gives every sum a digit more, and cuts places off where 38 digits are not enough: so each number is cast to the
digits that it can have, and what does not fit is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from besponsa_pa.backends.sql.dialects.dialect import (
    Array,
    Body,
    Dialect,
    Digits,
    are_short,
    call,
    cast,
    decimal,
    each_lambda,
    nearest_root,
    rounded_quotient,
    same_bytes,
    struct,
    whole,
)
from besponsa_pa.backends.sql.terms import FALSE, RefusedError, binary, case, is_null, not_, number, text

TOTAL = "total"
STEP = "0.00000001"
# digits that a quotient of 38 leaves before the point
WHOLE_OF_QUOTIENT = 32


def _filtered(array: Array, variable: str, body: Body) -> exp.Expression:
    return call("FILTER", array, each_lambda(variable, body))


def _transformed(array: Array, variable: str, body: Body) -> exp.Expression:
    return call("TRANSFORM", array, each_lambda(variable, body))


def _aggregated(array: Array, start: exp.Expression, variable: str, body: Body) -> exp.Expression:
    """`body` makes the next total of the total and an element."""
    step = exp.Lambda(this=body, expressions=[exp.to_identifier(TOTAL), exp.to_identifier(variable)])
    return call("AGGREGATE", array, start, step)


def _bits(array: Array, variable: str, body: Body) -> exp.Expression:
    joined = binary(exp.BitwiseOr, exp.column(TOTAL), cast(body, "BIGINT"))
    return _aggregated(array, cast(number(0), "BIGINT"), variable, joined)


def _total(array: Array, variable: str, body: Body) -> exp.Expression:
    kind = "DECIMAL(38, 8)"
    total, value = exp.column(TOTAL), cast(body, kind)
    added = cast(binary(exp.Add, exp.Coalesce(this=total, expressions=[number(0)]), value), kind)
    return _aggregated(array, cast(exp.Null(), kind), variable, case([(is_null(value), total)], added))


def _count_distinct(array: Array, variable: str, body: Body) -> exp.Expression:
    values = call("ARRAY_DISTINCT", _transformed(array, variable, body))
    return call("SIZE", call("ARRAY_COMPACT", values))


def _product(left: exp.Expression, left_digits: Digits, right: exp.Expression, right_digits: Digits) -> exp.Expression:
    if are_short(left_digits, right_digits):
        return binary(exp.Mul, left, right)
    if sum(left_digits) + sum(right_digits) > SPARK.digits - 1:
        raise RefusedError("a product of so many digits cannot be said in SQL for `spark`")
    return exp.Mul(this=_exact(left, left_digits), expression=_exact(right, right_digits))


def _exact(expression: exp.Expression, digits: Digits) -> exp.Expression:
    return cast(expression, decimal(digits))


def _quotient(left: exp.Expression, left_digits: Digits, right: exp.Expression, right_digits: Digits) -> exp.Expression:
    """`%` is exact, and so is the quotient of what it leaves: a whole number."""
    if left_digits[0] + 10 + right_digits[1] > WHOLE_OF_QUOTIENT:
        raise RefusedError("a quotient of so many digits cannot be said in SQL for `spark`")

    def whole_quotient(numerator: exp.Expression, divisor: exp.Expression) -> exp.Expression:
        rest = exp.Paren(this=exp.Mod(this=numerator, expression=divisor))
        even = exp.Paren(this=exp.Sub(this=numerator, expression=rest))
        whole = exp.Div(this=even, expression=divisor, typed=True, safe=False)
        return cast(whole, f"DECIMAL({left_digits[0] + 9 + right_digits[1]}, 0)")

    quotient = rounded_quotient(_exact(left, left_digits), _exact(right, right_digits), whole_quotient)
    return _exact(quotient, (left_digits[0] + right_digits[1], 8))


def _square_root(value: exp.Expression, digits: Digits) -> exp.Expression:
    """The root as a float is off by one step at most; which step is right is told in whole numbers."""
    square = cast(binary(exp.Mul, _exact(value, digits), number(10**16)), f"DECIMAL({digits[0] + 16}, 0)")
    near = cast(exp.Round(this=exp.Sqrt(this=cast(square, "DOUBLE"))), "DECIMAL(18, 0)")
    return cast(exp.Mul(this=nearest_root(square, near), expression=exp.Literal.number(STEP)), "DECIMAL(27, 8)")


def _texts(texts: Sequence[tuple[exp.Expression, str]]) -> exp.Expression:
    if not texts:
        return cast(call("ARRAY"), "ARRAY<STRING>")
    items = call("ARRAY", *(case([(condition, text(each))]) for condition, each in texts))
    return _filtered(items, "each_text", not_(is_null(exp.column("each_text"))))


def _finished(statement: exp.Expression) -> exp.Expression:
    """Conditions that are NULL by themselves as Booleans, for NULL has a type of its own."""
    for branch in list(statement.find_all(exp.If)):
        if isinstance(branch.this, exp.Null):
            branch.set("this", cast(exp.Null(), "BOOLEAN"))
    return statement


SPARK = Dialect(
    name="spark",
    any_true=lambda array, variable, body: call(
        "EXISTS", array, each_lambda(variable, exp.Coalesce(this=body, expressions=[FALSE]))
    ),
    count_true=lambda array, variable, body: call("SIZE", _filtered(array, variable, body)),
    bits=_bits,
    mapped=_transformed,
    with_fields=lambda array, variable, fields: _transformed(array, variable, struct(fields)),
    least=lambda array, variable, body: call("ARRAY_MIN", _transformed(array, variable, body)),
    greatest=lambda array, variable, body: call("ARRAY_MAX", _transformed(array, variable, body)),
    total=_total,
    part=lambda variable, name, _: exp.column(name, table=variable, quoted=True),
    single=lambda variable, _: exp.column(variable),
    count_distinct=_count_distinct,
    filtered=_filtered,
    end=lambda array, last: call("SLICE", array, number(-1 if last else 1), number(1)),
    only=lambda array, variable, body: call("GET", _transformed(array, variable, body), number(0)),
    array_or_empty=lambda column: exp.Coalesce(this=column, expressions=[call("ARRAY")]),
    date_from_text=lambda written: cast(written, "DATE"),
    months_later=lambda date, months: call("ADD_MONTHS", date, whole(months)),
    days_later=lambda date, days: call("DATE_ADD", date, whole(days)),
    days_between=lambda start, end: call("DATEDIFF", end, start),
    product=_product,
    quotient=_quotient,
    square_root=_square_root,
    text_array=_texts,
    number_text=lambda value: call("FORMAT_NUMBER", value, text("0.########")),
    date_text=lambda date: call("DATE_FORMAT", date, text("yyyy-MM-dd")),
    is_ascii=same_bytes("OCTET_LENGTH"),
    collapsed_spaces=lambda written: call("TRIM", call("REGEXP_REPLACE", written, text(r"\s+"), text(" "))),
    exact=_exact,
    finished=_finished,
    # a digit is kept for the carry of a sum
    digits=37,
)
