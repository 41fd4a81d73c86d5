"""What an approval grants: whether it is known, and its JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal

from sqlglot import exp

from besponsa_pa.backends.sql.terms import (
    FALSE,
    NO_MASK,
    TRUE,
    Mask,
    RefusedError,
    Term,
    case,
    is_cql_null,
    is_known,
    text,
    union,
)
from besponsa_pa.backends.sql.translation import Translation, View
from besponsa_pa.backends.sql.truths import YES, Truth, all_true
from besponsa_pa.backends.sql.values_of_columns import has_sign
from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.value_text import calendar_text, escape, number_text, plain_text
from besponsa_pa.policy.conditions import granted_values
from besponsa_pa.policy.model import CheckedGrant, Condition
from besponsa_pa.types import Simple
from besponsa_pa.values import CALENDAR_UNITS, Quantity, Value

Grant = Mapping[str, CheckedGrant]
# control characters
UNSEEN = r"[\x01-\x1f]"


def held_grant(translation: Translation, grant: Grant, view: View) -> tuple[Truth, Mask]:
    """Whether all values of a grant are known, and the facts that are missing for them.

    One that a missing fact would tell leaves it open; one that is CQL's null does not come to an approval.
    """
    truths, masks = [YES], [NO_MASK]
    for _, condition in granted_values(grant):
        if _constant(condition.expression) is None:
            term = _columned(translation, condition, view)
            truths.append(_is_known(term))
            masks.append(term.mask)
    return all_true(truths), union(*masks)


def grant_text(translation: Translation, grant: Grant, view: View) -> exp.Expression:
    """The JSON of a grant whose values are known, without spaces, numbers without zeros at their end.

    Raises `RefusedError` for a value whose text SQL cannot write.
    """
    parts = list(_together(_object(translation, grant, view)))
    made = [text(part) if isinstance(part, str) else part for part in parts]
    return made[0] if len(made) == 1 else translation.dialect.concat(made)


def _columned(translation: Translation, condition: Condition, view: View) -> Term:
    return translation.columned(translation.value(condition, view), f"granted {condition.text}")


def _is_known(term: Term) -> Truth:
    may_be_open = bool(term.mask) or term.high is not None
    if not may_be_open and not term.is_nullable:
        return YES
    known = is_known(term)
    null = is_cql_null(term)
    if not may_be_open:
        return Truth(known)
    return Truth(case([(known, TRUE), (null, FALSE)]), may_be_open=True)


# --- JSON ---


def _object(translation: Translation, grant: Grant, view: View) -> Iterator[str | exp.Expression]:
    yield "{"
    for place, (name, value) in enumerate(grant.items()):
        yield f"{',' if place else ''}{_json(name)}:"
        if isinstance(value, Condition):
            yield from _value(translation, value, view)
        else:
            yield from _object(translation, value, view)
    yield "}"


def _together(parts: Iterator[str | exp.Expression]) -> Iterator[str | exp.Expression]:
    """The parts with texts that follow one another joined."""
    said = ""
    for part in parts:
        if isinstance(part, str):
            said += part
            continue
        if said:
            yield said
        said = ""
        yield part
    yield said


def _json(value: str | int | bool) -> str:
    return json.dumps(value, ensure_ascii=False)


def _value(translation: Translation, condition: Condition, view: View) -> Iterator[str | exp.Expression]:
    constant = _constant(condition.expression)
    if constant is not None:
        yield _json(_constant_text(constant, condition))
        return
    dialect, term = translation.dialect, _columned(translation, condition, view)
    match condition.expression.type:
        case Simple("Boolean"):
            yield case([(term.low, text("true"))], text("false"))
        case Simple("Integer"):
            yield dialect.number_text(term.low)
        case Simple("Decimal"):
            yield from ('"', dialect.number_text(term.low), '"')
        case Simple("Date"):
            yield from ('"', dialect.date_text(term.low), '"')
        case Simple("String"):
            yield from ('"', _escaped(translation, term.low), '"')
        case Simple("Code", system=str() as system):
            yield from (f'"{_json(system)[1:-1]} ', _escaped(translation, term.low), '"')
        case Simple("Quantity"):
            yield from ('"', *_quantity(translation, dialect.number_text(term.low), term, condition), '"')
        case other:
            raise RefusedError(f"a granted `{other}`, as `{condition.text}` is, cannot be said in SQL")


def _constant(node: Checked) -> Value:
    """The value of an expression that is a constant, also by name; None of any other."""
    while isinstance(node, checked.Definition):
        node = node.body
    return node.value if isinstance(node, checked.Constant) else None


def _constant_text(value: Value, condition: Condition) -> str | int | bool:
    match value:
        case bool() | int() | str():
            return value
        case Decimal():
            return _plain(value)
        case Quantity() if value.is_calendar:
            return f"{_plain(value.value)} {calendar_text(value)}"
        case Quantity():
            return f"{_plain(value.value)} '{escape(value.unit)}'"
        case tuple():
            raise RefusedError(f"a granted list, as `{condition.text}` is, cannot be said in SQL")
        case _:
            return plain_text(value)


def _plain(number: Decimal) -> str:
    """A number without zeros at its end."""
    written = number_text(number)
    return written.rstrip("0").rstrip(".") if "." in written else written


def _quantity(
    translation: Translation, number: exp.Expression, term: Term, condition: Condition
) -> Iterator[str | exp.Expression]:
    """A quantity in the unit that it is granted in; a row is refused where the case has it in another unit."""
    unit = term.unit
    if unit is None or term.foreign is None:
        raise RefusedError(f"a granted quantity that is computed, as `{condition.text}` is, cannot be said in SQL")
    translation.guard(term.foreign, "a granted quantity is in another unit than its fact's own")
    yield number
    if unit not in CALENDAR_UNITS:
        yield f" '{_json(escape(unit))[1:-1]}'"
        return
    yield f" {unit}"
    yield case([(exp.NEQ(this=term.low, expression=exp.Literal.number(1)), text("s"))], text(""))


def _escaped(translation: Translation, written: exp.Expression) -> exp.Expression:
    """A text within quotes of JSON. A row with a text of signs that cannot be seen is refused."""
    translation.guard(has_sign(translation.dialect, written, UNSEEN), "a granted text has control characters")
    for sign in ("\\", '"'):
        written = exp.Anonymous(this="REPLACE", expressions=[written, text(sign), text(f"\\{sign}")])
    return written
