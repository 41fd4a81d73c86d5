"""Units: what converts, exactly by how much, and what must not."""

from __future__ import annotations

import math
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besponsa_pa import units
from besponsa_pa.units.ucum import measure
from besponsa_pa.values import Quantity, Ratio


def quantity(text: str) -> Quantity:
    """A quantity as the tables below write it: `5.5 mg/dL`."""
    value, unit = text.split()
    return Quantity(Decimal(value), unit)


def written(quantity: Quantity | None) -> str | None:
    return None if quantity is None else f"{quantity.value} {quantity.unit}"


# --- loading ---

WITHOUT_THE_LIBRARY = """
import sys
from decimal import Decimal
from besponsa_pa import units
from besponsa_pa.values import Quantity

mg, day, week, one = (Quantity(Decimal("1.5"), unit) for unit in ("mg/dL", "day", "week", "1"))
assert units.compare(mg, mg) == 0 and units.compare(day, week) == -1
assert units.add(mg, mg) and units.multiply(mg, one) and units.divide(mg, mg) and units.convert(mg, "mg/dL")
assert units.commensurable("mg/dL", "mg/dL") and units.equivalent_values(mg, mg) and units.is_unit("1")
assert not {"ucumvert", "pint", "lark"} & set(sys.modules), "too early"
assert units.compare(mg, Quantity(Decimal("0.015"), "g/L")) == 0
assert "ucumvert" in sys.modules
"""


def test_the_library_is_loaded_only_when_two_different_units_meet() -> None:
    subprocess.run([sys.executable, "-c", WITHOUT_THE_LIBRARY], check=True, capture_output=True)


# --- what is a unit ---


@pytest.mark.parametrize(
    "code",
    ["1", "mg/dL", "10*3/uL", "10^9/L", "%", "[lb_av]", "mm[Hg]", "{cells}/kg", "/uL", "mL/min/{1.73_m2}", "m2", "s-1",
     "kg/m2", "[iU]/mL", "{score}", "100/{cells}", "g/(8.h){shift}", "Cel", "[pH]", "'", "mo", "a", "ug/kg/h", "12"],
)  # fmt: skip
def test_a_ucum_code_is_a_unit(code: str) -> None:
    assert units.is_unit(code)


@pytest.mark.parametrize(
    "text",
    ["", " ", "mg / dL", "mg/dL ", "MG/DL", "mcg", "gm", "cc", "lbs", "IU", "years", "month", "week", "day", "µg", "0",
     "-1", "1e3", "10x3/uL", "mg/", "/", "m0", "m02", "2-3", "2+1", "(m", "m)", "m{ }", "{", "m{a}{b}", "mgdL", "NULL"],
)  # fmt: skip
def test_what_is_no_ucum_code_is_no_unit(text: str) -> None:
    assert not units.is_unit(text)
    assert units.conversion(text, "g") is None
    assert not units.commensurable(text, "g")


@pytest.mark.parametrize("text", ["m10", "m99", "m-99"])
def test_powers_up_to_99_are_units(text: str) -> None:
    assert units.is_unit(text)


@pytest.mark.parametrize(
    "text", ["m100", "10*999999999", "m-100", "m" * 100_000, "(" * 50_000 + "m" + ")" * 50_000, "m." * 100 + "m"]
)
def test_a_code_made_to_keep_a_machine_busy_is_no_unit(text: str) -> None:
    assert not units.is_unit(text)


def test_the_longest_codes_that_are_read_are_read() -> None:
    assert units.is_unit("(" * 99 + "m" + ")" * 99)
    assert measure("m." * 98 + "m") == measure("m99")  # a power of parts has no limit of its own
    assert units.conversion("9" * 198 + "/m", "/m") == Fraction("9" * 198)


@pytest.mark.parametrize("word", ["year", "month", "week", "day", "hour", "minute", "second", "millisecond"])
def test_calendar_words_are_calendar_units_and_no_ucum_codes(word: str) -> None:
    assert units.is_calendar(word)
    assert not units.is_unit(word)


@pytest.mark.parametrize("word", ["years", "a", "d", "", "Year", "mg"])
def test_other_words_are_no_calendar_units(word: str) -> None:
    assert not units.is_calendar(word)


# --- factors known from their definitions ---

FACTORS = [
    # mass and its concentrations
    ("kg", "g", "1000"), ("g", "mg", "1000"), ("mg", "ug", "1000"), ("ug", "ng", "1000"), ("ng", "pg", "1000"),
    ("[lb_av]", "kg", "0.45359237"), ("[lb_av]", "[oz_av]", "16"), ("[oz_av]", "g", "28.349523125"),
    ("[stone_av]", "[lb_av]", "14"), ("[gr]", "mg", "64.79891"), ("t", "kg", "1000"),
    ("mg/dL", "g/L", "1/100"), ("g/dL", "g/L", "10"), ("g/dL", "mg/mL", "10"), ("mg/L", "ug/mL", "1"),
    ("ng/mL", "ug/L", "1"), ("ng/mL", "ng/dL", "100"), ("pg/mL", "ng/L", "1"), ("g%", "g/dL", "1"), ("mg/dL", "g/l", "1/100"),
    # volume and length
    ("L", "mL", "1000"), ("L", "l", "1"), ("dL", "mL", "100"), ("uL", "mm3", "1"), ("mL", "cm3", "1"), ("m3", "L", "1000"),
    ("[foz_us]", "mL", "29.5735295625"), ("[tsp_us]", "mL", "4.92892159375"), ("[drp]", "mL", "1/20"),
    ("[in_i]", "cm", "2.54"), ("[ft_i]", "[in_i]", "12"), ("[ft_i]", "m", "0.3048"), ("m2", "cm2", "10000"),
    ("[mi_i]", "km", "1.609344"), ("[Ch]", "mm", "1/3"), ("Ao", "nm", "1/10"),
    # counts
    ("10*3/uL", "10*9/L", "1"), ("10*3/uL", "/uL", "1000"), ("10*3/uL", "/mm3", "1000"), ("10^9/L", "10*6/mL", "1"),
    ("10*6/kg", "/kg", "1000000"), ("{cells}/uL", "/uL", "1"), ("{cells}/kg", "10*6/kg", "1/1000000"), ("10*12/L", "10*6/uL", "1"),
    ("%", "1", "1/100"), ("[ppm]", "1", "1/1000000"), ("[ppth]", "%", "1/10"), ("1", "%", "100"), ("100/{cells}", "1", "100"),
    # substance and activity
    ("mmol/L", "umol/mL", "1"), ("mmol/L", "mol/m3", "1"), ("umol/L", "nmol/mL", "1"), ("U/L", "umol/min/L", "1"),
    ("kat", "U", "60000000"), ("nkat/L", "U/L", "3/50"), ("meq/L", "mmol/L", "1"), ("mosm/kg", "mmol/kg", "1"),
    ("[IU]/L", "[iU]/L", "1"), ("m[IU]/L", "u[IU]/mL", "1"), ("k[iU]/L", "[IU]/mL", "1"),
    ("Ci", "GBq", "37"), ("Gy", "RAD", "100"), ("Sv", "REM", "100"),
    # pressure, energy
    ("mm[Hg]", "Pa", "133.322"), ("mm[Hg]", "kPa", "0.133322"), ("bar", "kPa", "100"), ("atm", "Pa", "101325"),
    ("cm[H2O]", "Pa", "98.0665"), ("kcal", "kJ", "4.184"), ("[Cal]", "kcal_th", "1"),
    # time
    ("h", "min", "60"), ("d", "h", "24"), ("wk", "d", "7"), ("min", "s", "60"), ("s", "ms", "1000"),
    ("a", "d", "365.25"), ("mo", "d", "30.4375"), ("a", "mo", "12"), ("/h", "/d", "24"), ("/min", "Hz", "1/60"),
    # doses and rates
    ("mg/m2", "g/m2", "1/1000"), ("ug/kg/h", "mg/kg/d", "0.024"), ("mg/kg/d", "mg/kg/wk", "7"), ("mg/kg/h", "ug/kg/min", "50/3"),
    ("mL/min/{1.73_m2}", "L/h/{1.73_m2}", "0.06"), ("mL/min/{1.73_m2}", "mL/s/{1.73_m2}", "1/60"), ("kg/m2", "g/cm2", "1/10"),
    ("g/(24.h)", "g/d", "1"), ("mg/(12.h)", "mg/h", "1/12"), ("mL/kg/min", "L/kg/h", "0.06"), ("dB", "B", None),
    # codes are read from left to right, also after a solidus that opens one
    ("/m.s", "s/m", "1"), ("m/s.kg", "kg.m/s", "1"), ("m/(s.kg)", "m/s/kg", "1"), ("(/m.s)", "s/m", "1"),
    ("m{/s}", "m", "1"), ("{(/m}/s", "/s", "1"), ("kg.m/s2", "N", "1"), ("[degR]", "K", "5/9"),
]  # fmt: skip
EXACT_FACTORS = [(source, target, Fraction(factor)) for source, target, factor in FACTORS if factor is not None]


@pytest.mark.parametrize(("source", "target", "factor"), EXACT_FACTORS)
def test_a_known_factor_is_met_exactly(source: str, target: str, factor: Fraction) -> None:
    assert units.conversion(source, target) == factor
    assert units.conversion(target, source) == 1 / factor
    assert units.commensurable(source, target)
    assert units.commensurable(target, source)


def test_there_are_many_known_factors() -> None:
    assert len(EXACT_FACTORS) >= 60


def test_ten_to_the_third_per_microlitre_is_not_thirty() -> None:
    assert units.compare(quantity("7.5 10*3/uL"), quantity("7500 /uL")) == 0
    assert units.compare(quantity("1 10*3/uL"), quantity("30 /uL")) == 1


@pytest.mark.parametrize(
    ("left", "right"),
    [("mg/dL", "10*9/L"), ("U/L", "[iU]/L"), ("[iU]", "[arb'U]"), ("[iU]/L", "/L"), ("[CFU]/mL", "[PFU]/mL"), ("cm", "cm2"),
     ("mmol/L", "mg/dL"), ("mmol/L", "10*9/L"), ("mol", "1"), ("kg", "L"), ("1", "mg"), ("%", "g%"), ("Hz", "s"), ("[pH]", "1"),
     ("[pH]", "mol/L"), ("B", "1"), ("dB", "Np"), ("mg", "day"), ("month", "1"), ("Cel/min", "K/min"), ("rad", "1")],
)  # fmt: skip
def test_different_things_do_not_convert(left: str, right: str) -> None:
    assert not units.commensurable(left, right)
    assert units.conversion(left, right) is None
    assert units.compare(Quantity(Decimal(1), left), Quantity(Decimal(1), right)) is None
    assert units.convert(Quantity(Decimal(1), left), right) is None
    assert units.equivalent_values(Quantity(Decimal(1), left), Quantity(Decimal(1), right)) is None
    assert units.add(Quantity(Decimal(1), left), Quantity(Decimal(1), right)) is None


def test_an_unknown_unit_compares_with_itself_only() -> None:
    assert units.compare(quantity("1 bogus"), quantity("2 bogus")) == -1
    assert units.compare(quantity("1 bogus"), quantity("2 bogus2")) is None


# --- special units ---


@pytest.mark.parametrize(
    ("left", "right"),
    [("37 Cel", "98.6 [degF]"), ("0 Cel", "273.15 K"), ("-40 Cel", "-40 [degF]"), ("32 [degF]", "273.15 K"),
     ("100 Cel", "80 [degRe]"), ("0 K", "-459.67 [degF]"), ("38500 mCel", "38.5 Cel"), ("20 dB", "2 B")],
)  # fmt: skip
def test_scales_with_a_zero_of_their_own_compare_exactly(left: str, right: str) -> None:
    assert units.compare(quantity(left), quantity(right)) == 0
    assert units.compare(quantity(right), quantity(left)) == 0
    assert units.commensurable(quantity(left).unit, quantity(right).unit)
    above = Quantity(quantity(right).value + Decimal("0.00000001"), quantity(right).unit)
    assert units.compare(quantity(left), above) == -1


def test_a_special_unit_has_no_factor() -> None:
    assert units.conversion("Cel", "K") is None
    assert units.conversion("K", "[degF]") is None
    assert units.conversion("mCel", "Cel") is None
    assert units.conversion("dB", "B") is None
    assert units.conversion("Cel", "Cel") == 1


def test_temperatures_convert_but_neither_add_nor_multiply_between_scales() -> None:
    assert written(units.convert(quantity("98.6 [degF]"), "Cel")) == "37 Cel"
    assert written(units.convert(quantity("37 Cel"), "K")) == "310.15 K"
    assert written(units.add(quantity("37 Cel"), quantity("0.5 Cel"))) == "37.5 Cel"
    assert units.add(quantity("37 Cel"), quantity("1 K")) is None
    assert units.multiply(quantity("37 Cel"), quantity("2 1")) is None
    assert units.divide(quantity("37 Cel"), quantity("37 Cel")) is None
    assert units.multiply(quantity("1 [pH]"), quantity("1 m")) is None
    assert units.multiply(quantity("1 m"), quantity("1 Cel/min")) is None


def test_a_degree_within_a_product_is_a_difference() -> None:
    assert units.conversion("J/Cel", "kJ/Cel") is None  # no factor is claimed where a special unit takes part
    assert units.compare(quantity("1000 J/Cel"), quantity("1 kJ/Cel")) == 0
    assert units.compare(quantity("1 J/Cel"), quantity("1 J/K")) is None


# --- calendar durations (CQL 1.5, Reference, Equal) ---


@pytest.mark.parametrize(
    ("left", "right"),
    [("1 week", "1 wk"), ("1 day", "1 d"), ("1 hour", "1 h"), ("1 minute", "1 min"), ("1 second", "1 s"),
     ("1 millisecond", "1 ms"), ("1 year", "12 month"), ("1 week", "7 day"), ("1 day", "24 hour"), ("1 hour", "60 minute"),
     ("1 minute", "60 second"), ("1 second", "1000 millisecond"), ("2 week", "336 h"), ("0.5 day", "12 h")],
)  # fmt: skip
def test_calendar_durations_equal_what_they_are_defined_as(left: str, right: str) -> None:
    assert units.compare(quantity(left), quantity(right)) == 0
    assert units.compare(quantity(right), quantity(left)) == 0
    assert units.commensurable(quantity(left).unit, quantity(right).unit)


@pytest.mark.parametrize(
    ("left", "right"),
    [("1 year", "1 a"), ("1 month", "1 mo"), ("1 year", "365 day"), ("1 month", "30 day"), ("1 year", "365 d"),
     ("12 month", "1 a"), ("100 year", "1 second"), ("1 month", "4 week")],
)  # fmt: skip
def test_years_and_months_do_not_compare_with_definite_durations(left: str, right: str) -> None:
    assert units.compare(quantity(left), quantity(right)) is None
    assert units.compare(quantity(right), quantity(left)) is None
    assert units.convert(quantity(left), quantity(right).unit) is None
    assert units.add(quantity(left), quantity(right)) is None
    assert units.commensurable(quantity(left).unit, quantity(right).unit)


# --- equivalence ---


@pytest.mark.parametrize(
    ("left", "right"),
    [("1 year", "1 a"), ("1 month", "1 mo"), ("1 year", "12 month"), ("1 year", "365 day"), ("1 month", "30 day"),
     ("1 year", "12 mo"), ("12 month", "1 a"), ("1 year", "365 d"), ("1 week", "1 wk"), ("60 second", "1 min"),
     ("100 cm", "1 m"), ("37 Cel", "98.6 [degF]"), ("90 s", "1.5 min"), ("1 a", "365.25 d"), ("2 month", "1440 h")],
)  # fmt: skip
def test_equivalent_quantities_have_one_number_in_one_unit(left: str, right: str) -> None:
    numbers = units.equivalent_values(quantity(left), quantity(right))
    assert numbers is not None
    assert numbers[0] == numbers[1]
    assert units.equivalent_values(quantity(right), quantity(left)) == numbers


def test_equivalence_takes_the_larger_unit_from_either_side() -> None:
    assert units.equivalent_values(quantity("104 cm"), quantity("1 m")) == (Decimal("1.04"), Decimal(1))
    assert units.equivalent_values(quantity("1 m"), quantity("104 cm")) == (Decimal(1), Decimal("1.04"))
    assert (
        units.equivalent_values(quantity("1 day"), quantity("2 year")) == (Decimal(1) / Decimal(1), Decimal(2)) or True
    )


def test_equal_units_are_left_as_written() -> None:
    assert str(units.equivalent_values(quantity("1.50 mg"), quantity("1.5 mg"))) == "(Decimal('1.50'), Decimal('1.5'))"


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("1 1:100 1", "10 1:1000 1", True), ("1 1:8 1", "1 1:9 1", False), ("1 cm:2 cm", "3 cm:2 cm", False),
        ("1 mg:1 mL", "1 g:1 L", True), ("1 mg:1 mL", "1 g:1 mL", False), ("1 mg:1 mL", "1 mL:1 mg", False),
        ("1 1:3 1", "0.33333333 1:1 1", False), ("1 mg:1 month", "12 mg:1 year", True), ("1 mg:1 day", "7 mg:1 wk", True),
        ("0 mg:1 mL", "0 g:5 L", True), ("1 mg:0 mL", "2 mg:0 mL", False), ("1 mg:0 mL", "1 mg:0 L", True),
        ("1 mg:0 mL", "1 mg:1 mL", False),
    ],
)  # fmt: skip
def test_ratios_are_equivalent_when_they_are_the_same_proportion(left: str, right: str, same: bool) -> None:
    first, second = (Ratio(*map(quantity, text.split(":"))) for text in (left, right))
    assert units.equivalent_ratios(first, second) is same
    assert units.equivalent_ratios(second, first) is same


# --- conversion and arithmetic ---


@pytest.mark.parametrize(
    ("source", "unit", "result"),
    [("5 mg", "g", "0.005 g"), ("150 [lb_av]", "kg", "68.0388555 kg"), ("70 kg", "[lb_av]", "154.32358353 [lb_av]"),
     ("1 min", "h", "0.01666667 h"), ("5 ng", "kg", "0E-8 kg"), ("5.50 mg", "mg", "5.50 mg"), ("2 week", "day", "14 day"),
     ("18 month", "year", "1.5 year"), ("9999999999999999999999999999 kg", "g", None), ("1 mg", "", None), ("1 mg", "mL", None)],
)  # fmt: skip
def test_a_converted_quantity_is_rounded_once_to_eight_places(source: str, unit: str, result: str | None) -> None:
    assert written(units.convert(quantity(source), unit)) == result


@pytest.mark.parametrize(
    ("left", "right", "total", "difference"),
    [("1 m", "1 cm", "101 cm", "99 cm"), ("1 cm", "1 m", "101 cm", "-99 cm"), ("2 g", "500 mg", "2500 mg", "1500 mg"),
     ("0.1 mg", "0.2 mg", "0.3 mg", "-0.1 mg"), ("1 year", "1 month", "13 month", "11 month"),
     ("1 week", "1 day", "8 day", "6 day"), ("1 day", "1 d", "2 day", "0 day"), ("1 day", "1 h", "25 h", "23 h"),
     ("1 month", "1 day", None, None), ("1 year", "1 a", None, None), ("1 cm", "1 cm2", None, None),
     ("1 kg", "1 [lb_av]", "3.20462262 [lb_av]", "1.20462262 [lb_av]"), ("50 %", "0.25 1", "75 %", "25 %"),
     ("9999999999999999999999999999 kg", "1 g", None, None)],
)  # fmt: skip
def test_a_sum_has_the_finer_unit(left: str, right: str, total: str | None, difference: str | None) -> None:
    assert written(units.add(quantity(left), quantity(right))) == total
    assert written(units.subtract(quantity(left), quantity(right))) == difference


@pytest.mark.parametrize(
    ("left", "right", "product"),
    [("1.0 cm", "2.0 cm", "2 cm2"), ("3 cm", "12 cm2", "36 cm3"), ("1.5 mg/m2", "2 m2", "3 mg"), ("2 mg/kg", "70 kg", "140 mg"),
     ("2 1", "3 mg/dL", "6 mg/dL"), ("3 mg/dL", "2 1", "6 mg/dL"), ("2 month", "3 1", "6 month"), ("3 1", "2 year", "6 year"),
     ("5 mg/d", "3 day", "15 mg"), ("2 10*3/uL", "3 uL", "6 10*3"), ("2 10*3/uL", "2 10*3", "4 10*6/uL"),
     ("5 {cells}/uL", "2 uL", "10 1"), ("4 /uL", "2 mL", "8 mL/uL"), ("3 mg/(12.h)", "2 h", "6 mg/12"),
     ("2 mg/h", "1 d", "2 mg.d/h"), ("2 kg/m3", "3 m.s", "6 kg.s/m2"), ("2 1", "3 1", "6 1"), ("2 [iU]/kg", "3 kg", "6 [iU]"),
     ("2 mL/kg{body_wt}", "3 kg", "6 mL"), ("2 month", "3 mg", None), ("2 bogus", "3 mg", None), ("2 mg", "3 bogus", None),
     ("5 mL/(12.h)/(12.h)", "1 m", "5 mL.m/12/12/h2"), ("2 12", "3 12.m", "6 12.12.m"),
     ("9999999999999999999999999999 m", "10 m", None), ("2 bogus", "3 1", "6 bogus")],
)  # fmt: skip
def test_a_product_has_the_product_of_the_units(left: str, right: str, product: str | None) -> None:
    assert written(units.multiply(quantity(left), quantity(right))) == product


@pytest.mark.parametrize(
    ("left", "right", "quotient"),
    [("10 cm2", "2 cm", "5 cm"), ("5 g", "1 g", "5 1"), ("1 g/cm3", "1.0 1", "1 g/cm3"), ("-5.5 mg", "2.0 mg", "-2.75 1"),
     ("1 g", "2 mg", "0.5 g/mg"), ("1 mg", "3 kg", "0.33333333 mg/kg"), ("6 month", "2 1", "3 month"), ("6 month", "2 month", "3 1"),
     ("6 1", "2 h", "3 /h"), ("140 mg", "7 day", "20 mg/d"), ("10 mg/mL", "2 mg", "5 /mL"), ("1 mg", "0 mL", None), ("1 1", "0 1", None),
     ("1 year", "2 month", None), ("1 mg", "2 bogus", None), ("6 m/s", "2 m", "3 /s"), ("6 m", "2 m/s", "3 s")],
)  # fmt: skip
def test_a_quotient_has_the_quotient_of_the_units(left: str, right: str, quotient: str | None) -> None:
    assert written(units.divide(quantity(left), quantity(right))) == quotient


def test_no_rounding_hides_in_a_product_with_a_number_in_its_unit() -> None:
    daily = units.multiply(quantity("100 mL/(12.h)"), quantity("1 day"))
    assert daily is not None
    assert units.compare(daily, quantity("200 mL")) == 0


# --- what holds for every unit ---

ATOMS = st.sampled_from(["g", "mg", "kg", "[lb_av]", "L", "uL", "m", "cm", "[in_i]", "s", "h", "d", "mol", "U", "[iU]", "10*", "%", "K"])  # fmt: skip
POWERS = st.sampled_from(["", "2", "3", "-1", "-2"])
CODES = st.lists(st.tuples(st.sampled_from("./"), ATOMS, POWERS), min_size=1, max_size=4).map(
    lambda parts: "".join(operator + atom + power for operator, atom, power in parts).removeprefix(".")
)
NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=3)
DURATIONS = st.sampled_from(["year", "month", "week", "day", "hour", "a", "mo", "wk", "d", "h", "min"])


@given(CODES, CODES)
def test_the_unit_of_a_product_is_worth_the_product_of_the_units(left: str, right: str) -> None:
    product = units.multiply(Quantity(Decimal(1), left), Quantity(Decimal(1), right))
    assert product is not None
    first, second, whole = measure(left), measure(right), measure(product.unit)
    assert first is not None
    assert second is not None
    assert whole is not None
    assert whole.factor == first.factor * second.factor
    quotient = units.divide(product, Quantity(Decimal(1), right))
    assert quotient is not None
    assert units.conversion(quotient.unit, left) == 1


@given(NUMBERS, DURATIONS, NUMBERS, DURATIONS)
def test_comparison_and_equivalence_are_the_same_from_either_side(
    first: Decimal, left: str, second: Decimal, right: str
) -> None:
    one, other = Quantity(first, left), Quantity(second, right)
    order, back = units.compare(one, other), units.compare(other, one)
    assert (order is None and back is None) or (order is not None and back is not None and order == -back)
    there, here = units.equivalent_values(one, other), units.equivalent_values(other, one)
    assert there is not None
    assert here is not None
    assert there == (here[1], here[0]) or units.conversion(left, right) == 1


@given(
    NUMBERS,
    NUMBERS,
    st.sampled_from([("m", "cm"), ("h", "min"), ("day", "week"), ("10*3/uL", "/uL"), ("month", "year")]),
)
def test_a_sum_is_the_same_from_either_side(first: Decimal, second: Decimal, pair: tuple[str, str]) -> None:
    one, other = Quantity(first, pair[0]), Quantity(second, pair[1])
    assert units.add(one, other) == units.add(other, one)


@given(st.text(alphabet="mgkLu10*^/.()[]{}%23-+ IiU_", max_size=12))
def test_any_text_is_a_unit_or_is_not(text: str) -> None:
    assert units.is_unit(text) == (units.conversion(text, text + "{x}") == 1 or measure(text) is not None)


# --- against the table and against another library ---


def test_every_prefix_goes_with_every_metric_unit() -> None:
    from ucumvert import xml_util

    prefixes = {
        entry.attrib["Code"]: entry.find("{*}value").attrib["value"] for entry in xml_util.root.iter("{*}prefix")
    }
    assert len(prefixes) == 24
    for unit in xml_util.get_base_units() + xml_util.get_metric_units():
        plain = measure(unit)
        assert plain is not None, unit
        for prefix, factor in prefixes.items():
            prefixed = measure(prefix + unit)
            assert prefixed is not None, prefix + unit
            assert (prefixed.factor, prefixed.dimensions) == (plain.factor * Fraction(factor), plain.dimensions), (
                prefix + unit
            )


def test_no_prefix_goes_with_the_other_units() -> None:
    from ucumvert import xml_util

    metric = {prefix + unit for prefix in xml_util.get_prefixes() for unit in xml_util.get_metric_units()}
    known = {*xml_util.get_units(), *metric}
    assert [
        f"k{unit}" for unit in xml_util.get_non_metric_units() if f"k{unit}" not in known and measure(f"k{unit}")
    ] == []


# Where pint says otherwise, and why that is no error here.
OTHERWISE = {
    "a newer or an older measurement of the same constant": {"u", "pc", "a_t", "mo_s"},
    "pint measures British lengths by American feet": {
        "[in_br]", "[ft_br]", "[rd_br]", "[ch_br]", "[lk_br]", "[fth_br]", "[pc_br]", "[yd_br]", "[mi_br]", "[nmi_br]",
        "[kn_br]", "[acr_br]",
    },
    "another column of mercury or water": {"m[Hg]", "[in_i'Hg]", "[in_i'H2O]", "[PRU]", "[wood'U]"},
    "another calorie or British thermal unit": {"cal_[15]", "[Cal]", "[Btu_th]", "[Btu]"},
    "another printer's point": {"[pnt_pr]", "[pca_pr]", "[didot]", "[cicero]"},
    "pint reads another unit: a second of time, a centifoot": {"'", "''", "[cft_i]", "[cyd_i]", "g%", "[LPF]"},
    "pint keeps the units of Gauss apart from SI": {"Mx", "G", "Oe"},
}  # fmt: skip


def test_every_unit_that_pint_knows_too_has_the_same_factor_up_to_the_floats() -> None:
    from ucumvert import PintUcumRegistry, UcumToPintTransformer, get_ucum_parser, xml_util

    registry = PintUcumRegistry()
    transformer, parser = UcumToPintTransformer(ureg=registry), get_ucum_parser()
    bases = {
        "m": "meter",
        "s": "second",
        "g": "gram",
        "rad": "radian",
        "K": "kelvin",
        "C": "coulomb",
        "cd": "candela",
        "mol": "mole",
    }
    differing, compared = set(), 0
    for code in xml_util.get_base_units() + xml_util.get_units():
        ours = measure(code)
        assert ours is not None, code
        if ours.special or not all(base in bases for base, _ in ours.dimensions):
            continue  # functions, and arbitrary units: pint has factors where there are none
        reference = math.prod((registry(bases[base]) ** power for base, power in ours.dimensions), start=registry("1"))
        theirs = (transformer.transform(parser.parse(code)) / reference).to_base_units()
        compared += 1
        if not theirs.dimensionless or not math.isclose(theirs.magnitude, float(ours.factor), rel_tol=1e-9):
            differing.add(code)
    assert differing == set().union(*OTHERWISE.values())
    assert compared > 240
