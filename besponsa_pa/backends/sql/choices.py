"""`if`, `case` and tables in SQL: the first result whose condition holds, and what is open while one is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

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
    is_missing,
    is_null,
    is_set,
    not_,
    text,
    union,
    when,
)
from besponsa_pa.types import Type

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope


def chosen(scope: Scope, items: list[tuple[Term, Term]], alternative: Term, kind: Type) -> Term:
    """The first result whose condition holds. A missing condition leaves several: only what they agree on is known."""
    results = [result for _, result in items] + [alternative]
    scope.dialect.check_common(*(result.digits for result in results))
    kept = [scope.kept(condition, "choice") for condition, _ in items]
    truths = [condition.low for condition in kept]
    unit, given_unit = _unit_of(results, truths)
    end = case(list(zip(truths, (each.low for each in results), strict=False)), results[-1].low)
    ranged = any(each.high is not None for each in results)
    top = case(list(zip(truths, (each.top for each in results), strict=False)), results[-1].top) if ranged else None
    if not any(condition.mask for condition in kept):
        mask = union(*(when(_reached(kept, place), result.mask) for place, result in enumerate(results)))
        return _with_given_unit(_result(kind, (end, top), mask, results, unit), given_unit)
    if len(kept) == 1 and unit_is_one(results) and not any(each.is_nullable for each in (*kept, *results)):
        return _either(scope, kept[0], results, kind)
    chosen = scope.translation.hoisted("chosen", end)
    mask, several = _left_open(scope, kept, results, (chosen, given_unit))
    bounds = (case([(several, exp.Null())], chosen), None if top is None else case([(several, exp.Null())], top))
    made = _result(kind, bounds, mask, results, unit)
    if made.foreign not in (None, FALSE):  # the same amount in another unit is not the same value
        is_open = any_of(is_missing(condition) for condition in kept)
        scope.guard(all_of([is_open, made.foreign]), "a choice between quantities of which one is in another unit")
    return _with_given_unit(made, given_unit)


def unit_is_one(results: list[Term]) -> bool:
    """Whether all are in the same unit, or none is in any."""
    return len({each.unit for each in results}) == 1


def _either(scope: Scope, condition: Term, results: list[Term], kind: Type) -> Term:
    """One of two, as `if` has it, none of which is CQL's null: both where nothing tells, unless they are the same."""
    first, second = results
    exact = [binary(exp.EQ, each.low, each.high) for each in results if each.high is not None]
    agreed: exp.Expression = exp.Coalesce(
        this=all_of([binary(exp.EQ, first.low, second.low), *exact]), expressions=[FALSE]
    )
    holds, fails, is_open = condition.low, not_(condition.low), is_null(condition.low)
    agreed = scope.translation.hoisted("agreed", agreed)
    low = case([(holds, first.low), (fails, second.low), (agreed, first.low)])
    high = None
    if exact:
        high = case([(holds, first.top), (fails, second.top), (agreed, first.top)])
    mask = union(
        when(holds, first.mask),
        when(fails, second.mask),
        when(all_of([is_open, not_(agreed)]), union(condition.mask, first.mask, second.mask)),
    )
    made = _result(kind, (low, high), mask, results, first.unit)
    if made.foreign not in (None, FALSE):  # the same amount in another unit is not the same value
        assert made.foreign is not None
        scope.guard(all_of([is_open, made.foreign]), "a choice between quantities of which one is in another unit")
    return made


def _unit_of(results: list[Term], truths: list[exp.Expression]) -> tuple[str | None, exp.Expression | None]:
    """The unit of all results; for constants of different units, that of the one chosen."""
    units = [each.unit for each in results if not isinstance(each.low, exp.Null)]
    if any(each.given is not None and each.unit is None for each in results):
        raise RefusedError("a choice of a quantity without a declared unit cannot be said in SQL")
    if len(set(units)) <= 1:
        return (units[0] if units else None), None
    if not all(isinstance(each.low, exp.Literal) and each.unit is not None for each in results):
        raise RefusedError("a choice between quantities of different units cannot be said in SQL")
    written = [text(each.unit or "") for each in results]
    return None, case(list(zip(truths, written, strict=False)), written[-1])


def _with_given_unit(term: Term, unit: exp.Expression | None) -> Term:
    return term if unit is None else replace(term, unit=None, foreign=None, given=Given(term.low, unit))


def _result(
    kind: Type,
    bounds: tuple[exp.Expression, exp.Expression | None],
    mask: Mask,
    results: list[Term],
    unit: str | None,
) -> Term:
    return Term(
        kind,
        *bounds,
        mask=mask,
        is_nullable=any(each.is_nullable for each in results),
        limit=max(each.limit for each in results),
        places=max(each.places for each in results),
        unit=unit,
        foreign=_any_foreign(results),
    )


def _reached(conditions: list[Term], place: int) -> exp.Expression:
    """Whether a result is the one chosen: no condition before it holds, and its own does."""
    before = [not_(exp.Coalesce(this=each.low, expressions=[FALSE])) for each in conditions[:place]]
    own = [exp.Coalesce(this=conditions[place].low, expressions=[FALSE])] if place < len(conditions) else []
    return all_of([*before, *own])


def _left_open(
    scope: Scope, conditions: list[Term], results: list[Term], end: tuple[exp.Expression, exp.Expression | None]
) -> tuple[Mask, exp.Expression]:
    """The facts that are missing where results are left open that differ, and where that is."""
    chosen, unit = end
    opened, differs, facts = [], [], []
    for place, (condition, result) in enumerate(zip(conditions, results, strict=False)):
        if not condition.mask:
            continue
        before = [not_(exp.Coalesce(this=each.low, expressions=[FALSE])) for each in conditions[:place]]
        is_open = all_of([*before, is_null(condition.low), is_set(condition.mask)])
        is_open = scope.translation.hoisted("open", is_open)
        opened.append(is_open)
        unlike = binary(exp.NullSafeNEQ, result.low, chosen)
        unknown = [is_set(result.mask)]
        if unit is not None:
            unknown.append(exp.NEQ(this=text(result.unit or ""), expression=unit))
        differs.append(all_of([is_open, any_of([unlike, *unknown])]))
        facts.append(when(is_open, union(condition.mask, result.mask)))
    ends = [when(_reached(conditions, place), result.mask) for place, result in enumerate(results)]
    last = union(*ends)
    unknown_end = [all_of([any_of(opened), is_set(last)])] if last else []
    several = any_of([*differs, *unknown_end])
    several = scope.translation.hoisted("several", several)
    alone = when(not_(any_of(opened)), last)
    return union(when(several, union(*facts, last)), alone), several


def _any_foreign(terms: list[Term]) -> exp.Expression | None:
    conditions = [term.foreign for term in terms if not isinstance(term.low, exp.Null)]
    return None if None in conditions else any_of(each for each in conditions if each is not None)


# --- tables ---


def is_row(scope: Scope, key: Term, wanted: Term) -> Term:
    """Whether a row of a table has the key."""
    from besponsa_pa.backends.sql.comparison import equal

    found = equal(scope, key, wanted)
    return scope.kept(found, "choice") if key.high is not None else found


def may_be(condition: Term) -> exp.Expression:
    """Whether a condition holds or may hold."""
    return exp.Coalesce(this=condition.low, expressions=[TRUE]) if condition.mask else condition.low


def looked_up(key: Term, rows: list[tuple[Term, Term]], alternative: Term, kind: Type) -> Term:
    """The result of the row with the key. A key that is missing leaves all results open, unless they are the same."""
    results = [result for _, result in rows] + [alternative]
    unit, given_unit = _unit_of(results, [condition.low for condition, _ in rows])
    first, is_open = results[0], is_missing(key)
    left_open = all_of([is_open, _differ(results)])
    found = [(condition.low, result) for condition, result in rows]
    if given_unit is None:
        found = _grouped(found)

    def value(bounds: list[tuple[exp.Expression, exp.Expression]], otherwise: exp.Expression) -> exp.Expression:
        agreed = [(is_open, first.low)] if is_open not in {FALSE, left_open} else []
        return case([(left_open, exp.Null()), *agreed, *bounds], otherwise)

    low = value([(condition, each.low) for condition, each in found], alternative.low)
    ranged = any(each.high is not None for each in results)
    top = value([(condition, each.top) for condition, each in found], alternative.top) if ranged else None
    reached = [
        when(exp.Coalesce(this=condition, expressions=[FALSE]), each.mask) for condition, each in found if each.mask
    ]
    if alternative.mask:
        none = all_of([not_(is_open), not_(exp.Coalesce(this=any_of(each for each, _ in found), expressions=[FALSE]))])
        reached.append(when(none, alternative.mask))
    mask = union(when(left_open, union(key.mask, *(each.mask for each in results))), *reached)
    made = _result(kind, (low, top), mask, results, unit)
    return _with_given_unit(made, given_unit)


def _differ(results: list[Term]) -> exp.Expression:
    """Whether results are not all the same, or one of them is not known."""
    first = results[0]
    unlike = [
        each
        for each in results
        if each.low != first.low or each.high != first.high or each.unit != first.unit or each.mask
    ]
    if unlike and all(isinstance(each.low, (exp.Literal, exp.Null, exp.Boolean)) for each in results):
        return TRUE
    return any_of(any_of([binary(exp.NullSafeNEQ, each.low, first.low), is_set(each.mask)]) for each in unlike)


def _grouped(rows: list[tuple[exp.Expression, Term]]) -> list[tuple[exp.Expression, Term]]:
    """The rows with those together that have the same constant, for a key is in one row alone."""
    groups: dict[exp.Expression, list[tuple[exp.Expression, Term]]] = {}
    for condition, result in rows:
        groups.setdefault(
            result.low if isinstance(result.low, exp.Literal) else exp.Tuple(expressions=[condition]), []
        ).append((condition, result))
    return [(_one_of([condition for condition, _ in group]), group[0][1]) for group in groups.values()]


def _one_of(conditions: list[exp.Expression]) -> exp.Expression:
    """Any of several comparisons of the same with constants."""
    first = conditions[0]
    if len(conditions) == 1 or not all(isinstance(each, exp.EQ) and each.this == first.this for each in conditions):
        return any_of(conditions)
    return exp.In(this=first.this, expressions=[each.expression for each in conditions])
