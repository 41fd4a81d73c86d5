"""Codes and texts worth trying: one of each group that the policy treats alike, and one that it does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from besponsa_pa.policy.candidates.candidate import Candidate
from besponsa_pa.policy.candidates.words import told
from besponsa_pa.types import Simple
from besponsa_pa.values import Code, Concept, Value, ValueSet

# Codes that exist and say little: one of them is in no value set of a policy.
ORDINARY = {
    "ICD-10-CM": ("Z00.00", "R69", "Z76.0", "J00"),
    "ICD-10-PCS": ("8E0ZXY6", "4A02X4Z"),
    "ICD-9-CM": ("V70.0", "799.9"),
    "ICD-O-3": ("8000/3", "8000/0"),
    "SNOMED CT": ("404684003", "138875005", "64572001"),
    "LOINC": ("8302-2", "8310-5"),
    "RxNorm": ("161", "5640"),
    "NDC": ("00000-0000-00", "00000-0000-01"),
    "HCPCS": ("A9270", "S9999"),
    "CPT": ("99499", "99199"),
    "CVX": ("998", "999"),
    "ATC": ("V07AV", "V20"),
    "NUCC": ("390200000X", "174400000X"),
    "CMS Place of Service": ("99", "11"),
    "UCUM": ("1", "m"),
}
OTHER_TEXTS = ("other", "another", "something else", "none of these")


def codes(constants: Iterable[Value], kind: Simple, base: Value) -> Iterator[Candidate]:
    """One code of each group that the same value sets and comparisons hold, the base's own first, and one of none."""
    holders = _holders(constants)
    every = sorted({code for _, held in holders for code in held}, key=lambda code: _order(code, kind))
    groups: dict[tuple[str, ...], tuple[str | None, str]] = {}
    known = (base.system, base.code) if isinstance(base, Code) else None
    for code in [*([] if known is None else [known]), *every]:
        groups.setdefault(tuple(name for name, held in holders if code in held), code)
    for names, code in groups.items():
        if code != known:
            yield Candidate(Code(code[1], code[0]), f"{told(Code(code[1], code[0]))}, in {_listed(names)}")
    if () not in groups:
        yield _of_none(kind, every)


def _holders(constants: Iterable[Value]) -> list[tuple[str, frozenset[tuple[str | None, str]]]]:
    """The value sets, and the codes that something is compared with, each with the codes in it."""
    holders: dict[str, frozenset[tuple[str | None, str]]] = {}
    for value in constants:
        match value:
            case ValueSet(is_declared=True):
                holders[f"`{value.name}`"] = value.codes
            case Code():
                holders[told(value)] = frozenset([(value.system, value.code)])
            case Concept():
                for code in value.codes:
                    holders[told(code)] = frozenset([(code.system, code.code)])
            case _:
                continue
    return list(holders.items())


def _order(code: tuple[str | None, str], kind: Simple) -> tuple[bool, str, str]:
    """The system that the fact declares comes first."""
    return code[0] != kind.system, code[0] or "", code[1]


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(names)


def _of_none(kind: Simple, every: list[tuple[str | None, str]]) -> Candidate:
    """A code that no value set holds, written as its system writes codes."""
    system = kind.system or next((system for system, _ in every), None) or "ICD-10-CM"
    alike = sorted(code for of, code in every if of == system)
    wanted = (*ORDINARY.get(system, ()), *(_changed(code) for code in alike), "0", "1", "2")
    code = next(code for code in wanted if code not in alike)
    return Candidate(Code(code, system), f"{told(Code(code, system))}, in no value set of the policy")


def _changed(code: str) -> str:
    """A code of the same form: its last digit another one."""
    at = max((at for at, character in enumerate(code) if character.isdigit()), default=-1)
    return code + "0" if at < 0 else f"{code[:at]}{(int(code[at]) + 1) % 10}{code[at + 1 :]}"


def texts(constants: Iterable[Value], kind: Simple) -> Iterator[Candidate]:
    """The texts that a fact declares, or those that it is compared with and one other."""
    if kind.values is not None:
        yield from (Candidate(text, told(text)) for text in kind.values)
        return
    named = [value for value in constants if isinstance(value, str) and value.strip()]
    yield from (Candidate(text, told(text)) for text in dict.fromkeys(named))
    other = next((text for text in OTHER_TEXTS if text not in named), f"not {named[0]}" if named else "other")
    yield Candidate(other, told(other))
