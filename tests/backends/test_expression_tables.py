"""The tables of expressions and the scenarios of determination, in SQL: the same answers as the interpreter's."""

from __future__ import annotations

from pathlib import Path

import known_refusals
import pytest
from comparing import Answer, answers_of_interpreter
from engines import answers_of_duckdb
from expression_policies import CASES, Row, policy_of, rows

from besponsa_pa import load_case, load_policy
from besponsa_pa.backends.sql import RefusedError, sql_from_policy

TABLES = sorted(path.stem for path in CASES.glob("*.yaml"))
SCENARIOS = sorted(path.parent for path in (CASES.parent.parent / "determination").glob("*/policy.yaml"))


def said_in_sql(table: str) -> tuple[list[Row], dict[str, str]]:
    """The rows of a table that SQL can say, and why it cannot say the others."""
    said, refused = [], {}
    for row in rows():
        if row.table.name != table:
            continue
        try:
            sql_from_policy(policy_of(row.table, [row]), "duckdb")
            said.append(row)
        except RefusedError as why:
            refused[row.name] = str(why)
    return said, refused


def answered(chosen: list[Row]) -> list[tuple[Row, Answer, Answer]]:
    """Each row with what the interpreter and DuckDB say of it."""
    compiled = policy_of(chosen[0].table, chosen)
    cases = [row.case(at) for at, row in enumerate(chosen)]
    both = answers_of_interpreter(compiled, cases), answers_of_duckdb(compiled, cases)
    return list(zip(chosen, *both, strict=True))


@pytest.mark.parametrize("table", TABLES)
def test_the_rows_of_a_table_say_the_same_in_duckdb(table: str) -> None:
    said, refused = said_in_sql(table)
    found = answered(said)
    # a row may be refused for the sake of the expression of another row
    again = [row for row, _, answer in found if answer.refused is not None]
    found = [each for each in found if each[2].refused is None] + [each for row in again for each in answered([row])]
    for row, wanted, answer in found:
        if answer.refused is not None:
            assert answer.decision is None
            refused[row.name] = f"for this case: {answer.refused}"
        else:
            assert answer == wanted, (row.name, row.expression)
    known_refusals.hold(f"expressions of {table}", refused)


def test_the_scenarios_of_determination_say_the_same_in_duckdb() -> None:
    refused = {}
    for folder in SCENARIOS:
        why = scenario_refused(folder)
        if why is not None:
            refused[folder.name] = why
    known_refusals.hold("scenarios", refused)


def scenario_refused(folder: Path) -> str | None:
    """Why SQL refuses a scenario; None where it says what the interpreter says."""
    policy = load_policy(folder / "policy.yaml")
    case = load_case(folder / "case.yaml", policy)
    try:
        (answer,) = answers_of_duckdb(policy, [case])
    except RefusedError as why:
        return str(why)
    if answer.refused is not None:
        assert answer.decision is None
        return f"for this case: {answer.refused}"
    assert [answer] == answers_of_interpreter(policy, [case]), folder.name
    return None
