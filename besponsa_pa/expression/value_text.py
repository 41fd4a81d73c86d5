"""How any value is written: as CQL for messages, findings and tests, or plainly as a person reads it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from besponsa_pa.patterns import pattern
from besponsa_pa.values import (
    INTEGER_MAXIMUM,
    INTEGER_MINIMUM,
    Code,
    Concept,
    Date,
    DateTime,
    Interval,
    Missing,
    Quantity,
    Ratio,
    Time,
    TupleValue,
    Uncertain,
    UncertainList,
    Value,
    ValueSet,
    earliest,
    earliest_time,
    latest,
    latest_time,
)

ESCAPED = {"'": "\\'", "\\": "\\\\", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# what cannot be seen or cannot be written out: controls, line separators, byte order mark, halves of a pair
UNSEEN = pattern("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


def text_of(value: Value) -> str:
    """A value as CQL text, for messages, findings and tests; what is not wholly known says so in words.

    Where CQL has a literal or a selector for the value, the text is one, so that it can be read back.
    """
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int():
            return str(value) if INTEGER_MINIMUM <= value <= INTEGER_MAXIMUM else f"{value}L"
        case Decimal():
            return decimal_text(value)
        case str():
            return f"'{escape(value)}'"
        case Date() | DateTime():
            return f"@{value}"
        case Time():
            return f"@T{value}"
        case Quantity():
            return _quantity_text(value)
        case Ratio():
            return f"{_quantity_text(value.numerator)} : {_quantity_text(value.denominator)}"
        case Code():
            return _code_text(value)
        case Concept():
            return f"Concept {{ {', '.join(map(_code_text, value.codes))} }}" + display_text(value.display)
        case ValueSet():
            name = quoted(value.name)
            return name if value.is_declared else f"ValueSet {{ id: '{escape(value.name)}' }}"
        case Interval():
            opening, closing = "[" if value.low_closed else "(", "]" if value.high_closed else ")"
            return f"Interval{opening}{text_of(value.low)}, {text_of(value.high)}{closing}"
        case TupleValue():
            elements = ", ".join(f"{key(name)} {text_of(part)}" for name, part in value.elements.items())
            return f"Tuple {{ {elements or ':'} }}"
        case tuple():
            return "{" + ", ".join(map(text_of, value)) + "}"
        case Missing():
            return f"missing({', '.join(sorted(value.facts))})"
        case Uncertain():
            return _uncertain_text(value)
        case UncertainList():
            return "{" + ", ".join(("" if sure else "perhaps ") + text_of(x) for x, sure in value.elements) + "}"


def plain_text(value: Value) -> str:
    """A value as a person reads it: a text without its quotes, a date without its sign, a code with its system.

    What cannot be seen is written out, so that no value of a case can play tricks on a terminal.
    """
    match value:
        case str():
            return visible(value)
        case Date() | DateTime() | Time():
            return str(value)
        case Code():
            return visible(" ".join(part for part in (value.system, value.code) if part is not None))
        case TupleValue():
            known = ((name, part) for name, part in value.elements.items() if not isinstance(part, Missing))
            return ", ".join(f"{name} {plain_text(part)}" for name, part in known if part is not None)
        case tuple():
            return "; ".join(map(plain_text, value)) or "none"
        case Missing():
            return "not known"
        case Uncertain():
            partial = _partial_point(value.low, value.high)
            return str(partial) if partial else f"between {plain_text(value.low)} and {plain_text(value.high)}"
        case _:
            return text_of(value)


def decimal_text(number: Decimal) -> str:
    """A Decimal as CQL writes it: always with a point, never with an exponent or a minus before zero."""
    text = number_text(number)
    return text if "." in text else f"{text}.0"


def number_text(number: Decimal) -> str:
    """The number of a quantity: without an exponent, with a point only where it has one."""
    return format(number or number.copy_abs(), "f")


def _quantity_text(quantity: Quantity) -> str:
    number = number_text(quantity.value)
    if quantity.is_calendar:
        return f"{number} {calendar_text(quantity)}"
    return f"{number} '{escape(quantity.unit)}'"


def calendar_text(quantity: Quantity) -> str:
    """The word for a calendar duration, in the plural unless there is one of it."""
    return quantity.unit if quantity.value == 1 else f"{quantity.unit}s"


def _code_text(code: Code) -> str:
    if code.system is not None and code.version is None:
        return f"Code '{escape(code.code)}' from {quoted(code.system)}{display_text(code.display)}"
    return instance_text(code)


def instance_text(code: Code) -> str:
    """A code with its elements named, which says all of it: `Code { code: '8480-6', version: '2.76' }`."""
    parts = (("code", code.code), ("system", code.system), ("version", code.version), ("display", code.display))
    elements = ", ".join(f"{name}: '{escape(part)}'" for name, part in parts if part is not None)
    return f"Code {{ {elements} }}"


def display_text(display: str | None) -> str:
    """What a code or a concept is called, as it stands behind it."""
    return "" if display is None else f" display '{escape(display)}'"


def _uncertain_text(value: Uncertain) -> str:
    partial = _partial_point(value.low, value.high)
    return text_of(partial) if partial else f"between {text_of(value.low)} and {text_of(value.high)}"


def _partial_point(low: Value, high: Value) -> Date | DateTime | None:
    """The year, the month ... whose first and last full point the bounds are, if they are."""
    match low, high:
        case Date(), Date():
            dates = (Date(*low.parts[:count]) for count in (1, 2))
            return next((date for date in dates if (earliest(date), latest(date)) == (low, high)), None)
        case DateTime(), DateTime():
            points = (replace(DateTime(*low.parts[:count]), offset=low.offset) for count in range(1, len(low.parts)))
            return next((point for point in points if (earliest_time(point), latest_time(point)) == (low, high)), None)
        case _:
            return None


# --- names and texts ---


def is_plain_name(name: str) -> bool:
    """Whether a name needs no quotes, as far as its characters go."""
    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is not None


def quoted(name: str) -> str:
    """A name in its double quotes."""
    return '"' + escape(name).replace("\\'", "'").replace('"', '\\"') + '"'


def key(name: str) -> str:
    """A name before a colon, where the words of the language are names as well."""
    return f"{name if is_plain_name(name) else quoted(name)}:"


def escape(text: str) -> str:
    """The inside of a quoted text that stands for those characters."""
    text = "".join(ESCAPED.get(character, character) for character in text)
    return visible(text)


def visible(text: str) -> str:
    """The text with what cannot be seen written as in a literal, so that it plays no tricks on a terminal."""
    if text.isprintable():
        return text
    return UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
