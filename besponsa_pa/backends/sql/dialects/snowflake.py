"""Snowflake: semi-structured arrays and lambdas, numbers of at most 38 digits.

A product keeps only 12 places there, or as many as an operand has: so what has more is multiplied as whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from besponsa_pa.backends.sql.dialects.dialect import (
    KIND,
    Array,
    Body,
    Dialect,
    Digits,
    are_short,
    call,
    cast,
    each_lambda,
    nearest_root,
    rounded_quotient,
    same_bytes,
    typed_part,
    without_zeros,
)
from besponsa_pa.backends.sql.terms import RefusedError, binary, case, is_null, number, text

# the places of a product at least
PLACES_OF_PRODUCT = 12
TOTAL = "total"
STEP = "0.00000001"
WIDEST = "DECIMAL(38, 0)"


def _filtered(array: Array, variable: str, body: Body) -> exp.Expression:
    return call("FILTER", array, each_lambda(variable, body))


def _count(array: Array, variable: str, body: Body) -> exp.Expression:
    return call("ARRAY_SIZE", _filtered(array, variable, body))


def _reduced(array: Array, start: exp.Expression, variable: str, body: Body) -> exp.Expression:
    """`body` makes the next total of the total and an element."""
    step = exp.Lambda(this=body, expressions=[exp.to_identifier(TOTAL), exp.to_identifier(variable)])
    return call("REDUCE", array, start, step)


def _bits(array: Array, variable: str, body: Body) -> exp.Expression:
    joined = exp.BitwiseOr(this=exp.column(TOTAL), expression=body)
    return _reduced(array, cast(number(0), "BIGINT"), variable, joined)


def _transformed(array: Array, variable: str, body: Body) -> exp.Expression:
    return call("TRANSFORM", array, each_lambda(variable, body))


def _extreme(how: str) -> Callable[[Array, str, Body], exp.Expression]:
    return lambda array, variable, body: _typed(call(how, _transformed(array, variable, body)), body)


def _count_distinct(array: Array, variable: str, body: Body) -> exp.Expression:
    values = call("ARRAY_DISTINCT", call("ARRAY_COMPACT", _transformed(array, variable, body)))
    return call("ARRAY_SIZE", values)


def _end(array: Array, last: bool) -> exp.Expression:
    if not last:
        return call("ARRAY_SLICE", array, number(0), number(1))
    size = call("ARRAY_SIZE", array)
    return call("ARRAY_SLICE", array, exp.Sub(this=size, expression=number(1)), size.copy())


def _total(array: Array, variable: str, body: Body) -> exp.Expression:
    total, kind = exp.column(TOTAL), "DECIMAL(38, 8)"
    added = cast(binary(exp.Add, exp.Coalesce(this=total, expressions=[number(0)]), body), kind)
    return _reduced(array, cast(exp.Null(), kind), variable, case([(is_null(body), total)], added))


def _typed(variant: exp.Expression, body: Body) -> exp.Expression:
    """An element of an array as what the body that made it is. Raises `RefusedError` where that is not seen from it."""
    kind = _kind(body)
    if kind is None:
        raise RefusedError("a value of this kind among the elements of a list cannot be said in SQL for `snowflake`")
    return cast(variant, kind)


def _kind(body: Body) -> str | None:
    match body:
        case exp.Case():
            results = [branch.args["true"] for branch in body.args["ifs"]]
            otherwise = body.args.get("default")
            kinds = (_kind(each) for each in (*results, *([otherwise] if otherwise else [])))
            return next((kind for kind in kinds if kind is not None), None)
        case exp.Column() if KIND in body.this.meta:
            return str(body.this.meta[KIND])
        case exp.Cast():
            return body.to.sql("snowflake")
        case exp.Literal():
            return "VARCHAR" if body.is_string else f"DECIMAL(38, {len(body.name.partition('.')[2])})"
        case exp.Boolean() | exp.Predicate() | exp.Connector() | exp.Not():
            return "BOOLEAN"
        case exp.Anonymous() if body.name in ("TO_DATE", "DATEADD"):
            return "DATE"
        case exp.Paren() | exp.Coalesce() | exp.Neg() | exp.Abs():
            return _kind(body.this)
        case exp.Round():
            return "DECIMAL(38, 8)"
        case _:
            return None


def _product(left: exp.Expression, left_digits: Digits, right: exp.Expression, right_digits: Digits) -> exp.Expression:
    places = left_digits[1] + right_digits[1]
    if are_short(left_digits, right_digits) or places <= max(PLACES_OF_PRODUCT, left_digits[1], right_digits[1]):
        return binary(exp.Mul, left, right)
    if sum(left_digits) + sum(right_digits) > SNOWFLAKE.digits:
        raise RefusedError("a product of so many digits cannot be said in SQL for `snowflake`")
    steps = exp.Mul(this=_whole(left, left_digits[1]), expression=_whole(right, right_digits[1]))
    return exp.Mul(this=steps, expression=exp.Literal.number(f"0.{'1'.rjust(places, '0')}"))


def _whole(expression: exp.Expression, places: int) -> exp.Expression:
    """A number of so many places as a whole number of its smallest step."""
    return cast(binary(exp.Mul, expression, number(10**places)), WIDEST)


def _quotient(left: exp.Expression, left_digits: Digits, right: exp.Expression, right_digits: Digits) -> exp.Expression:
    """`%` is exact, and so is the quotient of what it leaves: a whole number.

    Snowflake gives it 6 places more, so one of more than 10**24 stops the statement with an error.
    """
    places = max(left_digits[1], right_digits[1])
    if max(left_digits[0], right_digits[0]) + 10 + places > SNOWFLAKE.digits:
        raise RefusedError("a quotient of so many digits cannot be said in SQL for `snowflake`")

    def whole_quotient(numerator: exp.Expression, divisor: exp.Expression) -> exp.Expression:
        rest = exp.Paren(this=exp.Mod(this=numerator, expression=divisor))
        even = exp.Paren(this=exp.Sub(this=numerator, expression=rest))
        return cast(exp.Div(this=even, expression=divisor, typed=True, safe=False), WIDEST)

    return rounded_quotient(_whole(left, places), _whole(right, places), whole_quotient)


def _square_root(value: exp.Expression, _: Digits) -> exp.Expression:
    """The root as a float is off by one step at most; which step is right is told in whole numbers."""
    square = cast(binary(exp.Mul, value, number(10**16)), WIDEST)
    near = cast(exp.Round(this=exp.Sqrt(this=square)), "DECIMAL(18, 0)")
    return exp.Mul(this=nearest_root(square, near), expression=exp.Literal.number(STEP))


def _texts(texts: Sequence[tuple[exp.Expression, str]]) -> exp.Expression:
    return call("ARRAY_CONSTRUCT_COMPACT", *(case([(condition, text(each))]) for condition, each in texts))


def _moved(unit: str) -> Callable[[exp.Expression, exp.Expression], exp.Expression]:
    return lambda date, count: call("DATEADD", exp.var(unit), count, date)


def _finished(statement: exp.Expression) -> exp.Expression:
    """The fields of elements, which are JSON, as their types."""
    for column in list(statement.find_all(exp.Column)):
        if KIND in column.this.meta:
            field = call("GET", exp.column(column.table), text(column.name))
            column.replace(cast(field, column.this.meta[KIND]))
    return statement


SNOWFLAKE = Dialect(
    name="snowflake",
    any_true=lambda array, variable, body: exp.GT(this=_count(array, variable, body), expression=number(0)),
    count_true=_count,
    bits=_bits,
    least=_extreme("ARRAY_MIN"),
    greatest=_extreme("ARRAY_MAX"),
    total=_total,
    part=typed_part,
    single=lambda variable, kind: cast(exp.column(variable), kind),
    count_distinct=_count_distinct,
    filtered=_filtered,
    end=_end,
    only=lambda array, variable, body: _typed(call("GET", _transformed(array, variable, body), number(0)), body),
    array_or_empty=lambda column: exp.Coalesce(this=column, expressions=[call("ARRAY_CONSTRUCT")]),
    date_from_text=lambda written: call("TO_DATE", written, text("YYYY-MM-DD")),
    months_later=_moved("MONTH"),
    days_later=_moved("DAY"),
    days_between=lambda start, end: call("DATEDIFF", exp.var("DAY"), start, end),
    product=_product,
    quotient=_quotient,
    square_root=_square_root,
    text_array=_texts,
    number_text=lambda value: without_zeros(cast(value, "VARCHAR")),
    date_text=lambda date: call("TO_CHAR", date, text("YYYY-MM-DD")),
    is_ascii=same_bytes("OCTET_LENGTH"),
    collapsed_spaces=lambda written: call("TRIM", call("REGEXP_REPLACE", written, text(r"\s+"), text(" "))),
    finished=_finished,
)
