"""A rule that does not say why it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.policy.model import Criterion, CriterionName, Group, Policy
from besponsa_pa.policy.parts import Child, children, roots, written
from besponsa_pa.source import Span


def check(context: Context) -> Iterator[Notice]:
    """Criteria, advisories, `otherwise`, and pathways without criteria, that cite nothing.

    A criterion in a group or a pathway that cites need not repeat it; one that several use is looked at in each place.
    """
    policy = context.policy
    criteria = _Criteria(policy)
    for pathway in policy.pathways:
        found = [child for _, child in roots(pathway)]
        for child in found:
            yield from criteria.uncited(child, bool(pathway.cite))
        if not found and not pathway.cite:
            yield _uncited(pathway.name, f"the pathway `{pathway.name}`", pathway.span)
    used = {child.name for child in written(policy) if isinstance(child, CriterionName)}
    for name, criterion in policy.criteria.items():
        if name not in used and context.is_own(criterion.span):
            yield from criteria.uncited(criterion, False)
    for advisory in policy.advisories:
        if not advisory.cite:
            yield _uncited(advisory.id, f"the advisory `{advisory.id}`", advisory.span)
    if policy.otherwise is not None and not policy.otherwise.cite:
        yield _uncited("otherwise", "`otherwise`", policy.otherwise.span)


@dataclass(slots=True)
class _Criteria:
    """Looks at each criterion once where something around it cites, and once where nothing does."""

    policy: Policy
    _seen: set[tuple[str, bool]] = field(default_factory=set)

    def uncited(self, child: Child, cited: bool) -> Iterator[Notice]:
        """A criterion that cites nothing, or what is in it."""
        if isinstance(child, Criterion):
            yield from self._of(child, cited)
        elif (child.name, cited) not in self._seen:
            self._seen.add((child.name, cited))
            yield from self._of(self.policy.criteria[child.name], cited)

    def _of(self, criterion: Criterion, cited: bool) -> Iterator[Notice]:
        cited = cited or bool(criterion.cite)
        if not cited and not isinstance(criterion.body, Group):
            yield _uncited(criterion.id, f"the criterion `{criterion.id}`", criterion.span)
        for child in children(criterion):
            yield from self.uncited(child, cited)


def _uncited(subject: str, what: str, span: Span) -> Notice:
    return Notice(subject, span, f"{what} cites nothing", "add `cite:` with a reference that says so")


RULE = Rule("nothing-cited", "W353", check)
