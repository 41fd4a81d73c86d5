"""Coverage as data for programs; `docs/testing.md` describes it."""

from __future__ import annotations

from collections.abc import Iterable

from besponsa_pa.render.covered import Count, CoveredItem, CoveredPolicy, by_kind, count_of
from besponsa_pa.render.structure import Structure


def structure_from_coverage(policies: Iterable[CoveredPolicy]) -> dict[str, Structure]:
    """The coverage of some policies, every key always there, in a fixed order.

    Whole numbers are themselves, percentages are text, so that no reader rounds them; lines and columns are counted
    from 1.
    """
    return {"policies": [_policy(each) for each in policies]}


def _policy(policy: CoveredPolicy) -> dict[str, Structure]:
    return {
        "policy": {
            "id": policy.id,
            "title": policy.title,
            "version": policy.version,
            "digest": policy.digest,
            "file": policy.source.name,
        },
        **_count(count_of(policy.items)),
        "kinds": [{"kind": kind, **_count(count)} for kind, count in by_kind(policy.items).items()],
        "items": [_item(each) for each in policy.items],
        "tests": [
            {"name": each.name, "expect": each.decision, "file": each.span.source.name, "line": each.span.line}
            for each in policy.tests
        ],
    }


def _count(count: Count) -> dict[str, Structure]:
    return {
        "reached": count.reached,
        "missing": count.missing,
        "unreachable": count.unreachable,
        "percent": count.percent,
    }


def _item(item: CoveredItem) -> dict[str, Structure]:
    return {
        "text": item.text,
        "kind": item.kind,
        "name": item.name,
        "state": item.state,
        "within": item.within or None,
        "file": item.span.source.name,
        "line": item.span.line,
        "column": item.span.column,
        "status": item.status.value,
        "reason": item.reason,
        "tests": list(item.tests),
    }
