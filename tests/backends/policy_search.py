"""Looks for policies and cases of which engines say different things, and makes what it finds as small as it can.

`python tests/backends/policy_search.py --minutes 5 --seed 1` looks on its own, with DuckDB.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from case_making import CaseMaker
from case_pools import Plain
from comparing import Answer, Difference, answers_of_interpreter, case_of, differences, read_cases, smallest_case
from engines import answers_of_duckdb
from expression_making import Made
from policy_making import Policy, PolicyMaker, compiled_of, smaller, text_of

from besponsa_pa import Case, CompiledPolicy
from besponsa_pa.backends.sql import DIALECTS, RefusedError, sql_from_policy
from besponsa_pa.backends.sql.translation import Translation
from besponsa_pa.policy.model import CheckedLeaf

Engine = Callable[[CompiledPolicy, Sequence[Case]], Sequence[Answer]]
# how many times something is left out to no end before a find is small enough
TRIES = 400


@dataclass(frozen=True)
class Found:
    """What came of one policy: how many cases were compared and handed on, why it was refused, what differs."""

    policy: Policy
    compared: int = 0
    refused: int = 0
    why: str | None = None
    difference: Difference | None = None

    def __str__(self) -> str:
        return f"{text_of(self.policy)}\n{self.difference or self.why}"


def look(policy: Policy, engine: Engine, seed: int, count: int, *, hostile: bool = False) -> Found:
    """Compare an engine with the interpreter on random cases of a policy."""
    compiled = compiled_of(policy)
    if compiled is None:
        return Found(policy, why="no policy")
    maker = CaseMaker(compiled, seed, hostile=hostile)
    return _compared(policy, compiled, list(maker.cases(count)), engine)


def _compared(policy: Policy, compiled: CompiledPolicy, plains: Sequence[Mapping[str, Plain]], engine: Engine) -> Found:
    pairs = read_cases(compiled, plains)
    cases = [case for _, case in pairs]
    try:
        found = engine(compiled, cases)
    except RefusedError as refused:
        return Found(policy, why=str(refused))
    except Exception as error:  # noqa: BLE001 - an engine that fails is a find, whatever it is
        if len(pairs) > 1:
            return _failing(policy, compiled, [plain for plain, _ in pairs], engine)
        broken = Answer(None, refused=f"{type(error).__name__}: {error}"[:2000])
        return Found(policy, difference=Difference(pairs[0][0] if pairs else {}, broken, broken))
    wanted = answers_of_interpreter(compiled, cases)
    unlike = next(differences([plain for plain, _ in pairs], wanted, found), None)
    return Found(policy, len(cases), sum(each.refused is not None for each in found), difference=unlike)


def _failing(policy: Policy, compiled: CompiledPolicy, plains: Sequence[Mapping[str, Plain]], engine: Engine) -> Found:
    """What comes of the first half of the cases, else of the other: so the one is found at which an engine fails."""
    half = len(plains) // 2
    first = _compared(policy, compiled, plains[:half], engine)
    return first if first.difference is not None else _compared(policy, compiled, plains[half:], engine)


def smallest(found: Found, engine: Engine) -> Found:
    """The find with everything left out that it does not need."""
    assert found.difference is not None
    case = found.difference.case
    assert isinstance(case, dict)
    kind = _kind(found)
    for _ in range(20):
        less = _less(found, case, engine, kind)
        if less is None:
            break
        found = less

    def differs(plain: Mapping[str, Plain]) -> bool:
        return _kind(_of_case(found.policy, plain, engine)) == kind

    least = _of_case(found.policy, smallest_case(case, differs), engine)
    return found if least.difference is None else least


def _kind(found: Found) -> str | None:
    """What sort of find it is, so that another one does not take its place."""
    if found.difference is None:
        return None
    refused = found.difference.first.refused
    return "differs" if refused is None else refused.split("\n")[0][:40]


def _less(found: Found, case: Mapping[str, Plain], engine: Engine, kind: str | None) -> Found | None:
    """The find after one walk through all that may be left out; None where nothing may."""
    changed, tries = False, 0
    for _ in range(TRIES):
        for less in smaller(found.policy):
            tries += 1
            assert isinstance(less, dict)
            if tries > TRIES:
                return found if changed else None
            tried = _of_case(less, case, engine)
            if _kind(tried) == kind:
                found, changed = tried, True
                break
        else:
            break
    return found if changed else None


def _of_case(policy: Policy, case: Mapping[str, Plain], engine: Engine) -> Found:
    try:
        compiled = compiled_of(policy)
    except Exception:  # noqa: BLE001 - a policy that was cut up may be anything
        return Found(policy)
    if compiled is None:
        return Found(policy)
    declared = {name.split(".")[0] for name in compiled.policy.facts} | {"case", "evidence", "judgments"}
    kept = {name: part for name, part in case.items() if name in declared}
    for key in ("evidence", "judgments"):
        if isinstance(kept.get(key), dict) and case_of(compiled, kept) is None:
            kept = {name: part for name, part in kept.items() if name != key}
    return _compared(policy, compiled, [kept], engine)


def sayable(made: Made, definitions: Mapping[str, Made]) -> bool:
    """Whether the checker takes an expression and SQL can say it, as a condition or as what is granted."""
    pathway: Policy = {"require": {"id": "c1", "check": made}} if made.kind == "Boolean" else {"grant": {"value": made}}
    used = {name: each for name, each in definitions.items() if re.search(rf"\b{name}\b", _all_text(made, definitions))}
    compiled = compiled_of({"pathways": {"p0": pathway}, **({"definitions": used} if used else {})})
    if compiled is None:
        return False
    try:
        if made.kind != "Boolean":
            sql_from_policy(compiled, "duckdb")
        elif compiled.pathways[0].require is not None:
            body = compiled.pathways[0].require.body
            assert isinstance(body, CheckedLeaf)
            Translation(compiled, DIALECTS["duckdb"]).condition(
                body.check
            )  # no statement is written: that takes longer
    except RefusedError:
        return False
    return True


def _all_text(made: Made, definitions: Mapping[str, Made]) -> str:
    return " ".join([made.text, *(each.text for each in definitions.values())])


# --- on its own ---


def main() -> int:
    """Look for so many minutes; ends with 1 when anything is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=150)
    parser.add_argument("--depth", type=int, default=3)
    parser.add_argument("--hostile", action="store_true")
    parser.add_argument("--without", action="append", default=[], help="a rule of `expression_making` to leave out")
    parser.add_argument("--finds", type=int, default=5)
    options = parser.parse_args()
    end, seed, tally, finds = time.monotonic() + 60 * options.minutes, options.seed, Counter[str](), 0
    refusals = Counter[str]()
    while time.monotonic() < end and finds < options.finds:
        seed += 1
        policy = PolicyMaker(random.Random(seed), sayable, options.depth, frozenset(options.without)).policy()  # noqa: S311 - nothing here is secret
        found = look(policy, answers_of_duckdb, seed, options.cases, hostile=options.hostile)
        tally.update(policies=1, compared=found.compared, refused=found.refused, refused_policies=found.why is not None)
        refusals.update([] if found.why is None else [found.why])
        if found.difference is not None:
            finds += 1
            least = smallest(found, answers_of_duckdb)
            sys.stdout.write(f"\n=== seed {seed}\n{least}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{dict(tally)}\n" + "".join(f"{many} {why}\n" for why, many in refusals.most_common(40)))
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
