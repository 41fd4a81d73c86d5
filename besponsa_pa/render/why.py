"""Why an expression has its value: each expression in it with its own, as an indented tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure, Frame
from besponsa_pa.expression.reading_mistakes import BRACKETS
from besponsa_pa.expression.value_text import plain_text
from besponsa_pa.render.evaluated import value_text
from besponsa_pa.render.layout import columns, fitting, shortened
from besponsa_pa.source import Span
from besponsa_pa.values import Missing, TupleValue, UncertainList, Value

LINE_LIMIT = 200
ROW_LIMIT = 12
VALUE_LIMIT = 200
MORE = "..."


def lines_from_expression(expression: Checked, facts: Mapping[str, Value], width: int) -> list[str]:
    """The tree of an expression: each line what is written, as the policy has it, and its value for these facts.

    What is written as its value is left out, and a definition is opened once. A search shows the entries that it
    goes through, each with what its condition comes to. `width` is that of the terminal in columns.
    """
    width = fitting(width)
    rows = list(islice(_Tree().rows(expression, dict(facts)), LINE_LIMIT + 1))
    if len(rows) > LINE_LIMIT:
        rows[LINE_LIMIT:] = [(0, MORE, "")]
    named = (("  " * depth + shortened(text, width - 2 * depth - 2), value) for depth, text, value in rows)
    return columns(named, width, indent="", limit=width // 2)


# How deep a line stands, what is written, and its value.
Row = tuple[int, str, str]


@dataclass(slots=True)
class _Place:
    """Where an expression stands in the tree: below what is written at `span`, beside the texts that were `told`."""

    depth: int
    span: Span
    told: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Tree:
    """One walk through an expression, with the definitions that it has opened."""

    opened: set[str] = field(default_factory=set)

    def rows(self, node: Checked, frame: Frame) -> Iterator[Row]:
        """The line of an expression, and of all in it."""
        yield 0, _written(node.span), _value(node, frame)
        yield from self._inside(node, frame, _Place(1, node.span))

    def _below(self, nodes: Iterable[Checked], frame: Frame, place: _Place) -> Iterator[Row]:
        for node in nodes:
            if _says_its_value(node):
                continue
            if isinstance(node, checked.Conversion) or node.span == place.span:  # nothing that the writer wrote
                yield from self._inside(node, frame, place)
                continue
            text = _written(node.span)
            if text not in place.told:
                place.told.add(text)
                yield place.depth, text, _value(node, frame)
                yield from self._inside(node, frame, _Place(place.depth + 1, node.span))

    def _inside(self, node: Checked, frame: Frame, place: _Place) -> Iterator[Row]:
        match node:
            case checked.Definition(arguments=()) if node.name in self.opened:
                return
            case checked.Definition():
                self.opened.add(node.name)
                yield from self._below([node.body], frame, place)
            case checked.Conditional():
                yield from self._below(_taken(node, frame), frame, place)
            case checked.Lookup():
                yield from self._below([node.key], frame, place)
            case checked.Query():
                yield from self._below([source for _, source in node.sources], frame, place)
                yield from self._entries(node, frame, place)
            case _:
                yield from self._below(checked.children(node), frame, place)

    def _entries(self, node: checked.Query, frame: Frame, place: _Place) -> Iterator[Row]:
        """The entries that a search with one condition goes through."""
        if node.where is None or len(node.sources) != 1 or node.relations:
            return
        [(slot, source)] = node.sources
        entries = _entries(_computed(source, frame))
        for entry in entries[:ROW_LIMIT]:
            inner: Frame = {**frame, slot: entry}
            inner.update((name, _computed(value, inner)) for name, value in node.lets)
            yield place.depth, f"{slot.partition('#')[0]}: {plain_text(entry)}", _value(node.where, inner)
            yield from self._inside(node.where, inner, _Place(place.depth + 1, node.where.span))
        if len(entries) > ROW_LIMIT:
            yield place.depth, f"and {len(entries) - ROW_LIMIT} more", ""


def _says_its_value(node: Checked) -> bool:
    match node:
        case checked.Constant() | checked.Local():
            return True
        case checked.NewList() | checked.NewInterval():
            return all(isinstance(each, checked.Constant) for each in checked.children(node))
        case _:
            return False


def _taken(node: checked.Conditional, frame: Frame) -> Iterator[Checked]:
    """The conditions up to the one that holds, and the results that are possible."""
    for condition, result in node.items:
        yield condition
        truth = _computed(condition, frame)
        if truth is True or isinstance(truth, Missing):
            yield result
        if truth is True:
            return
    yield node.alternative


def _entries(value: Value) -> list[Value]:
    match value:
        case None | Missing():
            return []
        case tuple():
            return list(value)
        case UncertainList():
            return [element for element, _ in value.elements]
        case _:
            return [value]


def _computed(node: Checked, frame: Frame) -> Value:
    """The value of an expression; null where it fails, which its own line tells."""
    try:
        return evaluator(node)(frame)
    except Failure:
        return None


def _value(node: Checked, frame: Frame) -> str:
    try:
        return shortened(_shown(evaluator(node)(frame)), VALUE_LIMIT)
    except Failure as failure:
        return f"fails: {failure.message}"


def _shown(value: Value) -> str:
    """A value; of a list of entries how many they are: a search shows each of them."""
    if not isinstance(value, tuple | UncertainList) or not any(isinstance(e, TupleValue) for e in _entries(value)):
        return value_text(value)
    entries = len(_entries(value))
    sure = sum(belongs for _, belongs in value.elements) if isinstance(value, UncertainList) else entries
    count = str(entries) if sure == entries else f"{sure} to {entries}"
    return f"{count} {'entry' if entries == 1 and sure else 'entries'}"


def _written(span: Span) -> str:
    """What stands at a place, with the parentheses that it opens and closes, on one line."""
    text, start, end = span.source.text, span.start, span.end
    opened = unopened = 0
    for sign in BRACKETS.findall(text[start:end]):
        opened += sign == "("
        if sign == ")" and opened:
            opened -= 1
        elif sign == ")":
            unopened += 1
    for _ in range(unopened):
        start = max(text.rfind("(", 0, start), 0)
    for _ in range(opened):
        end = text.find(")", end) + 1 or len(text)
    return " ".join(text[start:end].split())
