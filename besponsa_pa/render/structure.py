"""A determination as data for programs, as `grammar/determination.schema.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from besponsa_pa.determination.findings import Determination, Finding, MissingFact, ToldAdvisory
from besponsa_pa.expression.value_text import plain_text
from besponsa_pa.policy.model import Citation, GrantedValue, Reference
from besponsa_pa.values import Missing, TupleValue, Value

Structure: TypeAlias = "None | bool | int | str | list[Structure] | dict[str, Structure]"


def structure_from_determination(determination: Determination) -> dict[str, Structure]:
    """The determination as JSON knows values, every key always there, in a fixed order.

    Truth values and whole numbers are themselves; all else is text, such as `2026-11-20`, `0.5` or `6 months`, so
    that no reader rounds it. Nothing in it depends on the machine or on where the files stand.
    """
    found = determination
    numbers = {reference.name: reference.number for reference, _ in found.references}
    return {
        "case": found.case,
        "decision": found.decision.value,
        "pend": None if found.pend is None else found.pend.value,
        "pathway": found.pathway,
        "as_of": None if found.as_of is None else plain_text(found.as_of),
        "policy": {
            "id": found.policy,
            "title": found.title,
            "version": found.version,
            "digest": found.digest,
            "in_force": found.in_force,
        },
        "reasons": list(found.reasons),
        "explanation": found.explanation,
        "findings": [_finding(each, numbers) for each in found.findings],
        "missing": [_missing(each) for each in found.missing],
        "judgments": [{"criterion": each.criterion, "question": each.question} for each in found.judgments],
        "grant": None if found.grant is None else _granted(found.grant),
        "advisories": [_advisory(each, numbers) for each in found.advisories],
        "references": [_reference(*each) for each in found.references],
        "human_review_required": found.human_review_required,
    }


def json_text(structure: Structure, *, one_line: bool = False) -> str:
    """The data as JSON with a line end: laid out for reading, or on one line for a file with a case a line."""
    if one_line:
        return json.dumps(structure, ensure_ascii=False) + "\n"
    return json.dumps(structure, ensure_ascii=False, indent=2) + "\n"


def _finding(finding: Finding, numbers: Mapping[str, int | None]) -> dict[str, Structure]:
    return {
        "criterion": finding.criterion,
        "title": finding.title,
        "status": finding.status.value,
        "pathway": finding.pathway,
        "part": finding.part.value,
        "within": finding.within,
        "group": None if finding.group is None else finding.group.value,
        "count": finding.count,
        "given": finding.given,
        "check": finding.check,
        "question": finding.question,
        "values": {name: _value(value) for name, value in finding.values.items()},
        "wanted": dict(finding.wanted),
        "missing": list(finding.missing),
        "places": list(finding.places),
        "undocumented": list(finding.undocumented),
        "citations": _citations(finding.citations, numbers),
        "interpretation": finding.interpretation,
        "error": finding.error,
    }


def _missing(missing: MissingFact) -> dict[str, Structure]:
    return {
        "fact": missing.fact,
        "ask": missing.ask,
        "values": list(missing.values),
        "known": None if missing.known is None else plain_text(missing.known),
        "places": list(missing.places),
        "evidence": None if missing.evidence is None else missing.evidence.value,
        "undocumented": missing.undocumented,
        "criteria": list(missing.criteria),
    }


def _advisory(advisory: ToldAdvisory, numbers: Mapping[str, int | None]) -> dict[str, Structure]:
    return {
        "id": advisory.id,
        "text": advisory.text,
        "interpretation": advisory.interpretation,
        "citations": _citations(advisory.citations, numbers),
    }


def _citations(citations: Iterable[Citation], numbers: Mapping[str, int | None]) -> list[Structure]:
    return [{"ref": each.reference, "number": numbers.get(each.reference), "at": each.at} for each in citations]


def _reference(reference: Reference, sections: tuple[str, ...]) -> dict[str, Structure]:
    return {
        "ref": reference.name,
        "number": reference.number,
        "title": reference.title,
        "publisher": reference.publisher,
        "date": reference.date,
        "url": reference.url,
        "accessed": reference.accessed,
        "sections": list(sections),
    }


def _granted(grant: Mapping[str, GrantedValue]) -> dict[str, Structure]:
    return {name: _granted(value) if isinstance(value, Mapping) else _value(value) for name, value in grant.items()}


def _value(value: Value) -> Structure:
    match value:
        case None | Missing():
            return None
        case bool() | int() | str():
            return value
        case TupleValue():
            return {name: _value(part) for name, part in value.elements.items()}
        case tuple():
            return [_value(element) for element in value]
        case _:
            return plain_text(value)
