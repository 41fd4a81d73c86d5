"""Texts of cases to the table `cases`: typed columns, and `refused` where a row is not surely read as it is meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from besponsa_pa.backends.batch.quoting import all_of, any_of, identifier, literal
from besponsa_pa.backends.batch.shape import Shape, fields_of, item_of
from besponsa_pa.backends.batch.texts import DECIMAL, Read, Texts, is_plain_text, read_from_text, without_braces
from besponsa_pa.backends.sql.columns import column_name, evidence_column, judgment_column
from besponsa_pa.facts import REQUEST_DATE, Grade
from besponsa_pa.types import Simple, Type

WHY = "a row that is not written in the simplest way"
SQL_TYPES = {"Boolean": "BOOLEAN", "Integer": "BIGINT", "Decimal": DECIMAL}


def cases_from_texts(shape: Shape, texts: Texts) -> str:
    """The table `cases`, with `$raw` and `$file`, as a query over a relation of texts."""
    given = {name: kind for name, kind in shape.facts.items() if name in texts.facts}
    reads = {name: _read(kind, identifier(name), texts.fields.get(name)) for name, kind in given.items()}
    columns = ['"$raw"', '"$file"', '"$case" AS case_id', "refused"]
    for name, kind in shape.facts.items():
        made = reads[name].columns if name in reads else _absent(kind)
        columns += [f"{value} AS {identifier(column_name(name) + ending)}" for ending, value in made.items()]
    columns += _statements(shape)
    why = f"CASE WHEN {all_of(_conditions(shape, reads))} THEN NULL ELSE {literal(WHY)} END"
    return f"SELECT {', '.join(columns)} FROM (SELECT *, {why} AS refused FROM ({texts.query}))"


def _statements(shape: Shape) -> Iterator[str]:
    """The columns of evidence and of judgments."""
    for name in shape.documented:
        yield f"{identifier(f'$evidence {name}')} AS {identifier(evidence_column(name))}"
    for name in shape.judgments:
        yield f"({identifier(f'$judgment {name}')} = 'true') AS {identifier(judgment_column(name))}"


def _conditions(shape: Shape, reads: Mapping[str, Read]) -> Iterator[str]:
    """What makes it sure that a row is read as it is meant."""
    yield '"$known"'
    yield f'"$case" IS NULL OR ({is_plain_text(identifier("$case"))})'
    yield f'coalesce("$policy", {literal(shape.policy)}) = {literal(shape.policy)}'
    yield from (f"{identifier(name)} IS NULL OR ({read.is_sure})" for name, read in reads.items())
    grades = ", ".join(literal(grade.value) for grade in Grade)
    evidence = [identifier(f"$evidence {name}") for name in shape.documented]
    yield from (f"{each} IS NULL OR {each} IN ({grades})" for each in evidence)
    judgments = [identifier(f"$judgment {name}") for name in shape.judgments]
    yield from (f"{each} IS NULL OR {each} IN ('true', 'false')" for each in judgments)
    if shape.first is not None or shape.last is not None:
        # another version of the policy may be in force
        date = identifier(REQUEST_DATE) if REQUEST_DATE in reads else "NULL::VARCHAR"
        yield f"coalesce(strlen({date}) = 10, FALSE)"
        yield f"{date} >= {literal(shape.first)}" if shape.first is not None else "TRUE"
        yield f"{date} <= {literal(shape.last)}" if shape.last is not None else "TRUE"


# --- facts ---


def _read(kind: Type, text: str, given: frozenset[str] | None) -> Read:
    """How a fact is read; one of a type that no column holds has no column, and is sure only where it is not stated."""
    if isinstance(kind, Simple):
        read = read_from_text(kind, text)
        return Read(read.is_sure, {"": _where_sure(text)}) if kind.name == "Date" else read
    item, fields = item_of(kind), fields_of(kind)
    if item is not None:
        return _list(text, read_from_text(item, "e"))
    return Read("FALSE") if fields is None else _entries(text, fields, frozenset(fields) if given is None else given)


def _list(text: str, item: Read) -> Read:
    if set(item.columns) != {""}:
        return Read("FALSE")
    value = item.columns[""]
    values = text if value == "e" else f"list_transform({text}, lambda e: {value})"
    return Read(_each(text, ["e IS NOT NULL", item.is_sure]), {"": _where_sure(values)})


def _entries(text: str, fields: Mapping[str, Simple], given: frozenset[str]) -> Read:
    """A list of entries with fields. One of which nothing is known may be no entry at all.

    Fields that are not given are NULL and have their columns already.
    """
    reads = {name: read_from_text(kind, _field(name, kind)) for name, kind in fields.items() if name in given}
    made: dict[str, str] = {}
    for name, kind in fields.items():
        columns = (
            reads[name].columns if name in reads else {each: f"e.{identifier(name + each)}" for each in _absent(kind)}
        )
        made |= {name + ending: value for ending, value in columns.items()}
    there = any_of(f"e.{identifier(name)} IS NOT NULL" for name in reads)
    sure = (f"e.{identifier(name)} IS NULL OR ({read.is_sure})" for name, read in reads.items())
    is_plain = all(value == f"e.{identifier(name)}" for name, value in made.items())
    packed = ", ".join(f"{identifier(name)} := {value}" for name, value in made.items())
    values = text if is_plain else f"list_transform({text}, lambda e: struct_pack({packed}))"
    return Read(_each(text, [there, *sure]), {"": _where_sure(values)})


def _where_sure(value: str) -> str:
    """A value where its row is not refused: SQL computes with such rows too, and no calendar has some dates."""
    return f"CASE WHEN refused IS NULL THEN {value} END"


def _absent(kind: Type) -> Mapping[str, str]:
    """The columns of a fact that no row states, by what their names end in."""
    fields = fields_of(kind)
    if fields is not None:
        parts = (
            f"{identifier(name + each)} {_type(value)}"
            for name, of in fields.items()
            for each, value in _absent(of).items()
        )
        return {"": f"NULL::STRUCT({', '.join(parts)})[]"}
    item = item_of(kind)
    if item is not None:
        return {"": f"NULL::{SQL_TYPES.get(item.name, 'VARCHAR')}[]"}
    if not isinstance(kind, Simple):
        return {}
    if kind.name == "Quantity":
        return {"__value": f"NULL::{DECIMAL}", "__unit": "NULL::VARCHAR"}
    system = {"__system": "NULL::VARCHAR"} if kind.name == "Code" and kind.system is None else {}
    return {"": f"NULL::{SQL_TYPES.get(kind.name, 'VARCHAR')}", **system}


def _type(absent: str) -> str:
    return absent.removeprefix("NULL::")


def fields_not_given(fields: Mapping[str, Simple], given: frozenset[str]) -> Mapping[str, str]:
    """The columns of the fields of entries that are not given, with their types."""
    return {
        name + ending: _type(value)
        for name, kind in fields.items()
        if name not in given
        for ending, value in _absent(kind).items()
    }


def _field(name: str, kind: Simple) -> str:
    text = f"e.{identifier(name)}"
    return f"({without_braces(text)})" if kind.name == "Quantity" else text


def _each(text: str, conditions: list[str]) -> str:
    """Whether conditions hold of every entry `e` of a list."""
    return f"len({text}) = 0 OR len(list_filter({text}, lambda e: coalesce({all_of(conditions)}, FALSE))) = len({text})"
