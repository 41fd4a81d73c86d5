"""Columns of `cases` that a statement hands on as they are, beside what it decides."""

from __future__ import annotations

from collections.abc import Iterable

import sqlglot
from sqlglot import exp


def handing_on(statement: str, columns: Iterable[str], dialect: str) -> str:
    """A statement over `cases` that selects some columns of `cases` too. Every step of it hands all columns on."""
    tree = sqlglot.parse_one(statement, dialect=dialect)
    assert isinstance(tree, exp.Select)
    named = (exp.column(name, quoted=True) for name in columns)
    return tree.select(*named, copy=False).sql(dialect=dialect, comments=False)
