"""Constants of a policy in SQL."""

from __future__ import annotations

from decimal import Decimal

from sqlglot import exp

from besponsa_pa.backends.sql.meanings import Fixed, Meaning
from besponsa_pa.backends.sql.terms import FALSE, RefusedError, Term, number, text
from besponsa_pa.types import ANY, BOOLEAN, CODE, DATE, DECIMAL, INTEGER, QUANTITY, STRING, TIME, Type
from besponsa_pa.values import Code, Date, Quantity, Time, TupleValue, Value, ValueSet

MILLISECONDS_OF_DAY = Decimal(86_400_000)


def constant(value: object, kind: Type) -> Meaning:
    """What a constant means: a literal, or what only an operator can make something of."""
    match value:
        case None:
            return Term(kind, exp.Null(), is_nullable=True)
        case bool():
            return Term(kind, exp.true() if value else exp.false())
        case int():
            return Term(kind, number(value), limit=Decimal(abs(value)))
        case Decimal():
            places = max(0, -int(value.as_tuple().exponent))
            return Term(kind, number(value), limit=abs(value), places=places)
        case str():
            return Term(kind, text(value))
        case Date(day=int()):
            return Term(kind, exp.cast(text(str(value)), "DATE"))
        case Quantity():
            places = max(0, -int(value.value.as_tuple().exponent))
            return Term(
                kind, number(value.value), limit=abs(value.value), places=places, unit=value.unit, foreign=FALSE
            )
        case Time(millisecond=int()):
            return Term(kind, number(milliseconds(value)), limit=MILLISECONDS_OF_DAY)
        case Code() | ValueSet() | tuple() | TupleValue():
            return Fixed(value)
        case Date() | Time():
            raise RefusedError(f"`@{value}`, known only in part, cannot be said in SQL")
        case _:
            raise RefusedError(f"a constant of the type `{kind}` cannot be said in SQL")


def constants(values: tuple[Value, ...]) -> list[Meaning]:
    """What the elements of a constant list mean."""
    return [constant(value, KINDS.get(type(value), ANY)) for value in values]


def milliseconds(time: Time) -> int:
    """A time of day, known to its end, as milliseconds since midnight."""
    hour, minute, second, millisecond = time.parts
    return ((hour * 60 + minute) * 60 + second) * 1000 + millisecond


KINDS = {
    bool: BOOLEAN, int: INTEGER, Decimal: DECIMAL, str: STRING, Date: DATE, Time: TIME, Quantity: QUANTITY, Code: CODE,
}  # fmt: skip
