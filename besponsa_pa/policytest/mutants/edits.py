"""Changes of one file, each with its place and its words; what is common to all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, Node, Scalar
from besponsa_pa.document import Sequence as SequenceNode
from besponsa_pa.expression.parser import parse
from besponsa_pa.expression.printer import text_from_expression
from besponsa_pa.expression.syntax import Apply, Expression, Literal
from besponsa_pa.policytest.mutants.expressions import CONNECTIVES, Variant, is_true_or_false, negated, variants
from besponsa_pa.policytest.mutants.hints import Hints
from besponsa_pa.policytest.mutants.kinds import Kind
from besponsa_pa.policytest.mutants.trees import Path, found, put, scalar, without
from besponsa_pa.source import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a file: where it is in words (`criteria.age.check`), what it is, and the file's root with it."""

    kind: Kind
    where: str
    span: Span
    before: str
    after: str
    root: Node


Edits = Iterator[Edit]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file: the root, the way to the place, and how the place is called.

    `key` is the span of the key or name by which a person finds it.
    """

    root: Node
    path: Path
    where: str
    key: Span
    hints: Hints

    @property
    def node(self) -> Node:
        """What stands there."""
        return found(self.root, self.path)

    def below(self, key: str) -> Spot | None:
        """The place of a key here, or None where there is none."""
        node = self.node
        name = node.key(key) if isinstance(node, Mapping) else None
        if name is None:
            return None
        return replace(self, path=(*self.path, key), where=f"{self.where}.{key}", key=name.span)

    def entries(self) -> Iterator[Spot]:
        """The places of all keys here."""
        node = self.node
        for key, _ in node.entries if isinstance(node, Mapping) else ():
            yield replace(self, path=(*self.path, key.text), where=f"{self.where}.{key.text}", key=key.span)

    def items(self) -> tuple[Spot, ...]:
        """The places of the items of a list here; they are called as the list is."""
        node = self.node
        items = node.items if isinstance(node, SequenceNode) else ()
        return tuple(
            replace(self, path=(*self.path, position), key=_first_place(item)) for position, item in enumerate(items)
        )

    def text(self) -> str | None:
        """The single text that stands here, or None."""
        node = self.node
        return node.text.strip() if isinstance(node, Scalar) and not node.is_null else None

    # --- changes here ---

    def left_out(self, kind: Kind, before: str, where: str | None = None) -> Edit:
        """The file without what stands here."""
        return Edit(kind, where or self.where, self.key, before, "", without(self.root, self.path))

    def replaced(self, kind: Kind, after: str, before: str | None = None) -> Edit:
        """The file with another text here."""
        text = self.text() or ""
        node = self.node
        assert isinstance(node, Scalar)
        root = put(self.root, self.path, scalar(after, node.span))
        return Edit(kind, self.where, node.span, text if before is None else before, after, root)

    def put_in(self, kind: Kind, key: str, value: str) -> Edit:
        """The file with a key and a text added here."""
        root = put(self.root, (*self.path, key), scalar(value, self.key))
        return Edit(kind, self.where, self.key, "", f"{key}: {value}", root)

    def expression(self, *, is_condition: bool = False, is_given: bool = False) -> Edits:
        """The file with every small change of the expression that stands here, each different one once.

        `is_condition` says that it is true or false; `is_given` that it turns round as a whole too.
        """
        node = self.node
        tree = parse(node.excerpt, Diagnostics()) if isinstance(node, Scalar) and not node.is_null else None
        if tree is None or not isinstance(node, Scalar):
            return
        seen = {text_from_expression(tree)}
        for variant in self._variants(tree, is_condition=is_condition, is_given=is_given):
            text = text_from_expression(variant.whole)
            if text not in seen:
                seen.add(text)
                before, after = text_from_expression(variant.before), text_from_expression(variant.after)
                root = put(self.root, self.path, scalar(text, node.span))
                yield Edit(variant.kind, self.where, _place(variant, node), before, after, root)

    def _variants(self, tree: Expression, *, is_condition: bool, is_given: bool) -> Iterator[Variant]:
        if is_given and isinstance(tree, Apply) and tree.operator in CONNECTIVES:
            yield Variant(Kind.GIVEN, tree, negated(tree), negated(tree))
        is_condition = is_condition or is_true_or_false(tree, self.hints)
        yield from variants(tree, self.hints, is_condition=is_condition)

    def is_always(self) -> bool:
        """Whether the condition here is `true`, so that leaving it out changes nothing."""
        node = self.node
        tree = parse(node.excerpt, Diagnostics()) if isinstance(node, Scalar) else None
        return isinstance(tree, Literal) and tree.value is True


def _place(variant: Variant, node: Scalar) -> Span:
    """Where the changed part stands; what is made by the parser alone has the place of the whole."""
    span = variant.before.span
    return span if span.source is node.span.source else node.span


def _first_place(node: Node) -> Span:
    """Where a person finds an item of a list: its id or its first key, or the item itself."""
    if isinstance(node, Mapping) and node.entries:
        named = node.get("id") or node.get("ref")
        return named.span if named is not None else node.entries[0][0].span
    return node.span
