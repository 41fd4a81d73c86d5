"""JSON text to plain values, for who needs no places: a tenth of the work of a tree."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import NoReturn


def values_from_json(text: str) -> dict[str, object] | None:
    """The values below the keys of a JSON text, numbers exactly; None for a text that only `parse_json` reads aright.

    That is one with a mistake, with a key that occurs twice, or that is no group of keys.
    """
    try:
        values: object = _DECODER.decode(text)
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return values if type(values) is dict else None


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError
    return values


def _whole(text: str) -> int:
    if text == "-0":  # a number of its own as a decimal
        raise ValueError
    return int(text)


def _no_number(_: str) -> NoReturn:
    raise ValueError


_DECODER = json.JSONDecoder(
    object_pairs_hook=_without_repetition, parse_float=Decimal, parse_int=_whole, parse_constant=_no_number
)
