"""Conversions from one type to another; what cannot be converted becomes null (CQL 1.5, Type Operators)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from besponsa_pa import units
from besponsa_pa.expression import calendar, literals, value_text
from besponsa_pa.expression.functions.table import Operator, overload
from besponsa_pa.values import (
    INTEGER_MAXIMUM,
    INTEGER_MINIMUM,
    Code,
    Concept,
    Date,
    DateTime,
    Quantity,
    Ratio,
    Time,
    Value,
    decimal,
    integer,
)

SECTION = "CQL 1.5, Type Operators: "
T = TypeVar("T")

WORDS_OF_TRUTH = {
    **dict.fromkeys(("true", "t", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0"), False),
}


def _read(parse: Callable[[str], T]) -> Callable[[str], T | None]:
    """A parser that says null where it would raise."""

    def run(text: str) -> T | None:
        try:
            return parse(text)
        except ValueError:
            return None

    return run


# --- Boolean and numbers ---


def _boolean_of_text(text: str) -> bool | None:
    return WORDS_OF_TRUTH.get(text.lower()) if text.isascii() else None


def _boolean_of_number(number: int | Decimal) -> bool | None:
    return bool(number) if number in (0, 1) else None


def _whole_of_boolean(value: bool) -> int:
    return int(value)


def _same(number: int) -> int:
    return number


def _decimal_of_text(text: str) -> Decimal | None:
    """More digits than a Decimal has are rounded away, as the specification limits them here and nowhere else."""
    return decimal(literals.exact_number(text))


def _decimal_of_number(number: int | bool) -> Decimal:
    return Decimal(number)


# --- dates and times ---


def _date_of_text(text: str) -> Date:
    """The time of day in a text is left out (CQL 1.5, ToDate), though it has to be one."""
    return calendar.date_of(literals.parse_datetime(text))


def _datetime_of_date(date: Date) -> DateTime:
    return DateTime(date.year, date.month, date.day)


def _time_of_text(text: str) -> Time:
    """An offset from UTC is left out: a Time has none."""
    offset = re.search(rf"{literals.OFFSET}\Z", text)
    if offset is None:
        return literals.parse_time(text)
    literals.parse_datetime(f"2000-01-01T00{offset[0]}")
    return literals.parse_time(text[: offset.start()])


# --- quantities ---


def _quantity_of_text(text: str) -> Quantity | None:
    quantity = literals.parse_quantity(text)
    return quantity if quantity.is_calendar or units.is_unit(quantity.unit) else None


def _quantity_of_number(number: int | Decimal) -> Quantity:
    return Quantity(Decimal(number))


def _quantity_of_ratio(ratio: Ratio) -> Quantity | None:
    return units.divide(ratio.numerator, ratio.denominator)


def _ratio_of_text(text: str) -> Ratio | None:
    ratio = literals.parse_ratio(text)
    both = (ratio.numerator, ratio.denominator)
    return ratio if all(term.is_calendar or units.is_unit(term.unit) for term in both) else None


def _convert(quantity: Quantity, unit: str) -> Quantity | None:
    return units.convert(quantity, literals.calendar_unit(unit) or unit)


def _value(quantity: Quantity) -> Decimal:
    return quantity.value


def _can_convert(quantity: Quantity, unit: str) -> bool:
    return _convert(quantity, unit) is not None


# --- texts and concepts ---


def _text_of_plain(value: bool | int | Decimal | Date | Time) -> str:
    return str(value) if isinstance(value, Date | Time) else value_text.text_of(value).removesuffix("L")


def _text_of_datetime(point: DateTime) -> str:
    return str(point).removesuffix("T")


def _text_of_quantity(quantity: Quantity) -> str:
    unit = value_text.calendar_text(quantity) if quantity.is_calendar else value_text.escape(quantity.unit)
    return f"{value_text.number_text(quantity.value)} '{unit}'"


def _text_of_ratio(ratio: Ratio) -> str:
    return f"{_text_of_quantity(ratio.numerator)}:{_text_of_quantity(ratio.denominator)}"


def _concept_of_code(code: Code) -> Concept:
    return Concept((code,), code.display)


def _concept_of_codes(codes: tuple[Code | None, ...]) -> Concept:
    return Concept(tuple(code for code in codes if code is not None))


CONVERSIONS = (
    Operator(
        "ToBoolean", "ToBoolean({0})",
        "A text such as `yes`, `no`, `true`, `f` or `1`, or the number 1 or 0, as true or false; null for any other.",
        SECTION + "ToBoolean",
        (
            overload("String -> Boolean", _boolean_of_text),
            *(overload(f"{kind} -> Boolean", _boolean_of_number) for kind in ("Integer", "Long", "Decimal")),
        ),
        (("ToBoolean('NO')", "false"), ("ToBoolean(1)", "true"), ("ToBoolean('falsetto')", "null")),
    ),
    Operator(
        "ToInteger", "ToInteger({0})",
        "A text of digits as a whole number, true as 1 and false as 0; null for what is none or too large.",
        SECTION + "ToInteger",
        (
            overload("String -> Integer", _read(literals.parse_integer)),
            overload("Long -> Integer", integer, "+"),
            overload("Boolean -> Integer", _whole_of_boolean),
        ),
        (("ToInteger('-25')", "-25"), ("ToInteger('one')", "null"), ("ToInteger('2147483648')", "null")),
    ),
    Operator(
        "ToLong", "ToLong({0})",
        "A whole number, or a text of digits, as a whole number of 64 bits.",
        SECTION + "ToLong",
        (
            overload("String -> Long", _read(literals.parse_long)),
            overload("Integer -> Long", _same, "+"),
            overload("Boolean -> Long", _whole_of_boolean),
        ),
        (("ToLong('3000000000')", "3000000000L"), ("ToLong('9223372036854775808')", "null")),
    ),
    Operator(
        "ToDecimal", "ToDecimal({0})",
        "A number, or a text that says one, as a decimal, rounded to 8 places; true as 1.0 and false as 0.0.",
        SECTION + "ToDecimal",
        (
            overload("String -> Decimal", _read(_decimal_of_text)),
            overload("Integer -> Decimal", _decimal_of_number, "+"),
            overload("Long -> Decimal", _decimal_of_number, "+"),
            overload("Boolean -> Decimal", _decimal_of_number),
        ),
        (("ToDecimal('+25.5')", "25.5"), ("ToDecimal(5)", "5.0"), ("ToDecimal('+-0.1')", "null"),
         ("ToDecimal('1e5')", "null")),
    ),
    Operator(
        "ToString", "ToString({0})",
        "The value as a text that can be converted back; a quantity has its unit in quotes.",
        SECTION + "ToString",
        (
            *(
                overload(f"{kind} -> String", _text_of_plain)
                for kind in ("Boolean", "Integer", "Long", "Decimal", "Date", "Time")
            ),
            overload("DateTime -> String", _text_of_datetime),
            overload("Quantity -> String", _text_of_quantity),
            overload("Ratio -> String", _text_of_ratio),
        ),
        (("ToString(125 'cm')", "'125 \\'cm\\''"), ("ToString(2.0 * 0.00000001)", "'0.00000002'"),
         ("ToString(@2012-01)", "'2012-01'"), ("ToString(null as Integer)", "null")),
    ),
    Operator(
        "ToDate", "ToDate({0})",
        "The date of a point in time, or of a text such as `2014-01-01`; null for a date that no calendar has.",
        SECTION + "ToDate",
        (
            overload("String -> Date", _read(_date_of_text)),
            overload("DateTime -> Date", calendar.date_of, "+"),
        ),
        (("ToDate('2014-01')", "@2014-01"), ("ToDate('2014-01-01T12:30:00')", "@2014-01-01"),
         ("ToDate('2014-02-30')", "null")),
    ),
    Operator(
        "ToDateTime", "ToDateTime({0})",
        "A date as a point in time whose time of day is not given, or a text such as `2014-01-01T14:30:00`.",
        SECTION + "ToDateTime",
        (
            overload("String -> DateTime", _read(literals.parse_datetime)),
            overload("Date -> DateTime", _datetime_of_date, "+"),
        ),
        (("ToDateTime(@2014-01-01)", "@2014-01-01T"),
         ("ToDateTime('2014-01-01T12:05:05.955+01:30')", "@2014-01-01T12:05:05.955+01:30"),
         ("ToDateTime('2014/01/01')", "null")),
    ),
    Operator(
        "ToTime", "ToTime({0})",
        "A text such as `14:30` or `T14:30:00.0` as a time of day.",
        SECTION + "ToTime",
        (overload("String -> Time", _read(_time_of_text)),),
        (("ToTime('T14:30:00.0')", "@T14:30:00.000"), ("ToTime('24:00')", "null"), ("ToTime('T14-30')", "null")),
    ),
    Operator(
        "ToQuantity", "ToQuantity({0})",
        "A number as a quantity without a unit, a text with a unit in quotes, or a ratio divided out.",
        SECTION + "ToQuantity",
        (
            overload("String -> Quantity", _read(_quantity_of_text)),
            *(overload(f"{kind} -> Quantity", _quantity_of_number, "+") for kind in ("Integer", "Long", "Decimal")),
            overload("Ratio -> Quantity", _quantity_of_ratio),
        ),
        (("ToQuantity('5.5 \\'cm\\'')", "5.5 'cm'"), ("ToQuantity(13)", "13 '1'"),
         ("ToQuantity('444 \\'cm')", "null"), ("ToQuantity('5 \\'furlongs\\'')", "null")),
    ),
    Operator(
        "ToRatio", "ToRatio({0})",
        "A text of two quantities with a colon between them as a ratio.",
        SECTION + "ToRatio",
        (overload("String -> Ratio", _read(_ratio_of_text)),),
        (("ToRatio('1.0 \\'mg\\':2.0 \\'mL\\'')", "1.0 'mg' : 2.0 'mL'"), ("ToRatio('1.0 \\'mg\\';2.0')", "null")),
    ),
    Operator(
        "ToConcept", "ToConcept({0})",
        "A code, or each code of a list, as one concept.",
        SECTION + "ToConcept",
        (
            overload("Code -> Concept", _concept_of_code),
            overload("List<Code> -> Concept", _concept_of_codes),
        ),
        (("ToConcept(null as Code)", "null"), ("ToConcept(null as List<Code>)", "null")),
    ),
    Operator(
        "ConvertQuantity", "ConvertQuantity({0}, {1})",
        "The quantity in another unit; null where the units measure different things.",
        SECTION + "ConvertQuantity",
        (overload("Quantity, String -> Quantity", _convert),),
        (("ConvertQuantity(5 'mg', 'g')", "0.005 'g'"), ("ConvertQuantity(5 'mg', 'mL')", "null")),
    ),
    Operator(
        "QuantityValue", "{0}.value",
        "The number of a quantity without its unit, which `convert` has settled just before.",
        "CQL 1.5, Author's Guide, Quantities",
        (overload("Quantity -> Decimal", _value, "+"),),
        (("(convert 1.7 'm' to 'cm').value", "170.0"), ("(convert (30 'mg' / 20 'mg') to '1').value", "1.5")),
    ),
    Operator(
        "CanConvertQuantity", "CanConvertQuantity({0}, {1})",
        "Whether the quantity can be converted to another unit.",
        SECTION + "CanConvertQuantity",
        (overload("Quantity, String -> Boolean", _can_convert),),
        (("CanConvertQuantity(5 'mg', 'g')", "true"), ("CanConvertQuantity(5 'mg', 'mL')", "false"),
         ("CanConvertQuantity(null as Quantity, 'g')", "null")),
    ),
)  # fmt: skip

# --- ConvertsTo...: whether there is such a conversion, and it succeeds ---

_TESTED: dict[str, tuple[tuple[str, str], ...]] = {
    "ToBoolean": (("'y'", "true"), ("'falsetto'", "false")),
    "ToInteger": (("'101'", "true"), ("3000000000L", "false")),
    "ToLong": (("'101'", "true"), ("'one'", "false")),
    "ToDecimal": (("'0.1'", "true"), ("'+-0.1'", "false")),
    "ToString": (("5 'mg'", "true"), ("{1, 2}", "false")),
    "ToDate": (("'2014-01'", "true"), ("'2014-02-30'", "false")),
    "ToDateTime": (("'2014-01-01T12:05'", "true"), ("'2014/01/01'", "false")),
    "ToTime": (("'14:30'", "true"), ("'14-30'", "false")),
    "ToQuantity": (("'5 \\'mg\\''", "true"), ("'5 mg'", "false")),
    "ToRatio": (("'1:128'", "true"), ("'1;128'", "false")),
}


def _converts(conversion: Operator) -> Operator:
    target = conversion.name.removeprefix("To")

    def run(value: Value) -> bool:
        kind = _type_of(value)
        runs = (row.run for row in conversion.overloads if str(row.parameters[0]) == kind)
        return kind == target or any(run(value) is not None for run in runs)

    name = f"Converts{conversion.name}"
    return Operator(
        name, name + "({0})",
        f"Whether `{conversion.name}` can convert the value, or it is one already.",
        SECTION + name,
        (overload("Any -> Boolean", run),),
        (*((f"{name}({value})", result) for value, result in _TESTED[conversion.name]), (f"{name}(null)", "null")),
    )  # fmt: skip


def _type_of(value: Value) -> str:
    match value:
        case bool():
            return "Boolean"
        case int():
            return "Integer" if INTEGER_MINIMUM <= value <= INTEGER_MAXIMUM else "Long"
        case str():
            return "String"
        case _:
            return type(value).__name__


OPERATORS: tuple[Operator, ...] = (*CONVERSIONS, *(_converts(row) for row in CONVERSIONS if row.name in _TESTED))
