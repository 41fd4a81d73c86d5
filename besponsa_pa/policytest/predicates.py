"""The predicates of an expression and the clauses that they are made of: what MC/DC looks at.

DO-178C calls them decisions and conditions; those words already mean something else here. The form of MC/DC is the
masking one (CAST-6), over three values: a clause is shown at true, false or unknown by an evaluation in which all
that it is combined with is neutral, so that the clause alone decides the result.

    joined by      neutral beside it
    and            true
    or             false
    implies        false on the right for the left side, true on the left for the right side
    xor            false, or the constant that stands there

With these a clause that is shown at true and one that is shown at false give different results, which is what MC/DC
asks for (beside `xor` true would do as well, in both showings alike; one value is enough). A third showing, at
unknown, is what an unanswered question does.

Only what is written counts: `between`, `within 3 months of` or `is not null` are clauses, of whatever operators they
are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.compare import conjunction, disjunction, negation
from besponsa_pa.source import Span
from besponsa_pa.types import BOOLEAN, plain
from besponsa_pa.values import Truth

CONNECTIVES = frozenset({"And", "Or", "Not", "Implies", "Xor"})

# The known truth of a clause, or None where it is null, missing or failed: MC/DC does not tell these apart.
Known: TypeAlias = bool | None


@dataclass(frozen=True, slots=True)
class Neutral:
    """What must hold beside a clause for it to decide alone: `wanted` of an expression."""

    expression: Checked
    wanted: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a predicate that is true or false and is not joined of others; `beside` is what must be neutral."""

    expression: Checked
    beside: tuple[Neutral, ...]

    @property
    def span(self) -> Span:
        """Where the clause is written."""
        return self.expression.span


@dataclass(frozen=True, slots=True)
class Predicate:
    """An expression that is true or false, with its clauses from left to right."""

    expression: Checked
    clauses: tuple[Clause, ...]

    @property
    def span(self) -> Span:
        """Where the predicate is written."""
        return self.expression.span


def predicate(expression: Checked) -> Predicate:
    """The predicate that an expression is, with its clauses."""
    return Predicate(expression, tuple(_clauses(expression, ())))


def _clauses(node: Checked, beside: tuple[Neutral, ...]) -> Iterator[Clause]:
    match joined(node):
        case (operand,):
            yield from _clauses(operand, beside)
        case (left, right):
            for_left, for_right = _neutral(node, left, right)
            yield from _clauses(left, (*beside, Neutral(right, for_left)))
            yield from _clauses(right, (*beside, Neutral(left, for_right)))
        case _:
            yield Clause(node, beside)


def joined(node: Checked) -> tuple[Checked, ...]:
    """What `and`, `or`, `not`, `implies` or `xor` joins, as far as it is written; nothing for anything else.

    An operator that stands at the very place of what it joins is a part of one phrase, such as `is not null`.
    """
    if not isinstance(node, checked.Operation) or node.operator.name not in CONNECTIVES:
        return ()
    return () if any(operand.span == node.span for operand in node.operands) else node.operands


def _neutral(node: Checked, left: Checked, right: Checked) -> tuple[bool, bool]:
    """What the right side must be for the left one to decide, and the left for the right one."""
    assert isinstance(node, checked.Operation)
    match node.operator.name:
        case "And":
            return True, True
        case "Implies":
            return False, True
        case "Xor":
            return _is_true(right), _is_true(left)
        case _:
            return False, False


def _is_true(node: Checked) -> bool:
    return isinstance(node, checked.Constant) and node.value is True


def predicates_of(expression: Checked) -> Iterator[Predicate]:
    """Every predicate inside an expression, itself included where it is true or false; each once.

    Those are: the whole, the bodies of named expressions, the conditions of `where`, `such that`, `if` and `case`, and
    what is joined by `and`, `or` ... inside anything else.
    """
    yield from _found(expression, set(), is_whole=True)


def _found(node: Checked, entered: set[int], *, is_whole: bool) -> Iterator[Predicate]:
    if plain(node.type) != BOOLEAN or not (is_whole or joined(node)):
        yield from _inside(node, entered)
        return
    found = predicate(node)
    yield found
    for clause in found.clauses:
        yield from _inside(clause.expression, entered)


def _inside(node: Checked, entered: set[int]) -> Iterator[Predicate]:
    if isinstance(node, checked.Definition):
        if id(node.body) in entered:
            return
        entered.add(id(node.body))
    whole = {id(each) for each in conditions_in(node)}
    for child in checked.children(node):
        yield from _found(child, entered, is_whole=id(child) in whole)


def conditions_in(node: Checked) -> Iterator[Checked]:
    """The parts directly inside an expression that are predicates of their own, however they are written."""
    match node:
        case checked.Definition():
            yield node.body
        case checked.Conditional():
            yield from (condition for condition, _ in node.items)
            if plain(node.type) == BOOLEAN:
                yield from (result for _, result in node.items)
                yield node.alternative
        case checked.Query():
            yield from (relation.condition for relation in node.relations)
            if node.where is not None:
                yield node.where
        case _:
            return


def result(node: Checked, known: Mapping[int, Known]) -> Known:
    """The truth of a predicate, from the truth of each of its clauses by the `id` of its expression."""
    operands = joined(node)
    if not operands:
        return known[id(node)]
    assert isinstance(node, checked.Operation)
    return combined(node.operator.name, *(result(operand, known) for operand in operands))


def combined(connective: str, first: Known, second: Known = None) -> Known:
    """What a connective makes of truths, in three values; `not` has only the first."""
    match connective:
        case "Not":
            return _known(negation(first))
        case "And":
            return _known(conjunction(first, second))
        case "Or":
            return _known(disjunction(first, second))
        case "Implies":
            return _known(disjunction(negation(first), second))
        case _:
            return None if first is None or second is None else first is not second


def _known(truth: Truth) -> Known:
    return truth if isinstance(truth, bool) else None


def shown(predicate: Predicate, known: Mapping[int, Known]) -> Iterator[tuple[Clause, Known]]:
    """The clauses that decide alone in one evaluation, each with its truth."""
    for clause in predicate.clauses:
        if all(result(each.expression, known) is each.wanted for each in clause.beside):
            yield clause, known[id(clause.expression)]
