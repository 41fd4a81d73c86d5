"""From the policy as written to the policy as checked: every expression typed, every name resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.expression import checked, syntax
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.environment import Environment
from besponsa_pa.expression.parser import parse
from besponsa_pa.policy.environment import environment_of
from besponsa_pa.policy.followers import settle_followers
from besponsa_pa.policy.model import (
    CheckedAdvisory,
    CheckedCriterion,
    CheckedGrant,
    CheckedGroup,
    CheckedGuarantee,
    CheckedLeaf,
    CheckedPathway,
    Citation,
    CompiledPolicy,
    Condition,
    Criterion,
    CriterionName,
    GrantValue,
    Group,
    GroupKind,
    Judgment,
    Leaf,
    Pathway,
    Policy,
)
from besponsa_pa.source import Excerpt, Span
from besponsa_pa.types import ANY, BOOLEAN, STRING, Type

# as deep as `resolution` lets criteria stand inside one another
MAXIMUM_DEPTH = 60


def compile_policy(policy: Policy, diagnostics: Diagnostics) -> CompiledPolicy | None:
    """Check every expression of a policy, the unused ones too, and put its criteria together.

    All problems are reported in one run. None comes back when there is an error, also one that the loader found:
    what is wrong somewhere is never evaluated. A criterion without citations takes those of the group around it.
    """
    environment = environment_of(policy, diagnostics)
    compiler = _Compiler(policy, diagnostics, Checker(environment, diagnostics))
    compiler.check_names(environment)
    compiled = CompiledPolicy(
        policy,
        {
            name: compiler.truth(fact.must, f"`must` of `{name}`")
            for name, fact in policy.facts.items()
            if fact.must is not None
        },
        tuple(compiler.pathway(pathway) for pathway in policy.pathways),
        policy.otherwise,
        tuple(
            CheckedAdvisory(each.id, compiler.when(each.when), each.text, each.cite, each.interpretation)
            for each in policy.advisories
        ),
        tuple(
            CheckedGuarantee(each.never, compiler.truth(each.when, "`when`"), each.span) for each in policy.guarantees
        ),
    )
    for criterion in policy.criteria.values():
        compiler.criterion(CriterionName(criterion.id, criterion.span), ())
    settle_followers(policy, diagnostics)
    return None if diagnostics.has_errors else compiled


Child = Criterion | CriterionName
Cites = tuple[Citation, ...]


@dataclass(slots=True)
class _Compiler:
    """Checks what stands in one policy; a criterion that is named in several places is checked once for each."""

    policy: Policy
    diagnostics: Diagnostics
    checker: Checker
    _named: dict[tuple[str, Cites], CheckedCriterion | None] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    # --- expressions ---

    def truth(self, excerpt: Excerpt, what: str) -> Condition:
        """An expression that is to be true or false."""
        return self._condition(excerpt, BOOLEAN, what)

    def when(self, excerpt: Excerpt | None) -> Condition | None:
        """The condition of a pathway or an advisory, if it has one."""
        return None if excerpt is None else self.truth(excerpt, "`when`")

    def _condition(self, excerpt: Excerpt, wanted: Type | None, what: str) -> Condition:
        tree = parse(excerpt, self.diagnostics)
        shown = " ".join(excerpt.text.split())
        if tree is None:
            return Condition(checked.Constant(None, ANY, excerpt.span(0, len(excerpt.text))), shown)
        return Condition(self.checker.check(tree, wanted, what), shown)

    def check_names(self, environment: Environment) -> None:
        """Check definitions and tables, so that a mistake in one is told even where nothing uses it.

        A definition with parameters has no types before it is used: it is checked there.
        """
        for name, definition in environment.definitions.items():
            if not definition.parameters:
                self.checker.check(syntax.Name(name, definition.span))
        for name, table in environment.tables.items():
            if table.key is not None:
                self.checker.check(syntax.Name(name, table.span))
            elif table.rows:
                self.checker.check(syntax.Call(name, (table.rows[0][0],), table.span, table.span))

    # --- criteria ---

    def criterion(self, child: Child, around: Cites) -> CheckedCriterion | None:
        """A criterion ready to be held against a case; None for a name without one, which has been reported."""
        if isinstance(child, Criterion):
            return self._criterion(child, around)
        key = (child.name, around)
        if key not in self._named:
            self._named[key] = self._by_name(child.name, around)
        return self._named[key]

    def _by_name(self, name: str, around: Cites) -> CheckedCriterion | None:
        criterion = self.policy.criteria.get(name)
        if criterion is None or name in self._open or len(self._open) > MAXIMUM_DEPTH:
            return None
        self._open.append(name)
        result = self._criterion(criterion, around)
        self._open.pop()
        return result

    def _criterion(self, criterion: Criterion, around: Cites) -> CheckedCriterion:
        given = criterion.given
        cite = criterion.cite or around
        return CheckedCriterion(
            criterion.id,
            criterion.title or _title(criterion.body, criterion.id),
            None if given is None else self.truth(given, f"`given` of `{criterion.id}`"),
            self._body(criterion.body, criterion.id, cite),
            criterion.on_unmet,
            cite,
            criterion.interpretation,
            criterion.evidence,
            criterion.span,
        )

    def _body(self, body: Leaf | Judgment | Group, name: str, cite: Cites) -> CheckedLeaf | Judgment | CheckedGroup:
        match body:
            case Leaf(check):
                return CheckedLeaf(self.truth(check, f"`check` of `{name}`"))
            case Judgment():
                return body
            case Group(kind, children, count):
                return CheckedGroup(kind, self._criteria(children, cite), count or 0)
            case _:
                assert_never(body)

    def _criteria(self, children: Iterable[Child], around: Cites) -> tuple[CheckedCriterion, ...]:
        found = (self.criterion(child, around) for child in children)
        return tuple(criterion for criterion in found if criterion is not None)

    # --- pathways ---

    def pathway(self, pathway: Pathway) -> CheckedPathway:
        """A pathway ready to be held against a case."""
        return CheckedPathway(
            pathway.name,
            pathway.title or pathway.name,
            self.when(pathway.when),
            None if pathway.require is None else self.criterion(pathway.require, pathway.cite),
            self._criteria(pathway.exclude, pathway.cite),
            self._criteria(pathway.review, pathway.cite),
            self._grant(pathway.grant),
            pathway.cite,
            pathway.span,
        )

    def _grant(self, grant: Mapping[str, GrantValue]) -> Mapping[str, CheckedGrant]:
        return {name: self._granted(value.value, value.span) for name, value in grant.items()}

    def _granted(self, value: Excerpt | str | Mapping[str, GrantValue], span: Span) -> CheckedGrant:
        if isinstance(value, str):
            return Condition(checked.Constant(value, STRING, span), value)
        if isinstance(value, Mapping):
            return self._grant(value)
        before = len(self.diagnostics.items)
        condition = self._condition(value, None, "the granted value")
        self._offer_quotes(before)
        return condition

    def _offer_quotes(self, before: int) -> None:
        """Say how a text is granted, where what was written is no expression."""
        for at, found in enumerate(self.diagnostics.items[before:], before):
            if found.code in ("E201", "E205", "E206") and not found.help.startswith("did you mean"):
                self.diagnostics.items[at] = replace(found, help="if it is a text, put it in quotes")


_GROUP_TITLES = {
    GroupKind.ALL: "All of these are met",
    GroupKind.ANY: "At least one of these is met",
    GroupKind.NONE: "None of these is met",
}


def _title(body: Leaf | Judgment | Group, name: str) -> str:
    """What stands for the title of a criterion that has none."""
    match body:
        case Leaf(check):
            return " ".join(check.text.split())
        case Judgment(question):
            return question or name
        case Group(GroupKind.AT_LEAST, _, count):
            return f"At least {count} of these are met"
        case Group(kind):
            return _GROUP_TITLES[kind]
        case _:
            assert_never(body)
