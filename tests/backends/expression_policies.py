"""The tables of expressions as policies: a pathway checks or grants an expression, a row of a table is a case."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parent.parent / "expression"))

from tables import Table, cells, tables, text

from besponsa_pa import Case, CompiledPolicy
from besponsa_pa.case import read_case
from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.document import Node, Scalar
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.parser import parse
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.loader import load
from besponsa_pa.policy.nodes import get
from besponsa_pa.records import replace
from besponsa_pa.source import Source
from besponsa_pa.types import BOOLEAN

CASES = Path(__file__).parent.parent / "expression" / "cases"
KEYS = frozenset({"description", "expression", "facts", "result", "refused", "fails"})
ROW = "row_of_the_table"


@dataclass(frozen=True)
class Row:
    """A row of a table: its name, its expression, whether that is a condition, and what the case knows."""

    table: Table
    name: str
    expression: str
    is_condition: bool
    facts: Node | None

    def case(self, number: int) -> Case:
        """The case that the row tells of, which says which row it is of."""
        diagnostics = Diagnostics()
        case = None if self.facts is None else read_case(self.facts, self.table.facts, diagnostics)
        facts = {} if case is None else dict(case.facts)
        empty = case or Case(None, None, {}, {}, {}, self.name, {})
        return replace(empty, id=str(number), facts={**facts, ROW: number})


@cache
def rows() -> tuple[Row, ...]:
    """Every row that is an expression: not those that the checker refuses."""
    return tuple(_rows())


def _rows() -> Iterator[Row]:
    for table in tables(CASES):
        for node in table.rows("rows"):
            cell = cells(node, KEYS)
            expression = cell["expression"]
            if "refused" not in cell and isinstance(expression, Scalar):
                name = f"{table.name}: {text(get(node, 'description'))}"
                excerpt = expression.excerpt
                tree = parse(excerpt, Diagnostics())
                assert tree is not None
                is_condition = Checker(table.environment, Diagnostics()).check(tree).type == BOOLEAN
                yield Row(table, name, excerpt.text, is_condition, cell.get("facts"))


def policy_of(table: Table, chosen: Sequence[Row]) -> CompiledPolicy:
    """One policy with a pathway for each row, which applies to the case of that row; by their places in `chosen`."""
    declared = _declared(table.name)
    pathways = {f"p{at}": _pathway(at, row) for at, row in enumerate(chosen)}
    document = {
        "policy": "table", "title": "Table", "version": "1",
        **{key: declared[key] for key in ("value_sets",) if key in declared},
        "facts": {**_mapping(declared.get("facts")), ROW: {"type": "Integer"}},
        "definitions": {
            **_mapping(declared.get("definitions")),
            **{f"expression_{at}": row.expression for at, row in enumerate(chosen)},
        },
        "pathways": pathways,
    }  # fmt: skip
    written = json.dumps(document, indent=1).replace('"<', "").replace('>"', "")
    diagnostics = Diagnostics()
    policy = load(Source(written, "policy.yaml"), lambda *_: None, diagnostics)
    compiled = None if policy is None else compile_policy(policy, diagnostics)
    errors = [each.message for each in diagnostics if each.severity is Severity.ERROR]
    assert compiled is not None, (errors, written)
    return compiled


def _pathway(at: int, row: Row) -> Mapping[str, object]:
    when = f"{ROW} = {at}"
    if row.is_condition:
        return {"when": when, "require": {"id": f"c{at}", "check": f"expression_{at}"}}
    return {"when": when, "grant": {"value": f"<expression_{at}>"}}


@cache
def _declared(name: str) -> Mapping[str, object]:
    found = yaml.load((CASES / f"{name}.yaml").read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - texts alone
    assert isinstance(found, Mapping)
    return found


def _mapping(found: object) -> Mapping[str, object]:
    return found if isinstance(found, Mapping) else {}
