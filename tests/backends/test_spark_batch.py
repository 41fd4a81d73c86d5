"""`batch` on Spark: the same rows as on DuckDB, hostile ones among them, and no Python for what SQL decides."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import duckdb
import pytest
from batches import decide_with_duckdb, decide_with_spark, input_of, rows_that_differ, spark_engine
from case_making import json_text, maker_for

from besponsa_pa import CompiledPolicy, load_policy
from besponsa_pa.backends.batch.inputs import Format
from besponsa_pa.backends.batch.spark_engine import Destination, Reject
from besponsa_pa.diagnostic import Diagnostics

# Spark is one session for all of them
pytestmark = pytest.mark.xdist_group("spark")
PYTHON_IN_PLANS = (
    "Python",
    "PythonUDF",
    "BatchEvalPython",
    "ArrowEvalPython",
    "MapInPandas",
    "MapInArrow",
    "ExistingRDD",
)
# written so that a reader who is not strict takes them for cases, or for other cases
HOSTILE = (
    '{"case":"twice","case":"again"}',
    '{"case":"more"} {}',
    '{"case":"more"}}',
    '{"case":"comma",}',
    "{'case':'quotes'}",
    '{"case":"unknown","patient":{"wieght":"70 kg"}}',
    '{"case":"unknown null","patient":{"wieght":null}}',
    '{"case":"nulls","patient":{"weight":null},"therapies":null,"liver":{"tests":null}}',
    '{"case":"escaped","disease":{"cd22":"\\u0001null"}}',
    '{"case":"closed","$end":"."}',
    '{"case":"two values","patient":{"weight":{"value":70,"value":71}}}',
    '{"case":"no unit","patient":{"weight":{"value":70,"units":"kg"}}}',
    '{"case":1e5}',
    '{"case":NaN}',
    '{"case":"long","patient":{"weight":{"value":70.1000000000000000055,"unit":"kg"}}}',
    '{"case":"no year","patient":{"birth_date":"0000-01-01"}}',
    '{"case":"no day","patient":{"birth_date":"2023-02-29"}}',
    '{"case":"null in a text: null, and more"}',
    '{"case":"null in a list","therapies":[null]}',
    '{"case":"empty","patient":{},"therapies":[]}',
    '["case"]',
    "{}",
    "no JSON",
    "",
    "  \t",
)


SMALL = str(Path(__file__).parents[2] / "benchmarks" / "peers" / "policy" / "policy.yaml")


@pytest.fixture(scope="module")
def small() -> CompiledPolicy:
    return load_policy(SMALL)


def _write(path: Path, lines: list[str]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def _random_lines(compiled: CompiledPolicy) -> list[str]:
    plain, hostile = (maker_for(compiled, 7, hostile=is_hostile).cases(1_000) for is_hostile in (False, True))
    return [json_text(case) for cases in (plain, hostile) for case in cases]


@pytest.mark.parametrize("name", ["besponsa", SMALL])
def test_spark_writes_the_rows_that_duckdb_writes(spark: object, name: str, tmp_path: Path) -> None:
    compiled = load_policy(name)
    source = _write(tmp_path / "cases.ndjson", [*HOSTILE, *_random_lines(compiled)])
    rejects = decide_with_spark(spark, compiled, source, tmp_path / "spark")
    file = decide_with_duckdb(compiled, source, tmp_path / "duckdb.parquet")
    assert rows_that_differ(tmp_path / "duckdb.parquet", tmp_path / "spark") == []
    assert file is not None
    expected = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    found = [(each.case, [problem.code for problem in each.problems]) for each in rejects]
    told = [(row["case"], [problem["code"] for problem in row["problems"]]) for row in expected]
    assert sorted(found, key=str) == sorted(told, key=str)


def _told(rejects: list[Reject]) -> list[object]:
    return sorted((each.line, each.case, [problem.code for problem in each.problems]) for each in rejects)


def _told_by_duckdb(file: Path | None) -> list[object]:
    rows = [] if file is None else [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return sorted((row["line"], row["case"], [problem["code"] for problem in row["problems"]]) for row in rows)


# cells of which some would be other cases, or more of one, if they were believed
CELLS: tuple[dict[str, str], ...] = (
    {"case": "whole", "patient.weight": "70 kg", "disease.cd22": "positive", "therapies": "[]"},
    {"case": "no such value", "disease.cd22": "Positive"},
    {"case": "closed too early", "therapies": '[],"disease.cd22":"positive"'},
    {"case": "foreseen", "therapies": "[],0],["},
    {"case": "foreseen as well", "therapies": "[],1],["},
    {"case": "twice", "therapies": '[{"drug":"one","drug":"other"}]'},
    {"case": "a comma", "therapies": '[{"drug":"one",}]'},
    {"case": "no list", "therapies": "none"},
    {"case": "a null", "therapies": '[{"drug":"one","outcome":null}]'},
    {"case": "null", "therapies": "null"},
    {"case": 'quotes ", a line\nend, \u00e9, a \\ and $1', "therapies": "[]"},
    {"case": "long", "patient.weight": "70.1000000000000000055 kg"},
    {"case": "a colon: here", "disease.cd22": "negative"},
    {"case": "stated", "disease.cd22": "positive", "evidence.disease.cd22": "documentation"},
    {"disease.cd22": "positive"},
)


@pytest.mark.parametrize("ending", ["csv", "tsv", "csv.gz"])
def test_spark_decides_rows_of_csv_as_duckdb_does(spark: object, ending: str, tmp_path: Path) -> None:
    names = list(dict.fromkeys(name for row in CELLS for name in row))
    source, compiled = tmp_path / f"cases.{ending}", load_policy("besponsa")
    with (gzip.open if ending.endswith(".gz") else open)(source, "wt", encoding="utf-8", newline="") as stream:
        rows = csv.DictWriter(stream, names, delimiter="\t" if ending == "tsv" else ",")
        rows.writeheader()
        rows.writerows(CELLS)
    rejects = decide_with_spark(spark, compiled, source, tmp_path / "spark")
    file = decide_with_duckdb(compiled, source, tmp_path / "duckdb.parquet")
    assert rows_that_differ(tmp_path / "duckdb.parquet", tmp_path / "spark") == []
    assert _told(rejects) == _told_by_duckdb(file)
    assert len(rejects) == 8


def test_spark_decides_rows_of_parquet_as_duckdb_does(spark: object, small: CompiledPolicy, tmp_path: Path) -> None:
    source = tmp_path / "cases.parquet"
    numbers = "[0, 1.5, 2.50, 0.00000001, 99999999.99999999, NULL]::DECIMAL(16, 8)[]"
    therapies = "[{'class': 'tyrosine_kinase_inhibitor', 'outcome': 'failure'}, {'class': NULL, 'outcome': 'response'}]"
    query = f"""
        SELECT number::VARCHAR AS "case", {{'date': DATE '2026-02-28' + number::INTEGER}} AS request,
          DATE '1984-03-02' AS patient__birth_date, 'C91.0' || number % 3 AS "disease.diagnosis",
          CASE number % 4 WHEN 0 THEN 'positive' WHEN 1 THEN 'negative' WHEN 2 THEN 'postive' END AS disease__cd22,
          CASE number % 3 WHEN 0 THEN [] WHEN 1 THEN {therapies} END AS therapies,
          {{'bilirubin': ({numbers})[1 + number % 6], 'bilirubin_upper_limit': 1::DECIMAL(4, 1),
            'veno_occlusive_disease': number % 5 = 0}} AS liver,
          (number % 7)::UTINYINT::SMALLINT AS treatment__cycles_requested
        FROM range(60) AS numbers(number)"""  # noqa: S608 - of what stands here
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{source}' (FORMAT parquet, ROW_GROUP_SIZE 20)")
    rejects = decide_with_spark(spark, small, source, tmp_path / "spark")
    file = decide_with_duckdb(small, source, tmp_path / "duckdb.parquet")
    assert rows_that_differ(tmp_path / "duckdb.parquet", tmp_path / "spark") == []
    assert _told(rejects) == _told_by_duckdb(file)
    assert {each.problems[0].code for each in rejects} == {"E406"}
    assert len(rejects) == 15


def test_files_of_several_formats_are_decided_at_once(spark: object, small: CompiledPolicy, tmp_path: Path) -> None:
    lines = _write(tmp_path / "cases.ndjson", ['{"case":"line"}', "no JSON"])
    table = _write(tmp_path / "cases.csv", ["case,disease.cd22", "row,positive", "wrong,postive"])
    engine, inputs, rejects = spark_engine(spark, small), [input_of(lines), input_of(table)], list[Reject]()
    engine.look_at(inputs, Diagnostics())
    engine.write(inputs, Destination(str(tmp_path / "out"), Format.NDJSON, None), rejects.append)
    written = (json.loads(line) for each in (tmp_path / "out").iterdir() for line in each.read_text().splitlines())
    assert sorted(row["case_id"] for row in written) == ["line", "row"]
    assert sorted((each.file, each.line) for each in rejects) == [(str(table), 2), (str(lines), 2)]


def test_a_row_with_more_or_fewer_cells_than_columns_is_rejected(
    spark: object, small: CompiledPolicy, tmp_path: Path
) -> None:
    cells = ["case,disease.cd22,disease.status", "whole,positive,relapsed", "fewer,positive", "more,positive,,relapsed"]
    source = _write(tmp_path / "cases.csv", [*cells, "{}"])
    rejects = decide_with_spark(spark, small, source, tmp_path / "spark")
    assert _told(rejects) == [(2, None, ["E810"]), (3, None, ["E810"]), (4, None, ["E810"])]


def test_a_column_that_no_fact_is_called_as_is_told_before_any_row_is_read(
    spark: object, small: CompiledPolicy, tmp_path: Path
) -> None:
    source = _write(tmp_path / "cases.csv", ["case,disease.cd2", "one,positive"])
    diagnostics = Diagnostics()
    spark_engine(spark, small).look_at([input_of(source)], diagnostics)
    (told,) = diagnostics
    assert (told.code, told.help) == ("E801", "did you mean `disease.cd22`?")


def test_no_row_that_sql_decides_goes_through_python(spark: object, small: CompiledPolicy, tmp_path: Path) -> None:
    source = _write(tmp_path / "cases.ndjson", ['{"case":"one"}'])
    decisions = spark_engine(spark, small).decisions([input_of(source)])
    plan = decisions._jdf.queryExecution().executedPlan().toString()
    assert "from_json" in plan
    assert [word for word in PYTHON_IN_PLANS if word in plan] == []


@pytest.mark.parametrize("form", [Format.NDJSON, Format.CSV])
def test_rejected_rows_are_told_with_their_lines_and_decisions_counted(
    spark: object, small: CompiledPolicy, form: Format, tmp_path: Path
) -> None:
    source = tmp_path / "cases.ndjson"
    source.write_bytes(b'{"case":"one"}\n\nno JSON\n{"case":"\xff"}\n{"case":"text: with a colon"}\n')
    engine = spark_engine(spark, small)
    rejects = []
    engine.write([input_of(source)], Destination(str(tmp_path / "out"), form, None), rejects.append)
    told = [(each.file, each.line, each.problems[0].code) for each in rejects]
    assert told == [(str(source), 3, "E131"), (str(source), 4, "E103")]
    counts = engine.counts(str(tmp_path / "out"), form)
    assert sum(count for _, _, count in counts.decisions) == 2
    assert dict(counts.decided_by) == {"sql": 1, "interpreter": 1}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.ndjson", "out"]
