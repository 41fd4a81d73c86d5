"""Cases of which each stands on a line as JSON, read by Spark: a relation of texts like the one that DuckDB reads.

Spark takes the last of two equal keys, passes over keys that nobody asked for, stops at the end of the first object,
and reads numbers as binary fractions. So here too the keys that were found are held against the colons of the line.
A key that closes the object is put behind the last of the line: where it is found, all of the line was one object.
A null is made a text that nobody writes, so that its key is found as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from besponsa_pa.backends.batch.json_lines import LENGTH, Lines, is_quantity, numbers_are_short
from besponsa_pa.backends.batch.quoting import all_of, colons, identifier, literal
from besponsa_pa.backends.batch.reading import fields_not_given
from besponsa_pa.backends.batch.sample import EACH, Seen
from besponsa_pa.backends.batch.shape import Shape, fields_of, item_of
from besponsa_pa.backends.batch.texts import Texts, without_braces
from besponsa_pa.backends.sql.spark_from_duckdb import (
    STRICTLY,
    spark_from_duckdb,
    spark_literal,
    spark_name,
    spark_type,
)

END, CORRUPT = "$end", "$corrupt"
# stands for null; no line of JSON can hold it but as `\u0001`, and such lines are not read here
NOTHING = "\x01null"
# Spark reads it as 0, which is another text
MINUS_ZERO = r"[:,\[]\s*-0\s*[,}\]]"
OPTIONS = STRICTLY.replace(")", f", 'columnNameOfCorruptRecord', {spark_literal(CORRUPT)})")


def texts_in_spark(shape: Shape, lines: str, seen: Seen) -> Texts:
    """The texts of cases as a query in Spark's SQL, over a relation of `l` and `file`."""
    reading = _Reading(Lines(shape, seen))
    fields = {name: reading.lines.given(name, fields) for name, fields in reading.lines.lists_of_entries()}
    return Texts(reading.relation(lines), frozenset(reading.lines.places), fields)


class _Reading:
    """How Spark reads the lines of one policy's cases."""

    def __init__(self, lines: Lines) -> None:
        self.lines, self.seen, self.facts = lines, lines.seen, lines.shape.facts

    def relation(self, lines: str) -> str:
        """The query, in steps, for each step reads what the one before has made."""
        prepared = f"SELECT *, {self._prepared()} AS p FROM {lines}"
        parsed = f"SELECT *, from_json(p, {spark_literal(self._schema())}, {OPTIONS}) AS c FROM prepared"
        stated = (f"c.{identifier(key)} AS {key}" for key, _, _ in self.lines.statements)
        inner = f"SELECT {', '.join(['*', *stated])} FROM parsed"
        counted = f"SELECT *, {colons('p')} AS colons, {self.lines.count()} + 1 AS found FROM inner_texts"
        columns = ['l AS "$raw"', 'file AS "$file"', *self.lines.columns(self._is_known(), self._text)]
        texts = f"SELECT {', '.join(columns)} FROM counted"
        return (
            f"WITH prepared AS ({prepared}), parsed AS ({parsed}), inner_texts AS ({spark_from_duckdb(inner)}), "
            f"counted AS ({spark_from_duckdb(counted)}) {spark_from_duckdb(texts)}"
        )

    def _is_known(self) -> str:
        """Whether nothing is in the line but what was read of it."""
        conditions = [
            f"starts_with(l, '{{') AND strlen(l) <= {LENGTH} AND is_valid_utf8(l)",
            f"c.{identifier(CORRUPT)} IS NULL AND c.{identifier(END)} = '.'",
            "colons = found",
            r"NOT contains(l, '\u')",
            f"NOT contains(l, '-0') OR NOT regexp_matches(l, {literal(MINUS_ZERO)})",
        ]
        for key, main, parts in self.lines.statements:
            conditions.append(f"{key} IS NULL OR {self.lines.entries_are_sure(key, main, parts)}")
        if self.lines.shape.has_decimals:
            conditions.append(numbers_are_short("l"))
        return all_of(conditions)

    # --- what is read of a line ---

    def _prepared(self) -> str:
        """The line with the closing key, and with texts for nulls where there are any."""
        bare = "rtrim(' \\t\\r', l)"
        closed = f"""concat(substring({bare}, 1, char_length({bare}) - 1), ',"{END}":"."', right({bare}, 1))"""
        return f"CASE WHEN contains(l, 'null') THEN {self._without_nulls(closed)} ELSE {closed} END"

    def _without_nulls(self, text: str) -> str:
        nothing = f'"{NOTHING}"'
        for name, first in self._lists_with_null().items():
            key = json.dumps(self.lines.places[name][-1], ensure_ascii=False)
            inside = nothing if first is None else f"{{{json.dumps(first, ensure_ascii=False)}:{nothing}}}"
            text = _replaced(text, rf"{re.escape(key)}\s*:\s*null\b", f"{key}:[{inside}]")
        return _replaced(text, r":\s*null\b", f":{nothing}")

    def _lists_with_null(self) -> Mapping[str, str | None]:
        """The lists that null is written for, each with the first field of its entries, if it has entries."""
        found: dict[str, str | None] = {}
        for name, place in self.lines.places.items():
            fields = fields_of(self.facts[name])
            if place in self.seen.nulls and item_of(self.facts[name]) is not None:
                found[name] = None
            elif place in self.seen.nulls and fields is not None:
                given = self.lines.given(name, fields)
                first = next((field for field in fields if field in given), None)
                found |= {} if first is None else {name: first}
        return found

    def _schema(self) -> str:
        tree: dict[str, object] = {**self.lines.tree(), END: "VARCHAR", CORRUPT: "VARCHAR"}
        for key, _, parts in self.lines.statements:
            inside = ", ".join(f"{spark_name(part)}: STRING" for part in parts)
            tree[key] = f"MAP<STRING, STRUCT<{inside}>>"
        return ", ".join(f"{spark_name(name)} {_type(inside)}" for name, inside in tree.items())

    # --- facts ---

    def _text(self, name: str) -> str:
        """The text of a fact, NULL where null is written."""
        place, fields = self.lines.place(name), fields_of(self.facts[name])
        if name in self._lists_with_null():
            first = self._lists_with_null()[name]
            element = f"{place}[1]" if first is None else f"{place}[1].{identifier(first)}"
            is_null = f"len({place}) = 1 AND {element} = {literal(NOTHING)}"
            return f"CASE WHEN {is_null} THEN NULL ELSE {self._entries(name)} END"
        if fields is not None:
            return self._entries(name)
        if self.lines.places[name] in self.seen.nulls:
            place = _unless_nothing(place)
        return without_braces(place) if is_quantity(self.facts[name]) else place

    def _entries(self, name: str) -> str:
        """A list, its entries with NULL for the fields that null is written for."""
        place, fields = self.lines.place(name), fields_of(self.facts[name]) or {}
        nulls = [field for field in fields if (*self.lines.places[name], EACH, field) in self.seen.nulls]
        if not nulls:
            return place
        given = self.lines.given(name, fields)
        parts = [*(field for field in fields if field in given), *fields_not_given(fields, given)]
        values = {part: f"e.{identifier(part)}" for part in parts}
        values |= {part: _unless_nothing(values[part]) for part in nulls}
        packed = ", ".join(f"{identifier(part)} := {value}" for part, value in values.items())
        return f"list_transform({place}, lambda e: CASE WHEN e IS NOT NULL THEN struct_pack({packed}) END)"


def _unless_nothing(text: str) -> str:
    return f"nullif({text}, {literal(NOTHING)})"


def _replaced(text: str, pattern: str, by: str) -> str:
    # no `$` or backslash of a name may be taken for a part of the match
    said = re.sub(r"([\\$])", r"\\\1", by)
    return f"regexp_replace({text}, {spark_literal(pattern)}, {spark_literal(said)})"


def _type(inside: object) -> str:
    """A type of Spark's for one of the tree that is read of a line."""
    match inside:
        case dict():
            return f"STRUCT<{', '.join(f'{spark_name(name)}: {_type(each)}' for name, each in inside.items())}>"
        case list():
            return f"ARRAY<{_type(inside[0])}>"
        case _:
            return str(inside) if str(inside).startswith("MAP<") else spark_type(str(inside))
