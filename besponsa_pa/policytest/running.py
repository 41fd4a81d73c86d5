"""Runs the tests of a policy: each case is decided, and what comes out is held against what is expected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from besponsa_pa.case import Case
from besponsa_pa.determination import decide, determine
from besponsa_pa.determination.admission import admitted, case_as_read
from besponsa_pa.determination.findings import Determination, granted_texts
from besponsa_pa.diagnostic import Diagnostic, Diagnostics
from besponsa_pa.expression.literals import parse_quantity
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest.reading import ERROR, OTHERWISE, PolicyTest, cited_text


@dataclass(frozen=True, slots=True)
class ReadCase:
    """The case of a test held against the declared facts, not yet admitted; None where it cannot be read."""

    case: Case | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a test expected, and what came out, as text."""

    what: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class PolicyTestResult:
    """A test that has run: what was decided, or why the case was refused; no differences when it passed."""

    test: PolicyTest
    determination: Determination | None
    diagnostics: tuple[Diagnostic, ...]
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.differences


def run_tests(tests: Iterable[PolicyTest], compiled: CompiledPolicy) -> Iterator[PolicyTestResult]:
    """The result of each test, one after the other, so that a long run can be followed."""
    return (run_case(test, read_case_of(test, compiled), compiled) for test in tests)


def read_case_of(test: PolicyTest, compiled: CompiledPolicy) -> ReadCase:
    """The case of a test, read once; it can then be run against every variant of the policy with the same facts."""
    diagnostics = Diagnostics()
    case = case_as_read(test.case, compiled, diagnostics)
    return ReadCase(case, tuple(diagnostics))


def run_case(test: PolicyTest, read: ReadCase, compiled: CompiledPolicy) -> PolicyTestResult:
    """The result of a test whose case has been read. What holds for every real case is asked of this policy."""
    diagnostics = Diagnostics()
    diagnostics.extend(read.diagnostics)
    case = admitted(read.case, compiled, diagnostics)
    if case is None:
        return PolicyTestResult(test, None, tuple(diagnostics), tuple(_refused(test, diagnostics)))
    determination = determine(compiled, case)
    return PolicyTestResult(test, determination, tuple(diagnostics), tuple(_differences(test, determination, compiled)))


def passes(test: PolicyTest, read: ReadCase, compiled: CompiledPolicy) -> bool:
    """Whether a test passes; no more is worked out than that takes, for a policy that is tried in many variants."""
    diagnostics = Diagnostics()
    case = admitted(read.case, compiled, diagnostics)
    if case is None or test.decision == ERROR:
        return run_case(test, read, compiled).passed
    if not test.expected and not test.cites:
        return decide(compiled, case).decision.value == test.decision
    return not any(_differences(test, determine(compiled, case), compiled))


# --- what comes out otherwise ---

Said: TypeAlias = "str | frozenset[str] | dict[str, str]"


def _refused(test: PolicyTest, diagnostics: Diagnostics) -> Iterator[Difference]:
    said = "; ".join(each.message for each in diagnostics)
    if test.decision != ERROR:
        yield Difference("decision", test.decision, f"{ERROR}: {said}")
    elif test.says is not None and not any(
        test.says in text for each in diagnostics for text in (each.message, each.label, each.help)
    ):
        yield Difference("says", test.says, said)


def _differences(test: PolicyTest, determination: Determination, compiled: CompiledPolicy) -> Iterator[Difference]:
    if test.decision != determination.decision.value:
        yield Difference("decision", test.decision, determination.decision.value)
    for what, expected in test.expected.items():
        got = SAID[what](determination)
        if not _is_same(expected, got):
            yield Difference(what, _text(expected), _text(got))
    if test.cites:
        yield from _cited_otherwise(test.cites, determination, compiled)


def _is_same(expected: Said, got: Said) -> bool:
    """Whether this was expected; a granted number may be written with other zeros, `1.0 'mg'` for `1 'mg'`."""
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(_same_text(text, got[name]) for name, text in expected.items())
    return expected == got


def _same_text(expected: str, got: str) -> bool:
    try:
        return expected == got or parse_quantity(expected) == parse_quantity(got)
    except ValueError:
        return False


def _because(determination: Determination) -> Said:
    return frozenset(determination.reasons)


def _asks(determination: Determination) -> Said:
    return frozenset(each.fact for each in determination.missing)


def _advises(determination: Determination) -> Said:
    return frozenset(each.id for each in determination.advisories)


def _pend(determination: Determination) -> Said:
    return "" if determination.pend is None else determination.pend.value


def _pathway(determination: Determination) -> Said:
    return determination.pathway or ""


def _grant(determination: Determination) -> Said:
    return dict(granted_texts(determination.grant or {}))


# what a determination says under each key that a test may expect something of
SAID: Mapping[str, Callable[[Determination], Said]] = {
    "because": _because,
    "asks": _asks,
    "advises": _advises,
    "pend": _pend,
    "pathway": _pathway,
    "grant": _grant,
}


def _text(value: Said) -> str:
    match value:
        case str():
            return value or "none"
        case dict():
            return ", ".join(f"{name}: {text}" for name, text in sorted(value.items())) or "none"
        case frozenset():
            return ", ".join(sorted(value)) or "none"


# --- citations ---


def _cited_otherwise(
    cites: Mapping[str, frozenset[str]], determination: Determination, compiled: CompiledPolicy
) -> Iterator[Difference]:
    """The names for which other citations came out than expected, or that this determination says nothing of."""
    cited = _cited(determination, compiled)
    for name, expected in cites.items():
        got = cited.get(name)
        if got != expected:
            shown = "not told" if got is None else _citations(got)
            yield Difference(f"cites of {name}", _citations(expected), shown)


def _cited(determination: Determination, compiled: CompiledPolicy) -> Mapping[str, frozenset[str]]:
    """What everything that a determination tells of cites, by its name."""
    found = [(each.criterion, each.citations) for each in determination.findings]
    found += [(each.id, each.citations) for each in determination.advisories]
    no_pathway = determination.pathway is None and not determination.findings
    if compiled.otherwise is not None and no_pathway:
        found.append((OTHERWISE, compiled.otherwise.cite))
    cited: dict[str, frozenset[str]] = {}
    for name, citations in found:
        cited[name] = cited.get(name, frozenset()).union(map(cited_text, citations))
    return cited


def _citations(texts: frozenset[str]) -> str:
    """Citations on a line; the sections of documents have commas in them."""
    return "; ".join(sorted(texts)) or "none"
