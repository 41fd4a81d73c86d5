"""The operators of the language in SQL, by their names; what is not in the table is refused by its name.

Each does exactly what the operator's row in `expression.functions` does, for values within the limits of the columns.
"""

from __future__ import annotations

from collections.abc import Mapping
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

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Translate

CHAPTERS = (logic, comparison, arithmetic, membership, absence, texts, dates, lists, picking, aggregates)

OPERATORS_IN_SQL: Mapping[str, Translate] = {
    name: translate for chapter in CHAPTERS for name, translate in chapter.OPERATORS.items()
}

__all__ = ["OPERATORS_IN_SQL", "and_", "compared", "equal", "negation", "or_", "same"]
