"""A pathway that approves every request."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule


def check(context: Context) -> Iterator[Notice]:
    """Pathways that have neither `require` nor `when`."""
    for pathway in context.policy.pathways:
        if pathway.require is None and pathway.when is None:
            message = f"the pathway `{pathway.name}` requires nothing and applies to every request"
            yield Notice(pathway.name, pathway.span, message, "say with `when:` to whom it applies")


RULE = Rule("pathway-for-everybody", "W355", check)
