"""What a dialect says in its own way comes to the same in DuckDB, Spark and PostgreSQL: exact at the limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from engines import arrow_table
from sqlglot import exp

from besponsa_pa.backends.sql.columns import Column, Kind
from besponsa_pa.backends.sql.dialects import DIALECTS, Dialect
from besponsa_pa.backends.sql.table import column_type, created_table, text_of
from besponsa_pa.backends.sql.terms import RefusedError, binary, number

Run = Callable[[exp.Select], list[tuple[object, ...]]]
STEP = Decimal("0.00000001")
DIGITS = (8, 8)
EXACT = Context(prec=80)
ONE_BY_ONE = ("0", "1", "-1", "3", "7", "0.00000001", "-0.00000003", "99999999.99999999", "-99999999.99999999", "0.5")
# each: the list, and what becomes of it
LISTS: tuple[tuple[str, ...], ...] = ((), ("1",), ("2", "1", "2"), ("-3.5", "0", "4.25"))
COLUMNS = (
    Column("case_id", Kind.TEXT),
    Column("left_", Kind.DECIMAL),
    Column("right_", Kind.DECIMAL),
    Column("values_", Kind.LIST, None, None, Kind.DECIMAL),
    Column("day", Kind.TEXT),
    Column("order", Kind.INTEGER),
)
Row = dict[str, object]


def rows() -> list[Row]:
    """Every pair of hostile numbers; days at the ends of months; lists, and one that is not known."""
    days = ("2024-01-31", "2023-02-28", "2024-02-29", "2026-12-31", "1999-06-15")
    lists: tuple[tuple[str, ...] | None, ...] = (*LISTS, None)
    pairs = [(left, right) for left in ONE_BY_ONE for right in ONE_BY_ONE]
    return [
        {
            "case_id": str(at),
            "left_": Decimal(left),
            "right_": Decimal(right),
            "values_": None if (found := lists[at % len(lists)]) is None else [Decimal(each) for each in found],
            "day": days[at % len(days)],
            "order": at,
        }
        for at, (left, right) in enumerate(pairs)
    ]


# --- the databases ---


@pytest.fixture(
    params=[
        "duckdb",
        pytest.param("spark", marks=pytest.mark.xdist_group("spark")),
        pytest.param("postgres", marks=pytest.mark.xdist_group("postgres")),
    ]
)
def engine(request: pytest.FixtureRequest) -> Iterator[tuple[Dialect, Run]]:
    """A dialect, and what runs a statement of it over the rows, in their order."""
    dialect = DIALECTS[request.param]
    if request.param == "duckdb":
        import duckdb

        with duckdb.connect() as connection:
            connection.register("cases", arrow_table(COLUMNS, rows()))
            yield dialect, lambda statement: connection.sql(text_of(statement, dialect)).fetchall()
        return
    database = request.getfixturevalue(request.param)
    yield dialect, _run_spark(database, dialect) if request.param == "spark" else _run_postgres(database, dialect)


def _run_spark(spark: object, dialect: Dialect) -> Run:
    spark.createDataFrame(arrow_table(COLUMNS, rows())).createOrReplaceTempView("cases")  # type: ignore[attr-defined]
    return lambda statement: [tuple(row) for row in spark.sql(text_of(statement, dialect)).collect()]  # type: ignore[attr-defined]


def _run_postgres(connection: object, dialect: Dialect) -> Run:
    connection.execute("DROP TABLE IF EXISTS cases")  # type: ignore[attr-defined]
    connection.execute(created_table(COLUMNS, dialect))  # type: ignore[attr-defined]
    written = json.dumps(rows(), default=str)
    connection.execute(  # type: ignore[attr-defined]
        "INSERT INTO cases SELECT * FROM jsonb_populate_recordset(NULL::cases, %s::jsonb)", [written]
    )
    return lambda statement: connection.execute(text_of(statement, dialect)).fetchall()  # type: ignore[attr-defined]


def found(run: Run, *expressions: exp.Expression) -> list[tuple[object, ...]]:
    """The values of expressions in each row, in their order; none of them is ever a float."""
    names = [exp.alias_(each, f"found_{at}") for at, each in enumerate(expressions)]
    told = run(exp.select(*names).from_("cases").order_by(exp.column("order")))
    assert not [each for row in told for each in row if isinstance(each, float)]
    return told


LEFT, RIGHT, LIST = exp.column("left_"), exp.column("right_"), exp.column("values_")


# --- numbers ---


def test_a_product_is_exact(engine: tuple[Dialect, Run]) -> None:
    dialect, run = engine
    wanted = [EXACT.multiply(row["left_"], row["right_"]) for row in rows()]  # type: ignore[arg-type]
    assert [each for (each,) in found(run, dialect.product(LEFT, DIGITS, RIGHT, DIGITS))] == wanted


def test_a_quotient_is_rounded_half_away_from_zero_and_null_by_zero(engine: tuple[Dialect, Run]) -> None:
    dialect, run = engine
    wanted = [_quotient(row["left_"], row["right_"]) for row in rows()]  # type: ignore[arg-type]
    assert [each for (each,) in found(run, dialect.quotient(LEFT, DIGITS, RIGHT, DIGITS))] == wanted


def _quotient(left: Decimal, right: Decimal) -> Decimal | None:
    if not right:
        return None
    steps = EXACT.divide_int(EXACT.add(abs(left) * 2 * 10**8, abs(right)), abs(right) * 2)
    return EXACT.multiply(steps, STEP).copy_sign(-1 if (left < 0) != (right < 0) and left else 1)


def test_a_tie_is_rounded_away_from_zero(engine: tuple[Dialect, Run]) -> None:
    dialect, run = engine
    two = number(Decimal("2.00000000"))
    ties = [row["left_"] for row in rows()]
    wanted = [EXACT.divide(each, Decimal(2)).quantize(STEP, ROUND_HALF_UP) for each in ties]  # type: ignore[arg-type]
    assert [each for (each,) in found(run, dialect.quotient(LEFT, DIGITS, two, (1, 8)))] == wanted


def test_a_square_root_is_the_nearest_number(engine: tuple[Dialect, Run]) -> None:
    dialect, run = engine
    assert dialect.square_root is not None
    positive = exp.Abs(this=LEFT)
    for row, (root,) in zip(rows(), found(run, dialect.square_root(positive, DIGITS)), strict=True):
        value = abs(row["left_"])  # type: ignore[arg-type]
        assert root == value.sqrt(EXACT).quantize(STEP, ROUND_HALF_UP)


def test_the_text_of_a_number_has_no_zeros_at_its_end(engine: tuple[Dialect, Run]) -> None:
    dialect, run = engine
    wanted = [(_plain(row["left_"]), str(row["order"])) for row in rows()]  # type: ignore[arg-type]
    texts = found(run, dialect.number_text(LEFT), dialect.number_text(exp.column("order")))
    assert texts == wanted


def _plain(value: Decimal) -> str:
    written = format(value, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


# --- dates ---


def test_a_date_moves_by_months_to_the_last_day_where_there_is_no_such_day(engine: tuple[Dialect, Run]) -> None:
    dialect, run = engine
    day = dialect.date_from_text(exp.column("day"))
    later = dialect.months_later(day, number(1))
    moved = found(
        run,
        later,
        dialect.months_later(day, number(-12)),
        dialect.days_later(day, number(-1)),
        dialect.date_text(later),
    )
    assert moved[:5] == [
        (date(2024, 2, 29), date(2023, 1, 31), date(2024, 1, 30), "2024-02-29"),
        (date(2023, 3, 28), date(2022, 2, 28), date(2023, 2, 27), "2023-03-28"),
        (date(2024, 3, 29), date(2023, 2, 28), date(2024, 2, 28), "2024-03-29"),
        (date(2027, 1, 31), date(2025, 12, 31), date(2026, 12, 30), "2027-01-31"),
        (date(1999, 7, 15), date(1998, 6, 15), date(1999, 6, 14), "1999-07-15"),
    ]


def test_days_between_are_counted_from_the_first(engine: tuple[Dialect, Run]) -> None:
    dialect, run = engine
    day = dialect.date_from_text(exp.column("day"))
    start = exp.cast(exp.Literal.string("2024-01-01"), "DATE")
    assert found(run, dialect.days_between(start, day))[:2] == [(30,), (-307,)]


# --- lists ---


def elements(dialect: Dialect) -> tuple[exp.Expression, str, exp.Expression]:
    """The list, a name for its elements, and an element as a number."""
    return dialect.array_or_empty(LIST), "each_1", dialect.single("each_1", "DECIMAL(16, 8)")


def test_a_list_is_gone_through(engine: tuple[Dialect, Run]) -> None:
    dialect, run = engine
    array, each, value = elements(dialect)
    is_positive = binary(exp.GT, value, number(0))
    bit = exp.Case().when(is_positive, number(4)).else_(number(2))
    assert dialect.count_distinct is not None
    told = found(
        run,
        dialect.any_true(array, each, is_positive),
        dialect.count_true(array, each, is_positive),
        dialect.bits(array, each, bit),
        dialect.least(array, each, value),
        dialect.greatest(array, each, value),
        dialect.total(array, each, value),
        dialect.count_distinct(array, each, value),
        exp.Is(this=LIST, expression=exp.Null()),
    )
    nothing = (False, 0, 0, None, None, None, 0)
    half, quarter = Decimal("-3.5"), Decimal("4.25")
    assert told[:5] == [
        (*nothing, False),
        (True, 1, 4, 1, 1, 1, 1, False),
        (True, 3, 4, 1, 2, 5, 2, False),
        (True, 1, 6, half, quarter, half + quarter, 3, False),
        (*nothing, True),
    ]


def test_what_is_not_known_of_elements_counts_for_nothing(engine: tuple[Dialect, Run]) -> None:
    dialect, run = engine
    array, each, value = elements(dialect)
    unknown = exp.Case().when(binary(exp.GT, value, number(100)), exp.true())
    nothing = exp.Case().when(binary(exp.GT, value, number(100)), value)
    told = found(
        run,
        dialect.any_true(array, each, unknown),
        dialect.count_true(array, each, unknown),
        dialect.least(array, each, nothing),
        dialect.total(array, each, nothing),
    )
    assert set(told) == {(False, 0, None, None)}


def test_the_first_and_the_last_element_are_found_in_their_order(engine: tuple[Dialect, Run]) -> None:
    dialect, run = engine
    array, each, value = elements(dialect)
    assert dialect.filtered is not None
    assert dialect.end is not None
    assert dialect.only is not None
    kept = dialect.filtered(array, each, binary(exp.LT, value, number(2)))
    told = found(
        run,
        dialect.only(dialect.end(kept, False), each, value),
        dialect.only(dialect.end(kept, True), each, value),
        dialect.only(dialect.end(array, True), each, value),
    )
    assert told[:5] == [(None, None, None), (1, 1, 1), (1, 1, 2), (Decimal("-3.5"), 0, Decimal("4.25")), (None,) * 3]


# --- texts ---


def test_the_texts_whose_conditions_hold_keep_their_order(engine: tuple[Dialect, Run]) -> None:
    dialect, run = engine
    texts = [(binary(exp.GT, LEFT, number(0)), "it's \\ more"), (exp.true(), "always"), (exp.Null(), "never")]
    told = [tuple(each) for (each,) in found(run, dialect.text_array(texts))]  # type: ignore[arg-type]
    wanted = [("it's \\ more", "always") if row["left_"] > 0 else ("always",) for row in rows()]  # type: ignore[operator]
    assert told == wanted
    assert list(found(run, dialect.text_array([]))[0][0]) == []  # type: ignore[call-overload]


@pytest.mark.parametrize(("written", "is_ascii"), [("plain", True), ("Ünlaut", False), ("", True), ("a\u2003b", False)])
def test_letters_beyond_ascii_are_noticed(written: str, is_ascii: bool, engine: tuple[Dialect, Run]) -> None:
    dialect, run = engine
    assert found(run, dialect.is_ascii(exp.Literal.string(written)))[0] == (is_ascii,)


def test_spaces_are_collapsed(engine: tuple[Dialect, Run]) -> None:
    dialect, run = engine
    assert found(run, dialect.collapsed_spaces(exp.Literal.string("  a \n\t b  ")))[0] == ("a b",)


# --- types ---


@pytest.mark.parametrize(
    ("dialect", "types"),
    [
        ("duckdb", ("BOOLEAN", "BIGINT", "DECIMAL(16, 8)", "VARCHAR", "VARCHAR[]", "STRUCT(a BIGINT)[]")),
        ("spark", ("BOOLEAN", "BIGINT", "DECIMAL(16, 8)", "STRING", "ARRAY<STRING>", "ARRAY<STRUCT<a: BIGINT>>")),
        ("postgres", ("BOOLEAN", "BIGINT", "NUMERIC(16, 8)", "TEXT", "JSONB", "JSONB")),
        ("snowflake", ("BOOLEAN", "BIGINT", "NUMBER(16, 8)", "VARCHAR", "ARRAY", "ARRAY")),
        (
            "bigquery",
            (
                "BOOL",
                "INT64",
                "BIGNUMERIC",
                "STRING",
                "STRUCT<entries ARRAY<STRING>>",
                "STRUCT<entries ARRAY<STRUCT<a INT64>>>",
            ),
        ),
    ],
)
def test_a_column_has_the_type_of_its_kind(dialect: str, types: Sequence[str]) -> None:
    simple = [Column("a", kind) for kind in (Kind.BOOLEAN, Kind.INTEGER, Kind.DECIMAL, Kind.TEXT)]
    texts = Column("a", Kind.LIST, None, None, Kind.TEXT)
    entries = Column("a", Kind.LIST, None, (Column("a", Kind.INTEGER),))
    assert [column_type(each, DIALECTS[dialect]) for each in (*simple, texts, entries)] == list(types)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_dialect_reckons_with_more_digits_than_it_has(dialect: str) -> None:
    with pytest.raises(RefusedError, match="digits"):
        DIALECTS[dialect].check_common((30, 0), (1, 20))


def test_a_name_that_is_a_word_of_a_database_is_quoted() -> None:
    for dialect in DIALECTS.values():
        quote = "`" if dialect.name in ("spark", "bigquery") else '"'
        assert f"{quote}order{quote} " in created_table(COLUMNS, dialect)
