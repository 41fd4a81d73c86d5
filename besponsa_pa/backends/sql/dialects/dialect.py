"""What a database says in its own way, as functions from parts to trees, and what several of them share.

The trees are sqlglot's, which knows how each dialect writes what all of them have; here is what it does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from besponsa_pa.backends.sql.terms import RefusedError, binary, case, number, text
from besponsa_pa.records import dataclass

Array = exp.Expression
Body = exp.Expression
# of a number: how many digits it has at most before and after the point
Digits = tuple[int, int]

KIND = "kind"
# whole numbers of so many digits fit into 64 bits
SHORT = 18


def as_it_is(tree: exp.Expression) -> exp.Expression:
    """The same tree."""
    return tree


def exact_as_it_is(expression: exp.Expression, digits: Digits) -> exp.Expression:  # noqa: ARG001 - the record's signature
    """The same number, in a dialect whose sums and roundings stay exact."""
    return expression


@dataclass(frozen=True, slots=True)
class Dialect:
    """A dialect: its name for sqlglot, and functions from parts to trees; None where it has no way to say something.

    `any_true(array, variable, body)`: whether the body is TRUE of any element; never NULL.
    `count_true(array, variable, body)`: of how many. `bits(array, variable, body)`: all bits of the bodies; 0 of none.
    `least`, `greatest`: of the bodies that are not NULL; NULL of none. `total`: their sum; NULL of none.
    `count_distinct`: how many different bodies there are that are not NULL. `filtered`: the elements of which the body
    is TRUE, in their order. `end(array, last)`: an array of the last or the first element, if any. `only`: the body of
    the only element; NULL of none.
    `mapped`: the bodies, in their order. `with_fields(array, variable, fields)`: an array of structs of these fields.
    `part(variable, name, kind)`: a field of an element; `single(variable, kind)` an element that is a single value;
    `kind` is the SQL type that it is read as. `array_or_empty(column)`: a list column, empty where it is NULL.
    `date_from_text`: of a text `YYYY-MM-DD`. `months_later(date, months)`, `days_later(date, days)`, `days_between`.
    `product(left, digits, right, digits)`: exact, of decimals. `quotient`: rounded to 8 places half away from zero;
    NULL when divided by zero. `square_root(number, digits)`: of a number with at most 8 places that is not negative,
    the nearest with 8 places. `number_text`: a number without zeros at its end.
    `text_array`: the texts whose conditions hold. `is_ascii`, `collapsed_spaces`: of a text.
    `exact(number, digits)`: a number as a type of just so many digits, where the types of sums would grow until they
    are rounded. `finished(statement)`: the whole statement with what is the same in all other dialects but this.
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
    count_distinct: Callable[[Array, str, Body], exp.Expression] | None = None
    filtered: Callable[[Array, str, Body], exp.Expression] | None = None
    end: Callable[[Array, bool], exp.Expression] | None = None
    only: Callable[[Array, str, Body], exp.Expression] | None = None
    mapped: Callable[[Array, str, Body], exp.Expression] | None = None
    with_fields: Callable[[Array, str, Mapping[str, exp.Expression]], exp.Expression] | None = None
    square_root: Callable[[exp.Expression, Digits], exp.Expression] | None = None
    exact: Callable[[exp.Expression, Digits], exp.Expression] = exact_as_it_is
    finished: Callable[[exp.Expression], exp.Expression] = as_it_is
    # digits of the widest exact number
    digits: int = 38

    def check_common(self, *digits: Digits) -> None:
        """Raise `RefusedError` where numbers have no type in common that holds each of them exactly."""
        if max(whole for whole, _ in digits) + max(places for _, places in digits) > self.digits:
            raise RefusedError("numbers of so many digits side by side cannot be said in SQL")

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
    """`CAST(expression AS kind)`. To sqlglot's own `cast` a decimal of more digits is the same type."""
    wanted = exp.DataType.build(kind)
    is_there = isinstance(expression, exp.Cast) and expression.to == wanted
    return expression if is_there else exp.Cast(this=expression, to=wanted)


def whole(count: exp.Expression) -> exp.Expression:
    """A count of months or days in 32 bits, as functions of dates want it."""
    is_short = isinstance(count.this if isinstance(count, exp.Neg) else count, exp.Literal)
    return count if is_short else cast(count, "INT")


def struct(fields: Mapping[str, exp.Expression]) -> exp.Expression:
    """A struct of named fields."""
    return exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=field)
            for name, field in fields.items()
        ]
    )


def each_lambda(variable: str, body: exp.Expression) -> exp.Expression:
    """`variable -> body`."""
    return exp.Lambda(this=body, expressions=[exp.to_identifier(variable)])


def typed_part(variable: str, name: str, kind: str) -> exp.Expression:
    """A field of an element that is JSON, which is read as its type once the whole statement is there."""
    identifier = exp.to_identifier(name, quoted=True)
    identifier.meta[KIND] = kind
    return exp.column(identifier, table=variable)


def or_nothing(expression: exp.Expression) -> exp.Expression:
    """A number, 0 where it is NULL."""
    return exp.Coalesce(this=expression, expressions=[number(0)])


def same_bytes(length_in_bytes: str) -> Callable[[exp.Expression], exp.Expression]:
    """Whether a text has as many bytes as characters: then all of them are ASCII."""
    return lambda written: exp.EQ(this=call(length_in_bytes, written), expression=exp.Length(this=written))


def without_zeros(written: exp.Expression) -> exp.Expression:
    """The text of a number without zeros at its end, where it has a point."""
    shortened = call("RTRIM", call("RTRIM", written, text("0")), text("."))
    return case([(call("CONTAINS", written, text(".")), shortened)], written)


def decimal(digits: Digits) -> str:
    """The type of a number of so many digits. Raises `RefusedError` where no database has it."""
    whole, places = digits
    if whole + places > 38:
        raise RefusedError("numbers of so many digits cannot be said in SQL")
    return f"DECIMAL({whole + places}, {places})"


def are_short(left: Digits, right: Digits) -> bool:
    """Whether two numbers are whole, and so is their product within 64 bits."""
    return left[1] == right[1] == 0 and left[0] + right[0] <= SHORT


def rounded_quotient(
    left: exp.Expression,
    right: exp.Expression,
    whole_quotient: Callable[[exp.Expression, exp.Expression], exp.Expression],
) -> exp.Expression:
    """A quotient rounded to 8 places half away from zero, by way of one that is cut off exactly.

    How many steps of 0.00000001 it has: the whole part of (2 * 100000000 * |left| + |right|) / (2 * |right|).
    """
    size, divisor = exp.Abs(this=left), exp.Abs(this=right)
    numerator = exp.Add(this=binary(exp.Mul, size, number(2 * 10**8)), expression=divisor)
    steps = whole_quotient(exp.Paren(this=numerator), exp.Paren(this=binary(exp.Mul, divisor, number(2))))
    zero, step = number(0), exp.Literal.number("0.00000001")
    is_negative = exp.NEQ(
        this=exp.Paren(this=exp.LT(this=left, expression=zero)),
        expression=exp.Paren(this=exp.LT(this=right, expression=zero)),
    )
    quotient = exp.Mul(this=steps, expression=step)
    signed = case([(is_negative, exp.Neg(this=exp.Paren(this=quotient)))], quotient)
    return case([(exp.NEQ(this=right, expression=zero), signed)])


def nearest_root(square: exp.Expression, near: exp.Expression) -> exp.Expression:
    """The whole number next to the root of a whole number, from one that is off by one at most."""
    one = number(1)
    above = binary(exp.Mul, near, exp.Paren(this=exp.Add(this=near, expression=one)))
    below = binary(exp.Mul, near, exp.Paren(this=exp.Sub(this=near, expression=one)))
    is_less = exp.And(this=exp.LTE(this=square, expression=below), expression=exp.GT(this=near, expression=number(0)))
    return case(
        [
            (exp.GT(this=square, expression=above), exp.Add(this=near, expression=one)),
            (is_less, exp.Sub(this=near, expression=one)),
        ],
        near,
    )
