"""What a process remembers of a policy by which it decides many cases.

It keeps the functions that tell the truths of a case, and what each combination of truths came to. All cases with the
same truths have the same decision, reasons, statuses and missing facts, so these are worked out once, by `deciding` and
`report`, which stay the one place where the language is. What is remembered are names and texts of the policy, never a
value of a case.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, TypeAlias, TypeVar

from besponsa_pa.case import Case
from besponsa_pa.determination.deciding import Decided, Settled, decide, settled, verdict_of
from besponsa_pa.determination.evidence import asks_for_evidence, documented, grades_asked_for, stated, with_evidence
from besponsa_pa.determination.filling import filled, filled_quickly
from besponsa_pa.determination.findings import Decision, Determination, Verdict
from besponsa_pa.determination.report import Skeleton, advisories_told, skeleton_of
from besponsa_pa.expression.fast_path import LEFT, Unusual
from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.facts import declared_name
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.values import Missing

if TYPE_CHECKING:
    from besponsa_pa.determination.truths import Shown, TruthFunctions, Truths

# So many cases take as long as writing the functions of a policy: before, they are not worth it.
FIRST_CASES = 32
# So many combinations are remembered, and so many findings of theirs; then it begins anew.
MOST_REMEMBERED = 4096
MOST_FINDINGS = 65_536

# The truths of what is stated; where evidence is lacking also of what is documented, and which facts are there.
Key: TypeAlias = "Truths | tuple[Truths, Truths, frozenset[str]]"

_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")


class Memory:
    """What is remembered of one policy. Its answers never depend on the cases before.

    `known` tells the truths of a case as one number, where all that is asked of it is known, and `numbered` has the
    verdicts by it: two steps that `determination.decide` takes by itself, for a call more would be a tenth of its time.
    """

    def __init__(self, compiled: CompiledPolicy, first_cases: int = FIRST_CASES) -> None:
        self._compiled = compiled
        self._left = first_cases
        self._asks_for_evidence = asks_for_evidence(compiled)
        self._grades = grades_asked_for(compiled)
        self._functions: TruthFunctions | None = None
        self.known: Callable[[Case], int] = _leave
        self.numbered: dict[int, Verdict] = {}
        self._shown: Callable[[Case], tuple[int, Shown]] = _leave
        self._numbered: dict[int, tuple[Skeleton, tuple[int, ...]]] = {}
        self._verdicts: dict[Key, Verdict] = {}
        self._skeletons: dict[tuple[Key, tuple[bool, ...]], Skeleton] = {}

    def verdict(self, case: Case) -> Verdict:
        """The decision of a case and what decides it."""
        functions = self._functions
        if functions is None and (functions := self._written()) is None:
            return verdict_of(self._compiled, self._settled(case)[0])
        frame = dict(case.facts)
        try:
            truths = functions.stated(frame, case.judgments)
            key: Key = truths
            if self._asks_for_evidence:
                key, _ = self._with_documents(truths, functions, case, frame)
        except Failure:
            return verdict_of(self._compiled, self._settled(case)[0])
        verdict = self._verdicts.get(key)
        if verdict is None:
            verdict = _kept(self._verdicts, key, verdict_of(self._compiled, self._settled(case)[0]))
        if key is truths and _are_known(truths):
            with suppress(*LEFT):
                _kept(self.numbered, self.known(case), verdict)
        return verdict

    def determination(self, case: Case) -> Determination:
        """The determination of a case, with all its findings."""
        try:
            number, shown = self._shown(case)
            skeleton, places = self._numbered[number]
        except LEFT:
            return self._determination(case)
        return filled_quickly(skeleton, places, self._compiled.policy, case, shown)

    def _determination(self, case: Case) -> Determination:
        """The determination of a case of which not all is known, or the first of its kind."""
        functions = self._functions
        if functions is None and (functions := self._written()) is None:
            return self._determined(case)
        frame = granting = dict(case.facts)
        try:
            truths = functions.stated(frame, case.judgments)
            key: Key = truths
            if self._asks_for_evidence:
                key, granting = self._with_documents(truths, functions, case, frame)
            told = functions.told(frame)
        except Failure:
            return self._determined(case)
        skeleton = self._skeletons.get((key, told))
        if skeleton is None:
            skeleton = skeleton_of(self._compiled, case, self._settled(case)[0], told)
            _kept(self._skeletons, (key, told), skeleton, len(skeleton.readings))
        if key is truths and _are_known(truths):
            with suppress(*LEFT):
                at, findings = functions.places, skeleton.determination.findings
                places = tuple([at[each.pathway, each.part, each.criterion] for each in findings])
                _kept(self._numbered, self._shown(case)[0], (skeleton, places), len(findings))
        return filled(skeleton, self._compiled.policy, case, frame, granting)

    def _written(self) -> TruthFunctions | None:
        """The functions of the policy once it has been used for some cases; None before, and where it is too deep."""
        self._left -= 1
        if self._left != -1:
            return self._functions
        # who decides one case starts quickly
        from besponsa_pa.determination.truths import TooDeepError, truth_functions

        try:
            self._functions = truth_functions(self._compiled)
        except (TooDeepError, RecursionError):
            return None
        self.known = self._functions.known or _leave
        self._shown = self._functions.shown or _leave
        return self._functions

    def _with_documents(self, truths: Truths, functions: TruthFunctions, case: Case, frame: Frame) -> tuple[Key, Frame]:
        """The whole key where a policy asks for evidence, and the frame that a grant stands on."""
        compiled = self._compiled
        frames = {grade: with_evidence(compiled, case, grade) for grade in self._grades}
        if all(len(each) == len(case.facts) for each in frames.values()):
            return truths, frame
        proven = functions.documented(frame, case.judgments, frames)
        wanting = {declared_name(place) for truth in proven if isinstance(truth, Missing) for place in truth.facts}
        return (truths, proven, frozenset(case.facts.keys() & wanting)), frames[None]

    # --- without memory ---

    def _determined(self, case: Case) -> Determination:
        found, frame, granting = self._settled(case)
        skeleton = skeleton_of(self._compiled, case, found, advisories_told(self._compiled, frame))
        return filled(skeleton, self._compiled.policy, case, frame, granting)

    def _settled(self, case: Case) -> tuple[Settled, Frame, Frame]:
        """What a case comes to, the frame of what it states, and the frame of what is documented of it.

        An approval must stand on facts whose evidence is of the grade that the policy asks for, so what is not
        documented is taken for missing in a second look: where that changes the approval, it pends for the documents.
        """
        frames = stated(case)
        (frame,) = frames[None]
        first = decide(self._compiled, case, frames)
        if first.decision is Decision.DENY or not self._asks_for_evidence:
            return settled(first, first), frame, frame
        frames = documented(self._compiled, case)
        second: Decided = decide(self._compiled, case, frames)
        return settled(first, second), frame, frames[None][-1]


def _are_known(truths: Truths) -> bool:
    return Missing not in map(type, truths)


def _kept(remembered: dict[_Key, _Kept], key: _Key, value: _Kept, findings: int = 0) -> _Kept:
    """The value, remembered under its key; with how many findings it has."""
    if len(remembered) >= (min(MOST_REMEMBERED, MOST_FINDINGS // findings) if findings else MOST_REMEMBERED):
        remembered.clear()
    remembered[key] = value
    return value


def _leave(_: Case) -> NoReturn:
    raise Unusual
