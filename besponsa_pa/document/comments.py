"""The comments of a YAML file, and what each of them speaks of.

A comment belongs to a key or to an item of a list: it stands above it, beside it, or below it and further in. So it
can go where its key goes. YAML's readers leave comments out, or hang them on whatever came before; here they are what
is left of a file between its texts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from besponsa_pa.document.nodes import Mapping, Node, Scalar, Sequence

# `key` or `item`, and where the key, or what the item says, begins; `file` for the file as a whole
Owner: TypeAlias = tuple[str, int]
FILE: Owner = ("file", 0)
# the keys, and the numbers of items, that lead to a part of a file
Path: TypeAlias = tuple[str | int, ...]
_COMMENT = re.compile(r"#[^\r\n]*")
_DASH = re.compile(r"(?:\s+|#[^\n]*\n)*-")
_NOTHING_BETWEEN = re.compile(r"[ ,]*")
_SERVER = re.compile(r"#\s*yaml-language-server\s*:")


@dataclass(slots=True)
class Remarks:
    """The comments of one owner, and the empty lines ("") among those above and below it."""

    above: list[str] = field(default_factory=list)
    beside: str = ""
    below: list[str] = field(default_factory=list)

    def texts(self) -> Iterator[str]:
        """The comments, whatever their places."""
        yield from (each for each in (*self.above, self.beside, *self.below) if each)


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A key with its value, or an item of a list: where it stands, and what it stands in.

    `start` is where its key or its dash begins, `head` where that ends. `column` is None inside brackets.
    """

    owner: Owner
    start: int
    head: int
    column: int | None
    value: Node
    parent: Spot | None
    is_first: bool
    path: Path


Comments: TypeAlias = dict[Owner, Remarks]


def comments_of(root: Node) -> Comments:
    """The comments of a file by what they speak of, with the empty lines that set parts of it apart.

    What stands at the top of the file and is followed by an empty line belongs to the file, and so does the line
    that names the schema.
    """
    spots = list(_spots(root))
    found: Comments = {spot.owner: Remarks() for spot in spots}
    found[FILE] = Remarks()
    text = root.span.source.text
    attaching = _Attaching(text, spots, found)
    attaching.attach(_comments(root, text))
    for spot in spots:
        if _follows_empty_line(text, spot.start):
            found[spot.owner].above.append("")
    if spots:
        _split_heading(found[FILE], found[spots[0].owner])
    for owner, more in attaching.more_beside.items():
        found[owner].above += more
    return found


def spoken_of(root: Node, order: Node | None = None) -> Counter[tuple[Path, str]]:
    """Each comment with the way to what it speaks of: the same before and after a change of layout.

    What stands above the key that comes first in an item, perhaps only in the new `order` of its keys, speaks of the
    item: nothing can stand between the two. So it is with the first item of an item.
    """
    comments = comments_of(root)
    firsts = {spot.path: _outermost(spot).path for spot in _spots(order or root)}
    spoken: Counter[tuple[Path, str]] = Counter(((), text) for text in comments[FILE].texts())
    for spot in _spots(root):
        remarks, first = comments[spot.owner], firsts[spot.path]
        spoken.update((first, text) for text in remarks.above if text)
        spoken.update((spot.path, text) for text in remarks.below if text)
        if remarks.beside:
            spoken[first if spot.owner[0] == "item" else spot.path, remarks.beside] += 1
    return spoken


def is_in_brackets(node: Node) -> bool:
    """Whether a list, or keys with values, are written in brackets."""
    return node.span.source.text[node.span.start : node.span.start + 1] in ("[", "{")


# --- what is there ---


def _spots(node: Node, parent: Spot | None = None, is_inside: bool = False) -> Iterator[Spot]:
    """Every key and every item, in the order of the file."""
    is_inside = is_inside or is_in_brackets(node)
    way = parent.path if parent else ()
    if isinstance(node, Mapping):
        for number, (key, value) in enumerate(node.entries):
            column = None if is_inside else key.span.column
            spot = Spot(("key", key.span.start), key.span.start, key.span.end, column, value, parent, number == 0,
                        (*way, key.text))  # fmt: skip
            yield spot
            yield from _spots(value, spot, is_inside)
    elif isinstance(node, Sequence):
        end = node.span.start
        for number, item in enumerate(node.items):
            start, head, column = _item_place(item, end, is_inside)
            spot = Spot(("item", item.span.start), start, head, column, item, parent, number == 0, (*way, number))
            yield spot
            yield from _spots(item, spot, is_inside)
            end = item.span.end


def _item_place(item: Node, end: int, is_inside: bool) -> tuple[int, int, int | None]:
    """Where an item begins, with its dash, which comes after the `end` of the item before it."""
    source = item.span.source
    dash = None if is_inside else _DASH.match(source.text, end)
    if dash is None:
        return item.span.start, item.span.start, None
    return dash.end() - 1, dash.end(), source.position(dash.end() - 1)[1]


def _comments(root: Node, text: str) -> Iterator[re.Match[str]]:
    """The comments: what begins with `#` and belongs to no text."""
    end = 0
    for start, following in [*sorted(_scalars(root)), (len(text), len(text))]:
        position = end
        while (found := _COMMENT.search(text, position, start)) is not None:
            yield found
            position = found.end()
        end = max(end, following)


def _scalars(node: Node) -> Iterator[tuple[int, int]]:
    match node:
        case Scalar():
            yield node.span.start, node.span.end
        case Sequence():
            for item in node.items:
                yield from _scalars(item)
        case Mapping():
            for key, value in node.entries:
                yield from _scalars(key)
                yield from _scalars(value)


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _follows_empty_line(text: str, offset: int) -> bool:
    """Whether the line of an offset begins with it, and the line above is empty."""
    start = _line_start(text, offset)
    return not text[start:offset].strip() and start > 1 and not text[_line_start(text, start - 1) : start].strip()


def _split_heading(file: Remarks, first: Remarks) -> None:
    """What stands at the top of a file: all up to the last empty line, and the line that names the schema."""
    above = first.above[1:] if first.above[:1] == [""] else first.above
    last = max((number for number, line in enumerate(above, start=1) if not line), default=0)
    while last < len(above) and _SERVER.match(above[last]):
        last += 1
    file.above, first.above = above[:last], above[last:]


# --- what it speaks of ---


@dataclass(slots=True)
class _Attaching:
    """Gives each comment its owner.

    A comment that is indented further than the next key belongs to what stands above it: of the keys that end
    there, to the innermost that is indented less than the comment. `last` is the one that the comment before it
    belongs to, while no key comes between, so that comments stay in their order. `more_beside` are those for which
    there is no room beside their owner: behind a bracket that opens, where another is behind the one that closes.
    """

    text: str
    spots: list[Spot]
    found: Comments
    last: Spot | None = None
    more_beside: dict[Owner, list[str]] = field(default_factory=dict)
    _starts: list[int] = field(default_factory=list)
    _by_end: list[Spot] = field(default_factory=list)
    _ends: list[int] = field(default_factory=list)
    _following: Spot | None = None

    def attach(self, comments: Iterable[re.Match[str]]) -> None:
        """Give each of the comments, in their order, its owner."""
        said = (spot for spot in self.spots if _has_end(spot.value))
        self._by_end = sorted(said, key=lambda spot: (spot.value.span.end, spot.value.span.start, spot.start))
        self._ends = [spot.value.span.end for spot in self._by_end]
        self._starts = [spot.start for spot in self.spots]
        for comment in comments:
            start = _line_start(self.text, comment.start())
            if self.text[start : comment.start()].strip():
                self._attach_beside(comment.start(), comment.group().rstrip())
            else:
                self._attach_line(comment.start(), comment.start() - start + 1, comment.group().rstrip())

    def _attach_beside(self, offset: int, text: str) -> None:
        spot = self._ended(offset) or self._before(offset)
        if spot is None or self.found[spot.owner].beside:
            self.more_beside.setdefault(spot.owner if spot else FILE, []).append(text)
        else:
            self.found[spot.owner].beside = text

    def _ended(self, offset: int) -> Spot | None:
        """What ends right before an offset; the innermost, where several do."""
        number = bisect_right(self._ends, offset)
        last = self._by_end[number - 1] if number else None
        is_near = last is not None and _NOTHING_BETWEEN.fullmatch(self.text, last.value.span.end, offset)
        return last if is_near else None

    def _before(self, offset: int) -> Spot | None:
        """The key or dash that begins last before an offset."""
        number = bisect_right(self._starts, offset)
        return self.spots[number - 1] if number else None

    def _attach_line(self, offset: int, column: int, text: str) -> None:
        lines = self._lines(offset, column)
        if _follows_empty_line(self.text, offset):
            lines.append("")
        lines.append(text)

    def _lines(self, offset: int, column: int) -> list[str]:
        """The comments to which one on a line of its own is to be added."""
        number = bisect_right(self._starts, offset)
        before, following = self._before(offset), self.spots[number] if number < len(self.spots) else None
        if following is not self._following:
            self.last, self._following = None, following
        if before is not None and _waits(before, offset):
            return self.found[_outermost(before).owner].above
        around = _brackets_around(before, offset)
        if around is not None and (following is None or following.start > around.value.span.end):
            return self.found[around.owner].below
        if around is None and (ended := self._ended_above(before, following, column)) is not None:
            self.last = ended
            return self.found[ended.owner].below
        if following is None:
            return self.found[FILE].below
        self.last = following
        return self.found[_outermost(following).owner].above

    def _ended_above(self, before: Spot | None, following: Spot | None, column: int) -> Spot | None:
        """Of what ends above a comment, the innermost part that is indented less than the comment."""
        is_of_next = following is not None and following.column is not None and column <= following.column
        if is_of_next or (following is not None and self.last is following):
            return None
        ended = list(_ended_before(before, following))
        if self.last in ended:
            ended = ended[ended.index(self.last) :]
        return next((spot for spot in ended if spot.column is not None and spot.column < column), None)


def _brackets_around(spot: Spot | None, offset: int) -> Spot | None:
    """The innermost brackets that an offset lies in, which begin with or around the last part before it."""
    while spot is not None:
        if is_in_brackets(spot.value) and spot.value.span.start < offset < spot.value.span.end:
            return spot
        spot = spot.parent
    return None


def _has_end(node: Node) -> bool:
    """Whether a value is something, and ends by itself, not where its last part does."""
    is_block = not isinstance(node, Scalar) and not is_in_brackets(node)
    return node.span.end > node.span.start and not is_block


def _waits(spot: Spot, offset: int) -> bool:
    """Whether a key stands alone on its line, and its value, on one line too, comes after a comment."""
    return _has_end(spot.value) and spot.head <= offset < spot.value.span.start


def _outermost(spot: Spot) -> Spot:
    """The item that begins with this key, if one does: a comment before its dash and one after it say the same."""
    while spot.is_first and spot.parent is not None and spot.parent.owner[0] == "item":
        spot = spot.parent
    return spot


def _ended_before(last: Spot | None, following: Spot | None) -> Iterator[Spot]:
    """The last part and what it stands in, as far as the following part does not stand in it too."""
    around: list[Spot] = []
    while following is not None and following.parent is not None:
        following = following.parent
        around.append(following)
    while last is not None and last not in around:
        yield last
        last = last.parent
