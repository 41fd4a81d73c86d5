"""A case given as Python values, for programs that have no case file."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import TypeAlias

from besponsa_pa.case.model import Case
from besponsa_pa.case.reader import read_case
from besponsa_pa.case.reading import shortened
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import parse_json
from besponsa_pa.facts import Facts
from besponsa_pa.source import Source
from besponsa_pa.values import Date, DateTime, Time

_DEPTH_LIMIT = 100
_NUMBER_LIMIT = 10**40

_Plain: TypeAlias = "None | bool | int | str | list[_Plain] | dict[str, _Plain]"


def case_from_mapping(
    data: Mapping[str, object],
    facts: Facts,
    diagnostics: Diagnostics,
    criteria: Collection[str] = (),
    name: str = "<case>",
) -> Case | None:
    """Read a case given as Python values, as `read_case` reads a case file; None when there is an error in it.

    Values are text, whole numbers, `Decimal`, truth values, dates, lists, mappings and None. A `float` is refused:
    it is seldom the number that was written. The values go through the same text as those of a case file, so that
    both mean the same and a message can show its place.
    """
    before = len(diagnostics.items)
    plain = _plain(data, (), diagnostics)
    if len(diagnostics.items) > before:
        return None
    text = json.dumps(plain, indent=2, ensure_ascii=False)
    node = parse_json(Source(text, name), diagnostics)
    return None if node is None else read_case(node, facts, diagnostics, criteria)


def _plain(value: object, path: tuple[object, ...], diagnostics: Diagnostics) -> _Plain:
    """The value in what JSON knows; dates and exact numbers as their text. None after a mistake, which is reported."""
    match value:
        case None | bool():
            return value
        case str():
            return str.__str__(value)
        case int() if abs(value) < _NUMBER_LIMIT:
            return int(value)
        case Decimal() | Date() | DateTime() | Time():
            return str(value)
        case datetime.date() | datetime.time():  # a datetime is a date
            return value.isoformat()
        case Mapping() | list() | tuple() if len(path) < _DEPTH_LIMIT:
            return _plain_parts(value, path, diagnostics)
        case _:
            _refuse(value, path, diagnostics)
            return None


def _plain_parts(
    value: Mapping[object, object] | list[object] | tuple[object, ...],
    path: tuple[object, ...],
    diagnostics: Diagnostics,
) -> _Plain:
    if not isinstance(value, Mapping):
        return [_plain(item, (*path, index), diagnostics) for index, item in enumerate(value)]
    for key in value:
        if not isinstance(key, str):
            message = f"`{_place(path) or 'the case'}` has a key that is a `{type(key).__name__}`"
            diagnostics.error("E413", message, help="give it as text")
    return {str(key): _plain(part, (*path, key), diagnostics) for key, part in value.items()}


def _refuse(value: object, path: tuple[object, ...], diagnostics: Diagnostics) -> None:
    place = _place(path)
    match value:
        case float():
            help = f"give it as text or as `Decimal`, such as `Decimal('{value}')`"
            diagnostics.error("E413", f"`{place}` is a `float`, which is seldom the number that was written", help=help)
        case int():
            diagnostics.error("E413", f"`{place}` is a number with more than 40 digits")
        case Mapping() | list() | tuple():
            diagnostics.error("E413", f"the case is nested more than {_DEPTH_LIMIT} levels deep")
        case _:
            help = "give a text, an int, a Decimal, a bool, a date, a list, a mapping or None"
            diagnostics.error("E413", f"`{place}` is of the Python type `{type(value).__name__}`", help=help)


def _place(path: tuple[object, ...]) -> str:
    """The place of a value by the keys and positions that lead to it: `therapies[0].start`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return shortened(text.removeprefix("."))
