"""Numbers and quantities of a case: exact numbers, and units that exist and fit what the fact declares."""

from __future__ import annotations

from decimal import Decimal

from besponsa_pa import units
from besponsa_pa.case.reading import Reading, WrongValueError, shortened
from besponsa_pa.document import Mapping, Node, Scalar
from besponsa_pa.expression.literals import calendar_unit, parse_decimal
from besponsa_pa.expression.value_text import number_text
from besponsa_pa.patterns import pattern
from besponsa_pa.types import Simple
from besponsa_pa.values import Quantity

_EXPONENT = pattern(r"([+-]?[0-9]+(?:\.[0-9]+)?)[eE]([+-]?[0-9]{1,3})")
_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
# a unit in quotes, or after a space as people write it: `10*9/L` close behind a number would belong to it
_QUANTITY = pattern(rf"({_NUMBER})(?:\s*'([^']*)'|\s+(\S+))?")
_TIGHT = pattern(r"([+-]?[0-9]+(?:\.[0-9]+)?)([^\s0-9.'].*)")
_EXAMPLE = "such as `40 'mg'`"

# what is written on prescriptions and laboratory reports, and the UCUM code for it
_WRITTEN = {
    "mcg": "ug", "µg": "ug", "μg": "ug", "cc": "mL", "iu": "[iU]", "lb": "[lb_av]", "lbs": "[lb_av]", "oz": "[oz_av]",
    "in": "[in_i]", "ft": "[ft_i]", "mmhg": "mm[Hg]", "mg/m²": "mg/m2", "m²": "m2", "kg/m²": "kg/m2",
    "mcg/kg": "ug/kg", "mcg/ml": "ug/mL", "mcg/l": "ug/L", "iu/ml": "[iU]/mL", "iu/l": "[iU]/L", "hr": "h", "hrs": "h",
}  # fmt: skip


def decimal_from_text(text: str) -> Decimal:
    """The exact number that a text says, `1e5` too, as JSON may write it; raises ValueError for all others."""
    exponent = _EXPONENT.fullmatch(text)
    return parse_decimal(format(Decimal(text), "f") if exponent else text)


def quantity_from_node(node: Node, kind: Simple, place: str, reading: Reading) -> Quantity | None:
    """A quantity as text (`40 'mg'`, `40 mg`, `3 months`) or with the keys `value` and `unit`.

    None when it is not known, or after a mistake that is reported; raises ValueError for other mistakes. A number
    without a unit is refused, unless the fact's unit is `1`: it is more often forgotten than meant.
    """
    if isinstance(node, Scalar):
        number, unit = _split(node.text)
        return _quantity(number, unit, kind)
    if not isinstance(node, Mapping):
        reading.wrong_shape(place, node, f"a number and a unit {_EXAMPLE}")
        return None
    before = reading.mistakes
    given = reading.fields(node, ("value", "unit"), place)
    for name, part in given.items():
        if not isinstance(part, Scalar):
            reading.wrong_shape(f"{place}.{name}", part, "a number" if name == "value" else "a unit such as `mg`")
    parts = {name: part.text for name, part in given.items() if isinstance(part, Scalar)}
    if reading.mistakes > before or "value" not in parts:
        return None
    return _quantity(parts["value"], parts.get("unit"), kind)


def _split(text: str) -> tuple[str, str | None]:
    """The number and the unit of a text."""
    match = _QUANTITY.fullmatch(text)
    if match is not None:
        return match[1], match[3] if match[2] is None else match[2]
    tight = _TIGHT.fullmatch(text)
    unit = None if tight is None else _unit_as_written(tight[2])
    help = f"write `{tight[1]} {unit}`" if tight is not None and unit is not None else ""
    raise WrongValueError(f"`{shortened(text)}` is not a quantity", f"a number and a unit {_EXAMPLE}", help)


def _unit_as_written(unit: str) -> str | None:
    """How a unit is written in a case, or None when there is none like it."""
    if calendar_unit(unit) is not None:
        return unit
    code = unit if units.is_unit(unit) else _WRITTEN.get(unit.casefold())
    return None if code is None else f"'{code}'"


def _quantity(number: str, unit: str | None, kind: Simple) -> Quantity:
    value = decimal_from_text(number)
    if unit is None and kind.unit != "1":
        example = f"{number_text(value)} '{kind.unit or 'mg'}'"
        help = f"write `{example}`" if kind.unit else f"write it with its unit, such as `{example}`"
        raise WrongValueError(f"`{shortened(number)}` has no unit", "a number and a unit", help, "E407")
    unit = "1" if unit is None else calendar_unit(unit) or unit
    if unit != kind.unit:
        check_unit(unit, kind.unit)
    return Quantity(value, unit)


def check_unit(unit: str, wanted: str | None) -> None:
    """Raise `WrongValueError` for a unit that does not exist or does not measure what the fact's unit does."""
    if not (units.is_calendar(unit) or units.is_unit(unit)):
        code = _WRITTEN.get(unit.casefold())
        help = f"write `'{code}'`" if code else ""
        raise WrongValueError(f"there is no unit `{shortened(unit)}`", "a UCUM unit such as `mg`", help, "E407")
    if wanted is not None and not units.commensurable(unit, wanted):
        found = f"the unit `{shortened(unit)}` does not convert into `{wanted}`"
        raise WrongValueError(found, f"`{wanted}`, or a unit for the same kind of thing", code="E407")
