"""From the errors of the JSON Schema validator to the few that tell what the writer did wrong.

A value that fits none of several forms fails in every one of them. Reported is only the form that it comes
nearest to: the forms of another kind (text against keys) are left out, then those that know fewest of its keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias, cast

from besponsa_pa.document.composing import MESSAGE_LIMIT
from besponsa_pa.records import dataclass

if TYPE_CHECKING:
    from jsonschema import ValidationError

Schema: TypeAlias = "dict[str, object]"
Path: TypeAlias = tuple[str | int, ...]

_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a file does not fit its schema.

    `path` leads to the value, or to the key itself when `at_key`. `rule` is the keyword of the schema, or
    `unknown` (a key that is not known), `one of` (a key of several is missing) and `together` (keys that exclude
    each other). `wanted` are the kinds, words, keys or the number that the rule names, `note` is the schema's
    own phrase for what is wanted, `keys` the keys that a value of the wanted kind may have, `needs` those of them that
    it must have.
    """

    path: Path
    rule: str
    wanted: tuple[str, ...] = ()
    note: str = ""
    at_key: bool = False
    keys: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def violations(errors: Iterable[ValidationError], root: Schema) -> Iterator[Violation]:
    """What the errors come to; `root` is the whole schema, for its references."""
    for error in errors:
        if error.validator in {"oneOf", "anyOf"}:
            yield from _from_forms(error, root)
        else:
            yield from _from_error(error, root)


def _from_error(error: ValidationError, root: Schema) -> Iterator[Violation]:
    """The violation of a keyword that stands for itself."""
    path, rule, value = tuple(error.absolute_path), str(error.validator), cast("object", error.validator_value)
    schema = error.schema if isinstance(error.schema, dict) else {}
    note = _note(schema, rule)
    match rule, error.instance:
        case _, str() if "propertyNames" in error.absolute_schema_path:
            rule = "unknown" if rule in {"enum", "const"} else rule
            yield Violation((*path, error.instance), rule, _texts(value), note, at_key=True)
        case "required", dict():
            yield Violation(path, rule, tuple(key for key in _texts(value) if key not in error.instance))
        case "dependentRequired", dict() if isinstance(value, dict):
            needed = [key for first in value if first in error.instance for key in _texts(value[first])]
            yield Violation(path, "required", tuple(key for key in needed if key not in error.instance))
        case "additionalProperties" | "unevaluatedProperties", dict():
            named, known = set(_QUOTED.findall(error.message)), tuple(_known_keys(schema, root))
            unknown = islice((key for key in error.instance if repr(key) in named), MESSAGE_LIMIT)
            yield from (Violation((*path, key), "unknown", known, at_key=True) for key in unknown)
        case "not", dict():
            yield from _together(path, [value], error.instance, root)
        case "const", _:
            yield Violation(path, "enum", _texts([value]), note)
        case "type", _:
            keys, needs = tuple(_known_keys(schema, root)), _texts(schema.get("required", []))
            yield Violation(path, rule, _texts(value), note, keys=keys, needs=needs)
        case _:
            yield Violation(path, rule, _texts(value), note)


def _from_forms(error: ValidationError, root: Schema) -> Iterator[Violation]:
    """The violations of the form that the value comes nearest to."""
    path = tuple(error.absolute_path)
    if not error.context:
        yield from _together(path, cast("list[object]", error.validator_value), error.instance, root)
        return
    branches: dict[int | str, list[Violation]] = {}
    for child in error.context:
        branches.setdefault(child.schema_path[0], []).extend(violations([child], root))
    forms = [list(_beside(error, root, branch, form)) for branch, form in branches.items()]
    note = _note(error.schema, "") if isinstance(error.schema, dict) else ""
    if note and all(found.path == path and not found.at_key for form in forms for found in form):
        yield Violation(path, "form", note=note)
        return
    fitting = [form for form in forms if not any(_is_of_other_kind(found, path) for found in form)]
    if not fitting:
        yield _no_kind_fits(forms, path, isinstance(error.instance, str))
        return
    nearest = min(_distance(form, path) for form in fitting)
    tied = [form for form in fitting if _distance(form, path) == nearest]
    yield from tied[0] if len(tied) == 1 else _common(tied, path)


def _beside(error: ValidationError, root: Schema, branch: int | str, form: list[Violation]) -> Iterator[Violation]:
    """The violations of one form, where a key that belongs to another form is not unknown but in excess."""
    schemas = [_resolved(each, root) for each in cast("list[object]", error.validator_value)]
    present = error.instance if isinstance(error.instance, dict) else {}
    own = [key for key in _texts(schemas[int(branch)].get("required", [])) if key in present]
    for found in form:
        key = str(found.path[-1]) if found.path else ""
        is_own = found.rule == "unknown" and found.path[:-1] == tuple(error.absolute_path)
        if is_own and own and any(key in _known_keys(schema, root) for schema in schemas):
            yield Violation(found.path[:-1], "together", (own[0], key))
        else:
            yield found


def _is_of_other_kind(found: Violation, path: Path) -> bool:
    return found.path == path and not found.at_key and found.rule in ("type", "enum")


def _distance(form: list[Violation], path: Path) -> tuple[int, int]:
    """How far a value is from a form: keys missing and not known first, then everything."""
    keys = sum(found.path == path or (found.at_key and found.path[:-1] == path) for found in form)
    return keys, len(form)


def _no_kind_fits(forms: list[list[Violation]], path: Path, is_text: bool) -> Violation:
    """One violation that names every kind, or for a text every word, that would do."""
    found = [each for form in forms for each in form if _is_of_other_kind(each, path)]
    words = _united(each.wanted for each in found if each.rule == "enum")
    if words and is_text:
        return Violation(path, "enum", words)
    kinds = _united(each.wanted for each in found if each.rule == "type")
    return Violation(path, "type", kinds if not words or "string" in kinds else (*kinds, "string"))


def _common(forms: list[list[Violation]], path: Path) -> Iterator[Violation]:
    """What several equally near forms say together: keys that none knows, and the keys of which one is missing."""
    missing = [[each for each in form if each.rule == "required" and each.path == path] for form in forms]
    if not all(missing):
        yield from forms[0]
        return
    yield Violation(path, "one of", _united(each.wanted[:1] for form in missing for each in form))
    unknown = [{each.path for each in form if each.rule == "unknown"} for form in forms]
    for place in sorted(set.intersection(*unknown), key=str):
        known = _united(each.wanted for form in forms for each in form if each.path == place)
        yield Violation(place, "unknown", known, at_key=True)


def _together(path: Path, forms: list[object], value: object, root: Schema) -> Iterator[Violation]:
    """Keys of which each makes the value another form, or which a `not` forbids side by side."""
    required = [_texts(_resolved(form, root).get("required")) for form in forms]
    keys = required[0] if len(required) == 1 else tuple(wanted[0] for wanted in required if wanted)
    present = tuple(key for key in dict.fromkeys(keys) if isinstance(value, dict) and key in value)
    if len(keys) == 1 and present:
        yield Violation((*path, present[0]), "unknown", at_key=True)
        return
    yield Violation(path, "together", present) if len(present) > 1 else Violation(path, "form")


def _known_keys(schema: Schema, root: Schema) -> Iterator[str]:
    """The keys that a schema names, in all of its forms."""
    schema = _resolved(schema, root)
    properties = schema.get("properties")
    if isinstance(properties, dict):
        yield from properties
    for keyword in ("allOf", "anyOf", "oneOf"):
        forms = schema.get(keyword)
        for form in forms if isinstance(forms, list) else []:
            yield from _known_keys(form, root)


def _resolved(schema: object, root: Schema) -> Schema:
    """The schema that a `$ref` within the same file points to, beside what stands next to it."""
    if not isinstance(schema, dict):
        return {}
    reference = schema.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return schema
    target: object = root
    for step in reference[2:].split("/"):
        target = target.get(step) if isinstance(target, dict) else None
    return {**_resolved(target, root), **schema}


def _note(schema: Schema, rule: str) -> str:
    note = schema.get("x-wanted") or (schema.get("description", "") if rule == "pattern" else "")
    return str(note)


def _texts(value: object) -> tuple[str, ...]:
    """The value of a keyword as texts, as the file would write them."""
    values = value if isinstance(value, list) else [value]
    return tuple(each if isinstance(each, str) else _JSON_WORDS.get(str(each), str(each)) for each in values)


_JSON_WORDS = {"True": "true", "False": "false", "None": "null"}


def _united(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for group in groups for each in group))
