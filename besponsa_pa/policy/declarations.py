"""References, facts, value sets, tables and definitions, from their nodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

from besponsa_pa import units
from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.document import Node, Scalar
from besponsa_pa.expression.literals import calendar_unit
from besponsa_pa.facts import FactDeclaration
from besponsa_pa.policy.model import NamedExpression, Reference, Table
from besponsa_pa.policy.names import check_fact_name, check_parameter, check_word
from besponsa_pa.policy.nodes import NOTHING, entries, expression, get, grade, items, number, scalar, text, texts
from besponsa_pa.source import Excerpt, Span
from besponsa_pa.terminology import CODE_SYSTEMS, canonical_system, code_system
from besponsa_pa.types import ANY, SIMPLE_TYPES, ListOf, TupleOf, Type, with_unit
from besponsa_pa.values import ValueSet

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Declared(Generic[T]):
    """What one key of a section declares: its name, where that stands, and the thing itself."""

    name: str
    span: Span
    value: T


Reader: TypeAlias = Callable[[Scalar, Node, Diagnostics], Declared[T]]


def read_section(node: Node | None, reader: Reader[T], diagnostics: Diagnostics) -> list[Declared[T]]:
    """Everything that a section such as `facts:` declares, by the reader of one of its keys."""
    return [reader(key, value, diagnostics) for key, value in entries(node)]


# --- references ---


def read_reference(key: Scalar, node: Node, _: Diagnostics) -> Declared[Reference]:
    """A reference, such as a package insert, from its keys."""
    reference = Reference(
        key.text, number(get(node, "number")), text(get(node, "title")) or "", text(get(node, "publisher")),
        text(get(node, "date")), text(get(node, "url")), text(get(node, "accessed")), key.span,
    )  # fmt: skip
    return Declared(key.text, key.span, reference)


# --- facts ---

# what people write between values instead of a comma
_DIVIDED = re.compile(r"\s*[;|/]\s*|\s+")
# which key belongs to which type of fact
OWNERS = {"values": "String", "unit": "Quantity", "system": "Code", "of": "List"}


def read_fact(key: Scalar, node: Node, diagnostics: Diagnostics) -> Declared[FactDeclaration]:
    """A fact from its keys. One of which the type is not understood has the type Any, which fits everywhere."""
    check_fact_name(key, diagnostics)
    kind = _type(key.text, node, diagnostics)
    declared = FactDeclaration(
        key.text, kind, text(get(node, "ask")), grade(get(node, "evidence")), expression(get(node, "must")), key.span
    )
    return Declared(key.text, key.span, declared)


def _type(name: str, node: Node, diagnostics: Diagnostics) -> Type:
    kind = text(get(node, "type"))
    if not _check_owners(name, kind, node, diagnostics):
        return ANY
    if kind == "List":
        return _list_type(name, get(node, "of"), diagnostics)
    return _simple_type(kind, node, diagnostics)


def _list_type(name: str, of: Node | None, diagnostics: Diagnostics) -> Type:
    """The type of a list: its elements are of one simple type when `type` is a text, else they have names."""
    if scalar(get(of, "type")) is not None:
        kind = text(get(of, "type"))
        fits = _check_owners(f"an element of {name}", kind, of, diagnostics)
        return ListOf(_simple_type(kind, of, diagnostics) if fits else ANY)
    elements = []
    for key, element in entries(of):
        kind = text(get(element, "type"))
        fits = _check_owners(f"{name}.{key.text}", kind, element, diagnostics)
        elements.append((key.text, _simple_type(kind, element, diagnostics) if fits else ANY))
    return ListOf(TupleOf(tuple(elements)) if elements else ANY)


def _simple_type(kind: str | None, node: Node | None, diagnostics: Diagnostics) -> Type:
    if kind == "Quantity":
        return with_unit(_unit(scalar(get(node, "unit")), diagnostics))
    if kind == "String":
        return replace(SIMPLE_TYPES[kind], values=_values(texts(get(node, "values")), diagnostics))
    if kind == "Code" and (system := scalar(get(node, "system"))) is not None:
        return replace(SIMPLE_TYPES[kind], system=known_system(system, diagnostics))
    return SIMPLE_TYPES.get(kind or "", ANY)


def _values(written: tuple[Scalar, ...], diagnostics: Diagnostics) -> tuple[str, ...] | None:
    """The values that a text may have, or None where any will do; several that are written as one are reported."""
    if len(written) == 1 and not written[0].quoted and len(parts := _DIVIDED.split(written[0].text)) > 1:
        message = f"`{written[0].text}` is a single value"
        help = f"put commas between values: `[{', '.join(parts)}]`; a value of several words stands in quotes"
        diagnostics.error("E329", message, written[0].span, help=help)
        return None
    return tuple(value.text for value in written) or None


def _check_owners(name: str, kind: str | None, node: Node | None, diagnostics: Diagnostics) -> bool:
    """Whether every key belongs to the type; reports those of another one, for which the type may be the mistake."""
    fits = True
    for key, _ in entries(node):
        owner = OWNERS.get(key.text)
        if owner is not None and kind != owner and kind in (*SIMPLE_TYPES, "List"):
            help = f"leave `{key.text}` out, or write `type: {owner}`"
            if kind == "List":
                help = f"put `{key.text}` under `of`, beside the type of the elements"
            message = f"`{name}` is of the type `{kind}`, which has no `{key.text}`"
            diagnostics.error("E311", message, key.span, label=f"belongs to the type `{owner}`", help=help)
            fits = False
    return fits


def _unit(unit: Scalar | None, diagnostics: Diagnostics) -> str | None:
    """A UCUM unit, or a calendar duration as values carry it: `month`."""
    if unit is None or not unit.text:
        return None
    if (calendar := calendar_unit(unit.text)) is not None:
        return calendar
    if units.is_unit(unit.text):
        return unit.text
    near = units.ucum_for(unit.text)
    help = (
        f"did you mean `{near}`?" if near else "units are written in UCUM, such as `mg/dL`, `10*9/L`, `[IU]/L` or `%`"
    )
    diagnostics.error("E312", f"there is no unit `{unit.text}`", unit.span, help=help)
    return None


# --- codes ---


def known_system(system: Scalar, diagnostics: Diagnostics) -> str:
    """The name that values carry for a code system; one that is not known is taken as it is, with a warning."""
    if system.text and code_system(system.text) is None and ":" not in system.text:
        names = [each.name for each in CODE_SYSTEMS]
        help = did_you_mean(system.text, names) or "for a system of your own, write its URI"
        diagnostics.warning("W352", f"no code system is known as `{system.text}`", system.span, help=help)
    return canonical_system(system.text)


def read_value_set(key: Scalar, node: Node, diagnostics: Diagnostics) -> Declared[ValueSet]:
    """A value set, from one group of codes of a system or from a list of such groups."""
    codes: set[tuple[str | None, str]] = set()
    for group in (node, *items(node)):
        system = scalar(get(group, "system"))
        if system is not None:
            name = known_system(system, diagnostics)
            codes.update((name, code.text) for code in _codes(get(group, "codes")))
    return Declared(key.text, key.span, ValueSet(key.text, frozenset(codes)))


def _codes(node: Node | None) -> Iterator[Scalar]:
    """Codes in a list, or as keys beside which stands what they say."""
    yield from texts(node)
    yield from (key for key, _ in entries(node))


# --- tables and definitions ---


def read_table(key: Scalar, node: Node, diagnostics: Diagnostics) -> Declared[Table]:
    """A table from its keys."""
    check_word(key, key.text, "table", diagnostics)
    rows = tuple((row.excerpt, expression(value) or NOTHING) for row, value in entries(get(node, "values")))
    of = SIMPLE_TYPES.get(text(get(node, "of")) or "")
    table = Table(key.text, expression(get(node, "by")), of, rows, expression(get(node, "otherwise")), key.span)
    return Declared(key.text, key.span, table)


_HEAD = re.compile(r"\s*(?P<name>[^(\s]*)\s*(?:\((?P<parameters>[^)]*)\))?")


def read_definition(key: Scalar, node: Node, diagnostics: Diagnostics) -> Declared[NamedExpression]:
    """A named expression from a key such as `adult` or, with parameters, `failed(class)`."""
    head = _HEAD.match(key.text)
    name = head["name"] if head else key.text
    parameters = _parameters(key, head["parameters"] if head else None, diagnostics)
    check_word(key, name, "definition", diagnostics)
    body: Excerpt = expression(node) or NOTHING
    return Declared(name, key.span, NamedExpression(name, parameters, body, key.span))


def _parameters(key: Scalar, written: str | None, diagnostics: Diagnostics) -> tuple[str, ...]:
    names = [name.strip() for name in (written or "").split(",") if name.strip()]
    for name in dict.fromkeys(names):
        check_parameter(key, name, diagnostics)
        if names.count(name) > 1:
            message = f"the parameter `{name}` stands twice"
            diagnostics.error("E305", message, key.span, help="give one of them another name")
    return tuple(names)
