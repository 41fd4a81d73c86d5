"""One expression by itself: read, checked and computed, whatever comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from besponsa_pa.diagnostic import Diagnostic, Diagnostics, Severity
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.environment import Environment
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure
from besponsa_pa.expression.parser import parse
from besponsa_pa.source import Excerpt
from besponsa_pa.types import Type
from besponsa_pa.values import Value


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What an expression came to. It has a value unless there is an `error`; null is a value.

    `expression` and `type` are None when it was refused before it was computed. `diagnostics` are its errors, and
    what else its writer should know.
    """

    value: Value
    type: Type | None
    expression: Checked | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def error(self) -> Diagnostic | None:
        """The first mistake, or the failure (`E220`)."""
        return next((each for each in self.diagnostics if each.severity is Severity.ERROR), None)


def evaluate_text(excerpt: Excerpt, environment: Environment, facts: Mapping[str, Value]) -> Evaluated:
    """What the text of an expression comes to where these names are in force and these facts are known.

    Nothing is raised: a mistake in the text and a failure while it is computed are both diagnostics. Of what the
    environment's own definitions are warned of is said nothing: whoever reads their policy is told.
    """
    diagnostics = Diagnostics()
    tree = parse(excerpt, diagnostics)
    expression = None if tree is None else Checker(environment, diagnostics).check(tree)
    if expression is None or diagnostics.has_errors:
        return Evaluated(None, None, None, _own(diagnostics, excerpt))
    value: Value = None
    try:
        value = evaluator(expression)(dict(facts))
    except Failure as failure:
        diagnostics.error("E220", failure.message, failure.span)
    return Evaluated(value, expression.type, expression, _own(diagnostics, excerpt))


def _own(diagnostics: Diagnostics, excerpt: Excerpt) -> tuple[Diagnostic, ...]:
    return tuple(
        each
        for each in diagnostics
        if each.severity is Severity.ERROR or (each.span is not None and each.span.source is excerpt.source)
    )
