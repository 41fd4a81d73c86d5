"""Units of quantities: UCUM codes and calendar durations, compared, converted and combined exactly.

The way through: `ucum` says what a UCUM code stands for, `converting` puts two units, calendar durations too, in
relation, `arithmetic` works on quantities, `spellings` knows what people write otherwise. They are loaded when they are
first used: most cases have no two units to put in relation. Even then no library is loaded; see `ucum`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from besponsa_pa.units.arithmetic import (
        add,
        compare,
        convert,
        divide,
        equivalent_ratios,
        equivalent_values,
        multiply,
        subtract,
    )
    from besponsa_pa.units.converting import commensurable, conversion, is_calendar, is_unit
    from besponsa_pa.units.spellings import ucum_for

# Where each name lives.
_HOMES = {
    "add": "arithmetic",
    "commensurable": "converting",
    "compare": "arithmetic",
    "conversion": "converting",
    "convert": "arithmetic",
    "divide": "arithmetic",
    "equivalent_ratios": "arithmetic",
    "equivalent_values": "arithmetic",
    "is_calendar": "converting",
    "is_unit": "converting",
    "multiply": "arithmetic",
    "subtract": "arithmetic",
    "ucum_for": "spellings",
}

__all__ = [
    "add", "commensurable", "compare", "conversion", "convert", "divide", "equivalent_ratios", "equivalent_values",
    "is_calendar", "is_unit", "multiply", "subtract", "ucum_for",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module `{__name__}` has no `{name}`")
    from importlib import import_module

    globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return globals()[name]
