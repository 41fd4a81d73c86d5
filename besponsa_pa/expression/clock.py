"""The time of the request, for expressions that are evaluated by themselves (CQL 1.5, Date and Time Operators).

`Now()`, `Today()` and `TimeOfDay()` are constants of a request to evaluate. A policy has no such request: there they
are refused, because the same case must give the same answer on every day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from besponsa_pa.expression import calendar
from besponsa_pa.types import DATE, DATETIME, TIME, Type
from besponsa_pa.values import DateTime, Value

READINGS: Mapping[str, tuple[Type, Callable[[DateTime], Value]]] = {
    "Now": (DATETIME, lambda moment: moment),
    "Today": (DATE, calendar.date_of),
    "TimeOfDay": (TIME, lambda moment: calendar.time_from(moment.parts[3:])),
}


def reading(name: str, as_of: DateTime) -> tuple[Value, Type]:
    """What one of the `READINGS` gives at a time, and its type."""
    kind, read = READINGS[name]
    return read(as_of), kind
