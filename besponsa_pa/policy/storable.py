"""What a stored policy is made of: the classes that may stand in it, and what their fields may hold.

What a field may hold is read from its annotation, which is text: nothing of a stored file is ever run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import TypeAlias

from besponsa_pa import facts, source, types, values
from besponsa_pa.expression import checked
from besponsa_pa.expression.functions.table import Operator, Overload
from besponsa_pa.policy import model
from besponsa_pa.records import parameters

Holds: TypeAlias = Callable[[object], bool]

# every class of which an object may be stored, and no other
CLASSES: tuple[type, ...] = (
    types.Simple, types.ListOf, types.IntervalOf, types.TupleOf,
    values.Date, values.DateTime, values.Time, values.Quantity, values.Ratio, values.Code, values.Concept,
    values.ValueSet, values.Interval, values.TupleValue, values.Uncertain,
    checked.Constant, checked.Fact, checked.Local, checked.Element, checked.Operation, checked.Conversion,
    checked.Conditional, checked.Lookup, checked.Definition, checked.NewList, checked.NewTuple, checked.NewInterval,
    checked.TypeTest, checked.Cast, checked.Relation, checked.Aggregate, checked.SortItem, checked.Query,
    source.Excerpt, facts.FactDeclaration,
    model.Reference, model.Citation, model.Leaf, model.Judgment, model.Group, model.CriterionName, model.Criterion,
    model.GrantValue, model.Pathway, model.Otherwise, model.Advisory, model.Guarantee, model.Acceptance, model.Table,
    model.NamedExpression, model.Drug, model.Policy, model.Condition, model.CheckedLeaf, model.CheckedGroup,
    model.CheckedCriterion, model.CheckedPathway, model.CheckedAdvisory, model.CheckedGuarantee, model.CompiledPolicy,
)  # fmt: skip
ENUMS: tuple[type[Enum], ...] = (facts.Grade, model.OnUnmet, model.GroupKind)
BY_NAME = {each.__name__: each for each in CLASSES}
ENUMS_BY_NAME = {each.__name__: each for each in ENUMS}
# what is stored in a form of its own
_OTHERS: dict[str, type] = {
    each.__name__: each
    for each in (source.Source, source.Span, Operator, Overload, Decimal, str, int, bool, *ENUMS)
}  # fmt: skip
# the names that annotations use for a choice of several
_CHOICES = {
    "Type": "Simple | ListOf | IntervalOf | TupleOf",
    "Checked": "Constant | Fact | Local | Element | Operation | Conversion | Conditional | Lookup | Definition"
    " | NewList | NewTuple | NewInterval | TypeTest | Cast | Query",
    "Value": "None | bool | int | Decimal | str | Date | DateTime | Time | Quantity | Ratio | Code | Concept | ValueSet"
    " | Interval | TupleValue | Uncertain | tuple[Value, ...]",
    "CheckedGrant": "Condition | Mapping[str, CheckedGrant]",
}


@cache
def fields_of(kind: type) -> tuple[tuple[str, Holds], ...]:
    """The fields by which an object of a class is made, each with the test that its value must pass."""
    return tuple((name, holds(annotation)) for name, annotation in parameters(kind))


@cache
def checks_of(kind: type) -> tuple[tuple[str, frozenset[type], Holds], ...]:
    """As `fields_of`, with the classes of which every object passes: most values are told by these alone."""
    return tuple((name, _classes(annotation), holds(annotation)) for name, annotation in parameters(kind))


@cache
def _classes(annotation: str) -> frozenset[type]:
    found: set[type] = set()
    for each in _parts(annotation, "|"):
        if each in _CHOICES:
            found |= _classes(_CHOICES[each])
        elif "[" not in each:
            found.add(type(None) if each == "None" else BY_NAME[each] if each in BY_NAME else _OTHERS[each])
    return frozenset(found)


@cache
def holds(annotation: str) -> Holds:
    """The test of a value by an annotation: `tuple[tuple[str, Checked], ...]`, `Span | None`.

    Raises KeyError for an annotation with a name that nothing stored has: a class that the registry lacks.
    """
    classes: set[type] = set()
    shapes: list[Holds] = []
    for each in _parts(annotation, "|"):
        if each in _CHOICES:
            shapes.append(_later(_CHOICES[each]))
        elif each == "None":
            classes.add(type(None))
        elif "[" in each:
            shapes.append(_shape(each))
        else:
            classes.add(BY_NAME[each] if each in BY_NAME else _OTHERS[each])
    return _test(frozenset(classes), tuple(shapes))


def _later(annotation: str) -> Holds:
    """The test of a choice, which may lead back to itself."""
    return lambda value: holds(annotation)(value)  # noqa: PLW0108 - not before it is asked


def _test(classes: frozenset[type], shapes: tuple[Holds, ...]) -> Holds:
    if not shapes:
        return lambda value: type(value) in classes
    return lambda value: type(value) in classes or any(shape(value) for shape in shapes)


def _shape(annotation: str) -> Holds:
    """The test of what holds others: a tuple, a mapping, a set, numbers."""
    outer, _, rest = annotation.partition("[")
    inner = list(_parts(rest.removesuffix("]"), ","))
    match outer, inner:
        case "tuple", [only, "..."]:
            return _all_of(tuple, _later(only))
        case "frozenset", [only]:
            return _all_of(frozenset, _later(only))
        case "tuple", several:
            return _each_of(tuple(_later(each) for each in several))
        case "Mapping", ["str", value]:
            return _mapping(_later(value))
        case "Sequence", ["int"]:
            return lambda value: type(value) is range or (type(value) is list and all(type(n) is int for n in value))
        case _:
            raise KeyError(annotation)


def _all_of(kind: type, element: Holds) -> Holds:
    return lambda value: type(value) is kind and all(map(element, value))  # type: ignore[call-overload]


def _each_of(elements: tuple[Holds, ...]) -> Holds:
    def test(value: object) -> bool:
        if type(value) is not tuple or len(value) != len(elements):
            return False
        return all(element(each) for element, each in zip(elements, value, strict=True))

    return test


def _mapping(element: Holds) -> Holds:
    def test(value: object) -> bool:
        return type(value) is dict and all(type(key) is str for key in value) and all(map(element, value.values()))

    return test


def _parts(annotation: str, sign: str) -> Iterator[str]:
    """The parts of an annotation between signs that stand outside of brackets."""
    if "[" not in annotation:
        yield from map(str.strip, annotation.split(sign))
        return
    depth, start = 0, 0
    for at, character in enumerate(annotation):
        depth += (character == "[") - (character == "]")
        if character == sign and depth == 0:
            yield annotation[start:at].strip()
            start = at + 1
    yield annotation[start:].strip()
