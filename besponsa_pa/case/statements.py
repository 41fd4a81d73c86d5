"""What a case says about its values: the evidence for them, and the answers to judgments."""

from __future__ import annotations

from collections.abc import Collection

from besponsa_pa.case.model import Evidence, JudgmentAnswer
from besponsa_pa.case.names import Names
from besponsa_pa.case.reading import Reading, is_null, key_help, listed, shortened, start_of
from besponsa_pa.case.typed_values import read_simple
from besponsa_pa.document import Mapping, Node
from besponsa_pa.facts import Grade, declared_name
from besponsa_pa.types import BOOLEAN, DATE, STRING, Simple
from besponsa_pa.values import Date

EVIDENCE_KEYS = ("kind", "source", "date", "by")
JUDGMENT_KEYS = ("met", "by", "date")
KIND = Simple("String", tuple(grade.value for grade in Grade))


def read_evidence(node: Node | None, names: Names, reading: Reading) -> dict[str, Evidence]:
    """The evidence of a case by declared fact or by place in a list, `therapies[0]`.

    Reports what is no fact, a place of which the case says nothing, and evidence without its `kind`.
    """
    if node is None or is_null(node):
        return {}
    if not isinstance(node, Mapping):
        reading.wrong_shape("evidence", node, "the names of facts, each with its evidence")
        return {}
    evidence: dict[str, Evidence] = {}
    for found in names.named(node, lambda name: declared_name(name) in names.facts, values_have_keys=True):
        if found.name not in names.facts and found.name not in reading.spans:
            message = f"evidence for `{shortened(found.name)}`, of which the case says nothing"
            reading.error("E409", message, found.key.span, help="the first entry of a list has the number 0")
        elif not is_null(found.value):
            read = _evidence(found.value, f"evidence.{found.name}", reading)
            evidence.update({found.name: read} if read else {})
    return evidence


def _evidence(node: Node, place: str, reading: Reading) -> Evidence | None:
    if not isinstance(node, Mapping):
        help = "write `{kind: documentation}`, with source and date where they are known"
        reading.wrong_shape(place, node, f"keys of its own: {listed(EVIDENCE_KEYS)}", help)
        return None
    given = reading.fields(node, EVIDENCE_KEYS, place)
    if "kind" not in given:
        help = f"add `kind:` with one of {listed(KIND.values or ())}"
        reading.error("E409", f"`{place}` has no `kind`", start_of(node), help=help)
        return None
    kind = read_simple(given["kind"], KIND, f"{place}.kind", reading)
    return Evidence(
        Grade(kind) if isinstance(kind, str) else Grade.ATTESTATION,  # the case with this mistake is not used
        _text(given.get("source"), f"{place}.source", reading),
        _date(given.get("date"), f"{place}.date", reading),
        _text(given.get("by"), f"{place}.by", reading),
    )


def read_judgments(node: Node | None, criteria: Collection[str], reading: Reading) -> dict[str, JudgmentAnswer]:
    """The answers to judgments by the id of the criterion; one that is null, or whose `met` is, is no answer."""
    if node is None or is_null(node):
        return {}
    if not isinstance(node, Mapping):
        reading.wrong_shape("judgments", node, "the ids of criteria, each with its answer")
        return {}
    answers: dict[str, JudgmentAnswer] = {}
    for key, value in node.entries:
        if key.text not in criteria:
            message = f"no judgment is called `{shortened(key.text)}`"
            help = key_help(key.text, sorted(criteria)) or "the policy asks for no judgment"
            reading.error("E410", message, key.span, help=help)
        elif not is_null(value):
            answer = _answer(value, f"judgments.{key.text}", reading)
            answers.update({key.text: answer} if answer else {})
    return answers


def _answer(node: Node, place: str, reading: Reading) -> JudgmentAnswer | None:
    if not isinstance(node, Mapping):
        help = "write `{met: true}` or `{met: false}`"
        reading.wrong_shape(place, node, f"keys of its own: {listed(JUDGMENT_KEYS)}", help)
        return None
    given = reading.fields(node, JUDGMENT_KEYS, place)
    if node.get("met") is None:
        help = "add `met: true` or `met: false`"
        reading.error("E410", f"`{place}` has no `met`", start_of(node), help=help)
    by = _text(given.get("by"), f"{place}.by", reading)
    date = _date(given.get("date"), f"{place}.date", reading)
    met = read_simple(given["met"], BOOLEAN, f"{place}.met", reading) if "met" in given else None
    return JudgmentAnswer(met, by, date) if isinstance(met, bool) else None


def _text(node: Node | None, place: str, reading: Reading) -> str | None:
    value = None if node is None else read_simple(node, STRING, place, reading)
    return value if isinstance(value, str) else None


def _date(node: Node | None, place: str, reading: Reading) -> Date | None:
    value = None if node is None else read_simple(node, DATE, place, reading)
    return value if isinstance(value, Date) else None
