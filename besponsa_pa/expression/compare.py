"""Three-valued truth and comparison, for every type at one place.

Every function here takes values as they are, null and unknown ones too, and answers True, False, None (CQL's
null) or `Missing` with the facts that would tell. Operators on lists and intervals decide by these, so none of them
has to know about missing facts itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import product

from besponsa_pa import units
from besponsa_pa.expression import points
from besponsa_pa.expression.calendar import utc_parts
from besponsa_pa.values import (
    EXACT,
    NO_FACTS,
    PRECISIONS,
    Code,
    Concept,
    Date,
    DateTime,
    EvaluationError,
    Interval,
    Missing,
    Quantity,
    Ratio,
    Time,
    Truth,
    TupleValue,
    Uncertain,
    UncertainList,
    Undecided,
    Value,
    facts_of,
    missing,
)

# --- truth (CQL 1.5, Logical Operators) ---
#
#   and     | true    false  null    missing        or      | true  false   null    missing
#   true    | true    false  null    missing        true    | true  true    true    true
#   false   | false   false  false   false          false   | true  false   null    missing
#   null    | null    false  null    missing        null    | true  null    null    missing
#   missing | missing false  missing missing        missing | true  missing missing missing


def conjunction(*truths: Truth) -> Truth:
    """`and` over any number of truths."""
    return _decide(truths, False)


def disjunction(*truths: Truth) -> Truth:
    """`or` over any number of truths."""
    return _decide(truths, True)


def _decide(truths: Iterable[Truth], decisive: bool) -> Truth:
    unknown: list[Missing] = []
    null = False
    for truth in truths:
        if truth is decisive:
            return decisive
        if isinstance(truth, Missing):
            unknown.append(truth)
        elif truth is None:
            null = True
    if unknown:
        return missing(facts_of(*unknown))
    return None if null else not decisive


def negation(truth: Truth) -> Truth:
    """`not`: unknown stays unknown."""
    return truth if truth is None or isinstance(truth, Missing) else not truth


def decided(truth: Truth) -> bool | None:
    """The truth where it is known, null as None; raises `Undecided` where a missing fact would have to tell.

    For operators that cannot go on without the answer: the dispatcher turns it into a missing result.
    """
    if isinstance(truth, Missing):
        raise Undecided(truth)
    return truth


# --- equality (CQL 1.5, Comparison Operators) ---


def equal(left: Value, right: Value) -> Truth:
    """`=`: null when either side is null, or when partial dates leave it open."""
    if left is None or right is None:
        return None
    left, right = _with_known_length(left), _with_known_length(right)
    if isinstance(left, (Missing, UncertainList)) or isinstance(right, (Missing, UncertainList)):
        return missing(facts_of(left, right))
    if isinstance(left, Uncertain) or isinstance(right, Uncertain):
        return _equal_bounds(left, right)
    if isinstance(left, str):  # before the patterns, for this is what most conditions compare
        return left == right
    match left, right:
        case ((Date() | DateTime() | Time()), (Date() | DateTime() | Time())):
            order = compare(left, right)
            return None if order is None else order == 0
        case Quantity(), Quantity():
            order = compare(left, right)
            return None if order is None else order == 0
        case Ratio(), Ratio():
            return conjunction(equal(left.numerator, right.numerator), equal(left.denominator, right.denominator))
        case Interval(), Interval():
            return conjunction(
                equal(points.start(left), points.start(right)), equal(points.end(left), points.end(right))
            )
        case TupleValue(), TupleValue():
            if left.elements.keys() != right.elements.keys():
                return False
            return _equal_elements((value, right.elements[name]) for name, value in left.elements.items())
        case tuple(), tuple():
            return len(left) == len(right) and _equal_elements(zip(left, right, strict=True))
        case Code(), Code():
            pairs = ((left.code, right.code), (left.system, right.system), (left.version, right.version))
            return _equal_elements((*pairs, (left.display, right.display)))
        case _:
            return left == right


def _with_known_length(value: Value) -> Value:
    """A list whose elements all surely belong, though some are not known, as what can be compared one by one."""
    if isinstance(value, UncertainList) and value.counts is None and all(sure for _, sure in value.elements):
        return tuple(element for element, _ in value.elements)
    return value


def _equal_elements(pairs: Iterable[tuple[Value, Value]]) -> Truth:
    """Equality of tuples and lists: two nulls are equal, a null against a value makes the whole null.

    What is not known may be either, against a null: then the whole is not known, unless the rest makes it null.
    """
    truths: list[Truth] = []
    facts = NO_FACTS
    for left, right in pairs:
        if left is not None and right is not None:
            truths.append(equal(left, right))
        elif isinstance(other := right if left is None else left, Missing):
            facts |= other.facts
        elif other is not None:
            return None
    truth = None if None in truths else conjunction(*truths)
    return missing(facts | facts_of(truth)) if facts and truth is not None else truth


def _equal_bounds(left: Value, right: Value) -> Truth:
    if less(left, right) is True or less(right, left) is True:
        return False
    return missing(facts_of(left, right))


def equivalent(left: Value, right: Value) -> Truth:
    """`~`: two nulls are equivalent, and it is never null; only a missing fact leaves it open."""
    unknown = (Missing, Uncertain, UncertainList)
    left, right = _with_known_length(left), _with_known_length(right)
    if isinstance(left, unknown) or isinstance(right, unknown):
        if left is None or right is None:  # a fact, once known, is a value
            return False
        if isinstance(left, Uncertain) or isinstance(right, Uncertain):
            return equal(left, right)
        return missing(facts_of(left, right))
    if left is None or right is None:
        return left is right
    match left, right:
        case str(), str():
            return " ".join(left.casefold().split()) == " ".join(right.casefold().split())
        case bool(), bool():
            return left is right
        case ((int() | Decimal()), (int() | Decimal())):
            return _equivalent_numbers(Decimal(left), Decimal(right))
        case Quantity(), Quantity():
            pair = units.equivalent_values(left, right)
            return pair is not None and _equivalent_numbers(*pair)
        case ((Date() | DateTime() | Time()), (Date() | DateTime() | Time())):
            return len(left.parts) == len(right.parts) and compare(left, right) == 0
        case Ratio(), Ratio():
            return units.equivalent_ratios(left, right)
        case Interval(), Interval():
            return conjunction(
                equivalent(points.start(left), points.start(right)), equivalent(points.end(left), points.end(right))
            )
        case TupleValue(), TupleValue():
            if left.elements.keys() != right.elements.keys():
                return False
            return conjunction(*(equivalent(v, right.elements[name]) for name, v in left.elements.items()))
        case tuple(), tuple():
            return len(left) == len(right) and conjunction(*map(equivalent, left, right))
        case Code(), Code():
            return (left.code, left.system) == (right.code, right.system)
        case Concept(), (Code() | Concept()):
            others = right.codes if isinstance(right, Concept) else (right,)
            return any(equivalent(one, other) is True for one, other in product(left.codes, others))
        case Code(), Concept():
            return equivalent(right, left)
        case _:
            return type(left) is type(right) and left == right


def _equivalent_numbers(left: Decimal, right: Decimal) -> bool:
    """Rounded to the coarser of both, trailing zeros aside (CQL 1.5, Equivalent)."""
    places = min(_places(left), _places(right))
    step = Decimal(1).scaleb(-places)
    return left.quantize(step, context=EXACT) == right.quantize(step, context=EXACT)


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -int(exponent))


# --- order (CQL 1.5, Comparison Operators; Comparing Dates and Times) ---


def compare(left: Value, right: Value, precision: str | None = None) -> int | None:
    """-1, 0 or 1 as the left known point lies before, at or after the right; None where that is open.

    It is open between dates of unequal precision that agree as far as both go, and between units that
    do not convert. `precision` stops the comparison of dates at that component.
    """
    match left, right:
        case ((Date() | DateTime() | Time()), (Date() | DateTime() | Time())):
            return _compare_dates(left, right, precision)
        case Quantity(), Quantity():
            if left.unit == right.unit:
                return _sign(left.value, right.value)
            return _compare_units(left, right)
        case _:
            return _sign(left, right)


def _compare_units(left: Quantity, right: Quantity) -> int | None:
    """A month against a month of fixed length is open, by CQL; a mass against a length is a failure.

    CQL calls that null as well. But a null in a `where` drops the row, and a laboratory value in a unit that the
    policy did not expect must not vanish from a search: the case pends, with the place.
    """
    if not units.commensurable(left.unit, right.unit):
        raise EvaluationError(f"`{left.unit}` and `{right.unit}` do not convert into one another")
    return units.compare(left, right)


def _sign(left: object, right: object) -> int:
    return int(left > right) - int(left < right)  # type: ignore[operator]


def _compare_dates(left: Date | DateTime | Time, right: Date | DateTime | Time, precision: str | None) -> int | None:
    if precision in PRECISIONS[:3]:  # only hours and finer are normalised (CQL 1.5, Same As): a day is the one written
        first, second = left.parts, right.parts
    else:
        first, second = _parts(left), _parts(right)
    limit = max(len(first), len(second))
    if precision is not None:
        limit = PRECISIONS.index(precision) + (-2 if isinstance(left, Time) else 1)
    first, second = first[:limit], second[:limit]
    shared = min(len(first), len(second))
    if first[:shared] != second[:shared]:
        return -1 if first[:shared] < second[:shared] else 1
    is_known = len(first) == len(second) and (precision is None or shared == limit)
    return 0 if is_known else None


def _parts(point: Date | DateTime | Time) -> tuple[int, ...]:
    return utc_parts(point) if isinstance(point, DateTime) else point.parts


def less(left: Value, right: Value, precision: str | None = None) -> Truth:
    """`<` (and `before`): null with a null or an open comparison, missing with a missing fact."""
    return _ordered(left, right, lambda order: order < 0, precision)


def less_or_equal(left: Value, right: Value, precision: str | None = None) -> Truth:
    """`<=` (and `same or before`)."""
    return _ordered(left, right, lambda order: order <= 0, precision)


def same(left: Value, right: Value, precision: str | None = None) -> Truth:
    """`same <precision> as` between points: equal as far as the precision goes."""
    return conjunction(less_or_equal(left, right, precision), less_or_equal(right, left, precision))


def _ordered(left: Value, right: Value, holds: Callable[[int], bool], precision: str | None) -> Truth:
    if left is None or right is None:
        return None
    if isinstance(left, (Missing, UncertainList)) or isinstance(right, (Missing, UncertainList)):
        return missing(facts_of(left, right))
    if isinstance(left, Uncertain) or isinstance(right, Uncertain):
        # growing in the right operand, falling in the left one: both extremes decide
        least = _ordered(_high(left), _low(right), holds, precision)
        most = _ordered(_low(left), _high(right), holds, precision)
        return least if least == most else missing(facts_of(left, right))
    order = compare(left, right, precision)
    return None if order is None else holds(order)


def _low(value: Value) -> Value:
    return value.low if isinstance(value, Uncertain) else value


def _high(value: Value) -> Value:
    return value.high if isinstance(value, Uncertain) else value
