"""The rows picked as examples, each determined in whole by both policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from besponsa_pa.api import shown_path
from besponsa_pa.backends.batch.duckdb_engine import Engine
from besponsa_pa.backends.batch.impact import REJECTED, Impact, Picked, rows_picked
from besponsa_pa.backends.batch.inputs import Format, Input
from besponsa_pa.backends.batch.interpreted import grant_text, rejection
from besponsa_pa.cli.batch_rows import Interpreter
from besponsa_pa.determination.findings import Determination
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.records import dataclass
from besponsa_pa.render.impact_findings import criteria_differing
from besponsa_pa.render.impacted import Example, Side

# a pair has the old one first
Engines = tuple[Engine, Engine]
Interpreters = tuple[Interpreter, Interpreter]
Rows = Mapping[int, tuple[int, str]]


def examples_of(impact: Impact, engines: Engines, interpreters: Interpreters) -> tuple[Example, ...]:
    """The examples in the order in which they were picked; their files are read once more for them."""
    numbers: dict[Input, list[int]] = {}
    for each in impact.picked:
        numbers.setdefault(each.file, []).append(each.number)
    rows = {file: _rows(engines, file, wanted, impact.unread.get(file, ())) for file, wanted in numbers.items()}
    return tuple(_example(each, rows[each.file], interpreters) for each in impact.picked)


def _rows(engines: Engines, file: Input, numbers: Sequence[int], unread: Sequence[int]) -> tuple[Rows, Rows]:
    """The rows as each policy is asked about them: of a table each sees its own facts."""
    old, new = engines
    found = rows_picked(old, file, numbers, unread)
    return found, found if file.format is Format.NDJSON else rows_picked(new, file, numbers, unread)


def _example(picked: Picked, rows: tuple[Rows, Rows], interpreters: Interpreters) -> Example:
    (line, raw), (_, other) = (each[picked.number] for each in rows)
    old = _Found.of(raw, picked.file.path, interpreters[0])
    new = _Found.of(other, picked.file.path, interpreters[1])
    criteria = criteria_differing(old.determination, new.determination)
    return Example(old.case or new.case, shown_path_of(picked.file), line, old.side, new.side, criteria)


def shown_path_of(file: Input) -> str:
    """The path of a file as a person here would write it."""
    return shown_path(Path(file.path))


@dataclass(frozen=True, slots=True)
class _Found:
    """What one policy comes to."""

    case: str | None
    side: Side
    determination: Determination | None

    @classmethod
    def of(cls, raw: str, file: str, interpreter: Interpreter) -> _Found:
        diagnostics = Diagnostics()
        found, case = interpreter.determined(raw, file, diagnostics)
        if found is None:
            problems = tuple(each.message for each in rejection(case, diagnostics).problems)
            return cls(case, Side(REJECTED, None, (), (), None, problems), None)
        state = found.decision.value, None if found.pend is None else found.pend.value
        missing = tuple(each.fact for each in found.missing)
        grant = None if found.grant is None else grant_text(found.grant)
        return cls(found.case, Side(state, found.pathway, found.reasons, missing, grant, ()), found)
