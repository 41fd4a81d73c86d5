"""How a single text can be written in YAML: plain, in quotes, or on lines of its own below `>` or `|`."""

from __future__ import annotations

import re
from collections.abc import Sequence as SequenceType

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document.nodes import NULL_TEXTS, Mapping, Scalar
from besponsa_pa.document.yaml_reader import parse_yaml
from besponsa_pa.source import Source

# plain wherever it stands, so that no reader needs to be asked
_PLAIN = re.compile(r"[A-Za-z(](?:[A-Za-z0-9_ .'()/%<>=+*-]*[A-Za-z0-9_.'()%+*])?")
# what some reader of YAML takes for a truth value, a number, a date or a time
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null", "~", "", "=", "<<"})
_NUMBER = re.compile(r"[-+.]?[0-9][-+0-9a-fxo_.,:eETtZ ]*|[-+]?\.(?:inf|nan)", re.IGNORECASE)
# what has a meaning to YAML where a text begins
_INDICATOR = re.compile(r"[-?:,\[\]{}#&*!|>%@`'\"](?!(?<=-)[A-Za-z0-9(])")
_HEADER = re.compile(r"(?:^|[ \n])([|>])[-+0-9]*[ ]*(?:#[^\n]*)?\s*\Z")
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# what cannot be seen in a file, or may not stand there
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u2007\u200b-\u200f\u2028-\u202f\u2060\ud800-\udfff\ufeff\ufffe\uffff]"
)


def is_plainly_text(text: str) -> bool:
    """Whether every reader of YAML takes a text without quotes for a text: not `no`, `2025.10`, `0123`, `null`."""
    return text.lower() not in _WORDS and text not in NULL_TEXTS and not _NUMBER.fullmatch(text)


def can_be_plain(text: str, *, in_brackets: bool = False, is_key: bool = False) -> bool:
    """Whether a text can stand without quotes in its place and is read as that text."""
    if _PLAIN.fullmatch(text):
        return True
    if _UNSEEN.search(text) or "\n" in text or text != text.strip():
        return False
    if text in NULL_TEXTS:
        return not is_key
    if _INDICATOR.match(text):
        return False
    return _is_read_as(text, text, in_brackets, is_key)


def _is_read_as(written: str, text: str, in_brackets: bool, is_key: bool) -> bool:
    whole = f"{written}: x" if is_key else f"k: {written}"
    diagnostics = Diagnostics()
    node = parse_yaml(Source(f"{{{whole}, z: y}}\n" if in_brackets else f"{whole}\n", "text.yaml"), diagnostics)
    if diagnostics.has_errors or not isinstance(node, Mapping) or len(node) != (2 if in_brackets else 1):
        return False
    key, value = node.entries[0]
    read = key if is_key else value
    return isinstance(read, Scalar) and read.text == text and not read.quoted


def quoted(text: str) -> str:
    """A text in double quotes; in single ones where it holds more of them and of escapes than apostrophes."""
    if not _UNSEEN.search(text) and "\n" not in text and text.count("'") < text.count('"') + text.count("\\"):
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_ESCAPED.get(each) or _UNSEEN.sub(_escape, each) for each in text) + '"'


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def folded_lines(text: str, width: int) -> list[str] | None:
    """The lines of at most `width` characters that `>` joins to a text again; None for a text that it would change."""
    if not text or _UNSEEN.search(text) or "  " in text or any(line != line.strip() for line in text.split("\n")):
        return None
    lines: list[str] = []
    for number, paragraph in enumerate(text.split("\n")):
        # what `>` makes of an empty line is the end of one
        lines += ([""] if number else []) + (_filled(paragraph, width) if paragraph else [])
    return lines


def _filled(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def unfolded(lines: SequenceType[str]) -> str:
    """The text that `>` makes of lines of which none is indented further than the others."""
    text = ""
    for before, line in zip(("", *lines), lines, strict=False):
        text += f" {line}" if before and line else line or "\n"
    return text


def literal_lines(text: str) -> list[str] | None:
    """The lines that `|` gives back as they are; None for a text that cannot stand so."""
    lines = text.split("\n")
    first = next((line for line in lines if line), "")
    if not first or first.startswith(" ") or _UNSEEN.search(text) or any(line != line.rstrip() for line in lines):
        return None
    return lines


def chomping(text: str) -> tuple[str, str]:
    """A text without the line ends at its end, and the sign after `>` or `|` that gives them back."""
    content = text.rstrip("\n")
    ends = len(text) - len(content)
    return content, "-" if ends == 0 else "" if ends == 1 else "+"


def written_lines(scalar: Scalar) -> SequenceType[str]:
    """The lines on which a text stands in its file, without what stands around them."""
    written = scalar.span.source.text[scalar.span.start : scalar.span.end]
    return [line.strip() for line in written.splitlines()]


def is_folded(scalar: Scalar) -> bool:
    """Whether a text stands below `>`, so that its lines are joined."""
    before = scalar.span.source.text[: scalar.span.start]
    header = _HEADER.search(before, before.rstrip().rfind("\n") + 1)
    return scalar.is_block and header is not None and header[1] == ">"


def has_escape(scalar: Scalar) -> bool:
    """Whether a text stands on one line in double quotes and says a character by an escape."""
    written = scalar.span.source.text[scalar.span.start : scalar.span.end]
    return written.startswith('"') and "\\" in written and "\n" not in written
