"""The words in which candidates are told."""

from __future__ import annotations

from besponsa_pa.expression.value_text import plain_text
from besponsa_pa.source import Span
from besponsa_pa.values import Value

# As much of an expression as the name of a test can carry.
LONGEST = 70
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
NOT_KNOWN = "not known"
AS_IN_THE_BASE = "as in the base"


def written(span: Span) -> str:
    """An expression as it stands in its file, on one line, in quotes for names."""
    text = " ".join(span.source.text[span.start : span.end].split())
    return f"`{text}`" if len(text) <= LONGEST else f"`{text[: LONGEST - 4].rstrip()} ...`"


def told(value: Value) -> str:
    """A value by itself, in quotes for names."""
    return f"`{plain_text(value)}`"


def ordinal(index: int) -> str:
    """The word for a place in a list that is counted from 0."""
    return ORDINALS[index] if index < len(ORDINALS) else f"{index + 1}th"


def spoken(name: str) -> str:
    """The last part of a fact's name as people say it: `prior therapies` for `patient.prior_therapies`."""
    return name.rpartition(".")[2].replace("_", " ")
