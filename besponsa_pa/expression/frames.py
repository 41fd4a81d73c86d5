"""What an expression is computed from, and how it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from besponsa_pa.source import Span
from besponsa_pa.values import Value

# The facts of one case by name, and the aliases in force by slot.
Frame: TypeAlias = dict[str, Value]
Evaluate: TypeAlias = Callable[[Frame], Value]


class Failure(Exception):  # noqa: N818 - the failure of an expression, not of the program
    """An expression could not be computed: why, and at which place."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message, self.span = message, span
