"""What a policy declares, in words: facts with their questions, definitions, tables, value sets, references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from besponsa_pa.facts import FactDeclaration
from besponsa_pa.policy.model import Citation, NamedExpression, Reference, Table
from besponsa_pa.source import Excerpt
from besponsa_pa.types import ListOf, Simple, TupleOf, Type, plain
from besponsa_pa.values import ValueSet


def question_of(fact: FactDeclaration) -> str:
    """The question for a fact, then what an answer may be."""
    values = fact.type.values if isinstance(fact.type, Simple) else None
    details = [", ".join(values) if values else _kind_of(fact.type), fact.evidence.value if fact.evidence else ""]
    return f"{fact.ask or ''}  ({'; '.join(detail for detail in details if detail)})".strip()


def _kind_of(kind: Type) -> str:
    """A type in words."""
    if isinstance(kind, ListOf):
        inner = kind.element
        return f"a list of {', '.join(name for name, _ in inner.elements)}" if isinstance(inner, TupleOf) else "a list"
    words = {"Boolean": "true, false", "String": "text", "Integer": "whole number", "Decimal": "number"}
    return words.get(str(plain(kind)), str(plain(kind)).lower())


def definition_row(definition: NamedExpression) -> tuple[str, str]:
    """A definition as it is used, and what it says."""
    parameters = f"({', '.join(definition.parameters)})" if definition.parameters else ""
    return definition.name + parameters, one_line(definition.body)


def rows_of(table: Table) -> str:
    """What a table depends on and what each of its rows gives."""
    by = "" if table.by is None else f"by {one_line(table.by)}: "
    rows = [f"{one_line(key)} gives {one_line(value)}" for key, value in table.rows]
    rows += [] if table.otherwise is None else [f"otherwise {one_line(table.otherwise)}"]
    return by + ", ".join(rows)


def codes_of(value_set: ValueSet) -> str:
    """The codes of a value set, by their systems."""
    systems: dict[str, list[str]] = {}
    for system, code in sorted(value_set.codes, key=lambda each: (each[0] or "", each[1])):
        systems.setdefault(system or "", []).append(code)
    return "; ".join(f"{system} {', '.join(codes)}".strip() for system, codes in systems.items())


def one_line(excerpt: Excerpt) -> str:
    """An expression as written, on one line."""
    return " ".join(excerpt.text.split())


# --- references ---


def mark_of(reference: Reference) -> str:
    """The mark of a reference: its number, or its name where it has none."""
    return f"[{reference.name if reference.number is None else reference.number}]"


def cited(citations: Iterable[Citation], references: Mapping[str, Reference]) -> str:
    """The marks of what is cited with its sections, to stand behind a text: ` [1: Indications and usage]`."""
    sections: dict[str, list[str]] = {}
    for each in citations:
        sections.setdefault(each.reference, []).extend([each.at] if each.at else [])
    marks = (mark_of(references[name])[:-1] + (f": {'; '.join(at)}]" if at else "]") for name, at in sections.items())
    return "".join(f" {mark}" for mark in marks)


def reference_text(reference: Reference) -> str:
    """A reference in full: title, who published it and when, where it stands."""
    published = ", ".join(part for part in (reference.publisher, reference.date) if part)
    read = f"Accessed {reference.accessed}" if reference.accessed else ""
    return ". ".join(part for part in (reference.title, published, reference.url or "", read) if part)
