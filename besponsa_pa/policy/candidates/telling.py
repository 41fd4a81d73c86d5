"""How far candidates can be trusted to tell what a clause may come to."""

from __future__ import annotations

from collections.abc import Sequence

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.policy.candidates.clauses import Aliases, Clause
from besponsa_pa.types import (
    BOOLEAN,
    CODE,
    CONCEPT,
    DATE,
    DATETIME,
    QUANTITY,
    STRING,
    TIME,
    ListOf,
    Simple,
    Type,
    plain,
)
from besponsa_pa.values import DateTime, Quantity, Time

# Operators that hold a text or a code against another as a whole.
WHOLE = frozenset(
    {"Equal", "NotEqual", "Equivalent", "NotEquivalent", "In", "Contains", "IsNull", "Coalesce", "IsTrue", "IsFalse"}
)
# Operators whose results go up and down with what they are made of, leave the scale on which it is looked for, or put
# lists together anew.
UNEVEN = frozenset(
    {"ComponentFrom", "Modulo", "TruncatedDivide", "Collapse", "Expand", "Flatten", "Matches", "Multiply", "Divide"}
    | {"Power", "Exp", "Ln", "Log", "Abs", "Round", "Floor", "Ceiling", "Truncate", "ConvertQuantity"}
)
# Dates are looked for so many years around, and times to the second; of what lies beyond, nothing is said.
MOST_YEARS = 100
IN_A_YEAR = {"year": 1, "month": 12, "week": 52, "day": 365}
DATES = (DATE, DATETIME, TIME)
# Comparisons that bound a value on one side.
OPEN_ENDED = frozenset({"Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Before", "After", "SameOrBefore"}) | {
    "SameOrAfter"
}
# The longest list of which the count is surely met.
LONGEST_COUNT = 10


def can_tell(clause: Clause, aliases: Aliases) -> bool:
    """Whether the candidates of its facts show all that a clause may come to.

    Not where a text is taken apart, for then any text may matter; nor where a list is looked at as a whole, for then
    it may take several entries at once that differ; nor where one value counts twice.
    """
    nodes = list(checked.walk(clause.expression))
    if not clause.is_in_sight or any(map(_is_out_of_sight, nodes)) or any(map(_takes_apart, nodes)):
        return False
    if any(plain(node.type) in DATES for node in nodes) and any(_is_off_the_scale(node, nodes) for node in nodes):
        return False
    if any(_reads_a_list(aliases[slot].source) for slot in clause.slots if aliases[slot].is_single):
        return False
    if clause.reads_a_list:
        return _is_plain_count(clause.expression)
    return not _counts_twice(clause.expression)


def _is_out_of_sight(node: Checked) -> bool:
    match node:
        case checked.Query():
            return True
        case checked.Operation(operands=(_, checked.Constant(value=0))) if node.operator.name == "Divide":
            return False
        case checked.Operation():
            return node.operator.name in UNEVEN
        case checked.TypeTest() | checked.Cast():
            return True
        case _:
            return False


def _is_off_the_scale(node: Checked, nodes: Sequence[Checked]) -> bool:
    """Whether a time is too long, or a point of time too fine, to be met where dates are looked for."""
    match node:
        case checked.Constant(value=Quantity(value=number, unit=unit)):
            return abs(number) > MOST_YEARS * IN_A_YEAR.get(unit, 1)
        case checked.Constant(value=int() as number):
            precisions = (each.precision for each in nodes if isinstance(each, checked.Operation) and each.precision)
            return abs(number) > MOST_YEARS * min((IN_A_YEAR.get(each, 1) for each in precisions), default=1)
        case checked.Constant(value=DateTime() | Time() as point):
            return bool(point.millisecond)
        case _:
            return False


def _reads_a_list(node: Checked) -> bool:
    return any(isinstance(part, checked.Fact) and isinstance(part.type, ListOf) for part in checked.walk(node))


def _is_plain_count(node: Checked) -> bool:
    """Whether the count of a list fact as it is, is held against a number that a list may well have."""
    match node:
        case checked.Operation(operands=(checked.Operation(operands=(checked.Fact(),)) as count, limit)):
            is_short = isinstance(limit, checked.Constant) and type(limit.value) is int and limit.value <= LONGEST_COUNT
            return count.operator.name == "Count" and is_short
        case checked.Operation(operands=(checked.Fact(),)):
            return node.operator.name == "Exists"
        case _:
            return False


def _counts_twice(node: Checked) -> bool:
    """Whether a value stands in a clause more than once, but for what is held against the very same."""
    if isinstance(node, checked.Operation) and len(node.operands) == 2 and node.operands[0] == node.operands[1]:
        node = node.operands[0]
    read = [each for each in checked.walk(node) if isinstance(each, (checked.Fact, checked.Element))]
    names = [each.name if isinstance(each, checked.Fact) else _field(each) for each in read]
    return len(names) > len(set(names))


def _field(node: checked.Element) -> tuple[str, str]:
    return (node.target.slot if isinstance(node.target, checked.Local) else ""), node.name


def _takes_apart(node: Checked) -> bool:
    match node:
        case checked.Operation() if node.operator.name not in WHOLE:
            return any(_is_open_text(operand.type) for operand in node.operands)
        case checked.Element():
            return plain(node.target.type) in (CODE, CONCEPT)
        case _:
            return False


def _is_open_text(kind: Type) -> bool:
    """Whether a value may be any text or code."""
    return isinstance(kind, Simple) and kind.values is None and plain(kind) in (STRING, CODE, CONCEPT)


def reads_a_quantity(clause: Clause) -> bool:
    """Whether a clause may fail for the sake of a unit."""
    return any(plain(node.type) == QUANTITY for node in checked.walk(clause.expression))


def sees_absence(clause: Clause) -> bool:
    """Whether a clause decides on what is not known."""
    return any(isinstance(n, checked.Operation) and n.operator.sees_absence for n in checked.walk(clause.expression))


def are_tangled(clauses: Sequence[Clause]) -> bool:
    """Whether not even all combinations of candidates tell.

    One list is looked at in several ways, values of an entry are held against others beside something else, facts that
    are equated are bounded too, or three of them are held against each other.
    """
    if len({clause.expression for clause in clauses if clause.reads_a_list}) > 1:
        return True
    if any(map(_holds_entries, clauses)) and len({clause.expression for clause in clauses}) > 1:
        return True
    coupled = [clause for clause in clauses if len(clause.facts) > 1]
    facts = {fact for clause in coupled for fact in clause.facts}
    touching = {clause.expression for clause in clauses if facts.intersection(clause.facts)}
    narrow = {clause.expression for clause in coupled if not _is_open_ended(clause.expression)}
    others = touching - narrow
    if len(narrow) > 1 or (narrow and (len(others) > 1 or not all(map(_is_open_ended, others)))):
        return True
    is_coupled = len({side for clause in clauses for side in _sides_with_several(clause)}) > 1
    return is_coupled and len(facts) > 2


def _holds_entries(clause: Clause) -> bool:
    """Whether a clause holds a value of an entry against another value that a case may choose."""
    return bool(clause.slots) and (len(clause.facts) + max(len(clause.fields) - 1, 0) > 1 or len(clause.slots) > 1)


def _is_open_ended(node: Checked) -> bool:
    """Whether a clause bounds a value on one side only."""
    return isinstance(node, checked.Operation) and node.operator.name in OPEN_ENDED


def _sides_with_several(clause: Clause) -> list[Checked]:
    node = clause.expression
    sides = node.operands if isinstance(node, checked.Operation) and plain(node.type) == BOOLEAN else (node,)
    found = [side for side, facts in zip(sides, clause.sides, strict=False) if len(facts) > 1]
    return found or ([node] if len(clause.facts) > 1 else [])
