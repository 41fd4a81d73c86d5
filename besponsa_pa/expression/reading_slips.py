"""Mistakes for which the place where the reading stopped is not the place: slips of which the whole is recognized.

`=>` is read up to its second sign, `AND` as a name, `1,5` as a number and a comma. Here the whole slip is marked, and
the help can be put in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from besponsa_pa import units
from besponsa_pa.diagnostic import did_you_mean
from besponsa_pa.expression.date_help import date_written_otherwise
from besponsa_pa.expression.parse_table import expression_parser
from besponsa_pa.expression.reading_help import (
    LIKE_NAMES,
    OPERANDS,
    OPERATORS,
    QUANTIFIERS,
    Place,
    in_quotes,
    small_letters,
)
from besponsa_pa.values import CALENDAR_UNITS


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake at its own place in the text: what is found, and what mends it."""

    start: int
    end: int
    message: str
    help: str
    label: str = ""


def slip_at(place: Place) -> Slip | None:
    """The slip that made the reading stop at a place, or None where the place itself is to be looked at."""
    return next((slip for look in _SLIPS if (slip := look(place)) is not None), None)


def slip_at_sign(text: str, position: int) -> Slip | None:
    """The slip around a sign with which nothing of the language begins."""
    place = Place(text, position, text[position], "", frozenset())
    return next((slip for look in _SLIPS_AT_SIGNS if (slip := look(place)) is not None), None)


# --- signs ---

_SIGNS = re.compile(r"[=<>!&|]+(?:\s+[=<>]+)*|->")
# what other languages write for an operator; blanks between the signs do not count
_SIGNS_FOR = {
    "=>": ">=", "=<": "<=", "==": "=", "===": "=", "<>": "!=", "><": "!=", "!==": "!=", "=!": "!=", "&&": "and",
    "||": "or", "->": "implies", ">==": ">=", "<==": "<=", "=>=": ">=", "=<=": "<=", "=!=": "!=",
}  # fmt: skip


def _sign(place: Place) -> Slip | None:
    """Signs of other languages, and signs of this one with a space inside."""
    signs = next((run for run in _SIGNS.finditer(place.text) if run.start() <= place.start < run.end()), None)
    if signs is None:
        return None
    written, joined = signs[0], "".join(signs[0].split())
    meant = _SIGNS_FOR.get(joined) or (joined if written != joined and joined in (">=", "<=", "!=") else None)
    if meant is None:
        return None
    return Slip(signs.start(), signs.end(), f"`{written}` is no operator", f"write `{meant}`")


def _date(place: Place) -> Slip | None:
    """A date with its sign, and written otherwise than year, month and day."""
    found = date_written_otherwise(place.text[place.start :])
    if place.word != "@" or found is None or found.start > 0:
        return None
    end = place.start + found.end
    message = f"`{place.text[place.start : end]}` is no date"
    return Slip(place.start, end, message, f"write `{found.meant}`", found.reading)


def _per_cent(place: Place) -> Slip | None:
    number = re.search(r"(?<![\w.])\d+(?:\.\d+)?\s*$", place.text[: place.start])
    if place.word != "%" or number is None:
        return None
    help = f"write `{number[0].strip()} '%'`"
    return Slip(number.start(), place.start + 1, "per cent is a unit, and units stand in single quotes", help)


# what is longer is no text that lacks a quote, but everything behind a stray one
LONG = 60
_OTHER_QUOTES = "\u2018\u2019\u201a\u00b4`"
_OTHER_DOUBLE_QUOTES = "\u201c\u201d\u201e"
# a text or a name in other quotes than straight ones, and a text of one word that lacks one of its two quotes
_QUOTED = (
    (re.compile(f"[{_OTHER_QUOTES}'](?P<inside>[^'{_OTHER_QUOTES}]{{0,{LONG}}})[{_OTHER_QUOTES}']"), "'"),
    (
        re.compile(
            f'[{_OTHER_DOUBLE_QUOTES}"](?P<inside>[^"{_OTHER_DOUBLE_QUOTES}]{{0,{LONG}}})[{_OTHER_DOUBLE_QUOTES}"]'
        ),
        '"',
    ),
    (re.compile(rf"'(?P<inside>\w{{1,{LONG}}})\s*$"), "'"),
)


def _quotes(place: Place) -> Slip | None:
    """Quotes that are none here, and a quote without the other one."""
    after = place.text[place.start :]
    for pattern, quote in _QUOTED:
        if found := pattern.match(after):
            written = found[0].rstrip()
            message = f"`{written}` does not stand between two straight quotes"
            help = f"write `{quote}{found['inside']}{quote}`"
            return Slip(place.start, place.start + len(written), message, help)
    word = re.search(r"(?<![\w'.])\w+$", place.text[: place.start])
    if place.word == "'" and word and "'" not in after[1:]:
        message = f"`{word[0]}'` does not stand between two straight quotes"
        return Slip(word.start(), place.start + 1, message, f"write `'{word[0]}'`")
    return None


# --- numbers and units ---


def _number(place: Place) -> Slip | None:
    """A comma inside a number: for a point, or between the thousands."""
    before = re.search(r"(?<![\w.'])\d+$", place.text[: place.start])
    after = re.match(r",\d+(?:,\d+)*(?![\w.])", place.text[place.start :])
    if place.word != "," or before is None or after is None:
        return None
    if _wants_and(place) and not re.match(r"\s+and\b", place.text[place.start + after.end() :]):
        return None
    written = before[0] + after[0]
    is_thousands = re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+", written)
    if written.count(",") > 1 and not is_thousands:
        return None
    meant = written.replace(",", "" if is_thousands else ".")
    return Slip(before.start(), place.start + after.end(), f"`{written}` is no number", f"write `{meant}`")


def _wants_and(place: Place) -> bool:
    return "AND" in place.expected and "OR" not in place.expected


def _unit(place: Place) -> Slip | None:
    """A unit without its quotes, or in those of a name."""
    number = re.search(r"(?<![\w'\"@.-])[0-9]+(?:\.[0-9]+)?$", place.before)
    if number is None or place.kind not in ("IDENTIFIER", "QUOTED") or place.word.lower() == "x":
        return None
    if re.fullmatch(r"[eE]\d+", place.word) or did_you_mean(place.word, (f"{unit}s" for unit in CALENDAR_UNITS)):
        return None
    quote = '"' if place.kind == "QUOTED" else ""
    written = re.match(rf"{quote}[\w%*/\[\].{{}}^+-]+{quote}", place.text[place.start :])
    if written is None:
        return None
    unit = written[0].strip('"')
    meant = unit if units.is_unit(unit) else units.ucum_for(unit) or unit
    help = f"write `{number[0]} '{meant}'`"
    return Slip(number.start(), place.start + written.end(), "a unit stands in single quotes", help)


# --- words ---

_WORDS = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|(?<![.\w])[A-Za-z_]\w*""", re.DOTALL)


def _capitals(place: Place) -> Slip | None:
    """A word of the language in capitals, which is read as a name."""
    for word in _WORDS.finditer(place.text):
        if word.start() > place.start:
            return None
        is_call = re.match(r"\s*[(]", place.text[word.end() :]) and not word[0].isupper()
        if not is_call and (help := small_letters(word[0])):
            return Slip(word.start(), word.end(), f"`{word[0]}` is no word of the language", help)
    return None


# comparisons in words, each with its sign
_PHRASES = {
    "(?:greater|more|higher|older|larger) than or equal to": ">=",
    "(?:less|fewer|lower|smaller|younger) than or equal to": "<=",
    "(?:greater|more|higher|older|larger) than": ">", "(?:less|fewer|lower|smaller|younger) than": "<",
    "no (?:less|fewer) than": ">=", "not (?:less|fewer) than": ">=", "no more than": "<=", "not more than": "<=",
    "at least": ">=", "at most": "<=", "up to": "<=", "not equal to": "!=", "equal to": "=", "not one of": "",
    "one of": "in", "any of": "in",
}  # fmt: skip
_PHRASE = re.compile(rf"\b(?:is |are )?({'|'.join(_PHRASES)})\b".replace(" ", r"\s+"))


def _phrase(place: Place) -> Slip | None:
    """A comparison in words."""
    for found in _PHRASE.finditer(place.text):
        if found.start() <= place.start <= found.end() or _ends_after(found, place):
            words = " ".join(found[1].split())
            sign = next(sign for phrase, sign in _PHRASES.items() if re.fullmatch(phrase, words))
            if sign:
                return Slip(found.start(), found.end(), f"`{found[0]}` is no operator", f"write `{sign}`")
    return None


def _ends_after(found: re.Match[str], place: Place) -> bool:
    """Whether one value alone stands between a phrase and the end of its condition, which is the place."""
    between = place.text[found.end() : place.start]
    is_end = place.word in ("", ")", "and", "or", "then", "else")
    return found.end() < place.start and is_end and bool(re.fullmatch(r"\s*[\w.]+\s*", between))


def _is(place: Place) -> Slip | None:
    """`is` for a comparison."""
    found = re.search(r"\bis(?P<not>\s+not)?$", place.before)
    if found is None or place.kind not in ("STRING", "NUMBER", "LBRACE", "DATE"):
        return None
    sign = "in" if place.kind == "LBRACE" and not found["not"] else "!=" if found["not"] else "="
    help = f"write `{sign}`; `is` asks only for `null`, `true` and `false`"
    return Slip(found.start(), found.end(), f"`{found[0]}` does not compare", help)


_LAST = re.compile(r"\b(?:in|within|during)\s+the\s+(?:last|past|previous)\s+(?P<time>\d+\s+\w+)")


def _last_months(place: Place) -> Slip | None:
    """`in the last 6 months`."""
    found = next((each for each in _LAST.finditer(place.text) if each.start() <= place.start <= each.end()), None)
    if found is None:
        return None
    help = f"write `in Interval[request.date - {found['time']}, request.date]`"
    return Slip(found.start(), found.end(), f"`{found[0]}` does not say up to which date", help)


def _singular(place: Place) -> Slip | None:
    """`year between a and b`."""
    if place.previous not in CALENDAR_UNITS or not place.word.endswith("between"):
        return None
    start = len(place.before) - len(place.previous)
    message = f"`{place.previous} between` is no operator"
    return Slip(start, len(place.before), message, f"write `{place.previous}s`")


# --- what was taken for the short name of a list ---

# how far before a place two words are looked for, so that a long text is not looked through again and again
NEAR = 300


def missing_operator(place: Place) -> Slip | None:
    """Two values side by side: `adult disease.status = 'relapsed'`, or a sentence."""
    keywords = expression_parser().keywords
    if place.word in ("", ",", ")") or place.wants_value:
        return None
    if place.kind == "IDENTIFIER":
        return words_without_quotes(place.text, place.start)
    before = max(0, place.start - NEAR)
    found = re.search(r"(?P<first>[\w.)\]}'\"]+)\s+(?P<name>[A-Za-z_]\w*)\s*\Z", place.text[before : place.start])
    if found is None or len(found["name"]) == 1 or found["first"].lower() in QUANTIFIERS:
        return None
    if found["first"] in keywords or found["name"] in keywords:
        return None
    start = before + found.start("name")
    rest = re.match(r"[\w.]*", place.text[start:])
    name = rest[0] if rest else found["name"]
    help = sentence_help(place.text) or joined_help(found["first"], name)
    return Slip(start, start + len(name), f"an operator is missing before `{name}`", help)


_NAME_OF_WORDS = re.compile(r"(?P<sign>\bin|=|~)\s+(?P<words>[A-Za-z][\w-]*(?:[ -][A-Za-z][\w-]*)+)")


def words_without_quotes(text: str, position: int) -> Slip | None:
    """A value set of several words behind `in`, or a text behind `=`, where one of them stopped the reading."""
    keywords = expression_parser().keywords
    for found in _NAME_OF_WORDS.finditer(text):
        words = found["words"].split(" ")
        count = next((at for at, word in enumerate(words) if word in keywords), len(words))
        written = " ".join(words[:count])
        start = found.start("words")
        if start <= position <= start + len(written) and (" " in written or "-" in written):
            quote = "'" if found["sign"] == "=" else '"'
            message = f"`{written}` lacks its quotes"
            return Slip(start, start + len(written), message, f"write `{quote}{written}{quote}`")
    return None


def sentence_help(text: str) -> str:
    """What mends a condition in plain words, or "" for one with signs."""
    if len(re.findall(r"[A-Za-z]+", text)) < 4 or re.search(r"[=<>'(]", text):
        return ""
    return "a condition is written with names and signs, such as `age >= 18`, not as a sentence"


def joined_help(first: str, second: str) -> str:
    """What mends two names side by side."""
    help = "put `and`, `or` or a sign such as `=` between the two"
    is_name = re.fullmatch(r"[A-Za-z_][\w.]*", first) and "." in first and "." not in second
    return f"{help}; a name has no space inside: `{first}_{second}`" if is_name else help


_HYPHENED = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*(?:-[A-Za-z]\w*)+")


def word_as_name(place: Place) -> Slip | None:
    """A word of the language that stands where a name would: at the place, or before it."""
    is_unit = re.search(r"[0-9]\s+\w+$", place.before)
    if place.word in LIKE_NAMES and "IDENTIFIER" in place.expected:
        word, start = place.word, place.start
    elif place.previous in LIKE_NAMES and not is_unit and place.expected.isdisjoint(OPERANDS | OPERATORS):
        word, start = place.previous, len(place.before) - len(place.previous)
    else:
        return None
    hyphened = next((run for run in _HYPHENED.finditer(place.text) if run.start() < start < run.end()), None)
    if hyphened is not None:
        message = f"`{hyphened[0]}` is read as a subtraction"
        return Slip(hyphened.start(), hyphened.end(), message, f"write `{hyphened[0].replace('-', '_')}`")
    return Slip(start, start + len(word), f"`{word}` is a word of the language", in_quotes(word))


_SLIPS_AT_SIGNS: tuple[Callable[[Place], Slip | None], ...] = (_sign, _date, _per_cent, _quotes, _capitals)
_SLIPS: tuple[Callable[[Place], Slip | None], ...] = (
    _capitals, _sign, _number, _unit, _phrase, _is, _last_months, _singular,
)  # fmt: skip
