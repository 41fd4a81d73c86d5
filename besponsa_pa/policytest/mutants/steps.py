"""Constants moved by one step: the next number, day or code that somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from besponsa_pa.expression import points, syntax
from besponsa_pa.values import EXACT, Date, DateTime, Quantity, Time, Value


def neighbours(literal: syntax.Literal, *, is_negative: bool = False) -> Iterator[syntax.Expression]:
    """A constant one step down and one step up; nothing for a text, a code or a truth value.

    A step is 1 of a whole number, 1 in the last digit written of a decimal and a quantity (so a duration of 6 months
    becomes one of 5 or 7), and 1 of the finest component of a date or a time.
    """
    match literal.value:
        case bool():
            return
        case int() as number:
            size = -number if is_negative else number
            yield from (_signed(replace(literal, value=abs(size + step)), size + step < 0) for step in (-1, 1))
        case Decimal() | Quantity() as written:
            yield from (_moved(literal, written, is_negative, step) for step in (-1, 1))
        case Date() | DateTime() | Time() as point:
            for value in (points.predecessor(point), points.successor(point)):
                if value is not None:
                    yield replace(literal, value=value)
        case _:
            return


def _moved(literal: syntax.Literal, written: Decimal | Quantity, is_negative: bool, step: int) -> syntax.Expression:
    number = written.value if isinstance(written, Quantity) else written
    # Python's own signs would round to 28 digits
    moved = EXACT.add(number.copy_negate() if is_negative else number, step * last_digit(number))
    value: Value = moved.copy_abs()
    if isinstance(written, Quantity):
        value = replace(written, value=moved.copy_abs())
    return _signed(replace(literal, value=value), moved < 0)


def last_digit(number: Decimal) -> Decimal:
    """One in the last digit of a number as it is written: 0.01 for 1.50."""
    exponent = number.as_tuple().exponent
    return Decimal(1).scaleb(min(exponent, 0) if isinstance(exponent, int) else 0)


def _signed(literal: syntax.Literal, is_negative: bool) -> syntax.Expression:
    return syntax.Apply("Negate", (literal,), None, literal.span) if is_negative else literal


def other_code(code: str) -> str:
    """Another code that looks alike: with the next digit or letter at its end."""
    last = code[-1:]
    if last.isdecimal():
        return code[:-1] + str((int(last) + 1) % 10)
    return code[:-1] + ("A" if last != "A" else "B")


def other_text(text: str) -> str:
    """A text that is not this one, where nothing says what it may be."""
    return f"not {text}" if text else "other"
