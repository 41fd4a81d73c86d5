"""A case document to a case, held against the declared facts: nothing in it is ignored, and nothing guessed."""

from __future__ import annotations

from collections.abc import Collection

from besponsa_pa.case.model import Case
from besponsa_pa.case.names import Names
from besponsa_pa.case.reading import Enough, Reading, shape_of, start_of
from besponsa_pa.case.statements import read_evidence, read_judgments
from besponsa_pa.case.typed_values import read_simple, read_value
from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.document import Mapping, Node, Scalar
from besponsa_pa.expression.literals import parse_date
from besponsa_pa.facts import REQUEST_DATE, Facts
from besponsa_pa.types import STRING
from besponsa_pa.values import Date, Missing, Value

# keys of a case that name no fact; a policy declares no fact by one of these names
RESERVED = ("case", "policy", "evidence", "judgments")


def policy_named(node: Node) -> str | None:
    """The policy that a case names, which is needed before its facts can be read; None when it names none."""
    policy = node.get("policy") if isinstance(node, Mapping) else None
    return policy.text if isinstance(policy, Scalar) and not policy.is_null else None


def request_date_named(node: Node) -> Date | None:
    """The date of the request that a case states, perhaps only to its month; None when it states none.

    It says which version of a policy is in force, so it is needed before the facts can be read. One that is no date is
    reported when they are.
    """
    request = node.get("request") if isinstance(node, Mapping) else None
    stated = request.get("date") if isinstance(request, Mapping) else None
    if stated is None and isinstance(node, Mapping):
        stated = node.get(REQUEST_DATE)
    if not isinstance(stated, Scalar) or stated.is_null:
        return None
    try:
        return parse_date(stated.text)
    except ValueError:
        return None


def read_case(node: Node, facts: Facts, diagnostics: Diagnostics, criteria: Collection[str] = ()) -> Case | None:
    """Read a case and hold it against the facts that a policy declares; None when there is an error in it.

    All mistakes of a case are reported in one run, each with the fact and its place, for its writer mends them
    together. A fact that is absent or null is not known and not in the result; a key that no fact declares is an
    error. `criteria` are the ids of the judgments that the case may answer. The `must` of a fact is not looked at
    here: that takes the evaluation of expressions.
    """
    if not isinstance(node, Mapping):
        help = "begin with `case:` and the facts, one below the other"
        label = "wanted the names of facts with their values"
        diagnostics.error("E401", f"a case {shape_of(node)}", start_of(node), label=label, help=help)
        return None
    reading = Reading(diagnostics)
    try:
        case = _case(node, Names(facts, RESERVED, reading), criteria, reading)
    except Enough:
        return None
    return None if reading.mistakes or _is_spoiled(node, diagnostics) else case


def _case(node: Mapping, names: Names, criteria: Collection[str], reading: Reading) -> Case:
    facts = _facts(node, names, reading)
    return Case(
        id=_text(node, "case", reading),
        policy=_text(node, "policy", reading),
        facts=facts,
        evidence=read_evidence(node.get("evidence"), names, reading),
        judgments=read_judgments(node.get("judgments"), criteria, reading),
        name=node.span.source.name,
        spans=reading.spans,
    )


def _facts(node: Mapping, names: Names, reading: Reading) -> dict[str, Value]:
    entries = tuple((key, value) for key, value in node.entries if key.text not in RESERVED)
    facts: dict[str, Value] = {}
    for found in names.named(Mapping(entries, node.span), names.facts.__contains__):
        value = read_value(found.value, names.facts[found.name].type, found.name, reading)
        if value != Missing(frozenset([found.name])):
            facts[found.name] = value
    return facts


def _text(node: Mapping, key: str, reading: Reading) -> str | None:
    value = node.get(key)
    text = None if value is None else read_simple(value, STRING, key, reading)
    return text if isinstance(text, str) else None


def _is_spoiled(node: Node, diagnostics: Diagnostics) -> bool:
    """Whether an error was found inside the case before, such as a key that occurs twice."""
    return any(
        d.severity is Severity.ERROR
        and d.span is not None
        and d.span.source is node.span.source
        and node.span.start <= d.span.start < node.span.end
        for d in diagnostics
    )
