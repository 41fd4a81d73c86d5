"""What a UCUM code stands for, exactly.

Whether a text is a UCUM code, and how it is built, is asked of the library `ucumvert`. What each unit is worth is
read from the table of the standard that comes with it (ucum-essence), where every unit is defined as a decimal
number of another one: fractions carry each factor down to the base units without a loss. The library's own
conversions go through binary floats (a ng/mL becomes 1.0000000000000002 ug/L), and policies decide at the limit.
Loading it takes a third of a second, so that waits until two different units meet or one has to be checked.

Where this departs from the table, it refuses more:

- `mol` is a base unit, as in SI, and no number: `mmol/L` and `10*9/L` do not compare;
- each arbitrary unit (`[iU]`) and each unit on a scale of its own (`[pH]`, `B`) is of a kind of its own.

Annotations mean nothing, as the standard says: `{cells}/uL` is `/uL`, and `mL/min/{1.73_m2}` is `mL/min`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from besponsa_pa.patterns import pattern
from besponsa_pa.records import dataclass

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from lark import Lark, Token, Tree

# Temperature scales with a zero of their own: kelvins = degrees * slope + zero (the table only names these functions).
KELVINS = {
    "Cel": (Fraction(1), Fraction("273.15")),
    "[degF]": (Fraction(5, 9), Fraction("459.67") * Fraction(5, 9)),
    "[degRe]": (Fraction(5, 4), Fraction("273.15")),
}

# Longer codes and higher powers measure nothing, they only keep a machine busy.
_LONGEST_CODE = 200
_HIGHEST_POWER = 99


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit read and measured: x of it are x * factor + zero of the product of `dimensions`.

    `parts` are its units and numbers as written, prefix and all, with their exponents: products of units are written
    with these. `special` says that one of the units is a function of its dimensions, not a factor.
    """

    factor: Fraction
    zero: Fraction
    dimensions: tuple[tuple[str, int], ...]
    parts: tuple[tuple[str, int], ...]
    special: bool


@lru_cache(maxsize=4096)
def measure(code: str) -> Measure | None:
    """What a UCUM code (case-sensitive) stands for; None when it is none."""
    terms = _read(code)
    if terms is None:
        return None
    standard = _standard()
    factor, powers = Fraction(1), list[tuple[str, int]]()
    for prefix, atom, exponent in terms:
        worth = _worth(atom)
        if worth is None:
            return None
        factor *= (standard.prefixes[prefix] * worth[0]) ** exponent
        powers += [(base, power * exponent) for base, power in worth[1]]
    factor, zero, dimensions = _in_kelvins(factor, tuple(sorted(sum_of_powers(powers).items())))
    parts = tuple((prefix + atom, exponent) for prefix, atom, exponent in terms if atom != "1")
    return Measure(factor, zero, dimensions, parts, any(atom in standard.special for _, atom, _ in terms))


def sum_of_powers(powers: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The exponents of a product, added up for each base; bases that cancel are left out."""
    total: dict[str, int] = {}
    for base, exponent in powers:
        total[base] = total.get(base, 0) + exponent
    return {base: exponent for base, exponent in total.items() if exponent}


def _in_kelvins(
    factor: Fraction, dimensions: tuple[tuple[str, int], ...]
) -> tuple[Fraction, Fraction, tuple[tuple[str, int], ...]]:
    """Factor, zero and dimensions: a temperature by itself in kelvins, all else as it is.

    Within a product (`J/Cel`) a degree is no temperature but a difference of two; it stays a kind of its own.
    """
    if len(dimensions) == 1 and dimensions[0][0] in KELVINS and dimensions[0][1] == 1:
        slope, zero = KELVINS[dimensions[0][0]]
        return factor * slope, zero, (("K", 1),)
    return factor, Fraction(0), dimensions


@cache
def _worth(atom: str) -> tuple[Fraction, tuple[tuple[str, int], ...]] | None:
    """The factor and the base units of a unit without prefix, or of a plain number; None when it is neither."""
    standard = _standard()
    if atom.isdigit():
        return Fraction(atom), ()
    if atom in standard.bases:
        return Fraction(1), ((atom, 1),)
    if atom not in standard.definitions:
        return None
    value, unit = standard.definitions[atom]
    defining = measure(unit)
    return None if defining is None else (value * defining.factor, defining.dimensions)


# --- reading a code ---

# A solidus that opens a code or a parenthesis divides only what comes next, for a code is read from left to right;
# the library's tree hangs all that follows below it. `1/` says the same and is read right. Braces hold annotations.
_OPENING_SOLIDUS = pattern(r"(\{[^}]*\})|(^|\()/")


def _read(code: str) -> list[tuple[str, str, int]] | None:
    """The (prefix, unit or number, exponent) of which a code is the product; None when it is no code."""
    from lark.exceptions import LarkError

    if len(code) > _LONGEST_CODE:
        return None
    text = _OPENING_SOLIDUS.sub(lambda found: found[1] or f"{found[2]}1/", code)
    try:
        terms = list(_terms(_standard().parser.parse(text), 1))
    except LarkError:
        return None
    return terms if all(abs(exponent) <= _HIGHEST_POWER for _, _, exponent in terms) else None


def _terms(node: Tree[Token] | Token, power: int) -> Iterator[tuple[str, str, int]]:
    """The terms of a tree of the library's parser, each raised to a power."""
    if isinstance(node, str):  # an annotation
        return
    match node.data, node.children:
        case "simple_unit", [*prefix, atom]:
            yield "".join(map(str, prefix)), str(atom), power
        case "annotatable", [unit, exponent]:
            ((before, name, _),) = _terms(unit, 1)
            if name.isdigit():  # a number takes no exponent: digits belong to it, and with a sign it is no unit
                yield before, f"{name}{exponent}", power
            else:
                yield before, name, power * int(str(exponent))
        case "term", [left, operator, right]:
            yield from _terms(left, power)
            yield from _terms(right, -power if operator == "/" else power)
        case _:  # parentheses, or a unit with its annotation
            yield from _terms(node.children[0], power)


# --- the library ---


@dataclass(frozen=True, slots=True)
class _Standard:
    """The UCUM standard: a parser of its codes, and its table.

    `definitions` give a unit as a number of another one. `bases` are not defined by others: the base units of the
    standard, and those that are kept apart here.
    """

    parser: Lark
    prefixes: dict[str, Fraction]
    definitions: dict[str, tuple[Fraction, str]]
    bases: frozenset[str]
    special: frozenset[str]


@cache
def _standard() -> _Standard:
    from ucumvert.parser import get_ucum_parser  # type: ignore[import-untyped]
    from ucumvert.xml_util import root  # type: ignore[import-untyped]

    table: Element = root
    prefixes = {entry.attrib["Code"]: Fraction(_value(entry).attrib["value"]) for entry in table.iterfind("{*}prefix")}
    units = {entry.attrib["Code"]: entry for entry in table.iterfind("{*}unit")}
    special = frozenset(code for code, unit in units.items() if unit.get("isSpecial") == "yes")
    definitions = {
        code: (Fraction(_value(unit).attrib["value"]), _value(unit).attrib["Unit"])
        for code, unit in units.items()
        if code not in special
    }
    # an arbitrary unit that is another one by definition ([IU] is [iU]) is not kept apart from it
    arbitrary = {
        code for code, unit in units.items() if unit.get("isArbitrary") == "yes" and definitions[code][1] == "1"
    }
    bases = {entry.attrib["Code"] for entry in table.iterfind("{*}base-unit")} | {"mol"} | arbitrary | special
    return _Standard(get_ucum_parser(), {"": Fraction(1), **prefixes}, definitions, frozenset(bases), special)


def _value(entry: Element) -> Element:
    found = entry.find("{*}value")
    assert found is not None  # every prefix and unit of the table has one
    return found
