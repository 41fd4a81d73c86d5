"""From lark's tree to the tree of `syntax`: one method for each rule of the grammar that has a form of its own.

A rule without a method is an operator: its alias in the grammar is the operator's logical name.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from besponsa_pa.diagnostic import did_you_mean
from besponsa_pa.expression import literals, syntax, timing
from besponsa_pa.expression.date_help import date_help
from besponsa_pa.expression.parts import (
    Child,
    Part,
    Refused,
    expressions_in,
    is_token,
    parts_in,
    precision_in,
    type_in,
)
from besponsa_pa.expression.reading_help import ABSENT, operator_help, small_letters
from besponsa_pa.expression.reading_slips import joined_help, words_without_quotes
from besponsa_pa.expression.structures import ELEMENTS, INSTEAD, structure
from besponsa_pa.source import Excerpt, Span
from besponsa_pa.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    LONG,
    QUANTITY,
    RATIO,
    SIMPLE_TYPES,
    STRING,
    TIME,
    IntervalOf,
    ListOf,
    Simple,
    TupleOf,
    Type,
)  # fmt: skip
from besponsa_pa.values import INTEGER_MAXIMUM, LONG_MAXIMUM, Quantity, Ratio, Value

if TYPE_CHECKING:
    from lark import Token, Tree

# The operand of a unary minus may be one more than the largest positive number.
LARGEST_INTEGER, LARGEST_LONG = INTEGER_MAXIMUM + 1, LONG_MAXIMUM + 1

Read = TypeVar("Read")


class Builder:
    """Builds the tree of one expression, bottom up, without recursion."""

    def __init__(self, excerpt: Excerpt) -> None:
        self._excerpt = excerpt

    def build(self, tree: Tree[object]) -> syntax.Expression:
        """The expression of a whole tree."""
        order: list[object] = []
        waiting: list[object] = [tree]
        while waiting:
            node = waiting.pop()
            order.append(node)
            waiting.extend(getattr(node, "children", ()))
        built: list[Child] = []
        for node in reversed(order):
            if not hasattr(node, "children"):
                built.append(node)  # type: ignore[arg-type]
                continue
            count = len(node.children)
            children = built[len(built) - count :]
            del built[len(built) - count :]
            built.append(self._reduce(str(node.data), children))  # type: ignore[attr-defined]
        return built[0]  # type: ignore[return-value]

    def _reduce(self, rule: str, children: list[Child]) -> Child:
        method: Callable[[list[Child]], Child] | None = getattr(self, f"_{rule}", None)
        if method is not None:
            return method(children)
        name = "".join(word.capitalize() for word in rule.split("_"))
        precision = next((str(p.value) for p in parts_in(children, "precision_of")), None)
        return syntax.Apply(name, expressions_in(children), precision, self._span(children))

    # --- spans and words ---

    def _span(self, children: Iterable[Child]) -> Span:
        spans = [self._span_of(child) for child in children if child is not None]
        return spans[0].to(spans[-1])

    def _span_of(self, child: Child) -> Span:
        if isinstance(child, str):
            start = child.start_pos or 0
            return self._excerpt.span(start, start + len(child))
        return child.span  # type: ignore[union-attr]

    def _start(self, children: list[Child]) -> Child:
        return children[0]

    def _parenthesis(self, children: list[Child]) -> Child:
        return children[1]

    # --- names and literals ---

    def _identifier(self, children: list[Child]) -> Child:
        return Part("identifier", self._unquoted(str(children[0]), children[0]), self._span(children))

    def _name(self, children: list[Child]) -> Child:
        (part,) = parts_in(children, "identifier")
        return syntax.Name(str(part.value), part.span)

    def _this(self, children: list[Child]) -> Child:
        return syntax.This(str(children[0]), self._span(children))

    def _member(self, children: list[Child]) -> Child:
        target, token = children
        text = str(token)
        whole = self._span_of(token)
        skipped = len(text) - len(text[1:].lstrip())
        name_span = Span(whole.source, whole.start + skipped, whole.end)
        return syntax.Member(target, self._unquoted(text[1:].strip(), token), self._span(children), name_span)  # type: ignore[arg-type]

    def _invocation(self, children: list[Child]) -> Child:
        (name,) = parts_in(children, "identifier")
        return syntax.Call(str(name.value), expressions_in(children), self._span(children), name.span)

    def _literal(self, children: list[Child]) -> Child:
        (child,) = children
        if isinstance(child, syntax.Literal):
            return child
        if isinstance(child, Part):
            return syntax.Literal(child.value, QUANTITY, child.span)  # type: ignore[arg-type]
        value, kind = self._literal_value(child)  # type: ignore[arg-type]
        return syntax.Literal(value, kind, self._span(children))

    _start_literal = _literal

    def _ratio(self, children: list[Child]) -> Child:
        sides = [self._side(child) for child in children if isinstance(child, Part) or is_token(child, "NUMBER")]
        return syntax.Literal(Ratio(*sides), RATIO, self._span(children))

    def _side(self, child: Child) -> Quantity:
        """A bare number in a ratio has the unit `1`."""
        if isinstance(child, Part):
            return child.value  # type: ignore[return-value]
        return Quantity(self._read(literals.parse_decimal, str(child), child))

    def _literal_value(self, token: Token) -> tuple[Value, Simple]:
        text = str(token)
        match token.type:
            case "NULL":
                return None, ANY
            case "TRUE" | "FALSE":
                return text == "true", BOOLEAN
            case "STRING":
                return self._text(token), STRING
            case "NUMBER" if "." in text:
                return self._read(literals.parse_decimal, text, token), DECIMAL
            case "NUMBER":
                return self._whole_number(text, token, LARGEST_INTEGER), INTEGER
            case "LONG":
                return self._whole_number(text[:-1], token, LARGEST_LONG), LONG
            case "DATE":
                return self._read(literals.parse_date, text[1:], token), DATE
            case "DATETIME":
                return self._read(literals.parse_datetime, text[1:], token), DATETIME
            case _:
                return self._read(literals.parse_time, text[2:], token), TIME

    def _whole_number(self, text: str, token: Token, largest: int) -> int:
        if int(text) > largest:
            help = f"a decimal is written with a point: `{text}.0`"
            raise Refused("E203", f"`{text}` is larger than a whole number can be", self._span_of(token), help)
        return int(text)

    def _read(self, reader: Callable[[str], Read], text: str, token: Child) -> Read:
        try:
            return reader(text)
        except ValueError as error:
            span = self._span_of(token)
            raise Refused("E203", str(error), span, date_help(span.source.text[span.start : span.end])) from None

    def _text(self, token: Child) -> str:
        """A text or a name in quotes, without them."""
        return self._read(literals.unescape, str(token)[1:-1], token)

    def _unquoted(self, text: str, token: Child) -> str:
        return self._read(literals.unescape, text[1:-1], token) if text[:1] in ('"', "`") else text

    def _key(self, token: Child) -> str:
        return self._unquoted(str(token)[:-1].strip(), token)

    def _quantity(self, children: list[Child]) -> Child:
        number, unit = children
        value = self._read(literals.parse_decimal, str(number), number)
        assert isinstance(unit, Part)
        return Part("quantity", Quantity(value, str(unit.value)), self._span(children))

    def _unit(self, children: list[Child]) -> Child:
        (token,) = children
        unit = self._text(token) if is_token(token, "STRING") else str(token).removesuffix("s")
        return Part("unit", unit, self._span(children))

    # --- selectors ---

    def _interval(self, children: list[Child]) -> Child:
        low, high = expressions_in(children)
        closed = (str(children[1]) == "[", str(children[-1]) == "]")
        return syntax.IntervalSelector(low, high, *closed, self._span(children))

    def _tuple(self, children: list[Child]) -> Child:
        keys = [self._key(child) for child in children if is_token(child, "KEY")]
        for child in children:
            if is_token(child, "KEY") and keys.count(name := self._key(child)) > 1:
                raise Refused("E209", f"`{name}` stands twice in this tuple", self._span_of(child))
        return syntax.TupleSelector(tuple(zip(keys, expressions_in(children), strict=True)), self._span(children))

    def _list(self, children: list[Child]) -> Child:
        kinds = parts_in(children, "type")
        element_type: Type | None = kinds[0].value if kinds else None  # type: ignore[assignment]
        return syntax.ListSelector(expressions_in(children), element_type, self._span(children))

    def _code(self, children: list[Child]) -> Child:
        texts = [self._text(c) for c in children if is_token(c, "STRING")]
        (system,) = parts_in(children, "identifier")
        display = texts[1] if len(texts) > 1 else None
        return syntax.CodeSelector(texts[0], str(system.value), display, self._span(children))

    _code_selector = _code

    def _concept(self, children: list[Child]) -> Child:
        codes = tuple(child for child in children if isinstance(child, syntax.CodeSelector))
        texts = [self._text(c) for c in children if is_token(c, "STRING")]
        return syntax.ConceptSelector(codes, texts[0] if texts else None, self._span(children))

    def _instance(self, children: list[Child]) -> Child:
        """A code, concept or value set of constants; the other structures of CQL have a shorter form here."""
        written = str(children[0]) if isinstance(children[0], str) else ".".join(_dotted(children[0]))
        kind = written.removeprefix("System.")
        span = self._span(children)
        if kind not in ELEMENTS:
            raise Refused("E213", f"`{written} {{ ... }}` is left out", span, INSTEAD.get(kind, ""))
        keys = [self._key(child) for child in children if is_token(child, "KEY")]
        return structure(kind, zip(keys, expressions_in(children[1:]), strict=True), span)

    # --- tests, types, conversions ---

    def _truth_test(self, children: list[Child]) -> Child:
        operand = children[0]
        word = next(c for c in reversed(children) if is_token(c, "NULL", "TRUE", "FALSE"))
        span = self._span(children)
        test = syntax.Apply(f"Is{str(word).capitalize()}", (operand,), None, span)  # type: ignore[arg-type]
        if any(is_token(child, "NOT") for child in children):
            return syntax.Apply("Not", (test,), None, span)
        return test

    def _type_test(self, children: list[Child]) -> Child:
        return syntax.TypeTest(expressions_in(children)[0], type_in(children), self._span(children))

    def _type_cast(self, children: list[Child]) -> Child:
        return syntax.TypeCast(expressions_in(children)[0], type_in(children), False, self._span(children))

    def _cast(self, children: list[Child]) -> Child:
        return syntax.TypeCast(expressions_in(children)[0], type_in(children), True, self._span(children))

    def _convert(self, children: list[Child]) -> Child:
        span = self._span(children)
        units = parts_in(children, "unit")
        if units:
            unit = syntax.Literal(str(units[0].value), STRING, units[0].span)
            return syntax.Apply("ConvertQuantity", (expressions_in(children)[0], unit), None, span)
        kind = type_in(children)
        return syntax.Call(f"To{kind}", expressions_in(children), span, self._span_of(children[0]))

    def _minimum(self, children: list[Child]) -> Child:
        return syntax.TypeExtent("minimum", type_in(children), self._span(children))

    def _maximum(self, children: list[Child]) -> Child:
        return syntax.TypeExtent("maximum", type_in(children), self._span(children))

    def _named_type(self, children: list[Child]) -> Child:
        name = "".join(str(child) for child in children).removeprefix("System.")
        if name not in SIMPLE_TYPES:
            raise Refused(
                "E205", f"there is no type `{name}`", self._span(children), self._type_help(name, children[0])
            )
        return Part("type", SIMPLE_TYPES[name], self._span(children))

    def _type_help(self, name: str, token: Child) -> str:
        before = self._excerpt.text[: token.start_pos or 0].rstrip()  # type: ignore[union-attr]
        if near := did_you_mean(name, SIMPLE_TYPES):
            return near
        if not before.endswith("is"):
            return "types are " + ", ".join(f"`{each}`" for each in SIMPLE_TYPES)
        word = {"true": "true", "yes": "true", "false": "false", "no": "false"}.get(name.lower(), "null")
        return f"write `is {word}`" if name.lower() in ABSENT or word != "null" else "to compare, write `=`"

    def _list_type(self, children: list[Child]) -> Child:
        return Part("type", ListOf(type_in(children)), self._span(children))

    def _interval_type(self, children: list[Child]) -> Child:
        return Part("type", IntervalOf(type_in(children)), self._span(children))

    def _type_element(self, children: list[Child]) -> Child:
        return Part("type_element", (str(children[0]), type_in(children)), self._span(children))

    def _tuple_type(self, children: list[Child]) -> Child:
        elements = tuple(part.value for part in parts_in(children, "type_element"))
        return Part("type", TupleOf(elements), self._span(children))  # type: ignore[arg-type]

    # --- terms with words ---

    def _start_of(self, children: list[Child]) -> Child:
        return syntax.Apply("Start", expressions_in(children), None, self._span(children))

    def _end_of(self, children: list[Child]) -> Child:
        return syntax.Apply("End", expressions_in(children), None, self._span(children))

    def _component(self, children: list[Child]) -> Child:
        return Part("component", str(children[0]), self._span(children))

    def _component_from(self, children: list[Child]) -> Child:
        word = str(parts_in(children, "component")[0].value)
        whole = {"date": "DateFrom", "time": "TimeFrom", "timezoneoffset": "TimezoneOffsetFrom"}.get(word)
        precision = None if whole else word
        return syntax.Apply(whole or "ComponentFrom", expressions_in(children), precision, self._span(children))

    def _duration_between(self, children: list[Child]) -> Child:
        return self._with_precisions("DurationBetween", children)

    def _difference_between(self, children: list[Child]) -> Child:
        return self._with_precisions("DifferenceBetween", children)

    def _duration_of(self, children: list[Child]) -> Child:
        return self._between_bounds("DurationBetween", children)

    def _difference_of(self, children: list[Child]) -> Child:
        return self._between_bounds("DifferenceBetween", children)

    def _with_precisions(self, operator: str, children: list[Child]) -> Child:
        precision = next(str(child)[:-1] for child in children if is_token(child, "PRECISIONS"))
        return syntax.Apply(operator, expressions_in(children), precision, self._span(children))

    def _between_bounds(self, operator: str, children: list[Child]) -> Child:
        """`duration in days of X` is the duration between the start and the end of X."""
        (interval,) = expressions_in(children)
        span = self._span(children)
        bounds = tuple(syntax.Apply(bound, (interval,), None, span) for bound in ("Start", "End"))
        precision = next(str(child)[:-1] for child in children if is_token(child, "PRECISIONS"))
        return syntax.Apply(operator, bounds, precision, span)

    def _expand(self, children: list[Child]) -> Child:
        return self._per("Expand", children)

    def _collapse(self, children: list[Child]) -> Child:
        return self._per("Collapse", children)

    def _per(self, operator: str, children: list[Child]) -> Child:
        precision = next((c for c in children if is_token(c, "PRECISION")), None)
        operands = expressions_in(children)
        if precision is not None:
            step = Quantity(Decimal(1), str(precision))
            operands = (*operands, syntax.Literal(step, QUANTITY, self._span_of(precision)))
        return syntax.Apply(operator, operands, None, self._span(children))

    def _if_then_else(self, children: list[Child]) -> Child:
        condition, consequence, alternative = expressions_in(children)
        return syntax.If(condition, consequence, alternative, self._span(children))

    def _case_item(self, children: list[Child]) -> Child:
        return Part("case_item", expressions_in(children), self._span(children))

    def _case(self, children: list[Child]) -> Child:
        items = tuple(part.value for part in parts_in(children, "case_item"))
        *comparand, alternative = expressions_in(children)
        return syntax.Case(comparand[0] if comparand else None, items, alternative, self._span(children))  # type: ignore[arg-type]

    # --- timing phrases ---

    def _precision_of(self, children: list[Child]) -> Child:
        return Part("precision_of", str(children[0]), self._span(children))

    def _boundary(self, children: list[Child]) -> Child:
        return Part("boundary", str(children[0]), self._span(children))

    def _between(self, children: list[Child]) -> Child:
        word = next(child for child in children if is_token(child, "BETWEEN"))
        name = "ProperBetween" if str(word).startswith("properly") else "Between"
        return syntax.Apply(name, expressions_in(children), None, self._span(children))

    def _same_phrase(self, children: list[Child]) -> Child:
        relative = next((str(c).split()[-1] for c in children if is_token(c, "OR_RELATIVE")), None)
        return self._timing(children, "same", inclusive=relative)

    def _includes_phrase(self, children: list[Child]) -> Child:
        return self._timing(children, "includes")

    def _during_phrase(self, children: list[Child]) -> Child:
        return self._timing(children, "included_in")

    def _within_phrase(self, children: list[Child]) -> Child:
        return self._timing(children, "within")

    def _temporal_phrase(self, children: list[Child]) -> Child:
        words = next(str(c).split() for c in children if is_token(c, "TEMPORAL"))
        relation = "before" if "before" in words else "after"
        return self._timing(children, relation, inclusive=relation if "on" in words else None)

    def _timing(self, children: list[Child], relation: str, inclusive: str | None = None) -> Child:
        left, right = expressions_in(children)
        offset = next((p.value for p in parts_in(children, "quantity")), None)
        properly = any(is_token(c, "PROPERLY") for c in children)
        edge = next((str(c) for c in children if is_token(c, "EDGE")), "occurs")
        if offset is None and edge == "occurs" and not parts_in(children, "boundary"):
            name = ("Proper" if properly else "") + timing.PLAIN[relation, inclusive]
            return syntax.Apply(name, (left, right), precision_in(children), self._span(children))
        amount = next((str(c).split() for c in children if is_token(c, "OR_AMOUNT", "EXCLUSIVE")), None)
        return syntax.Timing(
            left,
            right,
            relation,
            left_edge={"starts": "start", "ends": "end"}.get(edge),
            right_edge=next((str(p.value) for p in parts_in(children, "boundary")), None),
            offset=offset,  # type: ignore[arg-type]
            qualifier=" ".join(amount) if amount else None,
            inclusive=inclusive,
            properly=properly,
            precision=precision_in(children),
            span=self._span(children),
            phrase_span=self._span(children[1:-1]),
        )

    def _meets_phrase(self, children: list[Child]) -> Child:
        return self._relation("Meets", "MEETS", children)

    def _overlaps_phrase(self, children: list[Child]) -> Child:
        return self._relation("Overlaps", "OVERLAPS", children)

    def _relation(self, operator: str, terminal: str, children: list[Child]) -> Child:
        words = next(str(c).split() for c in children if is_token(c, terminal))
        name = operator + "".join(word.capitalize() for word in words[1:])
        return syntax.Apply(name, expressions_in(children), precision_in(children), self._span(children))

    def _edge_phrase(self, children: list[Child]) -> Child:
        edge = next(child for child in children if is_token(child, "EDGE"))
        if str(edge) == "occurs":
            help = "write `occurs before`, `occurs during`, `occurs within 3 days of` ..."
            raise Refused("E201", "`occurs` needs a relation after it", self._span_of(edge), help)
        return syntax.Apply(
            str(edge).capitalize(), expressions_in(children), precision_in(children), self._span(children)
        )

    # --- queries ---

    def _source(self, children: list[Child]) -> Child:
        (expression,) = expressions_in(children)
        (alias,) = parts_in(children, "identifier")
        value = syntax.Source(expression, str(alias.value), self._span(children), alias.span)
        return Part("source", value, self._span(children))

    _source_expression = _source

    def _let_item(self, children: list[Child]) -> Child:
        return Part("let_item", (self._key(children[0]), expressions_in(children)[0]), self._span(children))

    def _let_clause(self, children: list[Child]) -> Child:
        return Part("let", tuple(p.value for p in parts_in(children, "let_item")), self._span(children))

    def _relation_clause(self, children: list[Child]) -> Child:
        (source,) = parts_in(children, "source")
        (condition,) = expressions_in(children)
        without = str(children[0]) == "without"
        span = self._span(children)
        return Part("relation", syntax.Relation(source.value, condition, without, span), span)  # type: ignore[arg-type]

    def _where_clause(self, children: list[Child]) -> Child:
        return Part("where", expressions_in(children)[0], self._span(children))

    def _return_clause(self, children: list[Child]) -> Child:
        distinct = not str(children[0]).endswith("all")
        return Part("return", (expressions_in(children)[0], distinct), self._span(children))

    def _aggregate_clause(self, children: list[Child]) -> Child:
        names = [str(p.value) for p in parts_in(children, "identifier")]
        name = names[0] if names else next(self._key(c) for c in children if is_token(c, "KEY"))
        *starting, expression = expressions_in(children)
        span = self._span(children)
        distinct = str(children[0]).endswith("distinct")
        value = syntax.Aggregate(name, starting[0] if starting else None, expression, distinct, span)
        return Part("aggregate", value, span)

    def _sort_item(self, children: list[Child]) -> Child:
        span = self._span(children)
        key: syntax.Expression = (
            syntax.Name(str(children[0]), span)
            if is_token(children[0], "START", "END")
            else expressions_in(children)[0]
        )
        return Part("sort_item", syntax.SortItem(key, _descending(children[-1]), span), span)

    def _sort_clause(self, children: list[Child]) -> Child:
        span = self._span(children)
        items = tuple(part.value for part in parts_in(children, "sort_item"))
        return Part("sort", items or (syntax.SortItem(None, _descending(children[-1]), span),), span)

    def _query(self, children: list[Child]) -> Child:
        clauses = {part.kind: part.value for part in children if isinstance(part, Part)}
        if [child for child in children if child is not None] == parts_in(children, "source"):
            self._refuse_bare_source(parts_in(children, "source")[0].value)  # type: ignore[arg-type]
        result: syntax.Expression | None
        distinct: bool
        result, distinct = clauses.get("return", (None, True))  # type: ignore[misc]
        return syntax.Query(
            sources=tuple(p.value for p in parts_in(children, "source")),  # type: ignore[misc]
            lets=clauses.get("let", ()),  # type: ignore[arg-type]
            relations=tuple(p.value for p in parts_in(children, "relation")),  # type: ignore[misc]
            where=clauses.get("where"),  # type: ignore[arg-type]
            result=result,
            distinct=distinct,
            aggregate=clauses.get("aggregate"),  # type: ignore[arg-type]
            sort=clauses.get("sort", ()),  # type: ignore[arg-type]
            span=self._span(children),
        )

    def _offset(self, span: Span) -> int:
        """Where a place of the file stands in the text of the expression."""
        return bisect_left(self._excerpt.offsets, span.start)

    def _refuse_bare_source(self, source: syntax.Source) -> None:
        """`adult pregnant`: CQL has it for a search that searches nothing; people forget an operator."""
        first = source.expression
        if isinstance(first, syntax.Name) and (help := small_letters(first.name)):
            raise Refused("E201", f"`{first.name}` is no word of the language", first.span, help)
        if (slip := words_without_quotes(self._excerpt.text, self._offset(source.alias_span))) is not None:
            raise Refused("E201", slip.message, self._excerpt.span(slip.start, slip.end), slip.help)
        message, help = f"an operator is missing before `{source.alias}`", operator_help(source.alias)
        if not help.startswith(("write", "did")):
            help = joined_help(first.span.source.text[first.span.start : first.span.end], source.alias)
        if len(source.alias) == 1:
            help = f"leave `{source.alias}` out, or go on with `where`"
        raise Refused("E201", message, source.alias_span, help)


def _dotted(name: Child) -> tuple[str, ...]:
    return (*_dotted(name.target), name.name) if isinstance(name, syntax.Member) else (name.name,)  # type: ignore[union-attr]


def _descending(token: Child) -> bool:
    return isinstance(token, str) and str(token).startswith("desc")
