"""The library of policies as a whole: each is in order, none repeats another, and the program knows none of them.

`make policies` holds their tests to every item of coverage and to every mutant.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pages import ROOT, rows

from besponsa_pa.api import lint_policy, load_policy
from besponsa_pa.cli.test_runs import run_policy
from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.expression.parser import parse
from besponsa_pa.expression.printer import text_from_expression
from besponsa_pa.policy.model import Citation, CompiledPolicy, Criterion, CriterionName, Group, Judgment, Policy
from besponsa_pa.source import Excerpt

LIBRARY = ROOT / "policies"
PACKAGE = ROOT / "besponsa_pa"
README = ROOT / "README.md"
PLACES = sorted(LIBRARY.glob("*/policy.yaml"))
SHARED = sorted(LIBRARY.glob("shared/*.yaml"))
SECONDS = 3
PROGRAM_FILES = [path for path in sorted(PACKAGE.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]

# Words of the policies that the program has all the same, each with the reason.
KNOWN = {
    "request.date": "the one fact that the core knows: as of when a case is decided",
    "claims": "a grade of evidence has the same name",
}
# Where a policy may be named: a reader is shown how to call the program.
SHOWN = re.compile(r'epilog="Example: besponsa-pa |>>> |besponsa-pa(?: |$)')
# Facts of the guide and of Besponsa that docstrings, remarks and messages name as illustrations. Code never does.
ILLUSTRATIONS = {"disease.cd22", "disease.status", "patient.birth_date", "patient.weight"}

# From that length on an expression is logic of its own; a shorter one is a question that two payers both ask.
COPY = 60
# Logic that stands in two policies all the same, by its canonical text, each with the reason.
COPIES = {
    'disease.diagnosis in "ALL of any lineage" or disease.diagnosis in "B-cell ALL"': (
        "two shared value sets named together: the section on leukemia of two payers"
    ),
}


@cache
def library() -> dict[str, CompiledPolicy]:
    """Every policy, by its folder."""
    return {place.parent.name: load_policy(place) for place in PLACES}


def each_policy() -> list[Policy]:
    return [compiled.policy for compiled in library().values()]


def criteria(policy: Policy) -> Iterator[Criterion]:
    """The criteria that stand in a policy's own file, those inside of groups too."""
    roots = [*policy.criteria.values()]
    for pathway in policy.pathways:
        roots += [each for each in (pathway.require, *pathway.exclude, *pathway.review) if isinstance(each, Criterion)]
    while roots:
        criterion = roots.pop()
        if criterion.span.source.name == policy.name:
            yield criterion
        if isinstance(criterion.body, Group):
            roots += [each for each in criterion.body.children if isinstance(each, Criterion)]


# --- each policy ---


def test_the_library_is_found() -> None:
    assert len(PLACES) >= 20
    assert len(SHARED) >= 10


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.parent.name)
def test_a_policy_has_no_mistake_and_no_warning(place: Path) -> None:
    policy, linted = lint_policy(place)
    assert policy is not None, linted.diagnostics
    assert [each for each in linted.diagnostics if each.severity is not Severity.INFORMATION] == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.parent.name)
def test_the_tests_of_a_policy_pass(place: Path) -> None:
    run = run_policy(place, (), "", is_named=True)
    assert run.results, run.diagnostics.items
    assert [result.test.name for result in run.results if not result.passed] == []


def test_a_policy_has_the_name_of_its_folder_or_its_folder_adds_the_date_of_a_version() -> None:
    for folder, compiled in library().items():
        assert re.fullmatch(rf"{re.escape(compiled.policy.id)}(_\d{{4}}_\d{{2}}(_\d{{2}})?)?", folder)


def test_every_rule_rests_on_a_reference_that_says_where_it_is_published_or_by_whom() -> None:
    for policy in each_policy():
        assert policy.references, policy.id
        without = [each.name for each in policy.references.values() if not (each.url or each.publisher)]
        assert without == [], policy.id


def cited(policy: Policy) -> set[Citation]:
    found = {each for pathway in policy.pathways for each in pathway.cite}
    return found | {each for criterion in criteria(policy) for each in criterion.cite}


def test_every_policy_cites_the_document_of_its_payer_by_its_address() -> None:
    for policy in each_policy():
        references = [policy.references[each.reference] for each in cited(policy)]
        assert any(each.url or each.publisher for each in references), policy.id


# --- what they share ---


def test_every_shared_file_is_used_by_a_policy() -> None:
    used = {Path(source.name).name for policy in each_policy() for source in policy.sources[:-1]}
    assert {path.name for path in SHARED} - used == set()


def own_logic(policy: Policy) -> Iterator[str]:
    """What a policy's own file decides by: its definitions, conditions and groups, each in its canonical text."""
    for definition in policy.definitions.values():
        if definition.span.source.name == policy.name:
            yield canonical(definition.body)
    for pathway in policy.pathways:
        yield "" if pathway.when is None else canonical(pathway.when)
    for criterion in criteria(policy):
        yield logic(criterion, policy)
        yield "" if criterion.given is None else canonical(criterion.given)


def logic(criterion: Criterion | CriterionName, policy: Policy) -> str:
    """What a criterion checks, however it is titled and cited and in whatever order its group stands."""
    if isinstance(criterion, CriterionName):
        return logic(policy.criteria[criterion.name], policy)
    body = criterion.body
    if isinstance(body, Judgment):
        return f"judgment {body.question}"
    if isinstance(body, Group):
        parts = sorted(logic(each, policy) for each in body.children)
        return f"{body.kind.value} {body.count or ''} [{'; '.join(parts)}]"
    return canonical(body.check)


def canonical(excerpt: Excerpt) -> str:
    tree = parse(excerpt, Diagnostics())
    assert tree is not None
    return text_from_expression(tree)


def copies() -> dict[str, set[str]]:
    """The ids of the policies with the same logic, by that; versions of one policy may have it in common."""
    found: dict[str, set[str]] = {}
    for policy in each_policy():
        for text in own_logic(policy):
            found.setdefault(text, set()).add(policy.id)
    return {text: ids for text, ids in found.items() if len(ids) > 1 and len(text) >= COPY}


def test_no_two_policies_hold_a_copy_of_the_same_logic() -> None:
    assert {text: ids for text, ids in copies().items() if text not in COPIES} == {}


def test_every_exception_from_that_is_one() -> None:
    assert set(COPIES) - set(copies()) == set()


# --- the program knows none of them ---


@cache
def names() -> set[str]:
    """The drugs, payers and ids of the policies, in small letters."""
    found: set[str] = set()
    for policy in each_policy():
        drug = () if policy.drug is None else (policy.drug.brand, policy.drug.generic)
        payers = [policy.program, *(each.publisher for each in policy.references.values())]
        found |= {name for each in drug for name in re.split(r", | and ", each or "")}
        found |= {(each or "").partition(",")[0] for each in payers} | {policy.id}
    return {name.lower() for name in found if name}


@cache
def facts() -> set[str]:
    return {fact for policy in each_policy() for fact in policy.facts} - set(KNOWN)


def named(words: set[str], text: str) -> set[str]:
    """Which of the words stand in a text by themselves; the package's own name is none of them."""
    any_of = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return {found.lower() for found in re.findall(rf"(?<![\w.-])(?:{any_of})(?![\w-])", text, re.IGNORECASE)}


def test_the_words_of_the_policies_are_found() -> None:
    assert {"besponsa", "inotuzumab ozogamicin", "aetna", "kymriah", "qualchoice", "kymriah_qualchoice"} <= names()
    assert {"disease.cd22", "therapies", "labs"} <= facts()
    assert named({"besponsa", "aetna"}, "besponsa_pa besponsa-pa xaetna, Aetna") == {"aetna"}


@pytest.mark.parametrize("path", PROGRAM_FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_file_of_the_program_names_a_drug_or_a_payer(path: Path) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if not SHOWN.search(line)]
    assert named(names(), "\n".join(lines)) == set()


@pytest.mark.parametrize("path", PROGRAM_FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_file_of_the_program_names_a_fact(path: Path) -> None:
    text = path.read_text("utf-8")
    dotted = {fact for fact in facts() if "." in fact}
    assert named(dotted - ILLUSTRATIONS, text) == set()
    # A text of code that is a fact's name and nothing else is one that code looks for.
    tree = ast.walk(ast.parse(text)) if path.suffix == ".py" else ()
    constants = {each.value for each in tree if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    assert constants & facts() == set()


# --- loading it ---

PROGRAM = """
import time
from pathlib import Path
from besponsa_pa.api import load_policy
for place in sorted(Path(".").glob("*/policy.yaml")):
    load_policy(place)
print(time.process_time())
"""


def test_the_whole_library_is_loaded_from_nothing_within_three_seconds() -> None:
    # the start of the program and its modules included; the best of three, as other work disturbs
    command, environment = [sys.executable, "-c", PROGRAM], {**os.environ, "BESPONSA_PA_CACHE": "off"}
    runs = (
        subprocess.run(command, cwd=LIBRARY, env=environment, capture_output=True, text=True, check=True)
        for _ in range(3)
    )
    assert any(float(run.stdout) <= SECONDS for run in runs)


# --- and it is told of ---


TABLE = re.compile(r"(?<=^\| policy \| drug \| payer \| covers \|\n\|---\|---\|---\|---\|\n)(?:\|.*\n)*", re.MULTILINE)


def table() -> str:
    """The table of the README: `covers` is written by hand and kept, all else is what the policies say."""
    told = {row.code("policy"): row.cells["covers"] for row in rows(README, "policy", "drug", "payer", "covers")}
    lines = {policy.id: row_of(policy, told.get(policy.id, "")) for policy in each_policy()}
    return "".join(f"{line}\n" for _, line in sorted(lines.items()))


def row_of(policy: Policy, covers: str) -> str:
    drug = policy.drug and (policy.drug.brand or policy.drug.generic)
    payer = (policy.program or "").partition(",")[0]
    cells = (f"`{policy.id}`", drug or policy.title.partition(" (")[0], payer, covers)
    return f"| {' | '.join(cells)} |"


def test_the_readme_lists_every_policy_with_its_drug_and_payer_and_what_it_covers() -> None:
    text = README.read_text("utf-8")
    if os.environ.get("UPDATE"):
        README.write_text(TABLE.sub(table().replace("\\", r"\\"), text, count=1), "utf-8")
        return
    found = TABLE.search(text)
    assert found is not None
    assert found[0] == table()
    assert "|  |" not in found[0], "say in a few words what of the source the policy covers"
