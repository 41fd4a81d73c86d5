"""A table that somebody else filled: a row with a value that no case can have is refused, and says why; never decided.

Every wrong value is one that `evaluate` refuses as well, or reads as something else than it says.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")
pytest.importorskip("sqlglot")

from comparing import case_of
from engines import arrow_table
from sql_conditions import policy_of

from besponsa_pa import CompiledPolicy
from besponsa_pa.backends.sql import DIALECTS, columns_of, created_table, sql_from_policy
from besponsa_pa.backends.sql.values_of_columns import DATE, FIRST_YEAR, TIME

Row = Mapping[str, object]
Told = dict[str, tuple[object, object]]
Run = Callable[[CompiledPolicy, list[dict[str, object]]], Told]

FACTS: Mapping[str, object] = {
    "request.date": {"type": "Date"},
    "cd22": {"type": "String", "values": ["positive", "negative"]},
    "drug": {"type": "String"},
    "diagnosis": {"type": "Code", "system": "ICD-10-CM"},
    "product": {"type": "Code", "system": "NDC"},
    "any_code": {"type": "Code"},
    "weight": {"type": "Quantity", "unit": "kg"},
    "strength": {"type": "Quantity"},
    "limit": {"type": "Quantity"},
    "level": {"type": "Decimal"},
    "cycles": {"type": "Integer"},
    "seen": {"type": "Time"},
    "scan": {"type": "Boolean", "evidence": "documentation"},
    "regions": {"type": "List", "of": {"type": "String", "values": ["spine", "hip"]}},
    "diagnoses": {"type": "List", "of": {"type": "Code", "system": "ICD-10-CM"}},
    "therapies": {
        "type": "List",
        "of": {
            "class": {"type": "String", "values": ["chemotherapy", "transplant"]},
            "drug": {"type": "String"},
            "start": {"type": "Date"},
            "code": {"type": "Code", "system": "ICD-10-CM"},
            "other": {"type": "Code"},
            "dose": {"type": "Quantity", "unit": "mg"},
            "cycles": {"type": "Integer"},
            "level": {"type": "Decimal"},
        },
    },
}
CHECKS = (
    "cd22 = 'positive'",
    "drug ~ 'imatinib mesylate'",
    "diagnosis in some_codes",
    "product in products",
    "any_code in some_codes",
    "weight > 40 'kg'",
    "strength > limit",
    "level < 3.5",
    "cycles * 2 < 10",
    "seen before @T18:00:00.000",
    "scan",
    "regions contains 'hip'",
    "exists (diagnoses D where D in some_codes)",
    "exists (therapies T where T.class = 'chemotherapy' and T.start before @2026-01-01 and T.drug = 'a')",
    "exists (therapies T where T.code in some_codes and T.other in some_codes)",
    "exists (therapies T where T.dose > 5 'mg' and T.cycles > 1 and T.level > 1)",
    "request.date on or after @2020-01-01",
)
SETS: Mapping[str, object] = {
    "some_codes": [{"system": "ICD-10-CM", "codes": ["C91.02"]}, {"system": "urn:our-plan", "codes": ["P1"]}],
    "products": {"system": "NDC", "codes": ["0008-0100-01"]},
}
ENTRY: Row = {
    "class": "chemotherapy", "drug": "a", "start": "2025-03-01", "code": "C91.02", "other": "C91.02",
    "other__system": "ICD-10-CM", "dose__value": Decimal(40), "dose__unit": "mg", "cycles": 3, "level": Decimal("2.5"),
}  # fmt: skip
RIGHT: Row = {
    "request__date": "2026-11-20", "cd22": "positive", "drug": "Imatinib  mesylate", "diagnosis": "C91.02",
    "product": "0008-0100-01", "any_code": "C91.02", "any_code__system": "ICD-10-CM", "weight__value": Decimal(60),
    "weight__unit": "kg", "strength__value": Decimal(40), "strength__unit": "mg", "limit__value": Decimal(30),
    "limit__unit": "mg", "level": Decimal("1.5"), "cycles": 3, "seen": "14:30", "scan": True,
    "scan__evidence": "documentation", "regions": ["hip"], "diagnoses": ["C91.02"], "therapies": [ENTRY],
}  # fmt: skip


@dataclass(frozen=True)
class Wrong:
    """A row with one wrong thing, what is said of it, and what the same is in a case, where a case can say it."""

    change: Row
    why: str
    case: Row | None = None


def _wrong() -> Iterator[Wrong]:
    yield from _wrong_single()
    yield from _wrong_quantities()
    yield from _wrong_in_lists()


def _wrong_single() -> Iterator[Wrong]:
    for value in ("Positive", "POSITIVE", " positive", "pos", ""):
        yield Wrong({"cd22": value}, "`cd22` is none of positive, negative", {"cd22": value})
    for value in ("", "  ", "\t\n"):
        yield Wrong({"drug": value}, "`drug` is a text without any English letter or digit", {"drug": value})
    for value in ("imatinib\x0bmesylate", "imatinib\x1cmesylate", "imatinib\x1f"):
        yield Wrong({"drug": value}, "control characters")
    yield Wrong({"drug": "imatinib\x85mesylate"}, "letters beyond ASCII")
    for value in ("C9102", "c91.02", "C91.02 ", "C91.", "C91.02\n"):
        refused = None if value.strip() == "C91.02" or value == "C91." else value
        yield Wrong({"diagnosis": value}, "`diagnosis` is not as ICD-10-CM", refused and {"diagnosis": refused})
    for value in ("", " 0008-0100-01", "0008-0100-01\n"):
        yield Wrong({"product": value}, "`product` is no code", None if value else {"product": value})
    yield Wrong({"any_code": "C9102"}, "`any_code` is not as ICD-10-CM")
    for system in (None, "", "ICD10", "icd-10-cm", "http://hl7.org/fhir/sid/icd-10-cm", "Another plan"):
        yield Wrong({"any_code__system": system}, "code system")
    for value in ("20/11/2026", "2026-2-1", "2026-02-30", "2026-13", "2026-11-20T10:00:00", "0000", "", "2026-11-20\n"):
        yield Wrong({"request__date": value}, "`request.date` is no date", {"request.date": value})
    for value in ("2:30 pm", "24:00", "14:60", "9:30", "", "14:30:15.5"):
        case = None if value == "14:30:15.5" else {"seen": value}
        yield Wrong({"seen": value}, "`seen` is no time of day", case)
    for number in (1_000_001, -(2**63), 2**63 - 1):
        case = None if number == 1_000_001 else {"cycles": number}
        yield Wrong({"cycles": number}, "`cycles` is larger", case)
    yield Wrong({"scan__evidence": "Documentation"}, "evidence for `scan` is none of attestation, documentation")


def _wrong_quantities() -> Iterator[Wrong]:
    alone = {"value": "60"}
    yield Wrong({"weight__unit": None}, "`weight` has no unit", {"weight": alone})
    yield Wrong({"strength__unit": None}, "`strength` has no unit", {"strength": alone})
    yield Wrong({"weight__unit": "KG"}, "a unit that SQL does not convert", {"weight": "60 KG"})
    mcg = {"strength__unit": "mcg", "limit__unit": "mcg"}
    yield Wrong(mcg, "`strength` is in a unit", {"strength": "40 mcg", "limit": "30 mcg"})


def _wrong_in_lists() -> Iterator[Wrong]:
    yield Wrong({"regions": ["hip", "Spine"]}, "an entry of `regions` is none of", {"regions": ["hip", "Spine"]})
    yield Wrong({"regions": ["hip", None]}, "nothing is known of an entry of `regions`")
    yield Wrong({"diagnoses": ["C91.02", "c91.02"]}, "an entry of `diagnoses` is not as", {"diagnoses": ["c91.02"]})
    of: tuple[tuple[Row, str], ...] = (
        ({"class": "Chemotherapy"}, "`class` of an entry of `therapies` is none of"),
        ({"drug": " "}, "`drug` of an entry of `therapies` is a text without"),
        ({"start": "2025-02-29"}, "`start` of an entry of `therapies` is no date"),
        ({"start": "3/1/2025"}, "`start` of an entry of `therapies` is no date"),
        ({"code": "C9102"}, "`code` of an entry of `therapies` is not as ICD-10-CM"),
    )
    for change, why in of:
        case = {"therapies": [{"class": "transplant"}, change]}
        yield Wrong({"therapies": [{**ENTRY, "class": "transplant"}, {**ENTRY, **change}]}, why, case)
    only_rows: tuple[tuple[Row, str], ...] = (
        ({"other__system": "ICD10"}, "`other` of an entry of `therapies` is of a code system"),
        ({"other__system": None}, "`other` of an entry of `therapies` is of a code system"),
        ({"dose__unit": None}, "`dose` of an entry of `therapies` has no unit"),
        ({"cycles": 2**62}, "`cycles` of an entry of `therapies` is larger"),
        ({"level": Decimal(10) ** 9}, "`level` of an entry of `therapies` has more digits"),
        ({"dose__value": Decimal(10) ** 9}, "`dose` of an entry of `therapies` has more digits"),
    )
    for change, why in only_rows:
        yield Wrong({"therapies": [{**ENTRY, **change}, ENTRY]}, why)


WRONG = tuple(_wrong())


@pytest.fixture(scope="module")
def compiled() -> CompiledPolicy:
    return policy_of(FACTS, CHECKS, value_sets=SETS)


# --- the databases ---


@pytest.fixture(
    params=[
        "duckdb",
        pytest.param("spark", marks=pytest.mark.xdist_group("spark")),
        pytest.param("postgres", marks=pytest.mark.xdist_group("postgres")),
    ]
)
def run(request: pytest.FixtureRequest) -> Run:
    """What decides rows: the decision of each, and why it is refused, by its `case_id`."""
    if request.param == "duckdb":
        return _told_by_duckdb
    database = request.getfixturevalue(request.param)
    by = {"spark": _told_by_spark, "postgres": _told_by_postgres}[request.param]
    return lambda compiled, rows: by(database, compiled, rows)


def _told_by_duckdb(compiled: CompiledPolicy, rows: list[dict[str, object]]) -> Told:
    import duckdb

    with duckdb.connect() as connection:
        connection.register("cases", arrow_table(columns_of(compiled), rows))  # type: ignore[arg-type]
        connection.execute(f"CREATE TABLE told AS {sql_from_policy(compiled, 'duckdb').text}")
        told = connection.sql("SELECT case_id, decision, refused FROM told").fetchall()
    return {name: (decision, refused) for name, decision, refused in told}


def _told_by_spark(spark: object, compiled: CompiledPolicy, rows: list[dict[str, object]]) -> Told:
    table = arrow_table(columns_of(compiled), rows)  # type: ignore[arg-type]
    spark.createDataFrame(table).createOrReplaceTempView("cases")  # type: ignore[attr-defined]
    found = spark.sql(sql_from_policy(compiled, "spark").text).collect()  # type: ignore[attr-defined]
    return {row["case_id"]: (row["decision"], row["refused"]) for row in found}


def _told_by_postgres(connection: object, compiled: CompiledPolicy, rows: list[dict[str, object]]) -> Told:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("SET jit = off")
    cursor.execute("DROP TABLE IF EXISTS cases")
    cursor.execute(created_table(columns_of(compiled), DIALECTS["postgres"]).replace("CREATE", "CREATE TEMPORARY", 1))
    written = json.dumps(rows, default=lambda number: format(number, "f"))
    cursor.execute("INSERT INTO cases SELECT * FROM jsonb_populate_recordset(NULL::cases, %s::jsonb)", [written])
    cursor.execute(sql_from_policy(compiled, "postgres").text)
    names = [column.name for column in cursor.description]
    found = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    return {row["case_id"]: (row["decision"], row["refused"]) for row in found}


def row(compiled: CompiledPolicy, name: str, change: Row) -> dict[str, object]:
    """The right row with a change."""
    return {**{column.name: None for column in columns_of(compiled)}, **RIGHT, **change, "case_id": name}


# --- wrong values ---


def test_every_wrong_value_is_refused_and_says_why(compiled: CompiledPolicy, run: Run) -> None:
    told = run(compiled, [row(compiled, str(at), each.change) for at, each in enumerate(WRONG)])
    for at, each in enumerate(WRONG):
        decision, refused = told[str(at)]
        assert decision is None, each
        assert each.why in str(refused), (each, refused)


def test_a_case_cannot_say_it_either(compiled: CompiledPolicy) -> None:
    said = [each.case for each in WRONG if each.case is not None]
    assert len(said) > len(WRONG) / 2
    assert [each for each in said if case_of(compiled, dict(each)) is not None] == []  # type: ignore[arg-type]


RIGHT_CHANGES: tuple[Row, ...] = (
    {},
    {"request__date": "2024-02-29"},
    {"request__date": "2026"},
    {"request__date": "2026-11"},
    {"seen": "14"},
    {"seen": "14:30:15"},
    {"seen": "14:30:15.123"},
    {"any_code": "P1", "any_code__system": "urn:our-plan"},
    {"drug": " imatinib \t MESYLATE\n"},
    {"weight__value": Decimal(60_000), "weight__unit": "g"},
    {"regions": ["spine", "hip"]},
    {"therapies": [dict.fromkeys(ENTRY), ENTRY]},
    {"therapies": [{**ENTRY, "start": "2025-12"}]},
)


def test_what_a_case_may_say_is_decided(compiled: CompiledPolicy, run: Run) -> None:
    told = run(compiled, [row(compiled, str(at), each) for at, each in enumerate(RIGHT_CHANGES)])
    assert set(told.values()) == {("approve", None)}, told


def test_what_is_not_known_is_asked_for(compiled: CompiledPolicy, run: Run) -> None:
    """NULL is no wrong value, in no column."""
    rows = [row(compiled, name, {name: None}) for name in RIGHT if not name.endswith(("__unit", "__system"))]
    nothing = {**row(compiled, "nothing", {}), **dict.fromkeys(RIGHT)}
    told = run(compiled, [*rows, nothing])
    assert set(told.values()) == {("pend", None)}, told


def test_a_table_of_checked_values_is_not_checked_again(compiled: CompiledPolicy) -> None:
    checked = sql_from_policy(compiled, "duckdb", are_checked=True).text
    assert "wrong_value" not in checked
    assert "REGEXP_MATCHES" not in checked
    assert "wrong_value" in sql_from_policy(compiled, "duckdb").text


# --- forms ---


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("year", [1, 4, 100, 400, 1600, 1900, 1999, 2000, 2023, 2024, 2100, 2400, 9999])
def test_the_form_of_a_date_has_just_the_days_of_the_calendar(year: int) -> None:
    days = [f"{year:04d}-{month:02d}-{day:02d}" for month in range(14) for day in range(33)]
    assert [each for each in days if bool(re.fullmatch(DATE, each)) != _is_date(each)] == []
    assert all(each >= FIRST_YEAR for each in days)


def test_the_form_of_a_time_has_just_the_times_of_a_clock() -> None:
    texts = [f"{hour:02d}:{minute:02d}" for hour in range(26) for minute in range(62)]
    found = [each for each in texts if re.fullmatch(TIME, each)]
    assert len(found) == 24 * 60
    assert found[-1] == "23:59"
