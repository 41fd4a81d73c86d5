"""From the tree of an expression back to its text: `parse(text_from_expression(tree)) == tree`.

Operators are written as the table of operators has it. Parentheses stand where the grammar needs them, and for the
reader's sake in two more places: around what takes all that follows it (a query, `if`, `distinct` ...) where that is
an operand, and where `and`, `or` and `xor` meet, as few readers know which of them binds tighter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache
from typing import assert_never

from besponsa_pa.expression import syntax
from besponsa_pa.expression.functions import OPERATORS, Operator
from besponsa_pa.expression.parse_table import expression_parser
from besponsa_pa.expression.value_text import display_text, escape, instance_text, is_plain_name, key, quoted, text_of
from besponsa_pa.types import INTEGER, LONG
from besponsa_pa.values import Code, Concept, Quantity

# The rules of the grammar from the loosest binding to the tightest. `open` is what takes all that follows it.
RULES = (
    "open", "set", "implies", "or", "and", "membership", "equality", "timing", "inequality", "range", "unary", "test",
    "term", "product", "power", "prefix", "postfix",
)  # fmt: skip
LEVELS = {rule: level for level, rule in enumerate(RULES)}
OPEN, TERM, POSTFIX = LEVELS["open"], LEVELS["term"], LEVELS["postfix"]

# By the precedence of a row of the table: the rule that it is written by, and the rules of its operands.
FORMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "set": ("set", ("set", "implies")),
    "implies": ("implies", ("implies", "or")),
    "or": ("or", ("or", "and")),
    "and": ("and", ("and", "membership")),
    "membership": ("membership", ("membership", "equality")),
    "equality": ("equality", ("equality", "timing")),
    "timing": ("timing", ("timing", "inequality")),
    "inequality": ("inequality", ("inequality", "range")),
    "between": ("range", ("range", "term", "term")),
    "duration": ("unary", ("term", "term")),
    "exists": ("unary", ("unary",)),
    "not": ("unary", ("unary",)),
    "is": ("test", ("test",)),
    "addition": ("term", ("term", "product")),
    "multiplication": ("product", ("product", "power")),
    "power": ("power", ("power", "prefix")),
    "prefix": ("prefix", ("prefix",)),
    "call": ("postfix", ("postfix", "open")),
}

# Operators that are written before an operand which runs to the end of what they stand in.
TAKES_ALL = ("Distinct", "Flatten", "Expand", "Collapse")
TRUTH_TESTS = ("IsNull", "IsTrue", "IsFalse")
CONNECTIVES = ("And", "Or", "Xor")
EDGES = {"start": "starts ", "end": "ends ", None: ""}


class Next(Enum):
    """What follows an expression that nothing encloses: whoever could take it for its own stands in parentheses."""

    CLOSED = "a bracket, a word that ends it, or nothing"
    COMMA = "a comma and the next of several"
    CLAUSE = "the next clause of a query"
    PER = "the `per` of an `expand` or a `collapse`"


def text_from_expression(expression: syntax.Expression) -> str:
    """The canonical text of an expression, on one line.

    Equal trees have equal texts, whatever they were written like, and the text of a tree is parsed to that tree again.
    """
    return _text(expression, OPEN)


def _text(node: syntax.Expression, level: int, following: Next = Next.CLOSED) -> str:
    """The text of an expression in a place where the rule of a level stands."""
    own = _level(node)
    if own < level or (own == OPEN and _would_take(node, following)):
        return f"({_bare(node, Next.CLOSED)})"
    return _bare(node, following)


def _level(node: syntax.Expression) -> int:
    match node:
        case syntax.Query() | syntax.If():
            return OPEN
        case syntax.Apply(operator=operator) if operator in TAKES_ALL:
            return OPEN
        case syntax.Apply(operator="ConvertQuantity") | syntax.TypeExtent():
            return LEVELS["prefix"]
        case syntax.Apply(operator="Not", operands=(syntax.Apply(operator=test),)) if test in TRUTH_TESTS:
            return LEVELS["test"]
        case syntax.Apply():
            return LEVELS[FORMS[_row(node).precedence][0]]
        case syntax.Timing():
            return LEVELS["timing"]
        case syntax.TypeTest():
            return LEVELS["test"]
        case syntax.TypeCast():
            return LEVELS["unary" if node.strict else "test"]
        case syntax.Case():
            return LEVELS["prefix"]
        case _:
            return POSTFIX


def _would_take(node: syntax.Expression, following: Next) -> bool:
    """Whether an expression would take for its own what follows it."""
    match node:
        case syntax.Query():
            return following is Next.CLAUSE or (following is Next.COMMA and _ends_in_list(node))
        case syntax.Apply(operator="Expand" | "Collapse"):
            return following is Next.PER
        case _:
            return False


def _ends_in_list(node: syntax.Query) -> bool:
    """Whether a comma after a query would go on with its last clause."""
    if node.sort:
        return node.sort[0].expression is not None
    if node.relations or any(clause is not None for clause in (node.where, node.result, node.aggregate)):
        return False
    return bool(node.lets) or len(node.sources) > 1


def _bare(node: syntax.Expression, following: Next) -> str:
    match node:
        case syntax.Literal():
            return _literal(node)
        case syntax.Name():
            return _name(node.name)
        case syntax.This():
            return node.name
        case syntax.Member():
            # after a dot a word of the language is a name as well
            return f"{_text(node.target, POSTFIX)}.{node.name if is_plain_name(node.name) else quoted(node.name)}"
        case syntax.Call():
            return f"{_name(node.name)}({_listed(node.arguments)})"
        case syntax.Apply():
            return _apply(node, following)
        case syntax.Timing():
            return _timing(node)
        case syntax.If():
            condition, consequence = _text(node.condition, OPEN), _text(node.consequence, OPEN)
            return f"if {condition} then {consequence} else {_text(node.alternative, OPEN, following)}"
        case syntax.Case():
            return _case(node)
        case syntax.ListSelector():
            kind = "" if node.element_type is None else f"List<{node.element_type}>"
            return f"{kind}{{{_listed(node.elements)}}}"
        case syntax.TupleSelector():
            texts = _several(tuple(element for _, element in node.elements))
            pairs = (f"{key(name)} {text}" for (name, _), text in zip(node.elements, texts, strict=True))
            return f"Tuple {{ {', '.join(pairs) or ':'} }}"
        case syntax.IntervalSelector():
            opening, closing = "[" if node.low_closed else "(", "]" if node.high_closed else ")"
            return f"Interval{opening}{_listed((node.low, node.high))}{closing}"
        case syntax.CodeSelector():
            return f"Code '{escape(node.code)}' from {quoted(node.system)}{display_text(node.display)}"
        case syntax.ConceptSelector():
            codes = ", ".join(_bare(code, Next.CLOSED) for code in node.codes)
            return f"Concept {{ {codes} }}{display_text(node.display)}"
        case syntax.TypeTest():
            return f"{_text(node.operand, LEVELS['test'])} is {node.type}"
        case syntax.TypeCast():
            if node.strict:
                return f"cast {_text(node.operand, TERM)} as {node.type}"
            return f"{_text(node.operand, LEVELS['test'])} as {node.type}"
        case syntax.TypeExtent():
            return f"{node.extent} {node.type}"
        case syntax.Query():
            return _query(node, following)
        case _:
            assert_never(node)


def _listed(nodes: Iterable[syntax.Expression]) -> str:
    return ", ".join(_several(tuple(nodes)))


def _several(nodes: tuple[syntax.Expression, ...]) -> Iterator[str]:
    for index, node in enumerate(nodes, start=1):
        yield _text(node, OPEN, Next.CLOSED if index == len(nodes) else Next.COMMA)


# --- names and literals ---


def _literal(node: syntax.Literal) -> str:
    """A constant digit for digit: `1.50` stays so, for its places count in `~` and `Precision`."""
    if node.type in (INTEGER, LONG):
        return f"{node.value}{'L' if node.type == LONG else ''}"
    if isinstance(node.value, Concept):
        display = "" if node.value.display is None else f", display: '{escape(node.value.display)}'"
        return f"Concept {{ codes: {{{', '.join(map(instance_text, node.value.codes))}}}{display} }}"
    return instance_text(node.value) if isinstance(node.value, Code) else text_of(node.value)


def _name(name: str) -> str:
    return name if is_plain_name(name) and name not in _words() else quoted(name)


@cache
def _words() -> frozenset[str]:
    """The words of the language, those too that mean something only beside others (`or more`, `such that`)."""
    parser = expression_parser()
    phrases = (form for form in parser.spellings.values() if re.match(r"\(?[a-z]", form) and "\\" in form)
    return frozenset(parser.keywords).union(*(re.findall("[a-z]{2,}", re.sub(r"\\.", " ", form)) for form in phrases))


# --- operators ---


def _row(node: syntax.Apply) -> Operator:
    """The row that says how an operator is written: with a precision, if the operator is asked at one."""
    rows = [row for row in OPERATORS[node.operator] if not row.syntax.startswith(f"{node.operator}(")]
    return next((row for row in rows if row.takes_precision >= (node.precision is not None)), rows[0])


def _apply(node: syntax.Apply, following: Next) -> str:
    match node:
        case syntax.Apply("Not", (syntax.Apply(operator, (operand,)),)) if operator in TRUTH_TESTS:
            return f"{_text(operand, LEVELS['test'])} is not {operator.removeprefix('Is').lower()}"
        case syntax.Apply("ConvertQuantity", (operand, unit)):
            return f"convert {_text(operand, OPEN)} to {_unit(unit)}"
        case syntax.Apply("Expand" | "Collapse", (operand, step)):
            taken = _text(operand, OPEN, Next.PER)
            return f"{node.operator.lower()} {taken} per {_step(step)}"
        case syntax.Apply(operator, (operand,)) if operator in TAKES_ALL:
            return f"{operator.lower()} {_text(operand, OPEN, following)}"
        case _:
            return _from_row(node, _row(node))


def _from_row(node: syntax.Apply, row: Operator) -> str:
    precision = node.precision
    levels = [LEVELS[rule] for rule in FORMS[row.precedence][1]]
    operands = [
        _text(operand, POSTFIX if _is_mixed(node, operand) else level)
        for operand, level in zip(node.operands, levels, strict=True)
    ]
    last = node.operands[-1]
    if node.operator in ("Starts", "Ends") and isinstance(last, syntax.Literal) and isinstance(last.value, Quantity):
        # `X starts 3 days` would begin a phrase such as `X starts 3 days before Y`
        operands[1] = f"({operands[1]})"
    return row.syntax.format(
        *operands,
        precision=precision,
        precisions=f"{precision}s",
        of_precision=_of(precision),
        spaced_precision=f"{precision} " if precision else "",
    )


def _is_mixed(node: syntax.Apply, operand: syntax.Expression) -> bool:
    """Whether one connective stands directly inside another: `a or (b and c)`."""
    return (
        node.operator in CONNECTIVES
        and isinstance(operand, syntax.Apply)
        and operand.operator in CONNECTIVES
        and operand.operator != node.operator
    )


def _of(precision: str | None) -> str:
    return f"{precision} of " if precision else ""


def _unit(unit: syntax.Expression) -> str:
    assert isinstance(unit, syntax.Literal), "the parser makes it of a unit"
    return text_of(unit.value)


def _step(step: syntax.Expression) -> str:
    """One day is written `day`; `1.0 day` stays as it is."""
    quantity = step.value if isinstance(step, syntax.Literal) else None
    if isinstance(quantity, Quantity) and quantity.is_calendar and str(quantity.value) == "1":
        return quantity.unit
    return _text(step, TERM)


# --- timing phrases ---


def _timing(node: syntax.Timing) -> str:
    left, right = _text(node.left, LEVELS["timing"]), _text(node.right, LEVELS["inequality"])
    boundary = "" if node.right_edge is None else f"{node.right_edge} "
    return f"{left} {EDGES[node.left_edge]}{_phrase(node)} {boundary}{right}"


def _phrase(node: syntax.Timing) -> str:
    properly = "properly " if node.properly else ""
    offset = "" if node.offset is None else text_of(node.offset)
    match node.relation:
        case "same":
            precision = f"{node.precision} " if node.precision else ""
            return f"same {precision}{'as' if node.inclusive is None else f'or {node.inclusive}'}"
        case "within":
            return f"{properly}within {offset} of"
        case "includes" | "included_in":
            word = "includes" if node.relation == "includes" else "during"
            return f"{properly}{word} {_of(node.precision)}".rstrip()
        case _:
            distance = _distance(offset, node.qualifier)
            on = "on or " if node.inclusive else ""
            return f"{distance}{on}{node.relation} {_of(node.precision)}".rstrip()


def _distance(offset: str, qualifier: str | None) -> str:
    """`3 days or less` before the relation, or `less than 3 days`."""
    if not offset:
        return ""
    if qualifier is None:
        return f"{offset} "
    return f"{offset} {qualifier} " if qualifier.startswith("or") else f"{qualifier} {offset} "


# --- cases and queries ---


def _case(node: syntax.Case) -> str:
    comparand = "" if node.comparand is None else f"{_text(node.comparand, OPEN)} "
    items = (f"when {_text(condition, OPEN)} then {_text(result, OPEN)} " for condition, result in node.items)
    return f"case {comparand}{''.join(items)}else {_text(node.alternative, OPEN)} end"


def _query(node: syntax.Query, following: Next) -> str:
    """The clauses one after the other, each knowing what follows it."""
    clauses = list(_clauses(node))
    followers = [Next.CLAUSE] * (len(clauses) - 1) + [following]
    return " ".join(
        words + ", ".join(_clause_items(items, last)) for (words, items), last in zip(clauses, followers, strict=True)
    )


# the word that begins a clause, and what it lists: text before an expression, the expression, its rule, text after it
Item = tuple[str, syntax.Expression, int, str]


def _clauses(node: syntax.Query) -> Iterator[tuple[str, list[Item]]]:
    yield "from " if len(node.sources) > 1 else "", [_source(source) for source in node.sources]
    if node.lets:
        yield "let ", [(f"{key(name)} ", value, OPEN, "") for name, value in node.lets]
    for relation in node.relations:
        before, source, level, alias = _source(relation.source)
        word = "without" if relation.without else "with"
        source_text = f"{word} {before}{_text(source, level)}{alias}"
        yield f"{source_text} such that ", [("", relation.condition, OPEN, "")]
    if node.where is not None:
        yield "where ", [("", node.where, OPEN, "")]
    if node.result is not None:
        yield "return " if node.distinct else "return all ", [("", node.result, OPEN, "")]
    if node.aggregate is not None:
        yield _aggregate(node.aggregate), [("", node.aggregate.expression, OPEN, "")]
    if node.sort and node.sort[0].expression is None:
        yield f"sort {'desc' if node.sort[0].descending else 'asc'}", []
    elif node.sort:
        yield (
            "sort by ",
            [
                ("", item.expression, TERM, " desc" if item.descending else "")
                for item in node.sort
                if item.expression is not None
            ],
        )


def _source(source: syntax.Source) -> Item:
    """A name stands as it is, everything else in parentheses."""
    alias = f" {_name(source.alias)}"
    if _is_dotted_name(source.expression):
        return "", source.expression, POSTFIX, alias
    return "(", source.expression, OPEN, f"){alias}"


def _is_dotted_name(node: syntax.Expression) -> bool:
    while isinstance(node, syntax.Member):
        node = node.target
    return isinstance(node, syntax.Name)


def _aggregate(aggregate: syntax.Aggregate) -> str:
    word = "aggregate distinct" if aggregate.distinct else "aggregate"
    if aggregate.starting is None:
        return f"{word} {key(aggregate.name)} "
    starting = _text(aggregate.starting, OPEN)
    # a word before a colon would be read as a name
    is_bare = isinstance(aggregate.starting, syntax.Literal) and not re.search(r"(?:^|\s)[A-Za-z_]\w*$", starting)
    return f"{word} {_name(aggregate.name)} starting {starting if is_bare else f'({starting})'}: "


def _clause_items(items: list[Item], following: Next) -> Iterator[str]:
    for index, (before, expression, level, after) in enumerate(items):
        comes_next = Next.COMMA if index < len(items) - 1 else following
        yield before + _text(expression, level, Next.CLOSED if after else comes_next) + after
