"""What a rule of the grammar has become while the tree is built, and how the rule around it reads that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from besponsa_pa.expression import syntax
from besponsa_pa.source import Span
from besponsa_pa.types import Type

if TYPE_CHECKING:
    from lark import Token


class Refused(Exception):  # noqa: N818 - not a failure of ours: it carries the writer's mistake out of the building
    """What the grammar takes and the language does not."""

    def __init__(self, code: str, message: str, span: Span, help: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.span, self.help = code, message, span, help


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an expression that is none by itself: a clause, a boundary, a type."""

    kind: str
    value: object
    span: Span


Child: TypeAlias = "syntax.Expression | Part | Token | None"


def is_token(child: Child, *types: str) -> bool:
    """Whether a child is a word or a sign of the text, of one of these types."""
    return isinstance(child, str) and child.type in types


def expressions_in(children: Sequence[Child]) -> tuple[syntax.Expression, ...]:
    """The children that are expressions by themselves."""
    return tuple(c for c in children if c is not None and not isinstance(c, (str, Part)))


def parts_in(children: Sequence[Child], kind: str) -> list[Part]:
    """The children that are pieces of one kind."""
    return [child for child in children if isinstance(child, Part) and child.kind == kind]


def precision_in(children: Sequence[Child]) -> str | None:
    """The precision that is named, as `day of` or before what it belongs to."""
    of = next((str(part.value) for part in parts_in(children, "precision_of")), None)
    return of or next((str(child) for child in children if is_token(child, "PRECISION")), None)


def type_in(children: Sequence[Child]) -> Type:
    """The type that is named."""
    return parts_in(children, "type")[0].value  # type: ignore[return-value]
