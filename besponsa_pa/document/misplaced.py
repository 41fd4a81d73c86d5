"""Lines that stand too far left or right: one such line brings many violations, of which one is told.

A section that is indented as if it belonged to the one above, and keys that are not indented below the key that
they belong to, make everything in them fit nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import takewhile

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document.nodes import Mapping, Node, Scalar, Sequence
from besponsa_pa.document.violations import Path, Violation


def without_followers(
    violations: Iterable[Violation], root: Node, sections: tuple[str, ...], diagnostics: Diagnostics
) -> list[Violation]:
    """The violations, with one in the place of all those that come of one line at the wrong place.

    Its rule is `remark` (a remark as programmers write it), `inside` (a section in another one) or `beside` (keys
    that stand beside the key that they belong to; `wanted` names them).
    """
    found = list(violations)
    for each in list(found):
        if remark := _remark(each):
            found = _told_once(Violation(remark, "remark", at_key=True), found)
        elif _is_section_inside(each, root, sections):
            found = _told_once(Violation(each.path[:2], "inside", sections, at_key=True), found)
            found = [_without_key(other, str(each.path[1])) for other in found if not _comes_after(other, each, root)]
        elif beside := _keys_beside(each, found, root):
            for key in beside:
                found = [other for other in found if not _is_below(other, (*each.path[:-1], key))]
            found = _told_once(Violation(each.path, "beside", beside), found)
            _forget_keys_twice(each, beside[-1], root, diagnostics)
    return [each for each in found if each.rule != "required" or each.wanted]


def node_at(root: Node, path: Path) -> tuple[Scalar | None, Node]:
    """The value at a path, and its key where it has one."""
    node: Node = root
    key: Scalar | None = None
    for step in path:
        if isinstance(node, Mapping):
            key, node = next(entry for entry in node.entries if entry[0].text == step)
        elif isinstance(node, Sequence):
            key, node = None, node.items[int(step)]
    return key, node


def _told_once(instead: Violation, found: list[Violation]) -> list[Violation]:
    """The violations with one in the place of all those at its place and below it."""
    return [*(other for other in found if not _is_below(other, instead.path)), instead]


def _is_below(violation: Violation, place: Path) -> bool:
    return violation.path[: len(place)] == place


def _remark(violation: Violation) -> Path:
    """The place of a key that is a remark in the manner of programmers, or nothing."""
    depth = next((depth for depth, step in enumerate(violation.path, 1) if str(step).startswith("//")), 0)
    return violation.path[:depth]


def _is_section_inside(violation: Violation, root: Node, sections: tuple[str, ...]) -> bool:
    if len(violation.path) < 2 or not {violation.path[0], violation.path[1]} <= {*sections}:
        return False
    node = node_at(root, violation.path[:2])[1]
    return not isinstance(node, Scalar) or node.is_null


def _comes_after(violation: Violation, section: Violation, root: Node) -> bool:
    """Whether a key stands below a section without a value that is inside another one: it belongs to that section."""
    node = node_at(root, section.path[:2])[1]
    if not isinstance(node, Scalar) or len(violation.path) < 2 or violation.path[0] != section.path[0]:
        return False
    around = node_at(root, section.path[:1])[1]
    names = list(around.keys()) if isinstance(around, Mapping) else []
    return names.index(str(violation.path[1])) > names.index(str(section.path[1]))


def _without_key(violation: Violation, key: str) -> Violation:
    """What the whole file lacks, without a section that is there, but inside another one."""
    if violation.path or violation.rule != "required":
        return violation
    return replace(violation, wanted=tuple(each for each in violation.wanted if each != key))


# --- keys that stand beside the key that they belong to ---


def _keys_beside(violation: Violation, found: list[Violation], root: Node) -> tuple[str, ...]:
    """The keys that belong to a key without a value, and stand below it without being indented deeper."""
    if violation.rule != "type" or "object" not in violation.wanted or not violation.path:
        return ()
    key, node = node_at(root, violation.path)
    if key is None or not (isinstance(node, Scalar) and node.is_null):
        return ()
    depth = len(violation.path)
    wrong = {other.path[depth - 1] for other in found if len(other.path) >= depth}
    following = _keys_after(key.text, violation, root)
    return tuple(takewhile(lambda name: name in violation.keys and name in wrong, (each.text for each in following)))


def _keys_after(name: str, violation: Violation, root: Node) -> list[Scalar]:
    """The keys that stand after one of the same level as a violation."""
    around = node_at(root, violation.path[:-1])[1]
    keys = [key for key, _ in around.entries] if isinstance(around, Mapping) else []
    names = [key.text for key in keys]
    return keys[names.index(name) + 1 :]


def _forget_keys_twice(violation: Violation, last: str, root: Node, diagnostics: Diagnostics) -> None:
    """Take back that a key occurs twice, where it only stands too far left below the key that it belongs to."""
    key, _ = node_at(root, violation.path)
    if key is None:
        return
    after = _keys_after(last, violation, root)
    end = after[0].span.start if after else node_at(root, violation.path[:-1])[1].span.end
    for each in list(diagnostics):
        span = each.span
        if each.code == "E123" and span is not None and span.source is key.span.source:
            name = span.source.text[span.start : span.end]
            if key.span.start < span.start < end and name in violation.keys:
                diagnostics.items.remove(each)
