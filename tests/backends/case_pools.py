"""The values that random cases give to each fact of a policy: made once, so that making a case is only choosing.

They lie at every limit that the policy decides by, a step below and a step above it, in other units, and, of dates,
known only to their month or year. What is chosen is data as a program would give it: texts, whole numbers, `Decimal`,
truth values, lists and dictionaries.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeAlias

from besponsa_pa import units
from besponsa_pa.backends.sql.columns import conditions_of, facts_read
from besponsa_pa.case import case_from_mapping
from besponsa_pa.determination.holding import truth_of
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression import checked
from besponsa_pa.expression.value_text import number_text
from besponsa_pa.policy.candidates import candidates
from besponsa_pa.policy.model import CompiledPolicy, Condition
from besponsa_pa.types import ListOf, Simple, TupleOf, Type
from besponsa_pa.values import (
    Code,
    Date,
    Missing,
    Quantity,
    Time,
    TupleValue,
    Uncertain,
    UncertainList,
    Value,
    ValueSet,
)

Plain: TypeAlias = "None | bool | int | Decimal | str | list[Plain] | dict[str, Plain]"

STEP = Decimal("0.00000001")
LARGEST = Decimal(9_999_999_999)
# units for the same kind of thing as those that policies use
UNITS = (
    "g", "mg", "ug", "kg", "[lb_av]", "m", "cm", "[in_i]", "mg/dL", "g/L", "mg/L", "U/L", "10*9/L", "10*3/uL", "/uL",
    "d", "wk", "mo", "a", "h", "mL", "L", "kg/m2", "m2", "%", "1", "mmol/L", "[iU]", "[iU]/mL",
)  # fmt: skip
# where counting years and months is hard
HARD_DAYS = (
    "2024-02-29",
    "2023-02-28",
    "2025-03-01",
    "2024-12-31",
    "2025-01-01",
    "2024-08-31",
    "2025-01-31",
    "2000-02-29",
)
LISTS = 120


@dataclass(frozen=True)
class Pool:
    """What a fact may be, and for a list also how to make another one; `wild` is what only hostile cases say."""

    values: Sequence[Plain]
    wild: Sequence[Plain]
    another: Callable[[random.Random], Plain] | None = None

    def choose(self, chance: random.Random, *, hostile: bool = False) -> Plain:
        """One of them."""
        if hostile and self.wild and chance.random() < 0.1:
            return self.wild[int(chance.random() * len(self.wild))]
        if self.another is not None and chance.random() < 0.3:
            return self.another(chance)
        return self.values[int(chance.random() * len(self.values))]


def pools_of(compiled: CompiledPolicy, base: Mapping[str, Value], chance: random.Random) -> Mapping[str, Pool]:
    """The pools of the facts that decide anything; `base` are values of a case around which limits are looked for."""
    tried = candidates(compiled, base)
    constants = tuple(_constants(compiled))
    makers = {
        name: _Maker(compiled.policy.facts[name].type, constants, _known(tried[name], name), compiled, chance)
        for name in sorted(facts_read(compiled))
    }
    return {name: _real(maker.pool(), name, compiled, base) for name, maker in makers.items()}


def _real(pool: Pool, name: str, compiled: CompiledPolicy, base: Mapping[str, Value]) -> Pool:
    """The pool without what breaks, in the case around which limits are looked for, what holds for every real case."""
    reading = {fact: set(_read_by(must)) for fact, must in compiled.musts.items()}
    musts = [must for fact, must in compiled.musts.items() if fact == name or (name in reading[fact] and fact in base)]
    if not musts:
        return pool
    kept: dict[str, bool] = {}
    for value in pool.values:
        if repr(value) not in kept:
            kept[repr(value)] = _keeps(musts, {name: value}, compiled, base)
    values = [value for value in pool.values if kept[repr(value)]]
    broken = [value for value in pool.values if not kept[repr(value)]]
    return replace(pool, values=values or pool.values, wild=[*pool.wild, *broken[:3]])


def _read_by(condition: Condition) -> Iterator[str]:
    return (node.name for node in checked.walk(condition.expression) if isinstance(node, checked.Fact))


def _keeps(
    musts: Iterable[Condition], said: Mapping[str, Plain], compiled: CompiledPolicy, base: Mapping[str, Value]
) -> bool:
    case = case_from_mapping(said, compiled.policy.facts, Diagnostics())
    frame = {} if case is None else {**base, **case.facts}
    return case is not None and all(truth_of(must, frame)[0] is not False for must in musts)


def _known(found: Iterable[object], name: str) -> tuple[Value, ...]:
    values = (each.value for each in found)  # type: ignore[attr-defined]
    return tuple(value for value in values if value != Missing(frozenset([name])))


def _constants(compiled: CompiledPolicy) -> Iterator[Value]:
    for condition in conditions_of(compiled):
        for node in checked.walk(condition.expression):
            if isinstance(node, checked.Constant):
                yield from node.value if isinstance(node.value, tuple) else (node.value,)
            if isinstance(node, checked.Lookup):
                yield from (key for key, _ in node.rows)


# --- of values as the engine has them ---


def plain_of(value: Value, kind: Type) -> Plain:
    """A value as a case says it; None for one that is not known."""
    match value:
        case None | bool() | int() | str() | Decimal():
            return value
        case Date() | Time():
            return str(value)
        case Uncertain(Date() as low, Date() as high):
            return _partial(low, high)
        case Quantity():
            return f"{number_text(value.value)} {_unit_text(value)}"
        case Code():
            own = isinstance(kind, Simple) and value.system == kind.system
            return value.code if own else {"system": value.system or "other", "code": value.code}
        case TupleValue(elements):
            kinds = dict(kind.elements) if isinstance(kind, TupleOf) else {}
            plain = {name: plain_of(part, kinds[name]) for name, part in elements.items()}
            return {name: part for name, part in plain.items() if part is not None}
        case tuple():
            return [plain_of(each, kind.element if isinstance(kind, ListOf) else kind) for each in value]
        case UncertainList(elements):
            return [plain_of(each, kind.element if isinstance(kind, ListOf) else kind) for each, _ in elements]
        case _:
            return None


def _partial(low: Date, high: Date) -> str:
    return f"{low.year:04d}" if (low.month, high.month) == (1, 12) else f"{low.year:04d}-{low.month:02d}"


def _unit_text(quantity: Quantity) -> str:
    return quantity.unit if quantity.is_calendar else f"'{quantity.unit}'"


# --- pools ---


@dataclass(frozen=True)
class _Maker:
    kind: Type
    constants: tuple[Value, ...]
    tried: tuple[Value, ...]
    compiled: CompiledPolicy
    chance: random.Random

    def pool(self) -> Pool:
        if isinstance(self.kind, ListOf):
            return self._list_pool(self.kind)
        assert isinstance(self.kind, Simple)
        near = [plain_of(each, self.kind) for each in self.tried]
        return self._simple_pool(self.kind, [each for each in near if each is not None])

    def _simple_pool(self, kind: Simple, near: list[Plain]) -> Pool:
        around, wild = AROUND[kind.name](self, kind, near)
        # what the policy decides by is said as often as all that lies around it
        weight = max(1, len(around) // max(1, len(near)))
        return Pool((*(near * weight), *around), wild)

    def _list_pool(self, kind: ListOf) -> Pool:
        near = [each for each in (plain_of(value, kind) for value in self.tried) if isinstance(each, list)]
        element = self._entry(kind.element, near)

        def another(chance: random.Random) -> Plain:
            return [element(chance) for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 4)))]

        made = [another(self.chance) for _ in range(LISTS)]
        return Pool([*near, *near, [], *made], [[None], [*made[0], None]], another)

    def _entry(self, kind: Type, near: list[list[Plain]]) -> Callable[[random.Random], Plain]:
        entries = [entry for each in near for entry in each if entry is not None]
        if isinstance(kind, Simple):
            pool = self._simple_pool(kind, entries)
            return pool.choose
        assert isinstance(kind, TupleOf)
        told = [entry for entry in entries if isinstance(entry, dict)]
        fields = {
            name: self._simple_pool(part, [entry[name] for entry in told if name in entry])
            for name, part in kind.elements
            if isinstance(part, Simple)
        }
        return lambda chance: _entry_of(told, fields, chance)

    # --- by type ---

    def booleans(self, _: Simple, __: list[Plain]) -> tuple[list[Plain], list[Plain]]:
        return [True, False], []

    def integers(self, _: Simple, near: list[Plain]) -> tuple[list[Plain], list[Plain]]:
        limits = [each for each in (*self.constants, *near) if isinstance(each, (int, Decimal)) and abs(each) < 10_000]
        beside = [int(limit) + shift for limit in limits for shift in (-1, 0, 1)]
        return [*dict.fromkeys([*beside, 0, 1, 2, 3, 7])], [-1, 1_000_000, 1_000_001, 2_147_483_647, -2_147_483_648]

    def decimals(self, _: Simple, near: list[Plain]) -> tuple[list[Plain], list[Plain]]:
        limits = [Decimal(each) for each in (*self.constants, *near) if isinstance(each, (int, Decimal))]
        return [*_beside(limits), Decimal("0.5"), Decimal("1.33333333"), 2], WILD_NUMBERS

    def quantities(self, kind: Simple, near: list[Plain]) -> tuple[list[Plain], list[Plain]]:
        told = [each for each in self.constants if isinstance(each, Quantity)]
        fitting = [each for each in told if kind.unit is None or _converts(each.unit, kind.unit)]
        units_near = {each.split(" ", 1)[1].strip("'") for each in near if isinstance(each, str) and " " in each}
        mine = sorted({each.unit for each in fitting} | units_near | ({kind.unit} if kind.unit else set())) or ["mg"]
        numbers = [Decimal(each.split(" ", 1)[0]) for each in near if isinstance(each, str)]
        limits = [*numbers, *(each.value for each in fitting), Decimal(1)]
        found = [quantity(number, unit, at) for unit in mine for at, number in enumerate(_beside(limits))]
        return [*found, *_converted(fitting, kind.unit)], [quantity(each, mine[0], 0) for each in WILD_NUMBERS]

    def texts(self, kind: Simple, near: list[Plain]) -> tuple[list[Plain], list[Plain]]:
        if kind.values is not None:
            return [*kind.values], []
        told = [each for each in (*self.constants, *near) if isinstance(each, str) and each.strip()]
        found = [*told, *(each.upper() for each in told), *(each.title() for each in told), "other", "Other one"]
        return found, [
            f"{told[0] if told else 'x'} ",
            "a  b",
            "stra\u00dfe",
            "\u0130stanbul",
            "it's",
            "\U0001f600",
            "null",
        ]

    def codes(self, kind: Simple, _: list[Plain]) -> tuple[list[Plain], list[Plain]]:
        sets = [*self.compiled.policy.value_sets.values(), *(c for c in self.constants if isinstance(c, ValueSet))]
        pairs = [pair for each in sets for pair in each.codes]
        pairs += [(each.system, each.code) for each in self.constants if isinstance(each, Code)]
        mine = sorted({code for system, code in pairs if system == kind.system})
        others: list[Plain] = [{"system": system, "code": code} for system, code in sorted(pairs, key=str) if system]
        full: list[Plain] = [{"system": kind.system, "code": each} for each in mine[:3]] if kind.system else []
        if kind.system is None:
            return others or [{"system": "ICD-10-CM", "code": "C91.00"}], []
        return [*mine, *full, "Z00.0" if kind.system == "ICD-10-CM" else "none"], others

    def dates(self, _: Simple, near: list[Plain]) -> tuple[list[Plain], list[Plain]]:
        days = [each for each in (*near, *map(str, self.constants)) if isinstance(each, str) and _is_day(each)]
        centre = days[0] if days else "2025-06-15"
        beside = [_moved(day, shift) for day in dict.fromkeys(days) for shift in (-1, 1)]
        random_days = [_moved(centre, -int(self.chance.random() ** 3 * 36_500)) for _ in range(20)]
        hard = [day for day in HARD_DAYS if day <= centre]
        partial = [day[:length] for day in dict.fromkeys([*days, *random_days[:4]]) for length in (4, 7)]
        wild = ["0001-01-01", "9999-12-31", "1900-02", "0001", "9999", _moved(centre, 1), _moved(centre, 400)]
        return [*days, *beside, *random_days, *hard, *partial[: 2 + len(days)]], [*wild, *HARD_DAYS]

    def times(self, _: Simple, near: list[Plain]) -> tuple[list[Plain], list[Plain]]:
        told = [str(each) for each in (*near, *self.constants) if isinstance(each, Time)]
        return ["08:00", "12:00", "09:59:59", "10:00", "10:00:01", *told, *(each[:5] for each in told)], [
            "10",
            "10:00:00.5",
        ]


AROUND: Mapping[str, Callable[[_Maker, Simple, list[Plain]], tuple[list[Plain], list[Plain]]]] = {
    "Boolean": _Maker.booleans,
    "Integer": _Maker.integers,
    "Decimal": _Maker.decimals,
    "Quantity": _Maker.quantities,
    "String": _Maker.texts,
    "Code": _Maker.codes,
    "Date": _Maker.dates,
    "Time": _Maker.times,
}
WILD_NUMBERS: list[Plain] = [
    LARGEST, LARGEST + 1, -LARGEST, STEP, -STEP, Decimal(0), Decimal("99999999999999999999.99999999"), Decimal("-0.0"),
]  # fmt: skip


def _entry_of(told: Sequence[Mapping[str, Plain]], fields: Mapping[str, Pool], chance: random.Random) -> Plain:
    """An entry that matters, in which a little is changed, or one of random fields; some of them are not told."""
    entry: dict[str, Plain] = dict(told[int(chance.random() * len(told))]) if told and chance.random() < 0.6 else {}
    share = 0.25 if entry else 0.9
    for name, pool in fields.items():
        if chance.random() < share:
            entry[name] = pool.choose(chance)
    dropped = chance.random()
    if entry and dropped < 0.35:
        name = chance.choice(list(entry))
        if dropped < 0.1:
            entry[name] = None
        else:
            del entry[name]
    return entry


# --- numbers ---


def _beside(limits: Iterable[Decimal]) -> list[Decimal]:
    """At each limit, by the smallest step and by a tenth beside it, and what rounds to it."""
    shifts = (Decimal(0), STEP, -STEP, Decimal("0.1"), Decimal("-0.1"), Decimal(1))
    return list(dict.fromkeys(limit + shift for limit in limits if abs(limit) < 1_000_000 for shift in shifts))


def quantity(number: Plain, unit: str, form: int) -> Plain:
    """A quantity in one of the forms in which a case may give it."""
    if units.is_calendar(unit):
        return f"{number_text(Decimal(str(number)))} {unit}s"
    if form % 3 == 0:
        return {"value": number, "unit": unit}
    text = number_text(Decimal(str(number)))
    return f"{text} '{unit}'" if form % 3 == 1 else f"{text} {unit}"


def _converts(unit: str, other: str) -> bool:
    if units.is_calendar(unit) or units.is_calendar(other):
        return unit == other
    return units.commensurable(unit, other)


def _converted(told: Iterable[Quantity], wanted: str | None) -> list[Plain]:
    """The limits in other units: those that come out exact, and what lies a step beside the others."""
    found: list[Plain] = []
    for each in told:
        for unit in UNITS:
            if each.is_calendar or unit == each.unit or not units.commensurable(each.unit, unit):
                continue
            factor = units.conversion(each.unit, unit)
            if factor is None or (wanted is not None and not units.commensurable(unit, wanted)):
                continue
            number = Decimal((Decimal(each.value) * factor.numerator / factor.denominator).quantize(STEP))
            found += [quantity(number.normalize() + shift, unit, 1) for shift in (0, STEP, -STEP) if number < LARGEST]
    return found


# --- days ---


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-" and text[:4].isdigit()


def _moved(day: str, days: int) -> str:
    try:
        return (datetime.date.fromisoformat(day) + datetime.timedelta(days=days)).isoformat()
    except (OverflowError, ValueError):
        return day
