"""A decision is a function of the truths of its conditions: generated functions of a policy tell all of them.

The truths of a case are a tuple, in the order of the policy: of each pathway that of its `when`; unless that is false,
of each criterion its `given` and, unless that is false, its check or its answer; then whether what is granted is known.
What is not reached is None: what stands before it says so. Two cases with the same truths have the same decision,
reasons, statuses and missing facts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from besponsa_pa.case import Case, JudgmentAnswer
from besponsa_pa.determination.evidence import kinds_wanted
from besponsa_pa.determination.findings import Part
from besponsa_pa.determination.holding import EXCLUDING, REQUIRED, Around, around_children, around_of
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.frames import Evaluate, Frame
from besponsa_pa.expression.generated import Writer
from besponsa_pa.expression.wording import read_in
from besponsa_pa.facts import Grade
from besponsa_pa.policy.conditions import granted_values
from besponsa_pa.policy.model import (
    CheckedCriterion,
    CheckedGroup,
    CheckedLeaf,
    CheckedPathway,
    CompiledPolicy,
    Condition,
    Judgment,
)
from besponsa_pa.records import dataclass
from besponsa_pa.values import UNKNOWN, Missing, Truth, Value

Truths: TypeAlias = tuple[Truth, ...]
# A criterion by its pathway, its part and its id; and, for each, what it reads: None where it is not reached.
Place: TypeAlias = tuple[str, Part, str]
Shown: TypeAlias = tuple[Mapping[str, Value] | None, ...]
Judgments: TypeAlias = Mapping[str, JudgmentAnswer]

# Python reads no deeper indentation than 100.
DEEPEST = 80


class TooDeepError(Exception):
    """Criteria with a `given` stand too deep in one another to be written as Python."""


@dataclass(frozen=True, slots=True)
class TruthFunctions:
    """What tells the truths of a case by a policy; a failure of any condition is raised.

    `stated` takes the frame of what the case states. `documented` also takes, by the evidence asked for, the frames of
    what is documented: what speaks against approval is taken as stated (see `holding.truth_as_stated`). `told` are the
    advisories that hold.

    `known` and `shown` are the quickest, for cases of which all that is asked is known and documented: one number says
    all the truths, for `shown` those of the advisories too; and `shown` tells what each criterion of `places` reads. Of
    another case they raise one of `fast_path.LEFT`. They are None where any condition has no fast path.
    """

    known: Callable[[Case], int] | None
    shown: Callable[[Case], tuple[int, Shown]] | None
    places: Mapping[Place, int]
    stated: Callable[[Frame, Judgments], Truths]
    documented: Callable[[Frame, Judgments, Mapping[Grade | None, Frame]], Truths]
    told: Callable[[Frame], tuple[bool, ...]]


def truth_functions(compiled: CompiledPolicy) -> TruthFunctions:
    """The functions of a policy, written and compiled: worth it from some dozens of cases on. Raises `TooDeepError`."""
    writer = Writer()
    known, shown = _Known(writer), _Shown(writer)
    known.write("known", compiled)
    shown.write("shown", compiled)
    _Stated(writer).write("stated", compiled)
    _Documented(writer).write("documented", compiled)
    _write_told(writer, compiled)
    made: Mapping[str, Callable[..., object]] = writer.functions()
    return TruthFunctions(
        made["known"] if known.has_fast_paths else None,  # type: ignore[arg-type]
        made["shown"] if shown.has_fast_paths else None,  # type: ignore[arg-type]
        shown.places,
        made["stated"],  # type: ignore[arg-type]
        made["documented"],  # type: ignore[arg-type]
        made["told"],  # type: ignore[arg-type]
    )


def _write_told(writer: Writer, compiled: CompiledPolicy) -> None:
    told = _Stated(writer)
    for advisory in compiled.advisories:
        if advisory.when is not None:
            told.ask(advisory.when, REQUIRED, harm=False)
    names = iter(told.truths)
    holds = ("True" if each.when is None else f"{next(names)} is True" for each in compiled.advisories)
    writer.function("told", ("frame",), [*told.lines, f"return ({''.join(f'{each}, ' for each in holds)})"])


def _evaluate(condition: Condition) -> Evaluate:
    """The closures of a condition, made when they are first needed."""
    return lambda frame: condition.evaluate(frame)  # noqa: PLW0108 - not made yet


class _Walk(ABC):
    """Writes a function in the order of the policy, line by line."""

    def __init__(self, writer: Writer) -> None:
        self.lines: list[str] = []
        self.part: tuple[str, Part] = ("", Part.REQUIRE)
        self._writer = writer
        self._indent = ""

    @abstractmethod
    def ask(self, condition: Condition, around: Around, *, harm: bool) -> None:
        """The lines for the truth of a condition; `harm` is the truth that speaks against approval."""

    @abstractmethod
    def begin(self, condition: Condition, around: Around, *, harm: bool) -> str:
        """The lines for a condition unless which is false the next ones are reached; the line that ends these."""

    @abstractmethod
    def answer(self, criterion: str) -> None:
        """The lines for the answer to a judgment."""

    @abstractmethod
    def granted(self, condition: Condition) -> None:
        """The lines for whether what is granted is known."""

    def policy(self, compiled: CompiledPolicy) -> None:
        for pathway in compiled.pathways:
            end = None if pathway.when is None else self._begin(pathway.when, REQUIRED, harm=False)
            self._pathway(pathway)
            self._end(end)

    def shows(self, criterion: CheckedCriterion, conditions: Sequence[Condition]) -> None:  # noqa: B027 - most do not
        """The lines for what a finding of a criterion shows of these conditions, where any are wanted."""

    def _pathway(self, pathway: CheckedPathway) -> None:
        self.part = (pathway.name, Part.EXCLUDE)
        for criterion in pathway.exclude:
            self._criterion(criterion, EXCLUDING)
        self.part = (pathway.name, Part.REQUIRE)
        if pathway.require is not None:
            self._criterion(pathway.require, REQUIRED)
        self.part = (pathway.name, Part.REVIEW)
        for criterion in pathway.review:
            self._criterion(criterion, EXCLUDING)
        for _, condition in granted_values(pathway.grant):
            if not self._writer.is_constant(self._writer.fast_path(condition.expression)):
                self.granted(condition)

    def _criterion(self, criterion: CheckedCriterion, outside: Around) -> None:
        around, end = around_of(criterion, outside), None
        given = [] if criterion.given is None else [criterion.given]
        if criterion.given is not None:
            self.shows(criterion, given)  # all that is shown where it does not apply
            end = self._begin(criterion.given, around, harm=True)
        self.shows(criterion, [*given, criterion.body.check] if isinstance(criterion.body, CheckedLeaf) else given)
        match criterion.body:
            case CheckedLeaf(check):
                self.ask(check, around, harm=around.excludes)
            case Judgment():
                self.answer(criterion.id)
            case CheckedGroup():
                for child in criterion.body.children:
                    self._criterion(child, around_children(criterion.body, around))
        self._end(end)

    def _begin(self, condition: Condition, around: Around, *, harm: bool) -> str:
        end = self.begin(condition, around, harm=harm)
        self._indent += " "
        self.add("pass")
        if len(self._indent) > DEEPEST:
            raise TooDeepError
        return end

    def _end(self, line: str | None) -> None:
        if line is not None:
            self._indent = self._indent[:-1]
            self.add(line)

    def add(self, *lines: str) -> None:
        self.lines += [self._indent + line for line in lines]


class _Known(_Walk):
    """Each condition that is false adds a number of its own; what is not known leaves the function."""

    def __init__(self, writer: Writer) -> None:
        super().__init__(writer)
        self.has_fast_paths = True
        self._bits = 0

    def write(self, name: str, compiled: CompiledPolicy) -> None:
        """The function under its name, if all conditions have a fast path."""
        self.add("number = 0")
        self._evidence(compiled)
        self.policy(compiled)
        kept = self._kept()
        if self.has_fast_paths:
            frame = ["frame = case.facts", "judgments = case.judgments"]
            self._writer.function(name, ("case",), [*frame, kept, *self.lines, self._returned()])

    def _kept(self) -> str:
        return self._writer.kept()

    def _returned(self) -> str:
        return "return number"

    def _evidence(self, compiled: CompiledPolicy) -> None:
        """All facts of the case that ask for evidence have it, as a whole."""
        for fact, grades in kinds_wanted(compiled).items():
            name, kinds = self._writer.constant(fact), self._writer.thing(grades)
            self.add(f"if {name} in frame and case.evidence[{name}].kind not in {kinds}: leave()")

    def ask(self, condition: Condition, around: Around, *, harm: bool) -> None:  # noqa: ARG002 - nothing is in doubt
        self._unless(self._source(condition.expression))

    def begin(self, condition: Condition, around: Around, *, harm: bool) -> str:  # noqa: ARG002
        self.add(f"if {self._source(condition.expression)}:")
        return f"else: number += {self._bit()}"

    def answer(self, criterion: str) -> None:
        self._unless(f"judgments[{self._writer.constant(criterion)}].met")

    def granted(self, condition: Condition) -> None:
        self.add(self._source(condition.expression))

    def _unless(self, source: str) -> None:
        self.add(f"if not {source}: number += {self._bit()}")

    def _source(self, expression: Checked) -> str:
        source = self._writer.condition(expression)
        self.has_fast_paths &= source is not None
        return source or "None"

    def _bit(self) -> str:
        self._bits += 1
        return hex(1 << (self._bits - 1))


class _Shown(_Known):
    """As `_Known`, with the advisories, and with what the conditions of each criterion read."""

    def __init__(self, writer: Writer) -> None:
        super().__init__(writer)
        self.places: dict[Place, int] = {}

    def policy(self, compiled: CompiledPolicy) -> None:
        super().policy(compiled)
        for advisory in compiled.advisories:
            if advisory.when is not None:
                self._unless(self._source(advisory.when.expression))

    def _kept(self) -> str:
        unreached = "".join(f"w{at} = " for at in range(len(self.places)))
        return f"{super()._kept()}; {unreached}None" if unreached else super()._kept()

    def _returned(self) -> str:
        return f"return number, ({''.join(f'w{at}, ' for at in range(len(self.places)))})"

    def shows(self, criterion: CheckedCriterion, conditions: Sequence[Condition]) -> None:
        at = self.places.setdefault((*self.part, criterion.id), len(self.places))
        nodes = {name: node for each in conditions for name, node in read_in(each.expression).items()}
        values = (f"{self._writer.constant(name)}: {self._source(node)}" for name, node in nodes.items())
        self.add(f"w{at} = {{{', '.join(values)}}}")


class _Stated(_Walk):
    """Each condition has a local, and a closure for what its fast path does not decide."""

    parameters: tuple[str, ...] = ("frame", "judgments")

    def __init__(self, writer: Writer) -> None:
        super().__init__(writer)
        self.truths: list[str] = []

    def write(self, name: str, compiled: CompiledPolicy) -> None:
        """The function under its name."""
        self.policy(compiled)
        unreached = f"{' = '.join(self.truths)} = None" if self.truths else "pass"
        truths = "".join(f"{each}, " for each in self.truths)
        self._writer.function(name, self.parameters, [unreached, *self.lines, f"return ({truths})"])

    def ask(self, condition: Condition, around: Around, *, harm: bool) -> None:
        self.add(*self.asked(self._truth(), condition, around, harm))

    def begin(self, condition: Condition, around: Around, *, harm: bool) -> str:
        self.ask(condition, around, harm=harm)
        self.add(f"if {self.truths[-1]} is not False:")
        return "pass"

    def answer(self, criterion: str) -> None:
        key = self._writer.constant(criterion)
        self.add(f"{self._truth()} = judgments[{key}].met if {key} in judgments else None")

    def granted(self, condition: Condition) -> None:
        lines = self.asked("granted", condition, REQUIRED, harm=True)
        self.add(*lines, f"{self._truth()} = {self._writer.thing(_state)}(granted)")

    def asked(self, truth: str, condition: Condition, around: Around, harm: bool) -> list[str]:  # noqa: ARG002
        """The lines that give a local the value of a condition."""
        return self._writer.assignment(truth, condition.expression, _evaluate(condition))

    def _truth(self) -> str:
        self.truths.append(f"t{len(self.truths)}")
        return self.truths[-1]


class _Documented(_Stated):
    """As `_Stated`, but a truth that does no harm is asked for again, of what is documented."""

    parameters = ("frame", "judgments", "frames")

    def asked(self, truth: str, condition: Condition, around: Around, harm: bool) -> list[str]:
        ask = self._question(condition)
        return [
            f"{truth} = {ask}(frame)",
            f"if {truth} is not {harm}: {truth} = {ask}({self._documents(around.grade)})",
        ]

    def granted(self, condition: Condition) -> None:
        granted = f"{self._question(condition)}({self._documents(None)})"
        self.add(f"{self._truth()} = {self._writer.thing(_state)}({granted})")

    def _documents(self, grade: Grade | None) -> str:
        return f"frames[{self._writer.thing(grade)}]"

    def _question(self, condition: Condition) -> str:
        """A function for a condition that is asked of several frames."""
        name = f"q{len(self.lines)}"
        lines = self._writer.assignment("found", condition.expression, _evaluate(condition))
        self._writer.function(name, ("frame",), [*lines, "return found"])
        return name


def _state(value: Value) -> Truth:
    """Whether a value is known: true, null for null, else the facts that it waits for."""
    if isinstance(value, UNKNOWN):
        return Missing(value.facts)
    return None if value is None else True
