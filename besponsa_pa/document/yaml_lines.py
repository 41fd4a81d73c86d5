"""Lines of a YAML file as its writer sees them: what they are indented by, and what they were meant to be."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.patterns import pattern
from besponsa_pa.source import Source

# a line, without its indentation, that is a key with a value or begins with one
KEY = pattern(r"(?:- +)*(?P<key>[^\s:#'\"\[{][^:]{0,40}):(?= |$)")
_REMARK = pattern(r"//|--|;")
_EQUALS = pattern(r"(?P<key>[A-Za-z_][\w.]*) *=(?=[^=])")
_FIRST_WORD = pattern(r"(?P<key>[A-Za-z_][\w.]*)(?= |$)")


def key_help(line: str) -> str:
    """How a line becomes a key with a value, by what was probably meant."""
    if _REMARK.match(line):
        return "a remark begins with `#`"
    equals, word = _EQUALS.match(line), _FIRST_WORD.match(line)
    if equals:
        return f"write `{equals['key']}:` with a colon and a space"
    deeper = "text that goes on from the line above is indented deeper than its key"
    if word:
        return f"if `{word['key']}` is the key, write `{word['key']}:`; {deeper}"
    return f"a key ends with a colon and a space; {deeper}"


def spaces(count: int) -> str:
    """How many spaces, in words."""
    return f"{count or 'no'} space{'' if count == 1 else 's'}"


def lines_above(source: Source, offset: int) -> Iterator[tuple[int, str]]:
    """The lines above a place that say something, from the nearest up: each with its indentation, and without it."""
    start = source.text.rfind("\n", 0, offset) + 1
    while start > 0:
        end, start = start - 1, source.text.rfind("\n", 0, start - 1) + 1
        line = source.text[start:end].rstrip("\r ")
        said = line.lstrip(" ")
        if said and not said.startswith("#"):
            yield len(line) - len(said), said


def fitting_indents(source: Source, offset: int) -> Iterator[int]:
    """The indentations at which a line could go on with the keys and lists that are open above it."""
    limit = len(source.text)
    for indent, line in lines_above(source, offset):
        if indent >= limit or not (KEY.match(line) or line.startswith("- ")):
            continue
        inside = indent + len(line) - len(line.removeprefix("- ").lstrip(" "))
        yield from (each for each in (inside, indent) if each < limit)
        limit = indent
        if indent == 0:
            return
