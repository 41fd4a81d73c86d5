"""An expression of a policy as SQL, with what is known of its value.

SQL has one NULL; a policy has CQL's null, missing facts, and values known between two bounds. So an expression becomes
a `Term`: its value (or its two bounds), and a mask of the facts that would tell while it is not known.

INVARIANT: a mask is 0 wherever the value is known or is CQL's null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeAlias, cast

from sqlglot import exp

from besponsa_pa.records import dataclass, field
from besponsa_pa.types import Type

# A set of facts as bits, in words of so many bits that every dialect's 64-bit integer holds them. Only words in which a
# bit may be set are there; an empty mask says that nothing is ever missing.
Mask: TypeAlias = Mapping[int, exp.Expression]
WORD = 60

NO_MASK: Mask = {}


class RefusedError(Exception):
    """A policy says something that cannot be said in SQL, or not in this dialect: what, in the analyst's words."""


@dataclass(frozen=True, slots=True)
class Given:
    """A quantity as the case gives it: its number, and its unit."""

    value: exp.Expression
    unit: exp.Expression


@dataclass(frozen=True, slots=True)
class Term:
    """A value of a simple type. `low` and `high` are its bounds where it may be uncertain, else `high` is None.

    Both are NULL where it is null or missing. `is_nullable` says that it may be CQL's null. `limit` is the largest
    absolute value that a number can have, and `places` how many digits it has after the point at most; `unit` is that
    of a Quantity, whose value is `low` alone; `foreign` says in which rows the case has it in another unit, or None
    where that is not followed any more. `given` is what the case says of it; a quantity whose fact declares no unit has
    no `unit`, and its `low` is the number that is given.
    """

    type: Type
    low: exp.Expression
    high: exp.Expression | None = None
    mask: Mask = field(default_factory=dict)
    is_nullable: bool = False
    limit: Decimal = Decimal(0)
    places: int = 0
    unit: str | None = None
    foreign: exp.Expression | None = None
    given: Given | None = None

    @property
    def digits(self) -> tuple[int, int]:
        """How many digits a number has at most before and after the point."""
        return len(str(int(self.limit))), self.places

    @property
    def top(self) -> exp.Expression:
        """The upper bound: the value itself where it is certain."""
        return self.low if self.high is None else self.high


# --- masks ---


def bit(number: int) -> Mask:
    """The mask of one fact by its number."""
    return {number // WORD: exp.Literal.number(1 << (number % WORD))}


def union(*masks: Mask) -> Mask:
    """The facts of any of several masks."""
    words: dict[int, exp.Expression] = {}
    for mask in masks:
        for word, bits in mask.items():
            words[word] = _or_bits(words[word], bits) if word in words else bits
    return words


def _or_bits(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    if left == right:
        return left
    return exp.BitwiseOr(this=_operand(left), expression=_operand(right))


def when(condition: exp.Expression, mask: Mask) -> Mask:
    """The mask where a condition is true, and nothing where it is false or NULL."""
    return {word: case([(condition, bits)], exp.Literal.number(0)) for word, bits in mask.items()}


def is_set(mask: Mask) -> exp.Expression:
    """Whether any fact is in the mask."""
    return any_of([exp.NEQ(this=_operand(bits), expression=exp.Literal.number(0)) for bits in mask.values()])


# --- what is known ---


def is_null(expression: exp.Expression) -> exp.Expression:
    """`expression IS NULL`."""
    return exp.Is(this=_operand(expression), expression=exp.Null())


def is_known(term: Term) -> exp.Expression:
    """Whether it has a value, and one alone."""
    if term.high is None:
        return not_(is_null(term.low))
    return exp.Coalesce(this=exp.EQ(this=_operand(term.low), expression=_operand(term.high)), expressions=[FALSE])


def is_cql_null(term: Term) -> exp.Expression:
    """Whether it is CQL's null: no value, and no fact that would tell."""
    if not term.is_nullable:
        return FALSE
    return is_null(term.low) if not term.mask else all_of([is_null(term.low), not_(is_set(term.mask))])


def is_missing(term: Term) -> exp.Expression:
    """Whether it has no value, and a fact would tell."""
    if not term.mask:
        return FALSE
    return all_of([is_null(term.low), is_set(term.mask)]) if term.is_nullable else is_null(term.low)


def is_between(term: Term) -> exp.Expression:
    """Whether it is only known between two bounds that differ."""
    if term.high is None:
        return FALSE
    return exp.Coalesce(this=exp.NEQ(this=_operand(term.low), expression=_operand(term.high)), expressions=[FALSE])


def unless_same(low: exp.Expression, high: exp.Expression | None, mask: Mask) -> Mask:
    """The facts missing for what lies between two bounds: two that turn out the same leave nothing to ask for."""
    if high is None or not mask:
        return mask
    same = exp.Coalesce(this=exp.EQ(this=_operand(low), expression=_operand(high)), expressions=[FALSE])
    return when(not_(same), mask)


def mask_of(terms: Iterable[Term]) -> Mask:
    """CQL's common rule for what is not known: null first, then the facts of all operands that are not known."""
    terms = list(terms)
    mask = union(*(term.mask for term in terms))
    nulls = [is_cql_null(term) for term in terms if term.is_nullable]
    return when(not_(any_of(nulls)), mask) if nulls and mask else mask


# --- building SQL ---

TRUE, FALSE = exp.true(), exp.false()


def not_(expression: exp.Expression) -> exp.Expression:
    """`NOT expression`."""
    if expression in {TRUE, FALSE}:
        return FALSE if expression == TRUE else TRUE
    return exp.Not(this=_operand(expression))


def all_of(expressions: Iterable[exp.Expression]) -> exp.Expression:
    """All of them with AND; TRUE of none."""
    expressions = [each for each in expressions if each != TRUE]
    if FALSE in expressions:
        return FALSE
    return cast(exp.Expression, exp.and_(*expressions, copy=False)) if expressions else TRUE


def any_of(expressions: Iterable[exp.Expression]) -> exp.Expression:
    """Any of them with OR; FALSE of none."""
    expressions = [each for each in expressions if each != FALSE]
    if TRUE in expressions:
        return TRUE
    return cast(exp.Expression, exp.or_(*expressions, copy=False)) if expressions else FALSE


def case(
    branches: Iterable[tuple[exp.Expression, exp.Expression]], otherwise: exp.Expression | None = None
) -> exp.Expression:
    """`CASE WHEN ... THEN ... ELSE ... END`, without the branches that cannot be reached."""
    made = exp.Case()
    for condition, result in branches:
        if condition == FALSE:
            continue
        if condition == TRUE:
            otherwise = result
            break
        made = made.when(condition, result, copy=False)
    if not made.args.get("ifs"):
        return exp.Null() if otherwise is None else otherwise
    return made if otherwise is None else made.else_(otherwise, copy=False)


def number(value: Decimal | int) -> exp.Expression:
    """A number as SQL writes it, never with an exponent."""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    literal = exp.Literal.number(text.removeprefix("-"))
    return exp.Neg(this=literal) if text.startswith("-") else literal


def text(value: str) -> exp.Expression:
    """A text literal."""
    return exp.Literal.string(value)


def binary(operator: type[exp.Binary], left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Two operands joined, each in parentheses where it needs them."""
    return cast(exp.Expression, operator(this=_operand(left), expression=_operand(right)))


def _operand(expression: exp.Expression) -> exp.Expression:
    return (
        exp.Paren(this=expression)
        if isinstance(expression, (exp.Binary, exp.Not, exp.Is, exp.In, exp.Neg))
        else expression
    )
