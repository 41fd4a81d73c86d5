"""The static types of expressions: CQL's types, with what a fact's declaration adds to them."""

from __future__ import annotations

from typing import TypeAlias

from besponsa_pa.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class Simple:
    """A type without parts, by its CQL name.

    `values` are the texts a String fact may have, `unit` the unit of a Quantity where it is known,
    `system` the code system of a Code: the checker holds literals against them.
    """

    name: str
    values: tuple[str, ...] | None = None
    unit: str | None = None
    system: str | None = None

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of elements of one type."""

    element: Type

    def __str__(self) -> str:
        return f"List<{self.element}>"


@dataclass(frozen=True, slots=True)
class IntervalOf:
    """An interval between two points of one type."""

    point: Type

    def __str__(self) -> str:
        return f"Interval<{self.point}>"


@dataclass(frozen=True, slots=True)
class TupleOf:
    """A tuple with named elements, in the order in which they were written."""

    elements: tuple[tuple[str, Type], ...]

    def element(self, name: str) -> Type | None:
        """The type of the element of that name, or None."""
        return dict(self.elements).get(name)

    def __str__(self) -> str:
        return "Tuple{" + ", ".join(f"{name} {kind}" for name, kind in self.elements) + "}"


@dataclass(frozen=True, slots=True)
class Variable:
    """A type variable of a signature, such as T in `List<T>`."""

    name: str

    def __str__(self) -> str:
        return self.name


Type: TypeAlias = Simple | ListOf | IntervalOf | TupleOf | Variable

ANY = Simple("Any")
BOOLEAN = Simple("Boolean")
INTEGER = Simple("Integer")
LONG = Simple("Long")
DECIMAL = Simple("Decimal")
STRING = Simple("String")
DATE = Simple("Date")
DATETIME = Simple("DateTime")
TIME = Simple("Time")
QUANTITY = Simple("Quantity")
RATIO = Simple("Ratio")
CODE = Simple("Code")
CONCEPT = Simple("Concept")
VALUE_SET = Simple("ValueSet")
VOCABULARY = Simple("Vocabulary")  # what value sets are in general: only asked for, `X is Vocabulary`

SIMPLE_TYPES: dict[str, Simple] = {
    t.name: t
    for t in (
        ANY, BOOLEAN, INTEGER, LONG, DECIMAL, STRING, DATE, DATETIME, TIME, QUANTITY, RATIO, CODE, CONCEPT, VALUE_SET,
        VOCABULARY,
    )
}  # fmt: skip


def plain(kind: Type) -> Type:
    """The type without what a declaration added to it (values, unit, system), at every depth."""
    match kind:
        case Simple():
            return SIMPLE_TYPES[kind.name]
        case ListOf(element):
            return ListOf(plain(element))
        case IntervalOf(point):
            return IntervalOf(plain(point))
        case TupleOf(elements):
            return TupleOf(tuple((name, plain(element)) for name, element in elements))
        case Variable():
            return kind


def with_unit(unit: str | None) -> Simple:
    """The Quantity type whose values carry that unit."""
    return replace(QUANTITY, unit=unit)


def parse_type(text: str) -> Type:
    """Read a type as CQL writes it, `List<Interval<T>>`; a single capital letter is a type variable.

    Used for the signatures of the operator table, which are written by us: a mistake raises ValueError.
    """
    text = text.strip()
    if text.startswith("List<") and text.endswith(">"):
        return ListOf(parse_type(text[5:-1]))
    if text.startswith("Interval<") and text.endswith(">"):
        return IntervalOf(parse_type(text[9:-1]))
    if len(text) == 1 and text.isupper():
        return Variable(text)
    if text in SIMPLE_TYPES:
        return SIMPLE_TYPES[text]
    raise ValueError(f"no type `{text}`")
