from __future__ import annotations

import json

import regorus

from benchmarks.generator import CaseData
from benchmarks.peers.cases import COVERED
from benchmarks.peers.engine import Engine
from benchmarks.peers.flat import flat

MODULE = f"""package policy
import rego.v1

covered := {{{", ".join(map(json.dumps, COVERED))}}}
failed := {{"failure", "intolerance"}}

default approve := false

approve if {{
    input.diagnosis in covered
    input.cd22 == "positive"
    input.status in {{"relapsed", "refractory"}}
    input.age >= 1
    philadelphia
    not input.vod
    input.bilirubin <= 1.5 * input.bilirubin_limit
    input.ast <= 2.5 * input.ast_limit
    input.requested + input.completed <= 6
}}

philadelphia if input.age < 18
philadelphia if input.philadelphia != "positive"
philadelphia if {{
    some therapy in input.therapies
    therapy.kind == "tyrosine_kinase_inhibitor"
    therapy.outcome in failed
}}
"""
RULE = "data.policy.approve"


def engine() -> Engine:
    machine = regorus.Rvm()
    machine.load_program(regorus.Program.compile_from_modules("{}", [("policy.rego", MODULE)], [RULE]))
    machine.set_data_json("{}")

    def decide(case: str) -> str:
        machine.set_input_json(case)
        answer: str = machine.execute()
        return answer

    return Engine(load=_load, decide=decide, outcome=lambda answer: {"true": "approve", "false": "deny"}[answer])


def _load(case: CaseData) -> str:
    return json.dumps(flat(case))
