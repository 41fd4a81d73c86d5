"""Conditions in SQL held against the interpreter: one column each, over cases that are written down."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb
from comparing import read_cases
from engines import arrow_table, rows_of
from sqlglot import exp

from besponsa_pa import CompiledPolicy
from besponsa_pa.backends.sql import RefusedError
from besponsa_pa.backends.sql.columns import conditions_of
from besponsa_pa.backends.sql.dialects import DIALECTS
from besponsa_pa.backends.sql.steps import statement
from besponsa_pa.backends.sql.terms import WORD, Term, any_of, is_null, not_
from besponsa_pa.backends.sql.translation import Translation
from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.expression.frames import Failure
from besponsa_pa.facts import declared_name
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.loader import load
from besponsa_pa.policy.model import Condition
from besponsa_pa.source import Source
from besponsa_pa.values import UNKNOWN, Date, Missing, Quantity, Time, Uncertain, UncertainList, Value

# Between which bounds a value lies (both the same where it is known), and the declared facts that would tell.
Found = tuple[object, object, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Held:
    """What was held against each other: how many values, in how many rows refused, and where the two differ."""

    values: int
    refused: int
    differences: tuple[str, ...]


def policy_of(facts: Mapping[str, object], checks: Sequence[str], **rest: object) -> CompiledPolicy:
    """A policy that asks the conditions one after the other."""
    require = [{"id": f"c{place}", "check": check} for place, check in enumerate(checks)]
    written = {
        "policy": "invented", "title": "Invented", "version": "1", "facts": facts,
        "pathways": {"only": {"require": require}}, **rest,
    }  # fmt: skip
    diagnostics = Diagnostics()
    policy = load(Source(json.dumps(written), "policy.yaml"), lambda *_: [], diagnostics)
    compiled = None if policy is None else compile_policy(policy, diagnostics)
    errors = [each.message for each in diagnostics if each.severity is Severity.ERROR]
    assert compiled is not None, errors
    assert not errors, errors
    return compiled


def held(compiled: CompiledPolicy, plains: Iterable[Mapping[str, object]]) -> Held:
    """Every condition that SQL can say, of every case, against the interpreter."""
    plains = [{"case": f"c{place}", **plain} for place, plain in enumerate(plains)]
    pairs = read_cases(compiled, plains)  # type: ignore[arg-type]
    cases = [case for _, case in pairs]
    read = [plain for plain, _ in pairs]
    assert len(cases) == len(plains), f"no cases: {[plain for plain in plains if plain not in read]}"
    translation = Translation(compiled, DIALECTS["duckdb"])
    conditions = list(_conditions(compiled, translation))
    rows, values, refused, differences = rows_of(compiled, cases), 0, 0, []
    for case, row, found in zip(cases, rows, _answers(translation, conditions, rows), strict=True):
        if found["is_refused"] or row["refused"] is not None:
            refused += 1
            continue
        for place, (condition, term) in enumerate(conditions):
            values += 1
            wanted = _wanted(condition, dict(case.facts))
            got = _found(found, place, term, list(compiled.policy.facts))
            if wanted != got:
                differences.append(f"{condition.text}: {wanted} against {got} of {plains[cases.index(case)]}")
    return Held(values, refused, tuple(differences))


def _conditions(compiled: CompiledPolicy, translation: Translation) -> Iterator[tuple[Condition, Term]]:
    for condition in conditions_of(compiled):
        try:
            yield condition, translation.condition(condition)
        except RefusedError:
            continue


def _answers(
    translation: Translation, conditions: Sequence[tuple[Condition, Term]], rows: object
) -> list[dict[str, object]]:
    guards = [guard for guard, _ in translation.guards]
    if translation.wrong_value is not None:
        guards.append(not_(is_null(translation.wrong_value)))
    outputs: dict[str, exp.Expression] = {
        "is_refused": exp.Coalesce(this=any_of(guards), expressions=[exp.false()]) if guards else exp.false()
    }
    for place, (_, term) in enumerate(conditions):
        outputs[f"low_{place}"], outputs[f"high_{place}"] = term.low, term.top
        outputs.update({f"mask_{place}_{word}": bits for word, bits in term.mask.items()})
    with duckdb.connect() as connection:
        connection.register("cases", arrow_table(translation.columns, rows))  # type: ignore[arg-type]
        answer = connection.execute(statement(translation.steps, outputs).sql(dialect="duckdb"))
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _found(row: Mapping[str, object], place: int, term: Term, facts: Sequence[str]) -> Found:
    words = {word: row[f"mask_{place}_{word}"] for word in term.mask}
    missing = {
        facts[word * WORD + bit] for word, bits in words.items() for bit in range(WORD) if int(str(bits)) >> bit & 1
    }
    return row[f"low_{place}"], row[f"high_{place}"], frozenset(missing)


def _wanted(condition: Condition, frame: dict[str, Value]) -> Found:
    try:
        value = condition.evaluate(frame)
    except Failure:
        return "failure", "failure", frozenset()
    facts = frozenset(declared_name(fact) for fact in value.facts) if isinstance(value, UNKNOWN) else frozenset()
    if isinstance(value, Uncertain):
        return _plain(value.low), _plain(value.high), facts
    known = None if isinstance(value, (Missing, UncertainList)) else _plain(value)
    return known, known, facts


def _plain(value: Value) -> object:
    match value:
        case Quantity():
            return Decimal(value.value)
        case Date():
            return date(value.year, value.month or 1, value.day or 1)
        case Time():
            return str(value)
        case _:
            return value
