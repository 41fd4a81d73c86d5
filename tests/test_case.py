"""Cases: what they are read as, what is told of their mistakes, and many of them in one file."""

from __future__ import annotations

import datetime
import itertools
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from declaring import declared, one_of
from hypothesis import given
from hypothesis import strategies as st

from besponsa_pa.case import (
    RESERVED,
    Case,
    Evidence,
    JudgmentAnswer,
    case_from_mapping,
    case_sources,
    cases_in,
    ndjson_sources,
    policy_named,
    read_case,
    yaml_sources,
)
from besponsa_pa.case.statements import EVIDENCE_KEYS, JUDGMENT_KEYS
from besponsa_pa.diagnostic import Diagnostic, Diagnostics
from besponsa_pa.document import load_schema, parse_document, validate
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.facts import Facts, Grade
from besponsa_pa.source import Source
from besponsa_pa.types import (
    BOOLEAN,
    CODE,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    QUANTITY,
    STRING,
    TIME,
    VALUE_SET,
    IntervalOf,
    ListOf,
    TupleOf,
    Type,
    with_unit,
)
from besponsa_pa.values import Code, Date, Missing, Time, TupleValue, Uncertain, UncertainList, from_fact

DATA = Path(__file__).parent / "case"
EXAMPLES = Path(__file__).parent.parent / "examples"
CRITERIA = ("dose_support", "off_label_use")


THERAPY = TupleOf((
    ("drug", STRING),
    ("class", one_of("tyrosine_kinase_inhibitor", "chemotherapy")),
    ("outcome", one_of("response", "failure", "intolerance")),
    ("start", DATE),
    ("dose", with_unit("mg")),
))  # fmt: skip
TYPES: dict[str, Type] = {
    "request.date": DATE,
    "request.time": DATETIME,
    "request.clock": TIME,
    "patient.birth_date": DATE,
    "patient.note": STRING,
    "disease.cd22": one_of("positive", "negative"),
    "disease.status": one_of("relapsed", "refractory", "no"),
    "disease.lineage": one_of("b_cell_precursor", "t_cell"),
    "disease.diagnosis": replace(CODE, system="ICD-10-CM"),
    "disease.other_code": CODE,
    "liver.tests": one_of("normal", "elevated"),
    "liver.veno_occlusive_disease": BOOLEAN,
    "labs.alt": DECIMAL,
    "labs.score": INTEGER,
    "labs.liver.alt.limit": INTEGER,
    "dose.daily": with_unit("mg"),
    "dose.weekly": with_unit("mg"),
    "dose.other": QUANTITY,
    "dose.interval": with_unit("d"),
    "dose.ratio": with_unit("1"),
    "treatment.cycles": INTEGER,
    "treatment.dates": ListOf(DATE),
    "therapies": ListOf(THERAPY),
}
# facts that only one test needs; the others list what is known without them
MORE_TYPES: dict[str, Type] = {
    "request.window": IntervalOf(DATE),
    "request.members": VALUE_SET,
    "transplant.prior": BOOLEAN,
    "transplant.planned": BOOLEAN,
    "treatment.line": INTEGER,
    "labs.ast": DECIMAL,
    "labs.inr": DECIMAL,
    "labs.platelets": DECIMAL,
    "labs.alt_limit": DECIMAL,
}


FACTS = declared(TYPES)


def rows(name: str) -> list[dict[str, object]]:
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts only


def sentences(table: Iterable[Mapping[str, object]]) -> list[object]:
    return [pytest.param(row, id=str(row["name"])) for row in table]


def read(text: str, facts: Facts = FACTS, name: str = "case.yaml") -> tuple[Case | None, Diagnostics]:
    diagnostics = Diagnostics()
    node = parse_document(Source(text, "case" if text.startswith("{") else name), diagnostics)
    return None if node is None else read_case(node, facts, diagnostics, CRITERIA), diagnostics


def known(text: str, facts: Facts = FACTS) -> Case:
    case, diagnostics = read(text, facts)
    assert case is not None, list(diagnostics)
    assert not diagnostics.items
    return case


def line(diagnostic: Diagnostic) -> str:
    place = f"{diagnostic.span.line}:{diagnostic.span.column}" if diagnostic.span else "-"
    told = f"{diagnostic.code} {place} {diagnostic.message} | {diagnostic.label} | {diagnostic.help}"
    return told.replace("|  |", "| |").strip()


def told(diagnostics: Diagnostics) -> list[str]:
    return [line(diagnostic) for diagnostic in diagnostics]


# --- tables ---


@pytest.mark.parametrize("row", sentences(rows("values.yaml")))
def test_a_case_is_read_as(row: Mapping[str, object]) -> None:
    case = known(str(row["case"]))
    values = {name: text_of(value) for name, value in case.facts.items()}
    if "knows" in row:
        assert values == row["knows"]
    if "drugs" in row:
        therapies = case.facts["therapies"]
        assert isinstance(therapies, tuple)
        assert [text_of(therapy.elements["drug"]) for therapy in therapies] == row["drugs"]


@pytest.mark.parametrize("row", sentences(rows("mistakes.yaml")))
def test_of_a_mistake_is_told(row: Mapping[str, object]) -> None:
    text = str(row["case"])
    extra = {name: kind for name, kind in MORE_TYPES.items() if name.rpartition(".")[2] in text}
    case, diagnostics = read(text, {**FACTS, **declared(extra)})
    assert told(diagnostics) == str(row["told"]).splitlines()
    assert case is None


# --- what a case is ---


def test_a_case_carries_its_name_its_policy_and_the_file_it_came_from() -> None:
    case = known("case: 0012\npolicy: besponsa\n")
    assert (case.id, case.policy, case.name) == ("0012", "besponsa", "case.yaml")


def test_a_case_without_name_and_policy_has_none() -> None:
    case = known("case: null\nlabs.score: 1\n")
    assert (case.id, case.policy) == (None, None)


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("policy: besponsa", "besponsa"),
        ("policy: 2025.10", "2025.10"),
        ("policy: ~", None),
        ("policy: [a]", None),
        ("case: A", None),
        ("[policy]", None),
    ],
)
def test_the_policy_that_a_case_names_is_known_before_its_facts(text: str, policy: str | None) -> None:
    node = parse_document(Source(text, "case.yaml"), Diagnostics())
    assert node is not None
    assert policy_named(node) == policy


def test_values_keep_the_types_of_their_facts() -> None:
    case = known("disease: {diagnosis: C91.02}\ntreatment: {cycles: 3}\nlabs: {alt: 3}\npatient: {birth_date: 2024-02}")
    assert case.facts["disease.diagnosis"] == Code("C91.02", "ICD-10-CM")
    assert type(case.facts["treatment.cycles"]) is int
    assert type(case.facts["labs.alt"]) is Decimal
    birth = case.facts["patient.birth_date"]
    assert birth == Uncertain(Date(2024, 2, 1), Date(2024, 2, 29), frozenset({"patient.birth_date"}))


def test_a_list_with_an_entry_that_is_not_known_is_an_uncertain_list() -> None:
    dates = known("treatment: {dates: [2024-01-05, ~, 2024]}").facts["treatment.dates"]
    assert isinstance(dates, UncertainList)
    assert dates.elements[1] == (Missing(frozenset({"treatment.dates[1]"})), True)
    assert dates.facts == {"treatment.dates[1]", "treatment.dates[2]"}


def test_a_list_of_entries_stays_a_list_when_parts_of_them_are_missing() -> None:
    therapies = known("therapies: [{drug: imatinib, start: 2020}]").facts["therapies"]
    assert isinstance(therapies, tuple)
    (therapy,) = therapies
    assert isinstance(therapy, TupleValue)
    assert list(therapy.elements) == ["drug", "class", "outcome", "start", "dose"]
    assert therapy.elements["outcome"] == Missing(frozenset({"therapies[0].outcome"}))
    assert therapy.elements["start"] == from_fact(Date(2020), "therapies[0].start")


def test_a_time_of_day_to_the_hour_lies_within_the_hour() -> None:
    clock = known("request: {clock: '14'}").facts["request.clock"]
    assert clock == Uncertain(Time(14, 0, 0, 0), Time(14, 59, 59, 999), frozenset({"request.clock"}))


def test_a_case_knows_where_it_says_something_even_a_null() -> None:
    case = known("disease: {cd22: positive, status: null}\ntherapies:\n  - {drug: imatinib}\n")
    assert set(case.spans) == {"disease.cd22", "disease.status", "therapies", "therapies[0]", "therapies[0].drug"}
    place = case.span_of("therapies[0].drug")
    assert place is not None
    assert (place.line, place.column) == (3, 12)
    assert case.span_of("liver.tests") is None


def test_two_cases_that_say_the_same_in_other_words_are_equal() -> None:
    assert known("disease: {cd22: positive}") == known("disease.cd22:   positive")


def test_a_fact_given_twice_shows_the_first_place_too() -> None:
    _, diagnostics = read("disease: {cd22: positive}\ndisease.cd22: negative\n")
    ((span, text),) = diagnostics.items[0].related
    assert (span.line, text) == (1, "the first time")


def test_a_misspelt_code_system_is_an_error_for_its_codes_are_in_no_value_set() -> None:
    case, diagnostics = read("disease: {diagnosis: {system: SNOMET CT, code: 91857003}}")
    (error,) = told(diagnostics)
    assert error.startswith("E408 ")
    assert "did you mean `SNOMED CT`?" in error
    assert case is None


def test_an_unknown_code_system_is_a_warning_for_a_payer_may_have_its_own() -> None:
    case, diagnostics = read("disease: {diagnosis: {system: Plan codes, code: 91857003}}")
    assert told(diagnostics) == ["W412 1:31 `disease.diagnosis`: no code system is known as `Plan codes` | |"]
    assert case is not None
    assert case.facts["disease.diagnosis"] == Code("91857003", "Plan codes")


def test_a_code_system_of_the_payer_that_the_fact_declares_is_no_surprise() -> None:
    facts = declared({"drug.tier": replace(CODE, system="Payer tiers")})
    case = known("drug: {tier: {system: Payer tiers, code: T1}}", facts)
    assert case.facts["drug.tier"] == Code("T1", "Payer tiers")


# --- evidence and judgments ---


def test_evidence_is_kept_by_fact_and_by_place() -> None:
    case = known("""
therapies: [{drug: imatinib}]
evidence:
  disease.cd22: {kind: documentation, source: flow cytometry report, date: 2026-11, by: Laboratory}
  request: {date: {kind: attestation}}
  therapies: {kind: claims, source: null}
  therapies[0].drug: {kind: claims}
  liver.tests: null
""")
    assert case.evidence == {
        "disease.cd22": Evidence(Grade.DOCUMENTATION, "flow cytometry report", Date(2026, 11), "Laboratory"),
        "request.date": Evidence(Grade.ATTESTATION),
        "therapies": Evidence(Grade.CLAIMS),
        "therapies[0].drug": Evidence(Grade.CLAIMS),
    }


def test_an_answer_that_is_null_is_no_answer() -> None:
    case = known("judgments: {dose_support: {met: false, by: Dr. A, date: 2026-11-20}, off_label_use: {met: null}}")
    assert case.judgments == {"dose_support": JudgmentAnswer(False, "Dr. A", Date(2026, 11, 20))}
    assert known("judgments: {dose_support: null}\nevidence: ~").judgments == {}


def test_a_policy_without_judgments_takes_no_answers() -> None:
    diagnostics = Diagnostics()
    node = parse_document(Source("judgments: {dose: {met: true}}", "case.yaml"), diagnostics)
    assert node is not None
    assert read_case(node, FACTS, diagnostics) is None
    assert told(diagnostics) == ["E410 1:13 no judgment is called `dose` | | the policy asks for no judgment"]


# --- hostile cases ---


def test_deep_nesting_in_the_place_of_a_value_is_told_and_does_not_crash() -> None:
    case, diagnostics = read("disease: {cd22: " + "[" * 90 + "]" * 90 + "}")
    assert case is None
    assert told(diagnostics) == ["E404 1:17 `disease.cd22` is a list | wanted one of positive, negative |"]


def test_deep_nesting_of_unknown_keys_does_not_crash() -> None:
    case, diagnostics = read('{"x": ' * 95 + "1" + "}" * 95)
    assert case is None
    assert [diagnostic.message for diagnostic in diagnostics] == ["no fact is called `x`"]


def test_a_case_full_of_unknown_keys_is_told_quickly_and_not_to_its_end() -> None:
    text = "\n".join(f"unknown_key_{number}: 1" for number in range(20_000))
    start = time.process_time()
    node = parse_document(Source(text, "case.yaml"), Diagnostics())
    assert node is not None
    parsed = time.process_time()
    diagnostics = Diagnostics()
    assert read_case(node, FACTS, diagnostics) is None
    assert len(diagnostics.items) == 51
    assert told(diagnostics)[-1] == (
        "E411 51:1 more than 50 mistakes in one case | the case is read as far as here | mend the others first"
    )
    assert time.process_time() - parsed < 1 + (parsed - start)


def test_a_case_of_many_entries_is_read_quickly() -> None:
    text = '{"therapies": [' + ", ".join(['{"drug": "imatinib", "start": "2020"}'] * 10_000) + "]}"
    node = parse_document(Source(text, "case.json"), Diagnostics())
    assert node is not None
    start = time.process_time()
    case = read_case(node, FACTS, Diagnostics())
    assert case is not None
    assert len(case.spans) == 30_001
    assert time.process_time() - start < (2 if sys.gettrace() is None else 10)  # coverage slows every line down


def test_an_error_in_one_case_of_a_list_leaves_the_others_readable() -> None:
    text = "- {case: A, labs: {score: 1}}\n- {case: B, case: C}\n- {case: D, labs: {score: x}}\n- {case: E}\n"
    diagnostics = Diagnostics()
    node = parse_document(Source(text, "cases.yaml"), diagnostics)
    assert node is not None
    cases = [read_case(each, FACTS, diagnostics) for each in cases_in(node)]
    assert [case and case.id for case in cases] == ["A", None, None, "E"]
    assert [diagnostic.code for diagnostic in diagnostics] == ["E123", "E405"]


@given(st.sampled_from(sorted(TYPES)), st.text(max_size=12) | st.sampled_from(["{}", "[]", "[{}]", "1", "~", "2024"]))
def test_whatever_stands_for_a_fact_is_read_or_told_but_never_crashes(name: str, text: str) -> None:
    case, diagnostics = read(f"{name}: {text}")
    assert (case is None) == diagnostics.has_errors
    if case is not None:
        assert set(case.facts) <= {name}


# --- many cases in one file ---


def split(text: str, name: str) -> list[tuple[int, str]]:
    return [(source.first_line, source.text) for source in case_sources(text.splitlines(keepends=True), name)]


def test_a_file_of_one_case_is_one_source() -> None:
    text = "# a comment\ncase: A\nlabs: {score: 1}\n"
    assert split(text, "case.yaml") == [(1, text)]
    assert split(text.rstrip("\n"), "case") == [(1, text)]


def test_the_cases_of_ndjson_are_lines_and_empty_lines_are_passed_over() -> None:
    text = '\n{"case": "A"}\n\n  \n{"case": "B"}\r\n{"case": "C"'
    wanted = [(2, '{"case": "A"}'), (5, '{"case": "B"}'), (6, '{"case": "C"')]
    assert split(text, "cases.ndjson") == wanted
    assert split(text, "cases.JSONL") == wanted
    assert split(text, "-") == wanted


def test_ndjson_is_known_from_standard_input_even_when_its_first_line_is_broken() -> None:
    assert len(split('{"case": "A", "labs": {\n{"case": "B"}\n', "-")) == 2


@pytest.mark.parametrize(
    "text",
    [
        '{"case": "A"}\n',
        '{\n  "case": "A"\n}\n',
        '{"case": "A",\n"labs": {"score": 1}}\n',
        '[\n{"case": "A"},\n{"case": "B"}\n]\n',
        '[{"case": "A"},\n{"case": "B"}]\n',
        "{case: A}\n",
    ],
)
def test_json_that_is_not_one_case_a_line_stays_whole(text: str) -> None:
    assert split(text, "-") == [(1, text)]
    assert split(text, "case.json") == [(1, text)]


def test_the_documents_of_a_yaml_file_are_divided_and_keep_their_lines() -> None:
    text = "# first\ncase: A\n---\ncase: B\n--- # third\ncase: C\n---\n"
    assert split(text, "cases.yaml") == [
        (1, "# first\ncase: A\n"),
        (3, "---\ncase: B\n"),
        (5, "--- # third\ncase: C\n"),
    ]


def test_documents_without_content_are_no_cases_but_a_file_without_content_is_one_source() -> None:
    assert split("%YAML 1.2\n---\n# nothing\n---\ncase: A\n...\n---\n", "cases.yaml") == [(4, "---\ncase: A\n...\n")]
    assert split("", "cases.yaml") == [(1, "")]
    assert split("# nothing\n", "cases.yaml") == [(1, "# nothing\n")]
    assert list(ndjson_sources(["\n"], "cases.ndjson")) == []


def test_dashes_that_begin_no_document_divide_nothing() -> None:
    text = "case: A\nnote: |\n  ---\n  ----\n----x: 1\n"
    assert split(text, "cases.yaml") == [(1, text)]


def test_a_byte_order_mark_is_left_out() -> None:
    assert split('\ufeff{"case": "A"}\n', "cases.ndjson") == [(1, '{"case": "A"}')]
    assert split("\ufeffcase: A\n", "cases.yaml") == [(1, "case: A\n")]


def test_sources_come_one_by_one_from_lines_without_end() -> None:
    endless = (f'{{"case": "{number}"}}\n' for number in itertools.count())
    assert [source.first_line for source in itertools.islice(case_sources(endless, "-"), 3)] == [1, 2, 3]
    documents = (f"---\ncase: {number}\n" for number in itertools.count())
    lines = (line for document in documents for line in document.splitlines(keepends=True))
    assert [source.first_line for source in itertools.islice(yaml_sources(lines, "-"), 3)] == [1, 3, 5]


def test_a_document_that_is_too_large_is_cut_off_so_that_it_can_be_refused() -> None:
    (source,) = yaml_sources(("x" * 999 + "\n" for _ in range(3_000)), "-")
    assert 1_000_000 < len(source.text) < 1_010_000


def test_a_broken_case_among_many_is_told_with_its_line_and_the_others_go_on() -> None:
    path = EXAMPLES / "05_many_cases" / "cases.ndjson"
    facts = declared({
        **TYPES,
        "request.pathway": STRING,
        "disease.status": STRING,
        "disease.philadelphia_chromosome": STRING,
        "liver.disease": STRING,
        "treatment.cycles_completed": INTEGER,
    })  # fmt: skip
    names, broken = list[str | None](), list[str]()
    with path.open(encoding="utf-8") as lines:
        for source in case_sources(lines, "cases.ndjson"):
            diagnostics = Diagnostics()
            node = parse_document(source, diagnostics)
            assert node is not None
            case = read_case(node, facts, diagnostics)
            names.append(case.id if case else None)
            broken += told(diagnostics)
    assert names == ["B-2001", "B-2002", "B-2003", "B-2004", None, "B-2006", "B-2007", "B-2008"]
    assert broken == [
        "E406 5:236 `disease.cd22` has no value `positiv` | not one of positive, negative | did you mean `positive`?",
        "E402 5:297 no fact is called `liver.test` | | did you mean `liver.tests`?",
    ]


# --- a line of a longer file ---


def test_a_source_that_begins_at_a_later_line_counts_from_there() -> None:
    source = Source("one\ntwo\r\nthree", "cases.yaml", 7)
    assert source.position(0) == (7, 1)
    assert source.position(6) == (8, 3)
    assert [source.line_text(number) for number in (7, 8, 9)] == ["one", "two", "three"]


# --- cases given by programs ---


def given_by_program(data: Mapping[str, object]) -> tuple[Case | None, Diagnostics]:
    diagnostics = Diagnostics()
    return case_from_mapping(data, FACTS, diagnostics, CRITERIA), diagnostics


def test_python_values_mean_what_a_case_file_means() -> None:
    data = {
        "case": "A-1",
        "policy": None,
        "request": {"date": datetime.date(2026, 11, 20), "time": datetime.datetime(2026, 11, 20, 14, 30)},
        "request.clock": datetime.time(14, 30),
        "patient": {"birth_date": Date(1984), "note": 'a "quoted" \u00e9'},
        "disease": {"cd22": "positive", "status": None, "diagnosis": {"system": "SNOMED CT", "code": "91857003"}},
        "liver.veno_occlusive_disease": False,
        "labs": {"alt": Decimal("1E+2"), "score": -3},
        "therapies": ({"drug": "no", "start": "2020"},),
        "treatment": {"dates": []},
        "judgments": {"dose_support": {"met": True}},
    }
    case, diagnostics = given_by_program(data)
    assert not diagnostics.items
    assert case == replace(
        known("""
case: A-1
request: {date: 2026-11-20, time: 2026-11-20T14:30:00, clock: "14:30:00"}
patient: {birth_date: 1984, note: 'a "quoted" é'}
disease: {cd22: positive, diagnosis: {system: SNOMED CT, code: 91857003}}
liver: {veno_occlusive_disease: false}
labs: {alt: 100, score: -3}
therapies: [{drug: no, start: 2020}]
treatment: {dates: []}
judgments: {dose_support: {met: true}}
"""),
        name="<case>",
    )


def test_a_float_is_refused_with_its_place() -> None:
    case, diagnostics = given_by_program({"labs": {"alt": 0.1}, "therapies": [{"dose": float("nan")}]})
    assert case is None
    assert [(diagnostic.message, diagnostic.help) for diagnostic in diagnostics] == [
        (
            f"`{place}` is a `float`, which is seldom the number that was written",
            f"give it as text or as `Decimal`, {such}",
        )
        for place, such in (
            ("labs.alt", "such as `Decimal('0.1')`"),
            ("therapies[0].dose", "such as `Decimal('nan')`"),
        )
    ]


def test_values_that_mean_nothing_in_a_case_are_refused() -> None:
    endless: dict[str, object] = {}
    endless["disease"] = endless
    for data, message in [
        ({"disease": {"cd22": {"positive"}}}, "`disease.cd22` is of the Python type `set`"),
        ({"disease": {22: "positive"}}, "`disease` has a key that is a `int`"),
        ({22: "positive"}, "`the case` has a key that is a `int`"),
        ({"labs": {"score": 10**5000}}, "`labs.score` is a number with more than 40 digits"),
        (endless, "the case is nested more than 100 levels deep"),
        ({"labs": {"alt": b"1"}}, "`labs.alt` is of the Python type `bytes`"),
    ]:
        case, diagnostics = given_by_program(data)
        assert case is None
        assert [diagnostic.message for diagnostic in diagnostics] == [message]


def test_mistakes_of_a_program_are_told_as_those_of_a_file() -> None:
    case, diagnostics = given_by_program({"disease": {"cd22": "postive"}, "labs": {"alt": Decimal("NaN")}})
    assert case is None
    assert told(diagnostics) == [
        "E406 3:13 `disease.cd22` has no value `postive` | not one of positive, negative | did you mean `positive`?",
        "E405 6:12 `labs.alt`: `NaN` is not a number | wanted digits such as `5` or `0.25` |",
    ]


def test_half_a_character_is_told_and_does_not_crash() -> None:
    case, diagnostics = given_by_program({"patient": {"note": "\ud800"}})
    assert case is None
    assert diagnostics.has_errors


def test_an_empty_mapping_is_a_case_that_knows_nothing() -> None:
    case, diagnostics = given_by_program({})
    assert case is not None
    assert not diagnostics.items
    assert case.facts == {}


# --- the published schema ---


def fits_schema(text: str) -> bool:
    diagnostics = Diagnostics()
    node = parse_document(Source(text, "case.yaml"), diagnostics)
    assert node is not None
    return validate(node, load_schema("case.schema.json"), diagnostics, "case")


def test_the_schema_knows_the_keys_that_the_reader_knows() -> None:
    schema = load_schema("case.schema.json")
    definitions = schema["$defs"]
    assert set(schema["properties"]) == set(RESERVED)
    assert set(definitions["evidence"]["properties"]) == set(EVIDENCE_KEYS)
    assert set(definitions["answer"]["properties"]) == set(JUDGMENT_KEYS)
    assert set(definitions["evidence"]["properties"]["kind"]["enum"]) == {grade.value for grade in Grade}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_example_cases_fit_the_schema(path: Path) -> None:
    assert fits_schema(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "case: 12\npolicy: 2025.1\nanything: [1, {a: b}]",
        "evidence: {disease.cd22: {kind: claims, source: a, date: 2026, by: x}}",
        "evidence: {disease: {cd22: {kind: documentation, date: 2026-11-02}, status: null}}",
        "evidence: ~\njudgments: null",
        "judgments: {dose_support: {met: true, by: x, date: 2026-11}, off_label_use: null}",
    ],
)
def test_what_the_reader_takes_fits_the_schema(text: str) -> None:
    facts = declared({**TYPES, "anything": ListOf(STRING)})
    _, diagnostics = read(text, facts)
    assert {diagnostic.code for diagnostic in diagnostics} <= {"E404"}
    assert fits_schema(text)


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        "case: [A]",
        "policy: {a: b}",
        "evidence: [disease.cd22]",
        "evidence: {disease.cd22: documentation}",
        "evidence: {disease.cd22: {kind: doc}}",
        "evidence: {disease.cd22: {source: report}}",
        "evidence: {disease.cd22: {kind: claims, at: x}}",
        "evidence: {disease.cd22: {kind: claims, date: 11/02/2026}}",
        "judgments: true",
        "judgments: {dose_support: true}",
        "judgments: {dose_support: {met: yes}}",
        "judgments: {dose_support: {by: x}}",
        "judgments: {dose_support: {met: true, who: x}}",
    ],
)
def test_what_the_schema_refuses_the_reader_refuses(text: str) -> None:
    case, _ = read(text)
    assert case is None
    assert not fits_schema(text)
