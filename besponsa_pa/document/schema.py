"""Holding nodes against a JSON Schema, by their texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias, cast

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document.composing import MESSAGE_LIMIT
from besponsa_pa.document.nodes import Mapping, Node, Scalar, Sequence
from besponsa_pa.patterns import pattern
from besponsa_pa.shipped import grammar_text

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

    from besponsa_pa.document.violations import Schema

_INTEGER = pattern(r"[-+]?[0-9]+")
_NUMBER = pattern(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,4})?")


@cache
def load_schema(name: str) -> Schema:
    """The shipped schema of that name, such as `policy.schema.json`."""
    return cast("Schema", json.loads(grammar_text(name)))


def validate(node: Node, schema: Schema, diagnostics: Diagnostics, what: str) -> bool:
    """Hold a file against a JSON Schema and report each place that does not fit it; answers whether all do.

    A text fits `string` whatever YAML would take it for (`no`, `0123`, `2025.10`), and `number` or `boolean` when
    it is written as one without quotes. `what` is the kind of file in the reader's words, such as `policy`. The
    schema's `x-wanted` (or, for a `pattern`, its `description`) says in a phrase what is wanted at a place.
    """
    validator = _validator_class()(schema)
    try:
        errors = list(islice(validator.iter_errors(_view(node)), 4 * MESSAGE_LIMIT))
    except RecursionError:
        diagnostics.error("E125", f"the {what} is nested too deeply", help="give the inner parts a name of their own")
        return False
    if not errors:
        return True
    from besponsa_pa.document.violations import violations  # words for mistakes, where there are any
    from besponsa_pa.document.wording import report

    properties = schema.get("properties")
    sections = tuple(properties) if isinstance(properties, dict) else ()
    report(violations(errors, schema), node, diagnostics, what, sections)
    return False


def fits(node: Node, schema: Schema) -> bool:
    """Whether a part of a file fits a schema that refers to no other."""
    return bool(_validator_class()(schema).is_valid(_view(node)))


# --- the nodes as the validator sees them: what it prints of them at each error is never read, so it is nothing ---


class _Text(str):
    """A scalar, equal to its text."""

    __slots__ = ("node",)
    node: Scalar

    def __repr__(self) -> str:
        return ""


class _Items(list["_View"]):
    __slots__ = ()

    def __repr__(self) -> str:
        return ""


class _Keys(dict[str, "_View"]):
    __slots__ = ()

    def __repr__(self) -> str:
        return ""


_View: TypeAlias = _Text | _Items | _Keys


def _view(node: Node) -> _View:
    match node:
        case Scalar():
            text = _Text(node.text)
            text.node = node
            return text
        case Sequence():
            return _Items([_view(item) for item in node.items])
        case Mapping():
            return _Keys({key.text: _view(value) for key, value in node.entries})


# --- what a text is, by how it is written ---


def _is_null(_: object, value: object) -> bool:
    return isinstance(value, _Text) and value.node.is_null


def _is_string(_: object, value: object) -> bool:
    return isinstance(value, str) and not _is_null(_, value)


def _is_boolean(_: object, value: object) -> bool:
    return isinstance(value, _Text) and not value.node.quoted and value in ("true", "false")


def _is_integer(_: object, value: object) -> bool:
    return isinstance(value, _Text) and not value.node.quoted and bool(_INTEGER.fullmatch(value))


def _is_number(_: object, value: object) -> bool:
    return isinstance(value, _Text) and not value.node.quoted and bool(_NUMBER.fullmatch(value))


def _is_same(wanted: object, value: object) -> bool:
    """Whether a value is what an `enum` or `const` names."""
    if wanted is None:
        return _is_null(None, value)
    if isinstance(wanted, bool):
        return _is_boolean(None, value) and value == ("true" if wanted else "false")
    if isinstance(wanted, (int, float)):
        return _is_number(None, value) and Decimal(str(value)) == Decimal(str(wanted))
    return not _is_null(None, value) and value == wanted


def _enum(_: Validator, wanted: list[object], value: object, __: Schema) -> Iterator[ValidationError]:
    if not any(_is_same(each, value) for each in wanted):
        yield _error()


def _const(_: Validator, wanted: object, value: object, __: Schema) -> Iterator[ValidationError]:
    if not _is_same(wanted, value):
        yield _error()


def _minimum(_: Validator, limit: float, value: object, __: Schema) -> Iterator[ValidationError]:
    if _is_number(None, value) and Decimal(str(value)) < Decimal(str(limit)):
        yield _error()


def _maximum(_: Validator, limit: float, value: object, __: Schema) -> Iterator[ValidationError]:
    if _is_number(None, value) and Decimal(str(value)) > Decimal(str(limit)):
        yield _error()


def _exclusive_minimum(_: Validator, limit: float, value: object, __: Schema) -> Iterator[ValidationError]:
    if _is_number(None, value) and Decimal(str(value)) <= Decimal(str(limit)):
        yield _error()


def _exclusive_maximum(_: Validator, limit: float, value: object, __: Schema) -> Iterator[ValidationError]:
    if _is_number(None, value) and Decimal(str(value)) >= Decimal(str(limit)):
        yield _error()


def _error() -> ValidationError:
    from jsonschema import ValidationError

    return ValidationError("")


@cache
def _validator_class() -> type[Validator]:
    """JSON Schema 2020-12 with texts in the place of JSON's types."""
    from jsonschema import Draft202012Validator, validators  # here, so that importing the package does not load it

    checker = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "null": _is_null,
            "string": _is_string,
            "boolean": _is_boolean,
            "integer": _is_integer,
            "number": _is_number,
        }
    )
    keywords = {
        "enum": _enum,
        "const": _const,
        "minimum": _minimum,
        "maximum": _maximum,
        "exclusiveMinimum": _exclusive_minimum,
        "exclusiveMaximum": _exclusive_maximum,
    }
    extend = cast("Callable[..., type[Validator]]", validators.extend)
    return extend(Draft202012Validator, keywords, type_checker=checker)
