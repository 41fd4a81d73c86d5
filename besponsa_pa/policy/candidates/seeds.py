"""Values made up for facts of which the base says nothing, so that limits can be looked for around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from besponsa_pa.expression import calendar
from besponsa_pa.expression.frames import Frame
from besponsa_pa.facts import REQUEST_DATE
from besponsa_pa.policy.candidates.clauses import Clauses, entry_type
from besponsa_pa.policy.candidates.codes import codes, texts
from besponsa_pa.policy.candidates.places import entries_of, list_value
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.types import ListOf, Simple, TupleOf, Type
from besponsa_pa.values import (
    UNKNOWN,
    Date,
    DateTime,
    Quantity,
    Time,
    TupleValue,
    Value,
    earliest,
)

# the date of a request under a policy that does not say from when it holds
DATE = Date(2025, 6, 15)
# what bodies are measured in, and about how much of it they have; of everything else 1
BODIES = {
    "kg": "70",
    "g": "70000",
    "[lb_av]": "154",
    "cm": "170",
    "m": "1.7",
    "[in_i]": "67",
    "m2": "1.8",
    "kg/m2": "24",
}
HALF_A_YEAR = Quantity(Decimal(6), "month")


def is_known(value: Value) -> bool:
    """Whether a frame holds a value that is known as a whole, or a list of which the entries are there."""
    return bool(entries_of(value)) or not isinstance(value, UNKNOWN)


def anchor(compiled: CompiledPolicy, base: Frame) -> Date:
    """The date around which others are tried: that of the request, else one on which the policy holds."""
    date = base.get(REQUEST_DATE)
    if isinstance(date, Date) and date.day is not None:
        return date
    start, end = compiled.policy.effective_from, compiled.policy.effective_to
    if start is None:
        return DATE if end is None else earliest(end)
    later = calendar.shift(earliest(start), HALF_A_YEAR)
    is_inside = isinstance(later, Date) and (end is None or later.parts <= end.parts)
    return later if is_inside and isinstance(later, Date) else earliest(start)


def completed(compiled: CompiledPolicy, clauses: Clauses, base: Frame) -> Frame:
    """The base with a value for each fact that it does not say; a list is empty."""
    date = anchor(compiled, base)
    facts = compiled.policy.facts
    made_up = {name: seed(fact.type, clauses.naming(name), date) for name, fact in facts.items()}
    return {**made_up, **{name: value for name, value in base.items() if name in facts and is_known(value)}}


def seed(kind: Type, constants: Iterable[Value], date: Date) -> Value:
    """A plain value of a type; one that clauses name where there is such a one."""
    if not isinstance(kind, Simple):
        return () if isinstance(kind, ListOf) else None
    constants = tuple(constants)
    match kind.name:
        case "Boolean":
            return True
        case "Integer":
            return 1
        case "Decimal":
            return Decimal(1)
        case "Quantity":
            units = (c.unit for c in constants if isinstance(c, Quantity) and not c.is_calendar)
            unit = kind.unit or next(units, "1")
            return Quantity(Decimal(BODIES.get(unit, "1")), unit)
        case "String":
            return next(texts(constants, kind)).value
        case "Code":
            return next(codes(constants, kind, None)).value
        case "Date":
            return date
        case "DateTime":
            return DateTime(date.year, date.month, date.day, 12, 0, 0, 0)
        case "Time":
            return Time(12, 0, 0, 0)
        case _:
            return None


def entry_seed(fact: str, kind: ListOf, clauses: Clauses, date: Date) -> Value:
    """An entry of a list: its dates lie before the request, in the order of their fields."""
    of = entry_type(kind)
    if of is None:
        return seed(kind.element, clauses.naming(fact), date)
    return TupleValue(_fields(fact, of, clauses, date))


def _fields(fact: str, of: TupleOf, clauses: Clauses, date: Date) -> Mapping[str, Value]:
    dates = [name for name, kind in of.elements if isinstance(kind, Simple) and kind.name in ("Date", "DateTime")]
    fields: dict[str, Value] = {}
    for name, kind in of.elements:
        before = Quantity(Decimal(3 * (len(dates) - dates.index(name))), "month") if name in dates else None
        moved = date if before is None else calendar.shift(date, before, -1)
        fields[name] = seed(kind, clauses.naming(fact, name), moved if isinstance(moved, Date) else date)
    return fields


def with_entries(frame: Frame, entries: Mapping[str, Value]) -> Frame:
    """The frame in which each empty list has the entry made up for it."""
    return {
        name: list_value([entries[name]]) if name in entries and not entries_of(value) else value
        for name, value in frame.items()
    }
