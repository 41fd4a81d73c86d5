"""A code that others divide further: claims carry one of those."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.policy.lint.codes_used import codes_used
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule

SHOWN = 6


def check(context: Context) -> Iterator[Notice]:
    """Codes of value sets, expressions and tables under which the list at hand has others."""
    codes = context.codes
    if codes is None:
        return
    for code, span in codes_used(context, codes.system):
        below = codes.codes_below(code) if codes.exists(code) else ()
        if below:
            listed = ", ".join(f"`{each}`" for each in below[:SHOWN]) + (" ..." if len(below) > SHOWN else "")
            help = f"it does not stand for those below it: name them, {listed}"
            message = f"`{code}` is a category of {codes.system}, which no claim carries"
            yield Notice(context.subject(span), span, message, help, f"in {codes.release}")


RULE = Rule("category-code", "I713", check, needs_codes=True)
