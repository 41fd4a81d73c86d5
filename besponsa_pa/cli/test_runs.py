"""The tests of one policy, found and run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from besponsa_pa import api
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import parse_document, read_source
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest import FILE_NAME, PolicyTestResult, Unreachable, read_tests, read_unreachable, run_tests


@dataclass(frozen=True, slots=True)
class PolicyRun:
    """What the tests of one policy came to.

    `name` is the file of the tests, or that of the policy where there are none. `compiled` is None when something is
    wrong with the policy, `results` when it was not tested. `unreachable` is what no test can reach of the policy.
    """

    name: str
    compiled: CompiledPolicy | None
    results: tuple[PolicyTestResult, ...] | None
    diagnostics: Diagnostics
    unreachable: tuple[Unreachable, ...] = ()

    @property
    def passed(self) -> int:
        """How many tests passed."""
        return sum(result.passed for result in self.results or ())

    @property
    def failed(self) -> int:
        """How many tests failed."""
        return len(self.results or ()) - self.passed

    @property
    def is_wrong(self) -> bool:
        """Whether something is wrong with the policy or its tests, or these are missing where they should be."""
        return self.diagnostics.has_errors

    @property
    def outcome(self) -> str:
        """In words what came out."""
        if self.results is not None:
            return outcome(self.passed, self.failed)
        return "not tested" if self.is_wrong else "no tests"


def outcome(passed: int, failed: int) -> str:
    """In words how many tests passed and failed."""
    return f"{passed} passed, {failed} failed"


def run_policy(name: str | Path, directories: Sequence[Path], selected: str, *, is_named: bool) -> PolicyRun:
    """Run the tests beside a policy that have a text in their names, capitals or not.

    A policy that the user has named must have tests.
    """
    compiled, diagnostics = api.usable_policy(name, directories)
    if compiled is None or diagnostics.has_errors:
        return PolicyRun(str(name), None, None, diagnostics)
    place = tests_beside(Path(compiled.policy.name))
    if place.is_file():
        return _tested(place, compiled, selected)
    found = Diagnostics()
    if is_named:
        found.error("E606", f"there are no tests beside `{compiled.policy.name}`", help=f"write `{place}`")
    return PolicyRun(compiled.policy.name, compiled, None, found)


def tests_beside(policy: Path) -> Path:
    """The file with the tests of the policy in a file."""
    return policy.with_name(FILE_NAME)


def _tested(place: Path, compiled: CompiledPolicy, selected: str) -> PolicyRun:
    diagnostics = Diagnostics()
    source = read_source(place, diagnostics)
    node = None if source is None else parse_document(source, diagnostics)
    tests = () if node is None else read_tests(node, compiled, diagnostics)
    unreachable = () if node is None else read_unreachable(node, compiled, diagnostics)
    chosen = (each for each in tests if selected.lower() in each.name.lower())
    return PolicyRun(place.as_posix(), compiled, tuple(run_tests(chosen, compiled)), diagnostics, unreachable)
