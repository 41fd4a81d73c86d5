"""The answers of every engine to the same cases, in one form, and what is said where two of them differ."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from case_making import json_text
from case_pools import Plain

from besponsa_pa import Case, CompiledPolicy, Determination, FileError, load_case
from besponsa_pa.determination.findings import Verdict
from besponsa_pa.determination.memory import Memory
from besponsa_pa.render.structure import structure_from_determination

Plains = Sequence[Mapping[str, Plain]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine says of a case. One that is `refused` is handed on, and says nothing else.

    `grant` is the JSON of what is granted, its numbers without zeros at their ends.
    """

    decision: str | None
    pend: str | None = None
    pathway: str | None = None
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    grant: str | None = None
    human_review: bool | None = None
    in_force: bool | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A case of which two engines say different things."""

    case: Plain
    first: Answer
    second: Answer

    def __str__(self) -> str:
        parts = [each.name for each in fields(Answer) if each.name != "refused"]
        unlike = [part for part in parts if getattr(self.first, part) != getattr(self.second, part)]
        if self.second.refused is not None:
            return f"{json_text(self.case)}\n  refused: {self.second.refused}, decision: {self.second.decision}"
        lines = [f"  {part}: {getattr(self.first, part)!r} against {getattr(self.second, part)!r}" for part in unlike]
        return "\n".join([json_text(self.case), *lines])


# --- cases ---


def case_of(compiled: CompiledPolicy, plain: Mapping[str, Plain]) -> Case | None:
    """The case that plain data says; None where it is no case for the policy."""
    try:
        return load_case(plain, compiled)
    except FileError:
        return None


def read_cases(
    compiled: CompiledPolicy, plains: Iterable[Mapping[str, Plain]]
) -> list[tuple[Mapping[str, Plain], Case]]:
    """Those of the data that are cases for the policy."""
    pairs = ((plain, case_of(compiled, plain)) for plain in plains)
    return [(plain, case) for plain, case in pairs if case is not None]


# --- answers ---


def answers_of_interpreter(compiled: CompiledPolicy, cases: Iterable[Case]) -> list[Answer]:
    """What the interpreter says, which all others are held against: each case is worked out for itself."""
    memory = Memory(compiled, first_cases=sys.maxsize)
    return [answer_of_determination(memory.determination(case)) for case in cases]


def answers_of_determine(compiled: CompiledPolicy, cases: Iterable[Case]) -> list[Answer]:
    """What the functions written for the policy say, and what they remember."""
    memory = Memory(compiled, first_cases=0)
    return [answer_of_determination(memory.determination(case)) for case in cases]


def answers_of_decide(compiled: CompiledPolicy, cases: Iterable[Case]) -> list[Answer]:
    """What `decide` says once it has its functions; it knows no grant."""
    memory = Memory(compiled, first_cases=0)
    return [answer_of_verdict(memory.verdict(case)) for case in cases]


def answer_of_verdict(found: Verdict) -> Answer:
    """A verdict in the form in which answers are compared: without grant, and who has to look."""
    pend = None if found.pend is None else found.pend.value
    return Answer(found.decision.value, pend, found.pathway, tuple(found.reasons), tuple(found.missing))


def without_grant(answer: Answer) -> Answer:
    """What a verdict says of an answer."""
    return replace(answer, grant=None, human_review=None, in_force=None)


def answer_of_determination(found: Determination) -> Answer:
    """A determination in the form in which answers are compared."""
    grant = structure_from_determination(found)["grant"]
    return Answer(
        found.decision.value,
        None if found.pend is None else found.pend.value,
        found.pathway,
        found.reasons,
        tuple(each.fact for each in found.missing),
        None if grant is None else normalised_grant(grant),
        found.human_review_required,
        found.in_force,
    )


def answer_of_columns(row: Mapping[str, object]) -> Answer:
    """A row of the columns that the SQL of a policy yields."""
    if row["refused"] is not None:
        return Answer(_text(row["decision"]), refused=str(row["refused"]))
    grant = row["grant_values"]
    return Answer(
        _text(row["decision"]),
        _text(row["pend"]),
        _text(row["pathway"]),
        _texts(row["reasons"]),
        _texts(row["missing"]),
        None if grant is None else normalised_grant(json.loads(grant) if isinstance(grant, str) else grant),
        None if row["human_review_required"] is None else bool(row["human_review_required"]),
        None if row["in_force"] is None else bool(row["in_force"]),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _texts(value: object) -> tuple[str, ...]:
    values: Iterable[object] = () if value is None else value  # type: ignore[assignment]
    return tuple(str(each) for each in values)


def normalised_grant(grant: object) -> str:
    """A grant as JSON with its names in order and no zeros at the end of its numbers."""
    return json.dumps(_normalised(grant), sort_keys=True, ensure_ascii=False)


def _normalised(value: object) -> object:
    match value:
        case dict():
            return {name: _normalised(part) for name, part in value.items()}
        case list():
            return [_normalised(part) for part in value]
        case bool() | None:
            return value
        case str():
            return re.sub(r"^(-?\d+)(?:\.0+|(\.\d*?[1-9])0+)(?=$|[ '])", lambda m: m[1] + (m[2] or ""), value)
        case _:
            return value


# --- differences ---


def differences(plains: Sequence[Plain], wanted: Sequence[Answer], found: Sequence[Answer]) -> Iterator[Difference]:
    """The cases of which two engines say different things; one that is refused must not be decided as well."""
    assert len(plains) == len(wanted) == len(found), "an engine has lost cases"
    for plain, first, second in zip(plains, wanted, found, strict=True):
        if second.refused is not None:
            if second.decision is not None:
                yield Difference(plain, first, second)
        elif first != second:
            yield Difference(plain, first, second)


def refused_share(answers: Sequence[Answer]) -> float:
    """How many of the rows an engine hands on."""
    return sum(each.refused is not None for each in answers) / max(1, len(answers))


def report(compiled: CompiledPolicy, found: Iterable[Difference]) -> str:
    """The policy and each case with what the engines say of it."""
    policy = compiled.policy.sources[-1].text if len(compiled.policy.sources) == 1 else compiled.policy.name
    return "\n".join([policy, *map(str, found)])


def smallest_case(plain: Mapping[str, Plain], differs: Callable[[Mapping[str, Plain]], bool]) -> dict[str, Plain]:
    """The case with everything left out without which it still differs."""
    case = dict(plain)
    is_changed = True
    while is_changed:
        is_changed = False
        for less in _with_less(case):
            if differs(less):
                case, is_changed = dict(less), True
                break
    return case


def _with_less(value: Mapping[str, Plain]) -> Iterator[dict[str, Plain]]:
    for name, part in value.items():
        if name != "case":
            yield {key: other for key, other in value.items() if key != name}
        for smaller in _smaller(part):
            yield {**value, name: smaller}


def _smaller(part: Plain) -> Iterator[Plain]:
    if isinstance(part, dict):
        yield from _with_less(part)
    elif isinstance(part, list):
        for at, each in enumerate(part):
            yield [*part[:at], *part[at + 1 :]]
            yield from ([*part[:at], smaller, *part[at + 1 :]] for smaller in _smaller(each))
