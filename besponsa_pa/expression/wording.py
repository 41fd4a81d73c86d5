"""What of a condition is worth showing: the values that it reads, and what it wants them to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Evaluate
from besponsa_pa.expression.value_text import text_of
from besponsa_pa.types import BOOLEAN, plain
from besponsa_pa.values import Code, Value, ValueSet

# A comparison read from its left operand to its right one, and the same with the operands exchanged.
COMPARISONS = {
    "Equal": ("", ""),
    "Equivalent": ("", ""),
    "NotEqual": ("anything but ", "anything but "),
    "Less": ("less than ", "more than "),
    "LessOrEqual": ("at most ", "at least "),
    "Greater": ("more than ", "less than "),
    "GreaterOrEqual": ("at least ", "at most "),
}


def readings(expression: Checked) -> Mapping[str, Evaluate]:
    """What an expression reads, by name: facts, and definitions that are not true or false.

    A definition that is true or false (`adult`) says less than what it is made of (`age_in_years`), so
    that is shown instead.
    """
    return {name: evaluator(node) for name, node in read_in(expression).items()}


def read_in(expression: Checked) -> Mapping[str, Checked]:
    """The facts and definitions that an expression reads, by name; see `readings`."""
    found: dict[str, Checked] = {}
    _read(expression, found, set())
    return found


def _read(node: Checked, found: dict[str, Checked], opened: set[str]) -> None:
    match node:
        case checked.Fact():
            found[node.name] = node
        case checked.Definition() if not node.arguments and plain(node.type) != BOOLEAN:
            found[node.name] = node
        case checked.Definition() if not node.arguments and node.name in opened:
            return
        case _:
            if isinstance(node, checked.Definition):
                opened.add(node.name)
            for child in checked.children(node):
                _read(child, found, opened)


def wanted(expression: Checked) -> Mapping[str, str]:
    """What a condition wants each reading to be, in words, for the conditions that are as simple as that."""
    phrases: dict[str, str] = {}
    for name, phrase in _wanted(expression, set()):
        phrases[name] = f"{phrases[name]} or {phrase}" if name in phrases else phrase
    return phrases


def _wanted(node: Checked, opened: set[str]) -> Iterator[tuple[str, str]]:
    match node:
        case checked.Fact() if plain(node.type) == BOOLEAN:
            yield node.name, "true"
        case checked.Definition() if not node.arguments and plain(node.type) == BOOLEAN:
            if node.name not in opened:
                opened.add(node.name)
                yield from _wanted(node.body, opened)
        case checked.Operation() if node.operator.name in ("And", "Or"):
            yield from _joined(node, opened)
        case checked.Operation() if node.operator.name == "Not" and isinstance(node.operands[0], checked.Fact):
            yield node.operands[0].name, "false"
        case checked.Operation(operands=(left, right)) if node.operator.name in COMPARISONS:
            forward, backward = COMPARISONS[node.operator.name]
            yield from _compared(left, forward, right)
            yield from _compared(right, backward, left)
        case checked.Operation(operands=(left, right)) if node.operator.name == "In":
            yield from _member(left, right)
        case checked.Operation(operands=(point, low, high)) if node.operator.name == "Between":
            if isinstance(low, checked.Constant) and isinstance(high, checked.Constant):
                yield from _compared(point, f"{_words(low.value)} to ", high)
        case _:
            return


def _joined(node: checked.Operation, opened: set[str]) -> Iterator[tuple[str, str]]:
    """Alternatives for one reading are joined; alternatives for several would be misleading, so they are left out."""
    phrases = [phrase for operand in node.operands for phrase in _wanted(operand, opened)]
    names = {name for name, _ in phrases}
    if len(names) == 1 if node.operator.name == "Or" else len(names) == len(phrases):
        yield from phrases


def _compared(reading: Checked, words: str, constant: Checked) -> Iterator[tuple[str, str]]:
    if isinstance(constant, checked.Constant) and constant.value is not None and (name := _name(reading)):
        yield name, words + _words(constant.value)


def _member(reading: Checked, holder: Checked) -> Iterator[tuple[str, str]]:
    name = _name(reading)
    if name is None:
        return
    match holder:
        case checked.Constant(value=ValueSet() as value_set):
            yield name, f"a code of {value_set.name}"
        case checked.NewList():
            constants = [e for e in holder.elements if isinstance(e, checked.Constant)]
            if constants and len(constants) == len(holder.elements):
                yield name, " or ".join(_words(constant.value) for constant in constants)
        case _:
            return


def _name(node: Checked) -> str | None:
    match node:
        case checked.Fact():
            return node.name
        case checked.Definition() if not node.arguments:
            return node.name
        case checked.Conversion():
            return _name(node.operand)
        case _:
            return None


def _words(value: Value) -> str:
    """A constant as a person reads it: a text without its quotes, a date without its sign."""
    match value:
        case str():
            return value
        case Code():
            return value.code
        case _:
            return text_of(value).removeprefix("@")
