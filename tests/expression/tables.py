"""The YAML tables of expressions: what they declare, and the rows that they list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.document import Mapping, Node, Scalar, parse_yaml, read_source
from besponsa_pa.expression.environment import DefinitionSource, Environment
from besponsa_pa.expression.parser import parse
from besponsa_pa.facts import FactDeclaration
from besponsa_pa.policy.declarations import read_definition, read_fact, read_section, read_value_set
from besponsa_pa.policy.nodes import entries, get, items
from besponsa_pa.source import Source
from besponsa_pa.terminology import system_names


@dataclass(frozen=True, slots=True)
class Table:
    """One file: the facts that a case may carry, and what else its expressions may name."""

    name: str
    root: Node
    facts: dict[str, FactDeclaration]
    environment: Environment

    def rows(self, key: str) -> list[Node]:
        """The rows that stand under a key."""
        return list(items(get(self.root, key)))


def tables(folder: Path) -> list[Table]:
    """Every file of a folder, in the order of their names."""
    return [table_of(path) for path in sorted(folder.glob("*.yaml"))]


@cache
def table_of(path: Path) -> Table:
    """One file with what it declares."""
    diagnostics = Diagnostics()
    source = read_source(path, diagnostics)
    root = None if source is None else parse_yaml(Source(source.text, path.name), diagnostics)
    facts = {each.name: each.value for each in read_section(get(root, "facts"), read_fact, diagnostics)}
    value_sets = read_section(get(root, "value_sets"), read_value_set, diagnostics)
    definitions = {
        each.name: DefinitionSource(each.value.parameters, parse(each.value.body, diagnostics), each.span)
        for each in read_section(get(root, "definitions"), read_definition, diagnostics)
    }
    errors = [each.message for each in diagnostics if each.severity is Severity.ERROR]
    assert root is not None, errors
    assert not errors, f"{path.name}: {errors}"
    environment = Environment(
        facts={name: fact.type for name, fact in facts.items()},
        definitions=definitions,
        value_sets={each.name: each.value for each in value_sets},
        code_systems=system_names(),
    )
    return Table(path.stem, root, facts, environment)


def cells(row: Node, known: frozenset[str]) -> dict[str, Node]:
    """The cells of a row by their keys; a key that no row has is a mistake of the table."""
    assert isinstance(row, Mapping)
    unknown = set(row.keys()) - known
    assert not unknown, f"line {row.span.line}: {unknown}"
    return {key.text: value for key, value in entries(row)}


def text(node: Node | None) -> str:
    """The text of a cell as it is written, a null too."""
    assert isinstance(node, Scalar), "a text is missing"
    return node.text
