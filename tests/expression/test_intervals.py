"""Intervals against a model: every way in which the unknown bounds may turn out has to agree with the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besponsa_pa.expression import compare, points
from besponsa_pa.expression.functions import combinations, expansion, relations
from besponsa_pa.expression.functions.intervals import OPERATORS
from besponsa_pa.expression.functions.table import Unknowns
from besponsa_pa.types import (
    ANY,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    LONG,
    QUANTITY,
    STRING,
    TIME,
    IntervalOf,
    Type,
    with_unit,
)
from besponsa_pa.values import (
    DECIMAL_MAXIMUM,
    INTEGER_MAXIMUM,
    INTEGER_MINIMUM,
    LONG_MAXIMUM,
    LONG_MINIMUM,
    Date,
    DateTime,
    EvaluationError,
    Interval,
    Missing,
    Quantity,
    Time,
    Uncertain,
    UncertainList,
    Undecided,
    Value,
    facts_of,
    from_fact,
)

ROWS = {row.name: row for row in (*expansion.OPERATORS[::-1], *OPERATORS)}
DECIMAL_MINIMUM = DECIMAL_MAXIMUM.copy_negate()


def run(name: str, *arguments: Value, precision: str | None = None) -> Value:
    """An operator as the evaluator calls it."""
    row = ROWS[name]
    keywords = {"precision": precision} if row.takes_precision else {}
    if row.unknowns is Unknowns.SPREAD and any(argument is None for argument in arguments):
        return None
    try:
        return row.overloads[0].run(*arguments, **keywords)  # type: ignore[return-value]
    except Undecided as undecided:
        return undecided.value


def missing(*facts: str) -> Missing:
    return Missing(frozenset(facts))


def between(low: Value, high: Value, *facts: str) -> Uncertain:
    return Uncertain(low, high, frozenset(facts))


def closed(low: Value, high: Value) -> Interval:
    return Interval(low, high)


# --- the model: two intervals of whole numbers by their first and last points ---

Known = tuple[int, int]
MODEL: dict[str, Callable[[Known, Known], bool]] = {
    "Before": lambda a, b: a[1] < b[0],
    "After": lambda a, b: a[0] > b[1],
    "SameOrBefore": lambda a, b: a[1] <= b[0],
    "SameOrAfter": lambda a, b: a[0] >= b[1],
    "SameAs": lambda a, b: a == b,
    "Includes": lambda a, b: a[0] <= b[0] and b[1] <= a[1],
    "IncludedIn": lambda a, b: b[0] <= a[0] and a[1] <= b[1],
    "ProperIncludes": lambda a, b: a[0] <= b[0] and b[1] <= a[1] and a != b,
    "ProperIncludedIn": lambda a, b: b[0] <= a[0] and a[1] <= b[1] and a != b,
    "MeetsBefore": lambda a, b: a[1] + 1 == b[0],
    "MeetsAfter": lambda a, b: b[1] + 1 == a[0],
    "Meets": lambda a, b: a[1] + 1 == b[0] or b[1] + 1 == a[0],
    "Overlaps": lambda a, b: a[0] <= b[1] and b[0] <= a[1],
    "OverlapsBefore": lambda a, b: a[0] < b[0] <= a[1],
    "OverlapsAfter": lambda a, b: a[0] <= b[1] < a[1],
    "Starts": lambda a, b: a[0] == b[0] and a[1] <= b[1],
    "Ends": lambda a, b: a[1] == b[1] and a[0] >= b[0],
}
WITH_POINTS = ("Before", "After", "SameOrBefore", "SameOrAfter")
POINT_MODEL: dict[str, Callable[[Known, int], bool]] = {
    "Contains": lambda a, p: a[0] <= p <= a[1],
    "Includes": lambda a, p: a[0] <= p <= a[1],
    "ProperContains": lambda a, p: a[0] < p < a[1],
    "ProperIncludes": lambda a, p: a[0] < p < a[1],
}
MIRRORED = {
    "Contains": "In",
    "Includes": "IncludedIn",
    "ProperContains": "ProperIn",
    "ProperIncludes": "ProperIncludedIn",
}
# the values that an unknown bound is tried with: those around the known ones, and the ends of the type
TRIED = (INTEGER_MINIMUM, *range(-1, 6), INTEGER_MAXIMUM)


def completions(bound: Value, is_closed: bool, step: int) -> Iterator[int]:
    """The first (step 1) or last (step -1) points that a bound may turn out to give."""
    match bound:
        case None if is_closed:
            yield INTEGER_MINIMUM if step > 0 else INTEGER_MAXIMUM
        case None:
            yield from TRIED
        case Missing():
            yield from (value if is_closed else value + step for value in TRIED)
        case Uncertain(int() as low, int() as high):
            yield from (value if is_closed else value + step for value in range(low, high + 1))
        case int():
            yield bound if is_closed else bound + step
        case _:
            raise AssertionError(bound)


def every(value: Interval) -> list[Known]:
    """Every interval that a partly known one may turn out to be."""
    pairs = product(
        completions(value.low, value.low_closed, 1),
        completions(value.high, value.high_closed, -1),
    )
    return [(low, high) for low, high in pairs if low <= high]


def filled(value: Interval) -> Interval:
    """The interval as the evaluator makes it."""
    return relations.interval(value.low, value.high, value.low_closed, value.high_closed, INTEGER)


numbers = st.integers(0, 4)
names = st.sampled_from(["a", "b", "c", "d"])
unknown = st.one_of(
    names.map(missing),
    st.tuples(numbers, numbers, names).filter(lambda t: t[0] < t[1]).map(lambda t: between(t[0], t[1], t[2])),
)
bounds = st.one_of(numbers, numbers, st.none(), unknown)
intervals = st.builds(Interval, bounds, bounds, st.booleans(), st.booleans()).filter(lambda i: bool(every(i)))
known_intervals = [
    Interval(low, high, low_closed, high_closed)
    for low, high, low_closed, high_closed in product(range(4), range(4), (True, False), (True, False))
    if low + (not low_closed) <= high - (not high_closed)
]


def bound_facts(*values: Value) -> frozenset[str]:
    parts: list[Value] = []
    for value in values:
        parts += (value.low, value.high) if isinstance(value, Interval) else (value,)
    return facts_of(*parts)


def has_open_null(*values: Value) -> bool:
    intervals = [value for value in values if isinstance(value, Interval)]
    return any(
        (value.low is None and not value.low_closed) or (value.high is None and not value.high_closed)
        for value in intervals
    )


def holds(answer: Value, possible: set[bool], operands: tuple[Value, ...]) -> None:
    """What an answer has to satisfy, given every answer that may come true."""
    if isinstance(answer, bool):
        assert possible == {answer}
        return
    facts = bound_facts(*operands)
    if isinstance(answer, Missing):
        assert answer.facts
        assert answer.facts <= facts
        return
    assert answer is None
    assert has_open_null(*operands)


@pytest.mark.parametrize("name", MODEL)
def test_known_intervals_relate_as_their_first_and_last_points_say(name: str) -> None:
    for left, right in product(known_intervals, repeat=2):
        (a,), (b,) = every(left), every(right)
        assert run(name, filled(left), filled(right)) is MODEL[name](a, b), (name, left, right)


@pytest.mark.parametrize("name", POINT_MODEL)
def test_known_points_lie_in_an_interval_as_its_first_and_last_points_say(name: str) -> None:
    for value, point in product(known_intervals, range(-1, 6)):
        expected = POINT_MODEL[name](every(value)[0], point)
        assert run(name, filled(value), point) is expected, (name, value, point)
        assert run(MIRRORED[name], point, filled(value)) is expected, (name, value, point)


@pytest.mark.parametrize("name", MODEL)
@given(left=intervals, right=intervals)
def test_an_answer_on_partly_known_intervals_holds_however_they_turn_out(
    name: str, left: Interval, right: Interval
) -> None:
    possible = {MODEL[name](a, b) for a, b in product(every(left), every(right))}
    holds(run(name, filled(left), filled(right)), possible, (left, right))


@pytest.mark.parametrize("name", POINT_MODEL)
@given(value=intervals, point=st.one_of(numbers, unknown))
def test_an_answer_on_partly_known_points_holds_however_they_turn_out(name: str, value: Interval, point: Value) -> None:
    tried = list(completions(point, True, 1))
    possible = {POINT_MODEL[name](a, p) for a, p in product(every(value), tried)}
    holds(run(name, filled(value), point), possible, (value, point))
    assert run(MIRRORED[name], point, filled(value)) == run(name, filled(value), point)


@pytest.mark.parametrize("name", WITH_POINTS)
@given(value=intervals, point=st.one_of(numbers, unknown))
def test_a_point_stands_for_the_interval_of_that_point(name: str, value: Interval, point: Value) -> None:
    tried = list(completions(point, True, 1))
    holds(
        run(name, filled(value), point), {MODEL[name](a, (p, p)) for a in every(value) for p in tried}, (value, point)
    )
    holds(
        run(name, point, filled(value)), {MODEL[name]((p, p), a) for a in every(value) for p in tried}, (value, point)
    )


half_known = st.one_of(
    st.builds(Interval, numbers, st.none(), st.booleans(), st.booleans()),
    st.builds(Interval, st.none(), numbers, st.booleans(), st.booleans()),
)


@pytest.mark.parametrize("name", MODEL)
@given(left=st.sampled_from(known_intervals), right=half_known)
def test_a_null_bound_leaves_nothing_open_that_the_other_bounds_decide(
    name: str, left: Interval, right: Interval
) -> None:
    possible = {MODEL[name](a, b) for a, b in product(every(left), every(right))}
    assert run(name, filled(left), filled(right)) is (possible.pop() if len(possible) == 1 else None)


# --- what is made of intervals ---


def as_set(value: Known) -> set[int]:
    return set(range(value[0], value[1] + 1))


def span(values: set[int]) -> Known | None:
    """The first and last of neighbouring numbers, None for an empty set or one with a gap."""
    if not values or max(values) - min(values) + 1 != len(values):
        return None
    return min(values), max(values)


SETS: dict[str, Callable[[set[int], set[int]], set[int]]] = {
    "Union": lambda a, b: a | b,
    "Intersect": lambda a, b: a & b,
    "Except": lambda a, b: a - b,
}


def known(value: Value) -> Known | None:
    if value is None:
        return None
    assert isinstance(value, Interval)
    low, high = points.start(value), points.end(value)
    assert isinstance(low, int)
    assert isinstance(high, int)
    return low, high


@pytest.mark.parametrize("name", SETS)
def test_known_intervals_combine_as_the_sets_of_their_points(name: str) -> None:
    for left, right in product(known_intervals, repeat=2):
        (a,), (b,) = every(left), every(right)
        expected = span(SETS[name](as_set(a), as_set(b)))
        assert known(run(name, filled(left), filled(right))) == expected, (name, left, right)


def possible_values(bound: Value) -> Callable[[int], bool]:
    match bound:
        case int():
            return lambda value: value == bound
        case Uncertain(int() as low, int() as high):
            return lambda value: low <= value <= high
        case _:
            return lambda _: True


small = st.one_of(
    numbers,
    names.map(missing),
    st.tuples(numbers, numbers, names).filter(lambda t: t[0] < t[1]).map(lambda t: between(t[0], t[1], t[2])),
)
small_intervals = st.builds(Interval, small, small, st.booleans(), st.booleans()).filter(lambda i: bool(small_every(i)))


def small_every(value: Interval) -> list[Known]:
    return [(low, high) for low, high in every(value) if low >= -3 and high <= 8]


@pytest.mark.parametrize("name", SETS)
@given(left=small_intervals, right=small_intervals)
def test_a_combination_of_partly_known_intervals_is_one_that_it_may_turn_out_to_be(
    name: str, left: Interval, right: Interval
) -> None:
    result = run(name, filled(left), filled(right))
    if isinstance(result, Missing):
        assert result.facts <= bound_facts(left, right)
        return
    for a, b in product(small_every(left), small_every(right)):
        expected = span(SETS[name](as_set(a), as_set(b)))
        if not isinstance(result, Interval) or expected is None:
            assert result is None
            assert expected is None
            continue
        assert possible_values(points.start(result))(expected[0])
        assert possible_values(points.end(result))(expected[1])


def test_an_open_null_bound_stays_one_where_it_may_be_the_nearer() -> None:
    assert run("Intersect", closed(1, 10), Interval(5, None, True, False)) == Interval(5, None, True, False)
    assert run("Union", closed(4, 10), Interval(None, 5, False, True)) == Interval(None, 10, False, True)


def test_a_missing_bound_of_a_combination_keeps_its_fact() -> None:
    assert run("Union", Interval(between(1, 7, "a"), 9), closed(5, 12)) == Interval(missing("a"), 12)
    assert run("Union", Interval(between(1, 4, "a"), 9), closed(5, 12)) == Interval(between(1, 4, "a"), 12)
    assert run("Union", Interval(missing("a"), 5), closed(5, 9)) == missing("a")
    assert run("Intersect", Interval(missing("a"), 5), closed(6, 9)) is None
    assert run("Except", Interval(missing("a"), 5), closed(3, 9)) == missing("a")


def test_intervals_of_a_list_are_joined_where_they_overlap_or_meet() -> None:
    listed = (closed(12, 19), None, closed(1, 5), closed(3, 7), closed(8, 10))
    assert run("Collapse", listed) == (closed(1, 10), closed(12, 19))
    assert run("Collapse", (closed(5, 6), closed(1, 2), closed(3, 4))) == (closed(1, 6),)
    assert run("Collapse", ()) == ()
    assert run("Collapse", None) is None


def test_a_list_of_intervals_stays_unjoined_where_it_is_not_known_whether_two_touch() -> None:
    assert run("Collapse", (closed(1, 5), Interval(missing("a"), 9))) == missing("a")
    assert run("Collapse", (closed(1, 5), missing("b"))) == missing("b")
    assert run("Collapse", missing("c")) == missing("c")
    assert run("Collapse", UncertainList(((closed(1, 5), False),), frozenset({"d"}))) == missing("d")
    assert run("Collapse", (closed(1, 5), Interval(None, 9, False, True))) is None


@given(st.lists(st.sampled_from(known_intervals), max_size=5))
def test_collapsed_intervals_cover_the_same_points_with_a_gap_between_them(listed: list[Interval]) -> None:
    result = run("Collapse", tuple(listed))
    assert isinstance(result, tuple)
    spans = [known(one) for one in result]
    covered = set[int]().union(*(as_set(every(one)[0]) for one in listed))
    assert set[int]().union(*(as_set(one) for one in spans if one)) == covered
    assert all(before[1] + 1 < after[0] for before, after in pairwise(spans) if before and after)


# --- null and missing as a whole ---


@pytest.mark.parametrize("name", MODEL)
def test_a_null_interval_makes_a_relation_null(name: str) -> None:
    assert run(name, None, closed(1, 2)) is None
    if name not in {"IncludedIn", "ProperIncludedIn"}:  # these take a null for a point: below
        assert run(name, closed(1, 2), None) is None


@pytest.mark.parametrize("name", MODEL)
def test_a_missing_interval_makes_a_relation_missing(name: str) -> None:
    assert run(name, missing("a"), closed(1, 2)) == missing("a")
    assert run(name, Interval(1, missing("b")), missing("a")) in (missing("a"), missing("a", "b"))


@pytest.mark.parametrize("name", SETS)
def test_a_null_or_missing_interval_makes_a_combination_null_or_missing(name: str) -> None:
    assert run(name, None, closed(1, 2)) is None
    assert run(name, missing("a"), closed(1, 2)) == missing("a")
    assert run(name, None, missing("a")) == missing("a")


def test_nothing_lies_in_a_null_interval_and_a_null_point_lies_nowhere_known() -> None:
    assert run("In", 5, None) is False
    assert run("IncludedIn", 5, None) is False
    assert run("In", None, None) is None
    assert run("In", None, closed(1, 2)) is None
    assert run("In", None, missing("a")) == missing("a")


def test_a_missing_point_is_asked_for_even_against_a_null_interval() -> None:
    assert run("In", missing("a"), None) == missing("a")
    assert run("In", missing("a"), closed(1, 2)) == missing("a")


@pytest.mark.parametrize("name", ["Overlaps", "OverlapsAfter", "Starts", "Ends", "Union", "Except", "PointFrom"])
def test_an_interval_between_two_nulls_of_no_type_has_no_known_ends(name: str) -> None:
    nulls = relations.interval(None, None, True, True, ANY)
    operands = (nulls,) if name == "PointFrom" else (nulls, closed(1, 10))
    assert run(name, *operands) is None


def test_everything_lies_in_an_interval_between_two_nulls() -> None:
    nulls = relations.interval(None, None, True, True, ANY)
    assert run("In", 5, nulls) is True
    assert run("In", Date(2024, 2, 29), nulls) is True
    assert run("In", Quantity(Decimal(5), "mg"), nulls) is True
    assert run("ProperIncludedIn", closed(1, 10), nulls) is True
    assert run("IncludedIn", closed(1, LONG_MAXIMUM), nulls) is None  # nulls of Integers or of Longs


# --- making an interval ---

DAY, NEXT_DAY = Date(2024, 2, 28), Date(2024, 2, 29)


@pytest.mark.parametrize(
    ("kind", "value", "least", "greatest"),
    [
        (INTEGER, 5, INTEGER_MINIMUM, INTEGER_MAXIMUM),
        (LONG, 5, LONG_MINIMUM, LONG_MAXIMUM),
        (DECIMAL, Decimal(5), DECIMAL_MINIMUM, DECIMAL_MAXIMUM),
        (DATE, DAY, Date(1, 1, 1), Date(9999, 12, 31)),
        (DATE, from_fact(Date(2024), "f"), Date(1, 1, 1), Date(9999, 12, 31)),
        (TIME, Time(12), Time(0, 0, 0, 0), Time(23, 59, 59, 999)),
        (QUANTITY, Quantity(Decimal(5), "mg"), Quantity(DECIMAL_MINIMUM, "mg"), Quantity(DECIMAL_MAXIMUM, "mg")),
        (with_unit("mg"), missing("f"), Quantity(DECIMAL_MINIMUM, "mg"), Quantity(DECIMAL_MAXIMUM, "mg")),
        (QUANTITY, missing("f"), None, None),
        (STRING, "m", None, None),
        (DATETIME, None, points.minimum(DATETIME), points.maximum(DATETIME)),
    ],
)
def test_a_closed_null_bound_is_the_end_of_the_type(kind: Type, value: Value, least: Value, greatest: Value) -> None:
    assert relations.interval(None, value, True, True, kind).low == least
    assert relations.interval(value, None, True, True, kind).high == greatest


def test_an_open_null_bound_stays_unknown() -> None:
    assert relations.interval(None, 5, False, True, INTEGER) == Interval(None, 5, False, True)
    assert run("Start", Interval(None, 5, False, True)) is None
    assert run("End", Interval(5, None, True, False)) is None


def test_a_bound_that_is_not_known_stays_as_it_is() -> None:
    made = relations.interval(missing("a"), between(1, 3, "b"), False, True, INTEGER)
    assert made == Interval(missing("a"), between(1, 3, "b"), False, True)
    assert run("Start", made) == missing("a")
    assert run("End", made) == between(1, 3, "b")
    assert run("Start", Interval(between(1, 3, "b"), 9, False, True)) == between(2, 4, "b")


@pytest.mark.parametrize(
    ("low", "high", "low_closed", "high_closed", "written"),
    [
        (5, 3, True, True, "Interval[5, 3]"),
        (5, 5, True, False, "Interval[5, 5)"),
        (5, 6, False, False, "Interval(5, 6)"),
        (5, between(1, 3, "a"), True, True, "Interval[5, "),
        (NEXT_DAY, DAY, True, True, "Interval[@2024-02-29, @2024-02-28]"),
        (Quantity(Decimal(1), "g"), Quantity(Decimal(5), "mg"), True, True, "Interval[1 'g', 5 'mg']"),
    ],
)
def test_an_interval_without_a_point_is_a_failure(
    low: Value, high: Value, low_closed: bool, high_closed: bool, written: str
) -> None:
    with pytest.raises(EvaluationError) as failure:
        relations.interval(low, high, low_closed, high_closed, INTEGER)
    assert str(failure.value).startswith(f"`{written}")
    assert str(failure.value).endswith("has no point: it ends before it starts")


def test_an_interval_that_may_have_a_point_is_made() -> None:
    assert relations.interval(5, between(1, 5, "a"), True, True, INTEGER).low == 5
    assert relations.interval(Date(2024, 6), Date(2024), True, True, DATE).low == Date(2024, 6)
    assert relations.interval(5, None, True, False, INTEGER).high is None


# --- points ---


@pytest.mark.parametrize(
    ("value", "following"),
    [
        (5, 6),
        (INTEGER_MAXIMUM, None),
        (LONG_MAXIMUM, None),
        (INTEGER_MAXIMUM + 1, INTEGER_MAXIMUM + 2),
        (Decimal("1.5"), Decimal("1.50000001")),
        (DECIMAL_MAXIMUM, None),
        (Quantity(Decimal(1), "mg"), Quantity(Decimal("1.00000001"), "mg")),
        (Quantity(DECIMAL_MAXIMUM, "mg"), None),
        (Date(2024, 2, 28), Date(2024, 2, 29)),
        (Date(2023, 12, 31), Date(2024, 1, 1)),
        (Date(2023, 12), Date(2024, 1)),
        (Date(9999), None),
        (Date(9999, 12, 31), None),
        (DateTime(2024, 2, 29, 23, 59, 59, 999), DateTime(2024, 3, 1, 0, 0, 0, 0)),
        (DateTime(2024, 2, 29, 23, offset=60), DateTime(2024, 3, 1, 0, offset=60)),
        (DateTime(2024, 2, 29, 23, 59, 59), DateTime(2024, 3, 1, 0, 0, 0)),
        (Time(10), Time(11)),
        (Time(10, 59), Time(11, 0)),
        (Time(23, 59, 59, 999), None),
        (Time(23), None),
        (None, None),
        (True, None),
        ("a", None),
        (missing("f"), missing("f")),
        (between(1, 3, "f"), between(2, 4, "f")),
        (between(1, INTEGER_MAXIMUM, "f"), missing("f")),
        (Uncertain(1, INTEGER_MAXIMUM), None),
    ],
)
def test_the_next_point_is_one_of_the_finest_component_further(value: Value, following: Value) -> None:
    assert points.successor(value) == following
    if following is not None and not isinstance(following, Missing):
        assert points.predecessor(following) == value


@pytest.mark.parametrize("kind", [INTEGER, LONG, DECIMAL, QUANTITY, DATE, DATETIME, TIME])
def test_nothing_comes_before_the_least_or_after_the_greatest_value_of_a_type(kind: Type) -> None:
    assert points.predecessor(points.minimum(kind)) is None
    assert points.successor(points.maximum(kind)) is None
    assert compare.less(points.minimum(kind), points.maximum(kind)) is True


def test_the_next_point_at_a_coarser_precision_is_one_of_that_component_further() -> None:
    assert points.successor(Date(2024, 1, 31), "month") == Date(2024, 2, 29)
    assert points.successor(Date(2024, 1, 31), "year") == Date(2025, 1, 31)
    assert points.successor(Date(2024), "day") == Date(2025)
    assert points.predecessor(Time(0, 30), "hour") is None


def test_the_least_decimal_has_every_digit_of_the_greatest() -> None:
    assert str(points.minimum(DECIMAL)) == f"-{points.maximum(DECIMAL)}"
    assert points.minimum(with_unit("mg")) == Quantity(DECIMAL_MINIMUM, "mg")


def test_types_without_an_order_have_no_least_or_greatest_value() -> None:
    assert points.minimum(STRING) is None
    assert points.minimum(IntervalOf(INTEGER)) is None
    assert points.maximum(ANY) is None
    assert points.least_like("a") is None
    assert points.greatest_like(True) is None
    assert points.greatest_like(missing("a")) is None


# --- dates, and facts of which only a part is known ---

YEAR_ONLY = from_fact(Date(2024), "therapies[0].start")
FACT = missing("therapies[0].start")


def test_a_start_known_to_its_year_is_asked_for_only_where_the_day_matters() -> None:
    therapy = relations.interval(YEAR_ONLY, Date(2025, 6, 30), True, True, DATE)
    assert run("Overlaps", therapy, closed(Date(2025, 1, 1), Date(2025, 12, 31))) is True
    assert run("Overlaps", therapy, closed(Date(2023, 1, 1), Date(2023, 12, 31))) is False
    assert run("Overlaps", therapy, closed(Date(2024, 3, 1), Date(2024, 3, 31))) == FACT
    assert run("In", Date(2024, 12, 31), therapy) is True
    assert run("In", Date(2024, 1, 1), therapy) == FACT
    assert run("In", Date(2024, 1, 1), therapy, precision="year") is True
    assert run("Before", therapy, Date(2025, 7, 1)) is True


def test_an_ongoing_therapy_lasts_and_one_of_unknown_end_may_not() -> None:
    ongoing = relations.interval(Date(2024, 1, 1), None, True, True, DATE)
    ended = relations.interval(Date(2024, 1, 1), None, True, False, DATE)
    asked = relations.interval(Date(2024, 1, 1), missing("therapies[0].end"), True, True, DATE)
    today = Date(2026, 11, 20)
    assert run("In", today, ongoing) is True
    assert run("In", today, ended) is None
    assert run("In", today, asked) == missing("therapies[0].end")
    assert run("In", Date(2023, 12, 31), ended) is False
    assert run("In", Date(2023, 12, 31), asked) is False


def test_a_missing_bound_beside_an_unknown_one_is_still_asked_for() -> None:
    half = Interval(None, missing("a"), False, True)
    assert run("After", half, 5) == missing("a")
    assert run("Before", Interval(missing("a"), None, True, False), 5) == missing("a")


def test_dates_written_in_part_leave_open_what_their_day_would_tell() -> None:
    year = closed(Date(2012), Date(2012))
    assert run("Meets", year, closed(Date(2013), Date(2014))) is True
    assert run("MeetsBefore", year, closed(Date(2012, 5, 5), Date(2012, 6, 1))) is None
    assert run("MeetsBefore", year, closed(Date(2013, 1, 1), Date(2013, 6, 1))) is None
    assert run("MeetsBefore", year, closed(Date(2014, 1, 1), Date(2014, 6, 1))) is False
    assert run("Overlaps", year, closed(Date(2012, 5, 5), Date(2013, 6, 1))) is None
    assert run("Contains", Interval(Date(2012), Date(2014), False, True), Date(2012, 5, 5)) is None
    assert run("In", Date(2013, 5, 5), closed(Date(2012), Date(2014))) is True


@pytest.mark.parametrize(
    ("name", "precision", "expected"),
    [("Meets", None, False), ("Meets", "day", False), ("Meets", "month", True), ("Meets", "year", False)],
)
def test_intervals_meet_at_the_precision_asked_for(name: str, precision: str | None, expected: bool) -> None:
    left, right = closed(Date(2026, 1, 1), Date(2026, 1, 31)), closed(Date(2026, 2, 20), Date(2026, 3, 1))
    assert run(name, left, right, precision=precision) is expected
    assert run(name, right, left, precision=precision) is expected


@pytest.mark.parametrize(
    ("point", "precision", "expected"),
    [
        (DateTime(2024, 5, 5, 9, 0, 0, 0), None, True),
        (DateTime(2024, 5, 5, 9, 0, 0, 0), "day", False),
        (DateTime(2024, 5, 4, 23, 0, 0, 0), "day", True),
        (DateTime(2024, 5, 1, 7, 0, 0, 0), None, False),
        (DateTime(2024, 5, 1, 7, 0, 0, 0), "day", True),
        (DateTime(2024, 5, 1), None, None),
    ],
)
def test_an_open_bound_leaves_out_its_whole_day_when_days_are_compared(
    point: Value, precision: str | None, expected: bool | None
) -> None:
    value = Interval(DateTime(2024, 5, 1, 8, 0, 0, 0), DateTime(2024, 5, 5, 10, 0, 0, 0), True, False)
    assert run("In", point, value, precision=precision) is expected


def test_texts_lie_between_texts_and_have_no_next_one() -> None:
    value = relations.interval("b", "d", False, True, STRING)
    assert run("In", "c", value) is True
    assert run("In", "b", value) is False
    assert run("Start", value) is None


def test_quantities_are_compared_across_units() -> None:
    value = closed(Quantity(Decimal("1.5"), "mg"), Quantity(Decimal(2), "mg"))
    assert run("In", Quantity(Decimal(1600), "ug"), value) is True
    assert run("Before", value, Quantity(Decimal(1), "g")) is True
    with pytest.raises(EvaluationError, match="do not convert"):
        run("In", Quantity(Decimal(1600), "mL"), value)


# --- sizes and single points ---


def size(name: str, kind: str, value: Interval) -> Value:
    (overload,) = [one for one in ROWS[name].overloads if str(one.parameters[0]) == f"Interval<{kind}>"]
    return overload.run(value)  # type: ignore[return-value]


MILLIGRAMS = closed(Quantity(Decimal(5), "mg"), Quantity(Decimal(10), "mg"))


@pytest.mark.parametrize(
    ("kind", "value", "width", "count"),
    [
        ("Integer", closed(3, 7), 4, 5),
        ("Integer", Interval(3, 8, True, False), 4, 5),
        ("Integer", closed(INTEGER_MINIMUM, 0), None, None),
        ("Integer", closed(0, INTEGER_MAXIMUM), INTEGER_MAXIMUM, None),
        ("Integer", closed(missing("a"), 7), missing("a"), missing("a")),
        ("Integer", closed(between(1, 3, "a"), 7), between(4, 6, "a"), between(5, 7, "a")),
        ("Integer", closed(between(INTEGER_MINIMUM, 3, "a"), 7), missing("a"), missing("a")),
        ("Integer", Interval(None, 7, False, True), None, None),
        ("Long", closed(INTEGER_MINIMUM, 0), -INTEGER_MINIMUM, -INTEGER_MINIMUM + 1),
        ("Decimal", closed(Decimal("1.5"), Decimal(2)), Decimal("0.5"), Decimal("0.50000001")),
        ("Quantity", MILLIGRAMS, Quantity(Decimal(5), "mg"), Quantity(Decimal("5.00000001"), "mg")),
        ("Quantity", closed(Quantity(Decimal(1), "mg"), Quantity(Decimal(1), "mL")), None, None),
        ("Quantity", closed(None, None), None, None),
        ("Decimal", closed(None, None), None, None),
    ],
)
def test_the_width_is_from_the_first_to_the_last_point_and_the_size_counts_both(
    kind: str, value: Interval, width: Value, count: Value
) -> None:
    assert size("Width", kind, value) == width
    assert size("Size", kind, value) == count


def test_dates_have_durations_and_no_width() -> None:
    kinds = {str(overload.parameters[0]) for name in ("Width", "Size") for overload in ROWS[name].overloads}
    assert kinds == {"Interval<Integer>", "Interval<Long>", "Interval<Decimal>", "Interval<Quantity>"}


def test_a_point_is_taken_only_from_an_interval_of_one_point() -> None:
    assert run("PointFrom", closed(4, 4)) == 4
    assert run("PointFrom", Interval(3, 5, False, False)) == 4
    assert run("PointFrom", closed(4, missing("a"))) == missing("a")
    assert run("PointFrom", Interval(4, None, True, False)) is None
    assert run("PointFrom", None) is None
    with pytest.raises(EvaluationError, match=r"`Interval\[1, 4\]` has more than one point"):
        combinations.point_from(closed(1, 4))


# --- the rows ---


@pytest.mark.parametrize("row", OPERATORS, ids=lambda row: row.name)
def test_every_row_says_what_it_does_and_shows_it(row: object) -> None:
    operator = ROWS[row.name]  # type: ignore[attr-defined]
    assert len(operator.examples) >= 2
    assert operator.doc.endswith(".")
    assert operator.section.startswith("CQL 1.5, Interval Operators: ")
    assert ("precision" in operator.syntax) == operator.takes_precision


def test_numbers_are_not_before_or_after_one_another_but_less_or_more() -> None:
    for name in (*WITH_POINTS, "SameAs"):
        first = {str(overload.parameters[0]) for overload in ROWS[name].overloads[:3]}
        assert first == {"Date", "DateTime", "Time"}
