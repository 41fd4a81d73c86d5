"""What a batch came to as one page for a browser: no scripts, nothing from elsewhere, each bar beside its number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from besponsa_pa.render.batch_style import STYLE
from besponsa_pa.render.batched import PAST, PENDS, Batched, Tally
from besponsa_pa.render.hypertext import Html, joined, phrase, tag, text
from besponsa_pa.render.page import page, section, share_cells, table_head


def page_from_batch(batch: Batched) -> str:
    """The summary of a batch as an HTML page with its style in it."""
    header = tag("header", tag("h1", text(f"Batch: {batch.title}")), *_about(batch))
    return page(f"Batch of {batch.cases:,} cases: {batch.title}", STYLE, header, tag("main", *_sections(batch)))


def _about(batch: Batched) -> Iterator[Html]:
    cases = "case" if batch.cases == 1 else "cases"
    rejected = f", {batch.rejected:,} rejected" if batch.rejected else ""
    yield tag("p", text(f"{batch.cases:,} {cases} decided{rejected}."), class_="verdict")
    yield tag("p", phrase(f"Policy `{batch.policy}`, version {batch.version}, {batch.digest}"), class_="quiet")


def _sections(batch: Batched) -> Iterator[Html]:
    yield _decisions(batch)
    pends = [(said, batch.pends.get(name, 0)) for name, said in PENDS.items()]
    if any(count for _, count in pends):
        yield _chart("pends", "What pends wait for", [(name, "", count, "pend") for name, count in pends], batch.cases)
    for decision, tally in batch.reasons.items():
        yield from _tally(f"reasons-{decision}", f"Reasons of cases that are {PAST[decision]}", tally, batch, decision)
    yield from _tally("missing", "Facts to ask for", batch.missing, batch, "pend")
    yield from _tally("pathways", "Pathways", batch.pathways, batch, "plain")
    yield from _rejects(batch)
    yield _how(batch)


def _decisions(batch: Batched) -> Html:
    rows = [(said, "", batch.decisions.get(name, 0), name) for name, said in PAST.items()]
    return _chart("decisions", "Decisions", rows, batch.cases)


def _tally(name: str, title: str, tally: Tally, batch: Batched, kind: str) -> Iterator[Html]:
    if tally:
        meanings: Mapping[str, str] = {**batch.titles, **batch.questions}
        yield _chart(name, title, [(each, meanings.get(each, ""), count, kind) for each, count in tally], batch.cases)


def _rejects(batch: Batched) -> Iterator[Html]:
    if batch.rejected:
        rows = [(code, batch.meanings.get(code, ""), count, "rejected") for code, count in batch.problems]
        whole = batch.cases + batch.rejected
        files = tag("p", phrase("The rows are in " + ", ".join(f"`{each}`" for each in batch.reject_files) + "."))
        yield _chart("rejects", f"Rejected rows: {batch.rejected:,}", rows, whole, files)


def _chart(name: str, title: str, rows: Sequence[tuple[str, str, int, str]], whole: int, *more: Html) -> Html:
    """A table of counts, each with a bar as long as its share."""
    made = joined(*(_bar(*row, whole) for row in rows), between="\n")
    return section(name, title, *more, tag("table", table_head(("", "Cases", "Share")), tag("tbody", made)))


def _bar(name: str, meaning: str, count: int, kind: str, whole: int) -> Html:
    said = [text(name), *([Html(" "), tag("small", text(meaning), class_="quiet")] if meaning else [])]
    return tag("tr", tag("th", *said, scope="row"), *share_cells(count, whole, kind))


def _how(batch: Batched) -> Html:
    counts = f"{batch.decided_by.get('sql', 0):,} by SQL, {batch.decided_by.get('interpreter', 0):,} by the interpreter"
    listed = (tag("li", phrase(f"`{given}` to `{written}`")) for given, written in batch.files)
    versions = ", ".join(f"{count:,} by version {name}" for name, count in batch.versions)
    said = f"Engine `{batch.engine}`: {counts}; {batch.human_review:,} go to a person before anything is decided; "
    said += f"{versions}; {batch.not_in_force:,} are of dates on which the policy is not in force."
    heading = tag("h2", text("How it was decided"), id="how-title")
    return tag("section", heading, tag("p", phrase(said)), tag("ul", *listed), id="how", aria_labelledby="how-title")
