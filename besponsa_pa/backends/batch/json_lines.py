"""Cases of which each stands on a line as JSON: a relation of their texts, and whether nothing else is in them.

DuckDB's reader of JSON takes the first of two equal keys, passes over keys that nobody asked for, takes a comma too
many, and reads numbers as binary fractions. So the keys that were found are held against the colons of the line. There
are as many, unless something unknown is there, or a null, or a colon in a text. Nulls are looked for in such rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from besponsa_pa.backends.batch.quoting import (
    all_of,
    any_of,
    colons,
    count_of,
    identifier,
    literal,
    literals,
    path,
)
from besponsa_pa.backends.batch.reading import fields_not_given
from besponsa_pa.backends.batch.sample import EACH, Seen
from besponsa_pa.backends.batch.shape import EVIDENCE_PARTS, JUDGMENT_PARTS, Shape, fields_of, groups_of, item_of
from besponsa_pa.backends.batch.texts import Texts, is_date, is_plain_text, without_braces
from besponsa_pa.facts import Grade
from besponsa_pa.types import Simple, Type

LINE_LIMIT = 1_000_000
# what would part cells: no text has these signs in a row
NEVER = "\x01\x02\x03\x04"
# a longer line may hold more values than a case may have
LENGTH = 100_000
COMMA_TOO_MANY = r",\s*[}\]]"
LONG_FRACTION = r"\.[0-9]{9}"
LONG_NUMBER = rf"{LONG_FRACTION}|[0-9][eE]-"
KEYS = ("case", "policy", "evidence", "judgments")
# what is said of facts and judgments: its key, what it must say, all that it may say
STATEMENTS = (
    ("evidence", f"kind IN ({', '.join(literal(grade.value) for grade in Grade)})", EVIDENCE_PARTS),
    ("judgments", "met IN ('true', 'false')", JUDGMENT_PARTS),
)
Tree = dict[str, object]


def lines_of(paths: Sequence[str], *, keeps_rejects: bool = False) -> str:
    """The lines of files as a relation of `l`; what is no line of text, or too long, is noted in `reject_errors`."""
    options = (
        f"columns = {{'l': 'VARCHAR'}}, delim = '{NEVER}', quote = '', escape = '', header = false, "
        # strictly, all lines would have to end alike
        f"strict_mode = false, auto_detect = false, ignore_errors = true, max_line_size = {LINE_LIMIT}, filename = true"
    )
    return f"read_csv({literals(paths)}, {options}{', store_rejects = true' if keeps_rejects else ''})"


def sampled_lines(path: str, rows: int) -> str:
    """A query for the first lines of a file."""
    return f"SELECT l FROM {lines_of([path])} WHERE strlen(l) <= {LENGTH} LIMIT {rows}"


def first_line(path: str) -> str:
    """A query for the first line of a file, byte by byte as in Latin-1: one that is no UTF-8 is not passed over."""
    return f"SELECT l FROM {lines_of([path]).removesuffix(')')}, encoding = 'latin-1') LIMIT 1"


def texts_from_lines(shape: Shape, paths: Sequence[str], seen: Seen) -> Texts:
    """The relation of the texts of cases, read as far as a sample of the lines has shown what is in them."""
    lines = Lines(shape, seen)
    fields = {name: lines.given(name, fields) for name, fields in lines.lists_of_entries()}
    return Texts(lines.relation(paths), frozenset(lines.places), fields)


class Lines:
    """How the lines of one policy's cases are read. A fact may be written flat, dots and all, as one key."""

    def __init__(self, shape: Shape, seen: Seen) -> None:
        self.shape, self.seen = shape, seen
        named = {name: max(((name,), tuple(name.split("."))), key=seen.times) for name in shape.facts}
        self.places = {name: place for name, place in named.items() if seen.has(place)}
        self.groups = groups_of([".".join(place) for name, place in self.places.items() if place != (name,)])
        self.keys = [key for key in KEYS if seen.has((key,))]
        self.statements = [each for each in STATEMENTS if each[0] in self.keys]

    def relation(self, paths: Sequence[str]) -> str:
        """The query, in steps, for each step reads what the one before has made."""
        blank = r"regexp_full_match(l, '\s*')"
        lines = (
            f"SELECT l, filename FROM {lines_of(paths, keeps_rejects=True)} WHERE starts_with(l, '{{') OR NOT {blank}"
        )
        parsed = f"SELECT *, TRY(json_transform(l, {literal(self._structure())})) AS c FROM ({lines})"
        inner = f"SELECT {', '.join(['*', *self._statements()])} FROM ({parsed})"
        counted = f"SELECT *, {colons('l')} AS colons, {self.count()} AS found FROM ({inner})"
        columns = ['l AS "$raw"', 'filename AS "$file"', *self.columns(self._is_known(), self._text)]
        return f"SELECT {', '.join(columns)} FROM ({counted})"

    def columns(self, known: str, text: Callable[[str], str]) -> Iterator[str]:
        """The columns of the relation of texts, but for the row itself and its file; `text` says that of a fact."""
        yield f'CASE WHEN {known} THEN TRUE ELSE FALSE END AS "$known"'
        for key in ("case", "policy"):
            yield f"{f'c.{identifier(key)}' if key in self.keys else 'NULL::VARCHAR'} AS {identifier(f'${key}')}"
        yield from (f"{text(name)} AS {identifier(name)}" for name in self.places)
        stated = {key for key, _, _ in self.statements}
        for name in self.shape.documented:
            kind_of = f"evidence[{literal(name)}].kind" if "evidence" in stated else "NULL::VARCHAR"
            yield f"{kind_of} AS {identifier(f'$evidence {name}')}"
        for name in self.shape.judgments:
            met = f"judgments[{literal(name)}].met" if "judgments" in stated else "NULL::VARCHAR"
            yield f"{met} AS {identifier(f'$judgment {name}')}"

    def _text(self, name: str) -> str:
        place = self.place(name)
        return without_braces(place) if is_quantity(self.shape.facts[name]) else place

    def place(self, name: str) -> str:
        """The value of a fact in what was read of a line."""
        return "c." + ".".join(map(identifier, self.places[name]))

    # --- what is read of a line ---

    def _structure(self) -> str:
        return json.dumps(self.tree())

    def tree(self) -> Tree:
        """The keys that are read, with the types of their values as DuckDB has them."""
        # an object without keys would be read as none at all
        tree: Tree = dict.fromkeys(self.keys or KEYS[:1], "VARCHAR")
        for name, place in self.places.items():
            inside = tree
            *groups, last = place
            for group in groups:
                found = inside.setdefault(group, {})
                assert isinstance(found, dict)
                inside = found
            inside[last] = self._leaf(name)
        return tree

    def _leaf(self, name: str) -> object:
        fields = fields_of(self.shape.facts[name])
        if fields is None:
            return "VARCHAR" if item_of(self.shape.facts[name]) is None else ["VARCHAR"]
        given = self.given(name, fields)
        named = [field for field in fields if field in given]
        return [{**dict.fromkeys(named, "VARCHAR"), **fields_not_given(fields, given)}]

    def _statements(self) -> Iterator[str]:
        """Evidence and answers, which most cases have none of."""
        for key, _, parts in self.statements:
            fields = ", ".join(f"{identifier(part)} VARCHAR" for part in parts)
            structure = json.dumps(f"MAP(VARCHAR, STRUCT({fields}))")
            read = f"TRY(json_transform(c.{key}, {literal(structure)}))"
            yield f"CASE WHEN starts_with(c.{key}, '{{') THEN {read} END AS {key}"

    def _statements_are_known(self) -> Iterator[str]:
        """Whether every fact and judgment that something is said of is one, and what is said is surely read."""
        for key, main, parts in self.statements:
            sure = self.entries_are_sure(key, main, parts)
            checked = (
                f"CASE WHEN {key} IS NOT NULL AND {colons(f'c.{key}')} = {_keys_in_statements(key, parts)} AND {sure}"
            )
            yield f"CASE WHEN c.{key} IS NULL THEN TRUE ELSE {checked} THEN TRUE ELSE FALSE END END"

    def entries_are_sure(self, key: str, main: str, parts: Sequence[str]) -> str:
        """Whether all that something is said of is a fact or a judgment, and what is said is surely read."""
        names = self.shape.facts if key == "evidence" else self.shape.judgments
        sure = all_of([f"list_contains({literals(names)}, e.key)", *_statement_is_sure(main, parts)])
        entries = f"map_entries({key})"
        return f"len(list_filter({entries}, lambda e: {sure})) = len({entries})"

    # --- whether that is all there is ---

    def _is_known(self) -> str:
        counted = "colons = found"
        if self.seen.nulls:
            counted += f" OR CASE WHEN colons > found THEN colons = {self._count_with_nulls()} END"
        conditions = [
            f"c IS NOT NULL AND starts_with(l, '{{') AND strlen(l) <= {LENGTH}",
            counted,
            f"NOT regexp_matches(l, {literal(COMMA_TOO_MANY)})",
            *self._statements_are_known(),
        ]
        if self.shape.has_decimals:
            conditions.append(numbers_are_short("l"))
        return all_of(conditions)

    def count(self) -> str:
        """The keys that were found with a value, each of which is there once at least."""
        groups = count_of(self._is_there(group) for group in self.groups)
        counts = [self._count_outside_of_lists(), groups]
        counts += [_keys_in_list(self.place(name), self._given(name, each)) for name, each in self.lists_of_entries()]
        return " + ".join(counts)

    def _count_outside_of_lists(self) -> str:
        names = [f"c.{identifier(key)} IS NOT NULL" for key in self.keys]
        names += [f"{self.place(name)} IS NOT NULL" for name in self.places]
        counts = [count_of(names)]
        counts += [_keys_in_statements(key, parts) for key, _, parts in self.statements]
        quantities = (self.place(name) for name in self.places if is_quantity(self.shape.facts[name]))
        return " + ".join([*counts, *map(_keys_in_quantity, quantities)])

    def _is_there(self, group: tuple[str, ...]) -> str:
        inside = (
            name for name, place in self.places.items() if place[: len(group)] == group and len(place) > len(group)
        )
        return any_of(f"{self.place(name)} IS NOT NULL" for name in inside)

    def lists_of_entries(self) -> Iterator[tuple[str, Mapping[str, Simple]]]:
        """The facts that are lists of entries, with the fields that these may have."""
        for name in self.places:
            fields = fields_of(self.shape.facts[name])
            if fields is not None:
                yield name, fields

    def given(self, name: str, fields: Mapping[str, Simple]) -> frozenset[str]:
        """The fields that entries of a list have been seen with."""
        return frozenset(field for field in fields if self.seen.has((*self.places[name], EACH, field)))

    def _given(self, name: str, fields: Mapping[str, Simple]) -> Mapping[str, Simple]:
        given = self.given(name, fields)
        return {field: kind for field, kind in fields.items() if field in given}

    def _count_with_nulls(self) -> str:
        """The known keys, those with null among them: less than the colons where there is any other."""
        places = [
            place for place in (*((key,) for key in self.keys), *self.places.values()) if place in self.seen.nulls
        ]
        counts = [self._count_outside_of_lists(), _count_of_kinds(places, ("NULL",))]
        # a group may hold nothing but nulls
        counts.append(_count_of_kinds(self.groups, ("NULL", "OBJECT")))
        for name, declared in self.lists_of_entries():
            place, fields = self.places[name], self._given(name, declared)
            if any((*place, EACH, field) in self.seen.nulls for field in fields):
                keys = known_keys("l", path(place) + "[*]", self.place(name), fields)
                counts.append(f"CASE WHEN {self.place(name)} IS NULL THEN 0 ELSE {keys} END")
            else:
                counts.append(_keys_in_list(self.place(name), fields))
        return " + ".join(counts)


def _count_of_kinds(places: Sequence[tuple[str, ...]], kinds: Sequence[str]) -> str:
    """At how many places of a line something of some kinds stands."""
    if not places:
        return "0"
    found = f"json_type(l, {literals(map(path, places))})"
    return f"len(list_filter({found}, lambda k: k IN ({', '.join(map(literal, kinds))})))"


# --- evidence and judgments ---


def _statement_is_sure(main: str, parts: Sequence[str]) -> Iterator[str]:
    yield f"coalesce(e.value.{main}, FALSE)"
    for part in parts[1:]:
        text = f"e.value.{identifier(part)}"
        yield f"{text} IS NULL OR ({is_date(text) if part == 'date' else is_plain_text(text)})"


def _keys_in_statements(key: str, parts: Sequence[str]) -> str:
    """The keys of what was found of evidence or answers."""
    inside = count_of(f"e.value.{identifier(part)} IS NOT NULL" for part in parts)
    keys = f"coalesce(list_sum(list_transform(map_entries({key}), lambda e: 1 + {inside})), 0)"
    return f"(CASE WHEN {key} IS NULL THEN 0 ELSE {keys} END)"


# --- facts ---


def is_quantity(kind: Type | None) -> bool:
    """Whether values of a type are numbers with a unit."""
    return isinstance(kind, Simple) and kind.name == "Quantity"


def _keys_in_quantity(text: str) -> str:
    return f"(CASE WHEN starts_with({text}, '{{') THEN 2 ELSE 0 END)"


def _keys_in_list(place: str, fields: Mapping[str, Simple]) -> str:
    """The keys with a value in the entries of a list."""
    if not fields:
        return "0"
    counts = [count_of(f"e.{identifier(name)} IS NOT NULL" for name in fields), *_keys_in_entry(fields)]
    return f"coalesce(list_sum(list_transform({place}, lambda e: {' + '.join(counts)})), 0)"


def _keys_in_entry(fields: Mapping[str, Simple]) -> list[str]:
    return [_keys_in_quantity(f"e.{identifier(name)}") for name, kind in fields.items() if is_quantity(kind)]


def known_keys(text: str, places: str, read: str, fields: Mapping[str, Simple]) -> str:
    """The keys in the entries of a list, at some places of a JSON text; -1 where one is not known or occurs twice.

    `read` is the list as it was read.
    """
    keys = f"json_keys({text}, {literal(places)})"
    known = count_of(f"list_contains(k, {literal(name)})" for name in fields)
    wrong = f"len(list_filter({keys}, lambda k: len(k) <> {known})) > 0"
    inside = [f"coalesce(list_sum(list_transform({keys}, lambda k: len(k))), 0)"]
    inside += [f"coalesce(list_sum(list_transform({read}, lambda e: {each})), 0)" for each in _keys_in_entry(fields)]
    return f"(CASE WHEN {wrong} THEN -1 ELSE {' + '.join(inside)} END)"


def numbers_are_short(text: str) -> str:
    """Whether no number has so many digits that a binary fraction loses some of them.

    Of those that come out below 10^7, only one with nine digits after its point, or with a negative exponent, has more
    than the 15 digits that a binary fraction keeps. The first conditions are quick ones: few rows come to the last.
    """
    signs = [f"regexp_matches({text}, {literal(LONG_FRACTION)})", f"contains({text}, 'e-')", f"contains({text}, 'E-')"]
    return f"NOT ({any_of(signs)}) OR NOT regexp_matches({text}, {literal(LONG_NUMBER)})"
