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


def written(quantity: Quantity | None) -> str:
    return "null" if quantity is None else f"{quantity.value} {quantity.unit}"


def words(text: str) -> list[str]:
    return text.split()


def table(text: str, *signs: str) -> list[list[str]]:
    """The rows of a table, which stand between semicolons and lines, cut at each of the signs in turn."""
    rows = []
    for row in filter(str.strip, text.replace(";", "\n").splitlines()):
        cells = [row.strip()]
        for sign in signs:
            cells += cells.pop().split(f" {sign} ")
        rows.append(cells)
    return rows


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
    run = subprocess.run([sys.executable, "-c", WITHOUT_THE_LIBRARY], check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


# --- what is a unit ---

CODES_IN_USE = words("""
1 mg/dL 10*3/uL 10^9/L % [lb_av] mm[Hg] {cells}/kg /uL mL/min/{1.73_m2} m2 s-1 kg/m2 [iU]/mL {score} 100/{cells}
g/(8.h){shift} Cel [pH] ' mo a ug/kg/h 12 m10 m99 m-99 m+2 10*-3 Bq/kg mmol/mol{creat} (mg/kg)/d
""")

NO_CODES = words("""
mg/dL. MG/DL mcg gm cc lbs IU years month week day µg 0 -1 1e3 10x3/uL mg/ / m0 m02 2-3 2+1 (m m) { m{a}{b} mgdL NULL
kmin m100 m-100 10*999999999 Torr m/{a
""")


@pytest.mark.parametrize("code", CODES_IN_USE)
def test_a_ucum_code_is_a_unit(code: str) -> None:
    assert units.is_unit(code)


@pytest.mark.parametrize("text", [*NO_CODES, "", " ", "mg / dL", "mg/dL ", " mg/dL", "m{ }", "mg\n", "mg\0"])
def test_what_is_no_ucum_code_is_no_unit(text: str) -> None:
    assert not units.is_unit(text)
    assert units.conversion(text, "g") is None
    assert units.conversion("g", text) is None
    assert not units.commensurable(text, "g")


@pytest.mark.parametrize("text", ["m" * 100_000, "(" * 50_000 + "m" + ")" * 50_000, "m." * 100 + "m", "9" * 201])
def test_a_text_longer_than_any_unit_is_no_unit(text: str) -> None:
    assert not units.is_unit(text)


def test_the_longest_codes_are_read() -> None:
    assert units.conversion("(" * 99 + "m" + ")" * 99, "m") == 1
    assert units.conversion("m." * 99 + "m", "m99.m") == 1
    assert units.conversion("9" * 198 + "/m", "/m") == Fraction("9" * 198)


@pytest.mark.parametrize("word", ["year", "month", "week", "day", "hour", "minute", "second", "millisecond"])
def test_calendar_words_are_calendar_units_and_no_ucum_codes(word: str) -> None:
    assert units.is_calendar(word)
    assert not units.is_unit(word)


@pytest.mark.parametrize("word", ["years", "a", "d", "", "Year", "mg"])
def test_other_words_are_no_calendar_units(word: str) -> None:
    assert not units.is_calendar(word)


# --- factors known from their definitions ---

FACTORS = table(
    """
    kg = 1000 g; g = 1000 mg; mg = 1000 ug; ug = 1000 ng; ng = 1000 pg; t = 1000 kg; [gr] = 64.79891 mg
    [lb_av] = 0.45359237 kg; [lb_av] = 16 [oz_av]; [oz_av] = 28.349523125 g; [stone_av] = 14 [lb_av]
    mg/dL = 1/100 g/L; mg/dL = 1/100 g/l; g/dL = 10 g/L; g/dL = 10 mg/mL; mg/L = 1 ug/mL; g% = 1 g/dL
    ng/mL = 1 ug/L; ng/mL = 100 ng/dL; pg/mL = 1 ng/L

    L = 1000 mL; L = 1 l; dL = 100 mL; uL = 1 mm3; mL = 1 cm3; m3 = 1000 L; [drp] = 1/20 mL
    [foz_us] = 29.5735295625 mL; [tsp_us] = 4.92892159375 mL
    [in_i] = 2.54 cm; [ft_i] = 12 [in_i]; [ft_i] = 0.3048 m; [mi_i] = 1.609344 km; m2 = 10000 cm2; [Ch] = 1/3 mm

    10*3/uL = 1 10*9/L; 10*3/uL = 1000 /uL; 10*3/uL = 1000 /mm3; 10^9/L = 1 10*6/mL; 10*12/L = 1 10*6/uL
    10*6/kg = 1000000 /kg; {cells}/uL = 1 /uL; {cells}/kg = 1/1000000 10*6/kg; 100/{cells} = 100 1
    % = 1/100 1; 1 = 100 %; [ppm] = 1/1000000 1; [ppth] = 1/10 %; {score} = 1 1

    mmol/L = 1 umol/mL; mmol/L = 1 mol/m3; umol/L = 1 nmol/mL; meq/L = 1 mmol/L; mosm/kg = 1 mmol/kg
    U/L = 1 umol/min/L; kat = 60000000 U; nkat/L = 3/50 U/L
    [IU]/L = 1 [iU]/L; m[IU]/L = 1 u[IU]/mL; k[iU]/L = 1 [IU]/mL; Ci = 37 GBq; Gy = 100 RAD; Sv = 100 REM

    mm[Hg] = 133.322 Pa; mm[Hg] = 0.133322 kPa; bar = 100 kPa; atm = 101325 Pa; cm[H2O] = 98.0665 Pa
    kcal = 4.184 kJ; [Cal] = 1 kcal_th; N = 1 kg.m/s2; [degR] = 5/9 K

    h = 60 min; d = 24 h; wk = 7 d; min = 60 s; s = 1000 ms; a = 365.25 d; mo = 30.4375 d; a = 12 mo
    /h = 24 /d; /min = 1/60 Hz

    mg/m2 = 1/1000 g/m2; ug/kg/h = 0.024 mg/kg/d; mg/kg/d = 7 mg/kg/wk; mg/kg/h = 50/3 ug/kg/min
    mL/kg/min = 0.06 L/kg/h; mL/min/{1.73_m2} = 0.06 L/h/{1.73_m2}; mL/min/{1.73_m2} = 1 mL/min
    kg/m2 = 1/10 g/cm2; g/(24.h) = 1 g/d; mg/(12.h) = 1/12 mg/h; g/(8.h){shift} = 3 g/d

    /m.s = 1 s/m; (/m.s) = 1 s/m; m/s.kg = 1 kg.m/s; m/(s.kg) = 1 m/s/kg; m{/s} = 1 m; {(/m}/s = 1 /s
    week = 7 day; week = 1 wk; day = 24 hour; hour = 60 min; d = 86400 second; year = 12 month
    """,
    "=",
)


@pytest.mark.parametrize(("source", "value"), FACTORS)
def test_a_known_factor_is_met_exactly(source: str, value: str) -> None:
    factor, target = value.split()
    assert units.conversion(source, target) == Fraction(factor)
    assert units.conversion(target, source) == 1 / Fraction(factor)
    assert units.commensurable(source, target)
    assert units.commensurable(target, source)


def test_ten_to_the_third_per_microlitre_is_not_thirty() -> None:
    assert units.compare(quantity("7.5 10*3/uL"), quantity("7500 /uL")) == 0
    assert units.compare(quantity("1 10*3/uL"), quantity("30 /uL")) == 1


DIFFERENT = table(
    """
    mg/dL ~ 10*9/L; U/L ~ [iU]/L; [iU] ~ [arb'U]; [iU]/L ~ /L; [CFU]/mL ~ [PFU]/mL; cm ~ cm2; mmol/L ~ mg/dL
    mmol/L ~ 10*9/L; mol ~ 1; kg ~ L; 1 ~ mg; % ~ g%; Hz ~ s; [pH] ~ 1; [pH] ~ mol/L; B ~ 1; dB ~ Np; mg ~ day
    month ~ 1; Cel/min ~ K/min; rad ~ 1; mg/kg ~ mg/m2; year ~ mg; mg ~ month
    """,
    "~",
)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
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
    assert units.commensurable("bogus", "bogus")


# --- special units ---

SCALES = table(
    """
    37 Cel = 98.6 [degF]; 0 Cel = 273.15 K; -40 Cel = -40 [degF]; 32 [degF] = 273.15 K; 100 Cel = 80 [degRe]
    0 K = -459.67 [degF]; 38500 mCel = 38.5 Cel; 20 dB = 2 B; 1000 J/Cel = 1 kJ/Cel
    """,
    "=",
)


@pytest.mark.parametrize(("left", "right"), SCALES)
def test_scales_with_a_zero_of_their_own_compare_exactly(left: str, right: str) -> None:
    assert units.compare(quantity(left), quantity(right)) == 0
    assert units.compare(quantity(right), quantity(left)) == 0
    assert units.commensurable(quantity(left).unit, quantity(right).unit)
    above = Quantity(quantity(right).value + Decimal("0.00000001"), quantity(right).unit)
    assert units.compare(quantity(left), above) == -1


@pytest.mark.parametrize(("source", "target"), [("Cel", "K"), ("K", "[degF]"), ("mCel", "Cel"), ("J/Cel", "kJ/Cel")])
def test_a_special_unit_has_no_factor_but_to_itself(source: str, target: str) -> None:
    assert units.conversion(source, target) is None
    assert units.conversion(source, source) == 1


def test_temperatures_convert_but_neither_add_nor_multiply_between_scales() -> None:
    assert written(units.convert(quantity("98.6 [degF]"), "Cel")) == "37 Cel"
    assert written(units.convert(quantity("37 Cel"), "K")) == "310.15 K"
    assert written(units.add(quantity("37 Cel"), quantity("0.5 Cel"))) == "37.5 Cel"
    assert units.add(quantity("37 Cel"), quantity("1 K")) is None
    assert units.multiply(quantity("37 Cel"), quantity("2 1")) is None
    assert units.divide(quantity("37 Cel"), quantity("37 Cel")) is None
    assert units.multiply(quantity("1 [pH]"), quantity("1 m")) is None
    assert units.multiply(quantity("1 m"), quantity("1 Cel/min")) is None


# --- calendar durations (CQL 1.5, Reference, Equal) ---

EQUAL_DURATIONS = table(
    """
    1 week = 1 wk; 1 day = 1 d; 1 hour = 1 h; 1 minute = 1 min; 1 second = 1 s; 1 millisecond = 1 ms
    1 year = 12 month; 1 week = 7 day; 1 day = 24 hour; 1 hour = 60 minute; 1 minute = 60 second
    1 second = 1000 millisecond; 2 week = 336 h; 0.5 day = 12 h; 24 month = 2 year
    """,
    "=",
)
UNDECIDED_DURATIONS = table(
    """
    1 year = 1 a; 1 month = 1 mo; 1 year = 365 day; 1 month = 30 day; 1 year = 365 d; 12 month = 1 a
    100 year = 1 second; 1 month = 4 week
    """,
    "=",
)


@pytest.mark.parametrize(("left", "right"), EQUAL_DURATIONS)
def test_calendar_durations_equal_what_they_are_defined_as(left: str, right: str) -> None:
    assert units.compare(quantity(left), quantity(right)) == 0
    assert units.compare(quantity(right), quantity(left)) == 0
    assert units.commensurable(quantity(left).unit, quantity(right).unit)


@pytest.mark.parametrize(("left", "right"), UNDECIDED_DURATIONS)
def test_years_and_months_do_not_compare_with_definite_durations(left: str, right: str) -> None:
    assert units.compare(quantity(left), quantity(right)) is None
    assert units.compare(quantity(right), quantity(left)) is None
    assert units.convert(quantity(left), quantity(right).unit) is None
    assert units.add(quantity(left), quantity(right)) is None
    assert units.commensurable(quantity(left).unit, quantity(right).unit)


# --- equivalence (CQL 1.5, Reference, Equivalent) ---

EQUIVALENT = table(
    """
    1 year ~ 1 a; 1 month ~ 1 mo; 1 year ~ 12 month; 1 year ~ 365 day; 1 month ~ 30 day; 1 year ~ 12 mo
    12 month ~ 1 a; 1 year ~ 365 d; 1 week ~ 1 wk; 60 second ~ 1 min; 100 cm ~ 1 m; 37 Cel ~ 98.6 [degF]
    90 s ~ 1.5 min; 1 a ~ 365.25 d; 2 month ~ 1440 h
    """,
    "~",
)


@pytest.mark.parametrize(("left", "right"), EQUIVALENT)
def test_equivalent_quantities_have_one_number_in_one_unit(left: str, right: str) -> None:
    numbers = units.equivalent_values(quantity(left), quantity(right))
    assert numbers is not None
    assert numbers[0] == numbers[1]
    assert units.equivalent_values(quantity(right), quantity(left)) == numbers


def test_equivalence_takes_the_larger_unit_from_either_side() -> None:
    assert units.equivalent_values(quantity("104 cm"), quantity("1 m")) == (Decimal("1.04"), Decimal(1))
    assert units.equivalent_values(quantity("1 m"), quantity("104 cm")) == (Decimal(1), Decimal("1.04"))


def test_a_number_of_a_smaller_unit_is_not_rounded_away() -> None:
    assert units.equivalent_values(quantity("1 ng"), quantity("0.00000001 kg")) == (Decimal("1E-12"), Decimal("1E-8"))


def test_quantities_of_one_unit_are_left_as_written() -> None:
    assert str(units.equivalent_values(quantity("1.50 mg"), quantity("1.5 mg"))) == "(Decimal('1.50'), Decimal('1.5'))"


PROPORTIONS = table(
    """
    1 1:100 1 ~ 10 1:1000 1 ~ yes; 1 1:8 1 ~ 1 1:9 1 ~ no; 1 cm:2 cm ~ 3 cm:2 cm ~ no; 1 mg:1 mL ~ 1 g:1 L ~ yes
    1 mg:1 mL ~ 1 g:1 mL ~ no; 1 mg:1 mL ~ 1 mL:1 mg ~ no; 1 mg:1 mL ~ 1 mg:1 mg ~ no
    1 1:3 1 ~ 0.33333333 1:1 1 ~ no; 1 mg:1 month ~ 12 mg:1 year ~ yes; 1 mg:1 day ~ 7 mg:1 wk ~ yes
    0 mg:1 mL ~ 0 g:5 L ~ yes; 1 mg:0 mL ~ 2 mg:0 mL ~ no; 1 mg:0 mL ~ 1 mg:0 L ~ yes; 1 mg:0 mL ~ 1 mg:1 mL ~ no
    """,
    "~",
)


@pytest.mark.parametrize(("left", "right", "same"), PROPORTIONS)
def test_ratios_are_equivalent_when_they_are_the_same_proportion(left: str, right: str, same: str) -> None:
    first, second = (Ratio(*map(quantity, text.split(":"))) for text in (left, right))
    assert units.equivalent_ratios(first, second) is (same == "yes")
    assert units.equivalent_ratios(second, first) is (same == "yes")


# --- conversion and arithmetic ---

CONVERTED = table(
    """
    5 mg > g = 0.005 g; 150 [lb_av] > kg = 68.0388555 kg; 70 kg > [lb_av] = 154.32358353 [lb_av]
    1 min > h = 0.01666667 h; 5 ng > kg = 0E-8 kg; 5.50 mg > mg = 5.50 mg; 2 week > day = 14 day
    18 month > year = 1.5 year; 9999999999999999999999999999 kg > g = null; 1 mg > bogus = null; 1 mg > mL = null
    """,
    ">",
    "=",
)
SUMS = table(
    """
    1 m and 1 cm = 101 cm, 99 cm; 1 cm and 1 m = 101 cm, -99 cm; 2 g and 500 mg = 2500 mg, 1500 mg
    0.1 mg and 0.2 mg = 0.3 mg, -0.1 mg; 1 year and 1 month = 13 month, 11 month; 1 week and 1 day = 8 day, 6 day
    1 day and 1 d = 2 day, 0 day; 1 day and 1 h = 25 h, 23 h; 50 % and 0.25 1 = 75 %, 25 %
    1 kg and 1 [lb_av] = 3.20462262 [lb_av], 1.20462262 [lb_av]; 1 month and 1 day = null, null
    1 year and 1 a = null, null; 1 cm and 1 cm2 = null, null
    9999999999999999999999999999 kg and 1 g = null, null
    """,
    "and",
    "=",
)
PRODUCTS = table(
    """
    1.0 cm * 2.0 cm = 2 cm2; 3 cm * 12 cm2 = 36 cm3; 1.5 mg/m2 * 2 m2 = 3 mg; 2 mg/kg * 70 kg = 140 mg
    2 1 * 3 mg/dL = 6 mg/dL; 3 mg/dL * 2 1 = 6 mg/dL; 2 month * 3 1 = 6 month; 3 1 * 2 year = 6 year; 2 1 * 3 1 = 6 1
    5 mg/d * 3 day = 15 mg; 2 mg/h * 1 d = 2 mg.d/h; 2 10*3/uL * 3 uL = 6 10*3; 2 10*3/uL * 2 10*3 = 4 10*6/uL
    5 {cells}/uL * 2 uL = 10 1; 4 /uL * 2 mL = 8 mL/uL; 2 mL/kg{body_wt} * 3 kg = 6 mL; 2 [iU]/kg * 3 kg = 6 [iU]
    2 kg/m3 * 3 m.s = 6 kg.s/m2; 3 mg/(12.h) * 2 h = 6 mg/12; 5 mL/(12.h)/(12.h) * 1 m = 5 mL.m/12/12/h2
    2 12 * 3 12.m = 6 12.12.m; 2 month * 3 mg = null; 2 bogus * 3 mg = null; 2 mg * 3 bogus = null
    9999999999999999999999999999 m * 10 m = null
    """,
    "*",
    "=",
)
QUOTIENTS = table(
    """
    10 cm2 / 2 cm = 5 cm; 5 g / 1 g = 5 1; 1 g/cm3 / 1.0 1 = 1 g/cm3; -5.5 mg / 2.0 mg = -2.75 1; 1 g / 2 mg = 0.5 g/mg
    1 mg / 3 kg = 0.33333333 mg/kg; 2 mg / 3 kg = 0.66666667 mg/kg; 6 month / 2 1 = 3 month; 6 month / 2 month = 3 1
    6 1 / 2 h = 3 /h; 140 mg / 7 day = 20 mg/d; 10 mg/mL / 2 mg = 5 /mL; 6 m/s / 2 m = 3 /s; 6 m / 2 m/s = 3 s
    1 mg / 0 mL = null; 1 1 / 0 1 = null; 1 mg / 0 mg = null; 1 year / 2 month = null; 1 mg / 2 bogus = null
    """,
    "/",
    "=",
)


@pytest.mark.parametrize(("source", "unit", "result"), CONVERTED)
def test_a_converted_quantity_is_rounded_once_to_eight_places(source: str, unit: str, result: str) -> None:
    assert written(units.convert(quantity(source), unit)) == result


@pytest.mark.parametrize(("left", "right", "results"), SUMS)
def test_a_sum_has_the_finer_unit(left: str, right: str, results: str) -> None:
    total, difference = results.split(", ")
    assert written(units.add(quantity(left), quantity(right))) == total
    assert written(units.subtract(quantity(left), quantity(right))) == difference


@pytest.mark.parametrize(("left", "right", "product"), PRODUCTS)
def test_a_product_has_the_product_of_the_units(left: str, right: str, product: str) -> None:
    assert written(units.multiply(quantity(left), quantity(right))) == product


@pytest.mark.parametrize(("left", "right", "quotient"), QUOTIENTS)
def test_a_quotient_has_the_quotient_of_the_units(left: str, right: str, quotient: str) -> None:
    assert written(units.divide(quantity(left), quantity(right))) == quotient


def test_no_rounding_hides_in_a_product_with_a_number_in_its_unit() -> None:
    daily = units.multiply(quantity("100 mL/(12.h)"), quantity("1 day"))
    assert daily is not None
    assert units.compare(daily, quantity("200 mL")) == 0


# --- what holds for every unit ---

ATOMS = st.sampled_from(words("g mg kg [lb_av] L uL m cm [in_i] s h d mol U [iU] 10* % K"))
POWERS = st.sampled_from(["", "2", "3", "-1", "-2"])
CODES = st.lists(st.tuples(st.sampled_from("./"), ATOMS, POWERS), min_size=1, max_size=4).map(
    lambda parts: "".join(operator + atom + power for operator, atom, power in parts).removeprefix(".")
)
NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=3)
DURATIONS = st.sampled_from(words("year month week day hour a mo wk d h min"))
PAIRS = st.sampled_from([("m", "cm"), ("h", "min"), ("day", "week"), ("10*3/uL", "/uL"), ("month", "year")])


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
def test_comparison_is_the_same_from_either_side(first: Decimal, left: str, second: Decimal, right: str) -> None:
    order = units.compare(Quantity(first, left), Quantity(second, right))
    assert units.compare(Quantity(second, right), Quantity(first, left)) == (None if order is None else -order)
    assert (order is None) == (units.conversion(left, right) is None)


@given(NUMBERS, DURATIONS, NUMBERS, DURATIONS)
def test_equivalence_is_the_same_from_either_side(first: Decimal, left: str, second: Decimal, right: str) -> None:
    there = units.equivalent_values(Quantity(first, left), Quantity(second, right))
    back = units.equivalent_values(Quantity(second, right), Quantity(first, left))
    assert there is not None
    assert back == (there[1], there[0])


@given(NUMBERS, NUMBERS, PAIRS)
def test_a_sum_is_the_same_from_either_side(first: Decimal, second: Decimal, pair: tuple[str, str]) -> None:
    one, other = Quantity(first, pair[0]), Quantity(second, pair[1])
    assert units.add(one, other) == units.add(other, one)


@given(st.text(alphabet="mgkLu10*^/.()[]{}%23-+ IiU_", max_size=12))
def test_any_text_is_a_unit_that_parentheses_do_not_change_or_none(text: str) -> None:
    assert units.conversion(text, f"({text})") == (1 if units.is_unit(text) else None)


# --- against the table and against another library ---


def test_every_prefix_goes_with_every_metric_unit() -> None:
    from ucumvert import xml_util

    values = {entry.attrib["Code"]: entry.find("{*}value") for entry in xml_util.root.iterfind("{*}prefix")}
    prefixes = {code: Fraction(value.attrib["value"]) for code, value in values.items()}
    assert len(prefixes) == 24
    for unit in xml_util.get_base_units() + xml_util.get_metric_units():
        plain = measure(unit)
        assert plain is not None, unit
        for prefix, factor in prefixes.items():
            prefixed = measure(prefix + unit)
            assert prefixed is not None, prefix + unit
            assert prefixed.factor == plain.factor * factor, prefix + unit
            assert prefixed.dimensions == plain.dimensions, prefix + unit


def test_no_prefix_goes_with_the_other_units() -> None:
    from ucumvert import xml_util

    assert [unit for unit in xml_util.get_non_metric_units() if units.is_unit(f"k{unit}")] == []


# Where pint says otherwise, and why that is no error here.
OTHERWISE = {
    "a newer or an older measurement of the same constant": "u pc a_t mo_s",
    "pint measures British lengths by American feet": (
        "[in_br] [ft_br] [rd_br] [ch_br] [lk_br] [fth_br] [pc_br] [yd_br] [mi_br] [nmi_br] [kn_br] [acr_br]"
    ),
    "another column of mercury or water": "m[Hg] [in_i'Hg] [in_i'H2O] [PRU] [wood'U]",
    "another calorie or British thermal unit": "cal_[15] [Cal] [Btu_th] [Btu]",
    "another printer's point": "[pnt_pr] [pca_pr] [didot] [cicero]",
    "pint reads another unit: a second of time, a centifoot": "' '' [cft_i] [cyd_i] g% [LPF]",
    "pint keeps the units of Gauss apart from SI": "Mx G Oe",
}
BASES = {"m": "meter", "s": "second", "g": "gram", "rad": "radian", "K": "kelvin", "C": "coulomb", "cd": "candela"}


def test_every_unit_that_pint_knows_too_has_the_same_factor_up_to_the_floats() -> None:
    from ucumvert import PintUcumRegistry, UcumToPintTransformer, get_ucum_parser, xml_util

    registry = PintUcumRegistry()
    transformer, parser = UcumToPintTransformer(ureg=registry), get_ucum_parser()
    bases = {**BASES, "mol": "mole"}
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
    assert differing == {code for codes in OTHERWISE.values() for code in words(codes)}
    assert compared > 240
