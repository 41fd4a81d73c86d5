"""What is wrong with a file, said so that its writer can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from besponsa_pa.source import Span


class Severity(Enum):
    """How bad a diagnostic is: an error stops the file from being used, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem of one file.

    `message` says what was found (lower case, names in backticks, no full stop), `label` stands beside
    the caret (what was wanted), `help` says what mends it. `code` is a key of `CATALOGUE`.
    """

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    label: str = ""
    help: str = ""
    related: tuple[tuple[Span, str], ...] = ()


class FileError(Exception):
    """A file cannot be used; carries every diagnostic found, so that one run shows all of them."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(d.message for d in self.diagnostics if d.severity is Severity.ERROR))


@dataclass(slots=True)
class Diagnostics:
    """Collects the diagnostics of one run; each is kept once."""

    items: list[Diagnostic] = field(default_factory=list)

    def error(
        self,
        code: str,
        message: str,
        span: Span | None = None,
        *,
        label: str = "",
        help: str = "",
        related: tuple[tuple[Span, str], ...] = (),
    ) -> None:
        """Report a problem that stops the file from being used."""
        self.add(Diagnostic(code, Severity.ERROR, message, span, label, help, related))

    def warning(self, code: str, message: str, span: Span | None = None, *, label: str = "", help: str = "") -> None:
        """Report what is probably a mistake, though the file can be used."""
        self.add(Diagnostic(code, Severity.WARNING, message, span, label, help))

    def information(
        self, code: str, message: str, span: Span | None = None, *, label: str = "", help: str = ""
    ) -> None:
        """Report what the writer should know and may well intend."""
        self.add(Diagnostic(code, Severity.INFORMATION, message, span, label, help))

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic unless the same one is there already."""
        if diagnostic.code not in CATALOGUE:
            raise KeyError(diagnostic.code)
        if diagnostic not in self.items:
            self.items.append(diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Keep each of several diagnostics."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

    @property
    def has_errors(self) -> bool:
        """Whether any diagnostic is an error."""
        return any(d.severity is Severity.ERROR for d in self.items)

    def raise_errors(self) -> None:
        """Raise a `FileError` with everything found when there is an error among it."""
        if self.has_errors:
            raise FileError(self.items)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.items)


def did_you_mean(found: str, candidates: Iterable[str], quote: str = "`") -> str:
    """Help that names the likeliest candidate for a misspelt word, or "" when none is near."""
    near = difflib.get_close_matches(found, sorted(set(candidates)), n=1, cutoff=0.6)
    return f"did you mean {quote}{near[0]}{quote}?" if near else ""


# Every code once, with a sentence for the reference page. E1 reading a file, E2 and W2 expressions,
# E3 and W3 policies, E4 cases, E5 finding a policy, E6 policy tests.
CATALOGUE: dict[str, str] = {
    # reading a file
    # expressions
    # policies
    # cases
    # finding a policy
    # policy tests
}
