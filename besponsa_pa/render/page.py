"""What pages for a browser have in common: their frame, and in reports on cases the sections and the bars."""

from __future__ import annotations

from collections.abc import Iterable

from besponsa_pa.render.batched import percent
from besponsa_pa.render.hypertext import Html, joined, tag, text


def page(title: str, style: str, *body: Html) -> str:
    """A page with its style in it: no scripts, nothing from elsewhere."""
    head = joined(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", text(title)),
        tag("style", Html(f"\n{style}")),
        between="\n",
    )
    said = joined(*body, between="\n")
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{said}\n</body>\n</html>\n'


def section(name: str, title: str, *pieces: Html) -> Html:
    """A part of a report that is called by its title."""
    heading = tag("h2", text(title), id=f"{name}-title")
    return tag("section", joined(heading, *pieces, between="\n"), id=name, aria_labelledby=f"{name}-title")


def table_head(titles: Iterable[str]) -> Html:
    """The titles of the columns of a table."""
    return tag("thead", tag("tr", *(tag("th", text(each), scope="col") for each in titles)))


def share_cells(count: int, whole: int, kind: str) -> tuple[Html, Html]:
    """The cells of a row for a count and its share of a whole, the share with a bar as long; `kind` is its colour."""
    share = percent(count, whole)
    bar = tag("span", class_=f"share {kind}", style=f"width: {share.replace(' ', '')}")
    track = tag("span", bar, class_="track", aria_hidden="true")
    return tag("td", text(f"{count:,}"), class_="figure"), tag("td", tag("span", text(share), class_="figure"), track)
