"""What an operator is: the one row that checker, evaluator, reference page and backends read."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from besponsa_pa.records import dataclass
from besponsa_pa.types import Type, parse_type


class Unknowns(Enum):
    """How an operator meets arguments that are null or not wholly known.

    `SPREAD` is CQL's common rule: null in, null out; missing in, missing out, with the union of the facts.
    `NULLS` sees nulls itself (CQL's `Exists(null)` is false, `Count(null)` 0); missing still spreads.
    `OWN` gets every argument as it is, unknown ones too, and decides itself.
    `LAZY` is `OWN`, and gets each argument as a function to call, so that what is not needed is not evaluated.
    """

    SPREAD = "spread"
    NULLS = "nulls"
    OWN = "own"
    LAZY = "lazy"


@dataclass(frozen=True, slots=True)
class Overload:
    """One signature of an operator and the code that runs it.

    `parameters` and `result` are types, in which single capital letters are variables.
    `directions` says for each parameter whether the result grows (`+`) or falls (`-`) with it, or neither
    (`0`): where given, uncertain arguments are evaluated at their bounds, and the result lies between.
    `run` takes the arguments, then the precision as a keyword where the operator `takes_precision`.
    """

    parameters: tuple[Type, ...]
    result: Type
    run: Callable[..., object]
    directions: str = ""


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator or function of the language, declared once.

    `name` is CQL's logical name; functions are called by it. `syntax` is how it is written, with `{0}`
    for the first operand (the printer and the reference page use it). `precedence` is that of the printed form:
    see `PRECEDENCES`. `section` cites the CQL 1.5 specification. `examples` are (expression, result) in
    CQL text and run as tests.
    """

    name: str
    syntax: str
    doc: str
    section: str
    overloads: tuple[Overload, ...]
    examples: tuple[tuple[str, str], ...]
    unknowns: Unknowns = Unknowns.SPREAD
    takes_precision: bool = False
    sees_absence: bool = False
    precedence: str = "call"


# Binding, from loosest to tightest: CQL 1.5's grammar, where the alternatives listed first bind tighter.
PRECEDENCES = (
    "set", "implies", "or", "and", "membership", "equality", "timing", "inequality", "duration", "between",
    "exists", "not", "cast", "type", "is", "term", "addition", "multiplication", "power", "prefix", "call",
)  # fmt: skip


def overload(signature: str, run: Callable[..., object], directions: str = "") -> Overload:
    """An overload from its signature as CQL writes it: `overload("Integer, Integer -> Boolean", run, "-+")`."""
    parameters, result = signature.split("->")
    kinds = tuple(parse_type(p) for p in _split(parameters)) if parameters.strip() else ()
    if directions and len(directions) != len(kinds):
        raise ValueError(signature)
    return Overload(kinds, parse_type(result), run, directions)


def _split(parameters: str) -> list[str]:
    """Split at the commas that stand outside of angle brackets."""
    parts, depth = [""], 0
    for character in parameters:
        depth += (character == "<") - (character == ">")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
