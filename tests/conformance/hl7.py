"""HL7's tests for CQL as they are published, and how this language fares with each of them.

The folder that holds them is named by the environment variable `CQL_TESTS`. They are not part of this project.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path

from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.compare import equal
from besponsa_pa.expression.environment import Environment
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure
from besponsa_pa.expression.parser import parse
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.source import Excerpt
from besponsa_pa.values import Concept, DateTime, Interval, TupleValue, Uncertain, Value

ROOT = Path(__file__).parent.parent.parent
FOLDER = Path(os.environ.get("CQL_TESTS") or ROOT.parent / "shared" / "conformance")
SUITE, POLICY_SHAPED = FOLDER / "cql-tests.jsonl", FOLDER / "policy-shaped.jsonl"
ABSENT = f"HL7's tests for CQL are not in {FOLDER}: the environment variable `CQL_TESTS` names their folder"

# The time of the request, which `Now()` and `Today()` tell; no test depends on which one it is.
AS_OF = DateTime(2026, 11, 20, 9, 30, 0, 0, 0)
ENVIRONMENT = Environment(as_of=AS_OF)


# HL7 writes a list of one code without its braces.
ONE_CODE = re.compile(r"codes:\s*(Code \{[^{}]*\})")


@dataclass(frozen=True, slots=True)
class SuiteTest:
    """One test: `invalid` is "" for an expression with a value, else when it must be refused at the latest."""

    file: str
    group: str
    name: str
    expression: str
    expected: tuple[str, ...]
    invalid: str = ""
    scope: str = ""

    def __str__(self) -> str:
        return f"{self.file}/{self.group}/{self.name}"


def suite() -> list[SuiteTest]:
    """Every test of the suite, in its order; none where it is not there."""
    return [_test(row) for row in _rows(SUITE)]


def policy_shaped() -> list[SuiteTest]:
    """Expressions of the kind that policies contain, with the result on which two independent engines agree."""
    rows = enumerate(_rows(POLICY_SHAPED), start=1)
    return [SuiteTest("policy-shaped", "", str(number), row["expression"], (row["expected"],)) for number, row in rows]


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []


def _test(row: Mapping[str, object]) -> SuiteTest:
    expected = row["expected"]
    texts = expected if isinstance(expected, list) else [] if expected is None else [expected]
    file, group, name = (str(row[key]) for key in ("file", "group", "name"))
    texts = [ONE_CODE.sub(r"codes: {\1}", str(text)) for text in texts]
    invalid = "true" if row["invalid"] is True else str(row["invalid"] or "")
    return SuiteTest(
        file.removesuffix(".xml"), group, name, str(row["expression"]), tuple(texts), invalid, str(row["scope"])
    )


# --- how it ends ---


class Ending(Enum):
    """How a test ends. `REFUSED` names what the language does not have; `WRONG` gives another result than is wanted."""

    PASSED = "pass"
    REFUSED = "refused"
    WRONG = "wrong"


class Stage(Enum):
    """How far an expression comes."""

    SYNTAX = "cannot be read"
    TYPE = "does not fit together"
    EVALUATION = "fails when it is evaluated"
    VALUE = "has a value"


@dataclass(frozen=True, slots=True)
class Reached:
    """How far an expression came: its value, or else what was said of it."""

    stage: Stage
    value: Value = None
    message: str = ""

    def __str__(self) -> str:
        return f"{self.stage.value}: {text_of(self.value) if self.stage is Stage.VALUE else self.message}"


# When a test must be refused at the latest: `true` is when it is evaluated, and what is found sooner is found in time.
IN_TIME = {
    "syntax": (Stage.SYNTAX, Stage.TYPE),
    "semantic": (Stage.SYNTAX, Stage.TYPE),
    "true": (Stage.SYNTAX, Stage.TYPE, Stage.EVALUATION),
}


def reached(expression: str) -> Reached:
    """Read, check and evaluate an expression without facts, as far as it goes."""
    diagnostics = Diagnostics()
    tree = parse(Excerpt.whole(expression), diagnostics)
    if tree is None:
        return Reached(Stage.SYNTAX, message=_said(diagnostics))
    checked = Checker(ENVIRONMENT, diagnostics).check(tree)
    if diagnostics.has_errors:
        return Reached(Stage.TYPE, message=_said(diagnostics))
    try:
        return Reached(Stage.VALUE, evaluator(checked)({}))
    except Failure as failure:
        return Reached(Stage.EVALUATION, message=failure.message)


def _said(diagnostics: Diagnostics) -> str:
    first = next(each for each in diagnostics if each.severity is Severity.ERROR)
    return f"{first.message} ({first.help or first.label})" if first.help or first.label else first.message


def ending(test: SuiteTest) -> tuple[Ending, Reached]:
    """How a test ends, and how far its expression came."""
    found = reached(test.expression)
    if test.invalid:
        return Ending.PASSED if found.stage in IN_TIME[test.invalid] else Ending.WRONG, found
    if found.stage in (Stage.SYNTAX, Stage.TYPE):
        return Ending.REFUSED, found
    wanted = [reached(text) for text in test.expected]
    is_one = found.stage is Stage.VALUE and any(
        each.stage is Stage.VALUE and is_same(found.value, each.value) for each in wanted
    )
    return Ending.PASSED if is_one else Ending.WRONG, found


def is_same(left: Value, right: Value) -> bool:
    """Whether two values are one, down to their nulls; HL7 writes an uncertainty as an interval."""
    match left, right:
        case (None, _) | (_, None):
            return left is right
        case Uncertain(), (Interval() | Uncertain()):
            return is_same(left.low, right.low) and is_same(left.high, right.high)
        case Interval(), Interval():
            bounds = (left.low_closed, left.high_closed) == (right.low_closed, right.high_closed)
            return equal(left, right) is True or (
                bounds and is_same(left.low, right.low) and is_same(left.high, right.high)
            )
        case tuple(), tuple():
            return len(left) == len(right) and all(map(is_same, left, right))
        case TupleValue(), TupleValue():
            names = left.elements.keys()
            return names == right.elements.keys() and all(
                is_same(left.elements[name], right.elements[name]) for name in names
            )
        case Concept(), Concept():
            return left == right
        case (bool(), _) | (_, bool()):
            return left is right
        case ((int() | Decimal()), (int() | Decimal())):
            return left == right
        case _:
            return type(left) is type(right) and (left == right or equal(left, right) is True)
