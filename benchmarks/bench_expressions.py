from __future__ import annotations

import ast
from functools import partial

from benchmarks.conftest import Measure
from benchmarks.table import EXPRESSION
from besponsa_pa import CompiledPolicy
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.parser import parse
from besponsa_pa.policy.environment import environment_of, parse_or_null
from besponsa_pa.source import Excerpt
from besponsa_pa.types import BOOLEAN

WRITTEN = "age_in_years >= 18 and disease.status in {'relapsed', 'refractory'} and disease.cd22 = 'positive'"
IN_PYTHON = "age_in_years >= 18 and disease.status in {'relapsed', 'refractory'} and disease.cd22 == 'positive'"


def test_python_parses_the_like(measure: Measure) -> None:
    measure(EXPRESSION, "Python's own parser, the same in Python", lambda: ast.parse(IN_PYTHON), baseline=True)


def test_parse(measure: Measure) -> None:
    excerpt = Excerpt.whole(WRITTEN)
    measure(EXPRESSION, "parse", lambda: parse(excerpt, Diagnostics()))


def test_check(measure: Measure, policy: CompiledPolicy) -> None:
    environment = environment_of(policy.policy, Diagnostics())
    tree = parse_or_null(Excerpt.whole(WRITTEN), Diagnostics())
    run = partial(Checker(environment, Diagnostics()).check, tree, BOOLEAN)
    measure(EXPRESSION, "check names, types and values", run)
