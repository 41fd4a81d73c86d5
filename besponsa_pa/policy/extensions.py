"""More values for imported facts, under `extend:`: a shared file cannot name the drug classes of every policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.document import Node, Scalar
from besponsa_pa.facts import FactDeclaration
from besponsa_pa.policy.files import File
from besponsa_pa.policy.nodes import entries, texts
from besponsa_pa.source import Span
from besponsa_pa.types import ListOf, Simple, TupleOf, Type


def extended(
    facts: Mapping[str, FactDeclaration], files: Sequence[File], diagnostics: Diagnostics, *, complete: bool = True
) -> dict[str, FactDeclaration]:
    """The facts with what each file adds to their values, in the order of the files; declared values come first.

    Only imported facts are extended: the values of its own a file lists where it declares them. `complete` is false
    when a file is missing; then nothing is said of a fact that seems to be unknown.
    """
    extending = _Extending(dict(facts), diagnostics, complete)
    for number, file in enumerate(files):
        for key, node in entries(file.root.get("extend")):
            extending.extend(key, node, file, is_policy=number == len(files) - 1)
    return extending.facts


@dataclass(slots=True)
class _Extending:
    facts: dict[str, FactDeclaration]
    diagnostics: Diagnostics
    complete: bool

    def extend(self, key: Scalar, node: Node, file: File, *, is_policy: bool) -> None:
        """Add the values of one key of one file's `extend:`, or say why that cannot be."""
        fact, element = self._named(key.text)
        if fact is None:
            self._report_unknown(key)
            return
        kind = _kind(fact.type, element)
        if kind is None and element is None:
            names = ", ".join(f"`{name}`" for name in _extensible({fact.name: fact}))
            help = f"name one of its elements: {names}" if names else "leave this out: only texts are held to a list"
            self._error(f"`{key.text}` has no list of values to extend", key, help, ((fact.span, "declared here"),))
        elif kind is None:
            self._report_unknown(key)
        elif fact.span.source is file.source:
            help = "add the values to its declaration"
            self._error(f"`{key.text}` is declared in this file itself", key, help, ((fact.span, "declared here"),))
        elif kind.values is None:
            help = "leave this out: what is not held to a list may be any text"
            self._error(f"`{key.text}` has no list of values to extend", key, help, ((fact.span, "declared here"),))
        else:
            added = tuple(self._new(key, node, kind.values, is_policy=is_policy))
            changed = _changed(fact.type, element, replace(kind, values=(*kind.values, *added)))
            self.facts[fact.name] = replace(fact, type=changed)

    def _named(self, name: str) -> tuple[FactDeclaration | None, str | None]:
        """The fact of that name; or the fact, and the element of it."""
        if name in self.facts:
            return self.facts[name], None
        before, _, element = name.rpartition(".")
        return self.facts.get(before), element

    def _new(self, key: Scalar, node: Node, values: Sequence[str], *, is_policy: bool) -> Iterator[str]:
        for value in texts(node):
            if value.text not in values:
                yield value.text
            elif is_policy:
                # two shared files may add the same value, neither knowing of the other
                message = f"`{key.text}` has the value `{value.text}` already"
                self.diagnostics.error("E318", message, value.span, help="delete it here")

    def _report_unknown(self, key: Scalar) -> None:
        if self.complete:
            help = did_you_mean(key.text, _extensible(self.facts)) or "a fact is extended in a file that imports it"
            self._error(f"there is no fact `{key.text}` to extend", key, help)

    def _error(self, message: str, key: Scalar, help: str, related: tuple[tuple[Span, str], ...] = ()) -> None:
        self.diagnostics.error("E317", message, key.span, help=help, related=related)


def _kind(kind: Type, element: str | None) -> Simple | None:
    """The type that the values belong to: that of the fact, of its elements, or of the one that is named."""
    inner: Type | None = kind.element if isinstance(kind, ListOf) else kind
    if isinstance(inner, TupleOf):
        inner = None if element is None else inner.element(element)
    elif element is not None:
        return None
    return inner if isinstance(inner, Simple) else None


def _changed(kind: Type, element: str | None, changed: Simple) -> Type:
    """The type of a fact with the one that the values belong to in its place."""
    if not isinstance(kind, ListOf):
        return changed
    if not isinstance(kind.element, TupleOf):
        return ListOf(changed)
    return ListOf(TupleOf(tuple((name, changed if name == element else each) for name, each in kind.element.elements)))


def _extensible(facts: Mapping[str, FactDeclaration]) -> Iterator[str]:
    """The facts, and the elements of list facts, that have a list of values."""
    for name, fact in facts.items():
        inner = fact.type.element if isinstance(fact.type, ListOf) else fact.type
        parts = inner.elements if isinstance(inner, TupleOf) else (("", inner),)
        for element, kind in parts:
            if isinstance(kind, Simple) and kind.values is not None:
                yield f"{name}.{element}" if element else name
