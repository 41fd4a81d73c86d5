"""Whose a place in a file is: the name by which `accept:` speaks of it."""

from __future__ import annotations

from besponsa_pa.document import Mapping, Node, Scalar, Sequence

# sections of which each key is a name
NAMING = ("references", "facts", "extend", "value_sets", "tables", "definitions", "criteria", "pathways")
# sections in which what has an `id` is called by it
WITH_IDS = ("criteria", "pathways", "advisories")


def subject_at(root: Mapping, offset: int) -> str:
    """The name of what stands at an offset of a file: of the innermost criterion, else of what its section declares.

    What has no name is called as its section is: `otherwise`, `guarantees`, `drug`.
    """
    section, node = _entry(root, offset)
    name = "" if section is None else section.text
    if section is None or section.text not in (*NAMING, *WITH_IDS):
        return name
    if section.text in NAMING and isinstance(node, Mapping):
        key, node = _entry(node, offset)
        name = name if key is None else key.text.partition("(")[0].strip()
    return _innermost(node, offset, name) if section.text in WITH_IDS else name


def _innermost(node: Node | None, offset: int, name: str) -> str:
    while isinstance(node, (Mapping, Sequence)):
        if isinstance(node, Sequence):
            node = next((item for item in reversed(node.items) if item.span.start <= offset), None)
            continue
        given = node.get("id")
        name = given.text if isinstance(given, Scalar) else name
        key, node = _entry(node, offset)
        if key is not None and key.text == "grant":
            break
    return name


def _entry(node: Mapping, offset: int) -> tuple[Scalar | None, Node | None]:
    """The key and value of a mapping in which an offset lies: the last that begins before it."""
    return next((entry for entry in reversed(node.entries) if entry[0].span.start <= offset), (None, None))
