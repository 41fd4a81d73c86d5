"""What the rows of a policy's cases hold: its facts, the evidence for them, the answers to judgments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from besponsa_pa.backends.sql.columns import grades_wanted, judgments_of
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.records import dataclass
from besponsa_pa.types import ListOf, Simple, TupleOf, Type

EVIDENCE_PARTS = ("kind", "source", "date", "by")
JUDGMENT_PARTS = ("met", "by", "date")


@dataclass(frozen=True, slots=True)
class Shape:
    """The facts of a policy with their types, those that some look asks evidence for, and the ids of its judgments.

    `policy` is its id; `first` and `last` are the days, as texts, between which it is in force.
    """

    policy: str
    facts: Mapping[str, Type]
    documented: tuple[str, ...]
    judgments: tuple[str, ...]
    first: str | None
    last: str | None

    @property
    def has_decimals(self) -> bool:
        """Whether any fact is a number with a fraction."""
        return any(simple.name in ("Decimal", "Quantity") for kind in self.facts.values() for simple in _simple(kind))


def shape_of(compiled: CompiledPolicy, *, has_versions: bool) -> Shape:
    """The shape of the cases of a policy. Of one without versions every row is decided by it, whatever its date."""
    policy = compiled.policy
    days = (policy.effective_from, policy.effective_to) if has_versions else (None, None)
    first, last = (None if day is None else str(day) for day in days)
    facts = {name: fact.type for name, fact in policy.facts.items()}
    documented = tuple(name for name, fact in policy.facts.items() if grades_wanted(compiled, fact))
    return Shape(policy.id, facts, documented, judgments_of(compiled), first, last)


def fields_of(kind: Type) -> Mapping[str, Simple] | None:
    """The fields of the entries of a list, where all of them are single values; None for every other type."""
    match kind:
        case ListOf(TupleOf(elements)):
            fields = {name: element for name, element in elements if isinstance(element, Simple)}
            return fields if len(fields) == len(elements) else None
        case _:
            return None


def item_of(kind: Type) -> Simple | None:
    """The type of the items of a list of single values; None for every other type."""
    match kind:
        case ListOf(Simple() as element):
            return element
        case _:
            return None


def groups_of(facts: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """The groups that the names of facts stand in, by their parts, the outer before the inner."""
    groups: dict[tuple[str, ...], None] = {}
    for name in facts:
        parts = name.split(".")
        groups.update((tuple(parts[:length]), None) for length in range(1, len(parts)))
    return tuple(groups)


def _simple(kind: Type) -> Iterator[Simple]:
    match kind:
        case Simple():
            yield kind
        case ListOf(element):
            yield from _simple(element)
        case TupleOf(elements):
            for _, element in elements:
                yield from _simple(element)
        case _:
            return
