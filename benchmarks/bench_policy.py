from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from benchmarks import by_hand
from benchmarks.conftest import Measure
from benchmarks.expressions import conditions, expressions
from benchmarks.table import POLICY
from besponsa_pa import CompiledPolicy, load_policy
from besponsa_pa.cache import VARIABLE
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import parse_document
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.parser import parse
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.environment import environment_of, parse_or_null
from besponsa_pa.policytest import PolicyTestResult, read_tests, run_tests
from besponsa_pa.source import Source


def test_python_compiles_the_same_policy(measure: Measure) -> None:
    text = Path(by_hand.__file__).read_text(encoding="utf-8")
    measure(POLICY, "Python compiles `by_hand.py`", lambda: compile(text, "by_hand.py", "exec"), baseline=True)


def test_the_yaml_parser_alone(measure: Measure, root: Path) -> None:
    files = (root / "policies" / "besponsa" / "policy.yaml", root / "policies" / "shared" / "oncology.yaml")
    texts = [file.read_text(encoding="utf-8") for file in files]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    measure(POLICY, "PyYAML alone reads its two files", lambda: [yaml.load(text, loader) for text in texts])  # noqa: S506


def test_parse_its_expressions(measure: Measure, policy: CompiledPolicy) -> None:
    written = list(expressions(policy.policy))
    row = f"parse its {len(written)} expressions"
    measure(POLICY, row, lambda: [parse(excerpt, Diagnostics()) for excerpt in written])


def test_check_its_conditions(measure: Measure, policy: CompiledPolicy) -> None:
    environment = environment_of(policy.policy, Diagnostics())
    trees = [parse_or_null(excerpt, Diagnostics()) for excerpt in conditions(policy.policy)]

    def check() -> None:
        checker = Checker(environment, Diagnostics())
        for tree in trees:
            checker.check(tree)

    measure(POLICY, f"check its {len(trees)} conditions", check)


def test_compile(measure: Measure, policy: CompiledPolicy) -> None:
    measure(POLICY, "compile: parse, check, make ready to run", lambda: compile_policy(policy.policy, Diagnostics()))


def test_load(measure: Measure) -> None:
    measure(
        POLICY,
        "`load_policy`: find, read, hold against the schema, compile",
        lambda: load_policy("besponsa", use_cache=False),
    )


def test_load_from_the_cache(measure: Measure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    load_policy("besponsa")
    measure(POLICY, "the same from the cache", lambda: load_policy("besponsa"))


def test_run_its_tests(measure: Measure, policy: CompiledPolicy, root: Path) -> None:
    text = (root / "policies" / "besponsa" / "tests.yaml").read_text(encoding="utf-8")

    def run() -> list[PolicyTestResult]:
        node = parse_document(Source(text, "tests.yaml"), Diagnostics())
        assert node is not None
        return list(run_tests(read_tests(node, policy, Diagnostics()), policy))

    measure(POLICY, f"read and run its {len(run())} tests", run)
