"""PostgreSQL: lists as JSONB, through which correlated subqueries go; numbers of any length.

A step is a subquery with `OFFSET 0`, which keeps PostgreSQL from copying the text of its columns into each place where
they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from besponsa_pa.backends.sql.dialects.dialect import (
    KIND,
    Array,
    Body,
    Dialect,
    Digits,
    are_short,
    call,
    cast,
    or_nothing,
    rounded_quotient,
    same_bytes,
    typed_part,
    whole,
)
from besponsa_pa.backends.sql.terms import binary, case, number, text

VALUE, PLACE, ELEMENT = "value", "place", "each_element"
EMPTY = cast(text("[]"), "JSONB")


def _elements(array: Array, variable: str) -> exp.Table:
    alias = exp.TableAlias(this=exp.to_identifier(variable))
    return exp.Table(this=call("JSONB_ARRAY_ELEMENTS", array), alias=alias)


def _where(array: Array, variable: str, body: Body, what: exp.Expression) -> exp.Select:
    return exp.select(what).from_(_elements(array, variable)).where(body)


def _aggregated(how: str) -> Callable[[Array, str, Body], exp.Expression]:
    """An aggregate of the bodies, which have a name first: it may not be of columns of the row around alone."""

    def aggregated(array: Array, variable: str, body: Body) -> exp.Expression:
        bodies = exp.select(exp.alias_(body, VALUE)).from_(_elements(array, variable)).subquery("each_value")
        value = exp.column(VALUE, table="each_value")
        return exp.select(call(how, value)).from_(bodies).subquery()

    return aggregated


def _count_distinct(array: Array, variable: str, body: Body) -> exp.Expression:
    bodies = exp.select(exp.alias_(body, VALUE)).from_(_elements(array, variable)).subquery("each_value")
    counted = exp.Count(this=exp.Distinct(expressions=[exp.column(VALUE, table="each_value")]))
    return exp.select(counted).from_(bodies).subquery()


def _filtered(array: Array, variable: str, body: Body) -> exp.Expression:
    is_entry = any(KIND in column.this.meta for column in body.find_all(exp.Column) if column.table == variable)
    whole_element = ELEMENT if is_entry else variable
    columns = [exp.to_identifier(VALUE), exp.to_identifier(PLACE)]
    alias = exp.TableAlias(this=exp.to_identifier(whole_element), columns=columns)
    elements = exp.Table(this=call("JSONB_ARRAY_ELEMENTS", array), ordinality=True, alias=alias)
    place = exp.Ordered(this=exp.column(PLACE, table=whole_element))
    element = exp.column(VALUE, table=whole_element)
    kept = exp.select(call("JSONB_AGG", exp.Order(this=element, expressions=[place]))).from_(elements)
    if is_entry:
        record = exp.TableAlias(this=exp.to_identifier(variable))
        kept = kept.join(exp.Table(this=call("JSONB_TO_RECORD", element.copy()), alias=record), join_type="cross")
    return exp.Coalesce(this=kept.where(body).subquery(), expressions=[EMPTY.copy()])


def _read(json_text: exp.Expression, kind: str) -> exp.Expression:
    return json_text if kind == "VARCHAR" else cast(exp.Paren(this=json_text), kind)


def _single(variable: str, kind: str) -> exp.Expression:
    element = exp.column(VALUE, table=variable)
    return exp.Paren(this=_read(exp.JSONBExtractScalar(this=element, expression=text("{}")), kind))


def _product(left: exp.Expression, left_digits: Digits, right: exp.Expression, right_digits: Digits) -> exp.Expression:
    if left_digits[1] == right_digits[1] == 0 and not are_short(left_digits, right_digits):
        left = cast(left, "DECIMAL")
    return binary(exp.Mul, left, right)


def _quotient(left: exp.Expression, _: Digits, right: exp.Expression, __: Digits) -> exp.Expression:
    return rounded_quotient(
        cast(left, "DECIMAL"), cast(right, "DECIMAL"), lambda numerator, divisor: call("DIV", numerator, divisor)
    )


def _square_root(value: exp.Expression, _: Digits) -> exp.Expression:
    """As exact as the places of its operand, which are enough to tell on which side of a step it lies."""
    return exp.Round(this=exp.Sqrt(this=cast(value, "DECIMAL(60, 30)")), decimals=number(8))


def _texts(texts: Sequence[tuple[exp.Expression, str]]) -> exp.Expression:
    if not texts:
        return cast(exp.Array(expressions=[]), "TEXT[]")
    items = exp.Array(expressions=[case([(condition, text(each))]) for condition, each in texts])
    return call("ARRAY_REMOVE", cast(items, "TEXT[]"), exp.Null())


def _finished(statement: exp.Expression) -> exp.Expression:
    """Elements as records of the fields that are read, parts of dates as integers, and steps that are not merged."""
    fields: dict[str, dict[str, str]] = {}
    for column in statement.find_all(exp.Column):
        if KIND in column.this.meta:
            fields.setdefault(column.table, {})[column.name] = column.this.meta[KIND]
    for table in statement.find_all(exp.Table):
        if table.alias in fields:
            _as_records(table, fields[table.alias])
    for extract in list(statement.find_all(exp.Extract)):
        extract.replace(cast(extract.copy(), "INT"))
    for step in statement.find_all(exp.CTE):
        step.set("this", step.this.offset(0, copy=False))
    return statement


def _as_records(table: exp.Table, fields: dict[str, str]) -> None:
    """The elements as rows with these fields."""
    columns = [
        exp.ColumnDef(
            this=exp.to_identifier(name, quoted=True), kind=exp.DataType.build("TEXT" if kind == "VARCHAR" else kind)
        )
        for name, kind in sorted(fields.items())
    ]
    table.args["alias"].set("columns", columns)
    if table.this.name == "JSONB_ARRAY_ELEMENTS":
        table.set("this", call("JSONB_TO_RECORDSET", *table.this.expressions))


POSTGRES = Dialect(
    name="postgres",
    any_true=lambda array, variable, body: exp.Exists(this=_where(array, variable, body, number(1))),
    count_true=lambda array, variable, body: _where(array, variable, body, exp.Count(this=exp.Star())).subquery(),
    bits=lambda array, variable, body: or_nothing(_aggregated("BIT_OR")(array, variable, cast(body, "BIGINT"))),
    least=_aggregated("MIN"),
    greatest=_aggregated("MAX"),
    total=_aggregated("SUM"),
    part=typed_part,
    single=_single,
    count_distinct=_count_distinct,
    filtered=_filtered,
    end=lambda array, last: call("JSONB_PATH_QUERY_ARRAY", array, text("$[last]" if last else "$[0]")),
    only=lambda array, variable, body: exp.select(body).from_(_elements(array, variable)).limit(1).subquery(),
    array_or_empty=lambda column: exp.Coalesce(this=column, expressions=[EMPTY.copy()]),
    date_from_text=lambda written: cast(written, "DATE"),
    months_later=lambda date, months: cast(
        exp.Add(this=date, expression=call("MAKE_INTERVAL", number(0), whole(months))), "DATE"
    ),
    days_later=lambda date, days: exp.Add(this=date, expression=whole(days)),
    days_between=lambda start, end: exp.Sub(this=end, expression=start),
    product=_product,
    quotient=_quotient,
    square_root=_square_root,
    text_array=_texts,
    number_text=lambda value: cast(call("TRIM_SCALE", cast(value, "DECIMAL")), "TEXT"),
    date_text=lambda date: call("TO_CHAR", date, text("YYYY-MM-DD")),
    is_ascii=same_bytes("OCTET_LENGTH"),
    collapsed_spaces=lambda written: call("BTRIM", call("REGEXP_REPLACE", written, text(r"\s+"), text(" "), text("g"))),
    finished=_finished,
)
