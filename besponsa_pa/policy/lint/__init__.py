"""Lint: what is not wrong with a policy and yet is hardly meant. One rule a module of `rules`, and a page of each.

Loading a policy does not run it: only `check`, and whoever else asks, pays for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from besponsa_pa.diagnostic import Diagnostic
from besponsa_pa.policy.lint.acceptance import Found, is_accepted, unused
from besponsa_pa.policy.lint.code_lists import CodeList
from besponsa_pa.policy.lint.context import Context, context_of
from besponsa_pa.policy.lint.rule import Rule
from besponsa_pa.policy.lint.rules import (
    absence_operator,
    always_true_or_false,
    category_code,
    compared_with_null,
    criterion_without_title,
    fact_in_quotes,
    fact_without_question,
    floats_differ,
    keyword_name,
    mixed_and_or,
    nothing_cited,
    number_without_unit,
    otherwise_missing,
    partial_literal,
    pathway_for_everybody,
    unknown_code,
    unknown_code_system,
    unreachable_result,
    unused_acceptance,
    unused_criterion,
    unused_definition,
    unused_fact,
    unused_reference,
    unused_table,
    unused_value_set,
    unusual_magnitude,
    values_not_told_apart,
)
from besponsa_pa.policy.model import CompiledPolicy

# in the order of their page: what is never used, what is not said, what hardly means what it says, codes and names
RULES: tuple[Rule, ...] = (
    unused_fact.RULE,
    unused_value_set.RULE,
    unused_reference.RULE,
    unused_definition.RULE,
    unused_table.RULE,
    unused_criterion.RULE,
    fact_without_question.RULE,
    nothing_cited.RULE,
    criterion_without_title.RULE,
    otherwise_missing.RULE,
    pathway_for_everybody.RULE,
    mixed_and_or.RULE,
    partial_literal.RULE,
    values_not_told_apart.RULE,
    always_true_or_false.RULE,
    unreachable_result.RULE,
    number_without_unit.RULE,
    unusual_magnitude.RULE,
    floats_differ.RULE,
    absence_operator.RULE,
    compared_with_null.RULE,
    fact_in_quotes.RULE,
    unknown_code_system.RULE,
    unknown_code.RULE,
    category_code.RULE,
    keyword_name.RULE,
    unused_acceptance.RULE,
)


@dataclass(frozen=True, slots=True)
class Linted:
    """What there is to say of a policy, and what of it is accepted with a reason and so not said."""

    diagnostics: tuple[Diagnostic, ...]
    accepted: tuple[Diagnostic, ...] = ()


def lint(compiled: CompiledPolicy, told: Iterable[Diagnostic], codes: CodeList | None = None) -> Linted:
    """Hold a policy without errors against every rule.

    `told` are the warnings and remarks of loading it: those that belong to a rule can be accepted like all others.
    With `codes`, codes of that system are looked up; without, the rules that need them are left out.
    """
    context = context_of(compiled, told, codes)
    active = [rule for rule in RULES if codes is not None or not rule.needs_codes]
    found = list(dict.fromkeys((rule, notice) for rule in active for notice in rule.check(context)))
    accept = context.policy.accept
    open_ = [each for each in found if not is_accepted(each, accept)]
    open_ += [(unused_acceptance.RULE, notice) for notice in unused(context, found, active)]
    accepted = tuple(_diagnostic(each) for each in found if is_accepted(each, accept))
    others = [each for each in context.told if each.code not in NAMES]
    return Linted((*others, *map(_diagnostic, open_)), accepted)


# the rules by their codes
NAMES = {rule.code: rule.name for rule in RULES}


def named(told: Iterable[Diagnostic]) -> Linted:
    """What is said of a policy with errors: the rules wait, but what is told already names its rule."""
    return Linted(tuple(replace(each, rule=NAMES.get(each.code, "")) for each in told))


def _diagnostic(found: Found) -> Diagnostic:
    rule, notice = found
    return Diagnostic(
        rule.code, rule.severity, notice.message, notice.span, notice.label, notice.help, notice.related, rule.name,
        notice.edits,
    )  # fmt: skip


__all__ = ["NAMES", "RULES", "CodeList", "Context", "Linted", "Rule", "lint", "named"]
