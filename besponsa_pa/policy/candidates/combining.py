"""Combinations of values, the least unusual first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import TypeVar

T = TypeVar("T")


def combined(values: Sequence[Sequence[T]]) -> Iterator[tuple[T, ...]]:
    """Every combination of one value of each, those that differ from the first values in the fewest places first."""
    first = [each[0] for each in values]
    for changed in range(len(values) + 1):
        for places in combinations(range(len(values)), changed):
            for others in product(*(values[place][1:] for place in places)):
                chosen = list(first)
                for place, other in zip(places, others, strict=True):
                    chosen[place] = other
                yield tuple(chosen)
