"""Cases as rows of a table, CSV or Parquet: which column says what, and the same relation of texts as from JSON.

A column is called as a fact is, with its dots or with `__` for each; or columns are nested as in a case file. What a
column cannot be is told before any case is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from besponsa_pa.backends.batch.csv_header import Header
from besponsa_pa.backends.batch.json_lines import (
    COMMA_TOO_MANY,
    LENGTH,
    LINE_LIMIT,
    known_keys,
    numbers_are_short,
)
from besponsa_pa.backends.batch.quoting import all_of, any_of, colons, identifier, literal, literals
from besponsa_pa.backends.batch.shape import EVIDENCE_PARTS, JUDGMENT_PARTS, Shape, fields_of, item_of
from besponsa_pa.backends.batch.texts import Texts
from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.records import dataclass
from besponsa_pa.types import ListOf, Simple, Type

WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
TEXTS = ("VARCHAR", "ENUM")
PLACES = 8
PART = re.compile(r"(.*)\.(value|unit|system|code|display|version)")
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnType:
    """The type of a column: its name in SQL, the fields of a struct or the type of a list's entries, decimal places."""

    name: str
    parts: Mapping[str, ColumnType]
    places: int = 0

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Cell:
    """A column, or a field of one, that holds a single value or a list: its name, SQL and type."""

    name: str
    sql: str
    type: ColumnType


def relation_of_csv(path: str, header: Header) -> str:
    """The rows of a CSV file, every cell as its text; what is no row is noted in `reject_errors`.

    Without the notes DuckDB would leave out rows behind a wrong one.
    """
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header.names)
    options = (
        f"columns = {{{columns}}}, header = true, auto_detect = false, nullstr = '', filename = '$file', "
        f"delim = {literal(header.delimiter)}, quote = '\"', escape = '\"', "
        f"ignore_errors = true, store_rejects = true, max_line_size = {LINE_LIMIT}"
    )
    return f"read_csv({literals([path])}, {options})"


def relation_of_parquet(path: str) -> str:
    """The rows of a Parquet file."""
    return f"read_parquet({literals([path])}, filename = '$file')"


def texts_from_table(
    shape: Shape, relation: str, columns: Mapping[str, ColumnType], name: str, diagnostics: Diagnostics
) -> Texts:
    """The relation of the texts of cases. Reports columns that no fact declares, and such as cannot be read."""
    table = _Table(shape, name, diagnostics)
    table.take_all(columns)
    return Texts(f"SELECT {', '.join(table.texts())} FROM {relation}", table.facts())


def line_from_row(shape: Shape, columns: Mapping[str, ColumnType], name: str, diagnostics: Diagnostics) -> str:
    """A row as a case on a line of JSON. Reports columns that no fact declares, and such as cannot be read."""
    table = _Table(shape, name, diagnostics)
    table.take_all(columns)
    return table.line()


def _cells(name: str, sql: str, kind: ColumnType) -> Iterator[Cell]:
    if kind.name != "STRUCT":
        yield Cell(name, sql, kind)
        return
    for field, inner in kind.parts.items():
        yield from _cells(f"{name}.{field}", f"{sql}.{identifier(field)}", inner)


class _Table:
    """The columns of one table as what they say of a case, `$case` and `therapies` alike; each is said once."""

    def __init__(self, shape: Shape, name: str, diagnostics: Diagnostics) -> None:
        self.shape, self.name, self.diagnostics = shape, name, diagnostics
        self.known = dict(_targets(shape))
        self.found: dict[str, Cell] = {}

    def take_all(self, columns: Mapping[str, ColumnType]) -> None:
        """Take the columns, and the fields of nested ones, for what their names say."""
        for column, kind in columns.items():
            for cell in _cells(column, identifier(column), kind):
                self._take(cell)

    def _take(self, cell: Cell) -> None:
        """Take a column for what its name says, or report it."""
        name = cell.name if cell.name in self.known else cell.name.replace("__", ".")
        target = self.known.get(name)
        if target is None:
            self._report_unknown(cell)
        elif target in self.found:
            message = f"the columns `{self.found[target].name}` and `{cell.name}` of `{self.name}` say the same"
            self.diagnostics.error("E803", message, help="leave one of them out")
        elif (wanted := _wanted(self._type_of(target), cell.type)) is not None:
            message = f"the column `{cell.name}` of `{self.name}` holds {cell.type.name}, wanted {wanted}"
            self.diagnostics.error("E802", message, help=_help(cell.type))
        else:
            self.found[target] = cell

    def _type_of(self, target: str) -> Type:
        match = PART.fullmatch(target)
        if target in self.shape.facts:
            return self.shape.facts[target]
        if match is not None and match[1] in self.shape.facts and match[2] == "value":
            return Simple("Decimal")
        if target.startswith("$judgment ") and target.endswith(" met"):
            return Simple("Boolean")
        return Simple("Date") if target.endswith(" date") else Simple("String")

    def _report_unknown(self, cell: Cell) -> None:
        message = f"`{self.name}` has a column `{cell.name}`, and no fact is called so"
        help = did_you_mean(cell.name.replace("__", "."), self.known) or "a column is called as the fact that it holds"
        self.diagnostics.error("E801", message, help=help)

    # --- texts ---

    def texts(self) -> Iterator[str]:
        """The columns of the relation of texts."""
        yield f'{self.line()} AS "$raw"'
        yield '"$file"'
        yield f'CASE WHEN {self._is_known()} THEN TRUE ELSE FALSE END AS "$known"'
        yield f'{self._text("$case")} AS "$case"'
        yield f'{self._text("$policy")} AS "$policy"'
        given = self.facts()
        for name, kind in self.shape.facts.items():
            if name in given:
                yield f"{self._fact(name, kind)} AS {identifier(name)}"
        for name in self.shape.documented:
            yield f"{self._text(f'$evidence {name} kind')} AS {identifier(f'$evidence {name}')}"
        for name in self.shape.judgments:
            yield f"{self._text(f'$judgment {name} met')} AS {identifier(f'$judgment {name}')}"

    def facts(self) -> frozenset[str]:
        """The facts that the table has columns for."""
        return frozenset(name for name in self.shape.facts if self._is_given(name))

    def _text(self, target: str) -> str:
        cell = self.found.get(target)
        return "NULL::VARCHAR" if cell is None else _plain(cell.sql, cell.type)

    def _fact(self, name: str, kind: Type) -> str:
        if isinstance(kind, ListOf):
            return self._list(name, kind)
        if f"{name}.value" in self.found:
            return f"({self._text(f'{name}.value')} || ' ''' || {self._text(f'{name}.unit')} || '''')"
        return self._text(f"{name}.code" if f"{name}.code" in self.found else name)

    def _list(self, name: str, kind: Type) -> str:
        cell, fields = self.found[name], fields_of(kind)
        target = "VARCHAR[]"
        if cell.type.name in TEXTS:
            leaf = [dict.fromkeys(fields, "VARCHAR") if fields else "VARCHAR"]
            return f"TRY(json_transform({cell.sql}, {literal(json.dumps(leaf))}))"
        if not fields:
            return f"{cell.sql}::{target}"
        given = cell.type.parts["entry"].parts
        absent = dict.fromkeys(fields, "NULL::VARCHAR")
        stated = {each: _plain(f"e.{identifier(each)}", kind) for each, kind in given.items()}
        packed = ", ".join(f"{identifier(each)} := {text}" for each, text in (absent | stated).items())
        return f"list_transform({cell.sql}, lambda e: CASE WHEN e IS NOT NULL THEN struct_pack({packed}) END)"

    # --- what is sure ---

    def _is_known(self) -> str:
        conditions: list[str] = []
        for target, cell in self.found.items():
            kind = self.shape.facts.get(target)
            if isinstance(kind, ListOf) and cell.type.name in TEXTS:
                conditions.append(f"{cell.sql} IS NULL OR ({self._list_is_known(target, cell.sql, kind)})")
            elif _is_extra(target, self.shape):
                conditions.append(f"{cell.sql} IS NULL")
            elif target.endswith(".system"):
                conditions.append(f"{cell.sql} IS NULL OR {cell.sql} = {literal(self._system_of(target))}")
        return all_of(conditions)

    def _system_of(self, target: str) -> str:
        kind = self.shape.facts[target.removesuffix(".system")]
        return (kind.system or "") if isinstance(kind, Simple) else ""

    def _list_is_known(self, name: str, text: str, kind: Type) -> str:
        """Whether a list as JSON holds nothing but what was read of it."""
        conditions = [
            f"starts_with({text}, '[') AND strlen({text}) <= {LENGTH} AND {self._list(name, kind)} IS NOT NULL",
            f"NOT regexp_matches({text}, {literal(COMMA_TOO_MANY)})",
            numbers_are_short(text),
        ]
        fields = fields_of(kind)
        if fields is not None:
            conditions.append(f"{colons(text)} = {known_keys(text, '$[*]', self._list(name, kind), fields)}")
        return all_of(conditions)

    # --- the row for the interpreter ---

    def line(self) -> str:
        """The row as JSON, facts written flat."""
        pairs = {"case": _quoted(self._text("$case")), "policy": _quoted(self._text("$policy"))}
        pairs |= {name: self._raw_fact(name, kind) for name, kind in self.shape.facts.items() if self._is_given(name)}
        for key, names, parts in (
            ("evidence", self.shape.facts, EVIDENCE_PARTS),
            ("judgments", self.shape.judgments, JUDGMENT_PARTS),
        ):
            kept = {name: raw for name in names if (raw := self._raw_entry(f"${key.rstrip('s')}", name, parts))}
            if kept:
                pairs[key] = _object(kept)
        return _object(pairs)

    def _is_given(self, name: str) -> bool:
        return name in self.found or any(f"{name}.{part}" in self.found for part in ("value", "code"))

    def _raw_fact(self, name: str, kind: Type) -> str:
        cell = self.found.get(name)
        if cell is None:
            parts = [
                part
                for part in ("value", "unit", "system", "code", "display", "version")
                if f"{name}.{part}" in self.found
            ]
            return _some(
                _object({part: _quoted(self._text(f"{name}.{part}")) for part in parts}),
                [self._text(f"{name}.{part}") for part in parts],
            )
        if f"{name}.system" in self.found:
            texts = {"code": self._text(name), "system": self._text(f"{name}.system")}
            return _some(_object({part: _quoted(text) for part, text in texts.items()}), [texts["code"]])
        if isinstance(kind, ListOf) and cell.type.name in TEXTS:
            return f"CASE WHEN {_is_json(cell.sql)} THEN {cell.sql} ELSE {_quoted(cell.sql)} END"
        return f"to_json({self._list(name, kind)})::VARCHAR" if isinstance(kind, ListOf) else _quoted(self._text(name))

    def _raw_entry(self, key: str, name: str, parts: Iterable[str]) -> str | None:
        texts = {part: self._text(f"{key} {name} {part}") for part in parts if f"{key} {name} {part}" in self.found}
        said = _object({part: _quoted(text) for part, text in texts.items()})
        return _some(said, texts.values()) if texts else None


def _plain(sql: str, kind: ColumnType) -> str:
    """The text of a value; a number without the zeros that its type puts at its end."""
    text = f"{sql}::VARCHAR"
    return f"rtrim(rtrim({text}, '0'), '.')" if kind.name == "DECIMAL" and kind.places else text


def _some(made: str, texts: Iterable[str]) -> str:
    """A value where any of some texts is there, else NULL."""
    return f"CASE WHEN {any_of(f'{each} IS NOT NULL' for each in texts)} THEN {made} END"


def _object(pairs: Mapping[str, str]) -> str:
    """An object of JSON, its values as they are written, without those that are NULL."""
    written = (f"{literal(f'{json.dumps(key)}:')} || {value}" for key, value in pairs.items())
    return f"('{{' || concat_ws(',', {', '.join(written)}) || '}}')"


def _quoted(text: str) -> str:
    """A text as JSON; NULL where it is NULL."""
    return f"json_quote({text})::VARCHAR"


def _is_json(text: str) -> str:
    """Whether a text is one value of JSON, as strictly as other readers take it: without a comma too many."""
    bare = rf"""regexp_replace({text}, '"(?:[^"\\]|\\.)*"', '', 'g')"""
    return f"json_valid({text}) AND NOT regexp_matches({bare}, {literal(COMMA_TOO_MANY)})"


def _is_extra(target: str, shape: Shape) -> bool:
    """Whether a column says what no statement reads, so that a row with it is read by the interpreter."""
    if target.startswith(("$evidence ", "$judgment ")):
        key, name, part = target.split(" ", 1)[0], *target.split(" ", 1)[1].rsplit(" ", 1)
        return part not in ("kind", "met") or (key == "$evidence" and name not in shape.documented)
    return target.endswith((".display", ".version"))


def _targets(shape: Shape) -> Iterator[tuple[str, str]]:
    """What columns may be called, with what they then say."""
    yield from (("case", "$case"), ("case_id", "$case"), ("policy", "$policy"))
    for name, kind in shape.facts.items():
        yield name, name
        if isinstance(kind, Simple) and kind.name in ("Quantity", "Code"):
            parts = ("value", "unit") if kind.name == "Quantity" else ("code", "system", "display", "version")
            yield from ((f"{name}.{part}", f"{name}.{part}") for part in parts)
        yield f"{name}.evidence", f"$evidence {name} kind"
        yield f"evidence.{name}", f"$evidence {name} kind"
        yield from ((f"evidence.{name}.{part}", f"$evidence {name} {part}") for part in EVIDENCE_PARTS)
    for name in shape.judgments:
        yield f"judgments.{name}", f"$judgment {name} met"
        yield "judgments." + re.sub(r"\W", "_", name), f"$judgment {name} met"
        yield from ((f"judgments.{name}.{part}", f"$judgment {name} {part}") for part in JUDGMENT_PARTS)


# --- types ---


def _wanted(kind: Type, found: ColumnType) -> str | None:
    """What a column must hold for a fact of a type, in words; None where it holds that."""
    if found.name in (*TEXTS, "NULL", '"NULL"'):
        return None
    match kind:
        case ListOf(_):
            return _wanted_list(kind, found)
        case Simple("Boolean"):
            return None if found.name == "BOOLEAN" else "BOOLEAN or VARCHAR"
        case Simple("Date"):
            return None if found.name == "DATE" else "DATE, or VARCHAR such as 2024-02-29"
        case Simple("Time"):
            return None if found.name == "TIME" else "TIME, or VARCHAR such as 14:30"
        case Simple("Decimal"):
            return None if _is_exact(found) else f"a whole number, DECIMAL with at most {PLACES} places, or VARCHAR"
        case Simple("Integer" | "String" | "Code"):
            return None if found.name in WHOLE else "a whole number or VARCHAR"
        case _:
            return "VARCHAR"


def _wanted_list(kind: Type, found: ColumnType) -> str | None:
    fields, item = fields_of(kind), item_of(kind)
    entry = found.parts.get("entry")
    if found.name != "LIST" or entry is None or (fields is None and item is None):
        return "a list, or VARCHAR with its JSON"
    if item is not None:
        inside = _wanted(item, entry)
        return None if inside is None else f"a list of {inside}"
    assert fields is not None
    if entry.name != "STRUCT":
        return f"a list of structs with the fields {', '.join(fields)}"
    for name, each in entry.parts.items():
        if name not in fields:
            return f"no field `{name}`, for the fields are {', '.join(fields)}"
        inside = _wanted(fields[name], each)
        if inside is not None:
            return f"the field `{name}` as {inside}"
    return None


def _is_exact(found: ColumnType) -> bool:
    return found.name in WHOLE or (found.name == "DECIMAL" and found.places <= PLACES)


def _help(found: ColumnType) -> str:
    if found.name in ("DOUBLE", "FLOAT"):
        return "a binary fraction is seldom the number that was written: write the column as DECIMAL"
    if found.name.startswith("TIMESTAMP"):
        return "cast it to DATE, or write it as text"
    return ""
