"""Dates that people write otherwise than the language does, and dates that no calendar has: what was meant."""

from __future__ import annotations

from besponsa_pa.diagnostic import date_meant
from besponsa_pa.expression.literals import parse_date
from besponsa_pa.patterns import pattern
from besponsa_pa.records import dataclass
from besponsa_pa.values import days_in_month

_FULL = pattern(r"@?(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})")
# a date in the middle of an expression, with or without its sign or the quotes of a text
_DATES = pattern(
    r"(?P<quote>'?)@?(?P<date>\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}[/.-]\d{1,2}[/.-]\d{1,2})(?P=quote)(?![\w'])"
)


def date_help(text: str) -> str:
    """What was meant by a date that no calendar has: the last day of its month, or month and day exchanged.

    `text` is the whole date, with or without the `@` that it has in an expression.
    """
    date = _FULL.fullmatch(text)
    if date is None or date["year"] == "0000":
        return ""
    year, month, day = (int(part) for part in date.groups())
    sign = "@" if text.startswith("@") else ""
    if 1 <= month <= 12:
        last = days_in_month(year, month)
        return f"did you mean `{sign}{year:04}-{month:02}-{last if day else 1:02}`?"
    if 1 <= day <= 12 and 1 <= month <= days_in_month(year, day):
        return f"did you mean `{sign}{year:04}-{day:02}-{month:02}`?"
    return "the months are 01 to 12"


@dataclass(frozen=True, slots=True)
class DateFound:
    """Where in a text a date stands that is written otherwise, how the language writes it, and how it was read."""

    start: int
    end: int
    meant: str
    reading: str


def date_written_otherwise(text: str) -> DateFound | None:
    """The first date of an expression that is written otherwise than the language does.

    For what the language has taken for a sum or a text: `1984-3-2`, `03/02/1984`, `'1984-03-02'`.
    """
    for found in _DATES.finditer(text):
        meant = "@" + date_meant(found["date"])
        if meant != found[0] and _is_date(meant[1:]):
            is_year_first = found["date"][:4].isdigit()
            reading = "" if is_year_first else "read as month, day and year"
            return DateFound(found.start(), found.end(), meant, reading)
    return None


def _is_date(text: str) -> bool:
    try:
        parse_date(text)
    except ValueError:
        return False
    return True
