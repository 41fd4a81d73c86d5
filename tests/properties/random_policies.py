"""Random policies over a few facts, and what they mean for a complete case: plain two-valued functions beside them.

A policy is made with its meaning: `document` is what the engine reads, `decide` what the language says of a case in
which every fact and every judgment is known. Nothing of it is shared with the engine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis import strategies as st

Known: TypeAlias = Mapping[str, object]
Document: TypeAlias = dict[str, object]

DENY, PEND, APPROVE = range(3)
DECISIONS = ("deny", "pend", "approve")
# by the first letter of a fact's name: its declaration, and the values that a case may give it
KINDS: Mapping[str, tuple[Document, Sequence[object]]] = {
    "b": ({"type": "Boolean"}, (True, False)),
    "s": ({"type": "String", "values": ["x", "y", "z"]}, ("x", "y", "z")),
    "n": ({"type": "Integer"}, (1, 2, 3, 4, 5)),
    "g": ({"type": "Integer"}, (1,)),  # is granted, and decides nothing by its value
}
JUDGMENT = "judgment "


@dataclass(frozen=True)
class Condition:
    """An expression: its text, when it holds, and the facts that it reads."""

    text: str
    holds: Callable[[Known], bool] = field(compare=False)
    facts: frozenset[str]


@dataclass(frozen=True)
class Criterion:
    """A criterion; `kind` is its key: check, judgment, all, any, none or at_least."""

    id: str
    kind: str
    check: Condition | None = None
    children: tuple[Criterion, ...] = ()
    count: int = 0
    given: Condition | None = None
    on_unmet: str | None = None


@dataclass(frozen=True)
class Pathway:
    """A pathway; `granted` is the fact that its grant needs."""

    when: Condition | None
    require: Criterion | None
    exclude: tuple[Criterion, ...]
    review: tuple[Criterion, ...]
    granted: str | None


@dataclass(frozen=True)
class RandomPolicy:
    """A policy, the facts that it declares, and those of them that ask for documentation."""

    pathways: tuple[Pathway, ...]
    otherwise: str | None
    facts: tuple[str, ...]
    graded: frozenset[str] = frozenset()

    @property
    def judgments(self) -> tuple[str, ...]:
        """The ids of the criteria that a clinician answers."""
        return tuple(each.id for pathway in self.pathways for each in criteria_of(pathway) if each.kind == "judgment")

    @property
    def text(self) -> str:
        """The policy as the engine reads it."""
        document: Document = {
            "policy": "random",
            "title": "Random",
            "version": "1",
            "facts": {
                fact: {**KINDS[fact[0]][0], **({"evidence": "documentation"} if fact in self.graded else {})}
                for fact in self.facts
            },
            "pathways": {f"p{at}": _pathway(pathway) for at, pathway in enumerate(self.pathways)},
        }
        if self.otherwise is not None:
            document["otherwise"] = {"decision": self.otherwise}
        return json.dumps(document, indent=1).replace('"<', "").replace('>"', "")


def criteria_of(pathway: Pathway) -> Iterator[Criterion]:
    """Every criterion of a pathway, those in groups too."""
    waiting = [*pathway.exclude, *([] if pathway.require is None else [pathway.require]), *pathway.review]
    while waiting:
        criterion = waiting.pop()
        yield criterion
        waiting += criterion.children


# --- as the engine reads it ---


def _pathway(pathway: Pathway) -> Document:
    document: Document = {} if pathway.when is None else {"when": pathway.when.text}
    if pathway.require is not None:
        document["require"] = _criterion(pathway.require)
    for key, criteria in (("exclude", pathway.exclude), ("review", pathway.review)):
        if criteria:
            document[key] = [_criterion(each) for each in criteria]
    if pathway.granted is not None:
        document["grant"] = {"cycles": f"<6 - {pathway.granted}>"}  # in quotes it would be a text
    return document


def _criterion(criterion: Criterion) -> Document:
    document: Document = {"id": criterion.id}
    if criterion.given is not None:
        document["given"] = criterion.given.text
    if criterion.on_unmet is not None:
        document["on_unmet"] = criterion.on_unmet
    children = [_criterion(each) for each in criterion.children]
    match criterion.kind:
        case "check":
            assert criterion.check is not None
            return {**document, "check": criterion.check.text}
        case "judgment":
            return {**document, "judgment": "Is it so?"}
        case "at_least":
            return {**document, "at_least": {"count": criterion.count, "of": children}}
        case _:
            return {**document, criterion.kind: children}


# --- what it means ---


def decide(policy: RandomPolicy, known: Known) -> str:
    """What the language says of a complete case; a granted fact that is None is not given, and is waited for."""
    applying = [each for each in policy.pathways if each.when is None or each.when.holds(known)]
    if not applying:
        return policy.otherwise or "pend"
    return DECISIONS[max(_comes_to(pathway, known) for pathway in applying)]


def _comes_to(pathway: Pathway, known: Known) -> int:
    if any(_excludes(each, known) for each in pathway.exclude):
        return DENY
    required = APPROVE if pathway.require is None else _leads_to(pathway.require, known)
    if required != APPROVE:
        return required
    if any(_excludes(each, known) for each in pathway.review):
        return PEND
    return PEND if pathway.granted is not None and known[pathway.granted] is None else APPROVE


def _excludes(criterion: Criterion, known: Known) -> bool:
    return is_met(criterion, known, if_not_applicable=False)


def is_met(criterion: Criterion, known: Known, *, if_not_applicable: bool) -> bool:
    """Whether a criterion is met. One that does not apply is what does the patient no harm where it stands."""
    if criterion.given is not None and not criterion.given.holds(known):
        return if_not_applicable
    if criterion.check is not None:
        return criterion.check.holds(known)
    if criterion.kind == "judgment":
        return bool(known[JUDGMENT + criterion.id])
    if criterion.kind == "none":
        return not any(is_met(each, known, if_not_applicable=not if_not_applicable) for each in criterion.children)
    met = sum(is_met(each, known, if_not_applicable=if_not_applicable) for each in criterion.children)
    return met >= {"all": len(criterion.children), "any": 1, "at_least": criterion.count}[criterion.kind]


def _leads_to(criterion: Criterion, known: Known) -> int:
    """What a requirement leads to: unmet, to what it says itself; a group that says nothing, to what decides in it."""
    if is_met(criterion, known, if_not_applicable=True):
        return APPROVE
    if criterion.on_unmet is not None:
        return PEND if criterion.on_unmet == "pend" else DENY
    if criterion.kind not in ("all", "any", "at_least"):
        return DENY
    outcomes = sorted((_leads_to(each, known) for each in criterion.children), reverse=True)
    return outcomes[{"all": len(outcomes), "any": 1, "at_least": criterion.count}[criterion.kind] - 1]


# --- at random ---


@dataclass
class Facts:
    """The facts of a policy under construction: each read once, or each of a few again and again."""

    once: bool
    failing: bool
    names: list[str] = field(default_factory=list)
    criteria: int = 0

    def draw(self, draw: st.DrawFn, kinds: str) -> str:
        kind = draw(st.sampled_from(kinds))
        mine = [name for name in self.names if name[0] == kind]
        if mine and not self.once and (len(self.names) > 4 or draw(st.booleans())):
            return draw(st.sampled_from(mine))
        self.names.append(f"{kind}{len(self.names)}")
        return self.names[-1]

    def next_id(self) -> str:
        self.criteria += 1
        return f"c{self.criteria}"


@st.composite
def policies(draw: st.DrawFn, *, once: bool, graded: bool = False, failing: bool = False) -> RandomPolicy:
    """A policy of one to three pathways.

    `once`: it reads each of its facts at one place only. `graded`: some facts ask for documentation. `failing`: some
    conditions are null or cannot be computed, and no completion is decided by `decide`.
    """
    facts = Facts(once, failing)
    pathways = tuple(_draw_pathway(draw, facts) for _ in range(draw(st.sampled_from((1, 1, 2, 3)))))
    otherwise = draw(st.sampled_from((None, "deny", "pend")))
    wanting = draw(st.frozensets(st.sampled_from(facts.names))) if graded and facts.names else frozenset()
    return RandomPolicy(pathways, otherwise, tuple(facts.names), wanting)


def _draw_pathway(draw: st.DrawFn, facts: Facts) -> Pathway:
    has = draw(st.lists(st.sampled_from(("when", "require", "exclude", "review", "grant")), unique=True, min_size=1))
    return Pathway(
        _draw_condition(draw, facts, 1) if "when" in has else None,
        _draw_criterion(draw, facts, 2, required=True) if "require" in has else None,
        tuple(_draw_criterion(draw, facts, 1) for _ in range(has.count("exclude"))),
        tuple(_draw_criterion(draw, facts, 1) for _ in range(has.count("review"))),
        facts.draw(draw, "g") if "grant" in has else None,
    )


def _draw_criterion(draw: st.DrawFn, facts: Facts, depth: int, *, required: bool = False) -> Criterion:
    """A criterion; only what is required, and stands in no `none`, may say what it leads to when it is unmet."""
    kind = draw(st.sampled_from(("check", "check", "judgment", *(("all", "any", "none", "at_least") if depth else ()))))
    is_group, within = kind not in ("check", "judgment"), required and kind != "none"
    count = draw(st.integers(1, 3)) if is_group else 0
    children = tuple(_draw_criterion(draw, facts, depth - 1, required=within) for _ in range(count))
    return Criterion(
        facts.next_id(),
        kind,
        _draw_condition(draw, facts, 1) if kind == "check" else None,
        children,
        draw(st.integers(1, count)) if kind == "at_least" else 0,
        _draw_condition(draw, facts, 0) if draw(st.sampled_from((False, False, True))) else None,
        draw(st.sampled_from((None, None, "pend", "deny"))) if required else None,
    )


def _draw_condition(draw: st.DrawFn, facts: Facts, depth: int) -> Condition:
    if depth == 0 or draw(st.booleans()):
        return _draw_atom(draw, facts)
    parts = [_draw_condition(draw, facts, depth - 1) for _ in range(2)]
    (first, second), (one, other) = parts, [f"({part.text})" for part in parts]
    text, holds = draw(
        st.sampled_from(
            (
                (f"{one} and {other}", lambda known: first.holds(known) and second.holds(known)),
                (f"{one} or {other}", lambda known: first.holds(known) or second.holds(known)),
                (f"{one} implies {other}", lambda known: not first.holds(known) or second.holds(known)),
                (f"{one} xor {other}", lambda known: first.holds(known) != second.holds(known)),
                (f"not {one} and {other}", lambda known: not first.holds(known) and second.holds(known)),
                (f"if {one} then {other} else false", lambda known: first.holds(known) and second.holds(known)),
            )
        )
    )
    return Condition(text, holds, first.facts | second.facts)


def _fails(known: Known) -> bool:
    raise NotImplementedError(known)


ATOMS: Mapping[str, Sequence[tuple[str, Callable[[object], bool]]]] = {
    "b": (("{}", lambda value: value is True), ("not {}", lambda value: value is False)),
    "s": (
        ("{} = 'x'", lambda value: value == "x"),
        ("{} != 'x'", lambda value: value != "x"),
        ("{} in {{'x', 'y'}}", lambda value: value in ("x", "y")),
    ),
    "n": (
        ("{} >= 3", lambda value: int(str(value)) >= 3),
        ("3 > {}", lambda value: int(str(value)) < 3),
        ("{} between 2 and 4", lambda value: 2 <= int(str(value)) <= 4),
        ("{} in Interval[2, 4)", lambda value: 2 <= int(str(value)) < 4),
    ),
}


# what fails, is null, or may be either
FAILING = (
    "Interval[5, 3] contains 4",
    "Interval[{0}, 3] contains 2",
    "1 / 0 > 1",
    "{0} / ({0} - 3) >= 1",
    "{0} * 2000000000 > 0",
    "First({{}}) = {0}",
)


def _draw_atom(draw: st.DrawFn, facts: Facts) -> Condition:
    if facts.failing and draw(st.integers(0, 2)) == 0:
        fact = facts.draw(draw, "n")
        return Condition(draw(st.sampled_from(FAILING)).format(fact), _fails, frozenset([fact]))
    fact = facts.draw(draw, "bbsn")
    text, holds = draw(st.sampled_from(ATOMS[fact[0]]))
    return Condition(text.format(fact), lambda known: holds(known[fact]), frozenset([fact]))
