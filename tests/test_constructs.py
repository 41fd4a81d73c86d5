"""The page of constructs: each of C01 to C50 once, its example decides as the page says, and its policies are there.

`UPDATE=1` records what is decided; read the difference before it is committed.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from pages import DOCS, ROOT, Block, Row, blocks, links, rows

from besponsa_pa.api import lint_policy, load_case, load_policy
from besponsa_pa.determination import determine
from besponsa_pa.determination.findings import Determination
from besponsa_pa.diagnostic import Severity
from besponsa_pa.render.structure import structure_from_determination

PAGE = DOCS / "constructs.md"
HEAD = re.compile(r"^## (?P<id>\S+) (?P<name>.+)$")
# the examples leave out what a whole policy has, and what each of them would only repeat
LEFT_OUT = {"W351", "W353", "W354", "W355"}
UNUSED = "No policy of the library uses it yet."
REQUEST_DATE = re.compile(r"request: \{[^}]*\bdate: ([\d-]+)")


@dataclass(frozen=True, slots=True)
class Construct:
    """A section of the page: its examples, which are versions of one policy, and its cases."""

    id: str
    name: str
    text: str
    examples: tuple[Block, ...]
    cases: tuple[Row, ...]


def constructs() -> list[Construct]:
    lines = PAGE.read_text("utf-8").splitlines()
    heads = [(number, found) for number, line in enumerate(lines, 1) if (found := HEAD.match(line))]
    ends = [number for number, _ in heads[1:]] + [len(lines) + 1]
    examples, cases = blocks(PAGE, "yaml"), rows(PAGE, "case", "decision")
    return [
        Construct(
            found["id"],
            found["name"],
            "\n".join(lines[begin - 1 : end - 1]),
            tuple(each for each in examples if begin < each.line < end),
            tuple(each for each in cases if begin < each.line < end),
        )
        for (begin, found), end in zip(heads, ends, strict=True)
    ]


CONSTRUCTS = constructs()
CASES = [(construct, case) for construct in CONSTRUCTS for case in construct.cases]


def written(construct: Construct, folder: Path) -> list[Path]:
    """The examples of a construct as policies of one id, each in a folder of its own."""
    places = [folder / construct.id / str(number) / "policy.yaml" for number in range(1, len(construct.examples) + 1)]
    for place, example in zip(places, construct.examples, strict=True):
        place.parent.mkdir(parents=True)
        head = f"policy: {construct.id}\ntitle: An example\nversion: {place.parent.name}\n"
        place.write_text(head + example.text, encoding="utf-8")
    return places


def told(determination: Determination) -> str:
    """The decision, and what is granted, waited for and asked for, in a line."""
    structure = structure_from_determination(determination)
    granted = structure["grant"] or {}
    assert isinstance(granted, dict)
    waits = "" if determination.pend is None else f", {determination.pend.value}"
    more = [fact.fact for fact in determination.missing] or [f"{name} {value}" for name, value in granted.items()]
    return f"{determination.decision.value}{waits}" + (f": {', '.join(more)}" if more else "")


def decided(construct: Construct, case: str, folder: Path) -> str:
    written(construct, folder)
    on = REQUEST_DATE.search(case)
    policy = load_policy(construct.id, [folder], None if on is None else date.fromisoformat(on[1]))
    place = folder / "case.yaml"
    place.write_text(case, encoding="utf-8")
    return told(determine(policy, load_case(place, policy)))


def test_every_construct_of_the_catalogue_is_on_the_page_once_and_in_its_order() -> None:
    assert [each.id for each in CONSTRUCTS] == [f"C{number:02}" for number in range(1, 51)]
    assert len({each.name for each in CONSTRUCTS}) == 50


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.id)
def test_an_example_is_shown_with_cases_of_which_one_is_approved_and_one_is_not(construct: Construct) -> None:
    assert construct.examples
    decisions = {case.cells["decision"].partition(":")[0] for case in construct.cases}
    assert "approve" in decisions
    assert decisions - {"approve"}


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.id)
def test_an_example_is_a_policy_in_which_nothing_is_wrong(construct: Construct, tmp_path: Path) -> None:
    for place in written(construct, tmp_path):
        policy, linted = lint_policy(place)
        assert policy is not None, linted.diagnostics
        warnings = {each.code for each in linted.diagnostics if each.severity is not Severity.INFORMATION}
        assert warnings <= LEFT_OUT, linted.diagnostics


@pytest.mark.parametrize(("construct", "case"), CASES, ids=lambda each: str(each) if isinstance(each, Row) else each.id)
def test_a_case_of_an_example_is_decided_as_the_page_says(construct: Construct, case: Row, tmp_path: Path) -> None:
    found = decided(construct, case.code("case"), tmp_path)
    if os.environ.get("UPDATE"):
        lines = PAGE.read_text("utf-8").splitlines(keepends=True)
        begin, _, _ = lines[case.line - 1].rpartition(f"| {case.cells['decision']} |")
        lines[case.line - 1] = f"{begin}| {found} |\n"
        PAGE.write_text("".join(lines), "utf-8")
    else:
        assert found == case.cells["decision"]


def test_the_policies_that_use_a_construct_are_policies_of_the_library() -> None:
    known = {
        f"../{path.relative_to(ROOT).as_posix()}": path.parent.name for path in ROOT.glob("policies/*/policy.yaml")
    }
    for construct in CONSTRUCTS:
        linked = re.findall(r"\[([^\]]+)\]\((\.\./policies/[^)]+)\)", construct.text)
        assert all(known.get(target) == name for name, target in linked), construct.id
        assert linked == sorted(set(linked)), construct.id
        assert linked or UNUSED in construct.text, construct.id


def test_every_policy_of_the_library_is_linked_from_a_construct() -> None:
    linked = {target.split("/")[2] for target in links(PAGE) if target.startswith("../policies/")}
    assert {path.parent.name for path in ROOT.glob("policies/*/policy.yaml")} - linked == set()
