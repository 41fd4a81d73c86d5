"""YAML's syntax errors in the words of the person who edits the file, with the place and the mend.

PyYAML says in its own terms what it met (`expected <block end>, but found '<scalar>'`). Each rule here takes one
of its messages, in the wording of the C parser and of the Python parser, looks at the text around the place and
says what the writer most likely did.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from besponsa_pa.diagnostic import Diagnostic, Severity
from besponsa_pa.document.nodes import shown
from besponsa_pa.document.yaml_lines import KEY, fitting_indents, key_help, lines_above, spaces
from besponsa_pa.patterns import pattern
from besponsa_pa.records import dataclass
from besponsa_pa.source import Source, Span

QUOTES = "put the text in quotes"
_QUOTES_OR_BLOCK = "put the whole text in quotes, or write `>-` there and the text on the next line, indented"
_BLOCK_KEEPS_QUOTES = "if the quotes belong to the text, write `>-` there and the text on the next line, indented"
_QUOTE_INSIDE = {"'": "an apostrophe inside '...' is written twice", '"': 'a quote inside "..." is written `\\"`'}
_CLOSER = {"[": "]", "{": "}"}
_TIGHT_KEY = pattern(r"(?:- +)*(?P<key>[\w.]+):(?=[^ \n])")
_WORD = pattern(r"[^\s,\[\]{}'\"]+|.|$")
_LONE_QUOTE = pattern(r"(['\"])(?!.*\1)")
_TIGHT_DASH = pattern(r"-(?=[^\s-])")


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where reading stopped, what PyYAML says of it, and the text that was read last.

    `context_offset` is where the part began that could not be finished (a quote, a bracket, a block of keys);
    `last` is the start and end of the last text before the place.
    """

    source: Source
    problem: str
    offset: int
    context_offset: int | None
    last: tuple[int, int] | None

    @property
    def character(self) -> str:
        """The character at the place, or "" at the end of the file."""
        return self.source.text[self.offset : self.offset + 1]

    @property
    def before(self) -> str:
        """What stands before the place on its line, without the blanks before the place."""
        return self.source.text[self.line_start(self.offset) : self.offset].rstrip(" ")

    def line_start(self, offset: int) -> int:
        """The offset of the first character of the line."""
        return self.source.text.rfind("\n", 0, offset) + 1

    def line(self, offset: int) -> str:
        """The whole line of an offset."""
        return self.source.line_text(self.source.position(offset)[0])

    def indent(self, offset: int) -> int:
        """By how many spaces the line of an offset is indented."""
        line = self.line(offset)
        return len(line) - len(line.lstrip(" "))

    def same_line(self, first: int, second: int) -> bool:
        """Whether two offsets are on one line."""
        return self.line_start(first) == self.line_start(second)

    def span(self, start: int, end: int | None = None) -> Span:
        """A span from an offset, by default of one character, within the file."""
        length = len(self.source.text)
        return Span(self.source, min(start, length), min(start + 1 if end is None else end, length))

    def error(
        self,
        code: str,
        message: str,
        place: Span,
        help: str,
        *,
        label: str = "",
        related: tuple[Span, str] | None = None,
    ) -> Diagnostic:
        """The diagnostic of this mistake."""
        return Diagnostic(code, Severity.ERROR, message, place, label, help, (related,) if related else ())


Rule: TypeAlias = Callable[[Mistake], Diagnostic]


def diagnostic_from_mistake(mistake: Mistake, rule: Rule | None = None) -> Diagnostic:
    """Say what is wrong and how to mend it, by the given rule or the first that knows the message."""
    if rule is None:
        rule = next((rule for pattern, rule in _RULES if re.search(pattern, mistake.problem)), _unknown)
    found = rule(mistake)
    line = mistake.line(found.span.start if found.span else mistake.offset)
    notes = [note for pattern, note in _LOOKALIKES if re.search(pattern, line)]
    help = "; ".join([found.help, *notes])
    return Diagnostic(found.code, found.severity, found.message, found.span, found.label, help, found.related)


# --- texts ---


def cannot_begin(mistake: Mistake) -> Diagnostic:
    """A text that begins with a character that has a meaning for YAML."""
    at = mistake.offset if mistake.context_offset is None else mistake.context_offset
    first = mistake.source.text[at : at + 1]
    named = "a backtick" if first == "`" else f"`{first}`"
    before = mistake.source.text[mistake.line_start(at) : at]
    help = QUOTES if re.search(r"[\[{][^\]}]*$", before) else _QUOTES_OR_BLOCK
    if re.match(r"![A-Za-z(]", mistake.source.text[at:]):
        help = f"to deny a condition, write `not`; or {help}"
    return mistake.error("E114", f"a text cannot begin with {named} here", mistake.span(at), help)


def in_brackets(mistake: Mistake) -> Diagnostic:
    """A character in a text inside `[...]` or `{...}` that has a meaning there."""
    at, found = mistake.offset, mistake.character
    if found == ":" and mistake.source.text[at + 1 : at + 2] in ("[", "{"):
        return mistake.error("E115", "a space is missing after this colon", mistake.span(at), "put a space after it")
    if found == ":":
        help = f"if the colon belongs to the text, {QUOTES}; if a new key begins here, put a comma before it"
        return mistake.error("E114", "a `:` inside `{...}` or `[...]` begins a value", mistake.span(at), help)
    return mistake.error("E114", f"a text inside `{{...}}` or `[...]` cannot hold `{found}`", mistake.span(at), QUOTES)


def _unclosed_quote(mistake: Mistake) -> Diagnostic:
    start = mistake.offset if mistake.context_offset is None else mistake.context_offset
    quote = mistake.source.text[start]
    help = f"close it with `{quote}`"
    if quote == "'":
        help += "; a text that begins with an apostrophe is put in double quotes"
    return mistake.error("E111", f"the quote `{quote}` that opens here is never closed", mistake.span(start), help)


def _after_quote(mistake: Mistake, first_help: str = "", last_help: str = _BLOCK_KEEPS_QUOTES) -> Diagnostic:
    """Text after the closing quote; the quote may be a stray one, opened lines above."""
    if mistake.last and _is_long_quote(mistake):
        start, closing = mistake.last
        return mistake.error(
            "E111",
            f"the quote that opens here closes on line {mistake.source.position(closing)[0]}, before more text",
            mistake.span(start),
            "close the quote where its text ends",
            related=(mistake.span(closing - 1), "it closes here"),
        )
    word = _WORD.match(mistake.source.text, mistake.offset)
    place = mistake.span(mistake.offset, word.end() if word else None)
    quote = mistake.before[-1]
    if _LONE_QUOTE.match(mistake.source.text, mistake.offset):
        help = f"delete it; {_QUOTE_INSIDE[quote]}"
        return mistake.error("E111", "a quote stands after the closing quote", place, help)
    help = "; ".join(part for part in (first_help, _QUOTE_INSIDE[quote], last_help) if part)
    return mistake.error("E111", "text stands after the closing quote", place, help)


def _is_long_quote(mistake: Mistake) -> bool:
    """Whether what was read last stands in quotes and goes over several lines."""
    if mistake.last is None or mistake.same_line(mistake.last[0], mistake.last[1]):
        return False
    return mistake.source.text[mistake.last[0]] in "'\""


def _unknown_escape(mistake: Mistake) -> Diagnostic:
    at = mistake.source.text.rfind("\\", 0, mistake.offset + 1)
    found = mistake.source.text[at : at + 2]
    help = "use single quotes, in which a `\\` is itself, or write it twice"
    return mistake.error("E114", f"`{found}` means nothing inside double quotes", mistake.span(at, at + 2), help)


def block_header(mistake: Mistake) -> Diagnostic:
    """Something else than a remark on the line of a `|` or `>`."""
    at = mistake.offset if mistake.context_offset is None else mistake.context_offset
    mark = mistake.source.text[at]
    message = f"after `{mark}` nothing else can stand on the line"
    help = f"if `{mark}` belongs to the text, {_QUOTES_OR_BLOCK}"
    return mistake.error("E114", message, mistake.span(at), help, label="announces text on the lines below")


# --- keys and colons ---


def _second_colon(mistake: Mistake) -> Diagnostic:
    """A `: ` where no key can end."""
    start, end = mistake.last or (mistake.offset, mistake.offset)
    if mistake.same_line(start, mistake.offset):
        key = KEY.match(mistake.line(start).lstrip(" "))
        after = f" after `{key['key']}:`" if key else ""
        help = f"put the text{after} in quotes"
        return mistake.error("E115", "a second `: ` on one line", mistake.span(mistake.offset), help)
    if mistake.source.text[start] in "'\"" and mistake.source.text[end - 1] == mistake.source.text[start]:
        return _after_quote(mistake)
    if mistake.source.text[mistake.line_start(start) : start].strip(" -"):
        return _key_below_text(mistake, start)
    return _no_key(mistake, start)


def _key_below_text(mistake: Mistake, text_start: int) -> Diagnostic:
    line_start = mistake.line_start(mistake.offset)
    first = line_start + mistake.indent(mistake.offset)
    found, line = shown(mistake.source.text[first : mistake.offset]), mistake.source.position(text_start)[0]
    message = f"`{found}:` is indented as if it went on with the text of line {line}"
    help = f"if it is a key, align it with the keys above; if it is part of the text, {_QUOTES_OR_BLOCK}"
    return mistake.error("E113", message, mistake.span(first, mistake.offset + 1), help)


def _no_colon(mistake: Mistake) -> Diagnostic:
    return _no_key(mistake, mistake.offset if mistake.context_offset is None else mistake.context_offset)


def _no_key(mistake: Mistake, start: int) -> Diagnostic:
    """A line that should be a key with a value and is not."""
    line = mistake.line(start).strip(" ")
    first = mistake.line_start(start) + mistake.indent(start)
    tight = _TIGHT_KEY.match(line)
    if tight:
        at = first + tight.end()
        message = f"a space is missing after `{tight['key']}:`"
        return mistake.error("E115", message, mistake.span(at - 1), f"write `{tight['key']}: ` before the value")
    place = mistake.span(first, first + len(line))
    if _TIGHT_DASH.match(line):
        return mistake.error("E115", "a space is missing after this `-`", place, f"write `- {line[1:]}`")
    above = next((each for indent, each in lines_above(mistake.source, start) if indent == mistake.indent(start)), "")
    if above.startswith("- "):
        return _no_item(mistake, place)
    return mistake.error("E115", "this line is not a key with a value", place, key_help(line))


def _no_item(mistake: Mistake, place: Span) -> Diagnostic:
    help = "begin the line with `- `, or indent it as the keys above the list"
    return mistake.error("E113", "this line stands among list items and does not begin with `- `", place, help)


def _list_after_key(mistake: Mistake) -> Diagnostic:
    help = f"begin the list on the next line, or write it as `[a, b]`; if the `-` belongs to the text, {QUOTES}"
    return mistake.error("E113", "a list cannot begin on the line of its key", mistake.span(mistake.offset), help)


def _no_content(mistake: Mistake) -> Diagnostic:
    """Something that stands where a value was to come."""
    place = mistake.span(mistake.offset)
    match mistake.character:
        case ",":
            help = f"delete it; if it belongs to a text, {QUOTES}"
            return mistake.error("E112", "nothing stands before this comma", place, help)
        case "]" | "}":
            return _stray_closer(mistake)
        case "-":
            help = f"inside `[...]` the items are divided by commas; if the `-` belongs to the text, {QUOTES}"
            return mistake.error("E112", "a `- ` cannot stand inside `[...]` or `{...}`", place, help)
        case ":":
            return mistake.error("E115", "a key is missing before this colon", place, f"write the key, or {QUOTES}")
        case "":
            return _unclosed_bracket(mistake, max(mistake.source.text.rfind(opener) for opener in _CLOSER))
        case _:
            return _unknown(mistake)


# --- brackets ---


def _stray_closer(mistake: Mistake) -> Diagnostic:
    help = f"delete it; if it belongs to a text, {QUOTES}"
    message = f"`{mistake.character}` closes nothing"
    return mistake.error("E112", message, mistake.span(mistake.offset), help)


def _brackets(mistake: Mistake) -> Diagnostic:
    """A list `[...]` or keys `{...}` that do not go on as they should."""
    opened = mistake.offset if mistake.context_offset is None else mistake.context_offset
    opener, found = mistake.source.text[opened], mistake.character
    if _is_long_quote(mistake):
        return _after_quote(mistake)
    if not found or _is_left(mistake, opened):
        return _unclosed_bracket(mistake, opened)
    if found in "]}":
        message = f"`{opener}` is closed by `{found}`"
        related = (mistake.span(opened), "it opens here")
        help = f"write `{_CLOSER[opener]}`"
        return mistake.error("E112", message, mistake.span(mistake.offset), help, related=related)
    if mistake.before.endswith(("'", '"')):
        return _after_quote(mistake, "put a comma between two items", "")
    if mistake.before.endswith(("]", "}")):
        help = f"put a comma, or {QUOTES}"
        return mistake.error("E112", "a comma is missing here", mistake.span(mistake.offset), help)
    return in_brackets(mistake)


def _is_left(mistake: Mistake, opened: int) -> bool:
    """Whether the place is on a later line that is not indented deeper than the one with the bracket."""
    return not mistake.same_line(opened, mistake.offset) and mistake.indent(mistake.offset) <= mistake.indent(opened)


def _unclosed_bracket(mistake: Mistake, opened: int) -> Diagnostic:
    opener = mistake.source.text[opened]
    message = f"the bracket `{opener}` that opens here is never closed"
    help = f"close it with `{_CLOSER[opener]}`; if it belongs to a text, {QUOTES}"
    return mistake.error("E112", message, mistake.span(opened), help)


# --- blocks of keys and lists ---


def _block(mistake: Mistake) -> Diagnostic:
    """Something that fits neither the keys nor the list above it."""
    if not mistake.before.strip(" "):
        return _misplaced_line(mistake)
    if mistake.character and mistake.character in "]}":
        return _stray_closer(mistake)
    if mistake.before.endswith(("'", '"')):
        return _after_quote(mistake)
    if mistake.before.endswith(("]", "}")):
        message = f"text stands after the closing `{mistake.before[-1]}`"
        help = "put the whole text in quotes if the brackets belong to it"
        return mistake.error("E112", message, mistake.span(mistake.offset), help)
    return cannot_begin(Mistake(mistake.source, mistake.problem, mistake.offset, None, None))


def _misplaced_line(mistake: Mistake) -> Diagnostic:
    line = mistake.line(mistake.offset)
    place = mistake.span(mistake.offset, mistake.line_start(mistake.offset) + len(line.rstrip(" ")))
    block = mistake.offset if mistake.context_offset is None else mistake.context_offset
    wanted = block - mistake.line_start(block)
    if mistake.character == ":":
        return _no_content(mistake)
    if mistake.indent(mistake.offset) == wanted and line.lstrip(" ").startswith("-"):
        help = "indent the list under its key, and write nothing else after that key"
        return mistake.error("E113", "a list item stands among keys", place, help)
    if mistake.indent(mistake.offset) == wanted and "block collection" in mistake.problem:
        return _no_item(mistake, place)
    if mistake.indent(mistake.offset) == wanted:
        return cannot_begin(Mistake(mistake.source, mistake.problem, mistake.offset, None, None))
    return _indentation(mistake, place)


def _indentation(mistake: Mistake, place: Span) -> Diagnostic:
    found = mistake.indent(mistake.offset)
    message = f"no line above that this one could go with is indented by {spaces(found)}"
    fitting = dict.fromkeys(
        sorted(fitting_indents(mistake.source, mistake.offset), key=lambda indent: abs(indent - found))
    )
    wanted = " or ".join(spaces(indent) for indent in list(fitting)[:2])
    help = "indent it exactly as the line it goes with" + (f": by {wanted}" if wanted else "")
    return mistake.error("E113", message, place, help)


def _after_document(mistake: Mistake) -> Diagnostic:
    """Something after what was already a whole file."""
    if mistake.source.text.lstrip().startswith(("{", "[")):
        message, help = "text stands after the end of the file's brackets", "delete it, or move it inside"
        return mistake.error("E112", message, mistake.span(mistake.offset), help)
    directive = re.search(r"^%", mistake.source.text, re.MULTILINE)
    if directive:
        return cannot_begin(Mistake(mistake.source, mistake.problem, directive.start(), None, None))
    place = mistake.span(mistake.offset)
    text = mistake.source.text
    if mistake.indent(mistake.offset) < mistake.indent(len(text) - len(text.lstrip())):
        help = "begin the first line, and all keys of the outermost level, in the first column"
        return mistake.error("E113", "this line is indented less than the first line of the file", place, help)
    help = "a line `...` ends the file: delete it; or indent this line as the line it goes with"
    return mistake.error("E113", "this line stands after the end of what the file says", place, help)


def _unknown(mistake: Mistake) -> Diagnostic:
    message = "the file cannot be read any further from here"
    help = f"look at the indentation and the punctuation of this line and the one above, or {QUOTES}"
    return mistake.error("E116", message, mistake.span(mistake.offset), help)


# the first pattern found in PyYAML's `context: problem` decides
_RULES: tuple[tuple[str, Rule], ...] = (
    (r"scanning a (?:%\w+ )?directive|found duplicate|incompatible|\btag\b|URI", cannot_begin),
    (r"quoted scalar: found unexpected", _unclosed_quote),
    (r"escape|hexa?decimal", _unknown_escape),
    (r"block scalar", block_header),
    (r"cannot start any token|scanning an (?:alias|anchor)|mapping keys are not allowed", cannot_begin),
    (r"mapping values are not allowed", _second_colon),
    (r"could not find expected ':'", _no_colon),
    (r"expected ',' or '[\]}]'", _brackets),
    (r"plain scalar: found unexpected ':'", in_brackets),
    (r"node content", _no_content),
    (r"sequence entries are not allowed", _list_after_key),
    (r"<block end>|expected key|expected '-' indicator", _block),
    (r"<document start>", _after_document),
)

_LOOKALIKES = (
    ("[\u201c\u201d\u201e\u2018\u2019]", "curly quotes are ordinary characters, only straight ones count"),
    ("[\u00a0\u202f\u200b\ufeff]", "the line holds a no-break or invisible space: type its spaces anew"),
)
