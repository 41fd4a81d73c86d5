"""What a batch came to, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from besponsa_pa.render.batched import PAST, PENDS, Batched, Tally, percent
from besponsa_pa.render.layout import visible

SHOWN = 5


def text_from_batch(batch: Batched) -> str:
    """The summary of a batch, with the most frequent reasons and questions."""
    return "\n".join(_lines(batch)) + "\n"


def _lines(batch: Batched) -> Iterator[str]:
    rejected = f", {batch.rejected:,} rejected" if batch.rejected else ""
    cases = "case" if batch.cases == 1 else "cases"
    yield f"{batch.cases:,} {cases} decided by {batch.policy} {batch.version}{rejected}"
    yield ""
    counted = [(PAST[name], batch.decisions.get(name, 0)) for name in PAST]
    kinds = [(f"  {said}", batch.pends[name]) for name, said in PENDS.items() if name in batch.pends]
    width = max(len(name) for name, _ in (*counted, *kinds))
    for name, count in (*counted, *kinds):
        yield f"  {name:{width}}  {count:>12,}  {percent(count, batch.cases):>7}"
    yield from _tallies(batch)
    yield ""
    by_sql, by_interpreter = (batch.decided_by.get(name, 0) for name in ("sql", "interpreter"))
    yield f"  decided by SQL {by_sql:,}, by the interpreter {by_interpreter:,}"
    if len(batch.versions) > 1:
        yield f"  by version {', by '.join(f'{visible(name)} {count:,}' for name, count in batch.versions)}"
    if batch.not_in_force:
        yield f"  of dates on which the policy is not in force {batch.not_in_force:,}"
    if batch.rejected:
        yield f"  the rejected rows with what is wrong: {', '.join(map(visible, batch.reject_files))}"


def _tallies(batch: Batched) -> Iterator[str]:
    for decision, tally in batch.reasons.items():
        yield from _tally(f"{PAST[decision]} most often because of", tally, batch.titles)
    yield from _tally("asked for most often", batch.missing, batch.questions)
    yield from _tally("rejected most often because", batch.problems, batch.meanings)


def _tally(heading: str, tally: Tally, meanings: Mapping[str, str]) -> Iterator[str]:
    if not tally:
        return
    yield ""
    yield heading
    width = max(len(name) for name, _ in tally[:SHOWN])
    for name, count in tally[:SHOWN]:
        yield f"  {count:>12,}  {visible(name):{width}}  {visible(meanings.get(name, ''))}".rstrip()
    if len(tally) > SHOWN:
        yield f"  {'':>12}  and {len(tally) - SHOWN} more"
