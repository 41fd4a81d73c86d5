"""Timing phrases with boundaries and offsets, as the operators that they mean.

CQL 1.5, Author's Guide, Timing and Interval Operators; Developer's Guide, Timing Phrases.
`X 3 days or less before Y` is `X` at or after `Y - 3 days`, and before `Y`; `X within 3 days of Y` looks both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from besponsa_pa.expression import calendar, checked, syntax
from besponsa_pa.types import IntervalOf, with_unit
from besponsa_pa.values import Quantity

if TYPE_CHECKING:
    from besponsa_pa.expression.checked import Checked
    from besponsa_pa.source import Span

# The phrases for intervals read on for a point: `Interval includes point` is `contains`.
OF_A_POINT = {
    "Includes": "Contains",
    "IncludedIn": "In",
    "ProperIncludes": "ProperContains",
    "ProperIncludedIn": "ProperIn",
}

PLAIN = {
    ("same", None): "SameAs",
    ("same", "before"): "SameOrBefore",
    ("same", "after"): "SameOrAfter",
    ("before", None): "Before",
    ("before", "before"): "SameOrBefore",
    ("after", None): "After",
    ("after", "after"): "SameOrAfter",
    ("includes", None): "Includes",
    ("included_in", None): "IncludedIn",
}


class Operations(Protocol):
    """What is needed of the checker: an operator chosen for its operands."""

    def operation(self, name: str, operands: Sequence[Checked], span: Span, precision: str | None = None) -> Checked:
        """The operator of that logical name, with the signature that fits."""


def lower(checker: Operations, node: syntax.Timing, left: Checked, right: Checked) -> Checked:
    """The operators that a timing phrase means, for its two operands as checked."""
    left = _edge(checker, node.left_edge, left, node)
    right = _edge(checker, node.right_edge, right, node)
    if node.offset is None:
        name = ("Proper" if node.properly else "") + PLAIN[node.relation, node.inclusive]
        return checker.operation(name, [left, right], node.span, node.precision)
    if node.relation == "within":
        return _within(checker, node, left, right, node.offset)
    return _offset(checker, node, left, right, node.offset)


def _edge(checker: Operations, edge: str | None, operand: Checked, node: syntax.Timing) -> Checked:
    return operand if edge is None else checker.operation(edge.capitalize(), [operand], node.span)


def _near(checker: Operations, node: syntax.Timing, operand: Checked, edge: str) -> Checked:
    """The bound of an interval that a phrase without `starts` or `end` speaks of; a point is itself."""
    if isinstance(operand.type, IntervalOf):
        return checker.operation(edge, [operand], node.span)
    return operand


def _moved(checker: Operations, node: syntax.Timing, operand: Checked, sign: str, offset: Quantity) -> Checked:
    quantity = checked.Constant(offset, with_unit(offset.unit), node.phrase_span)
    moved = checker.operation("Add" if sign == "+" else "Subtract", [operand, quantity], node.span)
    if not isinstance(moved, checked.Operation) or str(moved.overload.parameters[0]) not in calendar.DURATIONS:
        return moved
    run = _shift_back if sign == "-" else calendar.shift_at_most
    return replace(moved, overload=replace(moved.overload, run=run))


def _shift_back(point: calendar.Point, offset: Quantity) -> calendar.Point:
    return calendar.shift_at_most(point, offset, -1)


def _within(checker: Operations, node: syntax.Timing, left: Checked, right: Checked, offset: Quantity) -> Checked:
    first = _moved(checker, node, _near(checker, node, right, "Start"), "-", offset)
    last = _moved(checker, node, _near(checker, node, right, "End"), "+", offset)
    after, before = ("After", "Before") if node.properly else ("SameOrAfter", "SameOrBefore")
    begins, ends = _near(checker, node, left, "Start"), _near(checker, node, left, "End")
    return _both(
        checker,
        node,
        checker.operation(after, [begins, first], node.span, node.precision),
        checker.operation(before, [ends, last], node.span, node.precision),
    )


def _offset(checker: Operations, node: syntax.Timing, left: Checked, right: Checked, offset: Quantity) -> Checked:
    """An offset before or after.

    no qualifier      at that distance, to the precision of the offset
    or more           at that distance or further
    or less           between that distance, included, and the other point, excluded (included with `on or`)
    more/less than    as above, without that distance itself
    """
    is_before = node.relation == "before"
    left = _near(checker, node, left, "End" if is_before else "Start")
    right = _near(checker, node, right, "Start" if is_before else "End")
    limit = _moved(checker, node, right, "-" if is_before else "+", offset)
    beyond, inside = ("Before", "After") if is_before else ("After", "Before")
    match node.qualifier:
        case None:
            precision = node.precision or (offset.unit if offset.is_calendar and offset.unit != "week" else None)
            return checker.operation("SameAs", [left, limit], node.span, precision or _day(offset))
        case "or more":
            return checker.operation(f"SameOr{beyond}", [left, limit], node.span, node.precision)
        case "more than":
            return checker.operation(beyond, [left, limit], node.span, node.precision)
        case _:
            near = f"SameOr{inside}" if node.qualifier == "or less" else inside
            other = f"SameOr{beyond}" if node.inclusive else beyond
            return _both(
                checker,
                node,
                checker.operation(near, [left, limit], node.span, node.precision),
                checker.operation(other, [left, right], node.span, node.precision),
            )


def _day(offset: Quantity) -> str | None:
    return "day" if offset.unit == "week" else None


def _both(checker: Operations, node: syntax.Timing, first: Checked, second: Checked) -> Checked:
    return checker.operation("And", [first, second], node.span)
