"""What a policy decides, as an outline with its citations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import assert_never

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.policy.conditions import conditions_that_decide, conditions_that_tell, facts_read, granted_values
from besponsa_pa.policy.model import (
    CheckedCriterion,
    CheckedGroup,
    CheckedLeaf,
    CheckedPathway,
    Citation,
    CompiledPolicy,
    Condition,
    GroupKind,
    Judgment,
    OnUnmet,
    Policy,
)
from besponsa_pa.render.declarations import (
    cited,
    codes_of,
    definition_row,
    mark_of,
    question_of,
    reference_text,
    rows_of,
)
from besponsa_pa.render.layout import Colour, columns, fitting, painted, visible, wrapped
from besponsa_pa.values import ValueSet

GROUPS = {GroupKind.ALL: "all of", GroupKind.ANY: "any of", GroupKind.NONE: "none of"}


def text_from_policy(compiled: CompiledPolicy, width: int, colour: bool) -> str:
    """The outline of a policy: each pathway with its criteria, then what it asks for and what it rests on.

    Definitions, tables, value sets and facts are shown where something uses them: shared files bring more. `width`
    is that of the terminal in columns.
    """
    outline = _Outline(compiled, fitting(width), colour)
    blocks = [
        outline.heading(),
        *(outline.pathway(pathway) for pathway in compiled.pathways),
        outline.otherwise(),
        outline.advisories(),
        outline.guarantees(),
        *outline.facts(),
        outline.terms(),
        outline.references(),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


@dataclass(frozen=True, slots=True)
class _Outline:
    """One policy on a page of some width."""

    compiled: CompiledPolicy
    width: int
    colour: bool
    _shown: list[CheckedCriterion] = field(default_factory=list)

    @property
    def policy(self) -> Policy:
        """The policy as written."""
        return self.compiled.policy

    # --- what it is ---

    def heading(self) -> list[str]:
        """Title, version, when it is in force, the program and the drug."""
        policy = self.policy
        lines = [*self._strong(policy.title), f"policy {policy.id} {policy.version}{_in_force(policy)}"]
        lines += wrapped(policy.program or "", self.width)
        if policy.drug is not None:
            names = [name for name in (policy.drug.brand, policy.drug.generic) if name]
            codes = [f"{system} {', '.join(listed)}" for system, listed in policy.drug.codes.items()]
            lines += wrapped("; ".join([", ".join(names), *codes]), self.width)
        return lines

    def _strong(self, text: str) -> list[str]:
        return [painted(line, Colour.STRONG, self.colour) for line in wrapped(text, self.width)]

    # --- what it decides ---

    def pathway(self, pathway: CheckedPathway) -> list[str]:
        """A pathway: to whom it applies, what it requires, excludes, has looked at and grants."""
        lines = self._strong(f"{pathway.title} ({pathway.name})" + self._cited(pathway.cite))
        applies = "applies to every request" if pathway.when is None else f"applies when {pathway.when.text}"
        lines += wrapped(applies, self.width, "  ", "    ")
        readings = (each.interpretation for each in self.policy.pathways if each.name == pathway.name)
        lines += [line for each in readings if each for line in wrapped(f"read as: {each}", self.width, "  ", "    ")]
        if pathway.require is not None:
            lines += self._requirements(pathway.require)
        lines += self._part("excluded by", pathway.exclude)
        lines += self._part("looked at by a clinician", pathway.review)
        if pathway.grant:
            grants = ((name, value.text) for name, value in granted_values(pathway.grant))
            lines += ["  grants", *columns(grants, self.width, "    ")]
        return lines

    def _requirements(self, require: CheckedCriterion) -> Iterator[str]:
        body = require.body
        if isinstance(body, CheckedGroup) and require.id == "require" and require.given is None:
            yield f"  requires {_kind(body)}"
            yield from (line for child in body.children for line in self._criterion(child, 2))
        else:
            yield from self._part("requires", (require,))

    def _part(self, title: str, criteria: Iterable[CheckedCriterion]) -> list[str]:
        lines = [line for criterion in criteria for line in self._criterion(criterion, 2)]
        return [f"  {title}", *lines] if lines else []

    def _criterion(self, criterion: CheckedCriterion, depth: int) -> Iterator[str]:
        indent = "  " * depth
        name = painted(visible(criterion.id), Colour.STRONG, self.colour)
        title = f"{criterion.title}{self._cited(criterion.cite)}"
        lines = wrapped(title, self.width, f"{indent}{visible(criterion.id)}: ", f"{indent}  ")
        yield lines[0].replace(visible(criterion.id), name, 1) if lines else f"{indent}{name}"
        yield from lines[1:]
        if any(each is criterion for each in self._shown):
            yield f"{indent}  as above"
            return
        self._shown.append(criterion)
        for text in _said(criterion):
            yield from wrapped(text, self.width, f"{indent}  ", f"{indent}    ")
        if isinstance(criterion.body, CheckedGroup):
            yield from (line for child in criterion.body.children for line in self._criterion(child, depth + 2))

    def otherwise(self) -> list[str]:
        """What is decided when no pathway applies."""
        found = self.compiled.otherwise
        if found is None:
            return [*self._strong("Otherwise"), "  pend: a clinician has to look"]
        title = f": {found.title}" if found.title else ""
        text = f"{found.decision}{title}{self._cited(found.cite)}"
        return [*self._strong("Otherwise"), *wrapped(text, self.width, "  ", "    ")]

    def advisories(self) -> list[str]:
        """What is told with every decision."""
        rows = []
        for each in self.compiled.advisories:
            when = "" if each.when is None or _is_true(each.when) else f"; when {each.when.text}"
            reading = "" if each.interpretation is None else f"; read as: {each.interpretation}"
            rows.append((each.id, f"{each.text}{self._cited(each.cite)}{when}{reading}"))
        return self._table("Told with every decision", rows)

    def guarantees(self) -> list[str]:
        """What must hold for every possible case."""
        lines = [
            line
            for each in self.compiled.guarantees
            for line in wrapped(f"never {each.never} when {each.when.text}", self.width, "  ", "    ")
        ]
        return [*self._strong("Guarantees"), *lines] if lines else []

    # --- what it uses ---

    def facts(self) -> Iterator[list[str]]:
        """The facts that decide, with their questions, then those that only an advisory reads."""
        deciding = facts_read(conditions_that_decide(self.compiled))
        telling = facts_read(conditions_that_tell(self.compiled))
        only_told = "Facts that only an advisory reads"
        for title, names in (("Facts that decide", deciding), (only_told, telling - deciding)):
            rows = [(name, question_of(fact)) for name, fact in self.policy.facts.items() if name in names]
            yield self._table(title, rows)

    def terms(self) -> list[str]:
        """The definitions, tables and value sets that are used, in the order of the policy."""
        read = (*conditions_that_decide(self.compiled), *conditions_that_tell(self.compiled))
        nodes = list(_walked(read))
        named = {node.name for node in nodes if isinstance(node, checked.Definition)}
        looked_up = {node.table for node in nodes if isinstance(node, checked.Lookup)}
        constants = (node.value for node in nodes if isinstance(node, checked.Constant))
        sets = {value.name for value in constants if isinstance(value, ValueSet)}
        rows = [definition_row(each) for name, each in self.policy.definitions.items() if name in named]
        rows += [(name, rows_of(table)) for name, table in self.policy.tables.items() if name in looked_up]
        rows += [(name, codes_of(value_set)) for name, value_set in self.policy.value_sets.items() if name in sets]
        return self._table("Terms", rows)

    # --- what it rests on ---

    def references(self) -> list[str]:
        """Every reference with its number."""
        return [
            line
            for reference in sorted(
                self.policy.references.values(), key=lambda each: (each.number is None, each.number)
            )
            for line in wrapped(reference_text(reference), self.width, f"{mark_of(reference)} ")
        ]

    def _cited(self, citations: Iterable[Citation]) -> str:
        return cited(citations, self.policy.references)

    def _table(self, title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
        lines = columns(rows, self.width)
        return [*self._strong(title), *lines] if lines else []


def _in_force(policy: Policy) -> str:
    start, end = policy.effective_from, policy.effective_to
    return "".join(
        [", in force" if start or end else "", f" from {start}" if start else "", f" to {end}" if end else ""]
    )


def _said(criterion: CheckedCriterion) -> Iterator[str]:
    """What a criterion says beside its title."""
    if criterion.given is not None:
        yield f"given {criterion.given.text}"
    match criterion.body:
        case CheckedLeaf(check):
            yield f"check {check.text}"
        case Judgment(question):
            yield f"a clinician judges: {question}"
        case CheckedGroup():
            yield _kind(criterion.body)
        case _:
            assert_never(criterion.body)
    if criterion.on_unmet is OnUnmet.PEND:
        yield "when unmet, a person decides"
    if criterion.evidence is not None:
        yield f"evidence asked for: {criterion.evidence.value}"
    if criterion.interpretation is not None:
        yield f"read as: {criterion.interpretation}"


def _kind(group: CheckedGroup) -> str:
    return f"at least {group.count} of" if group.kind is GroupKind.AT_LEAST else GROUPS[group.kind]


def _is_true(condition: Condition) -> bool:
    return isinstance(condition.expression, checked.Constant) and condition.expression.value is True


def _walked(conditions: Iterable[Condition]) -> Iterator[Checked]:
    return (node for condition in conditions for node in checked.walk(condition.expression))
