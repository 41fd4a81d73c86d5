"""The tables as pictures, in SVG: one bar an engine, this one marked."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.peers.engine import BASELINE, ENTRIES, OURS
from benchmarks.peers.measuring import Row
from benchmarks.peers.report import in_order, ratio_of
from benchmarks.peers.vectorised import WAYS, Timed

OURS_COLOUR, YARDSTICK_COLOUR, OTHER_COLOUR = "#1f6f8b", "#3d3d3d", "#b8c4cc"
# the answers on the probes, the worst first; told apart by more than their hue
ANSWERS = (
    ("approve", "approved: unsafe", "#b3261e"),
    ("deny", "denied: wrong", "#e8a33d"),
    ("error", "failed", "#c9cdd1"),
    ("pend", "pended", "#1f6f8b"),
)
WIDTH = 520


def write_engines(rows: Sequence[Row], folder: Path) -> list[Path]:
    """Ratios, and answers on the probes; nothing where the library of plots is not installed."""
    if not _is_there():
        return []
    shown = [row for row in in_order(rows) if row.measured is not None]
    return [_save(_ratios(shown), folder / "ratios.svg"), _save(_probes(shown), folder / "probes.svg")]


def write_many(found: Sequence[Timed], folder: Path) -> list[Path]:
    """Rows a second."""
    return [_save(_rows_a_second(found), folder / "rows_a_second.svg")] if _is_there() and found else []


def _is_there() -> bool:
    return find_spec("altair") is not None and find_spec("vl_convert") is not None


def _ratios(rows: Sequence[Row]) -> Any:
    import altair as alt

    values = [
        {"engine": _plain(ENTRIES[row.name].row), "ratio": ratio, "shown": f"{ratio:,.3g}", "whose": _whose(row.name)}
        for row in rows
        if (ratio := ratio_of(row, rows)) is not None
    ]
    # a length on a logarithmic scale says nothing but how far it is from plain Python
    most = max(ratio_of(row, rows) or 1 for row in rows)
    scale = alt.Scale(type="log", domain=[0.8, 3 * most], nice=False)
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("ratio:Q", scale=scale, title="time of a decision, times plain Python (logarithmic)"),
        y=alt.Y("engine:N", sort=None, title=None),
    )
    colour = alt.Color("whose:N", legend=None, scale=_scale(alt))
    lines = base.mark_rule(strokeWidth=2).encode(color=colour, x2=alt.datum(1))
    points = base.mark_circle(size=110, opacity=1).encode(color=colour)
    labels = base.mark_text(align="left", dx=9).encode(text="shown:N")
    return (lines + points + labels).properties(title="One decision", width=WIDTH)


def _probes(rows: Sequence[Row]) -> Any:
    import altair as alt

    values = [
        {
            "engine": _plain(ENTRIES[row.name].row),
            "answer": words,
            "count": row.measured.probes(outcome),
            "order": order,
        }
        for row in rows
        if row.measured
        for order, (outcome, words, _) in enumerate(ANSWERS)
    ]
    words, colours = [each[1] for each in ANSWERS], [each[2] for each in ANSWERS]
    colour = alt.Color("answer:N", title=None, sort=words, scale=alt.Scale(domain=words, range=colours))
    return (
        alt.Chart(alt.Data(values=values))
        .mark_bar()
        .encode(
            x=alt.X("count:Q", title="of nine cases that lack a fact", axis=alt.Axis(tickCount=9, format="d")),
            y=alt.Y("engine:N", sort=None, title=None),
            color=colour,
            order=alt.Order("order:Q"),
        )
        .properties(title="Answers where a fact is missing", width=WIDTH)
    )


def _rows_a_second(found: Sequence[Timed]) -> Any:
    import altair as alt

    values = [
        {
            "way": _plain(WAYS[each.way].row.partition(":")[0]),
            "rows": each.rows / each.seconds,
            "shown": f"{each.rows / each.seconds / 1000:,.0f} thousand",
            "whose": "this engine" if each.way == "batch" else "others",
            "cases": f"{each.rows:,} cases",
        }
        for each in found
    ]
    base = alt.Chart().encode(
        x=alt.X("rows:Q", title="cases a second", axis=alt.Axis(format="~s")),
        y=alt.Y("way:N", sort=None, title=None),
    )
    colour = alt.Color("whose:N", legend=None, scale=_scale(alt))
    bars = base.mark_bar().encode(color=colour) + base.mark_text(align="left", dx=4).encode(text="shown:N")
    data = alt.Data(values=values)
    rows = alt.Row("cases:N", title=None, header=alt.Header(labelOrient="top", labelAnchor="start"))
    return alt.layer(bars.properties(width=WIDTH), data=data).facet(row=rows).properties(title="Many cases at once")


def _whose(name: str) -> str:
    return "this engine" if name in OURS else "the yardstick" if name == BASELINE else "others"


def _scale(alt: Any) -> Any:
    return alt.Scale(
        domain=["this engine", "the yardstick", "others"], range=[OURS_COLOUR, YARDSTICK_COLOUR, OTHER_COLOUR]
    )


def _plain(words: str) -> str:
    return words.replace("`", "")


def _save(chart: Any, file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    chart.configure(background="white", font="sans-serif", padding=12).configure_axis(
        labelLimit=280, gridColor="#ececec"
    ).configure_view(stroke=None).save(str(file))
    return file
