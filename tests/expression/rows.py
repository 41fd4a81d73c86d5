"""The code of a row of the operator table, by the name and the signature that the checker would choose."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from besponsa_pa.expression.functions.table import Operator


def row(operators: Sequence[Operator], name: str, parameters: str) -> Callable[..., object]:
    """What runs for operands of these types, which are written as in a signature: `Decimal, Integer`."""
    for operator in operators:
        for overload in operator.overloads:
            if operator.name == name and ", ".join(map(str, overload.parameters)) == parameters:
                return overload.run
    raise LookupError(f"{name}({parameters})")
