from __future__ import annotations

import json
from typing import Any

from cedarpy import AuthzResult, Entities, PolicySet, is_authorized_batch

from benchmarks.generator import CaseData
from benchmarks.peers.cases import COVERED
from benchmarks.peers.engine import Engine
from benchmarks.peers.flat import flat

# Cedar multiplies whole numbers only: values are in thousandths, and 1.5 is 3 to 2. Of a therapy it looks for a record
# that is equal.
POLICIES = f"""
permit(principal, action, resource) when {{
  {json.dumps(COVERED)}.contains(context.diagnosis)
  && context.cd22 == "positive"
  && ["relapsed", "refractory"].contains(context.status)
  && context.age >= 1
  && (context.age < 18 || context.philadelphia != "positive" || context.therapies.containsAny([
    {{kind: "tyrosine_kinase_inhibitor", outcome: "failure"}},
    {{kind: "tyrosine_kinase_inhibitor", outcome: "intolerance"}}
  ]))
  && !context.vod
  && context.bilirubin * 2 <= context.bilirubin_limit * 3
  && context.ast * 2 <= context.ast_limit * 5
  && context.requested + context.completed <= 6
}};
"""
REQUEST = {
    "principal": {"type": "Reviewer", "id": "reviewer"},
    "action": {"type": "Action", "id": "approve"},
    "resource": {"type": "Drug", "id": "drug"},
}


def engine() -> Engine:
    policies, entities = PolicySet.from_str(POLICIES), Entities.from_json_str("[]")
    return Engine(
        load=_load,
        decide=lambda request: is_authorized_batch([request], policies, entities)[0],
        outcome=_outcome,
        decide_all=lambda requests: is_authorized_batch(list(requests), policies, entities),
    )


def _load(case: CaseData) -> dict[str, Any]:
    values = {name: round(value * 1000) if isinstance(value, float) else value for name, value in flat(case).items()}
    return {**REQUEST, "context": json.dumps(values)}


def _outcome(answer: AuthzResult) -> str:
    if answer.diagnostics.errors:
        return "error"
    return "approve" if answer.allowed else "deny"
