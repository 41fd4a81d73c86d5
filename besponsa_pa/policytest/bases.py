"""The case that suggested tests begin with, and what may be said otherwise in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from besponsa_pa.case import Case
from besponsa_pa.case.model import Evidence
from besponsa_pa.determination import determine
from besponsa_pa.determination.findings import Pend, Status
from besponsa_pa.facts import Grade
from besponsa_pa.policy.candidates import candidates
from besponsa_pa.policy.model import CheckedGroup, CheckedPathway, CompiledPolicy, GroupKind
from besponsa_pa.policytest import constraints as wanted
from besponsa_pa.policytest.attempts import (
    EVIDENCE,
    JUDGMENTS,
    Option,
    Variable,
    answer_options,
    evidence_options,
    nothing,
    said,
    with_changes,
)
from besponsa_pa.policytest.constraints import Constraint
from besponsa_pa.policytest.entries import Change
from besponsa_pa.policytest.options import fact_options
from besponsa_pa.policytest.positions import Positions
from besponsa_pa.policytest.search import Space
from besponsa_pa.policytest.ways import Ways

# how many cases are looked at for one that is approved, first with every requirement met, then in any way
LIMIT_OF_BEST, LIMIT = 4_000, 20_000
NAME = "base"


@dataclass(frozen=True, slots=True)
class Base:
    """A case to begin with, and the pathway that approves it, if any could be found."""

    case: Case
    pathway: str | None


def space_around(compiled: CompiledPolicy, positions: Positions, base: Case, *, is_wide: bool = False) -> Space:
    """What may be said otherwise in a case: the values worth trying of what the policy reads, evidence, judgments.

    A wide space has lists of two entries, too, of all that are worth trying alone.
    """
    return Space(
        base, {name: Variable(name, options) for name, options in _options(compiled, positions, base, is_wide)}
    )


def _options(
    compiled: CompiledPolicy, positions: Positions, base: Case, is_wide: bool
) -> Iterator[tuple[str, tuple[Option, ...]]]:
    # what a fact must be that the policy does not read sets no limits here
    read = {fact: must for fact, must in compiled.musts.items() if fact in positions.names}
    tried = candidates(replace(compiled, musts=read), dict(base.facts))
    grades = grades_of(positions)
    for name in positions.names:
        own = said(base, name)
        if name.startswith(f"{JUDGMENTS}."):
            yield name, answer_options(own, name)
            continue
        values = [Option(each.value, each.says) for each in tried[name]]
        yield name, fact_options(compiled.policy.facts[name], own, values, positions, is_wide=is_wide)
        if name in grades:
            key = f"{EVIDENCE}.{name}"
            yield key, evidence_options(said(base, key), key, grades[name])


def grades_of(positions: Positions) -> Mapping[str, tuple[Grade, ...]]:
    """The grades of evidence that are asked for of each fact."""
    found: dict[str, dict[Grade, None]] = {}
    for pathway in positions.compiled.pathways:
        for fact, grade in positions.evidence_in(pathway):
            found.setdefault(fact, {})[grade] = None
    return {fact: tuple(grades) for fact, grades in found.items()}


# --- a case that is approved ---


def found_base(compiled: CompiledPolicy, positions: Positions, ways: Ways) -> Base:
    """An approved case in which everything is known that the policy reads.

    Where it can be, every requirement is met, and what the first pathway does not read is as the others want it: so
    that most tests differ from the case in little.
    """
    base = _first(compiled, positions)
    approving: list[CheckedPathway] = []
    for pathway in compiled.pathways:
        read = {name for each in approving for name in wanted.names_of_pathway(each)}
        changes = _approved(positions, ways, space_around(compiled, positions, base, is_wide=True), pathway, read)
        if changes is not None:
            base = with_changes(base, {name: option.value for name, option in changes.items() if name not in read})
            approving.append(pathway)
    return Base(documented(compiled, base), approving[0].name if approving else None)


def _first(compiled: CompiledPolicy, positions: Positions) -> Case:
    """The likeliest value of each fact, with evidence where it is asked for, and every judgment answered with yes."""
    empty = Case(NAME, None, {}, {}, {}, "", {})
    changes: dict[str, Change] = {}
    for name, variable in space_around(compiled, positions, empty).variables.items():
        changes[name] = next((each.value for each in variable.options if not each.is_missing), nothing(name))
    return with_changes(empty, changes)


def _approved(
    positions: Positions, ways: Ways, space: Space, pathway: CheckedPathway, read: Collection[str]
) -> Mapping[str, Option] | None:
    """The changes with which a pathway approves; what has not been read before may be anything."""
    free = frozenset(positions.names).difference(read) if read else ()
    approval = (*ways.musts(), *ways.to_approval(pathway))
    best = space.find((*approval, *_all_met(positions, pathway)), LIMIT_OF_BEST, free=free).changes
    return best if best is not None else space.find(approval, LIMIT, free=free).changes


def _all_met(positions: Positions, pathway: CheckedPathway) -> Iterator[Constraint]:
    """Every criterion that is required is met, those beside which another would do, too."""
    against: set[str] = set()
    for each in positions.criteria:
        group = each.criterion.body
        if isinstance(group, CheckedGroup) and group.kind is GroupKind.NONE:
            against.update(child.id for child in group.children)
        elif each.pathway is pathway and not each.excludes and each.criterion.id not in against:
            yield wanted.status(each.criterion, False, Status.MET)


def documented(compiled: CompiledPolicy, case: Case, but: frozenset[str] = frozenset()) -> Case:
    """The case with the evidence that it waits for, where it waits for nothing else; some facts get none."""
    changed = case
    for _ in compiled.policy.facts:
        determination = determine(compiled, changed)
        if determination.pend is not Pend.DOCUMENTATION:
            return changed
        waiting = {each.fact: each.evidence for each in determination.missing if each.undocumented}
        more: dict[str, Change] = {
            f"{EVIDENCE}.{fact}": Evidence(grade)
            for fact, grade in waiting.items()
            if grade is not None and fact not in but and said(changed, f"{EVIDENCE}.{fact}") != Evidence(grade)
        }
        if not more:
            return changed if but else case
        changed = with_changes(changed, more)
    return case
