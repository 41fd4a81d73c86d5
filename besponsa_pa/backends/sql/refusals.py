"""All that a dialect cannot say of a policy, and where it stands: `sql_from_policy` stops at the first."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.backends.sql.dialects import Dialect
from besponsa_pa.backends.sql.outputs import output_columns
from besponsa_pa.backends.sql.terms import RefusedError
from besponsa_pa.backends.sql.translation import Translation
from besponsa_pa.policy.conditions import conditions_of_criterion, granted_values
from besponsa_pa.policy.model import CompiledPolicy, Condition, criteria_of
from besponsa_pa.records import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """What cannot be said, and the criteria and other places of the policy in which it stands, each once."""

    why: str
    places: tuple[str, ...]


def refusals(compiled: CompiledPolicy, dialect: Dialect) -> tuple[Refusal, ...]:
    """What of a policy cannot be said in a dialect, for someone who wants to mend all of it; empty where all can be."""
    try:
        translation = Translation(compiled, dialect)
    except RefusedError as refused:
        return (Refusal(str(refused), ()),)
    found: dict[str, list[str]] = {}
    for place, condition in _placed(compiled):
        why = _refused(translation, condition)
        if why is not None and place not in found.setdefault(why, []):
            found[why].append(place)
    if not found:
        found = _of_outputs(compiled, translation)
    return tuple(Refusal(why, tuple(places)) for why, places in found.items())


def _refused(translation: Translation, condition: Condition) -> str | None:
    try:
        translation.value(condition)
    except RefusedError as refused:
        return str(refused)
    return None


def _of_outputs(compiled: CompiledPolicy, translation: Translation) -> dict[str, list[str]]:
    """What only shows when the decision is made of the conditions, such as the text of a grant."""
    try:
        output_columns(compiled, translation)
    except RefusedError as refused:
        return {str(refused): []}
    return {}


def _placed(compiled: CompiledPolicy) -> Iterator[tuple[str, Condition]]:
    """Every expression that decides, with the criterion or the part of a pathway that it stands in."""
    yield from compiled.musts.items()
    for pathway in compiled.pathways:
        if pathway.when is not None:
            yield f"{pathway.name}.when", pathway.when
        for criterion in criteria_of(pathway):
            yield from ((criterion.id, condition) for condition in conditions_of_criterion(criterion))
        yield from granted_values(pathway.grant, f"{pathway.name}.grant")
