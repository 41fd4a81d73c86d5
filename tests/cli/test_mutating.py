"""`besponsa-pa mutate` beyond what its transcript shows: the bar for who waits, exit codes, data."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from commands import run

from besponsa_pa.cli.exit_codes import ExitCode

ROOT = Path(__file__).parent.parent.parent
THIN = Path("tests") / "cli" / "policies" / "thin"


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_survivors_alone_do_not_change_the_exit_code() -> None:
    assert run("mutate", THIN).code == ExitCode.OK


@pytest.mark.parametrize(("percent", "code"), [("0", 0), ("40", 0), ("40.1", 1), ("100", 1)])
def test_a_score_below_the_one_wanted_exits_with_1(percent: str, code: int) -> None:
    assert run("mutate", THIN, "-k", "score.check", "--fail-under", percent).code == code


@pytest.mark.parametrize("percent", ["101", "-1", "all"])
def test_a_score_that_is_no_percentage_is_a_mistake_of_the_command_line(percent: str) -> None:
    assert run("mutate", THIN, "--fail-under", percent).code == ExitCode.USAGE


def test_a_score_is_never_rounded_up_to_what_it_is_not() -> None:
    assert "17 of 24 mutants killed (70.8 %)" in run("mutate", THIN).out


def test_a_bar_moves_on_a_terminal_and_nowhere_else() -> None:
    assert "mutants" in run("mutate", THIN, "-k", "cite", err_is_terminal=True).err
    assert "mutants  [" not in run("mutate", THIN, "-k", "cite").err
    assert "mutants  [" not in run("mutate", THIN, "-k", "cite", "--quiet", err_is_terminal=True).err


def test_the_bar_is_not_in_the_output() -> None:
    with_bar = run("mutate", THIN, "-k", "cite", err_is_terminal=True)
    assert with_bar.out == run("mutate", THIN, "-k", "cite", "--quiet").out


def test_two_runs_write_the_same() -> None:
    assert run("mutate", THIN, "--format", "json").out == run("mutate", THIN, "--format", "json").out


def test_the_data_hold_what_is_listed_with_its_reason() -> None:
    (data,) = json.loads(run("mutate", THIN, "--format", "json").out)
    assert data["equivalent_mutants"] == [
        {
            "mutant": "pathways.only.require.adult.check: `patient.age >= 18 and patient.age >= 12` "
            "becomes `patient.age >= 18`",
            "reason": "Whoever is 18 is 12 too. The source says both.",
        }
    ]
    assert len(data["survivors"]) == data["survived"] == 7
    left_out = data["survivors"][-1]
    assert (left_out["before"], left_out["after"]) == ("book", None)


def test_a_folder_stands_for_every_policy_below_it() -> None:
    (data,) = json.loads(run("mutate", THIN.parent / "thin", "-k", "cite", "--format", "json").out)
    assert data["policy"] == "tests/cli/policies/thin/policy.yaml"


def test_what_is_selected_by_words_that_no_mutant_has_is_a_mistake() -> None:
    ran = run("mutate", THIN, "-k", "nothing of this")
    assert ran.code == ExitCode.FILE_IS_WRONG
    assert "no mutant has `nothing of this` in its name" in ran.err


def test_a_mistake_in_the_tests_is_told_and_nothing_is_run(tmp_path: Path) -> None:
    for name in ("policy.yaml", "tests.yaml"):
        text = (ROOT / THIN / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace("because: [adult]", "because: [adlut]"), "utf-8")
    ran = run("mutate", tmp_path)
    assert ran.code == ExitCode.FILE_IS_WRONG
    assert "E601" in ran.err
    assert ran.out == ""


def test_a_mutant_that_is_named_as_equivalent_without_a_reason_is_a_mistake(tmp_path: Path) -> None:
    for name in ("policy.yaml", "tests.yaml"):
        text = (ROOT / THIN / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace("    reason: This entry is a mistake.\n", ""), "utf-8")
    ran = run("mutate", tmp_path)
    assert ran.code == ExitCode.FILE_IS_WRONG
    assert "reason" in ran.err


def test_a_policy_may_be_json(tmp_path: Path) -> None:
    policy = {
        "policy": "json",
        "title": "A policy in JSON",
        "version": 1,
        "facts": {"age": {"type": "Integer"}},
        "pathways": {"only": {"require": [{"id": "adult", "check": "age >= 18"}]}},
    }
    (tmp_path / "policy.json").write_text(json.dumps(policy), "utf-8")
    tests = "policy: json\ntests:\n  - {name: an adult, case: {age: 18}, expect: approve}\n"
    (tmp_path / "tests.yaml").write_text(tests, "utf-8")
    ran = run("mutate", tmp_path / "policy.json")
    assert ran.code == ExitCode.OK
    assert "`age >= 18` becomes `age >= 17`" in ran.out


@pytest.mark.slow
def test_the_tests_of_besponsa_kill_every_mutant_within_a_minute() -> None:
    begun = time.process_time()
    ran = run("mutate", "besponsa", "--fail-under", "100")
    assert ran.code == ExitCode.OK, ran.out
    assert ran.err == ""
    assert time.process_time() - begun < 60
