"""Facts as a policy declares them, for tests that need no policy around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from besponsa_pa.facts import FactDeclaration, Facts
from besponsa_pa.source import NOWHERE
from besponsa_pa.types import STRING, Simple, Type


def one_of(*values: str) -> Simple:
    """A text with these values alone."""
    return replace(STRING, values=values)


def declared(types: Mapping[str, Type]) -> Facts:
    """Facts of these types, without a question, a rule or evidence."""
    return {name: FactDeclaration(name, kind, None, None, None, NOWHERE) for name, kind in types.items()}
