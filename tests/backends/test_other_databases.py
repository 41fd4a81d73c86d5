"""The databases beside DuckDB: Spark and PostgreSQL run their statements here, those of the others are parsed back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import known_refusals
import pytest
import sqlglot
from case_making import maker_for
from comparing import Answer, answers_of_interpreter, differences, read_cases, report
from engines import answers_of_postgres, answers_of_spark, statement_of
from expression_policies import CASES, policy_of, rows

from besponsa_pa import CompiledPolicy, find_policies, load_case, load_policy
from besponsa_pa.backends.sql import DIALECTS, RefusedError, sql_from_policy

NAMES = sorted(find_policies())
TABLES = sorted(path.stem for path in CASES.glob("*.yaml"))
SCENARIOS = sorted(path.parent for path in (CASES.parent.parent / "determination").glob("*/policy.yaml"))
COUNT = 60
COLUMNS = (
    "case_id", "decision", "pend", "pathway", "reasons", "missing", "grant_values", "human_review_required",
    "policy_version", "in_force", "refused",
)  # fmt: skip

# A database takes seconds to plan a statement, and minutes for a long one. These are short ones, of different kinds. In
# DuckDB all of the library are held to the interpreter (`test_equality`), by statements that come from the same tree.
CHOSEN = (
    "antiobesity_uhc", "besponsa", "besponsa_centene", "epclusa_uhc", "insomnia_ql", "isotretinoin_oklahoma",
    "ivig_premera",
)  # fmt: skip

Engine = Callable[..., Sequence[Answer]]


@pytest.fixture(
    params=[
        pytest.param("spark", marks=pytest.mark.xdist_group("spark")),
        pytest.param("postgres", marks=pytest.mark.xdist_group("postgres")),
    ]
)
def engine(request: pytest.FixtureRequest) -> tuple[str, Engine]:
    """The name of a dialect, and what runs its statements."""
    database = request.getfixturevalue(request.param)
    run = {"spark": answers_of_spark, "postgres": answers_of_postgres}[request.param]
    return request.param, lambda *given: run(database, *given)


def is_said(compiled: CompiledPolicy, dialect: str) -> bool:
    try:
        sql_from_policy(compiled, dialect)
    except RefusedError:
        return False
    return True


def said_or_skipped(name: str, dialect: str) -> str:
    """The statement of a policy. Which are refused, and why, is held below."""
    try:
        return statement_of(name, dialect)
    except RefusedError as why:
        pytest.skip(f"{name} is not said in {dialect}: {why}")


@pytest.mark.parametrize("name", CHOSEN)
def test_a_bundled_policy_is_decided_alike(name: str, engine: tuple[str, Engine]) -> None:
    dialect, answers = engine
    statement = said_or_skipped(name, dialect)
    compiled = load_policy(name)
    pairs = read_cases(compiled, maker_for(compiled, seed=6, hostile=True).cases(COUNT))
    plains, cases = [plain for plain, _ in pairs], [case for _, case in pairs]
    found = list(differences(plains, answers_of_interpreter(compiled, cases), answers(compiled, cases, statement)))
    assert not found, report(compiled, found[:3])


@pytest.mark.parametrize("table", TABLES)
def test_the_rows_of_a_table_say_the_same(table: str, engine: tuple[str, Engine]) -> None:
    dialect, answers = engine
    mine = [row for row in rows() if row.table.name == table]
    said = [row for row in mine if is_said(policy_of(row.table, [row]), dialect)]
    compiled = policy_of(said[0].table, said)
    cases = [row.case(at) for at, row in enumerate(said)]
    texts = [f"{row.name}: {row.expression}" for row in said]
    found = differences(texts, answers_of_interpreter(compiled, cases), answers(compiled, cases))
    assert not [(each.case, each.first, each.second) for each in found]


def test_the_scenarios_of_determination_say_the_same(engine: tuple[str, Engine]) -> None:
    dialect, answers = engine
    decided = 0
    for folder in SCENARIOS:
        policy = load_policy(folder / "policy.yaml")
        if is_said(policy, dialect):
            case = load_case(folder / "case.yaml", policy)
            assert not list(differences([folder.name], answers_of_interpreter(policy, [case]), answers(policy, [case])))
            decided += 1
    assert decided > len(SCENARIOS) * 0.8


# --- those that cannot run here ---


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
@pytest.mark.parametrize("name", CHOSEN)
def test_a_statement_is_read_back_as_it_was_meant(name: str, dialect: str) -> None:
    """What a dialect's own parser reads is written the same again: no sign of it is taken for something else."""
    statement = said_or_skipped(name, dialect)
    tree = sqlglot.parse_one(statement, dialect=dialect)
    again = tree.sql(dialect=dialect, pretty=True)
    assert sqlglot.parse_one(again, dialect=dialect) == tree
    names = [each.alias_or_name for each in tree.selects]
    assert names == list(COLUMNS)


# Where a dialect has no fields for what is computed of elements, these are megabytes of text, and many seconds of work.
LONG = frozenset({"aimovig_uhc", "cgrp_fep", "xolair_evicore"})
LEFT_OUT = "left out of this list: the statement is too long to be written in each run of the tests"


@pytest.mark.parametrize("dialect", sorted(DIALECTS.keys() - {"duckdb"}))
def test_the_bundled_policies_that_a_dialect_refuses_are_known(dialect: str) -> None:
    """Those of DuckDB are held in `test_equality`."""
    refused = {}
    for name in NAMES:
        if name in LONG and DIALECTS[dialect].with_fields is None:
            refused[name] = LEFT_OUT
            continue
        try:
            statement_of(name, dialect)
        except RefusedError as why:
            refused[name] = str(why)
    known_refusals.hold(f"policies in {dialect}", refused)
