"""A reference that nothing cites."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.policy.lint.usage import declared_here
from besponsa_pa.policy.parts import citations


def check(context: Context) -> Iterator[Notice]:
    """References of the policy's own file that no rule of it cites, nor one that it imports."""
    cited = {citation.reference for citation in citations(context.policy)}
    for name, span in declared_here(context, "references"):
        if name not in cited:
            help = "cite it where it says why a rule holds, or delete it"
            yield Notice(name, span, f"nothing cites the reference `{name}`", help)


RULE = Rule("unused-reference", "W703", check)
