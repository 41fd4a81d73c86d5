"""Criteria, pathways, advisories and guarantees, from their nodes."""

from __future__ import annotations

from collections.abc import Mapping as MappingType

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, Node, Scalar, Sequence
from besponsa_pa.policy.declarations import Declared
from besponsa_pa.policy.model import (
    Acceptance,
    Advisory,
    Criterion,
    CriterionName,
    GrantValue,
    Group,
    GroupKind,
    Guarantee,
    Judgment,
    Leaf,
    OnUnmet,
    Otherwise,
    Pathway,
)
from besponsa_pa.policy.nodes import NOTHING, citations, entries, expression, get, grade, items, number, scalar, text
from besponsa_pa.source import Excerpt, Span

# the id of what a pathway requires, where it is written without one
REQUIREMENT = "require"


def read_criterion(key: Scalar, node: Node, diagnostics: Diagnostics) -> Declared[Criterion]:
    """A criterion under `criteria:`, by its name."""
    _check_id(key, diagnostics)
    return Declared(key.text, key.span, _criterion(key.text, key.span, node, diagnostics))


def _check_id(key: Scalar, diagnostics: Diagnostics) -> None:
    if key.text == REQUIREMENT:
        message = "no criterion can be called `require`: that is what all that a pathway requires is called"
        diagnostics.error("E331", message, key.span, help="choose another name")


def _criterion(name: str, span: Span, node: Node, diagnostics: Diagnostics) -> Criterion:
    on_unmet = next((each for each in OnUnmet if each.value == text(get(node, "on_unmet"))), None)
    return Criterion(
        name, text(get(node, "title")), expression(get(node, "given")), _body(node, diagnostics), on_unmet,
        citations(get(node, "cite") if isinstance(node, Mapping) else node), text(get(node, "interpretation")),
        grade(get(node, "evidence")), span, on_unmet_span=_key_span(node, "on_unmet"),
    )  # fmt: skip


def _key_span(node: Node, name: str) -> Span | None:
    key = node.key(name) if isinstance(node, Mapping) else None
    return None if key is None else key.span


def _body(node: Node, diagnostics: Diagnostics) -> Leaf | Judgment | Group:
    """What is to be met; a criterion that says nothing of it has been reported, and is read as a judgment."""
    check = expression(get(node, "check"))
    if check is not None:
        return Leaf(check)
    for kind in (GroupKind.ALL, GroupKind.ANY, GroupKind.NONE):
        if get(node, kind.value) is not None:
            return Group(kind, _children(get(node, kind.value), diagnostics))
    at_least = get(node, GroupKind.AT_LEAST.value)
    if at_least is not None:
        return _at_least(at_least, diagnostics)
    return Judgment(text(get(node, "judgment")) or "")


def _at_least(node: Node, diagnostics: Diagnostics) -> Group:
    children, count = _children(get(node, "of"), diagnostics), number(get(node, "count"))
    place = scalar(get(node, "count"))
    if count is not None and place is not None and children and count > len(items(get(node, "of"))):
        message = f"`count` is {count}, and there are only {len(children)} criteria under `of`"
        help = f"write a number from 1 to {len(children)}: a group that can never be met would deny every request"
        diagnostics.error("E335", message, place.span, help=help)
    return Group(GroupKind.AT_LEAST, children, count or 1)


def _children(node: Node | None, diagnostics: Diagnostics) -> tuple[Criterion | CriterionName, ...]:
    found = (read_child(item, diagnostics) for item in items(node))
    children = tuple(child for child in found if child is not None)
    seen: set[str] = set()
    for child in children:
        if isinstance(child, CriterionName):
            if child.name in seen:
                message = f"`{child.name}` stands twice in one list of criteria"
                diagnostics.error("E336", message, child.span, help="delete one of them")
            seen.add(child.name)
    return children


def read_child(node: Node, diagnostics: Diagnostics) -> Criterion | CriterionName | None:
    """A criterion by its name or in place; None for what is neither, which has been reported."""
    name = scalar(node)
    if name is not None:
        return CriterionName(name.text, name.span)
    if not isinstance(node, Mapping):
        return None
    key = scalar(node.get("id"))
    if key is None:
        return _criterion("", _first_place(node), node, diagnostics)
    _check_id(key, diagnostics)
    return _criterion(key.text, key.span, node, diagnostics)


def _first_place(node: Mapping) -> Span:
    return node.entries[0][0].span if node.entries else node.span


# --- pathways ---


def read_pathway(key: Scalar, node: Node, diagnostics: Diagnostics) -> Pathway | None:
    """A pathway from its keys; None for what is none, which has been reported."""
    if not isinstance(node, Mapping):
        return None
    require = get(node, "require")
    return Pathway(
        key.text,
        text(get(node, "title")),
        expression(get(node, "when")),
        None if require is None else _requirement(require, (node.key("require") or key).span, diagnostics),
        _children(get(node, "exclude"), diagnostics),
        _children(get(node, "review"), diagnostics),
        _grant(get(node, "grant")),
        citations(get(node, "cite")),
        text(get(node, "interpretation")),
        key.span,
    )


def _requirement(node: Node, span: Span, diagnostics: Diagnostics) -> Criterion | CriterionName | None:
    """What a pathway requires: a criterion, or a group that needs no id; a list is a group of which all must be met."""
    if isinstance(node, Sequence):
        group = Group(GroupKind.ALL, _children(node, diagnostics))
        return Criterion(REQUIREMENT, None, None, group, None, (), None, None, span)
    if isinstance(node, Mapping) and node.get("id") is None:
        return _criterion(REQUIREMENT, span, node, diagnostics)
    return read_child(node, diagnostics)


def _grant(node: Node | None) -> MappingType[str, GrantValue]:
    """Granted values by their names. A text in quotes is a text; any other, in a block of lines too, an expression."""
    return {key.text: GrantValue(_granted(value), key.span) for key, value in entries(node)}


def _granted(node: Node) -> Excerpt | str | MappingType[str, GrantValue]:
    match node:
        case Mapping():
            return _grant(node)
        case Scalar() if node.quoted and not node.is_block:
            return node.text
        case _:
            return expression(node) or NOTHING


# --- beside the pathways ---


def read_otherwise(node: Node | None, span: Span) -> Otherwise | None:
    """What is decided when no pathway applies."""
    decision = text(get(node, "decision"))
    if decision is None:
        return None
    return Otherwise(decision, text(get(node, "title")), citations(get(node, "cite")), span)


def read_advisory(node: Node) -> Advisory | None:
    """An advisory from its keys; None for what is none, which has been reported."""
    key = scalar(get(node, "id"))
    if key is None:
        return None
    return Advisory(
        key.text, expression(get(node, "when")), text(get(node, "text")) or "", citations(get(node, "cite")),
        text(get(node, "interpretation")), key.span,
    )  # fmt: skip


def read_guarantee(node: Node) -> Guarantee | None:
    """A guarantee from its keys; None for what is none, which has been reported."""
    never, when = scalar(get(node, "never")), expression(get(node, "when"))
    if never is None or when is None:
        return None
    return Guarantee(never.text, when, never.span)


def read_acceptance(node: Node) -> Acceptance | None:
    """What is accepted, from its keys; None for what is none, which has been reported."""
    rule, of = scalar(get(node, "rule")), text(get(node, "of"))
    if rule is None or of is None:
        return None
    return Acceptance(rule.text, of, text(get(node, "reason")) or "", rule.span)
