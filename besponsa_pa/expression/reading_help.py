"""What mends an expression that cannot be read.

What stands where the reading stopped is often right, and the mistake before it; so each help looks at the words around
the place for one mistake that people make, and the first that knows it speaks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from besponsa_pa.diagnostic import did_you_mean
from besponsa_pa.expression.parse_table import expression_parser
from besponsa_pa.values import CALENDAR_UNITS

# Where all of these would be right, any value would be.
OPERANDS = frozenset({"IDENTIFIER", "NUMBER", "STRING"})
OPERATORS = frozenset({"AND", "OR", "EQUAL"})
TRUTHS = frozenset({"NULL", "TRUE", "FALSE"})
# signs that could always go on, beside what is really wanted
GOES_ON = frozenset({
    "PLUS", "MINUS", "AMPERSAND", "STAR", "SLASH", "CIRCUMFLEX", "DIV", "MOD", "LSQB", "MEMBER",
})  # fmt: skip

# Words of the language that people take for names; the others stand between or before operands.
LIKE_NAMES = frozenset({
    "start", "end", "date", "time", "duration", "difference", "point", "width", "display", "case", "minimum",
    "maximum", "starting", "Code", "Concept", "Interval", "List", "Tuple", *CALENDAR_UNITS,
    *(f"{unit}s" for unit in CALENDAR_UNITS),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reading stopped: before which word of which kind, and what would have been right there."""

    text: str
    start: int
    word: str
    kind: str
    expected: AbstractSet[str]

    @property
    def before(self) -> str:
        """The text before the place, without the spaces at its end."""
        return self.text[: self.start].rstrip()

    @property
    def previous(self) -> str:
        """The word that ends just before the place, or ""."""
        found = re.search(r"[A-Za-z_]\w*$", self.before)
        return found[0] if found else ""

    @property
    def wants_value(self) -> bool:
        """Whether any value would have been right."""
        return self.expected >= OPERANDS


def help_for(place: Place) -> str:
    """What mends the mistake at a place, or "" when it is none that people often make."""
    return next((help for mend in HELPS if (help := mend(place))), "")


# --- operators ---

QUANTIFIERS = ("some", "any", "all", "every", "each", "no", "one")

# What other languages and people write for an operator.
OPERATORS_FOR = {
    "equals": "=", "equal": "=", "eq": "=", "was": "=", "are": "=", "isnt": "!=", "unequal": "!=", "ne": "!=",
    "gt": ">", "greater": ">", "above": ">", "exceeds": ">", "ge": ">=", "lt": "<", "below": "<", "under": "<",
    "le": "<=", "has": "contains", "have": "contains", "plus": "+", "minus": "-", "times": "*", "x": "*",
    "unless": "or", "but": "and", "nor": "and not", "like": "StartsWith(a, 'x')", "matches": "StartsWith(a, 'x')",
}  # fmt: skip


# What people write for what a case does not say.
ABSENT = ("missing", "unknown", "empty", "blank", "none", "nothing", "absent", "null")


def operator_help(word: str) -> str:
    """What was meant by a word that stands where an operator does."""
    meant = OPERATORS_FOR.get(word.lower())
    near = f"write `{meant}`" if meant else did_you_mean(word, ("and", "or", "in", "implies", "between", "contains"))
    return small_letters(word) or near or "operators are `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `and`, `or` ..."


def small_letters(word: str) -> str:
    """What mends a word of the language in capitals, "" for any other word."""
    small = word.lower()
    is_keyword = word != small and word not in LIKE_NAMES and small in expression_parser().keywords
    return f"write `{small}` in small letters" if is_keyword else ""


# --- characters ---

STRAIGHT_TEXT = "texts stand between straight quotes: `'positive'`"
STRAIGHT_NAME = 'names stand between straight quotes: `"a name"`'
CHARACTER_HELPS = {
    "'": "a text begins and ends with `'`; inside it write `\\'`",
    '"': 'a name in double quotes ends with `"`',
    "`": "a text stands in single quotes: `'positive'`",
    "\u2018": STRAIGHT_TEXT, "\u2019": STRAIGHT_TEXT, "\u00b4": STRAIGHT_TEXT,
    "\u201c": STRAIGHT_NAME, "\u201d": STRAIGHT_NAME, "\u201e": STRAIGHT_NAME,
    "\u2265": "write `>=`", "\u2264": "write `<=`", "\u2260": "write `!=`", "\u2212": "write `-`",
    "\u2013": "write `-`",
    "\u00d7": "write `*`", "\u00f7": "write `/`", "\u00b7": "write `*`",
    "@": "a date is written year, month, day: `@2026-11-20`",
    "!": "a negation is written `not`, unlike is written `!=`",
    "?": "write `if ... then ... else ...`",
    "%": "per cent is a unit: `5 '%'`",
    "#": "a remark begins with `//`",
    ";": "leave it out: an expression has no end sign",
    "$": "of these there are only `$this`, `$index` and `$total`",
}  # fmt: skip


def character_help(text: str, position: int) -> str:
    """What mends a sign with which nothing of the language begins."""
    character, before, after = text[position], text[:position], text[position + 1 :]
    if character == "'" and re.search("[\u2018\u2019\u00b4`]", after):
        return "the text ends with another quote than it begins with: write `'` on both sides"
    if character == ";" and before.count("{") > before.count("}"):
        return "values are divided by commas"
    if unicodedata.category(character) in ("Cf", "Cc", "Zs", "Zl", "Zp"):
        return "delete it, and type an ordinary space where one is wanted"
    if character in ".?" and not after.strip():
        return "leave it out: an expression has no end sign"
    if character == ".":
        if after.startswith("."):
            return "an interval is written `Interval[1, 6]`"
        if re.search(r"[A-Za-z]\d+$", before):
            return (
                f"a text stands in single quotes, a code so: `Code '{_word_around(text, position)}' from \"ICD-10-CM\"`"
            )
        return "a decimal has digits on both sides of its point: `0.5`; a name goes on behind it: `disease.cd22`"
    return CHARACTER_HELPS.get(character, "")


def _word_around(text: str, position: int) -> str:
    start = re.search(r"\w*$", text[:position])
    end = re.match(r"[.\w]*", text[position:])
    return (start[0] if start else "") + (end[0] if end else "")


# --- words, each help for one mistake ---


def _capitals(place: Place) -> str:
    return small_letters(place.word)


def _signs(place: Place) -> str:
    match place.word:
        case "&":
            return "write `and`"
        case "|":
            return "write `or`"
        case "/" if place.text.startswith("/*", place.start):
            return "a remark that begins with `/*` ends with `*/`"
        case _:
            return ""


def _brackets(place: Place) -> str:
    if place.word == "[" and place.wants_value:
        return "a list stands in braces: `{'a', 'b'}`; an interval is written `Interval[1, 6]`"
    if place.word in (")", "]", "}") and "$END" in place.expected:
        return f"there is no `{dict(zip(')]}', '([{', strict=True))[place.word]}` that it closes"
    if place.word in ("(", "of") and place.previous in CALENDAR_UNITS and "FROM" in place.expected:
        return f"write `{place.previous} from ...`"
    if place.word == "(" and re.search(r"\.\s*\w+$", place.before):
        return (
            "a function stands before its value, `Count(therapies)`; a list is searched with `(therapies T where ...)`"
        )
    return ""


def _commas(place: Place) -> str:
    if place.word != ",":
        return ""
    if place.expected & {"THEN", "ELSE"} or re.search(r"\bif\s*[(][^()]*$", place.before):
        return "write `if ... then ... else ...`"
    if _in_between(place):
        return _between(place)
    if re.search(r"\bwhere\b[^()]*$", place.before):
        return "conditions are joined with `and`"
    if re.search(r"[(]\s*[\w.]+\s+[A-Za-z_]\w*$", place.before):
        return "a search in two lists begins with `from`: `from therapies A, therapies B where ...`"
    return "a list stands in braces: `{'a', 'b'}`"


def _after_number(place: Place) -> str:
    """A unit that is misspelt, and what looks like one."""
    number = re.search(r"(?<![\w'\"@.-])[0-9]+(?:\.[0-9]+)?$", place.before)
    if number is None or place.kind not in ("IDENTIFIER", "QUOTED", "NUMBER"):
        return ""
    if place.word.lower() == "x":
        return f"a product is written `{number[0]} * ...`"
    if re.fullmatch(r"[eE]\d+", place.word):
        return "write the number in full, such as `100000`"
    near = did_you_mean(place.word, (f"{unit}s" for unit in CALENDAR_UNITS))
    rest = re.match(r"[\w%*/\[\].{}^+-]+", place.text[place.start :])
    if near or rest is None or not re.search(r"[*/]", rest[0]):
        return near
    return f"a unit stands in single quotes: `{number[0]} '{rest[0]}'`"


def _comparisons(place: Place) -> str:
    if place.word in ("<", "<=", ">", ">=", "=", "!=") and place.previous in ("and", "or"):
        return "say again what is compared: `x >= 1 and x <= 6`; or write `x between 1 and 6`"
    if place.previous == "is" and place.expected >= TRUTHS:
        return "to compare, write `=`; `is` asks only for `null`, `true` and `false`"
    if re.search(r"\bis\s+not$", place.before):
        return "to compare, write `!=`; to deny a condition, write `not (...)`"
    if place.word == "not":
        return "`not` stands before a condition in parentheses: `not (a in {'x', 'y'})`"
    return ""


def _in_between(place: Place) -> bool:
    return "AND" in place.expected and "OR" not in place.expected


def _between(place: Place) -> str:
    if "BETWEEN" in place.expected and re.search(r"\bin\s+(years|months|days)$", place.before):
        return "an age is written `years between patient.birth_date and request.date`"
    if not _in_between(place):
        return ""
    counted = re.search(rf"\b((?:{'|'.join(CALENDAR_UNITS)})s)\s+between\b", place.before)
    if counted:
        return f"between the two dates stands `and`: `{counted[1]} between a and b`"
    return "write `and`" if place.word == "to" else "between the two values stands `and`: `between 1 and 6`"


def _timing(place: Place) -> str:
    if re.search(r"\bwithin\s+\d+\s+\w+$", place.before) and "OF" in place.expected and place.kind != "TEMPORAL":
        return "say of which date: `within 3 months of request.date`"
    if "PRECISIONS" in place.expected and "STRING" in place.expected and re.search(r"\d$", place.before):
        return "say in which unit: `6 months`, or `6 'mg'`"
    if re.search(r"\b(last|past|previous)\s+\d+\s+\w+$", place.before):
        return "write `in Interval[request.date - 3 months, request.date]`"
    if re.search(r"\bwithin\s+\d+\s+\w+$", place.before) and place.kind == "TEMPORAL":
        return "write `within 3 months of ...`, or `3 months or less before ...`"
    if place.kind == "OR_AMOUNT":
        return "it stands behind the number: `3 months or less before ...`"
    return ""


def _searches(place: Place) -> str:
    if place.word == "from" and place.previous == "timezone":
        return "`timezone from` is written `timezoneoffset from`"
    if place.kind == "SUCH_THAT":
        return "`such that` belongs to `with`; to set a condition, write `where`"
    if place.word == "where" and re.search(r"\bwhere\b", place.before):
        return "a search has one `where`: join the conditions with `and`"
    if place.before.endswith("}") and (place.word == "where" or place.kind == "IDENTIFIER"):
        return "a list that is searched stands in parentheses: `({1, 2, 3}) X where X > 2`"
    if place.word in ("where", "return", "sort", "with", "without", "let") and place.previous:
        return "give the list a short name first: `therapies T where T.drug = 'imatinib'`"
    if "QUOTED" in place.expected and "MEMBER" in place.expected and not place.expected >= OPERATORS:
        return "`with` names another list: `with labs L such that ...`; to set a condition, write `where`"
    first = re.match(r"\w*", place.before)
    if first and first[0].lower() in QUANTIFIERS:
        return "write `exists (therapies T where ...)`"
    return ""


def _selectors(place: Place) -> str:
    if re.search(r"\bCode\s+'[^']*'$", place.before):
        return "name the code system: `Code 'C91.02' from \"ICD-10-CM\"`"
    if place.expected >= {"ELSE", "WHEN"} or place.expected - GOES_ON == {"ELSE"}:
        return "every `if` and every `case` has an `else`"
    return "write `if ... then ... else ...`" if "THEN" in place.expected and place.word in ("else", "") else ""


def _quotes(place: Place) -> str:
    if place.text[: place.start].endswith("'") and place.kind == "IDENTIFIER":
        return "a quote inside a text is written `\\'`"
    return ""


def _unfinished(place: Place) -> str:
    """A word that wants something after it, and gets nothing, or the same once more."""
    if not place.wants_value or place.previous not in expression_parser().keywords:
        return ""
    if place.previous in LIKE_NAMES:
        return f"`{place.previous}` is a word of the language; {in_quotes(place.previous)}"
    if not place.word:
        return f"go on after `{place.previous}`, or leave it out"
    is_double = place.word in ("and", "or", "implies", place.previous)
    return f"`{place.word}` cannot follow `{place.previous}`: leave out one of them" if is_double else ""


def _side_by_side(place: Place) -> str:
    """Two values without anything between them."""
    if place.kind not in ("STRING", "NUMBER", "QUOTED", "IDENTIFIER"):
        return ""
    if "RBRACE" in place.expected and place.before[-1:] in ("'", '"', *"0123456789"):
        return "put a comma before it"
    if place.kind == "STRING" and place.previous and place.previous not in expression_parser().keywords:
        form = f"{place.previous}({place.word})"
        return f"put a sign such as `=` before it; what a definition is given stands in parentheses: `{form}`"
    return ""


def _near_words(place: Place) -> str:
    """A word of the language that is misspelt."""
    if len(place.word) < 3 or place.wants_value:
        return ""
    keywords = expression_parser().keywords
    return did_you_mean(place.word, (spelling for spelling, terminal in keywords.items() if terminal in place.expected))


def in_quotes(word: str) -> str:
    """How a word of the language becomes a name."""
    return f'as a name it stands in double quotes: `"{word}"`'


HELPS: tuple[Callable[[Place], str], ...] = (
    _capitals, _signs, _brackets, _commas, _after_number, _quotes, _comparisons, _between, _timing, _searches,
    _selectors, _unfinished, _side_by_side, _near_words,
)  # fmt: skip
