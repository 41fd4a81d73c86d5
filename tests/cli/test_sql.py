"""`besponsa-pa sql` beyond its transcript: what it writes to a file, and what it says without its library."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("sqlglot")

from besponsa_pa.cli import main
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.sql import NAMES

SAMPLE = ["sql", "sample", "--policies", str(Path(__file__).parent / "policies"), "--dialect"]


def test_a_file_gets_what_the_terminal_would(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    place = tmp_path / "sample.sql"
    assert main([*SAMPLE, "duckdb"]) == ExitCode.OK
    written = capfdbinary.readouterr().out
    assert main([*SAMPLE, "duckdb", "-o", str(place)]) == ExitCode.OK
    assert place.read_bytes() == written
    assert capfdbinary.readouterr().out == b""


def test_without_its_library_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    assert main([*SAMPLE, "duckdb"]) == ExitCode.FILE_IS_WRONG
    assert capsys.readouterr().err == "`sql` needs the library `sqlglot`: pip install 'besponsa_pa[sql]'\n"


def test_a_statement_runs_in_the_table_that_is_written_beside_it(capfd: pytest.CaptureFixture[str]) -> None:
    duckdb = pytest.importorskip("duckdb")
    main([*SAMPLE, "duckdb", "--table"])
    table = capfd.readouterr().out
    main([*SAMPLE, "duckdb"])
    statement = capfd.readouterr().out
    with duckdb.connect() as connection:
        connection.execute(table)
        connection.execute("INSERT INTO cases (case_id, refused) VALUES ('a', NULL), ('b', 'why')")
        decided = connection.sql(statement.rstrip().rstrip(";")).project("case_id, decision, refused").fetchall()
    assert decided == [("a", "pend", None), ("b", None, "why")]


def test_the_dialects_of_the_help_are_those_that_there_are() -> None:
    from besponsa_pa.backends.sql import DIALECTS

    assert tuple(DIALECTS) == NAMES


def test_all_that_cannot_be_said_is_told_with_its_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "policy.yaml"
    place.write_text(
        """
policy: refused
title: Refused
version: "1"
facts:
  at: {type: Time, ask: When}
  note: {type: String, ask: What}
pathways:
  usual:
    title: Usual
    require:
      all:
        - {id: split, title: Split, check: "exists Split(note, ',')", interpretation: Made up.}
        - {id: matches, title: Matches, check: "Matches(note, '[a-z]+')", interpretation: Made up.}
        - {id: again, title: Again, check: "Matches(note, '[0-9]+')", interpretation: Made up.}
""",
        encoding="utf-8",
    )
    assert main(["sql", str(place), "--dialect", "duckdb"]) == ExitCode.FILE_IS_WRONG
    assert capsys.readouterr().err.splitlines() == [
        "error: `refused` cannot be decided in SQL for duckdb, 2 things cannot be said:",
        "  `Split` cannot be said in SQL (in `split`)",
        "  `Matches` cannot be said in SQL (in `matches`, `again`)",
    ]
