"""A compiled policy as one SELECT, by way of sqlglot's tree: what is decided of each row of the table `cases`.

    CompiledPolicy --columns--> the table that is read
                   --translation, operators--> terms --decisions, outputs--> columns in steps --> the statement

A row with a value that SQL cannot hold exactly is refused, and so is a policy with a construct that a dialect cannot
say: nothing is approximated.
"""

from __future__ import annotations

from besponsa_pa.backends.sql.columns import Column, Kind, columns_of
from besponsa_pa.backends.sql.dialects import DIALECTS
from besponsa_pa.backends.sql.table import TABLE, column_type, created_table, text_of
from besponsa_pa.backends.sql.terms import RefusedError, not_
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.records import dataclass

__all__ = [
    "DIALECTS",
    "TABLE",
    "Column",
    "Kind",
    "RefusedError",
    "Statement",
    "column_type",
    "columns_of",
    "created_table",
    "sql_from_policy",
]


@dataclass(frozen=True, slots=True)
class Statement:
    """A SELECT over the table `cases`, and the columns that it reads of it."""

    text: str
    dialect: str
    columns: tuple[Column, ...]


def sql_from_policy(compiled: CompiledPolicy, dialect: str, *, are_checked: bool = False) -> Statement:
    """The statement that decides every row of `cases`, readable, each column with what it says.

    A row with a value that no case can have is refused. Where whoever writes the rows has checked each value already,
    `are_checked` leaves that away, which saves time: a wrong value is then decided wrongly.

    Raises `RefusedError`, with what of the policy cannot be said in that dialect.
    """
    from besponsa_pa.backends.sql.outputs import output_columns
    from besponsa_pa.backends.sql.steps import statement
    from besponsa_pa.backends.sql.translation import Translation

    translation = Translation(compiled, DIALECTS[dialect], are_checked=are_checked)
    for fact, must in compiled.musts.items():
        # such a row is no case at all, and whoever reads cases says what is wrong with it
        broken = not_(translation.condition(must).low)
        translation.guard(broken, f"`{fact}` breaks what holds for every real case")
    outputs = output_columns(compiled, translation)
    text = text_of(statement(translation.steps, outputs), DIALECTS[dialect])
    return Statement(text, dialect, translation.columns)
