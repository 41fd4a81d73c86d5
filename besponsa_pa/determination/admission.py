"""Whether a case can be determined at all: held against the declared facts, and what no real case breaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from besponsa_pa.case import Case, case_from_mapping, read_case
from besponsa_pa.determination.holding import truth_of
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Node
from besponsa_pa.expression.frames import Frame
from besponsa_pa.policy.model import CompiledPolicy, Condition, Judgment, criteria_of
from besponsa_pa.records import dataclass

if TYPE_CHECKING:
    from besponsa_pa.case.quick_reading import QuickReader


def case_from_node(node: Node, compiled: CompiledPolicy, diagnostics: Diagnostics) -> Case | None:
    """A case that has been parsed, held against a policy; None when something is wrong with it, which is reported."""
    return admitted(case_as_read(node, compiled, diagnostics), compiled, diagnostics)


def case_as_read(node: Node, compiled: CompiledPolicy, diagnostics: Diagnostics) -> Case | None:
    """A case held against the declared facts alone, so that it can be admitted to several variants of a policy."""
    return read_case(node, compiled.policy.facts, diagnostics, _judgments(compiled))


def case_from_values(values: Mapping[str, object], compiled: CompiledPolicy, diagnostics: Diagnostics) -> Case | None:
    """A case from the values of a program, held against a policy; None when something is wrong with it.

    It is read by way of its text, so that what is wrong with it has a place: see `case_read_quickly` for the others.
    """
    facts = compiled.policy.facts
    return admitted(case_from_mapping(values, facts, diagnostics, _judgments(compiled)), compiled, diagnostics)


def case_read_quickly(values: Mapping[str, object], compiled: CompiledPolicy) -> Case | None:
    """A case from the values of a program, held against a policy; None when it is for `case_from_values` to read.

    It takes what is surely right, and that is most cases, in a fiftieth of the time.
    """
    admission = compiled.admission
    if not isinstance(admission, _Admission):
        admission = _admission(compiled)
    case = admission.read(values)
    return None if case is None or (admission.musts and _broken(admission.musts, case)) else case


@dataclass(frozen=True, slots=True)
class _Admission:
    """What a policy is asked for each case of a program."""

    read: QuickReader
    musts: Mapping[str, Condition]


def _admission(compiled: CompiledPolicy) -> _Admission:
    """Made when it is first used: a case in a file has no use for it."""
    from besponsa_pa.case.quick_reading import quick_reader

    made = _Admission(quick_reader(compiled.policy.facts, _judgments(compiled)), compiled.musts)
    object.__setattr__(compiled, "admission", made)
    return made


def admitted(case: Case | None, compiled: CompiledPolicy, diagnostics: Diagnostics) -> Case | None:
    """The case, unless it breaks what no real case breaks: that is a mistake in it, not a ground to deny.

    What is not known breaks nothing.
    """
    if case is None:
        return None
    broken = _broken(compiled.musts, case)
    for fact in broken:
        message = f"`{fact}` breaks what holds for every real case"
        diagnostics.error("E490", message, case.span_of(fact), help=f"it must be: {compiled.musts[fact].text}")
    return None if broken else case


def _broken(musts: Mapping[str, Condition], case: Case) -> list[str]:
    """The facts of a case that break what holds for every real case."""
    facts = case.facts
    frame: Frame = dict(facts)
    return [fact for fact, must in musts.items() if fact in facts and truth_of(must, frame)[0] is False]


def _judgments(compiled: CompiledPolicy) -> frozenset[str]:
    """The ids of the criteria that a clinician answers."""
    criteria = (criterion for pathway in compiled.pathways for criterion in criteria_of(pathway))
    return frozenset(criterion.id for criterion in criteria if isinstance(criterion.body, Judgment))
