"""A compiled policy as plain data (null, booleans, whole numbers, texts, lists), and back.

The data is a table: one row for each object, which begins with the name of its class and refers to rows before it, so
that what was shared is shared again and nothing can refer to itself. A row's values are

    null, true, 3, "text"                 as they are
    [12]                                  the object of row 12
    ["tuple", ...], ["set", ...]          others, in their order; a set sorted
    ["mapping", "key", value, ...]        by text
    ["decimal", "1.5"]                    as text, exactly
    ["range", 0, 9], ["runs", 3, 5, ...]  numbers: from, to; and several stretches of numbers, each from, how many
    ["Grade", "claims"]                   an enumeration by its value
    ["name"]                              the name of the policy's own file

Rows with a form of their own: `["Span", source, start, end]`, `["Source", number]`,
`["Operator", module, row, name]` and `["Overload", module, row, name, number, signature]`. The texts of the sources are
not in the data, and nor is code: operators are looked up in the modules of their table, of which only those are loaded
that the policy needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import Enum
from itertools import chain
from typing import TypeAlias

from besponsa_pa.expression.checked import Operation
from besponsa_pa.expression.functions import MODULES, operators_of
from besponsa_pa.expression.functions.table import Operator, Overload
from besponsa_pa.policy.model import CompiledPolicy, Policy
from besponsa_pa.policy.storable import BY_NAME, ENUMS_BY_NAME, checks_of, fields_of
from besponsa_pa.records import assembler
from besponsa_pa.source import Excerpt, Source, Span

Data: TypeAlias = "None | bool | int | str | list[Data]"

# Counts up when the form of the data changes.
FORMAT = 2
LARGEST_EXPONENT = 100
NAME = "name"
_PLAIN = frozenset((type(None), bool, int, str))


class NotStorableError(Exception):
    """Something of a policy cannot be stored: the message says what."""


class DamagedError(Exception):
    """Data is not what a policy was stored as."""


def data_from_policy(compiled: CompiledPolicy) -> Data:
    """The data of a compiled policy, its last row. Raises `NotStorableError`."""
    writer = _Writer(compiled.policy.sources, compiled.policy.name)
    writer.value(compiled)
    return writer.rows


def policy_from_data(data: object, sources: Sequence[Source]) -> CompiledPolicy:
    """The compiled policy of data, with the texts that it was made from, its own last.

    Every row is held against the fields of its class, every place against the text that it is in. Raises
    `DamagedError`, whatever is wrong, and nothing else: the data may come from anywhere.
    """
    try:
        return _Reader(sources).policy(data)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError, InvalidOperation) as error:
        raise DamagedError(str(error)) from error


# --- to data ---


class _Writer:
    """Writes each object once, by its identity: what was shared is shared again."""

    def __init__(self, sources: Sequence[Source], name: str) -> None:
        self.rows: list[Data] = []
        self._numbers: dict[int, int] = {}
        self._sources = {id(each): number for number, each in enumerate(sources)}
        self._name = name
        self._operators = {id(row): place for row, place in _operators()}
        self._overloads: dict[int, list[Data]] = {
            id(overload): [*place, number]
            for row, place in _operators()
            for number, overload in enumerate(row.overloads)
        }

    def value(self, value: object) -> Data:
        """A value as it stands in a row."""
        match value:
            case None | bool() | int() | str():
                return value
            case Decimal():
                return ["decimal", str(value)]
            case Enum():
                return [type(value).__name__, str(value.value)]
            case tuple():
                return ["tuple", *(self.value(each) for each in value)]
            case Mapping():
                return ["mapping", *(self.value(part) for entry in value.items() for part in entry)]
            case frozenset():
                return ["set", *(self.value(each) for each in sorted(value, key=str))]
            case range():
                return ["range", value.start, value.stop]
            case list():
                return ["runs", *_runs(value)]
            case _:
                return [self._number(value)]

    def _number(self, value: object) -> int:
        """The number of the row of an object; its row, and those that it refers to, are written when it is new."""
        if id(value) not in self._numbers:
            row = self._row(value)
            self._numbers[id(value)] = len(self.rows)
            self.rows.append(row)
        return self._numbers[id(value)]

    def _row(self, value: object) -> list[Data]:
        match value:
            case Source():
                return ["Source", self._source(value)]
            case Span():
                return ["Span", self._source(value.source), value.start, value.end]
            case Operator() if id(value) in self._operators:
                return ["Operator", *self._operators[id(value)]]
            case Overload() if id(value) in self._overloads:
                return ["Overload", *self._overloads[id(value)], signature(value)]
            case _ if BY_NAME.get(type(value).__name__) is type(value):
                return [type(value).__name__, *self._fields(value)]
            case _:
                raise NotStorableError(type(value).__name__)

    def _fields(self, value: object) -> Iterator[Data]:
        for name, _ in fields_of(BY_NAME[type(value).__name__]):
            is_name = name == NAME and isinstance(value, Policy)
            yield [NAME] if is_name else self.value(getattr(value, name))

    def _source(self, source: Source) -> int:
        if id(source) not in self._sources:
            raise NotStorableError(f"a place in `{source.name}`")
        return self._sources[id(source)]


def signature(overload: Overload) -> str:
    """A signature in words, to know it again."""
    return f"{', '.join(map(str, overload.parameters))} -> {overload.result}"


def _operators() -> Iterator[tuple[Operator, list[Data]]]:
    """Every operator with its place in the table: the module, the number of its row there, its name."""
    for module in chain.from_iterable(MODULES.values()):
        for at, row in enumerate(operators_of(module)):
            yield row, [module, at, row.name]


def _runs(numbers: Sequence[int]) -> list[Data]:
    """Stretches of numbers that follow one another, each by its first and how many there are."""
    runs: list[int] = []
    for number in numbers:
        if runs and number == runs[-2] + runs[-1]:
            runs[-1] += 1
        else:
            runs += (number, 1)
    return [*runs]


# --- from data ---


class _Reader:
    """Reads rows in their order; what a row refers to has been read and found right before."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        self._lengths = [len(source.text) for source in sources]
        self._objects: list[object] = []
        self._own: Mapping[str, Callable[[list[object]], object]] = {
            "Span": self._span,
            "Source": self._source,
            "Operator": self._operator,
            "Overload": self._overload,
        }

    def policy(self, data: object) -> CompiledPolicy:
        """The policy of the last row."""
        if type(data) is not list:
            raise ValueError("no table")
        for row in data:
            self._objects.append(self._object(row))
        last = self._objects[-1]
        if not isinstance(last, CompiledPolicy) or last.policy.sources != tuple(self._sources):
            raise ValueError("no policy of these files")
        return last

    def _object(self, row: list[object]) -> object:
        name, *data = row
        own = self._own.get(name)  # type: ignore[call-overload]
        if own is not None:
            return own(data)
        kind = BY_NAME[name]  # type: ignore[index]
        read = self._read
        values = [each if type(each) in _PLAIN else read(each) for each in data]
        for (field, classes, holds), value in zip(checks_of(kind), values, strict=True):
            if type(value) not in classes and not holds(value):
                raise ValueError(f"{name}.{field}")
        return _sound(assembler(kind)(values))

    def _read(self, data: object) -> object:
        if type(data) in _PLAIN:
            return data
        if type(data) is not list:
            raise ValueError("a value of another kind")
        if len(data) == 1 and type(data[0]) is int:
            return self._objects[_at_least_0(data[0])]
        kind, *parts = data
        return self._of_kind(str(kind), parts)

    def _of_kind(self, kind: str, parts: list[object]) -> object:
        match kind:
            case "tuple":
                return tuple([self._read(each) for each in parts])
            case "mapping":
                return dict(zip(map(_text, parts[::2]), map(self._read, parts[1::2]), strict=True))
            case "set":
                return frozenset(map(self._read, parts))
            case "decimal":
                return _decimal(_text(*parts))
            case "range":
                start, stop = map(_at_least_0, parts)
                return range(start, min(stop, max(self._lengths) + 1))
            case "runs":
                return list(self._run_together(list(map(_at_least_0, parts))))
            case "name" if not parts:
                return self._sources[-1].name
            case _:
                (value,) = parts
                return ENUMS_BY_NAME[kind](value)

    def _run_together(self, runs: list[int]) -> Iterator[int]:
        if sum(runs[1::2]) > 2 * max(self._lengths) + 2:
            raise ValueError("more places than letters")
        for first, count in zip(runs[::2], runs[1::2], strict=True):
            yield from range(first, first + count)

    def _span(self, data: list[object]) -> Span:
        number, start, end = map(_at_least_0, data)
        if not start <= end <= self._lengths[number]:
            raise ValueError("a place outside of its text")
        return Span(self._sources[number], start, end)

    def _source(self, data: list[object]) -> Source:
        (number,) = map(_at_least_0, data)
        return self._sources[number]

    def _operator(self, data: list[object]) -> Operator:
        module, at, name = data
        row = operators_of(_text(module))[_at_least_0(at)]
        if row.name != name:
            raise ValueError("another operator")
        return row

    def _overload(self, data: list[object]) -> Overload:
        *operator, number, wanted = data
        overload = self._operator(operator).overloads[_at_least_0(number)]
        if signature(overload) != wanted:
            raise ValueError("another signature")
        return overload


def _sound(value: object) -> object:
    """An object of which the parts fit one another, as the checker leaves them."""
    match value:
        case Operation(operator, overload, operands):
            fits = overload in operator.overloads and len(operands) == len(overload.parameters)
        case Excerpt(text, _, offsets):
            fits = len(offsets) == len(text) + 1
        case _:
            fits = True
    if not fits:
        raise ValueError(type(value).__name__)
    return value


def _at_least_0(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("a number is wanted")
    return value


def _text(value: object) -> str:
    if type(value) is not str:
        raise ValueError("a text is wanted")
    return value


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > LARGEST_EXPONENT:
        raise ValueError("no number of a policy")
    return number
