"""The codes that a policy names, each in its place."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.document import Mapping, Node, Scalar
from besponsa_pa.expression import checked, syntax
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.nodes import entries, get, items, scalar, texts
from besponsa_pa.source import Span
from besponsa_pa.terminology import canonical_system
from besponsa_pa.values import Code, Concept, Value


def codes_used(context: Context, system: str) -> Iterator[tuple[str, Span]]:
    """The codes of a code system in value sets, in expressions and as keys of tables, imported ones too."""
    for root in context.files.values():
        for _, value_set in entries(root.get("value_sets")):
            yield from ((code.text, code.span) for code in _listed(value_set, system))
    for table in context.environment.tables.values():
        keys = (key for key, _ in table.rows if isinstance(key, syntax.Literal))
        yield from ((code, key.span) for key in keys for code in _of_value(key.value, system))
    for node in context.nodes():
        if isinstance(node, checked.Constant):
            yield from ((code, node.span) for code in _of_value(node.value, system))


def _listed(value_set: Node, system: str) -> Iterator[Scalar]:
    """The codes of a value set, from one group of them or several: in a list, or as keys with what they say."""
    for group in (value_set, *items(value_set)):
        named = scalar(get(group, "system"))
        if isinstance(group, Mapping) and named is not None and canonical_system(named.text) == system:
            yield from texts(group.get("codes"))
            yield from (key for key, _ in entries(group.get("codes")))


def _of_value(value: Value, system: str) -> Iterator[str]:
    for code in value.codes if isinstance(value, Concept) else (value,):
        if isinstance(code, Code) and code.system == system:
            yield code.code
