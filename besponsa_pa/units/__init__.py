"""Units of quantities: UCUM codes and calendar durations, compared, converted and combined exactly.

The way through: `ucum` says what a UCUM code stands for, `conversion` puts two units, calendar durations too, in
relation, `arithmetic` works on quantities, `spellings` knows what people write otherwise. Importing this loads no
library; see `ucum`.
"""

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
from besponsa_pa.units.conversion import commensurable, conversion, is_calendar, is_unit
from besponsa_pa.units.spellings import ucum_for

__all__ = [
    "add",
    "commensurable",
    "compare",
    "conversion",
    "convert",
    "divide",
    "equivalent_ratios",
    "equivalent_values",
    "is_calendar",
    "is_unit",
    "multiply",
    "subtract",
    "ucum_for",
]
