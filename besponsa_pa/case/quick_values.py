"""Values of a program by the types that their facts declare: what is surely right, quickly, and nothing else.

What is not surely right makes a reader raise one of `GIVES_UP`: the case is then read by way of its text, which also
reads the rare forms and alone says what is wrong with the others. So a reader here may refuse what is right, but
never takes what is not.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from besponsa_pa.case.quantities import check_unit
from besponsa_pa.case.typed_values import TEXT_READERS
from besponsa_pa.expression.literals import DIGITS_AFTER_POINT, DIGITS_BEFORE_POINT, calendar_unit, parse_date
from besponsa_pa.records import dataclass, maker
from besponsa_pa.terminology import DIAGNOSES, DIAGNOSIS, canonical_system, system_names
from besponsa_pa.types import Simple
from besponsa_pa.values import INTEGER_MAXIMUM, INTEGER_MINIMUM, Code, Date, Quantity, Value, from_fact

# The place of a value in the case, by the number of the entry of a list that it belongs to: `therapies[0].start`.
Place: TypeAlias = Callable[[int], str]

GIVES_UP = (ValueError, TypeError, KeyError)


@dataclass(frozen=True, slots=True)
class Quick:
    """How a value is read: a test of what most programs give, and who else makes a value of it, or gives up.

    `test` is Python over `value`, empty where none is quicker; what passes it is the value. `read` is called with the
    value and `index`, the number of the entry of a list. A text of several is its own value in `choices`.
    """

    test: str = ""
    read: Callable[[object, int], Value] | None = None
    choices: dict[object, str] | None = None


def quick_value(kind: Simple, place: Place) -> Quick | None:
    """How a value of a type without parts is read; None where no program gives such a value."""
    match kind.name:
        case "String" if kind.values is not None:
            return Quick(choices={each: each for each in kind.values if each.isprintable()})
        case "String":
            return Quick("type(value) is str and value.isprintable() and value.strip()", _refused)
        case "Boolean":
            return Quick("value is True or value is False", lambda value, _: truth_from_value(value))
        case "Integer":
            test = f"type(value) is int and {INTEGER_MINIMUM} <= value <= {INTEGER_MAXIMUM}"
            return Quick(test, _integer)
        case "Decimal":
            return Quick(_IS_SHORT_NUMBER, lambda value, _: _number(value))
        case "Date":
            return Quick(read=_date_reader(place))
        case "DateTime" | "Time":
            return Quick(read=_time_reader(kind, place))
        case "Code":
            return Quick(read=_code_reader(kind))
        case "Quantity":
            return Quick(read=lambda value, _: _quantity(value, kind.unit))
        case _:
            return None


def _refused(_: object, __: int) -> Value:
    raise ValueError


# --- texts and truth values ---


def text_from_value(value: object) -> str:
    """A text that says something and can be shown."""
    if type(value) is str and value.isprintable() and value.strip():
        return value
    raise ValueError


def truth_from_value(value: object) -> bool:
    """A truth value, or its word."""
    if value is True or value is False:
        return value
    if type(value) is str and value in ("true", "false"):
        return value == "true"
    raise ValueError


# --- numbers ---

_LARGEST_NUMBER = 10**DIGITS_BEFORE_POINT - 1
# so short a text that begins with a digit has at most eight of them after the point
_IS_SHORT_NUMBER = "type(value) is Decimal and '0' <= (text := str(value)) < ':' and len(text) < 10 and 'E' not in text"
_is_number = re.compile(rf"-?[0-9]{{1,{DIGITS_BEFORE_POINT}}}(?:\.[0-9]{{1,{DIGITS_AFTER_POINT}}})?").fullmatch
_is_whole = re.compile(r"-?[0-9]{1,9}").fullmatch


def _integer(value: object, _: int) -> int:
    if type(value) is str and _is_whole(value):
        return int(value)
    raise ValueError


def _number(value: object) -> Decimal:
    if type(value) is Decimal and _is_number(str(value)):
        return value
    if type(value) is str and _is_number(value):
        return Decimal(value)
    if type(value) is int and -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER:
        return Decimal(value)
    raise ValueError


_new_quantity = maker(Quantity)
_is_plain = re.compile(r"[^\s'\"]+").fullmatch


def _quantity(value: object, wanted: str | None) -> Quantity:
    number, unit = _number_and_unit(value)
    return _new_quantity(_number(number), wanted if unit == wanted and wanted is not None else _unit(unit, wanted))


def _number_and_unit(value: object) -> tuple[object, object]:
    """What a quantity says of its number and of its unit: `40 'mg'`, `40 mg`, its two keys, or a number alone."""
    if type(value) is dict and len(value) == 2:
        return value["value"], value["unit"]
    if type(value) is not str or " " not in value:
        return value, None
    number, _, unit = value.partition(" ")
    return number, unit[1:-1] if unit[:1] == "'" == unit[-1:] else unit


def _unit(written: object, wanted: str | None) -> str:
    """A unit that measures what the fact's unit does, as values carry it."""
    if written is None and wanted == "1":
        return wanted
    if type(written) is not str or not _is_plain(written):
        raise ValueError
    unit = calendar_unit(written) or written
    if unit != wanted:
        check_unit(unit, wanted)
    return unit


# --- dates and times ---

_new_date = maker(Date)


def date_from_value(value: object) -> Date:
    """A date, perhaps only to its month or its year."""
    if type(value) is str:
        return parse_date(value)
    if type(value) is datetime.date:
        return _new_date(value.year, value.month, value.day)
    raise ValueError


def _date_reader(place: Place) -> Callable[[object, int], Value]:
    new_date, date_from_text = _new_date, datetime.date.fromisoformat

    def read(value: object, index: int) -> Value:
        if type(value) is str and len(value) == 10 and value[4] == "-" == value[7]:
            value = date_from_text(value)
        if type(value) is datetime.date:
            return new_date(value.year, value.month, value.day)
        return from_fact(date_from_value(value), place(index))

    return read


def _time_reader(kind: Simple, place: Place) -> Callable[[object, int], Value]:
    point_from_text = TEXT_READERS[kind.name]

    def read(value: object, index: int) -> Value:
        if type(value) is datetime.datetime or type(value) is datetime.time:
            value = value.isoformat()
        if type(value) is not str:
            raise ValueError
        return from_fact(point_from_text(value), place(index))

    return read


# --- codes ---

# another text may be a code too, or one that is written otherwise
_is_diagnosis = re.compile(DIAGNOSIS).fullmatch
_SYSTEMS = system_names()
_MOST_CODES = 1024
_new_code = maker(Code)


def _code_reader(kind: Simple) -> Callable[[object, int], Value]:
    declared = None if kind.system is None else canonical_system(kind.system)
    # codes are public, and the same few stand in most cases
    code_from_text = lru_cache(_MOST_CODES)(lambda text: _code(text, declared))

    def read(value: object, _: int) -> Value:
        if type(value) is str:
            return code_from_text(value)
        if type(value) is not dict:
            raise ValueError
        display, version = _said(value, "display"), _said(value, "version")
        if len(value) != 2 + (display is not None) + (version is not None):
            raise ValueError
        return _code(value["code"], _SYSTEMS[value["system"]], display, version)

    return read


def _code(value: object, system: str | None, display: str | None = None, version: str | None = None) -> Code:
    text = text_from_value(value)
    if system is None or text != text.strip() or (system == DIAGNOSES and not _is_diagnosis(text)):
        raise ValueError
    return _new_code(text, system, display, version)


def _said(parts: dict[str, object], key: str) -> str | None:
    value = parts.get(key)
    return None if value is None else text_from_value(value)
