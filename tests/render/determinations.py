"""Determinations made by hand, for what no policy at hand leads to."""

from __future__ import annotations

from dataclasses import replace

from besponsa_pa.determination.findings import Decision, Determination, Finding, MissingFact, Part, Pend, Status
from besponsa_pa.policy.model import Citation, Reference
from besponsa_pa.source import Source, Span
from besponsa_pa.values import Date

NOWHERE = Span(Source("", "policy.yaml"), 0, 0)
LABEL = Reference("label", 1, "A label", "Nobody", "2026", None, None, NOWHERE)


def citation(name: str = "label", at: str | None = None) -> Citation:
    return Citation(name, at, NOWHERE)


def finding(name: str = "age", **changes: object) -> Finding:
    plain = Finding(
        criterion=name,
        title="The patient is an adult",
        pathway="initial",
        part=Part.REQUIRE,
        within=None,
        status=Status.MET,
        given=None,
        check="age >= 18",
        question=None,
        values={},
        wanted={},
        missing=(),
        undocumented=(),
        citations=(citation(),),
        interpretation=None,
        error=None,
    )
    return replace(plain, **changes)


def missing(name: str = "disease.cd22", **changes: object) -> MissingFact:
    plain = MissingFact(
        fact=name,
        ask="Do the cells express CD22?",
        values=(),
        known=None,
        places=(),
        evidence=None,
        undocumented=False,
        criteria=("cd22",),
    )
    return replace(plain, **changes)


def determination(*findings: Finding, **changes: object) -> Determination:
    plain = Determination(
        case="A-1",
        decision=Decision.PEND,
        pend=Pend.INFORMATION,
        pathway="initial",
        pathway_title="First request",
        as_of=Date(2026, 11, 20),
        policy="sample",
        title="A drug",
        version="1",
        digest="sha256:" + "0123456789abcdef" * 4,
        policy_name="policies/sample/policy.yaml",
        in_force=True,
        reasons=tuple(each.criterion for each in findings),
        explanation=None,
        findings=findings,
        missing=(),
        judgments=(),
        grant=None,
        advisories=(),
        references=((LABEL, ()),),
        human_review_required=False,
    )
    return replace(plain, **changes)
