"""One value of all elements of a list in SQL: counts, truths, extremes, sums and means, with their bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from besponsa_pa.backends.sql import lists
from besponsa_pa.backends.sql.dialects.dialect import cast
from besponsa_pa.backends.sql.folding import (
    Listed,
    doubts,
    is_open,
    is_possible,
    is_present,
    is_sure,
    is_unknown,
    is_unsure,
)
from besponsa_pa.backends.sql.meanings import Items, Meaning, Rows
from besponsa_pa.backends.sql.queries import nonnull
from besponsa_pa.backends.sql.terms import (
    FALSE,
    TRUE,
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
from besponsa_pa.types import DECIMAL, INTEGER

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope, Translate
    from besponsa_pa.expression import checked

MOST_ENTRIES = Decimal(1_000_000)
# A sum stays below, or the row is refused.
MOST_DECIMAL, MOST_INTEGER = Decimal(10) ** 9, Decimal(2**31 - 1)
# Longer lists with elements that may be the same have an answer of their own in the interpreter.
MOST_DOUBTED = 60


def listed(scope: Scope, node: checked.Operation) -> Listed:
    """The list that an operator asks."""
    return Listed(scope, scope.meaning(node.operands[0]), node.operator.name)


def _bounded(
    scope: Scope, asked: Listed, kind: Term, bounds: tuple[exp.Expression, exp.Expression | None], facts: Mask
) -> Term:
    """A value between bounds: its facts are missing where these differ, or are not there."""
    low = scope.translation.hoisted("at_least", bounds[0])
    high = None if bounds[1] is None else scope.translation.hoisted("at_most", bounds[1])
    is_exact = not_(is_null(low)) if high is None else exp.Coalesce(this=binary(exp.EQ, low, high), expressions=[FALSE])
    mask = union(asked.missing(), when(all_of([not_(asked.is_missing), not_(is_exact)]), facts))
    return replace(kind, low=low, high=high, mask=mask)


def _unless_missing(asked: Listed, value: exp.Expression) -> exp.Expression:
    return case([(not_(asked.is_missing), value)])


# --- counting ---


def _count(scope: Scope, node: checked.Operation) -> Term:
    asked = listed(scope, node)
    if asked.is_distinct:
        return _count_distinct(scope, asked)
    kind = Term(INTEGER, number(0), limit=MOST_ENTRIES)
    least = asked.count(lambda one, member: all_of([is_sure(member), is_present(one), not_(is_unknown(one))]))
    if not _may_be_open(asked):
        return _bounded(scope, asked, kind, (_unless_missing(asked, least), None), {})
    most = asked.count(lambda one, member: all_of([is_possible(member), is_present(one)]))
    bounds = _unless_missing(asked, least), _unless_missing(asked, most)
    return _bounded(scope, asked, kind, bounds, asked.facts(_doubts_of_open))


def _doubts_of_open(one: Meaning, member: Term) -> Mask:
    is_doubted = all_of([any_of([is_unsure(member), is_unknown(one)]), is_present(one)])
    return when(is_doubted, doubts(one, member))


def _may_be_open(asked: Listed) -> bool:
    return any(member.mask or (isinstance(one, Term) and one.mask) for one, member in asked.elements)


def _count_distinct(scope: Scope, asked: Listed) -> Term:
    """The different values that surely belong, and those that may; each that is missing may be another one."""
    (rows,) = asked.parts if len(asked.parts) == 1 else (None,)
    if not isinstance(rows, Rows) or not isinstance(rows.element, Term) or str(rows.element.type) not in DISTINCT:
        raise RefusedError("`Count` of such elements without duplicates cannot be said in SQL")
    count = scope.dialect.count_distinct
    if count is None:
        raise RefusedError("`Count` without duplicates cannot be said in this dialect")
    one, member = rows.element, rows.member
    kind = Term(INTEGER, number(0), limit=MOST_ENTRIES)
    least = count(rows.array, rows.variable, case([(is_sure(member), one.low)]))
    if not _may_be_open(asked):
        return _bounded(scope, asked, kind, (_unless_missing(asked, least), None), {})
    different = count(rows.array, rows.variable, case([(is_possible(member), one.low)]))
    unknown = asked.count(lambda one, member: all_of([is_possible(member), is_unknown(one)]))
    bounds = _unless_missing(asked, least), _unless_missing(asked, binary(exp.Add, different, unknown))
    term = _bounded(scope, asked, kind, bounds, asked.facts(_doubts_of_open))
    _guard_distinct(scope, asked, rows, term)
    return term


DISTINCT = ("String", "Integer", "Decimal", "Date", "Boolean")


def _guard_distinct(scope: Scope, asked: Listed, rows: Rows, term: Term) -> None:
    """What depends on the order of the elements is left to the interpreter."""
    one, member, open_ = rows.element, rows.member, not_(is_null(term.low))
    assert isinstance(one, Term)
    many = binary(exp.GT, asked.count(lambda _, member: is_possible(member)), number(MOST_DOUBTED))
    scope.guard(many, "a long list without duplicates")
    between = all_of([is_possible(member), is_open(one), not_(is_unknown(one))])
    several = binary(exp.GT, asked.count(lambda _, member: is_possible(member)), number(1))
    if one.high is not None:
        found = scope.dialect.any_true(rows.array, rows.variable, between)
        scope.guard(all_of([several, found]), "elements that may be the same")
    if member.mask:
        other = scope.translation.local_name()
        twin = renamed(all_of([is_sure(member), binary(exp.EQ, one.low, exp.column(TWIN))]), rows.variable, other)
        twin = twin.transform(
            lambda each: one.low.copy() if isinstance(each, exp.Column) and each.name == TWIN else each
        )
        unsure_twin = all_of([is_unsure(member), scope.dialect.any_true(rows.array, other, twin)])
        is_open_count = binary(exp.LT, term.low, term.top)
        found = scope.dialect.any_true(rows.array, rows.variable, unsure_twin)
        scope.guard(all_of([open_, is_open_count, found]), "elements that may be the same")


TWIN = "each_twin"


def renamed(expression: exp.Expression, variable: str, other: str) -> exp.Expression:
    """An expression of an element under another name."""

    def change(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column) and node.table == variable:
            return exp.column(node.this.copy(), table=other)
        if isinstance(node, exp.Column) and not node.table and node.name == variable:
            return exp.column(other)
        return node

    return expression.copy().transform(change)


# --- truth ---


def _all_true(scope: Scope, node: checked.Operation) -> Term:
    """No element is false; a null is none."""
    from besponsa_pa.backends.sql.operators import negation

    return negation(lists.any_element(scope, listed(scope, node), lambda _, one: nonnull(negation(_truth(one)))))


def _any_true(scope: Scope, node: checked.Operation) -> Term:
    return lists.any_element(scope, listed(scope, node), lambda _, one: nonnull(_truth(one)))


def _truth(one: Meaning) -> Term:
    if not isinstance(one, Term):
        raise RefusedError("the truth of such elements cannot be said in SQL")
    return one


# --- extremes ---


def _extreme(greatest: bool) -> Translate:
    def translate(scope: Scope, node: checked.Operation) -> Term:
        asked = listed(scope, node)
        terms = _comparable(asked)
        if asked.is_distinct:
            asked.guard_settled()
        return _extreme_of(scope, asked, terms, greatest)

    return translate


def _comparable(asked: Listed) -> list[Term]:
    terms = asked.terms
    kinds = {str(term.type) for term in terms}
    if not terms or not kinds <= {"Integer", "Decimal", "Date", "Time", "Quantity"}:
        raise RefusedError(f"`{asked.name}` of these elements cannot be said in SQL")
    if "Quantity" in kinds and (None in {term.unit for term in terms} or len({term.unit for term in terms}) > 1):
        raise RefusedError(f"`{asked.name}` of quantities in several units cannot be said in SQL")
    return terms


def _extreme_of(scope: Scope, asked: Listed, terms: list[Term], greatest: bool) -> Term:
    def near(one: Meaning, member: Term) -> exp.Expression:
        assert isinstance(one, Term)
        return case([(is_sure(member), one.low if greatest else one.top)])

    def far(one: Meaning, member: Term) -> exp.Expression:
        assert isinstance(one, Term)
        return case([(is_possible(member), one.top if greatest else one.low)])

    foreign = None if any(term.foreign is None for term in terms) else _any_foreign(asked)
    first = terms[0]
    kind = Term(first.type, number(0), is_nullable=True, limit=max(term.limit for term in terms),
                places=max(term.places for term in terms), unit=first.unit, foreign=foreign)  # fmt: skip
    surely = scope.translation.hoisted("extreme", asked.extreme(near, greatest=greatest))
    if not _may_be_open(asked):
        kind = replace(kind, is_nullable=not _has_a_value(asked))
        return _bounded(scope, asked, kind, (_unless_missing(asked, surely), None), {})
    kind = replace(kind, is_nullable=not _has_a_value(asked))
    perhaps = scope.translation.hoisted("extreme", asked.extreme(far, greatest=greatest))
    if all(term.high is None for term in terms) and all(member.low == TRUE for _, member in asked.elements):
        return _extreme_of_sure(scope, asked, kind, surely)
    has_bounds = scope.translation.hoisted("has_bounds", _has_bounds(asked))
    bounds = [case([(has_bounds, each)]) for each in ((surely, perhaps) if greatest else (perhaps, surely))]
    beyond = exp.GT if greatest else exp.LT

    def facts(one: Meaning, member: Term) -> Mask:
        assert isinstance(one, Term)
        further = binary(beyond, one.top if greatest else one.low, surely)
        return when(any_of([not_(has_bounds), further]), when(is_present(one), doubts(one, member)))

    return _bounded(scope, asked, kind, (bounds[0], bounds[1]), asked.facts(facts))


def _extreme_of_sure(scope: Scope, asked: Listed, kind: Term, value: exp.Expression) -> Term:
    """Of elements that all belong, and are known or not: one that is not leaves everything open."""
    anything = scope.translation.hoisted("unknown", asked.any_true(lambda one, _: is_unknown(one)))
    kind = replace(kind, is_nullable=not _has_a_value(asked))
    known = case([(not_(anything), _unless_missing(asked, value))])
    return _bounded(scope, asked, kind, (known, None), when(anything, asked.facts(doubts)))


def _has_a_value(asked: Listed) -> bool:
    """Whether one of the elements that are written out surely belongs and is never CQL's null."""
    return any(
        isinstance(one, Term) and not one.is_nullable and member.low == TRUE
        for part in asked.parts
        if isinstance(part, Items)
        for one, member in zip(part.elements, part.members, strict=True)
    )


def _any_foreign(asked: Listed) -> exp.Expression:
    def foreign(one: Meaning, _: Term) -> exp.Expression:
        return one.foreign if isinstance(one, Term) and one.foreign is not None else FALSE

    return asked.any_true(foreign)


def _has_bounds(asked: Listed) -> exp.Expression:
    """Whether there surely is an element, and none that may be anything at all."""
    some = asked.any_true(lambda one, member: all_of([is_sure(member), is_present(one)]))
    anything = asked.any_true(lambda one, member: all_of([is_possible(member), is_unknown(one)]))
    return all_of([some, not_(anything), not_(asked.is_missing)])


# --- sums and means ---


def _numbers(asked: Listed) -> list[Term]:
    terms = asked.terms
    if asked.is_distinct:
        raise RefusedError(f"`{asked.name}` without duplicates cannot be said in SQL: write `return all`")
    if not {str(term.type) for term in terms} <= {"Integer", "Decimal"}:
        raise RefusedError(f"`{asked.name}` of `{terms[0].type if terms else 'nothing'}` cannot be said in SQL")
    return terms


def _sum(scope: Scope, node: checked.Operation) -> Term:
    asked = listed(scope, node)
    terms = _numbers(asked)
    places, is_whole = max(term.places for term in terms), str(node.type) == "Integer"
    most = MOST_INTEGER if is_whole else MOST_DECIMAL
    kind = Term(node.type, number(0), is_nullable=True, limit=most, places=places)
    has_bounds = scope.translation.hoisted("has_bounds", _has_bounds(asked))
    low = _total(scope, asked, kind, lambda one: one.low, exp.LT)
    high = None
    if _may_be_open(asked):
        high = case([(has_bounds, _total(scope, asked, kind, lambda one: one.top, exp.GT))])
    facts = asked.facts(lambda one, member: when(is_present(one), doubts(one, member)))
    return _bounded(scope, asked, kind, (case([(has_bounds, low)]), high), facts)


def _total(
    scope: Scope,
    asked: Listed,
    kind: Term,
    bound: Callable[[Term], exp.Expression],
    side: type[exp.Binary],
) -> exp.Expression:
    """What surely belongs, and what may where that brings the sum further to a side; at most the limit of its kind."""
    most = kind.limit

    def added(one: Meaning, member: Term) -> exp.Expression:
        assert isinstance(one, Term)
        value = bound(one)
        if isinstance(value, (exp.Literal, exp.Neg)) and not one.places:
            value = exp.cast(value, "BIGINT")  # a written number is one of 32 bits
        return case([(is_sure(member), value), (all_of([is_unsure(member), binary(side, value, number(0))]), value)])

    total = scope.translation.hoisted("total", asked.total(added))
    too_much = binary(exp.GT, exp.Abs(this=total), number(most))
    scope.guard(too_much, "a sum is larger than SQL holds it exactly")
    if str(kind.type) == "Integer":
        return exp.cast(case([(not_(too_much), total)]), "BIGINT")
    return cast(case([(not_(too_much), total)]), f"DECIMAL({len(str(int(most))) + kind.places}, {kind.places})")


def _average(scope: Scope, node: checked.Operation) -> Term:
    """The mean, once every element is sure and known."""
    asked = listed(scope, node)
    terms = _numbers(asked)
    kind = Term(DECIMAL, number(0), is_nullable=True, limit=MOST_DECIMAL, places=max(term.places for term in terms))
    total = _total(scope, asked, kind, lambda one: one.low, exp.LT)
    count = asked.count(lambda one, member: all_of([is_sure(member), is_present(one)]))
    kind = replace(kind, places=8)
    places = max(term.places for term in terms)
    mean = scope.dialect.quotient(total, (10, places), exp.cast(count, "BIGINT"), (7, 0))
    is_open_one = asked.any_true(
        lambda one, member: all_of([is_possible(member), is_present(one), any_of([is_unsure(member), is_open(one)])])
    )
    is_settled = all_of([not_(is_open_one), not_(asked.is_missing)])
    facts = asked.facts(lambda one, member: when(is_present(one), doubts(one, member)))
    return _bounded(scope, asked, kind, (case([(is_settled, mean)]), None), facts)


OPERATORS: dict[str, Translate] = {
    "Count": _count,
    "AllTrue": _all_true,
    "AnyTrue": _any_true,
    "Min": _extreme(False),
    "Max": _extreme(True),
    "Sum": _sum,
    "Avg": _average,
}
