"""What the first lines of files show: which keys are written, and which of them with null.

Reading only these is quicker. A row with another key goes to the interpreter: nothing but speed depends on the sample.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from besponsa_pa.records import dataclass

Path = tuple[str, ...]
# stands for every entry of a list
EACH = "*"
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """The places of a case that have been seen with a value, and those seen with null."""

    values: frozenset[Path]
    nulls: frozenset[Path]

    def has(self, place: Path) -> bool:
        """Whether a place has been seen at all."""
        return place in self.values or place in self.nulls


def seen_in(lines: Iterable[str]) -> Seen:
    """The places in the cases of some lines; a line that cannot be read shows nothing."""
    values: set[Path] = set()
    nulls: set[Path] = set()
    for line in lines:
        for place, is_null in _places(_parsed(line), ()):
            (nulls if is_null else values).add(place)
    return Seen(frozenset(values), frozenset(nulls))


def _parsed(line: str) -> object:
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found


def _places(value: object, place: Path) -> Iterator[tuple[Path, bool]]:
    if isinstance(value, dict) and len(place) < DEEPEST:
        for key, inner in value.items():
            yield (*place, key), inner is None
            yield from _places(inner, (*place, key))
    elif isinstance(value, list):
        for each in value:
            yield from _places(each, (*place, EACH))
