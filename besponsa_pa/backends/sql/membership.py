"""Whether something is one of several, or lies in an interval, in SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from sqlglot import exp

from besponsa_pa.backends.sql import lists
from besponsa_pa.backends.sql.comparison import compared, same
from besponsa_pa.backends.sql.folding import Listed
from besponsa_pa.backends.sql.logic import and_
from besponsa_pa.backends.sql.meanings import Fixed, Items, Joined, Meaning, Range, Rows
from besponsa_pa.backends.sql.quantities import factor_between, same_unit
from besponsa_pa.backends.sql.terms import (
    FALSE,
    RefusedError,
    Term,
    all_of,
    any_of,
    binary,
    case,
    is_between,
    is_cql_null,
    is_missing,
    is_null,
    is_set,
    not_,
    number,
    text,
    union,
    when,
)
from besponsa_pa.types import BOOLEAN, Simple
from besponsa_pa.values import Code, ValueSet

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope, Translate
    from besponsa_pa.expression import checked


def _in(scope: Scope, node: checked.Operation) -> Term:
    element, container = (scope.meaning(operand) for operand in node.operands)
    return _contained(scope, element, container, node)


def _contains(scope: Scope, node: checked.Operation) -> Term:
    container, element = (scope.meaning(operand) for operand in node.operands)
    return _contained(scope, element, container, node)


def _contained(scope: Scope, element: Meaning, container: Meaning, node: checked.Operation) -> Term:
    name = node.operator.name
    if node.precision is not None and node.precision != "day":
        raise RefusedError(f"`{name}` with the precision {node.precision} cannot be said in SQL")
    if isinstance(container, Fixed) and isinstance(container.value, ValueSet):
        return _in_value_set(scope, element, container.value, name)
    if not isinstance(element, Term):
        raise RefusedError(f"`{name}` of such an element cannot be said in SQL")
    match container:
        case Range():
            return _in_range(scope, scope.kept(element, "operand"), container)
        case Fixed(tuple() as values) if values and all(isinstance(value, Code) for value in values):
            return _in_codes(
                scope, element, [(value.system, value.code) for value in values if _is_plain(value)], len(values)
            )
        case Rows() | Items() | Joined() | Fixed(tuple()):
            return _in_list(scope, element, Listed(scope, container, name))
        case _:
            raise RefusedError(f"`{name}` of these cannot be said in SQL")


def _in_list(scope: Scope, element: Term, listed: Listed) -> Term:
    """Whether it is one of the elements. A list of which nothing is known leaves open what the element leaves open."""
    terms = [one for one, _ in listed.elements]
    certain = all(member.low == exp.true() for _, member in listed.elements)
    literals = [one.low for one in terms if isinstance(one, Term) and _is_literal(one)]
    if _is_plain_value(element) and certain and literals and len(literals) == len(terms):
        null = [(is_cql_null(element), FALSE)] if element.is_nullable else []
        return Term(BOOLEAN, case(null, exp.In(this=element.low, expressions=literals)), mask=element.mask)
    kept = scope.kept(element, "operand")
    found = lists.any_element(scope, listed, lambda inner, one: same(inner.scope, one, kept))
    return replace(found, mask=union(found.mask, when(listed.is_missing, kept.mask)))


def _is_plain_value(term: Term) -> bool:
    return term.high is None and str(term.type) != "Quantity" and term.given is None


def _is_literal(term: Term) -> bool:
    return isinstance(term.low, (exp.Literal, exp.Neg)) and str(term.type) != "Quantity"


# --- codes ---


def _is_plain(code: Code) -> bool:
    return code.version is None and code.display is None and code.system is not None


def _in_value_set(scope: Scope, element: Meaning, value_set: ValueSet, name: str) -> Term:
    """A code, or any of a list of codes. A null code is in none."""
    pairs = list(value_set.known_codes)
    if isinstance(element, Term):
        return _in_codes(scope, element, pairs, len(pairs))
    if not isinstance(element, (Rows, Items, Joined)):
        raise RefusedError(f"`{name}` of such an element cannot be said in SQL")

    def test(inner: lists.Inner, one: Meaning) -> Term:
        if not isinstance(one, Term):
            raise RefusedError(f"`{name}` of such elements cannot be said in SQL")
        return _in_codes(inner.scope, one, pairs, len(pairs))

    return lists.any_element(scope, Listed(scope, element, name), test)


def _in_codes(scope: Scope, element: Term, pairs: Iterable[tuple[str | None, str]], count: int) -> Term:
    """Codes of another system than the element's can never be it."""
    pairs = sorted(set(pairs), key=str)
    if len(pairs) > count or str(element.type) != "Code":
        raise RefusedError("`In` of these codes cannot be said in SQL")
    kept = scope.kept(element, "code")
    if kept.given is None:
        is_in = _one_of(kept.low, [code for system, code in pairs if system == _system(kept)])
    else:
        systems = groupby(pairs, key=lambda pair: pair[0])
        is_in = any_of(
            all_of([binary(exp.EQ, kept.given.unit, text(system)), _one_of(kept.low, [code for _, code in each])])
            for system, each in systems
            if system is not None
        )
    is_there = not_(is_null(kept.low))
    if kept.is_nullable:
        return Term(BOOLEAN, case([(is_missing(kept), exp.Null())], all_of([is_there, is_in])), mask=kept.mask)
    return Term(BOOLEAN, case([(is_there, is_in)]) if kept.given or is_in == FALSE else is_in, mask=kept.mask)


def _one_of(value: exp.Expression, codes: list[str]) -> exp.Expression:
    return exp.In(this=value, expressions=[text(code) for code in codes]) if codes else FALSE


def _system(term: Term) -> str | None:
    return term.type.system if isinstance(term.type, Simple) else None


# --- intervals ---


def _in_range(scope: Scope, point: Term, interval: Range) -> Term:
    """Between the bounds. A row in which the interval ends before it starts is refused: that is a failure."""
    low, high = scope.kept(interval.low, "bound"), scope.kept(interval.high, "bound")
    if any(isinstance(bound.low, exp.Null) for bound in (low, high)):
        raise RefusedError("an interval with a bound that is null cannot be said in SQL")
    for bound in (low, high):
        if bound.is_nullable:  # the end of its type, or a bound that is not known
            scope.guard(all_of([is_null(bound.low), not_(is_set(bound.mask))]), "an interval with a bound that is null")
    low, high = replace(low, is_nullable=False), replace(high, is_nullable=False)
    if "Quantity" in (str(low.type), str(point.type)):
        (point_low, low), (point_high, high) = same_unit(scope, point, low), same_unit(scope, point, high)
        if point_low.unit != point_high.unit or low.unit != high.unit:
            raise RefusedError("an interval between quantities of different units cannot be said in SQL")
        point = point_low
    _guard_order(scope, interval, low, high)
    above = compared(scope, low, point, exp.LTE if interval.low_closed else exp.LT)
    below = compared(scope, point, high, exp.LTE if interval.high_closed else exp.LT)
    return and_(scope, above, below)


def _guard_order(scope: Scope, interval: Range, low: Term, high: Term) -> None:
    """Refuse rows in which it has no point. An open bound is left out by one step, the finest of its own unit."""
    steps = (not interval.low_closed) + (not interval.high_closed)
    kind = str(low.type) if isinstance(high.low, exp.Literal) else str(high.type)
    most = _steps_at_most(interval, low, steps) if kind in STEPS_AT_MOST else Decimal(steps)
    if isinstance(low.low, exp.Literal) and isinstance(high.low, exp.Literal):
        distance = Decimal(high.low.name) - Decimal(low.low.name)
        if distance > most or (not steps and distance == 0):
            return
    start = _later(scope, kind, low.low, most)
    scope.guard(binary(exp.LT if kind not in STEPS_AT_MOST or not steps else exp.LTE, high.top, start), EMPTY)
    if low.high is None and high.high is None:
        return
    # a month or an hour that is known alone is left out as a whole
    coarse = most if kind not in PARTIAL else PARTIAL[kind] * steps
    earlier = binary(exp.LT, high.low, _later(scope, kind, low.top, coarse))
    scope.guard(all_of([any_of([is_between(low), is_between(high)]), earlier]), "an interval may end before it starts")


EMPTY = "an interval ends before it starts"
# How much more than its steps of 0.00000001 an open bound may be off in the unit of the comparison: a case may give it
# in one that is a million times larger. Such rows are refused although most of them could be decided.
STEPS_AT_MOST = {"Decimal": Decimal("0.001"), "Quantity": Decimal("0.02")}
PARTIAL = {"Date": Decimal(366), "Time": Decimal(3_600_000)}


def _steps_at_most(interval: Range, low: Term, steps: int) -> Decimal:
    """More than the steps of open bounds come to, in the unit in which the bounds are compared."""
    units = {bound.unit for bound in (interval.low, interval.high)} - {None, low.unit}
    factors = [factor_between(unit, low.unit) or 1 for unit in units if unit is not None and low.unit is not None]
    return STEPS_AT_MOST[str(low.type)] * max(Decimal(1), *factors, Decimal(1)) if steps else Decimal(0)


def _later(scope: Scope, kind: str, value: exp.Expression, steps: Decimal) -> exp.Expression:
    if not steps:
        return value
    return (
        scope.dialect.days_later(value, number(int(steps))) if kind == "Date" else binary(exp.Add, value, number(steps))
    )


def _bound(first: bool) -> Translate:
    def translate(scope: Scope, node: checked.Operation) -> Term:
        interval = scope.meaning(node.operands[0])
        closed = isinstance(interval, Range) and (interval.low_closed if first else interval.high_closed)
        if not isinstance(interval, Range) or not closed:
            raise RefusedError(f"`{node.operator.name}` of this interval cannot be said in SQL")
        low, high = scope.kept(interval.low, "bound"), scope.kept(interval.high, "bound")
        _guard_order(scope, interval, low, high)
        return low if first else high

    return translate


OPERATORS: dict[str, Translate] = {
    "In": _in,
    "Contains": _contains,
    "Start": _bound(True),
    "End": _bound(False),
}
