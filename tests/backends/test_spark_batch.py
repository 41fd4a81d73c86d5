"""`batch` on Spark: the same rows as on DuckDB, hostile ones among them, and no Python for what SQL decides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from batches import decide_with_duckdb, decide_with_spark, rows_that_differ, spark_engine
from case_making import json_text, maker_for

from besponsa_pa import CompiledPolicy, load_policy
from besponsa_pa.backends.batch.inputs import Format
from besponsa_pa.backends.batch.spark_engine import Destination

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


def test_no_row_that_sql_decides_goes_through_python(spark: object, small: CompiledPolicy, tmp_path: Path) -> None:
    source = _write(tmp_path / "cases.ndjson", ['{"case":"one"}'])
    decisions = spark_engine(spark, small).decisions([str(source)])
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
    engine.write([str(source)], Destination(str(tmp_path / "out"), form, None), rejects.append)
    told = [(each.file, each.line, each.problems[0].code) for each in rejects]
    assert told == [(str(source), 3, "E131"), (str(source), 4, "E103")]
    counts = engine.counts(str(tmp_path / "out"), form)
    assert sum(count for _, _, count in counts.decisions) == 2
    assert dict(counts.decided_by) == {"sql": 1, "interpreter": 1}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.ndjson", "out"]
