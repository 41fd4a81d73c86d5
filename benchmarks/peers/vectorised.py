"""Many cases at once: NDJSON in, the decision of each out, in a process of its own whose memory is watched.

`python -m benchmarks.peers.vectorised WAY INPUT OUTPUT` runs one of the ways that are written here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from benchmarks.peers import cases, exact
from benchmarks.peers.cases import COVERED
from benchmarks.peers.engine import HERE, POLICY

ROOT = HERE.parent.parent
MILLION = 1_000_000
PAUSE = 0.02  # seconds between two looks at a process

# --- the ways ---

SQL = f"""
COPY (
  SELECT "case", CASE WHEN
    disease.diagnosis IN {COVERED}
    AND disease.cd22 = 'positive'
    AND disease.status IN ('relapsed', 'refractory')
    AND date_sub('year', patient.birth_date, request.date) >= 1
    AND (date_sub('year', patient.birth_date, request.date) < 18
      OR disease.philadelphia_chromosome <> 'positive'
      OR len(list_filter(therapies, lambda t: t.class = 'tyrosine_kinase_inhibitor'
        AND t.outcome IN ('failure', 'intolerance'))) > 0)
    AND NOT liver.veno_occlusive_disease
    AND liver.bilirubin <= 1.5 * liver.bilirubin_upper_limit
    AND liver.ast <= 2.5 * liver.ast_upper_limit
    AND treatment.cycles_requested + treatment.cycles_completed <= 6
  THEN 'approve' ELSE 'deny' END AS decision
  FROM read_json($input, format = 'newline_delimited', columns = {{
    'case': 'VARCHAR',
    'request': 'STRUCT(date DATE)',
    'patient': 'STRUCT(birth_date DATE)',
    'disease': 'STRUCT(diagnosis VARCHAR, cd22 VARCHAR, status VARCHAR, philadelphia_chromosome VARCHAR)',
    'therapies': 'STRUCT(class VARCHAR, outcome VARCHAR)[]',
    'liver': 'STRUCT(veno_occlusive_disease BOOLEAN, bilirubin DECIMAL(9, 4), bilirubin_upper_limit DECIMAL(9, 4),
      ast DECIMAL(9, 4), ast_upper_limit DECIMAL(9, 4))',
    'treatment': 'STRUCT(cycles_requested INTEGER, cycles_completed INTEGER)'
  }})
) TO $output (FORMAT parquet)
"""  # noqa: S608 - of what stands here


def by_duckdb(source: str, target: str) -> None:
    import duckdb

    text = SQL.replace("$input", f"'{source}'").replace("$output", f"'{target}'")
    duckdb.connect().execute(text)


def by_polars(source: str, target: str) -> None:
    import polars as pl

    decision = pl.when(_approved()).then(pl.lit("approve")).otherwise(pl.lit("deny")).alias("decision")
    pl.scan_ndjson(source, schema=_schema()).select("case", decision).sink_parquet(target)


def _schema() -> dict[str, Any]:
    import polars as pl

    text = pl.String
    values = dict.fromkeys(("bilirubin", "bilirubin_upper_limit", "ast", "ast_upper_limit"), pl.Float64)
    return {
        "case": text,
        "request": pl.Struct({"date": text}),
        "patient": pl.Struct({"birth_date": text}),
        "disease": pl.Struct(dict.fromkeys(("diagnosis", "cd22", "status", "philadelphia_chromosome"), text)),
        "therapies": pl.List(pl.Struct({"class": text, "outcome": text})),
        "liver": pl.Struct({"veno_occlusive_disease": pl.Boolean, **values}),
        "treatment": pl.Struct(dict.fromkeys(("cycles_requested", "cycles_completed"), pl.Int32)),
    }


def _approved() -> Any:
    import polars as pl

    def fact(group: str, name: str) -> pl.Expr:
        return pl.col(group).struct.field(name)

    therapy, age = pl.element().struct, _age()
    failed = therapy.field("outcome").is_in(["failure", "intolerance"])
    failed_tki = (therapy.field("class") == "tyrosine_kinase_inhibitor") & failed
    not_positive = fact("disease", "philadelphia_chromosome") != "positive"
    return (
        fact("disease", "diagnosis").is_in(list(COVERED))
        & (fact("disease", "cd22") == "positive")
        & fact("disease", "status").is_in(["relapsed", "refractory"])
        & (age >= 1)
        & ((age < 18) | not_positive | pl.col("therapies").list.eval(failed_tki).list.any())
        & ~fact("liver", "veno_occlusive_disease")
        & (fact("liver", "bilirubin") <= 1.5 * fact("liver", "bilirubin_upper_limit"))
        & (fact("liver", "ast") <= 2.5 * fact("liver", "ast_upper_limit"))
        & (fact("treatment", "cycles_requested") + fact("treatment", "cycles_completed") <= 6)
    )


def _age() -> Any:
    import polars as pl

    born = pl.col("patient").struct.field("birth_date").str.to_date("%Y-%m-%d")
    asked = pl.col("request").struct.field("date").str.to_date("%Y-%m-%d")
    # the birthday of this year is still to come
    ahead = asked.dt.strftime("%m%d") < born.dt.strftime("%m%d")
    return asked.dt.year() - born.dt.year() - ahead.cast(pl.Int32)


def by_python(source: str, target: str) -> None:
    from benchmarks.peers import by_hand

    with Path(source).open(encoding="utf-8") as lines, Path(target).open("w", encoding="utf-8") as output:
        output.write("case,decision\n")
        for line in lines:
            case = json.loads(line)
            output.write(f"{case['case']},{by_hand.decide(by_hand.load(case))}\n")


@dataclass(frozen=True, slots=True)
class Way:
    """A way to decide many cases: its row, how its process is started, and what it writes."""

    row: str
    command: Callable[[Path, Path], Sequence[str]]
    suffix: str
    home: str


def _written_here(name: str) -> Callable[[Path, Path], Sequence[str]]:
    def command(source: Path, target: Path) -> Sequence[str]:
        return [sys.executable, "-m", "benchmarks.peers.vectorised", name, str(source), str(target)]

    return command


def _batch(source: Path, target: Path) -> Sequence[str]:
    return [sys.executable, "-m", "besponsa_pa", "batch", str(POLICY), str(source), "-o", str(target)]


RUN: Mapping[str, Callable[[str, str], None]] = {"duckdb": by_duckdb, "polars": by_polars, "python": by_python}
WAYS: Mapping[str, Way] = {
    "duckdb": Way("DuckDB, SQL by hand: the decision", _written_here("duckdb"), ".parquet", "duckdb"),
    "batch": Way("`besponsa-pa batch`: decision, reasons, missing facts", _batch, ".parquet", "duckdb"),
    "polars": Way("polars, by hand, binary floats: the decision", _written_here("polars"), ".parquet", "polars"),
    "python": Way("a loop in plain Python, binary floats: the decision", _written_here("python"), ".csv", "json"),
}
BASELINE = "duckdb"


# --- measured ---


@dataclass(frozen=True, slots=True)
class Timed:
    """What a way took for so many rows: seconds, the most memory in bytes, and how many decisions are exact."""

    way: str
    rows: int
    seconds: float
    memory: int
    agreeing: int


def measure(rows: int, rounds: int, tell: Callable[[str], None], ways: Iterable[str] = WAYS) -> list[Timed]:
    """Every way that is there over so many rows, the rounds of all in turn, of each the shortest."""
    generated = list(cases.generated())
    expected = [exact.decide(case) for case in generated]
    found: dict[str, list[Timed]] = {way: [] for way in ways if is_there(way)}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "cases.ndjson"
        tell(f"writing {rows:,} cases")
        with source.open("w", encoding="utf-8") as output:
            output.writelines(f"{line}\n" for line in cases.repeated_lines(rows, generated))
        for turn in range(1, 1 + rounds):
            for way in list(found):
                tell(f"{rows:,} cases, round {turn} of {rounds}: {way}")
                try:
                    found[way].append(_timed(way, source, rows, expected))
                except subprocess.CalledProcessError as error:
                    tell(f"{way} failed: {error}")
                    del found[way]
    return [min(each, key=lambda timed: timed.seconds) for each in found.values()]


def _timed(way: str, source: Path, rows: int, expected: Sequence[str]) -> Timed:
    """One round, in a folder of its own: nothing that an earlier round has left can be gone on with."""
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        target = Path(folder) / f"decisions{WAYS[way].suffix}"
        seconds, memory = watched(WAYS[way].command(source, target))
        return Timed(way, rows, seconds, memory, _agreeing(target, expected))


def is_there(way: str) -> bool:
    """Whether the library of a way is installed, and the command line has the command."""
    if find_spec(WAYS[way].home) is None:
        return False
    if way != "batch":
        return True
    asked = [sys.executable, "-m", "besponsa_pa", "batch", "--help"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).returncode == 0


def watched(command: Sequence[str]) -> tuple[float, int]:
    """The seconds of a process, from its start to its end, and the most memory that it and its children held."""
    start, most = perf_counter(), 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, _peak_memory(process.pid))
            sleep(PAUSE)
        seconds = perf_counter() - start
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return seconds, most


def _peak_memory(process: int) -> int:
    """The most that a process and its children have held, in bytes; 0 when it is over, or the system does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    except OSError:
        return 0
    own = next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)
    return own + sum(_peak_memory(int(child)) for child in children)


def _agreeing(target: Path, expected: Sequence[str]) -> int:
    """How many of the decisions that were written are those of the exact reference."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("CREATE TABLE expected (number BIGINT, decision VARCHAR)")
    values = ",".join(f"({number},'{decision}')" for number, decision in enumerate(expected))
    connection.execute(f"INSERT INTO expected VALUES {values}")  # noqa: S608 - ours
    told = f"{'read_csv' if target.suffix == '.csv' else 'read_parquet'}('{target}')"
    columns = connection.execute(f"DESCRIBE FROM {told}").fetchall()
    name = next(column for column, *_ in columns if column in ("case", "case_id"))
    found = connection.execute(
        f"SELECT count(*) FROM {told} AS told JOIN expected"  # noqa: S608 - of what stands here
        f' ON (CAST(substr(told."{name}", 3) AS BIGINT) - 1) % {len(expected)} = expected.number'
        " WHERE told.decision = expected.decision"
    ).fetchone()
    assert found is not None
    return int(found[0])


if __name__ == "__main__":
    RUN[sys.argv[1]](*sys.argv[2:])
