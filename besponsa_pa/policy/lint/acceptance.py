"""What a file accepts of the findings in it, each with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from besponsa_pa.diagnostic import did_you_mean
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.policy.model import Acceptance

Found = tuple[Rule, Notice]


def is_accepted(found: Found, acceptances: Iterable[Acceptance]) -> bool:
    """Whether an entry in the file of a finding accepts it."""
    return any(_accepts(each, found) for each in acceptances)


def unused(context: Context, found: Sequence[Found], active: Iterable[Rule]) -> Iterator[Notice]:
    """Entries of the policy's own file that accept nothing, though their rule was looked at.

    One in a file that is imported may serve another policy: what is cited around a criterion, for instance, is not the
    same in each.
    """
    names = {rule.name for rule in active}
    for each in context.policy.accept:
        if context.is_own(each.span) and each.rule in names and not any(_accepts(each, other) for other in found):
            subjects = [notice.subject for rule, notice in found if rule.name == each.rule]
            help = did_you_mean(each.of, subjects) or "delete the entry: the rule finds nothing there"
            message = f"`{each.rule}` is accepted of `{each.of}`, and there is nothing to accept"
            yield Notice(each.of, each.span, message, help)


def _accepts(each: Acceptance, found: Found) -> bool:
    rule, notice = found
    return (each.rule, each.of, each.span.source.name) == (rule.name, notice.subject, notice.span.source.name)
