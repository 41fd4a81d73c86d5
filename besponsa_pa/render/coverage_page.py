"""Coverage as one page for a browser: no scripts, nothing from elsewhere, the same bytes for the same coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from besponsa_pa.render.coverage_style import STYLE
from besponsa_pa.render.coverage_text import sentence
from besponsa_pa.render.covered import (
    KINDS,
    Count,
    CoveredFile,
    CoveredItem,
    CoveredLine,
    CoveredPolicy,
    Status,
    by_kind,
    count_of,
    with_status,
)
from besponsa_pa.render.hypertext import Html, joined, phrase, tag, text
from besponsa_pa.render.page import page, table_head

# As many tests are named beside an item; of more the numbers are told.
MOST_NAMED = 3
# As far as the rest of a long line is moved in below its beginning.
DEEPEST = 10
# Lines of an imported file so near to a marked one are shown; of others at least so many in a row are folded up.
NEAR, FEWEST_FOLDED = 3, 5
MC_DC = (
    "In some test all else in the condition leaves the answer to this clause, and the clause has that value: changing "
    "it alone would change the answer. Showing that for each clause is what the standards call MC/DC (modified "
    "condition/decision coverage, in its masking form), here with unknown as a third value."
)
WORDS = (
    ("reached", "At least one test shows it. Tests count whether they pass or not."),
    ("missing", "No test shows it, although one could. `besponsa-pa suggest` writes tests for what is missing."),
    ("unreachable", "No case can show it, as the policy's analyst says in `tests.yaml`, with the reason. Not counted."),
    ("met, not met, unknown, not applicable", "What a criterion is found to be for a case."),
    ("decides when true, when false, when unknown", MC_DC),
    ("decides alone", "Without this one criterion the group, the exclusion or the review would come out otherwise."),
)


def page_from_coverage(policies: Sequence[CoveredPolicy]) -> str:
    """The coverage of some policies as an HTML page with its style in it.

    Each file is shown with its lines numbered and marked in words; what is missing is open, what is reached can be
    opened, with the tests that reach it.
    """
    names = " and ".join(f"{policy.id} {policy.version}" for policy in policies) or "no policy"
    parts = [_Part(policy, f"p{at}", len(policies) > 1) for at, policy in enumerate(policies, 1)]
    skip = tag("a", text("Skip to the summary"), href="#content", class_="skip")
    main = tag("main", *(part.all() for part in parts), _words(), id="content")
    return page(f"Test coverage of {names}", STYLE, skip, _header(parts), main)


def _header(parts: Sequence[_Part]) -> Html:
    links = [link for part in parts for link in part.links()] + [("words", "What the words mean")]
    listed = (tag("li", tag("a", text(said), href=f"#{target}")) for target, said in links)
    title = parts[0].policy.title if len(parts) == 1 else f"{len(parts)} policies"
    return joined(
        tag("header", tag("h1", text(f"Test coverage: {title}"))),
        tag("nav", tag("ul", *listed), aria_label="Contents"),
        between="\n",
    )


def _words() -> Html:
    pairs = (joined(tag("dt", text(word)), tag("dd", phrase(meaning))) for word, meaning in WORDS)
    return _section("words", "What the words mean", tag("dl", *pairs))


def _section(name: str, title: str, *pieces: Html) -> Html:
    heading = tag("h2", phrase(title), id=f"{name}-title")
    return tag("section", Html("\n"), joined(heading, *pieces, between="\n"), Html("\n"), id=name,
               aria_labelledby=f"{name}-title")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Part:
    """What a page says of one policy; `prefix` begins the names of its places, `names_policy` where there are more."""

    policy: CoveredPolicy
    prefix: str
    names_policy: bool
    _numbers: dict[str, int] = field(init=False)
    _files: tuple[CoveredFile, ...] = field(init=False)

    def __post_init__(self) -> None:
        numbers = {test.name: at for at, test in enumerate(self.policy.tests, 1)}
        object.__setattr__(self, "_numbers", numbers)
        object.__setattr__(self, "_files", self.policy.files)

    def links(self) -> Iterator[tuple[str, str]]:
        """The sections with their titles."""
        before = f"{self.policy.id}: " if self.names_policy else ""
        missing, unreachable = (with_status(self.policy.items, each) for each in (Status.MISSING, Status.UNREACHABLE))
        yield f"{self.prefix}-summary", f"{before}Summary"
        yield from [(f"{self.prefix}-missing", f"{before}Missing")] if missing else []
        yield from [(f"{self.prefix}-unreachable", f"{before}Unreachable")] if unreachable else []
        yield from ((self._file_name(at), f"{before}{file.source.name}") for at, file in enumerate(self._files))
        yield f"{self.prefix}-tests", f"{before}Tests"

    def all(self) -> Html:
        """Everything, from the sums to the tests."""
        files = (self._file(self._file_name(at), file) for at, file in enumerate(self._files))
        return joined(self._summary(), *self._missing(), *self._unreachable(), *files, self._tests(), between="\n")

    # --- the sums ---

    def _summary(self) -> Html:
        policy, count = self.policy, count_of(self.policy.items)
        about = f"Policy `{policy.id}`, version {policy.version}, from {policy.source.name}, {policy.digest}"
        missing = tag("strong", text(f"{count.missing} missing" if count.missing else "Nothing is missing"))
        bar = tag("span", style=f"width: {count.percent}%")
        return _section(
            f"{self.prefix}-summary",
            policy.title if self.names_policy else "Summary",
            tag("p", text(f"{sentence(count)}. "), missing, text("."), class_="verdict"),
            tag("div", bar, class_="bar", role="img", aria_label=f"{count.percent} percent reached"),
            self._table_of_kinds(),
            tag("p", phrase(about), class_="quiet"),
        )

    def _table_of_kinds(self) -> Html:
        titles = ("What tests should reach", "Reached", "Not reached")
        rows = (self._kind(*each) for each in by_kind(self.policy.items).items())
        caption = tag("caption", text("By kind"))
        return tag("table", caption, table_head(titles), tag("tbody", joined(*rows, between="\n")))

    def _kind(self, kind: str, count: Count) -> Html:
        name, meaning = KINDS[kind]
        left = ((count.missing, Status.MISSING), (count.unreachable, Status.UNREACHABLE))
        marks = (_mark(f"{number} {status.value}", status) for number, status in left if number)
        return tag(
            "tr",
            tag("th", text(name), Html(" "), tag("small", phrase(meaning), class_="quiet"), scope="row"),
            tag("td", text(f"{count.reached} of {count.total}"), class_="figure"),
            tag("td", joined(*marks, between=" ")),
        )

    # --- what is not reached ---

    def _missing(self) -> Iterator[Html]:
        missing = with_status(self.policy.items, Status.MISSING)
        if missing:
            listed = (tag("li", phrase(each.text), Html(", "), self._place(each)) for each in missing)
            title = f"Missing: {len(missing)}"
            yield _section(f"{self.prefix}-missing", title, tag("ul", *listed, class_="to-reach"))

    def _unreachable(self) -> Iterator[Html]:
        found = with_status(self.policy.items, Status.UNREACHABLE)
        if found:
            listed = (
                joined(tag("dt", phrase(each.text), Html(", "), self._place(each)), tag("dd", text(each.reason or "")))
                for each in found
            )
            yield _section(f"{self.prefix}-unreachable", f"Unreachable: {len(found)}", tag("dl", *listed))

    def _place(self, item: CoveredItem) -> Html:
        file, line = item.span.source.name, item.span.line
        name = self._file_name([each.source.name for each in self._files].index(file))
        return tag("a", text(f"{file}, line {line}"), href=f"#{name}-{line}")

    def _file_name(self, at: int) -> str:
        return f"{self.prefix}-f{at + 1}"

    # --- the files ---

    def _file(self, name: str, file: CoveredFile) -> Html:
        """A file line by line; of one that is imported what the policy does not use is folded up."""
        marked = {line.number: line for line in file.lines}
        first = file.source.first_line
        numbers = range(first, first + len(file.source.text.splitlines()))
        folded = () if file.source is self.policy.source else _far_from(marked, numbers)
        pieces = []
        for is_folded, run in groupby(numbers, lambda number: number in folded):
            run_of = list(run)
            lines = [self._line(f"{name}-{number}", number, file, marked.get(number)) for number in run_of]
            pieces += [_folded(run_of, lines)] if is_folded else lines
        return _section(name, file.source.name, _source_lines(pieces))

    def _line(self, name: str, number: int, file: CoveredFile, line: CoveredLine | None) -> Html:
        status, written = "" if line is None else f" {line.status.value}", file.source.line_text(number)
        indent = min(len(written) - len(written.lstrip(" ")), DEEPEST) + 2
        cells = [
            tag("span", text(str(number)), class_="number"),
            tag("code", text(written), class_="source", style=f"--indent: {indent}ch"),
        ]
        if line is not None:
            cells.append(self._notes(line))
        return tag("li", *cells, class_=f"line{status}", id=name)

    def _notes(self, line: CoveredLine) -> Html:
        """What is not reached on a line, open to view, and what is, folded up."""
        pieces: list[Html] = []
        for status in (Status.MISSING, Status.UNREACHABLE):
            found = with_status(line.items, status)
            if found:
                said = line.mark if status is Status.MISSING else status.value
                pieces += [_mark(said, status), tag("ul", *(tag("li", *self._note(item)) for item in found))]
        reached = with_status(line.items, Status.REACHED)
        if reached:
            where = tag("span", text(f" on line {line.number}"), class_="hidden")
            summary = tag("summary", _mark(f"{len(reached)} reached", Status.REACHED), where)
            pieces.append(tag("details", summary, tag("ul", *(tag("li", *self._note(item)) for item in reached))))
        return tag("div", *pieces, class_="notes")

    def _note(self, item: CoveredItem) -> Iterator[Html]:
        yield phrase(item.text)
        if item.status is Status.UNREACHABLE:
            yield tag("span", text(item.reason or ""), class_="by")
        if item.tests:
            yield tag("span", *self._reached_by(item), class_="by")

    def _reached_by(self, item: CoveredItem) -> Iterator[Html]:
        if len(item.tests) > MOST_NAMED:
            numbers = _ranges(sorted(self._numbers[name] for name in item.tests))
            yield tag("a", text(f"{len(item.tests)} tests"), href=f"#{self.prefix}-tests")
            yield text(f": {numbers}")
            return
        links = (tag("a", text(name), href=f"#{self._test(name)}") for name in item.tests)
        yield joined(*links, between="; ")

    # --- the tests ---

    def _test(self, name: str) -> str:
        return f"{self.prefix}-t{self._numbers[name]}"

    def _tests(self) -> Html:
        alone = Counter(item.tests[0] for item in self.policy.items if len(item.tests) == 1)
        rows = (
            tag(
                "tr",
                tag("td", text(str(at)), class_="figure"),
                tag("th", text(test.name), scope="row"),
                tag("td", text(test.decision)),
                tag("td", text(str(alone[test.name] or "")), class_="figure"),
                id=f"{self.prefix}-t{at}",
            )
            for at, test in enumerate(self.policy.tests, 1)
        )
        caption = tag("caption", text("The tests in the order of their file. Alone: how much only this test reaches"))
        head = table_head(("No.", "Test", "Expects", "Alone"))
        table = tag("table", caption, head, tag("tbody", joined(*rows, between="\n")))
        return _section(f"{self.prefix}-tests", f"Tests: {len(self.policy.tests)}", table)


def _far_from(marked: Collection[int], numbers: range) -> frozenset[int]:
    """The numbers of lines that stand far from all that are marked, many in a row."""
    near = {number for line in marked for number in range(line - NEAR, line + NEAR + 1)}
    runs = (list(run) for is_far, run in groupby(numbers, lambda number: number not in near) if is_far)
    return frozenset(number for run in runs if len(run) >= FEWEST_FOLDED for number in run)


def _source_lines(lines: Sequence[Html]) -> Html:
    return tag("ol", Html("\n"), joined(*lines, between="\n"), class_="source-lines")


def _folded(numbers: Sequence[int], lines: Sequence[Html]) -> Html:
    summary = tag("summary", text(f"lines {numbers[0]} to {numbers[-1]}"), class_="quiet")
    return tag("li", tag("details", summary, _source_lines(lines)), class_="folded")


def _mark(said: str, status: Status) -> Html:
    return tag("span", text(said), class_=f"mark {status.value}")


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers in order, those that follow one another as a range: `1 to 4, 7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)
