"""The mutants of a policy that no test kills, and the tests that would: as text for a person, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from besponsa_pa.render.layout import Colour, fitting, painted, visible, wrapped
from besponsa_pa.render.structure import Structure

# what becomes of a mutant, in the words of the summary; those of which there are none are not told
FATES = {
    "survived": "survived",
    "equivalent": "said to be equivalent",
    "unchanged": "the same policy",
    "refused": "refused by check",
}


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no test kills: what is changed and where; the name of a test that would kill it, if any."""

    id: str
    kind: str
    file: str
    line: int
    column: int
    before: str
    after: str
    test: str | None


@dataclass(frozen=True, slots=True)
class MutationReport:
    """What became of the mutants of one policy.

    `counts` are by the words of `FATES` and `killed`; `percent` is how many of those that a test should kill are
    killed. `equivalents` come with their reasons. `tests` would kill the survivors; `tests_text` is how they are
    written into the file of the tests.
    """

    policy: str
    counts: Mapping[str, int]
    percent: str
    survivors: tuple[Survivor, ...]
    equivalents: tuple[tuple[str, str], ...] = ()
    tests: tuple[Structure, ...] = ()
    tests_text: str = field(default="", repr=False)


def text_from_mutation(report: MutationReport, width: int, colour: bool = False) -> str:
    """The survivors, each with its place and the test that it takes; the tests to be added; a line that sums up."""
    lines = [line for survivor in report.survivors for line in _survivor(survivor, fitting(width), colour)]
    if report.tests_text:
        head = "Tests that would kill them. Each says what the policy decides now: read it before you add it."
        lines += [*wrapped(head, fitting(width)), "", report.tests_text.rstrip("\n"), ""]
    if any(survivor.test is None for survivor in report.survivors):
        help = (
            "Where no test was found, the changed part may decide nothing: mend the policy, or name the mutant in the "
            "file of the tests under `equivalent_mutants`, with the reason."
        )
        lines += [*wrapped(help, fitting(width)), ""]
    return "\n".join([*lines, *wrapped(summary(report), fitting(width), rest="  ")]) + "\n"


def _survivor(survivor: Survivor, width: int, colour: bool) -> Iterator[str]:
    yield f"{painted('SURVIVED', Colour.BAD, colour)}  {visible(survivor.file)}:{survivor.line}"
    yield from wrapped(survivor.id, width, "  ")
    found = "no test was found that would kill it"
    yield from wrapped(found if survivor.test is None else f"wanted: {survivor.test}", width, "  ")
    yield ""


def summary(report: MutationReport) -> str:
    """How many of the mutants the tests kill, and what became of the others."""
    killed = report.counts["killed"]
    total = killed + report.counts["survived"]
    others = [f"{report.counts[fate]} {words}" for fate, words in FATES.items() if report.counts[fate]]
    return ", ".join([f"{report.policy}: {killed} of {total} mutants killed ({report.percent} %)", *others])


def structure_from_mutation(report: MutationReport) -> dict[str, Structure]:
    """The same as data; lines and columns are counted from 1."""
    return {
        "policy": report.policy,
        "score": report.percent,
        **dict(report.counts.items()),
        "survivors": [
            {
                "mutant": each.id,
                "kind": each.kind,
                "place": {"file": each.file, "line": each.line, "column": each.column},
                "before": each.before or None,
                "after": each.after or None,
                "test": each.test,
            }
            for each in report.survivors
        ],
        "equivalent_mutants": [{"mutant": name, "reason": reason} for name, reason in report.equivalents],
        "tests": list(report.tests),
    }
