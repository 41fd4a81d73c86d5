"""What does not fit a schema, said with its place in the words of the person who edits the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from besponsa_pa.diagnostic import Diagnostic, Diagnostics, Severity, did_you_mean
from besponsa_pa.document.composing import MESSAGE_LIMIT
from besponsa_pa.document.nodes import Mapping, Node, Scalar, Sequence, shown
from besponsa_pa.document.violations import Path, Violation
from besponsa_pa.source import Span

KINDS = {
    "string": "text",
    "array": "a list",
    "object": "keys with values",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
}
_PRIORITY = {"together": 0, "unknown": 1, "type": 1, "enum": 2, "required": 3, "one of": 3}
_LIST_LENGTH = 20
_TIGHT_KEY = re.compile(r"(?P<key>[\w.]+):\S")


@dataclass(frozen=True, slots=True)
class _Place:
    """A value (or key) of the file that does not fit, and what it is called in a message."""

    node: Node
    key: Scalar | None
    name: str
    violation: Violation

    @property
    def text(self) -> str:
        """The text of a key or scalar, shortened."""
        text = self.key.text if self.violation.at_key and self.key else ""
        if not text and isinstance(self.node, Scalar):
            text = self.node.text
        return shown(text)

    @property
    def span(self) -> Span:
        """The text that does not fit; for a missing key, and what goes over several lines, the key it belongs to."""
        is_about_key = self.violation.at_key or self.violation.rule in {"required", "one of"}
        if self.key and (is_about_key or not self._is_in_sight):
            return self.key.span
        if isinstance(self.node, Mapping) and self.node.entries and not self._is_in_sight:
            return self.node.entries[0][0].span
        return self.node.span

    @property
    def _is_in_sight(self) -> bool:
        """Whether the value stands on one line, a list or keys in brackets."""
        span = self.node.span
        is_written_out = isinstance(self.node, Scalar) or span.source.text[span.start] in "[{"
        return is_written_out and span.line == span.source.position(span.end)[0]


def report(found: Iterable[Violation], root: Node, diagnostics: Diagnostics, what: str) -> None:
    """Report violations in the order of the file, one a place, without those that follow from a misspelt key."""
    everything = _grouped(found)
    misspelt = {(each.path[:-1], _near_key(each)) for each in everything if each.rule == "unknown"}
    places = [_place(each, root, what) for each in _without_misspelt(everything, misspelt)]
    places.sort(key=lambda place: _PRIORITY.get(place.violation.rule, 4))
    by_place: dict[tuple[int, int], Diagnostic] = {}
    for place in places:
        diagnostic = _MESSAGES.get(place.violation.rule, _other)(place)
        by_place.setdefault(_extent(diagnostic), diagnostic)
    for _, diagnostic in sorted(by_place.items(), key=lambda item: item[0])[:MESSAGE_LIMIT]:
        diagnostics.add(diagnostic)


def _extent(diagnostic: Diagnostic) -> tuple[int, int]:
    return (diagnostic.span.start, diagnostic.span.end) if diagnostic.span else (0, 0)


def _grouped(found: Iterable[Violation]) -> list[Violation]:
    """The violations, with all keys that are missing at one place put together."""
    result: dict[tuple[Path, str], Violation] = {}
    for each in found:
        before = result.setdefault((each.path, each.rule), each)
        if each.rule == "required":
            result[each.path, each.rule] = replace(before, wanted=tuple(dict.fromkeys(before.wanted + each.wanted)))
    return list(result.values())


def _without_misspelt(found: list[Violation], misspelt: set[tuple[Path, str]]) -> Iterator[Violation]:
    """The violations without missing keys that are there, only misspelt."""
    for each in found:
        left = tuple(key for key in each.wanted if (each.path, key) not in misspelt)
        if each.rule == "required" and left:
            yield replace(each, wanted=left)
        elif each.rule not in {"required", "one of"} or left == each.wanted:
            yield each


def _near_key(violation: Violation) -> str:
    """The known key that an unknown one is meant to be, or ""."""
    key = str(violation.path[-1])
    plain = re.sub(r"[-\s]+", "_", key.strip()).lower()
    if plain in violation.wanted:
        return plain
    return did_you_mean(key, violation.wanted, quote="").removeprefix("did you mean ").removesuffix("?")


def _place(violation: Violation, root: Node, what: str) -> _Place:
    node: Node = root
    key: Scalar | None = None
    for step in violation.path:
        if isinstance(node, Mapping):
            key, node = next(entry for entry in node.entries if entry[0].text == step)
        elif isinstance(node, Sequence):
            key, node = None, node.items[int(step)]
    return _Place(node, key, _name(violation.path[:-1] if violation.at_key else violation.path, what), violation)


def _name(path: Path, what: str) -> str:
    """What the value at a path is called."""
    match path:
        case ():
            return f"the {what}"
        case (*_, str(key)):
            return f"`{key}`"
        case (*_, str(key), int(index)):
            return f"item {index + 1} of `{key}`"
        case _:
            return f"item {int(path[-1]) + 1}"


# --- messages, one function a rule ---


def _diagnostic(place: _Place, code: str, message: str, label: str = "", help: str = "") -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, place.span, label, help)


def _unknown_key(place: _Place) -> Diagnostic:
    near, known = _near_key(place.violation), place.violation.wanted
    help = f"did you mean `{near}`?" if near else f"known keys are {_listed(known)}" if known else ""
    if not near and isinstance(place.node, Scalar) and place.node.span.start == place.node.span.end and known:
        help += "; if a comma or colon belongs to a text, put the text in quotes"
    return _diagnostic(place, "E140", f"{place.name} has no key `{place.text}`", help=help)


def _missing_key(place: _Place) -> Diagnostic:
    return _diagnostic(place, "E141", f"{place.name} lacks {_listed(place.violation.wanted, ' and ')}")


def _missing_form(place: _Place) -> Diagnostic:
    return _diagnostic(place, "E141", f"{place.name} needs one of {_listed(place.violation.wanted)}")


def _wrong_kind(place: _Place) -> Diagnostic:
    kinds = [kind for kind in place.violation.wanted if kind != "null"]
    wanted = place.violation.note or " or ".join(KINDS[kind] for kind in kinds)
    if isinstance(place.node, Scalar) and place.node.is_null:
        return _diagnostic(place, "E142", f"{place.name} has no value", f"wanted {wanted}")
    found = _found(place, is_text_enough="string" not in kinds and not {"array", "object"} & set(kinds))
    return _diagnostic(place, "E142", f"{place.name} is {found}, wanted {wanted}", help=_mend(place, kinds))


def _found(place: _Place, is_text_enough: bool) -> str:
    match place.node:
        case Scalar():
            return f"`{place.text}`" if is_text_enough else "text"
        case Sequence():
            return "a list"
        case Mapping():
            return "keys with values"


def _mend(place: _Place, kinds: list[str]) -> str:
    """How to make a value the wanted kind, by what was probably meant."""
    node = place.node
    if isinstance(node, Scalar):
        return _mend_text(place, node, kinds)
    if "array" in kinds and isinstance(node, Mapping):
        no_values = all(isinstance(value, Scalar) and value.is_null for _, value in node.entries)
        return f"write `[{', '.join(node.keys())}]`" if no_values and node.entries else "begin each item with `- `"
    if "string" in kinds and node.span.source.text[node.span.start] in "[{":
        return "put the text in quotes if the brackets belong to it"
    return ""


def _mend_text(place: _Place, node: Scalar, kinds: list[str]) -> str:
    text, tight = place.text, _TIGHT_KEY.match(place.text)
    if "array" in kinds:
        return "a space is missing after `-`" if text.startswith("-") else f"write `[{text}]`"
    if "object" in kinds and place.violation.path:
        return f"a space is missing after `{tight['key']}:`" if tight else "write `{key: value}`"
    return "leave out the quotes" if node.quoted and "object" not in kinds else ""


def _wrong_word(place: _Place) -> Diagnostic:
    words = place.violation.wanted
    help = "leave out the quotes" if place.text in words else did_you_mean(place.text, words)
    if not isinstance(place.node, Scalar) or (place.node.is_null and not place.violation.at_key):
        found = "has no value" if isinstance(place.node, Scalar) else f"is {_found(place, True)}"
        return _diagnostic(place, "E142", f"{place.name} {found}", f"wanted {_listed(words, ' or ')}")
    if len(words) == 1:
        return _diagnostic(place, "E143", f"{place.name} is `{place.text}`, wanted `{words[0]}`", help=help)
    return _diagnostic(
        place, "E143", f"{place.name} cannot be `{place.text}`", f"not one of {_listed(words, ', ', '')}", help
    )


def _wrong_form(place: _Place) -> Diagnostic:
    wanted = place.violation.note or "another form"
    if place.violation.at_key:
        return _diagnostic(place, "E144", f"`{place.text}` cannot be a key here", f"wanted {wanted}")
    if isinstance(place.node, Scalar) and not place.node.text:
        return _diagnostic(place, "E144", f"{place.name} is empty", f"wanted {place.violation.note or 'text'}")
    found = _found(place, is_text_enough=True)
    return _diagnostic(place, "E144", f"{place.name} is {found}", f"wanted {wanted}")


def _wrong_length(place: _Place) -> Diagnostic:
    node, rule, limit = place.node, place.violation.rule, place.violation.wanted[0]
    count = 0 if isinstance(node, Scalar) else len(node)
    part = "item" if isinstance(node, Sequence) else "key"
    found = "is empty" if count == 0 else f"has {count} {part}{'' if count == 1 else 's'}"
    bound = "at least" if rule.startswith("min") else "at most"
    plural = "" if limit == "1" else "s"
    return _diagnostic(place, "E145", f"{place.name} {found}, wanted {bound} {limit} {part}{plural}")


def _twice(place: _Place) -> Diagnostic:
    """An item that a list holds a second time."""
    seen: dict[str, Scalar] = {}
    for item in place.node.items if isinstance(place.node, Sequence) else ():
        if isinstance(item, Scalar) and item.text in seen:
            first = (seen[item.text].span, "the first time")
            message = f"`{item.text}` stands twice in {place.name}"
            return Diagnostic("E145", Severity.ERROR, message, item.span, help="delete one of them", related=(first,))
        if isinstance(item, Scalar):
            seen[item.text] = item
    return _diagnostic(place, "E145", f"two items of {place.name} are the same", help="delete one of them")


def _excluding_keys(place: _Place) -> Diagnostic:
    keys = place.violation.wanted
    message = f"{_listed(keys, ' and ')} cannot stand together in {place.name}"
    second = place.node.key(keys[1]) if isinstance(place.node, Mapping) else None
    span = second.span if second else place.span
    return Diagnostic("E146", Severity.ERROR, message, span, help="keep one of them")


def _out_of_bounds(place: _Place) -> Diagnostic:
    bounds = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "more than",
        "exclusiveMaximum": "less than",
    }
    wanted = f"wanted {bounds[place.violation.rule]} {place.violation.wanted[0]}"
    return _diagnostic(place, "E147", f"{place.name} is `{place.text}`, {wanted}")


def _other(place: _Place) -> Diagnostic:
    label = f"wanted {place.violation.note}" if place.violation.note else ""
    return _diagnostic(place, "E148", f"{place.name} does not fit here", label)


def _listed(words: Iterable[str], joint: str = ", ", quote: str = "`") -> str:
    """Words in a row, the last joined by another word, and cut when there are too many."""
    quoted = [f"{quote}{word}{quote}" for word in words]
    if len(quoted) > _LIST_LENGTH:
        quoted = [*quoted[:_LIST_LENGTH], f"{len(quoted) - _LIST_LENGTH} more"]
    return joint.join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)


_Message: TypeAlias = Callable[[_Place], Diagnostic]
_MESSAGES: dict[str, _Message] = {
    "unknown": _unknown_key,
    "required": _missing_key,
    "one of": _missing_form,
    "type": _wrong_kind,
    "enum": _wrong_word,
    "form": _other,
    "pattern": _wrong_form,
    "format": _wrong_form,
    "minLength": _wrong_form,
    "maxLength": _wrong_form,
    "minItems": _wrong_length,
    "maxItems": _wrong_length,
    "minProperties": _wrong_length,
    "maxProperties": _wrong_length,
    "uniqueItems": _twice,
    "together": _excluding_keys,
    "minimum": _out_of_bounds,
    "maximum": _out_of_bounds,
    "exclusiveMinimum": _out_of_bounds,
    "exclusiveMaximum": _out_of_bounds,
}
