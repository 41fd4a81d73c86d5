"""What an expression at the command line may name, and what is known: a policy's names and a case's facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

import click

from besponsa_pa.cli.case_files import entries_of
from besponsa_pa.cli.case_policies import Policies
from besponsa_pa.cli.terminal import report
from besponsa_pa.determination.admission import case_from_node
from besponsa_pa.diagnostic import Diagnostic, Diagnostics, FileError, Severity
from besponsa_pa.document import Node
from besponsa_pa.expression.environment import Environment
from besponsa_pa.expression.evaluation import Evaluated, evaluate_text
from besponsa_pa.facts import Facts
from besponsa_pa.policy.environment import environment_of
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.source import Excerpt
from besponsa_pa.terminology import system_names
from besponsa_pa.values import DateTime, Value


@dataclass(frozen=True, slots=True)
class Context:
    """The names that expressions may use, and the facts that are known; without a policy there are neither."""

    environment: Environment
    compiled: CompiledPolicy | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)

    @property
    def declared(self) -> Facts:
        """The facts that the policy declares."""
        return {} if self.compiled is None else self.compiled.policy.facts

    def evaluate(self, excerpt: Excerpt) -> Evaluated:
        """What an expression comes to. Without facts there is nothing to remark on what a case does not say."""
        found = evaluate_text(excerpt, self.environment, self.facts)
        if self.compiled is not None:
            return found
        told = (each for each in found.diagnostics if each.severity is not Severity.INFORMATION)
        return replace(found, diagnostics=tuple(told))

    def evaluate_safely(self, excerpt: Excerpt) -> Evaluated:
        """The same, for one of many: a mistake in this program is the error of that expression (`E221`) alone."""
        try:
            return self.evaluate(excerpt)
        except Exception as failure:  # noqa: BLE001 - the others still get their answers
            return Evaluated(None, None, None, (internal_error(failure),))


def internal_error(failure: Exception) -> Diagnostic:
    """A mistake in this program; the message of the failure may hold a patient's data, so only its kind is told."""
    message = f"a mistake in this program ({type(failure).__name__})"
    return Diagnostic("E221", Severity.ERROR, message, help="evaluate it alone with `--debug` to see where")


@dataclass(slots=True)
class Contexts:
    """Makes the contexts of one run. `as_of` is what `Now()` says, if that was given; without a policy it is `now`."""

    policies: Policies
    as_of: DateTime | None
    now: DateTime
    _environments: dict[str, Environment] = field(default_factory=dict)

    def without_case(self) -> Context:
        """The context of the chosen policy, no fact known; or of the language alone."""
        if self.policies.chosen is not None:
            return self._context(self.policies.chosen, {})
        return Context(Environment(code_systems=system_names(), as_of=self.as_of or self.now))

    def of_case(self, node: Node, diagnostics: Diagnostics) -> Context | None:
        """The context of a case and its policy; None when something is wrong with them, which is reported."""
        compiled = self.policies.policy_for(node, diagnostics)
        case = None if compiled is None else case_from_node(node, compiled, diagnostics)
        if compiled is None or case is None or diagnostics.has_errors:
            return None
        return self._context(compiled, case.facts)

    def of_file(self, place: str) -> Context:
        """The context of the one case in a file, or in standard input for `-`. Raises `FileError`."""
        entry, *others = islice(entries_of(place), 2)
        if others:
            raise click.UsageError(f"`{place}` holds several cases, wanted one")
        context = None if entry.node is None else self.of_case(entry.node, entry.diagnostics)
        if context is None:
            raise FileError(entry.diagnostics)
        report(entry.diagnostics)
        return context

    def _context(self, compiled: CompiledPolicy, facts: Mapping[str, Value]) -> Context:
        """The same names as in the policy itself: the clock is not among them unless it was asked for."""
        name = compiled.policy.name
        if name not in self._environments:
            environment = environment_of(compiled.policy, Diagnostics())
            self._environments[name] = replace(environment, as_of=self.as_of)
        return Context(self._environments[name], compiled, facts)
