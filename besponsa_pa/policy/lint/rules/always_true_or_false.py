"""A condition that is true of every case, or of none: it decides nothing, or too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.policy.candidates.reaching import Reaching
from besponsa_pa.policy.candidates.words import written
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.reach import Judged, Verdict, conditions_in, id_of, is_must, judged, reaching_of
from besponsa_pa.policy.lint.rule import Notice, Rule

LABELS = {
    Verdict.ALWAYS: "always true",
    Verdict.NEVER: "never true",
    Verdict.NEITHER: "never has an answer",
}
Place = tuple[str, int, int]


def check(context: Context) -> Iterator[Notice]:
    """Each condition, and each part of one that is joined by `and` or `or`, that comes to the same for all cases.

    Of those inside one another only the innermost is told: the others are what they are because of it. What stands in
    a definition with parameters is told when it is so for every use.
    """
    found = _verdicts(context)
    for place, each in found.items():
        inside = (id_of(part.span) for part in checked.walk(each.node) if part is not each.node)
        if not any(other in found and other != place for other in inside):
            yield _notice(context, each)


def _verdicts(context: Context) -> Mapping[Place, Judged]:
    reaching = reaching_of(context)
    uses: dict[Place, list[Judged]] = {}
    for expression in context.expressions:
        # what a fact must be is not held against itself
        mine = replace(reaching, musts=()) if is_must(context, expression) else reaching
        for node in () if expression.checked is None else conditions_in(expression.checked):
            uses.setdefault(id_of(node.span), []).append(judged(node, mine))
    return {
        place: each[0] for place, each in uses.items() if len({one.verdict for one in each}) == 1 and each[0].verdict
    }


def _notice(context: Context, each: Judged) -> Notice:
    assert each.verdict is not None
    span, things = each.node.span, _things(each.node, reaching_of(context))
    message = f"{written(span)} is {each.verdict.value} {things}"
    return Notice(context.subject(span), span, message, _help(each), LABELS[each.verdict])


def _things(node: Checked, reaching: Reaching) -> str:
    """What a condition is true of: a case, or an entry of the list that it looks at."""
    aliases = reaching.clauses.aliases
    slots = (aliases[slot].entries_of for slot in reaching.clauses.slots_of(node) if slot in aliases)
    fact = next((fact for fact in slots if fact is not None), None)
    return "case" if fact is None else f"entry of `{fact}`"


def _help(each: Judged) -> str:
    if each.verdict is Verdict.ALWAYS:
        return "mend it, or leave it out"
    if each.verdict is Verdict.NEVER and len(each.among) == 2:
        return f"{each.among[0]} and {each.among[1]} exclude each other"
    return "mend it: nothing can meet it" if each.verdict is Verdict.NEVER else "mend it: it has no answer"


RULE = Rule("always-true-or-false", "W721", check)
