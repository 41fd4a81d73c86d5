"""A case: what is known of one request, held against the facts that a policy declares."""

from besponsa_pa.case.model import Case, Evidence, JudgmentAnswer
from besponsa_pa.case.python_values import case_from_mapping
from besponsa_pa.case.reader import RESERVED, policy_named, read_case, request_date_named
from besponsa_pa.case.splitting import case_sources, cases_in, ndjson_sources, yaml_sources

__all__ = [
    "RESERVED",
    "Case",
    "Evidence",
    "JudgmentAnswer",
    "case_from_mapping",
    "case_sources",
    "cases_in",
    "ndjson_sources",
    "policy_named",
    "read_case",
    "request_date_named",
    "yaml_sources",
]
