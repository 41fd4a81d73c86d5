"""From checked trees to the source of Python functions, which compute what the evaluator's closures compute.

One principle: a fast path for what is plainly known, and the closures for all else. A generated expression holds only
values that are known, not null, and of the class that their static type says. A value that comes from outside (a fact,
an element, a definition, the result of an operator) is looked at by its exact class, unless Python itself refuses what
is not known: `Missing` has no order, no sum and no `code`. What is anything else leaves the fast path, and the closure
of the whole expression decides: missing facts, uncertain dates, nulls and failures are known there alone.

INVARIANT: no text of a policy is ever in the source. Names, texts, numbers and places are values of the namespace, by
names that are made here (`c12`).
"""

from __future__ import annotations

from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Evaluate
from besponsa_pa.expression.generated.writer import Writer

__all__ = ["Writer", "generated"]


def generated(node: Checked) -> Evaluate:
    """The function that computes an expression from a frame, as `evaluator` does, and quicker once it is made."""
    writer = Writer()
    writer.function("value", ("frame",), [*writer.assignment("found", node, evaluator(node)), "return found"])
    return writer.functions()["value"]
