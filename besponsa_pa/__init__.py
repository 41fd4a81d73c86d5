"""Prior authorization of drugs: coverage policies as text, and cited determinations of cases.

>>> from besponsa_pa import determine, load_case, load_policy
>>> policy = load_policy("besponsa")
>>> determine(policy, load_case("examples/01_first_request/case.yaml", policy)).decision.value
'approve'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from besponsa_pa.api import decide, determine, find_policies, load_case, load_policy
    from besponsa_pa.case import Case
    from besponsa_pa.determination.findings import Decision, Determination, Pend, Verdict
    from besponsa_pa.diagnostic import Diagnostic, FileError
    from besponsa_pa.policy.model import CompiledPolicy

__version__ = "0.1.0"

# Where each public name lives. They are imported when they are first used: `import besponsa_pa` alone is instant.
_HOMES = {
    "Case": "besponsa_pa.case",
    "CompiledPolicy": "besponsa_pa.policy.model",
    "Decision": "besponsa_pa.determination.findings",
    "Determination": "besponsa_pa.determination.findings",
    "Diagnostic": "besponsa_pa.diagnostic",
    "FileError": "besponsa_pa.diagnostic",
    "Pend": "besponsa_pa.determination.findings",
    "Verdict": "besponsa_pa.determination.findings",
    "decide": "besponsa_pa.api",
    "determine": "besponsa_pa.api",
    "find_policies": "besponsa_pa.api",
    "load_case": "besponsa_pa.api",
    "load_policy": "besponsa_pa.api",
}

__all__ = [
    "Case", "CompiledPolicy", "Decision", "Determination", "Diagnostic", "FileError", "Pend", "Verdict",
    "decide", "determine", "find_policies", "load_case", "load_policy",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module `besponsa_pa` has no `{name}`")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
