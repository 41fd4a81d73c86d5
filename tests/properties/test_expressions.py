"""What holds for every expression: it is refused when it is loaded, or has a value of its type, or fails with a place.

And monotone: what is known of an expression stays when more is known of the case, unless the expression asks whether
something is known.
"""

from __future__ import annotations

import random

from expression_corpus import Loaded, loaded, mutated, result_of, two_frames
from hypothesis import given, settings
from hypothesis import strategies as st

from besponsa_pa.expression.compare import less_or_equal
from besponsa_pa.expression.conversions import is_a
from besponsa_pa.expression.frames import Failure
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.types import DECIMAL, INTEGER, LONG, IntervalOf, ListOf, TupleOf, Type, plain
from besponsa_pa.values import Interval, Missing, TupleValue, Uncertain, UncertainList, Value

# so many expressions a run: most of them are refused
BATCH = 40
chances = st.randoms(use_true_random=True)
many = settings(max_examples=200, derandomize=True, deadline=None)


def expressions(chance: random.Random) -> list[Loaded]:
    found = [loaded(mutated(chance)) for _ in range(BATCH)]
    return [each for each in found if each is not None]


@many
@given(chances)
def test_what_is_not_refused_has_a_value_of_its_type_or_fails_with_a_place(chance: random.Random) -> None:
    for each in expressions(chance):
        for frame in two_frames(chance):
            found = result_of(each, frame)
            if isinstance(found, Failure):
                assert found.message, each.text
                assert found.span.end <= len(each.text)
            else:
                assert is_of(found, each.node.type, each), f"{each.text}: {text_of(found)} is no {each.node.type}"


def is_of(value: Value, kind: Type, by: Loaded) -> bool:
    """Whether a value, known or not, is one of a type."""
    match value, kind:
        case ((None | Missing()), _):
            return True
        case Uncertain(low, high), _:
            return is_of(low, kind, by) and is_of(high, kind, by)
        case UncertainList(elements), ListOf(element):
            return all(is_of(each, element, by) for each, _ in elements)
        case tuple(), ListOf(element):
            return all(is_of(each, element, by) for each in value)
        case Interval(low, high), IntervalOf(point):
            return is_of(low, point, by) and is_of(high, point, by)
        case TupleValue(elements), TupleOf(kinds):
            return elements.keys() == dict(kinds).keys() and all(
                is_of(elements[name], each, by) for name, each in kinds
            )
        case _:
            # `2 ^ -2` is 0.25 and its type Integer, by HL7's tests
            is_power = by.has_power and plain(kind) in (INTEGER, LONG) and is_a(value, DECIMAL)
            return is_power or is_a(value, kind)


@many
@given(chances)
def test_what_is_known_stays_when_more_is_known(chance: random.Random) -> None:
    for each in expressions(chance):
        if each.sees_absence:
            continue
        less, more = two_frames(chance)
        before, after = result_of(each, less), result_of(each, more)
        if isinstance(before, Failure) or isinstance(after, Failure):  # a failure pends, however much is known
            continue
        assert stays(before, after), f"{each.text}: {text_of(before)}, then {text_of(after)}; {less}, then {more}"


def stays(before: Value, after: Value) -> bool:
    """Whether what is known later is one of the ways in which what was known before could turn out."""
    match before, after:
        case ((Missing() | UncertainList()), _):
            return True
        case Uncertain(), Uncertain():
            return within(before, after.low) and within(before, after.high)
        case Uncertain(), _:
            return within(before, after)
        case tuple(), tuple():
            return len(before) == len(after) and all(map(stays, before, after))
        case TupleValue(), TupleValue():
            return all(stays(before.elements[name], after.elements[name]) for name in before.elements)
        case Interval(), Interval():
            return stays(before.low, after.low) and stays(before.high, after.high)
        case _:
            return type(before) is type(after) and before == after


def within(before: Uncertain, after: Value) -> bool:
    return less_or_equal(before.low, after) is not False and less_or_equal(after, before.high) is not False
