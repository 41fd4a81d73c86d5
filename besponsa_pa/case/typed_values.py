"""Values of a case by the types that their facts declare, read from their texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from besponsa_pa.case.codes import code_from_node
from besponsa_pa.case.quantities import decimal_from_text, quantity_from_node
from besponsa_pa.case.reading import Reading, WrongValueError, is_null, listed, nearest, shortened
from besponsa_pa.document import Mapping, Node, Scalar, Sequence
from besponsa_pa.expression.literals import parse_date, parse_datetime, parse_integer, parse_time
from besponsa_pa.types import ListOf, Simple, TupleOf, Type
from besponsa_pa.values import Date, DateTime, Missing, Time, TupleValue, Value, from_fact, list_of


def read_value(node: Node, kind: Type, place: str, reading: Reading) -> Value:
    """The value of a fact, or of a part of one, by its declared type.

    What is not known (absent, null, or a mistake that is then reported) is `Missing` with its place, so that the
    reading goes on to the next mistake; partial dates are `Uncertain`.
    """
    reading.spans[place] = node.span
    unknown = Missing(frozenset([place]))
    match kind:
        case _ if is_null(node):
            return unknown
        case ListOf(element):
            return _list(node, element, place, reading)
        case TupleOf():
            return _tuple(node, kind, place, reading)
        case Simple():
            value = read_simple(node, kind, place, reading)
            return unknown if value is None else from_fact(value, place)
        case _:
            _refuse_type(node, kind, place, reading)
            return unknown


def _list(node: Node, element: Type, place: str, reading: Reading) -> Value:
    if not isinstance(node, Sequence):
        help = f"write `{place}: []` for none; otherwise begin each entry with a `-`"
        reading.wrong_shape(place, node, "a list", help)
        return Missing(frozenset([place]))
    values = (read_value(item, element, f"{place}[{index}]", reading) for index, item in enumerate(node.items))
    return list_of((value, True) for value in values)


def _tuple(node: Node, kind: TupleOf, place: str, reading: Reading) -> Value:
    """Each element that the type declares; those that the case does not give are `Missing`."""
    names = [name for name, _ in kind.elements]
    if not isinstance(node, Mapping):
        reading.wrong_shape(place, node, f"keys of its own: {listed(names)}")
        return Missing(frozenset([place]))
    given = {key.text: value for key, value in node.entries}
    reading.check_keys(node, names, place)
    return TupleValue({
        name: read_value(given[name], element, f"{place}.{name}", reading)
        if name in given
        else Missing(frozenset([f"{place}.{name}"]))
        for name, element in kind.elements
    })  # fmt: skip


def read_simple(node: Node, kind: Simple, place: str, reading: Reading) -> Value:
    """A value without parts, a partial date as one; None when it is not known, or after a mistake."""
    if is_null(node):
        return None
    try:
        match kind.name:
            case "Quantity":
                return quantity_from_node(node, kind, place, reading)
            case "Code":
                return code_from_node(node, kind, place, reading)
            case _:
                return _from_text(node, kind, place, reading)
    except ValueError as mistake:
        reading.wrong_value(place, node.span, mistake)
        return None


def _from_text(node: Node, kind: Simple, place: str, reading: Reading) -> Value:
    if kind.name not in TEXT_READERS and kind.name != "String":
        _refuse_type(node, kind, place, reading)
    elif not isinstance(node, Scalar):
        reading.wrong_shape(place, node, _wanted(kind))
    elif kind.name == "String":
        return _string(node, kind, place, reading)
    else:
        return TEXT_READERS[kind.name](node.text)
    return None


def _string(node: Scalar, kind: Simple, place: str, reading: Reading) -> Value:
    """A text as written. An empty one answers nothing, so it is not taken for an answer."""
    if kind.values is not None and node.text not in kind.values:
        near = nearest(node.text, kind.values)
        help = f"did you mean `{near}`?" if near is not None else ""
        label = f"not one of {listed(kind.values)}"
        reading.error("E406", f"`{place}` has no value `{shortened(node.text)}`", node.span, label=label, help=help)
        return None
    if kind.values is None and not node.text.strip():
        help = "leave the key out, or write `null`, when it is not known"
        raise WrongValueError("an empty text", help=help)
    return node.text


def _refuse_type(node: Node, kind: Type, place: str, reading: Reading) -> None:
    message = f"`{place}` is of the type `{kind}`, which no case can carry"
    reading.error("E404", message, node.span, help="declare the fact with another type")


# --- texts ---


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise WrongValueError(f"`{shortened(text)}` is neither true nor false", help="write `true` or `false`")
    return text == "true"


def _date(text: str) -> Date:
    with_time = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ].*)", text) if len(text) > 10 else None
    if with_time is None:
        return parse_date(text)
    parse_date(with_time[1])
    time = shortened(with_time[2])
    found = f"`{shortened(text)}` has a time of day, `{time.strip()}`"
    raise WrongValueError(found, "a date alone", f"write `{with_time[1]}`")


def _datetime(text: str) -> DateTime:
    """A point in time; one given to the second is taken for exact, for seconds with and without fractions are alike.

    CQL 1.5, Comparing Dates and Times: seconds and milliseconds are one component.
    """
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9].*", text):
        help = f"write `{shortened(text.replace(' ', 'T', 1))}`"
        raise WrongValueError(f"`{shortened(text)}` has a space before the time", help=help)
    point = parse_datetime(text)
    return replace(point, millisecond=0) if point.precision == "second" else point


def _time(text: str) -> Time:
    point = parse_time(text)
    return replace(point, millisecond=0) if point.precision == "second" else point


TEXT_READERS: dict[str, Callable[[str], Value]] = {
    "Boolean": _boolean,
    "Integer": parse_integer,
    "Decimal": decimal_from_text,
    "Date": _date,
    "DateTime": _datetime,
    "Time": _time,
}

WANTED = {
    "Boolean": "`true` or `false`",
    "Integer": "a whole number",
    "Decimal": "a number",
    "String": "a text",
    "Date": "a date such as `2024-02-29`",
    "DateTime": "a date and time such as `2024-02-29T14:30:00`",
    "Time": "a time of day such as `14:30`",
    "Quantity": "a number and a unit such as `40 'mg'`",
    "Code": "a code",
}


def _wanted(kind: Simple) -> str:
    if kind.values is not None:
        return f"one of {listed(kind.values)}"
    return WANTED.get(kind.name, f"a value of type {kind.name}")
