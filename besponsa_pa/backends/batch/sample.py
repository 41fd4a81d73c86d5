"""What the first lines of files show: which keys are written, and which of them with null.

Reading only these is quicker. A row with another key goes to the interpreter: nothing but speed depends on the sample.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from besponsa_pa.records import dataclass

Path = tuple[str, ...]
# stands for every entry of a list
EACH = "*"
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """The places of a case that have been seen with a value, and those seen with null, with how many times."""

    values: Mapping[Path, int]
    nulls: Mapping[Path, int]

    def has(self, place: Path) -> bool:
        """Whether a place has been seen at all."""
        return self.times(place) > 0

    def times(self, place: Path) -> int:
        """How many times a place has been seen."""
        return self.values.get(place, 0) + self.nulls.get(place, 0)


def seen_in(lines: Iterable[str]) -> Seen:
    """The places in the cases of some lines; a line that cannot be read shows nothing."""
    values, nulls = Counter[Path](), Counter[Path]()
    for line in lines:
        for place, is_null in _places(_parsed(line), ()):
            (nulls if is_null else values)[place] += 1
    return Seen(values, nulls)


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
