"""A case that has been read, as the row of typed columns that the SQL of a policy reads.

For a program that has cases at hand and a database to put them into; whole files of cases are read by SQL itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeAlias

from besponsa_pa.backends.sql.columns import (
    CASE_ID,
    INTEGER_LIMIT,
    PLACES,
    REFUSED,
    WHOLE_DIGITS,
    Column,
    columns_of,
    evidence_column,
    judgment_column,
)
from besponsa_pa.case import Case
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.types import ListOf, Simple, Type
from besponsa_pa.values import Code, Date, Missing, Quantity, Time, TupleValue, Uncertain, UncertainList, Value

Single: TypeAlias = "None | bool | int | Decimal | str"
Cell: TypeAlias = "Single | list[Single] | list[dict[str, Single]]"
Row: TypeAlias = dict[str, Cell]

DECIMAL_LIMIT = Decimal(10) ** WHOLE_DIGITS


class UnsuitableError(Exception):
    """A value that no column holds: the interpreter decides such a case."""


def row_from_case(compiled: CompiledPolicy, case: Case, columns: Sequence[Column] | None = None) -> Row:
    """The row of a case, with a value or None in every column of `columns_of`.

    A case of which a value fits no column comes back with `refused` saying why, and with nothing in its other columns:
    such a row is not decided by SQL. `columns` saves making them anew for each of many cases.
    """
    columns = columns_of(compiled) if columns is None else columns
    row: Row = {column.name: None for column in columns}
    try:
        row.update(_cells(compiled, case, row))
    except UnsuitableError as why:
        row = {column.name: None for column in columns}
        row[REFUSED] = str(why)
    row[CASE_ID] = case.id
    return row


def _cells(compiled: CompiledPolicy, case: Case, row: Row) -> Iterator[tuple[str, Cell]]:
    for name, value in case.facts.items():
        kind = compiled.policy.facts[name].type
        for column, cell in _cells_of(_column(name), kind, value, name):
            if column in row:
                yield column, cell
    for place, evidence in case.evidence.items():
        if "[" in place and evidence_column(place.split("[", 1)[0]) in row:
            raise UnsuitableError(f"`{place}` has evidence of its own")
        if evidence_column(place) in row:
            yield evidence_column(place), evidence.kind.value
    for criterion, answer in case.judgments.items():
        yield judgment_column(criterion), answer.met


def _column(fact: str) -> str:
    return fact.replace(".", "__")


def _cells_of(column: str, kind: Type, value: Value, place: str) -> Iterator[tuple[str, Cell]]:
    if isinstance(kind, ListOf):
        elements = [each for each, _ in value.elements] if isinstance(value, UncertainList) else value
        assert isinstance(elements, (list, tuple))
        yield column, [_element(kind.element, each, f"{place}[{at}]") for at, each in enumerate(elements)]  # type: ignore[misc]
    else:
        yield from _simple_cells(column, kind, value, place)


def _element(kind: Type, value: Value, place: str) -> Single | dict[str, Single]:
    if isinstance(kind, Simple):
        cells = dict(_simple_cells("", kind, value, place))
        if cells.get("") is None:
            raise UnsuitableError(f"`{place}` is not known")
        return cells[""]
    if not isinstance(value, TupleValue):
        raise UnsuitableError(f"`{place}` is not known")
    kinds = dict(kind.elements)  # type: ignore[union-attr]
    fields: dict[str, Single] = {}
    for name, part in value.elements.items():
        fields.update(_simple_cells(name, kinds[name], part, f"{place}.{name}"))
    return fields


def _simple_cells(column: str, kind: Type, value: Value, place: str) -> Iterator[tuple[str, Single]]:
    """The one or two columns of a value without parts."""
    is_known = not isinstance(value, Missing)
    match kind, value:
        case Simple("Quantity"), _:
            quantity = value if isinstance(value, Quantity) else None
            yield f"{column}__value", None if quantity is None else _number(quantity.value, place)
            yield f"{column}__unit", None if quantity is None else quantity.unit
        case Simple("Code"), Code(code, system):
            if kind.system is None:
                yield f"{column}__system", system
            elif system != kind.system:
                raise UnsuitableError(f"`{place}` is a code of another system")
            yield column, code
        case Simple("Code", system=None), _:
            yield f"{column}__system", None
            yield column, None
        case _:
            yield column, _single(value, place) if is_known else None


def _single(value: Value, place: str) -> Single:
    match value:
        case None | bool() | str():
            return value
        case int():
            if abs(value) > INTEGER_LIMIT:
                raise UnsuitableError(f"`{place}` is too large")
            return value
        case Decimal():
            return _number(value, place)
        case Date():
            return str(value)
        case Time():
            return _time_text(str(value))
        case Uncertain(Date() as low, Date() as high):
            return _partial_date(low, high)
        case Uncertain(Time() as low, Time() as high):
            return _partial_time(low, high)
        case _:
            raise UnsuitableError(f"`{place}` fits no column")


def _number(value: Decimal, place: str) -> Decimal:
    if abs(value) >= DECIMAL_LIMIT or -int(value.as_tuple().exponent) > PLACES:
        raise UnsuitableError(f"`{place}` is too large")
    return value


def _partial_date(low: Date, high: Date) -> str:
    """The text that a date known only to its year or month was read from."""
    return f"{low.year:04d}" if (low.month, high.month) == (1, 12) else f"{low.year:04d}-{low.month:02d}"


def _partial_time(low: Time, high: Time) -> str:
    parts = [f"{low.hour:02d}"]
    for one, other in ((low.minute, high.minute), (low.second, high.second)):
        if one != other:
            break
        parts.append(f"{one:02d}")
    return ":".join(parts)


def _time_text(text: str) -> str:
    """A time of day without the milliseconds that are none."""
    return re.sub(r"\.000$", "", text)
