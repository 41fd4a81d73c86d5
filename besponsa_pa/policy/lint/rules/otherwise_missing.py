"""A policy that leaves open what becomes of a request to which no pathway applies."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule


def check(context: Context) -> Iterator[Notice]:
    """A policy without `otherwise` in which every pathway has a `when`."""
    policy = context.policy
    if policy.otherwise is None and all(pathway.when is not None for pathway in policy.pathways):
        message = "nothing says what is decided when no pathway applies"
        help = "add `otherwise:`; without it, such a request goes to a clinician"
        yield Notice("otherwise", policy.span, message, help)


RULE = Rule("otherwise-missing", "W354", check)
