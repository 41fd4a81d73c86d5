"""The columns that a statement gives: the decision, and what a determination says of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from sqlglot import exp

from besponsa_pa.backends.sql import columns
from besponsa_pa.backends.sql.decisions import (
    approving_pathway,
    closest_pathway,
    decide,
    first_pathway,
)
from besponsa_pa.backends.sql.facts_of_cases import fact_meaning
from besponsa_pa.backends.sql.grants import grant_text
from besponsa_pa.backends.sql.reasons import (
    Conditions,
    Open,
    Reason,
    mask_of_missing,
    reasons_of,
    reasons_to_approve,
    reasons_to_ask,
    reasons_to_deny,
    what_matters,
)
from besponsa_pa.backends.sql.terms import (
    FALSE,
    TRUE,
    WORD,
    Mask,
    Term,
    all_of,
    any_of,
    binary,
    case,
    is_null,
    is_set,
    not_,
    number,
    text,
    union,
)
from besponsa_pa.backends.sql.translation import STATED, Scope, Translation, View
from besponsa_pa.backends.sql.truths import Truth, both, either, is_false, is_true, may_be_true, negated
from besponsa_pa.determination.evidence import asks_for_evidence
from besponsa_pa.determination.findings import Decision, Part, Pend
from besponsa_pa.facts import REQUEST_DATE
from besponsa_pa.policy.model import CheckedPathway, CompiledPolicy

NOT_SO: exp.Expression = FALSE
NO_TEXT: exp.Expression = exp.cast(exp.Null(), "TEXT")


def output_columns(compiled: CompiledPolicy, translation: Translation) -> dict[str, exp.Expression]:
    """What a statement selects, by its name, in order.

    A row that is refused has NULL in all columns but `case_id` and `refused`. Raises `RefusedError` for what SQL cannot
    say.
    """
    return _Outputs(compiled, translation).columns()


class _Outputs:
    """The columns of one statement. `stated` and `documented` are one where no evidence is asked for."""

    def __init__(self, compiled: CompiledPolicy, translation: Translation) -> None:
        self.compiled, self.translation, self.steps = compiled, translation, translation.steps
        self.has_documents = asks_for_evidence(compiled)
        self.stated = decide(compiled, translation, documented=False)
        self.documented = decide(compiled, translation, documented=True) if self.has_documents else self.stated
        self.unanswered = what_matters(self.stated, self.steps)
        self.undocumented = what_matters(self.documented, self.steps) if self.has_documents else ()
        view = View(documented=True) if self.has_documents else STATED
        granting = (pathway for pathway in compiled.pathways if pathway.grant)
        self.grants = {each.name: grant_text(translation, each.grant, view) for each in granting}

    def columns(self) -> dict[str, exp.Expression]:
        """The columns, by their names."""
        # what is refused is known once all is translated
        refused = self.steps.column("refused row", self._refused(), "why the row is not decided here")
        decision = self.steps.column("decision", self._decision(refused), "the decision")
        pathway = self.steps.column("pathway", self._pathway(decision), "the pathway that it is taken in")
        unanswered = self._mask("not stated" if self.has_documents else "missing facts", self.unanswered)
        mask = union(self._mask("not documented", self.undocumented), unanswered)
        mask = {word: self.steps.column("missing facts", bits, "all that can change it") for word, bits in mask.items()}
        pend = self.steps.column("pend", self._pend(decision, pathway, unanswered, mask), "what a pend waits for")
        return {
            columns.CASE_ID: exp.column(columns.CASE_ID),
            "decision": decision,
            "pend": pend,
            "pathway": pathway,
            "reasons": self._reasons(decision, pathway),
            "missing": self._missing(decision, mask),
            "grant_values": self._grant(decision, pathway),
            "human_review_required": self._needs_review(decision, pend),
            "policy_version": case([(not_(is_null(decision)), text(self.compiled.policy.version))]),
            "in_force": self._in_force(decision),
            "refused": refused,
        }

    # --- the decision ---

    def _refused(self) -> exp.Expression:
        guards = [(condition, text(why)) for condition, why in self.translation.guards]
        wrong = self.translation.wrong_value
        why = [*([] if wrong is None else [wrong]), *([case(guards)] if guards else [])]
        given = exp.column(columns.REFUSED)
        return exp.Coalesce(this=given, expressions=why) if why else given

    def _decision(self, refused: exp.Expression) -> exp.Expression:
        return case(
            [
                (not_(is_null(refused)), exp.Null()),
                (self._approves(), text(Decision.APPROVE.value)),
                (self.stated.denies, text(Decision.DENY.value)),
            ],
            text(Decision.PEND.value),
        )

    def _approves(self) -> exp.Expression:
        """An approval is one in both looks."""
        return both(self.stated.approves, self.documented.approves)

    def _pathway(self, decision: exp.Expression) -> exp.Expression:
        # what an approval stands on is documented; a denial needs no documents
        if not self.compiled.pathways:
            return NO_TEXT
        approving, closest = approving_pathway(self.documented), closest_pathway(self.documented, self.translation)
        first = first_pathway(self.stated)
        return _by_decision(decision, approving, first, closest)

    # --- a pend ---

    def _matters(self) -> tuple[Open, ...]:
        return (*self.undocumented, *self.unanswered)

    def _mask(self, hint: str, found: Sequence[Open]) -> Mask:
        """The missing facts of what matters, as columns."""
        comment = f"{hint}, and can still change the decision"
        return {word: self.steps.column(hint, bits, comment) for word, bits in mask_of_missing(found).items()}

    def _pend(self, decision: exp.Expression, pathway: exp.Expression, unanswered: Mask, mask: Mask) -> exp.Expression:
        kinds = [
            (self.stated.approves if self.has_documents else NOT_SO, text(Pend.DOCUMENTATION.value)),
            (self._asks_a_person(pathway), text(Pend.CLINICAL_REVIEW.value)),
            (is_set(unanswered), text(Pend.INFORMATION.value)),
            (is_set(mask) if self.has_documents else NOT_SO, text(Pend.DOCUMENTATION.value)),
        ]
        return case([(_is(decision, Decision.PEND), case(kinds, text(Pend.CLINICAL_REVIEW.value)))])

    def _asks_a_person(self, pathway: exp.Expression) -> exp.Expression:
        """Whether an unmet requirement of the pathway is left to a person."""
        asking = (
            both(self._is_taken_in(pathway, each.pathway), is_false(level.approves), may_be_true(level.pends))
            for each in self.documented.pathways
            for level in (part.level for part in each.parts if part.part is Part.REQUIRE and not part.held.is_plain)
        )
        return either(*asking)

    def _is_taken_in(self, pathway: exp.Expression, wanted: CheckedPathway) -> exp.Expression:
        """Whether a decision is taken in a pathway, which it is in one that is alone and always applies."""
        if len(self.compiled.pathways) == 1 and wanted.when is None:
            return TRUE
        return exp.EQ(this=pathway, expression=text(wanted.name))

    def _missing(self, decision: exp.Expression, mask: Mask) -> exp.Expression:
        """The facts to ask for, in the order in which the policy declares them."""
        read = columns.facts_read(self.compiled)
        places = ((name, place) for name, place in self.translation.numbers.items() if name in read)
        facts = [(_has_bit(mask, place), name) for name, place in places if place // WORD in mask]
        return self._when_decided([(_is(decision, Decision.PEND), facts)], decision)

    # --- the rest ---

    def _reasons(self, decision: exp.Expression, pathway: exp.Expression) -> exp.Expression:
        asking = (*reasons_to_ask(self.documented), *reasons_of(self._matters()))
        is_one = len(self.compiled.pathways) == 1
        taken_in = (lambda _: TRUE) if is_one else partial(self._is_taken_in, pathway)
        lists = [
            (Decision.APPROVE, _once(reasons_to_approve(self.documented, taken_in))),
            (Decision.DENY, _once(reasons_to_deny(self.stated))),
            (Decision.PEND, _once(asking)),
        ]
        return self._when_decided([(_is(decision, each), reasons) for each, reasons in lists], decision)

    def _when_decided(
        self, lists: Sequence[tuple[exp.Expression, Sequence[tuple[exp.Expression, str]]]], decision: exp.Expression
    ) -> exp.Expression:
        """The first list whose condition holds, an empty one where none does; NULL where nothing is decided."""
        text_array = self.translation.dialect.text_array
        branches = [(condition, text_array(texts)) for condition, texts in lists if texts]
        return case([*branches, (not_(is_null(decision)), text_array([]))])

    def _grant(self, decision: exp.Expression, pathway: exp.Expression) -> exp.Expression:
        if not self.grants:
            return NO_TEXT
        approved = _is(decision, Decision.APPROVE)
        if len(self.compiled.pathways) == 1:
            return case((approved, written) for written in self.grants.values())
        return case(
            (both(approved, exp.EQ(this=pathway, expression=text(name))), written)
            for name, written in self.grants.items()
        )  # fmt: skip

    def _needs_review(self, decision: exp.Expression, pend: exp.Expression) -> exp.Expression:
        asks = exp.Coalesce(this=exp.EQ(this=pend, expression=text(Pend.CLINICAL_REVIEW.value)), expressions=[FALSE])
        return either(_is(decision, Decision.DENY), asks)

    def _in_force(self, decision: exp.Expression) -> exp.Expression:
        """Whether the policy is in force on the date of the request; NULL where that date does not tell."""
        policy = self.compiled.policy
        if REQUEST_DATE not in policy.facts:
            return exp.cast(exp.Null(), "BOOLEAN")
        date = fact_meaning(Scope(self.translation, STATED, {}), policy.facts[REQUEST_DATE])
        assert isinstance(date, Term)
        inside, outside = [not_(is_null(decision)), not_(is_null(date.low))], []
        if policy.effective_from is not None:
            begin = exp.cast(text(str(policy.effective_from)), "DATE")
            inside.append(binary(exp.LTE, begin, date.low))
            outside.append(binary(exp.LT, date.top, begin))
        if policy.effective_to is not None:
            end = exp.cast(text(str(policy.effective_to)), "DATE")
            inside.append(binary(exp.LTE, date.top, end))
            outside.append(binary(exp.LT, end, date.low))
        return case([(all_of(inside), TRUE), (all_of([not_(is_null(decision)), any_of(outside)]), FALSE)])


def _is(decision: exp.Expression, wanted: Decision) -> exp.Expression:
    return exp.EQ(this=decision, expression=text(wanted.value))


def _by_decision(
    decision: exp.Expression, approve: exp.Expression, deny: exp.Expression, pend: exp.Expression
) -> exp.Expression:
    """What holds for each decision, without telling apart what is the same."""
    if deny == approve:
        branches = [(_is(decision, Decision.PEND), pend), (not_(is_null(decision)), approve)]
    else:
        branches = [
            (_is(decision, Decision.APPROVE), approve),
            (_is(decision, Decision.DENY), deny),
            (_is(decision, Decision.PEND), pend),
        ]
    if pend == approve:
        branches = branches[1:] if deny == approve else branches
    return case(branches)


def _has_bit(mask: Mask, place: int) -> exp.Expression:
    bit = number(1 << (place % WORD))
    return binary(exp.NEQ, binary(exp.BitwiseAnd, mask[place // WORD], bit), number(0))


def _once(reasons: Iterable[Reason]) -> list[tuple[exp.Expression, str]]:
    """The conditions of the reasons, each criterion at the first place where its conditions hold."""
    before: dict[str, list[Conditions]] = {}
    return [
        (condition, name)
        for conditions, name in reasons
        if (condition := _unless(conditions, before.setdefault(name, []))) != FALSE
    ]


def _unless(conditions: Conditions, before: list[Conditions]) -> exp.Expression:
    """The conditions, where none of those before hold, which are told of them now."""
    if FALSE in conditions:
        return NOT_SO
    apart = _opposites(conditions)
    others = ([each for each in other if each not in conditions] for other in before if apart.isdisjoint(other))
    condition = both(*conditions, *(negated(both(*other)) for other in others))
    before.append(conditions)
    return condition


def _opposites(conditions: Conditions) -> set[exp.Expression]:
    """What cannot hold beside the conditions: what is open is neither true nor false."""
    open_truths = (Truth(each.this, may_be_open=True) for each in conditions if isinstance(each, exp.Is))
    return {each for truth in open_truths for each in (is_true(truth), is_false(truth))}
