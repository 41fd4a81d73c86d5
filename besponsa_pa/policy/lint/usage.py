"""What the policy's own file declares, and which names the expressions use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from besponsa_pa.document import Mapping
from besponsa_pa.expression import syntax
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.source import Span
from besponsa_pa.values import ValueSet


def declared_here(context: Context, section: str) -> Iterator[tuple[str, Span]]:
    """The names that a section of the policy's own file declares: what is imported is there for other policies too."""
    root = context.files.get(context.policy.name)
    node = None if root is None else root.get(section)
    for key, _ in node.entries if isinstance(node, Mapping) else ():
        yield key.text.partition("(")[0].strip(), key.span


def uses(context: Context) -> Counter[str]:
    """How many expressions of the policy, and of what it imports, use each name."""
    return Counter(name for each in context.expressions for name in names_in(each.tree))


def names_in(tree: syntax.Expression) -> set[str]:
    """Every name that an expression uses: of `disease.cd22` also the part before a dot."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        found.update(_names(node))
        waiting.extend(syntax.children(node))
    return found


def _names(node: syntax.Expression) -> Iterator[str]:
    match node:
        case syntax.Name(name) | syntax.Call(name):
            yield name
        case syntax.Member():
            path = _path(node)
            if path is not None:
                yield path
        case syntax.Literal(ValueSet(name)):
            yield name
        case _:
            pass


def _path(node: syntax.Expression) -> str | None:
    """A dotted name as it is written, or None for anything else."""
    if isinstance(node, syntax.Name):
        return node.name
    if isinstance(node, syntax.Member) and (before := _path(node.target)) is not None:
        return f"{before}.{node.name}"
    return None
