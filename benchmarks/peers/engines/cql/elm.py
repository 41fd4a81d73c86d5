"""The nine criteria as ELM, the form that the engine runs, written as the official translator would from this CQL:

    define Age: years between Patient.birthDate and Patient.requestDate
    define Approve:
      Patient.diagnosis in { 'C83.50', ... } and Patient.cd22 = 'positive' and Patient.status in { ... } and Age >= 1
      and ((Age >= 18 and Patient.philadelphia = 'positive') implies exists (Patient.therapies T where ...))
      and not Patient.vod and Patient.bilirubin <= 1.5 * Patient.bilirubinLimit and ...

The translator needs Java, and is not there. A list of codes is a list of texts: the engine's own patients have no more.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from benchmarks.peers.cases import COVERED

Node = dict[str, Any]

TYPES = "{urn:hl7-org:elm-types:r1}"


def library() -> Node:
    """The library, with two expressions."""
    using = {"localIdentifier": "System", "uri": "urn:hl7-org:elm-types:r1"}
    simple = {"localIdentifier": "Simple", "uri": "https://github.com/cqframework/cql-execution/simple"}
    patient = {
        "name": "Patient",
        "context": "Patient",
        "expression": {
            "type": "SingletonFrom",
            "operand": {"dataType": f"{{{simple['uri']}}}Patient", "type": "Retrieve"},
        },
    }
    statements = [patient, _define("Age", _age()), _define("Approve", _approve())]
    return {
        "library": {
            "identifier": {"id": "NineCriteria"},
            "schemaIdentifier": {"id": "urn:hl7-org:elm", "version": "r1"},
            "usings": {"def": [using, simple]},
            "statements": {"def": statements},
        }
    }


def _approve() -> Node:
    age = {"type": "ExpressionRef", "name": "Age"}
    adult = _two("GreaterOrEqual", age, _whole(18))
    positive = _two("Equal", _fact("philadelphia"), _text("positive"))
    return _all(
        _two("In", _fact("diagnosis"), _list(*COVERED)),
        _two("Equal", _fact("cd22"), _text("positive")),
        _two("In", _fact("status"), _list("relapsed", "refractory")),
        _two("GreaterOrEqual", age, _whole(1)),
        _two("Implies", _two("And", adult, positive), _failed_tki()),
        {"type": "Not", "operand": _fact("vod")},
        _two("LessOrEqual", _fact("bilirubin"), _two("Multiply", _decimal("1.5"), _fact("bilirubinLimit"))),
        _two("LessOrEqual", _fact("ast"), _two("Multiply", _decimal("2.5"), _fact("astLimit"))),
        _two("LessOrEqual", _two("Add", _fact("requested"), _fact("completed")), _whole(6)),
    )


def _age() -> Node:
    return {
        "type": "DurationBetween",
        "precision": "Year",
        "operand": [_fact("birthDate"), _fact("requestDate")],
    }


def _failed_tki() -> Node:
    kind = {"type": "Property", "path": "kind", "scope": "T"}
    outcome = {"type": "Property", "path": "outcome", "scope": "T"}
    where = _two(
        "And",
        _two("Equal", kind, _text("tyrosine_kinase_inhibitor")),
        _two("In", outcome, _list("failure", "intolerance")),
    )
    source = {"alias": "T", "expression": _fact("therapies")}
    return {
        "type": "Exists",
        "operand": {"type": "Query", "source": [source], "relationship": [], "where": where},
    }


def _define(name: str, expression: Node) -> Node:
    return {"name": name, "context": "Patient", "accessLevel": "Public", "expression": expression}


def _all(*conditions: Node) -> Node:
    return reduce(lambda left, right: _two("And", left, right), conditions)


def _two(kind: str, left: Node, right: Node) -> Node:
    return {"type": kind, "operand": [left, right]}


def _fact(path: str) -> Node:
    return {"type": "Property", "path": path, "source": {"type": "ExpressionRef", "name": "Patient"}}


def _list(*texts: str) -> Node:
    return {"type": "List", "element": [_text(each) for each in texts]}


def _text(value: str) -> Node:
    return {"type": "Literal", "valueType": f"{TYPES}String", "value": value}


def _whole(value: int) -> Node:
    return {"type": "Literal", "valueType": f"{TYPES}Integer", "value": str(value)}


def _decimal(value: str) -> Node:
    return {"type": "Literal", "valueType": f"{TYPES}Decimal", "value": value}
