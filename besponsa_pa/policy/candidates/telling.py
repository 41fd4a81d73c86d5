"""How far candidates can be trusted to tell what a clause may come to."""

from __future__ import annotations

from collections.abc import Sequence

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.policy.candidates.clauses import Clause
from besponsa_pa.types import BOOLEAN, CODE, CONCEPT, STRING, Simple, Type, plain

# Operators that hold a text or a code against another as a whole.
WHOLE = frozenset(
    {"Equal", "NotEqual", "Equivalent", "NotEquivalent", "In", "Contains", "IsNull", "Coalesce", "IsTrue", "IsFalse"}
)
# Operators whose results go up and down with what they are made of, or put lists together anew.
UNEVEN = frozenset({"ComponentFrom", "Modulo", "TruncatedDivide", "Collapse", "Expand", "Flatten", "Matches"})


def can_tell(clause: Clause) -> bool:
    """Whether the candidates of its facts show all that a clause may come to.

    Not where a text is taken apart, for then any text may matter; nor where rows of several lists are held together.
    """
    nodes = list(checked.walk(clause.expression))
    return (
        clause.is_in_sight and not any(map(_is_out_of_sight, nodes)) and not any(_takes_apart(node) for node in nodes)
    )


def _is_out_of_sight(node: Checked) -> bool:
    match node:
        case checked.Query():
            return len(node.sources) > 1 or node.aggregate is not None or bool(node.relations)
        case checked.Operation():
            return node.operator.name in UNEVEN
        case checked.TypeTest() | checked.Cast():
            return True
        case _:
            return False


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


def sees_absence(clause: Clause) -> bool:
    """Whether a clause decides on what is not known."""
    return any(isinstance(n, checked.Operation) and n.operator.sees_absence for n in checked.walk(clause.expression))


def are_tangled(clauses: Sequence[Clause]) -> bool:
    """Whether not even all combinations of candidates tell.

    One list is looked at in several ways, facts are equated twice, or three of them are held against each other.
    """
    if len({clause.expression for clause in clauses if clause.reads_a_list}) > 1:
        return True
    facts = {fact for clause in clauses if len(clause.facts) > 1 for fact in clause.facts}
    equations = {c.expression for c in clauses if len(c.facts) > 1 and _is_equation(c.expression)}
    is_coupled = len({side for clause in clauses for side in _sides_with_several(clause)}) > 1
    return is_coupled and (len(facts) > 2 or len(equations) > 1)


def _is_equation(node: Checked) -> bool:
    return isinstance(node, checked.Operation) and node.operator.name in ("Equal", "Equivalent")


def _sides_with_several(clause: Clause) -> list[Checked]:
    node = clause.expression
    sides = node.operands if isinstance(node, checked.Operation) and plain(node.type) == BOOLEAN else (node,)
    found = [side for side, facts in zip(sides, clause.sides, strict=False) if len(facts) > 1]
    return found or ([node] if len(clause.facts) > 1 else [])
