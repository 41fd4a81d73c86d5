"""How people write units that UCUM writes in another way."""

from __future__ import annotations

import re

from besponsa_pa.patterns import pattern

UCUM_FOR = {
    "mcg": "ug", "\u00b5g": "ug", "\u03bcg": "ug", "iu": "[IU]", "iu/l": "[IU]/L", "iu/ml": "[IU]/mL",
    "mmhg": "mm[Hg]", "lb": "[lb_av]", "lbs": "[lb_av]", "oz": "[oz_av]", "in": "[in_i]", "inch": "[in_i]",
    "inches": "[in_i]", "feet": "[ft_i]", "cc": "mL", "gm": "g", "kgs": "kg", "mgs": "mg", "percent": "%",
    "kg/m^2": "kg/m2", "mg/m^2": "mg/m2", "cells/ul": "/uL", "copies/ml": "{copies}/mL",
}  # fmt: skip

_POWER = pattern(r"^x?\s*10\s*(?:\^|\*\*|\*|e)\s*(\d+)$", re.IGNORECASE)

# written with these capitals in UCUM, in which `u/l` is something else
IN_CAPITALS = (
    "mg/dL", "g/dL", "mg/L", "mmol/L", "umol/L", "meq/L", "U/L", "ng/mL", "ug/mL", "mL/min", "10*9/L", "10*3/uL",
    "kg", "mg", "mL", "L",
)  # fmt: skip


def ucum_for(spelling: str) -> str | None:
    """The UCUM code that is likely meant by a unit that is none, or that is another one; None when nothing is near."""
    small = spelling.strip().lower()
    in_capitals = {unit.lower(): unit for unit in IN_CAPITALS}
    found = UCUM_FOR.get(small) or in_capitals.get(small) or _by_parts(spelling.strip())
    return None if found == spelling else found


def _by_parts(spelling: str) -> str:
    """A quotient of which a part is written otherwise: `mcg/dL`, `x10^9/L`."""
    parts = [_POWER.sub(r"10*\1", part) for part in spelling.split("/")]
    return "/".join(UCUM_FOR.get(part.lower(), part) for part in parts) if len(parts) > 1 else ""
