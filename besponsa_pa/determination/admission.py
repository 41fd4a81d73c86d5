"""Whether a case can be determined at all: held against the declared facts, and what no real case breaks."""

from __future__ import annotations

from collections.abc import Mapping

from besponsa_pa.case import Case, case_from_mapping, read_case
from besponsa_pa.determination.holding import truth_of
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Node
from besponsa_pa.expression.frames import Frame
from besponsa_pa.policy.model import CompiledPolicy, Judgment, criteria_of


def case_from_node(node: Node, compiled: CompiledPolicy, diagnostics: Diagnostics) -> Case | None:
    """A case that has been parsed, held against a policy; None when something is wrong with it, which is reported."""
    return admitted(case_as_read(node, compiled, diagnostics), compiled, diagnostics)


def case_as_read(node: Node, compiled: CompiledPolicy, diagnostics: Diagnostics) -> Case | None:
    """A case held against the declared facts alone, so that it can be admitted to several variants of a policy."""
    return read_case(node, compiled.policy.facts, diagnostics, _judgments(compiled))


def case_from_values(values: Mapping[str, object], compiled: CompiledPolicy, diagnostics: Diagnostics) -> Case | None:
    """A case from the values of a program, held against a policy; None when something is wrong with it."""
    facts = compiled.policy.facts
    return admitted(case_from_mapping(values, facts, diagnostics, _judgments(compiled)), compiled, diagnostics)


def admitted(case: Case | None, compiled: CompiledPolicy, diagnostics: Diagnostics) -> Case | None:
    """The case, unless it breaks what no real case breaks: that is a mistake in it, not a ground to deny.

    What is not known breaks nothing.
    """
    if case is None:
        return None
    frame: Frame = dict(case.facts)
    musts = ((fact, must) for fact, must in compiled.musts.items() if fact in case.facts)
    broken = [(fact, must) for fact, must in musts if truth_of(must, frame)[0] is False]
    for fact, must in broken:
        message = f"`{fact}` breaks what holds for every real case"
        diagnostics.error("E490", message, case.span_of(fact), help=f"it must be: {must.text}")
    return None if broken else case


def _judgments(compiled: CompiledPolicy) -> frozenset[str]:
    """The ids of the criteria that a clinician answers."""
    criteria = (criterion for pathway in compiled.pathways for criterion in criteria_of(pathway))
    return frozenset(criterion.id for criterion in criteria if isinstance(criterion.body, Judgment))
