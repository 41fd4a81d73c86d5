"""What must hold for a pathway to apply, to approve, to deny or to pend."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.expression import checked
from besponsa_pa.expression.frames import Failure
from besponsa_pa.policy.conditions import granted_values
from besponsa_pa.policy.model import CheckedCriterion, CheckedGroup, CheckedPathway, Condition, GroupKind
from besponsa_pa.policytest.attempts import Attempt
from besponsa_pa.policytest.constraints import (
    Constraint,
    always,
    denies_not,
    leads_down_not,
    leads_up_not,
    surely,
    surely_not,
    truth,
)  # fmt: skip
from besponsa_pa.policytest.predicates import Known
from besponsa_pa.values import UNKNOWN


def applies(pathway: CheckedPathway, *allowed: Known) -> tuple[Constraint, ...]:
    """Whether a pathway applies is one of these; nothing to hold where it always applies."""
    if pathway.when is None:
        return () if True in allowed else (NEVER,)
    return (truth(pathway.when.expression, *allowed),)


NEVER = Constraint((), lambda _: False, lambda _: False)


def required(pathway: CheckedPathway) -> tuple[CheckedCriterion, ...]:
    """The requirements of a pathway of which each decides by itself: those of `all`, or the only one."""
    require = pathway.require
    if require is None:
        return ()
    body, is_bare = require.body, require.given is None and require.on_unmet is None
    if is_bare and isinstance(body, CheckedGroup) and body.kind is GroupKind.ALL:
        return body.children
    return (require,)


def granted(pathway: CheckedPathway) -> tuple[Constraint, ...]:
    """Every value that a pathway grants is known."""
    return tuple(_is_known(value) for _, value in granted_values(pathway.grant))


def _is_known(condition: Condition) -> Constraint:
    def holds(attempt: Attempt) -> bool:
        try:
            value = condition.evaluate(attempt.frames[None][-1])
        except Failure:
            return False
        return value is not None and not isinstance(value, UNKNOWN)

    return Constraint(checked.facts_read(condition.expression), holds, always)


def pathway_approves(pathway: CheckedPathway) -> tuple[Constraint, ...]:
    """All that must hold for a pathway to apply and to approve."""
    return (
        *applies(pathway, True),
        *(part for each in pathway.exclude for part in surely_not(each, True)),
        *(part for each in required(pathway) for part in surely(each)),
        *(part for each in pathway.review for part in surely_not(each, True)),
        *granted(pathway),
    )


def _not(constraint: Constraint) -> Constraint:
    return Constraint(constraint.variables, lambda attempt: not constraint.holds(attempt), always)


def pathway_denies_not(pathway: CheckedPathway) -> tuple[Constraint, ...]:
    """All that must hold for a pathway to apply and not to deny."""
    return (
        *applies(pathway, True),
        *(leads_up_not(each, True) for each in pathway.exclude),
        *(denies_not(each) for each in required(pathway)),
    )


def what_pends(pathway: CheckedPathway) -> Iterator[Constraint]:
    """For each part of a pathway that it is not so that it leads to approval: one that does not deny pends by that."""
    yield from (leads_down_not(each, True) for each in pathway.exclude)
    yield from (leads_up_not(each) for each in required(pathway))
    yield from (leads_down_not(each, True) for each in pathway.review)
    for each in granted(pathway):
        yield _not(each)
