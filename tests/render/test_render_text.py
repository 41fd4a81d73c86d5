"""A determination as text: nothing of it is lost, whatever the width, and no value steers the terminal."""

from __future__ import annotations

from decimal import Decimal

import pytest
from determinations import LABEL, citation, determination, finding, missing

from besponsa_pa.determination.findings import Decision, OpenJudgment, Part, Pend, Status, ToldAdvisory
from besponsa_pa.facts import Grade
from besponsa_pa.policy.model import GroupKind
from besponsa_pa.render.text import text_from_determination
from besponsa_pa.values import Date, Missing, Quantity, TupleValue, Uncertain

YEAR_2025 = Uncertain(Date(2025, 1, 1), Date(2025, 12, 31), frozenset({"patient.birth_date"}))


def text(*findings: object, width: int = 100, colour: bool = False, **changes: object) -> str:
    return text_from_determination(determination(*findings, **changes), width, colour)


def words(page: str) -> str:
    """The text without its layout."""
    return " ".join(page.split())


# --- what the page says ---


def test_a_case_without_a_name_a_date_or_a_pathway_has_a_heading_all_the_same() -> None:
    page = text(case=None, as_of=None, pathway=None, pathway_title=None)
    assert page.splitlines()[0] == "PEND  A drug"


def test_a_missing_fact_is_asked_for_with_its_answers_what_is_known_of_it_and_its_places() -> None:
    asked = missing(values=("positive", "negative"), evidence=Grade.DOCUMENTATION, places=("tests[1].cd22",))
    page = words(text(missing=(asked, missing("patient.birth_date", ask=None, known=YEAR_2025))))
    assert "To decide, please answer" in page
    assert "(positive, negative; tests[1].cd22; documentation)" in page
    assert "patient.birth_date (known only as 2025)" in page


@pytest.mark.parametrize(
    ("grade", "heading"),
    [
        (Grade.DOCUMENTATION, "Please send documentation for disease.cd22 Do the cells express CD22?"),
        (Grade.CLAIMS, "Please send evidence for disease.cd22 Do the cells express CD22? (claims)"),
    ],
)
def test_an_answer_without_its_evidence_is_not_asked_for_again(grade: Grade, heading: str) -> None:
    page = words(text(missing=(missing(undocumented=True, evidence=grade, values=("positive",)),)))
    assert heading in page
    assert "please answer" not in page
    assert "(positive" not in page


def test_an_empty_grant_is_not_shown_and_a_nested_one_in_full() -> None:
    assert "Granted" not in text(decision=Decision.APPROVE, pend=None, grant={})
    grant = {"duration": Quantity(Decimal(6), "month"), "quantity": {"cycles": 3, "note": None}}
    lines = text(decision=Decision.APPROVE, pend=None, grant=grant).splitlines()
    start = lines.index("Granted")
    assert lines[start + 1 : start + 4] == [
        "  duration         6 months",
        "  quantity.cycles  3",
        "  quantity.note    null",
    ]


def test_a_denial_says_that_a_clinician_decides_and_no_other_decision_does() -> None:
    denial = text(finding(status=Status.NOT_MET), decision=Decision.DENY, pend=None, human_review_required=True)
    assert "a named clinician must review the request" in words(denial)
    assert "This is a recommendation" not in text(decision=Decision.APPROVE, pend=None)


def test_a_denial_names_what_is_unmet_what_excludes_and_what_speaks_against_it() -> None:
    page = text(
        finding("age", status=Status.NOT_MET),
        finding("cd22", status=Status.NOT_MET),
        finding("stage", status=Status.NOT_MET),
        finding("harm", group=GroupKind.NONE, status=Status.NOT_MET),
        finding("infection", within="harm", status=Status.MET),
        finding("vod", part=Part.EXCLUDE, status=Status.MET),
        decision=Decision.DENY,
        pend=None,
        reasons=("age", "cd22", "stage", "infection", "vod"),
    )
    assert page.splitlines()[1].strip() == (
        "age, cd22 and stage are not met; infection speaks against approval; vod excludes approval"
    )


def test_where_no_pathway_applies_the_policy_has_the_word() -> None:
    page = text(decision=Decision.DENY, pend=None, explanation="The use is outside the policy", pathway_title=None)
    assert page.splitlines()[1] == "      the use is outside the policy"


def test_an_abbreviation_keeps_its_capitals_inside_a_sentence() -> None:
    assert "A drug, ALL in relapse, as of 2026-11-20" in text(pathway_title="ALL in relapse")
    assert "A drug, a first request, as of" in text(pathway_title="A first request")


def test_a_policy_that_is_not_in_force_says_so_below_the_decision() -> None:
    assert text(in_force=False).splitlines()[2].strip() == "this policy is not in force on 2026-11-20"
    assert "in force" not in text(in_force=None)


def test_a_failure_inside_a_condition_is_told_above_and_with_its_criterion() -> None:
    page = text(
        finding(status=Status.UNKNOWN, error="the interval ends before it begins (policy.yaml:4:12)"),
        pend=Pend.CLINICAL_REVIEW,
    )
    assert "a condition of the policy could not be evaluated" in page
    assert "error: the interval ends before it begins (policy.yaml:4:12)" in page


def test_what_waits_for_a_clinician_is_listed_with_its_question() -> None:
    page = text(pend=Pend.CLINICAL_REVIEW, judgments=(OpenJudgment("fit", "Is the patient fit?"),))
    assert "For a clinician to judge\n  fit  Is the patient fit?" in page


def test_an_advisory_cites() -> None:
    told = ToldAdvisory("vod", "Look at the liver", (citation(at="Boxed warning"),), None)
    assert "Please note\n  Look at the liver [1]" in text(advisories=(told,))


def test_a_reference_without_a_number_goes_by_its_name() -> None:
    plan = LABEL.__class__("plan", None, "Rules", None, None, None, None, LABEL.span)
    page = text(finding(citations=(citation("plan"), citation("plan", "2"))), references=((plan, ("2",)),))
    assert page.splitlines()[3].endswith("  [plan]")
    assert "[plan] Rules. 2" in page


# --- criteria ---


def marks(page: str) -> list[str]:
    return [line.strip() for line in page.split("\n\n")[1].splitlines()]


@pytest.mark.parametrize(
    ("part", "status", "mark"),
    [
        (Part.REQUIRE, Status.MET, "met"),
        (Part.REQUIRE, Status.NOT_MET, "not met"),
        (Part.REQUIRE, Status.UNKNOWN, "unknown"),
        (Part.EXCLUDE, Status.MET, "excludes"),
        (Part.EXCLUDE, Status.NOT_MET, "clear"),
        (Part.EXCLUDE, Status.UNKNOWN, "unknown"),
        (Part.REVIEW, Status.MET, "review"),
        (Part.REVIEW, Status.NOT_MET, "clear"),
        (Part.REVIEW, Status.NOT_APPLICABLE, "n/a"),
    ],
)
def test_the_mark_of_a_criterion_depends_on_where_it_stands(part: Part, status: Status, mark: str) -> None:
    assert marks(text(finding(part=part, status=status)))[0].startswith(f"{mark}  age  The patient")


@pytest.mark.parametrize(
    ("part", "words_of_it"),
    [
        (Part.REQUIRE, "wanted at least 18"),
        (Part.EXCLUDE, "excludes if at least 18"),
        (Part.REVIEW, "reviewed if at least 18"),
    ],
)
def test_a_value_stands_beside_what_the_condition_looks_for(part: Part, words_of_it: str) -> None:
    page = text(finding(part=part, values={"age_in_years": 42}, wanted={"age_in_years": "at least 18"}))
    assert marks(page)[1] == f"age_in_years is 42, {words_of_it}"


def test_in_a_group_of_which_none_may_be_met_the_condition_is_not_what_is_wanted() -> None:
    group = finding("harm", title="No harm", group=GroupKind.NONE)
    part = finding("vod", within="harm", status=Status.NOT_MET, values={"vod": False}, wanted={"vod": "true"})
    assert marks(text(group, part))[-1] == "vod is false, met if true"


def test_the_parts_of_a_group_stand_below_it_at_any_depth() -> None:
    page = text(
        finding("outer", group=GroupKind.ALL),
        finding("inner", within="outer", group=GroupKind.AT_LEAST, count=2),
        finding("leaf", within="inner", check="x"),
        reasons=(),
    )
    rows = page.split("\n\n")[1].splitlines()
    assert [row.split("The patient")[0].rstrip() for row in rows if "The patient" in row] == [
        "  met  outer",
        "  met    inner",
        "  met      leaf",
    ]
    assert [row.strip() for row in rows if " of" in row] == ["all of", "at least 2 of"]


def test_a_group_that_does_not_apply_does_not_speak_of_its_parts() -> None:
    assert "any of" not in text(finding(group=GroupKind.ANY, status=Status.NOT_APPLICABLE))


def test_a_group_that_names_itself_does_not_go_round_in_circles() -> None:
    assert "ring" in text(finding("ring", within="ring", group=GroupKind.ALL))
    one, other = (
        finding("one", within="other", group=GroupKind.ALL),
        finding("other", within="one", group=GroupKind.ALL),
    )
    assert "other" in text(one, other)


def test_what_is_known_in_part_is_not_said_to_be_unknown() -> None:
    half = finding(status=Status.UNKNOWN, missing=("patient.birth_date",), values={"patient.birth_date": YEAR_2025})
    assert marks(text(half, reasons=()))[1:] == ["patient.birth_date is known only as 2025"]
    count = finding(status=Status.UNKNOWN, missing=("therapies",), places=("therapies[1].outcome",))
    assert marks(text(count, reasons=()))[1:] == ["therapies[1].outcome is not known"]
    bounds = finding(values={"failures": Uncertain(1, 2, frozenset({"therapies"}))})
    assert marks(text(bounds, reasons=()))[1:] == ["failures is between 1 and 2"]


def test_a_list_is_shown_entry_by_entry_without_what_is_not_known_in_it() -> None:
    entry = TupleValue({"drug": "dasatinib", "outcome": Missing(frozenset({"therapies[0].outcome"})), "end": None})
    assert marks(text(finding(values={"therapies": (entry,)}), reasons=()))[1:] == [
        "therapies has 1 entry",
        "- drug dasatinib",
    ]
    assert marks(text(finding(values={"therapies": ()}), reasons=()))[1:] == ["therapies is none"]
    many = tuple(TupleValue({"drug": f"drug {index}"}) for index in range(14))
    shown = marks(text(finding(values={"therapies": many}), reasons=()))
    assert shown[1] == "therapies has 14 entries"
    assert shown[-1] == "- and 2 more"


def test_a_judgment_says_who_answered_and_what() -> None:
    question = "Is the patient fit?"
    for status, said in [
        (Status.MET, "a clinician says yes"),
        (Status.NOT_MET, "a clinician says no"),
        (Status.UNKNOWN, "for a clinician"),
    ]:
        assert marks(text(finding(question=question, status=status), reasons=()))[1] == f"{said}: {question}"


def test_a_reading_is_told_where_it_stands_against_an_approval_and_not_where_it_approves() -> None:
    read = finding(interpretation="The source is silent. This is\n  how it is read.", status=Status.NOT_MET)
    assert "read as: The source is silent. This is how it is read." in text(read, decision=Decision.DENY, pend=None)
    assert "read as" not in text(read, decision=Decision.APPROVE, pend=None)
    assert "read as" not in text(read, reasons=())


def test_a_fact_without_the_evidence_that_is_asked_for_is_pointed_out() -> None:
    page = text(finding(undocumented=("therapies[0]",)), reasons=())
    assert marks(page)[1] == "therapies[0] is not documented as the policy asks"


# --- layout ---


@pytest.mark.parametrize("width", [0, 59, 60, 80, 110, 1000])
def test_lines_keep_to_the_width_between_60_and_110_columns(width: int) -> None:
    long = finding("a_criterion_with_a_name_too_long_for_a_column", title="Word " * 60)
    page = text(long, finding(interpretation="Word " * 60), missing=(missing(ask="Word " * 60),), width=width)
    longest = max(map(len, page.splitlines()))
    assert longest <= max(60, min(110, width))
    assert longest > 50
    assert page.count("Word") == 180


def test_references_stand_in_one_column() -> None:
    page = text(finding(title="Short"), finding("cd22", title="A title that is a good deal longer than that"))
    ends = [len(line) for line in page.splitlines() if line.endswith("[1]")]
    assert ends == [100, 100]


def test_no_line_ends_in_spaces_and_the_page_in_one_line_end() -> None:
    page = text(finding(title="Short", citations=()), finding(values={"a": ""}), missing=(missing(ask=None),))
    assert [line for line in page.splitlines() if line != line.rstrip()] == []
    assert page.endswith("yaml\n")


def test_colour_adds_to_the_words_and_changes_none() -> None:
    import re

    page = determination(finding(status=Status.NOT_MET, interpretation="So."), decision=Decision.DENY, pend=None)
    plain, coloured = (text_from_determination(page, 100, colour) for colour in (False, True))
    assert "\x1b[31mDENY\x1b[0m" in coloured
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


def test_no_text_of_a_case_or_a_policy_steers_the_terminal() -> None:
    evil = "\x1b[2J\r\x07\u202eevil\u2066"
    page = text(
        finding(evil, title=evil, values={evil: evil}, interpretation=evil, error=evil, missing=(evil,)),
        case=evil,
        title=evil,
        missing=(missing(evil, ask=evil),),
        grant={evil: evil},
        judgments=(OpenJudgment(evil, evil),),
        policy_name=evil,
    )
    assert not set(page) & set("\x1b\r\x07\u202e\u2066")
    assert "evil" in page


def test_a_value_of_great_length_is_cut() -> None:
    page = text(finding(values={"note": "x" * 5000}), reasons=())
    assert "x" * 200 in page
    assert "x" * 301 not in page
