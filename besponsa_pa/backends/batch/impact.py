"""What changes when one policy takes the place of another: the same rows decided by both, counted in pairs.

Nothing is kept of a row but what it is counted as, and where the first few of each change stand.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import zip_longest
from typing import TypeAlias, TypeVar

from besponsa_pa.backends.batch.duckdb_engine import Engine, Interpret
from besponsa_pa.backends.batch.inputs import Format, Input
from besponsa_pa.backends.batch.interpreted import Answer
from besponsa_pa.backends.batch.json_lines import lines_of
from besponsa_pa.backends.batch.quoting import literal
from besponsa_pa.backends.batch.statement import OUTPUT
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.records import dataclass, field

# a decision, and what it waits for if it is a pend
State: TypeAlias = "tuple[str, str | None]"
Change: TypeAlias = tuple[State, State]
Told: TypeAlias = tuple["str | None", str]
REJECT = "reject"
REJECTED: State = (REJECT, None)
APPROVED: State = ("approve", None)
CHUNK = 20_000
Key = TypeVar("Key")
BLANK = r"\s*"
PARTS = ("decision", "pend", "pathway", "reasons", "missing", "grant_values")


class UnequalRowsError(Exception):
    """The two policies have not been told the same rows, such as of a file that changes while it is read."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row came to by one policy, as far as it is compared."""

    state: State
    pathway: str | None
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    grant: str | None

    @property
    def effects(self) -> frozenset[tuple[str, str]]:
        """The criteria that stand against an approval, each with what it does: deny, or what the case waits for."""
        effect = self.state[1] or self.state[0]
        return frozenset((each, effect) for each in self.reasons) if self.state != APPROVED else frozenset()


@dataclass(slots=True)
class Moves:
    """How many cases something newly happens to, and to how many no longer; of these those with another decision."""

    newly: int = 0
    newly_decided: int = 0
    no_longer: int = 0
    no_longer_decided: int = 0


@dataclass(frozen=True, slots=True)
class Picked:
    """A row to look at: how it changed, and where it stands, counted among the rows of its file from 1."""

    change: Change
    file: Input
    number: int


@dataclass(slots=True)
class _Examples:
    """The first rows of one change: such with reasons of their own, and others to fill up with."""

    own: dict[tuple[object, ...], Picked] = field(default_factory=dict)
    others: list[Picked] = field(default_factory=list)


@dataclass(slots=True)
class Impact:
    """The counts, which grow with each chunk of rows. `wanted` is how many rows are picked for a change.

    `changes` has a count for each pair of decisions, equal ones too. `alike` counts cases with the same decision, by
    it and by what is different all the same; one may be there several times, and is once in `differing`. `effects`
    are by criterion and what it does, `missing` by fact; rows rejected on either side are in neither. `unread` are
    the lines of files that are no text, and so rejected by both.
    """

    wanted: int
    changes: Counter[Change] = field(default_factory=Counter)
    alike: Counter[tuple[State, str]] = field(default_factory=Counter)
    differing: int = 0
    effects: dict[tuple[str, str], Moves] = field(default_factory=dict)
    missing: dict[str, Moves] = field(default_factory=dict)
    unread: dict[Input, tuple[int, ...]] = field(default_factory=dict)
    _picked: dict[Change, _Examples] = field(default_factory=dict)

    def add(self, old: Sequence[Told], new: Sequence[Told], file: Input, before: int) -> None:
        """Count rows that both policies have told of; `before` is how many rows of the file came before them."""
        _hold_rows(old, new)
        equal: Counter[str] = Counter()
        places: dict[tuple[str, str], list[int]] = {}
        for at, ((_, one), (_, other)) in enumerate(zip(old, new, strict=True), before + 1):
            if one == other:
                equal[one] += 1
            else:
                places.setdefault((one, other), []).append(at)
        for text, count in equal.items():
            state = _outcome(text).state
            self.changes[state, state] += count
        for (one, other), numbers in places.items():
            self._count(_outcome(one), _outcome(other), len(numbers))
            self._pick(_outcome(one), _outcome(other), file, numbers)

    def reject(self, file: Input, lines: Sequence[int]) -> None:
        """Count lines of a file that neither policy can read."""
        if lines:
            self.changes[REJECTED, REJECTED] += len(lines)
            self.unread[file] = tuple(sorted(lines))

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return self.changes.total()

    @property
    def changed(self) -> int:
        """How many rows have another decision, or are a case for one policy alone."""
        return sum(count for (old, new), count in self.changes.items() if old != new)

    @property
    def picked(self) -> tuple[Picked, ...]:
        """The rows to look at, as many as wanted of each change, those with reasons of their own first."""
        return tuple(
            picked
            for examples in self._picked.values()
            for picked in [*examples.own.values(), *examples.others][: self.wanted]
        )

    # --- counting ---

    def _count(self, old: Outcome, new: Outcome, count: int) -> None:
        is_decided = old.state != new.state
        self.changes[old.state, new.state] += count
        if not is_decided:
            self.differing += count
            self.alike.update({(old.state, what): count for what in _differences(old, new)})
        if REJECTED not in (old.state, new.state):
            _move(self.effects, old.effects, new.effects, count, is_decided=is_decided)
            _move(self.missing, frozenset(old.missing), frozenset(new.missing), count, is_decided=is_decided)

    def _pick(self, old: Outcome, new: Outcome, file: Input, numbers: Sequence[int]) -> None:
        change = old.state, new.state
        examples = self._picked.setdefault(change, _Examples())
        own = old.reasons, old.missing, new.reasons, new.missing
        rows = [Picked(change, file, number) for number in numbers[: self.wanted]]
        if rows and own not in examples.own and len(examples.own) < self.wanted:
            examples.own[own] = rows.pop(0)
        examples.others += rows[: self.wanted - len(examples.others)]


def _move(moves: dict[Key, Moves], old: frozenset[Key], new: frozenset[Key], count: int, *, is_decided: bool) -> None:
    decided = count if is_decided else 0
    for each in new - old:
        found = moves.setdefault(each, Moves())
        found.newly += count
        found.newly_decided += decided
    for each in old - new:
        found = moves.setdefault(each, Moves())
        found.no_longer += count
        found.no_longer_decided += decided


def _differences(old: Outcome, new: Outcome) -> Iterator[str]:
    """What is different although the decision is the same."""
    if frozenset(old.reasons) != frozenset(new.reasons):
        yield "reasons"
    if frozenset(old.missing) != frozenset(new.missing):
        yield "missing"
    if old.grant != new.grant:
        yield "grant"
    if old.pathway != new.pathway:
        yield "pathway"


def _hold_rows(old: Sequence[Told], new: Sequence[Told]) -> None:
    """Refuse rows of which both policies do not tell in the same order; a case is known by its id, where it has one."""
    if len(old) != len(new) or any(
        one != other and None not in (one, other) and not _is_rejected(told) and not _is_rejected(said)
        for (one, told), (other, said) in zip(old, new, strict=True)
    ):
        raise UnequalRowsError


def _is_rejected(text: str) -> bool:
    return text.startswith(f'["{REJECT}"')


def _outcome(text: str) -> Outcome:
    decision, pend, pathway, reasons, missing, grant = json.loads(text)
    return Outcome((decision, pend), pathway, tuple(reasons or ()), tuple(missing or ()), grant)


# --- the rows ---


def told_of_rejects(interpret: Interpret) -> Interpret:
    """The interpreter, with an outcome for rows that are no cases too: so each row has one by each policy."""

    def told(raw: str, file: str) -> Answer:
        answer = interpret(raw, file)
        if answer.row is not None:
            return answer
        return Answer({**dict.fromkeys(OUTPUT), "case_id": answer.case, "decision": REJECT})

    return told


def compare(old: Engine, new: Engine, file: Input, impact: Impact, diagnostics: Diagnostics) -> None:
    """Decide the rows of a file by both engines, whose interpreters tell of rejects, and count what they come to.

    Columns that cannot be read are reported.
    """
    queries = [_outcomes(engine.query([file], diagnostics)) for engine in (old, new)]
    if diagnostics.has_errors:
        return
    before = 0
    nothing: list[tuple[object, ...]] = []
    with closing(old.chunks(queries[0], CHUNK)) as olds, closing(new.chunks(queries[1], CHUNK)) as news:
        for one, other in zip_longest(olds, news, fillvalue=nothing):
            impact.add(_told(one), _told(other), file, before)
            before += len(one)
    impact.reject(file, [line for _, line, *_ in old.unread_lines()])
    new.unread_lines()


def _outcomes(query: str) -> str:
    return f"SELECT case_id, json_array({', '.join(PARTS)})::VARCHAR FROM ({query})"


def _told(rows: Iterable[tuple[object, ...]]) -> list[Told]:
    return [(None if case is None else str(case), str(outcome)) for case, outcome in rows]


def rows_picked(
    engine: Engine, file: Input, numbers: Iterable[int], unread: Sequence[int]
) -> Mapping[int, tuple[int, str]]:
    """Some rows of a file by their numbers: the line that each stands on, or its row in a table, and its raw text.

    `unread` are the lines of the file that are no text, which no reader of lines counts.
    """
    wanted = ", ".join(map(str, sorted(numbers)))
    if file.format is Format.NDJSON:
        lines = f"SELECT row_number() OVER () AS line, l FROM {lines_of([file.path])}"
        rows = f"SELECT line, l FROM ({lines}) WHERE NOT regexp_full_match(l, {literal(BLANK)})"
    else:
        rows = f'SELECT row_number() OVER () AS line, "$raw" AS l FROM ({engine.texts(file)})'
    numbered = f"SELECT row_number() OVER () AS number, line, l FROM ({rows})"
    found = engine.rows(f"SELECT number, line, l FROM ({numbered}) WHERE number IN ({wanted})")
    return {int(str(number)): (_line(int(str(line)), unread), str(raw)) for number, line, raw in found}


def _line(number: int, unread: Sequence[int]) -> int:
    """The line of a file that is the so manieth of those that can be read."""
    return number + sum(line - at <= number for at, line in enumerate(unread))
