"""Criteria and citations held against what they name, once a policy and its imports are one.

What is looked at: that each name exists, that no criterion contains itself, that an id is one criterion's, and that
`on_unmet` stands where it means something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.policy.criteria import REQUIREMENT
from besponsa_pa.policy.model import Criterion, CriterionName, Group, GroupKind, Policy
from besponsa_pa.policy.parts import Child, children, citations, roots, written
from besponsa_pa.source import Span

MAXIMUM_DEPTH = 60
# how many criteria a policy may come to when each name is replaced by what it stands for
MAXIMUM_CRITERIA = 20_000
# what `on_unmet` is meant to do where being met is what counts against the request
MENDS = {
    "exclude": "leave it out; if a clinician is to decide, put the criterion under `review`",
    "review": "leave it out: under `review` a criterion that is met goes to a clinician",
    "none": "leave it out, or write it beside `none:`, where it is said of the whole group",
}


def check_resolution(policy: Policy, diagnostics: Diagnostics) -> None:
    """Report every name, id and citation of a policy that does not stand for what it should."""
    _check_numbers(policy, diagnostics)
    _check_citations(policy, diagnostics)
    _check_ids(policy, diagnostics)
    _check_advisory_ids(policy, diagnostics)
    _check_names(policy, diagnostics)
    if _Nesting(policy.criteria, diagnostics).is_finite(policy):
        _Usage(policy.criteria, diagnostics).look(policy)


# --- references ---


def _check_numbers(policy: Policy, diagnostics: Diagnostics) -> None:
    seen: dict[int, Span] = {}
    for reference in policy.references.values():
        if reference.number is None:
            continue
        if reference.number in seen:
            message = f"the reference `{reference.name}` has the number {reference.number} of another one"
            related = ((seen[reference.number], "it has the same number"),)
            diagnostics.error("E343", message, reference.span, help="give each its own number", related=related)
        seen.setdefault(reference.number, reference.span)


def _check_citations(policy: Policy, diagnostics: Diagnostics) -> None:
    for citation in citations(policy):
        if citation.reference and citation.reference not in policy.references:
            message = f"no reference is called `{citation.reference}`"
            help = did_you_mean(citation.reference, policy.references) or _by_its_text(citation.reference, policy)
            help = help or "declare it under `references:`, or write `{ref: ..., at: ...}` with the section under `at`"
            diagnostics.error_once("E342", message, citation.span, help=help)


def _by_its_text(written: str, policy: Policy) -> str:
    """The reference that is called by its number or by its title."""
    for reference in policy.references.values():
        if written == str(reference.number) or (len(written) > 3 and written.lower() in reference.title.lower()):
            return f"did you mean `{reference.name}`?"
    return ""


# --- ids and names ---


def _check_ids(policy: Policy, diagnostics: Diagnostics) -> None:
    """An id answers a judgment and names a finding, so that two criteria cannot share one."""
    seen = {name: criterion.span for name, criterion in policy.criteria.items()}
    named = {id(criterion) for criterion in policy.criteria.values()}
    in_place = (c for c in written(policy) if isinstance(c, Criterion) and id(c) not in named)
    for criterion in sorted(in_place, key=lambda criterion: (criterion.span.source.name, criterion.span.start)):
        if criterion.id in ("", REQUIREMENT):
            continue
        if criterion.id in seen:
            message = f"two criteria are called `{criterion.id}`"
            help = f"give one another id, or write the criterion once under `criteria:` and here only `{criterion.id}`"
            related = ((seen[criterion.id], "the other one"),)
            diagnostics.error("E332", message, criterion.span, help=help, related=related)
        seen.setdefault(criterion.id, criterion.span)


def _check_advisory_ids(policy: Policy, diagnostics: Diagnostics) -> None:
    seen: dict[str, Span] = {}
    for advisory in policy.advisories:
        if advisory.id in seen:
            related = ((seen[advisory.id], "the other one"),)
            message = f"two advisories are called `{advisory.id}`"
            diagnostics.error("E332", message, advisory.span, help="give one another id", related=related)
        seen.setdefault(advisory.id, advisory.span)


def _check_names(policy: Policy, diagnostics: Diagnostics) -> None:
    found = list(written(policy))
    in_place = {child.id for child in found if isinstance(child, Criterion)}
    for child in found:
        if isinstance(child, CriterionName) and child.name not in policy.criteria:
            help = did_you_mean(child.name, policy.criteria)
            if child.name in in_place:
                help = f"`{child.name}` is written in place: move it under `criteria:` to use it by its name"
            help = help or "write it under `criteria:`, or in place with an `id`"
            diagnostics.error_once("E333", f"no criterion is called `{child.name}`", child.span, help=help)


# --- criteria inside criteria ---


@dataclass(slots=True)
class _Nesting:
    """Looks for criteria that contain themselves, or come to more than anybody could read."""

    criteria: Mapping[str, Criterion]
    diagnostics: Diagnostics
    _sizes: dict[str, int] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _is_finite: bool = True

    def is_finite(self, policy: Policy) -> bool:
        """Whether every criterion of the policy comes to an end, all of them after a reasonable number."""
        sizes = [self._named(name, criterion.span) for name, criterion in policy.criteria.items()]
        sizes += [self._size(child) for pathway in policy.pathways for _, child in roots(pathway)]
        if self._is_finite and sum(sizes) > MAXIMUM_CRITERIA:
            message = f"the criteria name one another so often that they come to more than {MAXIMUM_CRITERIA:,}"
            self.diagnostics.error("E337", message, policy.span, help="join what is named often into fewer criteria")
            return False
        return self._is_finite

    def _size(self, child: Child) -> int:
        if isinstance(child, CriterionName):
            return self._named(child.name, child.span)
        return 1 + sum(self._size(each) for each in children(child))

    def _named(self, name: str, span: Span) -> int:
        if name in self._open:
            self._ring([*self._open[self._open.index(name) :], name], span)
        elif len(self._open) > MAXIMUM_DEPTH:
            message = f"criteria stand inside one another more than {MAXIMUM_DEPTH} levels deep"
            self._refuse("E337", message, span, "use fewer groups")
        elif name in self.criteria and name not in self._sizes:
            self._open.append(name)
            self._sizes[name] = self._size(self.criteria[name])
            self._open.pop()
        return self._sizes.get(name, 1)

    def _ring(self, names: list[str], span: Span) -> None:
        message = f"the criterion `{names[0]}` contains itself"
        if len(names) > 2:
            message += ": " + " -> ".join(names)
        self._refuse("E334", message, span, "name another one here, or say with `check:` what is to be met")

    def _refuse(self, code: str, message: str, span: Span, help: str) -> None:
        self.diagnostics.error(code, message, span, help=help)
        self._is_finite = False


@dataclass(slots=True)
class _Usage:
    """Looks at each criterion in every place where it is used: a key may count its being met against the request."""

    criteria: Mapping[str, Criterion]
    diagnostics: Diagnostics
    _seen: set[tuple[str, str | None]] = field(default_factory=set)

    def look(self, policy: Policy) -> None:
        """Report `on_unmet` where it means nothing."""
        for pathway in policy.pathways:
            for key, child in roots(pathway):
                self._child(child, None if key == "require" else key)
        used = {child.name for child in written(policy) if isinstance(child, CriterionName)}
        for name, criterion in policy.criteria.items():
            if name not in used:
                self._child(criterion, None)

    def _child(self, child: Child, against: str | None, use: Span | None = None) -> None:
        if isinstance(child, Criterion):
            self._criterion(child, against, use)
        elif child.name in self.criteria and (child.name, against) not in self._seen:
            self._seen.add((child.name, against))
            self._criterion(self.criteria[child.name], against, child.span)

    def _criterion(self, criterion: Criterion, against: str | None, use: Span | None) -> None:
        if criterion.on_unmet is not None and against is not None:
            self._meaningless(criterion, against, use)
        if isinstance(criterion.body, Group) and criterion.body.kind is GroupKind.NONE:
            against = "none"
        for child in children(criterion):
            self._child(child, against, use)

    def _meaningless(self, criterion: Criterion, against: str, use: Span | None) -> None:
        message = f"`on_unmet` of `{criterion.id}` means nothing under `{against}`"
        help = MENDS[against]
        related = ((use, "used here"),) if use is not None else ()
        place = criterion.on_unmet_span or criterion.span
        self.diagnostics.error("E338", message, place, help=help, related=related)
