"""What expressions may come to for real cases, for the rules that look for what never happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.operand_help import COMPARISONS
from besponsa_pa.policy.candidates.clauses import CONNECTIVES, Clauses
from besponsa_pa.policy.candidates.goals import Goal, Wanted
from besponsa_pa.policy.candidates.reaching import Reaching
from besponsa_pa.policy.candidates.surveying import survey
from besponsa_pa.policy.conditions import granted_values
from besponsa_pa.policy.lint.context import Context, Written
from besponsa_pa.source import Span
from besponsa_pa.types import BOOLEAN, plain

REACHING = "reaching"


class Verdict(Enum):
    """What an expression comes to over all cases, where it is always the same."""

    ALWAYS = "true of every"
    NEVER = "true of no"
    NEITHER = "neither true nor false of any"


@dataclass(frozen=True, slots=True)
class Judged:
    """An expression that is true or false, its verdict if it has one, and the clauses by which it has it."""

    node: Checked
    verdict: Verdict | None
    among: tuple[str, ...] = ()


def reaching_of(context: Context) -> Reaching:
    """What looks for cases of a policy; made once for all rules."""
    found = context.kept.get(REACHING)
    if not isinstance(found, Reaching):
        found = context.kept[REACHING] = _reaching(context)
    return found


def _reaching(context: Context) -> Reaching:
    clauses = Clauses()
    grants = {id_of(each.expression.span) for p in context.compiled.pathways for _, each in granted_values(p.grant)}
    for written in context.expressions:
        if written.checked is not None:
            clauses.add(written.checked, is_granted=id_of(written.checked.span) in grants)
    musts = tuple(each.checked for each in context.expressions if each.checked is not None and is_must(context, each))
    return Reaching(survey(context.compiled, clauses, musts, {}), musts)


def is_must(context: Context, written: Written) -> bool:
    """Whether an expression is what no real case breaks."""
    return any(written.excerpt is fact.must for fact in context.policy.facts.values())


def id_of(span: Span) -> tuple[str, int, int]:
    """What makes two places one: an expression is checked anew for each use of a definition with parameters."""
    return span.source.name, span.start, span.end


def is_impossible(reaching: Reaching, goals: Sequence[Goal]) -> bool:
    """Whether surely no case reaches all of some goals."""
    found = reaching.reach_all(goals)
    return found.frame is None and found.is_sure


# --- truths ---


def judged(node: Checked, reaching: Reaching) -> Judged:
    """What an expression comes to over all cases."""
    if isinstance(node, (checked.Constant, checked.Fact)) or _is_held_against_null(node):
        return Judged(node, None)
    true, false = reaching.reach(node, Wanted.TRUE), reaching.reach(node, Wanted.FALSE)
    match (true.frame is None, false.frame is None):
        case (True, True) if true.is_sure and false.is_sure:
            verdict = Verdict.NEITHER
        case (True, False) if true.is_sure:
            verdict = Verdict.NEVER
        case (False, True) if false.is_sure:
            verdict = Verdict.ALWAYS
        case _:
            return Judged(node, None)
    among = (true if true.frame is None else false).among
    return Judged(node, verdict, tuple(dict.fromkeys(leaf.clause.text for leaf in among)))


def _is_held_against_null(node: Checked) -> bool:
    """Whether a part is compared with null: of that another rule tells."""
    return any(
        isinstance(part, checked.Operation)
        and part.operator.name in COMPARISONS
        and any(isinstance(operand, checked.Constant) and operand.value is None for operand in part.operands)
        for part in checked.walk(node)
    )


def conditions_in(root: Checked, *, is_whole: bool = True) -> Iterator[Checked]:
    """What in an expression is to be true or false, from the inside out, without what is written elsewhere.

    That is the whole, what is joined by `and`, `or` ..., and the conditions of `if`, `case`, `where` and `such that`.
    Of several that are joined by `and` each one and all of them are given, and not the first two, the first three ...
    """
    if isinstance(root, checked.Definition) and not root.arguments:
        return
    for child, is_condition in _children(root):
        yield from conditions_in(child, is_whole=is_condition)
    if is_whole and plain(root.type) == BOOLEAN and not isinstance(root, (checked.Definition, checked.Constant)):
        yield root


def _children(node: Checked) -> Iterator[tuple[Checked, bool]]:
    """What stands directly in an expression, and whether it is to be true or false by itself."""
    conditions: tuple[Checked, ...] = ()
    match node:
        case checked.Operation() if node.operator.name in CONNECTIVES:
            conditions = tuple(operand for operand in node.operands if not _goes_on(operand, node.operator.name))
        case checked.Definition():
            conditions = (node.body,)
        case checked.Conditional():
            conditions = tuple(condition for condition, _ in node.items if not is_comparing(condition))
        case checked.Query():
            wheres = () if node.where is None else (node.where,)
            conditions = (*(relation.condition for relation in node.relations), *wheres)
        case checked.Lookup():
            yield node.key, False
            return
        case _:
            pass
    yield from ((child, any(child is each for each in conditions)) for child in checked.children(node))


def _goes_on(operand: Checked, connective: str) -> bool:
    """Whether an operand of `and` or `or` is joined by the same itself."""
    is_same = isinstance(operand, checked.Operation) and operand.operator.name == connective
    return is_same and connective in ("And", "Or")


def is_comparing(condition: Checked) -> bool:
    """Whether a condition of `case` is made of what it compares with: it is written as a value, not as a condition."""
    return isinstance(condition, checked.Operation) and any(
        operand.span == condition.span for operand in condition.operands
    )
