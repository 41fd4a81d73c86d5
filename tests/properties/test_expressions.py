"""What holds for every expression: it is refused when it is loaded, or has a value of its type, or fails with a place.

And monotone: what is known of an expression stays when more is known of the case, unless the expression asks whether
something is known.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from expression_corpus import ENVIRONMENT, mutated, two_frames
from hypothesis import given, note, settings
from hypothesis import strategies as st

from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.expression import checked
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.compare import less_or_equal
from besponsa_pa.expression.conversions import is_a
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure
from besponsa_pa.expression.literals import text_of
from besponsa_pa.expression.parser import parse
from besponsa_pa.source import Excerpt
from besponsa_pa.types import DECIMAL, INTEGER, LONG, IntervalOf, ListOf, TupleOf, Type, plain
from besponsa_pa.values import Interval, Missing, TupleValue, Uncertain, UncertainList, Value

# a seed stands for so many expressions
BATCH = 40
seeds = st.integers(0, 2**32)
many = settings(max_examples=100, derandomize=True, deadline=None)


@dataclass(frozen=True, slots=True)
class Loaded:
    """An expression that was not refused, and whether it asks if something is known."""

    text: str
    node: checked.Checked
    sees_absence: bool


def loaded(text: str) -> Loaded | None:
    diagnostics = Diagnostics()
    tree = parse(Excerpt.whole(text), diagnostics)
    if tree is None:
        assert diagnostics.has_errors, "an expression is refused without a word"
        return None
    node = Checker(ENVIRONMENT, diagnostics).check(tree)
    if diagnostics.has_errors:
        errors = [each for each in diagnostics if each.severity is Severity.ERROR]
        assert all(each.span is not None and each.message for each in errors)
        return None
    return Loaded(text, node, any(each.code == "I215" for each in diagnostics))


def expressions(seed: int) -> list[Loaded]:
    chance = random.Random(seed)
    found = [loaded(mutated(chance)) for _ in range(BATCH)]
    return [each for each in found if each is not None]


@many
@given(seeds)
def test_what_is_not_refused_has_a_value_of_its_type_or_fails_with_a_place(seed: int) -> None:
    for each in expressions(seed):
        note(each.text)
        for frame in two_frames(random.Random(seed)):
            try:
                value = evaluator(each.node)(dict(frame))
            except Failure as failure:
                assert failure.message
                assert failure.span.end <= len(each.text)
                continue
            has_power = "^" in each.text or "Power" in each.text  # `2 ^ -2` is 0.25, by HL7's tests
            assert is_of(value, each.node.type, has_power), f"{each.text}: {text_of(value)} is no {each.node.type}"


def is_of(value: Value, kind: Type, has_power: bool) -> bool:
    """Whether a value, known or not, is one of a type."""
    match value, kind:
        case (None | Missing()), _:
            return True
        case Uncertain(low, high), _:
            return is_of(low, kind, has_power) and is_of(high, kind, has_power)
        case UncertainList(elements), ListOf(element):
            return all(is_of(each, element, has_power) for each, _ in elements)
        case tuple(), ListOf(element):
            return all(is_of(each, element, has_power) for each in value)
        case Interval(low, high), IntervalOf(point):
            return is_of(low, point, has_power) and is_of(high, point, has_power)
        case TupleValue(elements), TupleOf(kinds):
            return elements.keys() == dict(kinds).keys() and all(
                is_of(elements[name], each, has_power) for name, each in kinds
            )
        case _:
            return is_a(value, kind) or (has_power and plain(kind) in (INTEGER, LONG) and is_a(value, DECIMAL))


@many
@given(seeds)
def test_what_is_known_stays_when_more_is_known(seed: int) -> None:
    for each in expressions(seed):
        if each.sees_absence:
            continue
        note(each.text)
        less, more = two_frames(random.Random(seed + 1))
        try:
            before, after = (evaluator(each.node)(dict(frame)) for frame in (less, more))
        except Failure:  # a failure pends, however much is known
            continue
        assert stays(before, after), f"{each.text}: {text_of(before)}, then {text_of(after)}; {less}, then {more}"


def stays(before: Value, after: Value) -> bool:
    """Whether what is known later is one of the ways in which what was known before could turn out."""
    match before, after:
        case (Missing() | UncertainList()), _:
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
