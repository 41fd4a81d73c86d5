"""DuckDB: lists of structs and lambdas, decimals of at most 38 digits."""

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
    each_lambda,
    or_nothing,
    same_bytes,
    struct,
    whole,
    without_zeros,
)
from besponsa_pa.backends.sql.terms import all_of, binary, case, not_, number, text

# the widest decimal in 64 bits
NARROW = 18


def _listed(array: Array, variable: str, body: Body) -> exp.Expression:
    return call("LIST_TRANSFORM", array, each_lambda(variable, body))


def _filtered(array: Array, variable: str, body: Body) -> exp.Expression:
    return call("LIST_FILTER", array, each_lambda(variable, body))


def _aggregated(how: str) -> Callable[[Array, str, Body], exp.Expression]:
    return lambda array, variable, body: call(how, _listed(array, variable, body))


def _whole(expression: exp.Expression, places: int) -> exp.Expression:
    """A decimal with so many places as a whole number of its smallest step."""
    wide = cast(expression, f"DECIMAL(29, {places})")
    return cast(exp.Mul(this=wide, expression=exp.Literal.number(10**places)), "HUGEINT")


def _product(left: exp.Expression, left_digits: Digits, right: exp.Expression, right_digits: Digits) -> exp.Expression:
    """Two decimals of up to 18 digits are multiplied in 64 bits, which overflows where the product has more."""
    if sum(left_digits) + sum(right_digits) > NARROW and max(sum(left_digits), sum(right_digits)) <= NARROW:
        left = cast(left, f"DECIMAL({NARROW + 1}, {left_digits[1]})")
    return binary(exp.Mul, left, right)


def _quotient(left: exp.Expression, left_digits: Digits, right: exp.Expression, right_digits: Digits) -> exp.Expression:
    """In whole numbers of 128 bits, for DuckDB divides decimals as floats."""
    (_, left_places), (_, right_places) = left_digits, right_digits
    up = 8 + right_places - left_places
    numerator, denominator = _whole(left, left_places), _whole(right, right_places)
    if up >= 0:
        numerator = exp.Mul(this=numerator, expression=cast(exp.Literal.number(10**up), "HUGEINT"))
    else:
        denominator = exp.Mul(this=denominator, expression=cast(exp.Literal.number(10**-up), "HUGEINT"))
    doubled = exp.Mul(this=exp.Literal.number(2), expression=exp.Abs(this=numerator))
    upper = exp.Paren(this=exp.Add(this=doubled, expression=exp.Abs(this=denominator)))
    lower = exp.Paren(this=exp.Mul(this=exp.Literal.number(2), expression=exp.Abs(this=denominator)))
    size = exp.IntDiv(this=upper, expression=lower)
    signs = exp.Mul(this=call("SIGN", numerator), expression=call("SIGN", denominator))
    step = cast(exp.Literal.number("0.00000001"), "DECIMAL(9, 8)")
    steps = cast(exp.Mul(this=exp.Paren(this=size), expression=exp.Paren(this=signs)), "DECIMAL(29, 0)")
    return case([(exp.NEQ(this=right, expression=exp.Literal.number(0)), exp.Mul(this=steps, expression=step))])


def _square_root(value: exp.Expression, digits: Digits) -> exp.Expression:
    """The root as a float is off by one step at most; which step is right is told in whole numbers."""
    steps = 10 ** (16 - digits[1])
    square = exp.Mul(this=_whole(value, digits[1]), expression=cast(exp.Literal.number(steps), "HUGEINT"))
    near = cast(exp.Round(this=exp.Sqrt(this=cast(square, "DOUBLE"))), "HUGEINT")
    one = exp.Literal.number(1)
    above = exp.Mul(this=exp.Paren(this=near), expression=exp.Paren(this=exp.Add(this=near, expression=one)))
    below = exp.Mul(this=exp.Paren(this=near), expression=exp.Paren(this=exp.Sub(this=near, expression=one)))
    root = case(
        [
            (binary(exp.GT, square, above), exp.Add(this=near, expression=one)),
            (
                all_of([binary(exp.LTE, square, below), binary(exp.GT, near, exp.Literal.number(0))]),
                exp.Sub(this=near, expression=one),
            ),
        ],
        near,
    )
    step = cast(exp.Literal.number("0.00000001"), "DECIMAL(9, 8)")
    return exp.Mul(this=cast(root, "DECIMAL(29, 0)"), expression=step)


def _texts(texts: Sequence[tuple[exp.Expression, str]]) -> exp.Expression:
    if not texts:
        return cast(exp.Array(expressions=[]), "VARCHAR[]")
    items = [case([(condition, text(each))]) for condition, each in texts]
    return _filtered(
        exp.Array(expressions=items), "each_text", not_(exp.Is(this=exp.column("each_text"), expression=exp.Null()))
    )


DUCKDB = Dialect(
    name="duckdb",
    any_true=lambda array, variable, body: exp.GT(
        this=call("LEN", _filtered(array, variable, body)), expression=exp.Literal.number(0)
    ),
    count_true=lambda array, variable, body: call("LEN", _filtered(array, variable, body)),
    bits=lambda array, variable, body: or_nothing(call("LIST_BIT_OR", _listed(array, variable, body))),
    mapped=_listed,
    with_fields=lambda array, variable, fields: _listed(array, variable, struct(fields)),
    least=_aggregated("LIST_MIN"),
    greatest=_aggregated("LIST_MAX"),
    total=_aggregated("LIST_SUM"),
    part=lambda variable, name, _: exp.column(name, table=variable, quoted=True),
    single=lambda variable, _: exp.column(variable),
    count_distinct=lambda array, variable, body: call("LEN", call("LIST_DISTINCT", _listed(array, variable, body))),
    filtered=_filtered,
    end=lambda array, last: call("LIST_SLICE", array, *([number(-1), number(-1)] if last else [number(1), number(1)])),
    only=lambda array, variable, body: call("LIST_EXTRACT", _listed(array, variable, body), number(1)),
    square_root=_square_root,
    array_or_empty=lambda column: exp.Coalesce(this=column, expressions=[exp.Array(expressions=[])]),
    date_from_text=lambda written: cast(written, "DATE"),
    months_later=lambda date, months: cast(exp.Add(this=date, expression=call("TO_MONTHS", whole(months))), "DATE"),
    days_later=lambda date, days: exp.Add(this=date, expression=whole(days)),
    days_between=lambda left, right: exp.Sub(this=right, expression=left),
    product=_product,
    quotient=_quotient,
    text_array=_texts,
    number_text=lambda value: without_zeros(cast(value, "VARCHAR")),
    date_text=lambda date: call("STRFTIME", date, text("%Y-%m-%d")),
    is_ascii=same_bytes("STRLEN"),
    collapsed_spaces=lambda written: call("TRIM", call("REGEXP_REPLACE", written, text(r"\s+"), text(" "), text("g"))),
)
