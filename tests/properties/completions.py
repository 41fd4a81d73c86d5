"""The completions of a case: every way, over representative values, in which what it leaves open may turn out.

A case here is flat: a value for the name of each fact that is known, None or nothing for one that is not. What is
open is a place: a fact, an element or a field of a therapy, a date known to its year or month only. A fact matters
when two completions that differ in it alone are decided differently.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product

Flat = Mapping[str, object]
Choices = Mapping[str, Sequence[object]]

# --- what completions say ---


@dataclass(frozen=True)
class Verdict:
    """The decisions to which the completions of a case come, and the places that matter."""

    decisions: frozenset[str]
    matters: frozenset[str]

    @property
    def decision(self) -> str:
        """What can be said of them all: the decision if there is but one, else `pend`."""
        return next(iter(self.decisions)) if len(self.decisions) == 1 else "pend"


def verdict(choices: Choices, decide: Callable[[Flat], str | None]) -> Verdict:
    """What a decision comes to over the product of some choices; None from `decide` is for what no real case is."""
    decided = {chosen: decide(dict(zip(choices, chosen, strict=True))) for chosen in indices(choices)}
    matters = {place for at, place in enumerate(choices) if _differs_along(at, decided)}
    return Verdict(frozenset(each for each in decided.values() if each is not None), frozenset(matters))
