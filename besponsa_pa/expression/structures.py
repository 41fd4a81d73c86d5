"""Codes, concepts and value sets that are written with their elements named: `Code { code: '8480-6' }` (CQL 1.5)."""

from __future__ import annotations

from collections.abc import Iterable

from besponsa_pa.expression import syntax
from besponsa_pa.expression.parts import Refused
from besponsa_pa.source import Span
from besponsa_pa.types import CODE, CONCEPT, STRING, VALUE_SET
from besponsa_pa.values import Code, Concept, Value, ValueSet

# The structures that are written with their elements named; the first element must be there.
ELEMENTS = {
    "Code": ("code", "system", "version", "display"),
    "Concept": ("codes", "display"),
    "ValueSet": ("id", "version", "name"),
}

# What is written instead of the others.
INSTEAD = {"Quantity": "write `5 'mg'`", "Ratio": "write `1 'mg' : 10 'mL'`"}


def structure(kind: str, written: Iterable[tuple[str, syntax.Expression]], span: Span) -> syntax.Literal:
    """The constant that a structure with these elements is. Raises `Refused` for elements that it cannot have."""
    required, *others = ELEMENTS[kind]
    elements: dict[str, Value] = {}
    for key, value in written:
        if key not in (required, *others) or key in elements or not _is_constant(value, key):
            help = f"it has {', '.join(f'`{each}`' for each in ELEMENTS[kind])}, each once, texts in single quotes"
            raise Refused("E206", f"`{kind}` cannot have this `{key}`", value.span, help)
        elements[key] = _constant(value)
    if elements.get(required) is None:
        raise Refused("E210", f"`{kind}` needs its `{required}`", span)
    return _literal(kind, elements, span)


def _is_constant(value: syntax.Expression, key: str) -> bool:
    """Whether an element of a structure is what it must be: codes with their elements named, or else a text."""
    if isinstance(value, syntax.ListSelector):
        return key == "codes" and bool(value.elements) and all(_is_code(element) for element in value.elements)
    return key != "codes" and isinstance(value, syntax.Literal) and (value.value is None or value.type == STRING)


def _is_code(value: syntax.Expression) -> bool:
    return isinstance(value, syntax.Literal) and isinstance(value.value, Code)


def _constant(value: syntax.Expression) -> Value:
    if isinstance(value, syntax.ListSelector):
        return tuple(element.value for element in value.elements if isinstance(element, syntax.Literal))
    return value.value if isinstance(value, syntax.Literal) else None


def _literal(kind: str, elements: dict[str, Value], span: Span) -> syntax.Literal:
    match kind:
        case "Code":
            return syntax.Literal(Code(**elements), CODE, span)  # type: ignore[arg-type]
        case "Concept":
            return syntax.Literal(Concept(**elements), CONCEPT, span)  # type: ignore[arg-type]
        case _:
            return syntax.Literal(ValueSet(str(elements["id"]), frozenset(), is_declared=False), VALUE_SET, span)
