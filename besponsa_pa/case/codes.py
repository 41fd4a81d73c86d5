"""Codes of a case, each with its code system."""

from __future__ import annotations

import re

from besponsa_pa.case.reading import Reading, WrongValueError, nearest, shortened
from besponsa_pa.document import Mapping, Node, Scalar
from besponsa_pa.patterns import pattern
from besponsa_pa.terminology import CODE_SYSTEMS, canonical_system, code_system
from besponsa_pa.types import Simple
from besponsa_pa.values import Code

KEYS = ("system", "code", "display", "version")

_DIAGNOSIS = pattern(r"([A-Z][0-9][0-9A-Z])\.?([0-9A-Z]{0,4})", re.IGNORECASE)


def code_from_node(node: Node, kind: Simple, place: str, reading: Reading) -> Code | None:
    """A bare code, which takes the system that its fact declares, or one in full with the keys of `KEYS`.

    None when it is not known, or after a mistake that is reported; raises `WrongValueError` for other mistakes.
    """
    if isinstance(node, Scalar):
        return _code({"code": node.text}, kind)
    if not isinstance(node, Mapping):
        reading.wrong_shape(place, node, "one code")
        return None
    before = reading.mistakes
    given = reading.fields(node, KEYS, place)
    for name, part in given.items():
        if not isinstance(part, Scalar):
            reading.wrong_shape(f"{place}.{name}", part, "a text")
    if reading.mistakes > before or "code" not in given:
        return None
    if "system" in given:
        _check_system(given["system"], kind, place, reading)
    return _code({name: part.text for name, part in given.items() if isinstance(part, Scalar)}, kind)


def _code(parts: dict[str, str], kind: Simple) -> Code:
    text, system = parts["code"].strip(), parts.get("system", kind.system)
    if not text:
        raise WrongValueError(
            "an empty code", help="leave the key out, or write `null`, when it is not known", code="E408"
        )
    if system is None:
        help = f"write `{{system: ..., code: {shortened(text)}}}`"
        raise WrongValueError(f"`{shortened(text)}` has no code system", "the system too", help, "E408")
    system = canonical_system(system)
    if system == "ICD-10-CM":
        _check_diagnosis(text)
    return Code(text, system, parts.get("display"), parts.get("version"))


def _check_system(node: Node, kind: Simple, place: str, reading: Reading) -> None:
    """Refuse a misspelt code system, for its codes are in no value set; warn of one that is not known at all.

    A payer may have a code system of its own.
    """
    assert isinstance(node, Scalar)
    if code_system(node.text) is not None or node.text == kind.system:
        return
    near = nearest(node.text, (system.name for system in CODE_SYSTEMS))
    if near is not None:
        found = f"no code system is known as `{shortened(node.text)}`"
        raise WrongValueError(found, help=f"did you mean `{near}`?", code="E408")
    message = f"`{place}`: no code system is known as `{shortened(node.text)}`"
    reading.diagnostics.warning("W412", message, node.span)


def _check_diagnosis(text: str) -> None:
    """Raise `WrongValueError` for a diagnosis code as claims write it, without its point: it is in no value set."""
    match = _DIAGNOSIS.fullmatch(text)
    if match is None:
        return
    written = match[1].upper() + (f".{match[2].upper()}" if match[2] else "")
    if written != text:
        found = f"`{text}` is not as ICD-10-CM writes its codes"
        raise WrongValueError(found, "capitals, and a point after the third", f"write `{written}`", "E408")
