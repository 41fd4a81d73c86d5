"""The operators of the language in SQL, by their names; what is not in the table is refused by its name.

Each does exactly what the operator's row in `expression.functions` does, for values within the limits of the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from besponsa_pa.backends.sql import (
    absence,
    aggregates,
    arithmetic,
    comparison,
    dates,
    lists,
    logic,
    membership,
    picking,
    texts,
)
from besponsa_pa.backends.sql.comparison import compared, equal, same
from besponsa_pa.backends.sql.logic import and_, negation, or_
from besponsa_pa.backends.sql.meanings import Meaning

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope
    from besponsa_pa.expression import checked

CHAPTERS = (logic, comparison, arithmetic, membership, absence, texts, dates, lists, picking, aggregates)

OPERATORS_IN_SQL: Mapping[str, Callable[[Scope, checked.Operation], Meaning]] = {
    name: translate for chapter in CHAPTERS for name, translate in chapter.OPERATORS.items()
}

__all__ = ["OPERATORS_IN_SQL", "and_", "compared", "equal", "negation", "or_", "same"]
