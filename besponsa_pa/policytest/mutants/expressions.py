"""Every small change of an expression: each a whole tree, in which one part is another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from besponsa_pa.expression import syntax
from besponsa_pa.expression.syntax import Expression
from besponsa_pa.policytest.mutants.hints import Hints, place_of
from besponsa_pa.policytest.mutants.kinds import (
    NEAR_COMPARISONS,
    NEAR_FUNCTIONS,
    NEAR_OPERATORS,
    NEAR_QUALIFIERS,
    OPPOSITES,
    ORDERED,
    OTHER_DIRECTION,
    OTHER_EDGE,
    Kind,
)
from besponsa_pa.policytest.mutants.steps import neighbours, other_code, other_text
from besponsa_pa.policytest.mutants.trees import with_child
from besponsa_pa.types import BOOLEAN, Simple, Type
from besponsa_pa.values import Quantity

CONNECTIVES = ("And", "Or", "Xor", "Implies")
# what is true or false by its form; a name, a choice or a search may be
TRUE_OR_FALSE = frozenset({
    "In", "Contains", "ProperIn", "ProperContains", "Exists", "IsNull", "IsTrue", "IsFalse", "Meets", "Overlaps",
    "Between", "ProperBetween", "Before", "After", "SameOrBefore", "SameOrAfter", "SameAs", "IncludedIn", "Includes",
    "ProperIncludedIn", "ProperIncludes", "Starts", "Ends", "MeetsBefore", "MeetsAfter", "OverlapsBefore",
    "OverlapsAfter", *OPPOSITES,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variant:
    """A change of an expression: the part that is changed, what it becomes, and the whole with it."""

    kind: Kind
    before: Expression
    after: Expression
    whole: Expression


def variants(expression: Expression, hints: Hints, *, is_condition: bool) -> Iterator[Variant]:
    """Every small change of an expression, from the outside in and from left to right.

    `is_condition`: it is to be true or false, so that its opposite is a change too. A change that the checker would
    refuse, such as `-` between texts, may be among them.
    """
    opposite = _opposite(expression, hints) if is_condition else ()
    for kind, after in (*_changes(expression, hints), *opposite):
        yield Variant(kind, expression, after, after)
    if _is_signed_number(expression):
        return
    for position, child in enumerate(syntax.children(expression)):
        if isinstance(expression, syntax.ListSelector) and isinstance(child, syntax.Literal):
            continue  # told with its list
        for inner in variants(child, hints, is_condition=_holds_condition(expression, position)):
            yield _around(expression, position, inner)


def _around(node: Expression, position: int, inner: Variant) -> Variant:
    """A change inside an expression, seen from there. A constant or a list is shown with what it is held against."""
    whole = with_child(node, position, inner.whole)
    is_whole_child = inner.whole is inner.after
    if is_whole_child and _is_constant(inner.before) and not _joins(node):
        return Variant(inner.kind, node, whole, whole)
    return replace(inner, whole=whole)


def _is_constant(node: Expression) -> bool:
    constants = syntax.Literal | syntax.CodeSelector | syntax.ListSelector | syntax.IntervalSelector
    return isinstance(node, constants) or _is_signed_number(node)


def _joins(node: Expression) -> bool:
    return isinstance(node, syntax.Apply) and node.operator in CONNECTIVES


def is_true_or_false(expression: Expression, hints: Hints) -> bool:
    """Whether an expression is a condition, as far as can be told."""
    match expression:
        case syntax.Apply(operator=operator):
            return operator in TRUE_OR_FALSE or operator in (*CONNECTIVES, "Not")
        case syntax.Timing() | syntax.TypeTest():
            return True
        case syntax.Literal():
            return expression.type == BOOLEAN
        case _:
            return _type(expression, hints) == BOOLEAN


Changes = Iterator[tuple[Kind, Expression]]


def _changes(node: Expression, hints: Hints) -> Changes:
    """What one part can become, without what is inside it."""
    match node:
        case syntax.Literal():
            yield from _constant(node, hints)
        case syntax.CodeSelector():
            yield Kind.CONSTANT, replace(node, code=other_code(node.code))
        case syntax.Apply("Negate", (syntax.Literal() as number,)):
            yield from ((Kind.THRESHOLD, each) for each in neighbours(number, is_negative=True))
        case syntax.Apply():
            yield from _operator(node, hints)
        case syntax.Call():
            yield from _function(node)
        case syntax.Timing():
            yield from _timing(node)
        case syntax.ListSelector():
            yield from _list(node, hints)
        case syntax.IntervalSelector():
            yield Kind.BOUND, replace(node, low_closed=not node.low_closed)
            yield Kind.BOUND, replace(node, high_closed=not node.high_closed)
        case syntax.Case() if len(node.items) > 1:
            for each in range(len(node.items)):
                yield Kind.CLAUSE, replace(node, items=node.items[:each] + node.items[each + 1 :])
        case syntax.Query():
            yield from _search(node)
        case _:
            return


# --- constants ---


def _constant(node: syntax.Literal, hints: Hints) -> Changes:
    match node.value:
        case bool() as truth:
            yield Kind.CONSTANT, replace(node, value=not truth)
        case str():
            yield Kind.CONSTANT, replace(node, value=_other_value(node, hints, {node.value}))
        case _:
            yield from ((Kind.THRESHOLD, each) for each in neighbours(node))


def _other_value(node: syntax.Literal, hints: Hints, taken: Iterable[str]) -> str:
    """Another text that the fact may have: the next one declared that is not taken."""
    text = str(node.value)
    values = hints.values.get(place_of(node.span), ())
    if text not in values:
        return other_text(text)
    index = values.index(text)
    return next((each for each in values[index:] + values[:index] if each not in taken), other_text(text))


def _list(node: syntax.ListSelector, hints: Hints) -> Changes:
    """A list without one of its elements, and with another text in the place of one."""
    taken = {each.value for each in node.elements if isinstance(each, syntax.Literal) and isinstance(each.value, str)}
    for position, element in enumerate(node.elements):
        rest = node.elements[position + 1 :]
        if len(node.elements) > 1:
            yield Kind.ELEMENT, replace(node, elements=node.elements[:position] + rest)
        if not isinstance(element, syntax.Literal):
            continue
        if isinstance(element.value, str):
            other = _other_value(element, hints, taken)
            declared = hints.values.get(place_of(element.span))
            changed: Iterable[tuple[Kind, Expression]] = (
                ((Kind.CONSTANT, replace(element, value=other)),) if declared is None or other in declared else ()
            )
        else:
            changed = _constant(element, hints)
        for kind, after in changed:
            yield kind, replace(node, elements=(*node.elements[:position], after, *rest))


# --- operators ---


def _function(node: syntax.Call) -> Changes:
    yield from ((Kind.FUNCTION, replace(node, name=name)) for name in NEAR_FUNCTIONS.get(node.name, ()))
    if node.name == "Coalesce" and len(node.arguments) > 1:
        first, *others = node.arguments[:-1]
        yield Kind.FUNCTION, replace(node, arguments=(first, *others)) if others else first


def _operator(node: syntax.Apply, hints: Hints) -> Changes:
    for kind, near in NEAR_OPERATORS:
        for operator in near.get(node.operator, ()):
            if _fits(node, near, hints):
                yield kind, replace(node, operator=operator)
    match node:
        case syntax.Apply("Not", (operand,)):
            yield Kind.NEGATION, operand
        case syntax.Apply("And" | "Or" as operator, (left, right)):
            yield from ((Kind.CLAUSE, rest) for rest, gone in ((right, left), (left, right)) if not _is(gone, operator))
        case syntax.Apply("Implies", (_, right)):
            yield Kind.CLAUSE, right
        case _:
            return


def _is(node: Expression, operator: str) -> bool:
    """Whether a clause is a chain of clauses of the same kind, each of which is left out by itself."""
    return isinstance(node, syntax.Apply) and node.operator == operator


def _fits(node: syntax.Apply, near: object, hints: Hints) -> bool:
    """Whether the near operator says something else here.

    `=` becomes `>=` only between what has an order, and not between texts that happen to have one. Of dates, which
    have no time of day, days are counted alike by both of the operators that count them.
    """
    kinds = [kind.name for each in node.operands if isinstance(kind := _type(each, hints), Simple)]
    if near is NEAR_COMPARISONS and node.operator in ("Equal", "NotEqual"):
        return not ORDERED.isdisjoint(kinds)
    return not (
        node.operator in ("DurationBetween", "DifferenceBetween") and node.precision == "day" and "Date" in kinds
    )


def _type(node: Expression, hints: Hints) -> Type | None:
    return node.type if isinstance(node, syntax.Literal) else hints.types.get(place_of(node.span))


def _timing(node: syntax.Timing) -> Changes:
    direction = OTHER_DIRECTION.get(node.relation)
    if direction is not None:
        inclusive = None if node.inclusive is None else direction
        yield Kind.TIMING, replace(node, relation=direction, inclusive=inclusive)
        if node.offset is None or "less" in (node.qualifier or ""):  # else it says nothing
            yield Kind.TIMING, replace(node, inclusive=None if node.inclusive else node.relation)
        if node.offset is not None:
            yield from ((Kind.TIMING, replace(node, qualifier=each)) for each in NEAR_QUALIFIERS[node.qualifier])
    elif node.relation != "same":
        yield Kind.TIMING, replace(node, properly=not node.properly)
    if node.left_edge is not None:
        yield Kind.TIMING, replace(node, left_edge=OTHER_EDGE[node.left_edge])
    if node.right_edge is not None:
        yield Kind.TIMING, replace(node, right_edge=OTHER_EDGE[node.right_edge])
    if node.offset is not None:
        for near in neighbours(syntax.Literal(node.offset, BOOLEAN)):
            if isinstance(near, syntax.Literal) and isinstance(near.value, Quantity):
                yield Kind.THRESHOLD, replace(node, offset=near.value)


def _search(node: syntax.Query) -> Changes:
    """A search without its condition, without one of what it must come with, or sorted the other way."""
    if node.where is not None:
        yield Kind.SEARCH, _unless_bare(replace(node, where=None))
    for position, relation in enumerate(node.relations):
        rest = node.relations[position + 1 :]
        other = replace(relation, without=not relation.without)
        yield Kind.SEARCH, replace(node, relations=(*node.relations[:position], other, *rest))
        yield Kind.SEARCH, _unless_bare(replace(node, relations=node.relations[:position] + rest))
    for position, item in enumerate(node.sort):
        turned = replace(item, descending=not item.descending)
        yield Kind.SEARCH, replace(node, sort=(*node.sort[:position], turned, *node.sort[position + 1 :]))


def _unless_bare(node: syntax.Query) -> Expression:
    """A search that searches nothing is what it searches in."""
    clauses = (node.lets, node.relations, node.where, node.result, node.aggregate, node.sort)
    if any(clauses) or len(node.sources) > 1:
        return node
    return node.sources[0].expression


# --- conditions ---


def _opposite(node: Expression, hints: Hints) -> Changes:
    """A condition turned round; of one that is made of others, each of them is."""
    match node:
        case syntax.Apply(operator=operator) if operator in OPPOSITES:
            yield Kind.NEGATION, replace(node, operator=OPPOSITES[operator])
        case syntax.Literal() | syntax.Apply(operator="Not" | "And" | "Or" | "Xor" | "Implies"):
            return
        case _ if is_true_or_false(node, hints):
            yield Kind.NEGATION, negated(node)
        case _:
            return


def negated(node: Expression) -> Expression:
    """The opposite of a condition."""
    return syntax.Apply("Not", (node,), None, node.span)


def _holds_condition(node: Expression, position: int) -> bool:
    """Whether the child at a position is a condition: a clause, what `if` asks, what a search looks for."""
    match node:
        case syntax.Apply(operator=operator):
            return operator in CONNECTIVES
        case syntax.If():
            return position == 0
        case syntax.Case(comparand=None):
            return position % 2 == 0 and position < 2 * len(node.items)
        case syntax.Query():
            return position in _conditions_of(node)
        case _:
            return False


def _conditions_of(node: syntax.Query) -> Iterator[int]:
    """The positions of the conditions among the children of a search."""
    before = len(node.sources) + len(node.lets)
    yield from (before + 2 * index + 1 for index in range(len(node.relations)))
    if node.where is not None:
        yield before + 2 * len(node.relations)


def _is_signed_number(node: Expression) -> bool:
    return isinstance(node, syntax.Apply) and node.operator == "Negate" and isinstance(node.operands[0], syntax.Literal)
