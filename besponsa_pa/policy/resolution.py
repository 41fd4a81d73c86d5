"""Criteria and citations held against what they name, once a policy and its imports are one.

What is looked at: that each name exists, that no criterion contains itself, that an id is one criterion's, that
`on_unmet` stands where it means something, and that every rule says why it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.policy.criteria import REQUIREMENT
from besponsa_pa.policy.model import Citation, Criterion, CriterionName, Group, GroupKind, Pathway, Policy
from besponsa_pa.source import Span

Child = Criterion | CriterionName

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


# --- parts of a policy ---


def _roots(pathway: Pathway) -> Iterator[tuple[str, Child]]:
    """The criteria that a pathway names or holds, with the key that each stands under."""
    if pathway.require is not None:
        yield "require", pathway.require
    yield from (("exclude", child) for child in pathway.exclude)
    yield from (("review", child) for child in pathway.review)


def _children(child: Child) -> tuple[Child, ...]:
    """What is written directly inside a criterion."""
    return child.body.children if isinstance(child, Criterion) and isinstance(child.body, Group) else ()


def _written(policy: Policy) -> Iterator[Child]:
    """Every criterion of a policy and every name of one, in the places where they are written."""
    waiting: list[Child] = list(policy.criteria.values())
    waiting += [child for pathway in policy.pathways for _, child in _roots(pathway)]
    while waiting:
        child = waiting.pop()
        yield child
        waiting.extend(_children(child))


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
    for citation in _citations(policy):
        if citation.reference and citation.reference not in policy.references:
            message = f"no reference is called `{citation.reference}`"
            help = did_you_mean(citation.reference, policy.references)
            help = help or "declare it under `references:`, or write `{ref: ..., at: ...}` with the section under `at`"
            diagnostics.error("E342", message, citation.span, help=help)


def _citations(policy: Policy) -> Iterator[Citation]:
    for child in _written(policy):
        if isinstance(child, Criterion):
            yield from child.cite
    for pathway in policy.pathways:
        yield from pathway.cite
    for advisory in policy.advisories:
        yield from advisory.cite
    yield from policy.otherwise.cite if policy.otherwise is not None else ()


# --- ids and names ---


def _check_ids(policy: Policy, diagnostics: Diagnostics) -> None:
    """An id answers a judgment and names a finding, so that two criteria cannot share one."""
    seen = {name: criterion.span for name, criterion in policy.criteria.items()}
    named = {id(criterion) for criterion in policy.criteria.values()}
    in_place = (c for c in _written(policy) if isinstance(c, Criterion) and id(c) not in named)
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
    written = list(_written(policy))
    in_place = {child.id for child in written if isinstance(child, Criterion)}
    for child in written:
        if isinstance(child, CriterionName) and child.name not in policy.criteria:
            help = did_you_mean(child.name, policy.criteria)
            if child.name in in_place:
                help = f"`{child.name}` is written in place: move it under `criteria:` to use it by its name"
            help = help or "write it under `criteria:`, or in place with an `id`"
            diagnostics.error("E333", f"no criterion is called `{child.name}`", child.span, help=help)


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
        sizes += [self._size(child) for pathway in policy.pathways for _, child in _roots(pathway)]
        if self._is_finite and sum(sizes) > MAXIMUM_CRITERIA:
            message = f"the criteria name one another so often that they come to more than {MAXIMUM_CRITERIA:,}"
            self.diagnostics.error("E337", message, policy.span, help="join what is named often into fewer criteria")
            return False
        return self._is_finite

    def _size(self, child: Child) -> int:
        if isinstance(child, CriterionName):
            return self._named(child.name, child.span)
        return 1 + sum(self._size(each) for each in _children(child))

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
        self._refuse("E334", message, span, "a criterion can be decided only from others than itself")

    def _refuse(self, code: str, message: str, span: Span, help: str) -> None:
        self.diagnostics.error(code, message, span, help=help)
        self._is_finite = False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a criterion is used: under which key it counts against the request, and whether a rule around it cites."""

    against: str | None
    cited: bool


@dataclass(slots=True)
class _Usage:
    """Looks at each criterion in every place where it is used."""

    criteria: Mapping[str, Criterion]
    diagnostics: Diagnostics
    _seen: set[tuple[str, _Place]] = field(default_factory=set)

    def look(self, policy: Policy) -> None:
        """Report `on_unmet` where it means nothing, and whatever does not say why it holds."""
        for pathway in policy.pathways:
            for key, child in _roots(pathway):
                self._child(child, _Place(None if key == "require" else key, bool(pathway.cite)))
            self._pathway(pathway)
        used = {child.name for child in _written(policy) if isinstance(child, CriterionName)}
        for name, criterion in policy.criteria.items():
            if name not in used:
                self._child(criterion, _Place(None, False))
        for advisory in policy.advisories:
            if not advisory.cite:
                self._uncited(f"the advisory `{advisory.id}`", advisory.span)
        if policy.otherwise is not None and not policy.otherwise.cite:
            self._uncited("`otherwise`", policy.otherwise.span)

    def _child(self, child: Child, place: _Place, use: Span | None = None) -> None:
        if isinstance(child, Criterion):
            self._criterion(child, place, use)
        elif child.name in self.criteria and (child.name, place) not in self._seen:
            self._seen.add((child.name, place))
            self._criterion(self.criteria[child.name], place, child.span)

    def _criterion(self, criterion: Criterion, place: _Place, use: Span | None) -> None:
        if criterion.on_unmet is not None and place.against is not None:
            self._meaningless(criterion, place.against, use)
        cited = place.cited or bool(criterion.cite)
        if not isinstance(criterion.body, Group):
            if not cited:
                self._uncited(f"the criterion `{criterion.id}`", criterion.span)
            return
        against = "none" if criterion.body.kind is GroupKind.NONE else place.against
        for child in criterion.body.children:
            self._child(child, _Place(against, cited), use)

    def _meaningless(self, criterion: Criterion, against: str, use: Span | None) -> None:
        message = f"`on_unmet` of `{criterion.id}` means nothing under `{against}`"
        help = MENDS[against]
        related = ((use, "used here"),) if use is not None else ()
        self.diagnostics.error("E338", message, criterion.span, help=help, related=related)

    def _pathway(self, pathway: Pathway) -> None:
        has_criteria = any(True for _ in _roots(pathway))
        if not has_criteria and not pathway.cite:
            self._uncited(f"the pathway `{pathway.name}`", pathway.span)
        if pathway.require is None and pathway.when is None:
            message = f"the pathway `{pathway.name}` requires nothing and applies to every request"
            self.diagnostics.warning("W355", message, pathway.span, help="say with `when:` to whom it applies")

    def _uncited(self, what: str, span: Span) -> None:
        help = "add `cite:` with a reference that says so"
        self.diagnostics.warning("W353", f"{what} cites nothing", span, help=help)


def warn_of_no_otherwise(policy: Policy, diagnostics: Diagnostics) -> None:
    """Say what becomes of a request to which no pathway applies, where the policy does not."""
    if policy.pathways and all(pathway.when is not None for pathway in policy.pathways):
        message = "nothing says what is decided when no pathway applies"
        help = "add `otherwise:`; without it, such a request goes to a clinician"
        diagnostics.warning("W354", message, policy.span, help=help)
