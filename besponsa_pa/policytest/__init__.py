"""The tests that stand beside a policy, read and run."""

from __future__ import annotations

from besponsa_pa.policytest.coverage import Coverage, Recorder, coverage_of
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
from besponsa_pa.policytest.unreachable import Unreachable, read_unreachable, report_reached

__all__ = [
    "FILE_NAME",
    "Coverage",
    "Difference",
    "PolicyTest",
    "PolicyTestResult",
    "ReadCase",
    "Recorder",
    "Unreachable",
    "coverage_of",
    "differing_findings",
    "passes",
    "read_case_of",
    "read_equivalent_mutants",
    "read_tests",
    "read_unreachable",
    "report_reached",
    "run_case",
    "run_tests",
]

# the file beside a policy that holds its tests
FILE_NAME = "tests.yaml"
