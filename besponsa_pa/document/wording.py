"""What does not fit a schema, said with its place in the words of the person who edits the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from besponsa_pa.diagnostic import Diagnostic, Diagnostics, Severity, date_meant, did_you_mean
from besponsa_pa.document.composing import MESSAGE_LIMIT
from besponsa_pa.document.misplaced import node_at, without_followers
from besponsa_pa.document.nodes import Mapping, Node, Scalar, Sequence, shown
from besponsa_pa.document.violations import Path, Violation
from besponsa_pa.records import dataclass, replace
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
_TIGHT_KEY = re.compile(r"(?P<key>[\w.]+):(?P<value>\S.*)", re.DOTALL)
_CURLY = re.compile("[\u201c\u201d\u201e\u2018\u2019]")
# what a written-out list may hold to stand in a help; every word of a longer one stands beside the caret anyway
_FEW = 4
# what people call a kind of value, and the word for it in a policy
_CALLED = {
    "text": "String", "free text": "String", "varchar": "String", "yes/no": "Boolean", "y/n": "Boolean",
    "true/false": "Boolean", "logical": "Boolean", "number": "Decimal", "numeric": "Decimal", "float": "Decimal",
    "int": "Integer", "whole number": "Integer", "count": "Integer", "timestamp": "DateTime", "array": "List",
    "amount": "Quantity", "dose": "Quantity", "reject": "deny", "refuse": "deny", "no": "deny", "review": "pend",
    "refer": "pend", "hold": "pend", "accept": "approve", "yes": "approve", "chart": "documentation",
    "records": "documentation", "claim": "claims",
}  # fmt: skip


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
        is_about_key = self.violation.at_key or self.violation.rule in {"required", "one of", "beside"}
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


def report(
    found: Iterable[Violation], root: Node, diagnostics: Diagnostics, what: str, sections: tuple[str, ...] = ()
) -> None:
    """Report violations in the order of the file, one a place, without those that follow from a misspelt key.

    `sections` are the keys of the outermost level: one of them elsewhere is a section that is indented too deeply.
    """
    everything = _grouped(without_followers(found, root, sections, diagnostics))
    misspelt = {(each.path[:-1], _near_key(each)) for each in everything if each.rule in {"unknown", "inside"}}
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
    tight = _TIGHT_KEY.fullmatch(key)
    if tight and tight["key"] in violation.wanted:
        return tight["key"]
    plain = re.sub(r"[-\s]+", "_", key.strip()).lower()
    if plain in violation.wanted:
        return plain
    longer = [each for each in violation.wanted if len(plain) > len(each) > 1 and plain.startswith(each)]
    if len(longer) == 1:
        return longer[0]
    return did_you_mean(key, violation.wanted, quote="").removeprefix("did you mean ").removesuffix("?")


def _place(violation: Violation, root: Node, what: str) -> _Place:
    key, node = node_at(root, violation.path)
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


def _remark(place: _Place) -> Diagnostic:
    return _diagnostic(place, "E140", "a remark does not begin with `//`", help="write `#` before it")


def _inside(place: _Place) -> Diagnostic:
    message = f"`{place.text}` stands inside {place.name}"
    help = "what the whole file is made of begins in the first column: move it to the left, and what belongs to it"
    return _diagnostic(place, "E140", message, help=help)


def _beside(place: _Place) -> Diagnostic:
    message = f"{place.name} has no value: what belongs to it stands beside it"
    help = f"indent `{place.violation.wanted[0]}`, and what follows it, deeper than {place.name}"
    return _diagnostic(place, "E113", message, help=help)


def _unknown_key(place: _Place) -> Diagnostic:
    near, known = _near_key(place.violation), place.violation.wanted
    tight = _TIGHT_KEY.fullmatch(str(place.violation.path[-1]))
    if tight and near == tight["key"]:
        help = f"write `{near}: {shown(tight['value'])}`"
        return _diagnostic(place, "E140", f"a space is missing after `{near}:`", help=help)
    help = f"did you mean `{near}`?" if near else f"known keys are {_listed(known)}" if known else ""
    if not near and isinstance(place.node, Scalar) and place.node.span.start == place.node.span.end and known:
        help += "; if a comma or colon belongs to a text, put the text in quotes"
    if _CURLY.search(place.text):
        help += "; curly quotes are ordinary characters, only straight ones count"
    return _diagnostic(place, "E140", f"{place.name} has no key `{place.text}`", help=help)


def _missing_key(place: _Place) -> Diagnostic:
    keys = place.violation.wanted
    help = f"add {_listed((f'{key}:' for key in keys), ' and ')}" if len(keys) <= _FEW else "add each of them"
    help += f" to {place.name}" if place.violation.path else ""
    return _diagnostic(place, "E141", f"{place.name} lacks {_listed(keys, ' and ')}", help=help)


def _missing_form(place: _Place) -> Diagnostic:
    keys = place.violation.wanted
    help = f"add `{keys[0]}:` to {place.name}, or another of them"
    return _diagnostic(place, "E141", f"{place.name} needs one of {_listed(keys)}", help=help)


def _wrong_kind(place: _Place) -> Diagnostic:
    kinds = [kind for kind in place.violation.wanted if kind != "null"]
    wanted = place.violation.note or " or ".join(KINDS[kind] for kind in kinds)
    if isinstance(place.node, Scalar) and place.node.is_null:
        help = f"write {wanted} after the colon" if place.key else ""
        return _diagnostic(place, "E142", f"{place.name} has no value", f"wanted {wanted}", help)
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
        if no_values and node.entries:
            return f"write `[{', '.join(node.keys())}]`"
        in_brackets = node.span.source.text[node.span.start] == "{"
        return "put brackets around it: `[{...}]`" if in_brackets else "begin each item with `- `"
    if "string" in kinds:
        in_brackets = node.span.source.text[node.span.start] in "[{"
        return "put the text in quotes if the brackets belong to it" if in_brackets else "write one text in its place"
    if "object" in kinds and isinstance(node, Sequence):
        return "write keys without `- ` before them" + _first_keys(place)
    return ""


def _mend_text(place: _Place, node: Scalar, kinds: list[str]) -> str:
    text, tight = place.text, _TIGHT_KEY.match(place.text)
    if "array" in kinds:
        return "a space is missing after `-`" if text.startswith("-") else f"write `[{text}]`"
    if "object" in kinds and place.violation.path:
        return f"a space is missing after `{tight['key']}:`" if tight else _keys_for_text(place)
    if node.quoted and "object" not in kinds:
        return "leave out the quotes"
    if "integer" in kinds:
        return "write a whole number in digits, such as `1`"
    return "write it in digits" if "number" in kinds else ""


def _keys_for_text(place: _Place) -> str:
    """How a text becomes the value of a key, where one is the likeliest."""
    keys, needs = place.violation.keys, place.violation.needs
    if len(needs) == 1 and len(keys) < _FEW:
        return f"write `{{{needs[0]}: {place.text}}}`"
    return "write keys with values" + _first_keys(place) if keys else "write `{key: value}`"


def _first_keys(place: _Place) -> str:
    keys = place.violation.keys
    return f": {_listed(keys[:_FEW], ', ')} ..." if len(keys) > _FEW else f": {_listed(keys)}" if keys else ""


def _wrong_word(place: _Place) -> Diagnostic:
    words = place.violation.wanted
    help = "leave out the quotes" if place.text in words else _word_help(place.text, words)
    if not isinstance(place.node, Scalar) or (place.node.is_null and not place.violation.at_key):
        found = "has no value" if isinstance(place.node, Scalar) else f"is {_found(place, True)}"
        return _diagnostic(place, "E142", f"{place.name} {found}", f"wanted {_listed(words, ' or ')}")
    if len(words) == 1:
        return _diagnostic(place, "E143", f"{place.name} is `{place.text}`, wanted `{words[0]}`", help=help)
    return _diagnostic(
        place, "E143", f"{place.name} cannot be `{place.text}`", f"not one of {_listed(words, ', ', '')}", help
    )


def _word_help(text: str, words: tuple[str, ...]) -> str:
    """The word that was meant, by its letters or by what people call it."""
    called = _CALLED.get(text.lower(), "")
    if near := did_you_mean(text, words) or (did_you_mean(called, words) if called in words else ""):
        return near
    return f"write {_listed(words, ' or ')}" if 1 < len(words) <= _FEW else ""


def _wrong_form(place: _Place) -> Diagnostic:
    wanted = place.violation.note or "another form"
    help = _form_help(place)
    if place.violation.at_key:
        return _diagnostic(place, "E144", f"`{place.text}` cannot be a key here", f"wanted {wanted}", help)
    if isinstance(place.node, Scalar) and not place.node.text:
        wanted = place.violation.note or "text"
        return _diagnostic(place, "E144", f"{place.name} is empty", f"wanted {wanted}", "write it between the quotes")
    found = _found(place, is_text_enough=True)
    return _diagnostic(place, "E144", f"{place.name} is {found}", f"wanted {wanted}", help)


def _form_help(place: _Place) -> str:
    """What a text was meant to be, where it is near to the wanted form."""
    pattern = place.violation.wanted[0] if place.violation.rule == "pattern" else ""
    joined = re.sub(r"[\s/-]+", "_", place.text.strip())
    for meant in (date_meant(place.text), joined, joined.lower()):
        if pattern and meant and re.search(pattern, meant):
            return f"did you mean `{meant}`?"
    if place.violation.at_key and place.text[:1].isdigit():
        return "begin the name with a letter"
    return ""


def _wrong_length(place: _Place) -> Diagnostic:
    node, rule, limit = place.node, place.violation.rule, place.violation.wanted[0]
    count = 0 if isinstance(node, Scalar) else len(node)
    part = "item" if isinstance(node, Sequence) else "key"
    found = "is empty" if count == 0 else f"has {count} {part}{'' if count == 1 else 's'}"
    bound = "at least" if rule.startswith("min") else "at most"
    plural = "" if limit == "1" else "s"
    help = f"write the {part}s that belong here" if count == 0 else ""
    return _diagnostic(place, "E145", f"{place.name} {found}, wanted {bound} {limit} {part}{plural}", help=help)


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
    "remark": _remark,
    "inside": _inside,
    "beside": _beside,
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
