"""The tests that stand beside a policy, read and run."""

from __future__ import annotations

from besponsa_pa.policytest.explaining import differing_findings
from besponsa_pa.policytest.reading import PolicyTest, read_equivalent_mutants, read_tests
from besponsa_pa.policytest.running import (
    Difference,
    PolicyTestResult,
    ReadCase,
    passes,
    read_case_of,
    run_case,
    run_tests,
)

__all__ = [
    "FILE_NAME",
    "Difference",
    "PolicyTest",
    "PolicyTestResult",
    "ReadCase",
    "differing_findings",
    "passes",
    "read_case_of",
    "read_equivalent_mutants",
    "read_tests",
    "run_case",
    "run_tests",
]

# the file beside a policy that holds its tests
FILE_NAME = "tests.yaml"
