"""What a schema says of each place of a file: which keys stand there in which order, and what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from besponsa_pa.document.nodes import Mapping, Node, Scalar
from besponsa_pa.document.schema import fits, load_schema
from besponsa_pa.document.violations import Schema

# a key that stands behind those which the schema leaves to the writer: `"x-last": true`
LAST = "x-last"
_DEFINITIONS = "#/$defs/"
_FORMS = ("anyOf", "oneOf", "allOf")


@dataclass(frozen=True, slots=True)
class Shape:
    """All that a schema says of one place.

    `kinds` are the names of the definitions (`$defs`) that lead there, such as `expression`.
    """

    root: Schema
    schemas: tuple[Schema, ...]
    kinds: frozenset[str] = frozenset()

    def entries_in_order(self, node: Mapping) -> list[tuple[Scalar, Node]]:
        """The keys with their values: as the schema names them, then all others as they were written."""
        ranks = self._ranks()
        others = (1, 0)
        return sorted(node.entries, key=lambda entry: ranks.get(entry[0].text, others))

    def _ranks(self) -> dict[str, tuple[int, int]]:
        names: dict[str, Schema] = {}
        for schema in self.schemas:
            for name, below in _keys(schema, "properties").items():
                names.setdefault(name, below)
        return {name: (2 if below.get(LAST) else 0, rank) for rank, (name, below) in enumerate(names.items())}

    def of_key(self, key: str, value: Node) -> Shape:
        """The place of the value of a key."""
        return self.below([each for schema in self.schemas for each in _values(schema, key)], value)

    def of_item(self, value: Node) -> Shape:
        """The place of an item of a list."""
        return self.below([each for schema in self.schemas for each in _schemas(schema.get("items"))], value)

    def holds_texts(self) -> bool:
        """Whether a list at this place can hold nothing but single texts."""
        items = [each for schema in self.schemas for each in _schemas(schema.get("items"))]
        types = [set(_types(each)) for item in items for each, _ in self._expanded(item, None)]
        return any(types) and not any(each & {"object", "array"} for each in types)

    def below(self, schemas: list[Schema], value: Node) -> Shape:
        """The place of a value that is to fit some parts of the schema."""
        expanded = [each for schema in schemas for each in self._expanded(schema, value)]
        kinds = frozenset(kind for _, kind in expanded if kind)
        return Shape(self.root, tuple(schema for schema, _ in expanded), kinds)

    def _expanded(self, schema: Schema, value: Node | None) -> Iterator[tuple[Schema, str]]:
        """A schema and all that it refers to, each with the name of the definition."""
        yield schema, ""
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith(_DEFINITIONS):
            name = reference.removeprefix(_DEFINITIONS)
            for each, inner in self._expanded(_keys(self.root, "$defs")[name], value):
                yield each, inner or name
        for form in (each for key in _FORMS for each in _schemas(schema.get(key))):
            yield from self._expanded(form, value)
        for condition in _schemas(schema.get("if")):
            branch = "then" if value is None or fits(value, condition) else "else"
            for each in _schemas(schema.get(branch)):
                yield from self._expanded(each, value)


def shape_of_file(schema_name: str, root: Node) -> Shape:
    """The outermost place of a file that is to fit a shipped schema, such as `policy.schema.json`."""
    schema = load_schema(schema_name)
    return Shape(schema, ()).below([schema], root)


def _values(schema: Schema, key: str) -> list[Schema]:
    """What a schema says of the value of a key."""
    named = _keys(schema, "properties").get(key)
    return [named] if named is not None else _schemas(schema.get("additionalProperties"))


def _keys(schema: Schema, keyword: str) -> dict[str, Schema]:
    return cast("dict[str, Schema]", schema.get(keyword, {}))


def _schemas(value: object) -> list[Schema]:
    """A schema or a list of them; `true` and `false` say nothing of what stands there."""
    if isinstance(value, list):
        return cast("list[Schema]", value)
    return [cast("Schema", value)] if isinstance(value, dict) else []


def _types(schema: Schema) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else cast("list[str]", types)
