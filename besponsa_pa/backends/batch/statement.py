"""The one query of a batch: texts to cases, cases to decisions by SQL, and by the interpreter where SQL refuses."""

from __future__ import annotations

from collections.abc import Mapping

from besponsa_pa.backends.batch.quoting import literal
from besponsa_pa.records import dataclass

# what a row of the output says, with its type for DuckDB
OUTPUT: Mapping[str, str] = {
    "case_id": "VARCHAR",
    "decision": "VARCHAR",
    "pend": "VARCHAR",
    "pathway": "VARCHAR",
    "reasons": "VARCHAR[]",
    "missing": "VARCHAR[]",
    "grant_values": "VARCHAR",
    "human_review_required": "BOOLEAN",
    "policy_version": "VARCHAR",
    "in_force": "BOOLEAN",
}
DECIDED_BY = "decided_by"
SQL, INTERPRETER = "sql", "interpreter"
ANSWER_TYPE = "STRUCT(" + ", ".join(f"{name} {kind}" for name, kind in OUTPUT.items()) + ")"


@dataclass(frozen=True, slots=True)
class Deciding:
    """What decides the rows of `cases`: a statement, or None where all of them go to the interpreter, and why."""

    text: str | None
    why: str = ""


def decisions_from_cases(cases: str, deciding: Deciding) -> str:
    """The query that decides every row of `cases`; rows that are no cases are not in its result.

    `interpret(raw, file)` is the interpreter, which DuckDB calls for the refused rows alone: a CASE runs each of its
    branches only for the rows that come to it.
    """
    answer = 'CASE WHEN refused IS NOT NULL THEN interpret("$raw", "$file", hash("$raw")) END AS answer'
    columns = [f"CASE WHEN refused IS NULL THEN {name} ELSE answer.{name} END AS {name}" for name in OUTPUT]
    columns.append(f"CASE WHEN refused IS NULL THEN {literal(SQL)} ELSE {literal(INTERPRETER)} END AS {DECIDED_BY}")
    return (
        f"WITH cases AS ({cases}), decided AS ({_decided(deciding)}), answered AS (SELECT *, {answer} FROM decided) "
        f"SELECT {', '.join(columns)} FROM answered WHERE refused IS NULL OR answer.decision IS NOT NULL"
    )


def _decided(deciding: Deciding) -> str:
    if deciding.text is not None:
        return _with_raw_text(deciding.text)
    nothing = ", ".join(f"NULL::{kind} AS {name}" for name, kind in OUTPUT.items() if name != "case_id")
    return (
        f'SELECT "$raw", "$file", case_id, {nothing}, coalesce(refused, {literal(deciding.why)}) AS refused FROM cases'
    )


def _with_raw_text(statement: str) -> str:
    """The statement of a policy, which hands on the raw text of each row too: every step of it hands all columns on.

    A statement may be long, so it is not parsed: only its last SELECT stands at the beginning of a line.
    """
    columns, found, source = statement.rpartition("\nFROM ")
    assert found
    return f'{columns}, "$raw", "$file"\nFROM {source}'
