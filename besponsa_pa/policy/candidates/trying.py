"""The candidates of every fact of a policy."""

from __future__ import annotations

from collections.abc import Mapping

from besponsa_pa.expression.frames import Frame
from besponsa_pa.facts import REQUEST_DATE
from besponsa_pa.policy.candidates.candidate import Candidate
from besponsa_pa.policy.candidates.clauses import clauses_of
from besponsa_pa.policy.candidates.places import entries_of
from besponsa_pa.policy.candidates.surveying import Survey, survey
from besponsa_pa.policy.candidates.varying import once
from besponsa_pa.policy.candidates.words import AS_IN_THE_BASE, NOT_KNOWN, told
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.values import Date, Missing, Uncertain, Value


def candidates(compiled: CompiledPolicy, base: Frame) -> Mapping[str, tuple[Candidate, ...]]:
    """For each fact of a policy the values worth trying, so few that a person can read them.

    Every comparison of the policy is met just below, at and just above its limit. The value of the base comes first,
    or one made up where the base has none; then what the policy decides by, in its order; "not known" comes last.
    `base` holds values of the facts, around which limits are looked for; it may be empty. A text has all its values,
    a code one of each group that the policy treats alike, a list at most `lists.MOST_CANDIDATES`.
    """
    musts = (must.expression for must in compiled.musts.values())
    surveyed = survey(compiled, clauses_of(compiled), musts, base)
    return {name: _ordered(compiled, name, base, surveyed) for name in compiled.policy.facts}


def _ordered(compiled: CompiledPolicy, name: str, base: Frame, surveyed: Survey) -> tuple[Candidate, ...]:
    """The value of the base first, then those that were found, then that it is not known."""
    value, found = base.get(name), surveyed.found[name]
    first = value if name in base and not isinstance(value, Missing) else surveyed.frame[name]
    says = next((each.says for each in found if each.value == first), told(first))
    says = AS_IN_THE_BASE if name in base and entries_of(first) else says
    kept = once([Candidate(first, says), *(each for each in found if _is_in_force(compiled, name, each.value))])
    return (*kept, Candidate(Missing(frozenset([name])), NOT_KNOWN))


def _is_in_force(compiled: CompiledPolicy, name: str, value: Value) -> bool:
    """Whether a value is no date of a request that some other version of the policy is for."""
    if name != REQUEST_DATE:
        return True
    first, last = (value.low, value.high) if isinstance(value, Uncertain) else (value, value)
    start, end = compiled.policy.effective_from, compiled.policy.effective_to
    begins = start is None or not isinstance(first, Date) or start.parts <= first.parts
    return begins and (end is None or not isinstance(last, Date) or last.parts <= end.parts)
