"""A criterion that no plain words tell."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.policy.criteria import REQUIREMENT
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.policy.model import Criterion, Judgment
from besponsa_pa.policy.parts import written


def check(context: Context) -> Iterator[Notice]:
    """Criteria and groups without `title`; a question to a clinician is in plain words already."""
    for criterion in written(context.policy):
        if not isinstance(criterion, Criterion) or criterion.title or criterion.id == REQUIREMENT:
            continue
        if not isinstance(criterion.body, Judgment):
            help = "add `title:` with the rule in plain words, as a determination is to show it"
            yield Notice(criterion.id, criterion.span, f"the criterion `{criterion.id}` has no title", help)


RULE = Rule("criterion-without-title", "W707", check)
