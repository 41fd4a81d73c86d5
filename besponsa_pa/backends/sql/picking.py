"""The first or the last element of a list, also of one that is sorted: the latest result of a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from besponsa_pa.backends.sql.folding import Listed, doubts, is_open, is_possible, is_sure, is_unsure
from besponsa_pa.backends.sql.meanings import Entry, Meaning, Rows
from besponsa_pa.backends.sql.terms import (
    FALSE,
    TRUE,
    Given,
    Mask,
    RefusedError,
    Term,
    all_of,
    any_of,
    binary,
    case,
    is_null,
    not_,
    number,
    union,
    when,
)
from besponsa_pa.records import dataclass

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope, Translate
    from besponsa_pa.expression import checked


@dataclass(frozen=True, slots=True)
class Picked:
    """An array of the element that was picked, if any; whether it is open which, and the facts that would tell."""

    array: exp.Expression
    rows: Rows
    is_open: exp.Expression
    facts: Mask


def _picked(last: bool) -> Translate:
    def translate(scope: Scope, node: checked.Operation) -> Meaning:
        meaning = scope.meaning(node.operands[0])
        if not isinstance(meaning, Rows) or meaning.is_distinct:
            raise RefusedError(f"`{node.operator.name}` of this list cannot be said in SQL")
        found = _sorted(scope, meaning, last) if meaning.order else _unsorted(scope, meaning, last)
        return _value(scope, found, meaning.element)

    return translate


def _sorted(scope: Scope, rows: Rows, last: bool) -> Picked:
    """The order is open as soon as an element or a key is; then the whole list is. Of equal keys the order stays."""
    plain = Listed(scope, replace(rows, order=()), "First")
    hoisted = scope.translation.hoisted
    belongs = hoisted("sorted", _filtered(scope, rows.array, rows.variable, is_sure(rows.member)))
    unknown_list = hoisted("unknown", plain.any_true(lambda one, member: any_of([is_unsure(member), is_open(one)])))
    several = binary(exp.GT, plain.count(lambda _, member: is_possible(member)), number(1))
    unknown_key = plain.any_true(
        lambda _, member: all_of([is_possible(member), any_of(is_open(key) for key, _ in rows.order)])
    )
    unknown_order = FALSE if unknown_key == FALSE else hoisted("order_unknown", all_of([several, unknown_key]))
    keys = plain.facts(lambda _, member: when(is_possible(member), union(*(key.mask for key, _ in rows.order))))
    facts = union(when(unknown_list, plain.facts(doubts)), when(all_of([not_(unknown_list), unknown_order]), keys))
    for key, descending in rows.order:
        choose = scope.dialect.greatest if last != descending else scope.dialect.least
        best = hoisted("best_key", choose(belongs, rows.variable, key.low))
        is_best = any_of([is_null(best), binary(exp.EQ, key.low, best)])
        belongs = hoisted("of_best_key", _filtered(scope, belongs, rows.variable, is_best))
    one = hoisted("last_one" if last else "first_one", _end(scope, belongs, last))
    return Picked(one, rows, any_of([unknown_list, unknown_order]), facts)


def _unsorted(scope: Scope, rows: Rows, last: bool) -> Picked:
    """The first that may belong, when that is sure. Single values that look alike may still be told: not here."""
    hoisted = scope.translation.hoisted
    possible = _filtered(scope, rows.array, rows.variable, is_possible(rows.member))
    one = hoisted("last_one" if last else "first_one", _end(scope, possible, last))
    if not rows.member.mask:
        return Picked(one, rows, FALSE, {})
    unsure = scope.dialect.any_true(one, rows.variable, is_unsure(rows.member))
    if isinstance(rows.element, Term):
        scope.guard(unsure, "it is not known which element comes first")
    facts = {
        word: hoisted("list_missing", scope.dialect.bits(one, rows.variable, bits))
        for word, bits in rows.member.mask.items()
    }
    return Picked(one, rows, hoisted("unsure", unsure), facts)


def _filtered(scope: Scope, array: exp.Expression, variable: str, body: exp.Expression) -> exp.Expression:
    if body == TRUE:
        return array
    filtered = scope.dialect.filtered
    if filtered is None:
        raise RefusedError("`First` and `Last` cannot be said in this dialect")
    return filtered(array, variable, body)


def _end(scope: Scope, array: exp.Expression, last: bool) -> exp.Expression:
    end = scope.dialect.end
    if end is None:
        raise RefusedError("`First` and `Last` cannot be said in this dialect")
    return end(array, last)


# --- what was picked ---


def _value(scope: Scope, found: Picked, element: Meaning) -> Meaning:
    match element:
        case Term():
            return _term(scope, found, element)
        case Entry(parts):
            return Entry(_Parts(parts, lambda part: _value(scope, found, part)))
        case _:
            raise RefusedError("`First` and `Last` of such elements cannot be said in SQL")


def _term(scope: Scope, found: Picked, term: Term) -> Term:
    """The value of what was picked: null when nothing was, and what it misses itself."""
    rows, is_closed = found.rows, not_(found.is_open)

    def taken(expression: exp.Expression) -> exp.Expression:
        if scope.dialect.only is None:
            raise RefusedError("`First` and `Last` cannot be said in this dialect")
        return case([(is_closed, scope.dialect.only(found.array, rows.variable, expression))])

    # a column of its own: Spark does not read `| AGGREGATE(...)`
    own = {
        word: scope.translation.hoisted("list_missing", scope.dialect.bits(found.array, rows.variable, bits))
        for word, bits in term.mask.items()
    }
    mask = union(
        when(rows.is_missing, rows.mask),
        when(all_of([not_(rows.is_missing), found.is_open]), found.facts),
        when(is_closed, own),
    )
    changed = replace(
        term,
        low=taken(term.low),
        high=None if term.high is None else taken(term.high),
        mask=mask,
        is_nullable=True,
        foreign=None if term.foreign is None else (term.foreign if term.foreign == FALSE else taken(term.foreign)),
        given=None if term.given is None else Given(taken(term.given.value), taken(term.given.unit)),
    )
    return scope.kept(changed, "picked")


class _Parts(Mapping[str, Meaning]):
    """The parts of an entry, each picked when it is first read."""

    def __init__(self, parts: Mapping[str, Meaning], pick: Callable[[Meaning], Meaning]) -> None:
        self._parts, self._pick, self._made = parts, pick, dict[str, Meaning]()

    def __getitem__(self, name: str) -> Meaning:
        if name not in self._made:
            self._made[name] = self._pick(self._parts[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


OPERATORS: dict[str, Translate] = {"First": _picked(False), "Last": _picked(True)}
