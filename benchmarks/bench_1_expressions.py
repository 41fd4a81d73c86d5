from __future__ import annotations

import ast

from benchmarks.conftest import Measure
from benchmarks.expressions import conditions, expressions
from besponsa_pa import CompiledPolicy
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.parser import parse
from besponsa_pa.policy.environment import environment_of, parse_or_null
from besponsa_pa.source import Excerpt
from besponsa_pa.types import BOOLEAN

ONE = "One expression"
WHAT = "age_in_years >= 18 and disease.status in {'relapsed', 'refractory'} and disease.cd22 = 'positive'"
IN_PYTHON = "age_in_years >= 18 and disease.status in {'relapsed', 'refractory'} and disease.cd22 == 'positive'"


def test_python_parses_the_like(measure: Measure) -> None:
    measure(ONE, "Python's own parser, on the same condition in Python", lambda: ast.parse(IN_PYTHON), baseline=True)


def test_parse_one(measure: Measure) -> None:
    excerpt = Excerpt.whole(WHAT)
    measure(ONE, "parse", lambda: parse(excerpt, Diagnostics()))


def test_check_one(measure: Measure, policy: CompiledPolicy) -> None:
    environment = environment_of(policy.policy, Diagnostics())
    tree = parse_or_null(Excerpt.whole(WHAT), Diagnostics())
    measure(ONE, "check its names and types", lambda: Checker(environment, Diagnostics()).check(tree, BOOLEAN))


def test_the_expressions_of_the_policy_are_found(policy: CompiledPolicy) -> None:
    assert len(list(expressions(policy.policy))) > len(list(conditions(policy.policy))) > 20
