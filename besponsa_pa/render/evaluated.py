"""What one expression came to: its value with its type, for a person or as data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from besponsa_pa.diagnostic import Diagnostic
from besponsa_pa.expression import syntax
from besponsa_pa.expression.evaluation import Evaluated
from besponsa_pa.expression.printer import text_from_expression
from besponsa_pa.expression.value_text import plain_text, text_of
from besponsa_pa.facts import Facts, declared_name
from besponsa_pa.render.declarations import question_of
from besponsa_pa.render.layout import Colour, columns, fitting, painted, visible
from besponsa_pa.render.structure import Structure
from besponsa_pa.source import Source
from besponsa_pa.types import ANY, LONG, IntervalOf, ListOf, TupleOf, Type
from besponsa_pa.values import UNKNOWN, Interval, Missing, TupleValue, Uncertain, UncertainList, Value, facts_of

# --- for a person ---


def text_from_evaluated(
    evaluated: Evaluated, declared: Facts, known: Mapping[str, Value], width: int, colour: bool
) -> str:
    """The value with its type, and below it each fact that would tell more, with its question; "" after an error.

    `declared` and `known` are the facts of the policy and those of the case; `width` is that of the terminal.
    """
    if evaluated.error is not None:
        return ""
    value = evaluated.value
    shade = Colour.OPEN if isinstance(value, UNKNOWN) else Colour.STRONG
    kind = painted(f"({evaluated.type})", Colour.FAINT, colour)
    lines = [f"{painted(visible(value_text(value)), shade, colour)}  {kind}"]
    lines += columns(_asked(facts_of(value), declared, known), fitting(width))
    return "".join(f"{line}\n" for line in lines)


def value_text(value: Value) -> str:
    """A value as CQL text; one that is not known names the facts that would tell."""
    if isinstance(value, Missing):
        return f"missing: {', '.join(sorted(value.facts))}"
    return text_of(value)


def _asked(places: Iterable[str], declared: Facts, known: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    """Each place of a case with the question for its fact, and what is known of it already."""
    for place in sorted(places):
        fact = declared.get(declared_name(place))
        value = known.get(place)
        partly = f"  known only as {plain_text(value)}" if isinstance(value, Uncertain) else ""
        if fact is not None:
            yield place, question_of(fact) + partly


# --- for programs ---


def structure_from_evaluated(evaluated: Evaluated, source: Source) -> dict[str, Structure]:
    """The value as CQL text with its type, or the error; `source` is the expression's own, for the error's place."""
    error = evaluated.error
    return {
        "value": None if error is not None or evaluated.type is None else cql_text(evaluated.value, evaluated.type),
        "type": None if evaluated.type is None else str(evaluated.type),
        "error": None if error is None else structure_from_error(error, source),
    }


def structure_from_error(error: Diagnostic, source: Source | None) -> dict[str, Structure]:
    """An error with its line and column, counted from 1; a place in another text than `source` is in the message."""
    span = error.span
    if span is None or span.source is source:
        line, column = (None, None) if span is None else (span.line, span.column)
        return {"code": error.code, "message": error.message, "line": line, "column": column}
    message = f"{error.message} ({span.source.name}:{span.line}:{span.column})"
    return {"code": error.code, "message": message, "line": None, "column": None}


def cql_text(value: Value, kind: Type) -> str:
    """A value as the CQL text that is parsed to it again.

    Where CQL has no literal, the nearest: an uncertainty is an interval of what it can be. What a case does not say
    has none at all, and says so in words.
    """
    tree = _tree(value, kind)
    return text_of(value) if tree is None else text_from_expression(tree)


def _tree(value: Value, kind: Type) -> syntax.Expression | None:
    """The expression that says a value; None for one that depends on facts."""
    match value:
        case Missing() | UncertainList():
            return None
        case Uncertain():
            return None if value.facts else _interval(Interval(value.low, value.high), kind)
        case Interval():
            return _interval(value, kind.point if isinstance(kind, IntervalOf) else ANY)
        case tuple():
            inner = kind.element if isinstance(kind, ListOf) else ANY
            elements = _known([_tree(element, inner) for element in value])
            return None if elements is None else syntax.ListSelector(elements)
        case TupleValue():
            kinds = dict(kind.elements) if isinstance(kind, TupleOf) else {}
            parts = _known([_tree(part, kinds.get(name, ANY)) for name, part in value.elements.items()])
            return None if parts is None else syntax.TupleSelector(tuple(zip(value.elements, parts, strict=True)))
        case _:
            # only a Long needs its type to be written: `5L`
            return syntax.Literal(value, LONG if isinstance(value, int) and kind == LONG else ANY)


def _interval(value: Interval, point: Type) -> syntax.Expression | None:
    low, high = _tree(value.low, point), _tree(value.high, point)
    if low is None or high is None or isinstance(value.low, UNKNOWN) or isinstance(value.high, UNKNOWN):
        return None
    return syntax.IntervalSelector(low, high, value.low_closed, value.high_closed)


def _known(trees: list[syntax.Expression | None]) -> tuple[syntax.Expression, ...] | None:
    known = tuple(tree for tree in trees if tree is not None)
    return known if len(known) == len(trees) else None
