"""Each entry of `diagnostics/besponsa/` is one mistake put into the shipped policy, as a person makes it who edits it.

An entry changes one place: `find` stands once in the policy and the files that it imports, `write` comes in its place,
and « and » stand around what is to be marked (`place` says it where that is another line). What is said is recorded in
`said` (`UPDATE=1` writes it: read the difference before you keep it). When the help names what to write, that is put
at the place, by the test, and the policy must be clean again; where it says what to do, `mended` is what then stands
there, `as it was` when the help leads back to what was found.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml

from besponsa_pa import api
from besponsa_pa.diagnostic import HERE_TOO, Diagnostic, Severity
from besponsa_pa.render.diagnostics import in_order, text_from_diagnostics
from besponsa_pa.shipped import policies_directory
from besponsa_pa.source import Span

FOLDER = Path(__file__).parent / "diagnostics" / "besponsa"
POLICY = "policies/besponsa/policy.yaml"
KEYS = {"mistake", "prepared", "find", "write", "place", "mended", "said"}
AS_IT_WAS = "as it was"
# the helps that name the very text to put at the place; one with `...` in it is a form to fill in
PROPOSALS = (
    re.compile(r"^did you mean (?:`(?P<code>[^`]+)`|(?P<text>'[^']+'))\?"),
    re.compile(r"^write `(?P<code>[^`]+)`(?:$|[;,]| in small letters)"),
    re.compile(r"^a text stands in single quotes: `(?P<code>[^`]+)`"),
)

Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One entry, and the file of the table that it stands in."""

    table: str
    entry: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.table}: {self.entry['mistake']}"


def entries_of(path: Path) -> list[Mapping[str, str]]:
    entries = yaml.safe_load(path.read_text("utf-8"))
    assert all(set(entry) <= KEYS for entry in entries), path
    return list(entries)


TABLES = sorted(FOLDER.glob("[0-9]*.yaml"))
MISTAKES = [Mistake(path.stem, entry) for path in TABLES for entry in entries_of(path)]
# what some mistakes need that the policy does not have: correct edits by name
PREPARED = yaml.safe_load((FOLDER / "prepared.yaml").read_text("utf-8"))


@cache
def shipped() -> Files:
    """The policy and the files that it imports, by their paths."""
    folder = policies_directory().resolve()
    paths = {path.resolve() for path in api.policy_files(folder / "besponsa" / "policy.yaml") if path.is_file()}
    return {f"policies/{path.relative_to(folder).as_posix()}": path.read_text("utf-8") for path in sorted(paths)}


# --- edits ---


def edited(files: Files, find: str, write: str) -> Files:
    """The files with one place changed."""
    name = place_of(files, find)
    return {**files, name: files[name].replace(find, write)}


def place_of(files: Files, find: str) -> str:
    """The file in which a text stands, which must be once: in the policy, or else in all of its imports."""
    places = [POLICY] if find in files[POLICY] else list(files)
    found = [name for name in places for _ in range(files[name].count(find))]
    assert len(found) == 1, f"{len(found)} times: {find}"
    return found[0]


def prepared(mistake: Mistake) -> Files:
    files = shipped()
    for edit in PREPARED.get(mistake.entry.get("prepared", ""), ()):
        files = edited(files, edit["find"], edit["write"])
    return files


def unmarked(text: str) -> str:
    return text.replace("«", "").replace("»", "")


def mistaken(mistake: Mistake) -> Files:
    return edited(prepared(mistake), mistake.entry["find"], unmarked(mistake.entry["write"]))


def wanted_place(mistake: Mistake) -> tuple[str, int, int]:
    """The file, and the offsets at which the marks of an entry stand in it."""
    files = mistaken(mistake)
    if "place" in mistake.entry:
        marked = mistake.entry["place"]
        name = place_of(files, unmarked(marked))
        start = files[name].index(unmarked(marked))
    else:
        marked = mistake.entry["write"]
        before = prepared(mistake)
        name = place_of(before, mistake.entry["find"])
        start = before[name].index(mistake.entry["find"])
    assert marked.count("«") == marked.count("»") == 1
    return name, start + marked.index("«"), start + marked.index("»") - 1


# --- what is said ---


class Checks:
    """Says of files what `besponsa-pa check` says of them, remarks left out.

    It is remembered: most mistakes mend to the same files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[str, str] = {}
        self._said: dict[tuple[str, ...], list[Diagnostic]] = {}

    def __call__(self, files: Files) -> list[Diagnostic]:
        key = tuple(files.values())
        if key not in self._said:
            self._said[key] = self._check(files)
        return self._said[key]

    def _check(self, files: Files) -> list[Diagnostic]:
        for name, text in files.items():
            if self._written.get(name) != text:
                path = self._folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        self._written = dict(files)
        found = api.lint_policy(Path(POLICY))[1].diagnostics
        return in_order(each for each in found if each.severity is not Severity.INFORMATION)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("policies")


@pytest.fixture(scope="module")
def checks(folder: Path) -> Checks:
    return Checks(folder)


@pytest.fixture
def check(checks: Checks, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Checks:
    """The check, with paths as a person sees them who calls it where the policies are."""
    monkeypatch.chdir(folder)
    return checks


def text(found: list[Diagnostic]) -> str:
    return text_from_diagnostics(found)


def kinds(found: list[Diagnostic]) -> list[tuple[str, str]]:
    """What is said, whatever the line."""
    return sorted((each.code, each.message) for each in found)


# --- tests ---


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_told_once_at_its_place_and_its_help_mends_it(mistake: Mistake, check: Checks) -> None:
    before = kinds(check(prepared(mistake)))
    files = mistaken(mistake)
    said = check(files)
    if os.environ.get("UPDATE"):
        record(mistake, text(said))
    else:
        assert text(said) == mistake.entry.get("said")
    found = [each for each in said if (each.code, each.message) not in before]
    assert len(found) == 1, "no other mistake follows from it"
    assert marked(found[0]) == wanted_place(mistake)
    assert found[0].help
    assert kinds(check(mended(mistake, files, found[0]))) == before


def marked(found: Diagnostic) -> tuple[str, int, int]:
    """The file and the offsets of what is marked; its line and column are those of the start."""
    span = found.span
    assert span is not None
    assert (span.line, span.column) == span.source.position(span.start)
    return span.source.name, span.start, span.end


def mended(mistake: Mistake, files: Files, found: Diagnostic) -> Files:
    """The files as the help says: what it names is put at the place, or else what the entry gives."""
    by_help = mended_by_help(files, found)
    if by_help is not None:
        assert "mended" not in mistake.entry, "the help names what to write: the test puts it there"
        return by_help
    instead = mistake.entry["mended"]
    return edited(prepared(mistake), mistake.entry["find"], mistake.entry["find"] if instead == AS_IT_WAS else instead)


def mended_by_help(files: Files, found: Diagnostic) -> Files | None:
    """The files with what the help proposes in the place of what is marked, or None when it proposes no text."""
    proposal = next((match for pattern in PROPOSALS if (match := pattern.match(found.help))), None)
    if proposal is None or "..." in proposal[0] or found.span is None:
        return None
    meant = proposal["code"] or proposal["text"]
    places = [found.span, *(place for place, label in found.related if label == HERE_TOO)]
    for place in sorted(places, key=lambda place: (place.source.name, -place.start)):
        files = replaced(files, place, meant)
    return files


def replaced(files: Files, place: Span, meant: str) -> Files:
    before = files[place.source.name]
    return {**files, place.source.name: before[: place.start] + meant + before[place.end :]}


def test_there_are_many_mistakes_and_none_twice() -> None:
    edits = {(mistake.entry["find"], mistake.entry["write"]) for mistake in MISTAKES}
    assert len(edits) == len({str(mistake) for mistake in MISTAKES}) == len(MISTAKES)
    assert len(MISTAKES) > 300


def test_many_helps_name_the_very_text_to_write() -> None:
    assert sum("mended" not in mistake.entry for mistake in MISTAKES) > 100


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_nothing_is_said_in_the_words_of_programmers(mistake: Mistake) -> None:
    said = mistake.entry.get("said") or ""
    assert said
    message, *rest = said.splitlines()
    help = "".join(line for line in rest if line.startswith("help: "))
    words = re.sub(r"`[^`]*`", "", f"{message} {help}".partition("]: ")[2]).lower()
    assert not re.search(
        r"\b(token|regex|boolean|string|integer|parse|syntax|invalid|scalar|mapping|sequence|node|schema|array|object"
        r"|null|exception|type error|unexpected end|argument|variable|literal|identifier)\b",
        words,
    ), said


# --- recording ---


def record(mistake: Mistake, said: str) -> None:
    """Write what is said into the table; `said` stands last in each entry."""
    path = FOLDER / f"{mistake.table}.yaml"
    head, *chunks = re.split(r"^(?=- mistake:)", path.read_text("utf-8"), flags=re.MULTILINE)
    at = next(at for at, chunk in enumerate(chunks) if yaml.safe_load(chunk)[0]["mistake"] == mistake.entry["mistake"])
    entry = re.sub(r"\n  said:.*\Z", "", chunks[at].rstrip("\n"), flags=re.DOTALL)
    lines = "".join(f"    {line}".rstrip() + "\n" for line in said.splitlines())
    chunks[at] = f"{entry}\n  said: |\n{lines}" + ("\n" if at + 1 < len(chunks) else "")
    path.write_text(head + "".join(chunks), encoding="utf-8")
