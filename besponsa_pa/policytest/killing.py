"""Finds cases on which a policy and its mutants differ, and writes them as tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from besponsa_pa.case import Case
from besponsa_pa.determination import determine
from besponsa_pa.determination.admission import admitted, case_as_read
from besponsa_pa.determination.findings import Determination
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping as MappingNode
from besponsa_pa.document import Node, parse_document, yaml_by_hand
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest.attempts import EVIDENCE, JUDGMENTS, Attempt, Option, Variable, said, with_changes
from besponsa_pa.policytest.constraints import goal
from besponsa_pa.policytest.contrasts import names_that_differ, variables_of
from besponsa_pa.policytest.entries import USUAL, Written, cited_by, entry
from besponsa_pa.policytest.mutants.trees import put
from besponsa_pa.policytest.naming import made_unique, sentence
from besponsa_pa.policytest.reading import PolicyTest, read_tests
from besponsa_pa.policytest.running import SAID, passes, read_case_of
from besponsa_pa.policytest.search import Space
from besponsa_pa.source import Source

# how many cases are looked at: near the base, near each case of a test, and anywhere
NEAR, NEAR_A_TEST, ANYWHERE = 600, 30, 1_500


@dataclass(frozen=True, slots=True)
class _Start:
    """A case from which a search begins, and how it is called."""

    case: Case
    says: str


@dataclass(slots=True)
class _Plan:
    """A test to be: its case, what was changed for it, and what it has to say so that it notices its mutants."""

    start: _Start
    case: Case
    options: Mapping[str, Option]
    keys: frozenset[str] = frozenset()
    cites: frozenset[str] = frozenset()


class Killer:
    """Looks for the tests that a policy lacks: each a case that is decided otherwise when a mutant decides.

    `root` is the file of the tests as parsed. A case is told as what is different from its base, or whole where it
    has none. A test that is found is tried on the next mutant too, so that there are no more of them than needed.
    """

    def __init__(self, compiled: CompiledPolicy, tests: Sequence[PolicyTest], root: Node) -> None:
        self.compiled = compiled
        self._names = frozenset(test.name for test in tests)
        self._base_node = root.get("base") if isinstance(root, MappingNode) else None
        read = None if self._base_node is None else case_as_read(self._base_node, compiled, Diagnostics())
        cases = [_Start(case, test.name) for test in tests if (case := read_case_of(test, compiled).case) is not None]
        self._starts = [*([_Start(read, "the base case")] if read is not None else []), *cases]
        self._base = read
        self._plans: list[_Plan] = []

    def look(self, mutant: CompiledPolicy) -> int | None:
        """The number of a test of `tests` that notices a mutant; None when none was found among so many cases.

        Cases nearest to the base come first. Where there is one, the test has been run against both policies.
        """
        for plan in chain(self._with_base(mutant), self._plans, self._differing(mutant)):
            if self._differs(plan.case, mutant) and self._serves(plan, mutant):
                known = [index for index, each in enumerate(self._plans) if each is plan]
                self._plans += [] if known else [plan]
                return known[0] if known else len(self._plans) - 1
        return None

    def tests(self) -> tuple[dict[str, Written], ...]:
        """The tests that were found, in the order in which they were needed, each with a name of its own."""
        entries, taken = [self._entry(plan) for plan in self._plans], set(self._names)
        for each in entries:
            each["name"] = made_unique(str(each["name"]), taken)
            taken.add(str(each["name"]))
        return tuple(entries)

    # --- looking ---

    def _with_base(self, mutant: CompiledPolicy) -> Iterator[_Plan]:
        """The test whose case is the base itself, where that will do: nobody should need another."""
        for start in self._starts[:1]:
            own = next((plan for plan in self._plans if plan.case is start.case), _Plan(start, start.case, {}))
            if self._differs(start.case, mutant):
                yield own

    def _differing(self, mutant: CompiledPolicy) -> Iterator[_Plan]:
        """Cases on which the two policies differ, the simplest first."""
        if not self._starts:
            return
        first, others = self._starts[0], self._starts[1:]
        variables = variables_of(self.compiled, mutant, first.case)
        names = names_that_differ(self.compiled, mutant)
        yield from self._near(first, variables, names, mutant, NEAR)
        yield from (_Plan(start, start.case, {}) for start in others if self._differs(start.case, mutant))
        for start in others:
            yield from self._near(start, variables, names, mutant, NEAR_A_TEST)
        yield from self._near(first, variables, tuple(dict.fromkeys([*names, *variables])), mutant, ANYWHERE)

    def _near(
        self,
        start: _Start,
        variables: Mapping[str, Variable],
        names: Sequence[str],
        mutant: CompiledPolicy,
        limit: int,
    ) -> Iterator[_Plan]:
        """A case near another one on which the policies differ, at most one."""

        def differs(attempt: Attempt) -> bool:
            return self._differs(attempt.case, mutant)

        space = Space(start.case, {name: _beginning_with(start.case, each) for name, each in variables.items()})
        found = space.find([goal(names, differs)], limit).changes
        if found is not None:
            yield _Plan(start, with_changes(start.case, {name: each.value for name, each in found.items()}), found)

    def _differs(self, case: Case, mutant: CompiledPolicy) -> bool:
        now, then = _decided(case, self.compiled), _decided(case, mutant)
        if now is None or then is None:
            return now is not then
        return now.decision is not then.decision or any(map(any, _otherwise(now, then, self.compiled, mutant)))

    # --- writing ---

    def _serves(self, plan: _Plan, mutant: CompiledPolicy) -> bool:
        """Whether a test with this case notices the mutant, when it says what is otherwise; it does from then on."""
        keys, cites = _otherwise(_decided(plan.case, self.compiled), _decided(plan.case, mutant), self.compiled, mutant)
        more = replace(plan, keys=plan.keys | set(keys), cites=plan.cites | set(cites))
        if not self._kills(self._entry(more), mutant):
            return False
        plan.keys, plan.cites = more.keys, more.cites
        return True

    def _entry(self, plan: _Plan) -> dict[str, Written]:
        now, base, case = _decided(plan.case, self.compiled), self._base, plan.case
        changes = {
            name: said(case, name)
            for name in _said_names(case if base is None else base, case)
            if base is None or said(case, name) != said(base, name)
        }
        name = self._name(plan, now)
        written = entry(name, changes, now, self.compiled, says=(*USUAL, *plan.keys), cites=plan.cites)
        if base is None and "with" in written:
            return {"name": name, "case": written.pop("with"), **written}
        return written

    def _name(self, plan: _Plan, now: Determination | None) -> str:
        """A sentence for a test: what is different in its case, and what is decided."""
        if plan.start.case is not self._base and not plan.options:
            return f"{plan.start.says}, told in full"
        said = sentence(plan.options, now) + (", and says why" if plan.cites else "")
        return said if plan.start.case is self._base else f"as `{plan.start.says}`, but {said}"

    def _kills(self, written: Mapping[str, Written], mutant: CompiledPolicy) -> bool:
        """Whether the test, read from its text, passes now and does not with the mutant."""
        text = yaml_by_hand({"policy": self.compiled.policy.id, "tests": [dict(written)]})
        diagnostics = Diagnostics()
        root = parse_document(Source(text, "<test>"), diagnostics)
        if root is not None and self._base_node is not None:
            root = put(root, ("base",), self._base_node)
        tests = () if root is None else read_tests(root, self.compiled, diagnostics)
        if diagnostics.has_errors or len(tests) != 1:
            return False
        read = read_case_of(tests[0], self.compiled)
        return passes(tests[0], read, self.compiled) and not passes(tests[0], read, mutant)


# --- what comes out ---


def _decided(case: Case, compiled: CompiledPolicy) -> Determination | None:
    """What a policy decides of a case; None for one that it refuses."""
    accepted = admitted(case, compiled, Diagnostics())
    return None if accepted is None else determine(compiled, accepted)


def _cited(determination: Determination, compiled: CompiledPolicy) -> Mapping[str, frozenset[tuple[str, str | None]]]:
    found = cited_by(determination, compiled)
    return {name: frozenset((each.reference, each.at) for each in cited) for name, cited in found.items()}


def _otherwise(
    now: Determination | None, then: Determination | None, compiled: CompiledPolicy, mutant: CompiledPolicy
) -> tuple[list[str], list[str]]:
    """The keys under which two determinations differ, and the names of what cites something else."""
    if now is None or then is None:
        return [], []
    keys = [key for key, get in SAID.items() if get(now) != get(then)]
    cited, others = _cited(now, compiled), _cited(then, mutant)
    # what only one of them tells of is left out, or decides otherwise somewhere: a test of that says more
    return keys, [name for name, found in cited.items() if name in others and others[name] != found]


def _said_names(*cases: Case) -> list[str]:
    """Everything that a case says, by its name, in its order."""
    names = [name for case in cases for name in case.facts]
    names += [f"{EVIDENCE}.{name}" for case in cases for name in case.evidence]
    return list(dict.fromkeys([*names, *(f"{JUDGMENTS}.{name}" for case in cases for name in case.judgments)]))


def _beginning_with(case: Case, variable: Variable) -> Variable:
    """What may be said under a name, what a case says first."""
    own = said(case, variable.name)
    others = (option for option in variable.options if option.value != own)
    return Variable(variable.name, (Option(own, "as before"), *others))
