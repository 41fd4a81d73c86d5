"""What a rule is, and what it notices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from besponsa_pa.diagnostic import CATALOGUE, Diagnostic, Edit, Severity
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.source import Span

SEVERITIES = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFORMATION}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a rule notices: of what, where, and what mends it.

    `subject` is the name of the fact, criterion, reference ... that it is about: an acceptance names it. `message`,
    `label`, `help` and `related` are those of a `Diagnostic`. `edits` change the file without a change of meaning; what
    mends only perhaps goes into `help`.
    """

    subject: str
    span: Span
    message: str
    help: str = ""
    label: str = ""
    related: tuple[tuple[Span, str], ...] = ()
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of style or sense that a policy may break though nothing is wrong with its form.

    `name` is what `accept:` and the page in `docs/lint/` call it, `code` its key in the catalogue of diagnostics, of
    which the first letter is the severity. `mends` says that its notices bring edits, `needs_codes` that it looks only
    when lists of codes are at hand.
    """

    name: str
    code: str
    check: Callable[[Context], Iterable[Notice]]
    mends: bool = False
    needs_codes: bool = False

    @property
    def severity(self) -> Severity:
        """How bad a notice of the rule is."""
        return SEVERITIES[self.code[0]]

    @property
    def summary(self) -> str:
        """What the rule finds, in a sentence: the catalogue's."""
        return CATALOGUE[self.code]

    @property
    def can_be_accepted(self) -> bool:
        """Whether what it finds can be meant: an error cannot, nor an acceptance of nothing."""
        return self.severity is not Severity.ERROR and self.name != "unused-acceptance"


def told(code: str) -> Callable[[Context], Iterable[Notice]]:
    """The check of a rule of which the findings are told already when a policy is loaded, under this code."""

    def check(context: Context) -> Iterable[Notice]:
        return (_noticed(each, context) for each in context.told if each.code == code and each.span is not None)

    return check


def _noticed(told: Diagnostic, context: Context) -> Notice:
    assert told.span is not None
    return Notice(context.subject(told.span), told.span, told.message, told.help, told.label, told.related)
