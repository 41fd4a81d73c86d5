"""What databases say in their own ways, each by its name. What is missing here is refused by name.

The trees are sqlglot's, which knows how each dialect writes what all of them have; here is what it does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from besponsa_pa.backends.sql.terms import binary, case, not_, text
from besponsa_pa.records import dataclass

Array = exp.Expression
Body = exp.Expression
# of a number: how many digits it has at most before and after the point
Digits = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Dialect:
    """A dialect: its name for sqlglot, and functions from parts to trees.

    `any_true(array, variable, body)`: whether the body is TRUE of any element; never NULL.
    `count_true(array, variable, body)`: of how many. `bits(array, variable, body)`: all bits of the bodies; 0 of none.
    `least`, `greatest`: of the bodies that are not NULL; NULL of none. `total`: their sum; NULL of none.
    `part(variable, name, kind)`: a field of an element; `single(variable, kind)` an element that is a single value;
    `kind` is the SQL type that it is read as.
    `array_or_empty(column)`: a list column, empty where it is NULL.
    `date_from_text`: of a text `YYYY-MM-DD`. `months_later(date, months)`, `days_later(date, days)`, `days_between`.
    `product(left, digits, right, digits)`: exact, of decimals. `quotient(left, digits, right, digits)`: rounded to 8 places
    half away from zero; NULL when divided by zero.
    `text_array`: the texts whose conditions hold. `number_text`: a number without zeros at its end.
    """

    name: str
    any_true: Callable[[Array, str, Body], exp.Expression]
    count_true: Callable[[Array, str, Body], exp.Expression]
    bits: Callable[[Array, str, Body], exp.Expression]
    least: Callable[[Array, str, Body], exp.Expression]
    greatest: Callable[[Array, str, Body], exp.Expression]
    total: Callable[[Array, str, Body], exp.Expression]
    part: Callable[[str, str, str], exp.Expression]
    single: Callable[[str, str], exp.Expression]
    array_or_empty: Callable[[exp.Expression], exp.Expression]
    date_from_text: Callable[[exp.Expression], exp.Expression]
    months_later: Callable[[exp.Expression, exp.Expression], exp.Expression]
    days_later: Callable[[exp.Expression, exp.Expression], exp.Expression]
    days_between: Callable[[exp.Expression, exp.Expression], exp.Expression]
    product: Callable[[exp.Expression, Digits, exp.Expression, Digits], exp.Expression]
    quotient: Callable[[exp.Expression, Digits, exp.Expression, Digits], exp.Expression]
    text_array: Callable[[Sequence[tuple[exp.Expression, str]]], exp.Expression]
    number_text: Callable[[exp.Expression], exp.Expression]
    date_text: Callable[[exp.Expression], exp.Expression]
    is_ascii: Callable[[exp.Expression], exp.Expression]
    collapsed_spaces: Callable[[exp.Expression], exp.Expression]
    # digits of the widest exact number
    digits: int = 38

    def concat(self, parts: Sequence[exp.Expression]) -> exp.Expression:
        """Texts one after the other."""
        joined = parts[0]
        for part in parts[1:]:
            joined = exp.DPipe(this=joined, expression=part)
        return joined


def call(name: str, *arguments: exp.Expression) -> exp.Expression:
    """A function by the dialect's own name."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def cast(expression: exp.Expression, kind: str) -> exp.Expression:
    """`CAST(expression AS kind)`."""
    return exp.cast(expression, kind, copy=False)


def each_lambda(variable: str, body: exp.Expression) -> exp.Expression:
    """`variable -> body`."""
    return exp.Lambda(this=body, expressions=[exp.to_identifier(variable)])


# --- DuckDB ---

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


def _duckdb_product(left: exp.Expression, left_digits: Digits, right: exp.Expression, right_digits: Digits) -> exp.Expression:
    """Two decimals of up to 18 digits are multiplied in 64 bits, which overflows where the product has more."""
    if sum(left_digits) + sum(right_digits) > NARROW and max(sum(left_digits), sum(right_digits)) <= NARROW:
        left = cast(left, f"DECIMAL({NARROW + 1}, {left_digits[1]})")
    return binary(exp.Mul, left, right)


def _duckdb_quotient(
    left: exp.Expression, left_digits: Digits, right: exp.Expression, right_digits: Digits
) -> exp.Expression:
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


def _duckdb_texts(texts: Sequence[tuple[exp.Expression, str]]) -> exp.Expression:
    if not texts:
        return cast(exp.Array(expressions=[]), "VARCHAR[]")
    items = [case([(condition, text(each))]) for condition, each in texts]
    return _filtered(exp.Array(expressions=items), "each_text", not_(exp.Is(this=exp.column("each_text"), expression=exp.Null())))


def _duckdb_number_text(number: exp.Expression) -> exp.Expression:
    written = cast(number, "VARCHAR")
    has_point = call("CONTAINS", written, text("."))
    return case([(has_point, call("RTRIM", call("RTRIM", written, text("0")), text(".")))], written)


DUCKDB = Dialect(
    name="duckdb",
    any_true=lambda array, variable, body: exp.GT(
        this=call("LEN", _filtered(array, variable, body)), expression=exp.Literal.number(0)
    ),
    count_true=lambda array, variable, body: call("LEN", _filtered(array, variable, body)),
    bits=lambda array, variable, body: exp.Coalesce(
        this=call("LIST_BIT_OR", _listed(array, variable, body)), expressions=[exp.Literal.number(0)]
    ),
    least=_aggregated("LIST_MIN"),
    greatest=_aggregated("LIST_MAX"),
    total=_aggregated("LIST_SUM"),
    part=lambda variable, name, _: exp.column(name, table=variable, quoted=True),
    single=lambda variable, _: exp.column(variable),
    array_or_empty=lambda column: exp.Coalesce(this=column, expressions=[exp.Array(expressions=[])]),
    date_from_text=lambda written: cast(written, "DATE"),
    months_later=lambda date, months: cast(
        exp.Add(this=date, expression=call("TO_MONTHS", cast(months, "INTEGER"))), "DATE"
    ),
    days_later=lambda date, days: exp.Add(this=date, expression=cast(days, "INTEGER")),
    days_between=lambda left, right: exp.Sub(this=right, expression=left),
    product=_duckdb_product,
    quotient=_duckdb_quotient,
    text_array=_duckdb_texts,
    number_text=_duckdb_number_text,
    date_text=lambda date: call("STRFTIME", date, text("%Y-%m-%d")),
    is_ascii=lambda written: exp.EQ(this=call("STRLEN", written), expression=call("LENGTH", written)),
    collapsed_spaces=lambda written: call(
        "TRIM", call("REGEXP_REPLACE", written, text(r"\s+"), text(" "), text("g"))
    ),
)

DIALECTS = {each.name: each for each in (DUCKDB,)}
