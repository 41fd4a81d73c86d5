"""Single values: which texts are surely read, here and as a case is read, as the same value.

A text that is not among them may be well written all the same; its row goes to the interpreter, which knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from besponsa_pa import units
from besponsa_pa.backends.batch.quoting import colons, literal
from besponsa_pa.backends.sql.columns import INTEGER_LIMIT, PLACES, WHOLE_DIGITS
from besponsa_pa.backends.sql.quantities import USUAL_UNITS
from besponsa_pa.records import dataclass, field
from besponsa_pa.terminology import DIAGNOSES, DIAGNOSIS, canonical_system
from besponsa_pa.types import Simple
from besponsa_pa.values import CALENDAR_UNITS

# A text that no reader of JSON has changed on its way: no number that lost its last zeros, nothing that cannot be seen.
PLAIN_TEXT = r"[A-Za-z][ -~\x{a1}-\x{ac}\x{ae}-\x{1fff}]*|[0-9][ !-\-/-DF-df-~]*"
BARE_CODE = r"[A-Za-z][!-~]*|[0-9][0-9A-DF-Za-df-z-]*"
# So many digits that a binary number and the text that it was written as are the same number.
NUMBER = r"-?(0|[1-9][0-9]{0,6})(\.[0-9]{1,5})?"
TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
QUANTITY = rf"^({NUMBER})(?: ?''([^'' ]+)''| ([^'' ]+))$"
NO_NUMBERS = "('NaN', 'Infinity')"
DECIMAL = f"DECIMAL({WHOLE_DIGITS + PLACES}, {PLACES})"


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of cases, from any file, as one relation by a query.

    Its columns are `$raw` (the row as the interpreter reads it), `$file`, `$known` (nothing else is in the row),
    `$case`, `$policy`, one for each of `facts`, `$evidence <fact>`, `$judgment <id>`. `fields` are those that the
    entries of a list are given with; all where a list is not there. Fields
    that are not given have the columns that they become.
    """

    query: str
    facts: frozenset[str]
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """A text as SQL reads it: the columns that it makes, by what their names end in, and whether that is sure."""

    is_sure: str
    columns: Mapping[str, str] = field(default_factory=dict)


def read_from_text(kind: Simple, text: str) -> Read:
    """How SQL reads a text by the type that a fact declares; never sure for types that no column holds."""
    match kind.name:
        case "Boolean":
            value = f"CASE {text} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
            return Read(f"{text} IN ('true', 'false')", {"": value})
        case "Integer":
            value = f"TRY_CAST({text} AS BIGINT)"
            return Read(f"abs({value}) <= {INTEGER_LIMIT} AND {value}::VARCHAR = {text}", {"": value})
        case "Decimal":
            return Read(matches(text, NUMBER), {"": f"TRY_CAST({text} AS {DECIMAL})"})
        case "String":
            return Read(_is_text(kind, text), {"": text})
        case "Date":
            return Read(is_date(text), {"": text})
        case "Time":
            return Read(matches(text, TIME), {"": text})
        case "Code" if kind.system is not None:
            pattern = DIAGNOSIS if canonical_system(kind.system) == DIAGNOSES else BARE_CODE
            return Read(f"{matches(text, pattern)} AND {text} NOT IN {NO_NUMBERS}", {"": text})
        case "Quantity":
            return _quantity(kind, text)
        case _:
            return Read("FALSE")


def matches(text: str, pattern: str) -> str:
    """Whether the whole of a text is of a form."""
    return f"regexp_full_match({text}, {literal(pattern)})"


def is_plain_text(text: str) -> str:
    """Whether a free text surely says something, and is as it was written."""
    return f"{matches(text, PLAIN_TEXT)} AND {text} NOT IN {NO_NUMBERS}"


def is_date(text: str) -> str:
    """Whether a text is a date of the calendar, perhaps only to its month or year."""
    whole = f"({text} || CASE strlen({text}) WHEN 10 THEN '' WHEN 7 THEN '-01' WHEN 4 THEN '-01-01' END)"
    return f"TRY_CAST({whole} AS DATE)::VARCHAR = {whole}"


def _is_text(kind: Simple, text: str) -> str:
    if kind.values is None:
        return is_plain_text(text)
    # a number that is a value may have been written in another way
    surely = [value for value in kind.values if re.fullmatch(r"[A-Za-z_][^\x00-\x1f]*|[1-9][0-9]{0,8}", value)]
    return f"{text} IN ({', '.join(map(literal, surely))})" if surely else "FALSE"


def _quantity(kind: Simple, text: str) -> Read:
    number = f"regexp_extract({text}, '{QUANTITY}', 1)"
    written = f"regexp_replace({text}, '{QUANTITY}', '\\4\\5')"
    accepted = [unit for unit in _units_of(kind.unit) if "'" not in unit[0]]
    if not accepted:
        return Read("FALSE")
    whens = " ".join(f"WHEN {literal(unit)} THEN {literal(value)}" for unit, value in accepted)
    unit = f"CASE {written} {whens} END"
    value = f"TRY_CAST(nullif({number}, '') AS {DECIMAL})"
    return Read(f"{value} IS NOT NULL AND {unit} IS NOT NULL", {"__value": value, "__unit": unit})


def _units_of(declared: str | None) -> list[tuple[str, str]]:
    """The units that a quantity may be written in, each with the one that its value then carries."""
    written = {unit: unit for unit in (*CALENDAR_UNITS, *((declared,) if declared else ()))}
    written |= {f"{unit}s": unit for unit in CALENDAR_UNITS}
    written |= {unit: unit for unit in USUAL_UNITS if units.is_unit(unit)}
    return [(each, unit) for each, unit in written.items() if declared is None or units.commensurable(unit, declared)]


def without_braces(text: str) -> str:
    """A quantity in the form `40 'mg'`, which may be written `{"value": 40, "unit": "mg"}` too."""
    parts = f'json_transform({text}, \'{{"value": "VARCHAR", "unit": "VARCHAR"}}\')'
    joined = f"coalesce({parts}.value || ' ''' || {parts}.unit || '''', '?')"
    plain = f"CASE WHEN {colons(text)} = 2 THEN {joined} ELSE '?' END"
    return f"CASE WHEN starts_with({text}, '{{') THEN {plain} ELSE {text} END"
