"""Reading YAML and JSON: what the nodes say and where, what is refused, and what is told of mistakes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from besponsa_pa.diagnostic import Diagnostic, Diagnostics
from besponsa_pa.document import (
    SIZE_LIMIT,
    Mapping,
    Node,
    Scalar,
    Sequence,
    load_schema,
    parse_document,
    parse_json,
    parse_yaml,
    read_source,
    source_from_bytes,
    validate,
    yaml_text,
)
from besponsa_pa.document.composing import DEPTH_LIMIT, MESSAGE_LIMIT, NODE_LIMIT
from besponsa_pa.document.yaml_mistakes import Mistake, diagnostic_from_mistake
from besponsa_pa.source import Source

DATA = Path(__file__).parent / "document"
Parse = Callable[[Source, Diagnostics], Node | None]


@pytest.fixture(params=["C parser", "Python parser"])
def yaml_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test with each of the two parsers of PyYAML."""
    if request.param == "Python parser":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    elif not hasattr(yaml, "CSafeLoader"):
        pytest.skip("PyYAML has no C parser here")
    return str(request.param)


def rows(name: str) -> list[dict[str, str]]:
    return list(yaml.safe_load((DATA / name).read_text(encoding="utf-8")))


def named(row: dict[str, str]) -> str:
    return row["name"]


def told(diagnostics: Diagnostics) -> str:
    return "".join(f"{line}\n" for line in map(told_of, diagnostics))


def told_of(found: Diagnostic) -> str:
    place = f"{found.span.line}:{found.span.column} " if found.span else ""
    line = f"{found.code} {place}{found.message} | {found.label} | {found.help}".rstrip(" |").replace("|  |", "| |")
    return line + "".join(f" / {span.line}:{span.column} {text}" for span, text in found.related)


def read(text: str, parse: Parse = parse_yaml, name: str = "policy.yaml") -> Node:
    diagnostics = Diagnostics()
    node = parse(Source(text, name), diagnostics)
    assert node is not None, told(diagnostics)
    assert not diagnostics.items, told(diagnostics)
    return node


def refused(text: str, parse: Parse = parse_yaml, name: str = "policy.yaml") -> str:
    diagnostics = Diagnostics()
    assert parse(Source(text, name), diagnostics) is None
    return told(diagnostics)


def scalars(node: Node) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case Sequence():
            for item in node:
                yield from scalars(item)
        case Mapping():
            for key, value in node.entries:
                yield key
                yield from scalars(value)


def data(node: Node) -> object:
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [data(item) for item in node]
        case Mapping():
            return {key.text: data(value) for key, value in node.entries}


def only(node: Node | None, kind: type[Scalar] = Scalar) -> Scalar:
    assert isinstance(node, kind)
    return node


def value(text: str, key: str = "a") -> Scalar:
    node = read(text)
    assert isinstance(node, Mapping)
    return only(node.get(key))


def written_at(scalar: Scalar) -> list[str]:
    """The characters of the file at the offsets of a scalar."""
    return [scalar.span.source.text[offset] for offset in scalar.excerpt.offsets[:-1]]


# --- mistakes, as tables ---


@pytest.mark.parametrize("row", rows("yaml_mistakes.yaml"), ids=named)
@pytest.mark.usefixtures("yaml_parser")
def test_a_mistake_in_yaml_is_told_in_the_words_of_the_writer_by_both_parsers(row: dict[str, str]) -> None:
    diagnostics = Diagnostics()
    parse_yaml(Source(row["text"], "policy.yaml"), diagnostics)
    assert told(diagnostics) == row["told"]


@pytest.mark.parametrize("row", rows("json_mistakes.yaml"), ids=named)
def test_a_mistake_in_json_is_told_in_the_words_of_the_writer(row: dict[str, str]) -> None:
    diagnostics = Diagnostics()
    parse_json(Source(row["text"], "case.json"), diagnostics)
    assert told(diagnostics) == row["told"]


@pytest.mark.parametrize("row", rows("schema_mistakes.yaml"), ids=named)
def test_what_does_not_fit_a_schema_is_told_once_a_place(row: dict[str, str]) -> None:
    schema = yaml.safe_load((DATA / "policy_like.schema.yaml").read_text(encoding="utf-8"))
    diagnostics = Diagnostics()
    assert not validate(read(row["text"]), schema, diagnostics, "policy")
    assert told(diagnostics) == row["told"]


def test_no_message_of_a_mistake_uses_the_words_of_programmers() -> None:
    names = ("yaml_mistakes.yaml", "json_mistakes.yaml", "schema_mistakes.yaml")
    lines = "".join(row["told"] for name in names for row in rows(name)).lower().split()
    assert not {"scalar", "mapping", "sequence", "token", "regex", "node", "schema", "array", "object"} & set(lines)


@pytest.mark.parametrize("problem", ["while doing: something new", "while parsing: did not find expected node content"])
def test_an_error_that_pyyaml_may_learn_is_told_too(problem: str) -> None:
    mistake = Mistake(Source("a: b\n", "policy.yaml"), problem, 3, None, None)
    assert diagnostic_from_mistake(mistake).code == "E116"


# --- what a text reads as ---


@pytest.mark.parametrize(
    "text", ["no", "2025.10", "0123", "1e5", "91857003", "1.10", "1984-02-30", "0x10", "1_000", "1:30"]
)
@pytest.mark.usefixtures("yaml_parser")
def test_a_text_stays_the_text_that_it_is(text: str) -> None:
    assert value(f"a: {text}\n").text == text


@pytest.mark.parametrize(
    ("text", "is_null"), [("", True), ("~", True), ("null", True), ("NULL", True), ("none", False)]
)
def test_null_is_what_is_left_out_or_called_so(text: str, is_null: bool) -> None:
    assert value(f"a: {text}\n").is_null is is_null


@pytest.mark.parametrize("quoted", ["''", '"null"', "'~'", "|-\n  null"])
def test_what_stands_in_quotes_is_never_null(quoted: str) -> None:
    found = value(f"a: {quoted}\n")
    assert found.quoted
    assert not found.is_null


def test_a_mapping_gives_its_values_and_its_keys_with_their_places() -> None:
    node = read("drug: {brand: Besponsa}\ncodes:\n  - C91.00\n  - C91.01\n")
    assert isinstance(node, Mapping)
    assert node.keys() == ("drug", "codes")
    assert len(node) == 2
    assert node.get("codec") is None
    assert node.key("codec") is None
    key, codes = node.key("codes"), node.get("codes")
    assert isinstance(codes, Sequence)
    assert key is not None
    assert (key.span.line, key.span.column) == (2, 1)
    assert [only(code).text for code in codes] == ["C91.00", "C91.01"]
    assert len(codes) == 2


def test_a_span_covers_what_was_written_and_no_more() -> None:
    text = "a: {b: 1}  # comment\nc:\n  - d\n  - e: f\n\n# comment\ng: 'h'\ni: >-\n  j\n  k\n\nl: |\n"
    node = read(text)
    assert isinstance(node, Mapping)

    def written(key: str) -> str:
        found = node.get(key)
        assert found is not None
        return text[found.span.start : found.span.end]

    assert written("a") == "{b: 1}"
    assert written("c") == "- d\n  - e: f"
    assert written("g") == "'h'"
    assert written("i") == "j\n  k"
    assert written("l") == "|"


@pytest.mark.usefixtures("yaml_parser")
def test_a_pair_inside_square_brackets_is_a_mapping_of_its_own() -> None:
    assert data(read("a: [b: 1, {c: 2}, d]\ne: f\n")) == {"a": [{"b": "1"}, {"c": "2"}, "d"], "e": "f"}


def test_the_first_of_two_values_is_kept_when_a_key_occurs_twice() -> None:
    diagnostics = Diagnostics()
    node = parse_yaml(Source("a: 1\nb: 2\na: {c: 3}\n", "policy.yaml"), diagnostics)
    assert node is not None
    assert data(node) == {"a": "1", "b": "2"}
    assert [found.code for found in diagnostics] == ["E123"]


@pytest.mark.parametrize(
    "text", ["a: &x 1\n", "a: *x\n", "a: {<<: b}\n", "a: !x 1\n", "[a]: b\n", "a: {b: c?}\n", "a:{b: c}\n"]
)
@pytest.mark.usefixtures("yaml_parser")
def test_a_file_with_a_part_that_had_to_be_left_out_gives_no_nodes(text: str) -> None:
    assert refused(text)


# --- where each character stands ---


@pytest.mark.parametrize(
    ("text", "reads", "at"),
    [
        ("a: age >= 18\n", "age >= 18", "age >= 18"),
        ("a: age\n  >= 18\n\n  or x\n", "age >= 18\nor x", "age\n>= 18\nor x"),
        ("a: 'it''s'\n", "it's", "it's"),
        ("a: 'b\n\n\n  c'\n", "b\n\nc", "b\n\nc"),
        ('a: "b\\n\\"c\\"\\x41\\u0042\\U00000043d"\n', 'b\n"c"ABCd', "b\\\\c\\\\\\\\d"),
        ('a: "b \\\n   c\\\n\n  d"\n', "b c\nd", "b c\nd"),
        ("a: |\n  if a\n    then b\n", "if a\n  then b\n", "if a\n  then b\n"),
        ("a: |-\n  b\n\n\n  c\n\n", "b\n\n\nc", "b\n\n\nc"),
        ("a: |+\n  b\n\n", "b\n\n", "b\n\n"),
        ("a: |2\n    b\n   c\n", "  b\n c\n", "  b\n c\n"),
        ("a: >-\n  exists\n  (b)\n\n  c\n", "exists (b)\nc", "exists\n(b)\nc"),
        ("a: >2-\n\n     b\n  c\n", "\n   b\nc", "\n   b\nc"),
        ("a: >-  # why\n  b\r\n  c\r\n", "b c", "b\rc"),
        ("a: ''\n", "", ""),
        ("a: >\n\nb: 1\n", "", ""),
    ],
    ids=lambda text: text.strip() or "empty",
)
@pytest.mark.usefixtures("yaml_parser")
def test_each_character_of_a_text_knows_its_place_in_the_file(text: str, reads: str, at: str) -> None:
    found = value(text)
    assert found.text == reads
    assert "".join(written_at(found)) == at
    assert len(found.excerpt.offsets) == len(reads) + 1


def test_the_end_of_a_text_is_right_after_its_last_word() -> None:
    assert [value(text).excerpt.offsets[-1] for text in ("a: bc\n", "a: 'bc' \n", "a: >-\n bc\n\nd: e\n")] == [5, 6, 9]


def test_an_error_inside_a_folded_expression_points_at_its_own_line_and_column() -> None:
    found = value("a: >-\n  age >= 18\n  and cd22 = 'postive'\n")
    start = found.text.index("'postive'")
    place = found.excerpt.span(start, start + len("'postive'"))
    assert (place.line, place.column) == (3, 14)


BLANKS = " \n"
PIECES = st.lists(
    st.sampled_from(["a", "bc", " ", "  ", "\n", "\n\n", "'", '"', "é", "🙂", "(", "=", "\\", ">", ",", ".", "~"]),
    max_size=12,
).map("".join)


def plain_of(text: str) -> str:
    return "a: " + "\n  ".join(text.split("\n"))


def double_of(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("é", "\\xe9").replace("🙂", "\\U0001F642")
    return 'a: "' + "\n  ".join(escaped.split("\n")) + '"'


def single_of(text: str) -> str:
    return "a: '" + "\n  ".join(text.replace("'", "''").split("\n")) + "'"


def block_of(style: str) -> Callable[[str], str]:
    return lambda text: f"a: {style}\n" + "".join(f"  {line}\n" for line in text.split("\n")) + "b: c\n"


@settings(deadline=None)
@given(PIECES, st.sampled_from([plain_of, double_of, single_of, *map(block_of, ["|", ">", "|-", ">+", ">2-", "|2"])]))
def test_what_is_no_blank_and_no_escape_stands_where_its_offset_says(text: str, write: Callable[[str], str]) -> None:
    node = parse_yaml(Source(write(text), "policy.yaml"), Diagnostics())
    for scalar in scalars(node) if node else ():
        assert len(scalar.excerpt.offsets) == len(scalar.text) + 1
        for character, written in zip(scalar.text, written_at(scalar), strict=True):
            assert character in BLANKS or written in {character, "\\"}


@settings(deadline=None)
@given(PIECES, st.sampled_from([double_of, single_of]))
def test_the_offsets_of_a_quoted_text_never_go_back(text: str, write: Callable[[str], str]) -> None:
    offsets = list(value(write(text)).excerpt.offsets)
    assert offsets == sorted(set(offsets))


TOKENS = [
    *("a", "b:", "c:", "-", "?", ":", ",", "[", "]", "{", "}", "'", '"', "#", "|", ">", "|-", ">2-", "&x", "*x", "!t"),
    *("%", "@", "~", "<<", "é", "-x", "\\n", "''", "---", "...", "null", " ", "  ", "\n", "\n  ", "\n    ", ": ", "- "),
    *("? ", ", ", " # ", "\r\n", "\\\n", "\t", "\u00a0"),
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=14).map("".join))
@example("|#")
def test_both_parsers_read_the_same_or_both_refuse(text: str) -> None:
    seen = []
    for loader in (yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(yaml, "CSafeLoader", loader, raising=False)
            diagnostics = Diagnostics()
            node = parse_yaml(Source(text, "policy.yaml"), diagnostics)
            assert node is not None or diagnostics.items
            seen.append(data(node) if node else None)
    assert seen[0] == seen[1]


# --- JSON ---

TREES = st.recursive(
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=8),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text("abc.é 🙂", max_size=4), parts, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(TREES, st.booleans(), st.sampled_from([None, 1]))
def test_what_json_writes_is_read_back(tree: object, is_ascii: bool, indent: int | None) -> None:
    text = json.dumps(tree, ensure_ascii=is_ascii, indent=indent)
    node = parse_json(Source(text, "case.json"), Diagnostics())
    assert node is not None
    assert data(node) == tree
    for scalar in scalars(node):
        assert len(scalar.excerpt.offsets) == len(scalar.text) + 1
        assert all(seen in {meant, "\\"} for meant, seen in zip(scalar.text, written_at(scalar), strict=True))


@settings(deadline=None)
@given(st.text('{}[]:,"\\ntrue01.-eE \n/', max_size=20))
def test_only_what_python_takes_for_json_is_read(text: str) -> None:
    diagnostics = Diagnostics()
    node = parse_json(Source(text, "case.json"), diagnostics)
    assert node is not None or diagnostics.items
    try:
        expected = json.loads(text, parse_int=str, parse_float=str, object_pairs_hook=lambda pairs: pairs)
    except ValueError:
        expected = None
    if node is not None:
        assert expected is not None


@pytest.mark.parametrize("number", ["0.1", "1.10", "-0", "1E400", "123456789012345678901234567890", "2.50e-3"])
def test_a_number_of_json_keeps_its_exact_text(number: str) -> None:
    found = only(read(number, parse_json))
    assert found.text == number
    assert not found.quoted


def test_true_and_null_of_json_stand_without_quotes() -> None:
    node = read('{"a": true, "b": null, "c": "null"}', parse_json)
    assert isinstance(node, Mapping)
    assert (only(node.get("a")).text, only(node.get("a")).quoted) == ("true", False)
    assert only(node.get("b")).is_null
    assert not only(node.get("c")).is_null


def test_a_line_of_a_longer_text_is_read_with_its_own_place() -> None:
    source, diagnostics = Source('{"a": 1}\n{"a": x}\n', "cases.ndjson"), Diagnostics()
    first = parse_json(source, diagnostics, 0, 8)
    assert first is not None
    assert data(first) == {"a": "1"}
    assert parse_json(source, diagnostics, 9, 17) is None
    assert told(diagnostics).startswith("E131 2:7")


def test_nothing_is_read_beyond_the_end_that_was_given() -> None:
    diagnostics = Diagnostics()
    assert parse_json(Source('{"a": 1}', "cases.ndjson"), diagnostics, 0, 7) is None
    assert "never closed" in told(diagnostics)


# --- which of the two ---


@pytest.mark.parametrize(
    ("text", "name", "is_json"),
    [
        ("[1, a]", "case.yaml", False),
        ("[1, a]", "case.json", True),
        ('{"a": b}', "CASE.JSON", True),
        ('{"a": b}', "case.yml", False),
        ('{"a": b}', "-", True),
        (' {\n "a": b}', "-", True),
        ("[{a: b}]", "-", True),
        ("{a: b}", "-", False),
        ("[a, b]", "-", False),
        ("a: {b: c}", "-", False),
    ],
)
def test_the_name_tells_the_language_and_else_the_text_does(text: str, name: str, is_json: bool) -> None:
    diagnostics = Diagnostics()
    node = parse_document(Source(text, name), diagnostics)
    assert (node is None) is is_json, told(diagnostics)


def test_data_written_as_yaml_is_read_back_as_the_same_texts() -> None:
    structure = {"a": ["no", "0123", "2025-01-09", "é", "x: y"], "b": {"c": ""}}
    assert data(read(yaml_text(structure))) == structure


# --- hostile files ---

# measuring coverage slows every line down
SLOWNESS = 1 if sys.gettrace() is None else 5

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12)
)
HOSTILE = {
    "an alias bomb": BOMB,
    "1,000 levels": "".join(" " * i + "a:\n" for i in range(1000)),
    "1,000 dashes": "- " * 1000 + "a",
    "100,000 square brackets": "[" * 100_000,
    "100,000 curly brackets": "{a: " * 100_000,
    "100,000 tabs": "\t\n" * 100_000,
    "50,000 tags": "- !x a\n" * 50_000,
    "20,000 keys twice": "a: 1\n" * 40_000,
    "10,000 keys that are lists": "[a]: 1\n" * 10_000,
    "50,000 question marks": "[" + "a?," * 50_000 + "]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.usefixtures("yaml_parser")
def test_a_hostile_yaml_file_is_refused_at_once(text: str) -> None:
    started = time.process_time()
    assert refused(text).count("\n") <= MESSAGE_LIMIT
    assert time.process_time() - started < 2 * SLOWNESS


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 1000, '"' + "a" * 900_000, "[" + "1," * 200_000 + "1]"])
def test_a_hostile_json_file_is_refused_at_once(text: str) -> None:
    started = time.process_time()
    assert refused(text, parse_json).count("\n") == 1
    assert time.process_time() - started < 4 * SLOWNESS


@pytest.mark.usefixtures("yaml_parser")
def test_the_last_level_is_read_and_the_next_refused() -> None:
    assert read("[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT)
    assert "nested more than 100 levels" in refused("[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1))


def test_the_last_value_is_read_and_the_next_refused() -> None:
    assert read("[" + "1," * (NODE_LIMIT - 1) + "]")
    assert "more than 100,000 values" in refused("[" + "1," * NODE_LIMIT + "]")


def test_a_tag_runs_nothing(tmp_path: Path) -> None:
    written = tmp_path / "written"
    refused(f"a: !!python/object/apply:os.system ['touch {written}']\n")
    assert not written.exists()


def test_a_long_word_is_cut_in_its_message() -> None:
    assert len(refused("[" + "0" * 900_000, parse_json)) < 300
    diagnostics = Diagnostics()
    parse_yaml(Source(f"? {'a' * 9000}\n: 1\n? {'a' * 9000}\n: 1\n", "policy.yaml"), diagnostics)
    assert len(told(diagnostics)) < 300


# --- files ---


def test_a_file_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"\xef\xbb\xbftitle: \xc3\xa9\r\n")
    diagnostics = Diagnostics()
    source = read_source(path, diagnostics)
    assert source == Source("title: é\r\n", str(path))
    assert not diagnostics.items


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.yaml", "E101 there is no file `{0}`"),
        (".", "E101 `{0}` is a directory, wanted a file"),
        ("a\0b", "E101 `{1}` cannot be read: embedded null byte"),
        ("x" * 300, "E101 `{0}` cannot be read: file name too long"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, name: str, message: str) -> None:
    diagnostics = Diagnostics()
    assert read_source(tmp_path / name, diagnostics) is None
    path = str(tmp_path / name)
    assert told(diagnostics) == message.format(path, path.replace("\0", "?")) + "\n"


def test_a_file_without_permission_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    diagnostics = Diagnostics()
    assert read_source(Path("policy.yaml"), diagnostics) is None
    assert told(diagnostics) == "E101 `policy.yaml` may not be read | | ask for the permission to read it\n"


def test_a_file_of_5_mb_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"a: 1\n" * 1_000_000)
    diagnostics, started = Diagnostics(), time.process_time()
    assert read_source(path, diagnostics) is None
    assert time.process_time() - started < 1 * SLOWNESS
    assert told(diagnostics) == f"E102 `{path}` is larger than 1 MB | | divide it into several files\n"


@pytest.mark.parametrize(("size", "is_read"), [(SIZE_LIMIT, True), (SIZE_LIMIT + 1, False)])
def test_the_limit_of_size_is_the_last_size_that_is_read(tmp_path: Path, size: int, is_read: bool) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"#" * size)
    assert (read_source(path, Diagnostics()) is not None) is is_read


SAVE = "save the file as UTF-8"
LOOKS = "it looks like Windows-1252 or Latin-1, where the byte there is `é`"
NUL = "is not a text file: it holds a NUL byte on line"
COPY = "copy its text into a file of its own"
NO_TEXT: dict[str, tuple[bytes, str]] = {
    "Latin-1": (b"a: 1\nb: \xe9\n", f"E103 `-` is not UTF-8 text on line 2 | | {LOOKS}; {SAVE}"),
    "no encoding known": (b"a: \x81", f"E103 `-` is not UTF-8 text on line 1 | | {SAVE}"),
    "UTF-16": (b"\xff\xfea\x00", f"E103 `-` is written in UTF-16 or UTF-32, wanted UTF-8 | | {SAVE}"),
    "UTF-16 without a mark": ("a: 1".encode("utf-16-be"), f"E103 `-` {NUL} 1 | | if it is text, {SAVE}"),
    "NUL": (b"a: 1\nb: \x00\n", f"E103 `-` {NUL} 2 | | if it is text, {SAVE}"),
    "bell": (b"a: 1\nb: \x07\n", "E104 `-` holds the control character U+0007 on line 2 | | delete the character"),
    "PDF": (b"%PDF-1.7\n\x00", f"E103 `-` is a PDF, wanted a text file | | {COPY}"),
    "Word": (b"PK\x03\x04\x14\x00", f"E103 `-` is a Word, Excel or zip file, wanted a text file | | {COPY}"),
}


@pytest.mark.parametrize(("data", "message"), NO_TEXT.values(), ids=NO_TEXT)
def test_bytes_that_are_no_text_are_named_in_one_line(data: bytes, message: str) -> None:
    diagnostics = Diagnostics()
    assert source_from_bytes(data, "-", diagnostics) is None
    assert told(diagnostics) == message + "\n"


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_no_bytes_bring_down_the_reading(data: bytes) -> None:
    diagnostics = Diagnostics()
    source = source_from_bytes(data, "-", diagnostics)
    node = parse_document(source, diagnostics) if source else None
    assert node is not None or diagnostics.items


# --- schemas ---


@pytest.mark.parametrize(
    ("kind", "fits", "fits_not"),
    [
        ("string", ["no", "0123", "1e5", "2025.10", "true", "'null'", "''"], ["null", "~", "[a]", "{a: b}"]),
        ("integer", ["3", "-3", "0123"], ["3.0", "1e5", "'3'", "three", "null"]),
        ("number", ["3", "2.50", "1e-3", "+1"], ["'3'", ".5", "1_000", "0x10", "NaN", "null"]),
        ("boolean", ["true", "false"], ["yes", "True", "'true'", "1"]),
        ("null", ["null", "~"], ["'null'", "none"]),
        ("array", ["[]", "[a]"], ["a", "{}"]),
        ("object", ["{}", "{a: b}"], ["[]", "a"]),
    ],
)
def test_a_value_is_of_a_kind_by_how_it_is_written(kind: str, fits: list[str], fits_not: list[str]) -> None:
    schema: dict[str, object] = {"properties": {"a": {"type": kind}}}
    judged = {text: validate(read(f"a: {text}\n"), schema, Diagnostics(), "file") for text in fits + fits_not}
    assert judged == dict.fromkeys(fits, True) | dict.fromkeys(fits_not, False)


@pytest.mark.parametrize(
    ("word", "fits", "fits_not"),
    [
        ("no", ["no", "'no'"], ["No", "false"]),
        (True, ["true"], ["'true'", "yes"]),
        (2, ["2", "2.0"], ["'2'", "20"]),
        (2.5, ["2.5", "2.50"], ["2"]),
        (None, ["~", "null"], ["'null'", "none"]),
    ],
)
def test_a_word_of_an_enum_is_compared_by_its_text(word: object, fits: list[str], fits_not: list[str]) -> None:
    for rule in ({"enum": [word]}, {"const": word}):
        schema: dict[str, object] = {"properties": {"a": rule}}
        judged = {text: validate(read(f"a: {text}\n"), schema, Diagnostics(), "file") for text in fits + fits_not}
        assert judged == dict.fromkeys(fits, True) | dict.fromkeys(fits_not, False)


def test_a_file_that_fits_reports_nothing() -> None:
    schema = yaml.safe_load((DATA / "policy_like.schema.yaml").read_text(encoding="utf-8"))
    text = """
        {policy: besponsa, title: 2025.10, version: no, effective: {from: 2025-01}, imports: [a], count: 9, share: 0.5,
         final: true, kind: policy, rank: ~, codes: {NDC: [[0123]]}, facts: {cd22: {type: String, values: [no]}},
         dose: 40 mg, signed: {by: x, date: 2025}, free: {}, guarantee: deny, lines: [a, 1], outcome: {pathway: x},
         require: {at_least: {count: 2, of: [age, {judgment: x}]}}, cite: [label, {ref: label}]}
    """
    diagnostics = Diagnostics()
    assert validate(read(text), schema, diagnostics, "policy"), told(diagnostics)
    assert not diagnostics.items


def test_a_schema_that_goes_round_in_circles_is_no_crash() -> None:
    schema: dict[str, object] = {"$ref": "#"}
    diagnostics = Diagnostics()
    assert not validate(read("a: 1\n"), schema, diagnostics, "policy")
    assert told(diagnostics) == "E125 the policy is nested too deeply | | give the inner parts a name of their own\n"


def test_a_key_refused_by_a_rule_of_its_own_is_told_without_a_guess() -> None:
    schema: dict[str, object] = {"propertyNames": {"maxLength": 3}, "properties": {"a": {"format": "x"}}}
    diagnostics = Diagnostics()
    validate(read("long: 1\n"), schema, diagnostics, "policy")
    assert told(diagnostics) == "E144 1:1 `long` cannot be a key here | wanted another form\n"


def test_a_reference_to_nowhere_known_leaves_the_known_keys_out() -> None:
    schema: dict[str, object] = {
        "anyOf": [{"$ref": "#/$defs/b"}],
        "unevaluatedProperties": False,
        "$defs": {"b": {"properties": {"c": True}}},
    }
    diagnostics = Diagnostics()
    validate(read("cc: 1\n"), schema, diagnostics, "policy")
    assert told(diagnostics) == "E140 1:1 the policy has no key `cc` | | did you mean `c`?\n"


LACKING = ", ".join(f"`k{i}`" for i in range(20)) + " and 2 more"


@pytest.mark.parametrize(
    ("schema", "text", "message"),
    [
        ({"items": {"type": "array"}}, "[[], a]", "E142 1:6 item 2 is text, wanted a list | | write `[a]`"),
        ({"oneOf": [True, {"required": ["a"]}]}, "a: 1", "E148 1:1 the file does not fit here"),
        ({"oneOf": [{"type": "string"}, {"minLength": 1}]}, "a", "E148 1:1 the file does not fit here"),
        (
            {"required": [f"k{i}" for i in range(22)]},
            "{}",
            "E141 1:1 the file lacks " + LACKING + " | | add each of them",
        ),
    ],
)
def test_what_a_schema_says_in_an_unusual_way_is_told_too(schema: dict[str, object], text: str, message: str) -> None:
    diagnostics = Diagnostics()
    assert not validate(read(text), schema, diagnostics, "file")
    assert told(diagnostics) == message + "\n"


def test_many_mistakes_are_told_only_as_far_as_a_person_reads() -> None:
    text = "".join(f"key_{i}: [a]\n" for i in range(9000))
    schema: dict[str, object] = {"additionalProperties": False, "properties": {"keys": True}}
    diagnostics, started = Diagnostics(), time.process_time()
    assert not validate(read(text), schema, diagnostics, "policy")
    assert len(diagnostics.items) == MESSAGE_LIMIT
    assert time.process_time() - started < 4 * SLOWNESS


@pytest.mark.parametrize("name", ["policy.schema.json", "case.schema.json"])
def test_a_shipped_schema_is_itself_a_schema(name: str) -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(load_schema(name))
    assert load_schema(name) is load_schema(name)


def test_importing_the_package_loads_neither_yaml_nor_jsonschema() -> None:
    code = "import sys, besponsa_pa.document; print({'yaml', 'jsonschema'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
