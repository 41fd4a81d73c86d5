"""What the interpreter says of a row: a decision as the columns of the output, or what is wrong with the row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeAlias

from besponsa_pa.determination.findings import Determination
from besponsa_pa.diagnostic import Diagnostic, Severity
from besponsa_pa.expression.value_text import plain_text
from besponsa_pa.policy.model import GrantedValue
from besponsa_pa.records import dataclass, replace
from besponsa_pa.values import Quantity, TupleValue, Value

Row: TypeAlias = dict[str, "str | bool | list[str] | None"]
Granted: TypeAlias = "None | bool | int | str | list[Granted] | dict[str, Granted]"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a row, as a diagnostic says it: nothing more of the row than its message names."""

    code: str
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a row: the columns of the output, or None and the problems for which it is rejected."""

    row: Row | None
    case: str | None = None
    problems: tuple[Problem, ...] = ()


def answer_from_determination(found: Determination) -> Answer:
    """The columns of the output for a determination."""
    return Answer({
        "case_id": found.case,
        "decision": found.decision.value,
        "pend": None if found.pend is None else found.pend.value,
        "pathway": found.pathway,
        "reasons": list(found.reasons),
        "missing": [each.fact for each in found.missing],
        "grant_values": None if found.grant is None else grant_text(found.grant),
        "human_review_required": found.human_review_required,
        "policy_version": found.version,
        "in_force": found.in_force,
    })  # fmt: skip


def rejection(case: str | None, diagnostics: Iterable[Diagnostic]) -> Answer:
    """The answer for a row that is no case."""
    errors = (each for each in diagnostics if each.severity is Severity.ERROR)
    return Answer(None, case, tuple(Problem(each.code, _told(each), each.help) for each in errors))


def _told(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.message}, {diagnostic.label}" if diagnostic.label else diagnostic.message


def grant_text(grant: Mapping[str, GrantedValue]) -> str | None:
    """What is granted as JSON without spaces, numbers without zeros at their end; None where nothing is."""
    return json.dumps(_granted(grant), ensure_ascii=False, separators=(",", ":")) if grant else None


def _granted(grant: Mapping[str, GrantedValue]) -> dict[str, Granted]:
    return {name: _granted(value) if isinstance(value, Mapping) else _value(value) for name, value in grant.items()}


def _value(value: Value) -> Granted:
    match value:
        case None | bool() | int() | str():
            return value
        case TupleValue():
            return {name: _value(part) for name, part in value.elements.items()}
        case tuple():
            return [_value(element) for element in value]
        case Decimal():
            return plain_text(_without_zeros(value))
        case Quantity():
            return plain_text(replace(value, value=_without_zeros(value.value)))
        case _:
            return plain_text(value)


def _without_zeros(number: Decimal) -> Decimal:
    """The same number without zeros at the end of its fraction."""
    text = format(number, "f")
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else number
