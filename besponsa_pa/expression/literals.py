"""What a text says: the value of a literal, in a case or of a conversion. `value_text` is the other way.

The parsers take the bare text (`2024-02-29`, `40 'mg'`), without the `@` of a date or the quotes of a text. Each
raises `ValueError` in plain words, so that an expression, a case and a test say the same of the same mistake.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from decimal import Decimal

from besponsa_pa.expression.value_text import visible
from besponsa_pa.values import (
    CALENDAR_UNITS,
    INTEGER_MAXIMUM,
    INTEGER_MINIMUM,
    LONG_MAXIMUM,
    LONG_MINIMUM,
    Date,
    DateTime,
    Quantity,
    Ratio,
    Time,
    days_in_month,
)

DIGITS_BEFORE_POINT, DIGITS_AFTER_POINT = 28, 8
OFFSET_LIMIT = 14 * 60
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?"
QUANTITY = rf"{NUMBER}(?:\s*(?:'(?:[^'\\]|\\.)*'|[A-Za-z]+))?"
DATE = r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?"
TIME = r"([0-9]{2})(?::([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?)?"
OFFSET = r"(Z|[+-][0-9]{2}:[0-9]{2})"


# --- numbers (CQL 1.5, Types: Integer, Long, Decimal) ---


def parse_integer(text: str) -> int:
    """The Integer that a text says, with its sign; raises ValueError outside of 32 bits.

    `-2147483648` is in range and `2147483648` is not, so a sign before a literal belongs to the text.
    """
    return _whole_number(text, INTEGER_MINIMUM, INTEGER_MAXIMUM)


def parse_long(text: str) -> int:
    """The Long that a text says, without the `L` of a literal; raises ValueError outside of 64 bits."""
    return _whole_number(text, LONG_MINIMUM, LONG_MAXIMUM)


def _whole_number(text: str, low: int, high: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValueError(f"`{_shown(text)}` is not a whole number")
    digits = text.lstrip("+-").lstrip("0") or "0"
    # a text of thousands of digits is refused before it is read
    number = int(digits) if len(digits) <= len(str(high)) else high + 2
    number = -number if text.startswith("-") else number
    if not low <= number <= high:
        raise ValueError(f"`{_shown(text)}` is out of range, wanted {low} to {high}")
    return number


def parse_decimal(text: str) -> Decimal:
    """The Decimal that a text says, digit for digit.

    Nothing is rounded away in silence: raises ValueError for more than 28 digits before the point or 8 after it.
    """
    number = exact_number(text)
    before, _, after = text.lstrip("+-").partition(".")
    if len(before.lstrip("0")) > DIGITS_BEFORE_POINT:
        raise ValueError(
            f"`{_shown(text)}` has {len(before.lstrip('0'))} digits before the point, "
            f"wanted at most {DIGITS_BEFORE_POINT}"
        )
    if len(after) > DIGITS_AFTER_POINT:
        raise ValueError(
            f"`{_shown(text)}` has {len(after)} digits after the point, wanted at most {DIGITS_AFTER_POINT}"
        )
    return number


def exact_number(text: str) -> Decimal:
    """The number that a text says, however many digits it has; raises ValueError when it says none."""
    if not re.fullmatch(NUMBER, text):
        raise ValueError(f"`{_shown(text)}` is not a number, wanted digits such as `5` or `0.25`")
    return Decimal(text)


def _shown(text: str) -> str:
    """As much of a text as a message can carry, on one line."""
    return visible(text) if len(text) <= 40 else visible(text[:40]) + "..."


# --- dates and times (CQL 1.5, Types: Date, DateTime, Time) ---


def parse_date(text: str) -> Date:
    """The date that a text says, perhaps only to its month or its year; raises ValueError for one no calendar has."""
    if len(text) == 10 and text[4] == "-" == text[7]:
        with contextlib.suppress(ValueError):
            date = datetime.date.fromisoformat(text)
            return Date(date.year, date.month, date.day)
    match = re.fullmatch(DATE, text)
    if not match:
        raise ValueError(f"`{_shown(text)}` is not a date, wanted year, month and day such as `2024-02-29`")
    return _date(match.groups())


def _date(parts: tuple[str | None, ...]) -> Date:
    year, month, day = (None if part is None else int(part) for part in parts)
    if not year:
        raise ValueError("there is no year 0")
    if month is not None and not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    if month is not None and day is not None and not 1 <= day <= days_in_month(year, month):
        raise ValueError(_missing_day(year, month, day))
    return Date(year, month, day)


def _missing_day(year: int, month: int, day: int) -> str:
    if (month, day) == (2, 29):
        return f"{year} has no 29 February"
    return f"there is no {day} {MONTHS[month - 1]}" if 1 <= day <= 31 else f"there is no day {day}"


def parse_datetime(text: str) -> DateTime:
    """The point in time that a text says, to any precision; a date alone, with or without `T`, is a partial one.

    Raises ValueError for a date or time that calendar and clock do not have.
    """
    match = re.fullmatch(rf"{DATE}(?:T(?:{TIME}{OFFSET}?)?)?", text)
    if not match:
        raise ValueError(
            f"`{_shown(text)}` is not a date and time, wanted such as `2024-02-29T14:30:00` or `2024-02-29T14:30:00Z`"
        )
    parts = match.groups()
    date = _date(parts[:3])
    if parts[3] is None:
        return DateTime(date.year, date.month, date.day)
    if date.day is None:
        raise ValueError(f"`{_shown(text)}` has a time of day without a day")
    time = _time(parts[3:7])
    offset = None if parts[7] is None else _offset(parts[7])
    return DateTime(date.year, date.month, date.day, time.hour, time.minute, time.second, time.millisecond, offset)


def parse_time(text: str) -> Time:
    """The time of day that a text says, to any precision, with or without a `T` before it."""
    match = re.fullmatch(f"T?{TIME}", text)
    if not match:
        raise ValueError(f"`{_shown(text)}` is not a time of day, wanted hours and minutes such as `14:30`")
    return _time(match.groups())


def _time(parts: tuple[str | None, ...]) -> Time:
    *clock, fraction = parts
    hour, minute, second = (None if part is None else int(part) for part in clock)
    for name, part, limit in (("hour", hour, 23), ("minute", minute, 59), ("second", second, 59)):
        if part is not None and part > limit:
            raise ValueError(f"there is no {name} {part}")
    if fraction is not None and fraction[3:].strip("0"):
        raise ValueError(f"`{_shown(fraction)}` is finer than milliseconds, wanted at most 3 digits")
    return Time(hour or 0, minute, second, None if fraction is None else int(fraction.ljust(3, "0")[:3]))


def _offset(text: str) -> int:
    if text == "Z":
        return 0
    hours, minutes = int(text[1:3]), int(text[4:])
    if minutes > 59 or 60 * hours + minutes > OFFSET_LIMIT:
        raise ValueError(f"there is no time zone offset {text}")
    return (60 * hours + minutes) * (-1 if text.startswith("-") else 1)


# --- quantities (CQL 1.5, Types: Quantity, Ratio) ---


def parse_quantity(text: str) -> Quantity:
    """The quantity that a text says: `40 'mg'`, `3 months`, or a bare number, which has the unit `1`.

    A calendar duration may stand in quotes too, as CQL's `ToQuantity` has it. Whether a unit in quotes exists is
    not looked at: that takes the unit library.
    """
    match = re.fullmatch(rf"({NUMBER})(?:\s*(?:'((?:[^'\\]|\\.)*)'|([A-Za-z]+)))?", text)
    if not match:
        raise ValueError(f"`{_shown(text)}` is not a quantity, wanted such as `40 'mg'` or `3 months`")
    number, quoted, word = match.groups()
    value = parse_decimal(number)
    if word is not None:
        unit = calendar_unit(word)
        if unit is None:
            raise ValueError(f"`{_shown(word)}` is not a calendar duration; a unit stands in quotes: `{number} 'mg'`")
        return Quantity(value, unit)
    if quoted is None:
        return Quantity(value)
    if not quoted.strip():
        raise ValueError(f"`{_shown(text)}` has an empty unit")
    return Quantity(value, calendar_unit(quoted) or unescape(quoted))


def calendar_unit(word: str) -> str | None:
    """The calendar duration that a word names, one or many of it (`months`), as values carry it: `month`."""
    if word in CALENDAR_UNITS:
        return word
    return word[:-1] if word.endswith("s") and word[:-1] in CALENDAR_UNITS else None


def parse_ratio(text: str) -> Ratio:
    """The ratio that a text says: `1 'mg' : 10 'mL'`."""
    match = re.fullmatch(rf"({QUANTITY})\s*:\s*({QUANTITY})", text)
    if not match:
        raise ValueError(f"`{_shown(text)}` is not a ratio, wanted such as `1 'mg' : 10 'mL'`")
    return Ratio(parse_quantity(match[1]), parse_quantity(match[2]))


# --- texts (CQL 1.5, Types: String; Lexical Elements) ---

ESCAPES = {"'": "'", '"': '"', "`": "`", "\\": "\\", "/": "/", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def unescape(text: str) -> str:
    r"""The characters that the inside of a quoted text stands for: `\'` is a quote, `\u00e9` an accented e.

    Raises ValueError for a `\` before anything that CQL gives no meaning, and for half a character.
    """
    plain = re.sub(r"\\(u[0-9A-Fa-f]{4}|.|\Z)", _unescaped, text, flags=re.DOTALL)
    if not re.search("[\ud800-\udfff]", plain):
        return plain
    try:  # two halves written one after the other are one character
        return plain.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise ValueError("a `\\u` stands for half a character only") from None


def _unescaped(match: re.Match[str]) -> str:
    what = match[1]
    if len(what) == 5:
        return chr(int(what[1:], 16))
    if what == "u":
        raise ValueError("after `\\u`, wanted four digits or letters a to f, such as `\\u00e9`")
    if what not in ESCAPES:
        raise ValueError(f"`\\{visible(what)}` stands for nothing; a `\\` itself is written `\\\\`")
    return ESCAPES[what]
