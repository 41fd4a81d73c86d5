"""Trees of expressions as the parser could have built them, over every kind of node, for hypothesis."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from besponsa_pa.expression import syntax
from besponsa_pa.expression.functions import CHAPTERS
from besponsa_pa.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    LONG,
    QUANTITY,
    SIMPLE_TYPES,
    STRING,
    TIME,
    IntervalOf,
    ListOf,
    TupleOf,
)  # fmt: skip
from besponsa_pa.values import CALENDAR_UNITS, Date, DateTime, Quantity, Time

Trees = SearchStrategy[syntax.Expression]

# words that mean something to the language, alone or beside others, and names that need quotes for other reasons
HOSTILE_NAMES = (
    "start", "end", "days", "more", "less", "all", "on", "such", "that", "included", "null", "date", "Code", "Interval",
    "between", "asc", "B-cell precursor ALL", 'say "no"', "it's", "back\\slash", "new\nline", "", "Sum", "é", "1st",
)  # fmt: skip
PLAIN_NAMES = ("a", "disease", "T", "_x", "age_in_years", "startled", "index", "Today")

names = st.sampled_from(PLAIN_NAMES) | st.sampled_from(HOSTILE_NAMES)
texts = st.text(alphabet="abc 'é\"\\`\n\t%/*{:", max_size=6)
numbers = st.decimals(0, 10**12, allow_nan=False, places=2) | st.sampled_from(
    [Decimal(text) for text in ("0", "0.0", "1", "1.0", "1.50", "0.00000001", "9" * 28 + ".99999999")]
)
precisions = st.sampled_from(CALENDAR_UNITS)
quantities = st.builds(Quantity, numbers, precisions | st.sampled_from(["mg", "10*9/L", "1", "%", "{it's}"]))
# a distance in a timing phrase, and the step of `expand`, are quantities too
dates = st.builds(Date, st.integers(1, 9999), st.integers(1, 12), st.integers(1, 28)) | st.builds(
    Date, st.integers(1, 9999), st.none() | st.integers(1, 12)
)
clock = (st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999))
calendar = (st.integers(1, 9999), st.integers(1, 12), st.integers(1, 28))


@st.composite
def datetimes(draw: st.DrawFn) -> DateTime:
    size = draw(st.integers(1, 7))
    parts = [draw(part) for part in (*calendar, *clock)[:size]]
    offset = draw(st.none() | st.sampled_from([0, 60, -330, 840])) if size > 3 else None
    return DateTime(*parts, **{} if offset is None else {"offset": offset})


@st.composite
def times(draw: st.DrawFn) -> Time:
    return Time(*[draw(part) for part in clock[: draw(st.integers(1, 4))]])


def _literals(values: SearchStrategy[object], kind: object) -> Trees:
    return st.builds(syntax.Literal, values, st.just(kind))  # type: ignore[arg-type]


literals: Trees = st.one_of(
    _literals(st.none(), ANY), _literals(st.booleans(), BOOLEAN), _literals(st.integers(0, 2**31), INTEGER),
    _literals(st.integers(0, 2**63), LONG), _literals(numbers, DECIMAL), _literals(texts, STRING),
    _literals(dates, DATE), _literals(datetimes(), DATETIME), _literals(times(), TIME), _literals(quantities, QUANTITY),
)  # fmt: skip

plain_names = st.sampled_from(PLAIN_NAMES)
types = st.recursive(
    st.sampled_from(list(SIMPLE_TYPES.values())),
    lambda inner: (
        st.builds(ListOf, inner)
        | st.builds(IntervalOf, inner)
        | st.builds(TupleOf, st.lists(st.tuples(plain_names, inner), min_size=1, max_size=2).map(tuple))
    ),
    max_leaves=3,
)
codes = st.builds(syntax.CodeSelector, texts, names, st.none() | texts)
leaves: Trees = st.one_of(
    literals,
    st.builds(syntax.Name, names),
    st.builds(syntax.This, st.sampled_from(["$this", "$index", "$total"])),
    codes,
    st.builds(syntax.ConceptSelector, st.lists(codes, min_size=1, max_size=2).map(tuple), st.none() | texts),
    st.builds(syntax.TypeExtent, st.sampled_from(["minimum", "maximum"]), types),
)

# an operator for a point, and the number of a quantity, are chosen by the checker: nobody writes them
NOT_WRITTEN = ("ProperContains", "ProperIn", "ConvertQuantity", "QuantityValue")
OPERATORS = [
    row
    for rows in CHAPTERS.values()
    for row in rows
    if not row.syntax.startswith(f"{row.name}(") and row.name not in NOT_WRITTEN
]


@st.composite
def operations(draw: st.DrawFn, inner: Trees) -> syntax.Apply:
    row = draw(st.sampled_from(OPERATORS))
    operands = tuple(draw(inner) for index in range(3) if f"{{{index}}}" in row.syntax)
    precision = draw(precisions) if row.takes_precision else None
    if "of_precision" in row.syntax or "spaced_precision" in row.syntax:
        precision = draw(st.sampled_from([precision, None]))
    return syntax.Apply(row.name, operands, precision)


@st.composite
def timings(draw: st.DrawFn, inner: Trees) -> syntax.Timing:
    """A phrase with a boundary or an offset: without, the parser makes an operator of it."""
    relation = draw(st.sampled_from(["before", "after", "same", "within", "includes", "included_in"]))
    edges = st.sampled_from(["start", "end", None])
    left_edge = None if relation == "includes" else draw(edges)
    right_edge = None if relation == "included_in" else draw(edges)
    offset = draw(quantities) if relation == "within" else None
    qualifier = inclusive = None
    if relation in ("before", "after"):
        offset = draw(st.none() | quantities)
        inclusive = draw(st.sampled_from([None, relation]))
        if offset is not None:
            qualifier = draw(st.sampled_from([None, "or more", "or less", "more than", "less than"]))
    elif relation == "same":
        inclusive = draw(st.sampled_from([None, "before", "after"]))
    if left_edge is None and right_edge is None and offset is None:
        left_edge, relation = "start", "same" if relation == "includes" else relation
    properly = relation in ("within", "includes", "included_in") and draw(st.booleans())
    precision = None if relation == "within" else draw(st.none() | precisions)
    return syntax.Timing(
        draw(inner), draw(inner), relation, left_edge, right_edge, offset, qualifier, inclusive, properly, precision
    )


@st.composite
def sort_items(draw: st.DrawFn, inner: Trees) -> tuple[syntax.SortItem, ...]:
    if draw(st.booleans()):
        return draw(st.sampled_from([(), (syntax.SortItem(None, True),), (syntax.SortItem(None, False),)]))
    return tuple(draw(st.lists(st.builds(syntax.SortItem, inner, st.booleans()), min_size=1, max_size=2)))


@st.composite
def queries(draw: st.DrawFn, inner: Trees) -> syntax.Query:
    source = st.builds(syntax.Source, inner | st.builds(syntax.Name, names), names)
    aggregate = result = None
    match draw(st.sampled_from(["nothing", "result", "aggregate"])):
        case "aggregate":
            aggregate = draw(st.builds(syntax.Aggregate, names, st.none() | inner, inner, st.booleans()))
        case "result":
            result = draw(inner)
    query = syntax.Query(
        tuple(draw(st.lists(source, min_size=1, max_size=2))),
        tuple(draw(st.lists(st.tuples(names, inner), max_size=2))),
        tuple(draw(st.lists(st.builds(syntax.Relation, source, inner, st.booleans()), max_size=2))),
        draw(st.none() | inner),
        result,
        draw(st.booleans()) if result is not None else True,
        aggregate,
        draw(sort_items(inner)),
    )
    # a list with a short name and nothing else is no search: the parser refuses it
    return replace(query, where=draw(inner)) if query == syntax.Query(query.sources[:1]) else query


def _compound(inner: Trees) -> Trees:
    several = st.lists(inner, max_size=3).map(tuple)
    steps = inner | _literals(precisions.map(lambda unit: Quantity(Decimal(1), unit)), QUANTITY)
    units = _literals(st.sampled_from(["mg", "mg/dL", "month", "it's"]), STRING)
    return st.one_of(
        operations(inner),
        timings(inner),
        queries(inner),
        st.builds(syntax.Member, inner, names),
        st.builds(syntax.Call, names, several),
        st.builds(syntax.If, inner, inner, inner),
        st.builds(
            syntax.Case, st.none() | inner, st.lists(st.tuples(inner, inner), min_size=1, max_size=2).map(tuple), inner
        ),
        st.builds(syntax.ListSelector, several, st.none() | types),
        st.builds(syntax.TupleSelector, st.dictionaries(names, inner, max_size=2).map(lambda d: tuple(d.items()))),
        st.builds(syntax.IntervalSelector, inner, inner, st.booleans(), st.booleans()),
        st.builds(syntax.TypeTest, inner, types),
        st.builds(syntax.TypeCast, inner, types, st.booleans()),
        st.builds(syntax.Apply, st.sampled_from(["Expand", "Collapse"]), st.tuples(inner) | st.tuples(inner, steps)),
        st.builds(syntax.Apply, st.just("ConvertQuantity"), st.tuples(inner, units)),
    )


expressions: Trees = st.recursive(leaves, _compound, max_leaves=8)
