"""Versions of one policy: the one in force on the date of the request decides, and never an older one by guess."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from besponsa_pa import FileError, find_policies, load_policy
from besponsa_pa.api import overlaps
from besponsa_pa.cli import main
from besponsa_pa.values import Date

OLD = "{from: 2021-12-01, to: 2023-02-28}"
NEW = "{from: 2023-03-01}"


def version(folder: Path, name: str, effective: str, policy: str = "dated") -> Path:
    place = folder / name / "policy.yaml"
    place.parent.mkdir(parents=True)
    days = f"effective: {effective}\n" if effective else ""
    place.write_text(
        f"policy: {policy}\ntitle: A dated policy\nversion: {name}\n{days}"
        "references: {source: {title: A source}}\n"
        "facts: {request.date: {type: Date, ask: When was the request made}}\n"
        "pathways: {p: {require: [{id: any, title: Any request, check: true, cite: [source]}]}}\n"
        "otherwise: {decision: deny, cite: [source]}\n",
        encoding="utf-8",
    )
    return place


@pytest.fixture
def two(tmp_path: Path) -> Path:
    # the older one stands last, so that the order of the files decides nothing
    version(tmp_path, "a_new", NEW)
    version(tmp_path, "b_old", OLD)
    return tmp_path


def chosen(folder: Path, on: datetime.date | Date | None) -> str:
    return load_policy("dated", [folder], on).policy.version


@pytest.mark.parametrize(
    ("on", "name"),
    [
        (datetime.date(2021, 12, 1), "b_old"),
        (datetime.date(2023, 2, 28), "b_old"),
        (datetime.date(2023, 3, 1), "a_new"),
        (datetime.date(2026, 11, 20), "a_new"),
        (Date(2023, 2), "b_old"),
        (Date(2023, 3), "a_new"),
        (Date(2022), "b_old"),
    ],
    ids=str,
)
def test_the_version_in_force_on_the_date_is_taken(two: Path, on: datetime.date | Date, name: str) -> None:
    assert chosen(two, on) == name


@pytest.mark.parametrize("on", [None, Date(2023), datetime.date(2020, 1, 1)], ids=str)
def test_without_one_in_force_it_is_the_newest(two: Path, on: datetime.date | Date | None) -> None:
    assert chosen(two, on) == "a_new"


def test_after_the_last_day_of_all_it_is_the_newest(tmp_path: Path) -> None:
    version(tmp_path, "one", OLD)
    version(tmp_path, "two", "{from: 2023-03-01, to: 2024-02-29}")
    assert chosen(tmp_path, datetime.date(2024, 3, 1)) == "two"
    assert chosen(tmp_path, datetime.date(2024, 2, 29)) == "two"


def test_the_newest_is_the_one_that_is_found_by_its_id(two: Path) -> None:
    assert find_policies([two])["dated"] == two / "a_new/policy.yaml"


def test_a_path_is_that_file_whatever_the_date(two: Path) -> None:
    assert load_policy(two / "a_new", on=datetime.date(2022, 1, 1)).policy.version == "a_new"


@pytest.mark.parametrize("effective", ["", "{from: 2023-02-28}", "{from: 2020-01-01}"])
def test_versions_in_force_on_the_same_day_are_reported_with_both_files(tmp_path: Path, effective: str) -> None:
    first, second = version(tmp_path, "a", OLD), version(tmp_path, "b", effective)
    with pytest.raises(FileError) as caught:
        load_policy("dated", [tmp_path], datetime.date(2022, 1, 1))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "E506"
    assert diagnostic.span is not None
    files = {diagnostic.span.source.name, *(span.source.name for span, _ in diagnostic.related)}
    assert files == {first.as_posix(), second.as_posix()}


def test_of_three_each_pair_that_overlaps_is_reported(tmp_path: Path) -> None:
    places = [
        version(tmp_path, "a", "{from: 2020-01-01}"),
        version(tmp_path, "b", "{from: 2021-01-01, to: 2021-12-31}"),
        version(tmp_path, "c", "{from: 2022-01-01}"),
    ]
    assert [each.message.rpartition(" ")[2] for each in overlaps(places)] == ["2021-01-01", "2022-01-01"]


def test_different_policies_do_not_overlap(tmp_path: Path) -> None:
    assert not overlaps([version(tmp_path, "a", OLD), version(tmp_path, "b", OLD, "other")]).items


def test_the_versions_of_a_folder_that_is_named_hide_those_elsewhere(
    two: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mine = tmp_path_factory.mktemp("mine")
    version(mine, "mine", OLD)
    assert load_policy("dated", [mine, two], datetime.date(2026, 1, 1)).policy.version == "mine"


def decided_from(
    capsys: pytest.CaptureFixture[str], folder: Path, case: str, *options: str
) -> tuple[int, str, bool | None]:
    (folder / "case.yaml").write_text(case, encoding="utf-8")
    code = main(["evaluate", str(folder / "case.yaml"), "--policies", str(folder), "--format", "json", *options])
    found = json.loads(capsys.readouterr().out)
    return code, found["policy"]["version"], found["policy"]["in_force"]


@pytest.mark.parametrize(
    ("case", "name", "is_in_force"),
    [
        ("request: {date: 2022-06-30}", "b_old", True),
        ("request.date: 2022-06-30", "b_old", True),
        ("request: {date: 2023-02}", "b_old", True),
        ("request: {date: 2023-03-01}", "a_new", True),
        ("request: {date: 2020-01-01}", "a_new", False),
        ("request: {date: 2023}", "a_new", None),
        ("request: {}", "a_new", None),
    ],
)
@pytest.mark.parametrize("how", ["policy: dated", "--policy"])
def test_a_case_is_decided_by_the_version_in_force_on_its_date(
    two: Path, capsys: pytest.CaptureFixture[str], *, case: str, name: str, is_in_force: bool | None, how: str
) -> None:
    written = f"case: c\n{case}\n" + (how if how.startswith("policy") else "")
    options = [] if how.startswith("policy") else ["--policy", "dated"]
    assert decided_from(capsys, two, written, *options) == (0, name, is_in_force)


def test_a_file_that_is_named_decides_whatever_the_date(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--policy", str(two / "a_new/policy.yaml"))
    assert decided_from(capsys, two, "case: c\nrequest: {date: 2022-06-30}", *options) == (0, "a_new", False)


def test_checking_a_folder_reports_versions_that_overlap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    version(tmp_path, "a", OLD)
    version(tmp_path, "b", OLD)
    assert main(["check", str(tmp_path)]) == 1
    assert "error[E506]: two versions of the policy `dated` are in force on 2021-12-01" in capsys.readouterr().out
