"""BigQuery: arrays through which correlated subqueries go, BIGNUMERIC with 38 digits before and after the point.

A list column is a struct with the one field `entries`, for an array of BigQuery is never NULL once it is stored: not to
know of any entries would be the same as to know that there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from besponsa_pa.backends.sql.dialects.dialect import (
    Array,
    Body,
    Dialect,
    Digits,
    call,
    cast,
    nearest_root,
    or_nothing,
    rounded_quotient,
    same_bytes,
)
from besponsa_pa.backends.sql.terms import binary, case, is_null, not_, number, text

ENTRIES = "entries"
VALUE, PLACE, END = "value", "each_place", "each_end"
EXACT = "BIGDECIMAL"
STEP = "0.00000001"
# the largest whole number of 64 bits
LARGEST = 2**63 - 1


def _elements(array: Array, variable: str) -> exp.Expression:
    return exp.Unnest(expressions=[array], alias=exp.TableAlias(columns=[exp.to_identifier(variable)]))


def _where(array: Array, variable: str, body: Body, what: exp.Expression) -> exp.Select:
    return exp.select(what).from_(_elements(array, variable)).where(body)


def _aggregated(how: str) -> Callable[[Array, str, Body], exp.Expression]:
    """An aggregate of the bodies, which have a name first: it may not be of columns of the row around alone."""

    def aggregated(array: Array, variable: str, body: Body) -> exp.Expression:
        bodies = exp.select(exp.alias_(body, VALUE)).from_(_elements(array, variable)).subquery("each_value")
        return exp.select(call(how, exp.column(VALUE, table="each_value"))).from_(bodies).subquery()

    return aggregated


def _count_distinct(array: Array, variable: str, body: Body) -> exp.Expression:
    bodies = exp.select(exp.alias_(body, VALUE)).from_(_elements(array, variable)).subquery("each_value")
    counted = exp.Count(this=exp.Distinct(expressions=[exp.column(VALUE, table="each_value")]))
    return exp.select(counted).from_(bodies).subquery()


def _in_order(array: Array, variable: str) -> exp.Expression:
    alias = exp.TableAlias(columns=[exp.to_identifier(variable)])
    return exp.Unnest(expressions=[array], alias=alias, offset=exp.to_identifier(PLACE))


def _filtered(array: Array, variable: str, body: Body) -> exp.Expression:
    element = exp.column(variable)
    return call("ARRAY", exp.select(element).from_(_in_order(array, variable)).where(body).order_by(exp.column(PLACE)))


def _end(array: Array, last: bool) -> exp.Expression:
    order = exp.Ordered(this=exp.column(PLACE), desc=last)
    found = exp.select(exp.column(END)).from_(_in_order(array, END)).order_by(order).limit(1)
    return call("ARRAY", found)


def _product(left: exp.Expression, left_digits: Digits, right: exp.Expression, right_digits: Digits) -> exp.Expression:
    if left_digits[1] == right_digits[1] == 0 and left_digits[0] + right_digits[0] > len(str(LARGEST)) - 1:
        left = cast(left, EXACT)
    return binary(exp.Mul, left, right)


def _quotient(left: exp.Expression, _: Digits, right: exp.Expression, __: Digits) -> exp.Expression:
    return rounded_quotient(
        cast(left, EXACT), cast(right, EXACT), lambda numerator, divisor: call("DIV", numerator, divisor)
    )


def _square_root(value: exp.Expression, _: Digits) -> exp.Expression:
    """The root as a float is off by one step at most; which step is right is told in whole numbers."""
    square = binary(exp.Mul, cast(value, EXACT), number(10**16))
    near = cast(exp.Round(this=exp.Sqrt(this=cast(square, "DOUBLE"))), EXACT)
    return exp.Mul(this=nearest_root(square, near), expression=exp.Literal.number(STEP))


def _texts(texts: Sequence[tuple[exp.Expression, str]]) -> exp.Expression:
    if not texts:
        return cast(exp.Array(expressions=[]), "ARRAY<TEXT>")
    items = exp.Array(expressions=[case([(condition, text(each))]) for condition, each in texts])
    return _filtered(items, "each_text", not_(is_null(exp.column("each_text"))))


def _finished(statement: exp.Expression) -> exp.Expression:
    """Decimals as BIGNUMERIC, also those written out, which would be floats."""
    for kind in list(statement.find_all(exp.DataType)):
        if kind.this == exp.DataType.Type.DECIMAL:
            kind.replace(exp.DataType.build(EXACT))
    for literal in list(statement.find_all(exp.Literal)):
        if not literal.is_string and ("." in literal.name or int(literal.name) > LARGEST):
            literal.replace(cast(text(literal.name), EXACT))
    return statement


BIGQUERY = Dialect(
    name="bigquery",
    any_true=lambda array, variable, body: exp.Exists(this=_where(array, variable, body, number(1))),
    count_true=lambda array, variable, body: _where(array, variable, body, exp.Count(this=exp.Star())).subquery(),
    bits=lambda array, variable, body: or_nothing(_aggregated("BIT_OR")(array, variable, body)),
    least=_aggregated("MIN"),
    greatest=_aggregated("MAX"),
    total=_aggregated("SUM"),
    part=lambda variable, name, _: exp.column(name, table=variable, quoted=True),
    single=lambda variable, _: exp.column(variable),
    count_distinct=_count_distinct,
    filtered=_filtered,
    end=_end,
    only=lambda array, variable, body: exp.select(body).from_(_elements(array, variable)).limit(1).subquery(),
    array_or_empty=lambda column: exp.Dot(this=column, expression=exp.to_identifier(ENTRIES)),
    date_from_text=lambda written: cast(written, "DATE"),
    months_later=lambda date, months: exp.DateAdd(this=date, expression=months, unit=exp.var("MONTH")),
    days_later=lambda date, days: exp.DateAdd(this=date, expression=days, unit=exp.var("DAY")),
    days_between=lambda start, end: exp.DateDiff(this=end, expression=start, unit=exp.var("DAY")),
    product=_product,
    quotient=_quotient,
    square_root=_square_root,
    text_array=_texts,
    number_text=lambda value: cast(value, "VARCHAR"),
    date_text=lambda date: cast(date, "VARCHAR"),
    is_ascii=same_bytes("BYTE_LENGTH"),
    collapsed_spaces=lambda written: call("TRIM", call("REGEXP_REPLACE", written, text(r"\s+"), text(" "))),
    finished=_finished,
)
