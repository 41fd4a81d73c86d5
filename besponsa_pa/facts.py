"""Facts: the declarations of the data elements that a case may carry, and the types they give to expressions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from besponsa_pa.records import dataclass
from besponsa_pa.source import Excerpt, Span
from besponsa_pa.types import Type


class Grade(Enum):
    """How a fact is known: on somebody's word, by a document, by a paid claim."""

    ATTESTATION = "attestation"
    DOCUMENTATION = "documentation"
    CLAIMS = "claims"

    def satisfies(self, wanted: Grade) -> bool:
        """Whether evidence of this grade is what is wanted: anything is as good as an attestation."""
        return wanted in (self, Grade.ATTESTATION)


@dataclass(frozen=True, slots=True)
class FactDeclaration:
    """A fact as declared: its type, the question that asks for it, what no real case breaks.

    `type` of a list fact is `ListOf(TupleOf(...))`, or `ListOf` a simple type. `must` is an expression as
    written, which is true of every real case; `evidence` the grade that a decision on the fact needs.
    """

    name: str
    type: Type
    ask: str | None
    evidence: Grade | None
    must: Excerpt | None
    span: Span


Facts = Mapping[str, FactDeclaration]

# The fact whose date says which version of a policy is in force, as the language names it.
REQUEST_DATE = "request.date"


def declared_name(place: str) -> str:
    """The declared fact of a place in a case: `therapies` for `therapies[0].outcome`."""
    return place.split("[", 1)[0]
