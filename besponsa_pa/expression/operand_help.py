"""What types are called, and what mends an operator whose operands are of the wrong ones, in the analyst's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from besponsa_pa.expression.signatures import join
from besponsa_pa.types import (
    ANY,
    BOOLEAN,
    CODE,
    CONCEPT,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    LONG,
    QUANTITY,
    RATIO,
    STRING,
    TIME,
    VALUE_SET,
    VOCABULARY,
    IntervalOf,
    ListOf,
    Simple,
    TupleOf,
    Type,
    plain,
)
from besponsa_pa.values import CALENDAR_UNITS

TYPE_NAMES = {
    ANY: "null", BOOLEAN: "a true-or-false value", INTEGER: "a whole number", LONG: "a long whole number",
    DECIMAL: "a decimal number", STRING: "a text", DATE: "a date", DATETIME: "a date with time", TIME: "a time of day",
    QUANTITY: "a quantity with a unit", CODE: "a code", CONCEPT: "a concept", VALUE_SET: "a value set",
    RATIO: "a ratio", VOCABULARY: "a vocabulary",
}  # fmt: skip

PLURALS: dict[Type, str] = {
    DATE: "dates", QUANTITY: "quantities with a unit", DATETIME: "dates with time", TIME: "times of day", ANY: "values",
}  # fmt: skip


def name_of_type(kind: Type) -> str:
    """A type in the analyst's words."""
    match kind:
        case ListOf(element):
            return "a list" if plain(element) == ANY else f"a list of {plural_of_type(element)}"
        case IntervalOf(point):
            return f"an interval of {plural_of_type(point)}"
        case TupleOf():
            return "an entry"
        case Simple():
            return TYPE_NAMES[plain(kind)]  # type: ignore[index]
        case _:
            return str(kind)


def plural_of_type(kind: Type) -> str:
    """Several values of a type, in the analyst's words."""
    match kind:
        case TupleOf():
            return "entries"
        case ListOf(element):
            return "lists" if plain(element) == ANY else f"lists of {plural_of_type(element)}"
        case IntervalOf(point):
            return f"intervals of {plural_of_type(point)}"
        case _:
            return PLURALS.get(plain(kind)) or name_of_type(kind).removeprefix("a ") + "s"


# --- operands ---

NUMBERS = (INTEGER, LONG, DECIMAL)
DATES = (DATE, DATETIME)
EQUALITIES = ("Equal", "NotEqual", "Equivalent", "NotEquivalent")
ORDERS = ("Less", "LessOrEqual", "Greater", "GreaterOrEqual")
COMPARISONS = (*EQUALITIES, *ORDERS)
SUMS = ("Add", "Subtract")
LOGIC = ("And", "Or", "Implies", "Xor")
AGGREGATES = ("Sum", "Product", "Min", "Max", "Avg", "Median", "Mode")


def operand_help(operator: str, operands: Sequence[Type], written: str = "") -> str:
    """What mends an operator that does not take these operands, or "" where nothing is near.

    `written` is the text of the whole operation: it tells which of the operands is a literal, so the likelier mistake.
    """
    kinds = tuple(plain(kind) for kind in operands)
    by_text = (
        _needless_unit(operator, kinds, written),
        _bare_text(operator, kinds, operands, written),
        _text_for_date(kinds, written),
    )
    return next(filter(None, by_text), "") or next(
        (help for mend in HELPS if (help := mend(operator, kinds, operands))), ""
    )


Kinds = tuple[Type, ...]


QUANTITY_LITERAL = re.compile(
    r"(?<![\w.])(?P<number>\d+(?:\.\d+)?)\s*(?:'[^']*'|(?:year|month|week|day|hour|minute|second)s?\b)"
)


def _needless_unit(operator: str, kinds: Kinds, written: str) -> str:
    """A number with a unit, held against a fact or a definition that has none: `age_in_years >= 18 years`."""
    quantity = QUANTITY_LITERAL.search(written)
    if quantity is None or QUANTITY not in kinds or not any(number in kinds for number in NUMBERS):
        return ""
    is_other_bare = re.search(r"(?<![\w.@'])\d", written.replace(quantity[0], ""))
    if operator not in COMPARISONS or is_other_bare:
        return ""
    return f"what it is held against is a number without a unit: write `{quantity['number']}` alone"


def _bare_text(operator: str, kinds: Kinds, operands: Sequence[Type], written: str) -> str:
    """A text held against what is no text, without any text in single quotes: the other side should be one."""
    others = [kind for kind in kinds if kind != STRING]
    if operator not in COMPARISONS or STRING not in kinds or "'" in written or not others:
        return ""
    if others[0] not in (*NUMBERS, BOOLEAN):
        return ""
    values = next((kind.values for kind in operands if isinstance(kind, Simple) and kind.values), None)
    if values is not None:
        return "it is a text: compare it with " + " or ".join(f"`'{value}'`" for value in values[:4])
    return "a text is compared with a text in single quotes: `a = 'x'`"


def _text_for_date(kinds: Kinds, written: str) -> str:
    """A fact that is a text, and not one in quotes, where a date is wanted."""
    if STRING not in kinds or not any(date in kinds for date in DATES) or not written or "'" in written:
        return ""
    return "a text is no date: name a fact of the type `Date`"


def _prefixes(operator: str, kinds: Kinds, _: Sequence[Type]) -> str:
    if operator == "Not" and BOOLEAN not in kinds:
        return "`not` takes only what follows at once: put the condition in parentheses, `not (a = b)`"
    if operator == "Exists":
        return "`exists` takes a list: `exists (therapies T where ...)`; for a single fact, compare it"
    return ""


def _truths(operator: str, kinds: Kinds, _: Sequence[Type]) -> str:
    if BOOLEAN not in kinds:
        return ""
    if operator in LOGIC:
        return (
            "both sides must be true or false: repeat the comparison, `a = 'x' or a = 'y'`, or write `a in {'x', 'y'}`"
        )
    if operator == "Concatenate":
        return "conditions are joined with `and`; `&` joins texts"
    if operator in ORDERS:
        return "what is true or false has no order; to compare twice, write `x >= 1 and x <= 6`"
    if operator in EQUALITIES:
        return (
            "what is true or false stands alone, `a` or `not a`; a comparison inside goes in parentheses, `not (a = b)`"
        )
    return ""


def _codes(operator: str, kinds: Kinds, _: Sequence[Type]) -> str:
    if CODE not in kinds and ListOf(CODE) not in kinds:
        return ""
    if VALUE_SET in kinds and operator in EQUALITIES:
        return 'write `in` for a value set: `... in "name"`'
    if operator == "In" and STRING in kinds:
        return 'the name of a value set stands in double quotes: `... in "name"`'
    if STRING in kinds or ListOf(STRING) in kinds:
        return 'hold a code against a value set, `... in "name"`, or a code, `... ~ Code \'C91.00\' from "ICD-10-CM"`'
    return ""


def _quantities(operator: str, kinds: Kinds, operands: Sequence[Type]) -> str:
    if QUANTITY not in kinds:
        return ""
    if STRING in kinds:
        return "only the unit stands in quotes: `40 'kg'`"
    if any(number in kinds for number in NUMBERS) and operator in (*COMPARISONS, *SUMS, "Between", "In"):
        unit = next((kind.unit for kind in operands if isinstance(kind, Simple) and kind.unit), None)
        return f"the number needs its unit: `... {_written(unit)}`" if unit else "the number needs its unit: `40 'kg'`"
    return ""


def _written(unit: str) -> str:
    return f"{unit}s" if unit in CALENDAR_UNITS else f"'{unit}'"


def _dates(operator: str, kinds: Kinds, _: Sequence[Type]) -> str:
    if not any(date in kinds for date in DATES):
        return ""
    if operator == "Subtract" and kinds[0] == kinds[1]:
        return "how far apart dates are is written `days between a and b`"
    if operator in SUMS and any(number in kinds for number in NUMBERS):
        return "say of what: `6 months`, `90 days`; in a date, month and day have two digits, `@2026-01-05`"
    if STRING in kinds:
        return "a date begins with `@` and has no quotes: `@2026-11-20`"
    if any(number in kinds for number in NUMBERS):
        return "a date begins with `@`: `@2026-11-20`; how old something is, is written `years between a and b`"
    return ""


def _lists(operator: str, kinds: Kinds, _: Sequence[Type]) -> str:
    if operator == "Coalesce" and len(kinds) == 1:
        return "it takes two values or more, or a list"
    if operator in AGGREGATES and kinds and isinstance(kinds[0], ListOf) and isinstance(kinds[0].element, TupleOf):
        return "say of which part: `... (therapies T return all T.dose)`"
    if len(kinds) != 2:
        return ""
    if operator == "In" and VALUE_SET in kinds:
        return "a value set holds codes; for one of several texts, write `x in {'a', 'b'}`"
    if operator == "In" and kinds[1] in NUMBERS:
        return "one of several numbers is written `in {1, 2}`, all between two `between 1 and 6`"
    if not any(isinstance(kind, ListOf) for kind in kinds):
        return ""
    if operator in COMPARISONS:
        return _list_compared(*kinds)
    if operator in LOGIC:
        return "a list is searched, `exists (therapies T where ...)`, or counted, `Count(therapies) > 0`"
    if operator == "In" and kinds[0] == kinds[1]:
        return "all of a list are `included in` another; whether any are: `exists (a intersect b)`"
    return ""


def _list_compared(left: Type, right: Type) -> str:
    if isinstance(right, ListOf) and join(left, right.element) is not None:
        return "write `in` for one of several: `x in {'a', 'b'}`"
    if isinstance(left, ListOf) and join(left.element, right) is not None:
        return "write `contains` for a list: `x contains 'a'`"
    return "a list is searched, `exists (therapies T where ...)`, or counted, `Count(therapies) > 2`"


def _texts(operator: str, kinds: Kinds, _: Sequence[Type]) -> str:
    if STRING in kinds and any(number in kinds for number in NUMBERS):
        return "a number has no quotes"
    if kinds == (STRING, STRING) and operator == "In":
        return "`in` looks into a list: `x in {'a', 'b'}`"
    if kinds == (STRING, STRING) and operator == "Contains":
        return "`contains` looks into a list; a part of a text is found by `PositionOf('part', text) >= 0`"
    return ""


HELPS: tuple[Callable[[str, Kinds, Sequence[Type]], str], ...] = (
    _prefixes, _truths, _codes, _quantities, _dates, _lists, _texts,
)  # fmt: skip
