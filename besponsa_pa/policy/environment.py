"""What the expressions of a policy may name, parsed for the checker: facts, definitions, tables, value sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression import syntax
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.environment import DefinitionSource, Environment, TableSource
from besponsa_pa.expression.literals import (
    parse_date,
    parse_datetime,
    parse_decimal,
    parse_integer,
    parse_long,
    parse_quantity,
    parse_time,
)
from besponsa_pa.expression.parser import parse
from besponsa_pa.policy.model import Policy, Table
from besponsa_pa.source import Excerpt, Span
from besponsa_pa.terminology import system_names
from besponsa_pa.types import ANY, CODE, SIMPLE_TYPES, STRING, Simple, Type
from besponsa_pa.values import Code, Value


def environment_of(policy: Policy, diagnostics: Diagnostics) -> Environment:
    """Parse every definition and table of a policy; what does not parse is reported, and fits everywhere then."""
    definitions = {
        name: DefinitionSource(named.parameters, parse(named.body, diagnostics), named.span)
        for name, named in policy.definitions.items()
    }
    systems = {
        system for value_set in policy.value_sets.values() for system, _ in value_set.codes if system is not None
    }
    environment = Environment(
        facts={name: fact.type for name, fact in policy.facts.items()},
        definitions=definitions,
        value_sets=policy.value_sets,
        code_systems={**{system: system for system in systems}, **system_names()},
    )
    parsed = [_parsed(table, diagnostics) for table in policy.tables.values()]
    return _with_tables(environment, parsed, diagnostics)


@dataclass(frozen=True, slots=True)
class _ParsedTable:
    """A table of which the keys are still texts: what they say depends on the type of what they are held against."""

    table: Table
    by: syntax.Expression | None
    values: tuple[syntax.Expression, ...]
    otherwise: syntax.Expression | None


def _parsed(table: Table, diagnostics: Diagnostics) -> _ParsedTable:
    return _ParsedTable(
        table,
        None if table.by is None else parse_or_null(table.by, diagnostics),
        tuple(parse_or_null(value, diagnostics) for _, value in table.rows),
        None if table.otherwise is None else parse_or_null(table.otherwise, diagnostics),
    )


def parse_or_null(excerpt: Excerpt, diagnostics: Diagnostics) -> syntax.Expression:
    """The tree of an expression, or a null, which fits everywhere, where it does not parse."""
    span = excerpt.span(0, len(excerpt.text))
    return parse(excerpt, diagnostics) or syntax.Literal(None, ANY, span)


def _with_tables(environment: Environment, parsed: list[_ParsedTable], diagnostics: Diagnostics) -> Environment:
    """The environment with its tables, each after those that it depends on: only then the type of its keys is known."""
    waiting = parsed
    while waiting:
        kinds = [(table, _key_type(table, environment)) for table in waiting]
        ready = [(table, kind) for table, kind in kinds if kind is not None]
        # what depends on itself, or has a mistake, is left to the checker
        ready = ready or [(table, ANY) for table in waiting]
        done = {table.table.name: _source(table, kind, diagnostics) for table, kind in ready}
        environment = replace(environment, tables={**environment.tables, **done})
        waiting = [table for table in waiting if table.table.name not in done]
    return environment


def _key_type(parsed: _ParsedTable, environment: Environment) -> Type | None:
    """The type of a table's keys, or None while that cannot be told."""
    if parsed.by is None or parsed.table.of is not None:
        return parsed.table.of or ANY
    scratch = Diagnostics()
    kind = Checker(environment, scratch).check(parsed.by).type
    return None if scratch.has_errors else kind


def _source(parsed: _ParsedTable, kind: Type, diagnostics: Diagnostics) -> TableSource:
    rows = tuple(
        (_key(key, kind, diagnostics), value) for (key, _), value in zip(parsed.table.rows, parsed.values, strict=True)
    )
    return TableSource(parsed.by, rows, parsed.otherwise, parsed.table.span)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(f"`{text}` is neither `true` nor `false`")
    return text == "true"


READERS: Mapping[str, Callable[[str], Value]] = {
    "Integer": parse_integer, "Long": parse_long, "Decimal": parse_decimal, "Quantity": parse_quantity,
    "Date": lambda text: parse_date(text.removeprefix("@")),
    "DateTime": lambda text: parse_datetime(text.removeprefix("@")),
    "Time": lambda text: parse_time(text.removeprefix("@")),
    "Boolean": _boolean,
}  # fmt: skip


def _key(excerpt: Excerpt, kind: Type, diagnostics: Diagnostics) -> syntax.Expression:
    """A key of a table, read by the type of what it is held against: `0123` is a text where texts are wanted."""
    span = excerpt.span(0, len(excerpt.text))
    name = kind.name if isinstance(kind, Simple) else STRING.name
    if name == CODE.name:
        return _code(excerpt.text, kind, span, diagnostics)
    if name not in READERS:
        return syntax.Literal(excerpt.text, ANY if kind == ANY else STRING, span)
    try:
        return syntax.Literal(READERS[name](excerpt.text), SIMPLE_TYPES[name], span)
    except ValueError as error:
        diagnostics.error("E316", str(error), span, label=f"the keys of this table are of type {name}")
        return syntax.Literal(None, ANY, span)


def _code(text: str, kind: Type, span: Span, diagnostics: Diagnostics) -> syntax.Expression:
    if isinstance(kind, Simple) and kind.system is not None:
        return syntax.Literal(Code(text, kind.system), CODE, span)
    message = f"nothing says from which code system the code `{text}` is"
    diagnostics.error("E316", message, span, help="let the table depend on a fact with a `system`")
    return syntax.Literal(None, ANY, span)
