"""What a batch came to, counted in what it has written, now or in a run before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from besponsa_pa.backends.batch.inputs import Format
from besponsa_pa.backends.batch.outputs import decisions_in, rejects_in
from besponsa_pa.backends.batch.statement import DECIDED_BY
from besponsa_pa.records import dataclass

Rows: TypeAlias = Callable[[str], list[tuple[object, ...]]]
Tally: TypeAlias = tuple[tuple[str, int], ...]
MOST = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases came to what. A tally has the most frequent first, then by name.

    `reasons` are tallies by decision, of denials and pends. `versions` are those of the policy that decided, and
    `not_in_force` says how many cases have a date on which it is not in force.
    """

    decisions: tuple[tuple[str, str | None, int], ...]
    human_review: int
    decided_by: Tally
    pathways: Tally
    versions: Tally
    not_in_force: int
    reasons: Mapping[str, Tally]
    missing: Tally
    rejected: int
    problems: Tally


def counts_of(rows: Rows, outputs: Sequence[tuple[str, Format]], rejects: Sequence[str]) -> Counts:
    """The counts of some outputs and files of rejects, by a function that runs a query."""
    cases = " UNION ALL BY NAME ".join(f"(FROM {decisions_in(path, form)})" for path, form in outputs)
    refused = " UNION ALL BY NAME ".join(f"(FROM {rejects_in(path)})" for path in rejects)
    return counts_in(rows, cases, refused)


def counts_in(rows: Rows, cases: str, refused: str) -> Counts:
    """The counts of a query for decisions and one for rejected rows; empty where there are none."""
    decisions = rows(f"SELECT decision, pend, count(*) FROM ({cases}) GROUP BY ALL ORDER BY ALL")
    reviewed = rows(f"SELECT count(*) FROM ({cases}) WHERE human_review_required")
    named = f"SELECT unnest(reasons) AS name FROM ({cases})"
    problems = f"SELECT code AS name FROM (SELECT unnest(problems).code AS code FROM ({refused}))"
    reasons = {decision: _tally(rows, f"{named} WHERE decision = '{decision}'") for decision in ("deny", "pend")}
    return Counts(
        tuple((str(name), None if pend is None else str(pend), _number(count)) for name, pend, count in decisions),
        _number(reviewed[0][0]),
        _tally(rows, f"SELECT {DECIDED_BY} AS name FROM ({cases})"),
        _tally(rows, f"SELECT pathway AS name FROM ({cases}) WHERE pathway IS NOT NULL"),
        _tally(rows, f"SELECT policy_version AS name FROM ({cases})"),
        _number(rows(f"SELECT count(*) FROM ({cases}) WHERE NOT in_force")[0][0]),
        {decision: tally for decision, tally in reasons.items() if tally},
        _tally(rows, f"SELECT unnest(missing) AS name FROM ({cases})"),
        _number(rows(f"SELECT count(*) FROM ({refused})")[0][0]) if refused else 0,
        _tally(rows, problems if refused else ""),
    )  # fmt: skip


def _tally(rows: Rows, names: str) -> Tally:
    if not names:
        return ()
    query = f"SELECT name, count(*) AS times FROM ({names}) GROUP BY name ORDER BY times DESC, name LIMIT {MOST}"
    return tuple((str(name), _number(count)) for name, count in rows(query))


def _number(found: object) -> int:
    assert isinstance(found, int)
    return found
