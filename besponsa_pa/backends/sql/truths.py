"""Truths with three values in SQL, folded where a policy already says what they are.

SQL's AND, OR and NOT are Kleene's, as CQL's are (Author's Guide, Three-Valued Logic): NULL is what is still open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import TypeVar

from sqlglot import exp

from besponsa_pa.backends.sql.terms import FALSE, TRUE, Term, all_of, any_of, binary, case, is_null, not_, number
from besponsa_pa.records import dataclass

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Truth:
    """A truth as SQL says it; `may_be_open` says that it may be NULL."""

    sql: exp.Expression
    may_be_open: bool = False


YES, NO = Truth(TRUE), Truth(FALSE)


def truth_from_term(term: Term) -> Truth:
    """The truth of a condition."""
    return Truth(term.low, bool(term.mask) or term.is_nullable)


# --- of truths, a truth ---


def opposite(truth: Truth) -> Truth:
    """Not."""
    return Truth(negated(truth.sql), truth.may_be_open)


def negated(expression: exp.Expression) -> exp.Expression:
    """Not, where two of them are none."""
    return expression.this.unnest() if isinstance(expression, exp.Not) else not_(expression)


def all_true(truths: Iterable[Truth]) -> Truth:
    """Whether all are; true of none."""
    each = list(dict.fromkeys(truths))
    return NO if NO in each else Truth(both(*(one.sql for one in each)), any(one.may_be_open for one in each))


def any_true(truths: Iterable[Truth]) -> Truth:
    """Whether any is; false of none."""
    each = list(dict.fromkeys(truths))
    return YES if YES in each else Truth(either(*(one.sql for one in each)), any(one.may_be_open for one in each))


def at_least_true(count: int, truths: Sequence[Truth]) -> Truth:
    """Whether so many are; open while those that are open may tell."""
    if count <= 1:
        return any_true(truths)
    if count >= len(truths):
        return all_true(truths) if count == len(truths) else NO
    sure = binary(exp.GTE, _number_of(is_true(each) for each in truths), number(count))
    if not any(each.may_be_open for each in truths):
        return Truth(sure)
    possible = binary(exp.LT, _number_of(may_be_true(each) for each in truths), number(count))
    return Truth(case([(sure, TRUE), (possible, FALSE)]), may_be_open=True)


def _number_of(conditions: Iterable[exp.Expression]) -> exp.Expression:
    """How many conditions, none of them NULL, hold."""
    ones = [case([(condition, number(1))], number(0)) for condition in conditions]
    return in_groups(ones, lambda some: reduce(_sum, some))


def _sum(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    return exp.Add(this=left, expression=exp.Paren(this=right) if isinstance(right, exp.Add) else right)


# --- of a truth, what is never NULL ---


def is_true(truth: Truth) -> exp.Expression:
    """Whether it is surely true."""
    return exp.Coalesce(this=truth.sql, expressions=[FALSE]) if truth.may_be_open else truth.sql


def may_be_true(truth: Truth) -> exp.Expression:
    """Whether it is true or open."""
    return exp.Coalesce(this=truth.sql, expressions=[TRUE]) if truth.may_be_open else truth.sql


def is_false(truth: Truth) -> exp.Expression:
    """Whether it is surely false."""
    return negated(may_be_true(truth))


def is_open(truth: Truth) -> exp.Expression:
    """Whether it is still open."""
    return is_null(truth.sql) if truth.may_be_open else FALSE


def both(*conditions: exp.Expression) -> exp.Expression:
    """All conditions, each named once."""
    return in_groups(list(dict.fromkeys(conditions)), all_of)


def either(*conditions: exp.Expression) -> exp.Expression:
    """Any of the conditions, each named once."""
    return in_groups(list(dict.fromkeys(conditions)), any_of)


# --- of very many, groups of groups ---

# a tree of expressions is walked by recursion, so that it must not be as deep as a policy is long
GROUP = 16


def in_groups(parts: Sequence[Part], join: Callable[[Sequence[Part]], Part]) -> Part:
    """Parts joined by what may join them in any order, without building a tree as deep as they are many."""
    while len(parts) > GROUP:
        parts = [join(parts[at : at + GROUP]) for at in range(0, len(parts), GROUP)]
    return join(parts)
