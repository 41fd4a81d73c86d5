"""What the units of medicine usually carry, with generous bounds: beyond them a number is hardly meant.

Bounds are for limits and doses that a policy may name, not for what a laboratory may once have seen. Annotations
(`{cells}`) do not count; a unit that is not listed has no bounds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_ANNOTATION = re.compile(r"[./]?\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Usual:
    """The least and the most that a unit usually carries, and why: what is measured in it."""

    unit: str
    low: Decimal
    high: Decimal
    reason: str


def usual(unit: str) -> Usual | None:
    """What a unit usually carries, or None where nothing is known of it."""
    return _BY_UNIT.get(_ANNOTATION.sub("", unit) or "1")


def _rows(units: str, low: str, high: str, reason: str) -> tuple[Usual, ...]:
    return tuple(Usual(unit, Decimal(low), Decimal(high), reason) for unit in units.split())


USUAL: tuple[Usual, ...] = (
    # bodies
    *_rows("kg", "0.2", "500", "the weight of a patient"),
    *_rows("[lb_av]", "0.5", "1100", "the weight of a patient"),
    *_rows("cm", "0.05", "300", "the height of a patient, or the size of a tumor"),
    *_rows("m", "0.2", "3", "the height of a patient"),
    *_rows("[in_i]", "0.02", "110", "the height of a patient, or the size of a tumor"),
    *_rows("kg/m2", "5", "150", "a body mass index"),
    *_rows("m2", "0.1", "4", "the surface of a body"),
    *_rows("Cel", "20", "45", "the temperature of a body"),
    *_rows("[degF]", "68", "113", "the temperature of a body"),
    *_rows("mm[Hg]", "1", "350", "a blood pressure"),
    *_rows("/min", "1", "400", "a heart rate or breathing rate"),
    # doses
    *_rows("g", "0.001", "10000", "a dose in grams, at most the weight of a newborn"),
    *_rows("mg", "0.0001", "100000", "a dose; 100 g and more would be written in grams"),
    *_rows("ug", "0.001", "100000", "a dose; 100 mg and more would be written in milligrams"),
    *_rows("mg/kg ug/kg", "0.0001", "5000", "a dose by weight"),
    *_rows("mg/m2", "0.001", "20000", "a dose by body surface"),
    *_rows("[IU] [iU]", "0.1", "100000000", "a dose in international units"),
    *_rows("/kg", "100", "100000000", "cells by weight; an infusion has about 1,000,000 to 10,000,000"),
    *_rows("10*6/kg", "0.0001", "100", "cells by weight; an infusion has about 1 to 10"),
    # counts of blood
    *_rows("10*9/L 10*3/uL", "0.001", "5000", "white cells (4 to 11) or platelets (150 to 450)"),
    *_rows("10*12/L 10*6/uL", "0.1", "15", "red cells (4 to 6)"),
    *_rows("/uL /mm3", "1", "10000000", "cells in blood, CD4 cells 500, platelets 150,000, red cells 5,000,000"),
    # concentrations
    *_rows("g/dL", "0.01", "50", "hemoglobin (12 to 17) or albumin (3.5 to 5)"),
    *_rows("g/L", "0.1", "500", "hemoglobin (120 to 170) or albumin (35 to 50)"),
    *_rows(
        "mg/dL", "0.001", "10000", "glucose (70 to 100), creatinine (0.6 to 1.3), triglycerides (up to some thousands)"
    ),
    *_rows("mmol/L", "0.01", "500", "sodium (135 to 145), potassium (3.5 to 5), glucose (4 to 6)"),
    *_rows("umol/L", "0.01", "10000", "creatinine (50 to 110) or bilirubin (5 to 20)"),
    *_rows("mmol/mol", "1", "300", "hemoglobin A1c (20 to 42)"),
    *_rows("U/L [IU]/L", "0.1", "200000", "an enzyme of the liver (up to 40) or of muscle"),
    *_rows("ng/mL ug/L", "0.0001", "1000000", "ferritin, a tumor marker or a drug in blood"),
    *_rows("pg/mL ng/L", "0.001", "10000000", "a hormone or a peptide of the heart"),
    *_rows("mL/min", "1", "300", "the filtration of the kidneys (90 to 120)"),
    *_rows("%", "0.001", "1000", "a share or a change; a fraction has the unit `1`"),
    # time
    *_rows("year a", "0.01", "150", "an age or a time in years"),
    *_rows("month mo", "0.01", "1200", "a time in months, 100 years at most"),
    *_rows("week wk", "0.01", "5300", "a time in weeks, 100 years at most"),
    *_rows("day d", "0.01", "36600", "a time in days, 100 years at most"),
    *_rows("hour h", "0.001", "10000", "a time in hours, about a year at most"),
)

_BY_UNIT = {each.unit: each for each in USUAL}
