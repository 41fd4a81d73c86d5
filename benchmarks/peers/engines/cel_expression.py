"""The nine criteria in CEL, for the three engines that read it."""

from __future__ import annotations

import json

from benchmarks.peers.cases import COVERED

EXPRESSION = f"""
diagnosis in {json.dumps(COVERED)}
&& cd22 == "positive"
&& status in ["relapsed", "refractory"]
&& age >= 1
&& (age < 18 || philadelphia != "positive"
  || therapies.exists(t, t.kind == "tyrosine_kinase_inhibitor" && t.outcome in ["failure", "intolerance"]))
&& !vod
&& bilirubin <= 1.5 * bilirubin_limit
&& ast <= 2.5 * ast_limit
&& requested + completed <= 6
"""
