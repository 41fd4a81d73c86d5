"""Many cases at once: every row is decided as its case is, however it is written, or is rejected with what is wrong."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("numpy")

from commands import Ran, run

from besponsa_pa import api
from besponsa_pa.backends.batch import duckdb_engine
from besponsa_pa.backends.batch.interpreted import answer_from_determination
from besponsa_pa.cli import batch_files
from besponsa_pa.determination.admission import case_from_node
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, Node, Scalar, parse_document, parse_json, read_source
from besponsa_pa.policytest import read_tests
from besponsa_pa.source import Source

QUICK = ("besponsa", "wegovy_carefirst", "ivig_premera", "opioid_ir_fep")
DISEASE = {"diagnosis": "C91.02", "status": "relapsed", "cd22": "positive", "lineage": "b_cell_precursor"}
WHOLE = {
    "case": "A-1",
    "request": {"date": "2026-03-19", "pathway": "initial"},
    "patient": {"birth_date": "1984-03-02"},
    "disease": DISEASE,
    "therapies": [{"drug": "dasatinib", "class": "tyrosine_kinase_inhibitor", "outcome": "failure", "end": None}],
    "liver": {"tests": "normal", "veno_occlusive_disease": False},
    "treatment": {"cycles_completed": 0},
}


def batch(*arguments: object) -> Ran:
    return run("batch", *arguments)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def written(path: Path, *cases: dict[str, Any] | bytes) -> Path:
    made = (case if isinstance(case, bytes) else json.dumps(case).encode() for case in cases)
    path.write_bytes(b"\n".join(made) + b"\n")
    return path


def in_json(node: Node) -> str:
    """A node as JSON, every scalar with the text that it was written with."""
    if isinstance(node, Scalar):
        if not node.quoted and (node.is_null or node.text in ("true", "false")):
            return "null" if node.is_null else node.text
        return node.text if not node.quoted and node.text.isdecimal() and node.text[0] != "0" else json.dumps(node.text)
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{json.dumps(key.text)}: {in_json(value)}" for key, value in node.entries) + "}"
    return "[" + ", ".join(map(in_json, node.items)) + "]"


def decided_alone(text: str, policy: str) -> dict[str, Any] | None:
    """What the interpreter makes of a line, or None for one that is no case."""
    compiled, diagnostics = api.load_policy(policy), Diagnostics()
    node = parse_json(Source(text, "case.json"), diagnostics)
    case = None if node is None else case_from_node(node, compiled, diagnostics)
    return None if case is None else answer_from_determination(api.determine(compiled, case)).row


def comparable(row: dict[str, Any]) -> dict[str, Any]:
    """A row without who decided it, and its grant as data."""
    grant = row["grant_values"]
    kept = {key: value for key, value in row.items() if key not in ("decided_by", "grant_values")}
    return {**kept, "grant": json.loads(grant) if isinstance(grant, str) else grant}


# --- the same as one by one ---


def cases_beside(policy: str) -> Iterator[str]:
    place = Path("policies") / policy / "tests.yaml"
    diagnostics = Diagnostics()
    source = read_source(place, diagnostics)
    assert source is not None
    node = parse_document(source, diagnostics)
    assert node is not None
    for number, test in enumerate(read_tests(node, api.load_policy(place.parent), diagnostics)):
        yield in_json(test.case).replace('"case": "base"', f'"case": "{policy} {number}"')


POLICIES = sorted(each.parent.name for each in Path("policies").glob("*/tests.yaml"))


@pytest.mark.parametrize(
    "policy", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in POLICIES]
)
def test_the_cases_of_a_policys_tests_are_decided_as_one_by_one(policy: str, tmp_path: Path) -> None:
    texts = [text for text in cases_beside(policy) if len(text) < 100_000]
    given = written(tmp_path / "cases.ndjson", *(text.encode() for text in texts))
    place = Path("policies") / policy / "policy.yaml"
    ran = batch(place, given, "-o", tmp_path / "out.ndjson")
    assert ran.code in (0, 1), ran.err
    alone = [row for text in texts if (row := decided_alone(text, str(place))) is not None]
    assert [comparable(row) for row in lines(tmp_path / "out.ndjson")] == [comparable(row) for row in alone]


# before both versions, the first and last days of the older, the first of the newer, and dates that do not tell
DATES = ("2025-06-09", "2025-06-10", "2025-10-02", "2025-10-03", "2026-01", "2025-10", "2025", None)


@pytest.mark.parametrize("engine", ["duckdb", "python"])
def test_the_version_in_force_decides_and_is_named(engine: str, tmp_path: Path) -> None:
    cases = [
        {"case": f"{at}", "request": {} if date is None else {"date": date}, "patient": {"birth_date": "1970-01-01"}}
        for at, date in enumerate(DATES)
    ]
    given = written(tmp_path / "cases.ndjson", *cases)
    ran = batch("ivig_premera", given, "-o", tmp_path / "out.ndjson", "--engine", engine)
    assert "by version 2025-10-03 6, by 2025-06-10 2" in ran.out
    assert "of dates on which the policy is not in force 1" in ran.out
    told = [(each["policy_version"], each["in_force"]) for each in lines(tmp_path / "out.ndjson")]
    older, newer = "2025-06-10", "2025-10-03"
    unknown = (newer, None)
    assert told == [(newer, False), (older, True), (older, True), (newer, True), (newer, True), *[unknown] * 3]
    for case, row in zip(cases, lines(tmp_path / "out.ndjson"), strict=True):
        alone = tmp_path / "case.json"
        alone.write_text(json.dumps(case))
        one = json.loads(run("evaluate", alone, "--policy", "ivig_premera", "--format", "json").out)
        assert (one["policy"]["version"], one["policy"]["in_force"]) == (row["policy_version"], row["in_force"])
        assert (one["decision"], one["reasons"]) == (row["decision"], row["reasons"])


def test_most_rows_are_decided_by_sql(tmp_path: Path) -> None:
    given = written(tmp_path / "cases.ndjson", *(text.encode() for text in cases_beside("besponsa")))
    batch("besponsa", given, "-o", tmp_path / "out.ndjson", "--summary", tmp_path / "summary.json")
    summary = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert summary["decided_by"]["sql"] > 0.6 * summary["cases"]
    assert summary["cases"] == sum(summary["decisions"].values()) == len(lines(tmp_path / "out.ndjson"))


# --- hostile rows ---

HOSTILE = {
    "a misspelt key": b'{"case": "x", "disease": {"cd2": "negative"}}',
    "a misspelt key with null": b'{"case": "x", "disease": {"cd2": null}}',
    "a misspelt key in an entry": b'{"case": "x", "therapies": [{"drug": "a", "clas": null}]}',
    "a key twice": b'{"case": "x", "disease": {"cd22": "negative", "cd22": "positive"}}',
    "a key twice, once null": b'{"case": "x", "disease": {"cd22": "negative", "cd22": null}}',
    "a fact nested and flat": b'{"case": "x", "disease": {"cd22": "negative"}, "disease.cd22": "negative"}',
    "17 digits": b'{"case": "x", "treatment": {"cycles_completed": 1.0000000000000000055}}',
    "a whole number with a point": b'{"case": "x", "treatment": {"cycles_completed": 1.0}}',
    "not a number": b'{"case": "x", "treatment": {"cycles_completed": NaN}}',
    "a blank text": b'{"case": "x", "therapies": [{"drug": " "}]}',
    "a code without its point": b'{"case": "x", "disease": {"diagnosis": "C9102"}}',
    "a value that is none": b'{"case": "x", "disease": {"cd22": "postive"}}',
    "a day that no calendar has": b'{"case": "x", "patient": {"birth_date": "1984-02-30"}}',
    "a day with a time": b'{"case": "x", "patient": {"birth_date": "1984-02-03T10:00"}}',
    "broken JSON": b'{"case": "x", "patient": {',
    "a comma too many": b'{"case": "x", "patient": {"birth_date": "1984-02-03",}}',
    "a list": b"[1]",
    "a number alone": b"5",
    "a number among entries": b'{"case": "x", "therapies": [5]}',
    "an object for a list": b'{"case": "x", "therapies": {"drug": "a"}}',
    "a number for a group": b'{"case": "x", "patient": 5}',
    "bytes that are no text": b'{"case": "\xff"}',
    "a NUL": b'{"case": "x\x00"}',
    "a control character": b'{"case": "x\x01"}',
    "a line too long": b'{"case": "x", "y": "' + b"z" * 1_200_000 + b'"}',
    "evidence of no grade": b'{"case": "x", "evidence": {"disease.cd22": {"kind": "hearsay"}}}',
    "evidence for no fact": b'{"case": "x", "evidence": {"disease.cd2": {"kind": "claims"}}}',
    "born after the request": b'{"request": {"date": "2026-01-01"}, "patient": {"birth_date": "2027-01-01"}}',
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, list[dict[str, Any]], list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("hostile")
    given = folder / "cases.ndjson"
    # the first rows show every key, so that all of them are read by SQL wherever they can be
    rows = [json.dumps(WHOLE).encode(), b"", b"   ", *HOSTILE.values(), json.dumps(WHOLE).encode()]
    given.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(rows))
    ran = batch("besponsa", given, "-o", folder / "out.ndjson")
    return ran, lines(folder / "out.ndjson"), lines(folder / "out.rejects.ndjson")


@pytest.mark.parametrize("what", list(HOSTILE))
def test_a_row_that_is_no_case_is_rejected_with_its_line(
    what: str, hostile: tuple[Ran, list[dict[str, Any]], list[dict[str, Any]]]
) -> None:
    line = 4 + list(HOSTILE).index(what)
    (found,) = [each for each in hostile[2] if each["line"] == line]
    assert found["problems"]
    assert all(each["code"] and each["message"] for each in found["problems"])


def test_rows_beside_those_that_are_rejected_are_decided(
    hostile: tuple[Ran, list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    ran, rows, _ = hostile
    assert ran.code == 1
    alone = decided_alone(json.dumps(WHOLE), "besponsa")
    assert alone is not None
    good = [row for row in rows if row["case_id"] == "A-1"]
    assert [comparable(row) for row in good] == [comparable(alone)] * 2
    assert [row["decided_by"] for row in good] == ["sql", "sql"]


WRITTEN_OTHERWISE = {
    "a number as a text": {"treatment": {"cycles_completed": "2"}},
    "nulls": {"disease": {"cd22": None, "status": None}, "patient": None, "therapies": None},
    "an escaped letter": {"case": "\u00e9"},
    "a colon in a text": {"therapies": [{"drug": "a: b", "class": "chemotherapy"}]},
    "partial dates": {"patient": {"birth_date": "1984"}, "request": {"date": "2026-03", "pathway": "initial"}},
    "a code in full": {"disease": {"diagnosis": {"system": "SNOMED CT", "code": "91857003"}}},
    "an empty list": {"therapies": []},
    "an entry of which nothing is known": {"therapies": [{"outcome": None}]},
    "a fact written flat": {"disease.cd22": "positive"},
    "evidence": {"disease": {"cd22": "positive"}, "evidence": {"disease.cd22": {"kind": "claims", "by": "the plan"}}},
    "a case without its name": {"request": {"pathway": "initial"}},
    "nothing": {},
    "a backslash, and what would be a sign": {"case": "A\\x01\\x02"},
}


@pytest.mark.parametrize("seen", [True, False], ids=["seen before", "not seen before"])
def test_a_case_written_in_another_way_is_decided_as_one_by_one(seen: bool, tmp_path: Path) -> None:
    given = written(tmp_path / "cases.ndjson", *WRITTEN_OTHERWISE.values())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb_engine, "SAMPLED_LINES", 4000 if seen else 1)
        assert batch("besponsa", given, "-o", tmp_path / "out.ndjson").code == 0
    alone = [decided_alone(json.dumps(case), "besponsa") for case in WRITTEN_OTHERWISE.values()]
    assert [comparable(row) for row in lines(tmp_path / "out.ndjson")] == [comparable(row) for row in alone if row]


# --- files ---


@pytest.mark.parametrize("ending", ["ndjson", "ndjson.gz", "ndjson.zst", "parquet", "csv", "csv.gz"])
def test_decisions_are_written_as_the_output_is_called(ending: str, tmp_path: Path) -> None:
    import duckdb

    given = written(tmp_path / "cases.ndjson", WHOLE)
    assert batch("besponsa", given, "-o", tmp_path / f"out.{ending}").code == 0
    with duckdb.connect() as connection:
        rows = connection.sql(f"FROM '{tmp_path / f'out.{ending}'}'").select("case_id", "decision").fetchall()
    assert rows == [("A-1", "pend")]


@pytest.mark.parametrize("pack", [gzip.compress], ids=["gzip"])
def test_compressed_cases_are_read(pack: Any, tmp_path: Path) -> None:
    given = tmp_path / "cases.ndjson.gz"
    given.write_bytes(pack(json.dumps(WHOLE).encode()))
    assert batch("besponsa", given, "-o", tmp_path / "out.ndjson").code == 0
    assert [row["decision"] for row in lines(tmp_path / "out.ndjson")] == ["pend"]


FLAT = {
    "case": "A-1",
    "request.date": "2026-03-19",
    "request__pathway": "initial",
    "patient.birth_date": "1984-03-02",
    "disease.diagnosis": "C91.02",
    "disease.status": "relapsed",
    "disease.cd22": "positive",
    "disease.lineage": "b_cell_precursor",
    "therapies": '[{"drug": "dasatinib", "class": "tyrosine_kinase_inhibitor", "outcome": "failure", "end": null}]',
    "liver.tests": "normal",
    "liver.veno_occlusive_disease": "false",
    "treatment.cycles_completed": "0",
}


def test_cases_in_csv_are_decided_as_in_json(tmp_path: Path) -> None:
    given = tmp_path / "cases.csv"
    with given.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.DictWriter(stream, list(FLAT))
        rows.writeheader()
        rows.writerow(FLAT)
        rows.writerow({**FLAT, "case": "A-2", "disease.cd22": "", "therapies": "[]"})
        rows.writerow({**FLAT, "case": "A-3", "disease.cd22": "postive"})
    assert batch("besponsa", given, "-o", tmp_path / "out.ndjson").code == 1
    found = lines(tmp_path / "out.ndjson")
    disease = {key: value for key, value in DISEASE.items() if key != "cd22"}
    cases = (WHOLE, {**WHOLE, "case": "A-2", "disease": disease, "therapies": []})
    alone = [decided_alone(json.dumps(case), "besponsa") for case in cases]
    assert [comparable(row) for row in found] == [comparable(row) for row in alone if row]
    assert {row["decided_by"] for row in found} == {"sql"}
    (rejected,) = lines(tmp_path / "out.rejects.ndjson")
    assert (rejected["line"], rejected["case"], rejected["problems"][0]["code"]) == (3, "A-3", "E406")


def test_rows_of_csv_that_have_not_a_cell_for_each_column_are_rejected(tmp_path: Path) -> None:
    """Whoever guesses how a file is written takes its first rows for something else, and leaves them out."""
    given, again = tmp_path / "cases.csv", tmp_path / "again.csv"
    rows = ("case,disease.cd22", "more,positive,x", "whole,positive", "fewer", 'quotes,"x"y', "end,postive", '"",')
    for path in (given, again):
        path.write_text("\r\n".join(rows) + "\r\n", encoding="utf-8")
    assert batch("besponsa", given, again, "-o", tmp_path / "out/", "--format", "ndjson").code == 1
    for name in ("cases", "again"):
        assert [row["case_id"] for row in lines(tmp_path / "out" / f"{name}.ndjson")] == ["whole", None]
        rejects = lines(tmp_path / "out" / f"{name}.rejects.ndjson")
        told = sorted((row["line"], row["problems"][0]["code"], row["problems"][0]["message"]) for row in rejects)
        assert [row[:2] for row in told] == [(1, "E810"), (3, "E810"), (4, "E810"), (5, "E406")]
        assert told[0][2] == "the row has more cells than there are columns"


def test_lines_may_end_with_and_without_a_carriage_return(tmp_path: Path) -> None:
    """Files of several systems are often put together."""
    given = tmp_path / "cases.ndjson"
    given.write_bytes(b'{"case":"a"}\r\n{"case":"b"}\n\n{"case":"c"\r\n{"case":"d"}\r\n')
    assert batch("besponsa", given, "-o", tmp_path / "out.ndjson").code == 1
    assert [row["case_id"] for row in lines(tmp_path / "out.ndjson")] == ["a", "b", "d"]
    assert [row["line"] for row in lines(tmp_path / "out.rejects.ndjson")] == [4]


def test_a_table_whose_lines_do_not_end_alike_is_told(tmp_path: Path) -> None:
    given = tmp_path / "cases.csv"
    given.write_bytes(b"case,disease.cd22\r\na,positive\nb,positive\r\n")
    ran = batch("besponsa", given, "-o", tmp_path / "out.ndjson")
    assert ran.code == 1
    assert "some lines ending with LF and some with CR LF" in ran.err


HEADERS = {
    "": "has no header",
    "\n": "has no header",
    "case,disease.cd22,case": "has two columns `case`",
    "case,disease.cd22,": "column 3 of",
    "case,disease.cd2": "did you mean `disease.cd22`?",
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_by_which_nothing_can_be_read_is_told(header: str, tmp_path: Path) -> None:
    given = tmp_path / "cases.csv"
    given.write_text(f"{header}\none,positive\n" if header.strip() else header, encoding="utf-8")
    ran = batch("besponsa", given, "-o", tmp_path / "out.ndjson")
    assert ran.code == 1
    assert HEADERS[header] in ran.err
    assert sorted(each.name for each in tmp_path.iterdir()) == ["cases.csv"]


@pytest.mark.parametrize(
    "first", [b"", b"case,disease.cd22\xe9", b"\xff\xfec\x00a\x00"], ids=["blank", "latin", "UTF-16"]
)
def test_a_row_is_never_taken_for_the_header(first: bytes, tmp_path: Path) -> None:
    """What its cells say of a patient would be told as the names of columns."""
    given = tmp_path / "cases.csv"
    given.write_bytes(first + b"\nsecret,positive\n")
    ran = batch("besponsa", given, "-o", tmp_path / "out.ndjson")
    assert ran.code == 1
    assert "has no header" in ran.err
    assert "secret" not in ran.err


def test_what_is_wrong_with_several_headers_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("case,case\n")
    (tmp_path / "b.csv").write_text("case,disease.cd2\n")
    ran = batch("besponsa", tmp_path / "a.csv", tmp_path / "b.csv", "-o", tmp_path / "out.ndjson")
    assert "has two columns `case`" in ran.err
    assert "did you mean `disease.cd22`?" in ran.err


@pytest.mark.parametrize("sign", [",", ";", "|", "\t"])
def test_cells_are_parted_by_the_sign_that_is_most_often_in_the_header(sign: str, tmp_path: Path) -> None:
    given = tmp_path / "cases.csv"
    given.write_text(f'\ufeff case {sign}"disease.cd22"\nA-1{sign}positive\n', encoding="utf-8")
    assert batch("besponsa", given, "-o", tmp_path / "out.ndjson").code == 0
    (row,) = lines(tmp_path / "out.ndjson")
    assert (row["case_id"], "disease.cd22" in row["missing"]) == ("A-1", False)


def test_a_list_in_a_cell_keeps_the_digits_of_its_numbers(tmp_path: Path) -> None:
    given = tmp_path / "cases.csv"
    given.write_text('case,therapies\none,"[{""daily_dose"": 2.0000000000000000001}]"\n', encoding="utf-8")
    assert batch("besponsa", given, "-o", tmp_path / "out.ndjson").code == 1
    (rejected,) = lines(tmp_path / "out.rejects.ndjson")
    assert "has 19 digits after the point" in rejected["problems"][0]["message"]


def test_numbers_of_parquet_are_decided_by_sql_whatever_places_their_type_has(tmp_path: Path) -> None:
    import duckdb

    given, policy = tmp_path / "cases.parquet", "benchmarks/peers/policy/policy.yaml"
    with duckdb.connect() as connection:
        numbers = "1.5::DECIMAL(18, 8) AS liver__bilirubin, 1::DECIMAL(9, 4) AS liver__bilirubin_upper_limit"
        connection.execute(f"COPY (SELECT 'one' AS \"case\", {numbers}) TO '{given}'")
    assert batch(policy, given, "-o", tmp_path / "out.ndjson").code == 0
    (row,) = lines(tmp_path / "out.ndjson")
    assert row["decided_by"] == "sql"
    assert not {"liver.bilirubin", "liver.bilirubin_upper_limit"} & set(row["missing"])


@pytest.mark.parametrize("nested", [True, False], ids=["nested", "flat"])
def test_cases_in_parquet_are_decided_as_in_json(nested: bool, tmp_path: Path) -> None:
    import duckdb

    given = tmp_path / "cases.parquet"
    row = """
        {'date': DATE '2026-03-19', 'pathway': 'initial'} AS request, {'birth_date': DATE '1984-03-02'} AS patient,
        {'diagnosis': 'C91.02', 'status': 'relapsed', 'cd22': 'positive', 'lineage': 'b_cell_precursor'} AS disease,
        {'tests': 'normal', 'veno_occlusive_disease': false} AS liver, {'cycles_completed': 0} AS treatment"""
    flat = """
        DATE '2026-03-19' AS request__date, 'initial' AS request__pathway, DATE '1984-03-02' AS patient__birth_date,
        'C91.02' AS disease__diagnosis, 'relapsed' AS disease__status, 'positive' AS disease__cd22,
        'b_cell_precursor' AS "disease.lineage", 'normal' AS liver__tests, false AS liver__veno_occlusive_disease,
        0::DECIMAL(4, 0)::BIGINT AS treatment__cycles_completed"""
    therapies = "[{'drug': 'dasatinib', 'class': 'tyrosine_kinase_inhibitor', 'outcome': 'failure'}] AS therapies"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 'A-1' AS \"case\", {therapies}, {row if nested else flat}) TO '{given}'")
    assert batch("besponsa", given, "-o", tmp_path / "out.ndjson").code == 0
    (found,) = lines(tmp_path / "out.ndjson")
    alone = decided_alone(json.dumps(WHOLE), "besponsa")
    assert alone is not None
    assert comparable(found) == comparable(alone)
    assert found["decided_by"] == "sql"


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("'x' AS disease__cd2", "did you mean `disease.cd22`?"),
        ("0.5::DOUBLE AS treatment__cycles_completed", "a binary fraction is seldom the number that was written"),
        ("TIMESTAMP '2026-01-01' AS request__date", "cast it to DATE"),
        ("'a' AS disease__cd22, 'b' AS \"disease.cd22\"", "say the same"),
        ("[1] AS therapies", "a list of structs with the fields"),
    ],
)
def test_a_column_that_cannot_be_read_is_told_before_any_case_is(column: str, said: str, tmp_path: Path) -> None:
    import duckdb

    given = tmp_path / "cases.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 'A' AS \"case\", {column}) TO '{given}'")
    ran = batch("besponsa", given, "-o", tmp_path / "out.ndjson")
    assert ran.code == 1
    assert said in ran.err
    assert sorted(each.name for each in tmp_path.iterdir()) == ["cases.parquet"]


def test_an_empty_file_has_no_cases(tmp_path: Path) -> None:
    (tmp_path / "cases.ndjson").touch()
    ran = batch("besponsa", tmp_path / "cases.ndjson", "-o", tmp_path / "out.ndjson")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "0 cases decided by besponsa 2025.1")


def test_several_files_become_one_in_their_order(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        written(tmp_path / f"{name}.ndjson", {**WHOLE, "case": name})
    assert batch("besponsa", tmp_path / "b.ndjson", tmp_path / "[ac].ndjson", "-o", tmp_path / "out.csv").code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["case_id"] for row in csv.DictReader(stream)] == ["b", "a", "c"]


def test_what_is_complete_in_a_folder_is_left_as_it_is(tmp_path: Path) -> None:
    for name in ("a", "b"):
        written(tmp_path / f"{name}.ndjson", {**WHOLE, "case": name})
    out = tmp_path / "out"
    arguments = ("besponsa", tmp_path / "a.ndjson", tmp_path / "b.ndjson", "-o", out, "--format", "ndjson")
    assert batch(*arguments).code == 0
    marked = out / "a.ndjson"
    marked.write_text(marked.read_text("utf-8").replace('"a"', '"kept"'), "utf-8")
    written(tmp_path / "b.ndjson", {**WHOLE, "case": "b"}, {**WHOLE, "case": "new"})
    ran = batch(*arguments)
    assert "1 of 2 files are complete and left as they are" in ran.err
    assert ran.out.startswith("3 cases decided")
    assert [row["case_id"] for name in "ab" for row in lines(out / f"{name}.ndjson")] == ["kept", "b", "new"]
    assert batch(*arguments, "--restart").code == 0
    assert [row["case_id"] for row in lines(marked)] == ["a"]


def test_a_run_that_breaks_leaves_nothing_half_and_goes_on_where_it_was(tmp_path: Path) -> None:
    for name in ("a", "b"):
        written(tmp_path / f"{name}.ndjson", {**WHOLE, "case": name})
    out = tmp_path / "out"
    arguments = ("besponsa", tmp_path / "a.ndjson", tmp_path / "b.ndjson", "-o", out, "--format", "ndjson")
    keep = batch_files.keep

    def broken(work: batch_files.Work, *, has_rejects: bool) -> None:
        if work.output.name == "b.ndjson":
            raise KeyboardInterrupt
        keep(work, has_rejects=has_rejects)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("besponsa_pa.cli.batch.keep", broken)
        assert batch(*arguments).code == 130
    assert sorted(each.name for each in out.iterdir()) == ["a.ndjson", "batch.json"]
    assert "1 of 2 files are complete" in batch(*arguments).err
    assert sorted(each.name for each in out.iterdir()) == ["a.ndjson", "b.ndjson", "batch.json"]


def test_decisions_by_two_policies_are_not_mixed(tmp_path: Path) -> None:
    given, out = written(tmp_path / "a.ndjson", WHOLE), tmp_path / "out"
    assert batch("besponsa", given, "-o", out).code == 0
    ran = batch("besponsa_aetna", given, "-o", out)
    assert ran.code == 1
    assert "were made by another policy or version" in ran.err


def test_two_files_of_the_same_name_are_told(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder / "a.ndjson", WHOLE)
    ran = batch("besponsa", tmp_path / "x" / "a.ndjson", tmp_path / "y" / "a.ndjson", "-o", tmp_path / "out")
    assert ran.code == 1
    assert "would both become" in ran.err


def test_a_file_that_is_read_is_not_written_over(tmp_path: Path) -> None:
    given = written(tmp_path / "a.ndjson", WHOLE)
    ran = batch("besponsa", given, "-o", given)
    assert (ran.code, "is read and would be written" in ran.err) == (1, True)
    assert json.loads(given.read_text("utf-8")) == WHOLE


def test_an_output_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    given = written(tmp_path / "a.ndjson", WHOLE)
    (tmp_path / "no").touch()
    ran = batch("besponsa", given, "-o", tmp_path / "no" / "out.parquet")
    assert (ran.code, "cannot be written to" in ran.err) == (1, True)


@pytest.mark.parametrize("name", ["a.ndjson.gz", "a.parquet"])
def test_a_file_that_is_not_what_it_is_called_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"nothing of the kind")
    ran = batch("besponsa", tmp_path / name, "-o", tmp_path / "out.ndjson")
    assert (ran.code, "cannot be made" in ran.err) == (1, True)
    assert sorted(each.name for each in tmp_path.iterdir()) == [name]


def test_the_page_says_nothing_as_markup_that_a_policy_says(tmp_path: Path) -> None:
    given = written(tmp_path / "<b>.ndjson", WHOLE, {"case": "x", "<i>": 1})
    page = tmp_path / "page.html"
    batch("besponsa", given, "-o", tmp_path / "out.ndjson", "--report", page)
    text = page.read_text("utf-8")
    assert "<b>.ndjson" not in text
    assert "&lt;b&gt;.ndjson" in text
    assert "<script" not in text
    assert "http" not in text


def test_the_interpreter_decides_the_same_alone(tmp_path: Path) -> None:
    given = written(tmp_path / "a.ndjson", *WRITTEN_OTHERWISE.values())
    for engine in ("python", "duckdb"):
        assert batch("besponsa", given, "-o", tmp_path / f"{engine}.ndjson", "--engine", engine).code == 0
    assert [comparable(row) for row in lines(tmp_path / "python.ndjson")] == [
        comparable(row) for row in lines(tmp_path / "duckdb.ndjson")
    ]
    assert {row["decided_by"] for row in lines(tmp_path / "python.ndjson")} == {"interpreter"}
