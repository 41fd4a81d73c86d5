"""The queries of a batch in Spark's SQL: they are written once, as DuckDB's, and said here in Spark's words.

`sqlglot` knows how most of it is said. What it does not know is below: functions that have another name, patterns as
Java reads them, and a year that no calendar of cases has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from sqlglot import exp

# Readers of JSON that take less than Spark's would.
STRICTLY = "map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')"


def spark_from_duckdb(query: str) -> str:
    """A query of a batch, written for DuckDB, as Spark says it."""
    import sqlglot

    tree = sqlglot.parse_one(query, dialect="duckdb")
    for node in reversed(list(tree.walk(bfs=False))):
        said = _said(node)  # type: ignore[arg-type]
        if said is not node:
            node.replace(said)
    return tree.sql(dialect="spark", comments=False)


def _said(node: exp.Expression) -> exp.Expression:
    match node:
        case exp.RegexpFullMatch():
            whole = exp.Literal.string(rf"\A(?:{node.expression.name})\z")
            return exp.RegexpLike(this=node.this, expression=whole)
        case exp.RegexpReplace() | exp.RegexpExtract():
            return _with_pattern_of_java(node)
        case exp.Sub() if isinstance(node.this, exp.Anonymous) and node.this.name == PARTS:
            return _occurrences(node.this)
        case exp.Length():
            return exp.Anonymous(
                this=PARTS if isinstance(node.this, exp.Split) else "ARRAY_SIZE", expressions=[node.this]
            )
        case exp.TryCast() if node.to.this is exp.DType.DATE:
            node.set("this", _after_year_zero(node.this))
            return node
        case exp.Anonymous():
            said = FUNCTIONS.get(node.name.lower())
            return node if said is None else said(node)
        case _:
            return node


PARTS = "parts_of_split"


def _occurrences(parts: exp.Anonymous) -> exp.Expression:
    """How often one character is in a text, which DuckDB is asked as the parts between less one."""
    text, character = parts.expressions[0].this, parts.expressions[0].expression
    without = exp.Anonymous(this="REPLACE", expressions=[text.copy(), character, exp.Literal.string("")])
    return exp.Sub(this=_call("OCTET_LENGTH", text), expression=_call("OCTET_LENGTH", without))


def _with_pattern_of_java(node: exp.Expression) -> exp.Expression:
    """`$` is the end of a text and not of its last line; parts of a match are called `$1` and not by a backslash."""
    pattern = node.expression.name
    node.set("expression", exp.Literal.string(re.sub(r"\$\Z", r"\\z", pattern)))
    if isinstance(node, exp.RegexpReplace):
        node.set("replacement", exp.Literal.string(re.sub(r"\\(\d)", r"$\1", node.args["replacement"].name)))
    return node


def _after_year_zero(text: exp.Expression) -> exp.Expression:
    """A text unless it names the year 0, which Spark takes for a year."""
    return exp.Case(ifs=[exp.If(this=exp.GTE(this=text.copy(), expression=exp.Literal.string("0001")), true=text)])


def _call(name: str, *arguments: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _renamed(name: str) -> Callable[[exp.Anonymous], exp.Expression]:
    return lambda call: _call(name, *call.expressions)


def _sum(call: exp.Anonymous) -> exp.Expression:
    total = exp.Add(this=exp.column("total"), expression=exp.column("each"))
    step = exp.Lambda(this=total, expressions=[exp.to_identifier("total"), exp.to_identifier("each")])
    return _call("AGGREGATE", call.expressions[0], exp.Literal.number(0), step)


def _from_json(call: exp.Anonymous) -> exp.Expression:
    """An object of texts."""
    keys = json.loads(call.expressions[1].name)
    schema = exp.Literal.string(", ".join(f"{spark_name(key)} STRING" for key in keys))
    return exp.Anonymous(this="FROM_JSON", expressions=[call.expressions[0], schema])


# --- JSON ---


def _quoted(call: exp.Anonymous) -> exp.Expression:
    """A text as JSON: what stands between the brackets of a list of it alone; NULL where it is NULL."""
    (text,) = call.expressions
    alone = _call("TO_JSON", _call("ARRAY", text.copy()))
    length = exp.Sub(this=_call("CHAR_LENGTH", alone.copy()), expression=exp.Literal.number(2))
    inside = _call("SUBSTRING", alone, exp.Literal.number(2), length)
    return exp.Case(ifs=[exp.If(this=exp.Not(this=exp.Is(this=text, expression=exp.Null())), true=inside)])


def _is_json(call: exp.Anonymous) -> exp.Expression:
    """Whether a text is one value of JSON. Spark reads to the end of a value, and does not look at what comes then.

    So something is put behind the text, and has to be found there; what it is, no text can foresee both times.
    """
    (text,) = call.expressions
    return exp.And(this=_is_followed_by(text, "0"), expression=_is_followed_by(text, "1"))


def _is_followed_by(text: exp.Expression, behind: str) -> exp.Expression:
    both = _call("CONCAT", exp.Literal.string("["), text.copy(), exp.Literal.string(f",{behind}]"))
    second = _call("VARIANT_GET", _call("TRY_PARSE_JSON", both), exp.Literal.string("$[1]"), exp.Literal.string("int"))
    found = exp.EQ(this=second, expression=exp.Literal.number(behind))
    length = exp.EQ(this=_call("JSON_ARRAY_LENGTH", both.copy()), expression=exp.Literal.number(2))
    both_hold = exp.Paren(this=exp.And(this=length, expression=found))
    return exp.Coalesce(this=both_hold, expressions=[exp.false()])


def spark_name(name: str) -> str:
    """A name in backticks."""
    return "`" + name.replace("`", "``") + "`"


def spark_literal(text: str) -> str:
    """A text in single quotes."""
    return exp.Literal.string(text).sql(dialect="spark")


def spark_type(kind: str) -> str:
    """A type of DuckDB's as Spark writes it."""
    return exp.DataType.build(kind, dialect="duckdb").sql(dialect="spark")


FUNCTIONS: Mapping[str, Callable[[exp.Anonymous], exp.Expression]] = {
    "strlen": _renamed("OCTET_LENGTH"),
    "list_sum": _sum,
    "json_transform": _from_json,
    "json_valid": _is_json,
    "json_quote": _quoted,
}
