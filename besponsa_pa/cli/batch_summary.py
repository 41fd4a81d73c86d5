"""The summary of a batch: counted in what was written, told as text, and as data and a page where wanted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from besponsa_pa.api import shown_path
from besponsa_pa.backends.batch.summary import Counts, Rows, counts_of
from besponsa_pa.cli.batch_files import Work
from besponsa_pa.cli.terminal import write
from besponsa_pa.diagnostic import CATALOGUE
from besponsa_pa.policy.model import CompiledPolicy, criteria_of
from besponsa_pa.records import dataclass
from besponsa_pa.render.batch_page import page_from_batch
from besponsa_pa.render.batch_structure import structure_from_batch
from besponsa_pa.render.batch_text import text_from_batch
from besponsa_pa.render.batched import Batched
from besponsa_pa.render.structure import json_text


@dataclass(frozen=True, slots=True)
class Wanted:
    """The files that the summary is written to, beside the terminal."""

    summary: Path | None
    report: Path | None


def tell(rows: Rows, works: Sequence[Work], chosen: CompiledPolicy, engine: str, wanted: Wanted) -> int:
    """Tell what all cases came to, as wanted; how many rows were rejected."""
    rejects = [str(work.rejects) for work in works if work.rejects.is_file()]
    counts = counts_of(rows, [(str(work.output), work.format) for work in works], rejects)
    return tell_counts(counts, works, chosen, engine, wanted)


def tell_counts(counts: Counts, works: Sequence[Work], chosen: CompiledPolicy, engine: str, wanted: Wanted) -> int:
    """Tell what all cases came to, counted by whoever decided them; how many rows were rejected."""
    rejects = [work.rejects for work in works if work.rejects.is_file()]
    batch = _batched(counts, works, rejects, chosen, engine)
    write(text_from_batch(batch))
    if wanted.summary is not None:
        write_file(wanted.summary, "--summary", json_text(structure_from_batch(batch)))
    if wanted.report is not None:
        write_file(wanted.report, "--report", page_from_batch(batch))
    return counts.rejected


def _batched(
    counts: Counts, works: Sequence[Work], rejects: Sequence[Path], chosen: CompiledPolicy, engine: str
) -> Batched:
    policy = chosen.policy
    decisions: dict[str, int] = {}
    for decision, _, count in counts.decisions:
        decisions[decision] = decisions.get(decision, 0) + count
    return Batched(
        policy=policy.id,
        title=policy.title,
        version=policy.version,
        digest=policy.digest,
        engine=engine,
        files=tuple((shown_path(Path(each.path)), shown_path(work.output)) for work in works for each in work.inputs),
        decisions=decisions,
        pends={pend: count for _, pend, count in counts.decisions if pend is not None},
        human_review=counts.human_review,
        decided_by=dict(counts.decided_by),
        pathways=counts.pathways,
        versions=counts.versions,
        not_in_force=counts.not_in_force,
        reasons=counts.reasons,
        missing=counts.missing,
        rejected=counts.rejected,
        problems=counts.problems,
        reject_files=tuple(map(shown_path, rejects)),
        titles={each.id: each.title for pathway in chosen.pathways for each in criteria_of(pathway)},
        questions={name: fact.ask or "" for name, fact in policy.facts.items()},
        meanings={code: CATALOGUE[code] for code, _ in counts.problems if code in CATALOGUE},
    )


def write_file(path: Path, option: str, text: str) -> None:
    """Write a text to the file that an option names; where that fails the option is told to be wrong."""
    try:
        path.write_bytes(text.encode("utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise click.BadParameter(f"`{path}` cannot be written: {reason}", param_hint=f"`{option}`") from error
