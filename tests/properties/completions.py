"""What the completions of a case say: every way in which what it leaves open may turn out, over representative values.

What is open is a place with choices. A place matters when two completions that differ in it alone are decided
differently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

Choices: TypeAlias = Mapping[str, Sequence[object]]
Completion: TypeAlias = Mapping[str, object]
Decided: TypeAlias = Mapping[tuple[int, ...], str]


@dataclass(frozen=True)
class Verdict:
    """The decisions to which the completions of a case come, and the places that matter."""

    decisions: frozenset[str]
    matters: frozenset[str]

    @property
    def decision(self) -> str:
        """The decision if they all come to one, else `pend`."""
        return next(iter(self.decisions)) if len(self.decisions) == 1 else "pend"


def verdict(choices: Choices, decide: Callable[[Completion], str | None]) -> Verdict:
    """What the completions of a case say; `decide` answers None for a completion that is no real case."""
    decided: dict[tuple[int, ...], str] = {}
    for indices in product(*(range(len(values)) for values in choices.values())):
        decision = decide({place: choices[place][at] for place, at in zip(choices, indices, strict=True)})
        if decision is not None:
            decided[indices] = decision
    matters = (place for at, place in enumerate(choices) if _differs_along(at, decided))
    return Verdict(frozenset(decided.values()), frozenset(matters))


def _differs_along(at: int, decided: Decided) -> bool:
    """Whether two completions that differ in one place alone are decided differently."""
    first: dict[tuple[int, ...], str] = {}
    return any(
        first.setdefault(indices[:at] + indices[at + 1 :], decision) != decision
        for indices, decision in decided.items()
    )


def size(choices: Choices) -> int:
    """How many completions there are."""
    total = 1
    for values in choices.values():
        total *= len(values)
    return total
