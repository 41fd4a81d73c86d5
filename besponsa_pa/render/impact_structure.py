"""What changes when one policy takes the place of another, as data for programs."""

from __future__ import annotations

import json

from besponsa_pa.render.impacted import (
    NEW,
    OLD,
    STATES,
    DifferingCriterion,
    Example,
    Impacted,
    Moved,
    NamedPolicy,
    Seen,
    Side,
    State,
)
from besponsa_pa.render.structure import Structure


def structure_from_impact(impact: Impacted) -> dict[str, Structure]:
    """The impact as JSON knows values, every key always there, in a fixed order."""
    return {
        "old": _policy(impact.old),
        "new": _policy(impact.new),
        "engine": impact.engine,
        "files": list(impact.files),
        "rows": impact.rows,
        "changed": impact.changed,
        "decisions": [
            {**_state(state), "old": impact.total(OLD, state), "new": impact.total(NEW, state)} for state in STATES
        ],
        "changes": [
            {"old": _state(each.old), "new": _state(each.new), "cases": each.cases} for each in impact.moving
        ],
        "same_decision": {
            "cases": impact.rows - impact.changed,
            "differing": impact.differing,
            "differences": [{**_state(state), "what": what, "cases": count} for state, what, count in impact.alike],
        },
        "criteria": [{"criterion": each.name, "effect": each.effect, **_moved(each)} for each in impact.criteria],
        "missing": [{"fact": each.name, **_moved(each)} for each in impact.missing],
        "examples": [_example(each) for each in impact.examples],
    }  # fmt: skip


def _policy(policy: NamedPolicy) -> Structure:
    return {
        "id": policy.id,
        "title": policy.title,
        "version": policy.version,
        "digest": policy.digest,
        "file": policy.file,
    }


def _state(state: State) -> dict[str, Structure]:
    return {"decision": state[0], "pend": state[1]}


def _moved(moved: Moved) -> dict[str, Structure]:
    return {
        "only_in": moved.only_in,
        "newly": moved.newly,
        "newly_with_another_decision": moved.newly_decided,
        "no_longer": moved.no_longer,
        "no_longer_with_another_decision": moved.no_longer_decided,
    }


def _example(example: Example) -> Structure:
    return {
        "case": example.case,
        "file": example.file,
        "line": example.line,
        "old": _side(example.old),
        "new": _side(example.new),
        "criteria": [_criterion(each) for each in example.criteria],
    }


def _side(side: Side) -> Structure:
    return {
        **_state(side.state),
        "pathway": side.pathway,
        "reasons": list(side.reasons),
        "missing": list(side.missing),
        "grant": None if side.grant is None else json.loads(side.grant),
        "problems": list(side.problems),
    }


def _criterion(criterion: DifferingCriterion) -> Structure:
    return {
        "criterion": criterion.id,
        "title": criterion.title,
        "old": _seen(criterion.old),
        "new": _seen(criterion.new),
    }


def _seen(seen: Seen | None) -> Structure:
    if seen is None:
        return None
    return {"found": seen.mark, "seen": list(seen.seen), "given": seen.given, "check": seen.check}
