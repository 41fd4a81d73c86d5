"""Texts: joined, taken apart, searched and matched with patterns (CQL 1.5, String Operators)."""

from __future__ import annotations

import re
from functools import lru_cache

from besponsa_pa.expression.functions.open_world import size
from besponsa_pa.expression.functions.table import Operator, Unknowns, overload
from besponsa_pa.patterns import pattern
from besponsa_pa.values import EvaluationError, UncertainList, Value, facts_of, uncertain

SECTION = "CQL 1.5, String Operators: "

# one set of a pattern (`[a-z]`), closed or not, or a character that is escaped and starts none
_SET = pattern(r"\\.|\[\^?\]?((?:\\.|[^\]\\])*)\\?(?:\]|\Z)", re.DOTALL)
# what other dialects read as a set inside of a set, and Python does not
_SET_WITHIN = pattern(r"(?<!\\)\[|&&|\|\||--|~~")
# `$1`, `${name}`, `\$`, and what stands between
_SUBSTITUTION = pattern(r"\$([0-9]+)|\$\{(\w+)\}|\\(.)|([^$\\]+)|(.)", re.DOTALL)


# --- joining and taking apart ---


def _concatenate(left: str | None, right: str | None) -> str:
    return (left or "") + (right or "")


def _add(left: str, right: str) -> str:
    return left + right


def _combine(texts: tuple[str | None, ...] | None, separator: str | None = None) -> str | None:
    """Nulls are left out; of no text at all, null is made (CQL 1.5, Combine)."""
    given = [text for text in texts or () if text is not None]
    return (separator or "").join(given) if given else None


def _split(text: str | None, separator: str | None) -> tuple[str, ...] | None:
    """A separator that is null or empty appears nowhere, so the text stays whole."""
    if text is None:
        return None
    return tuple(text.split(separator)) if separator else (text,)


def _split_on_matches(text: str | None, pattern: str | None) -> tuple[str, ...] | None:
    """As `_split`; a match of no characters separates nothing."""
    if text is None:
        return None
    parts, start = [], 0
    for match in _compiled(pattern).finditer(text) if pattern else ():
        if match.end() > match.start():
            parts.append(text[start : match.start()])
            start = match.end()
    return (*parts, text[start:])


def _substring(text: str, start: int, length: int | None = None) -> str | None:
    """Null for a start outside of the text; an empty text has only its start."""
    if not 0 <= start < max(len(text), 1) or (length is not None and length < 0):
        return None
    return text[start:] if length is None else text[start : start + length]


def _length(text: str) -> int:
    return len(text)


def _length_of_list(value: Value) -> Value:
    """0 for null; between the sure and the possible elements where some may not belong."""
    if value is None:
        return 0
    least, most = size(value)
    if isinstance(value, UncertainList) and value.counts is not None:
        nulls = sum(element is None for element, _ in value.elements)  # these are not in the counts
        least, most = max(least, value.counts[0]), min(most, value.counts[1] + nulls)
    return uncertain(least, most, facts_of(value))


def _position(pattern: str, text: str) -> int:
    return text.find(pattern)


def _last_position(pattern: str, text: str) -> int:
    return text.rfind(pattern)


# --- patterns (CQL 1.5, Matches: case-sensitive, partial matching, single line mode; the dialect of PCRE) ---


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern made ready; what it says to PCRE and not to Python is refused, never read in another way."""
    if any(_SET_WITHIN.search(found[1]) for found in _SET.finditer(pattern) if found[1]):
        raise EvaluationError(f"the pattern `{pattern}` has a set inside of a set; write a `[` in a set as `\\[`")
    try:
        return re.compile(pattern, re.ASCII | re.DOTALL)
    except (re.error, OverflowError, RecursionError) as error:
        raise EvaluationError(f"the pattern `{pattern}` cannot be read: {error}") from None


def _matches(text: str, pattern: str) -> bool:
    return _compiled(pattern).search(text) is not None


def _replace_matches(text: str, pattern: str, substitution: str) -> str:
    compiled = _compiled(pattern)
    pieces = [piece for found in _SUBSTITUTION.finditer(substitution) for piece in _piece(found, compiled)]
    return compiled.sub(lambda match: "".join(p if isinstance(p, str) else match[p] or "" for p in pieces), text)


def _piece(found: re.Match[str], pattern: re.Pattern[str]) -> tuple[str | int, ...]:
    """What a part of a substitution stands for: a text, or the number of a group."""
    digits, name, escaped, plain, stray = found.groups()
    if stray is not None:
        raise EvaluationError(f"a `{stray}` in a substitution is written `\\{stray}`")
    if digits is not None:
        return _group(digits, pattern)
    if name is not None:
        if name not in pattern.groupindex:
            raise EvaluationError(f"the pattern has no group `{name}`")
        return (pattern.groupindex[name],)
    return (plain if escaped is None else escaped,)


def _group(digits: str, pattern: re.Pattern[str]) -> tuple[str | int, ...]:
    """`$12` is group 12 where there is one, else group 1 and the digit 2."""
    length = next((n for n in range(len(digits[:3]), 0, -1) if int(digits[:n]) <= pattern.groups), None)
    if length is None:
        raise EvaluationError(f"the pattern has no group {digits}")
    return int(digits[:length]), digits[length:]


def _upper(text: str) -> str:
    return text.upper()


def _lower(text: str) -> str:
    return text.lower()


def _starts_with(text: str, prefix: str) -> bool:
    return text.startswith(prefix)


def _ends_with(text: str, suffix: str) -> bool:
    return text.endswith(suffix)


OPERATORS: tuple[Operator, ...] = (
    Operator(
        "Concatenate", "{0} & {1}",
        "Both texts, one after the other; a null counts as an empty text.",
        SECTION + "Concatenate",
        (overload("String, String -> String", _concatenate),),
        (("'C91' & '.02'", "'C91.02'"), ("'John' & null & ' Doe'", "'John Doe'")),
        unknowns=Unknowns.NULLS,
        precedence="addition",
    ),
    Operator(
        "Add", "{0} + {1}",
        "Both texts, one after the other; null when either is null.",
        SECTION + "Concatenate",
        (overload("String, String -> String", _add),),
        (("'C91' + '.02'", "'C91.02'"), ("'C91' + null", "null")),
        precedence="addition",
    ),
    Operator(
        "Combine", "Combine({0})",
        "The texts of a list as one text. Nulls are left out; an empty list gives null.",
        SECTION + "Combine",
        (overload("List<String> -> String", _combine),),
        (("Combine({'a', 'b', null, 'c'})", "'abc'"), ("Combine({})", "null")),
        unknowns=Unknowns.NULLS,
    ),
    Operator(
        "Combine", "Combine({0}, {1})",
        "The texts of a list as one text, with a separator between them.",
        SECTION + "Combine",
        (overload("List<String>, String -> String", _combine),),
        (("Combine({'a', 'b', 'c'}, '-')", "'a-b-c'"), ("Combine({'a', 'b'}, null)", "'ab'")),
        unknowns=Unknowns.NULLS,
    ),
    Operator(
        "Split", "Split({0}, {1})",
        "The parts of a text between its separators, as a list.",
        SECTION + "Split",
        (overload("String, String -> List<String>", _split),),
        (("Split('a,b,', ',')", "{'a', 'b', ''}"), ("Split('a,b', '-')", "{'a,b'}"), ("Split(null, ',')", "null")),
        unknowns=Unknowns.NULLS,
    ),
    Operator(
        "SplitOnMatches", "SplitOnMatches({0}, {1})",
        "The parts of a text between the matches of a pattern, as a list.",
        SECTION + "SplitOnMatches",
        (overload("String, String -> List<String>", _split_on_matches),),
        (("SplitOnMatches('a, b;c', '[,;]\\\\s*')", "{'a', 'b', 'c'}"), ("SplitOnMatches(null, ',')", "null")),
        unknowns=Unknowns.NULLS,
    ),
    Operator(
        "Length", "Length({0})",
        "How many characters a text has.",
        SECTION + "Length",
        (overload("String -> Integer", _length),),
        (("Length('C91.02')", "6"), ("Length('')", "0"), ("Length(null as String)", "null")),
    ),
    Operator(
        "Length", "Length({0})",
        "How many elements a list has, nulls among them. Where some elements are uncertain, so is their number.",
        "CQL 1.5, List Operators: Length",
        (overload("List<T> -> Integer", _length_of_list),),
        (("Length({1, 2, null})", "3"), ("Length({})", "0"), ("Length(null as List<Integer>)", "0")),
        unknowns=Unknowns.OWN,
    ),
    Operator(
        "Upper", "Upper({0})",
        "The text in capital letters.",
        SECTION + "Upper",
        (overload("String -> String", _upper),),
        (("Upper('car-t')", "'CAR-T'"), ("Upper(null)", "null")),
    ),
    Operator(
        "Lower", "Lower({0})",
        "The text in small letters.",
        SECTION + "Lower",
        (overload("String -> String", _lower),),
        (("Lower('CAR-T')", "'car-t'"), ("Lower(null)", "null")),
    ),
    Operator(
        "Substring", "Substring({0}, {1})",
        "The text from a position on; the first character is at 0. A position outside of the text gives null.",
        SECTION + "Substring",
        (overload("String, Integer -> String", _substring),),
        (("Substring('C91.02', 4)", "'02'"), ("Substring('ab', 2)", "null"), ("Substring('ab', -1)", "null")),
    ),
    Operator(
        "Substring", "Substring({0}, {1}, {2})",
        "So many characters of a text from a position on, or fewer where it ends.",
        SECTION + "Substring",
        (overload("String, Integer, Integer -> String", _substring),),
        (("Substring('C91.02', 0, 3)", "'C91'"), ("Substring('ab', 1, 5)", "'b'"), ("Substring('ab', 0, -1)", "null")),
    ),
    Operator(
        "StartsWith", "StartsWith({0}, {1})",
        "Whether the text begins with another one, such as a diagnosis code with its category.",
        SECTION + "StartsWith",
        (overload("String, String -> Boolean", _starts_with),),
        (("StartsWith('C91.02', 'C91')", "true"), ("StartsWith('C91.02', 'c91')", "false"),
         ("StartsWith('C91.02', null)", "null")),
    ),
    Operator(
        "EndsWith", "EndsWith({0}, {1})",
        "Whether the text ends with another one.",
        SECTION + "EndsWith",
        (overload("String, String -> Boolean", _ends_with),),
        (("EndsWith('C91.02', '.02')", "true"), ("EndsWith('C91.02', '')", "true"), ("EndsWith(null, '2')", "null")),
    ),
    Operator(
        "PositionOf", "PositionOf({0}, {1})",
        "Where the first text first stands in the second, counted from 0; -1 when it does not.",
        SECTION + "PositionOf",
        (overload("String, String -> Integer", _position),),
        (("PositionOf('.', 'C91.02')", "3"), ("PositionOf('x', 'C91.02')", "-1"), ("PositionOf('x', null)", "null")),
    ),
    Operator(
        "LastPositionOf", "LastPositionOf({0}, {1})",
        "Where the first text last stands in the second, counted from 0; -1 when it does not.",
        SECTION + "LastPositionOf",
        (overload("String, String -> Integer", _last_position),),
        (("LastPositionOf('hi', 'Say hi to Ohio!')", "11"), ("LastPositionOf('x', '')", "-1"),
         ("LastPositionOf(null, 'hi')", "null")),
    ),
    Operator(
        "Matches", "Matches({0}, {1})",
        "Whether a pattern (a regular expression) fits some part of the text; `^` and `$` bind it to the whole text.",
        SECTION + "Matches",
        (overload("String, String -> Boolean", _matches),),
        (("Matches('C91.02', '^C91\\\\.[0-9]+$')", "true"), ("Matches('C91.02', '^[0-9]+$')", "false"),
         ("Matches('C91.02', null)", "null")),
    ),
    Operator(
        "ReplaceMatches", "ReplaceMatches({0}, {1}, {2})",
        "The text with every match of a pattern replaced; `$1` stands for the first group of the pattern.",
        SECTION + "ReplaceMatches",
        (overload("String, String, String -> String", _replace_matches),),
        (("ReplaceMatches('C91.02', '^(\\\\w+)\\\\.(\\\\d+)$', '$1$2')", "'C9102'"),
         ("ReplaceMatches('a b', '\\\\s', '\\\\$')", "'a$b'"), ("ReplaceMatches('a', null, 'b')", "null")),
    ),
)  # fmt: skip
