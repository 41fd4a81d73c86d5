"""The pages hold what they say: everything that can be written is documented, every link leads somewhere, code runs.

The commands in the pages are run by `test_transcripts`, the policies and expressions by `test_guide`; the pages of
operators and diagnostics are held by `test_reference`.
"""

from __future__ import annotations

import doctest
import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pages import DOCS, PAGES, ROOT, Block, anchors, blocks, codes, links, rows

import besponsa_pa
from besponsa_pa import determine, load_case, load_policy
from besponsa_pa.cli import group
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.determination.findings import Decision, Pend, Status
from besponsa_pa.facts import Grade
from besponsa_pa.render.criteria import MARKS

ANALYSTS = (DOCS / "language.md", DOCS / "cases.md")
PYTHON = [block for page in PAGES for block in blocks(page, "python")]


def documented(*pages: Path) -> set[str]:
    """Every word that stands in backticks in pages, alone or with a value behind it, as in `-k TEXT`."""
    found = {code for page in pages for code in codes(page)}
    return found | {code.split()[0] for code in found}


# --- what can be written ---


def test_every_command_is_documented() -> None:
    commands = group.list_commands(click.Context(group))
    told = {row.code("command").split()[1] for row in rows(DOCS / "commands.md", "command", "what it does")}
    assert told == set(commands)


def test_every_option_is_documented_and_no_other() -> None:
    context = click.Context(group)
    commands = [group, *(group.get_command(context, name) for name in group.list_commands(context))]
    options = {
        option
        for command in commands
        if command is not None
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    }
    words = (word for code in codes(DOCS / "commands.md") for word in code.split())
    told = {word for word in words if word.startswith("-") and word != "-"}
    assert told == options | set(group.context_settings["help_option_names"])


def test_every_exit_code_is_documented() -> None:
    told = [int(row.cells["exit code"]) for row in rows(DOCS / "commands.md", "exit code", "when")]
    assert told == list(ExitCode)


def keys_of(schema: object) -> Iterator[str]:
    """The keys that a schema knows and the words that values may be, at every depth."""
    if isinstance(schema, dict):
        yield from schema.get("properties", ())
        yield from schema.get("enum", ())
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from keys_of(part)


def shown_keys(*pages: Path) -> set[str]:
    """The keys of the YAML in pages, and every word in backticks."""
    text = "\n".join(block.text for page in pages for block in blocks(page, "yaml"))
    words = {word for code in documented(*pages) for word in re.findall(r"\w+", code)}
    return set(re.findall(r"(\w+):", text)) | words | documented(*pages)


@pytest.mark.parametrize("name", ["policy.schema.json", "case.schema.json", "tests.schema.json"])
def test_every_key_and_word_of_the_files_is_documented(name: str) -> None:
    keys = set(keys_of(json.loads((ROOT / "grammar" / name).read_text("utf-8"))))
    assert len(keys) > 10
    assert keys - shown_keys(*ANALYSTS, DOCS / "lint" / "README.md") == set()


def test_every_key_of_a_criterion_a_fact_and_a_pathway_is_explained_in_a_table() -> None:
    schema = json.loads((ROOT / "grammar" / "policy.schema.json").read_text("utf-8"))
    explained = {row.code("key") for row in rows(DOCS / "language.md", "key")}
    for definition in ("criterion", "fact"):
        assert set(schema["$defs"][definition]["properties"]) - explained == set()


def test_every_type_of_fact_is_documented_with_an_example() -> None:
    schema = json.loads((ROOT / "grammar" / "policy.schema.json").read_text("utf-8"))
    types = schema["$defs"]["fact"]["properties"]["type"]["enum"]
    assert [row.code("type") for row in rows(DOCS / "language.md", "type", "fact")] == types


def test_every_word_of_a_determination_is_documented() -> None:
    words = {each.value for kind in (Decision, Pend, Status, Grade) for each in kind}
    assert words - documented(*ANALYSTS) == set()


def test_every_mark_beside_a_criterion_is_documented() -> None:
    told = rows(DOCS / "commands.md", "status")
    for part, marks in MARKS.items():
        shown = {row.code("status"): row.code(f"under {part.value}") for row in told}
        assert shown == {status.value: mark for status, (mark, _) in marks.items()}


def test_every_key_of_a_determination_is_explained() -> None:
    schema = json.loads((ROOT / "grammar" / "determination.schema.json").read_text("utf-8"))
    assert [row.code("key") for row in rows(DOCS / "commands.md", "key")] == list(schema["properties"])


# --- links and code ---


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        path, _, anchor = target.partition("#")
        place = page.parent / path if path else page
        assert place.exists(), target
        assert not anchor or anchor in anchors(place), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    folders = "besponsa_pa|benchmarks|docs|examples|grammar|policies|tests"
    named = [code for code in codes(page) if re.fullmatch(rf"({folders})/[\w./-]*", code)]
    assert [name for name in named if not (ROOT / name).exists() and not (page.parent / name).exists()] == []


def test_every_page_of_the_docs_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        for target in links(page):
            place = (page.parent / target.partition("#")[0]).resolve()
            waiting += sorted(place.glob("*.md")) if place.is_dir() else [place] if place.suffix == ".md" else []
    assert set(PAGES) - reached == set()


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_python_in_the_pages_runs_and_says_what_is_shown(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    test = doctest.DocTestParser().get_doctest(block.text, {}, str(block), str(block.page), block.line)
    assert test.examples, "write `>>>` before what is run"
    assert doctest.DocTestRunner().run(test).failed == 0


def test_the_readme_has_python_that_runs() -> None:
    assert [block for block in PYTHON if block.page == ROOT / "README.md"]


def test_the_docstring_of_the_package_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    results = doctest.testmod(besponsa_pa)
    assert (results.attempted > 0, results.failed) == (True, 0)


# --- what the README promises, where no other test says it ---


def test_whoever_is_denied_or_needs_a_clinician_gets_a_human_review() -> None:
    policy = load_policy("besponsa")
    cases = sorted((ROOT / "examples").glob("0[1-4]*/*.yaml"))
    found = [determine(policy, load_case(case, policy)) for case in cases]
    assert {each.decision for each in found} == set(Decision)
    for each in found:
        needs_review = each.decision is Decision.DENY or each.pend is Pend.CLINICAL_REVIEW
        assert each.human_review_required is needs_review, each.case
