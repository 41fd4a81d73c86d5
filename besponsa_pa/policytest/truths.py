"""What an expression can come to be: the states in which no test can show it are not asked for."""

from __future__ import annotations

from itertools import product

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure
from besponsa_pa.policytest.predicates import CONNECTIVES, Clause, Known, combined

ALL: frozenset[Known] = frozenset({True, False, None})
# operators that give an answer whatever is missing
ALWAYS_KNOWN = frozenset({"IsNull", "IsTrue", "IsFalse"})


def truths_of(node: Checked) -> frozenset[Known]:
    """The truths that an expression can have, as far as its form tells: at least those that it has for some case.

    One without facts has always the same; `is null` is never unknown.
    """
    match node:
        case checked.Constant(value):
            return frozenset({value if isinstance(value, bool) else None})
        case checked.Definition():
            return truths_of(node.body)
        case checked.Operation() if node.operator.name in CONNECTIVES:
            each = [truths_of(operand) for operand in node.operands]
            return frozenset(combined(node.operator.name, *truths) for truths in product(*each))
        case _ if _is_fixed(node):
            return frozenset({_fixed(node)})
        case checked.Operation() if node.operator.name in ALWAYS_KNOWN:
            return frozenset({True, False})
        case _:
            return ALL


def showings_of(clause: Clause) -> frozenset[Known]:
    """The truths at which a clause can decide alone; none where it is always the same or something always hides it."""
    truths = truths_of(clause.expression)
    is_hidden = any(each.wanted not in truths_of(each.expression) for each in clause.beside)
    return frozenset() if is_hidden or len(truths) == 1 else truths


def _is_fixed(node: Checked) -> bool:
    return not any(isinstance(part, checked.Fact | checked.Local) for part in checked.walk(node))


def _fixed(node: Checked) -> Known:
    try:
        value = evaluator(node)({})
    except Failure:
        return None
    return value if isinstance(value, bool) else None
