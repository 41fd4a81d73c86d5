"""Writes tests: a case that differs from the base, and what the policy decides of it now, as `tests.yaml` has it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TypeAlias

from besponsa_pa.case.model import Evidence, JudgmentAnswer
from besponsa_pa.determination.findings import Determination
from besponsa_pa.document import Bare, yaml_by_hand
from besponsa_pa.expression.value_text import number_text, plain_text
from besponsa_pa.policy.model import Citation, CompiledPolicy, GrantedValue
from besponsa_pa.policytest.reading import ERROR, OTHERWISE
from besponsa_pa.types import ANY, ListOf, Simple, TupleOf, Type
from besponsa_pa.values import (
    Code,
    Date,
    DateTime,
    Missing,
    Quantity,
    Time,
    TupleValue,
    Uncertain,
    UncertainList,
    Value,
)

Written: TypeAlias = "None | bool | int | str | list[Written] | dict[str, Written]"
# what a case may say under a name: a fact, `evidence.<fact>` or `judgments.<criterion>`; `Missing` is not known
Change: TypeAlias = Value | Evidence | JudgmentAnswer
USUAL = ("because", "asks", "grant")


def entry(
    name: str,
    changes: Mapping[str, Change],
    determination: Determination | None,
    compiled: CompiledPolicy,
    *,
    without: Iterable[str] = (),
    says: Collection[str] = USUAL,
    cites: Collection[str] = (),
) -> dict[str, Written]:
    """A test as data: the base with some changes, and what the policy decides of it.

    A change to `Missing` stands under `without`, beside what is named there. No determination is a case that is
    refused. `says` are the keys of what is expected besides the decision; those of which there is nothing to say are
    left out. `cites` names the criteria and advisories whose citations are expected.
    """
    left_out = [*(key for key, value in changes.items() if isinstance(value, Missing)), *without]
    changed = {key: value for key, value in changes.items() if not isinstance(value, Missing)}
    test: dict[str, Written] = {"name": name}
    if changed:
        test["with"] = {key: written_change(key, value, compiled) for key, value in changed.items()}
    if left_out:
        test["without"] = list[Written](left_out)
    if determination is None:
        return {**test, "expect": ERROR}
    return {**test, "expect": determination.decision.value, **dict(_expected(determination, says, cites, compiled))}


def text_from_entries(entries: Iterable[Mapping[str, Written]]) -> str:
    """Tests as they stand below `tests:`, to be copied into the file."""
    text = yaml_by_hand([dict(each) for each in entries])
    return "".join(f"  {line}\n" if line else "\n" for line in text.splitlines())


# --- what is expected ---


def _expected(
    determination: Determination, says: Collection[str], cites: Collection[str], compiled: CompiledPolicy
) -> Iterator[tuple[str, Written]]:
    said = dict(_said(determination))
    yield from ((key, value) for key, value in said.items() if key in says)
    cited: dict[str, Written] = {
        name: _citations(found) for name, found in cited_by(determination, compiled).items() if name in cites
    }
    if cited:
        yield "cites", cited


def _said(determination: Determination) -> Iterator[tuple[str, Written]]:
    """Everything that a test may expect, by its key, in the order of the keys in a test."""
    if determination.pend is not None:
        yield "pend", determination.pend.value
    if determination.pathway is not None:
        yield "pathway", determination.pathway
    yield "because", list[Written](determination.reasons)
    yield "asks", [each.fact for each in determination.missing]
    yield "advises", [each.id for each in determination.advisories]
    if determination.grant:
        yield "grant", _granted(determination.grant)


def _granted(grant: Mapping[str, GrantedValue]) -> dict[str, Written]:
    return {
        name: _granted(value) if isinstance(value, Mapping) else _granted_text(value) for name, value in grant.items()
    }


def _granted_text(value: Value) -> Written:
    return value if isinstance(value, str) else Bare(plain_text(value))


def cited_by(determination: Determination, compiled: CompiledPolicy) -> dict[str, tuple[Citation, ...]]:
    """What everything that a determination tells of cites, by its name."""
    cited: dict[str, tuple[Citation, ...]] = {}
    for finding in determination.findings:
        cited[finding.criterion] = (*cited.get(finding.criterion, ()), *finding.citations)
    cited |= {advisory.id: advisory.citations for advisory in determination.advisories}
    if determination.pathway is None and not determination.findings and compiled.otherwise is not None:
        cited[OTHERWISE] = compiled.otherwise.cite
    return cited


def _citations(found: Iterable[Citation]) -> list[Written]:
    pairs = dict.fromkeys((each.reference, each.at) for each in found)
    return [reference if at is None else {"ref": reference, "at": at} for reference, at in pairs]


# --- values as a case writes them ---


def written_change(key: str, value: Change, compiled: CompiledPolicy) -> Written:
    """What a case says under a name, as it writes it."""
    match value:
        case Evidence():
            given = {"kind": value.kind.value, "source": value.source, "date": value.date, "by": value.by}
            return {name: written(part, ANY) for name, part in given.items() if part is not None}
        case JudgmentAnswer():
            answer = {"met": value.met, "by": value.by, "date": value.date}
            return {name: written(part, ANY) for name, part in answer.items() if part is not None}
        case _:
            fact = compiled.policy.facts.get(key)
            return written(value, ANY if fact is None else fact.type)


def written(value: Value, kind: Type) -> Written:
    """A value as a case writes it: a date without its sign, a code without the system that its fact declares.

    `kind` is the declared type. A partial date is written to where it is known; a part that is not known is left out.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return Bare(number_text(value))
        case Date() | DateTime() | Time() | Uncertain():
            return Bare(plain_text(value))
        case Quantity():
            is_bare = value.unit == "1" and isinstance(kind, Simple) and kind.unit == "1"
            return Bare(number_text(value.value) if is_bare else plain_text(value))
        case Code():
            return _code(value, kind)
        case TupleValue():
            return _tuple(value, kind)
        case tuple():
            return [written(element, _element(kind)) for element in value]
        case UncertainList():
            return [written(element, _element(kind)) for element, _ in value.elements]
        case _:
            return None


def _element(kind: Type) -> Type:
    return kind.element if isinstance(kind, ListOf) else ANY


def _tuple(value: TupleValue, kind: Type) -> Written:
    kinds = dict(kind.elements) if isinstance(kind, TupleOf) else {}
    known = {name: part for name, part in value.elements.items() if not isinstance(part, Missing | None)}
    return {name: written(part, kinds.get(name, ANY)) for name, part in known.items()}


def _code(code: Code, kind: Type) -> Written:
    system = kind.system if isinstance(kind, Simple) else None
    if code.system == system and code.display is None and code.version is None:
        return Bare(code.code)
    parts = {"system": code.system, "code": code.code, "display": code.display, "version": code.version}
    return {name: Bare(part) for name, part in parts.items() if part is not None}
