"""Whatever the groups of a policy, its statement says of every case what the interpreter says.

All conditions here are plain facts that are true, false or not known, so that only the rule of decision is on trial.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from besponsa_pa import CompiledPolicy
from besponsa_pa.api import determine
from besponsa_pa.case import Case
from besponsa_pa.case.model import Evidence, JudgmentAnswer
from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.facts import Grade
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.loader import load
from besponsa_pa.render.structure import structure_from_determination
from besponsa_pa.source import Source
from besponsa_pa.values import Date, Value

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")
pytest.importorskip("sqlglot")

import duckdb
import pyarrow as pa

from besponsa_pa.backends.sql import columns_of, sql_from_policy
from besponsa_pa.backends.sql.columns import judgments_of

Tree = dict[str, object]
FACTS = ("a", "b", "c", "d", "e", "f")
EXAMPLES = 15
TRUTHS = (True, False, None)
GRADES = ("attestation", "documentation", "claims")
OUTPUTS = (
    "decision", "pend", "pathway", "reasons", "missing", "grant_values", "human_review_required", "policy_version",
    "in_force", "refused",
)  # fmt: skip


def compiled_of(tree: Tree, evidence: Mapping[str, str] | None = None) -> CompiledPolicy:
    """A policy over the facts, without mistakes."""
    facts: dict[str, Tree] = {name: {"type": "Boolean"} for name in FACTS}
    facts |= {"n": {"type": "Integer"}, "t": {"type": "String"}, "until": {"type": "Date"}}
    for name, grade in (evidence or {}).items():
        facts[name]["evidence"] = grade
    whole = {"policy": "invented", "title": "Invented", "version": "1", "facts": facts, **tree}
    diagnostics = Diagnostics()
    # a text in quotes is granted as it is: an expression stands without them
    written = re.sub(r'"= ((?:\\.|[^"])*)"', lambda found: json.loads(f'"{found[1]}"'), json.dumps(whole))
    policy = load(Source(written, "policy.yaml"), lambda *_: [], diagnostics)
    compiled = None if policy is None else compile_policy(policy, diagnostics)
    assert [each.message for each in diagnostics if each.severity is Severity.ERROR] == []
    assert compiled is not None
    return compiled


# --- both sides ---


def wanted(compiled: CompiledPolicy, case: Case) -> tuple[object, ...]:
    """What the interpreter says, in the order of the columns."""
    told = structure_from_determination(determine(compiled, case))
    grant = None if told["grant"] is None else json.dumps(told["grant"], separators=(",", ":"), ensure_ascii=False)
    missing = [each["fact"] for each in told["missing"]]
    return (
        *(told[key] for key in ("decision", "pend", "pathway", "reasons")),
        missing,
        grant,
        told["human_review_required"],
        told["policy"]["version"],
        told["policy"]["in_force"],
        None,
    )


def found(compiled: CompiledPolicy, cases: Iterable[Case]) -> list[tuple[object, ...]]:
    """What the statement says of the cases, in their order."""
    kinds = {"BOOLEAN": pa.bool_(), "INTEGER": pa.int64(), "TEXT": pa.string()}
    schema = pa.schema([(each.name, kinds[each.kind.value]) for each in columns_of(compiled)])
    rows = [{name: _cell(name, case) for name in schema.names} for case in cases]
    statement = sql_from_policy(compiled, "duckdb").text
    with duckdb.connect() as connection:
        connection.register("cases", pa.Table.from_pylist(rows, schema))
        connection.execute(f"CREATE TABLE told AS {statement}")
        told = connection.table("told").order("CAST(case_id AS BIGINT)").project(", ".join(OUTPUTS))
        return told.fetchall()


def _cell(column: str, case: Case) -> object:
    if column == "case_id":
        return case.id
    if column.startswith("judgments__"):
        answer = {name.replace("-", "_"): each.met for name, each in case.judgments.items()}
        return answer.get(column.removeprefix("judgments__"))
    if column.endswith("__evidence"):
        evidence = case.evidence.get(column.removesuffix("__evidence"))
        return None if evidence is None else evidence.kind.value
    value = case.facts.get(column)
    return str(value) if isinstance(value, Date) else value


def case_of(
    number: int,
    values: Mapping[str, Value],
    evidence: Mapping[str, str] | None = None,
    judgments: Mapping[str, bool] | None = None,
) -> Case:
    """A case of what is known of these facts; evidence for others is left away."""
    facts = {name: value for name, value in values.items() if value is not None}
    kinds = {name: Evidence(Grade(kind)) for name, kind in (evidence or {}).items() if name in facts}
    answers = {name: JudgmentAnswer(met) for name, met in (judgments or {}).items()}
    return Case(str(number), "invented", facts, kinds, answers, "<case>", {})


def hold(compiled: CompiledPolicy, cases: Iterable[Case]) -> int:
    """How many cases are told alike; one that is not is shown with both answers."""
    cases = list(cases)
    for case, row in zip(cases, found(compiled, cases), strict=True):
        assert tuple(row) == wanted(compiled, case), (dict(case.facts), dict(case.judgments), dict(case.evidence))
    return len(cases)


def all_cases(evidence: Mapping[str, str]) -> list[Case]:
    """Every combination of the facts."""
    combinations = product(TRUTHS, repeat=len(FACTS))
    return [case_of(at, dict(zip(FACTS, each, strict=True)), evidence) for at, each in enumerate(combinations)]


def leaf(name: str, check: str, **rest: object) -> Tree:
    return {"id": name, "check": check, **rest}


# --- policies that show one thing each ---

ONE_EACH: dict[str, tuple[Tree, dict[str, str]]] = {
    "what is required together is reported in its order": (
        {"pathways": {"p": {"require": [leaf("x", "b"), leaf("y", "a"), leaf("z", "b")]}}},
        {},
    ),
    "a criterion used twice is one reason, at its first place": (
        {
            "criteria": {"x": {"check": "a"}, "y": {"check": "b"}},
            "pathways": {
                "p": {"require": {"any": [{"id": "g", "all": ["x", "y"]}, {"id": "h", "all": ["y", leaf("z", "c")]}]}},
                "q": {"when": "d", "require": ["y", "x"], "review": ["x"]},
            },
        },
        {},
    ),
    "one unmet criterion asks a person and the other denies": (
        {
            "pathways": {
                "p": {"require": [leaf("x", "a", on_unmet="pend"), leaf("y", "b")], "exclude": [leaf("z", "c")]}
            }
        },
        {},
    ),
    "the closest of several alternatives decides": (
        {
            "pathways": {
                "p": {"require": {"any": [leaf("x", "a", on_unmet="pend"), leaf("y", "b"), leaf("z", "c", given="d")]}},
            }
        },
        {},
    ),
    "an alternative that denies says nothing where another asks a person": (
        {
            "pathways": {
                "p": {
                    "require": {
                        "any": [
                            {"id": "g", "all": [leaf("x", "a", on_unmet="pend"), leaf("y", "b")]},
                            leaf("z", "c", on_unmet="pend"),
                        ]
                    }
                }
            }
        },
        {},
    ),
    "two of four, some of which ask a person": (
        {
            "pathways": {
                "p": {
                    "require": {
                        "at_least": {
                            "count": 2,
                            "of": [leaf("w", "a"), leaf("x", "b", on_unmet="pend"), leaf("y", "c"), leaf("z", "d")],
                        }
                    },
                    "review": [
                        {"id": "r", "at_least": {"count": 2, "of": [leaf("s", "d"), leaf("u", "e"), leaf("v", "f")]}}
                    ],
                }
            }
        },
        {},
    ),
    "none of them, where that asks a person": (
        {
            "pathways": {
                "p": {
                    "require": [
                        {
                            "id": "g",
                            "none": [leaf("x", "a"), leaf("y", "b", given="c")],
                            "on_unmet": "pend",
                            "given": "d",
                        },
                        leaf("z", "e"),
                    ]
                }
            }
        },
        {},
    ),
    "what is excluded is under none, and under given": (
        {
            "pathways": {
                "p": {
                    "require": leaf("x", "a") | {"id": "x"},
                    "exclude": [
                        {"id": "g", "none": [leaf("y", "b"), leaf("z", "c", given="d")], "given": "e"},
                        {"id": "h", "all": [leaf("u", "f", given="e"), leaf("v", "b")]},
                    ],
                }
            }
        },
        {},
    ),
    "pathways that may apply": (
        {
            "otherwise": {"decision": "deny"},
            "pathways": {
                "p": {"when": "a", "require": [leaf("x", "b", on_unmet="pend"), leaf("y", "c")]},
                "q": {"when": "d", "require": leaf("z", "e"), "review": [leaf("r", "f")]},
                "s": {"when": "e", "require": leaf("u", "a", on_unmet="pend")},
            },
        },
        {},
    ),
    "no pathway applies and nothing is said of it": ({"pathways": {"p": {"when": "a", "require": leaf("x", "b")}}}, {}),
    "no pathway applies and a person decides": (
        {"otherwise": {"decision": "pend"}, "pathways": {"p": {"when": "a", "require": leaf("x", "b")}}},
        {},
    ),
    "documents asked of a fact, of a criterion and of a group": (
        {
            "pathways": {
                "p": {
                    "when": "a",
                    "require": [
                        leaf("x", "b"),
                        leaf("y", "c", evidence="claims"),
                        {"id": "g", "any": [leaf("z", "d"), leaf("u", "e", given="b")], "evidence": "documentation"},
                    ],
                    "exclude": [leaf("v", "f")],
                },
            }
        },
        {"a": "attestation", "b": "documentation", "f": "claims"},
    ),
    "a fact acted on in its absence lacks its document": (
        {
            "pathways": {
                "p": {
                    "require": [leaf("x", "a is not null", on_unmet="pend"), leaf("y", "b is not null or c")],
                    "exclude": [leaf("z", "d is null and e")],
                }
            }
        },
        {"a": "documentation", "b": "claims", "d": "attestation"},
    ),
    "what is required does not apply, and is no reason": (
        {"pathways": {"p": {"require": leaf("x", "a", given="b")}, "q": {"when": "c", "require": leaf("y", "d")}}},
        {},
    ),
    "a constant decides": (
        {"pathways": {"p": {"require": [leaf("x", "true"), leaf("y", "a", given="false"), leaf("z", "b")]}}},
        {},
    ),
}


@pytest.mark.parametrize("name", ONE_EACH)
def test_all_combinations_of_facts_are_told_alike(name: str) -> None:
    tree, asked = ONE_EACH[name]
    compiled = compiled_of(tree, asked)
    documented = [dict.fromkeys(facts, kind) for kind in GRADES for facts in ("abc", "def")] if asked else []
    for evidence in ({}, *documented):
        assert hold(compiled, all_cases(evidence)) == 3 ** len(FACTS)


# --- policies by chance ---

CONDITIONS = (*FACTS, "not a", "not b", "c and d", "e is null", "a and null", "true", "false")


@st.composite
def criteria(draw: st.DrawFn, depth: int, names: Iterator[int], *, against: bool = False) -> Tree | str:
    """A criterion: one of the named ones, a condition, a judgment, or a group of others."""
    kind = draw(st.sampled_from(("named", "check", "check", "check", "judgment", *(("group",) * 4 if depth else ()))))
    if kind == "named":
        return draw(st.sampled_from(("shared", "opinion") if against else ("shared", "opinion", "asked")))
    made: Tree = {"id": f"c{next(names)}"}
    if kind == "check":
        made["check"] = draw(st.sampled_from(CONDITIONS))
    elif kind == "judgment":
        made["judgment"] = "Is it so?"
    else:
        made |= draw(groups(depth - 1, names, against=against))
    if draw(st.integers(0, 3)) == 0:
        made["given"] = draw(st.sampled_from(CONDITIONS))
    if not against and draw(st.integers(0, 3)) == 0:
        made["on_unmet"] = draw(st.sampled_from(("pend", "pend", "deny")))
    if draw(st.integers(0, 9)) == 0:
        made["evidence"] = draw(st.sampled_from(GRADES))
    return made


@st.composite
def groups(draw: st.DrawFn, depth: int, names: Iterator[int], *, against: bool = False) -> Tree:
    kind = draw(st.sampled_from(("all", "any", "none", "at_least")))
    child = criteria(depth, names, against=against or kind == "none")
    children = draw(st.lists(child, min_size=1, max_size=4, unique_by=str))
    if kind != "at_least":
        return {kind: children}
    return {kind: {"count": draw(st.integers(1, len(children))), "of": children}}


@st.composite
def pathways(draw: st.DrawFn, names: Iterator[int]) -> Tree:
    made: Tree = {}
    if draw(st.booleans()):
        made["when"] = draw(st.sampled_from(CONDITIONS))
    if draw(st.integers(0, 7)):
        made["require"] = draw(groups(2, names))
    for part in ("exclude", "review"):
        count = draw(st.sampled_from((0, 0, 1, 1, 2)))
        if count:
            made[part] = draw(st.lists(criteria(2, names, against=True), min_size=count, max_size=count, unique_by=str))
    if draw(st.integers(0, 2)) == 0:
        made["grant"] = {
            "days": "= 30",
            "whole": {"number": "= n + 1", "flag": f"= {draw(st.sampled_from(CONDITIONS))}"},
        }
    return made or {"require": draw(groups(0, names))}


@st.composite
def policies(draw: st.DrawFn) -> tuple[Tree, dict[str, str]]:
    """A policy, and the evidence that its facts ask for."""
    names = iter(range(1000))
    tree: Tree = {
        "criteria": {
            "shared": {"check": "a"},
            "opinion": {"judgment": "Is it so?"},
            "asked": {"judgment": "Is it so?", "on_unmet": "pend"},
        },
        "pathways": {f"p{at}": draw(pathways(names)) for at in range(draw(st.sampled_from((1, 1, 2, 3))))},
    }
    otherwise = draw(st.sampled_from((None, "deny", "pend")))
    if otherwise is not None:
        tree["otherwise"] = {"decision": otherwise}
    graded = draw(st.sampled_from((0, 0, 0, 1, 3)))
    return tree, {fact: draw(st.sampled_from(GRADES)) for fact in draw(st.permutations(FACTS))[:graded]}


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(made=policies(), seed=st.integers(0, 2**32))
def test_policies_by_chance_are_told_alike(made: tuple[Tree, dict[str, str]], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - cases are no secrets
    compiled = compiled_of(*made)
    asked = judgments_of(compiled)
    assert hold(compiled, [_by_chance(at, asked, chance) for at in range(60)]) == 60


def _by_chance(at: int, asked: Iterable[str], chance: random.Random) -> Case:
    """A case of which more or less is known, documented and judged."""
    is_known = chance.random()
    values: dict[str, Value] = {name: chance.choice((True, False)) for name in FACTS if chance.random() < is_known}
    if chance.random() < is_known:
        values["n"] = chance.randrange(3)
    evidence = {name: chance.choice(GRADES) for name in values if chance.random() < 0.7}
    return case_of(at, values, evidence, {name: chance.random() < 0.5 for name in asked if chance.random() < is_known})


# --- grants ---

GRANTS: dict[str, tuple[Tree, dict[str, Value], str | None]] = {
    "values that are always the same": (
        {"duration": "= 6 months", "one": "= 1 year", "dose": "= 1.50 'mg'", "rate": "= 2.50", "text": 'a "b" \\ c'},
        {},
        r"""{"duration":"6 months","one":"1 year","dose":"1.5 'mg'","rate":"2.5","text":"a \"b\" \\ c"}""",
    ),
    "values within values, one of them computed": (
        {"quantity": {"cycles": "= 6 - n", "left": {"flag": "= a"}}, "until": "= until"},
        {"n": 2, "a": False, "until": Date(2026, 2, 28)},
        '{"quantity":{"cycles":4,"left":{"flag":false}},"until":"2026-02-28"}',
    ),
    "a text with quotes": ({"text": "= t"}, {"t": 'say "yes" \\ no'}, r'{"text":"say \"yes\" \\ no"}'),
    "a quantity that is chosen": (
        {"duration": "= if a then 12 months else 1 month"},
        {"a": False},
        '{"duration":"1 month"}',
    ),
    "a quantity that is computed": ({"dose": "= n * 3 'mg'"}, {"n": 2}, """{"dose":"6 'mg'"}"""),
    "a value that is not known": ({"cycles": "= 6 - n"}, {}, None),
    "a value that is null": ({"cycles": "= 6 / n"}, {"n": 0}, None),
}


@pytest.mark.parametrize("name", GRANTS)
def test_what_is_granted_is_written_as_json_without_spaces(name: str) -> None:
    grant, values, text = GRANTS[name]
    compiled = compiled_of({"pathways": {"p": {"grant": grant}}})
    case = case_of(0, values)
    ((decision, pend, _, _, missing, granted, *_, refused),) = found(compiled, [case])
    told = wanted(compiled, case)
    assert (decision, pend, missing) == (told[0], told[1], told[4])
    assert (granted, refused) == (text, None)


def test_a_granted_text_with_a_line_end_is_refused() -> None:
    compiled = compiled_of({"pathways": {"p": {"grant": {"text": "= t"}}}})
    (row,) = found(compiled, [case_of(0, {"t": "one\ntwo"})])
    assert row == (None,) * 9 + ("a granted text has control characters",)


def test_a_row_that_comes_refused_has_nothing_but_its_reason() -> None:
    compiled = compiled_of({"pathways": {"p": {"require": leaf("x", "a"), "grant": {"n": "= 1"}}}})
    statement = sql_from_policy(compiled, "duckdb").text
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE cases AS SELECT '1' AS case_id, TRUE AS a, 'why' AS refused")
        assert connection.execute(statement).fetchall() == [("1", *(None,) * 9, "why")]
