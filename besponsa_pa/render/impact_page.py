"""What changes between two policies as one page for a browser: no scripts, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from besponsa_pa.render.batched import percent
from besponsa_pa.render.hypertext import Html, joined, phrase, tag, text
from besponsa_pa.render.impact_style import STYLE
from besponsa_pa.render.impacted import (
    NEW,
    OLD,
    STATES,
    Change,
    DifferingCriterion,
    Example,
    Impacted,
    Moved,
    NamedPolicy,
    State,
    alike_words,
    details,
    effect_words,
    only_words,
    order,
    read_words,
    side_words,
    state_words,
)
from besponsa_pa.render.page import page, section, share_cells, table_head

DECISIONS = {"approve": "approved", "deny": "denied", "pend": "pended", "reject": "rejected"}


def page_from_impact(impact: Impacted) -> str:
    """The impact as an HTML page with its style in it."""
    header = tag("header", tag("h1", text(f"Impact: {impact.new.title}")), *_about(impact))
    return page(f"Impact on {impact.rows:,} cases: {impact.new.title}", STYLE, header, tag("main", *_sections(impact)))


def _about(impact: Impacted) -> Iterator[Html]:
    cases = read_words(impact)
    share = f" ({percent(impact.changed, impact.rows)})" if impact.changed else ""
    changed = f"{impact.changed:,} with another decision{share}" if impact.changed else "no decision changes"
    yield tag("p", text(f"{cases}, {changed}."), class_="verdict")
    for name, policy in ((OLD, impact.old), (NEW, impact.new)):
        yield tag("p", phrase(f"{name.capitalize()}: {_policy(policy)}"), class_="quiet")


def _policy(policy: NamedPolicy) -> str:
    return f"`{policy.id}`, version {policy.version}, from {policy.file}, {policy.digest}"


def _sections(impact: Impacted) -> Iterator[Html]:
    yield _flows(impact)
    yield _totals(impact)
    yield from _changes(impact)
    yield from _alike(impact)
    yield from _moves("criteria", "By criterion", impact.criteria, by_effect=True)
    yield from _moves("missing", "Facts asked for", impact.missing, by_effect=False)
    yield from _examples(impact)
    yield section("files", "What was read", tag("ul", *(tag("li", text(each)) for each in impact.files)))


# --- what becomes of what ---


def _flows(impact: Impacted) -> Html:
    """For each old decision a bar of the new ones, as long as their shares of it."""
    rows = [(state, _from(impact, state)) for state in STATES if impact.total(OLD, state)]
    legend = (
        tag("li", tag("span", class_=f"key {kind}", aria_hidden="true"), text(said)) for kind, said in DECISIONS.items()
    )
    said = tag("p", text("Each bar is one decision by the old policy, its parts what the new one decides."))
    bars = tag("ul", joined(*(_flow(*row) for row in rows), between="\n"), class_="flows")
    return section("flows", "What becomes of what", said, bars, tag("ul", *legend, class_="legend"))


def _from(impact: Impacted, state: State) -> list[Change]:
    return sorted((each for each in impact.changes if each.old == state), key=lambda each: order(each.new))


def _flow(state: State, changes: Sequence[Change]) -> Html:
    whole = sum(each.cases for each in changes)
    parts = (
        tag(
            "span",
            class_=each.new[0],
            style=f"flex: {each.cases} 0 0; width: 0",
            title=f"{state_words(each.new)}: {each.cases:,}",
        )
        for each in changes
    )
    became = ", ".join(f"{each.cases:,} {state_words(each.new)}" for each in changes if each.new != state)
    stay = next((each.cases for each in changes if each.new == state), 0)
    said = f"{stay:,} stay" + (f"; now {became}" if became else "")
    line = joined(tag("strong", text(f"{state_words(state)}, {whole:,}")), text(f": {said}"))
    return tag("li", line, tag("div", *parts, class_="flow", aria_hidden="true"))


def _totals(impact: Impacted) -> Html:
    found = ((state, impact.total(OLD, state), impact.total(NEW, state)) for state in STATES)
    rows = ((state_words(state), f"{old:,}", f"{new:,}", f"{new - old:+,}") for state, old, new in found if old or new)
    return section("totals", "Decisions", _table("Cases by decision", ("Decision", "Old", "New", "Difference"), rows))


def _changes(impact: Impacted) -> Iterator[Html]:
    if impact.moving:
        made = joined(*(_change(each, impact.rows) for each in impact.moving), between="\n")
        caption = tag("caption", text("Cases with another decision, and their share of all"))
        head = table_head(("Was", "Is now", "Cases", "Share"))
        yield section("changes", "Changes", tag("table", caption, head, tag("tbody", made), class_="changes"))


def _change(change: Change, whole: int) -> Html:
    return tag(
        "tr",
        tag("th", text(state_words(change.old)), scope="row"),
        tag("td", text(state_words(change.new))),
        *share_cells(change.cases, whole, change.new[0]),
    )


def _alike(impact: Impacted) -> Iterator[Html]:
    if impact.alike:
        rows = ((alike_words(state, what), f"{count:,}") for state, what, count in impact.alike)
        said = (
            f"{impact.differing:,} cases keep their decision and are otherwise than before; one may be in several rows"
        )
        yield section("alike", "The same decision, but", _table(said, ("", "Cases"), rows))


def _moves(name: str, title: str, moves: Sequence[Moved], *, by_effect: bool) -> Iterator[Html]:
    if moves:
        first = "Criterion" if by_effect else "Fact"
        said = "In brackets: of these, cases with another decision"
        rows = joined(*(_moved(each, by_effect=by_effect) for each in moves), between="\n")
        table = tag(
            "table",
            tag("caption", text(said)),
            table_head((first, "Newly", "No longer")),
            tag("tbody", rows),
            class_="plain moves",
        )
        yield section(name, title, table)


def _moved(moved: Moved, *, by_effect: bool) -> Html:
    said = effect_words(moved) if by_effect else only_words(moved).removeprefix(", ")
    pieces = [tag("strong", text(moved.name)), text(f" {said}"), tag("small", text(moved.meaning), class_="quiet")]
    figures = ((moved.newly, moved.newly_decided), (moved.no_longer, moved.no_longer_decided))
    cells = (f"{count:,} ({decided:,})" if count else "0" for count, decided in figures)
    return tag("tr", tag("th", *pieces, scope="row"), *(tag("td", text(each), class_="figure") for each in cells))


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    made = (
        tag("tr", tag("th", text(first), scope="row"), *(tag("td", text(each), class_="figure") for each in rest))
        for first, *rest in rows
    )
    body = tag("tbody", joined(*made, between="\n"))
    return tag("table", tag("caption", text(caption)), table_head(head), body, class_="plain")


# --- examples ---


def _examples(impact: Impacted) -> Iterator[Html]:
    states = dict.fromkeys((each.old.state, each.new.state) for each in impact.examples)
    pairs = sorted(states, key=lambda pair: (pair[0] == pair[1], order(pair[0]), order(pair[1])))
    pieces: list[Html] = []
    for old, new in pairs:
        said = "otherwise than before" if old == new else f"now {state_words(new)}"
        pieces.append(tag("h3", text(f"{state_words(old).capitalize()}, {said}")))
        pieces += map(_example, impact.examples_of(old, new))
    if pieces:
        yield section("examples", "Examples", *pieces)


def _example(example: Example) -> Html:
    named = "no case id" if example.case is None else example.case
    sides = _pairs(((OLD, side_words(example.old)), (NEW, side_words(example.new))))
    place = tag("p", text(f"{example.file}:{example.line}"), class_="quiet")
    criteria = (piece for each in example.criteria for piece in _criterion(each))
    return tag("div", tag("h4", text(named)), place, sides, *criteria, class_="example")


def _criterion(criterion: DifferingCriterion) -> tuple[Html, Html]:
    named = tag("p", tag("strong", text(criterion.id)), text(f": {criterion.title}"))
    return named, _pairs(details(criterion))


def _pairs(pairs: Iterable[tuple[str, str]]) -> Html:
    return tag("dl", *(joined(tag("dt", text(name)), tag("dd", text(said))) for name, said in pairs))
