"""A list in its parts, and what is made of all its elements together: the ground of all that is asked of lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

from sqlglot import exp

from besponsa_pa.backends.sql.constants import constants
from besponsa_pa.backends.sql.meanings import Fixed, Items, Joined, Meaning, Rows
from besponsa_pa.backends.sql.terms import (
    FALSE,
    NO_MASK,
    Mask,
    RefusedError,
    Term,
    any_of,
    binary,
    case,
    is_between,
    is_cql_null,
    is_missing,
    is_null,
    not_,
    number,
    union,
    when,
)

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.translation import Scope

# What is computed of an element and whether it belongs.
Body: TypeAlias = Callable[[Meaning, Term], exp.Expression]
Facts: TypeAlias = Callable[[Meaning, Term], Mask]
UNSETTLED = "of a list without duplicates it is not known what belongs to it"


class Listed:
    """A list as what goes through its elements; `name` is the operator that asks, for what cannot be said."""

    def __init__(self, scope: Scope, meaning: Meaning, name: str) -> None:
        self.scope, self.name = scope, name
        self.parts = _parts(meaning, name)
        self.is_distinct = isinstance(meaning, (Rows, Items, Joined)) and meaning.is_distinct
        if any(isinstance(part, Rows) and part.order for part in self.parts):
            raise RefusedError(f"`{name}` of what is sorted cannot be said in SQL")

    @property
    def elements(self) -> Iterator[tuple[Meaning, Term]]:
        """An element of each part, and whether it belongs."""
        for part in self.parts:
            if isinstance(part, Rows):
                yield part.element, part.member
            else:
                yield from zip(part.elements, part.members, strict=True)

    @property
    def terms(self) -> list[Term]:
        """The elements, which are single values. Raises `RefusedError` for others."""
        terms = [element for element, _ in self.elements if isinstance(element, Term)]
        if len(terms) < len(list(self.elements)):
            raise RefusedError(f"`{self.name}` of these elements cannot be said in SQL")
        return terms

    # --- the list itself ---

    @property
    def is_missing(self) -> exp.Expression:
        """Whether nothing is known of it."""
        return any_of(part.is_missing for part in self.parts if isinstance(part, Rows))

    def missing(self) -> Mask:
        """The facts that would tell, where nothing is known of it."""
        lists = [when(part.is_missing, part.mask) for part in self.parts if isinstance(part, Rows)]
        if len(self.parts) == 1:
            return union(*lists)
        return when(self.is_missing, union(*lists, self.facts(doubts)))

    # --- through all elements ---

    def any_true(self, body: Body) -> exp.Expression:
        """Whether it is true of any element; never NULL."""
        return any_of(self._any_true(part, body) for part in self.parts)

    def _any_true(self, part: Rows | Items, body: Body) -> exp.Expression:
        if isinstance(part, Items):
            bodies = [body(*each) for each in zip(part.elements, part.members, strict=True)]
            return any_of(each if isinstance(each, exp.Boolean) else _or_false(each) for each in bodies)
        made = body(part.element, part.member)
        if made == FALSE:
            return FALSE
        return self.scope.dialect.any_true(part.array, part.variable, made)

    def count(self, body: Body) -> exp.Expression:
        """Of how many elements it is true."""
        return _sum([self._count(part, body) for part in self.parts])

    def _count(self, part: Rows | Items, body: Body) -> exp.Expression:
        if isinstance(part, Items):
            bodies = [body(*each) for each in zip(part.elements, part.members, strict=True)]
            return _sum([case([(each, number(1))], number(0)) for each in bodies])
        return self.scope.dialect.count_true(part.array, part.variable, body(part.element, part.member))

    def facts(self, facts: Facts) -> Mask:
        """The facts of all elements together."""
        return union(*(self._facts(part, facts) for part in self.parts))

    def _facts(self, part: Rows | Items, facts: Facts) -> Mask:
        if isinstance(part, Items):
            return union(*(facts(*each) for each in zip(part.elements, part.members, strict=True)))
        bits = self.scope.dialect.bits
        hoisted = self.scope.translation.hoisted
        return {
            word: hoisted("list_missing", bits(part.array, part.variable, each))
            for word, each in facts(part.element, part.member).items()
        }

    def total(self, body: Body) -> exp.Expression:
        """The sum of what is not NULL; 0 of none."""
        return _sum([self._total(part, body) for part in self.parts])

    def _total(self, part: Rows | Items, body: Body) -> exp.Expression:
        if isinstance(part, Items):
            return _sum([_or_zero(body(*each)) for each in zip(part.elements, part.members, strict=True)])
        return _or_zero(self.scope.dialect.total(part.array, part.variable, body(part.element, part.member)))

    def extreme(self, body: Body, *, greatest: bool) -> exp.Expression:
        """The greatest or least of what is not NULL; NULL of none."""
        found: list[exp.Expression] = []
        for part in self.parts:
            if isinstance(part, Items):
                found += [body(*each) for each in zip(part.elements, part.members, strict=True)]
            else:
                choose = self.scope.dialect.greatest if greatest else self.scope.dialect.least
                found.append(choose(part.array, part.variable, body(part.element, part.member)))
        hoisted = [self.scope.translation.hoisted("extreme", each) for each in found if not isinstance(each, exp.Null)]
        return reduce(lambda left, right: _further(left, right, greatest=greatest), hoisted) if hoisted else exp.Null()

    def guard_settled(self) -> None:
        """Refuse rows in which it is not known which elements there are, for lists without duplicates."""
        self.scope.guard(self.any_true(lambda one, member: any_of([is_unsure(member), is_open(one)])), UNSETTLED)


def _parts(meaning: Meaning, name: str) -> tuple[Rows | Items, ...]:
    match meaning:
        case Rows() | Items():
            return (meaning,)
        case Joined(parts):
            return parts
        case Fixed(tuple() as values):
            return (Items.of(constants(values)),)
        case Term() if isinstance(meaning.low, exp.Null):  # the null list has no elements
            return (Items((), ()),)
        case _:
            raise RefusedError(f"`{name}` of this list cannot be said in SQL")


def _sum(parts: list[exp.Expression]) -> exp.Expression:
    return reduce(lambda left, right: binary(exp.Add, left, right), parts) if parts else number(0)


def _or_zero(expression: exp.Expression) -> exp.Expression:
    return expression if isinstance(expression, exp.Literal) else exp.Coalesce(this=expression, expressions=[number(0)])


def _or_false(expression: exp.Expression) -> exp.Expression:
    return exp.Coalesce(this=expression, expressions=[FALSE])


def _further(left: exp.Expression, right: exp.Expression, *, greatest: bool) -> exp.Expression:
    """The greater or lesser of two, one where the other is NULL, whatever a dialect makes of NULL there."""
    choose = exp.Greatest if greatest else exp.Least
    return exp.Coalesce(this=choose(this=left, expressions=[right]), expressions=[left, right])


# --- an element ---


def is_sure(member: Term) -> exp.Expression:
    """Whether an element surely belongs."""
    return _or_false(member.low) if member.mask else member.low


def is_unsure(member: Term) -> exp.Expression:
    """Whether it is not known if an element belongs."""
    return is_null(member.low) if member.mask else FALSE


def is_possible(member: Term) -> exp.Expression:
    """Whether an element may belong."""
    return exp.Coalesce(this=member.low, expressions=[exp.true()]) if member.mask else member.low


def is_unknown(one: Meaning) -> exp.Expression:
    """Whether nothing is known of an element itself."""
    return is_missing(one) if isinstance(one, Term) else FALSE


def is_open(one: Meaning) -> exp.Expression:
    """Whether an element itself is not known, or only between bounds."""
    return any_of([is_missing(one), is_between(one)]) if isinstance(one, Term) else FALSE


def is_present(one: Meaning) -> exp.Expression:
    """Whether an element is not CQL's null."""
    return not_(is_cql_null(one)) if isinstance(one, Term) else not_(FALSE)


def doubts(one: Meaning, member: Term) -> Mask:
    """The facts that would tell whether an element belongs, and what it is."""
    own = one.mask if isinstance(one, Term) else NO_MASK
    return union(member.mask, when(is_possible(member), own))
