"""A result of `if` or `case`, or a row of a table, to which no case comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.functions import OPERATORS
from besponsa_pa.policy.candidates.goals import Goal, Wanted, counting, goal_of
from besponsa_pa.policy.candidates.reaching import Reaching
from besponsa_pa.policy.candidates.words import written
from besponsa_pa.policy.conditions import granted_values
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.reach import id_of, is_comparing, is_impossible, reaching_of
from besponsa_pa.policy.lint.requirements import requirements
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.source import Span
from besponsa_pa.types import BOOLEAN

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Unreached:
    """A result that no case comes to, where it stands, and why not; `approved`: no case that is approved."""

    span: Span
    text: str
    help: str
    approved: bool = False


def check(context: Context) -> Iterator[Notice]:
    """Each result that has a condition of its own, and each row, that no case comes to; for every use of a definition.

    What is written after `else` and `otherwise` may be there for safety. A condition that no case meets at all is told
    by another rule, and not its result as well.
    """
    uses: dict[Place, list[Unreached | None]] = {}
    for span, found in _results(context):
        uses.setdefault(id_of(span), []).append(found)
    for each in uses.values():
        if each[0] is not None and all(one is not None for one in each):
            yield _notice(context, each[0])


def _notice(context: Context, unreached: Unreached) -> Notice:
    cases = "case that the pathway approves" if unreached.approved else "case"
    message = f"no {cases} comes to {unreached.text}"
    span = unreached.span
    return Notice(context.subject(span), span, message, unreached.help, "never reached")


def _results(context: Context) -> Iterator[tuple[Span, Unreached | None]]:
    reaching = reaching_of(context)
    approved = _approved(context)
    for expression in context.expressions:
        if expression.checked is None:
            continue
        goals = approved.get(id_of(expression.checked.span), ())
        for node in _inside(expression.checked):
            match node:
                case checked.Conditional():
                    yield from _Choice(node, reaching, goals).results()
                case checked.Lookup():
                    yield from _of_table(context, node, reaching)
                case _:
                    continue


def _inside(root: Checked) -> Iterator[Checked]:
    """An expression and what is in it, without what a plain definition holds: that is written elsewhere."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if not (isinstance(node, checked.Definition) and not node.arguments):
            waiting.extend(reversed(list(checked.children(node))))


# --- `if` and `case` ---


@dataclass(frozen=True, slots=True)
class _Choice:
    """An `if` or `case`; `approved` is what must be so beside it, where it is granted with an approval."""

    node: checked.Conditional
    reaching: Reaching
    approved: Sequence[Goal]

    def results(self) -> Iterator[tuple[Span, Unreached | None]]:
        """Each result that has a condition of its own."""
        for at, (_, result) in enumerate(self.node.items):
            yield result.span, self._result(at)

    def _result(self, at: int) -> Unreached | None:
        condition, result = self.node.items[at]
        goals = tuple(counting(self.node, at, self.reaching.clauses))
        text = written(result.span)
        if is_impossible(self.reaching, goals):
            is_told = is_impossible(self.reaching, goals[-1:]) and not is_comparing(condition)
            return None if is_told else Unreached(result.span, text, self._why(at, condition))
        if self.approved and is_impossible(self.reaching, (*goals, *self.approved)):
            return Unreached(result.span, text, "what the pathway requires leaves no case for it", True)
        return None

    def _why(self, at: int, condition: Checked) -> str:
        """Why no case comes to it: nothing is what it is held against, or what comes before it takes all its cases."""
        clauses = self.reaching.clauses
        true = goal_of(condition, Wanted.TRUE, clauses)
        if is_impossible(self.reaching, (true,)):
            return f"nothing is ever {written(condition.span)} here"
        for before, _ in self.node.items[:at]:
            if is_impossible(self.reaching, (goal_of(before, Wanted.NOT_TRUE, clauses), true)):
                return f"{written(before.span)} comes before it and takes all its cases"
        return "the conditions before it take all its cases"


# --- tables ---


def _of_table(context: Context, node: checked.Lookup, reaching: Reaching) -> Iterator[tuple[Span, Unreached | None]]:
    table = context.policy.tables[node.table]
    (operator,) = OPERATORS["Equal"]
    for (key, _), (excerpt, _) in zip(node.rows, table.rows, strict=True):
        span = excerpt.span(0, len(excerpt.text))
        row = checked.Constant(key, node.key.type, span)
        equal = checked.Operation(operator, operator.overloads[0], (node.key, row), None, BOOLEAN, span)
        goals = (goal_of(equal, Wanted.TRUE, reaching.clauses),)
        text = f"the row `{excerpt.text.strip()}` of the table `{node.table}`"
        help = f"{written(node.key.span)} is never that"
        yield span, Unreached(span, text, help) if is_impossible(reaching, goals) else None


# --- grants ---


def _approved(context: Context) -> Mapping[Place, tuple[Goal, ...]]:
    """What must be so for an approval, by the place of each value that is granted with it.

    Nothing for a pathway that approves no case at all: then that is what is wrong, and not each of its values.
    """
    goals: dict[Place, tuple[Goal, ...]] = {}
    for pathway in context.compiled.pathways:
        values = [value for _, value in granted_values(pathway.grant)]
        if not any(isinstance(node, checked.Conditional) for each in values for node in checked.walk(each.expression)):
            continue
        wanted = tuple(requirements(context, pathway, reaching_of(context).clauses))
        wanted = () if is_impossible(reaching_of(context), wanted) else wanted
        goals.update({id_of(value.expression.span): wanted for value in values})
    return goals


RULE = Rule("unreachable-result", "W722", check)
