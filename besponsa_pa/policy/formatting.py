"""How the files of analysts are laid out: policies, what they share, their tests, and cases.

The order of keys is that of the schemas' own properties, the layout of expressions is `expression.layout`, all else is
`document.formatting`. Nothing is returned that does not mean the same as before, with every comment in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, Node, Scalar, Sequence, load_schema, parse_yaml
from besponsa_pa.document.comments import comments_of, is_in_brackets, spoken_of
from besponsa_pa.document.formatting import Arrangement, is_same, text_from_arrangement
from besponsa_pa.document.scalars import can_be_plain
from besponsa_pa.document.shapes import Shape, shape_of_file
from besponsa_pa.expression.layout import Layout, layout_of
from besponsa_pa.expression.parser import parse
from besponsa_pa.policy.files import DECLARING_KEYS
from besponsa_pa.policy.names import is_word
from besponsa_pa.source import Excerpt, Source

POLICY, TESTS, CASE = "policy.schema.json", "tests.schema.json", "case.schema.json"
# what a file says of itself stands together at its top; each other key begins a section
HEAD = {
    POLICY: ("policy", "title", "program", "version", "effective", "drug", "imports"),
    TESTS: ("policy",),
}
_SERVER = re.compile(r"^#\s*yaml-language-server\s*:\s*\$schema=\S*?([\w.]+\.schema\.json)\s*$", re.MULTILINE)
_OURS = re.compile(rf"^(?:policy|case|{'|'.join(DECLARING_KEYS)}):", re.MULTILINE)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def formatted(source: Source, diagnostics: Diagnostics) -> str | None:
    """The text of a file in the one layout; None for a file that is left alone, of which `diagnostics` say why.

    Left alone is what cannot be read, an expression included, what is no file of ours, and what could not be laid out
    without changing what it says.
    """
    root = _readable(source, diagnostics)
    kind = None if root is None else kind_of(source, root)
    if root is None or kind is None:
        return None
    arrangement = _Arranging(diagnostics, kind).arrangement(root)
    text = text_from_arrangement(arrangement, comments_of(root))
    if not diagnostics.has_errors and not _says_the_same(text, root, arrangement):
        message = f"`{source.name}` cannot be formatted without a change of what it says, and is left as it is"
        diagnostics.error("E151", message, help="put each comment on a line of its own, above what it speaks of")
    if diagnostics.has_errors:
        return None
    is_windows = source.text.split("\n", 1)[0].endswith("\r")
    return text.replace("\n", "\r\n") if is_windows else text


def _readable(source: Source, diagnostics: Diagnostics) -> Mapping | None:
    """The keys of a file of ours, or None after what is wrong with it has been reported."""
    root = parse_yaml(source, diagnostics)
    if root is None or diagnostics.has_errors:
        return None
    if is_in_brackets(root):
        help = "what is formatted is YAML in which each key begins a line"
        diagnostics.error(
            "E150", f"`{source.name}` is in brackets from its first to its last line, as JSON is", help=help
        )
    elif not isinstance(root, Mapping) or kind_of(source, root) is None:
        help = "a policy begins with `policy:`, a case with `case:`"
        diagnostics.error("E150", f"`{source.name}` is no policy, shared file, tests or case", help=help)
    else:
        return root
    return None


def kind_of(source: Source, root: Mapping) -> str | None:
    """The schema that a file is written for, by its own word or by its keys; None for what is no file of ours."""
    named = _SERVER.search(source.text)
    if named is not None:
        return named[1] if named[1] in (POLICY, TESTS, CASE) else None
    keys = set(root.keys())
    if "case" in keys:
        return CASE
    if "policy" in keys and isinstance(root.get("tests"), Sequence):
        return TESTS
    known = set(_known_keys())
    if keys & (known - {"policy", "title", "program", "drug", "effective"}) and ("policy" in keys or keys <= known):
        return POLICY
    return CASE if "policy" in keys else None


def seems_ours(text: str) -> bool:
    """Whether a text that cannot be read was likely meant as a file of ours."""
    return _SERVER.search(text) is not None or _OURS.search(text) is not None


def _known_keys() -> Iterable[str]:
    properties = load_schema(POLICY)["properties"]
    assert isinstance(properties, dict)
    return properties


def _says_the_same(text: str, root: Mapping, arrangement: Arrangement) -> bool:
    """Whether a text says what a file said, and its comments speak of what they spoke of."""
    diagnostics = Diagnostics()
    again = parse_yaml(Source(text, "formatted.yaml"), diagnostics)
    return (
        again is not None
        and not diagnostics.has_errors
        and is_same(arrangement.root, again, arrangement, _is_same_expression)
        and spoken_of(root, arrangement.root) == spoken_of(again)
    )


def _is_same_expression(before: str, after: str) -> bool:
    trees = [parse(Excerpt.whole(text), Diagnostics()) for text in (before, after)]
    return trees[0] is not None and trees[0] == trees[1]


@dataclass(slots=True)
class _Arranging:
    """Puts keys in order, and finds the expressions, the lists of texts and the quotes that mean something."""

    diagnostics: Diagnostics
    kind: str
    wordings: dict[int, Layout] = field(default_factory=dict)
    quoted: set[int] = field(default_factory=set)
    bare: set[int] = field(default_factory=set)
    texts: set[int] = field(default_factory=set)

    def arrangement(self, root: Mapping) -> Arrangement:
        """What is to be written."""
        ordered = self._arranged(root, shape_of_file(self.kind, root))
        assert isinstance(ordered, Mapping)
        head = HEAD.get(self.kind)
        sections = frozenset() if head is None else frozenset(root.keys()) - set(head)
        return Arrangement(
            ordered, self.wordings, frozenset(self.quoted), frozenset(self.bare), frozenset(self.texts), sections
        )

    def _arranged(self, node: Node, shape: Shape) -> Node:
        if self.kind == TESTS and "case" in shape.kinds:
            shape = shape_of_file(CASE, node)
        match node:
            case Mapping():
                self._note_words(node)
                entries = shape.entries_in_order(node)
                return Mapping(
                    tuple((key, self._arranged(value, shape.of_key(key.text, value))) for key, value in entries),
                    node.span,
                )
            case Sequence():
                if shape.holds_texts():
                    self.texts.add(node.span.start)
                return Sequence(tuple(self._arranged(item, shape.of_item(item)) for item in node), node.span)
            case Scalar():
                self._note(node, shape.kinds)
                return node

    def _note_words(self, node: Mapping) -> None:
        """Keep the quotes of names that are words of the language: they say that the writer knows."""
        if self.kind == POLICY:
            self.quoted.update(
                key.span.start
                for key, _ in node.entries
                if key.quoted and (first := _IDENTIFIER.match(key.text)) and is_word(first.group())
            )

    def _note(self, scalar: Scalar, kinds: frozenset[str]) -> None:
        """Lay out an expression; a granted text in quotes is none, and an expression there has none."""
        start = scalar.span.start
        if scalar.is_null or not kinds & {"expression", "granted"}:
            return
        if "granted" in kinds and scalar.quoted and not scalar.is_block:
            self.quoted.add(start)
            return
        layout = layout_of(scalar.excerpt, self.diagnostics)
        if "granted" in kinds:
            self.bare.add(start)
            layout = layout if layout and can_be_plain(layout.text, in_brackets=True) else None
        if layout is not None:
            self.wordings[start] = layout
