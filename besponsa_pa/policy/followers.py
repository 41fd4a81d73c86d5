"""What is told of a policy because of something else that is told: taken back, or told together.

Who has forgotten an import has made one mistake, not one for each name that is now unknown.
"""

from __future__ import annotations

from dataclasses import replace

from besponsa_pa.diagnostic import HERE_TOO, PLACES, Diagnostic, Diagnostics
from besponsa_pa.policy.model import Policy
from besponsa_pa.source import Span

# from how many unknown names on it is likelier that a file is missing than that each is misspelt
MANY = 5
SHOWN = 20


def settle_followers(policy: Policy, diagnostics: Diagnostics) -> None:
    """Take back what follows from another mistake, and put together what follows from a forgotten import."""
    _forget_words(diagnostics)
    _forget_parameters(policy, diagnostics)
    if len(policy.sources) == 1:
        _join_unknown(diagnostics)


def _forget_words(diagnostics: Diagnostics) -> None:
    """Where a name is declared that is a word of the language, its uses are no mistakes of their own."""
    declared = {_text(each.span).partition(".")[0] for each in diagnostics if each.code == "E301" and each.span}
    messages = {f"`{name}` is a word of the language" for name in declared}
    diagnostics.items[:] = [each for each in diagnostics if each.code != "E201" or each.message not in messages]


def _forget_parameters(policy: Policy, diagnostics: Diagnostics) -> None:
    """Where a parameter is a word of the language, its definition cannot be read."""
    told = {each.span for each in diagnostics if each.code == "E301"}
    for definition in policy.definitions.values():
        if definition.span in told and definition.parameters:
            whole = definition.body.span(0, len(definition.body.text))
            diagnostics.items[:] = [each for each in diagnostics if each.code != "E201" or not _is_in(each.span, whole)]


def _is_in(span: Span | None, whole: Span) -> bool:
    return span is not None and span.source is whole.source and whole.start <= span.start <= whole.end


def _text(span: Span) -> str:
    return span.source.text[span.start : span.end]


def _join_unknown(diagnostics: Diagnostics) -> None:
    found = [each for each in diagnostics if each.code == "E206" and "did you mean" not in each.help]
    unknown = sorted(((each.span, each) for each in found if each.span), key=lambda each: each[0].start)
    names = list(dict.fromkeys(_text(span).strip('"') for span, _ in unknown))
    if len(names) < MANY:
        return
    diagnostics.items[:] = [each for each in diagnostics if each not in found]
    diagnostics.add(_together(unknown[0][1], names, [span for span, _ in unknown]))


def _together(first: Diagnostic, names: list[str], places: list[Span]) -> Diagnostic:
    listed = ", ".join(f"`{name}`" for name in names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return replace(
        first,
        message=f"{len(names)} names are declared nowhere: {listed}{more}",
        label="the first of them",
        help="declare them, or import the file that does: `imports: [shared/...]`",
        related=tuple((place, HERE_TOO) for place in places[1 : PLACES + 1]),
    )
