"""Every small change of criteria: what they ask, of whom, with what outcome, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from besponsa_pa.document import Mapping as MappingNode
from besponsa_pa.document import Scalar
from besponsa_pa.document import Sequence as SequenceNode
from besponsa_pa.policytest.mutants.edits import Edit, Edits, Spot
from besponsa_pa.policytest.mutants.kinds import (
    NEAR_GROUPS,
    OTHER_EVIDENCE,
    OTHER_ON_UNMET,
    OTHER_PART,
    Kind,
)
from besponsa_pa.policytest.mutants.trees import mapping, put, renamed, sequence, without


def criterion(spot: Spot, references: Iterable[str], *, on_unmet: bool) -> Edits:
    """Every change inside a criterion; `on_unmet` says whether that means anything here and may be put in.

    A criterion that stands under its name elsewhere is changed there.
    """
    node = spot.node
    if isinstance(node, SequenceNode):
        yield from _group(spot, "all", references, on_unmet=on_unmet)
        return
    if not isinstance(node, MappingNode):
        return
    own = node.get("on_unmet")
    for key in spot.entries():
        name = key.path[-1]
        match name:
            case "given":
                yield key.left_out(Kind.GIVEN, "given", spot.where)
                yield from key.expression(is_condition=True, is_given=True)
            case "check":
                yield from key.expression(is_condition=True)
            case "all" | "any" | "none":
                means = on_unmet and own is None and name != "none"
                yield from _group(key, str(name), references, on_unmet=means)
            case "at_least":
                yield from _at_least(key, references, on_unmet=on_unmet and own is None)
            case "on_unmet":
                yield from _other(key, Kind.ON_UNMET, OTHER_ON_UNMET)
            case "evidence":
                yield from evidence(key)
            case "cite":
                yield from citations(key, references)
            case _:
                pass
    is_whole = spot.path[-1] == "require" and node.get("id") is None
    if on_unmet and own is None and not is_whole:
        yield spot.put_in(Kind.ON_UNMET, "on_unmet", "pend")


def evidence(spot: Spot) -> Edits:
    """The evidence that a fact or a criterion asks for, left out or of another grade."""
    yield spot.left_out(Kind.EVIDENCE, f"evidence: {spot.text()}", _around(spot))
    yield from _other(spot, Kind.EVIDENCE, OTHER_EVIDENCE)


def _other(spot: Spot, kind: Kind, others: Mapping[str, str]) -> Edits:
    other = others.get(spot.text() or "")
    if other is not None:
        yield spot.replaced(kind, other)


def _around(spot: Spot) -> str:
    """How the place is called that a key stands in."""
    return spot.where.rpartition(".")[0]


def citations(spot: Spot, references: Iterable[str]) -> Edits:
    """Citations, each left out, or naming the next reference in the place of its own."""
    names = list(references)
    for item in spot.items():
        cited = item.below("ref") or item
        name, section = cited.text(), item.below("at")
        if name not in names:
            continue
        text = name if section is None else f"{name} at {section.text()}"
        yield item.left_out(Kind.CITATION, text)
        if len(names) > 1:
            other = names[(names.index(name) + 1) % len(names)]
            changed = cited.replaced(Kind.CITATION, other)
            yield replace(changed, where=spot.where, before=text, after=text.replace(name, other, 1))


# --- groups ---


def _group(spot: Spot, kind: str, references: Iterable[str], *, on_unmet: bool) -> Edits:
    """A group of another kind, without one of its criteria, and every change inside them."""
    is_several = len(spot.items()) > 1
    if is_several or kind == "none":
        yield _as_other_group(spot, kind)
    yield from children(spot, references, on_unmet=on_unmet, may_be_dropped=is_several)


def _as_other_group(spot: Spot, kind: str) -> Edit:
    other = NEAR_GROUPS[kind]
    if spot.path[-1] == kind:
        root, where = renamed(spot.root, spot.path, other), _around(spot)
    else:  # a plain list, of which all must be met
        root, where = put(spot.root, spot.path, mapping([(other, spot.node)], spot.key)), spot.where
    return Edit(Kind.GROUP, where, spot.key, kind, other, root)


def _at_least(spot: Spot, references: Iterable[str], *, on_unmet: bool) -> Edits:
    count, of = spot.below("count"), spot.below("of")
    if count is None or of is None:
        return
    wanted, there = int(count.text() or 1), len(of.items())
    for near in (wanted - 1, wanted + 1):
        if 1 <= near <= there:
            yield count.replaced(Kind.COUNT, str(near))
    yield from children(of, references, on_unmet=on_unmet, may_be_dropped=there > wanted)


def children(spot: Spot, references: Iterable[str], *, on_unmet: bool, may_be_dropped: bool) -> Edits:
    """The criteria of a list: each left out, and every change inside it."""
    for item in spot.items():
        name = _name(item)
        if may_be_dropped:
            yield item.left_out(Kind.CRITERION, name)
        inner = replace(item, where=f"{_without_words(spot)}.{name}")
        yield from criterion(inner, references, on_unmet=on_unmet)


def _name(spot: Spot) -> str:
    """The id of a criterion in a list, or the name that stands there."""
    return (spot.below("id") or spot).text() or ""


def _without_words(spot: Spot) -> str:
    """The name of a list without the words of the language at its end: `require` for `require.all`."""
    parts = spot.where.split(".")
    while len(parts) > 1 and parts[-1] in ("all", "any", "none", "of", "at_least"):
        parts.pop()
    return ".".join(parts)


# --- pathways ---


def requirement(spot: Spot, references: Iterable[str]) -> Edits:
    """What a pathway requires; one single criterion is left out with the key."""
    if _is_single(spot):
        yield spot.left_out(Kind.CRITERION, "require", _around(spot))
    if not isinstance(spot.node, Scalar):
        yield from criterion(spot, references, on_unmet=True)


def _is_single(spot: Spot) -> bool:
    """Whether what is required is one criterion, so that no list is left when that is left out."""
    if isinstance(spot.node, SequenceNode):
        return len(spot.items()) == 1
    inner = next((key for key in spot.entries() if key.path[-1] in ("all", "any", "none")), None)
    if inner is not None:
        return len(inner.items()) == 1
    return spot.below("at_least") is None


def against(spot: Spot, part: str, references: Iterable[str]) -> Edits:
    """What is excluded or has to be reviewed: each left out, moved to the other list, and every change inside it."""
    for item in spot.items():
        name = _name(item)
        yield item.left_out(Kind.CRITERION, name)
        yield _moved(item, part, name)
        inner = replace(item, where=f"{spot.where}.{name}")
        yield from criterion(inner, references, on_unmet=False)


def _moved(item: Spot, part: str, name: str) -> Edit:
    """The file with a criterion in the other list of its pathway."""
    other = OTHER_PART[part]
    there = replace(item, path=item.path[:-2]).below(other)
    moved = [each.node for each in there.items()] if there is not None else []
    root = put(without(item.root, item.path), (*item.path[:-2], other), sequence([*moved, item.node], item.key))
    return Edit(Kind.PART, _around(item), item.key, f"{part}: {name}", f"{other}: {name}", root)
