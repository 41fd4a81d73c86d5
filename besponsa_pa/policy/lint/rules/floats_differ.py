"""A comparison that binary floats decide otherwise at its limit: other engines will not agree with this one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.expression.value_text import plain_text
from besponsa_pa.policy.candidates.clauses import Clause
from besponsa_pa.policy.candidates.limits import Limits
from besponsa_pa.policy.candidates.places import Place
from besponsa_pa.policy.candidates.reaching import Reaching
from besponsa_pa.policy.candidates.words import written
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.floats import COMPARING, PRODUCTS, SUMS, in_floats, truth_in_floats
from besponsa_pa.policy.lint.reach import id_of, reaching_of
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.types import DECIMAL, INTEGER, QUANTITY, Simple, plain
from besponsa_pa.values import Quantity, Value

NUMBERS = (INTEGER, DECIMAL, QUANTITY)
# what other numbers in the comparison may well be: some that binary floats have not exactly
ORDINARY = ("7", "33.3", "0.7", "3", "1.1", "0.1")
MOST_SETTINGS = 8


def check(context: Context) -> Iterator[Notice]:
    """Comparisons of decimals or quantities that are calculated or converted, with a case that floats decide otherwise.

    Only where such a case was found, by computing the same expression with binary floats.
    """
    reaching = reaching_of(context)
    seen: set[tuple[str, int, int]] = set()
    for expression in context.expressions:
        for node in () if expression.checked is None else checked.walk(expression.checked):
            if _may_differ(node) and id_of(node.span) not in seen:
                seen.add(id_of(node.span))
                assert isinstance(node, checked.Operation)
                yield from _notices(context, node, reaching)


def _may_differ(node: Checked) -> bool:
    """Whether decimals or quantities are compared, and at least one of them is calculated or converted."""
    if not isinstance(node, checked.Operation) or node.operator.name not in COMPARING:
        return False
    kinds = [operand.type for operand in node.operands]
    if not all(plain(kind) in (DECIMAL, QUANTITY) for kind in kinds):
        return False
    units = {kind.unit for kind in kinds if isinstance(kind, Simple) and kind.unit is not None}
    return len(units) > 1 or any(map(_is_calculated, checked.walk(node)))


def _is_calculated(node: Checked) -> bool:
    return isinstance(node, checked.Operation) and node.operator.name in (*SUMS, *PRODUCTS)


def _notices(context: Context, node: checked.Operation, reaching: Reaching) -> Iterator[Notice]:
    clause = reaching.clauses.clause(node)
    frames = iter([dict(reaching.survey.frame)]) if clause is None else _at_the_limits(clause, reaching)
    for frame in frames:
        here, there = _truth(node, frame), truth_in_floats(node, frame)
        if isinstance(here, bool) and there is not None and here is not there:
            yield _notice(context, node, frame, () if clause is None else clause.facts)
            return


def _truth(node: Checked, frame: Frame) -> Value:
    try:
        return evaluator(node)(dict(frame))
    except Failure:
        return None


# --- cases at the limit ---


def _at_the_limits(clause: Clause, reaching: Reaching) -> Iterator[Frame]:
    """Cases around each limit of a clause, as one of its numbers varies and another is something ordinary.

    Only such as somebody may write: with no more places than the policy has, and one.
    """
    if clause.slots or clause.reads_a_list:
        return
    places = [place for fact in clause.facts if (place := _place(reaching, fact)) is not None]
    settings = ((place, frame) for place in places for frame in _settings(place, places, reaching.survey.frame))
    for place, frame in islice(settings, MOST_SETTINGS):
        aliases, anchor = reaching.clauses.aliases, reaching.survey.varying.anchor
        limits = Limits(clause, aliases, place, frame, anchor, is_fine=False)
        yield from (place.put(frame, candidate.value) for candidate in limits.candidates())


def _place(reaching: Reaching, fact: str) -> Place | None:
    kind = reaching.survey.facts[fact]
    return Place(fact, kind) if isinstance(kind, Simple) and plain(kind) in NUMBERS else None


def _settings(place: Place, places: list[Place], frame: Frame) -> Iterator[Frame]:
    """The base, and for each other number those that it may well be."""
    yield frame
    for other in places:
        if other is not place:
            yield from (other.put(frame, value) for number in ORDINARY for value in _as(other, Decimal(number), frame))


def _as(place: Place, number: Decimal, frame: Frame) -> Iterator[Value]:
    """A number as a value of the type of a place; nothing for a part of a whole number."""
    known = place.get(frame)
    if isinstance(known, Quantity):
        yield Quantity(number, known.unit)
    elif place.kind.name == INTEGER.name:
        yield from [int(number)] if number == int(number) else []
    else:
        yield number


# --- words ---


def _notice(context: Context, node: checked.Operation, frame: Frame, facts: tuple[str, ...]) -> Notice:
    values = " and ".join(f"`{fact}` {plain_text(frame[fact])}" for fact in facts)
    case = f"with {values}, " if values else ""
    here, there = str(_truth(node, frame)).lower(), str(truth_in_floats(node, frame)).lower()
    message = f"{case}{written(node.span)} is {here}, and {there} in binary floats"
    help = "nothing is wrong here; an engine that counts in binary floats will decide otherwise"
    return Notice(context.subject(node.span), node.span, message, help, _label(node, frame))


def _label(node: checked.Operation, frame: Frame) -> str:
    """The first side that is another number in binary floats."""
    for side in node.operands:
        exact, binary = _truth(side, frame), in_floats(side, frame)
        number = exact.value if isinstance(exact, Quantity) else exact
        if isinstance(number, Decimal) and binary is not None and float(number) != binary.value:
            return f"{binary.value!r} in binary floats, not {number:f}"
    return ""


RULE = Rule("floats-differ", "I723", check)
