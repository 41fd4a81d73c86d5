"""A code that its code system does not have: no case will ever carry it."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.policy.lint.code_lists import CodeList
from besponsa_pa.policy.lint.codes_used import codes_used
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule

# the part of an ICD-10-CM code before the point
CATEGORY = 3
SHOWN = 6


def check(context: Context) -> Iterator[Notice]:
    """Codes of value sets, expressions and tables that the list at hand does not have."""
    codes = context.codes
    if codes is None:
        return
    for code, span in codes_used(context, codes.system):
        if not codes.exists(code):
            message = f"{codes.system} has no code `{code}`"
            yield Notice(context.subject(span), span, message, _help(code, codes), f"not in {codes.release}")


def _help(code: str, codes: CodeList) -> str:
    """The same code as it is written, or what there is in the nearest category."""
    signs = code.upper().replace(".", "").replace(" ", "")
    if codes.exists(_pointed(signs)):
        return f"write `{_pointed(signs)}`"
    for length in range(len(signs) - 1, CATEGORY - 1, -1):
        category = _pointed(signs[:length])
        if codes.exists(category):
            below = codes.codes_below(category)
            listed = ", ".join(f"`{each}`" for each in below[:SHOWN]) + (" ..." if len(below) > SHOWN else "")
            return f"under `{category}` there are {listed}" if below else f"did you mean `{category}`?"
    return "look the code up in the classification"


def _pointed(signs: str) -> str:
    return f"{signs[:CATEGORY]}.{signs[CATEGORY:]}" if len(signs) > CATEGORY else signs


RULE = Rule("unknown-code", "W712", check, needs_codes=True)
