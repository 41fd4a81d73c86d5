"""JSON text to the same nodes as YAML, numbers by their exact text."""

from __future__ import annotations

import json
from typing import NoReturn

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document.composing import Composer, Refused, finished
from besponsa_pa.document.nodes import Node, Scalar, shown
from besponsa_pa.document.offsets import json_excerpt, plain_excerpt
from besponsa_pa.patterns import pattern
from besponsa_pa.source import Source, Span

_BLANKS = pattern(r"[ \t\r\n]*")
_STRING = pattern(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
_WORD = pattern(r'[^\s{}\[\],:"]+|')
_NUMBER = pattern(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_WORDS = {"True": "true", "False": "false", "None": "null", "TRUE": "true", "FALSE": "false", "NULL": "null"}
_NO_NUMBERS = ("nan", "infinity", "-infinity", "inf", "-inf")

_COMMENTS = ("//", "/*", "#")

# what may come next; the words are those of the messages
_VALUE = "a value"
_FIRST_ITEM = "a value or `]`"
_FIRST_KEY = "a key in double quotes or `}`"
_KEY = "a key in double quotes"
_COLON = "a `:`"
_NEXT_ITEM = "a `,` or `]`"
_NEXT_KEY = "a `,` or `}`"
_END = "nothing more"


def parse_json(source: Source, diagnostics: Diagnostics, start: int = 0, end: int | None = None) -> Node | None:
    """Read JSON, or None when nothing of use can be made of it.

    Numbers keep their exact text, for a binary fraction is not the number that was written. `start` and `end`
    read one value out of a longer text, such as a line of a file with a case a line. A key that occurs twice is
    reported and the reading goes on, as in YAML, with the same limits.
    """
    reader = _Reader(source, diagnostics, start, len(source.text) if end is None else end)
    try:
        reader.read()
    except Refused:
        return None
    return finished(reader.composer)


class _Reader:
    """One pass over the text; what may come next is the whole state."""

    def __init__(self, source: Source, diagnostics: Diagnostics, start: int, end: int) -> None:
        self.composer = Composer(source, diagnostics)
        self.text, self.position, self.end = source.text, start, end
        self.wanted = _VALUE

    def read(self) -> None:
        """Read to the end of the text; raises `Refused` at a mistake, which is then reported."""
        self._skip_blanks()
        if self.position == self.end:
            return
        while self.wanted != _END or self.position < self.end:
            self._step(self.text[self.position] if self.position < self.end else "")
            self._skip_blanks()

    def _step(self, character: str) -> None:
        closer = "}" if self.composer.inside == "mapping" else "]"
        if character and character in "]}" and character == closer and self.wanted.endswith(f"`{closer}`"):
            self.composer.close(self.position + 1)
            self._move(1, self._after_value())
        elif self.wanted == _COLON and character == ":":
            self._move(1, _VALUE)
        elif self.wanted in (_NEXT_ITEM, _NEXT_KEY) and character == ",":
            self._move(1, _VALUE if self.wanted == _NEXT_ITEM else _KEY)
        elif self.wanted in (_KEY, _FIRST_KEY) and character == '"':
            self._read_string(_COLON)
        elif self.wanted in (_VALUE, _FIRST_ITEM):
            self._read_value(character)
        else:
            self._refuse_unexpected(character)

    def _read_value(self, character: str) -> None:
        if character and character in "[{":
            self.composer.open(self.position, is_mapping=character == "{")
            self._move(1, _FIRST_KEY if character == "{" else _FIRST_ITEM)
        elif character == '"':
            self._read_string(self._after_value())
        elif word := self._word():
            self._read_word(word)
        else:
            self._refuse_unexpected(character)

    def _read_string(self, next_wanted: str) -> None:
        found = _STRING.match(self.text, self.position, self.end)
        if not found:
            self._refuse_string()
        try:
            text: str = json.loads(found.group())
        except ValueError as error:
            at = self.position + getattr(error, "pos", 0)
            at = self.text.rfind("\\", self.position, at + 1)
            self._refuse(f"`{self.text[at : at + 2]}` means nothing inside quotes", at, 2, "write a `\\` twice")
        span = Span(self.composer.source, self.position, found.end())
        excerpt = json_excerpt(self.composer.source, text, self.position, found.end())
        self.composer.add(Scalar(text, span, excerpt, quoted=True))
        self._move(found.end() - self.position, next_wanted)

    def _read_word(self, word: str) -> None:
        if word.startswith(_COMMENTS):
            self._refuse_unexpected(word[0])
        if word not in ("true", "false", "null") and not _NUMBER.fullmatch(word):
            self._refuse_word(word)
        span = Span(self.composer.source, self.position, self.position + len(word))
        self.composer.add(Scalar(word, span, plain_excerpt(self.composer.source, word, span.start, span.end)))
        self._move(len(word), self._after_value())

    def _after_value(self) -> str:
        return {"mapping": _NEXT_KEY, "list": _NEXT_ITEM, "": _END}[self.composer.inside]

    def _move(self, length: int, next_wanted: str) -> None:
        self.position += length
        self.wanted = next_wanted

    def _skip_blanks(self) -> None:
        blanks = _BLANKS.match(self.text, self.position, self.end)
        self.position = blanks.end() if blanks else self.position

    def _word(self) -> str:
        word = _WORD.match(self.text, self.position, self.end)
        return word.group() if word else ""

    # --- mistakes ---

    def _refuse_unexpected(self, character: str) -> NoReturn:
        if not character and self.composer.inside:
            opener = self.text[self.composer.opened_at]
            help = f"close it with `{'}' if opener == '{' else ']'}`"
            self._refuse(f"the bracket `{opener}` that opens here is never closed", self.composer.opened_at, 1, help)
        elif self._word().startswith(_COMMENTS):
            self._refuse("JSON has no comments", self.position, self._length(), "delete the comment")
        elif character and character in "]}," and self.wanted in (_VALUE, _KEY, _FIRST_ITEM, _FIRST_KEY):
            message = "a value is missing here" if self._before() == ":" else "a comma too many"
            help = "write a value, or `null` when it is not known" if self._before() == ":" else "delete it"
            at = self.text.rfind(",", 0, self.position) if character != "," and self._before() == "," else self.position
            self._refuse(message, at, 1, help)
        elif self.wanted in (_NEXT_ITEM, _NEXT_KEY) and character not in "]}:":
            self._refuse("a comma is missing before this", self.position, self._length(), "put a comma before it")
        elif self.wanted == _END:
            help = "delete it; several cases go into one file with one case a line (`.ndjson`)"
            self._refuse("more text stands after the end", self.position, self._length(), help)
        else:
            help = "JSON puts keys and texts in double quotes" if "quotes" in self.wanted else ""
            self._refuse(f"wanted {self.wanted} here", self.position, self._length(), help)

    def _refuse_word(self, word: str) -> NoReturn:
        if word.lower() in _NO_NUMBERS:
            help = "leave the key out, or write `null`, when the value is not known"
            self._refuse(f"`{word}` is not a number", self.position, len(word), help, code="E131")
        elif word in _WORDS:
            help = f"write `{_WORDS[word]}`"
            self._refuse(f"JSON does not know `{word}`", self.position, len(word), help, code="E131")
        elif word.lstrip("+-.")[:1].isdigit():
            help = "if it is a code or a date, put it in double quotes; a number has no leading `0`, `+` or `.`"
            self._refuse(f"JSON does not know the number `{shown(word)}`", self.position, len(word), help, code="E131")
        else:
            help = "put text in double quotes"
            self._refuse("a text without double quotes", self.position, len(word), help, code="E131")

    def _refuse_string(self) -> NoReturn:
        line_end = self.text.find("\n", self.position, self.end)
        closing = self.text.find('"', self.position + 1, self.end)
        if closing >= 0 and 0 <= line_end < closing:
            help = 'close the quote on its line; a line break inside a text is written `\\n`, a quote `\\"`'
            self._refuse("the quote that opens here is not closed on its line", self.position, 1, help)
        elif closing >= 0 and self.text[closing - 1] != "\\":
            help = "a tab is written `\\t`; leave other control characters out"
            self._refuse("the text holds a tab or a character that cannot be seen", self.position, 1, help)
        else:
            self._refuse("the quote that opens here is never closed", self.position, 1, 'close it with `"`')

    def _before(self) -> str:
        return self.text[: self.position].rstrip(" \t\r\n")[-1:]

    def _length(self) -> int:
        return max(1, len(self._word()))

    def _refuse(self, message: str, start: int, length: int, help: str, code: str = "E130") -> NoReturn:
        place = Span(self.composer.source, start, min(start + length, self.end))
        self.composer.diagnostics.error(code, message, place, help=help)
        raise Refused
