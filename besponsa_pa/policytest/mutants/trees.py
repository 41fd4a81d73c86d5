"""Trees with one part changed: expressions, and the nodes of a file. Everything else in them stays as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from besponsa_pa.document import Mapping, Node, Scalar
from besponsa_pa.document import Sequence as SequenceNode
from besponsa_pa.expression import syntax
from besponsa_pa.expression.syntax import Expression
from besponsa_pa.source import Excerpt, Span

# the way to a node: keys and positions from the root
Path = tuple[str | int, ...]

# --- expressions ---


def with_child(node: Expression, position: int, child: Expression) -> Expression:
    """The expression with another one in the place of a child, by its position in `syntax.children`."""
    children = list(syntax.children(node))
    children[position] = child
    match node:
        case syntax.Member():
            return replace(node, target=child)
        case syntax.Call():
            return replace(node, arguments=tuple(children))
        case syntax.Apply():
            return replace(node, operands=tuple(children))
        case syntax.Timing():
            return replace(node, left=children[0], right=children[1])
        case syntax.If():
            return replace(node, condition=children[0], consequence=children[1], alternative=children[2])
        case syntax.Case():
            return _case(node, iter(children))
        case syntax.ListSelector():
            return replace(node, elements=tuple(children))
        case syntax.TupleSelector():
            names = (name for name, _ in node.elements)
            return replace(node, elements=tuple(zip(names, children, strict=True)))
        case syntax.IntervalSelector():
            return replace(node, low=children[0], high=children[1])
        case syntax.TypeTest() | syntax.TypeCast():
            return replace(node, operand=child)
        case syntax.Query():
            return _query(node, iter(children))
        case _:
            raise ValueError(node)


def _case(node: syntax.Case, children: Iterator[Expression]) -> syntax.Case:
    comparand = None if node.comparand is None else next(children)
    items = tuple((next(children), next(children)) for _ in node.items)
    return replace(node, comparand=comparand, items=items, alternative=next(children))


def _query(node: syntax.Query, children: Iterator[Expression]) -> syntax.Query:
    """The query with other children; they come in the order of `syntax.children`."""
    sources = tuple(replace(source, expression=next(children)) for source in node.sources)
    lets = tuple((name, next(children)) for name, _ in node.lets)
    relations = tuple(_relation(each, next(children), next(children)) for each in node.relations)
    where = None if node.where is None else next(children)
    result = None if node.result is None else next(children)
    aggregate = node.aggregate
    if aggregate is not None:
        starting = None if aggregate.starting is None else next(children)
        aggregate = replace(aggregate, starting=starting, expression=next(children))
    sort = tuple(item if item.expression is None else replace(item, expression=next(children)) for item in node.sort)
    changed = replace(node, sources=sources, lets=lets, relations=relations, where=where)
    return replace(changed, result=result, aggregate=aggregate, sort=sort)


def _relation(relation: syntax.Relation, source: Expression, condition: Expression) -> syntax.Relation:
    return replace(relation, source=replace(relation.source, expression=source), condition=condition)


# --- nodes of a file ---


def put(root: Node, path: Path, node: Node) -> Node:
    """The tree with a node at a path: in the place of what is there, or as a new key at the end."""
    if not path:
        return node
    step, rest = path[0], path[1:]
    match root:
        case Mapping() if isinstance(step, str):
            if root.get(step) is None:
                return replace(root, entries=(*root.entries, (scalar(step, root.span), node)))
            entries = ((key, put(value, rest, node) if key.text == step else value) for key, value in root.entries)
            return replace(root, entries=tuple(entries))
        case SequenceNode() if isinstance(step, int):
            items = (put(item, rest, node) if index == step else item for index, item in enumerate(root.items))
            return replace(root, items=tuple(items))
        case _:
            raise ValueError(path)


def without(root: Node, path: Path) -> Node:
    """The tree without what is at a path: a key with its value, or an item of a list."""
    parent = found(root, path[:-1])
    match parent:
        case Mapping():
            entries = (entry for entry in parent.entries if entry[0].text != path[-1])
            return put(root, path[:-1], replace(parent, entries=tuple(entries)))
        case SequenceNode():
            items = (item for index, item in enumerate(parent.items) if index != path[-1])
            return put(root, path[:-1], replace(parent, items=tuple(items)))
        case _:
            raise ValueError(path)


def renamed(root: Node, path: Path, name: str) -> Node:
    """The tree with another key in the place of the one at a path."""
    parent = found(root, path[:-1])
    assert isinstance(parent, Mapping)
    entries = ((scalar(name, k.span) if k.text == path[-1] else k, value) for k, value in parent.entries)
    return put(root, path[:-1], replace(parent, entries=tuple(entries)))


def found(root: Node, path: Path) -> Node:
    """What stands at a path; raises `ValueError` when there is nothing."""
    for step in path:
        inner = root.get(step) if isinstance(root, Mapping) and isinstance(step, str) else None
        if isinstance(root, SequenceNode) and isinstance(step, int):
            inner = root.items[step]
        if inner is None:
            raise ValueError(path)
        root = inner
    return root


def scalar(text: str, like: Span) -> Scalar:
    """A text that stands nowhere yet: its place is that of what it replaces."""
    return Scalar(text, like, Excerpt(text, like.source, [like.start] * (len(text) + 1)), quoted=True)


def mapping(entries: Sequence[tuple[str, Node]], like: Span) -> Mapping:
    """Keys with values that stand nowhere yet."""
    return Mapping(tuple((scalar(name, like), node) for name, node in entries), like)


def sequence(items: Sequence[Node], like: Span) -> SequenceNode:
    """A list that stands nowhere yet."""
    return SequenceNode(tuple(items), like)
